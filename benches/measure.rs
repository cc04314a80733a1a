//! Time of a TDECQ: one period at 16 samples per symbol, taps optimised.
//!
//! `cargo bench --bench measure`; one core: `taskset -c 0 cargo bench --bench measure`.

use divan::Bencher;
use lightlane::math::resample;
use lightlane::measure::tdecq::{Instrument, Reference, TdecqCapture, measure};
use lightlane::pattern::{Pattern, PatternKind};
use lightlane::seed::Seed;
use num_complex::Complex64;

fn main() {
    divan::main();
}

const SAMPLES_PER_SYMBOL: usize = 16;

/// Rectangular symbols after a Gaussian low-pass of 0.45 symbol rates with some dispersion of its
/// delay.
fn waveform(levels: &[u8]) -> Vec<f32> {
    let mut train = vec![0f32; levels.len() * SAMPLES_PER_SYMBOL];
    levels.iter().enumerate().for_each(|(k, &l)| {
        train[k * SAMPLES_PER_SYMBOL] = (1.0 + f32::from(l)) * SAMPLES_PER_SYMBOL as f32
    });
    resample::filtered(&train, |turns| {
        let f = turns * SAMPLES_PER_SYMBOL as f64;
        let x = std::f64::consts::PI * f;
        Complex64::from_polar((-0.35 * (f / 0.45).powi(2)).exp(), 3.0 * f.powi(3))
            * if f == 0.0 { 1.0 } else { x.sin() / x }
    })
}

const CASES: [(PatternKind, &str); 5] = [
    (PatternKind::Prbs13q, "100g-smf"),
    (PatternKind::Prbs13q, "200g-106gbd"),
    (PatternKind::Ssprq, "100g-smf"),
    (PatternKind::Ssprq, "100g-lpo"),
    (PatternKind::Ssprq, "200g-106gbd"),
];

/// One capture alone.
#[divan::bench(args = CASES, sample_count = 20)]
fn tdecq(bencher: Bencher, case: (PatternKind, &str)) {
    with_capture(case, |capture, reference| {
        bencher.bench_local(|| measure(capture, reference).expect("it is open").tdecq_db)
    });
}

/// The second and all further captures of a length.
#[divan::bench(args = CASES, sample_count = 20)]
fn tdecq_again(bencher: Bencher, case: (PatternKind, &str)) {
    let instrument = Instrument::default();
    with_capture(case, |capture, reference| {
        bencher
            .bench_local(|| instrument.measure(capture, reference).expect("it is open").tdecq_db);
    });
}

fn with_capture(
    (kind, name): (PatternKind, &str),
    run: impl FnOnce(&TdecqCapture<'_>, &Reference),
) {
    let reference = Reference::all().into_iter().find(|r| r.name == name).expect("it exists");
    let source = Pattern { kind, ..Pattern::default() }.build().expect("it builds");
    let mut levels = vec![0; source.period().expect("it repeats") as usize];
    source.fill(0, Seed::new(0), &mut levels);
    let waveform = waveform(&levels);
    run(
        &TdecqCapture {
            waveform: &waveform,
            samples_per_symbol: SAMPLES_PER_SYMBOL,
            levels: &levels,
            ..TdecqCapture::default()
        },
        &reference,
    );
}
