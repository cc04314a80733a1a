//! `lightlane srs`: the stressed receiver test.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::output::note;
use super::runner::RunnerArgs;
use super::source::LinkArgs;
use super::stop::stopped;
use crate::error::{Error, KeyPath, Problems};
use crate::link::{Stress, mask_ui, memory_bytes, stressed};
use crate::report;
use crate::run_options::RunOptions;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  lightlane srs 800gbase-dr8
  lightlane srs 1.6tbase-dr8 --secq-db 3.4 --oma-dbm -0.9
  lightlane srs my.toml --set receiver.tia.noise_average_pa_per_rthz=20 --json

The source is an ideal PAM4 transmitter through a low-pass that gives half of SECQ, with a sinusoidal interferer, and noise that
gives the rest; then its sinusoidal jitter is turned on, and the receiver follows directly. SECQ and OMA default to the limits of
the link. Without all of its jitter, 0.05 UI above 4 MHz and 2e5 Hz / f below, no limit is judged.

Exit codes: 0 done, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Runs the receiver of a link on a stressed signal
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SrsArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// Stressed eye closure of the source, dB; limits.tdecq_max_db when not given
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    secq_db: Option<f64>,
    /// OMA at TP3, dBm; limits.stressed_sensitivity_max_dbm when not given
    #[arg(long, value_name = "DBM", allow_negative_numbers = true)]
    oma_dbm: Option<f64>,
    /// Amplitude of the sinusoidal interferer, % of the OMA
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0)]
    interferer_percent: f64,
    /// Sinusoidal jitter of the source, UI peak to peak, 0 for none; what the test asks for at its
    /// frequency when not given
    #[arg(long, value_name = "UI")]
    sinusoidal_ui: Option<f64>,
    /// Frequency of the sinusoidal jitter, MHz
    #[arg(long, value_name = "MHZ", default_value_t = Stress::SINUSOIDAL_MHZ)]
    sinusoidal_mhz: f64,
    /// Prints JSON instead of tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    runner: RunnerArgs,
}

impl SrsArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let link = self.source.resolve()?;
        output::warn(&link.warnings);
        self.runner.fits(memory_bytes(link.lanes.iter(), self.runner.threads()))?;
        let stress = self.stress(Stress::of_limits(&link.base))?;
        let (stack, _) = self.source.stack(&[])?;
        let test = |options: &RunOptions<'_>| stressed(&stack, &stress, options);
        let found = match self.runner.with_progress("srs", test)? {
            Err(_) if stopped() => {
                note("stopped early, before the stressed signal was calibrated: no result");
                return Ok(Outcome::Stopped);
            }
            found => found?,
        };
        output::print(&if self.json {
            report::stressed_json(&found)
        } else {
            report::stressed(&found, &link.base.limits)
        })?;
        Ok(if stopped() { Outcome::Stopped } else { Outcome::Good })
    }

    /// The stress, from the flags or from the limits.
    fn stress(&self, (secq_db, oma_dbm): (Option<f64>, Option<f64>)) -> Result<Stress, Error> {
        let mut problems = Problems::new();
        let root = KeyPath::root();
        let mut of = |flag: &str, given: Option<f64>, limit: Option<f64>, key: &str, range| {
            let Some(value) = given.or(limit) else {
                problems.report(&root, flag, "", format!("must be given: this link has no {key}"));
                return f64::NAN;
            };
            problems.range(&root, flag, value, range);
            value
        };
        let secq_db = of("--secq-db", self.secq_db, secq_db, "limits.tdecq_max_db", 0.5..=10.0);
        let oma_dbm = of(
            "--oma-dbm",
            self.oma_dbm,
            oma_dbm,
            "limits.stressed_sensitivity_max_dbm",
            -40.0..=20.0,
        );
        problems.range(&root, "--sinusoidal-mhz", self.sinusoidal_mhz, 1e-3..=1e4);
        problems.finish()?;
        let sinusoidal_ui = self.sinusoidal_ui.unwrap_or_else(|| mask_ui(self.sinusoidal_mhz));
        Ok(Stress {
            secq_db,
            oma_dbm,
            interferer_percent: self.interferer_percent,
            sinusoidal_ui,
            sinusoidal_mhz: self.sinusoidal_mhz,
        })
    }
}
