//! A SerDes receiver: volts from a line in, samples out.

use super::{Adc, Clock, Ctle, DecisionKind, Equaliser, FeedbackEqualiser, SequenceDetector, dsp};
use crate::chain::{Chain, Density, Dsp, Law, Noise, Plan, Shape, Workshop};
use crate::error::{Path, Problems};
use crate::measured::FileReader;
use crate::signal::{Grid, Volt};
use crate::units::nano;
use serde::{Deserialize, Serialize};

/// A receiver that ends a line in its own impedance.
///
/// ```text
/// volts + n -> CTLE -> anti-alias filter -> converter -> equaliser
/// ```
///
/// In: volts between the wires. The noise is white at its input (eta_0 of COM).
///
/// # Reference
///
/// IEEE 802.3, 93A.1 (receiver noise, filter and equaliser of COM).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SerdesRx {
    /// Noise at its input, one-sided, nV/sqrt(Hz).
    pub noise_nv_per_rthz: f64,
    /// Analogue equaliser.
    pub ctle: Ctle,
    /// Analogue-to-digital converter.
    pub adc: Adc,
    /// Feed-forward equaliser.
    pub ffe: Equaliser,
    /// What decides behind it: each has a table of its own, one is used.
    pub decision: DecisionKind,
    /// Decision-feedback equaliser.
    pub dfe: FeedbackEqualiser,
    /// Sequence detector.
    pub mlse: SequenceDetector,
    /// Clock recovery.
    pub clock: Clock,
}

impl Default for SerdesRx {
    fn default() -> Self {
        let adc = Adc { bandwidth_ghz: 39.84, ..Adc::default() };
        SerdesRx {
            noise_nv_per_rthz: 2.86,
            ctle: Ctle::default(),
            adc,
            ffe: Equaliser::default(),
            decision: DecisionKind::default(),
            dfe: FeedbackEqualiser::default(),
            mlse: SequenceDetector::default(),
            clock: Clock::default(),
        }
    }
}

impl SerdesRx {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &Path, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.range(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0..=1000.0);
        self.ctle.check(&at.key("ctle"), problems);
        self.adc.check(&at.key("adc"), symbol_rate_hz, problems);
        self.ffe.check(&at.key("ffe"), problems);
        self.dfe.check(&at.key("dfe"), problems);
        self.mlse.check(&at.key("mlse"), problems);
        self.clock.check(&at.key("clock"), symbol_rate_hz, problems);
    }

    /// Fills what is measured from its files.
    pub fn load(&mut self, at: &Path, files: &mut FileReader<'_>) {
        self.adc.load(&at.key("adc"), files);
    }

    /// Receives; its noise is called `name.noise`, and `behind_gain` when a gain ahead makes up for
    /// lost light.
    pub(crate) fn extend(
        &self,
        volts: Chain<Volt>,
        name: &str,
        behind_gain: bool,
        grid: Grid,
        shop: &mut Workshop,
    ) -> Plan {
        let noise = Noise::new(
            &format!("{name}.noise"),
            Law::Added,
            Density::White(nano(self.noise_nv_per_rthz).powi(2)),
        );
        let noisy = volts.noise(Noise { behind_gain, ..noise });
        self.adc.filter(through(noisy, self.ctle.shapes())).sample(self.adc.sampler(), grid, shop)
    }

    /// Its signal processing.
    pub(crate) fn dsp(&self) -> Dsp {
        dsp(&self.ffe, self.decision, &self.dfe, &self.mlse)
    }
}

/// Responses in a row.
pub(crate) fn through(volts: Chain<Volt>, shapes: impl IntoIterator<Item = Shape>) -> Chain<Volt> {
    shapes.into_iter().fold(volts, Chain::response::<Volt>)
}
