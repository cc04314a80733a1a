//! `lightlane sweep`: one link at many points, into a table and a figure.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output::note;
use super::runner::{RunnerArgs, clear_progress};
use super::source::LinkArgs;
use crate::error::Error;
use crate::plot::{Size, Target};
use crate::run_options::{Progress, RunOptions};
use crate::sweep::{Done, Sweep, SweepEnd};
use crate::table::{Both, Format, InOrder};
use clap::{ArgGroup, Args};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Number of points above which a sweep needs --yes.
const MANY_POINTS: u64 = 100_000;
/// Interval of progress lines on a terminal, and in a log.
const ON_TERMINAL: Duration = Duration::from_millis(100);
const IN_LOG: Duration = Duration::from_secs(10);

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
    #[arg(long, value_name = "FILE", value_parser = table)]
    out: Option<SweepTable>,
    /// The figure: .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Value shown by the figure: a numeric column of the table
    #[arg(long, value_name = "NAME", default_value = "loss_margin_db", requires = "plot")]
    figure: String,
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
        let target = self.plot.as_ref().map(Target::new).transpose()?;
        let (stack, _) = self.source.stack(&[])?;
        let (done, chart) = self.runner.on_threads(|cancel| {
            let sweep = if self.keep_refused {
                Sweep::keeping_refused(&stack, axes)?
            } else {
                Sweep::new(&stack, axes)?
            };
            if sweep.refused() > 0 {
                note(&format!("{} of {points} points are refused", sweep.refused()));
            }
            sweep.ignored_corner().iter().for_each(|said| note(said));
            sweep.ignored_keys().iter().for_each(|said| note(&format!("warning: {said}")));
            let chart = target.as_ref().map(|_| sweep.chart(&self.figure)).transpose()?;
            let file = self.out.as_ref().map(|out| out.format.create(&out.path)).transpose()?;
            let mut sink = Both(chart.map(InOrder::new), file);
            let printer = ProgressPrinter::new();
            let progress = |progress| printer.report(progress);
            let done = sweep.run(
                &mut sink,
                &RunOptions { cancel: cancel.clone(), progress: Some(&progress) },
            )?;
            Ok::<_, Error>((done, sink.0.map(InOrder::into_inner)))
        })??;
        clear_progress();
        if let (Some(target), Some(picture), SweepEnd::Complete) =
            (target, chart.and_then(|chart| chart.picture()), &done.end)
        {
            target.write(&picture, Size::Slide)?;
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

fn table(text: &str) -> Result<SweepTable, String> {
    let path = PathBuf::from(text);
    let format = Format::of(&path).ok_or("a table ends in .csv or .jsonl")?;
    Ok(SweepTable { path, format })
}

/// Progress on stderr: rate and time left, often on a terminal, now and then in a log.
struct ProgressPrinter {
    begun: Instant,
    last: Mutex<Instant>,
    terminal: bool,
}

impl ProgressPrinter {
    fn new() -> Self {
        let now = Instant::now();
        ProgressPrinter {
            begun: now,
            last: Mutex::new(now),
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn report(&self, progress: Progress) {
        let mut last = self.last.lock().expect("no holder panics");
        if last.elapsed() < if self.terminal { ON_TERMINAL } else { IN_LOG } {
            return;
        }
        *last = Instant::now();
        let line = progress_line(progress, self.begun.elapsed());
        if self.terminal {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r{line}\x1b[K");
            let _ = err.flush();
        } else {
            note(&line);
        }
    }
}

/// `sweep: 120 of 1000 rows, 35.2 rows/s, 25 s left`.
fn progress_line(Progress { done: rows, total }: Progress, elapsed: Duration) -> String {
    let rate = rows as f64 / elapsed.as_secs_f64().max(1e-3);
    let left = (total - rows) as f64 / rate.max(1e-9);
    let decimals = if rate < 10.0 { 2 } else { 0 };
    format!("sweep: {rows} of {total} rows, {rate:.decimals$} rows/s, {} left", clock(left))
}

fn clock(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_gives_rate_and_time_left() {
        let line = |done, total, seconds| {
            progress_line(Progress { done, total }, Duration::from_secs(seconds))
        };
        assert_eq!(line(120, 1000, 4), "sweep: 120 of 1000 rows, 30 rows/s, 29 s left");
        assert_eq!(line(1, 1001, 4), "sweep: 1 of 1001 rows, 0.25 rows/s, 1 h 6 min left");
        assert_eq!(line(10, 1010, 100), "sweep: 10 of 1010 rows, 0.10 rows/s, 2 h 46 min left");
    }
}
