//! The timing detector's curve over the sampling phase, from the training blocks: its zero and its
//! slope.

use crate::chain::build::timing::Timing;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::dsp::LEVELS;
use crate::dsp::slicer::Thresholds;
use crate::math::gaussian::q_fast;
use std::f64::consts::PI;

/// Smallest slope with which a loop works, detector's output per UI; a pulse of unit height and
/// unit base has 1.
const SLOPE_MIN: f64 = 0.05;

/// Mean square of the levels.
const MEAN_SQUARE: f64 = 5.0 / 9.0;

/// Halvings for the zero of the sign.
const HALVINGS: usize = 20;

/// Variance of the square of a level over the square of its mean.
const SQUARES: f64 = 0.64;

/// Symbols on either side whose part of a sample counts for the pattern's noise.
const RESPONSE: isize = 24;

/// Lags of the sign's covariance.
const LAGS: usize = 8;

/// A symbol at the slicer: the level sent, mean and variance.
pub(crate) type SlicerSample = (u8, f32, f32);

impl Timing {
    /// Distance from the trained phase at which the slope is taken, symbol periods.
    pub(crate) const STEP_UI: f64 = 1.0 / 64.0;

    /// From the training blocks at the trained phase, and moved by [`Timing::STEP_UI`] towards
    /// early and late; `r2` is the correlation of the noise of every other symbol.
    ///
    /// # Errors
    ///
    /// A detector that is insensitive to the phase.
    pub(crate) fn of(
        [early, on, late]: [&[Vec<SlicerSample>]; 3],
        thresholds: &Thresholds,
        r2: f64,
    ) -> Result<Timing, NotEvaluated> {
        let slope_of = |curve: &dyn Fn(&[Vec<SlicerSample>]) -> f64| {
            (curve(early) - curve(late)) / (2.0 * Timing::STEP_UI)
        };
        let mean = |blocks: &[Vec<SlicerSample>]| average(blocks, error);
        let (zero, slope) = (mean(on), slope_of(&mean));
        if slope.is_nan() || slope < SLOPE_MIN {
            return Err(NotEvaluated::new(format!(
                "the timing detector is insensitive to the sampling phase: its slope is {slope:.3} \
                per UI, at least {SLOPE_MIN} is needed"
            )));
        }
        let decided = |symbol: &SlicerSample| {
            let sigma = f64::from(symbol.2.max(1e-30)).sqrt();
            let above: f64 = thresholds
                .0
                .iter()
                .map(|&t| q_fast((f64::from(t) - f64::from(symbol.1)) / sigma))
                .sum();
            2.0 / 3.0 * above - 1.0
        };
        let noisy = |blocks: &[Vec<SlicerSample>]| {
            average(blocks, |now, last| {
                (f64::from(now.1) * decided(last) - f64::from(last.1) * decided(now)) / MEAN_SQUARE
            })
        };
        let sign = |blocks: &[Vec<SlicerSample>], zero: f64| {
            average(blocks, |now, last| {
                1.0 - 2.0 * q_fast((error(now, last) - zero) / noise(now, last).max(1e-30).sqrt())
            })
        };
        let (mut low, mut high) = (-1.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if sign(on, middle) > 0.0 { low = middle } else { high = middle }
        }
        let sign_zero = 0.5 * (low + high);
        let sigma =
            average(on, |now, last| (error(now, last) - zero).powi(2) + noise(now, last)).sqrt();
        let sign_slope = slope_of(&|blocks| sign(blocks, sign_zero));
        let density = average(on, noise) * (1.0 - r2) + pattern_density(&response(on));
        Ok(Timing {
            zero,
            slope,
            noisy: slope_of(&noisy) / slope,
            sign_zero,
            sign_slope,
            sigma_ui: sigma / slope,
            density_ui2: density / (slope * slope),
            sign_density_ui2: sign_density(on, sign_zero, r2) / (sign_slope * sign_slope),
        })
    }
}

/// The response to the levels, from [`RESPONSE`] symbols before to as many after.
fn response(blocks: &[Vec<SlicerSample>]) -> Vec<f64> {
    let level = |symbol: &SlicerSample| f64::from(LEVELS[usize::from(symbol.0)]);
    let symbols: f64 = blocks.iter().map(|block| block.len() as f64).sum();
    let correlation = |k: isize, main: f64| {
        let of_block = |block: &Vec<SlicerSample>| {
            let n = block.len() as isize;
            let earlier = |at: usize| level(&block[(at as isize - k).rem_euclid(n) as usize]);
            let own = block.iter().enumerate();
            own.map(|(at, z)| (f64::from(z.1) - main * level(z)) * earlier(at)).sum::<f64>()
        };
        blocks.iter().map(of_block).sum::<f64>() / symbols / MEAN_SQUARE
    };
    let main = correlation(0, 0.0);
    (-RESPONSE..=RESPONSE).map(|k| if k == 0 { main } else { correlation(k, main) }).collect()
}

/// Density at low frequencies of what the levels leave on the detector's output: products of two
/// levels d symbols apart come from four places of the response.
fn pattern_density(response: &[f64]) -> f64 {
    let c = |k: isize| {
        usize::try_from(k + RESPONSE).ok().and_then(|at| response.get(at)).copied().unwrap_or(0.0)
    };
    let pairs = (1..=RESPONSE).map(|d| (c(d + 1) + c(1 - d) - c(d - 1) - c(-d - 1)).powi(2));
    SQUARES * (c(1) - c(-1)).powi(2) + pairs.sum::<f64>()
}

/// Density of the sign at low frequencies: its own noise, less what every other symbol shares, and
/// the pattern of its mean.
fn sign_density(blocks: &[Vec<SlicerSample>], zero: f64, r2: f64) -> f64 {
    let (mut products, mut count) = ([0.0; LAGS + 1], 0.0);
    for block in blocks {
        let n = block.len();
        let mean = |k: usize| {
            let (now, last) = (&block[k], &block[(k + n - 1) % n]);
            1.0 - 2.0 * q_fast((error(now, last) - zero) / noise(now, last).max(1e-30).sqrt())
        };
        let means: Vec<f64> = (0..n).map(mean).collect();
        for (lag, product) in products.iter_mut().enumerate() {
            *product += (0..n).map(|k| means[k] * means[(k + lag) % n]).sum::<f64>();
        }
        count += n as f64;
    }
    let pattern = products[0] + 2.0 * products[1..].iter().sum::<f64>();
    let noise = (count - products[0]) * (1.0 - 4.0 / PI * (0.5 * r2).asin());
    (noise + pattern.max(0.0)) / count
}

/// The detector's output of two neighbours' means.
fn error(now: &SlicerSample, last: &SlicerSample) -> f64 {
    f64::from(now.1 * LEVELS[usize::from(last.0)] - last.1 * LEVELS[usize::from(now.0)])
        / MEAN_SQUARE
}

/// Its variance from theirs.
fn noise(now: &SlicerSample, last: &SlicerSample) -> f64 {
    let square = |level: u8| LEVELS[usize::from(level)].powi(2);
    f64::from(now.2 * square(last.0) + last.2 * square(now.0)) / (MEAN_SQUARE * MEAN_SQUARE)
}

/// Mean over all pairs of neighbours; blocks are periodic.
fn average(blocks: &[Vec<SlicerSample>], of: impl Fn(&SlicerSample, &SlicerSample) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for block in blocks {
        for (n, now) in block.iter().enumerate() {
            sum += of(now, &block[(n + block.len() - 1) % block.len()]);
        }
        count += block.len() as f64;
    }
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::cdr::bang_bang_gain_per_ui;
    use crate::seed::Seed;

    /// Random levels through a triangular pulse, whose slope is 1, skewed by a postcursor: blocks
    /// at a lateness.
    fn blocks(late: f64, postcursor: f32, sigma: f32) -> Vec<Vec<SlicerSample>> {
        let mut rng = Seed::new(4).named("timing").rng();
        let levels: Vec<u8> = (0..60_000).map(|_| (rng.next_u64() >> 62) as u8).collect();
        let n = levels.len();
        let at = |k: usize| LEVELS[usize::from(levels[k % n])];
        let t = late.abs() as f32;
        let symbol = |k: usize| {
            let side = if late > 0.0 { at(k + 1) } else { at(k + n - 1) };
            (levels[k], (1.0 - t) * at(k) + t * side + postcursor * at(k + n - 1), sigma * sigma)
        };
        vec![(0..n).map(symbol).collect()]
    }

    fn timing(postcursor: f32, sigma: f32) -> Timing {
        let [early, on, late] =
            [-Timing::STEP_UI, 0.0, Timing::STEP_UI].map(|late| blocks(late, postcursor, sigma));
        Timing::of([&early, &on, &late], &Thresholds::MIDDLE, 0.0).unwrap()
    }

    /// Pattern noise of the slope: 60 000 pairs know the mean of products of levels to
    /// 1/sqrt(60 000) = 0.4 % of their mean square.
    #[test]
    fn a_triangle_has_the_slope_one_and_a_postcursor_is_its_zero() {
        for postcursor in [0.0, 0.1] {
            let timing = timing(postcursor, 0.05);
            assert!((timing.slope - 1.0).abs() < 0.03, "{timing:?}");
            assert!((timing.zero - f64::from(postcursor)).abs() < 0.005, "{timing:?}");
            assert!((timing.noisy - 1.0).abs() < 0.01, "{timing:?}");
        }
        assert!(timing(0.0, 0.3).noisy < 0.95, "wrong decisions flatten the curve");
    }

    /// Noise of one variance: the sign is linearised by the mixture of s[n] that the levels make of
    /// it. Of the mean of 1/s[n] over the inverse of the root mean square, and of 5 % of pattern,
    /// 0.9 to 1.4 are left.
    #[test]
    fn the_slope_of_the_sign_is_that_of_its_noise() {
        let timing = timing(0.0, 0.2);
        let ratio = timing.sign_slope / bang_bang_gain_per_ui(timing.sigma_ui);
        assert!((0.9..1.4).contains(&ratio), "{ratio}: {timing:?}");
    }

    /// The detector through 400 means of 1024 outputs each: their variance, times 1024, is the
    /// density to sqrt(2 / 400) = 7 %; four deviations are 28 %. White noise of sigma has 2 sigma^2
    /// /
    /// <l^2>, and one whose other neighbours have the correlation -0.4 has 1.4 times that.
    #[test]
    fn the_density_is_the_variance_of_long_means() {
        for (sigma, colour, postcursors) in [
            (0.1f32, [1.0f32, 0.0], [0.0f32, 0.0]),
            (0.1, [1.0, -0.5], [0.0; 2]),
            (0.02, [1.0, 0.0], [0.05, 0.1]),
        ] {
            let mut rng = Seed::new(8).named("density").rng();
            let n = 400 * 1024;
            let levels: Vec<u8> = (0..n).map(|_| (rng.next_u64() >> 62) as u8).collect();
            let level = |k: usize| LEVELS[usize::from(levels[k % n])];
            let white: Vec<f32> = (0..n + 2).map(|_| rng.normal() as f32).collect();
            let energy: f32 = colour.iter().map(|h| h * h).sum();
            let mean = |k: usize| {
                level(k) + postcursors[0] * level(k + n - 1) + postcursors[1] * level(k + n - 2)
            };
            let z = |k: usize| {
                mean(k) + sigma / energy.sqrt() * (white[k] * colour[0] + white[k + 2] * colour[1])
            };
            let blocks = vec![(0..n).map(|k| (levels[k], mean(k), sigma * sigma)).collect()];
            let r2 = f64::from(colour[0] * colour[1] / energy);
            let expected =
                average(&blocks, noise) * (1.0 - r2) + pattern_density(&response(&blocks));
            let outputs: Vec<f64> = (1..n)
                .map(|k| f64::from(z(k) * level(k - 1) - z(k - 1) * level(k)) / MEAN_SQUARE)
                .collect();
            let mean = outputs.iter().sum::<f64>() / outputs.len() as f64;
            let runs = outputs.chunks_exact(1024);
            let count = runs.len() as f64;
            let found = runs
                .map(|run| (run.iter().sum::<f64>() / 1024.0 - mean).powi(2) * 1024.0)
                .sum::<f64>()
                / count;
            assert!((found / expected - 1.0).abs() < 0.28, "{found} {expected}");
            if postcursors == [0.0; 2] {
                let closed = 2.0 * f64::from(sigma * sigma) / MEAN_SQUARE * (1.0 - r2);
                assert!((expected / closed - 1.0).abs() < 0.02, "{expected} {closed}");
            }
        }
    }

    #[test]
    fn a_flat_curve_is_refused() {
        let on = blocks(0.0, 0.0, 0.1);
        assert!(Timing::of([&on, &on, &on], &Thresholds::MIDDLE, 0.0).is_err());
    }
}
