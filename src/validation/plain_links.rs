//! Links of one noise each, so slow against their parts that no symbol knows another: the formulas
//! of a text book.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use super::lane;
use crate::link::{Config, LaneResult};
use crate::receiver::NoiseModel;
use crate::transmitter::{Electrode, TransmitterKind};

/// Bandwidth of white noise after the amplifier, a Bessel low-pass of order four and 20 GHz:
/// 1.0464 times that (SciPy, tests/oracle/codes).
const BAND_HZ: f64 = 1.046_368_887 * 20e9;
const RESPONSIVITY_A_PER_W: f64 = 0.85;
const ELECTRON_C: f64 = 1.602_176_634e-19;
/// White noise of the amplifier in the link of thermal noise, pA/rtHz.
const THERMAL_PA: f64 = 325.0;

pub(super) fn comparisons() -> Vec<Comparison> {
    vec![thermal(), warm(), thermal_counted(), shot(), intensity()]
}

/// 10 GBd, 16 samples a symbol, a small drive for equidistant levels, one tap.
fn plain(white_pa_per_rthz: f64, loss_db: f64) -> Config {
    let mut c = lane::preset("800gbase-dr8");
    lane::quiet(&mut c);
    c.tdecq.enabled = false;
    c.symbol_rate_gbd = 10.0;
    c.simulation.samples_per_symbol = 16;
    c.transmitter.kind = TransmitterKind::Mzm;
    c.transmitter.ffe.taps = vec![1.0];
    c.transmitter.dac.bandwidth_ghz = 70.0;
    let m = &mut c.transmitter.mzm;
    (m.driver.bandwidth_ghz, m.driver.swing_vpp, m.driver.saturation_vpp) = (75.0, 0.3, 20.0);
    (m.reverse_bias_v, m.electrode, m.bandwidth_ghz) = (6.0, Electrode::LowPass, 75.0);
    m.bias_error_deg = 0.0;
    let r = &mut c.receiver;
    (r.photodiode.bandwidth_ghz, r.photodiode.dark_current_na) = (500.0, 0.0);
    r.photodiode.responsivity_a_per_w = RESPONSIVITY_A_PER_W;
    (r.dsp.adc.bandwidth_ghz, r.tia.bandwidth_ghz) = (500.0, 20.0);
    r.tia.noise = NoiseModel::Quadratic;
    r.tia.noise_a0_pa2_per_hz = white_pa_per_rthz.powi(2);
    r.tia.noise_a2_pa2_per_hz_ghz2 = 0.0;
    (r.dsp.ffe.taps, r.dsp.ffe.precursors) = (1, Some(0));
    r.coupling_loss_db = 0.0;
    c.fibre.reflections.enabled = false;
    c.fibre.connector_loss_db = loss_db;
    c
}

/// Outer swing and mean of the light at the diode by the launch levels alone, W: the modulator's
/// sine at a phase of 0.105 rad and a power of 4.25 dBm less loss.
struct Light {
    oma_w: f64,
    average_w: f64,
}

impl Light {
    /// As measured at the receiver's input: the chain's own light, no noise.
    fn of(lane: &LaneResult) -> Option<Light> {
        let watt = |dbm: f64| 1e-3 * 10f64.powf(dbm / 10.0);
        Some(Light { oma_w: watt(lane.oma_tp3_dbm?), average_w: watt(lane.received_power_dbm?) })
    }

    /// Ratio of the levels' variance to that of a noise current, dB; four equidistant levels have a
    /// variance of 5/36 of the squared swing.
    fn snr_db(&self, noise_a2: f64) -> f64 {
        10.0 * ((self.oma_w * RESPONSIVITY_A_PER_W).powi(2) * 5.0 / 36.0 / noise_a2).log10()
    }

    fn shot_a2(&self) -> f64 {
        2.0 * ELECTRON_C * RESPONSIVITY_A_PER_W * self.average_w * BAND_HZ
    }
}

/// The light of a plain link.
fn light(loss_db: f64) -> Light {
    let lane = lane::run(&plain(THERMAL_PA, loss_db), 0).expect("a plain link runs");
    Light::of(&lane).expect("its light is measured")
}

const OVERSHOOT: &str = "the amplifier's step overshoots by 0.8 %, which widens the sampled eye by \
                         up to 0.07 dB; levels are equidistant to 1e-3";

fn snr_row(
    id: &str,
    conditions: &str,
    source: &str,
    reference: f64,
    mutation: Mutation,
) -> Comparison {
    Comparison {
        id: format!("plain_links.{id}"),
        kind: ReferenceKind::ClosedForm,
        conditions: format!("10 GBd, amplifier of 20 GHz, one tap; {conditions}"),
        source: source.into(),
        unit: "dB",
        reference,
        tolerance: Tolerance::Absolute(0.1),
        derivation: OVERSHOOT.into(),
        mutation,
        known: None,
        ours: Box::new(|_| None),
    }
}

/// Noise of the amplifier and shot noise, A^2.
fn thermal_a2(light: &Light) -> f64 {
    (THERMAL_PA * 1e-12).powi(2) * BAND_HZ + light.shot_a2()
}

fn thermal() -> Comparison {
    let light = light(-8.2);
    Comparison {
        ours: Box::new(|pa| lane::run(&plain(pa, -8.2), 0)?.snr_db),
        ..snr_row(
            "thermal_snr",
            "325 pA/rtHz: SNR at the slicer",
            "SNR = (5/36) (R OMA)^2 / (i_n^2 B + 2 q R P B), B = 1.0464 x 20 GHz",
            light.snr_db(thermal_a2(&light)),
            Mutation::new("amplifier's noise, pA/rtHz", THERMAL_PA, 10.0),
        )
    }
}

/// The same link with a cooled laser, 35 K above its reference: the amplifier's noise power follows
/// the absolute temperature.
fn warm() -> Comparison {
    let light = light(-8.2);
    let noise_a2 = (thermal_a2(&light) - light.shot_a2()) * 358.15 / 323.15 + light.shot_a2();
    Comparison {
        ours: Box::new(|case_c| {
            let mut config = plain(THERMAL_PA, -8.2);
            config.transmitter.mzm.laser.thermal.cooled = true;
            config.receiver.photodiode.dark_current_na = 0.0;
            config.case_temperature_c = case_c;
            lane::run(&config, 0)?.snr_db
        }),
        ..snr_row(
            "warm_snr",
            "325 pA/rtHz at 50, now 85 degrees Celsius: SNR at the slicer",
            "Nyquist: i_n^2 as the absolute temperature, here times 358.15 / 323.15",
            light.snr_db(noise_a2),
            Mutation::new("case_temperature_c", 85.0, -25.0),
        )
    }
}

/// Bit error ratio of four equidistant levels in equal noise.
pub(super) fn closed_ber(snr_db: f64) -> f64 {
    let half_eye_over_sigma = (10f64.powf(snr_db / 10.0) / 5.0).sqrt();
    0.75 * 0.5 * libm::erfc(half_eye_over_sigma / std::f64::consts::SQRT_2)
}

fn thermal_counted() -> Comparison {
    let light = light(-8.2);
    let expected = closed_ber(light.snr_db(thermal_a2(&light)));
    let errors = expected * f64::from(2 << 20);
    Comparison {
        unit: "",
        // 0.07 dB of SNR are worth 0.0161 q^2 of ln BER
        tolerance: Tolerance::Relative(0.15 + 5.0 / errors.sqrt()),
        derivation: format!(
            "{OVERSHOOT}: 15 % of the ratio; five standard deviations of {errors:.0} errors"
        ),
        ours: Box::new(|pa| lane::run(&plain(pa, -8.2), 1 << 20)?.ber_counted),
        ..snr_row(
            "thermal_counted",
            "325 pA/rtHz: bit error ratio counted in 2^20 symbols",
            "3/4 Q(q), q = R OMA / 6 / sigma",
            expected,
            Mutation::new("amplifier's noise, pA/rtHz", THERMAL_PA, 30.0),
        )
    }
}

fn shot() -> Comparison {
    let light = light(14.0);
    Comparison {
        ours: Box::new(|a_per_w| {
            let mut config = plain(0.01, 14.0);
            config.receiver.photodiode.responsivity_a_per_w = a_per_w;
            lane::run(&config, 0)?.snr_db
        }),
        ..snr_row(
            "shot_snr",
            "14 dB of loss, no other noise than that of the light: SNR at the slicer",
            "SNR = (5/36) (R OMA)^2 / (2 q R P B)",
            light.snr_db(light.shot_a2()),
            Mutation::new("receiver.photodiode.responsivity_a_per_w", RESPONSIVITY_A_PER_W, 0.05),
        )
    }
}

fn intensity() -> Comparison {
    let light = light(-8.2);
    // levels P + (2 l / 3 - 1) OMA / 2: the mean of their squares
    let square_w2 = light.average_w.powi(2) + light.oma_w.powi(2) * 5.0 / 36.0;
    let rin_a2 = 10f64.powf(-13.4) * RESPONSIVITY_A_PER_W.powi(2) * square_w2 * BAND_HZ;
    Comparison {
        ours: Box::new(|rin_db_per_hz| {
            let mut config = plain(0.01, -8.2);
            config.transmitter.mzm.laser.rin_db_per_hz = rin_db_per_hz;
            lane::run(&config, 0)?.snr_db
        }),
        ..snr_row(
            "rin_snr",
            "RIN of -134 dB/Hz: SNR at the slicer",
            "SNR = (5/36) OMA^2 / (RIN mean(P_k^2) B), shot noise added",
            light.snr_db(rin_a2 + light.shot_a2()),
            Mutation::new("transmitter.mzm.laser.rin_db_per_hz", -134.0, 0.3),
        )
    }
}

/// Points of a waterfall of a plain link: received OMA in dBm, the closed form's error ratio and
/// that predicted.
pub(super) fn waterfall() -> Vec<[f64; 3]> {
    let point = |step: i32| {
        let loss_db = -8.8 + 0.3 * f64::from(step);
        let lane = lane::run(&plain(THERMAL_PA, loss_db), 0)?;
        let light = Light::of(&lane)?;
        let closed = closed_ber(light.snr_db(thermal_a2(&light)));
        Some([lane.oma_tp3_dbm?, closed, lane.ber_semi_analytic?])
    };
    (0..14).filter_map(point).collect()
}
