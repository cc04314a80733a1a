//! The input of a linear module, from the host to the modulator's driver.

use crate::chain::{Chain, Density, Law, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::serdes::{Ctle, through};
use crate::signal::Volt;
use crate::units::nano;
use serde::{Deserialize, Serialize};

/// An analogue equaliser and a gain before the modulator's driver, in place of a module's DSP.
///
/// ```text
/// x = G CTLE (v + n),   G = drive / (settled outer voltage after the CTLE)
/// ```
///
/// In: volts of the host after its channel. Out: the driver's input, full scale -1 .. 1. The gain
/// brings a long run of the outer level to `drive`, independent of the channel's loss; peaks above
/// it are limited by the driver.
///
/// # Limits
///
/// The gain has no bounds, and its noise does not depend on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinearInput {
    /// Analogue equaliser.
    pub ctle: Ctle,
    /// Noise at the module's input, one-sided, nV/sqrt(Hz).
    pub noise_nv_per_rthz: f64,
    /// Settled outer level at the driver's input, percent of its full scale.
    pub drive_percent: f64,
}

impl Default for LinearInput {
    fn default() -> Self {
        LinearInput { ctle: Ctle::default(), noise_nv_per_rthz: 4.0, drive_percent: 80.0 }
    }
}

impl LinearInput {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.ctle.check(&at.key("ctle"), problems);
        problems.range(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0..=1000.0);
        problems.range(at, "drive_percent", self.drive_percent, 1.0..=200.0);
    }

    /// Settled outer level at the driver's input, full scale 1.
    pub(crate) fn drive(&self) -> f64 {
        self.drive_percent / 100.0
    }

    /// Equalises and amplifies `volts`, whose outer level settles at `settled_v`.
    pub(crate) fn extend(&self, volts: Chain<Volt>, settled_v: f64) -> Chain<Volt> {
        let noise = Noise::new(
            "module.input.noise",
            Law::Added,
            Density::White(nano(self.noise_nv_per_rthz).powi(2)),
        );
        through(volts.noise(noise), self.ctle.shapes())
            .response(Shape::Gain(self.drive() / (settled_v * self.ctle.settled())))
    }
}
