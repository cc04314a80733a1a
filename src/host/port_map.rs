//! Map of ports to the ends of lines.

use super::network::Network;
use crate::measured::shown;
use crate::units::{db_from_amplitude_ratio, giga};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use std::str::FromStr;

/// Highest frequency at which a line after a coupling capacitor is searched for, GHz.
const LOW_GHZ: f64 = 1.0;
/// |S| above which two ports are the ends of a line.
const PASSES: f64 = 0.5;

/// The four ports of a differential lane, written `1-2/3-4`: the positive line from port 1 to 2,
/// the negative from 3 to 4.
///
/// # Example
///
/// ```
/// use lightlane::host::PortMap;
/// let map: PortMap = "1-3/2-4".parse()?;
/// assert_eq!((map.near, map.far), ([1, 2], [3, 4]));
/// assert!("1-1/2-4".parse::<PortMap>().unwrap_err().contains("port 1 is named twice"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortMap {
    /// Input ports: positive, negative.
    pub near: [usize; 2],
    /// Output ports: positive, negative.
    pub far: [usize; 2],
}

/// A guessed port map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The map.
    pub map: PortMap,
    /// Reason for the guess, for the user.
    pub warning: String,
}

impl PortMap {
    /// All four, near before far.
    pub(super) fn ports(&self) -> [usize; 4] {
        [self.near[0], self.near[1], self.far[0], self.far[1]]
    }

    /// Guesses the map of a four-port: its lines are the pairs that pass more than half the voltage
    /// at low frequency.
    ///
    /// The lowest frequency decides; where no two lines pass there (capacitors), the largest |S| up
    /// to 1 GHz. Of each line the lower port is taken as the near end, of both lines the one with
    /// the lowest port as the positive one.
    ///
    /// # Errors
    ///
    /// If no two lines are found, as in a file of crosstalk, or there are not four ports.
    pub fn guess(network: &Network) -> Result<Guess, String> {
        let n = network.ports();
        if n != 4 {
            return Err(format!(
                "has {n} ports; a port map is guessed for 4 only, give one such as 1-2/3-4"
            ));
        }
        let low = network.f_hz().partition_point(|&f| f <= giga(LOW_GHZ)).max(1);
        let found = [1, low]
            .into_iter()
            .find_map(|points| lines(network, points).map(|lines| (lines, points)));
        let ([(a, b), (c, d)], points) = found.ok_or_else(|| {
            "has no two lines that pass low frequencies, as a file of crosstalk has none; give its port map, such as 1-2/3-4".to_owned()
        })?;
        let map = PortMap { near: [a, c], far: [b, d] };
        let at_ghz = shown(network.f_hz()[points - 1] / giga(1.0));
        let db = |to, from| db_from_amplitude_ratio(passes(network, points, to, from));
        let up_to = if points == 1 { "at" } else { "up to" };
        let warning = format!(
            "port map {map} is guessed: S{b}{a} is {:.2} dB and S{d}{c} {:.2} dB {up_to} {at_ghz} GHz; the near end cannot be detected, give the map",
            db(b, a),
            db(d, c)
        );
        Ok(Guess { map, warning })
    }
}

/// Largest |S| among the first `points` frequencies, in both directions.
fn passes(network: &Network, points: usize, to: usize, from: usize) -> f64 {
    (0..points)
        .map(|k| network.at(k, to, from).norm().max(network.at(k, from, to).norm()))
        .fold(0.0, f64::max)
}

/// Two lines over four ports, by their first frequencies.
fn lines(network: &Network, points: usize) -> Option<[(usize, usize); 2]> {
    let pairings = [[(1, 2), (3, 4)], [(1, 3), (2, 4)], [(1, 4), (2, 3)]];
    let weakest = |lines: &[(usize, usize); 2]| {
        lines.iter().map(|&(a, b)| passes(network, points, b, a)).fold(f64::INFINITY, f64::min)
    };
    let best = pairings.into_iter().max_by(|x, y| weakest(x).total_cmp(&weakest(y)))?;
    (weakest(&best) > PASSES).then_some(best)
}

impl Display for PortMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}/{}-{}", self.near[0], self.far[0], self.near[1], self.far[1])
    }
}

impl FromStr for PortMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let line = |text: &str| -> Option<(usize, usize)> {
            let (near, far) = text.split_once('-')?;
            Some((near.trim().parse().ok()?, far.trim().parse().ok()?))
        };
        let lines = text
            .split_once('/')
            .and_then(|(positive, negative)| Some((line(positive)?, line(negative)?)));
        let short: String = text.chars().take(40).flat_map(char::escape_debug).collect();
        let ((a, b), (c, d)) = lines.ok_or_else(|| {
            format!("port map `{short}`: must be two lines such as 1-2/3-4 or 1-3/2-4")
        })?;
        let ports = [a, b, c, d];
        if ports.contains(&0) {
            return Err(format!("port map `{short}`: ports are counted from 1, not from 0"));
        }
        match (1..4).find(|&i| ports[..i].contains(&ports[i])) {
            Some(i) => Err(format!(
                "port map `{short}`: port {} is named twice; each must be named once",
                ports[i]
            )),
            None => Ok(PortMap { near: [a, c], far: [b, d] }),
        }
    }
}

impl TryFrom<String> for PortMap {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PortMap> for String {
    fn from(map: PortMap) -> String {
        map.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    /// Two lines that conduct from 1 MHz or from 100 MHz on, with their four ends in any order.
    fn four(order: [usize; 4], blocked: bool) -> Network {
        let f_hz = vec![1e6, 1e8, 5e9];
        let s = |k: usize, i: usize, j: usize| {
            let (a, b) = (
                order.iter().position(|&p| p == i + 1).unwrap(),
                order.iter().position(|&p| p == j + 1).unwrap(),
            );
            let through = a / 2 == b / 2 && a != b;
            let gain = if k == 0 && blocked { 0.01 } else { 0.9 };
            Complex64::new(if through { gain } else { 0.05 }, 0.0)
        };
        let all = (0..3).flat_map(|k| (0..16).map(move |at| s(k, at / 4, at % 4))).collect();
        Network::new(f_hz, all, vec![50.0; 4]).unwrap()
    }

    #[test]
    fn the_guess_finds_the_lines_that_pass_and_says_so() {
        for (order, expected) in [
            ([1, 2, 3, 4], "1-2/3-4"),
            ([1, 3, 2, 4], "1-3/2-4"),
            ([4, 1, 3, 2], "1-4/2-3"),
            ([3, 1, 4, 2], "1-3/2-4"),
        ] {
            for blocked in [false, true] {
                let guess = PortMap::guess(&four(order, blocked)).unwrap();
                assert_eq!(guess.map.to_string(), expected);
                let level =
                    if blocked { "-0.92 dB up to 0.1 GHz" } else { "-0.92 dB at 0.001 GHz" };
                assert!(
                    guess.warning.contains("is guessed") && guess.warning.contains(level),
                    "{}",
                    guess.warning
                );
            }
        }
    }

    #[test]
    fn what_passes_nothing_or_has_other_ports_is_not_guessed() {
        let mut crosstalk = four([1, 2, 3, 4], false);
        crosstalk.s.iter_mut().for_each(|s| *s *= 0.05);
        assert!(
            PortMap::guess(&crosstalk).unwrap_err().contains("as a file of crosstalk has none")
        );
        let three = crosstalk.of_ports(&[1, 2, 3]).unwrap();
        assert!(PortMap::guess(&three).unwrap_err().starts_with("has 3 ports"));
    }

    #[test]
    fn a_map_is_read_as_it_is_written_and_refused_in_words() {
        for text in ["1-2/3-4", "12-10/9-11"] {
            assert_eq!(text.parse::<PortMap>().unwrap().to_string(), text);
        }
        for (text, expected) in [
            ("1-2", "must be two lines"),
            ("0-1/2-3", "counted from 1"),
            ("1-2/2-3", "port 2 is named twice"),
        ] {
            assert!(text.parse::<PortMap>().unwrap_err().contains(expected), "{text}");
        }
    }
}
