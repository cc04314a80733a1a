//! The quantile of |signal + noise| from a noiseless record.

use super::gaussian::q_fast;

/// The level that |y + n| exceeds with `probability`, n Gaussian with `sigma`, y any of `samples`; reorders `samples`.
///
/// Only the largest samples can decide it: those more than 9 sigma below the candidate count as zero.
pub(crate) fn upper(samples: &mut [f32], sigma: f64, probability: f64) -> f64 {
    let n = samples.len();
    for s in samples.iter_mut() {
        *s = s.abs();
    }
    let keep = ((n as f64 * (probability * 64.0 + 0.05)) as usize).clamp(1, n);
    samples.select_nth_unstable_by(n - keep, f32::total_cmp);
    let top = &samples[n - keep..];
    let largest = f64::from(top.iter().copied().fold(0.0, f32::max));
    let (mut low, mut high) = (0.0, largest + 9.0 * sigma.max(largest * 1e-6));
    let exceed = |level: f64| top.iter().map(|&y| q_fast((level - f64::from(y)) / sigma.max(1e-30))).sum::<f64>() / n as f64;
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if exceed(middle) > probability { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_in_noise_exceeds_its_quantile_as_often_as_asked() {
        let mut samples = vec![2f32; 5000];
        let level = upper(&mut samples, 0.5, 1e-4);
        assert!((level - (2.0 + 0.5 * 3.719_016_485)).abs() < 1e-5, "{level}");
    }

    #[test]
    fn without_noise_it_is_the_record_s_own_quantile() {
        let mut samples: Vec<f32> = (1..=100_000).map(|i| -(i as f32)).collect();
        let level = upper(&mut samples, 0.0, 1e-4);
        assert!((level - 99_990.0).abs() < 1.5, "{level}");
    }
}
