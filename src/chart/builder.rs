//! Building a figure from rows.

use super::axis::ChartAxis;
use super::curves::{Curve, CurveRole, Curves};
use super::heat_map::{HeatMap, Picture};
use super::layout::Layout;
use super::scale::{AxisScale, Limit};
use crate::error::Result;
use crate::table::{End, Header, Row, RowSink, Worst};
use ndarray::Array2;
use std::io;

/// The metric that a figure shows.
#[derive(Clone, Debug)]
pub struct ChartedMetric {
    /// Index of its cell in a row.
    pub cell: usize,
    /// Label, unit and spacing.
    pub scale: AxisScale,
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
    /// Cell of the lane's number.
    lane: Option<usize>,
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
            lane: None,
            rows: 0,
            total,
        })
    }

    fn take(&mut self, row: &Row) {
        let value = row.cells[self.metric.cell].as_f64().unwrap_or(f64::NAN);
        let lane = self.lane.and_then(|cell| row.cells[cell].as_u64()).unwrap_or(0);
        self.rows += 1;
        match self.points.last_mut() {
            Some(point) if lane > 0 && self.layout.keeps_lanes() => point.push(value),
            Some(point) if lane > 0 => point[0] = self.metric.worst.of_two(point[0], value),
            _ => self.points.push(vec![value]),
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
                let trace = |i| Curve {
                    name: axis.value_label(i),
                    points: self.line(along, Some((each, i))),
                    ..Curve::default()
                };
                let legend =
                    if unit.is_empty() { quantity } else { format!("{quantity} ({unit})") };
                Picture::Curves(self.curves(along, (0..axis.count()).map(trace).collect(), legend))
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
        Curves {
            title: format!("{}: {} against {}", self.subject, y.quantity, x.quantity),
            caption: self.caption(holes),
            x,
            y,
            legend,
            traces,
            limit: self.metric.limit,
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
            ..Curve::default()
        });
        traces
    }

    /// Curve of the worst lane over an axis, at one value of another.
    fn line(&self, along: usize, at: Option<(usize, usize)>) -> Vec<(f64, f64)> {
        let value = |i: usize| {
            let mut indices = vec![0; self.axes.len()];
            indices[along] = i;
            if let Some((axis, value)) = at {
                indices[axis] = value;
            }
            self.worst(&indices)
        };
        self.axes[along].places().into_iter().map(|(x, i)| (x, value(i))).collect()
    }

    fn heat_map(&self, along: usize, up: usize) -> HeatMap {
        let (across, upward) = (self.axes[along].places(), self.axes[up].places());
        let values = Array2::from_shape_fn((across.len(), upward.len()), |(i, j)| {
            let mut indices = vec![0; self.axes.len()];
            (indices[along], indices[up]) = (across[i].1, upward[j].1);
            self.worst(&indices)
        });
        let (x, y, z) =
            (self.axes[along].scale(), self.axes[up].scale(), self.metric.scale.clone());
        HeatMap {
            title: format!("{}: {}", self.subject, z.quantity),
            caption: self.caption(values.iter().filter(|value| value.is_nan()).count()),
            x,
            y,
            z,
            across: across.into_iter().map(|(place, _)| place).collect(),
            up: upward.into_iter().map(|(place, _)| place).collect(),
            values,
            limit: self.metric.limit,
        }
    }

    /// The worst lane of the point with some value of every axis.
    fn worst(&self, indices: &[usize]) -> f64 {
        let point =
            self.axes.iter().zip(indices).fold(0, |point, (axis, i)| point * axis.count() + i);
        let lanes = self.points[point].iter().copied();
        lanes.reduce(|a, b| self.metric.worst.of_two(a, b)).unwrap_or(f64::NAN)
    }

    fn lanes_max(&self) -> usize {
        self.points.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Caption: lanes, axes of one value, points, missing values.
    fn caption(&self, holes: usize) -> String {
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
        if holes > 0 {
            parts.push(format!("not evaluated at {holes} of them"));
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
