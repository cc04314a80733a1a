//! A SerDes receiver: volts from a line in, samples out.

use super::ctle::Ctle;
use super::dsp::config::{DspConfig, read_of_serdes};
use crate::chain::{Chain, Density, Law, Noise, NoiseOrigin, Plan, RxDsp, Shape};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileError, FileReader};
use crate::signal::Volt;
use crate::units::nano;
use serde::{Deserialize, Serialize};

/// A receiver that terminates a line in its impedance.
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
    /// Converter, equaliser, detector and clock.
    #[serde(deserialize_with = "read_of_serdes")]
    pub dsp: DspConfig,
}

impl Default for SerdesRx {
    fn default() -> Self {
        SerdesRx { noise_nv_per_rthz: 2.86, ctle: Ctle::default(), dsp: DspConfig::of_serdes() }
    }
}

impl SerdesRx {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.range(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0..=1000.0);
        self.ctle.check(&at.key("ctle"), problems);
        self.dsp.check(&at.key("dsp"), symbol_rate_hz, problems);
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        self.dsp.read(&at.key("dsp"), files);
    }

    /// Receives; its noise is called `name.noise`, and `after_agc` when a gain before it makes up
    /// for lost light.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        volts: Chain<Volt>,
        name: &str,
        after_agc: bool,
        context: &mut BuildContext<'_>,
    ) -> Result<Plan, FileError> {
        let noise = Noise::new(
            &format!("{name}.noise"),
            Law::Added,
            Density::White(nano(self.noise_nv_per_rthz).powi(2)),
        )
        .of(NoiseOrigin::Host);
        let noisy = volts.noise(Noise { after_agc, ..noise });
        let filtered = self.dsp.adc.filter(through(noisy, self.ctle.shapes()), context)?;
        Ok(self.dsp.adc.plan(filtered, &format!("{name}.adc"), context))
    }

    /// Its signal processing.
    pub(crate) fn dsp(&self) -> RxDsp {
        self.dsp.receiver()
    }
}

/// Responses in a row.
pub(crate) fn through(volts: Chain<Volt>, shapes: impl IntoIterator<Item = Shape>) -> Chain<Volt> {
    shapes.into_iter().fold(volts, Chain::response::<Volt>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_some_keys_keeps_the_converter_of_a_serdes() {
        for text in ["", "dsp.ffe.taps = 9", "[dsp]"] {
            let rx: SerdesRx = toml::from_str(text).expect("keys of a receiver");
            assert_eq!(rx.dsp.adc, SerdesRx::default().dsp.adc, "{text}");
        }
        let unknown = toml::from_str::<SerdesRx>("dsp.tap = 9").expect_err("no such key");
        assert!(
            unknown.message().starts_with("unknown field `tap`, expected one of `adc`"),
            "{unknown}"
        );
    }
}
