//! A slicer after a decision-feedback equaliser, with error propagation.

use crate::error::{KeyPath, Problems};
use crate::math::gaussian::q;
use crate::math::normals;
use crate::seed::Rng;
use serde::{Deserialize, Serialize};

/// Normal numbers drawn at a time.
const DRAWN: usize = 1024;

/// PAM4 in white noise with a feedback equaliser of one tap, which cancels b times the previous
/// level by means of its decision.
///
/// ```text
/// y(n) = level(n) + noise - b e(n-1),    e = decided - sent,  decided = nearest level to y
/// ```
///
/// Amplitudes are in units of the distance of two levels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DfeErrors {
    /// The tap b, over the main cursor.
    pub tap: f64,
    /// Half an eye over the noise's standard deviation.
    pub half_eye_over_sigma: f64,
}

impl DfeErrors {
    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "tap", self.tap, -1.0..=1.0);
        problems.range(at, "half_eye_over_sigma", self.half_eye_over_sigma, 0.1..=20.0);
    }
}

/// Probability that the decision after a decision error is also in error.
///
/// ```text
/// 0.75 [Q((1 - 2 b) x) + Q((1 + 2 b) x)],    x = half eye / sigma
/// ```
///
/// Three of four levels have a threshold on either side; the wrong feedback moves one nearer by 2 b
/// half eyes, the other away.
///
/// # Limits
///
/// Valid after an error of one level.
///
/// ```
/// // a tap of one: three of four bursts continue, independent of the noise
/// assert!((lightlane::fec::errors::continuation(1.0, 7.0) - 0.75).abs() < 1e-6);
/// ```
#[must_use]
pub fn continuation(tap: f64, half_eye_over_sigma: f64) -> f64 {
    let x = half_eye_over_sigma;
    0.75 * (q((1.0 - 2.0 * tap) * x) + q((1.0 + 2.0 * tap) * x))
}

/// The equaliser with its last decision.
#[derive(Clone)]
pub(super) struct DfeSource {
    tap: f32,
    sigma: f32,
    rng: Rng,
    noise: Vec<f32>,
    used: usize,
    error: f32,
}

impl DfeSource {
    pub(super) fn new(dfe: DfeErrors, rng: Rng) -> Self {
        let sigma = (0.5 / dfe.half_eye_over_sigma) as f32;
        Self { tap: dfe.tap as f32, sigma, rng, noise: vec![0.0; DRAWN], used: DRAWN, error: 0.0 }
    }

    pub(super) fn corrupt(&mut self, levels: &mut [u8]) {
        for level in levels {
            if self.used == DRAWN {
                normals::fill(&mut self.rng, &mut self.noise);
                self.used = 0;
            }
            let sent = f32::from(*level);
            let received = sent + self.sigma * self.noise[self.used] - self.tap * self.error;
            self.used += 1;
            let decided = (received + 0.5).clamp(0.0, 3.5) as u8;
            self.error = f32::from(decided) - sent;
            *level = decided;
        }
    }
}
