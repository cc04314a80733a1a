//! Running a sweep: all points are checked first, then every point and lane is run by itself.

use super::axes::{self, Axis};
use super::points::Points;
use super::row::{lane_columns, lane_row};
use crate::chain::{PlanCache, WorkspacePool};
use crate::error::{Error, Result};
use crate::link::{Config, LaneResult, LayeredConfig, Link, Resolved, SweptConfig};
use crate::run_options::{Progress, RunOptions, WorkUnit};
use crate::table::{End, Header, RowSink};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest number of points at which keys of the description are looked at for an effect.
pub(super) const LOOKED_AT_MAX: usize = 256;

/// A link and the axes of its sweep, every point checked.
pub struct Sweep {
    axes: Vec<Axis>,
    varied: SweptConfig,
    /// Points whose description is refused, with the reason.
    refused: BTreeMap<u64, String>,
    /// Rows of all points.
    rows: u64,
}

/// How a sweep ended.
#[derive(Debug)]
pub struct Done {
    /// Rows written.
    pub rows: u64,
    /// Rows in all.
    pub total: u64,
    /// Why it ended.
    pub end: SweepEnd,
}

/// Why a sweep ended.
#[derive(Debug)]
pub enum SweepEnd {
    /// Every row is written.
    Complete,
    /// It was cancelled.
    Cancelled,
    /// A row could not be written.
    Unwritable(io::Error),
}

impl Sweep {
    /// Number of points of some axes together.
    pub fn points_of(axes: &[Axis]) -> u64 {
        axes::points(axes)
    }

    /// Checks every point, on rayon's current threads.
    ///
    /// # Errors
    ///
    /// The problems of all points, each once, up to a limited number; a file that is not a pattern.
    pub fn new(stack: &LayeredConfig, axes: Vec<Axis>) -> Result<Sweep> {
        let varied = stack.vary(axes.iter().map(Axis::key).cloned().collect())?;
        let points = Points::new(&varied, &axes);
        // the first one with all layers: their problems do not depend on the axes
        let rows = varied.resolve(&axes::point(&axes, 0)).and_then(|_| {
            let lanes = |index| points.check(&axes::point(&axes, index));
            (0..axes::points(&axes))
                .into_par_iter()
                .try_fold(|| 0, |rows, i| Ok(rows + lanes(i)?))
                .try_reduce(|| 0, |a, b| Ok(a + b))
        });
        let rows = rows.map_err(|error| points.explain(stack, error))?;
        points.effects()?;
        Ok(Sweep { axes, varied, refused: BTreeMap::new(), rows })
    }

    /// The same, but a point with problems is kept if another has none: its rows have no figures,
    /// and the problems as `not_evaluated` and `reason`.
    ///
    /// # Errors
    ///
    /// As [`Sweep::new`], if no point is without problems.
    pub fn keeping_refused(stack: &LayeredConfig, axes: Vec<Axis>) -> Result<Sweep> {
        let varied = stack.vary(axes.iter().map(Axis::key).cloned().collect())?;
        let points = Points::new(&varied, &axes);
        let checked: Vec<Result<u64>> = (0..axes::points(&axes))
            .into_par_iter()
            .map(|index| points.check(&axes::point(&axes, index)))
            .collect();
        let good = checked.iter().position(Result::is_ok).unwrap_or(0);
        // one with all layers: their problems do not depend on the axes
        varied
            .resolve(&axes::point(&axes, good as u64))
            .map_err(|error| points.explain(stack, error))?;
        points.effects()?;
        let (mut refused, mut rows) = (BTreeMap::new(), 0);
        for (point, found) in (0..).zip(checked) {
            rows += found.unwrap_or_else(|error| {
                refused.insert(point, one_line(&error));
                lanes(&varied, &axes::point(&axes, point)) as u64
            });
        }
        Ok(Sweep { axes, varied, refused, rows })
    }

    /// Number of points that are kept though their description is refused.
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// The first point whose description is not refused.
    pub(super) fn first(&self) -> u64 {
        (0..self.points()).find(|point| !self.refused.contains_key(point)).unwrap_or(0)
    }

    /// Note on corners of dispersion that points ignore.
    #[must_use]
    pub fn ignored_corner(&self) -> Option<String> {
        self.varied.ignored_corner()
    }

    /// A warning that names the keys of the description without effect at any point along the
    /// axes.
    #[must_use]
    pub fn ignored_keys(&self) -> Option<String> {
        self.varied.ignored(self.along().into_iter())
    }

    /// The first point that is not refused, and those that differ from it in one axis, so far as
    /// keys of the description are looked at for an effect.
    pub(super) fn along(&self) -> Vec<Vec<toml::Value>> {
        let first = self.values(self.first());
        axes::along(&self.axes, &first).take(LOOKED_AT_MAX).collect()
    }

    /// Number of lanes at some values.
    pub(super) fn lanes(&self, values: &[toml::Value]) -> usize {
        self.varied.lanes(values)
    }

    /// Description of a lane at some values.
    pub(super) fn lane_config(&self, values: &[toml::Value], lane: usize) -> Result<Config> {
        self.varied.lane(values, lane)
    }

    /// The axes.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The axes' values at a point.
    pub(super) fn values(&self, point: u64) -> Vec<toml::Value> {
        axes::point(&self.axes, point)
    }

    /// The link at some values.
    pub(super) fn link(&self, values: &[toml::Value]) -> Result<Resolved> {
        self.varied.resolve(values)
    }

    /// Points.
    pub fn points(&self) -> u64 {
        axes::points(&self.axes)
    }

    /// Rows: lanes of all points.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Columns of the rows.
    pub fn header(&self) -> Header {
        Header { axes: self.axes.iter().map(Axis::name).collect(), cells: lane_columns() }
    }

    /// Runs every point and lane on rayon's current threads and pushes each row, by its place in
    /// the order of the points and lanes, as soon as it is done; rows do not depend on how many
    /// threads there are. A sink that needs them in order is wrapped in
    /// [`InOrder`](crate::table::InOrder).
    ///
    /// Progress is that of rows, with the parts of those under way. A cancelled sweep pushes no
    /// more rows, and unfinished counts are discarded.
    ///
    /// # Errors
    ///
    /// A pattern's file that can no longer be read.
    pub fn run(&self, sink: &mut (dyn RowSink + Send), options: &RunOptions<'_>) -> Result<Done> {
        let workspaces = WorkspacePool::cancelled_by(&options.cancel);
        let queue = Mutex::new(Queue { point: 0, lane: 0, number: 0 });
        let end = sink.begin(&self.header()).err().map(SweepEnd::Unwritable);
        let total = self.rows;
        let writer = Mutex::new(Writer { sink, options, pushed: 0, end, failed: None });
        let rows = RowsDone { options, total, parts: AtomicU64::new(0) };
        // one loop per thread, not one task per row: a thread that waits for blocks of its row
        // helps with blocks and starts no other row
        rayon::broadcast(|_| {
            let mut cache = PlanCache::default();
            loop {
                if writer.lock().expect(NEVER_POISONED).has_ended() {
                    return;
                }
                let Some(item) = queue.lock().expect(NEVER_POISONED).next(self) else { return };
                let result = self.one(&item, &mut cache, &workspaces, &rows);
                writer.lock().expect(NEVER_POISONED).take(item, result);
            }
        });
        let writer = writer.into_inner().expect(NEVER_POISONED);
        if let Some(error) = writer.failed {
            return Err(error);
        }
        let complete = writer.pushed == self.rows;
        let finished = writer.sink.finish(if complete { End::Complete } else { End::Stopped });
        let end = match (writer.end, finished) {
            (Some(end), _) => end,
            (None, Err(error)) => SweepEnd::Unwritable(error),
            (None, Ok(())) if complete => SweepEnd::Complete,
            (None, Ok(())) => SweepEnd::Cancelled,
        };
        Ok(Done { rows: writer.sink.written(), total, end })
    }

    fn one(
        &self,
        item: &RowTask,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        rows: &RowsDone<'_>,
    ) -> Result<LaneResult> {
        let known = AtomicU64::new(0);
        let progress = |at: Progress| rows.part(&known, at.share());
        let options = RunOptions { cancel: rows.options.cancel.clone(), progress: Some(&progress) };
        let result = self.lane(item, cache, workspaces, &options);
        progress(Progress { done: 1.0, total: 1.0, unit: WorkUnit::Rows });
        result
    }

    fn lane(
        &self,
        item: &RowTask,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        options: &RunOptions<'_>,
    ) -> Result<LaneResult> {
        if let Some(because) = self.refused.get(&item.point) {
            return Ok(LaneResult::refused(item.lane, because));
        }
        Link::run_lane(
            &self.varied.lane(&item.values, item.lane)?,
            item.lane,
            self.varied.library(),
            cache,
            workspaces,
            options,
        )
    }
}

/// Lanes of a point, at least one: a refused point has a row, too.
fn lanes(varied: &SweptConfig, values: &[toml::Value]) -> usize {
    varied.lanes(values).clamp(1, LANES_MAX)
}

/// All problems in one line.
fn one_line(error: &Error) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

/// Largest number of rows of a refused point.
const LANES_MAX: usize = 64;

/// Reason why no lock is poisoned.
const NEVER_POISONED: &str = "no holder panics";

/// A row that remains to be computed.
struct RowTask {
    number: u64,
    point: u64,
    lane: usize,
    values: Vec<toml::Value>,
}

/// Queue of the rows that remain.
struct Queue {
    point: u64,
    lane: usize,
    number: u64,
}

impl Queue {
    fn next(&mut self, sweep: &Sweep) -> Option<RowTask> {
        if self.point == sweep.points() {
            return None;
        }
        let values = axes::point(&sweep.axes, self.point);
        let (number, point, lane) = (self.number, self.point, self.lane);
        let item = RowTask { number, point, lane, values };
        self.number += 1;
        self.lane += 1;
        if self.lane == lanes(&sweep.varied, &item.values) {
            (self.lane, self.point) = (0, self.point + 1);
        }
        Some(item)
    }
}

/// Rows that are done, with the parts of those under way.
struct RowsDone<'a> {
    options: &'a RunOptions<'a>,
    total: u64,
    /// In parts of a row.
    parts: AtomicU64,
}

/// Parts of a row that progress tells apart.
const PARTS: f64 = (1 << 20) as f64;

impl RowsDone<'_> {
    /// Takes the share of a row that is done; `known` is what it has taken of that row.
    fn part(&self, known: &AtomicU64, share: f64) {
        let now = (share * PARTS) as u64;
        let before = known.fetch_max(now, Ordering::Relaxed);
        let more = now.saturating_sub(before);
        let parts = self.parts.fetch_add(more, Ordering::Relaxed) + more;
        self.options.report(parts as f64 / PARTS, self.total as f64, WorkUnit::Rows);
    }
}

/// Pushes rows into the sink, one at a time.
struct Writer<'a> {
    sink: &'a mut (dyn RowSink + Send),
    options: &'a RunOptions<'a>,
    pushed: u64,
    end: Option<SweepEnd>,
    failed: Option<Error>,
}

impl Writer<'_> {
    fn has_ended(&self) -> bool {
        self.end.is_some() || self.failed.is_some() || self.options.cancel.is_cancelled()
    }

    fn take(&mut self, item: RowTask, result: Result<LaneResult>) {
        if self.has_ended() {
            return; // a count that was cancelled half way is not a result
        }
        let row = match result {
            Ok(result) => lane_row(&item.values, &result),
            Err(error) => {
                self.failed = Some(error);
                return;
            }
        };
        match self.sink.push(item.number, &row) {
            Ok(()) => self.pushed += 1,
            Err(error) => self.end = Some(SweepEnd::Unwritable(error)),
        }
    }
}
