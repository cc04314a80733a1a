//! Soft values: distances of a received value from the levels.

use super::code::{BLOCK_SYMBOLS, CODE_BITS, PAYLOAD_SYMBOLS};
use std::ops::Range;

/// Levels that cannot be used for soft decisions.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SoftError {
    /// A spread is not a positive number, or one whose square is zero in single precision.
    #[error("sigma of level {level} = {sigma}: must be 1e-18 or more")]
    Sigma {
        /// The level, 0 to 3.
        level: usize,
        /// The given value.
        sigma: f32,
    },
    /// A mean does not lie above the one before.
    #[error("mean of level {level} = {mean}: must lie above the level before")]
    Mean {
        /// The level, 0 to 3.
        level: usize,
        /// The given value.
        mean: f32,
    },
}

/// The four levels at the slicer: mean and standard deviation of each, in the unit of its values.
///
/// ```text
/// cost of level l at y:    (y - mean_l)^2 / (2 sigma_l^2) + ln sigma_l          (-ln likelihood, but for a constant)
/// LLR of a bit:            least cost with the bit set - least cost with the bit clear       (positive: rather 0)
/// ```
///
/// Of the levels that a bit allows the likeliest stands for all (max-log): for payload symbols that
/// is what finds the likeliest word of levels; against the exact sum the LLR of the values that
/// matter moves by less than ln 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Soft {
    mean: [f32; 4],
    half_inverse_variance: [f32; 4],
    ln_sigma: [f32; 4],
}

impl Soft {
    /// From means and standard deviations.
    ///
    /// # Errors
    ///
    /// Means that do not rise, a deviation below 1e-18, a value that is not a number.
    pub fn new(mean: [f32; 4], sigma: [f32; 4]) -> Result<Self, SoftError> {
        for level in 0..4 {
            let rises = mean[level].is_finite() && (level == 0 || mean[level] > mean[level - 1]);
            if !rises {
                return Err(SoftError::Mean { level, mean: mean[level] });
            } else if !(SIGMA_MIN..=f32::MAX).contains(&sigma[level]) {
                return Err(SoftError::Sigma { level, sigma: sigma[level] });
            }
        }
        Ok(Self {
            mean,
            half_inverse_variance: sigma.map(|s| 0.5 / (s * s)),
            ln_sigma: sigma.map(libm::logf),
        })
    }

    /// The cost of each level.
    #[inline(always)]
    fn costs(&self, y: f32) -> [f32; 4] {
        std::array::from_fn(|level| {
            let distance = y - self.mean[level];
            distance * distance * self.half_inverse_variance[level] + self.ln_sigma[level]
        })
    }

    /// The bits of the (68,60) code and, for each payload symbol, the nearest even and the nearest
    /// odd level.
    pub(super) fn read(
        &self,
        received: &[f32; BLOCK_SYMBOLS],
        llr: &mut [f32; CODE_BITS],
        choices: &mut [[u8; 2]; PAYLOAD_SYMBOLS],
    ) {
        for k in 0..PAYLOAD_SYMBOLS {
            let [c0, c1, c2, c3] = self.costs(received[k]);
            choices[k] = [if c2 < c0 { 2 } else { 0 }, if c3 < c1 { 3 } else { 1 }];
            llr[k] = c1.min(c3) - c0.min(c2);
        }
        for k in PARITY_SYMBOLS {
            // Gray: the first bit parts 0 1 from 2 3, the second 0 3 from 1 2
            let [c0, c1, c2, c3] = self.costs(received[k]);
            let first = PAYLOAD_SYMBOLS + 2 * (k - PAYLOAD_SYMBOLS);
            llr[first] = c2.min(c3) - c0.min(c1);
            llr[first + 1] = c1.min(c2) - c0.min(c3);
        }
    }
}

/// Least spread: 1 / sigma^2 is a number in single precision.
const SIGMA_MIN: f32 = 1e-18;
const PARITY_SYMBOLS: Range<usize> = PAYLOAD_SYMBOLS..BLOCK_SYMBOLS;
