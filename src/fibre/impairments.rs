//! Impairments of the fibre.

use super::single_mode::SingleMode;
use crate::error::KeyPath;
use crate::sheet::{Impairment, Impairments, Part};

impl SingleMode {
    /// Lists dispersion and reflections; losses are none, since they are what a margin
    /// is counted in.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let slope = if self.length_km > 0.0 { self.dispersion_slope_ps_per_nm2_km } else { 0.0 };
        let new = |name: &str| Impairment::new(Part::Fibre, name);
        let key = "dispersion_slope_ps_per_nm2_km";
        list.push(new("chromatic dispersion").with(at, key, slope, 0.0));
        let is_there = self.multipath_interference_db().is_some();
        let at = &at.key("reflections");
        list.push(new("fibre reflections").with_if(is_there, at, "enabled", false));
    }
}
