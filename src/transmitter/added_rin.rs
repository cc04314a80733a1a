//! A modulator with more relative intensity noise.

use super::modulator::{Drive, Modulator};
use crate::chain::{Chain, Density, Law, Noise};
use crate::measured::{BuildContext, Recording};
use crate::signal::Field;
use std::sync::Arc;

/// A modulator whose light has white relative intensity noise added.
pub(crate) struct AddedRin {
    /// The modulator.
    pub(crate) modulator: Arc<dyn Modulator>,
    /// Added RIN, one-sided, 1/Hz.
    pub(crate) rin_per_hz: f64,
}

impl Modulator for AddedRin {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let density = Density::White(self.rin_per_hz);
        self.modulator.extend(drive, context).noise(Noise::new(
            "laser.added.rin",
            Law::Relative,
            density,
        ))
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        self.modulator.settled_oma_w(drive)
    }

    fn mean_power_w(&self, drive: f64) -> f64 {
        self.modulator.mean_power_w(drive)
    }

    fn rin_per_hz(&self, band_hz: f64) -> Option<f64> {
        Some(self.modulator.rin_per_hz(band_hz)? + self.rin_per_hz)
    }

    fn wavelength_nm(&self) -> f64 {
        self.modulator.wavelength_nm()
    }

    fn reference_wavelength_nm(&self) -> f64 {
        self.modulator.reference_wavelength_nm()
    }

    fn linewidth_hz(&self) -> f64 {
        self.modulator.linewidth_hz()
    }

    fn about(&self) -> &str {
        self.modulator.about()
    }

    fn warnings(&self) -> Vec<String> {
        self.modulator.warnings()
    }

    fn recording(&self) -> Option<&Recording> {
        self.modulator.recording()
    }
}
