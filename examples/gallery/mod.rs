//! Shared by the examples: how much is computed, and where pictures go.
//!
//! Without arguments an example computes in full and draws into `plots/`. `--quick` takes fewer
//! points and shorter blocks and draws into `target/quick-plots/`, so that the pictures of the
//! manual stay; it is what `.ci/run` does.
#![allow(dead_code, clippy::print_stdout)] // no example needs all of it

use lightlane::chart::{ChartBuilder, Curves, Picture};
use lightlane::link::LayeredConfig;
use lightlane::plot::{Figure, Size, save};
use lightlane::sweep::{Axis, RunOptions, Sweep};
use lightlane::table::{End, Header, InOrder, Row, RowSink};
use std::io;
use std::path::Path;

/// The first in full, the second with `--quick`.
pub(crate) fn full_or_quick<T>(full: T, quick: T) -> T {
    if std::env::args().any(|argument| argument == "--quick") { quick } else { full }
}

/// A preset for the semi-analytic estimator alone, without counting.
pub(crate) fn uncounted(preset: &str) -> lightlane::Result<LayeredConfig> {
    let mut stack = LayeredConfig::open(preset)?;
    stack.set("simulation.symbols=0")?;
    stack.set("simulation.symbols_at_limit=0")?;
    stack.set(&format!("simulation.block_symbols={}", full_or_quick(8192, 1024)))?;
    Ok(stack)
}

/// The same with one lane of nominal power.
pub(crate) fn one_lane(preset: &str) -> lightlane::Result<LayeredConfig> {
    let mut stack = uncounted(preset)?;
    stack.set("lanes=1")?;
    stack.set("spread.launch_power_db=0")?;
    Ok(stack)
}

/// A figure of merit over one axis, or over one and a few values of another.
pub(crate) fn curves(
    stack: &LayeredConfig,
    axes: &[&str],
    figure: &str,
) -> lightlane::Result<Curves> {
    let [curves] = curves_of(stack, axes, [figure])?;
    Ok(curves)
}

/// Charts of the same rows.
struct All(Vec<ChartBuilder>);

impl RowSink for All {
    fn begin(&mut self, header: &Header) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|chart| chart.begin(header))
    }

    fn push(&mut self, index: u64, row: &Row) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|chart| chart.push(index, row))
    }

    fn finish(&mut self, end: End) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|chart| chart.finish(end))
    }

    fn written(&self) -> u64 {
        self.0.first().map_or(0, RowSink::written)
    }
}

/// Several metrics of the same rows.
pub(crate) fn curves_of<const N: usize>(
    stack: &LayeredConfig,
    axes: &[&str],
    figures: [&str; N],
) -> lightlane::Result<[Curves; N]> {
    let axes = axes.iter().map(|axis| Axis::parse(axis)).collect::<lightlane::Result<_>>()?;
    let sweep = Sweep::new(stack, axes)?;
    let charts =
        figures.iter().map(|figure| sweep.chart(figure)).collect::<lightlane::Result<Vec<_>>>()?;
    let mut charts = InOrder::new(All(charts));
    sweep.run(&mut charts, &RunOptions::default())?;
    let All(charts) = charts.into_inner();
    let mut pictures = charts.iter().map(|chart| match chart.picture() {
        Some(Picture::Curves(curves)) => curves,
        other => panic!("one axis of numbers makes curves, not {other:?}"),
    });
    Ok(std::array::from_fn(|_| pictures.next().expect("a picture for each figure")))
}

/// Where a curve first goes through a level, between points on a straight line.
pub(crate) fn crossing(points: &[(f64, f64)], level: f64) -> Option<f64> {
    let crossed = points.windows(2).find(|pair| (pair[0].1 < level) != (pair[1].1 < level))?;
    let ((x0, y0), (x1, y1)) = (crossed[0], crossed[1]);
    Some(x0 + (level - y0) / (y1 - y0) * (x1 - x0))
}

/// A curve's value at a place that is one of its points.
pub(crate) fn at(points: &[(f64, f64)], x: f64) -> f64 {
    points.iter().find(|point| (point.0 - x).abs() < 1e-9).map_or(f64::NAN, |point| point.1)
}

/// Prints what the README says of the picture: `.ci/gallery.py` holds it to this line.
pub(crate) fn answer(text: &str) {
    println!("answer: {}", text.replace(" -", " \u{2212}"));
}

/// Writes a picture of the manual or, with `--quick`, a temporary one.
pub(crate) fn draw(figure: &impl Figure, name: &str, size: Size) -> lightlane::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = full_or_quick(root.join("plots"), root.join("target/quick-plots"));
    std::fs::create_dir_all(&folder)
        .map_err(|source| lightlane::Error::Io { path: folder.clone(), source })?;
    save(figure, folder.join(name), size)
}
