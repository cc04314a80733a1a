//! The sub-converters of an interleaved converter.

use std::sync::Arc;

/// Errors of one of the sub-converters that take turns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SubConverter {
    /// Gain error, parts of the gain.
    pub gain: f32,
    /// Offset, parts of the full scale.
    pub offset: f32,
    /// Delay of its instants, s.
    pub skew_s: f32,
}

/// Sub-converters that take turns, sample by sample.
///
/// ```text
/// y_k = (1 + g_m) y(t_k + d_m) + o_m FS,   m = k mod M
/// ```
///
/// k counts the samples from the first symbol of block 0 on, so the turns go on from block to
/// block; around the ends of a periodic block they jump unless M divides its samples. Displacements
/// count to second order at the receiver, and as displaced edges at the transmitter.
#[derive(Clone, Debug, PartialEq)]
pub struct SubConverters(Arc<[SubConverter]>);

impl SubConverters {
    /// Sub-converters in the order of their turns; there is one at least.
    pub fn new(each: Vec<SubConverter>) -> SubConverters {
        assert!(!each.is_empty(), "a converter has a sub-converter");
        SubConverters(each.into())
    }

    /// The sub-converters, in the order of their turns.
    pub fn each(&self) -> &[SubConverter] {
        &self.0
    }

    /// Sub-converters of the samples from number `first` on, without end.
    pub(crate) fn turns(&self, first: i64) -> impl Iterator<Item = &SubConverter> {
        let at = first.rem_euclid(self.0.len() as i64) as usize;
        self.0.iter().cycle().skip(at)
    }

    /// The sub-converter of sample number `k`.
    pub(crate) fn of(&self, k: i64) -> SubConverter {
        self.0[k.rem_euclid(self.0.len() as i64) as usize]
    }

    /// True when their instants differ.
    pub(crate) fn skewed(&self) -> bool {
        self.0.iter().any(|c| c.skew_s != 0.0)
    }

    /// Mean squares of gain error, offset in parts of the full scale, and delay, s^2.
    pub(crate) fn mean_squares(&self) -> [f64; 3] {
        let mean = |of: fn(&SubConverter) -> f32| {
            self.0.iter().map(|c| f64::from(of(c)).powi(2)).sum::<f64>() / self.0.len() as f64
        };
        [mean(|c| c.gain), mean(|c| c.offset), mean(|c| c.skew_s)]
    }
}
