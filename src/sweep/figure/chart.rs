//! Rows become a figure.

use super::layout::{self, Layout};
use super::words::{of_value, spoken};
use super::{Curves, Limit, Map, Merit, Picture, Role, Scale, Trace};
use crate::error::Result;
use crate::link::{Config, link_name};
use crate::sweep::{Axis, Row, Sweep};
use ndarray::Array2;

/// A figure to be: its axes are known and good, its values come row by row.
///
/// ```no_run
/// use lightlane::{link::Stack, plot, sweep::{Axis, Chart, Sweep}};
/// use std::sync::atomic::AtomicBool;
/// let mut stack = Stack::open("800gbase-dr8")?;
/// for assignment in ["lanes=2", "simulation.symbols=0", "simulation.symbols_at_limit=0", "simulation.block_symbols=1024"] {
///     stack.set(assignment)?;
/// }
/// let sweep = Sweep::new(&stack, vec![Axis::parse("fibre.length_km=0:2:1")?])?;
/// let mut chart = Chart::new(&sweep, "margin_db")?;
/// let mut push = |row: &_| Ok(chart.push(row));
/// sweep.run(&mut push, &mut |_| (), &AtomicBool::new(false))?;
/// let picture = chart.picture().expect("every row is there");
/// plot::save(&picture, "reach.png", plot::Size::Slide)?;
/// # Ok::<(), lightlane::Error>(())
/// ```
pub struct Chart {
    axes: Vec<Axis>,
    layout: Layout,
    merit: Merit,
    /// The link, without what varies.
    link: String,
    limit: Option<Limit>,
    /// Value by value of each point: every lane's, or only the worst one's.
    points: Vec<Vec<f64>>,
    rows: u64,
    total: u64,
}

impl Chart {
    /// A chart of one figure of a sweep's rows, by its name.
    ///
    /// # Errors
    ///
    /// A name that no numeric column has; axes that no figure can show: none or more than two that
    /// vary, more names than there is room for.
    pub fn new(sweep: &Sweep, figure: &str) -> Result<Chart> {
        let merit = Merit::named(figure)?;
        let layout = Layout::of(sweep.axes())?;
        let first = sweep.link(&sweep.values(0))?;
        let limit = merit
            .limit(limit_ber(&first.lanes, sweep.axes()))
            .map(|value| Limit { value, better: merit.better() });
        Ok(Chart {
            axes: sweep.axes().to_vec(),
            layout,
            merit,
            link: link(&first.base, sweep.axes()),
            limit,
            points: Vec::new(),
            rows: 0,
            total: sweep.rows(),
        })
    }

    /// Takes a row, in the order in which a sweep hands them over.
    pub fn push(&mut self, row: &Row) {
        let value = self.merit.of(row);
        self.rows += 1;
        match self.points.last_mut() {
            Some(point) if row.lane() > 0 && self.layout.keeps_lanes() => point.push(value),
            Some(point) if row.lane() > 0 => point[0] = self.merit.better().worse(point[0], value),
            _ => self.points.push(vec![value]),
        }
    }

    /// The figure; none as long as rows are missing.
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
                let Scale { quantity, unit, .. } = layout::scale(axis);
                let trace = |i| Trace {
                    name: of_value(&axis.value(i)),
                    points: self.line(along, Some((each, i))),
                    ..Trace::default()
                };
                let legend =
                    if unit.is_empty() { quantity } else { format!("{quantity} ({unit})") };
                Picture::Curves(self.curves(along, (0..axis.len()).map(trace).collect(), legend))
            }
            Layout::Map { along, up } => Picture::Map(self.map(along, up)),
        })
    }

    fn curves(&self, along: usize, traces: Vec<Trace>, legend: String) -> Curves {
        let (x, y) = (layout::scale(&self.axes[along]), self.merit.scale());
        let holes = traces
            .iter()
            .filter(|t| t.role == Role::Own)
            .flat_map(|t| &t.points)
            .filter(|p| p.1.is_nan())
            .count();
        Curves {
            title: format!("{}: {} against {}", self.link, y.quantity, x.quantity),
            caption: self.caption(holes),
            x,
            y,
            legend,
            traces,
            limit: self.limit,
        }
    }

    /// The worst lane, and behind it the lanes.
    fn lanes(&self, along: usize) -> Vec<Trace> {
        let most = self.most_lanes();
        let places = layout::places(&self.axes[along]);
        let lane = |lane: usize| {
            let value = |i: usize| self.points[i].get(lane).copied().unwrap_or(f64::NAN);
            let points = places.iter().map(|&(x, i)| (x, value(i))).collect();
            Trace {
                name: "each lane".to_owned(),
                points,
                role: Role::Background,
                ..Trace::default()
            }
        };
        let mut traces: Vec<Trace> =
            if most > 1 { (0..most).map(lane).collect() } else { Vec::new() };
        let name = if most > 1 { "worst lane" } else { "lane 0" };
        traces.push(Trace {
            name: name.to_owned(),
            points: self.line(along, None),
            ..Trace::default()
        });
        traces
    }

    /// The worst lane over an axis, at one value of another.
    fn line(&self, along: usize, at: Option<(usize, usize)>) -> Vec<(f64, f64)> {
        let value = |i: usize| {
            let mut indices = vec![0; self.axes.len()];
            indices[along] = i;
            if let Some((axis, value)) = at {
                indices[axis] = value;
            }
            self.worst(&indices)
        };
        layout::places(&self.axes[along]).into_iter().map(|(x, i)| (x, value(i))).collect()
    }

    fn map(&self, along: usize, up: usize) -> Map {
        let (across, upward) = (layout::places(&self.axes[along]), layout::places(&self.axes[up]));
        let values = Array2::from_shape_fn((across.len(), upward.len()), |(i, j)| {
            let mut indices = vec![0; self.axes.len()];
            (indices[along], indices[up]) = (across[i].1, upward[j].1);
            self.worst(&indices)
        });
        let (x, y, z) =
            (layout::scale(&self.axes[along]), layout::scale(&self.axes[up]), self.merit.scale());
        Map {
            title: format!("{}: {}", self.link, z.quantity),
            caption: self.caption(values.iter().filter(|value| value.is_nan()).count()),
            x,
            y,
            z,
            across: across.into_iter().map(|(place, _)| place).collect(),
            up: upward.into_iter().map(|(place, _)| place).collect(),
            values,
            limit: self.limit,
        }
    }

    /// The worst lane of the point with some value of every axis.
    fn worst(&self, indices: &[usize]) -> f64 {
        let point =
            self.axes.iter().zip(indices).fold(0, |point, (axis, i)| point * axis.len() + i);
        let lanes = self.points[point].iter().copied();
        lanes.reduce(|a, b| self.merit.better().worse(a, b)).unwrap_or(f64::NAN)
    }

    fn most_lanes(&self) -> usize {
        self.points.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Lanes, axes of one value, points, holes.
    fn caption(&self, holes: usize) -> String {
        let fixed = self.axes.iter().filter(|axis| axis.len() == 1).map(|axis| {
            let (quantity, unit) = spoken(&axis.name());
            format!("{quantity} {} {unit}", of_value(&axis.value(0))).trim_end().to_owned()
        });
        let mut parts: Vec<String> = fixed.collect();
        let points = self.points.len() as u64;
        parts.push(match self.total / points.max(1) {
            0 | 1 => "1 lane".to_owned(),
            _ if !self.total.is_multiple_of(points) => "the worst lane of each point".to_owned(),
            lanes => format!("the worst of {lanes} lanes"),
        });
        let sides = self
            .axes
            .iter()
            .map(Axis::len)
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

/// The limit of all lanes and points, if it is one.
fn limit_ber(lanes: &[Config], axes: &[Axis]) -> Option<f64> {
    let varies = axes.iter().any(|axis| {
        axis.len() > 1 && axis.name().ends_with("limits.pmd_ber")
            || axis.name().ends_with("limits.link_ber")
    });
    let first = lanes.first()?.limit_ber();
    (!varies && lanes.iter().all(|lane| lane.limit_ber() == first)).then_some(first)
}

/// What a title calls the link, without what varies.
fn link(config: &Config, axes: &[Axis]) -> String {
    let name = link_name(config);
    let varies = axes.iter().any(|axis| axis.len() > 1 && axis.name() == "transmitter.kind");
    match name.split_once(',') {
        Some((preset, _)) if varies => preset.to_owned(),
        _ => name,
    }
}
