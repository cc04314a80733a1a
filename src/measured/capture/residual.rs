//! Noise estimated from the repeats of a pattern.

use super::periods::Periods;
use crate::chain::Density;
use crate::math::fft::{RealFft, bins};
use crate::math::monotone::Monotone;
use num_complex::Complex32;
use std::sync::Arc;

/// Bands of the noise's spectrum.
const BANDS: usize = 48;

/// Noise of a pattern's repeats, as an added and a relative part of the same spectral shape.
///
/// ```text
/// <(P_k(t) - P(t))^2> = a + c P(t)^2,   k the repeat;   S(f) its mean one-sided density
/// ```
///
/// The mean is over repeats and keeps its part of the noise, which is the less to be added again.
/// The part a is added (an instrument's, a driver's about its middle), the part c P^2 is relative
/// to power, as a laser's RIN.
///
/// # Limits
///
/// Noise on edges, such as jitter, is assigned to one of the two; noise slower than a period is
/// missed.
#[derive(Clone, Debug, PartialEq)]
pub struct Residual {
    /// Rms of the added part, in the unit of the power.
    pub added_rms: f64,
    /// Rms of the relative part, relative to power.
    pub relative_rms: f64,
    /// One-sided density of the whole at a mean level, per Hz, by ln.
    shape: Arc<Monotone>,
    /// Mean square of the whole.
    variance: f64,
}

impl Residual {
    /// The noise of some periods; `None` for a single one. `instrument_rms` of white noise is the
    /// instrument's and left out.
    pub fn of(periods: &Periods, sample_rate_hz: f64, instrument_rms: f64) -> Option<Residual> {
        let repeats = periods.power.len();
        if repeats < 2 {
            return None;
        }
        let n = periods.mean.len();
        // the mean of K periods keeps a Kth of the noise: with the rest the whole is as large as it
        // was
        let share = 1.0 / repeats as f64;
        let fft = RealFft::shared(n);
        let (mut spectrum, mut scratch) =
            (vec![Complex32::default(); bins(n)], vec![Complex32::default(); fft.scratch()]);
        let (mut variances, mut power) = (vec![0f64; n], vec![0f64; bins(n)]);
        for period in &periods.power {
            let mut rest: Vec<f32> = period.iter().zip(&periods.mean).map(|(p, m)| p - m).collect();
            variances.iter_mut().zip(&rest).for_each(|(v, r)| *v += f64::from(*r).powi(2) * share);
            fft.forward(&mut rest, &mut spectrum, &mut scratch);
            power
                .iter_mut()
                .zip(&spectrum)
                .for_each(|(p, s)| *p += f64::from(s.norm_sqr()) * share);
        }
        let (added, relative) = fit(&variances, &periods.mean);
        let added = (added - instrument_rms * instrument_rms).max(0.0);
        let band = power.len().div_ceil(BANDS);
        let density = |i: usize, bins: &[f64]| {
            let mean = bins.iter().sum::<f64>() / bins.len() as f64;
            let middle = i * band + bins.len() / 2;
            let density = (2.0 * mean / (n as f64 * sample_rate_hz)).max(f64::MIN_POSITIVE);
            (middle as f64 * sample_rate_hz / n as f64, density.ln())
        };
        let (f_hz, ln_density) =
            power.chunks(band).enumerate().map(|(i, bins)| density(i, bins)).unzip();
        let variance = variances.iter().sum::<f64>() / n as f64;
        let shape = Arc::new(Monotone::new(f_hz, ln_density));
        Some(Residual { added_rms: added.sqrt(), relative_rms: relative.sqrt(), shape, variance })
    }

    /// One-sided density of the added part, per Hz, in the square of the unit over `scale`.
    pub fn added(&self, scale: f64) -> Option<Density> {
        self.scaled(scale * self.added_rms)
    }

    /// One-sided density of the relative part, 1/Hz.
    pub fn relative(&self) -> Option<Density> {
        self.scaled(self.relative_rms)
    }

    fn scaled(&self, rms: f64) -> Option<Density> {
        let factor = rms * rms / self.variance;
        (factor.is_finite() && factor > 0.0)
            .then(|| Density::Table(Arc::new(self.shape.raised(factor.ln()))))
    }
}

/// a and c of v = a + c p^2 by least squares, neither below zero.
fn fit(variances: &[f64], power: &[f32]) -> (f64, f64) {
    let n = variances.len() as f64;
    let squares = || power.iter().map(|&p| f64::from(p).powi(2));
    let (v, q) = (variances.iter().sum::<f64>() / n, squares().sum::<f64>() / n);
    let cross = squares().zip(variances).map(|(p2, v2)| (p2 - q) * (v2 - v)).sum::<f64>();
    let spread = squares().map(|p2| (p2 - q).powi(2)).sum::<f64>();
    let slope = if spread > 0.0 { cross / spread } else { 0.0 };
    match slope {
        slope if slope <= 0.0 => (v, 0.0),
        slope if v - slope * q < 0.0 => (0.0, v / q),
        slope => (v - slope * q, slope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// 64 repeats of 2^13 samples know a variance to 0.2 %, the slope of two unknowns to some 1 %.
    #[test]
    fn added_and_relative_noise_are_told_apart_and_the_instrument_left_out() {
        let mut rng = Seed::new(1).named("residual").rng();
        let level = |j: usize| 1e-3 * (1.0 + (j * 7 % 4) as f64);
        let (added, relative, n) = (1e-5, 0.02, 8192);
        let mut one =
            |j: usize| (level(j) * (1.0 + relative * rng.normal()) + added * rng.normal()) as f32;
        let power: Vec<Vec<f32>> = (0..64).map(|_| (0..n).map(&mut one).collect()).collect();
        let mean = (0..n).map(|j| level(j) as f32).collect();
        let periods = Periods { levels: vec![0; n / 4], samples_per_symbol: 4, power, mean };
        let residual = Residual::of(&periods, 200e9, 0.0).unwrap();
        assert!((residual.relative_rms / relative - 1.0).abs() < 0.02, "{}", residual.relative_rms);
        assert!((residual.added_rms / added - 1.0).abs() < 0.3, "{}", residual.added_rms);
        // white over 100 GHz
        let density = residual.relative().unwrap().at(30e9) * 100e9;
        assert!((density / relative.powi(2) - 1.0).abs() < 0.1, "{density}");
        assert!(Residual::of(&periods, 200e9, 2.0 * added).unwrap().added(1.0).is_none());
    }
}
