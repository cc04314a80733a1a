//! Currents of a lane and of the signals that couple into it.

use crate::error::Problems;
use crate::link::describe::config::Config;
use crate::measured::{BuildContext, Library};
use crate::receiver::Aggressors;
use crate::seed::Seed;
use crate::transmitter::Modulator;
use crate::units::{power_ratio, watt_from_dbm};

/// Deviation of a lane's launch power from its description, dB; zero for a captured waveform.
pub(super) fn spread_db(config: &Config, modulator: &dyn Modulator, number: usize) -> f64 {
    if modulator.recording().is_some() {
        return 0.0;
    }
    config.spread.launch_power_db
        * Seed::new(config.spread.module).named("launch power").index(number as u64).rng().normal()
}

/// Nominal outer modulation amplitude in the fibre at the receiver, W.
pub(super) fn arriving_oma_w(config: &Config, modulator: &dyn Modulator, number: usize) -> f64 {
    launched_oma_w(config, modulator, number)
        * power_ratio(-config.fibre.loss_db() - config.fibre.wdm.loss_db())
}

/// Nominal outer modulation amplitude in the fibre at the transmitter, W.
fn launched_oma_w(config: &Config, modulator: &dyn Modulator, number: usize) -> f64 {
    config.settled_oma_w(modulator) * power_ratio(spread_db(config, modulator, number))
}

/// Outer currents of the signals that couple into the context's lane.
pub(super) fn aggressors(
    config: &Config,
    modulator: &dyn Modulator,
    context: &BuildContext<'_>,
) -> Aggressors {
    let number = context.lane;
    let near = [number.checked_sub(1), Some(number + 1)].into_iter().flatten();
    let currents: Vec<f64> = near
        .filter(|&near| near < config.lanes)
        .map(|near| neighbour_a(config, modulator, near, context.library))
        .collect();
    let lane_a = if currents.is_empty() {
        received_a(config, modulator, number)
    } else {
        (currents.iter().map(|a| a * a).sum::<f64>() / currents.len() as f64).sqrt()
    };
    let launched_w = config
        .receiver
        .crosstalk
        .tx_oma_dbm
        .map_or_else(|| launched_oma_w(config, modulator, number), watt_from_dbm);
    Aggressors { lane_a, tx_a: launched_w * config.receiver.photodiode.responsivity_a_per_w }
}

/// Settled outer current of a lane's own diode, A peak to peak.
fn received_a(config: &Config, modulator: &dyn Modulator, number: usize) -> f64 {
    config.receiver.settled_current_a(arriving_oma_w(config, modulator, number))
}

/// The same of the lane `near` next to one that is described by `config`.
fn neighbour_a(config: &Config, modulator: &dyn Modulator, near: usize, library: &Library) -> f64 {
    let differing = config.neighbours.iter().find(|(number, _)| *number == near);
    let described = differing.and_then(|(_, neighbour)| {
        // its files were checked; without them its modulator is taken as this lane's
        let (_, modulator) = neighbour.read(library, &mut Problems::new());
        Some((neighbour, modulator?))
    });
    match described {
        Some((neighbour, modulator)) => received_a(neighbour, &*modulator, near),
        None => received_a(config, modulator, near),
    }
}
