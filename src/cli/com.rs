//! `lightlane com`: the channel operating margin of Touchstone files.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::source::named;
use crate::error::{Error, KeyPath, Problem, Problems};
use crate::host::PortSelection;
use crate::host::com::{Aggressor, AggressorEnd, ComChannel, Parameters};
use crate::report;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  lightlane com thru.s4p --ports 1-2/3-4
  lightlane com thru.s4p --fext fext1.s4p fext2.s4p --next next1.s4p --parameters kr1-802.3dj
  lightlane com die_to_die.s4p --parameters my_set.toml --json

The files end at the balls: dies and packages are added by the set of parameters, kr1-802.3ck (annex 93A) or
kr1-802.3dj (annex 178A, an early draft), or a TOML file with the same keys. Aggressors go from their transmitter
to the victim's receiver; without a map they use the victim's. A map is given once or for each file, by the numbers
of the ports or by the names that the file gives them in comments (! Port[1] = tx_p).

A figure of merit by the method of the standard, not a proof of compliance: the manual of host::com lists what is
left out, and each parameter set the status of its values.

Exit codes: 0 passes, 1 below the limit, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Channel operating margin (COM) of a host channel: equaliser search, ISI, crosstalk, jitter and
/// noise
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ComArgs {
    /// Touchstone file of the victim, .s4p with two lines or .s2p of differential ports
    #[arg(value_name = "FILE", value_parser = named())]
    file: String,
    /// Set of parameters: kr1-802.3ck, kr1-802.3dj or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "kr1-802.3ck", value_parser = named())]
    parameters: String,
    /// Ports of the victim, such as 1-2/3-4, by number or by name; guessed, with a warning, when
    /// not given
    #[arg(long, value_name = "MAP")]
    ports: Option<String>,
    /// Aggressors at the far end
    #[arg(long, value_name = "FILE", num_args = 1.., value_parser = named())]
    fext: Vec<String>,
    /// Aggressors at the near end
    #[arg(long, value_name = "FILE", num_args = 1.., value_parser = named())]
    next: Vec<String>,
    /// Ports of the far-end aggressors
    #[arg(long, value_name = "MAP", num_args = 1.., requires = "fext")]
    fext_ports: Vec<String>,
    /// Ports of the near-end aggressors
    #[arg(long, value_name = "MAP", num_args = 1.., requires = "next")]
    next_ports: Vec<String>,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
}

impl ComArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let set = Parameters::open(&self.parameters)?;
        let map = self.ports.as_deref().map(|ports| map("--ports", ports)).transpose()?;
        let far = maps("--fext-ports", &self.fext_ports, self.fext.len())?;
        let near = maps("--next-ports", &self.next_ports, self.next.len())?;
        let victim = ComChannel::open(&self.file, map.as_ref())
            .map_err(|remedy| one("", &self.file, remedy))?;
        let mut aggressors = Vec::new();
        for (files, maps, side) in
            [(&self.fext, &far, AggressorEnd::FarEnd), (&self.next, &near, AggressorEnd::NearEnd)]
        {
            for (i, file) in files.iter().enumerate() {
                let victims = victim.port_map.map(PortSelection::from);
                let map = maps.get(i).or(maps.first()).or(victims.as_ref());
                let channel =
                    ComChannel::open(file, map).map_err(|remedy| one("", file, remedy))?;
                aggressors.push(Aggressor { side, channel });
            }
        }
        let margin =
            set.margin(&victim, &aggressors).map_err(|remedy| one("", &self.file, remedy))?;
        output::print(&if self.json {
            report::json(&margin)
        } else {
            report::com(&self.file, &set, &margin)
        })?;
        Ok(if margin.passes { Outcome::Good } else { Outcome::TargetMissed })
    }
}

/// A map of a flag.
fn map(flag: &str, text: &str) -> Result<PortSelection, Error> {
    text.parse().map_err(|remedy| one(flag, text, remedy))
}

/// None, one for all, or one for each file.
fn maps(flag: &str, texts: &[String], files: usize) -> Result<Vec<PortSelection>, Error> {
    if texts.len() > 1 && texts.len() != files {
        let remedy =
            format!("{} maps for {files} files; must be one for all or one for each", texts.len());
        return Err(one(flag, texts.join(" "), remedy));
    }
    texts.iter().map(|text| map(flag, text)).collect()
}

fn one(flag: &str, value: impl std::fmt::Display, remedy: String) -> Error {
    let mut problems = Problems::new();
    let at = if flag.is_empty() { KeyPath::root() } else { KeyPath::root().key(flag) };
    problems.push(Problem { place: None, path: at.to_string(), value: value.to_string(), remedy });
    Error::Input(problems)
}
