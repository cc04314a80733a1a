//! Ports of a channel by their numbers or by the names that a file gives them.

use super::network::Network;
use super::port_map::PortMap;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// Largest number of port names in a message.
const NAMES_MAX: usize = 16;

/// The ports of a differential lane as a user gives them: a map of numbers, or of names that the
/// file's comments give its ports.
///
/// # Example
///
/// ```
/// use lightlane::host::PortSelection;
/// let names = ["tx-p", "rx-p", "tx-n", "rx-n"].map(str::to_owned);
/// let ports: PortSelection = "tx-p-rx-p/tx-n-rx-n".parse()?;
/// assert_eq!(ports.map(&names)?.to_string(), "1-2/3-4");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PortSelection {
    /// By numbers.
    Numbers(PortMap),
    /// By names, `near-far/near-far`.
    Names(String),
}

impl From<PortMap> for PortSelection {
    fn from(map: PortMap) -> Self {
        PortSelection::Numbers(map)
    }
}

impl FromStr for PortSelection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<PortMap>() {
            Ok(map) => Ok(PortSelection::Numbers(map)),
            Err(_)
                if text.contains('/')
                    && text.matches('-').count() > 1
                    && text.contains(char::is_alphabetic) =>
            {
                Ok(PortSelection::Names(text.to_owned()))
            }
            Err(remedy) => Err(remedy),
        }
    }
}

impl Display for PortSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PortSelection::Numbers(map) => map.fmt(f),
            PortSelection::Names(names) => f.write_str(names),
        }
    }
}

impl TryFrom<String> for PortSelection {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PortSelection> for String {
    fn from(ports: PortSelection) -> String {
        ports.to_string()
    }
}

impl PortSelection {
    /// The map in a file whose ports have these names.
    ///
    /// # Errors
    ///
    /// Names that the file's ports do not have, or that can be read in two ways.
    pub fn map(&self, names: &[String]) -> Result<PortMap, String> {
        let text = match self {
            PortSelection::Numbers(map) => return Ok(*map),
            PortSelection::Names(text) => text,
        };
        // exact letters first, then any case
        let found = [false, true].map(|any_case| {
            let mut found = Vec::new();
            matches(text, names, any_case, &mut Vec::new(), &mut found);
            found
        });
        let found = found.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        let short: String = text.chars().take(80).flat_map(char::escape_debug).collect();
        match found.as_slice() {
            [[a, b, c, d]] => format!("{a}-{b}/{c}-{d}").parse(),
            [] => Err(format!(
                "port map `{short}`: must be two lines of numbers such as 1-2/3-4, or of the file's port names{}",
                listed(names)
            )),
            _ => Err(format!(
                "port map `{short}`: can be read in {} ways; must be numbers, such as 1-2/3-4{}",
                found.len(),
                listed(names)
            )),
        }
    }

    /// The map of a network from a file, guessed with a warning for four ports if none is given;
    /// `None` for two ports.
    pub(super) fn map_of(
        given: Option<&PortSelection>,
        network: &Network,
        names: &[String],
        warnings: &mut Vec<String>,
    ) -> Result<Option<PortMap>, String> {
        match given {
            Some(ports) => ports.map(names).map(Some),
            None if network.ports() == 2 => Ok(None),
            None => {
                let named = |remedy: String| format!("{remedy}{}", listed(names));
                let guess = PortMap::guess(network).map_err(named)?;
                warnings.push(guess.warning + &listed(names));
                Ok(Some(guess.map))
            }
        }
    }
}

/// Names of ports for a message; nothing if there are none.
fn listed(names: &[String]) -> String {
    let shown = names.iter().enumerate().take(NAMES_MAX).map(|(i, name)| {
        let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
        format!("{} = {name}", i + 1)
    });
    let shown: Vec<String> = shown.collect();
    let rest = if names.len() > NAMES_MAX { ", .." } else { "" };
    if shown.is_empty() { String::new() } else { format!("; ports: {}{rest}", shown.join(", ")) }
}

/// All readings of `text` as four names with `-`, `/` and `-` between them; ports from 1.
fn matches(
    text: &str,
    names: &[String],
    any_case: bool,
    ports: &mut Vec<usize>,
    found: &mut Vec<[usize; 4]>,
) {
    let separators = ["-", "/", "-", ""];
    let text = text.trim_start();
    for (i, name) in names.iter().enumerate() {
        if ports.contains(&(i + 1)) {
            continue;
        }
        let Some(head) = text.get(..name.len()) else { continue };
        if !(head == name || any_case && head.eq_ignore_ascii_case(name)) {
            continue;
        }
        let rest = text[name.len()..].trim_start();
        let Some(rest) = rest.strip_prefix(separators[ports.len()]) else { continue };
        ports.push(i + 1);
        match <[usize; 4]>::try_from(ports.as_slice()) {
            Ok(four) if rest.trim().is_empty() => found.push(four),
            Ok(_) => {}
            Err(_) => matches(rest, names, any_case, ports, found),
        }
        ports.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_named_as_the_file_names_them_or_refused_with_the_names() {
        let names = ["J1-P", "J2-P", "J1-N", "J2/N"].map(str::to_owned);
        for text in ["J1-P-J2-P/J1-N-J2/N", "j1-p - j2-p / j1-n - j2/n"] {
            let ports: PortSelection = text.parse().unwrap();
            assert_eq!(ports.map(&names).unwrap().to_string(), "1-2/3-4", "{text}");
        }
        let unknown: PortSelection = "J1-P-J2-P/J1-N-J3-N".parse().unwrap();
        let remedy = unknown.map(&names).unwrap_err();
        assert!(remedy.ends_with("; ports: 1 = J1-P, 2 = J2-P, 3 = J1-N, 4 = J2/N"), "{remedy}");
        assert!(unknown.map(&[]).unwrap_err().ends_with("or of the file's port names"));
        assert_eq!("1-3/2-4".parse::<PortSelection>().unwrap().map(&[]).unwrap().far, [3, 4]);
        assert_eq!(String::from(unknown), "J1-P-J2-P/J1-N-J3-N");
        assert!("1-2".parse::<PortSelection>().is_err() && "a-b".parse::<PortSelection>().is_err());
        let twice = ["a", "a-a", "b", "c", "a"].map(str::to_owned);
        let ports: PortSelection = "a-a-a/b-c".parse().unwrap();
        assert!(ports.map(&twice).unwrap_err().contains("can be read in"));
    }
}
