//! The equations of the forward filter and of the feedback, solved together.

use crate::chain::describe::receiver_dsp::RxDsp;
use crate::math::least_squares;

/// Normal equations of one sampling phase: the samples, then the symbols whose interference is left
/// to the decisions.
///
/// ```text
/// e = w y - sum_j b_j a_-j - a_0,    unknown (w, b),    G = [[R, -C], [-C', A]],    h = (c_0, -r)
/// ```
///
/// Eliminating b for white symbols gives R - sum_j c_j c_j' / s_a^2 and b_j = w c_j / s_a^2. The
/// symbols' own covariances A and r are those of the blocks, so that the few per mille by which
/// they are not white have no effect.
pub(crate) struct NormalEquations {
    /// Row by row.
    pub(crate) g: Vec<f64>,
    pub(crate) h: Vec<f64>,
    /// Number of unknowns of the forward filter, which come first.
    pub(crate) forward: usize,
    /// Mean of the samples at each phase: a tone at the symbol rate makes them differ.
    pub(crate) means: Vec<f64>,
    pub(crate) symbol_mean: f64,
    pub(crate) symbol_variance: f64,
}

/// Solution of the normal equations.
pub(crate) struct Solution {
    /// Taps of the forward filter.
    pub(crate) taps: Vec<f64>,
    /// Postcursors after it, latest symbol first, in units of the full scale.
    pub(crate) postcursors: Vec<f64>,
    /// Mean square error.
    pub(crate) mse: f64,
}

/// Largest share of a symbol's variance that earlier symbols may predict; above it feedback would
/// learn the pattern.
const PREDICTABLE_MAX: f64 = 0.1;

impl NormalEquations {
    /// True when earlier symbols predict the next.
    pub(crate) fn symbols_are_predictable(&self) -> bool {
        let (n, f) = (self.h.len(), self.forward);
        if n == f {
            return false;
        }
        let a: Vec<f64> = (f..n)
            .flat_map(|i| (f..n).map(move |j| (i, j)))
            .map(|(i, j)| self.g[i * n + j])
            .collect();
        let r = &self.h[f..];
        let explained =
            least_squares::solve(&a, r).map(|x| x.iter().zip(r).map(|(x, r)| x * r).sum::<f64>());
        explained.is_none_or(|explained| explained > PREDICTABLE_MAX * self.symbol_variance)
    }

    /// Taps, postcursors and mean square error. Postcursors beyond the limit are set to it, and the
    /// rest is solved again.
    pub(crate) fn solve(&self, dsp: &RxDsp) -> Option<Solution> {
        if dsp.fixed.is_empty() {
            return self.limited(dsp);
        }
        // given taps keep their shape; only the gain before them is free
        let (n, f) = (self.h.len(), self.forward);
        let row = |j: usize| {
            dsp.fixed.iter().enumerate().map(|(i, w)| w * self.g[i * n + j]).sum::<f64>()
        };
        let shaped: f64 = (0..f).map(|j| row(j) * dsp.fixed[j]).sum();
        let kept: Vec<usize> = (f..n).collect();
        let mut g = vec![shaped];
        g.extend(kept.iter().map(|&j| row(j)));
        for &i in &kept {
            g.push(row(i));
            g.extend(kept.iter().map(|&j| self.g[i * n + j]));
        }
        let mut h = vec![dsp.fixed.iter().zip(&self.h).map(|(w, h)| w * h).sum::<f64>()];
        h.extend_from_slice(&self.h[f..]);
        let reduced = NormalEquations {
            g,
            h,
            forward: 1,
            means: vec![],
            symbol_mean: self.symbol_mean,
            symbol_variance: self.symbol_variance,
        };
        let solution = reduced.limited(dsp)?;
        Some(Solution {
            taps: dsp.fixed.iter().map(|w| w * solution.taps[0]).collect(),
            ..solution
        })
    }

    fn limited(&self, dsp: &RxDsp) -> Option<Solution> {
        let (n, f, limit) = (self.h.len(), self.forward, dsp.detector.limit());
        let mut fixed: Vec<Option<f64>> = vec![None; n];
        fixed[f..].iter_mut().zip(dsp.detector.fixed()).for_each(|(fixed, &b)| *fixed = Some(b));
        loop {
            let (x, mse) = self.with(&fixed)?;
            let beyond: Vec<usize> =
                (f..n).filter(|&j| fixed[j].is_none() && x[j].abs() > limit).collect();
            if beyond.is_empty() {
                return Some(Solution { taps: x[..f].to_vec(), postcursors: x[f..].to_vec(), mse });
            }
            beyond.into_iter().for_each(|j| fixed[j] = Some(limit.copysign(x[j])));
        }
    }

    /// The least mean square error with some unknowns given.
    fn with(&self, fixed: &[Option<f64>]) -> Option<(Vec<f64>, f64)> {
        let n = self.h.len();
        let (free, given): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| fixed[i].is_none());
        let value = |j: usize| fixed[j].unwrap_or(0.0);
        let pull = |i: usize| given.iter().map(|&j| self.g[i * n + j] * value(j)).sum::<f64>();
        let g: Vec<f64> = free
            .iter()
            .flat_map(|&i| free.iter().map(move |&j| (i, j)))
            .map(|(i, j)| self.g[i * n + j])
            .collect();
        let h: Vec<f64> = free.iter().map(|&i| self.h[i] - pull(i)).collect();
        let solved = least_squares::solve(&g, &h)?;
        let mut x: Vec<f64> = (0..n).map(value).collect();
        free.iter().zip(&solved).for_each(|(&i, &s)| x[i] = s);
        let explained: f64 = solved.iter().zip(&h).map(|(x, h)| x * h).sum();
        let of_given: f64 = given.iter().map(|&i| value(i) * (2.0 * self.h[i] - pull(i))).sum();
        Some((x, self.symbol_variance - explained - of_given))
    }
}
