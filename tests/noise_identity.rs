//! Every noise of every link: its class, and the keys of the random streams, which are fixed texts.

use crate::support::{captured, run};
use lightlane::chain::{
    Chain, Density, Law, Map, Memory, Noise, NoiseClass, NoisePlace, Plan, PlanCache, Sampler,
    Shape,
};
use lightlane::link::{Lane, Stack, presets};
use lightlane::math::prototype::Family;
use lightlane::signal::{Ampere, Field, Grid, Volt, Watt};
use num_complex::Complex32;
use std::collections::BTreeSet;

/// Every noise that a key switches on, and every interferer.
const ALL_ON: [&str; 10] = [
    "lanes=2",
    "transmitter.dac.jitter_fs=50",
    "host.tx.jitter_fs=50",
    "host.tx.dual_dirac_jitter_fs=50",
    "host.tx.even_odd_jitter_fs=50",
    "module.tx.jitter_fs=50",
    "module.tx.dual_dirac_jitter_fs=50",
    "module.tx.even_odd_jitter_fs=50",
    "receiver.crosstalk.lane_db=30",
    "receiver.crosstalk.tx_db=30",
];

/// The lanes of all presets, transmitters and kinds of module.
fn lanes() -> Vec<(&'static str, Lane)> {
    let [kind, levels, waveform, capture] = captured();
    let mut lanes = Vec::new();
    for preset in presets::all() {
        for module in ["optics", "retimed", "lro", "lpo"] {
            for transmitter in ["eml", "mzm", "stressed", "waveform"] {
                let mut stack = Stack::open(preset.name).unwrap();
                let mut set = |assignment: &str| stack.set(assignment).unwrap();
                ALL_ON.iter().for_each(|on| set(on));
                set("transmitter.stressed.jitter_fs=50");
                set("transmitter.stressed.noise_percent=3");
                set(&format!("module.kind={module}"));
                set(&format!("transmitter.kind={transmitter}"));
                if transmitter == "waveform" {
                    [kind, levels, waveform, capture].into_iter().for_each(|one| set(one));
                }
                let Ok(resolved) = stack.resolve() else { continue };
                let config = &resolved.lanes[1];
                if let Ok(lane) = Lane::build(config, 1, &mut PlanCache::default()) {
                    lanes.push((module, lane));
                }
            }
        }
    }
    lanes
}

#[test]
fn stream_keys_are_the_fixed_texts() {
    let mut keys = BTreeSet::new();
    for (_, lane) in lanes() {
        for segment in &lane.segments {
            keys.extend(segment.plan.stream_keys().iter().map(|key| key.text().to_owned()));
        }
    }
    let keys: Vec<String> = keys.into_iter().collect();
    assert_eq!(keys, STREAM_KEYS, "{keys:#?}");
}

#[test]
fn every_noise_has_its_class() {
    let (mut found, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (module, lane) in lanes() {
        for segment in &lane.segments {
            let noises = segment.plan.noises();
            for (i, noise) in noises.iter().enumerate() {
                assert!(noises[..i].iter().all(|other| other.id != noise.id), "{:?}", noise.id);
                names.insert(noise.id.name.clone());
                let NoiseClass { place, law } = noise.class;
                let law = if matches!(law, Law::Shot { .. }) {
                    "Shot".to_owned()
                } else {
                    format!("{law:?}")
                };
                found.insert(format!(
                    "{module}, {}: {} {place:?} {law}",
                    segment.kind, noise.id.name
                ));
            }
        }
    }
    let found: Vec<String> = found.into_iter().collect();
    assert_eq!(found, CLASSES, "{found:#?}");
    assert!(names.len() > 15, "{names:?}");
}

/// A class, not the beginning of a name, says what the modulator bends.
#[test]
fn noise_of_a_host_before_the_modulator_is_warned_of() {
    let warned = |module: &str| {
        let mut stack = Stack::open("800gbase-dr8").unwrap();
        for assignment in [
            &format!("module.kind={module}"),
            "host.tx.sndr_db=22",
            "lanes=1",
            "simulation.symbols=0",
            "simulation.symbols_at_limit=0",
        ] {
            stack.set(assignment).unwrap();
        }
        let result = run(&stack.resolve().unwrap().base);
        result.warnings.iter().any(|w| w.contains("enters before the modulator"))
    };
    assert!(warned("lpo"));
    assert!(!warned("retimed"), "the host's noise ends in the module");
}

struct Slow(Memory);
impl Map<Volt, Field> for Slow {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new((1.0 + 0.5 * x).sqrt(), 0.0));
    }
    fn name(&self) -> &'static str {
        "slow"
    }
    fn memory(&self) -> Memory {
        self.0
    }
}

struct Square;
impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }
    fn name(&self) -> &'static str {
        "square"
    }
}

struct Root;
impl Map<Watt, Field> for Root {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new(x.max(0.0).sqrt(), 0.0));
    }
    fn name(&self) -> &'static str {
        "root"
    }
}

const GRID: Grid = Grid { symbol_rate_hz: 53.125e9, symbols: 1024, samples_per_symbol: 4 };

fn sampled(volts: Chain<Volt>) -> Plan {
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 8.0, jitter_s: 1e-13 };
    Plan::build(volts, sampler, GRID, &mut PlanCache::default())
}

fn noise(name: &str, law: Law) -> Noise {
    Noise::new(name, law, Density::White(1e-14))
}

/// The place follows from the chain, not from the name.
#[test]
fn the_plan_derives_the_place() {
    let low_pass = || Shape::low_pass(Family::Bessel, 4, 30e9, 0.0);
    let drive = || {
        let symbols = Chain::symbols().noise(noise("one", Law::Added));
        symbols.hold(GRID).response::<Volt>(low_pass()).noise(noise("two", Law::Added))
    };
    let place = |plan: &Plan, name: &str| {
        plan.noises().iter().find(|n| n.id.name == name).expect("it is there").class.place
    };
    let electrical = sampled(drive());
    assert_eq!(place(&electrical, "one"), NoisePlace::Electrical);
    assert_eq!(place(&electrical, "two"), NoisePlace::Electrical);
    let light = drive().map::<Field>(Slow(Memory::None)).noise(noise("three", Law::Relative));
    let current = light.map::<Ampere>(Square).noise(noise("four", Law::Shot { dark_a: 0.0 }));
    let optical =
        sampled(current.noise(noise("five", Law::Added)).response::<Volt>(Shape::Gain(1.0)));
    for (name, expected) in [
        ("one", NoisePlace::BeforeModulator),
        ("two", NoisePlace::BeforeModulator),
        ("three", NoisePlace::OnLight),
        ("four", NoisePlace::AfterDetector),
        ("five", NoisePlace::AfterDetector),
        ("adc.quantisation", NoisePlace::Sampler),
        ("adc.jitter", NoisePlace::Sampler),
    ] {
        assert_eq!(place(&optical, name), expected, "{name}");
    }
    // power that is given is light already: no modulator bends what is added to it
    let given = Chain::recorded(vec![1e-3; GRID.samples()]).noise(noise("added", Law::Added));
    let given = given.map::<Field>(Root).map::<Ampere>(Square);
    let given = sampled(given.response::<Volt>(Shape::Gain(1.0)));
    assert_eq!(place(&given, "added"), NoisePlace::OnLight);
}

const STREAM_KEYS: [&str; 0] = [];

const CLASSES: [&str; 0] = [];
