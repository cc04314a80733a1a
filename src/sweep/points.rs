//! Check of all points before the first is run.

use super::axes::{self, Axis};
use crate::error::{Error, KeyPath, Problem, Problems, Result};
use crate::link::{LayeredConfig, SweptConfig};
use crate::pattern::{Pattern, PatternKind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Largest number of problems reported.
const PROBLEMS_MAX: usize = 20;
/// Largest number of points with problems that are checked.
const BAD_POINTS_MAX: usize = 200;

/// The points of a sweep, to be checked.
pub(super) struct Points<'a> {
    varied: &'a SweptConfig,
    axes: &'a [Axis],
    /// Patterns whose files were read without problems.
    files: Mutex<Vec<Pattern>>,
    /// Whether each axis has an effect at a point that was checked.
    has_effect: Vec<AtomicBool>,
}

impl<'a> Points<'a> {
    pub(super) fn new(varied: &'a SweptConfig, axes: &'a [Axis]) -> Points<'a> {
        let has_effect = axes.iter().map(|_| AtomicBool::new(false)).collect();
        Points { varied, axes, files: Mutex::default(), has_effect }
    }

    /// The lanes of a point, if they have no problems.
    pub(super) fn check(&self, values: &[toml::Value]) -> Result<u64> {
        for lane in self.varied.check(values)? {
            self.read(&lane.pattern)?;
            for (axis, has_effect) in self.axes.iter().zip(&self.has_effect) {
                if !has_effect.load(Relaxed) && lane.uses(&axis.key().in_lane()) {
                    has_effect.store(true, Relaxed);
                }
            }
        }
        Ok(self.varied.lanes(values) as u64)
    }

    /// Refuses axes that had no effect at any point.
    pub(super) fn effects(&self) -> Result<()> {
        let mut problems = Problems::new();
        let without =
            self.axes.iter().zip(&self.has_effect).filter(|(_, used)| !used.load(Relaxed));
        for (axis, _) in without {
            let lane = self.varied.lane(&axes::point(self.axes, 0), 0)?;
            let why = lane.idle().why(&axis.key().in_lane()).unwrap_or_default().to_owned();
            problems.push(Problem {
                place: None,
                path: axis.name(),
                value: String::new(),
                remedy: format!("has no effect at any point ({why}); must be a key that has one"),
            });
        }
        problems.finish()
    }

    /// Reads a pattern's file, once for all points.
    fn read(&self, pattern: &Pattern) -> Result<()> {
        let known = || self.files.lock().expect("no holder panics");
        if pattern.kind != PatternKind::File || known().contains(pattern) {
            return Ok(());
        }
        pattern.build().map_err(|because| {
            let mut problems = Problems::new();
            problems.report(&KeyPath::root().key("pattern"), "file", &pattern.file, because);
            Error::Input(problems)
        })?;
        known().push(pattern.clone());
        Ok(())
    }

    /// All problems, each once: if any point was found to have one, the points are checked again in
    /// order.
    pub(super) fn explain(&self, stack: &LayeredConfig, hasty: Error) -> Error {
        let first = axes::point(self.axes, 0);
        // a wrong value is wrong with all values of the other axes
        let along = axes::along(self.axes, &first);
        let mut found = PointProblems {
            of_layers: problems_of(stack.resolve().err()),
            problems: Problems::new(),
            reported: Vec::new(),
            points: 0,
        };
        along.take_while(|values| found.check(self, values)).for_each(drop);
        if found.problems.is_empty() {
            (0..axes::points(self.axes))
                .take_while(|&index| found.check(self, &axes::point(self.axes, index)))
                .for_each(drop);
        }
        if found.problems.is_empty() { hasty } else { Error::Input(found.problems) }
    }
}

/// Problems of points.
struct PointProblems {
    /// Problems that do not depend on the axes.
    of_layers: Vec<Problem>,
    problems: Problems,
    /// Problems reported so far, without the points at which they were found.
    reported: Vec<Problem>,
    points: usize,
}

impl PointProblems {
    /// Adds the new problems of a point; false when there are enough.
    fn check(&mut self, points: &Points<'_>, values: &[toml::Value]) -> bool {
        let problems = problems_of(points.check(values).err());
        self.points += usize::from(!problems.is_empty());
        let at: Vec<String> = points
            .axes
            .iter()
            .zip(values)
            .map(|(axis, value)| format!("{}={value}", axis.name()))
            .collect();
        for mut problem in problems {
            if self.reported.contains(&problem) {
                continue;
            }
            self.reported.push(problem.clone());
            let is_one_axis = points.axes.iter().any(|axis| problem.path.ends_with(&axis.name()));
            if !is_one_axis && !self.of_layers.contains(&problem) {
                problem.remedy += &format!(" (at {})", at.join(", "));
            }
            self.problems.push(problem);
            if self.reported.len() == PROBLEMS_MAX {
                let remedy =
                    format!("more than {PROBLEMS_MAX} problems; the other points were not checked");
                self.problems.push(Problem {
                    place: None,
                    path: String::new(),
                    value: String::new(),
                    remedy,
                });
                return false;
            }
        }
        self.points < BAD_POINTS_MAX
    }
}

fn problems_of(error: Option<Error>) -> Vec<Problem> {
    match error {
        Some(Error::Input(problems)) => problems.iter().cloned().collect(),
        Some(other) => vec![Problem {
            place: None,
            path: String::new(),
            value: String::new(),
            remedy: other.to_string(),
        }],
        None => Vec::new(),
    }
}
