//! Closed forms that a link must meet.

use crate::support::{agreement, preset, quiet, run_lane, share};
use lightlane::chain::{
    Chain, Map, NoiseSelection, Plan, PlanCache, Probe, Sampler, Shape, StreamKeys, Workspace,
};
use lightlane::fibre::SingleMode;
use lightlane::link::{Config, LaneResult};
use lightlane::math::gaussian::pam4_ber;
use lightlane::math::prototype::Family;
use lightlane::seed::Seed;
use lightlane::signal::{Ampere, Field, Grid, Volt};
use lightlane::transmitter::{RinKind, TransmitterKind};
use num_complex::Complex32;

fn base(kind: TransmitterKind) -> Config {
    let mut c = preset("800gbase-dr8");
    quiet(&mut c);
    c.transmitter.kind = kind;
    c
}

/// A link on which one source makes more than half of the variance: the counted and the predicted
/// variance agree to 0.05 dB (2^20 symbols know it to 0.01 dB), and so do the error ratios where
/// there are errors.
fn line(name: &str, entity: &str, c: &Config, tolerance_db: f64) -> LaneResult {
    let lane = run_lane(c, 1 << 20);
    let share = share(&lane, entity);
    let difference_db = lane.snr_counted_db.expect("counted") - lane.snr_db.expect("predicted");
    println!(
        "{name}: share {share:.3}, counted less predicted SNR {difference_db:.4} dB, {:?}",
        lane.ber_semi_analytic
    );
    assert!(share > 0.5, "{name}: share {share}");
    assert!(difference_db.abs() < tolerance_db, "{name}: {difference_db} dB");
    lane
}

#[test]
fn thermal_noise_is_counted_as_predicted() {
    let mut c = base(TransmitterKind::Eml);
    c.receiver.tia.noise_average_pa_per_rthz = 16.0;
    c.fibre.connector_loss_db = 11.0;
    agreement("thermal", &line("thermal", "tia", &c, 0.05));
}

/// Half-eye over noise on the middle levels does not depend on the simulation's grid: variance to
/// 0.5 %. Noise above half of the slowest grid's rate, twice the symbol rate, has passed the
/// amplifier and the converter's fourth-order filter: less than 1e-4 of it is there.
#[test]
fn thermal_noise_at_the_slicer_is_the_same_at_4_8_and_16_samples_per_symbol() {
    for (order, family) in
        [(1, Family::Bessel), (2, Family::Bessel), (4, Family::Bessel), (3, Family::Butterworth)]
    {
        let variance = |samples_per_symbol: usize| {
            let mut c = base(TransmitterKind::Eml);
            c.simulation.samples_per_symbol = samples_per_symbol;
            (c.receiver.tia.order, c.receiver.tia.family) = (order, family);
            c.receiver.tia.noise_average_pa_per_rthz = 100.0;
            let slicer = run_lane(&c, 0).slicer.expect("trained");
            let share: f64 = slicer
                .noise_shares
                .iter()
                .filter(|s| s.source == "tia.thermal")
                .map(|s| s.share.expect("finite"))
                .sum();
            assert!(share > 0.9, "{share}");
            let [mean, sigma] = [slicer.level_means, slicer.level_sigmas]
                .map(|of| [1, 2].map(|level| of[level].expect("finite")));
            (sigma[0].powi(2) + sigma[1].powi(2)) / (mean[1] - mean[0]).powi(2)
        };
        let [four, eight, sixteen] = [4, 8, 16].map(variance);
        println!("order {order} {family:?}: {four:.6} {eight:.6} {sixteen:.6}");
        for coarse in [four, eight] {
            assert!((coarse / sixteen - 1.0).abs() < 0.005, "{order} {family:?}: {coarse}");
        }
    }
}

#[test]
fn shot_noise_is_counted_as_predicted() {
    let mut c = base(TransmitterKind::Eml);
    c.fibre.connector_loss_db = 21.0;
    agreement("shot", &line("shot", "photodiode", &c, 0.05));
}

#[test]
fn white_rin_is_counted_as_predicted_and_acts_on_every_level() {
    let mut c = base(TransmitterKind::Eml);
    c.transmitter.eml.laser.rin_db_per_hz = -134.0;
    let lane = line("RIN", "laser", &c, 0.05);
    agreement("RIN", &lane);
    // sigma grows with the level's power
    let sigmas = lane.slicer.expect("trained").level_sigmas.map(|sigma| sigma.expect("finite"));
    assert!(sigmas.is_sorted() && sigmas[3] > 1.8 * sigmas[0], "{sigmas:?}");
}

#[test]
fn relaxation_rin_is_counted_as_predicted() {
    let mut c = base(TransmitterKind::Mzm);
    c.transmitter.mzm.laser.rin = RinKind::Relaxation;
    c.transmitter.mzm.laser.relaxation.schawlow_townes_mhz = 15.0;
    agreement("relaxation RIN", &line("relaxation RIN", "laser", &c, 0.05));
}

/// A modulator driven in its linear range, since the estimator linearises it.
fn straight() -> Config {
    let mut c = base(TransmitterKind::Mzm);
    c.transmitter.mzm.driver.swing_vpp = 0.8;
    c
}

#[test]
fn converter_noise_of_the_transmitter_is_counted_as_predicted() {
    let mut c = straight();
    c.transmitter.dac.effective_bits = 2.6;
    agreement("DAC", &line("DAC", "dac.quantisation", &c, 0.05));
}

#[test]
fn driver_noise_is_counted_as_predicted() {
    let mut c = straight();
    c.transmitter.mzm.driver.noise_nv_per_rthz = 180.0;
    agreement("driver", &line("driver", "driver.noise", &c, 0.05));
}

#[test]
fn transmit_jitter_is_counted_as_predicted() {
    let mut c = straight();
    c.transmitter.mzm.driver.swing_vpp = 1.4;
    c.transmitter.dac.jitter_fs = 500.0;
    // steps between symbols differ: four blocks of 8192 know the mean of their squares to 0.03 dB
    // only
    c.simulation.block_symbols = 65_536;
    line("transmit jitter", "dac.jitter", &c, 0.05);
}

#[test]
fn quantisation_is_counted_as_predicted() {
    // the clip of the converter takes a little of the outer levels' noise, and of the error ratio
    // nothing
    let mut c = base(TransmitterKind::Eml);
    c.receiver.dsp.adc.effective_bits = 3.0;
    agreement("ADC", &line("ADC", "adc.quantisation", &c, 0.15));
}

#[test]
fn sampling_jitter_is_counted_as_predicted() {
    let mut c = base(TransmitterKind::Eml);
    c.receiver.dsp.adc.jitter_fs = 940.0;
    // slopes differ from symbol to symbol: four blocks of 8192 know the mean of their squares to
    // 0.03 dB only
    c.simulation.block_symbols = 65_536;
    line("sampling jitter", "adc.jitter", &c, 0.05);
}

/// Phase noise of the laser, turned to intensity by dispersion: drawn, not in closed form.
#[test]
fn laser_phase_noise_after_dispersion_is_counted_as_predicted() {
    let mut c = base(TransmitterKind::Eml);
    c.fibre.length_km = 20.0;
    c.fibre.loss_db_per_km = 0.3;
    c.fibre.connector_loss_db = 0.0;
    c.transmitter.eml.laser.linewidth_mhz = 400.0;
    line("linewidth", "laser.eml0.linewidth", &c, 0.1);
}

/// A modulator of chirp alpha: E = sqrt(1 + m x) e^(j alpha/2 ln(1 + m x)).
struct Chirped {
    alpha: f32,
    depth: f32,
}
impl Map<Volt, Field> for Chirped {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        for (y, x) in y.iter_mut().zip(x) {
            let p = 1.0 + self.depth * x;
            *y = Complex32::from_polar(p.sqrt(), self.alpha / 2.0 * p.ln());
        }
    }
    fn name(&self) -> &'static str {
        "chirped"
    }
}
struct Square;
impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }
    fn name(&self) -> &'static str {
        "square"
    }
}

/// Intensity response of a dispersive fibre to a small tone of a chirped source: sqrt(1 +
/// a^2) |cos(pi l^2 D L f^2 / c + arctan a)|, Devaux et al., JLT 11 (1993). A depth of 1 % leaves
/// 1e-4 of second order; f32 leaves 1e-4. The sign of a decides between rise and fall.
#[test]
fn dispersion_and_chirp_have_the_small_signal_response() {
    let grid = Grid { symbols: 960, samples_per_symbol: 8, symbol_rate_hz: 106.25e9 };
    let fibre = SingleMode {
        length_km: 10.0,
        zero_dispersion_nm: 1300.0,
        dispersion_slope_ps_per_nm2_km: 0.092,
        ..SingleMode::default()
    };
    let wavelength_nm = 1317.5;
    let mut cache = PlanCache::default();
    for alpha in [0.0f64, 0.5, -0.5, 1.0, -1.0] {
        let modulator = Chirped { alpha: alpha as f32, depth: 0.01 };
        let light: Chain<Field> = Chain::symbols().hold(grid).map::<Field>(modulator).probe("tp2");
        let light = light.response::<Field>(fibre.dispersion(wavelength_nm)).probe("tp3");
        let current: Chain<Ampere> = light.map(Square);
        let volt: Chain<Volt> = current.response(Shape::Gain(1.0));
        let plan = Plan::build(
            volt,
            Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 },
            grid,
            &mut cache,
        );
        let mut workspace = Workspace::new(&plan);
        for period in [2usize, 4, 6, 8] {
            // a square wave of 0 and 3: the block holds whole periods
            let levels: Vec<u8> =
                (0..960).map(|k| if k % period < period / 2 { 3 } else { 0 }).collect();
            let draws = StreamKeys {
                shared_seed: Seed::new(1),
                lane_seed: Seed::new(1),
                block: 0,
                noise: 0,
                selection: NoiseSelection::None,
            };
            let f_hz = 106.25e9 / period as f64;
            let mut tone = |node: &str| -> f64 {
                let power = Probe::light(&plan, node, 8, &mut cache)
                    .expect("the node is there")
                    .waveform(&mut workspace, &levels, &draws);
                let angle = |i: usize| std::f64::consts::TAU * i as f64 / (8 * period) as f64;
                let sum = |part: fn(f64) -> f64| {
                    power
                        .iter()
                        .enumerate()
                        .map(|(i, &p)| f64::from(p) * part(angle(i)))
                        .sum::<f64>()
                };
                sum(f64::cos).hypot(sum(f64::sin))
            };
            let ratio = tone("tp3") / tone("tp2");
            let d = fibre.dispersion_ps_per_nm_km(wavelength_nm) * 1e-6;
            let theta =
                std::f64::consts::PI * (wavelength_nm * 1e-9).powi(2) * d * 10e3 * f_hz * f_hz
                    / 299_792_458.0;
            let expected = (1.0 + alpha * alpha).sqrt() * (theta + alpha.atan()).cos().abs();
            println!("alpha {alpha}, {:.1} GHz: {ratio:.5} against {expected:.5}", f_hz / 1e9);
            assert!(
                (ratio - expected).abs() < 1e-3,
                "alpha {alpha}, {f_hz}: {ratio} against {expected}"
            );
        }
    }
}

/// Thermal noise alone, without nonlinearity or interference: half eye over sigma is OMA R / 6 /
/// (i_n sqrt B).
///
/// At 10 GBd after a 20 GHz Bessel-Thomson amplifier with white noise, the closed form of
/// devices.md 6. The drive is small (levels equidistant to 1e-3), so there is much light and a
/// little shot noise, 2 q R P_avg, which enters; one tap equalises. A Bessel-Thomson filter
/// overshoots a step by 0.8 %, which widens the sampled eye by up to 0.07 dB: bound 0.1 dB.
#[test]
fn noise_only_sensitivity_is_the_closed_form() {
    let mut c = base(TransmitterKind::Mzm);
    c.symbol_rate_gbd = 10.0;
    c.simulation.samples_per_symbol = 16;
    c.transmitter.ffe.taps = vec![1.0];
    c.transmitter.dac.bandwidth_ghz = 70.0;
    let m = &mut c.transmitter.mzm;
    (m.driver.bandwidth_ghz, m.driver.swing_vpp, m.driver.saturation_vpp) = (75.0, 0.3, 20.0);
    m.reverse_bias_v = 6.0;
    m.electrode = lightlane::transmitter::Electrode::LowPass;
    (m.bandwidth_ghz, m.bias_error_deg) = (75.0, 0.0);
    c.receiver.photodiode.bandwidth_ghz = 500.0;
    c.receiver.dsp.adc.bandwidth_ghz = 500.0;
    c.receiver.tia.bandwidth_ghz = 20.0;
    c.receiver.tia.noise = lightlane::receiver::NoiseModel::Quadratic;
    (c.receiver.tia.noise_a0_pa2_per_hz, c.receiver.tia.noise_a2_pa2_per_hz_ghz2) =
        (105_625.0, 0.0);
    (c.receiver.dsp.ffe.taps, c.receiver.dsp.ffe.precursors) = (1, Some(0));
    c.receiver.coupling_loss_db = 0.0;
    c.fibre.reflections.enabled = false;
    c.fibre.connector_loss_db = -8.2;
    let lane = run_lane(&c, 1 << 20);
    let tia = Shape::low_pass(Default::default(), 4, 20e9, 0.0);
    let band_hz: f64 =
        (0..100_000).map(|i| tia.at((f64::from(i) + 0.5) * 5e6).norm_sqr() * 5e6).sum();
    assert!((band_hz / 20e9 - 1.05).abs() < 0.01, "k_b {}", band_hz / 20e9);
    let oma_w = 1e-3 * 10f64.powf(lane.oma_tp3_dbm.expect("measured") / 10.0);
    let average_w = 1e-3 * 10f64.powf(lane.received_power_dbm.expect("measured") / 10.0);
    let sigma_a =
        (((325e-12f64).powi(2) + 2.0 * 1.602_176_634e-19 * 0.85 * average_w) * band_hz).sqrt();
    let x = oma_w * 0.85 / 6.0 / sigma_a;
    let snr_db = 10.0 * (5.0 * x * x).log10();
    println!(
        "SNR {:?} against {snr_db}, BER {:?} against {:e}",
        lane.snr_db,
        lane.ber_semi_analytic,
        pam4_ber(x)
    );
    assert!((lane.snr_db.expect("predicted") - snr_db).abs() < 0.1);
    assert!((lane.ber_semi_analytic.expect("predicted") / pam4_ber(x)).ln().abs() < 0.15);
    agreement("sensitivity", &lane);
}

/// RIN alone has a floor: more power has no effect. 10 dB more power moves ln BER by less than 5 %.
#[test]
fn rin_alone_has_a_floor_that_power_does_not_move() {
    let ber = |loss_db: f64| {
        let mut c = base(TransmitterKind::Mzm);
        c.transmitter.mzm.laser.rin_db_per_hz = -134.0;
        c.receiver.tia.noise_average_pa_per_rthz = 0.1;
        c.fibre.connector_loss_db = loss_db;
        let lane = run_lane(&c, 8192);
        assert!(share(&lane, "laser") > 0.9);
        lane
    };
    let (near, far) = (ber(-10.0), ber(0.0));
    let ratio = (near.ber_semi_analytic.expect("predicted")
        / far.ber_semi_analytic.expect("predicted"))
    .ln();
    assert!(ratio.abs() < 0.05, "{ratio}");
    assert!(near.ber_semi_analytic.expect("predicted") > 1e-5);
    // and the margin to a limit below the floor does not exist
    let mut c = base(TransmitterKind::Mzm);
    c.transmitter.mzm.laser.rin_db_per_hz = -134.0;
    c.limits.pmd_ber = 1e-6;
    let lane = run_lane(&c, 8192);
    assert!(
        lane.loss_margin_db.is_none() && lane.least_ber.is_some_and(|f| f > 1e-5),
        "{:?} {:?}",
        lane.loss_margin_db,
        lane.least_ber
    );
}
