//! Reflected light at the slicer: beats whose phase is followed, and the variance of the others.
//!
//! A beat is `c cos(phi) + s sin(phi)` at each symbol, with a phase that stands still for a
//! codeword. The mean error ratio needs no more than that phases are uniform and independent.

use super::at_slicer::{AtSlicer, equalised};
use super::over_reflections::{LOOKS, OverReflections};
use super::prediction::Share;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::beats::Beat;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::math::chebyshev::points;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// States of the phases over which the mean is taken: of one path 16 around the circle, which are
/// exact for its 15th power.
pub(super) const STATES: usize = 16;
/// Symbols for which a state lasts: beyond the memory of detectors. Others have other states, so
/// that several paths meet in many ways.
const HELD: usize = 32;

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
        let paths = &plan.reflections()?.followed;
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
    use crate::math::bessel::i0;

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
            let expected: f64 = sizes.iter().map(|&x| i0(f64::from(x))).product();
            assert!((mean / expected - 1.0).abs() < error, "{sizes:?}: {mean} {expected}");
            let spread = at.spread()[0];
            assert!((spread - 0.5 * sizes.iter().map(|x| x * x).sum::<f32>()).abs() < 1e-5);
        }
    }
}
