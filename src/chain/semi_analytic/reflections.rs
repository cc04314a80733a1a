//! Reflected light at the slicer: beats whose phase is followed, and the variance of the others.
//!
//! A beat is `c cos(phi) + s sin(phi)` at each symbol, with a phase that stands still for a codeword.
//! The mean error ratio needs no more than that phases are uniform and independent. How the ratio
//! differs from one state of the phases to another is a function of one number, the alignment: the
//! sum of the beats' amplitudes times the cosine of their phases, over its largest value. The ratio
//! is predicted at alignments from -1 to 1; how often each occurs is the convolution of the laws
//! of the cosines.
//!
//! # Limits
//!
//! At one alignment, paths that cancel each other spread the symbols by the levels that interfere,
//! beyond what they do without: the ratio of several paths is that of paths that are all aligned by
//! the same part, scaled to the right mean.

use super::at_slicer::{AtSlicer, equalised};
use super::prediction::Share;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::beats::Beat;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::math::chebyshev::{points, through};
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

/// States of the phases over which the mean is taken: of one path 16 around the circle, which are
/// exact for its 15th power.
pub(super) const STATES: usize = 16;
/// Symbols for which a state lasts: beyond the memory of detectors. Others have other states, so
/// that several paths meet in many ways.
const HELD: usize = 32;
/// Alignments at which the ratio is predicted.
const LOOKS: usize = 17;
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
    fn new(ratios: &[f64; LOOKS], amplitudes: &[f64]) -> OverReflections {
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

/// Beats at a trained receiver's slicer.
pub(super) struct SlicerBeats {
    /// Variance of those that are not followed, by level sent, and their share.
    others: Option<([f32; 4], Share)>,
}

impl SlicerBeats {
    /// The variance of what is not followed, from the first of the records.
    pub(super) fn new(
        plan: &Plan,
        records: &[NoiselessBlock],
        trained: &Trained,
        scale: Scale,
    ) -> SlicerBeats {
        let others = plan.reflections().and_then(|reflections| {
            let record = records.first()?;
            let beat = record.beats.as_ref()?.others.as_ref()?;
            let [cosine, sine] = at_slicer(plan, trained, scale, beat);
            let (mut sums, mut counts) = ([0f64; 4], [0usize; 4]);
            for ((&level, c), s) in record.levels.iter().zip(&cosine).zip(&sine) {
                // the mean square over the phase
                sums[usize::from(level)] += 0.5 * f64::from(c * c + s * s);
                counts[usize::from(level)] += 1;
            }
            let variances = std::array::from_fn(|i| (sums[i] / counts[i].max(1) as f64) as f32);
            let mean = sums.iter().sum::<f64>() / record.levels.len() as f64;
            Some((variances, Share::new(&reflections.source(), mean)))
        });
        SlicerBeats { others }
    }

    /// Adds them to a block at the slicer.
    pub(super) fn add(
        &self,
        plan: &Plan,
        record: &NoiselessBlock,
        trained: &Trained,
        scale: Scale,
        at: &mut AtSlicer,
    ) {
        if let Some((variances, share)) = &self.others {
            let variance = |level: u8| variances[usize::from(level)];
            let all = at.variances.iter_mut().zip(&record.levels);
            all.for_each(|(v, &level)| *v += variance(level));
            at.shares.push(share.clone());
        }
        let followed = record.beats.iter().flat_map(|beats| &beats.followed);
        at.beats = followed.map(|beat| at_slicer(plan, trained, scale, beat)).collect();
    }
}

fn at_slicer(plan: &Plan, trained: &Trained, scale: Scale, beat: &Beat) -> [Vec<f32>; 2] {
    beat.each_ref().map(|spectrum| {
        let mut values = equalised(plan, trained, spectrum);
        values.iter_mut().for_each(|x| *x *= scale.signal);
        values
    })
}

impl AtSlicer {
    /// The block in one of the [`STATES`] of the phases: `number` is that of the block.
    pub(super) fn in_state(&self, state: usize, number: usize) -> AtSlicer {
        let mut at = AtSlicer { beats: vec![], ..self.clone() };
        let groups = at.means.len().div_ceil(HELD);
        for (k, [cosine, sine]) in self.beats.iter().enumerate() {
            let even = (state * (2 * k + 1)) as f64 / STATES as f64;
            // irrational, another for each path
            let step = ((k * k + 3 * k + 3) as f64).sqrt();
            let beats = cosine.chunks(HELD).zip(sine.chunks(HELD));
            for (g, (means, (c, s))) in at.means.chunks_mut(HELD).zip(beats).enumerate() {
                let turn = Complex64::cis(TAU * (even + (number * groups + g) as f64 * step));
                move_by(means, c, s, turn);
            }
        }
        at
    }

    /// The block with all beats at this part of their mean amplitude.
    fn aligned(&self, part: f64) -> AtSlicer {
        let mut at = AtSlicer { beats: vec![], ..self.clone() };
        for [cosine, sine] in &self.beats {
            let sum = |x: &[f32]| x.iter().map(|&x| f64::from(x)).sum::<f64>();
            let (c, s) = (sum(cosine), sum(sine));
            let turn = Complex64::new(c, s) / c.hypot(s).max(f64::MIN_POSITIVE) * part;
            move_by(&mut at.means, cosine, sine, turn);
        }
        at
    }

    /// How its errors depend on the phases; `errors` is the sum of those of a block.
    pub(super) fn over_reflections(
        &self,
        plan: &Plan,
        mut errors: impl FnMut(&AtSlicer) -> f64,
    ) -> Option<OverReflections> {
        if self.beats.is_empty() {
            return None;
        }
        let paths = &plan.reflections()?.paths[..self.beats.len()];
        let amplitudes: Vec<f64> = paths.iter().map(|path| f64::from(path.amplitude)).collect();
        let ratios = points::<LOOKS>().map(|part| errors(&self.aligned(part)));
        Some(OverReflections::new(&ratios, &amplitudes))
    }

    /// Variance of each symbol, that of its beats over their phases included.
    pub(super) fn spread(&self) -> Vec<f32> {
        let mut spread = self.variances.clone();
        for [cosine, sine] in &self.beats {
            let beats = cosine.iter().zip(sine);
            spread.iter_mut().zip(beats).for_each(|(v, (c, s))| *v += 0.5 * (c * c + s * s));
        }
        spread
    }
}

/// Moves means by a beat at one phase.
fn move_by(means: &mut [f32], cosine: &[f32], sine: &[f32], turn: Complex64) {
    let (x, y) = (turn.re as f32, turn.im as f32);
    means.iter_mut().zip(cosine.iter().zip(sine)).for_each(|(m, (c, s))| *m += x * c + y * s);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    /// The mean of exp(x cos phi): Bessel function I0.
    fn bessel(x: f64) -> f64 {
        let (mut term, mut sum) = (1.0, 1.0);
        for k in 1..60 {
            term *= (x / (2.0 * f64::from(k))).powi(2);
            sum += term;
        }
        sum
    }

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
            let expected: f64 = sizes.iter().map(|&x| bessel(x)).product();
            assert!((mean / expected - 1.0).abs() < error, "{sizes:?}: {mean} {expected}");
        }
    }

    /// A block of beats of one size at every symbol, and its state after state: the mean of exp(x
    /// cos phi) is I0(x), that of two paths a product. Symbols held together make 2048 / 32 groups
    /// of 16 states; one path is exact to the 15th power, I16(3) / I0(3) is 1e-11; of two paths
    /// 1024 pairs of phases are left.
    #[test]
    fn states_are_uniform_and_independent() {
        for (sizes, error) in [(vec![3.0f32], 1e-6), (vec![1.5, 1.5], 0.02)] {
            let n = 2048;
            let at = AtSlicer {
                means: vec![0.0; n],
                variances: vec![0.0; n],
                shares: vec![],
                bent: None,
                two_points: None,
                beats: sizes.iter().map(|&x| [vec![x; n], vec![0.0; n]]).collect(),
            };
            let mean = |state| {
                let at = at.in_state(state, 3);
                at.means.iter().map(|&x| f64::from(x).exp()).sum::<f64>() / n as f64
            };
            let mean = (0..STATES).map(mean).sum::<f64>() / STATES as f64;
            let expected: f64 = sizes.iter().map(|&x| bessel(f64::from(x))).product();
            assert!((mean / expected - 1.0).abs() < error, "{sizes:?}: {mean} {expected}");
            let spread = at.spread()[0];
            assert!((spread - 0.5 * sizes.iter().map(|x| x * x).sum::<f32>()).abs() < 1e-5);
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
        let expected: f64 = sizes.iter().map(|&x| bessel(x)).product();
        // 200 draws lie beyond the quantile, known to 7 % of the share beyond it
        let found = over.percent_99() * expected;
        assert!(drawn[19_742] < found && found < drawn[19_858], "{found}");
        assert!((over.worst() * expected / all.exp() - 1.0).abs() < 1e-3);
    }
}
