//! The chains of a lane, from what drives symbols to what decides them.

use crate::chain::{Chain, Dsp, Plan, Shape, Workshop};
use crate::link::describe::config::Config;
use crate::link::describe::module::{Host, ModuleKind};
use crate::link::describe::segments::Part;
use crate::seed::Seed;
use crate::serdes::{Line, SerdesRx, SerdesTx};
use crate::signal::{Field, Grid, Volt};
use crate::units::{amplitude_ratio, power_ratio};

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

/// Departure of a lane's launch power from its description, dB; a captured lane is as it is.
fn spread_db(config: &Config, number: usize) -> f64 {
    if config.transmitter.recording().is_some() {
        return 0.0;
    }
    config.spread.launch_power_db
        * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal()
}

/// Symbols become light in the fibre at the transmitter.
pub(super) fn transmitted(config: &Config, number: usize, grid: Grid) -> Chain<Field> {
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

/// What a linear module sends to its host, ahead of the channel.
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

/// The segment with the light, of one lane: decided by the module, or by the host behind a linear
/// output.
pub(super) fn light(
    config: &Config,
    number: usize,
    grid: Grid,
    shop: &mut Workshop,
) -> (Plan, Dsp) {
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
pub(super) fn electrical(
    config: &Config,
    part: Part,
    lane: Seed,
    grid: Grid,
    shop: &mut Workshop,
) -> Option<Segment> {
    let Config { host, module, .. } = config;
    if !part.exists(config.module.kind) {
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
