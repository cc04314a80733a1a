//! The quantile of |signal + noise| from a noiseless record.

use super::gaussian::q_fast;
use super::simd::multiversion;

/// Bins of the record's histogram.
const BINS: usize = 1024;

/// The level that |y + n| exceeds with `probability`, n Gaussian with `sigma`, y any of `samples`.
///
/// The record enters as a histogram of |y|, each bin at its upper edge: high by at most a
/// thousandth of the largest.
pub(crate) fn upper(samples: &[f32], sigma: f64, probability: f64) -> f64 {
    let largest = samples.iter().fold(0f32, |l, s| l.max(s.abs()));
    let width = f64::from(largest) / BINS as f64;
    let mut histogram = [0u32; BINS];
    for s in samples {
        histogram[((f64::from(s.abs()) / width) as usize).min(BINS - 1)] += 1;
    }
    let sigma = sigma.max(1e-3 * width).max(f64::MIN_POSITIVE);
    let (mut low, mut high) = (0.0, f64::from(largest) + 9.0 * sigma);
    let exceed = |level: f64| -> f64 {
        let first = (((level - 9.0 * sigma) / width).max(0.0) as usize).min(BINS);
        exceeding(
            &histogram[first..],
            level / sigma - (first + 1) as f64 * width / sigma,
            width / sigma,
        ) / samples.len() as f64
    };
    while high - low > 1e-6 * high {
        let middle = 0.5 * (low + high);
        if exceed(middle) > probability { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

multiversion! {
/// Sum of counts, each by the tail beyond `first`, a `step` less from one to the next.
fn exceeding(counts: &[u32], first: f64, step: f64) -> f64 {
    const RUN: usize = 8;
    let mut strands = [0f64; RUN];
    let (runs, rest) = counts.as_chunks::<RUN>();
    let tail = |i: usize| q_fast(first - i as f64 * step);
    for (r, counts) in runs.iter().enumerate() {
        for k in 0..RUN {
            strands[k] += f64::from(counts[k]) * tail(r * RUN + k);
        }
    }
    let rest: f64 = rest
        .iter()
        .enumerate()
        .map(|(k, &count)| f64::from(count) * tail(runs.len() * RUN + k))
        .sum();
    rest + strands.iter().sum::<f64>()
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_in_noise_exceeds_its_quantile_as_often_as_asked() {
        let level = upper(&[2f32; 5000], 0.5, 1e-4);
        assert!((level - (2.0 + 0.5 * 3.719_016_485)).abs() < 1e-4, "{level}");
    }

    #[test]
    fn without_noise_it_is_the_record_s_own_quantile() {
        let samples: Vec<f32> = (1..=100_000).map(|i| -(i as f32)).collect();
        let level = upper(&samples, 0.0, 1e-4);
        assert!((level - 99_990.0).abs() < 200.0, "{level}");
    }
}
