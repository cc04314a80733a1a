//! Impairments of the parts that modulators share: laser, driver, linear input.

use super::driver::Driver;
use super::laser::{Laser, RinKind};
use super::linear::LinearInput;
use crate::chain::Shape;
use crate::error::KeyPath;
use crate::math::prototype::Family;
use crate::serdes::{WIDE_GHZ, bandwidth, reflections};
use crate::sheet::{Impairment, Impairments, Part};
use crate::units::{giga, nano};

/// Relative intensity noise in place of a removed one: the smallest that a key takes, dB/Hz.
pub(super) const NO_RIN_DB_PER_HZ: f64 = -300.0;
/// Saturation in place of a removed one: the largest that a key takes, V peak to peak.
const UNSATURATED_VPP: f64 = 1000.0;

impl Laser {
    /// Lists intensity noise and linewidth.
    pub(super) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Transmitter, name);
        list.push(new("laser RIN").with_if(self.rin != RinKind::White, at, "rin", "white").with(
            at,
            "rin_db_per_hz",
            self.rin_db_per_hz,
            NO_RIN_DB_PER_HZ,
        ));
        list.push(new("laser linewidth").with(at, "linewidth_mhz", self.linewidth_mhz, 0.0));
    }
}

impl Driver {
    /// Lists bandwidth, noise, saturation and line; `drive` is the settled outer level at its
    /// input, full scale being one, whose output stays when the saturation is removed.
    pub(super) fn impairments(&self, at: &KeyPath, drive: f64, list: &mut Impairments) {
        let new = |what: &str| Impairment::new(Part::Transmitter, format!("driver {what}"));
        match self.wide(at, new("bandwidth")) {
            Some(wide) => list.push(wide),
            None => list.push_inseparable(
                Part::Transmitter,
                "driver bandwidth",
                "its rms noise is stated over its measured response",
            ),
        }
        let noise = new("noise");
        list.push(match self.noise_rms_mv {
            Some(now) => noise.with(at, "noise_rms_mv", now, 0.0),
            None => noise.with(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0),
        });
        if !self.curve.file.is_empty() {
            let because = "its measured curve gives its swing too";
            list.push_inseparable(Part::Transmitter, "driver saturation", because);
        } else {
            let saturates = self.saturation_vpp < UNSATURATED_VPP;
            let unsaturated = |x: f64| {
                let limit = UNSATURATED_VPP / 2.0;
                // atanh of a settled output far below the limit
                limit * (x / limit).atanh()
            };
            let settled_v =
                self.saturation_vpp / 2.0 * (drive * self.swing_vpp / self.saturation_vpp).tanh();
            let swing_vpp = 2.0 * unsaturated(settled_v) / drive;
            list.push(
                new("saturation")
                    .with_if(saturates, at, "saturation_vpp", UNSATURATED_VPP)
                    .with_if(saturates, at, "swing_vpp", swing_vpp),
            );
        }
        let line = "driver-modulator reflections";
        list.extend(reflections(Part::Transmitter, line, at, self.echo.as_ref()));
    }

    /// Its bandwidth with the density of its noise held; `None` where a file gives both.
    fn wide(&self, at: &KeyPath, made: Impairment) -> Option<Impairment> {
        let file = &self.response.file;
        if file.is_empty() && self.bandwidth_ghz >= WIDE_GHZ {
            return Some(made);
        }
        let made = bandwidth(made, at, file, self.bandwidth_ghz);
        let made = made.with(at, "peaking_db", self.peaking_db, 0.0);
        if self.noise_rms_mv.is_none() {
            return Some(made);
        }
        if !file.is_empty() {
            return None;
        }
        let own = Shape::low_pass(Family::Bessel, 2, giga(self.bandwidth_ghz), self.peaking_db);
        let density_nv = self.noise_v2_per_hz(&own).sqrt() / nano(1.0);
        let made = made.without_if(true, at, "noise_rms_mv");
        Some(made.with_if(true, at, "noise_nv_per_rthz", density_nv))
    }
}

impl LinearInput {
    /// Lists its noise.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        list.push(Impairment::new(Part::Transmitter, "linear input noise").with(
            at,
            "noise_nv_per_rthz",
            self.noise_nv_per_rthz,
            0.0,
        ));
    }
}
