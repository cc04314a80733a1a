//! Modulator driver.

use crate::chain::{Chain, Density, Law, Lookup, Map, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::math::{elementary, prototype::Family, simd::multiversion};
use crate::measured::{DriveCurve, FileReader, Response, ResponseDomain, SeriesKind};
use crate::serdes::{Echo, after_line};
use crate::signal::Volt;
use crate::units::{giga, milli, nano};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An amplifier that saturates.
///
/// ```text
/// v = V_sat tanh((swing/2 h * x + h * n) / V_sat),   V_sat = saturation / 2
/// noise_rms^2 = noise_density^2 times the integral of |H / H0|^2 df
/// ```
///
/// In: volts of full scale -1 .. 1. Out: drive voltage (differential where the modulator is), V. A
/// sine of amplitude A has a third harmonic of about (A / V_sat)^2 / 12. A measured `curve`
/// replaces swing and saturation. The noise n is white at the input and passes the driver's own
/// response; density and rms are those at the output for small signals, of which an rms that is
/// given counts. H0 is the mid-band gain, as of the amplifier's noise in the receiver.
///
/// # Limits
///
/// The bandwidth limit comes before the saturation, the line to the modulator after it.
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
    /// Output noise within the bandwidth, one-sided, nV/sqrt(Hz).
    pub noise_nv_per_rthz: f64,
    /// Output noise over the driver's own response, rms, in place of its density, mV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_rms_mv: Option<f64>,
    /// A measured response in place of the low-pass.
    pub response: Response,
    /// A measured static curve in place of swing and saturation.
    pub curve: DriveCurve,
    /// The line from the driver to the modulator; none without this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<Echo>,
}

impl Default for Driver {
    fn default() -> Self {
        Driver {
            swing_vpp: 1.5,
            saturation_vpp: 3.0,
            bandwidth_ghz: 45.0,
            peaking_db: 0.0,
            noise_nv_per_rthz: 25.0,
            noise_rms_mv: None,
            response: Response::default(),
            curve: DriveCurve::default(),
            echo: None,
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
        if let Some(mv) = self.noise_rms_mv {
            problems.range(at, "noise_rms_mv", mv, 0.0..=10_000.0);
        }
        if let Some(echo) = &self.echo {
            echo.check(&at.key("echo"), problems);
        }
    }

    /// Reads its files and returns the driver; its model replaces a refused file.
    pub fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> DriverModel {
        let measured =
            files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
        let curve = files.curve(&at.key("curve"), "file", &self.curve.file, SeriesKind::Drive);
        let low_pass =
            || Shape::low_pass(Family::Bessel, 2, giga(self.bandwidth_ghz), self.peaking_db);
        let band = measured.map_or_else(low_pass, Shape::Table);
        DriverModel {
            swing_vpp: self.swing_vpp,
            saturation_vpp: self.saturation_vpp,
            noise_v2_per_hz: self.noise_v2_per_hz(&band),
            band,
            curve,
            echo: self.echo.clone(),
        }
    }

    /// One-sided density of the output noise within the bandwidth, V^2/Hz.
    pub(super) fn noise_v2_per_hz(&self, band: &Shape) -> f64 {
        let Some(mv) = self.noise_rms_mv else { return nano(self.noise_nv_per_rthz).powi(2) };
        let band = band.noise_bandwidth().expect("a driver's response is a low-pass");
        milli(mv).powi(2) / band.white_hz
    }
}

/// A small input, full scale being one.
const SMALL: f64 = 0.001;

/// A driver with its files read.
#[derive(Clone, Debug)]
pub struct DriverModel {
    swing_vpp: f64,
    saturation_vpp: f64,
    noise_v2_per_hz: f64,
    band: Shape,
    curve: Option<Arc<Monotone>>,
    echo: Option<Echo>,
}

impl DriverModel {
    /// Amplifies: noise, bandwidth, saturation, and the line to the modulator.
    pub fn extend(&self, drive: Chain<Volt>) -> Chain<Volt> {
        let gain = self.small_signal_gain();
        let noisy = if self.noise_v2_per_hz > 0.0 && gain > 0.0 {
            let density = Density::White(self.noise_v2_per_hz / gain.powi(2));
            drive.noise(Noise::new("driver.noise", Law::Added, density))
        } else {
            drive
        };
        let filtered = noisy.response::<Volt>(self.band.clone());
        let amplified = match &self.curve {
            Some(curve) => filtered.map(Lookup::new("driver", curve)),
            None => {
                let gain = (self.swing_vpp / self.saturation_vpp) as f32;
                filtered.map(Saturation { gain, limit_v: (self.saturation_vpp / 2.0) as f32 })
            }
        };
        after_line(amplified, self.echo.as_ref())
    }

    /// Output over input for small inputs, V.
    fn small_signal_gain(&self) -> f64 {
        match &self.curve {
            Some(curve) => (curve.at(SMALL) - curve.at(-SMALL)).abs() / (2.0 * SMALL),
            None => self.swing_vpp / 2.0,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problems;
    use crate::measured::Library;

    fn model(driver: &Driver) -> DriverModel {
        let (library, mut problems) = (Library::default(), Problems::new());
        driver.model(&KeyPath::root(), &mut FileReader::new(&library, &mut problems))
    }

    /// 1.5 mV rms at the input of a gain of 14 dB are 7.518 mV at the output. A second-order Bessel
    /// has a noise bandwidth of pi/2 / 1.36165 = 1.1536 of its bandwidth (integral of 9 / (w^4 + 3
    /// w^2 + 9), w^2 = (sqrt 45 - 3) / 2 at 3 dB): 51.91 GHz of 45 GHz, so 33.0 nV/sqrt(Hz); over
    /// the bandwidth itself they would be 35.4.
    #[test]
    fn an_rms_is_that_of_noise_over_the_drivers_own_response() {
        let output_mv = 1.5 * crate::units::amplitude_ratio(14.0);
        let driver = model(&Driver { noise_rms_mv: Some(output_mv), ..Driver::default() });
        let density_v = driver.noise_v2_per_hz.sqrt();
        assert!((density_v / 33.0e-9 - 1.0).abs() < 2e-3, "{density_v}");
        let rectangular = milli(output_mv) / giga(45.0).sqrt();
        assert!((rectangular / 35.44e-9 - 1.0).abs() < 1e-3, "{rectangular}");
        let n = 20_000;
        let step = std::f64::consts::FRAC_PI_2 / f64::from(n);
        let rms_v = (0..n)
            .map(|i| (f64::from(i) + 0.5) * step)
            .map(|x| {
                let h = driver.band.at(giga(45.0) * x.tan()).norm_sqr();
                driver.noise_v2_per_hz * h * giga(45.0) * step / x.cos().powi(2)
            })
            .sum::<f64>()
            .sqrt();
        assert!((rms_v / milli(output_mv) - 1.0).abs() < 1e-4, "{rms_v}");
    }

    /// The presets' densities, and the rms that their comments state.
    #[test]
    fn the_densities_of_the_presets_are_the_rms_of_their_comments() {
        for (density_nv, bandwidth_ghz, gain_db, output_mv, input_mv) in [
            (25.0, 45.0, 14.0, 5.70, 1.14),
            (40.0, 45.0, 18.0, 9.11, 1.15),
            (25.0, 62.0, 14.0, 6.69, 1.33),
            (40.0, 62.0, 18.0, 10.70, 1.35),
        ] {
            let driver = model(&Driver { bandwidth_ghz, ..Driver::default() });
            let band = driver.band.noise_bandwidth().expect("it is a low-pass");
            let mv = density_nv * 1e-6 * band.white_hz.sqrt();
            assert!((mv / output_mv - 1.0).abs() < 2e-3, "{mv}");
            let at_input = mv / crate::units::amplitude_ratio(gain_db);
            assert!((at_input / input_mv - 1.0).abs() < 5e-3, "{at_input}");
        }
    }
}
