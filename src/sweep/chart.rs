//! The figure of a sweep.

use super::axes::Axis;
use super::metric::{charted, metric_named};
use super::run::{LOOKED_AT_MAX, Sweep};
use crate::chart::{ChartAxis, ChartBuilder};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::{Config, LaneLimits, link_name};

impl Axis {
    /// The axis as a figure shows it.
    pub fn charted(&self) -> ChartAxis {
        ChartAxis {
            key: self.name(),
            values: (0..self.len()).map(|i| self.value(i)).collect(),
            is_list: self.is_list(),
            is_logarithmic: self.is_logarithmic(),
        }
    }
}

impl Sweep {
    /// A chart of one metric of the rows, by its name; rows arrive in order. For a metric that is
    /// better neither way, the worst lane is the one furthest outside the range of its target.
    ///
    /// # Errors
    ///
    /// A name without a numeric column, or of a metric that no point has; axes that do not fit a
    /// figure: none or more than two that vary, or too many names.
    pub fn chart(&self, metric: &str) -> Result<ChartBuilder> {
        let metric = metric_named(metric)?;
        self.check_figure(metric.name)?;
        let first = self.link(&self.values(self.first()))?;
        let limits = LaneLimits { ber: limit_ber(&first.lanes, self.axes()) };
        let charted = charted(metric, &limits, first.base.targets.range(metric.name));
        let axes = self.axes().iter().map(Axis::charted).collect();
        let varied = self.axes().iter().filter(|axis| axis.len() > 1).map(Axis::name);
        let subject = link_name(&first, &varied.collect::<Vec<_>>());
        ChartBuilder::new(axes, charted, subject, self.rows())
    }

    /// Refuses a figure that no lane has at any point along the axes.
    fn check_figure(&self, metric: &str) -> Result<()> {
        let points = self.along();
        if points.len() == LOOKED_AT_MAX {
            return Ok(()); // a point that was not looked at may have it
        }
        let mut missing = None;
        for values in points {
            for lane in 0..self.lanes(&values) {
                let lane = self.lane_config(&values, lane)?;
                match lane.missing_for(metric) {
                    None => return Ok(()),
                    Some(remedy) => missing = missing.or(Some((remedy, lane))),
                }
            }
        }
        let Some((remedy, lane)) = missing else { return Ok(()) };
        let mut problems = Problems::new();
        let remedy = format!("needs {remedy}; without it a run has {}", lane.had());
        problems.report(&KeyPath::root(), "figure", metric, remedy);
        Err(Error::Input(problems))
    }
}

/// The limit common to all lanes and points, if there is one.
fn limit_ber(lanes: &[Config], axes: &[Axis]) -> Option<f64> {
    let varies = axes.iter().any(|axis| {
        axis.len() > 1 && axis.key().sets(&["limits", "pmd_ber"])
            || axis.key().sets(&["limits", "link_ber"])
    });
    let first = lanes.first()?.limit_ber();
    (!varies && lanes.iter().all(|lane| lane.limit_ber() == first)).then_some(first)
}
