//! Four real channels against scikit-rf (tests/oracle/channels), where their files are present.

use lightlane::host::{Completed, MixedMode, Network, PortMap, Transfer};
use lightlane::measured::Touchstone;
use num_complex::Complex64;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

/// Folder of the files, beside the project or beside the folder of its worktrees.
fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/data/channels", "../../shared/data/channels"]
        .iter()
        .map(|beside| root.join(beside))
        .find(|folder| folder.is_dir())
}

fn oracle() -> Value {
    serde_json::from_str(include_str!("oracle/channels/channels.json")).expect("the oracle is JSON")
}

/// A channel of the oracle with the network read from its file.
struct Channel {
    name: String,
    oracle: Value,
    network: Network,
    mixed: MixedMode,
}

/// All channels, or none with a message; read once.
fn channels() -> &'static [Channel] {
    static CHANNELS: OnceLock<Vec<Channel>> = OnceLock::new();
    CHANNELS.get_or_init(read)
}

fn read() -> Vec<Channel> {
    let Some(folder) = folder() else {
        println!("skipped: no ../shared/data/channels beside the project");
        return Vec::new();
    };
    let map: PortMap = "1-2/3-4".parse().expect("a map");
    let begin = Instant::now();
    let channel = |oracle: &Value| {
        let name = oracle["file"].as_str().expect("a name").to_owned();
        let file = Touchstone::open(folder.join(&name).to_str().expect("a path"))
            .unwrap_or_else(|remedy| panic!("{name}: {remedy}"));
        assert!(file.notes().is_empty(), "{name}: {:?}", file.notes());
        let network = Network::from(file);
        let mixed = MixedMode::of(&network, &map).expect("four ports");
        Channel { name, oracle: oracle.clone(), network, mixed }
    };
    let channels = oracle()["channels"].as_array().expect("channels").iter().map(channel).collect();
    println!("read and mixed in {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);
    channels
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn complex(value: &Value) -> Complex64 {
    Complex64::new(number(&value[0]), number(&value[1]))
}

/// Tolerances of a reader: both compute in f64, angles in degrees; 1e-12 is a thousand roundings.
const TOLERANCE: f64 = 1e-12;

#[test]
fn mixed_modes_of_four_real_channels_are_those_of_an_independent_reader() {
    let mut worst: f64 = 0.0;
    for Channel { name, oracle, network, mixed } in channels() {
        assert_eq!(network.f_hz().len() as f64, number(&oracle["frequencies"]), "{name}");
        assert_eq!(mixed.network().reference_ohm(), [100.0, 100.0, 25.0, 25.0]);
        let renormalised = network.renormalised(&[42.5, 50.0, 60.0, 75.0]).expect("passive");
        let named = [
            ("s21", network.element(2, 1)),
            ("sdd11", mixed.sdd11()),
            ("sdd21", mixed.sdd21()),
            ("sdd22", mixed.sdd22()),
        ];
        let named = named
            .into_iter()
            .chain([("scd21", mixed.scd21()), ("renormalised_s43", renormalised.element(4, 3))]);
        for (element, ours) in named {
            for point in oracle["points"].as_array().expect("points") {
                let k = network
                    .f_hz()
                    .iter()
                    .position(|f| (f - number(&point["f_hz"])).abs() < 1.0)
                    .expect("a frequency of the file");
                let theirs = complex(&point[element]);
                worst = worst.max((ours[k] - theirs).norm());
                assert!(
                    (ours[k] - theirs).norm() < TOLERANCE,
                    "{name} {element} at {}: {} {theirs}",
                    network.f_hz()[k],
                    ours[k]
                );
                let decibels = 20.0 * (ours[k].norm() / theirs.norm()).log10();
                assert!(
                    decibels.abs() < 1e-6 && (ours[k] / theirs).arg().abs() < 1e-6,
                    "{name} {element}: {decibels} dB"
                );
            }
        }
    }
    println!("largest distance {worst:e}");
}

#[test]
fn passivity_reciprocity_and_a_cascade_of_real_channels_are_those_of_an_independent_reader() {
    for Channel { name, oracle, network, mixed } in channels() {
        let quality = network.quality();
        println!("{name}: {quality:?}");
        assert!(
            (quality.largest_singular_value - number(&oracle["largest_singular_value"])).abs()
                < TOLERANCE,
            "{name}"
        );
        assert!(
            (quality.largest_asymmetry - number(&oracle["largest_asymmetry"])).abs() < TOLERANCE,
            "{name}"
        );
        assert!(
            (quality.largest_singular_value_hz - number(&oracle["largest_singular_value_hz"]))
                .abs()
                < 1.0,
            "{name}"
        );
        assert!(
            (quality.causality_percent - number(&oracle["causality_percent"])).abs() < 1e-9,
            "{name}"
        );
        assert!(
            (quality.least_causality_percent - number(&oracle["least_causality_percent"])).abs()
                < 1e-9,
            "{name}"
        );
        assert!(quality.warnings().is_empty(), "{name}: {:?}", quality.warnings());
        let two = mixed.differential();
        let twice = two.then(&two).expect("lossy");
        for point in oracle["twice_sdd21"].as_array().expect("points") {
            let k = network
                .f_hz()
                .iter()
                .position(|f| (f - number(&point[0])).abs() < 1.0)
                .expect("a frequency of the file");
            let theirs = Complex64::new(number(&point[1]), number(&point[2]));
            assert!(
                (twice.at(k, 2, 1) - theirs).norm() < TOLERANCE,
                "{name}: {} {theirs}",
                twice.at(k, 2, 1)
            );
        }
    }
}

#[test]
fn the_port_map_of_a_channel_is_guessed_and_that_of_crosstalk_is_not() {
    for Channel { name, network, .. } in channels() {
        match PortMap::guess(network) {
            Ok(guess) => {
                println!("{name}: {}", guess.warning);
                assert!(
                    name.contains("thru") && guess.map.to_string() == "1-2/3-4",
                    "{name}: {}",
                    guess.map
                );
            }
            Err(remedy) => {
                assert!(!name.contains("thru") && remedy.contains("crosstalk"), "{name}: {remedy}")
            }
        }
    }
}

/// Every second point up to 39.99 GHz is taken away and made again from the others, 20 MHz apart.
/// The solvers that made the c2m files left seams (4e-4 of the thru at 9.55 GHz, 0.3 of the NEXT at
/// 14.97 GHz): 99.5 % of the points are judged. Echoes from the far end, 4.5 ns after the mean of
/// the NEXT, turn by 0.57 rad a step: four points leave 3/128 (0.57)^4 = 2.5e-3 of them.
#[test]
fn an_interpolated_channel_is_the_measured_one_and_keeps_its_delay() {
    for Channel { name, mixed, .. } in channels() {
        let Completed { network, .. } = mixed.differential().completed();
        let f_hz = &network.f_hz()[..3999];
        let half: Vec<f64> = f_hz.iter().copied().step_by(2).collect();
        let again = network.on(&half).expect("inside").on(f_hz).expect("inside");
        let network = network.on(f_hz).expect("inside");
        let mut wrong: Vec<(f64, f64)> = f_hz
            .iter()
            .enumerate()
            .map(|(k, &f)| ((again.at(k, 2, 1) - network.at(k, 2, 1)).norm(), f))
            .collect();
        wrong.sort_by(|a, b| a.0.total_cmp(&b.0));
        let [(most, _), (worst, at_hz)] = [3979, 3998].map(|k| wrong[k]);
        let largest = network.element(2, 1).iter().map(|s| s.norm()).fold(0.0, f64::max);
        // above 0.1 GHz: below, wires turn from resistance to skin effect within the 20 MHz that
        // are taken away
        let delay_s = |network: &Network| {
            Transfer::new(f_hz[10..].to_vec(), network.element(2, 1).split_off(10))
                .expect("ascending")
                .delay_s()
        };
        let (before_s, behind_s) = (delay_s(&network), delay_s(&again));
        println!(
            "{name}: error {most:.1e}, {worst:.1e} at {:.2} GHz, of {largest:.4}; delay {:.3} ps against {:.3} ps",
            at_hz / 1e9,
            behind_s * 1e12,
            before_s * 1e12
        );
        assert!(most < 2.5e-3 * largest, "{name}: {most:e}");
        // an error of 6e-5 rad in a step of 10 MHz is 1 ps; over 4000 steps 15 fs of it are left
        assert!(
            !name.contains("thru") || (behind_s - before_s).abs() < 15e-15,
            "{name}: {behind_s:e} s against {before_s:e} s"
        );
    }
}

/// A thru's pulse has the area of its gain at 0 Hz and energy only after time 0; a response cut at
/// 40 or 50 GHz rings before it.
#[test]
fn the_pulse_of_a_real_channel_comes_after_its_cause() {
    for Channel { name, mixed, .. } in channels() {
        let Completed { network, notes, .. } = mixed.differential().completed();
        assert_eq!(
            notes.len(),
            usize::from(name.starts_with("c2m") && name.contains("thru")),
            "{name}: {notes:?}"
        );
        let transfer = network.voltage_transfer(100.0, 100.0).expect("lossy");
        let pulse = transfer.pulse(53.125e9).expect("an even grid");
        let gain = transfer.h()[0];
        let early = transfer.early_percent().expect("an even grid");
        println!(
            "{name}: H(0) {gain:.5}, area {:.5} UI, energy {:.5} UI, early {early:.2e} %, delay {:.3} ns",
            pulse.area() * 53.125e9,
            pulse.energy() * 53.125e9,
            transfer.delay_s() * 1e9
        );
        assert!(gain.im == 0.0 && (pulse.area() * 53.125e9 - gain.re).abs() < 1e-9, "{name}");
        // near-end crosstalk begins at once, so the window's tails show
        assert!(early < if name.contains("next") { 0.5 } else { 1e-3 }, "{name}: {early} %");
        if name.contains("thru") {
            assert!((0.9..1.0).contains(&gain.re), "{name}: {gain}");
        }
    }
}
