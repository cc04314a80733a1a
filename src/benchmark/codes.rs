//! Cases of error correction and of measurement.

use super::case::Case;
use crate::fec::reed_solomon::{Code, DecoderWorkspace};
use crate::math::resample;
use crate::measure::tdecq::{Instrument, Reference, TdecqCapture};
use crate::pattern::{Pattern, PatternKind};
use crate::seed::Seed;
use num_complex::Complex64;
use std::f64::consts::PI;
use std::hint::black_box;

/// Codewords decoded one after another, so that branch prediction does not learn them.
const WORDS: usize = 64;

pub(super) fn cases() -> Vec<Case> {
    let decode = |name, about, begin| Case {
        name,
        about,
        unit: "codewords",
        items: WORDS as f64,
        flops: None,
        bytes: None,
        begin,
    };
    vec![
        decode("rs_decode_0", "RS(544,514), no error", || rs_decode(0)),
        decode("rs_decode_8", "RS(544,514), 8 symbol errors", || rs_decode(8)),
        decode("rs_decode_15", "RS(544,514), 15 symbol errors", || rs_decode(15)),
        Case {
            name: "tdecq",
            about: "TDECQ of SSPRQ, 16 samples a symbol, taps optimised",
            unit: "measurements",
            items: 1.0,
            flops: None,
            bytes: None,
            begin: tdecq,
        },
    ]
}

fn rs_decode(errors: usize) -> Box<dyn FnMut()> {
    let code = Code::KP4.build().expect("a standard's code is legal");
    let mut rng = Seed::new(1).rng();
    let received: Vec<Vec<u16>> = (0..WORDS)
        .map(|_| {
            let mut word: Vec<u16> =
                (0..code.code().codeword_symbols).map(|_| rng.next_u64() as u16 & 1023).collect();
            code.encode(&mut word).expect("it is as long as the code's");
            let mut wrong = Vec::new();
            while wrong.len() < errors {
                let position = (rng.next_u64() % word.len() as u64) as usize;
                if !wrong.contains(&position) {
                    wrong.push(position);
                    word[position] ^= 1 + (rng.next_u64() % 1023) as u16;
                }
            }
            word
        })
        .collect();
    let (mut work, mut word) =
        (DecoderWorkspace::new(code.code()), vec![0; code.code().codeword_symbols]);
    Box::new(move || {
        for received in &received {
            word.copy_from_slice(received);
            black_box(code.decode(&mut word, &[], &mut work)).expect("it is as long as the code's");
        }
    })
}

/// Rectangular symbols after a Gaussian low-pass of 0.45 symbol rates with some dispersion of its
/// delay.
fn tdecq() -> Box<dyn FnMut()> {
    const SAMPLES_PER_SYMBOL: usize = 16;
    let source = Pattern { kind: PatternKind::Ssprq, ..Pattern::default() }
        .build()
        .expect("a computed pattern builds");
    let mut levels = vec![0; source.period().expect("it repeats") as usize];
    source.fill(0, Seed::new(0), &mut levels);
    let mut train = vec![0f32; levels.len() * SAMPLES_PER_SYMBOL];
    levels.iter().enumerate().for_each(|(k, &l)| {
        train[k * SAMPLES_PER_SYMBOL] = (1.0 + f32::from(l)) * SAMPLES_PER_SYMBOL as f32
    });
    let waveform = resample::filtered(&train, |turns| {
        let f = turns * SAMPLES_PER_SYMBOL as f64;
        let hold = if f == 0.0 { 1.0 } else { (PI * f).sin() / (PI * f) };
        Complex64::from_polar((-0.35 * (f / 0.45).powi(2)).exp(), 3.0 * f.powi(3)) * hold
    });
    let reference = Reference::all().into_iter().find(|r| r.name == "100g-smf").expect("it ships");
    let instrument = Instrument::default();
    Box::new(move || {
        let capture = TdecqCapture {
            waveform: &waveform,
            samples_per_symbol: SAMPLES_PER_SYMBOL,
            levels: &levels,
            ..TdecqCapture::default()
        };
        black_box(instrument.measure(&capture, &reference).expect("its eye is open"));
    })
}
