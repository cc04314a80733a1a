//! Codewords striped over lanes whose error ratios are random but stand still for a codeword.

use super::reed_solomon::code::Code;
use crate::math::ln_binomial::ln_binomial;

/// Share of codewords that are not corrected, where each lane carries an equal part of a codeword's
/// symbols. A lane is given by the states that it may be in: the share of wrong symbols there, and
/// the probability of the state; states of lanes are independent of each other.
///
/// ```text
/// P_l(k) = sum over the states s of lane l of w_s C(n_l, k) p_s^k (1 - p_s)^(n_l - k)
/// P = P_1 * P_2 * ..,   CER = sum over k > t of P(k)
/// ```
///
/// # Panics
///
/// Without a lane.
#[must_use]
pub fn codeword_error_ratio(code: &Code, lanes: &[Vec<(f64, f64)>]) -> f64 {
    assert!(!lanes.is_empty(), "a codeword lies on a lane");
    let (n, t) = (code.codeword_symbols, code.correctable());
    let mut all = vec![1.0];
    for (lane, states) in lanes.iter().enumerate() {
        let own = n / lanes.len() + usize::from(lane < n % lanes.len());
        let mut law = vec![0.0; own + 1];
        for &(share, weight) in states {
            add_binomial(own, share, weight, &mut law);
        }
        let mut sum = vec![0.0; all.len() + own];
        for (i, p) in all.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            sum[i..].iter_mut().zip(&law).for_each(|(s, q)| *s += p * q);
        }
        all = sum;
    }
    // smallest first
    all[t + 1..].iter().rev().sum::<f64>().min(1.0)
}

/// Adds a binomial law of n symbols, each wrong with probability p.
fn add_binomial(n: usize, p: f64, weight: f64, law: &mut [f64]) {
    if p <= 0.0 {
        law[0] += weight;
        return;
    }
    let (wrong, right) = (libm::log(p.min(1.0)), libm::log1p(-p.min(1.0 - f64::EPSILON)));
    for (k, law) in law.iter_mut().enumerate() {
        *law += weight * libm::exp(ln_binomial(n, k) + k as f64 * wrong + (n - k) as f64 * right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::tail;
    use crate::math::gaussian;
    use std::f64::consts::PI;

    fn symbols(ber: f64) -> f64 {
        -libm::expm1(10.0 * libm::log1p(-ber))
    }

    /// One state a lane is the closed form, whatever the number of lanes.
    #[test]
    fn lanes_of_one_state_are_independent_errors() {
        let expected = tail::random_errors(&Code::KP4, 2.4e-4).unwrap().codeword_error_ratio();
        for lanes in [1, 4, 8] {
            let all = vec![vec![(symbols(2.4e-4), 1.0)]; lanes];
            let found = codeword_error_ratio(&Code::KP4, &all);
            assert!((found / expected - 1.0).abs() < 1e-9, "{lanes}: {found:e} {expected:e}");
        }
        assert_eq!(codeword_error_ratio(&Code::KP4, &[vec![(0.0, 1.0)]]), 0.0);
        assert!((codeword_error_ratio(&Code::KP4, &[vec![(1.0, 1.0)]]) - 1.0).abs() < 1e-9);
    }

    /// An interferer of -35 dB at an extinction ratio of 3.9 dB, middle thresholds, equal noise for
    /// a mean of 1.5e-4: PAM4 by its closed form at each phase. Python with math.erfc and
    /// math.lgamma has 6.945e-16 from the mean, 5.133e-10 with one phase for the codeword and
    /// 2.683e-13 with eight; the noise is known to a part in 1e6, its ratio's 16th power to 1e-4.
    #[test]
    fn a_phase_for_each_lane_loses_codewords_that_the_mean_does_not() {
        let er = 10f64.powf(0.39);
        let levels: [f64; 4] = std::array::from_fn(|i| 1.0 / (er - 1.0) + i as f64 / 3.0);
        let amplitude = 2.0 * 10f64.powf(-1.75);
        let ber = |sigma: f64, cosine: f64| {
            let mut sum = 0.0;
            for (k, own) in levels.iter().enumerate() {
                for other in levels {
                    let x = own + amplitude * (own * other).sqrt() * cosine;
                    for t in 0..3 {
                        let edge = 0.5 * (levels[t] + levels[t + 1]);
                        let inside = if k > t { x - edge } else { edge - x };
                        sum += gaussian::q(inside / sigma);
                    }
                }
            }
            sum / 32.0
        };
        const PHASES: usize = 64;
        let cosines: [f64; PHASES] =
            std::array::from_fn(|m| ((2 * m + 1) as f64 * PI / (2 * PHASES) as f64).cos());
        let mean = |sigma: f64| cosines.map(|c| ber(sigma, c)).iter().sum::<f64>() / PHASES as f64;
        let (mut low, mut high) = (0.01, 0.2);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if mean(middle) < 1.5e-4 { low = middle } else { high = middle }
        }
        let states: Vec<(f64, f64)> =
            cosines.iter().map(|&c| (symbols(ber(low, c)), 1.0 / PHASES as f64)).collect();
        let of = |lanes: usize| codeword_error_ratio(&Code::KP4, &vec![states.clone(); lanes]);
        let of_mean = codeword_error_ratio(&Code::KP4, &[vec![(symbols(mean(low)), 1.0)]]);
        for (found, expected) in [(of_mean, 6.945e-16), (of(1), 5.133e-10), (of(8), 2.683e-13)] {
            assert!((found / expected - 1.0).abs() < 2e-3, "{found:e} {expected:e}");
        }
    }

    /// Against drawing: two lanes, one of which is bad in a tenth of the codewords. 20000 codewords
    /// lose some 1500.
    #[test]
    fn drawn_codewords_are_lost_as_often() {
        use crate::seed::Seed;
        let code = Code::KP4;
        let lanes = [vec![(0.02, 1.0)], vec![(0.01, 0.9), (0.08, 0.1)]];
        let mut rng = Seed::new(3).named("striped").rng();
        let words = 20_000;
        let mut lost = 0;
        for _ in 0..words {
            let bad = rng.uniform() < 0.1;
            let mut wrong = |p: f64| (0..272).filter(|_| rng.uniform() < p).count();
            lost += usize::from(wrong(0.02) + wrong(if bad { 0.08 } else { 0.01 }) > 15);
        }
        let expected = codeword_error_ratio(&code, &lanes) * words as f64;
        assert!((lost as f64 - expected).abs() < 4.0 * expected.sqrt(), "{lost} {expected}");
    }
}
