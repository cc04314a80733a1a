//! `lightlane channel`: contents of a Touchstone file of a host channel.

use super::failure::Failure;
use super::figure_args::FigureArgs;
use super::outcome::Outcome;
use super::output;
use super::source::named;
use crate::error::{Error, KeyPath, Problems};
use crate::host::{Inspection, PortSelection};
use crate::report;
use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lightlane channel host.s4p --symbol-rate-gbd 106.25
  lightlane channel host.s4p --ports 1-3/2-4 --json
  lightlane channel next.s12p --ports 1-2/5-6 --plot next.svg

--ports names both lines, each from its near end to its far end, the positive one first: 1-2/3-4 goes in at 1 and 3 and comes out at 2
and 4. Names that the file gives its ports in comments (! Port[1] = tx_p) stand for numbers. Without it the lines of four ports are guessed from the pairs that pass at low frequency, with a warning.

Exit codes: 0 done, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Reads a Touchstone file: loss, return loss, mode conversion, delay, passivity, reciprocity,
/// causality
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ChannelArgs {
    /// Touchstone file, .s1p to .s64p or .ts, version 1 or 2
    #[arg(value_name = "FILE", value_parser = named())]
    file: String,
    /// Ports of the differential channel, such as 1-2/3-4, by number or by name
    #[arg(long, value_name = "MAP")]
    ports: Option<String>,
    /// Symbol rate, for values at and up to the Nyquist frequency
    #[arg(long, value_name = "GBD", allow_negative_numbers = true)]
    symbol_rate_gbd: Option<f64>,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    /// A figure of the magnitudes: .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    drawn: FigureArgs,
}

impl ChannelArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let map = self
            .ports
            .as_deref()
            .map(|ports| {
                ports.parse::<PortSelection>().map_err(|remedy| one("--ports", ports, remedy))
            })
            .transpose()?;
        if let Some(rate) = self.symbol_rate_gbd.filter(|rate| !(0.1..=500.0).contains(rate)) {
            return Err(Failure::Input(one(
                "--symbol-rate-gbd",
                rate,
                "must be from 0.1 to 500".to_owned(),
            )));
        }
        let target = self.drawn.file(self.plot.as_ref(), "--plot")?;
        let found = Inspection::open(&self.file, map.as_ref(), self.symbol_rate_gbd)
            .map_err(|remedy| one("", &self.file, remedy))?;
        output::print(&if self.json { report::json(&found) } else { report::channel(&found) })?;
        if let Some(target) = target {
            target.write(&found.chart())?;
        }
        Ok(Outcome::Good)
    }
}

fn one(flag: &str, value: impl std::fmt::Display, remedy: String) -> Error {
    let mut problems = Problems::new();
    let at = if flag.is_empty() { KeyPath::root() } else { KeyPath::root().key(flag) };
    problems.push(crate::error::Problem {
        place: None,
        path: at.to_string(),
        value: value.to_string(),
        remedy,
    });
    Error::Input(problems)
}
