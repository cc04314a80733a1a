//! The comparison: variants run, ranked and set against the first.

use super::difference::{between, mean};
use super::rank::{RankBy, ranks};
use super::result::{Compared, Coordinates, Difference, Variant};
use crate::error::Result;
use crate::link::{LayeredConfig, Link, LinkResult};
use crate::run_options::{Progress, RunOptions, WorkUnit};
use crate::sweep::axes::Axis;
use crate::sweep::row::of_toml;
use crate::sweep::run::Sweep;

/// A link and its variants, all checked.
///
/// Variants are the points of a [`Sweep`], the last axis fastest; each has the result of
/// [`Link::run`], to the last bit. The others are compared with the first.
///
/// # Limits
///
/// Variants with the same seed draw the same numbers for every source of data or noise that has the
/// same name in both, if their blocks have the same numbers of symbols and samples. The intervals
/// of differences cover the scatter among the lanes of one module, not among modules, and no effect
/// outside the model.
///
/// ```
/// use lightlane::{link::{RunOptions, LayeredConfig}, sweep::{Axis, Comparison}};
/// let mut stack = LayeredConfig::open("800gbase-dr8")?;
/// for assignment in ["lanes=2", "simulation.symbols=0", "simulation.symbols_at_limit=0", "simulation.block_symbols=1024"] {
///     stack.set(assignment)?;
/// }
/// // crosstalk keeps its strength when a margin is searched, but is weaker in a link with more loss
/// stack.set("receiver.crosstalk.lane_db=-200")?;
/// stack.set("receiver.crosstalk.tx_db=-200")?;
/// let comparison = Comparison::new(&stack, vec![Axis::parse_by("--vary", "fibre.connector_loss_db=2,3")?])?;
/// let compared = comparison.run(&RunOptions::default())?;
/// let difference = compared.variants[1].difference.as_ref().unwrap();
/// assert!((difference.loss_margin_db.unwrap() + 1.0).abs() < 0.01);
/// # Ok::<(), lightlane::Error>(())
/// ```
pub struct Comparison {
    sweep: Sweep,
    rank_by: RankBy,
}

/// One variant that was run.
struct VariantRun {
    at: Coordinates,
    /// Seed of each lane.
    seeds: Vec<u64>,
    result: LinkResult,
}

impl Comparison {
    /// Checks every variant, on rayon's current threads.
    ///
    /// # Errors
    ///
    /// As [`Sweep::new`].
    pub fn new(stack: &LayeredConfig, axes: Vec<Axis>) -> Result<Comparison> {
        Ok(Comparison { sweep: Sweep::new(stack, axes)?, rank_by: RankBy::default() })
    }

    /// The comparison with its variants ranked by another margin.
    #[must_use]
    pub fn ranked_by(self, rank_by: RankBy) -> Comparison {
        Comparison { rank_by, ..self }
    }

    /// Note on corners of dispersion that variants ignore.
    #[must_use]
    pub fn ignored_corner(&self) -> Option<String> {
        self.sweep.ignored_corner()
    }

    /// Memory of the largest variant, bytes; [`memory_bytes`](crate::link::memory_bytes) has its
    /// limits.
    pub fn memory_bytes(&self, threads: usize) -> u64 {
        self.sweep.memory_of_points_bytes(threads)
    }

    /// Variants.
    pub fn variants(&self) -> u64 {
        self.sweep.points()
    }

    /// Runs the variants one after the other, the lanes of each on rayon's current threads; the
    /// result does not depend on the number of threads.
    ///
    /// A cancelled run discards the variant that is running and keeps those before it.
    ///
    /// # Errors
    ///
    /// A file of a pattern or of a measured part that can no longer be read.
    pub fn run(&self, options: &RunOptions<'_>) -> Result<Compared> {
        let keys: Vec<String> = self.sweep.axes().iter().map(Axis::name).collect();
        let (mut runs, variants) = (Vec::new(), self.variants());
        for point in 0..self.variants() {
            let values = self.sweep.values(point);
            let resolved = self.sweep.link(&values)?;
            let seeds: Vec<u64> = resolved.lanes.iter().map(|lane| lane.simulation.seed).collect();
            // variants are about as much work as the one that is running
            let step = |Progress { done, total, .. }: Progress| {
                let before = point as f64 * total;
                options.report(before + done, variants as f64 * total, WorkUnit::Symbols);
            };
            let result = Link::new(resolved)
                .run(&RunOptions { cancel: options.cancel.clone(), progress: Some(&step) })?;
            if options.cancel.is_cancelled() {
                break; // a count that was cancelled half way is no result
            }
            let at = Coordinates(keys.iter().cloned().zip(values.iter().map(of_toml)).collect());
            runs.push(VariantRun { at, seeds, result });
        }
        Ok(compared(keys, self.variants(), runs, self.rank_by))
    }
}

/// Ranks variants and computes their differences from the first.
fn compared(keys: Vec<String>, total: u64, runs: Vec<VariantRun>, rank_by: RankBy) -> Compared {
    let results: Vec<&LinkResult> = runs.iter().map(|run| &run.result).collect();
    let by_loss = ranks(&results, RankBy::Loss);
    let by_snr = ranks(&results, RankBy::Snr);
    let differences: Vec<Option<Difference>> = runs
        .iter()
        .enumerate()
        .map(|(i, run)| {
            (i > 0).then(|| {
                between([&runs[0].result.lanes, &run.result.lanes], [&runs[0].seeds, &run.seeds])
            })
        })
        .collect();
    let complete = runs.len() as u64 == total;
    let same_seeds = differences.iter().flatten().all(|difference| difference.same_seeds);
    let variants = runs
        .into_iter()
        .zip(by_loss.into_iter().zip(by_snr))
        .zip(differences)
        .map(|((VariantRun { at, result, .. }, (rank_by_loss, rank_by_snr)), difference)| {
            let margins: Option<Vec<f64>> =
                result.lanes.iter().map(|lane| lane.loss_margin_db).collect();
            let (mean, interval) = mean(&margins.unwrap_or_default());
            Variant {
                at,
                rank: match rank_by {
                    RankBy::Loss => rank_by_loss,
                    RankBy::Snr => rank_by_snr,
                },
                rank_by_loss,
                rank_by_snr,
                loss_margin_mean_db: mean,
                loss_margin_mean_db_low: interval.map(|i| i.low),
                loss_margin_mean_db_high: interval.map(|i| i.high),
                difference,
                result,
            }
        })
        .collect();
    Compared {
        schema: 2,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        keys,
        total,
        complete,
        rank_by,
        same_seeds,
        variants,
    }
}
