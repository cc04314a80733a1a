//! How an error ratio depends on the phases of reflected light.
//!
//! How the ratio differs from one state of the phases to another is a function of one number, the
//! alignment: the sum of the beats' amplitudes times the cosine of their phases, over its largest
//! value. The ratio is predicted at alignments from -1 to 1; how often each occurs is the
//! convolution of the laws of the cosines.
//!
//! # Limits
//!
//! At one alignment, paths that cancel each other spread the symbols by the levels that interfere,
//! beyond what they do without: the ratio of several paths is that of paths that are all aligned by
//! the same part, scaled to the right mean.

use crate::math::chebyshev::through;
use std::f64::consts::PI;

/// Alignments at which the ratio is predicted.
pub(super) const LOOKS: usize = 17;
/// Chebyshev nodes for the law of a path.
const NODES: usize = 64;
/// Cells of the law of several paths from alignment 0 to 1.
const CELLS: usize = 200;

/// How the error ratio depends on the phases of the paths that are followed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OverReflections {
    /// Ratio over its mean, and probability, by rising ratio.
    shares: Vec<(f64, f64)>,
    worst: f64,
}

impl OverReflections {
    /// From error ratios at the alignments and the amplitudes of the paths.
    pub(super) fn new(ratios: &[f64; LOOKS], amplitudes: &[f64]) -> OverReflections {
        let logarithms = ratios.map(|ratio| ratio.max(f64::MIN_POSITIVE).ln());
        let mut shares: Vec<(f64, f64)> = alignments(amplitudes)
            .into_iter()
            .map(|(u, weight)| (through(&logarithms, u).exp(), weight))
            .collect();
        let mean = shares.iter().map(|(ratio, weight)| ratio * weight).sum::<f64>();
        shares.iter_mut().for_each(|(ratio, _)| *ratio /= mean);
        shares.sort_by(|a, b| a.0.total_cmp(&b.0));
        let worst = ratios.iter().fold(0.0, |a, &b| f64::max(a, b)) / mean;
        OverReflections { shares, worst }
    }

    /// The value that 99 % of the states do not exceed, over the mean.
    pub(crate) fn percent_99(&self) -> f64 {
        let mut below = 0.0;
        let first = self.shares.iter().find(|(_, weight)| {
            below += weight;
            below >= 0.99
        });
        first.or(self.shares.last()).map_or(1.0, |(ratio, _)| *ratio)
    }

    /// In the worst state, over the mean.
    pub(crate) fn worst(&self) -> f64 {
        self.worst
    }

    /// Every state: the ratio over its mean, and its probability.
    pub(crate) fn states(&self) -> &[(f64, f64)] {
        &self.shares
    }
}

/// Chebyshev nodes: cosines of phases around the circle.
fn nodes() -> impl Iterator<Item = f64> {
    (0..NODES).map(|m| ((2 * m + 1) as f64 * PI / (2 * NODES) as f64).cos())
}

/// Alignments of beats of these amplitudes, with their probabilities.
fn alignments(amplitudes: &[f64]) -> Vec<(f64, f64)> {
    if let [_] = amplitudes {
        return nodes().map(|u| (u, 1.0 / NODES as f64)).collect();
    }
    let all: f64 = amplitudes.iter().sum();
    let mut law = vec![1.0];
    for amplitude in amplitudes {
        // nodes of the cosine, each shared by the two points beside it: its mean stays
        let reach = amplitude / all * CELLS as f64;
        let last = reach.ceil() as usize;
        let mut one = vec![0.0; 2 * last + 2];
        for cosine in nodes() {
            let x = reach * cosine + last as f64;
            let part = x - x.floor();
            one[x as usize] += (1.0 - part) / NODES as f64;
            one[x as usize + 1] += part / NODES as f64;
        }
        one.pop();
        let mut sum = vec![0.0; law.len() + one.len() - 1];
        for (i, p) in law.iter().enumerate() {
            sum[i..].iter_mut().zip(&one).for_each(|(s, q)| *s += p * q);
        }
        law = sum;
    }
    let middle = (law.len() / 2) as f64;
    let at = |i: usize| ((i as f64 - middle) / CELLS as f64).clamp(-1.0, 1.0);
    law.into_iter().enumerate().map(|(i, weight)| (at(i), weight)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::bessel::i0;
    use crate::math::chebyshev::points;
    use crate::seed::Seed;
    use std::f64::consts::TAU;

    /// Of exp(x cos phi), whose mean is I0(x), at alignments of one path: 64 nodes and a polynomial
    /// of degree 16 in the logarithm are exact. Of several paths the product of I0(x_k): points
    /// 1/200 of the largest sum X apart add X^2 / 12 / 200^2 for each path, below 1e-4.
    #[test]
    fn the_law_of_alignments_has_the_means_of_independent_phases() {
        for (sizes, error) in
            [(vec![6.0], 1e-9), (vec![2.0, 2.0], 1e-4), (vec![2.0, 1.0, 0.5], 1e-4)]
        {
            let all: f64 = sizes.iter().sum();
            let law = alignments(&sizes);
            assert!((law.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-12);
            let mean: f64 = law.iter().map(|(u, weight)| weight * (all * u).exp()).sum();
            let expected: f64 = sizes.iter().map(|&x| i0(x)).product();
            assert!((mean / expected - 1.0).abs() < error, "{sizes:?}: {mean} {expected}");
        }
    }

    /// exp(x u) of three paths against 20000 draws of their phases: the quantile within what the
    /// draws scatter by, the worst state all aligned.
    #[test]
    fn quantiles_are_those_of_drawn_phases() {
        let sizes = [1.0, 0.7, 0.4];
        let all: f64 = sizes.iter().sum();
        let over = OverReflections::new(&points::<LOOKS>().map(|u| (all * u).exp()), &sizes);
        let mut rng = Seed::new(9).rng();
        let draw = |_| {
            let sum = sizes.iter().map(|x| x * (TAU * rng.uniform()).cos()).sum::<f64>();
            sum.exp()
        };
        let mut drawn: Vec<f64> = (0..20_000).map(draw).collect();
        drawn.sort_by(f64::total_cmp);
        let expected: f64 = sizes.iter().map(|&x| i0(x)).product();
        // 200 draws lie beyond the quantile, known to 7 % of the share beyond it
        let found = over.percent_99() * expected;
        assert!(drawn[19_742] < found && found < drawn[19_858], "{found}");
        assert!((over.worst() * expected / all.exp() - 1.0).abs() < 1e-3);
    }
}
