//! TDECQ: exact cases, invariants, and the definition itself.

use crate::tdecq_brute::{Fixed, Signal, Windows, ceq, qt};
use lightlane::math::resample;
use lightlane::measure::tdecq::{
    CaptureNoise, InputFilter, Reference, TdecqCapture, TdecqError, filtered, measure,
};
use lightlane::pattern::{Pattern, PatternKind};
use lightlane::seed::Seed;
use num_complex::Complex64;
use std::f64::consts::PI;

fn levels(kind: PatternKind) -> Vec<u8> {
    let source = Pattern { kind, ..Default::default() }.build().expect("it builds");
    let mut levels = vec![0; source.period().expect("it repeats") as usize];
    source.fill(0, Seed::new(0), &mut levels);
    levels
}

fn rectangular(levels: &[u8], s: usize) -> Vec<f32> {
    (0..levels.len() * s).map(|i| 0.5 + f32::from(levels[i / s])).collect()
}

/// Rectangular symbols after a response (frequencies in symbol rates), sampled without aliases.
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

pub(crate) fn capture<'a>(waveform: &'a [f32], s: usize, levels: &'a [u8]) -> TdecqCapture<'a> {
    TdecqCapture { waveform, samples_per_symbol: s, levels, ..TdecqCapture::default() }
}

fn passed<'a>(waveform: &'a [f32], s: usize, levels: &'a [u8]) -> TdecqCapture<'a> {
    TdecqCapture { filter: InputFilter::Prefiltered, ..capture(waveform, s, levels) }
}

fn db(capture: &TdecqCapture<'_>, reference: &Reference) -> f64 {
    let t = measure(capture, reference).expect("it is open");
    println!(
        "{}: {:.4} dB, Ceq {:.4} dB, taps {:.4?}, dfe {:.4}, centre {:.4}",
        reference.name, t.tdecq_db, t.ceq_db, t.taps, t.dfe, t.centre_ui
    );
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

/// Gaussian transmitter noise of f times the noise that an ideal eye tolerates: sigma_G^2 = (1 -
/// f^2) of that. The eye is ideal to 0.003 dB.
#[test]
fn transmitter_noise_costs_its_closed_form() {
    let levels = levels(PatternKind::Prbs13q);
    let (wave, reference) = (rectangular(&levels, 8), Reference::SMF_100G);
    for f in [0.0, 0.3, 0.5, 0.7, 0.9f64] {
        let sigma = f * 3.0 / (6.0 * reference.qt());
        let noise = CaptureNoise::Gaussian { variance: [sigma * sigma; 4], correlation: None };
        let tdecq = db(&TdecqCapture { noise, ..passed(&wave, 8, &levels) }, &reference);
        let expected = -5.0 * (1.0 - f * f).log10();
        assert!((tdecq - expected).abs() < 0.005 / (1.0 - f * f), "{f}: {tdecq} for {expected}");
    }
}

/// The same from eight repeats, one number a symbol. Of 65 528 samples the error ratio at f^2 = 1/2
/// is known to 2.3 % (joint tails of two normals with correlation f^2), TDECQ to 0.017 dB; five of
/// these are allowed, and less for less noise.
#[test]
fn repeats_put_their_noise_back() {
    let levels = levels(PatternKind::Prbs13q);
    let (wave, reference) = (rectangular(&levels, 8), Reference::SMF_100G);
    for (f, tolerance) in [(0.4, 0.03), (0.7, 0.09f64)] {
        let sigma = f * 3.0 / (6.0 * reference.qt());
        let repeat = |r: u64| -> Vec<f32> {
            let mut rng = Seed::new(r).named("repeat").rng();
            let numbers: Vec<f32> =
                (0..levels.len()).map(|_| (sigma * rng.normal()) as f32).collect();
            (0..wave.len()).map(|i| numbers[i / 8]).collect()
        };
        let repeats: Vec<Vec<f32>> = (0..8).map(repeat).collect();
        let tdecq = db(
            &TdecqCapture { noise: CaptureNoise::Repeats(&repeats), ..passed(&wave, 8, &levels) },
            &reference,
        );
        let expected = -5.0 * (1.0 - f * f).log10();
        assert!((tdecq - expected).abs() < tolerance, "{f}: {tdecq} for {expected}");
    }
}

/// Noise after a wide filter is white: the best feedback cancels the whole postcursor, b = h, Ceq =
/// 1 + h.
#[test]
fn one_post_cursor_costs_its_part_of_the_amplitude_with_decision_feedback() {
    let levels = levels(PatternKind::Prbs13q);
    let reference = Reference { bandwidth_symbol_rates: 5.0, ..Reference::DR_106 };
    for h in [0.0, 0.1, 0.2, 0.29f32] {
        let symbol = |k: usize| f32::from(levels[k]) + h * f32::from(levels[(k + 8190) % 8191]);
        let wave: Vec<f32> = (0..levels.len() * 8).map(|i| symbol(i / 8)).collect();
        let t = measure(&passed(&wave, 8, &levels), &reference).expect("it is open");
        let expected = 10.0 * f64::from(1.0 + h).log10();
        assert!(
            (t.tdecq_db - expected).abs() < 0.01 && (t.dfe - f64::from(h)).abs() < 0.01,
            "{h}: {} {expected} {}",
            t.tdecq_db,
            t.dfe
        );
        assert!((t.taps.iter().sum::<f64>() - 1.0 - t.dfe).abs() < 1e-9);
    }
}

#[test]
fn a_slower_waveform_closes_more_and_the_grid_does_not_matter() {
    let levels = levels(PatternKind::Prbs13q);
    for reference in [Reference::SMF_100G, Reference::DR_106] {
        let mut last = 0.0;
        for bandwidth in [1.0, 0.8, 0.65, 0.5, 0.42, 0.36, 0.32] {
            let at = |s: usize| {
                db(&capture(&shaped(&levels, s, gaussian(bandwidth)), s, &levels), &reference)
            };
            let tdecq = at(16);
            assert!(tdecq > last, "{} {bandwidth}: {tdecq} after {last}", reference.name);
            for s in [8, 32] {
                let other = at(s);
                assert!(
                    (other - tdecq).abs() < 0.01,
                    "{} {bandwidth}: {other} at {s}, {tdecq} at 16",
                    reference.name
                );
            }
            last = tdecq;
        }
    }
}

#[test]
fn scale_offset_phase_and_rotation_change_nothing() {
    let levels = levels(PatternKind::Prbs13q);
    let (s, reference) = (16, Reference::SMF_100G);
    let delayed = |delay: f64| {
        shaped(&levels, s, |f| {
            gaussian(0.45)(f) * Complex64::from_polar(1.0, -2.0 * PI * f * delay)
        })
    };
    let wave = delayed(0.0);
    let plain = db(&capture(&wave, s, &levels), &reference);
    for (scale, offset) in [(1e-3, 0.0), (2.7e-4, 1e-3), (40.0, -100.0f32)] {
        let other: Vec<f32> = wave.iter().map(|y| scale * y + offset).collect();
        assert!(
            (db(&capture(&other, s, &levels), &reference) - plain).abs() < 0.002,
            "{scale} {offset}"
        );
    }
    for delay in [0.021, 0.26, 0.5, 0.77, -3.4, 4000.1] {
        let tdecq = db(&capture(&delayed(delay), s, &levels), &reference);
        assert!((tdecq - plain).abs() < 0.002, "{delay}: {tdecq}, {plain}");
    }
    let mut turned = levels.clone();
    turned.rotate_left(1234);
    assert!((db(&capture(&wave, s, &turned), &reference) - plain).abs() < 0.002);
}

/// R = sqrt(sigma_G^2 + sigma_S^2).
#[test]
fn the_instruments_noise_is_given_back() {
    let levels = levels(PatternKind::Prbs13q);
    let wave = shaped(&levels, 16, gaussian(0.5));
    let plain = measure(&capture(&wave, 16, &levels), &Reference::SMF_100G).expect("it is open");
    let sigma_g = plain.sigma_g[0].min(plain.sigma_g[1]);
    let noisy = TdecqCapture { instrument_sigma: 0.5 * sigma_g, ..capture(&wave, 16, &levels) };
    let gain = plain.tdecq_db - db(&noisy, &Reference::SMF_100G);
    assert!((gain - 5.0 * 1.25f64.log10()).abs() < 1e-6, "{gain}");
}

/// Twenty transmitters drawn at random: bandwidth, delay distortion, echo, level mismatch.
#[test]
fn the_result_is_that_of_the_definition_and_no_perturbation_improves_it() {
    let levels = levels(PatternKind::Prbs13q);
    let s = 16;
    let (mut worst, mut best_gain) = (0f64, f64::NEG_INFINITY);
    for draw in 0..20 {
        let mut rng = Seed::new(draw).named("transmitter").rng();
        let mut uniform = |low: f64, high: f64| low + (high - low) * rng.uniform();
        let reference = Reference::all()[draw as usize % 5];
        let (bandwidth, skew, echo, delay) =
            (uniform(0.38, 0.8), uniform(-2.0, 2.0), uniform(-0.08, 0.08), uniform(0.3, 3.0));
        let steps = [0.0, 1.0 + uniform(-0.06, 0.06), 2.0 + uniform(-0.06, 0.06), 3.0];
        let mut wave = shaped(&levels, s, |f| {
            let late = Complex64::from_polar(echo, -2.0 * PI * f * delay);
            gaussian(bandwidth)(f) * Complex64::from_polar(1.0, skew * f.powi(3)) * (1.0 + late)
        });
        // a curve through the four levels: cubic in the amplitude
        let curve = |y: f64| {
            let term = |i: usize| {
                steps[i]
                    * (0..4)
                        .filter(|&j| j != i)
                        .map(|j| (y - j as f64) / (i as f64 - j as f64))
                        .product::<f64>()
            };
            (0..4).map(term).sum::<f64>()
        };
        wave.iter_mut().for_each(|y| *y = curve(f64::from(*y) - 0.5) as f32);
        let wave = filtered(&wave, s, reference.bandwidth_symbol_rates);
        let t = match measure(&passed(&wave, s, &levels), &reference) {
            Ok(t) => t,
            Err(refusal) => panic!("{draw}: {refusal}"),
        };
        let oma = t.outer.three_w - t.outer.zero_w;
        let signal = Signal {
            waveform: &wave,
            samples_per_symbol: s,
            levels: &levels,
            oma,
            average: t.outer.average_w,
        };
        let fixed =
            Fixed { taps: t.taps.clone(), main: t.main_tap, dfe: t.dfe, thresholds: t.thresholds };
        let windows = Windows::new(&signal, t.centre_samples);
        let plain =
            windows.tdecq_db(&fixed, reference.target_ser, reference.bandwidth_symbol_rates);
        println!(
            "{draw} {}: {:.4} dB, by definition {plain:.4} dB, Ceq {:.3} dB, dfe {:.3}",
            reference.name, t.tdecq_db, t.ceq_db, t.dfe
        );
        worst = worst.max((plain - t.tdecq_db).abs());
        for step in 0..16 {
            let mut other = fixed.clone();
            let size = 10f64.powf(uniform(-3.5, -1.5));
            for i in (0..other.taps.len()).filter(|&i| i != t.main_tap) {
                let step = size * uniform(-1.0, 1.0);
                other.taps[i] += step;
                other.taps[t.main_tap] -= step;
            }
            if reference.dfe_max > 0.0 {
                let step = (size * uniform(-1.0, 1.0)).clamp(-t.dfe, reference.dfe_max - t.dfe);
                other.dfe += step;
                other.taps[t.main_tap] += step;
            }
            for (j, threshold) in other.thresholds.iter_mut().enumerate() {
                let nominal = signal.average + oma * (j as f64 - 1.0) / 3.0;
                let reach = reference.threshold_adjust * oma;
                *threshold = (*threshold + size * oma * uniform(-1.0, 1.0))
                    .clamp(nominal - reach, nominal + reach);
            }
            let elsewhere = (step % 4 == 0)
                .then(|| Windows::new(&signal, t.centre_samples + s as f64 * uniform(-0.05, 0.05)));
            if !allowed(&other, &reference) {
                continue;
            }
            // 0.005 dB better would be: the target met in that much more noise
            let sigma = 10f64.powf(0.0005) * t.sigma_g[0].min(t.sigma_g[1]) / oma
                * ceq(&other.taps, reference.bandwidth_symbol_rates);
            let errors = elsewhere.as_ref().unwrap_or(&windows).error_ratio(&other, sigma);
            best_gain = best_gain.max((reference.target_ser / errors).ln());
        }
        assert!((qt(reference.target_ser) - reference.qt()).abs() < 1e-9);
    }
    println!("largest difference {worst:.5} dB, best perturbation ln {best_gain:.4}");
    assert!(worst < 0.02, "{worst}");
    assert!(best_gain < 0.0, "{best_gain}");
}

/// Whether taps keep the reference's limits, to a millionth.
pub(crate) fn allowed(fixed: &Fixed, reference: &Reference) -> bool {
    let main = fixed.taps[fixed.main];
    let ratio = |i: usize| fixed.taps[i] / main;
    let mut others = (0..fixed.taps.len()).filter(|&i| i != fixed.main);
    let within = |range: [f64; 2], x: f64| x >= range[0] - 1e-6 && x <= range[1] + 1e-6;
    let Some(limits) = reference.tap_limits else {
        return main >= reference.main_tap_min - 1e-6
            && others.all(|i| within([-1.0, 1.0], ratio(i)));
    };
    let paired = fixed.main > 0 && fixed.main + 1 < fixed.taps.len();
    let difference =
        if paired { (ratio(fixed.main + 1) - ratio(fixed.main - 1)).abs() } else { 0.0 };
    within(limits.main, main)
        && difference <= limits.difference + 1e-6
        && others.all(|i| within(limits.ratio(i.abs_diff(fixed.main)), ratio(i)))
}

/// At the centre of the windows every symbol lies between its thresholds; between symbols it need
/// not.
#[test]
fn the_equalised_waveform_is_decided_as_it_was_sent() {
    let levels = levels(PatternKind::Prbs13q);
    let wave = shaped(&levels, 16, gaussian(0.35));
    let after = filtered(&wave, 16, 0.5);
    let wrong = |z: &[f32], t: &lightlane::measure::tdecq::TdecqResult| {
        let at = |k: usize| f64::from(z[(k * 16 + t.centre_samples.round() as usize) % z.len()]);
        let decided = |k: usize| t.thresholds.iter().filter(|&&p| at(k) > p).count();
        (0..levels.len()).filter(|&k| decided(k) != usize::from(levels[k])).count()
    };
    for reference in [Reference::SMF_100G, Reference::DR_106] {
        let t = measure(&capture(&wave, 16, &levels), &reference).expect("it is open");
        assert_eq!(wrong(&t.equalise(&after, 16, &levels), &t), 0, "{}", reference.name);
        assert!(wrong(&after, &t) > 0, "the filtered waveform needs its equaliser");
    }
}

/// Five taps open the eye up to a limit; beyond, it is closed and reported so. Where no sample is
/// on the wrong side of its threshold, the clause's sum, which ignores the transmitted symbols, is
/// the same.
#[test]
fn a_nearly_closed_eye_is_still_that_of_the_definition() {
    let levels = levels(PatternKind::Prbs13q);
    let (s, reference) = (16, Reference::SMF_100G);
    let mut closed = false;
    for bandwidth in [0.3, 0.28, 0.26, 0.24, 0.22, 0.2, 0.18] {
        let wave = filtered(&shaped(&levels, s, gaussian(bandwidth)), s, 0.5);
        match measure(&passed(&wave, s, &levels), &reference) {
            Ok(t) => {
                assert!(!closed, "{bandwidth}: it was closed before");
                let oma = t.outer.three_w - t.outer.zero_w;
                let signal = Signal {
                    waveform: &wave,
                    samples_per_symbol: s,
                    levels: &levels,
                    oma,
                    average: t.outer.average_w,
                };
                let fixed = Fixed {
                    taps: t.taps.clone(),
                    main: t.main_tap,
                    dfe: t.dfe,
                    thresholds: t.thresholds,
                };
                let plain = Windows::new(&signal, t.centre_samples).tdecq_db(
                    &fixed,
                    reference.target_ser,
                    0.5,
                );
                println!(
                    "{bandwidth}: {:.4} dB, by definition {plain:.4} dB, taps {:.3?}",
                    t.tdecq_db, t.taps
                );
                assert!((plain - t.tdecq_db).abs() < 0.02, "{bandwidth}: {} {plain}", t.tdecq_db);
            }
            Err(refusal) => {
                assert_eq!(refusal, TdecqError::Closed { target_ser: reference.target_ser });
                closed = true;
            }
        }
    }
    assert!(closed);
}

/// Noise that grows with the level (as RIN does) on a waveform with symbol interference: its
/// variance by level, with the pattern's mean on the side taps, gives what sixteen repeats of it
/// give, to five of their deviations (0.01 dB each).
#[test]
fn noise_by_level_is_that_of_its_repeats() {
    let levels = levels(PatternKind::Prbs13q);
    let (s, reference) = (8, Reference { bandwidth_symbol_rates: 5.0, ..Reference::SMF_100G });
    let wave = shaped(&levels, s, gaussian(0.6));
    let sigma = [0.04, 0.06, 0.08, 0.1];
    let repeat = |r: u64| -> Vec<f32> {
        let mut rng = Seed::new(r).named("repeat").rng();
        let numbers: Vec<f32> =
            levels.iter().map(|&l| (sigma[usize::from(l)] * rng.normal()) as f32).collect();
        // held from half a symbol before the middle to half a symbol after
        (0..wave.len()).map(|i| numbers[((i + s / 2) / s) % numbers.len()]).collect()
    };
    let repeats: Vec<Vec<f32>> = (0..16).map(repeat).collect();
    let counted = db(
        &TdecqCapture { noise: CaptureNoise::Repeats(&repeats), ..passed(&wave, s, &levels) },
        &reference,
    );
    let noise =
        CaptureNoise::Gaussian { variance: sigma.map(|s| s * s), correlation: Some(vec![]) };
    let predicted = db(&TdecqCapture { noise, ..passed(&wave, s, &levels) }, &reference);
    let without = db(&passed(&wave, s, &levels), &reference);
    println!("{counted} counted, {predicted} predicted, {without} without");
    assert!(
        predicted > without + 0.3 && (counted - predicted).abs() < 0.05,
        "{counted} {predicted}"
    );
}

#[test]
fn every_capture_without_a_tdecq_is_refused_with_its_reason() {
    let levels = levels(PatternKind::Prbs13q);
    let wave = shaped(&levels, 8, gaussian(0.5));
    let refusal = |capture: TdecqCapture<'_>| {
        measure(&capture, &Reference::SMF_100G).expect_err("it has none")
    };
    let good = || capture(&wave, 8, &levels);
    assert!(matches!(refusal(TdecqCapture::default()), TdecqError::Length { .. }));
    assert!(matches!(
        refusal(TdecqCapture { samples_per_symbol: 4, ..good() }),
        TdecqError::Length { .. }
    ));
    assert!(matches!(
        refusal(TdecqCapture { waveform: &wave[1..], ..good() }),
        TdecqError::Length { .. }
    ));
    assert!(matches!(
        refusal(TdecqCapture { instrument_sigma: f64::NAN, ..good() }),
        TdecqError::NotFinite { .. }
    ));
    let other = |change: &dyn Fn(&mut Vec<f32>)| {
        let mut wave = wave.clone();
        change(&mut wave);
        refusal(TdecqCapture { waveform: &wave, ..good() })
    };
    assert!(matches!(other(&|w| w[77] = f32::NAN), TdecqError::NotFinite { .. }));
    assert_eq!(other(&|w| w.fill(1.0)), TdecqError::NoSettledRuns);
    assert!(matches!(
        other(&|w| w.iter_mut().enumerate().for_each(|(i, y)| *y = ((i * 7919) % 1009) as f32)),
        TdecqError::Closed { .. } | TdecqError::NoSettledRuns
    ));
    let mut wrong = levels.clone();
    wrong[5] = 4;
    assert_eq!(refusal(TdecqCapture { levels: &wrong, ..good() }), TdecqError::Levels { level: 4 });
    let two: Vec<u8> = levels.iter().map(|&l| l / 2 * 3).collect();
    assert_eq!(refusal(TdecqCapture { levels: &two, ..good() }), TdecqError::Levels { level: 1 });
    let slow = shaped(&levels, 8, gaussian(0.1));
    assert_eq!(refusal(capture(&slow, 8, &levels)), TdecqError::Closed { target_ser: 4.8e-4 });
    let impossible = Reference { taps: 0, ..Reference::SMF_100G };
    assert!(matches!(measure(&good(), &impossible), Err(TdecqError::Reference { .. })));
}
