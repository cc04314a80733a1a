//! Custom modulators, which replace the described one on some lanes.

use crate::link::result::figures::LinkResult;
use crate::link::result::transmitter_used::TransmitterUsed;
use crate::transmitter::Modulator;
use std::fmt;
use std::sync::Arc;

/// Lanes of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaneSet {
    /// Every lane.
    All,
    /// The lanes with these numbers, from 0.
    These(Vec<usize>),
}

impl LaneSet {
    /// Whether the set contains a lane.
    pub fn contains(&self, lane: usize) -> bool {
        match self {
            LaneSet::All => true,
            LaneSet::These(lanes) => lanes.contains(&lane),
        }
    }
}

impl fmt::Display for LaneSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LaneSet::All => f.write_str("all lanes"),
            LaneSet::These(lanes) => {
                let numbers: Vec<String> = lanes.iter().map(ToString::to_string).collect();
                write!(f, "lanes {}", numbers.join(", "))
            }
        }
    }
}

/// Custom modulators, each with its lanes; the last one given for a lane is used.
#[derive(Default)]
pub(crate) struct CustomModulators(Vec<(LaneSet, Arc<dyn Modulator>)>);

impl CustomModulators {
    /// Adds a modulator for some lanes.
    pub(crate) fn push(&mut self, lanes: LaneSet, modulator: Arc<dyn Modulator>) {
        self.0.push((lanes, modulator));
    }

    /// The custom modulator of a lane.
    pub(crate) fn of(&self, lane: usize) -> Option<&Arc<dyn Modulator>> {
        self.0.iter().rev().find(|(lanes, _)| lanes.contains(lane)).map(|(_, given)| given)
    }

    /// Marks a result as not reproducible from its description alone: the kind is `custom` with the
    /// lanes and the description of each modulator, and the hash ends in `+custom`.
    pub(crate) fn name(&self, result: &mut LinkResult) {
        if self.0.is_empty() {
            return;
        }
        let names: Vec<String> =
            self.0.iter().map(|(lanes, given)| format!("{lanes}: {}", given.about())).collect();
        result.transmitter = TransmitterUsed::Custom(names.join("; "));
        result.config_hash += "+custom";
    }
}
