//! `lightlane sweep`: one link at many points, into a table and a figure.

use super::failure::Failure;
use super::figure_args::FigureArgs;
use super::outcome::Outcome;
use super::output::{self, note};
use super::runner::RunnerArgs;
use super::source::LinkArgs;
use super::stop::at_once;
use crate::sweep::{Done, Sweep, SweepEnd};
use crate::table::{Both, Format, InOrder};
use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{ArgGroup, Args};
use std::path::PathBuf;

/// Number of points above which a sweep needs --yes.
const MANY_POINTS: u64 = 100_000;

const EXAMPLES: &str = "\
Axes, each with any key of the description (also lane.3.fibre.length_km):
  fibre.length_km=0:2:0.5         from 0 to 2 in steps of 0.5, both ends included
  fibre.length_km=0:2:5lin        5 points with equal differences
  limits.pmd_ber=1e-6:1e-3:13log  13 points with equal ratios: a logarithmic axis
  transmitter.kind=eml,mzm        a list of numbers, names or files
  host.channel.files=ch*.s4p      all files that match, a point each

Several axes make every combination, the last axis fastest. A row is a point and a lane, in the order of the points; its
columns have the names of `run --json`, with identical values. A value that was not evaluated is empty (CSV) or null (JSONL).
A lane that does not pass has its reason in the column `reason`. A point whose description is refused ends the sweep before it
begins; with --keep-refused its rows say why, unless every point is refused.

--plot draws one axis as curves (all lanes and the worst; names as points), one with a list or names as a curve each, two axes
of numbers as a contour map of the worst lane, with the contour of the limit. Points without a value (a margin where no power
reaches the limit) are marked as failures, on a map hatched.

Examples:
  lightlane sweep 800gbase-dr8 --axis fibre.length_km=0:10:0.5 --set lanes=1 --out reach.csv
  lightlane sweep 1.6tbase-dr8 --axis transmitter.kind=eml,mzm --axis receiver.tia.bandwidth_ghz=40:80:5 --out tia.csv
  lightlane sweep my.toml --axis simulation.seed=1:100:1 --symbols 0 --out seeds.jsonl
  lightlane sweep my.toml --axis transmitter.kind=eml,mzm --axis fibre.length_km=0:4:0.25 --symbols 0 --plot reach.svg
  lightlane sweep my.toml --axis fibre.length_km=0:4:0.25 --axis receiver.tia.bandwidth_ghz=30:60:2 --symbols 0 --plot map.png

Exit codes: 0 all rows are written, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP, disk full): finished rows are kept.";

/// Runs a link at many points and writes a table
#[derive(Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("results").required(true).multiple(true).args(["out", "plot"]))]
pub(super) struct SweepArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// A key and its values; may be given many times
    #[arg(long = "axis", value_name = "KEY=VALUES", required = true)]
    axes: Vec<String>,
    /// The table: .csv, or .jsonl for a line of JSON each
    #[arg(long, value_name = "FILE", value_parser = tables())]
    out: Option<SweepTable>,
    /// The figure: .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Value shown by the figure: a numeric column of the table
    #[arg(long, value_name = "NAME", default_value = "loss_margin_db", requires = "plot")]
    figure: String,
    #[command(flatten)]
    drawn: FigureArgs,
    /// Keeps points whose description is refused: their rows have no figures and say why
    #[arg(long)]
    keep_refused: bool,
    /// Runs more than 100 000 points without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    runner: RunnerArgs,
}

#[derive(Clone)]
struct SweepTable {
    path: PathBuf,
    format: Format,
}

impl SweepArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let axes = self.source.axes("--axis", &self.axes)?;
        let points = Sweep::points_of(&axes);
        if points > MANY_POINTS && !self.yes {
            return Err(Failure::input(format!(
                "these axes make {points} points; add --yes to run them"
            )));
        }
        let target = self.drawn.file(self.plot.as_ref(), "--plot")?;
        let (stack, _) = self.source.stack(&[])?;
        let sweep = self.runner.on_threads(|| {
            if self.keep_refused {
                Sweep::keeping_refused(&stack, axes)
            } else {
                Sweep::new(&stack, axes)
            }
        })??;
        if sweep.refused() > 0 {
            note(&format!("{} of {points} points are refused", sweep.refused()));
        }
        sweep.ignored_corner().iter().for_each(|said| note(said));
        output::warn(sweep.ignored_keys().as_slice());
        self.runner.fits(sweep.memory_bytes(self.runner.threads()))?;
        let chart = target.as_ref().map(|_| sweep.chart(&self.figure)).transpose()?;
        let file = self.out.as_ref().map(|out| out.format.create(&out.path)).transpose()?;
        let mut sink = Both(chart.map(InOrder::new), file);
        let done =
            self.runner.with_progress("sweep", |options| sweep.run(&mut sink, options))??;
        let chart = sink.0.map(InOrder::into_inner);
        if let (Some(target), Some(picture), SweepEnd::Complete) =
            (target, chart.and_then(|chart| chart.picture()), &done.end)
        {
            at_once("stopped early: every row is done; the figure is not drawn", || {
                target.write(&picture)
            })?;
        }
        self.outcome(done)
    }

    /// How the sweep ended, with a note on the rows that are kept.
    fn outcome(&self, done: Done) -> Result<Outcome, Failure> {
        let rows = format!("{} of {} rows are", done.rows, done.total);
        let kept = self.out.as_ref().map_or_else(
            || format!("{rows} done"),
            |out| format!("{rows} in {}", out.path.display()),
        );
        let drawn = self
            .plot
            .as_ref()
            .map_or_else(String::new, |plot| format!("; {} is not drawn", plot.display()));
        match done.end {
            SweepEnd::Complete => Ok(Outcome::Good),
            SweepEnd::Cancelled => {
                note(&format!("stopped early: {kept}{drawn}"));
                Ok(Outcome::Stopped)
            }
            SweepEnd::Unwritable(error) => {
                note(&format!("{kept}{drawn}"));
                Err(Failure::Output(error))
            }
        }
    }
}

fn tables() -> impl TypedValueParser<Value = SweepTable> {
    PathBufValueParser::new().try_map(table)
}

fn table(path: PathBuf) -> Result<SweepTable, String> {
    let format = Format::of(&path).ok_or("a table ends in .csv or .jsonl")?;
    Ok(SweepTable { path, format })
}
