//! Symbols per second of the sequential loops: feedback equaliser, sequence detectors, clock.
//!
//! `cargo bench --bench dsp`; one core: `taskset -c 0 cargo bench --bench dsp`.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::dsp::LEVELS;
use lightlane::dsp::cdr::{ClockLoop, Detector, LoopGains, TimingDetector};
use lightlane::dsp::dfe::Dfe;
use lightlane::dsp::mlse::{Mlse, PartialResponse, SoftMlse};
use lightlane::dsp::slicer::Thresholds;
use lightlane::seed::Seed;

fn main() {
    divan::main();
}

/// Symbols of a call.
const SYMBOLS: usize = 8192;

/// Random levels behind 1 + 0.5 D at an error ratio of some 1e-4.
fn samples() -> Vec<f32> {
    let mut rng = Seed::new(1).rng();
    let mut before = 0.0;
    let mut next = || {
        let level = LEVELS[(rng.next_u64() >> 62) as usize];
        let sample = level + 0.5 * before + 0.09 * rng.normal() as f32;
        before = level;
        sample
    };
    (0..SYMBOLS).map(|_| next()).collect()
}

/// Feedback equaliser with that many taps; items are symbols.
#[divan::bench(args = [1, 2, 4, 16])]
fn dfe(bencher: Bencher, taps: usize) {
    let mut weights = vec![0.01; taps];
    weights[0] = 0.5;
    let (y, mut out, mut decided) = (samples(), vec![0.0; SYMBOLS], vec![0; SYMBOLS]);
    let mut dfe = Dfe::new(&weights, Thresholds::MIDDLE);
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| dfe.decide(divan::black_box(&y), &mut out, &mut decided));
}

/// Hard sequence detection with 1 (4 states) or 2 (16 states) postcursors; items are symbols.
#[divan::bench(args = [1, 2])]
fn mlse(bencher: Bencher, postcursors: usize) {
    let (y, mut decided) = (samples(), vec![0; SYMBOLS + 64]);
    let mut mlse = Mlse::new(&PartialResponse::new(&[0.5, 0.1][..postcursors]), 32);
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| mlse.detect(divan::black_box(&y), &mut decided));
}

/// Soft sequence detection; items are symbols.
#[divan::bench(args = [1, 2])]
fn soft_mlse(bencher: Bencher, postcursors: usize) {
    let (y, mut penalties) = (samples(), vec![[0.0; 4]; SYMBOLS + 64]);
    let mut mlse = SoftMlse::new(&PartialResponse::new(&[0.5, 0.1][..postcursors]), 32);
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| mlse.detect(divan::black_box(&y), &mut penalties));
}

/// Mueller and Muller's detector and the loop behind it; items are symbols.
#[divan::bench]
fn clock(bencher: Bencher) {
    let y = samples();
    let (mut detector, mut clock) = (TimingDetector::new(Detector::MuellerMuller), ClockLoop::new(LoopGains::new(7.53e-5, 4.0)));
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| {
        for (&y, level) in divan::black_box(&y).iter().zip(LEVELS.iter().cycle()) {
            clock.push(f64::from(detector.push(y, *level)));
        }
        clock.phase_ui()
    });
}
