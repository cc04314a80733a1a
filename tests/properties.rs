//! Properties of any legal link and of any input, on cases drawn from one fixed seed.

use crate::support::{preset, run_lane};
use lightlane::link::{Config, LaneResult, LayeredConfig};
use lightlane::transmitter::TransmitterKind;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};

/// The same cases in every run.
fn cases(cases: u32) -> ProptestConfig {
    let fixed = RngSeed::Fixed(1);
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: fixed,
        rng_algorithm: RngAlgorithm::ChaCha,
        ..ProptestConfig::default()
    }
}

/// A link within the range of products and somewhat beyond.
fn link() -> impl Strategy<Value = Config> {
    let transmitter = (any::<bool>(), 25.0..90.0, 2.5..8.0, 0.0..300.0, -155.0..-135.0);
    let fibre = (0.0..6.0, 0.0..9.0, 1295.0..1330.0);
    let receiver = (25.0..90.0, 5.0..40.0, 3.0..8.0, 5usize..32, 1usize..=2);
    (transmitter, fibre, receiver).prop_map(|(transmitter, fibre, receiver)| {
        let mut c = preset("800gbase-dr8");
        let (mzm, bandwidth_ghz, bits, jitter_fs, rin_db_per_hz) = transmitter;
        c.transmitter.kind = if mzm { TransmitterKind::Mzm } else { TransmitterKind::Eml };
        (c.transmitter.eml.bandwidth_ghz, c.transmitter.eml.driver.bandwidth_ghz) =
            (bandwidth_ghz, bandwidth_ghz);
        (c.transmitter.dac.bandwidth_ghz, c.transmitter.mzm.driver.bandwidth_ghz) =
            (bandwidth_ghz, bandwidth_ghz);
        (c.transmitter.dac.effective_bits, c.transmitter.dac.jitter_fs) = (bits, jitter_fs);
        (c.transmitter.eml.laser.rin_db_per_hz, c.transmitter.mzm.laser.rin_db_per_hz) =
            (rin_db_per_hz, rin_db_per_hz);
        (c.fibre.length_km, c.fibre.connector_loss_db, c.fibre.zero_dispersion_nm) = fibre;
        let (bandwidth_ghz, noise_pa, bits, taps, samples_per_symbol) = receiver;
        (c.receiver.tia.bandwidth_ghz, c.receiver.photodiode.bandwidth_ghz) =
            (bandwidth_ghz, bandwidth_ghz);
        (c.receiver.tia.noise_average_pa_per_rthz, c.receiver.dsp.adc.effective_bits) =
            (noise_pa, bits);
        (c.receiver.dsp.ffe.taps, c.receiver.dsp.adc.samples_per_symbol) =
            (taps, samples_per_symbol);
        c.simulation.block_symbols = 2048;
        c
    })
}

fn ber(lane: &LaneResult) -> f64 {
    lane.ber_semi_analytic.expect("it trains")
}

/// Extra loss to the limit; minus infinity for a link that never keeps it, infinity for one that
/// always does.
fn loss_margin_db(lane: &LaneResult) -> f64 {
    lane.loss_margin_db.unwrap_or(if lane.least_ber.is_some() {
        f64::NEG_INFINITY
    } else {
        f64::INFINITY
    })
}

/// True when the floor lies so near the limit that the search, to 2 % of an error ratio, may take
/// it for either side.
fn grazes(lane: &LaneResult, limit_ber: f64) -> bool {
    lane.least_ber.is_some_and(|floor| floor < 1.05 * limit_ber)
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn any_error_ratio_is_one_and_lies_in_its_interval(config in link()) {
        let lane = run_lane(&config, 8192);
        let ber = ber(&lane);
        // thresholds set on other blocks than those they decide may do a little worse than a coin
        prop_assert!((0.0..=0.55).contains(&ber), "{}", ber);
        let low = lane.ber_semi_analytic_low.unwrap();
        let high = lane.ber_semi_analytic_high.unwrap();
        prop_assert!(0.0 <= low && low <= ber && ber <= high, "{} in [{}, {}]", ber, low, high);
        let counted = lane.errors as f64 / lane.bits as f64;
        let (low, high) = (lane.ber_counted_low.unwrap(), lane.ber_counted_high.unwrap());
        prop_assert!(low <= counted && counted <= high && high <= 1.0, "{} in [{}, {}]", counted, low, high);
        prop_assert!(lane.passes == Some(ber <= config.limits.pmd_ber));
    }

    /// A margin is found to 0.01 in ln of the error ratio, some hundredths of a decibel where it is
    /// flat.
    #[test]
    fn more_noise_in_the_amplifier_never_raises_the_margin(config in link(), more in 1.05..3.0) {
        let mut noisier = config.clone();
        noisier.receiver.tia.noise_average_pa_per_rthz *= more;
        let (quiet, noisy) = (run_lane(&config, 0), run_lane(&noisier, 0));
        let higher = loss_margin_db(&noisy) > loss_margin_db(&quiet) + 0.05;
        prop_assert!(
            !higher || grazes(&quiet, config.limits.pmd_ber),
            "{:?} {:?}",
            quiet.loss_margin_db,
            noisy.loss_margin_db
        );
        prop_assert!(ber(&noisy) >= ber(&quiet) * 0.98, "{} {}", ber(&quiet), ber(&noisy));
    }

    /// The converter's gain follows the signal, and crosstalk falls with it: loss only brings noise
    /// nearer.
    #[test]
    fn more_loss_never_lowers_the_error_ratio(config in link(), more_db in 0.1..3.0) {
        let mut lossier = config.clone();
        lossier.fibre.connector_loss_db += more_db;
        let (near, far) = (ber(&run_lane(&config, 0)), ber(&run_lane(&lossier, 0)));
        prop_assert!(far >= near * 0.98, "{} {}", near, far);
    }
}

/// Texts that a user may write for a value.
fn value() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "nan",
        "-inf",
        "1e400",
        "-0.0",
        "9223372036854775807",
        "9223372036854775808",
        "1e18",
        "-1",
        "0x10",
        "[1, 2",
        "{}",
        "\"",
        "'é'",
        "true",
    ];
    prop_oneof![
        prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        any::<f64>().prop_map(|x| x.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        prop::collection::vec(any::<f64>(), 0..40).prop_map(|values| format!("{values:?}")),
        "\\PC{0,12}",
        any::<String>(),
    ]
}

/// Assignments: to keys that exist, to paths made of their parts, and anything at all.
fn assignment() -> impl Strategy<Value = String> {
    let parts = [
        "lanes",
        "lane",
        "0",
        "7",
        "63",
        "64",
        "transmitter",
        "eml",
        "mzm",
        "laser",
        "driver",
        "dac",
        "ffe",
        "taps",
        "kind",
        "rin",
        "fibre",
        "length_km",
        "receiver",
        "tia",
        "adc",
        "order",
        "precursors",
        "simulation",
        "block_symbols",
        "samples_per_symbol",
        "symbols",
        "seed",
        "spread",
        "module",
        "targets",
        "loss_margin_db",
        "limits",
        "pmd_ber",
        "pattern",
        "file",
        "preset",
        "",
        "\"a.b\"",
        "é",
    ];
    let known = [
        "lanes",
        "symbol_rate_gbd",
        "pattern.kind",
        "pattern.file",
        "pattern.precoder",
        "transmitter.kind",
        "transmitter.ffe.taps",
        "transmitter.mzm.lanes_per_laser",
        "transmitter.mzm.driver.saturation_vpp",
        "transmitter.eml.absorption_low_v",
        "fibre.length_km",
        "receiver.dsp.ffe.taps",
        "receiver.dsp.ffe.precursors",
        "receiver.dsp.adc.samples_per_symbol",
        "receiver.tia.order",
        "simulation.symbols",
        "simulation.block_symbols",
        "simulation.seed",
        "targets.loss_margin_db",
        "lane.3.fibre.length_km",
        "lane.63.receiver.dsp.ffe.taps",
    ];
    let path = prop::collection::vec(prop::sample::select(parts.to_vec()), 1..6)
        .prop_map(|parts| parts.join("."));
    let known = prop::sample::select(known.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        4 => (known, value()).prop_map(|(key, value)| format!("{key}={value}")),
        2 => (path, value()).prop_map(|(key, value)| format!("{key} = {value}")),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn whatever_is_assigned_is_taken_or_refused_in_words(
        assignments in prop::collection::vec(assignment(), 1..6),
    ) {
        let mut stack = LayeredConfig::open("800gbase-dr8").expect("it ships");
        for assignment in &assignments {
            let before = stack.merged_text();
            if let Err(error) = stack.set(assignment) {
                prop_assert!(!error.to_string().is_empty());
                prop_assert_eq!(before, stack.merged_text(), "{:?} was refused and left a trace", assignment);
            }
        }
        match stack.resolve() {
            Ok(resolved) => prop_assert_eq!(resolved.lanes.len(), resolved.base.lanes),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
