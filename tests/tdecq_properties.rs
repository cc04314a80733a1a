//! TDECQ of any waveform, pattern, noise and reference.

use crate::tdecq::{allowed, capture};
use crate::tdecq_brute::Fixed;
use lightlane::measure::tdecq::{
    CaptureNoise, InputFilter, Reference, TdecqCapture, WindowHistogram, measure,
};
use lightlane::seed::Seed;
use proptest::prelude::*;

/// A short pattern with both settled runs, then levels at will.
fn short_pattern() -> impl Strategy<Value = Vec<u8>> {
    let head = vec![1, 3, 3, 3, 3, 3, 3, 3, 1, 2, 0, 0, 0, 0, 0, 0, 2];
    let level = prop_oneof![300 => 0u8..4, 1 => 4u8..=255];
    prop::collection::vec(level, 0..120).prop_map(move |tail| [head.clone(), tail].concat())
}

fn any_reference() -> impl Strategy<Value = Reference> {
    let numbers = (
        0usize..5,
        1e-4..0.11f64,
        0.09..6.0f64,
        0usize..16,
        0usize..5,
        0.0..1.05f64,
        0.0..0.5f64,
        0.0..0.105f64,
    );
    numbers.prop_map(
        |(
            base,
            target_ser,
            bandwidth_symbol_rates,
            taps,
            most_precursors,
            main_tap_min,
            dfe_max,
            threshold_adjust,
        )| {
            let base = Reference::all()[base];
            Reference {
                target_ser,
                bandwidth_symbol_rates,
                taps,
                most_precursors,
                main_tap_min,
                dfe_max,
                threshold_adjust,
                ..base
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(4),
        ..ProptestConfig::default()
    })]

    /// Any waveform, pattern, noise and reference that the types allow has a TDECQ of finite
    /// numbers that keeps the reference's limits, or a refusal.
    #[test]
    fn nothing_panics_and_what_is_measured_keeps_its_limits(
        levels in short_pattern(),
        s in prop_oneof![10 => 8usize..13, 1 => 0usize..8],
        reference in any_reference(),
        mess in 0.0..0.25f64,
        scale in -20i32..20,
        variance in 0.0..0.02f64,
        correlated in any::<bool>(),
        receiver in any::<bool>(),
        seed in 0u64..1000,
    ) {
        let mut rng = Seed::new(seed).named("mess").rng();
        let unit = 10f64.powi(scale);
        let mut sample = |i| (unit * (f64::from(levels[i / s]) + mess * rng.normal())) as f32;
        let wave: Vec<f32> = (0..levels.len() * s).map(&mut sample).collect();
        let noise = CaptureNoise::Gaussian {
            variance: [variance * unit * unit; 4],
            correlation: correlated.then(|| vec![1.0, -1.0, 0.7]),
        };
        let filter = if receiver { InputFilter::Reference } else { InputFilter::Prefiltered };
        let capture = TdecqCapture { noise, filter, ..capture(&wave, s, &levels) };
        if let Ok(t) = measure(&capture, &reference) {
            let fixed = Fixed {
                taps: t.taps.clone(),
                main: t.main_tap,
                dfe: t.dfe,
                thresholds: t.thresholds,
            };
            prop_assert!(allowed(&fixed, &reference), "{:?}", fixed);
            prop_assert!(t.tdecq_db.is_finite() && t.ceq_db >= 0.0);
            prop_assert!(t.taps.iter().all(|w| w.is_finite()));
            prop_assert!((t.taps.iter().sum::<f64>() - 1.0 - t.dfe).abs() < 1e-9);
            prop_assert!(t.dfe >= -1e-6 && t.dfe <= reference.dfe_max + 1e-6);
            prop_assert!(t.main_tap <= reference.most_precursors);
            let area = |h: &WindowHistogram| {
                h.density.iter().sum::<f64>() * (h.amplitude[1] - h.amplitude[0])
            };
            prop_assert!(t.histograms.iter().all(|h| (area(h) - 1.0).abs() < 1e-9));
            prop_assert_eq!(t.equalise(&wave, s, &levels).len(), wave.len());
        }
    }
}
