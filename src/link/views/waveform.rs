//! Optical waveform of a lane: power over time, without noise or as an oscilloscope would record
//! it.

use crate::chain::{NoiseSelection, PlanCache, Probe, StreamKeys, WorkspacePool};
use crate::error::Result;
use crate::link::run::link::Link;
use crate::units::milli;
use serde::{Deserialize, Serialize};

/// Optical test points of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestPoint {
    /// Output of the transmitter, into the fibre.
    Tp2,
    /// Input of the receiver, out of the fibre.
    Tp3,
}

impl TestPoint {
    /// All of them, in the direction of propagation.
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

/// Kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// One period without noise.
    Noiseless,
    /// This number of periods of the same symbols, each with its own noise, as one record of an
    /// oscilloscope.
    Repeats(u64),
}

/// A lane's first block at a test point, without other lanes: one period, or repeats of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    /// Power, mW, at the grid's rate; sample 0 is the centre of the first symbol, without the delay
    /// of the parts.
    pub power_mw: Vec<f32>,
    /// Transmitted levels of one period, 0 to 3, precoded if the pattern is.
    pub levels: Vec<u8>,
    /// Samples per symbol.
    pub samples_per_symbol: usize,
    /// Sampling rate, Hz.
    pub sample_rate_hz: f64,
    /// False when the levels are a window of a longer pattern, which a reader of the waveform then
    /// needs.
    pub is_period: bool,
}

impl Link {
    /// The power of one lane at a test point, in the form that a captured waveform
    /// ([`crate::transmitter::CapturedWaveform`]) is read in.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    ///
    /// # Panics
    ///
    /// When there is no such lane.
    pub fn waveform(&self, lane: usize, node: TestPoint, record: Record) -> Result<Waveform> {
        let mut cache = PlanCache::default();
        let lane = self.lane(lane, &mut cache)?;
        let levels = lane.blocks(1, false).remove(0);
        let grid = lane.grid();
        let probe =
            Probe::light(&lane.optical().plan, node.name(), grid.samples_per_symbol, &mut cache)
                .expect("every lane has its nodes");
        let (repeats, what) = match record {
            Record::Noiseless => (1, NoiseSelection::None),
            Record::Repeats(repeats) => (repeats, NoiseSelection::All),
        };
        let mut power_mw = Vec::new();
        WorkspacePool::default().with(&lane.optical().plan, |workspace| {
            for noise in 0..repeats {
                let draws = StreamKeys {
                    shared_seed: lane.shared_seed,
                    lane_seed: lane.lane_seed,
                    block: 0,
                    noise,
                    selection: what,
                };
                let power_w = probe.waveform(workspace, &levels, &draws);
                power_mw.extend(
                    power_w.iter().map(|&power_w| (f64::from(power_w) / milli(1.0)) as f32),
                );
            }
        });
        let is_period = lane.pattern.period() == Some(grid.symbols as u64);
        Ok(Waveform {
            power_mw,
            levels,
            samples_per_symbol: grid.samples_per_symbol,
            sample_rate_hz: grid.sample_rate_hz(),
            is_period,
        })
    }
}
