//! Building a figure from rows.

use super::axis::ChartAxis;
use super::curves::{Curve, CurveRole, Curves};
use super::heat_map::{HeatMap, Picture};
use super::layout::Layout;
use super::scale::{AxisScale, Limit};
use crate::error::Result;
use crate::table::{Better, End, Header, Row, RowSink, Worst};
use ndarray::Array2;
use serde_json::Value;
use std::io;

/// The metric that a figure shows.
#[derive(Clone, Debug)]
pub struct ChartedMetric {
    /// Index of its cell in a row.
    pub cell: usize,
    /// Label, unit and spacing.
    pub scale: AxisScale,
    /// Side on which it is better.
    pub better: Better,
    /// Choice of the worst lane.
    pub worst: Worst,
    /// Limit, drawn as a line.
    pub limit: Option<Limit>,
}

/// A figure in the making: its axes are checked, its values are added row by row.
///
/// Rows arrive in the order of the points, the last axis fastest, the lanes of a point from 0.
///
/// ```no_run
/// use lightlane::{link::LayeredConfig, plot, sweep::{Axis, RunOptions, Sweep}, table::InOrder};
/// let mut stack = LayeredConfig::open("800gbase-dr8")?;
/// for assignment in ["lanes=2", "simulation.symbols=0", "simulation.symbols_at_limit=0", "simulation.block_symbols=1024"] {
///     stack.set(assignment)?;
/// }
/// let sweep = Sweep::new(&stack, vec![Axis::parse("fibre.length_km=0:2:1")?])?;
/// let mut chart = InOrder::new(sweep.chart("loss_margin_db")?);
/// sweep.run(&mut chart, &RunOptions::default())?;
/// let picture = chart.into_inner().picture().expect("every row is there");
/// plot::save(&picture, "reach.png", plot::Size::Slide)?;
/// # Ok::<(), lightlane::Error>(())
/// ```
pub struct ChartBuilder {
    axes: Vec<ChartAxis>,
    layout: Layout,
    metric: ChartedMetric,
    /// The link, without the keys that vary.
    subject: String,
    /// Values of each point: every lane's, or only the worst one's.
    points: Vec<Vec<f64>>,
    /// Whether a lane of each point has no value because it fails.
    failed: Vec<bool>,
    /// Whether a lane of each point fails or is refused.
    failing: Vec<bool>,
    /// Cell of the lane's number.
    lane: Option<usize>,
    /// Cells of the verdict and of the reason for no figures.
    verdict: [Option<usize>; 2],
    /// Limit of each point where points differ in it.
    limits: Vec<Option<f64>>,
    /// Values of the axis with a curve each that have no curve, each with the reason.
    idle: Vec<(usize, String)>,
    rows: u64,
    total: u64,
}

impl ChartBuilder {
    /// A chart of one metric of `total` rows; `subject` begins its title.
    ///
    /// # Errors
    ///
    /// Axes that do not fit a figure: none or more than two that vary, or too many names.
    pub fn new(
        axes: Vec<ChartAxis>,
        metric: ChartedMetric,
        subject: String,
        total: u64,
    ) -> Result<ChartBuilder> {
        let layout = Layout::of(&axes)?;
        Ok(ChartBuilder {
            axes,
            layout,
            metric,
            subject,
            points: Vec::new(),
            failed: Vec::new(),
            failing: Vec::new(),
            lane: None,
            verdict: [None; 2],
            limits: Vec::new(),
            idle: Vec::new(),
            rows: 0,
            total,
        })
    }

    /// The limit of every point in their order, where it has one: one line where all have the
    /// same, else one for each curve.
    #[must_use]
    pub fn with_limits(mut self, limits: &[Option<f64>]) -> ChartBuilder {
        let common = limits.iter().copied().flatten().next();
        if limits.iter().flatten().all(|limit| Some(*limit) == common) {
            let better = self.metric.better;
            self.metric.limit = common.map(|value| Limit { value, better });
        } else {
            (self.metric.limit, self.limits) = (None, limits.to_vec());
        }
        self
    }

    /// The axes along a figure of curves and with a curve for each of its values.
    #[must_use]
    pub fn curve_axes(&self) -> Option<[usize; 2]> {
        match self.layout {
            Layout::Curves { along, each } => Some([along, each]),
            _ => None,
        }
    }

    /// Leaves out curves by their index, since what is along the figure has no effect on them, each
    /// with the reason.
    #[must_use]
    pub fn without(mut self, idle: Vec<(usize, String)>) -> ChartBuilder {
        self.idle = idle;
        self
    }

    fn take(&mut self, row: &Row) {
        let value = row.cells[self.metric.cell].as_f64().unwrap_or(f64::NAN);
        let lane = self.lane.and_then(|cell| row.cells[cell].as_u64()).unwrap_or(0);
        self.rows += 1;
        match self.points.last_mut() {
            Some(point) if lane > 0 && self.layout.keeps_lanes() => point.push(value),
            Some(point) if lane > 0 => point[0] = self.metric.worst.of_two(point[0], value),
            _ => {
                self.points.push(vec![value]);
                self.failed.push(false);
                self.failing.push(false);
            }
        }
        if let (Some(failed), Some(failing)) = (self.failed.last_mut(), self.failing.last_mut()) {
            let [passes, refused] = self.verdict.map(|cell| cell.map(|cell| &row.cells[cell]));
            let fails = passes.is_some_and(|passes| *passes == Value::Bool(false));
            let fails = fails || refused.is_some_and(|because| !because.is_null());
            *failed |= value.is_nan() && fails;
            *failing |= fails;
        }
    }

    /// The figure; `None` while rows are missing.
    pub fn picture(&self) -> Option<Picture> {
        if self.rows < self.total {
            return None;
        }
        Some(match self.layout {
            Layout::Lanes { along } => {
                Picture::Curves(self.curves(along, self.lanes(along), String::new()))
            }
            Layout::Curves { along, each } => {
                let axis = &self.axes[each];
                let AxisScale { quantity, unit, .. } = axis.scale();
                let trace = |i: usize| Curve {
                    name: axis.value_label(i),
                    limit: self.limit_line(along, Some((each, i))),
                    points: self.line(along, Some((each, i))),
                    failed: self.failures(along, Some((each, i))),
                    ..Curve::default()
                };
                let legend =
                    if unit.is_empty() { quantity } else { format!("{quantity} ({unit})") };
                let drawn = |i: &usize| self.idle.iter().all(|(idle, _)| idle != i);
                let traces = (0..axis.count()).filter(drawn).map(trace).collect();
                Picture::Curves(self.curves(along, traces, legend))
            }
            Layout::HeatMap { along, up } => Picture::HeatMap(self.heat_map(along, up)),
        })
    }

    fn curves(&self, along: usize, traces: Vec<Curve>, legend: String) -> Curves {
        let (x, y) = (self.axes[along].scale(), self.metric.scale.clone());
        let holes = traces
            .iter()
            .filter(|t| t.role == CurveRole::Main)
            .flat_map(|t| &t.points)
            .filter(|p| p.1.is_nan())
            .count();
        let failed = traces.iter().map(|trace| trace.failed.len()).sum();
        Curves {
            title: format!("{}: {} against {}", self.subject, y.quantity, x.quantity),
            caption: self.caption(holes, failed),
            x,
            y,
            legend,
            traces,
            limit: self.metric.limit,
            marks: Vec::new(),
        }
    }

    /// Curves of every lane, then of the worst one.
    fn lanes(&self, along: usize) -> Vec<Curve> {
        let count = self.lanes_max();
        let places = self.axes[along].places();
        let lane = |lane: usize| {
            let value = |i: usize| self.points[i].get(lane).copied().unwrap_or(f64::NAN);
            let points = places.iter().map(|&(x, i)| (x, value(i))).collect();
            Curve {
                name: "each lane".to_owned(),
                points,
                role: CurveRole::Background,
                ..Curve::default()
            }
        };
        let mut traces: Vec<Curve> =
            if count > 1 { (0..count).map(lane).collect() } else { Vec::new() };
        let worst = format!("{} lane", self.metric.worst.word());
        let name = if count > 1 { &worst } else { "lane 0" };
        traces.push(Curve {
            name: name.to_owned(),
            points: self.line(along, None),
            failed: self.failures(along, None),
            limit: self.limit_line(along, None),
            ..Curve::default()
        });
        traces
    }

    /// Curve of the worst lane over an axis, at one value of another.
    fn line(&self, along: usize, at: Option<(usize, usize)>) -> Vec<(f64, f64)> {
        let value = |i: usize| self.worst(self.point_on(along, i, at));
        self.axes[along].places().into_iter().map(|(x, i)| (x, value(i))).collect()
    }

    /// The limit along that curve where points differ in it.
    fn limit_line(&self, along: usize, at: Option<(usize, usize)>) -> Vec<(f64, f64)> {
        if self.limits.is_empty() || !self.axes[along].is_numeric() {
            return Vec::new();
        }
        let limit = |i: usize| self.limits[self.point_on(along, i, at)].unwrap_or(f64::NAN);
        self.axes[along].places().into_iter().map(|(x, i)| (x, limit(i))).collect()
    }

    /// Places on that curve without a value because a lane fails.
    fn failures(&self, along: usize, at: Option<(usize, usize)>) -> Vec<f64> {
        let places = self.axes[along].places().into_iter();
        places.filter(|&(_, i)| self.failed[self.point_on(along, i, at)]).map(|(x, _)| x).collect()
    }

    /// The point at the `i`-th value of an axis and one value of another.
    fn point_on(&self, along: usize, i: usize, at: Option<(usize, usize)>) -> usize {
        let mut indices = vec![0; self.axes.len()];
        indices[along] = i;
        if let Some((axis, value)) = at {
            indices[axis] = value;
        }
        self.point(&indices)
    }

    fn heat_map(&self, along: usize, up: usize) -> HeatMap {
        let (across, upward) = (self.axes[along].places(), self.axes[up].places());
        let point =
            |(i, j): (usize, usize)| self.point_on(along, across[i].1, Some((up, upward[j].1)));
        let size = (across.len(), upward.len());
        let values = Array2::from_shape_fn(size, |at| self.worst(point(at)));
        let failed = Array2::from_shape_fn(size, |at| self.failed[point(at)]);
        let (x, y, z) =
            (self.axes[along].scale(), self.axes[up].scale(), self.metric.scale.clone());
        HeatMap {
            title: format!("{}: {}", self.subject, z.quantity),
            caption: self.caption(
                values.iter().filter(|value| value.is_nan()).count(),
                failed.iter().filter(|failed| **failed).count(),
            ),
            failed,
            x,
            y,
            z,
            across: across.into_iter().map(|(place, _)| place).collect(),
            up: upward.into_iter().map(|(place, _)| place).collect(),
            values,
            limit: self.metric.limit,
        }
    }

    /// The point with some value of every axis.
    fn point(&self, indices: &[usize]) -> usize {
        self.axes.iter().zip(indices).fold(0, |point, (axis, i)| point * axis.count() + i)
    }

    /// The worst lane of a point.
    fn worst(&self, point: usize) -> f64 {
        let lanes = self.points[point].iter().copied();
        lanes.reduce(|a, b| self.metric.worst.of_two(a, b)).unwrap_or(f64::NAN)
    }

    fn lanes_max(&self) -> usize {
        self.points.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Caption: lanes, axes of one value, points, failures and values that are missing otherwise.
    fn caption(&self, holes: usize, failed: usize) -> String {
        let fixed = self.axes.iter().filter(|axis| axis.count() == 1).map(|axis| {
            let (quantity, unit) = axis.label();
            format!("{quantity} {} {unit}", axis.value_label(0)).trim_end().to_owned()
        });
        let mut parts: Vec<String> = fixed.collect();
        let points = self.points.len() as u64;
        parts.push(match self.total / points.max(1) {
            0 | 1 => "1 lane".to_owned(),
            _ if !self.total.is_multiple_of(points) => {
                format!("the {} lane of each point", self.metric.worst.word())
            }
            lanes => format!("the {} of {lanes} lanes", self.metric.worst.word()),
        });
        let sides = self
            .axes
            .iter()
            .map(ChartAxis::count)
            .filter(|len| *len > 1)
            .map(|len| len.to_string())
            .collect::<Vec<_>>();
        parts.push(format!("{} points", sides.join(" × ")));
        let points = self.failing.iter().zip(&self.failed);
        let with_value = points.filter(|(failing, failed)| **failing && !**failed).count();
        // the contour or line of a limit shows them
        if with_value > 0 && self.metric.limit.is_none() {
            parts.push(format!("fails at {with_value} of them"));
        }
        if failed > 0 {
            parts.push(format!("fails without a value at {failed} of them"));
        }
        if holes > failed {
            parts.push(format!("not evaluated at {} of them", holes - failed));
        }
        parts.extend(self.idle.iter().map(|(_, why)| why.clone()));
        if matches!(self.layout, Layout::HeatMap { .. }) && !self.limits.is_empty() {
            parts.push("the limit differs between points and is not drawn".to_owned());
        }
        parts.join(" · ")
    }
}

impl Layout {
    fn keeps_lanes(self) -> bool {
        matches!(self, Layout::Lanes { .. })
    }
}

impl RowSink for ChartBuilder {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.lane = header.position("lane");
        self.verdict = ["passes", "not_evaluated"].map(|name| header.position(name));
        Ok(())
    }

    fn push(&mut self, _: u64, row: &Row) -> io::Result<()> {
        self.take(row);
        Ok(())
    }

    fn finish(&mut self, _: End) -> io::Result<()> {
        Ok(())
    }

    fn written(&self) -> u64 {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::super::scale::ScaleKind;
    use super::*;
    use serde_json::json;

    /// Points at which a lane fails or is refused, and has no value, are failures; a point without
    /// a value that passes is none.
    #[test]
    fn a_point_without_a_value_that_fails_is_a_failure() {
        let axis = ChartAxis {
            key: "fibre.length_km".to_owned(),
            values: (0..5).map(toml::Value::from).collect(),
            is_list: false,
            is_logarithmic: false,
        };
        let metric = ChartedMetric {
            cell: 0,
            scale: AxisScale {
                quantity: "loss margin".to_owned(),
                unit: "dB".to_owned(),
                kind: ScaleKind::Linear,
            },
            better: Better::Higher,
            worst: Worst::Lowest,
            limit: None,
        };
        let mut chart = ChartBuilder::new(vec![axis], metric, "link".to_owned(), 5).unwrap();
        chart.begin(&Header::of(["loss_margin_db", "lane", "passes", "not_evaluated"])).unwrap();
        let rows = [
            json!([1.5, 0, true, null]),
            json!([null, 0, true, null]),
            json!([-1.5, 0, false, null]),
            json!([null, 0, false, null]),
            json!([null, 0, null, "no lock"]),
        ];
        for (number, row) in rows.iter().enumerate() {
            let cells = row.as_array().unwrap().clone();
            chart.push(number as u64, &Row { at: vec![], cells }).unwrap();
        }
        let Some(Picture::Curves(curves)) = chart.picture() else { panic!("curves") };
        assert_eq!(curves.traces[0].failed, [3.0, 4.0]);
        let said = "fails at 1 of them · fails without a value at 2 of them · \
                    not evaluated at 1 of them";
        assert!(curves.caption.ends_with(said), "{}", curves.caption);
    }
}
