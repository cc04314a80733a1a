//! One lane: the order of its chain.

use crate::chain::{
    Chain, Count, Drawn, Draws, Dsp, Hop, Method, Plan, Trained, Workshop, block_levels,
};
use crate::error::{Error, Path, Problems, Result};
use crate::fec::FecSender;
use crate::link::build::segment::{Segment, electrical, light, transmitted};
use crate::link::describe::config::Config;
use crate::link::describe::segments::Part;
use crate::pattern::SymbolSource;
use crate::seed::Seed;
use crate::signal::{Field, Grid};

/// A built lane: its plan, its data and its random streams, ready for both estimators.
pub struct Lane {
    /// Number, from 0.
    pub number: usize,
    /// Its own description.
    pub config: Config,
    /// The chain of the segment with the light.
    pub plan: Plan,
    /// Its receiver's signal processing.
    pub dsp: Dsp,
    /// From the host to a module that decides.
    pub ahead: Option<Segment>,
    /// From a module that has decided to the host.
    pub behind: Option<Segment>,
    /// What it sends.
    pub pattern: SymbolSource,
    /// Where its payload comes from, when it carries any.
    pub sender: Option<FecSender>,
    /// Streams of what lanes share.
    pub run: Seed,
    /// Its own streams.
    pub seed: Seed,
}

/// Lanes that share one pattern: a lane begins a 64th of its period behind its neighbour, its
/// training half as far.
///
/// Short patterns are the same data at another phase; training then sees what is scored.
const SHARES: u64 = 64;

/// The same distance for a pattern without a period.
const ENDLESS_STRIDE: u64 = 1 << 40;

impl Lane {
    /// Builds lane `number` from its own description, files read and every setting found.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read or is no pattern.
    pub(crate) fn settled(
        config: &Config,
        number: usize,
        sender: Option<FecSender>,
        shop: &mut Workshop,
    ) -> Result<Lane> {
        let recorded = config
            .transmitter
            .recording()
            .map(|recording| Ok(SymbolSource::stored(recording.periods.levels.clone())));
        let payload = sender.as_ref().map(|sender| Ok(SymbolSource::computed(sender.lane(number))));
        let pattern =
            recorded.or(payload).unwrap_or_else(|| config.pattern.build()).map_err(|because| {
                let mut problems = Problems::new();
                problems.report(
                    &Path::root().key("pattern"),
                    "file",
                    &config.pattern.file,
                    because,
                );
                Error::Input(problems)
            })?;
        let grid = config.grid();
        let run = Seed::new(config.simulation.seed);
        let (plan, dsp) = light(config, number, grid, shop);
        let seed = run.named("lane").index(number as u64);
        let [ahead, behind] =
            [Part::Ahead, Part::Behind].map(|part| electrical(config, part, seed, grid, shop));
        Ok(Lane {
            number,
            config: config.clone(),
            plan,
            dsp,
            ahead,
            behind,
            pattern,
            sender,
            run,
            seed,
        })
    }

    /// The payload of the port, when lanes carry any.
    pub(crate) fn sender(config: &Config) -> Option<FecSender> {
        let layout = config.fec.chosen().filter(|_| config.carries_payload())?.build().ok()?;
        FecSender::new(&layout, Seed::new(config.simulation.seed)).ok()
    }

    /// One part of lane 0 alone.
    pub(crate) fn part(config: &Config, part: Part, shop: &mut Workshop) -> Segment {
        let streams = Seed::new(config.simulation.seed).named("lane").index(0);
        electrical(config, part, streams, config.grid(), shop).unwrap_or_else(|| {
            let (plan, dsp) = light(config, 0, config.grid(), shop);
            Segment { name: "light", plan, dsp, streams }
        })
    }

    /// Its light in the fibre at the transmitter, on another grid.
    pub(crate) fn light(&self, grid: Grid) -> Chain<Field> {
        transmitted(&self.config, self.number, grid)
    }

    /// What its first block draws without noise.
    pub(crate) fn noiseless(&self) -> Draws<'static> {
        Draws { run: self.run, lane: self.seed, block: 0, noise: 0, what: Drawn::Nothing }
    }

    /// The lane as it is counted with the receiver of the light alone.
    pub(crate) fn counted<'a>(&'a self, trained: &'a Trained) -> Count<'a> {
        self.counted_through(trained, [None, None], Method::Chain)
    }

    /// The lane as it is counted with its receivers: of the light, of what stands ahead, and of
    /// what stands behind.
    pub(crate) fn counted_through<'a>(
        &'a self,
        trained: &'a Trained,
        electrical: [Option<&'a Trained>; 2],
        method: Method<'a>,
    ) -> Count<'a> {
        let hop = |segment: &'a Option<Segment>, trained: Option<&'a Trained>| {
            segment.as_ref().zip(trained).map(|(s, trained)| Hop {
                name: s.name,
                plan: &s.plan,
                trained,
                streams: s.streams,
            })
        };
        let [ahead, behind] = electrical;
        let light = Hop { name: "light", plan: &self.plan, trained, streams: self.seed };
        Count {
            hops: hop(&self.ahead, ahead)
                .into_iter()
                .chain([light])
                .chain(hop(&self.behind, behind))
                .collect(),
            pattern: &self.pattern,
            first_symbol: self.first_symbol(),
            precoder: self.config.precodes(),
            run: self.run,
            lane: self.seed,
            method,
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
