//! Tolerances of the fibre and its connectors, devices.md 8.

use super::single_mode::SingleMode;
use crate::error::KeyPath;
use crate::sheet::{Deviation, Part, Tolerance};

impl SingleMode {
    /// Lists those of connectors and dispersion.
    pub(crate) fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let mut push = |name: &str, key: (&str, f64), step: f64, source: &str| {
            let deviation = Deviation::Absolute(step);
            list.push(Tolerance::new(Part::Fibre, name, at, key, deviation, source));
        };
        let connectors = ("connector_loss_db", self.connector_loss_db);
        push("connector loss", connectors, 0.3, "all mated pairs together, assumed");
        if self.length_km > 0.0 {
            let zero = ("zero_dispersion_nm", self.zero_dispersion_nm);
            push("zero dispersion", zero, 2.0, "fibre to fibre, assumed");
        }
    }
}
