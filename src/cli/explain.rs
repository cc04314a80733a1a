//! `lightlane explain`: where the margin of a link goes.

use super::failure::Failure;
use super::figure_args::{FigureArgs, one};
use super::outcome::Outcome;
use super::output::{self, note};
use super::runner::RunnerArgs;
use super::source::LinkArgs;
use super::stop::stopped;
use crate::link::{ExplainedLanes, explain, memory_bytes};
use crate::report;
use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Each impairment (bandwidth, noise, jitter, dispersion, reflections, crosstalk, saturation, quantisation, RIN) is made ideal
alone: its penalty is the margin without it less the margin with all, with the same random numbers and the receiver trained
anew. What single penalties leave of the distance to receiver thermal noise alone is the joint remainder. Then each key moves by
one standard deviation of its tolerance, both ways. The keys of each step are in --json; with --set they give the same margin.
Taps and analogue gains that a description searches are searched for each step: a linear module takes a minute or two.

Examples:
  lightlane explain 800gbase-dr8
  lightlane explain 1.6tbase-dr8 --set transmitter.kind=mzm --lane 3
  lightlane explain my.toml --lane all --json
  lightlane explain 800gbase-dr8 --plot penalties.png

Exit codes: 0 done, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP: what is done is printed) or disk full.";

/// Shows where the margin goes: the penalty of each impairment, and the change by each tolerance
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// Lane, from 0, or all; the lane of the smallest loss margin when not given
    #[arg(long, value_name = "N|all", value_parser = lane)]
    lane: Option<ExplainedLanes>,
    /// Prints JSON instead of tables
    #[arg(long)]
    json: bool,
    /// Draws the lane's penalties and tolerances, of all lanes those of the smallest loss margin; a
    /// file ending in .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    figure: FigureArgs,
    #[command(flatten)]
    runner: RunnerArgs,
}

/// A lane's number, or `all`.
fn lane(text: &str) -> Result<ExplainedLanes, String> {
    match text {
        "all" => Ok(ExplainedLanes::All),
        number => number
            .parse()
            .map(ExplainedLanes::One)
            .map_err(|_| "must be the number of a lane, from 0, or all".to_owned()),
    }
}

impl ExplainArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let link = self.source.resolve()?;
        output::warn(&link.warnings);
        let lanes = self.lane.unwrap_or_default();
        if let ExplainedLanes::One(number) = lanes
            && number >= link.lanes.len()
        {
            let remedy = format!("must be a lane of the link, from 0 to {}", link.lanes.len() - 1);
            return Err(one("--lane", &number.to_string(), &remedy).into());
        }
        let figure = self.figure.file(self.plot.as_ref(), "--plot")?;
        // variants are solved one on each thread
        let threads = self.runner.threads();
        let all = link.lanes.iter().cycle().take(threads.max(link.lanes.len()));
        self.runner.fits(memory_bytes(all, threads))?;
        let found =
            self.runner.with_progress("explain", |options| explain(&link, lanes, options))??;
        output::print(&if self.json { report::json(&found) } else { report::explanation(&found) })?;
        if stopped() {
            note("stopped early: not every variant was evaluated");
            return Ok(Outcome::Stopped);
        }
        figure.map_or(Ok(()), |figure| figure.write(&found))?;
        Ok(Outcome::Good)
    }
}
