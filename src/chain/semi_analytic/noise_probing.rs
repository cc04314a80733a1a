//! Sources without a closed form: small draws through the real chain, their variance pooled by
//! level and pattern; what each edge makes where they are displaced by one of two amounts; and what
//! the transmitter's curvature makes of edges displaced far.

use super::noise_classes::{Bend, CLASSES, Classes, EDGES, EdgeGains, edges_of, patterns};
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::describe::noise::Law;
use crate::chain::describe::sampler::FIRST_ORDER_UI;
use crate::chain::linearise::noise_sources::{NoisePath, NoiseRoute, Noises};
use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::chain::run::block;
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::chain::run::workspace::Workspace;
use crate::math::buffer_pool::Pooled;

/// Draws of a source over all records together: for a result, and for a step of a search.
pub(crate) const MANY: usize = 64;

pub(crate) const FEW: usize = 16;

/// Symbols of a block beyond which fewer draws do: those of a long test pattern are many.
const SYMBOLS: usize = 8192;

/// Part of its strength with which a source is drawn: small, so that the chain answers linearly.
const SMALL: f32 = 0.25;

/// Indices of the probes' noise, far from every block's.
const PROBES: u64 = 1 << 48;

/// Measures every line that is to be drawn, from the lane's `streams`.
pub(crate) fn classes(
    plan: &Plan,
    noises: &Noises,
    workspace: &mut Workspace,
    trained: &Trained,
    records: &[NoiselessBlock],
    streams: StreamKeys<'_>,
    draws: usize,
) -> Classes {
    let draws_per_block = draws.div_ceil(records.len().max(1));
    let mut lines = Vec::new();
    for route in &noises.sources {
        if !route.probed || route.two_points() {
            lines.push(None);
            continue;
        }
        let (mut sums, mut counts, mut total) = ([0f64; CLASSES], [0f64; CLASSES], 0f64);
        let draws_per_block = draws_per_block.min(enough_draws(plan));
        for record in records {
            let quiet =
                StreamKeys { block: record.block, selection: NoiseSelection::None, ..streams };
            let means = pass(plan, workspace, trained, &record.levels, &quiet, &quiet);
            for d in 0..draws_per_block {
                let noise = PROBES + record.block * draws_per_block as u64 + d as u64;
                let probe = StreamKeys {
                    noise,
                    selection: NoiseSelection::Only(&route.source.id, SMALL),
                    ..quiet
                };
                let outputs = pass(plan, workspace, trained, &record.levels, &probe, &quiet);
                for ((z, mean), class) in outputs.iter().zip(&means).zip(patterns(&record.levels)) {
                    let square = f64::from((z - mean) / SMALL).powi(2);
                    sums[class] += square;
                    counts[class] += 1.0;
                    total += square;
                }
            }
        }
        let mean = total / counts.iter().sum::<f64>().max(1.0);
        lines.push(Some(std::array::from_fn(
            |c| if counts[c] > 0.0 { sums[c] / counts[c] } else { mean } as f32,
        )));
    }
    let probe = Probe { plan, trained, records, streams };
    let bends = noises
        .sources
        .iter()
        .map(|route| bends(plan, route).then(|| probe.bend(workspace, route, draws_per_block)));
    let bends = bends.collect();
    // a modulator bends what edges make
    let edges = noises.sources.iter().map(|route| {
        let drawn = route.two_points() && (route.probed || plan.sections.len() > 1);
        drawn.then(|| probe.edges(workspace, route, draws_per_block))
    });
    let edges = edges.collect();
    Classes { lines, edges, bends }
}

/// Draws of a block from which on more tell nothing: as many symbols as [`MANY`] draws of a block
/// of [`SYMBOLS`].
fn enough_draws(plan: &Plan) -> usize {
    (MANY * SYMBOLS).div_ceil(plan.grid.symbols.max(SYMBOLS))
}

/// True for edges that are displaced so far that the transmitter's curvature counts.
fn bends(plan: &Plan, route: &NoiseRoute) -> bool {
    let NoisePath::Symbol { timing: true, variance, .. } = route.path else { return false };
    let far_s = FIRST_ORDER_UI * plan.grid.symbol_s();
    route.source.class.law == Law::Timing
        && f64::from(variance) > far_s * far_s
        && plan.sections.len() > 1
}

/// A trained chain and the blocks that it is probed with.
struct Probe<'a> {
    plan: &'a Plan,
    trained: &'a Trained,
    records: &'a [NoiselessBlock],
    streams: StreamKeys<'a>,
}

impl Probe<'_> {
    /// The second order of a line: half the sum of what a draw and its opposite make, at full
    /// strength, less what neither makes.
    fn bend(&self, workspace: &mut Workspace, route: &NoiseRoute, draws_per_block: usize) -> Bend {
        let mut sums = [[0f64; 5]; CLASSES];
        for record in self.records {
            let quiet =
                StreamKeys { block: record.block, selection: NoiseSelection::None, ..self.streams };
            let mut pass = |front: &StreamKeys<'_>| {
                pass(self.plan, workspace, self.trained, &record.levels, front, &quiet)
            };
            let means = pass(&quiet);
            for d in 0..draws_per_block {
                let noise = PROBES + record.block * draws_per_block as u64 + d as u64;
                let [late, early] = [1.0, -1.0].map(|scale| {
                    let selection = NoiseSelection::Only(&route.source.id, scale);
                    pass(&StreamKeys { noise, selection, ..quiet })
                });
                let both = late.iter().zip(early.iter()).zip(means.iter());
                for (((late, early), mean), class) in both.zip(patterns(&record.levels)) {
                    let first = f64::from(0.5 * (late - early)).powi(2);
                    let second = f64::from(0.5 * (late + early) - mean);
                    let terms = [1.0, second, second * second, first, first * second];
                    sums[class].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                }
            }
        }
        let of = |figure: fn(&[f64; 5]) -> f64| {
            sums.map(|sums| if sums[0] > 0.0 { figure(&sums) as f32 } else { 0.0 })
        };
        Bend {
            shift: of(|[n, second, ..]| second / n),
            variance: of(|[n, second, square, ..]| square / n - (second / n).powi(2)),
            bend: of(|[n, second, _, first, product]| {
                product / first.max(f64::MIN_POSITIVE) - second / n
            }),
        }
    }
}

/// Sums over the draws of a pattern.
#[derive(Clone, Copy, Default)]
struct EdgeSums {
    count: f64,
    first: f64,
    second: f64,
    /// Of each edge and of the two own ones together: products with what they are displaced by, and
    /// squares of that.
    products: [f64; EDGES + 1],
    squares: [f64; EDGES + 1],
}

impl Probe<'_> {
    /// What each edge's displacement makes of a symbol, at full strength, from its correlation with
    /// what was drawn.
    fn edges(
        &self,
        workspace: &mut Workspace,
        route: &NoiseRoute,
        draws_per_block: usize,
    ) -> EdgeGains {
        let n = self.plan.grid.symbols;
        let mut sums = [EdgeSums::default(); CLASSES];
        let (mut held, mut signs) = (Pooled::zeros(n), Pooled::zeros(n));
        for record in self.records {
            let quiet =
                StreamKeys { block: record.block, selection: NoiseSelection::None, ..self.streams };
            let mut pass = |front: &StreamKeys<'_>| {
                pass(self.plan, workspace, self.trained, &record.levels, front, &quiet)
            };
            block::transmit(self.plan, &record.levels, &mut held);
            let means = pass(&quiet);
            for d in 0..draws_per_block {
                let noise = PROBES + record.block * draws_per_block as u64 + d as u64;
                let selection = NoiseSelection::Only(&route.source.id, 1.0);
                let keys = StreamKeys { noise, selection, ..quiet };
                let outputs = pass(&keys);
                keys.signs(&route.source.id, &mut signs);
                let moved = |edge: usize| signs[edge] * (held[(edge + n - 1) % n] - held[edge]);
                let moved: Pooled<f32> = (0..n).map(moved).collect();
                for (k, class) in patterns(&record.levels).enumerate() {
                    let both = moved[k] * moved[(k + 1) % n];
                    let moved = edges_of(k, n).map(|edge| moved[edge]).chain([both]);
                    sums[class].add(f64::from(outputs[k] - means[k]), moved);
                }
            }
        }
        let fits = sums.map(|sums| sums.fit());
        EdgeGains {
            gains: fits.map(|(gains, ..)| std::array::from_fn(|i| gains[i] as f32)),
            product: fits.map(|(gains, ..)| gains[EDGES] as f32),
            shift: fits.map(|(_, shift, _)| shift as f32),
            rest: fits.map(|(.., rest)| rest as f32),
        }
    }
}

impl EdgeSums {
    /// A symbol less what it is without displacements, and what its edges are displaced by.
    fn add(&mut self, z: f64, moved: impl Iterator<Item = f32>) {
        self.count += 1.0;
        self.first += z;
        self.second += z * z;
        for ((moved, product), square) in moved.zip(&mut self.products).zip(&mut self.squares) {
            *product += z * f64::from(moved);
            *square += f64::from(moved * moved);
        }
    }

    /// Gains, mean, and the variance that is left.
    fn fit(&self) -> ([f64; EDGES + 1], f64, f64) {
        if self.count == 0.0 {
            return Default::default();
        }
        let mean = self.first / self.count;
        let mut rest = self.second / self.count - mean * mean;
        let gains = std::array::from_fn(|i| {
            let (product, square) = (self.products[i], self.squares[i]);
            if square == 0.0 {
                return 0.0;
            }
            rest -= product * product / square / self.count;
            product / square
        });
        (gains, mean, rest.max(0.0))
    }
}

/// The slicer's inputs of one block: the front with one set of draws, the converter without noise.
fn pass(
    plan: &Plan,
    workspace: &mut Workspace,
    trained: &Trained,
    levels: &[u8],
    front: &StreamKeys<'_>,
    quiet: &StreamKeys<'_>,
) -> Pooled<f32> {
    workspace.run_to_detector(plan, levels, front, trained.transmission);
    workspace.sample_and_fold(plan, trained, quiet);
    workspace.equalise(plan, trained, quiet);
    Pooled::of(workspace.equalised())
}
