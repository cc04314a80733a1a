//! One lane: the order of its chain.

use super::{Config, Host, ModuleKind, tuning};
use crate::chain::{
    Chain, Count, Drawn, Draws, Dsp, Hop, Method, Plan, Shape, Trained, Workshop, block_levels,
};
use crate::error::{Error, Path, Problems, Result};
use crate::fec::Sender;
use crate::part::Library;
use crate::pattern::Source;
use crate::seed::Seed;
use crate::serdes::{Line, SerdesRx, SerdesTx};
use crate::signal::{Field, Grid, Volt};
use crate::units::{amplitude_ratio, power_ratio};

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
    pub pattern: Source,
    /// Where its payload comes from, when it carries any.
    pub sender: Option<Sender>,
    /// Streams of what lanes share.
    pub run: Seed,
    /// Its own streams.
    pub seed: Seed,
}

/// An electrical segment of a lane: from what drives symbols to what decides them.
pub struct Segment {
    /// What it is called.
    pub name: &'static str,
    /// Its chain.
    pub plan: Plan,
    /// Its receiver's signal processing.
    pub dsp: Dsp,
    /// Its own streams.
    pub streams: Seed,
}

/// Lanes that share one pattern: a lane begins a 64th of its period behind its neighbour, its
/// training half as far.
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
    config.spread.launch_power_db
        * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal()
}

/// A part of a lane that makes decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// From the host to a module that decides.
    Ahead,
    /// The segment with the light.
    Light,
    /// From a module that has decided to the host.
    Behind,
}

impl Part {
    /// All of them, in the order of the symbols.
    pub(super) const ALL: [Part; 3] = [Part::Ahead, Part::Light, Part::Behind];

    /// True when a description has it.
    pub(super) fn exists(self, config: &Config) -> bool {
        match self {
            Part::Ahead => config.module.kind.retimes_transmit(),
            Part::Light => true,
            Part::Behind => config.module.kind == ModuleKind::Retimed,
        }
    }
}

/// Symbols become light in the fibre at the transmitter.
fn transmitted(config: &Config, number: usize, grid: Grid) -> Chain<Field> {
    let Config { host, module, transmitter, .. } = config;
    let light = if module.kind == ModuleKind::Lpo {
        let sent = host.tx.extend(Chain::symbols(), "host.tx", grid);
        let arrived = host.channel.extend(sent, &host.tx, "host.channel", false, grid);
        let driven = module.input.extend(arrived, host.tx.settled_v() * host.channel.settled());
        transmitter.extend_driven(driven, grid, number)
    } else {
        transmitter.extend(Chain::symbols(), grid, number)
    };
    light.response(Shape::Gain(amplitude_ratio(spread_db(config, number))))
}

/// What a host has sent, behind its channel.
pub(super) fn sent_to_module(config: &Config, grid: Grid) -> Chain<Volt> {
    let Host { tx, channel, .. } = &config.host;
    channel.extend(
        tx.extend(Chain::symbols(), "host.tx", grid).map(Line),
        tx,
        "host.channel",
        false,
        grid,
    )
}

/// What a linear module sends to its host, ahead of the channel.
pub(super) fn sent_to_host(config: &Config, number: usize, grid: Grid) -> Chain<Volt> {
    let (light, oma_w) = arriving(config, number, grid);
    config.receiver.extend_linear(light, oma_w, &config.module.output, grid)
}

/// The light at the receiver, and its nominal outer modulation amplitude, W.
fn arriving(config: &Config, number: usize, grid: Grid) -> (Chain<Field>, f64) {
    let tp2 = transmitted(config, number, grid).probe("tp2");
    let light = config.fibre.extend(tp2, config.transmitter.chosen().wavelength_nm()).probe("tp3");
    (
        light,
        config.settled_oma_w() * power_ratio(spread_db(config, number) - config.fibre.loss_db()),
    )
}

/// The segment with the light, of one lane: decided by the module, or by the host behind a linear
/// output.
fn light(config: &Config, number: usize, grid: Grid, shop: &mut Workshop) -> (Plan, Dsp) {
    let Config { host, module, receiver, .. } = config;
    if !module.kind.linear_receive() {
        let (light, oma_w) = arriving(config, number, grid);
        return (
            clocked(receiver.extend(light, oma_w, grid, shop), config, Part::Light),
            receiver.dsp(),
        );
    }
    // neighbouring lanes' outputs are the far-end aggressors
    let neighbour = SerdesTx { swing_vppd: module.output.swing_vppd, ..module.tx.clone() };
    let sent = sent_to_host(config, number, grid);
    let arrived = host.back().extend(sent, &neighbour, "host.back", true, grid);
    (
        clocked(host.rx.extend(arrived, "host.rx", true, grid, shop), config, Part::Light),
        host.rx.dsp(),
    )
}

/// A part's chain with its clock, in stream mode.
fn clocked(plan: Plan, config: &Config, part: Part) -> Plan {
    match config.clocking(part) {
        Some(clocking) => plan.clocked(clocking),
        None => plan,
    }
}

/// An electrical segment of one lane; nothing where the light is, or where there is none.
fn electrical(
    config: &Config,
    part: Part,
    lane: Seed,
    grid: Grid,
    shop: &mut Workshop,
) -> Option<Segment> {
    let Config { host, module, .. } = config;
    if !part.exists(config) {
        return None;
    }
    let decided = |volts: Chain<Volt>, rx: &SerdesRx, name: &str, shop: &mut Workshop| {
        (rx.extend(volts, name, false, grid, shop), rx.dsp())
    };
    let ((plan, dsp), name) = match part {
        Part::Light => return None,
        Part::Ahead => {
            (decided(sent_to_module(config, grid), &module.rx, "module.rx", shop), "host to module")
        }
        Part::Behind => {
            let sent = module.tx.extend(Chain::symbols(), "module.tx", grid).map(Line);
            let arrived = host.back().extend(sent, &module.tx, "host.back", false, grid);
            (decided(arrived, &host.rx, "host.rx", shop), "module to host")
        }
    };
    Some(Segment { name, plan: clocked(plan, config, part), dsp, streams: lane.named(name) })
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
    pub(super) fn build_sending(
        config: &Config,
        number: usize,
        sender: Option<Sender>,
        shop: &mut Workshop,
    ) -> Result<Lane> {
        let mut config = config.clone();
        let mut problems = Problems::new();
        config.load(&Library::default(), &mut problems); // only what is not loaded yet is read
        problems.finish()?;
        let config = &tuning::tuned(&config, shop);
        let recorded = config
            .transmitter
            .recording()
            .map(|recording| Ok(Source::stored(recording.periods.levels.clone())));
        let payload = sender.as_ref().map(|sender| Ok(Source::computed(sender.lane(number))));
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

    /// One part of lane 0 alone.
    pub(super) fn part(config: &Config, part: Part, shop: &mut Workshop) -> Segment {
        let streams = Seed::new(config.simulation.seed).named("lane").index(0);
        electrical(config, part, streams, config.grid(), shop).unwrap_or_else(|| {
            let (plan, dsp) = light(config, 0, config.grid(), shop);
            Segment { name: "light", plan, dsp, streams }
        })
    }

    /// Its light in the fibre at the transmitter, on another grid.
    pub(super) fn light(&self, grid: Grid) -> Chain<Field> {
        transmitted(&self.config, self.number, grid)
    }

    /// What its first block draws without noise.
    pub(super) fn noiseless(&self) -> Draws<'static> {
        Draws { run: self.run, lane: self.seed, block: 0, noise: 0, what: Drawn::Nothing }
    }

    /// The lane as it is counted with the receiver of the light alone.
    pub(crate) fn counted<'a>(&'a self, trained: &'a Trained) -> Count<'a> {
        self.counted_through(trained, [None, None], Method::Chain)
    }

    /// The lane as it is counted with its receivers: of the light, of what stands ahead, and of
    /// what stands behind.
    pub(super) fn counted_through<'a>(
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
