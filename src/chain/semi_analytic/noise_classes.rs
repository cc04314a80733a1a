//! Variances by level and pattern, what large displacements bend, and what edges displaced by one
//! of two amounts make.

use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::math::bent::Bent;
use crate::math::buffer_pool::Pooled;
use crate::math::two_points::GatheredPoints;

/// Patterns of a symbol and its two neighbours.
pub(crate) const CLASSES: usize = 64;

/// The variance at the slicer of each drawn line, by pattern.
pub(crate) struct Classes {
    pub(crate) lines: Vec<Option<[f32; CLASSES]>>,
    /// The edges of each line that displaces them by one of two amounts, where they are drawn.
    pub(crate) edges: Vec<Option<EdgeGains>>,
    /// The second order of each line that displaces edges far, from the transmitter's curvature.
    pub(crate) bends: Vec<Option<Bend>>,
}

/// Edges near a symbol that are followed one by one.
pub(crate) const EDGES: usize = 12;
/// Of these, edges before the symbol's own first one.
pub(crate) const EDGES_BEFORE: usize = 5;

/// Edges displaced by one of two amounts, at the slicer, by pattern.
///
/// ```text
/// z(k) = shift + sum over edges e of gain_e m_e + product m_k m_(k+1) + rest,    m_e = s_e step_e
/// ```
pub(crate) struct EdgeGains {
    pub(crate) gains: [[f32; EDGES]; CLASSES],
    /// What the displacements of a symbol's own two edges make together.
    pub(crate) product: [f32; CLASSES],
    pub(crate) shift: [f32; CLASSES],
    /// Variance of the rest.
    pub(crate) rest: [f32; CLASSES],
}

/// The edges that are followed of symbol `k` of a periodic block.
pub(crate) fn edges_of(k: usize, symbols: usize) -> impl Iterator<Item = usize> {
    let first = k + symbols * EDGES - EDGES_BEFORE;
    (first..first + EDGES).map(move |edge| edge % symbols)
}

/// The second order of a line at the slicer, by pattern.
pub(crate) struct Bend {
    /// Its mean.
    pub(crate) shift: [f32; CLASSES],
    /// Its variance.
    pub(crate) variance: [f32; CLASSES],
    /// c of `linear variance x c`, a third of the line's third cumulant.
    pub(crate) bend: [f32; CLASSES],
}

impl Classes {
    /// True when a line is bent.
    pub(crate) fn bend(&self) -> bool {
        self.bends.iter().any(Option::is_some)
    }

    /// Bends line `i`, of these `linear` variances, at each symbol: moves its mean and adds the
    /// variance of the second order; what that is on average.
    pub(crate) fn bend_line(
        &self,
        i: usize,
        levels: &[u8],
        linear: &[f32],
        at: Bending<'_>,
    ) -> f64 {
        let (Some(line), Some(bent)) = (&self.bends[i], at.bent) else { return 0.0 };
        let mut added = 0.0;
        for (k, class) in patterns(levels).enumerate() {
            at.means[k] += line.shift[class];
            at.variances[k] += line.variance[class];
            bent.linear[k] += linear[k];
            bent.weighted_bend[k] += linear[k] * line.bend[class];
            added += f64::from(line.variance[class]);
        }
        added / levels.len() as f64
    }

    /// Adds the variance of line `i` at each symbol.
    pub(crate) fn add(&self, i: usize, levels: &[u8], out: &mut [f32]) {
        let Some(variance) = &self.lines[i] else { return };
        out.iter_mut().zip(patterns(levels)).for_each(|(out, class)| *out += variance[class]);
    }
}

impl EdgeGains {
    /// Adds the line's mean and variance at each symbol of a record, and gathers its edges.
    pub(crate) fn add(
        &self,
        record: &NoiselessBlock,
        [means, variances]: [&mut [f32]; 2],
        points: &mut [GatheredPoints],
    ) {
        let n = record.levels.len();
        // the sign of a step makes none of a draw's likelier
        let step = |edge: usize| record.edge_squares[edge].sqrt();
        for (k, class) in patterns(&record.levels).enumerate() {
            let mut pair = [0.0; 3];
            pair[2] = self.product[class] * step(k) * step((k + 1) % n);
            means[k] += self.shift[class];
            variances[k] += self.rest[class] + pair[2] * pair[2];
            for (i, (edge, gain)) in edges_of(k, n).zip(self.gains[class]).enumerate() {
                let half = gain * step(edge);
                variances[k] += half * half;
                match i.checked_sub(EDGES_BEFORE) {
                    Some(own @ 0..2) => pair[own] = half,
                    _ => points[k].add(half * half),
                }
            }
            points[k].add_pair(pair);
        }
    }
}

/// The figures of a block at the slicer that a bent line changes.
pub(crate) struct Bending<'a> {
    pub(crate) means: &'a mut [f32],
    pub(crate) variances: &'a mut [f32],
    pub(crate) bent: Option<&'a mut BentNoise>,
}

/// The part of each symbol's noise that displacements make, where they act to second order.
///
/// One displacement tau of variance s^2 adds `a tau + b (tau^2 - s^2) / 2`: linear variance `a^2
/// s^2`, bend `b s^2`. Several are taken as one that has their linear variance and their third
/// cumulant, 3 x linear variance x bend each.
#[derive(Clone)]
pub(crate) struct BentNoise {
    /// Sum of the linear variances.
    pub(crate) linear: Pooled<f32>,
    /// Sum of linear variance times bend.
    pub(crate) weighted_bend: Pooled<f32>,
}

impl BentNoise {
    pub(crate) fn zeros(symbols: usize) -> BentNoise {
        BentNoise { linear: Pooled::zeros(symbols), weighted_bend: Pooled::zeros(symbols) }
    }

    /// The noise of symbol `k`, of this variance in all.
    pub(crate) fn of_symbol(&self, k: usize, variance: f32) -> Bent {
        let (variance, linear) = (f64::from(variance), f64::from(self.linear[k]));
        let bend = if linear > 0.0 { f64::from(self.weighted_bend[k]) / linear } else { 0.0 };
        Bent { straight: (variance - linear - 0.5 * bend * bend).max(0.0), linear, bend }
    }
}

/// The class of each symbol of a periodic block.
pub(crate) fn patterns(levels: &[u8]) -> impl Iterator<Item = usize> {
    let before = levels.last().into_iter().chain(levels);
    let after = levels.iter().skip(1).chain(levels.first());
    before.zip(levels).zip(after).map(|((&before, &own), &after)| {
        usize::from(before) * 16 + usize::from(own) * 4 + usize::from(after)
    })
}
