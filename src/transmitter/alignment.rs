//! Alignment of optical modes: laser to chip, and chip to fibre.

use crate::error::{KeyPath, Problems};
use crate::units::{db_from_power_ratio, micro, nano};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// A joint of two Gaussian modes, which may be elliptical, with its offsets.
///
/// ```text
/// T = T_x T_y,   T_x = |integral of u* v dx|^2 / (integral of |u|^2 dx integral of |v|^2 dx)
/// u = exp(-x^2 / w^2),   v = exp(-j k (x - d)^2 / (2 q) + j k theta x),   q = z + j pi n w'^2 / lambda
/// ```
///
/// with the radii w and w' of both modes at 1/e^2 of the intensity, the lateral offset d, the angle
/// theta, and the gap z of index n. What it adds to a coupling loss is the loss of the offsets
/// against that of the same modes without any: coupling losses are those of aligned parts.
///
/// For equal modes and small offsets the loss is 4.343 (d / w)^2 + 4.343 (pi n w theta / lambda)^2
/// dB; with Gaussian placement of deviation s in both axes it is exponentially distributed, of mean
/// 8.686 (s / w)^2 dB.
///
/// # Limits
///
/// Modes are Gaussian; light that is not coupled is lost; nothing is reflected.
///
/// # Reference
///
/// W. B. Joyce, B. C. DeLoach, *Alignment of Gaussian beams*, Appl. Opt. 23 (1984) 4187.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Joint {
    /// Radius of the mode that receives, horizontal, um.
    pub mode_radius_x_um: f64,
    /// The same, vertical, um.
    pub mode_radius_y_um: f64,
    /// Radius of the mode that arrives, at its waist, horizontal, um.
    pub beam_radius_x_um: f64,
    /// The same, vertical, um.
    pub beam_radius_y_um: f64,
    /// Lateral offset, horizontal, um.
    pub lateral_x_um: f64,
    /// The same, vertical, um.
    pub lateral_y_um: f64,
    /// Angle between both modes, horizontal, degrees.
    pub angular_x_deg: f64,
    /// The same, vertical, degrees.
    pub angular_y_deg: f64,
    /// Distance of the waist from the mode that receives, um.
    pub axial_um: f64,
    /// Refractive index of the gap.
    pub gap_index: f64,
}

impl Default for Joint {
    fn default() -> Self {
        // spot-size converters of 3.5 um, assumed
        Joint {
            mode_radius_x_um: 1.75,
            mode_radius_y_um: 1.75,
            beam_radius_x_um: 1.75,
            beam_radius_y_um: 1.75,
            lateral_x_um: 0.0,
            lateral_y_um: 0.0,
            angular_x_deg: 0.0,
            angular_y_deg: 0.0,
            axial_um: 0.0,
            gap_index: 1.0,
        }
    }
}

impl Joint {
    /// Reports every parameter that is out of its range.
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        for (key, radius_um) in [
            ("mode_radius_x_um", self.mode_radius_x_um),
            ("mode_radius_y_um", self.mode_radius_y_um),
            ("beam_radius_x_um", self.beam_radius_x_um),
            ("beam_radius_y_um", self.beam_radius_y_um),
        ] {
            problems.range(at, key, radius_um, 0.2..=100.0);
        }
        problems.range(at, "lateral_x_um", self.lateral_x_um, -10.0..=10.0);
        problems.range(at, "lateral_y_um", self.lateral_y_um, -10.0..=10.0);
        problems.range(at, "angular_x_deg", self.angular_x_deg, -20.0..=20.0);
        problems.range(at, "angular_y_deg", self.angular_y_deg, -20.0..=20.0);
        problems.range(at, "axial_um", self.axial_um, -1000.0..=1000.0);
        problems.range(at, "gap_index", self.gap_index, 1.0..=4.0);
    }

    /// The joint without offsets.
    fn aligned(&self) -> Joint {
        Joint {
            lateral_x_um: 0.0,
            lateral_y_um: 0.0,
            angular_x_deg: 0.0,
            angular_y_deg: 0.0,
            axial_um: 0.0,
            ..self.clone()
        }
    }

    /// True without any offset.
    pub(crate) fn is_aligned(&self) -> bool {
        *self == self.aligned()
    }

    /// Power coupled at a wavelength, a part of that which arrives.
    fn coupled(&self, wavelength_nm: f64) -> f64 {
        let wave = Wave { length_m: nano(wavelength_nm), index: self.gap_index };
        let axial_m = micro(self.axial_um);
        let axis = |mode_um: f64, beam_um: f64, lateral_um: f64, angular_deg: f64| {
            let radii_m = [mode_um, beam_um].map(micro);
            wave.overlap(radii_m, micro(lateral_um), angular_deg.to_radians(), axial_m)
        };
        axis(self.mode_radius_x_um, self.beam_radius_x_um, self.lateral_x_um, self.angular_x_deg)
            * axis(
                self.mode_radius_y_um,
                self.beam_radius_y_um,
                self.lateral_y_um,
                self.angular_y_deg,
            )
    }

    /// Loss of the mismatch of both modes without offsets, dB.
    pub fn mismatch_db(&self, wavelength_nm: f64) -> f64 {
        -db_from_power_ratio(self.aligned().coupled(wavelength_nm))
    }

    /// Loss that the offsets add, dB.
    pub fn misalignment_db(&self, wavelength_nm: f64) -> f64 {
        if self.is_aligned() {
            return 0.0;
        }
        let aligned = self.aligned();
        db_from_power_ratio(aligned.coupled(wavelength_nm) / self.coupled(wavelength_nm))
    }
}

/// Light in a gap.
#[derive(Clone, Copy)]
struct Wave {
    length_m: f64,
    index: f64,
}

impl Wave {
    /// Power overlap in one axis of a mode of the first radius with a beam of the second.
    fn overlap(self, [mode_m, beam_m]: [f64; 2], d_m: f64, theta_rad: f64, z_m: f64) -> f64 {
        let k = TAU * self.index / self.length_m;
        let q = Complex64::new(z_m, PI * self.index * beam_m * beam_m / self.length_m);
        // v = exp(-alpha (x - d)^2 + j k theta x)
        let alpha = Complex64::new(0.0, k) / (2.0 * q);
        let a = mode_m.powi(-2) + alpha;
        let b = 2.0 * alpha * d_m + Complex64::new(0.0, k * theta_rad.sin());
        let integral = (PI / a).sqrt() * (b * b / (4.0 * a) - alpha * d_m * d_m).exp();
        let powers = mode_m * (PI / 2.0).sqrt() * (PI / (2.0 * alpha.re)).sqrt();
        integral.norm_sqr() / powers
    }
}

/// The joints of a transmitter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alignment {
    /// Laser, or its fibre, to chip; of transmitters with a chip apart from the laser.
    pub laser: Joint,
    /// Chip to fibre, or laser to fibre.
    pub fibre: Joint,
}

impl Alignment {
    /// Reports every parameter that is out of its range.
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.laser.check(&at.key("laser"), problems);
        self.fibre.check(&at.key("fibre"), problems);
    }

    /// Losses that the offsets add at the laser's joint and at the fibre's, dB.
    pub(super) fn losses_db(&self, wavelength_nm: f64) -> [f64; 2] {
        [&self.laser, &self.fibre].map(|joint| joint.misalignment_db(wavelength_nm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    const NM: f64 = 1310.0;

    /// The overlap of both fields in one axis by the trapezium rule, which converges exponentially
    /// for Gaussians, of the field of the beam propagated by its own formula.
    fn integrated(joint: &Joint, horizontal: bool) -> f64 {
        let pick = |x: f64, y: f64| if horizontal { x } else { y };
        let w = micro(pick(joint.mode_radius_x_um, joint.mode_radius_y_um));
        let w0 = micro(pick(joint.beam_radius_x_um, joint.beam_radius_y_um));
        let d = micro(pick(joint.lateral_x_um, joint.lateral_y_um));
        let theta = pick(joint.angular_x_deg, joint.angular_y_deg).to_radians();
        let (z, n, lambda) = (micro(joint.axial_um), joint.gap_index, nano(NM));
        let k = TAU * n / lambda;
        let rayleigh = PI * n * w0 * w0 / lambda;
        let wz = w0 * (1.0 + (z / rayleigh).powi(2)).sqrt();
        let curvature = z / (z * z + rayleigh * rayleigh);
        let (steps, reach) = (20_000, 8.0 * (w + wz + d.abs()));
        let dx = 2.0 * reach / f64::from(steps);
        let (mut product, mut u2, mut v2) = (Complex64::default(), 0.0, 0.0);
        for i in 0..=steps {
            let x = f64::from(i) * dx - reach;
            let u = (-(x / w).powi(2)).exp();
            let phase = k * theta.sin() * x - 0.5 * k * curvature * (x - d).powi(2);
            let v = Complex64::from_polar((-((x - d) / wz).powi(2)).exp(), phase);
            product += u * v * dx;
            u2 += u * u * dx;
            v2 += v.norm_sqr() * dx;
        }
        product.norm_sqr() / (u2 * v2)
    }

    #[test]
    fn the_overlap_is_the_integral_of_the_fields() {
        let joint = Joint {
            mode_radius_x_um: 1.6,
            mode_radius_y_um: 2.3,
            beam_radius_x_um: 1.1,
            beam_radius_y_um: 4.6,
            lateral_x_um: 0.7,
            lateral_y_um: -1.1,
            angular_x_deg: -3.0,
            angular_y_deg: 1.5,
            axial_um: 6.0,
            gap_index: 1.45,
        };
        let expected = integrated(&joint, true) * integrated(&joint, false);
        let found = joint.coupled(NM);
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
        assert!(joint.mismatch_db(NM) > 0.5, "unlike radii lose by themselves");
        assert_eq!(joint.aligned().misalignment_db(NM), 0.0);
    }

    /// devices.md 4: offsets of 1 dB for a mode field diameter of 3.5 um: 0.84 um, 6.5 degrees and
    /// a gap of 7.5 um of air, given to the digits there; small lateral offsets by the parabola.
    #[test]
    fn offsets_of_a_decibel_are_those_tabulated() {
        let with = |change: fn(&mut Joint)| {
            let mut joint = Joint::default();
            change(&mut joint);
            joint.misalignment_db(NM)
        };
        for (db, within) in [
            (with(|joint| joint.lateral_x_um = 0.84), 0.01),
            (with(|joint| joint.angular_y_deg = 6.5), 0.04),
            (with(|joint| joint.axial_um = 7.5), 0.03),
        ] {
            assert!((db - 1.0).abs() < within, "{db}");
        }
        let parabola = 4.343 * (0.5f64 / 1.75).powi(2);
        assert!((with(|joint| joint.lateral_y_um = 0.5) - parabola).abs() < 1e-4);
    }

    /// Placement of 0.3 um in both axes: a mean of 8.686 (s / w)^2 dB, known to 1 % from 20 000
    /// draws (4 deviations of 0.7 %: 3 %), and exponential: 37 % above the mean, 5 % above three.
    #[test]
    fn gaussian_placement_loses_exponentially() {
        let mut rng = Seed::new(1).named("placement").rng();
        let losses: Vec<f64> = (0..20_000)
            .map(|_| {
                let (lateral_x_um, lateral_y_um) = (0.3 * rng.normal(), 0.3 * rng.normal());
                Joint { lateral_x_um, lateral_y_um, ..Joint::default() }.misalignment_db(NM)
            })
            .collect();
        let mean = losses.iter().sum::<f64>() / losses.len() as f64;
        let expected = 8.686 * (0.3f64 / 1.75).powi(2);
        assert!((mean / expected - 1.0).abs() < 0.03, "{mean} {expected}");
        for times in [1.0, 3.0f64] {
            let above = losses.iter().filter(|&&db| db > times * expected).count() as f64;
            let part = (-times).exp();
            let deviation = (part * (1.0 - part) * losses.len() as f64).sqrt();
            assert!((above - part * losses.len() as f64).abs() < 4.0 * deviation, "{above}");
        }
    }
}
