//! Cost of a sweep's point besides its physics: setting keys, rebuilding the parts that they
//! change.
//!
//! `cargo bench --bench sweep`; one core: `taskset -c 0 cargo bench --bench sweep`.

use divan::Bencher;
use lightlane::chain::{PlanCache, WorkspacePool};
use lightlane::link::{Config, Key, Lane, LayeredConfig, Link, SweptConfig};
use lightlane::run_options::RunOptions;
use lightlane::transmitter::TransmitterKind;
use std::cell::Cell;
use toml::Value;

fn main() {
    divan::main();
}

fn varied(key: &str, values: &[String]) -> (SweptConfig, Vec<Value>) {
    let (key, values) = Key::read("--axis", key, values).expect("it is known");
    (
        LayeredConfig::open("800gbase-dr8")
            .and_then(|stack| stack.vary(vec![key]))
            .expect("it is good"),
        values,
    )
}

fn lengths() -> (SweptConfig, Vec<Value>) {
    varied(
        "fibre.length_km",
        &(0..1000).map(|i| format!("{}", 0.002 * f64::from(i))).collect::<Vec<_>>(),
    )
}

/// The next of some values, for ever.
fn next<'a, T>(values: &'a [T], at: &Cell<usize>) -> &'a T {
    at.set((at.get() + 1) % values.len());
    &values[at.get()]
}

/// A point's description of one lane.
#[divan::bench]
fn patch_and_deserialise(bencher: Bencher) {
    let ((varied, values), at) = (lengths(), Cell::new(0));
    bencher.bench_local(|| {
        varied.lane(std::slice::from_ref(next(&values, &at)), 0).expect("it is good")
    });
}

/// A point checked: every lane of it.
#[divan::bench]
fn check_a_point(bencher: Bencher) {
    let ((varied, values), at) = (lengths(), Cell::new(0));
    bencher.bench_local(|| {
        varied.check(std::slice::from_ref(next(&values, &at))).expect("it is good")
    });
}

/// A lane rebuilt after a change of one key, with a warm cache.
#[divan::bench(args = [("fibre.length_km", "eml"), ("receiver.tia.bandwidth_ghz", "eml"), ("transmitter.eml.bias_v", "eml"),
    ("fibre.length_km", "mzm"), ("transmitter.mzm.bias_error_deg", "mzm")])]
fn rebuild_after_one_key(bencher: Bencher, (key, kind): (&str, &str)) {
    let texts: Vec<String> = (0..400)
        .map(|i| match key {
            "receiver.tia.bandwidth_ghz" => format!("{}", 30.0 + 0.05 * f64::from(i)),
            "transmitter.eml.bias_v" => format!("{}", -1.8 + 0.0005 * f64::from(i)),
            _ => format!("{}", 0.002 * f64::from(i)),
        })
        .collect();
    let (varied, values) = varied(key, &texts);
    let point = |value: &Value| varied.lane(std::slice::from_ref(value), 0).expect("it is good");
    let mut configs: Vec<Config> = values.iter().map(point).collect();
    let kind: TransmitterKind = Value::from(kind).try_into().expect("it is a kind");
    configs.iter_mut().for_each(|config| config.transmitter.kind = kind);
    let (mut cache, at) = (PlanCache::default(), Cell::new(0));
    bencher.bench_local(|| Lane::build(next(&configs, &at), 0, &mut cache).expect("it builds"));
}

/// A whole row without counting: built, trained, predicted, searched for its margin.
#[divan::bench]
fn semi_analytic_row(bencher: Bencher) {
    let ((varied, values), at) = (lengths(), Cell::new(0));
    let (mut cache, workspaces, go_on) =
        (PlanCache::default(), WorkspacePool::default(), RunOptions::default());
    let library = varied.library().clone();
    bencher.bench_local(|| {
        let mut config =
            varied.lane(std::slice::from_ref(next(&values, &at)), 0).expect("it is good");
        (config.simulation.symbols, config.simulation.symbols_at_limit) = (0, 0);
        Link::run_lane(&config, 0, &library, &mut cache, &workspaces, &go_on).expect("it runs")
    });
}
