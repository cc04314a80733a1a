//! Symbols per second of the sequential loops: feedback equaliser, sequence detectors, clock.
//!
//! `cargo bench --bench dsp`; one core: `taskset -c 0 cargo bench --bench dsp`.

use divan::Bencher;
use divan::counter::ItemsCount;
use lightlane::dsp::LEVELS;
use lightlane::dsp::cdr::{ClockLoop, LoopGains, TimingDetector, TimingDetectorKind};
use lightlane::dsp::dfe::Dfe;
use lightlane::dsp::ffe::{KnownBlock, LmsLoop, adapt_lanes};
use lightlane::dsp::mlse::{Mlse, PartialResponse, SoftMlse};
use lightlane::dsp::slicer::Thresholds;
use lightlane::seed::Seed;

fn main() {
    divan::main();
}

/// Symbols of a call.
const SYMBOLS: usize = 8192;

/// Random levels after 1 + 0.5 D at an error ratio of about 1e-4.
fn samples() -> Vec<f32> {
    sent_and_samples().1
}

/// The same with the symbols sent.
fn sent_and_samples() -> (Vec<u8>, Vec<f32>) {
    let mut rng = Seed::new(1).rng();
    let mut before = 0.0;
    let mut next = || {
        let symbol = (rng.next_u64() >> 62) as u8;
        let level = LEVELS[usize::from(symbol)];
        let sample = level + 0.5 * before + 0.09 * rng.normal() as f32;
        before = level;
        (symbol, sample)
    };
    (0..SYMBOLS).map(|_| next()).unzip()
}

/// Feedback equaliser with that many taps; items are symbols.
#[divan::bench(args = [1, 2, 4, 16])]
fn dfe(bencher: Bencher, taps: usize) {
    let mut weights = vec![0.01; taps];
    weights[0] = 0.5;
    let (y, mut out, mut decided) = (samples(), vec![0.0; SYMBOLS], vec![0; SYMBOLS]);
    let mut dfe = Dfe::new(&weights, Thresholds::MIDDLE);
    bencher
        .counter(ItemsCount::new(SYMBOLS))
        .bench_local(|| dfe.decide(divan::black_box(&y), &mut out, &mut decided));
}

/// The same in stretches, the symbols sent guessed, as a receiver decides whose sent symbols are
/// known.
#[divan::bench(args = [1, 2, 4, 16])]
fn dfe_guessing(bencher: Bencher, taps: usize) {
    let mut weights = vec![0.01; taps];
    weights[0] = 0.5;
    let ((sent, y), mut out, mut decided) =
        (sent_and_samples(), vec![0.0; SYMBOLS], vec![0; SYMBOLS]);
    let mut dfe = Dfe::new(&weights, Thresholds::MIDDLE);
    bencher
        .counter(ItemsCount::new(SYMBOLS))
        .bench_local(|| dfe.decide_guessing(divan::black_box(&y), &sent, &mut out, &mut decided));
}

/// Hard sequence detection with 1 (4 states) or 2 (16 states) postcursors; items are symbols.
#[divan::bench(args = [1, 2])]
fn mlse(bencher: Bencher, postcursors: usize) {
    let (y, mut decided) = (samples(), vec![0; SYMBOLS + 64]);
    let mut mlse = Mlse::new(&PartialResponse::new(&[0.5, 0.1][..postcursors]), 32);
    bencher
        .counter(ItemsCount::new(SYMBOLS))
        .bench_local(|| mlse.detect(divan::black_box(&y), &mut decided));
}

/// The same of a periodic block, in stretches.
#[divan::bench(args = [1, 2])]
fn mlse_periodic(bencher: Bencher, postcursors: usize) {
    let ((sent, y), mut decided) = (sent_and_samples(), vec![0; SYMBOLS]);
    let mut mlse = Mlse::new(&PartialResponse::new(&[0.5, 0.1][..postcursors]), 32);
    bencher
        .counter(ItemsCount::new(SYMBOLS))
        .bench_local(|| mlse.detect_periodic(divan::black_box(&y), &sent, &mut decided));
}

/// Soft sequence detection; items are symbols.
#[divan::bench(args = [1, 2])]
fn soft_mlse(bencher: Bencher, postcursors: usize) {
    let (y, mut penalties) = (samples(), vec![[0.0; 4]; SYMBOLS + 64]);
    let mut mlse = SoftMlse::new(&PartialResponse::new(&[0.5, 0.1][..postcursors]), 32);
    bencher
        .counter(ItemsCount::new(SYMBOLS))
        .bench_local(|| mlse.detect(divan::black_box(&y), &mut penalties));
}

/// Normalised LMS of one lane: 21 taps, two samples per symbol; items are symbols.
#[divan::bench]
fn lms(bencher: Bencher) {
    let (x, mut taps, mut offset) = (lane_samples(0), vec![0.0; 21], 0.0);
    let levels = &samples()[..SYMBOLS];
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| {
        let mut lane = LmsLoop {
            precursors: 15,
            taps: &mut taps,
            offset: &mut offset,
            postcursors: &mut [],
            limit: 1.0,
            moves: [true; 2],
        };
        lane.adapt(KnownBlock { samples: divan::black_box(&x), levels }, 0.01)
    });
}

/// The same of eight lanes side by side; items are symbols of a lane.
#[divan::bench]
fn lms_lanes(bencher: Bencher) {
    let (x, mut taps, mut offsets) =
        ([0, 1, 2, 3, 4, 5, 6, 7].map(lane_samples), vec![vec![0.0; 21]; 8], [0.0; 8]);
    let levels = &samples()[..SYMBOLS];
    bencher.counter(ItemsCount::new(8 * SYMBOLS)).bench_local(|| {
        let lane = |(taps, offset)| LmsLoop {
            precursors: 15,
            taps,
            offset,
            postcursors: &mut [],
            limit: 1.0,
            moves: [true; 2],
        };
        let mut lanes: Vec<LmsLoop<'_>> =
            taps.iter_mut().map(Vec::as_mut_slice).zip(&mut offsets).map(lane).collect();
        adapt_lanes(
            &mut lanes,
            &x.each_ref().map(|samples| KnownBlock { samples: divan::black_box(samples), levels }),
            0.01,
        )
    });
}

/// Two samples per symbol, of an arbitrary signal.
fn lane_samples(lane: usize) -> Vec<f32> {
    let y = samples();
    (0..2 * SYMBOLS).map(|i| y[(i + 100 * lane) % SYMBOLS]).collect()
}

/// Mueller and Muller's detector and its loop; items are symbols.
#[divan::bench]
fn clock(bencher: Bencher) {
    let y = samples();
    let (mut detector, mut clock) = (
        TimingDetector::new(TimingDetectorKind::MuellerMuller),
        ClockLoop::new(LoopGains::new(7.53e-5, 4.0)),
    );
    bencher.counter(ItemsCount::new(SYMBOLS)).bench_local(|| {
        for (&y, level) in divan::black_box(&y).iter().zip(LEVELS.iter().cycle()) {
            clock.push(f64::from(detector.push(y, *level)));
        }
        clock.phase_ui()
    });
}
