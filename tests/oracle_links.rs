//! Six links against an independent NumPy / SciPy chain (tests/oracle): 16 samples per symbol,
//! time-domain filters, not periodic, written from the device notes alone.

use crate::support::{preset, quiet, run_lane};
use lightlane::link::Config;
use lightlane::receiver::NoiseModel;
use lightlane::transmitter::{Electrode, TransmitterKind};
use serde_json::Value;

fn number(p: &Value, key: &str) -> f64 {
    p[key].as_f64().unwrap_or_else(|| panic!("the oracle has {key}"))
}

/// The oracle's parameters as keys of lightlane.
fn config(p: &Value) -> Config {
    let giga = |key: &str| number(p, key) / 1e9;
    let mut c = preset("800gbase-dr8");
    crate::support::memoryless(&mut c);
    quiet(&mut c);
    c.symbol_rate_gbd = giga("symbol_rate_bd");
    c.simulation.samples_per_symbol = 8;
    let t = &mut c.transmitter;
    t.ffe.taps = p["tx_ffe_taps"]
        .as_array()
        .expect("taps")
        .iter()
        .map(|t| t.as_f64().expect("a number"))
        .collect();
    t.dac.bandwidth_ghz = giga("dac_bandwidth_hz");
    t.dac.effective_bits = number(p, "dac_enob_bits");
    t.dac.jitter_fs = number(p, "tx_jitter_s") * 1e15;
    let (driver, laser) = if p["modulator"] == "eml" {
        t.kind = TransmitterKind::Eml;
        t.eml.laser.power_dbm = number(p, "eml_facet_power_dbm");
        t.eml.coupling_loss_db = number(p, "eml_coupling_loss_db");
        // two points of the oracle's curve, 4.3429 (V / V0)^a dB
        let absorption = |v: f64| {
            10.0 / std::f64::consts::LN_10
                * (v / number(p, "eml_v0_v")).powf(number(p, "eml_exponent_a"))
        };
        (t.eml.absorption_low_db, t.eml.absorption_high_db) = (absorption(2.0), absorption(3.5));
        t.eml.bias_v = number(p, "eml_bias_v");
        t.eml.bandwidth_ghz = giga("modulator_bandwidth_hz");
        t.eml.chirp_alpha_0 = number(p, "eml_alpha_a0");
        t.eml.chirp_alpha_1_per_v = number(p, "eml_alpha_a1_per_v");
        (&mut t.eml.driver, &mut t.eml.laser)
    } else {
        t.kind = TransmitterKind::Mzm;
        let m = &mut t.mzm;
        m.laser.power_dbm = number(p, "mzm_input_power_dbm");
        m.lanes_per_laser = 1;
        (m.laser_coupling_loss_db, m.insertion_loss_db, m.fibre_coupling_loss_db) = (0.0, 0.0, 0.0);
        // the oracle's modulator is ideal: a stiff junction, no arm loss, no imbalance
        (
            m.built_in_v,
            m.reverse_bias_v,
            m.arm_loss_db_per_rad,
            m.extinction_ratio_db,
            m.bias_error_deg,
        ) = (5.0, 20.0, 0.0, 60.0, 0.0);
        m.length_mm = 10.0 * m.vpi_l_v_cm / number(p, "mzm_vpi_v");
        m.electrode = Electrode::LowPass;
        m.bandwidth_ghz = giga("modulator_bandwidth_hz");
        (&mut m.driver, &mut m.laser)
    };
    laser.ageing_db = 0.0;
    laser.rin_db_per_hz = number(p, "rin_db_per_hz");
    laser.wavelength_nm = number(p, "wavelength_nm");
    driver.swing_vpp = number(p, "driver_swing_vpp");
    driver.saturation_vpp = number(p, "driver_saturation_vpp");
    driver.bandwidth_ghz = giga("driver_bandwidth_hz");
    driver.noise_nv_per_rthz = number(p, "driver_noise_v_per_rthz") * 1e9;
    let f = &mut c.fibre;
    f.length_km = number(p, "fibre_length_km");
    (f.loss_db_per_km, f.reflections.enabled) = (0.0, false);
    f.connector_loss_db = number(p, "channel_loss_db");
    f.zero_dispersion_nm = number(p, "zero_dispersion_wavelength_nm");
    f.dispersion_slope_ps_per_nm2_km = number(p, "dispersion_slope_s0_ps_per_nm2_km");
    let r = &mut c.receiver;
    r.coupling_loss_db = number(p, "rx_coupling_loss_db");
    r.photodiode.responsivity_a_per_w = number(p, "pd_responsivity_a_per_w");
    r.photodiode.dark_current_na = number(p, "pd_dark_current_a") * 1e9;
    r.photodiode.bandwidth_ghz = giga("pd_bandwidth_hz");
    r.tia.bandwidth_ghz = giga("tia_bandwidth_hz");
    // the oracle's law: the mean of S itself over the bandwidth is the average squared, so its
    // white part is 3/4 of that
    r.tia.noise = NoiseModel::Quadratic;
    r.tia.noise_a0_pa2_per_hz = 0.75 * (number(p, "tia_noise_avg_a_per_rthz") * 1e12).powi(2);
    r.tia.noise_a2_pa2_per_hz_ghz2 = r.tia.noise_a0_pa2_per_hz / r.tia.bandwidth_ghz.powi(2);
    r.dsp.adc.bandwidth_ghz = giga("adc_bandwidth_hz");
    r.dsp.adc.effective_bits = number(p, "adc_enob_bits");
    r.dsp.adc.jitter_fs = number(p, "rx_jitter_s") * 1e15;
    c
}

/// SNR to 0.1 dB (the oracle's own repeatability is 0.025 dB); OMA and ER to 0.02 dB; the counted
/// error ratios agree within five standard deviations of both counts and the 12 % that 0.05 dB of
/// SNR is worth at 1e-3.
#[test]
fn snr_oma_er_and_counted_errors_are_those_of_the_independent_chain() {
    let oracle: Value =
        serde_json::from_str(include_str!("oracle/oracle.json")).expect("the oracle is JSON");
    for link in oracle["links"].as_array().expect("links") {
        let name = link["name"].as_str().expect("a name");
        let lane = run_lane(&config(&link["parameters"]), 1 << 20);
        let snr_db = lane.snr_db.expect("trained");
        let (ber, errors) = (number(link, "ber"), number(link, "errors"));
        let counted = lane.ber_counted.expect("errors are many");
        println!(
            "{name}: SNR {snr_db:.3} against {:.3}, BER {counted:.3e} (predicted {:.3e}) against {ber:.3e}, OMA {:.3} {:.3}, ER {:.3} {:.3}",
            number(link, "snr_db"),
            lane.ber_semi_analytic.expect("predicted"),
            lane.oma_tp2_dbm.expect("measured"),
            number(link, "oma_tp2_dbm"),
            lane.er_tp2_db.expect("measured"),
            number(link, "er_tp2_db")
        );
        assert!((snr_db - number(link, "snr_db")).abs() < 0.1, "{name}: SNR");
        assert!(
            (lane.oma_tp2_dbm.expect("measured") - number(link, "oma_tp2_dbm")).abs() < 0.02,
            "{name}: OMA"
        );
        assert!(
            (lane.er_tp2_db.expect("measured") - number(link, "er_tp2_db")).abs() < 0.02,
            "{name}: ER"
        );
        let spread = 5.0 * (1.0 / errors + 1.0 / lane.errors as f64).sqrt() + 0.12;
        assert!((counted / ber).ln().abs() < spread, "{name}: counted {counted:e} against {ber:e}");
    }
}
