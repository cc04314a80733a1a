//! The segments of a lane, built: from what sends symbols to what decides them.

use crate::chain::{Chain, Dsp, Plan, Shape, Workshop};
use crate::link::describe::config::Config;
use crate::link::describe::limits::Limits;
use crate::link::describe::module::Host;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::seed::Seed;
use crate::serdes::{Line, SerdesTx};
use crate::signal::{Field, Grid, Volt};
use crate::units::{amplitude_ratio, power_ratio};

/// A segment of a lane, ready for both estimators.
pub struct Segment {
    /// From which decision point to which.
    pub kind: SegmentKind,
    /// Its chain.
    pub plan: Plan,
    /// Its receiver's signal processing.
    pub dsp: Dsp,
    /// Streams of its noises.
    pub streams: Seed,
    /// Pre-FEC bit error ratio that it may reach alone, where it has a limit of its own.
    pub limit_ber: Option<f64>,
}

impl Segment {
    /// Builds a segment of lane `number`, whose streams are `lane`.
    pub(crate) fn build(
        config: &Config,
        kind: SegmentKind,
        number: usize,
        lane: Seed,
        shop: &mut Workshop,
    ) -> Segment {
        let grid = config.grid();
        let (plan, dsp) = if kind.has_light() {
            optical(config, number, grid, shop)
        } else {
            electrical(config, kind, grid, shop)
        };
        let plan = match config.clocking(kind) {
            Some(clocking) => plan.clocked(clocking),
            None => plan,
        };
        let streams = kind.stream().map_or(lane, |key| lane.stream(&key));
        Segment { kind, plan, dsp, streams, limit_ber: limit_ber(kind, &config.limits) }
    }
}

/// Limit of a segment alone; one between hosts and light shares that of the link.
fn limit_ber(kind: SegmentKind, limits: &Limits) -> Option<f64> {
    match kind {
        SegmentKind::OPTICAL => Some(limits.pmd_ber),
        kind if kind.has_light() => None,
        _ => Some(limits.aui_ber),
    }
}

/// Departure of a lane's launch power from its description, dB; a captured lane is as it is.
fn spread_db(config: &Config, number: usize) -> f64 {
    if config.transmitter.recording().is_some() {
        return 0.0;
    }
    config.spread.launch_power_db
        * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal()
}

/// From symbols to light in the fibre at the transmitter.
pub(super) fn transmitted(config: &Config, number: usize, grid: Grid) -> Chain<Field> {
    let Config { host, module, transmitter, .. } = config;
    let light = if config.optical().from == DecisionPoint::NearHost {
        let sent = host.tx.extend(Chain::symbols(), "host.tx", grid);
        let arrived = host.channel.extend(sent, &host.tx, "host.channel", false, grid);
        let driven = module.input.extend(arrived, host.tx.settled_v() * host.channel.settled());
        transmitter.extend_driven(driven, grid, number)
    } else {
        transmitter.extend(Chain::symbols(), grid, number)
    };
    light.response(Shape::Gain(amplitude_ratio(spread_db(config, number))))
}

/// Volts at the module's input, from the host through its channel.
pub(crate) fn sent_to_module(config: &Config, grid: Grid) -> Chain<Volt> {
    let Host { tx, channel, .. } = &config.host;
    channel.extend(
        tx.extend(Chain::symbols(), "host.tx", grid).map(Line),
        tx,
        "host.channel",
        false,
        grid,
    )
}

/// Volts at the output of a linear module, before the channel to its host.
pub(crate) fn sent_to_host(config: &Config, number: usize, grid: Grid) -> Chain<Volt> {
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

/// The segment with light, decided by the module or, after its linear output, by the host.
fn optical(config: &Config, number: usize, grid: Grid, shop: &mut Workshop) -> (Plan, Dsp) {
    let Config { host, module, receiver, .. } = config;
    if config.optical().to == DecisionPoint::FarModule {
        let (light, oma_w) = arriving(config, number, grid);
        return (receiver.extend(light, oma_w, grid, shop), receiver.dsp());
    }
    // neighbouring lanes' outputs are the far-end aggressors
    let neighbour = SerdesTx { swing_vppd: module.output.swing_vppd, ..module.tx.clone() };
    let sent = sent_to_host(config, number, grid);
    let arrived = host.back().extend(sent, &neighbour, "host.back", true, grid);
    (host.rx.extend(arrived, "host.rx", true, grid, shop), host.rx.dsp())
}

/// A segment without light: from the host to its module, or back.
fn electrical(config: &Config, kind: SegmentKind, grid: Grid, shop: &mut Workshop) -> (Plan, Dsp) {
    let Config { host, module, .. } = config;
    let (volts, rx, name) = if kind.from == DecisionPoint::NearHost {
        (sent_to_module(config, grid), &module.rx, "module.rx")
    } else {
        let sent = module.tx.extend(Chain::symbols(), "module.tx", grid).map(Line);
        let arrived = host.back().extend(sent, &module.tx, "host.back", false, grid);
        (arrived, &host.rx, "host.rx")
    };
    (rx.extend(volts, name, false, grid, shop), rx.dsp())
}
