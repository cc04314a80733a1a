//! `lightlane bench`: how fast this machine is.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use crate::benchmark::{self, Report};
use crate::error::{Error, Path, Problems};
use crate::report;
use clap::Args;
use std::fmt::Display;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  lightlane bench
  lightlane bench --only inner_loop chain_4sps
  lightlane bench --json > machine.json

Each figure is of one thread, of the fastest of many short stretches; the median beside it tells how busy the machine was. The roofline is what
the operations and bytes of a work allow at the measured peaks of one core: works that are chains of steps, tables or integers have none.";

/// Times the works of a simulation on this machine: symbols, lanes, codewords a second, and how
/// near the roofline they are
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Bench {
    /// Only these works
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    only: Vec<String>,
    /// Time for each work, s
    #[arg(long, value_name = "SECONDS", default_value_t = 0.7, allow_negative_numbers = true)]
    seconds: f64,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let names: Vec<&str> =
            benchmark::all().iter().map(|work| work.name).chain(["threads"]).collect();
        if let Some(unknown) = self.only.iter().find(|only| !names.contains(&only.as_str())) {
            return Err(wrong("--only", unknown, &format!("must be one of {}", names.join(", "))));
        }
        if !(0.001..=60.0).contains(&self.seconds) {
            return Err(wrong("--seconds", self.seconds, "must be from 0.001 to 60"));
        }
        let wanted = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        let measured =
            Report::measure(Duration::from_secs_f64(self.seconds), &wanted, &mut |name| {
                output::say(&format!("timing {name} .."))
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
    problems.report(&Path::root(), flag, value, remedy);
    Error::Input(problems).into()
}
