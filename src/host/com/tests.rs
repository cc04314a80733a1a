//! Margins against closed forms.

use super::channel::{Aggressor, AggressorEnd, ComChannel};
use super::correlation::Correlation;
use super::parameters::{ComCtle, ComDfe, Parameters, Steps};
use super::paths::{FrequencyGrid, FrontNoise, Pulses, SAMPLES, sampled};
use super::search::{EqualiserSetting, SearchInputs, main_sample, mixed, symbol_power, window};
use super::settings::{Mix, SettingGrid};
use crate::host::line::Propagation;
use crate::host::network::Network;
use crate::host::trace::{Package, PcbTrace};
use crate::math::gaussian::q_inverse;
use crate::units::{giga, neper, power_ratio};
use std::f64::consts::PI;

const ONE: Steps = Steps { from: 0.0, to: 0.0, step: 0.0 };

/// The set of 802.3ck without disturbances and filters except a transition of 0.2 UI, at 50 GBd.
fn ideal() -> Parameters {
    let mut set = Parameters::named("kr1-802.3ck").unwrap();
    set.symbol_rate_gbd = 50.0;
    let (sender, receiver) = (&mut set.transmitter, &mut set.receiver);
    (sender.snr_db, sender.random_jitter_ui, sender.dual_dirac_jitter_ui, sender.rise_time_ps) =
        (400.0, 0.0, 0.0, 4.0);
    (sender.package, receiver.package) = (Package::none(), Package::none());
    sender.taps.clear();
    (receiver.noise_v2_per_ghz, receiver.bandwidth_per_symbol_rate) = (0.0, 1e6);
    let far = 1e6;
    receiver.ctle = ComCtle {
        zero_ghz: far,
        first_pole_ghz: far,
        second_pole_ghz: far,
        low_frequency_ghz: 1.0,
        gain_db: ONE,
        low_gain_db: ONE,
    };
    receiver.dfe = ComDfe { b_max: vec![], b_min: vec![] };
    set
}

/// 0 Hz to 16 symbol rates, so that nothing is extrapolated.
fn wide() -> Vec<f64> {
    (0..=16 * 1024).map(|k| f64::from(k) * 50e9 / 1024.0).collect()
}

fn thru() -> ComChannel {
    ComChannel::from(Network::thru(&wide(), 100.0))
}

/// A matched line.
fn line(loss_db: f64) -> ComChannel {
    let loss = neper(loss_db) / giga(25.0);
    let propagation =
        Propagation { dielectric_neper: loss, delay_s: 0.5e-9, ..Propagation::default() };
    ComChannel::from(Network::line(&wide(), &propagation, 100.0, 100.0))
}

/// Half of a lossy coupler: a line at a distance of its power.
fn aggressor(side: AggressorEnd, share: f64) -> Aggressor {
    let ComChannel { network, .. } = line(3.0);
    let s = (0..network.f_hz().len())
        .flat_map(|k| [0.0, share, share, 0.0].map(|x| x * network.at(k, 2, 1)))
        .collect();
    Aggressor {
        side,
        channel: ComChannel::from(
            Network::new(network.f_hz().to_vec(), s, vec![100.0; 2]).unwrap(),
        ),
    }
}

/// Without noise nothing is left but the transition's tails, e^(-(T/2)^2 / 2 sigma^2) of sigma 2.4
/// ps below 1e-4: counted as Gaussian of less than 2e-5 of the signal. A noisy transmitter alone
/// leaves COM = SNR + 20 log10(R_LM / ((L - 1) Q^-1(DER))).
#[test]
fn a_thru_without_noise_has_no_isi_and_with_noise_the_margin_of_its_closed_form() {
    let mut set = ideal();
    let margin = set.margin(&thru(), &[]).unwrap();
    assert!((margin.signal_mv / (413.0 * 0.95 / 3.0) - 1.0).abs() < 1e-4, "{}", margin.signal_mv);
    assert!(margin.isi_mv < 1e-4 * margin.signal_mv && margin.com_db.unwrap() > 60.0, "{margin:?}");
    set.transmitter.snr_db = 25.0;
    let com_db = |set: &Parameters| set.margin(&thru(), &[]).unwrap().com_db.unwrap();
    let closed = 25.0 + 20.0 * (0.95 / 3.0 / q_inverse(1e-4)).log10();
    assert!((com_db(&set) - closed).abs() < 0.002, "{} {closed}", com_db(&set));
    // the receiver's own noise within a Butterworth filter of 4th order: its band is pi/8 /
    // sin(pi/8) of the corner
    set.transmitter.snr_db = 400.0;
    set.receiver.noise_v2_per_ghz = 1e-4;
    set.receiver.bandwidth_per_symbol_rate = 4.0;
    let margin = set.margin(&thru(), &[]).unwrap();
    let sigma_mv = (1e-4 * 200.0 * (PI / 8.0) / (PI / 8.0).sin()).sqrt() * 1e3;
    assert!(
        (margin.receiver_noise_mv / sigma_mv - 1.0).abs() < 1e-4,
        "{} {sigma_mv}",
        margin.receiver_noise_mv
    );
    assert!(
        (margin.noise_mv / (sigma_mv * q_inverse(1e-4)) - 1.0).abs() < 1e-3,
        "{}",
        margin.noise_mv
    );
}

/// A trace's pulse moved by a small time differs by slope times time: jitter of sigma makes sigma
/// sqrt(5/9 sum of slopes^2).
#[test]
fn jitter_costs_the_slopes_of_the_pulse() {
    let mut set = ideal();
    (set.transmitter.random_jitter_ui, set.transmitter.dual_dirac_jitter_ui) = (0.01, 0.02);
    let channel = line(8.0);
    let inputs = SearchInputs::new(&set, &channel, &[]).unwrap();
    let choice = inputs.best().unwrap();
    let mix = Mix::new(&set, 0.0, 0.0);
    let level = |phase: usize| sampled(&inputs.victim.parts, &mix, &[1.0], 0, phase);
    let (early, late) = (level(choice.phase - 1), level(choice.phase + 1));
    let slopes: f64 = early.iter().zip(&late).map(|(a, b)| ((b - a) * 16.0).powi(2)).sum();
    let margin = inputs.evaluate(&choice);
    let expected = 1e3 * 0.01 * (slopes * 5.0 / 9.0).sqrt();
    assert!(
        (margin.random_jitter_mv / expected - 1.0).abs() < 1e-9 && expected > 0.1,
        "{} {expected}",
        margin.random_jitter_mv
    );
    assert!(
        (margin.dual_dirac_jitter_mv / expected - 2.0).abs() < 1e-9,
        "{}",
        margin.dual_dirac_jitter_mv
    );
}

/// At one sampling phase: the ISI's square falls by exactly the postcursor's.
#[test]
fn a_feedback_tap_takes_away_its_postcursor_and_nothing_else() {
    let mut set = ideal();
    let channel = line(12.0);
    let choice = SearchInputs::new(&set, &channel, &[]).unwrap().best().unwrap();
    let samples = {
        let inputs = SearchInputs::new(&set, &channel, &[]).unwrap();
        sampled(&inputs.victim.parts, &Mix::new(&set, 0.0, 0.0), &[1.0], 0, choice.phase)
    };
    let mut left: f64 =
        samples.iter().enumerate().filter(|(n, _)| *n != choice.row).map(|(_, h)| h * h).sum();
    for taps in 0..4 {
        (set.receiver.dfe.b_max, set.receiver.dfe.b_min) = (vec![0.9; taps], vec![-0.9; taps]);
        let margin = SearchInputs::new(&set, &channel, &[]).unwrap().evaluate(&choice);
        if taps > 0 {
            let postcursor = samples[choice.row + taps];
            left -= postcursor * postcursor;
            assert!((margin.dfe_taps[taps - 1] - postcursor / samples[choice.row]).abs() < 1e-12);
        }
        let expected = 1e3 * (left * 5.0 / 9.0).sqrt();
        assert!(
            (margin.isi_mv / expected - 1.0).abs() < 1e-9,
            "{taps}: {} {expected}",
            margin.isi_mv
        );
    }
    // beyond its limit a tap takes its limit
    (set.receiver.dfe.b_max, set.receiver.dfe.b_min) = (vec![0.01], vec![-0.01]);
    assert_eq!(SearchInputs::new(&set, &channel, &[]).unwrap().evaluate(&choice).dfe_taps, [0.01]);
}

/// Sums by correlations equal sums over the samples: levels and slopes, any taps, any CTLE setting,
/// every phase.
#[test]
fn correlations_are_sums_over_samples() {
    let set = Parameters::named("kr1-802.3ck").unwrap();
    let trace = PcbTrace { impedance_ohm: 90.0, near: Package::none(), ..PcbTrace::default() };
    let f_hz: Vec<f64> = (0..=1200).map(|k| f64::from(k) * 50e6).collect();
    let channel = trace.network(&f_hz, 100.0).unwrap();
    let grid = FrequencyGrid::new(53.125e9, &channel);
    let pulses = Pulses::new(&set, &grid, &channel, None).unwrap();
    let settings = SettingGrid::new(&set);
    let transmit = settings.transmit_setting(&[1, 3, 5, 6]).unwrap();
    let mix = Mix::new(&set, -7.0, -2.0);
    let correlation = Correlation::new(&pulses.parts, 8);
    for (phase, lag) in [(0, 0), (13, 0), (31, 3)] {
        let h = sampled(&pulses.parts, &mix, &transmit.taps, settings.first_cursor, phase);
        let sum: f64 = h.iter().zip(h.iter().cycle().skip(lag)).map(|(a, b)| a * b).sum();
        let ours = correlation.sent(&transmit, lag).at(&mix.products(), phase);
        assert!(
            (ours - sum).abs() < 1e-9 * h.iter().map(|h| h * h).sum::<f64>(),
            "{phase} {lag}: {ours:e} {sum:e}"
        );
        assert_eq!(correlation.sent(&transmit, lag).phases(&mix)[phase].to_bits(), ours.to_bits());
    }
    let mut out = vec![0.0; 4 * SAMPLES];
    mixed(&window(&pulses, &settings, &transmit, 100, 4), &mix, &mut out);
    let h = sampled(&pulses.parts, &mix, &transmit.taps, settings.first_cursor, 9);
    assert!((0..4).all(|row| (out[row * SAMPLES + 9] - h[100 + row]).abs() < 1e-12));
}

/// The figure of merit of the search is that of the samples, term by term; the best of the grid is
/// no worse than its neighbours.
#[test]
fn the_figure_of_merit_of_the_search_is_that_of_the_samples() {
    let mut set = Parameters::named("kr1-802.3ck").unwrap();
    set.receiver.ctle.gain_db = Steps { from: -8.0, to: -4.0, step: 2.0 };
    set.receiver.ctle.low_gain_db = Steps { from: -2.0, to: 0.0, step: 2.0 };
    let aggressors =
        [aggressor(AggressorEnd::FarEnd, 0.01), aggressor(AggressorEnd::NearEnd, 0.01)];
    let channel = line(10.0);
    let inputs = SearchInputs::new(&set, &channel, &aggressors).unwrap();
    let choice = inputs.best().unwrap();
    let m = inputs.evaluate(&choice);
    let jitter = m.random_jitter_mv.powi(2) + m.dual_dirac_jitter_mv.powi(2);
    let noise = m.isi_mv.powi(2)
        + m.crosstalk_mv.powi(2)
        + m.receiver_noise_mv.powi(2)
        + m.transmitter_noise_mv.powi(2)
        + jitter;
    let fom_db = 10.0 * (m.signal_mv.powi(2) / noise).log10();
    assert!((fom_db - choice.fom_db).abs() < 1e-6, "{fom_db} {}", choice.fom_db);
    assert!(m.crosstalk_mv > 0.1 && m.isi_mv > 0.1, "{m:?}");
}

#[test]
fn crosstalk_from_either_end_costs_margin_and_more_of_it_more() {
    for name in Parameters::names() {
        let set = Parameters::named(name).unwrap();
        let loss_db = if name.ends_with("dj") { 3.0 } else { 8.0 };
        let com_db = |aggressors: &[Aggressor]| {
            set.margin(&line(loss_db), aggressors).unwrap().com_db.unwrap()
        };
        let alone = com_db(&[]);
        for side in [AggressorEnd::FarEnd, AggressorEnd::NearEnd] {
            let (little, more) =
                (com_db(&[aggressor(side, 0.01)]), com_db(&[aggressor(side, 0.03)]));
            assert!(
                alone > little && little > more + 0.1,
                "{name} {side:?}: {alone} {little} {more}"
            );
        }
    }
}

#[test]
fn a_channel_seen_from_its_other_end_has_the_same_margin_and_a_turned_pair_too() {
    let mut set = Parameters::named("kr1-802.3ck").unwrap();
    set.receiver.package = set.transmitter.package.clone();
    let f_hz: Vec<f64> = (0..=1200).map(|k| f64::from(k) * 50e6).collect();
    let far = Package { length_mm: 10.0, ..Package::default() };
    let network =
        PcbTrace { impedance_ohm: 90.0, near: Package::none(), far, ..PcbTrace::default() }
            .network(&f_hz, 100.0)
            .unwrap();
    let turned = network.of_ports(&[2, 1]).unwrap();
    let s = (0..f_hz.len()).flat_map(|k| {
        [(1, 1, 1.0), (1, 2, -1.0), (2, 1, -1.0), (2, 2, 1.0)]
            .map(|(i, j, x)| x * network.at(k, i, j))
    });
    let crossed = Network::new(f_hz.clone(), s.collect(), vec![100.0; 2]).unwrap();
    let margin = |network: Network| set.margin(&ComChannel::from(network), &[]).unwrap();
    let (one, other, crossed) = (margin(network), margin(turned), margin(crossed));
    // rounding of 1e-12 may move an impulse of a PDF by a bin of 10 uV: 1e-3 of the noise
    for other in [&other, &crossed] {
        let [a, b] = [&one, other].map(|margin| margin.com_db.unwrap());
        assert!((a - b).abs() < 0.01, "{a} {b}");
    }
    assert!(
        crossed.warnings.iter().any(|warning| warning.contains("polarity"))
            && one.warnings.is_empty()
    );
}

/// From 4 dB on, after a long package. The best of a grid of taps and gains may change by a step: a
/// rise of 0.1 dB is allowed.
#[test]
fn more_loss_is_never_more_margin() {
    let f_hz: Vec<f64> = (0..=1400).map(|k| f64::from(k) * 50e6).collect();
    let set = Parameters::named("kr1-802.3ck").unwrap();
    let com_db = |loss_db: f64| {
        let trace = PcbTrace { loss_db, near: Package::none(), ..PcbTrace::default() };
        let channel = ComChannel::from(trace.network(&f_hz, 100.0).unwrap());
        set.margin(&channel, &[]).unwrap().com_db.unwrap()
    };
    let margins: Vec<f64> = (1..=9).map(|i| com_db(4.0 * f64::from(i))).collect();
    assert!(
        margins.windows(2).all(|m| m[1] < m[0] + 0.1) && margins[0] > margins[8] + 3.0,
        "{margins:?}"
    );
}

#[test]
fn a_file_that_ends_below_nyquist_and_a_set_out_of_range_are_refused() {
    let mut set = ideal();
    let short = ComChannel::from(Network::thru(&[0.0, 10e9, 20e9], 100.0));
    assert!(
        set.margin(&short, &[])
            .unwrap_err()
            .contains("must reach from 0 to the Nyquist frequency of 25 GHz")
    );
    let bad = Aggressor { side: AggressorEnd::NearEnd, channel: short };
    assert!(
        set.margin(&thru(), &[bad])
            .unwrap_err()
            .starts_with("aggressor 1: has frequencies of 0 to 20 GHz")
    );
    let dead = ComChannel::from(Network::two_port(&wide(), 100.0, |_| {
        [num_complex::Complex64::default(); 4]
    }));
    assert!(set.margin(&dead, &[]).unwrap_err().contains("passes no pulse"));
    set.levels = 1;
    assert_eq!(set.margin(&thru(), &[]).unwrap_err(), "levels = 1: must be from 2 to 16");
}

/// A receive FFE alone, by hand: with a large share of noise and taps of any size, w ~ R^-1 h, and
/// the error is 1 / (h' R^-1 h) - 1.
#[test]
fn the_receive_taps_are_those_of_the_least_mean_square_error() {
    let mut set = Parameters::named("kr1-802.3dj").unwrap();
    set.transmitter.taps.clear();
    (set.receiver.ctle.gain_db, set.receiver.ctle.low_gain_db) =
        (Steps { from: -6.0, to: -6.0, step: 0.0 }, ONE);
    let f_hz: Vec<f64> = (0..=1400).map(|k| f64::from(k) * 100e6).collect();
    let channel = ComChannel::from(
        PcbTrace { loss_db: 6.0, near: Package::none(), ..PcbTrace::default() }
            .network(&f_hz, 100.0)
            .unwrap(),
    );
    let inputs = SearchInputs::new(&set, &channel, &[]).unwrap();
    let best = inputs.best_by_mmse(set.receiver.ffe.as_ref().unwrap()).unwrap();
    let cost = |taps: &[f64]| -> f64 {
        let m = inputs.evaluate(&EqualiserSetting { receive_taps: taps.to_vec(), ..best.clone() });
        let jitter = m.random_jitter_mv.powi(2) + m.dual_dirac_jitter_mv.powi(2);
        (m.isi_mv.powi(2) + m.receiver_noise_mv.powi(2) + m.transmitter_noise_mv.powi(2) + jitter)
            / m.signal_mv.powi(2)
    };
    let least = cost(&best.receive_taps);
    assert!((10.0 * least.recip().log10() - best.fom_db).abs() < 1e-6, "{least} {}", best.fom_db);
    for i in (0..16).filter(|&i| i != 5) {
        for change in [-0.01, 0.01] {
            let mut taps = best.receive_taps.clone();
            taps[i] += change;
            assert!(cost(&taps) > least, "tap {i} {change}: {} {least}", cost(&taps));
        }
    }
}

#[test]
fn a_ctle_setting_is_a_mixture_of_three_responses() {
    let set = Parameters::named("kr1-802.3ck").unwrap();
    let ([a, b, c], ctle) = (Mix::new(&set, -6.0, -3.0).0, &set.receiver.ctle);
    for ghz in [0.0, 1.0, 20.0, 50.0] {
        let stage = |gain_db: f64, zero: f64| {
            num_complex::Complex64::new(power_ratio(gain_db).sqrt(), ghz / zero)
        };
        let whole = stage(-6.0, ctle.zero_ghz) * stage(-3.0, ctle.low_frequency_ghz);
        let x = num_complex::Complex64::new(0.0, ghz / 53.125);
        assert!((a + b * x + c * x * x - whole).norm() < 1e-12 * whole.norm());
    }
    let noise = FrontNoise::new(&set, &FrequencyGrid { rate_hz: 53.125e9, symbols: 1024 }, 2);
    assert!(noise.at(&Mix([a, b, c]), 0) > noise.at(&Mix([a, b, c]), 1).abs());
    assert!(
        (symbol_power(4) - 5.0 / 9.0).abs() < 1e-15
            && main_sample(&[0.0; 6 * SAMPLES], None).is_none()
    );
}
