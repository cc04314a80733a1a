//! Modulator driver.

use crate::chain::{Chain, Density, Law, Lookup, Map, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::math::{elementary, prototype::Family, simd::multiversion};
use crate::measured::{DriveCurve, FileReader, Response, ResponseDomain, SeriesKind};
use crate::signal::Volt;
use crate::units::{giga, nano};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An amplifier that saturates.
///
/// ```text
/// v = V_sat tanh(swing/2 (h * x) / V_sat) + n,   V_sat = saturation / 2
/// ```
///
/// In: volts of full scale -1 .. 1. Out: drive voltage (differential where the modulator is), V. A
/// sine of amplitude A has a third harmonic of about (A / V_sat)^2 / 12. A measured `curve`
/// replaces swing and saturation.
///
/// # Limits
///
/// The bandwidth limit comes before the saturation; output noise is white and passes the
/// modulator's electrode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Driver {
    /// Peak-to-peak output for the converter's full scale, before saturation, V.
    pub swing_vpp: f64,
    /// Peak-to-peak output that it never exceeds, V.
    pub saturation_vpp: f64,
    /// 3 dB bandwidth (second-order Bessel), peaking included, GHz.
    pub bandwidth_ghz: f64,
    /// Peaking, dB.
    pub peaking_db: f64,
    /// Output noise, one-sided, nV/sqrt(Hz).
    pub noise_nv_per_rthz: f64,
    /// A measured response in place of the low-pass.
    pub response: Response,
    /// A measured static curve in place of swing and saturation.
    pub curve: DriveCurve,
}

impl Default for Driver {
    fn default() -> Self {
        Driver {
            swing_vpp: 1.5,
            saturation_vpp: 3.0,
            bandwidth_ghz: 45.0,
            peaking_db: 0.0,
            noise_nv_per_rthz: 25.0,
            response: Response::default(),
            curve: DriveCurve::default(),
        }
    }
}

impl Driver {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "swing_vpp", self.swing_vpp, 0.01..=50.0);
        problems.range(at, "saturation_vpp", self.saturation_vpp, 0.02..=1000.0);
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.range(at, "peaking_db", self.peaking_db, 0.0..=12.0);
        problems.range(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0..=10_000.0);
    }

    /// Reads its files and returns the driver; its model replaces a refused file.
    pub fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> DriverModel {
        let measured =
            files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
        let curve = files.curve(&at.key("curve"), "file", &self.curve.file, SeriesKind::Drive);
        let low_pass =
            || Shape::low_pass(Family::Bessel, 2, giga(self.bandwidth_ghz), self.peaking_db);
        DriverModel {
            swing_vpp: self.swing_vpp,
            saturation_vpp: self.saturation_vpp,
            noise_v2_per_hz: nano(self.noise_nv_per_rthz).powi(2),
            band: measured.map_or_else(low_pass, Shape::Table),
            curve,
        }
    }
}

/// A driver with its files read.
#[derive(Clone, Debug)]
pub struct DriverModel {
    swing_vpp: f64,
    saturation_vpp: f64,
    noise_v2_per_hz: f64,
    band: Shape,
    curve: Option<Arc<Monotone>>,
}

impl DriverModel {
    /// Amplifies: bandwidth, saturation, output noise.
    pub fn extend(&self, drive: Chain<Volt>) -> Chain<Volt> {
        let filtered = drive.response::<Volt>(self.band.clone());
        let driven: Chain<Volt> = match &self.curve {
            Some(curve) => filtered.map(Lookup::new("driver", curve)),
            None => {
                let gain = (self.swing_vpp / self.saturation_vpp) as f32;
                filtered.map(Saturation { gain, limit_v: (self.saturation_vpp / 2.0) as f32 })
            }
        };
        if self.noise_v2_per_hz > 0.0 {
            let density = Density::White(self.noise_v2_per_hz);
            driven.noise(Noise::new("driver.noise", Law::Added, density))
        } else {
            driven
        }
    }

    /// Output at a settled drive of -1 .. 1, V.
    pub fn settled_v(&self, drive: f64) -> f64 {
        match &self.curve {
            Some(curve) => curve.at(drive),
            None => {
                self.saturation_vpp / 2.0 * (drive * self.swing_vpp / self.saturation_vpp).tanh()
            }
        }
    }

    /// Largest output of an unfiltered drive, V; ringing may exceed it, saturation may not.
    pub fn peak_v(&self) -> f64 {
        match &self.curve {
            Some(curve) => Lookup::new("driver", curve).peak(),
            None => self.settled_v(1.0),
        }
    }
}

struct Saturation {
    gain: f32,
    limit_v: f32,
}

impl Map<Volt, Volt> for Saturation {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        saturate(self.gain, self.limit_v, x, y);
    }

    fn name(&self) -> &'static str {
        "driver"
    }
}

multiversion! {
fn saturate(gain: f32, limit: f32, x: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y = limit * elementary::tanh(gain * x));
}
}
