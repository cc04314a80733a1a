//! Every noise of every link: its class, and the keys of the random streams, which are fixed texts.

use crate::support::{captured, run};
use lightlane::chain::{
    Chain, Density, Law, Map, Memory, Noise, NoiseClass, NoiseOrigin, NoisePlace, Plan, PlanCache,
    Sampler, Shape,
};
use lightlane::link::{Lane, LayeredConfig, presets};
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
    "receiver.crosstalk.lane_db=-30",
    "receiver.crosstalk.tx_db=-38",
];

/// The lanes of all presets, transmitters and kinds of module.
fn lanes() -> Vec<(&'static str, Lane)> {
    let [kind, levels, waveform, capture] = captured();
    let mut lanes = Vec::new();
    // parts of their own, and lanes of one fibre
    let own = |preset: &&presets::Preset| preset.base().is_none() || preset.name == "800gbase-lr4";
    for preset in presets::all().iter().filter(own) {
        for module in ["optics", "retimed", "lro", "lpo"] {
            for transmitter in ["eml", "mzm", "ring", "stressed", "waveform"] {
                let mut stack = LayeredConfig::open(preset.name).unwrap();
                let mut set = |assignment: &str| stack.set(assignment).unwrap();
                ALL_ON.iter().for_each(|on| set(on));
                set("transmitter.stressed.jitter_fs=50");
                set("transmitter.stressed.noise_percent=3");
                set(&format!("module.kind={module}"));
                set(&format!("transmitter.kind={transmitter}"));
                if transmitter == "waveform" {
                    [kind, levels, waveform, capture].into_iter().for_each(|one| set(one));
                }
                // lanes of one fibre differ from others in their light alone
                if preset.base().is_some() && (module != "optics" || transmitter == "waveform") {
                    continue;
                }
                let Ok(resolved) = stack.resolve() else { continue };
                let config = &resolved.lanes[1];
                if let Ok(lane) = Lane::build(config, 1, &mut PlanCache::default()) {
                    lanes.push((module, lane));
                }
            }
        }
    }
    assert!(lanes.len() >= 24, "{} lanes build", lanes.len());
    lanes
}

/// A noise by its displayed name: the text of its stream, its law, and its place in an optical and
/// in an electrical segment.
fn expected(name: &str) -> Option<(String, &'static str, [Option<NoisePlace>; 2])> {
    use NoisePlace::{AfterDetector, BeforeModulator, Electrical, OnLight, Sampler};
    let sender = [Some(BeforeModulator), Some(Electrical)];
    let receiver = [Some(AfterDetector), Some(Electrical)];
    let (before, light, after) =
        ([Some(BeforeModulator), None], [Some(OnLight), None], [Some(AfterDetector), None]);
    let (law, places) = match name {
        "dac.quantisation" | "driver.noise" | "module.input.noise" => ("Added", before),
        "dac.jitter" | "stressed.jitter" => ("Timing", before),
        "host.tx.noise" | "module.tx.noise" => ("Added", sender),
        "host.tx.jitter" | "module.tx.jitter" => ("Timing", sender),
        "host.tx.dual_dirac_jitter" | "module.tx.dual_dirac_jitter" => ("TimingDualDirac", sender),
        "host.tx.even_odd_jitter" | "module.tx.even_odd_jitter" => ("TimingEvenOdd", sender),
        "stressed.noise" | "waveform.added" => ("Added", light),
        "waveform.relative" | "waveform.rin" | "laser.eml1.rin" | "laser.mzm0.rin"
        | "laser.ring0.rin" => ("Relative", light),
        "laser.eml1.linewidth" | "laser.mzm0.linewidth" | "laser.ring0.linewidth" => {
            ("Phase", light)
        }
        "laser.ring0.frequency" => ("Added", before),
        "photodiode.shot" => ("Shot", after),
        "tia.thermal" | "tia.agc" | "module.output.noise" => ("Added", after),
        "host.rx.noise" | "module.rx.noise" => ("Added", receiver),
        "adc.quantisation" => ("Added", [Some(Sampler); 2]),
        "adc.jitter" => ("Timing", [Some(Sampler); 2]),
        _ => return None,
    };
    let stream = match name {
        "adc.quantisation" => "adc".to_owned(),
        _ => name.replace("dual_dirac_jitter", "two_point_jitter"),
    };
    Some((stream, law, places))
}

/// Origin of a noise by its displayed name.
fn expected_origin(name: &str) -> NoiseOrigin {
    match name {
        "tia.thermal" | "tia.agc" => NoiseOrigin::Thermal,
        "photodiode.shot" => NoiseOrigin::Shot,
        "dac.quantisation" | "adc.quantisation" => NoiseOrigin::Converter,
        "driver.noise" | "module.input.noise" => NoiseOrigin::Driver,
        "module.output.noise" => NoiseOrigin::Host,
        name if name.ends_with("jitter") => NoiseOrigin::Jitter,
        name if name.starts_with("host.") || name.starts_with("module.") => NoiseOrigin::Host,
        _ => NoiseOrigin::Laser,
    }
}

/// Streams of noise merged at the end of a section, which are those of the map that begins it.
const MERGED: [&str; 11] = [
    "symbols",
    "driver",
    "line",
    "eml",
    "mzm",
    "ring.junction",
    "ring",
    "stressed",
    "stressed.light",
    "photodiode",
    "tia",
];

#[test]
fn every_noise_has_its_class_and_every_stream_its_fixed_text() {
    let (mut seen, mut streams) = (BTreeSet::new(), BTreeSet::new());
    for (module, lane) in lanes() {
        for segment in &lane.segments {
            let at = format!("{module}, {}", segment.kind);
            let noises = segment.plan.noises();
            for (i, noise) in noises.iter().enumerate() {
                let name = noise.id.name.as_str();
                assert!(noises[..i].iter().all(|other| other.id != noise.id), "{at}: {name} twice");
                let (stream, law, places) =
                    expected(name).unwrap_or_else(|| panic!("{at}: {name} is not known"));
                let NoiseClass { place, law: found, origin } = noise.class;
                assert_eq!(origin, expected_origin(name), "{at}: {name}");
                assert_eq!(noise.id.stream.text(), stream, "{at}: {name}");
                assert!(format!("{found:?}").starts_with(law), "{at}: {name} is {found:?}");
                let [with, without] = places;
                let place_expected = if segment.kind.has_light() { with } else { without };
                assert_eq!(Some(place), place_expected, "{at}: {name}");
                seen.insert(name.to_owned());
            }
            let known: Vec<&str> = noises.iter().map(|noise| noise.id.stream.text()).collect();
            for key in segment.plan.stream_keys() {
                let text = key.text();
                let interferer = ["crosstalk.", "host.channel.", "host.back.", "fibre.reflections"]
                    .iter()
                    .any(|p| text.starts_with(p));
                assert!(
                    known.contains(&text) || MERGED.contains(&text) || interferer,
                    "{at}: the stream {text} is not known"
                );
                streams.insert(text.to_owned());
            }
        }
    }
    for name in [
        "host.tx.dual_dirac_jitter",
        "laser.mzm0.rin",
        "laser.ring0.frequency",
        "stressed.noise",
        "adc.jitter",
    ] {
        assert!(seen.contains(name), "{name} was not met: {seen:?}");
    }
    for key in ["symbols", "host.tx.two_point_jitter", "fibre.reflections"] {
        assert!(streams.contains(key), "{key}");
    }
}

/// The class, not the beginning of a name, determines whether the modulator's curvature acts on a
/// noise.
#[test]
fn noise_of_a_host_before_the_modulator_is_warned_of() {
    let warned = |module: &str| {
        let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
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
    // recorded power is optical: no modulator acts on noise added to it
    let given = Chain::recorded(vec![1e-3; GRID.samples()]).noise(noise("added", Law::Added));
    let given = given.map::<Field>(Root).map::<Ampere>(Square);
    let given = sampled(given.response::<Volt>(Shape::Gain(1.0)));
    assert_eq!(place(&given, "added"), NoisePlace::OnLight);
}
