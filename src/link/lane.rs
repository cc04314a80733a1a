//! One lane: the order of its chain.

use super::Config;
use crate::chain::{Chain, Count, Drawn, Draws, Dsp, Hop, Plan, Shape, Trained, Workshop, block_levels};
use crate::error::{Error, Path, Problems, Result};
use crate::fec::Sender;
use crate::part::Library;
use crate::pattern::Source;
use crate::seed::Seed;
use crate::signal::{Field, Grid};
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
    /// Where its payload comes from, when it carries any.
    pub sender: Option<Sender>,
    /// Streams of what lanes share.
    pub run: Seed,
    /// Its own streams.
    pub seed: Seed,
}

/// Lanes that share one pattern: a lane begins a 64th of its period behind its neighbour, its training half as far.
///
/// Short patterns are the same data at another phase; training then sees what is scored.
const SHARES: u64 = 64;
/// The same distance for a pattern without a period.
const ENDLESS_STRIDE: u64 = 1 << 40;

/// Departure of a lane's launch power from its description, dB; a captured lane is as it is.
fn spread_db(config: &Config, number: usize) -> f64 {
    if config.transmitter.recording().is_some() {
        return 0.0;
    }
    config.spread.launch_power_db * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal()
}

/// Symbols become light in the fibre at the transmitter.
fn transmitted(config: &Config, number: usize, grid: Grid) -> Chain<Field> {
    let light = config.transmitter.extend(Chain::symbols(), grid, number);
    light.response(Shape::Gain(amplitude_ratio(spread_db(config, number))))
}

impl Lane {
    /// Builds lane `number` from its own description, which must have been checked.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn build(config: &Config, number: usize, shop: &mut Workshop) -> Result<Lane> {
        Self::build_sending(config, number, Self::sender(config), shop)
    }

    /// The payload of the port, when lanes carry any.
    pub(super) fn sender(config: &Config) -> Option<Sender> {
        let layout = config.fec.chosen().filter(|_| config.carries_payload())?.build().ok()?;
        Sender::new(&layout, Seed::new(config.simulation.seed)).ok()
    }

    /// The same with the port's payload, so that its codewords are encoded once for all lanes.
    pub(super) fn build_sending(config: &Config, number: usize, sender: Option<Sender>, shop: &mut Workshop) -> Result<Lane> {
        let mut config = config.clone();
        let mut problems = Problems::new();
        config.load(&Library::default(), &mut problems); // only what is not loaded yet is read
        problems.finish()?;
        let config = &config;
        let recorded = config.transmitter.recording().map(|recording| Ok(Source::stored(recording.periods.levels.clone())));
        let payload = sender.as_ref().map(|sender| Ok(Source::computed(sender.lane(number))));
        let pattern = recorded.or(payload).unwrap_or_else(|| config.pattern.build()).map_err(|because| {
            let mut problems = Problems::new();
            problems.report(&Path::root().key("pattern"), "file", &config.pattern.file, because);
            Error::Input(problems)
        })?;
        let grid = config.grid();
        let run = Seed::new(config.simulation.seed);
        let transmitter = &config.transmitter;
        let tp2 = transmitted(config, number, grid).probe("tp2");
        let light = config.fibre.extend(tp2, transmitter.chosen().wavelength_nm()).probe("tp3");
        let received_oma_w = transmitter.settled_oma_w() * power_ratio(spread_db(config, number) - config.fibre.loss_db());
        let plan = config.receiver.extend(light, received_oma_w, grid, shop);
        let plan = match config.clocking() {
            Some(clocking) => plan.clocked(clocking),
            None => plan,
        };
        let dsp = config.receiver.ffe.dsp();
        Ok(Lane { number, config: config.clone(), plan, dsp, pattern, sender, run, seed: run.named("lane").index(number as u64) })
    }

    /// Its light in the fibre at the transmitter, on another grid.
    pub(super) fn light(&self, grid: Grid) -> Chain<Field> {
        transmitted(&self.config, self.number, grid)
    }

    /// What its first block draws without noise.
    pub(super) fn noiseless(&self) -> Draws<'static> {
        Draws { run: self.run, lane: self.seed, block: 0, noise: 0, what: Drawn::Nothing }
    }

    /// The lane as it is counted with a receiver.
    pub(super) fn counted<'a>(&'a self, trained: &'a Trained) -> Count<'a> {
        Count {
            hops: vec![Hop { plan: &self.plan, trained, streams: self.seed }],
            pattern: &self.pattern,
            first_symbol: self.first_symbol(),
            precoder: self.config.precodes(),
            run: self.run,
            lane: self.seed,
        }
    }

    /// Absolute index of the lane's first symbol.
    pub fn first_symbol(&self) -> u64 {
        // the lanes of a port carry its codewords side by side
        if self.sender.is_some() { 0 } else { self.number as u64 * self.stride() }
    }

    fn stride(&self) -> u64 {
        if self.config.transmitter.recording().is_some() {
            return 0; // a recording is in its own phase
        }
        self.pattern.period().map_or(ENDLESS_STRIDE, |period| period / SHARES)
    }

    /// The lane's first blocks of levels, or those of its training.
    pub fn blocks(&self, count: u64, training: bool) -> Vec<Vec<u8>> {
        let (first, seed) = if training {
            (self.first_symbol() + self.stride() / 2, self.seed.named("training"))
        } else {
            (self.first_symbol(), self.seed)
        };
        let block = |b| {
            let mut levels = vec![0; self.plan.grid().symbols];
            block_levels(&self.pattern, self.config.precodes(), first, b, seed, &mut levels);
            levels
        };
        (0..count).map(block).collect()
    }
}
