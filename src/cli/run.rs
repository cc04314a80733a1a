//! `lightlane run`: bit error ratio and margin of every lane.

use super::export::ExportArgs;
use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::plots::PlotsArgs;
use super::runner::RunnerArgs;
use super::source::LinkArgs;
use super::stop::{at_once, stopped};
use crate::report;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  lightlane run 800gbase-dr8
  lightlane run 1.6tbase-dr8 --set transmitter.kind=mzm --set fibre.length_km=2
  lightlane run my.toml --set lane.3.fibre.connector_loss_db=5 --symbols 10M
  lightlane run 800gbase-dr8 --set lanes=1 --json
  lightlane run 800gbase-dr8 --set receiver.tia.response.file=tia.s2p --export tp2.npy --export tp3=far.csv
  lightlane run 800gbase-dr8 --plots figures
  lightlane run 1.6tbase-dr8 --spec
  lightlane run 800gbase-dr8 --worst-compliant

Results do not depend on the number of threads; the same seed gives the same bits.

Exit codes: 0 done, whatever the verdict, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP: what is done
is printed) or disk full.";

/// Setting added by --tdecq and --spec.
const MEASURED: &str = "tdecq.enabled=true";
/// Setting added by --corners and --spec.
const CORNERS: &str = "simulation.corners=true";
/// Setting added by --worst-compliant.
const WORST_COMPLIANT: &str = "simulation.worst_compliant=true";

/// Runs a link: bit error ratio, margin and powers of every lane
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RunArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Prints every lane with intervals, noise and codewords
    #[arg(short, long, conflicts_with = "json")]
    verbose: bool,
    /// Also measures the transmitter: TECQ, TDECQ after the worst test fibre, transition time,
    /// over- and undershoot
    #[arg(long)]
    tdecq: bool,
    /// Also solves each lane at both corners of the fibre's dispersion
    #[arg(long)]
    corners: bool,
    /// Also searches the loss margins with transmitters that just comply with the limits of the
    /// PMD, at the channel's largest loss and both corners
    #[arg(long)]
    worst_compliant: bool,
    /// Prints the limits of the PMD with a verdict each; measures the transmitter for it, and
    /// solves the corners
    #[arg(long)]
    spec: bool,
    #[command(flatten)]
    plots: PlotsArgs,
    #[command(flatten)]
    export: ExportArgs,
    #[command(flatten)]
    runner: RunnerArgs,
}

impl RunArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let mut more = Vec::new();
        if self.spec {
            more.extend([("--spec", MEASURED), ("--spec", CORNERS)]);
        } else {
            more.extend(self.tdecq.then_some(("--tdecq", MEASURED)));
            more.extend(self.corners.then_some(("--corners", CORNERS)));
        }
        more.extend(self.worst_compliant.then_some(("--worst-compliant", WORST_COMPLIANT)));
        let link = self.source.resolve_with(&more)?;
        let plots = self.plots.open()?;
        self.export.write(&link)?;
        let result = self.runner.run(link.clone(), "run")?;
        let text = if self.json {
            report::json(&result)
        } else {
            let table = if self.verbose { report::table } else { report::summary };
            let spec =
                if self.spec { format!("\n{}", report::spec(&result.spec)) } else { String::new() };
            table(&result) + &spec
        };
        output::print(&text)?;
        if let Some(plots) = plots.filter(|_| !stopped()) {
            let not_all = "stopped early: not all figures are drawn";
            at_once(not_all, || plots.draw(&link, &result))?;
        }
        Ok(if stopped() { Outcome::Stopped } else { Outcome::Good })
    }
}
