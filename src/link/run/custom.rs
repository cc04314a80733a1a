//! Modulators that are given to a link in place of the one that it describes.

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
    /// Those of these numbers, from 0.
    These(Vec<usize>),
}

impl LaneSet {
    /// Whether a lane is one of them.
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

/// The modulators that were given, each with its lanes; of several for a lane the last one counts.
#[derive(Default)]
pub(crate) struct CustomModulators(Vec<(LaneSet, Arc<dyn Modulator>)>);

impl CustomModulators {
    /// Adds one for some lanes.
    pub(crate) fn push(&mut self, lanes: LaneSet, modulator: Arc<dyn Modulator>) {
        self.0.push((lanes, modulator));
    }

    /// The modulator given for a lane.
    pub(crate) fn of(&self, lane: usize) -> Option<&Arc<dyn Modulator>> {
        self.0.iter().rev().find(|(lanes, _)| lanes.contains(lane)).map(|(_, given)| given)
    }

    /// Says in a result that its description is not all: the kind is `custom` with the lanes and
    /// the description of each modulator, and the hash ends in `+custom`.
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
