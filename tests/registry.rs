//! What is true of all models is tested on all of them, and of every number at the ends of its range.

use crate::support::{preset, run_lane};
use lightlane::chain::{Drawn, Draws, Predictor, Worker, Workshop};
use lightlane::error::Problems;
use lightlane::link::{Config, Lane, LaneResult, Stack, presets};
use lightlane::receiver::Limiting;
use lightlane::transmitter::{RinKind, TransmitterKind};
use toml::Value;

/// A kind of transmitter by its key.
fn kind(key: &str) -> TransmitterKind {
    Value::from(key).try_into().unwrap_or_else(|e| panic!("{key} is no kind: {e}"))
}

/// The default description and every preset's, with every kind of transmitter.
fn all() -> Vec<(String, Config)> {
    let described = presets::all().iter().map(|p| (p.name, preset(p.name))).chain([("default", Config::default())]);
    let with_kinds = described.flat_map(|(name, config)| {
        let keys: Vec<&'static str> = config.transmitter.all().iter().map(|(key, _)| *key).collect();
        keys.into_iter().map(move |key| {
            let mut config = config.clone();
            config.transmitter.kind = kind(key);
            (format!("{name} {key}"), config)
        })
    });
    with_kinds.collect()
}

/// Every number of a table with its dotted path.
fn numbers(value: &Value, path: &str, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                numbers(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| numbers(value, path, found)),
        Value::Float(x) => found.push((path.to_owned(), *x)),
        Value::Integer(n) => found.push((path.to_owned(), *n as f64)),
        _ => {}
    }
}

/// The keys of all numbers of the default description.
fn keys() -> Vec<String> {
    let mut found: Vec<(String, f64)> = Vec::new();
    numbers(&Value::try_from(Config::default()).expect("a description is TOML"), "", &mut found);
    let mut keys: Vec<String> = found.into_iter().map(|(key, _)| key).collect();
    keys.dedup();
    keys
}

/// Asserts that every figure is finite or absent, and every error ratio one.
fn assert_finite(name: &str, lane: &LaneResult) {
    let mut figures = Vec::new();
    numbers(&Value::try_from(lane).expect("a result is a table"), "", &mut figures);
    let wrong: Vec<_> = figures.iter().filter(|(_, x)| !x.is_finite()).collect();
    if !wrong.is_empty() {
        println!("WRONG {name}: {wrong:?}");
    }
    for (key, ber) in figures.iter().filter(|(key, _)| key.starts_with("ber_")) {
        assert!((0.0..=1.0).contains(ber), "{name}: {key} = {ber}");
    }
    if let Some(r) = &lane.refusal {
        println!("REFUSED {name}: {r}");
    }
    assert!(lane.ber_semi_analytic.is_some() || lane.refusal.is_some(), "{name}: neither a figure nor a reason");
}

/// Runs one lane of short blocks; `None` when the description is refused.
fn short(config: &Config) -> Option<LaneResult> {
    let t0 = std::time::Instant::now();
    let r = short2(config);
    if t0.elapsed().as_millis() > 300 {
        println!("SLOW {:?} {} BER {:?}", t0.elapsed(), std::panic::Location::caller(), r.as_ref().map(|r| r.ber_semi_analytic));
    }
    r
}
fn short2(config: &Config) -> Option<LaneResult> {
    let mut config = config.clone();
    config.simulation.block_symbols = config.simulation.block_symbols.min(1024.max(8 * config.receiver.ffe.taps));
    let mut problems = Problems::new();
    config.check(&mut problems);
    problems.is_empty().then(|| run_lane(&config, 1024))
}

#[test]
fn every_kind_of_every_preset_builds_and_runs_a_block() {
    for (name, config) in all() {
        let lane = Lane::build(&config, 0, &mut Workshop::default()).expect("it builds");
        let mut worker = Worker::new(&lane.plan);
        let blocks = lane.blocks(1, false);
        let mut predictor = Predictor::new(&lane.plan, lane.dsp, lane.run, lane.seed, lane.blocks(1, true), blocks.clone(), &mut worker);
        let trained = predictor.train(&mut worker, 1.0, None).expect("it trains");
        let draws = Draws { run: lane.run, lane: lane.seed, block: 0, noise: 0, what: Drawn::Everything };
        let decisions = worker.decisions(&lane.plan, &trained, &blocks[0], &draws, false);
        assert!(decisions.symbol_errors * 20 < blocks[0].len() as u64, "{name}: {} errors", decisions.symbol_errors);
    }
}

#[test]
fn every_kind_of_every_preset_survives_toml() {
    for (name, config) in all() {
        let text = toml::to_string(&config).expect("a description is TOML");
        let again: Config = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(again, config, "{name}");
        assert!(text.contains(&format!("kind = \"{}\"", name.rsplit(' ').next().expect("a kind"))), "{name}");
    }
}

#[test]
fn every_kind_says_what_it_is() {
    let config = Config::default();
    let said: Vec<&str> = config.transmitter.all().iter().map(|(_, modulator)| modulator.about()).collect();
    assert!(said.iter().all(|about| about.len() > 20));
    assert!(said.iter().enumerate().all(|(i, about)| !said[..i].contains(about)), "{said:?}");
}

/// The units that end a key.
const UNITS: [&str; 34] = [
    "_gbd",
    "_ghz",
    "_mhz",
    "_db",
    "_dbm",
    "_db_per_hz",
    "_db_per_km",
    "_db_per_rad",
    "_db_per_cm_rtghz",
    "_db_per_cm_ghz2",
    "_fs",
    "_ns",
    "_nm",
    "_mm",
    "_km",
    "_v",
    "_vpp",
    "_v_cm",
    "_per_v",
    "_deg",
    "_na",
    "_ma_pp",
    "_kohm",
    "_a_per_w",
    "_nv_per_rthz",
    "_pa_per_rthz",
    "_pa2_per_hz",
    "_pa2_per_hz_ghz2",
    "_ps_per_nm2_km",
    "_grad_per_s",
    "_ps",
    "_pj",
    "_w",
    "_mw",
];
/// Keys without one: counts, ratios and seeds.
const DIMENSIONLESS: [&str; 19] = [
    "lanes",
    "lanes_per_laser",
    "taps",
    "precursors",
    "order",
    "samples_per_symbol",
    "block_symbols",
    "symbols",
    "symbols_at_limit",
    "seed",
    "module",
    "effective_bits",
    "chirp_alpha_0",
    "index_mismatch",
    "lms_step",
    "pmd_ber",
    "",
    "",
    "",
];

#[test]
fn every_number_names_its_unit_or_has_none() {
    let keys = keys();
    assert!(keys.len() > 70, "{}", keys.len());
    for key in &keys {
        let name = key.rsplit('.').next().expect("never empty");
        let unit = UNITS.iter().any(|unit| name.ends_with(unit));
        assert!(unit != DIMENSIONLESS.contains(&name), "{key}");
    }
}

#[test]
fn the_same_seed_counts_the_same_errors_and_another_seed_others() {
    for (name, mut config) in all() {
        config.fibre.connector_loss_db += 8.0;
        let counted = |seed: u64| {
            let mut config = config.clone();
            config.simulation.seed = seed;
            let lane = short(&config).expect("legal");
            (lane.errors, lane.snr_counted_db)
        };
        let first = counted(1);
        assert!(first.0 > 0, "{name}");
        assert_eq!(first, counted(1), "{name}");
        assert_ne!(first.1, counted(2).1, "{name}");
    }
}

/// The least and the most that a key may be, as the description itself says when it refuses a number.
fn bounds(key: &str) -> Option<[String; 2]> {
    // the first is a number for whom whole ones are not, the second for both
    let refused = ["nan", "9000000000000000000"].iter().find_map(|value| {
        let mut stack = Stack::open("800gbase-dr8").expect("it ships");
        stack.set(&format!("{key}={value}")).ok()?;
        Some(stack.resolve().err().unwrap_or_else(|| panic!("{key} = {value} is taken")).to_string())
    });
    let refused = refused.unwrap_or_else(|| panic!("{key}: no number is taken"));
    let said = refused.lines().find_map(|line| line.split_once(&format!("{key} = "))?.1.split_once("must be from "))?.1;
    let (low, high) = said.split_once(" to ")?;
    Some([low.to_owned(), high.to_owned()])
}

/// The preset with assignments laid on top, when it is legal.
fn resolved(name: &str, assignments: &[String]) -> Result<Config, String> {
    let mut stack = Stack::open(name).expect("it ships");
    assignments.iter().for_each(|a| stack.set(a).unwrap_or_else(|e| panic!("{e}")));
    stack.resolve().map(|resolved| resolved.lanes[0].clone()).map_err(|e| e.to_string())
}

/// What else must be set for a number to matter.
fn companions(key: &str) -> Vec<String> {
    let set: &[&str] = match key {
        _ if key.contains(".relaxation.") => &["transmitter.eml.laser.rin=relaxation", "transmitter.mzm.laser.rin=relaxation"],
        "transmitter.mzm.bandwidth_ghz" => &["transmitter.mzm.electrode=low-pass"],
        "receiver.tia.a0_pa2_per_hz" | "receiver.tia.a2_pa2_per_hz_ghz2" => &["receiver.tia.noise=quadratic"],
        "receiver.tia.overload_ma_pp" => &["receiver.tia.limiting=tanh"],
        "receiver.ffe.lms_step" => &["receiver.ffe.adaptation=lms"],
        _ => &[],
    };
    let kind = if key.starts_with("transmitter.mzm.") { "mzm" } else { "eml" };
    set.iter().map(|s| (*s).to_owned()).chain([format!("transmitter.kind={kind}"), "lanes=1".to_owned()]).collect()
}

#[test]
fn every_figure_is_finite_or_absent_at_the_ends_of_every_range() {
    let (mut ran, mut refused) = (0, Vec::new());
    // the taps of the transmitter are a list, with rules of their own
    for key in keys().into_iter().filter(|key| key != "transmitter.ffe.taps") {
        let Some(bounds) = bounds(&key) else { continue };
        for bound in bounds {
            let name = format!("{key} = {bound}");
            let assignments: Vec<String> = companions(&key).into_iter().chain([format!("{key}={bound}")]).collect();
            match resolved("800gbase-dr8", &assignments) {
                Ok(config) => {
                    println!("{name}");
                    assert_finite(&name, &short(&config).expect("legal"));
                    ran += 1;
                }
                // another rule may stand against it, but its own range does not
                Err(because) => {
                    assert!(!because.contains(&format!("{name}: must be from")), "{because}");
                    refused.push(name);
                }
            }
        }
    }
    println!("{refused:#?}");
    assert!(ran > 100, "{ran} ran, {refused:?}");
}

#[test]
fn every_figure_is_finite_or_absent_at_extreme_but_legal_links() {
    type Change = fn(&mut Config);
    let changes: [(&str, Change); 12] = [
        ("all bandwidths 1 GHz", |c| bandwidths(c, 1.0)),
        ("all bandwidths 500 GHz", |c| bandwidths(c, 500.0)),
        ("no noise", crate::support::quiet),
        ("back to back", |c| c.fibre.length_km = 0.0),
        ("100 km", |c| (c.fibre.length_km, c.fibre.loss_db_per_km) = (100.0, 0.2)),
        ("1000 km without loss", |c| (c.fibre.length_km, c.fibre.loss_db_per_km) = (1000.0, 0.0)),
        ("smallest swing", |c| (c.transmitter.eml.driver.swing_vpp, c.transmitter.mzm.driver.swing_vpp) = (0.01, 0.01)),
        ("largest swing", |c| (c.transmitter.eml.driver.swing_vpp, c.transmitter.mzm.driver.swing_vpp) = (50.0, 50.0)),
        ("linewidth of 1 GHz over 20 km", |c| {
            c.fibre.length_km = 20.0;
            (c.transmitter.eml.laser.linewidth_mhz, c.transmitter.mzm.laser.linewidth_mhz) = (1000.0, 1000.0);
        }),
        ("jitter at its bound", |c| {
            let most_fs = (0.05 * 1e6 / c.symbol_rate_gbd).floor();
            (c.transmitter.dac.jitter_fs, c.receiver.adc.jitter_fs) = (most_fs, most_fs);
        }),
        ("amplifier deep in overload", |c| (c.receiver.tia.limiting, c.receiver.tia.overload_ma_pp) = (Limiting::Tanh, 0.01)),
        ("strongest relaxation noise", |c| {
            for laser in [&mut c.transmitter.eml.laser, &mut c.transmitter.mzm.laser] {
                (laser.rin, laser.rin_db_per_hz, laser.relaxation.damping_grad_per_s) = (RinKind::Relaxation, -100.0, 0.1);
            }
        }),
    ];
    for (name, config) in all() {
        for (change, apply) in &changes {
            let mut config = config.clone();
            apply(&mut config);
            let Some(lane) = short(&config) else {
                println!("ILLEGAL {name} {change}");
                continue;
            };
            println!("{name} {change}");
            assert_finite(&format!("{name}, {change}"), &lane);
        }
    }
}

fn bandwidths(c: &mut Config, ghz: f64) {
    let t = &mut c.transmitter;
    let r = &mut c.receiver;
    for bandwidth in [
        &mut t.dac.bandwidth_ghz,
        &mut t.eml.bandwidth_ghz,
        &mut t.eml.driver.bandwidth_ghz,
        &mut t.mzm.driver.bandwidth_ghz,
        &mut r.photodiode.bandwidth_ghz,
        &mut r.tia.bandwidth_ghz,
        &mut r.adc.bandwidth_ghz,
    ] {
        *bandwidth = ghz;
    }
}
