//! The settings that an operator would program: transmit taps and analogue gains, found by search,
//! and the drives of the levels.

use super::trial::{BETTER, TrialContext, cost, trial_of};
use super::{detuning_search, level_training};
use crate::chain::{PlanCache, WorkspacePool};
use crate::link::describe::config::Config;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::link::solve::budget::SETTINGS_ROUNDS;
use crate::measured::{FileRead, Library};
use crate::run_options::CancelToken;
use crate::serdes::{Ctle, SerdesTx};
use crate::transmitter::Modulator;
use std::sync::Arc;

/// Steps of a setting, coarse to fine.
const STRIDES: [f64; 3] = [4.0, 2.0, 1.0];
/// Step of an analogue gain, dB.
const GAIN_STEP_DB: f64 = 1.0;

/// Resolution of taps.
const RESOLUTION: f64 = 1e-6;
/// Bit error ratio of the start above which no search is made: there is no usable signal.
const START_BER_MAX: f64 = 0.3;

/// One setting of the search.
#[derive(Clone, Copy)]
enum Knob {
    /// A tap of the host's or the module's transmitter.
    Tap(Sender, usize),
    /// A gain of an analogue equaliser: 0, its gain; 1, its low gain.
    Gain(Equaliser, usize),
}

#[derive(Clone, Copy)]
enum Sender {
    Host,
    Module,
}

#[derive(Clone, Copy)]
enum Equaliser {
    ModuleRx,
    ModuleInput,
    HostRx,
}

impl Sender {
    fn of(self, config: &Config) -> &SerdesTx {
        match self {
            Sender::Host => &config.host.tx,
            Sender::Module => &config.module.tx,
        }
    }

    fn of_mut(self, config: &mut Config) -> &mut SerdesTx {
        match self {
            Sender::Host => &mut config.host.tx,
            Sender::Module => &mut config.module.tx,
        }
    }
}

impl Equaliser {
    fn of(self, config: &Config) -> &Ctle {
        match self {
            Equaliser::ModuleRx => &config.module.rx.ctle,
            Equaliser::ModuleInput => &config.module.input.ctle,
            Equaliser::HostRx => &config.host.rx.ctle,
        }
    }

    fn of_mut(self, config: &mut Config) -> &mut Ctle {
        match self {
            Equaliser::ModuleRx => &mut config.module.rx.ctle,
            Equaliser::ModuleInput => &mut config.module.input.ctle,
            Equaliser::HostRx => &mut config.host.rx.ctle,
        }
    }
}

impl Knob {
    fn get(self, config: &Config) -> f64 {
        match self {
            Knob::Tap(sender, tap) => sender.of(config).ffe.taps[tap],
            Knob::Gain(equaliser, 0) => equaliser.of(config).gain_db,
            Knob::Gain(equaliser, _) => equaliser.of(config).low_gain_db,
        }
    }

    /// Smallest value, largest value and step.
    fn range(self, config: &Config) -> [f64; 3] {
        match self {
            Knob::Tap(sender, tap) => {
                let tx = sender.of(config);
                [tx.tap_low[tap], tx.tap_high[tap], tx.tap_step]
            }
            Knob::Gain(equaliser, gain) => {
                let ctle = equaliser.of(config);
                [[ctle.gain_min_db, ctle.low_gain_min_db][gain], 0.0, GAIN_STEP_DB]
            }
        }
    }

    /// Sets it; false if the main tap would leave its limits.
    fn set(self, config: &mut Config, value: f64) -> bool {
        match self {
            Knob::Tap(sender, tap) => {
                let tx = sender.of_mut(config);
                tx.ffe.taps[tap] = value;
                let main = tx.ffe.taps.len() / 2;
                let others: f64 = tx
                    .ffe
                    .taps
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| *i != main)
                    .map(|(_, tap)| tap.abs())
                    .sum();
                // rounded as the table shows it
                tx.ffe.taps[main] = ((1.0 - others) / RESOLUTION).round() * RESOLUTION;
                (tx.tap_low[main]..=tx.tap_high[main]).contains(&tx.ffe.taps[main])
                    && tx.ffe.taps.iter().sum::<f64>() > 0.0
            }
            Knob::Gain(equaliser, gain) => {
                let ctle = equaliser.of_mut(config);
                *(if gain == 0 { &mut ctle.gain_db } else { &mut ctle.low_gain_db }) = value;
                true
            }
        }
    }
}

/// The settings of a segment to be searched.
fn knobs(config: &Config, kind: SegmentKind) -> Vec<Knob> {
    use DecisionPoint::{FarHost, FarModule, NearHost, NearModule};
    let sender = match kind.from {
        NearHost => Some(Sender::Host),
        FarModule => Some(Sender::Module),
        _ => None,
    };
    let input = (kind.from == NearHost && kind.has_light()).then_some(Equaliser::ModuleInput);
    let receiver = match kind.to {
        NearModule => Some(Equaliser::ModuleRx),
        FarHost => Some(Equaliser::HostRx),
        _ => None,
    };
    let equalisers: Vec<Equaliser> = input.into_iter().chain(receiver).collect();
    let gains = equalisers
        .iter()
        .filter(|e| e.of(config).adapt)
        .flat_map(|&e| [Knob::Gain(e, 0), Knob::Gain(e, 1)]);
    let taps = sender.into_iter().filter(|s| s.of(config).adapt).flat_map(|s| {
        let tx = s.of(config);
        let free =
            move |&tap: &usize| tap != tx.ffe.taps.len() / 2 && tx.tap_low[tap] < tx.tap_high[tap];
        (0..tx.ffe.taps.len()).filter(free).map(move |tap| Knob::Tap(s, tap))
    });
    gains.chain(taps).collect()
}

/// The description with the settings found: taps and gains that minimise each segment's error
/// ratio.
///
/// One setting after the other is moved by steps, coarse to fine, as long as the semi-analytic
/// error ratio of two short blocks of random symbols falls: a local minimum. Cancelled, the search
/// ends where it is. Without the `files` of a described modulator, nothing is kept for others.
pub(crate) fn tuned(
    config: &Config,
    modulator: &Arc<dyn Modulator>,
    files: Option<&[&str]>,
    library: &Library,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Config {
    let mut found = config.clone();
    let workspaces = WorkspacePool::cancelled_by(cancel);
    let mut bench = TrialContext { modulator, library, cache, workspaces: &workspaces };
    let trains_levels = level_training::trains(config, &**modulator);
    if trains_levels {
        level_training::reset(&mut found);
    }
    for kind in config.segments() {
        search(&mut found, kind, &mut bench);
    }
    if trains_levels {
        level_training::train_once(&mut found, files, &mut bench);
    }
    found
}

/// The same, searched once for all lanes and points of a sweep with equal descriptions.
pub(crate) fn tuned_once(
    config: &Config,
    modulator: &Arc<dyn Modulator>,
    files: &[FileRead],
    library: &Library,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Config {
    if config.segments().iter().all(|&kind| knobs(config, kind).is_empty())
        && !level_training::trains(config, &**modulator)
        && !detuning_search::searches(config)
    {
        return config.clone();
    }
    let files: Vec<&str> = files.iter().map(|file| file.file.as_str()).collect();
    // settings of a search that was cut short are not kept for others
    let search = || {
        let detuned = detuning_search::searches(config)
            .then(|| detuning_search::detuned(config, library, cache, cancel));
        let detuned = detuned
            .as_ref()
            .and_then(|detuned| Some((detuned, detuning_search::modulator_of(detuned, library)?)));
        let found = match &detuned {
            Some((detuned, modulator)) => {
                tuned(detuned, modulator, Some(&files), library, cache, cancel)
            }
            None => tuned(config, modulator, Some(&files), library, cache, cancel),
        };
        if cancel.is_cancelled() { Err(Box::new(found)) } else { Ok(found) }
    };
    match library.derived(config, &files, search) {
        Ok(found) => (*found).clone(),
        Err(found) => *found,
    }
}

fn search(config: &mut Config, kind: SegmentKind, bench: &mut TrialContext<'_>) {
    let knobs = knobs(config, kind);
    if knobs.is_empty() {
        return;
    }
    // taps begin within their limits
    for &knob in &knobs {
        let [low, high, _] = knob.range(config);
        knob.set(config, knob.get(config).clamp(low, high));
    }
    let trial = trial_of(config);
    let mut best = (cost(&trial, kind, bench), trial.clone());
    if best.0 > START_BER_MAX.ln() {
        return;
    }
    for stride in STRIDES {
        for _ in 0..SETTINGS_ROUNDS {
            let before = best.0;
            for &knob in &knobs {
                for direction in [1.0, -1.0] {
                    while let Some(better) = stepped(&best, knob, direction * stride, kind, bench) {
                        best = better;
                    }
                }
            }
            if best.0 > before - BETTER {
                break;
            }
        }
    }
    for knob in knobs {
        knob.set(config, knob.get(&best.1));
    }
}

/// The description with one setting moved, if that is better.
fn stepped(
    best: &(f64, Config),
    knob: Knob,
    steps: f64,
    kind: SegmentKind,
    bench: &mut TrialContext<'_>,
) -> Option<(f64, Config)> {
    let (cost_now, config) = best;
    let [low, high, step] = knob.range(config);
    let now = knob.get(config);
    // on the grid of steps, within the limits
    let next = (((now + steps * step) / step).round() * step).clamp(low, high);
    if (next - now).abs() < step / 100.0 {
        return None;
    }
    let mut trial = config.clone();
    if !knob.set(&mut trial, next) {
        return None;
    }
    let found = cost(&trial, kind, bench);
    (found < cost_now - BETTER).then_some((found, trial))
}
