//! Impairments of the fibre.

use super::single_mode::SingleMode;
use crate::error::KeyPath;
use crate::sheet::{Impairment, Impairments, Part};

/// Isolation in place of a removed leak: the largest that a key takes, dB.
const NO_LIGHT_DB: f64 = 100.0;

impl SingleMode {
    /// Lists dispersion and reflections; losses are none, since they are what a margin
    /// is counted in.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let slope = if self.length_km > 0.0 { self.dispersion_slope_ps_per_nm2_km } else { 0.0 };
        let new = |name: &str| Impairment::new(Part::Fibre, name);
        let key = "dispersion_slope_ps_per_nm2_km";
        list.push(new("chromatic dispersion").with(at, key, slope, 0.0));
        let (within, delay_ps) = (at.key("pmd"), self.pmd.differential_group_delay_ps);
        let delay = "differential_group_delay_ps";
        list.push(new("polarisation-mode dispersion").with(&within, delay, delay_ps, 0.0));
        let is_there = self.multipath_interference_db().is_some();
        let within = &at.key("reflections");
        list.push(new("fibre reflections").with_if(is_there, within, "enabled", false));
        let (within, wdm) = (at.key("four_wave_mixing"), &self.wdm);
        let at = &at.key("wdm");
        if wdm.lanes_per_fibre() > 1 {
            let crosstalk = new("demultiplexer crosstalk");
            let crosstalk = crosstalk.with(at, "isolation_db", wdm.isolation_db, NO_LIGHT_DB);
            let far_db = wdm.far_isolation_db;
            list.push(crosstalk.with(at, "far_isolation_db", far_db, NO_LIGHT_DB));
            let mixing = new("four-wave mixing");
            list.push(mixing.with_if(self.four_wave_mixing.enabled, &within, "enabled", false));
        }
    }
}
