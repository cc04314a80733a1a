//! The figure of a sweep.

use super::axes::Axis;
use super::metric::{charted, metric_named};
use super::run::{LOOKED_AT_MAX, Sweep};
use crate::chart::{ChartAxis, ChartBuilder};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::{Config, LaneLimits, LaneMetric, link_name};

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
        let chart = ChartBuilder::new(axes, charted, subject, self.rows())?;
        let chart = match self.limits(metric) {
            Some(limits) => chart.with_limits(&limits),
            None => chart,
        };
        let idle = chart.curve_axes().map(|axes| self.idle(axes));
        Ok(chart.without(idle.unwrap_or_default()))
    }

    /// Values at every combination of the axes' ends, and of all values of a list; absent where
    /// there are too many to look at.
    fn corners(&self) -> Option<Vec<Vec<toml::Value>>> {
        let mut found = vec![Vec::new()];
        for axis in self.axes() {
            let ends = |i: &usize| axis.is_list() || *i == 0 || *i + 1 == axis.len();
            let values: Vec<_> = (0..axis.len()).filter(ends).map(|i| axis.value(i)).collect();
            if found.len() * values.len() > LOOKED_AT_MAX {
                return None;
            }
            let longer = |begun: &Vec<toml::Value>| {
                let begun = begun.clone();
                values.clone().into_iter().map(move |value| [&begun[..], &[value]].concat())
            };
            found = found.iter().flat_map(longer).collect();
        }
        Some(found)
    }

    /// The limit of a metric at every point: none where a point is refused, not a number where its
    /// lanes differ. Absent where no key sets it, and where there are too many points to look at.
    fn limits(&self, metric: &LaneMetric) -> Option<Vec<Option<f64>>> {
        let limit = metric.limit?;
        if limit(&LaneLimits { ber: None }).is_some() || self.points() > LOOKED_AT_MAX as u64 {
            return None;
        }
        let of_point = |point: u64| {
            let values = self.values(point);
            let lanes = (0..self.lanes(&values)).map(|lane| self.lane_config(&values, lane));
            let lanes = lanes.collect::<Result<Vec<_>>>().ok()?;
            let ber = common_limit(&lanes).unwrap_or(f64::NAN);
            limit(&LaneLimits { ber: Some(ber) })
        };
        Some((0..self.points()).map(of_point).collect())
    }

    /// Values of the axis with a curve each at which the axis along a figure has no effect.
    fn idle(&self, [along, each]: [usize; 2]) -> Vec<(usize, String)> {
        let (key, axis) = (self.axes()[along].key().in_lane(), &self.axes()[each]);
        let mut found = Vec::new();
        for i in 0..axis.len() {
            let mut values = self.values(self.first());
            values[each] = axis.value(i);
            let Ok(lane) = self.lane_config(&values, 0) else { continue };
            if let Some(why) = lane.idle().why(&key) {
                found.push((i, format!("no curve for {why}: {key} has no effect there")));
            }
        }
        found
    }

    /// Refuses a figure that no lane has at any point along the axes, nor where several of them
    /// are at their ends.
    fn check_figure(&self, metric: &str) -> Result<()> {
        let points = self.along();
        let corners = self.corners();
        if points.len() == LOOKED_AT_MAX || corners.is_none() {
            return Ok(()); // a point that was not looked at may have it
        }
        let mut missing = None;
        for values in points.into_iter().chain(corners.unwrap_or_default()) {
            for lane in 0..self.lanes(&values) {
                // what is refused has no figures
                let Ok(lane) = self.lane_config(&values, lane) else { continue };
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
    common_limit(lanes).filter(|_| !varies)
}

/// The limit that all lanes have.
fn common_limit(lanes: &[Config]) -> Option<f64> {
    let first = lanes.first()?.limit_ber();
    lanes.iter().all(|lane| lane.limit_ber() == first).then_some(first)
}
