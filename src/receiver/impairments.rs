//! Impairments of the optical receiver.

use super::config::OpticalReceiver;
use super::crosstalk::{Crosstalk, SILENT_DB};
use super::linear::LinearOutput;
use super::noise_law::NoiseModel;
use super::photodiode::Photodiode;
use super::tia::{Limiting, Tia};
use crate::chain::{Density, Shape};
use crate::error::KeyPath;
use crate::serdes::{WIDE_GHZ, bandwidth, reflections};
use crate::sheet::{Impairment, Impairments, Part};
use crate::units::{giga, pico};

/// Coupling in place of a removed one: the smallest that a key takes, dB.
const UNCOUPLED_DB: f64 = -300.0;
/// Limit of currents in place of a removed one: the largest that a key takes, mA peak to peak.
const UNLIMITED_MA_PP: f64 = 1000.0;
/// Distortion in place of a removed one, where a data sheet's gives the limit: the smallest that a
/// key takes, %.
const UNDISTORTED_PERCENT: f64 = 0.01;

impl OpticalReceiver {
    /// Lists those of diode, crosstalk and amplifier.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        self.photodiode.impairments(&at.key("photodiode"), list);
        self.crosstalk.impairments(&at.key("crosstalk"), list);
        self.tia.impairments(&at.key("tia"), list);
    }
}

impl Photodiode {
    fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let wide = Impairment::new(Part::Receiver, "photodiode bandwidth");
        list.push(bandwidth(wide, at, &self.response.file, self.bandwidth_ghz));
        list.push(Impairment::new(Part::Receiver, "dark current").with(
            at,
            "dark_current_na",
            self.dark_current_na,
            0.0,
        ));
        list.push_inseparable(
            Part::Receiver,
            "shot noise of the light",
            "follows from the photocurrent; stays beside the thermal noise",
        );
    }
}

impl Crosstalk {
    fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Receiver, name);
        for (name, key, now) in [
            ("crosstalk of lanes", "lane_db", self.lane_db),
            ("crosstalk of transmitters", "tx_db", self.tx_db),
        ] {
            list.push(new(name).with_if(now > SILENT_DB, at, key, UNCOUPLED_DB));
        }
    }
}

impl Tia {
    fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let part = Part::Receiver;
        match self.wide(at) {
            Some(wide) => list.push(wide),
            None => list.push_inseparable(
                part,
                "TIA bandwidth",
                "its noise is stated over its measured response",
            ),
        }
        let knee_ma_pp = self.large_signal.noise_knee_ma_pp;
        list.extend(knee_ma_pp.map(|now| {
            let at = at.key("large_signal");
            let new = Impairment::new(part, "TIA noise growth with light");
            new.with(&at, "noise_knee_ma_pp", now, UNLIMITED_MA_PP)
        }));
        list.push(self.linear(at));
        list.extend(reflections(part, "TIA-ADC reflections", at, self.echo.as_ref()));
    }

    /// Its bandwidth with the density of its input noise held; `None` where a file gives both.
    fn wide(&self, at: &KeyPath) -> Option<Impairment> {
        let made = Impairment::new(Part::Receiver, "TIA bandwidth").setting_the_noise_band();
        let file = &self.response.file;
        if file.is_empty() && self.bandwidth_ghz >= WIDE_GHZ {
            return Some(made);
        }
        let made = bandwidth(made, at, file, self.bandwidth_ghz);
        let made = made.with(at, "peaking_db", self.peaking_db, 0.0);
        if self.noise == NoiseModel::Table {
            return Some(made);
        }
        if !file.is_empty() {
            return None;
        }
        let bandwidth_hz = giga(self.bandwidth_ghz);
        let own = Shape::low_pass(self.family, self.order, bandwidth_hz, self.peaking_db);
        let (a0, a2) = match self.stated_density(&own.noise_bandwidth()?) {
            Density::Quadratic { a0, a2, .. } => (a0, a2),
            density => (density.at(0.0), 0.0),
        };
        let pa2 = pico(1.0).powi(2);
        Some(
            made.with_if(true, at, "noise", "quadratic")
                .with_if(true, at, "noise_scaling", "constant-density")
                .with_if(true, at, "noise_a0_pa2_per_hz", a0 / pa2)
                .with_if(true, at, "noise_a2_pa2_per_hz_ghz2", a2 / pa2 * giga(1.0).powi(2))
                .without_if(self.irn_rms_ua.is_some(), at, "irn_rms_ua"),
        )
    }

    /// Its limiting; a curve ends, a tanh bends at the largest current that its keys take.
    fn linear(&self, at: &KeyPath) -> Impairment {
        let made = Impairment::new(Part::Receiver, "TIA limiting");
        let at_large = at.key("large_signal");
        match (self.limiting, self.large_signal.thd_percent) {
            (Limiting::Linear, _) => made,
            (Limiting::Tanh, Some(now)) => {
                made.with(&at_large, "thd_percent", now, UNDISTORTED_PERCENT)
            }
            (Limiting::Tanh | Limiting::Curve, _) => made.with_if(true, at, "limiting", "linear"),
        }
    }
}

impl LinearOutput {
    /// Lists bandwidth and noise of the output to the host.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let new = |what: &str| Impairment::new(Part::Receiver, format!("linear output {what}"));
        list.push(new("bandwidth").with(at, "bandwidth_ghz", self.bandwidth_ghz, WIDE_GHZ).with(
            at,
            "peaking_db",
            self.peaking_db,
            0.0,
        ));
        list.push(new("noise").with(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0));
    }
}
