//! What a lane's light looks like: power over time without noise.

use super::{Lane, Link};
use crate::chain::{Drawn, Draws, Probe, Workers, Workshop};
use crate::error::Result;
use crate::units::milli;
use serde::{Deserialize, Serialize};

/// The places where a lane's light can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestPoint {
    /// In the fibre at the transmitter.
    Tp2,
    /// In the fibre at the receiver.
    Tp3,
}

impl TestPoint {
    /// Every node, in the light's order.
    pub fn all() -> [TestPoint; 2] {
        [TestPoint::Tp2, TestPoint::Tp3]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TestPoint::Tp2 => "tp2",
            TestPoint::Tp3 => "tp3",
        }
    }
}

/// A lane's first block at a node, without noise and without other lanes: one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    /// Power, mW, at the grid's rate; sample 0 is the middle of the first symbol, before the delay of the parts.
    pub power_mw: Vec<f32>,
    /// Levels sent, 0 to 3, precoded where the pattern is.
    pub levels: Vec<u8>,
    /// Sampling rate, Hz.
    pub sample_rate_hz: f64,
}

impl Link {
    /// The power of one lane at a node.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    ///
    /// # Panics
    ///
    /// When there is no such lane.
    pub fn waveform(&self, lane: usize, node: TestPoint) -> Result<Waveform> {
        let mut shop = Workshop::default();
        let lane = Lane::build(&self.resolved.lanes[lane], lane, &mut shop)?;
        let levels = lane.blocks(1, false).remove(0);
        let draws = Draws { run: lane.run, lane: lane.seed, block: 0, noise: 0, what: Drawn::Nothing };
        let per_symbol = lane.plan.grid().samples_per_symbol;
        let probe = Probe::light(&lane.plan, node.name(), per_symbol, &mut shop).expect("every lane has its nodes");
        let power_w = Workers::default().with(&lane.plan, |worker| probe.waveform(worker, &levels, &draws));
        let power_mw = power_w.iter().map(|&power_w| (f64::from(power_w) / milli(1.0)) as f32).collect();
        Ok(Waveform { power_mw, levels, sample_rate_hz: lane.plan.grid().sample_rate_hz() })
    }
}
