//! The optical receiver, from light to samples.

use super::crosstalk::{Aggressors, Crosstalk};
use super::linear::LinearOutput;
use super::photodiode::Photodiode;
use super::tia::Tia;
use crate::chain::{Chain, Plan, RxDsp, Shape};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileError, FileReader};
use crate::serdes::dsp::DspConfig;
use crate::signal::{Field, Volt};
use crate::units::amplitude_ratio;
use serde::{Deserialize, Serialize};

/// The optical receiver, in the order of the signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpticalReceiver {
    /// Loss from fibre to diode, dB.
    pub coupling_loss_db: f64,
    /// Photodiode.
    pub photodiode: Photodiode,
    /// Crosstalk from other lanes of the module.
    pub crosstalk: Crosstalk,
    /// Transimpedance amplifier.
    pub tia: Tia,
    /// Converter, equaliser, detector and clock.
    pub dsp: DspConfig,
}

impl Default for OpticalReceiver {
    fn default() -> Self {
        OpticalReceiver {
            coupling_loss_db: 1.0,
            photodiode: Photodiode::default(),
            crosstalk: Crosstalk::default(),
            tia: Tia::default(),
            dsp: DspConfig::default(),
        }
    }
}

impl OpticalReceiver {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.range(at, "coupling_loss_db", self.coupling_loss_db, 0.0..=60.0);
        self.photodiode.check(&at.key("photodiode"), problems);
        self.crosstalk.check(&at.key("crosstalk"), problems);
        self.tia.check(&at.key("tia"), problems);
        self.dsp.check(&at.key("dsp"), symbol_rate_hz, problems);
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        self.photodiode.read(&at.key("photodiode"), files);
        self.tia.read(&at.key("tia"), files);
        self.dsp.read(&at.key("dsp"), files);
    }

    /// Equaliser, detector and clock for the engine.
    pub(crate) fn dsp(&self) -> RxDsp {
        self.dsp.receiver()
    }

    /// Current of a settled outer swing of `oma_w` in the fibre at the receiver, A peak to peak.
    pub(crate) fn settled_current_a(&self, oma_w: f64) -> f64 {
        oma_w
            * amplitude_ratio(-self.coupling_loss_db).powi(2)
            * self.photodiode.responsivity_a_per_w
    }

    /// Detects light of nominal outer amplitude `oma_w` among these aggressors and samples it.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        light: Chain<Field>,
        oma_w: f64,
        aggressors: &Aggressors,
        context: &mut BuildContext<'_>,
    ) -> Result<Plan, FileError> {
        let swing_a = self.settled_current_a(oma_w);
        let volts = self.detect(light, swing_a, aggressors, context)?;
        let volts = self.dsp.adc.filter(volts, context)?;
        Ok(self.dsp.adc.plan(volts, "adc", context))
    }

    /// Detects light of nominal outer amplitude `oma_w` for a linear output, in volts.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend_linear(
        &self,
        light: Chain<Field>,
        oma_w: f64,
        aggressors: &Aggressors,
        output: &LinearOutput,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let swing_a = self.settled_current_a(oma_w);
        let volts = self.detect(light, swing_a, aggressors, context)?;
        Ok(output.extend(volts, swing_a * self.tia.gain_v_per_a(swing_a)))
    }

    /// Detects light: volts at the amplifier's output.
    fn detect(
        &self,
        light: Chain<Field>,
        swing_a: f64,
        aggressors: &Aggressors,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let light = light.response(Shape::Gain(amplitude_ratio(-self.coupling_loss_db)));
        let current = self.photodiode.extend(light, context)?;
        let current = self.crosstalk.extend(current, aggressors, context.grid);
        self.tia.extend(current, swing_a, context)
    }
}
