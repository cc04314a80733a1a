//! Settings of the computation, and variation among lanes.

use crate::link::describe::counting_method::CountingMethod;
use serde::{Deserialize, Serialize};

/// Variation among the lanes of a module, drawn once from a separate seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spread {
    /// Standard deviation of each lane's launch power, dB.
    pub launch_power_db: f64,
    /// Seed of the module: each number is another module.
    pub module: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Spread { launch_power_db: 0.0, module: 1 }
    }
}

/// Settings of the computation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Simulation {
    /// Samples per symbol: 2, 4, 8 or 16.
    pub samples_per_symbol: usize,
    /// Symbols of a block.
    pub block_symbols: usize,
    /// Symbols counted per lane, rounded up to whole blocks.
    pub symbols: u64,
    /// Symbols counted per lane at the power that meets the limit, rounded up to whole blocks.
    pub symbols_at_limit: u64,
    /// Counting method: `chain`, every block through the whole chain; `noise-only`, noise drawn at
    /// the slicer on four stored blocks, which is faster; `importance`, the same noise shifted
    /// towards errors (importance sampling), for ratios too small to be counted. The last two need
    /// a linear receiver in periodic mode. A margin without a prediction is always counted through
    /// the whole chain.
    pub count: CountingMethod,
    /// Also solves each lane at both corners of the fibre's dispersion, for
    /// `corner_worst_loss_margin_db`: two more lanes to build, train and search, none to count.
    pub corners: bool,
    /// Also searches the loss margins with transmitters that just comply with `limits`, for
    /// `compliant_loss_margin_db`: a transmitter to measure, a stressed source to calibrate, and
    /// four more lanes to build, train and search, none to count.
    pub worst_compliant: bool,
    /// Seed of all noise and of random data.
    pub seed: u64,
    /// Stream mode: blocks are consecutive parts of one endless sequence, even with an ideal clock.
    /// A recovered clock always implies it.
    pub stream: bool,
    /// In stream mode, symbols on each side of a block that are run and discarded: the memory of
    /// all responses.
    ///
    /// Blocks of 8192 symbols with 512 on each side have a length of 9 * 2^10, which suits an FFT;
    /// with 256 it has a factor of 17.
    pub guard_symbols: usize,
}

impl Default for Simulation {
    fn default() -> Self {
        Simulation {
            samples_per_symbol: 4,
            block_symbols: 8192,
            symbols: 131_072,
            symbols_at_limit: 262_144,
            count: CountingMethod::Chain,
            corners: false,
            worst_compliant: false,
            seed: 1,
            stream: false,
            guard_symbols: 512,
        }
    }
}
