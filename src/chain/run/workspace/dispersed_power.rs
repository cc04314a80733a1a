//! Responses of detected power.

use super::Workspace;
use crate::chain::build::section::Section;
use crate::chain::build::spectrum::multiply;
use crate::signal::{Ampere, Quantity};

impl Workspace {
    /// The response of the power with which the detector's section begins, before its noise.
    pub(super) fn disperse_power(&mut self, section: &Section) {
        let Some(detected) = &section.detected else { return };
        let real = Ampere::of_mut(&mut self.real);
        detected.transform.forward(real, &mut self.spectrum, &mut self.scratch);
        multiply(&mut self.spectrum, &detected.response);
        detected.transform.inverse(&mut self.spectrum, real, &mut self.scratch);
    }
}
