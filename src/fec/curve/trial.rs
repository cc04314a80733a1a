//! Counting a curve in rounds of independent chunks.

use super::channel::CurveChannel;
use super::count::{CountedPoint, Desk, chunk_sets};
use super::description::FecCurve;
use super::point::CurvePoint;
use crate::error::{KeyPath, Problems, Result};
use crate::fec::layout::CodewordLayout;
use crate::run_options::{RunOptions, WorkUnit};
use crate::seed::Seed;
use rayon::prelude::*;
use std::sync::Arc;

/// Largest number of chunks of a point in a round; the first round has one, and each next one twice
/// as many.
const CHUNKS_MAX: u64 = 64;

/// A curve, ready to be counted.
#[derive(Clone, Debug)]
pub struct Trial {
    curve: FecCurve,
    layout: Arc<CodewordLayout>,
    bers: Vec<f64>,
    channels: Vec<CurveChannel>,
}

impl FecCurve {
    /// Prepares codes, layout and the errors of every point.
    ///
    /// # Errors
    ///
    /// Everything that [`FecCurve::check`] reports.
    pub fn build(&self) -> Result<Trial> {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        problems.finish()?;
        Ok(Trial::new(self))
    }
}

impl Trial {
    fn new(curve: &FecCurve) -> Self {
        let layout = curve.coding.build().expect("checked: a coding");
        let bers: Vec<f64> = curve.ber.values().collect();
        let channels = bers.iter().map(|ber| CurveChannel::new(curve, *ber)).collect();
        Self { curve: curve.clone(), layout, bers, channels }
    }

    /// Counts all points on rayon's current threads; results do not depend on their number.
    ///
    /// Each chunk of about a thousand codewords has its random streams. Between rounds it is
    /// decided which points have enough errors. A cancelled count keeps its completed chunks.
    /// Progress is that of codewords, of all points, that are counted or no longer needed.
    pub fn run(&self, options: &RunOptions<'_>) -> Vec<CurvePoint> {
        let sets = self.curve.codewords.div_ceil(self.curve.coding.codewords as u64);
        let chunks = sets.div_ceil(chunk_sets(&self.layout));
        let mut counted: Vec<CountedPoint> =
            self.bers.iter().map(|_| CountedPoint::new(&self.layout)).collect();
        let (mut next, mut round) = (0, 1);
        let is_enough = |counted: &CountedPoint| counted.failed.errors() >= self.curve.errors;
        while next < chunks && !options.cancel.is_cancelled() && !counted.iter().all(is_enough) {
            let end = chunks.min(next + round);
            let wanted = (0..self.bers.len()).filter(|&point| !is_enough(&counted[point]));
            let work: Vec<(usize, u64)> =
                wanted.flat_map(|point| (next..end).map(move |chunk| (point, chunk))).collect();
            let done: Vec<Option<CountedPoint>> = work
                .par_iter()
                .map_init(
                    || Desk::new(&self.curve.coding.outer),
                    |desk, &(point, chunk)| {
                        (!options.cancel.is_cancelled())
                            .then(|| self.count(desk, point, chunk, sets))
                    },
                )
                .collect();
            for ((point, _), chunk) in work.iter().zip(&done) {
                chunk.iter().for_each(|chunk| counted[*point].merge(chunk));
            }
            (next, round) = (end, (2 * round).min(CHUNKS_MAX));
            let enough = counted.iter().filter(|counted| is_enough(counted)).count() as u64;
            let open = counted.len() as u64 - enough;
            // the last chunk of a point may be shorter
            let share =
                (enough * chunks + open * next) as f64 / (counted.len() as u64 * chunks) as f64;
            let total = self.curve.codewords as f64 * counted.len() as f64;
            options.report(share * total, total, WorkUnit::Codewords);
        }
        self.points(&counted)
    }

    /// The analytic results of all points, without counting.
    #[must_use]
    pub fn predicted(&self) -> Vec<CurvePoint> {
        self.points(&vec![CountedPoint::new(&self.layout); self.bers.len()])
    }

    fn points(&self, counted: &[CountedPoint]) -> Vec<CurvePoint> {
        let points = self.bers.par_iter().zip(&self.channels).zip(counted);
        points
            .map(|((ber, channel), counted)| CurvePoint::new(*ber, &self.layout, channel, counted))
            .collect()
    }

    fn count(&self, desk: &mut Desk, point: usize, chunk: u64, sets: u64) -> CountedPoint {
        let most = chunk_sets(&self.layout);
        let seed = Seed::new(self.curve.seed).named("fec.curve").index(point as u64).index(chunk);
        desk.count(&self.layout, &self.channels[point], most.min(sets - chunk * most), seed)
    }
}
