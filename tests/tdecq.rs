//! TDECQ: exact cases, invariants, and the definition itself.

use crate::tdecq_brute::{self as brute, Fixed, Signal};
use lightlane::math::resample;
use lightlane::measure::tdecq::{Capture, Noise, Receiver, Reference, Refusal, Tdecq, measure};
use lightlane::pattern::{Pattern, PatternKind};
use lightlane::seed::Seed;
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

fn levels(kind: PatternKind) -> Vec<u8> {
    let source = Pattern { kind, ..Default::default() }.build().expect("it builds");
    let mut levels = vec![0; source.period().expect("it repeats") as usize];
    source.fill(0, Seed::new(0), &mut levels);
    levels
}

fn rectangular(levels: &[u8], s: usize) -> Vec<f32> {
    (0..levels.len() * s).map(|i| 0.5 + f32::from(levels[i / s])).collect()
}

/// Rectangular symbols behind a response (asked in symbol rates), sampled without aliases.
fn shaped(levels: &[u8], s: usize, response: impl Fn(f64) -> Complex64) -> Vec<f32> {
    let mut train = vec![0f32; levels.len() * s];
    levels.iter().enumerate().for_each(|(k, &l)| train[k * s] = (0.5 + f32::from(l)) * s as f32);
    resample::filtered(&train, |turns| {
        let f = turns * s as f64;
        response(f) * if f == 0.0 { 1.0 } else { (PI * f).sin() / (PI * f) }
    })
}

/// Gaussian low-pass of a 3 dB bandwidth in symbol rates.
fn gaussian(bandwidth: f64) -> impl Fn(f64) -> Complex64 {
    move |f| Complex64::from((-0.5 * std::f64::consts::LN_2 * (f / bandwidth).powi(2)).exp())
}

fn capture<'a>(waveform: &'a [f32], s: usize, levels: &'a [u8]) -> Capture<'a> {
    Capture { waveform, samples_per_symbol: s, levels, ..Capture::default() }
}

fn passed<'a>(waveform: &'a [f32], s: usize, levels: &'a [u8]) -> Capture<'a> {
    Capture { receiver: Receiver::AlreadyPassed, ..capture(waveform, s, levels) }
}

fn db(capture: &Capture<'_>, reference: &Reference) -> f64 {
    let t = measure(capture, reference).expect("it is open");
    println!("{} {} ceq {:.3} taps {:.4?} main {} dfe {:.4} centre {:.4} {:?}", reference.name, t.tdecq_db, t.ceq_db, t.taps, t.main_tap, t.dfe, t.centre_ui, t.sigma_g);
    t.tdecq_db
}

#[test]
fn a_rectangular_eye_is_ideal() {
    let levels = levels(PatternKind::Prbs13q);
    for s in [8, 16] {
        for reference in Reference::all() {
            let wave = rectangular(&levels, s);
            assert!(db(&passed(&wave, s, &levels), &reference).abs() < 0.01);
        }
    }
}

/// physics.md 5: about 0.31 +- 0.03 dB.
#[test]
fn the_reference_filter_alone_costs_a_third_of_a_decibel() {
    for kind in [PatternKind::Prbs13q, PatternKind::Ssprq] {
        let levels = levels(kind);
        let wave = shaped(&levels, 16, |_| Complex64::from(1.0));
        let tdecq = db(&capture(&wave, 16, &levels), &Reference::SMF_100G);
        assert!((tdecq - 0.31).abs() < 0.03, "{tdecq}");
    }
}
