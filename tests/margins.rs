//! Margins to the limit: by loss, by overload, by noise.

use crate::support::{preset, quiet, run_lane, share};
use lightlane::link::{Config, LaneResult};
use lightlane::receiver::Limiting;
use lightlane::transmitter::TransmitterKind;

/// A lane of a whole block, predicted only.
fn lane(config: &Config) -> LaneResult {
    let mut config = config.clone();
    config.lanes = 1;
    (config.simulation.symbols, config.simulation.symbols_at_limit) = (0, 0);
    run_lane(&config, 8192)
}

fn margins(lane: &LaneResult) -> (f64, f64) {
    (lane.loss_margin_db.expect("a loss margin"), lane.snr_margin_db.expect("an SNR margin"))
}

/// A decibel less light is two of the electrical signal-to-noise ratio, with interference as
/// without. Shot noise falls with the light: its part of the noise, s at the operating point,
/// moves the two apart by up to 10 lg 1 / (1 - s).
#[test]
fn against_thermal_noise_the_snr_margin_is_twice_the_loss_margin() {
    for bandwidth_ghz in [36.0, 18.0] {
        let mut config = preset("800gbase-dr8");
        quiet(&mut config);
        config.receiver.tia.bandwidth_ghz = bandwidth_ghz;
        config.receiver.tia.noise_average_pa_per_rthz = 60.0;
        let lane = lane(&config);
        let (loss_db, snr_db) = margins(&lane);
        let within = 0.02 - 10.0 * (1.0 - share(&lane, "photodiode")).log10();
        assert!(
            (snr_db - 2.0 * loss_db).abs() < within,
            "{bandwidth_ghz} GHz: {snr_db} against {loss_db} dB, {within}"
        );
    }
}

/// Less light weakens shot noise and RIN too, more noise does not weaken itself.
#[test]
fn loss_is_never_worth_more_than_half_of_the_noise() {
    for preset_name in ["800gbase-dr8", "1.6tbase-dr8"] {
        for kind in [TransmitterKind::Eml, TransmitterKind::Mzm] {
            let mut config = preset(preset_name);
            config.transmitter.kind = kind;
            config.receiver.crosstalk.tx_db = -300.0;
            let (loss_db, snr_db) = margins(&lane(&config));
            println!("{preset_name} {kind:?}: loss {loss_db:.2}, SNR {snr_db:.2} dB");
            assert!(loss_db >= snr_db / 2.0 && snr_db > 0.0, "{loss_db} against {snr_db} dB");
        }
    }
}

/// A link described with so much more noise of every kind has no margin left. Amplifier, laser,
/// converter and its jitter make almost all of the noise; margins are found to 0.002 dB of loss,
/// and sampling jitter blurs the levels by its square, which is not scaled.
#[test]
fn the_snr_margin_is_the_noise_that_a_description_may_add() {
    let mut config = preset("800gbase-dr8");
    config.transmitter.kind = TransmitterKind::Mzm;
    quiet(&mut config);
    config.transmitter.mzm.laser.rin_db_per_hz = -146.0;
    config.receiver.tia.noise_average_pa_per_rthz = 40.0;
    config.receiver.dsp.adc.effective_bits = 6.0;
    config.receiver.dsp.adc.jitter_fs = 100.0;
    let (_, snr_db) = margins(&lane(&config));
    assert!(snr_db > 1.0, "{snr_db}");
    let mut noisier = config.clone();
    let amplitude = 10f64.powf(snr_db / 20.0);
    noisier.transmitter.mzm.laser.rin_db_per_hz += snr_db;
    noisier.receiver.tia.noise_average_pa_per_rthz *= amplitude;
    noisier.receiver.dsp.adc.effective_bits -= amplitude.log2();
    noisier.receiver.dsp.adc.jitter_fs *= amplitude;
    let lane = lane(&noisier);
    let (loss_db, left_db) = margins(&lane);
    // shot noise, which no key scales, would have grown by that power ratio too
    let shot = share(&lane, "photodiode") * (amplitude * amplitude - 1.0);
    let within = 0.03 + 10.0 * (1.0 + shot).log10();
    assert!(left_db.abs() < within && loss_db.abs() < within, "{left_db}, {loss_db} dB");
}

/// An amplifier that limits far below its input passes only between two losses: it fails as it is,
/// and both margins say by how much. Noise before a limiting amplifier is drawn, in searches with
/// few draws, and margins come from the training blocks: edges are good to some tenths of a
/// decibel.
#[test]
fn an_overloaded_lane_passes_between_two_losses() {
    let with_loss = |loss_db: f64| {
        let mut config = preset("800gbase-dr8");
        config.receiver.tia.limiting = Limiting::Tanh;
        config.receiver.tia.overload_ma_pp = 0.1;
        // crosstalk does not follow a loss that is searched
        (config.receiver.crosstalk.lane_db, config.receiver.crosstalk.tx_db) = (-300.0, -300.0);
        config.fibre.connector_loss_db += loss_db;
        lane(&config)
    };
    let overloaded = with_loss(0.0);
    let (from, to) = (
        overloaded.passes_from_loss_db.expect("it passes with loss"),
        overloaded.passes_to_loss_db.expect("it passes with loss"),
    );
    println!("passes from {from:.3} to {to:.3} dB");
    assert!(overloaded.passes == Some(false) && 0.0 < from && from < to);
    assert_eq!(overloaded.loss_margin_db, Some(-from));
    assert_eq!(overloaded.overload_margin_db, Some(-from));
    for (loss_db, passes) in
        [(from - 0.4, false), (from + 0.4, true), (to - 0.4, true), (to + 0.4, false)]
    {
        assert_eq!(with_loss(loss_db).passes, Some(passes), "{loss_db} dB");
    }
    // in the middle it has both margins
    let middle = 0.5 * (from + to);
    let lane = with_loss(middle);
    let (loss_db, overload_db) =
        (lane.loss_margin_db.expect("it passes"), lane.overload_margin_db.expect("it passes"));
    assert!((loss_db - (to - middle)).abs() < 0.3, "{loss_db} of {to} dB");
    assert!((overload_db - (middle - from)).abs() < 0.3, "{overload_db} of {from} dB");
    assert!(!lane.overload_margin_is_bound);
}

/// A receiver that does not limit keeps the limit up to the largest OMA of the PMD.
#[test]
fn without_limiting_the_overload_margin_is_a_bound() {
    let config = preset("800gbase-dr8");
    let lane = lane(&config);
    let gain_db = config.limits.oma_max_dbm - lane.oma_tp3_dbm.expect("measured");
    assert!(lane.overload_margin_is_bound);
    assert!((lane.overload_margin_db.expect("a bound") - gain_db).abs() < 1e-9);
}
