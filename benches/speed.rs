//! The cases of `lightlane bench` in a benchmark harness, one by one.
//!
//! `cargo bench --bench speed`; one core: `taskset -c 0 cargo bench --bench speed`.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::benchmark;

fn main() {
    divan::main();
}

fn names() -> impl Iterator<Item = &'static str> {
    benchmark::all().into_iter().map(|case| case.name)
}

/// Items are what the case counts: symbols, samples, lanes, codewords.
#[divan::bench(args = names())]
fn case(bencher: Bencher, name: &str) {
    let case =
        benchmark::all().into_iter().find(|case| case.name == name).expect("it was just named");
    let run = (case.begin)();
    bencher.counter(ItemsCount::new(case.items as u64)).bench_local(run);
}
