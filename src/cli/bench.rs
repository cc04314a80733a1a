//! `lightlane bench`: speed of this machine.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use crate::benchmark::{self, Report};
use crate::error::{Error, KeyPath, Problems};
use crate::report;
use clap::Args;
use std::fmt::Display;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  lightlane bench
  lightlane bench --only inner_loop chain_4sps
  lightlane bench --json > machine.json

Rates are those of one thread in the fastest of many short stretches; the median shows how busy the machine was. The roofline is the rate that
operations and bytes allow at the measured peaks of one core; cases made of dependent steps, tables or integers have none.

Exit codes: 0 done, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Times the tasks of a simulation on this machine: symbols, lanes, codewords per second, and how
/// near the roofline they are
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BenchArgs {
    /// Only these cases
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    only: Vec<String>,
    /// Time for each case, s
    #[arg(long, value_name = "SECONDS", default_value_t = 0.7, allow_negative_numbers = true)]
    seconds: f64,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl BenchArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let names: Vec<&str> =
            benchmark::all().iter().map(|case| case.name).chain(["threads"]).collect();
        if let Some(unknown) = self.only.iter().find(|only| !names.contains(&only.as_str())) {
            return Err(wrong("--only", unknown, &format!("must be one of {}", names.join(", "))));
        }
        if !(0.001..=60.0).contains(&self.seconds) {
            return Err(wrong("--seconds", self.seconds, "must be from 0.001 to 60"));
        }
        let wanted = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        let measured =
            Report::measure(Duration::from_secs_f64(self.seconds), &wanted, &mut |name| {
                output::note(&format!("timing {name} .."))
            });
        output::print(&if self.json {
            report::json(&measured)
        } else {
            report::benchmark(&measured)
        })?;
        Ok(Outcome::Good)
    }
}

fn wrong(flag: &str, value: impl Display, remedy: &str) -> Failure {
    let mut problems = Problems::new();
    problems.report(&KeyPath::root(), flag, value, remedy);
    Error::Input(problems).into()
}
