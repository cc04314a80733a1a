//! `lightlane compare`: variants of one link side by side.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output::{self, note};
use super::runner::RunnerArgs;
use super::source::LinkArgs;
use crate::report;
use crate::sweep::{Comparison, RankBy, Sweep};
use clap::{Args, ValueEnum};

/// Number of variants above which --yes is needed; a sweep is then the better tool.
const MANY_VARIANTS: u64 = 64;

const EXAMPLES: &str = "\
Several --vary make every combination, the last one fastest. Values are those of `sweep --axis`:
names, files, numbers, ranges. Each variant gives exactly the results of `run`.

Differences are to the first variant. They are paired: variants share the seeds of data and noise,
and the difference is taken lane by lane: its mean over the lanes, with a 95 % interval from their
spread (Student t), widened by 0.002 dB for the search of the margins. Where --vary changes the
seed, variants are not paired, and the table says so. Variants rank by a margin of the worst lane,
to 0.01 dB: --rank-by loss (the default), the loss margin, capped by the overload margin where a
receiver limits; --rank-by snr, the SNR margin. One that lacks a result on any lane ranks last and
never passes.

Examples:
  lightlane compare 800gbase-dr8 --vary transmitter.kind=eml,mzm
  lightlane compare 1.6tbase-dr8 --vary transmitter.kind=eml,mzm --vary fibre.length_km=0.5,2
  lightlane compare my.toml --vary receiver.tia.response.file=old.s2p,new.s2p --json
  lightlane compare my.toml --vary receiver.dsp.ffe.taps=9:25:4 --symbols 0

Exit codes: 0 all variants were run, 2 the input is wrong, 3 stopped early
(Ctrl-C, SIGTERM, SIGHUP: finished variants are printed) or disk full.";

/// Runs several variants of a link and prints them side by side, with their differences
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompareArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// A key and the values to compare; may be given several times
    #[arg(long = "vary", value_name = "KEY=VALUES", required = true)]
    vary: Vec<String>,
    /// Margin of the worst lane by which variants rank
    #[arg(long, value_name = "MARGIN", value_enum, default_value = "loss")]
    rank_by: RankByArg,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Runs more than 64 variants without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    runner: RunnerArgs,
}

/// Margins by which variants rank.
#[derive(Clone, Copy, ValueEnum)]
enum RankByArg {
    /// Loss margin, capped by the overload margin
    Loss,
    /// SNR margin
    Snr,
}

impl From<RankByArg> for RankBy {
    fn from(by: RankByArg) -> RankBy {
        match by {
            RankByArg::Loss => RankBy::Loss,
            RankByArg::Snr => RankBy::Snr,
        }
    }
}

impl CompareArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let axes = self.source.axes("--vary", &self.vary)?;
        let variants = Sweep::points_of(&axes);
        if variants > MANY_VARIANTS && !self.yes {
            return Err(Failure::input(format!(
                "these lists make {variants} variants; add --yes to run them"
            )));
        }
        let (stack, _) = self.source.stack(&[])?;
        let comparison = self.runner.on_threads(|| Comparison::new(&stack, axes))??;
        let comparison = comparison.ranked_by(self.rank_by.into());
        comparison.ignored_corner().iter().for_each(|said| note(said));
        self.runner.fits(comparison.memory_bytes(self.runner.threads()))?;
        let compared =
            self.runner.with_progress("compare", |options| comparison.run(options))??;
        output::print(&if self.json {
            report::json(&compared)
        } else {
            report::compared(&compared)
        })?;
        if compared.complete {
            return Ok(Outcome::Good);
        }
        note(&format!(
            "stopped early: {} of {} variants are done",
            compared.variants.len(),
            compared.total
        ));
        Ok(Outcome::Stopped)
    }
}
