//! One lane: the order of its chain.

use super::Config;
use crate::chain::{Chain, Dsp, Plan, Workshop, block_levels};
use crate::error::{Error, Path, Problems, Result};
use crate::part::Library;
use crate::pattern::Source;
use crate::seed::Seed;
use crate::units::{amplitude_ratio, power_ratio};

/// A built lane: its plan, its data and its random streams, ready for both estimators.
pub struct Lane {
    /// Number, from 0.
    pub number: usize,
    /// Its own description.
    pub config: Config,
    /// Its chain.
    pub plan: Plan,
    /// Its receiver's signal processing.
    pub dsp: Dsp,
    /// What it sends.
    pub pattern: Source,
    /// Streams of what lanes share.
    pub run: Seed,
    /// Its own streams.
    pub seed: Seed,
}

/// Symbols from one lane's data to the next one's: neighbours never send the same window.
const LANE_STRIDE: u64 = 1 << 27;
/// Symbols from a lane's data to its training's.
const TRAINING_OFFSET: u64 = 1 << 26;

impl Lane {
    /// Builds lane `number` from its own description, which must have been checked.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn build(config: &Config, number: usize, shop: &mut Workshop) -> Result<Lane> {
        let mut config = config.clone();
        let mut problems = Problems::new();
        config.load(&Library::default(), &mut problems); // only what is not loaded yet is read
        problems.finish()?;
        let config = &config;
        let pattern = config.pattern.build().map_err(|because| {
            let mut problems = Problems::new();
            problems.report(&Path::root().key("pattern"), "file", &config.pattern.file, because);
            Error::Input(problems)
        })?;
        let grid = config.grid();
        let run = Seed::new(config.simulation.seed);
        let spread_db =
            config.spread.launch_power_db * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal();
        let transmitter = &config.transmitter;
        let wavelength_nm = transmitter.chosen().laser().wavelength_nm;
        let light = transmitter.extend(Chain::symbols(), grid, number);
        let light = light.response(crate::chain::Shape::Gain(amplitude_ratio(spread_db))).probe("tp2");
        let light = config.fibre.extend(light, wavelength_nm).probe("tp3");
        let received_oma_w = transmitter.settled_oma_w() * power_ratio(spread_db - config.fibre.loss_db());
        let plan = config.receiver.extend(light, received_oma_w, grid, shop);
        let dsp = config.receiver.ffe.dsp();
        Ok(Lane { number, config: config.clone(), plan, dsp, pattern, run, seed: run.named("lane").index(number as u64) })
    }

    /// Absolute index of the lane's first symbol.
    pub fn first_symbol(&self) -> u64 {
        self.number as u64 * LANE_STRIDE
    }

    /// The lane's first blocks of levels, or those of its training.
    pub fn blocks(&self, count: u64, training: bool) -> Vec<Vec<u8>> {
        let (first, seed) =
            if training { (self.first_symbol() + TRAINING_OFFSET, self.seed.named("training")) } else { (self.first_symbol(), self.seed) };
        let block = |b| {
            let mut levels = vec![0; self.plan.grid().symbols];
            block_levels(&self.pattern, self.config.pattern.precoder, first, b, seed, &mut levels);
            levels
        };
        (0..count).map(block).collect()
    }
}
