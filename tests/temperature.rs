//! Temperature of the modules: laser, modulator, heater and amplifier move together.

use crate::support::{agreement, preset, run, run_lane};
use lightlane::link::Config;
use lightlane::transmitter::{LaserControl, TransmitterKind};

/// A preset with a kind of transmitter, one lane of few symbols.
fn small(kind: TransmitterKind) -> Config {
    let mut config = preset("800gbase-dr8");
    config.transmitter.kind = kind;
    config.simulation.block_symbols = 4096;
    config
}

/// Received OMA of the lane, dBm.
fn oma_dbm(config: &Config) -> f64 {
    run_lane(config, 0).oma_tp2_dbm.expect("measured")
}

/// At constant current the OMA of an MZM follows the laser: 18.45 dBm, 70 mW, need 218.6 mA at the
/// reference, of which 75 degrees leave 58.4 mW, -0.786 dB; at constant power nothing but the
/// amplifier's noise moves. A link by thermal noise alone loses 10 log10(348.15 / 323.15) / 2 dB of
/// light by it, 0.162 dB.
#[test]
fn the_light_of_an_mzm_follows_its_laser() {
    let mut config = small(TransmitterKind::Mzm);
    config.transmitter.mzm.laser.ageing_db = 0.0;
    config.transmitter.mzm.laser.power_dbm = 18.45;
    let cold_dbm = oma_dbm(&config);
    config.case_temperature_c = 75.0;
    let lost_db = cold_dbm - oma_dbm(&config);
    let (mw, rise) = (10.0f64.powf(1.845), 25.0f64);
    let bias_ma = 17.6 + mw / 0.348;
    let hot_mw = 0.348 * (-rise / 180.0).exp() * (bias_ma - 17.6 * (rise / 65.0).exp());
    let expected_db = 10.0 * (mw / hot_mw).log10();
    assert!((lost_db - expected_db).abs() < 1e-3, "{lost_db} {expected_db}");
    config.transmitter.mzm.laser.thermal.control = LaserControl::ConstantPower;
    assert!((oma_dbm(&config) - cold_dbm).abs() < 1e-9);
}

/// The noise of the amplifier at 75 degrees is that at 50 with a density larger by the root of the
/// ratio of absolute temperatures, to the last digits that the sum of variances has.
#[test]
fn thermal_noise_follows_the_absolute_temperature() {
    let mut hot = small(TransmitterKind::Eml);
    hot.receiver.photodiode.dark_current_na = 0.0;
    let mut noisy = hot.clone();
    hot.case_temperature_c = 75.0;
    noisy.receiver.tia.noise_average_pa_per_rthz *= (348.15f64 / 323.15).sqrt();
    let [hot, noisy] =
        [hot, noisy].map(|config| run_lane(&config, 0).ber_semi_analytic.expect("predicted"));
    assert!((hot / noisy - 1.0).abs() < 1e-6, "{hot:e} {noisy:e}");
}

/// Both estimators of an uncooled EML without tracking at 70 degrees: power, absorption, chirp,
/// wavelength and noise moved.
#[test]
fn a_hot_eml_is_counted_as_predicted() {
    let mut config = small(TransmitterKind::Eml);
    config.transmitter.eml.laser.thermal.cooled = false;
    config.transmitter.eml.bias_tracking_mv_per_k = 0.0;
    config.case_temperature_c = 70.0;
    config.fibre.connector_loss_db += 7.0;
    let lane = run_lane(&config, 1 << 19);
    agreement("hot EML", &lane);
}

/// The heater of a ring follows 25 K by itself; an external laser at constant temperature asks 75
/// pm/K of it, so that 4 nm are used up at 103.3 degrees: there the ring says so and its eye is
/// gone soon.
#[test]
fn a_ring_says_where_its_heater_ends() {
    let mut config = small(TransmitterKind::Ring);
    config.transmitter.ring.laser.thermal.cooled = true;
    let at = |case_c: f64| {
        let mut config = config.clone();
        (config.case_temperature_c, config.lanes) = (case_c, 1);
        let result = run(&config);
        let warned = result.warnings.iter().any(|said| said.contains("heater"));
        (result.lanes[0].oma_tp2_dbm.expect("measured"), warned)
    };
    let (cold_dbm, hot_dbm, off_dbm) = (at(50.0), at(103.0), at(104.0));
    assert_eq!(hot_dbm, (cold_dbm.0, false));
    assert!(off_dbm.1 && off_dbm.0 < cold_dbm.0 - 0.1, "{off_dbm:?}");
}
