//! The engine alone: an ideal modulator and photodiode, PAM4 in noise.

use lightlane::chain::{
    Adaptation, Chain, Count, Density, DetectorSpec, Law, Map, Method, Noise, Plan, Predictor,
    RxDsp, Sampler, SegmentRun, Shape, Stop, Tally, Trained, Workspace, WorkspacePool,
};
use lightlane::chain::{PlanCache, block_levels, count};
use lightlane::math::gaussian::pam4_half_eye_from_ber;
use lightlane::math::prototype::Family;
use lightlane::pattern::{Pattern, SymbolSource};
use lightlane::run_options::CancelToken;
use lightlane::seed::Seed;
use lightlane::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;

/// Optical power of 1 + x/2.
pub(crate) struct Ideal;
impl Map<Volt, Field> for Ideal {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut()
            .zip(x)
            .for_each(|(y, x)| *y = Complex32::new((1.0 + 0.5 * x).max(0.0).sqrt(), 0.0));
    }
    fn name(&self) -> &'static str {
        "modulator"
    }
}
pub(crate) struct Square;
impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }
    fn name(&self) -> &'static str {
        "photodiode"
    }
}

pub(crate) const RATE: f64 = 53.125e9;

fn grid(samples_per_symbol: usize) -> Grid {
    Grid { symbols: 8192, samples_per_symbol, symbol_rate_hz: RATE }
}

pub(crate) fn plan(grid: Grid, noises: &[Noise], bandwidth_hz: f64, cache: &mut PlanCache) -> Plan {
    let drive: Chain<Volt> =
        Chain::symbols().hold(grid).response(Shape::low_pass(Family::Bessel, 4, 0.7 * RATE, 0.0));
    let mut light: Chain<Field> = drive.map(Ideal);
    for noise in noises.iter().filter(|n| n.law == Law::Relative) {
        light = light.noise(noise.clone());
    }
    let mut current: Chain<Ampere> = light.map(Square);
    for noise in noises.iter().filter(|n| n.law != Law::Relative) {
        current = current.noise(noise.clone());
    }
    let volt: Chain<Volt> = current.response(Shape::low_pass(Family::Bessel, 4, bandwidth_hz, 0.0));
    Plan::build(
        volt,
        Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 },
        grid,
        cache,
    )
}

pub(crate) const DSP: RxDsp = RxDsp {
    taps: 21,
    precursors: 10,
    adaptation: Adaptation::Mmse,
    fixed: Vec::new(),
    detector: DetectorSpec::Slicer,
};

fn trained<'a>(
    plan: &'a Plan,
    source: &SymbolSource,
    workspace: &mut Workspace,
) -> (Trained, Predictor<'a>) {
    let (run, lane) = (Seed::new(1), Seed::new(1).named("lane").index(0));
    let n = plan.grid().symbols;
    let blocks = |from: u64, count: u64| -> Vec<Vec<u8>> {
        (from..from + count)
            .map(|b| {
                let mut levels = vec![0; n];
                block_levels(source, false, 0, b, lane, &mut levels);
                levels
            })
            .collect()
    };
    let mut predictor =
        Predictor::new(plan, &DSP, run, lane, blocks(1 << 20, 2), blocks(0, 4), workspace);
    let trained = predictor.train(workspace, 1.0, None).expect("an ideal link trains");
    (trained, predictor)
}

fn counted(plan: &Plan, trained: &Trained, source: &SymbolSource, stop: Stop) -> Tally {
    let run = Seed::new(1);
    let lane = run.named("lane").index(0);
    let segments = vec![SegmentRun { name: "light", plan, trained, streams: lane }];
    let lane = Count {
        segments,
        pattern: source,
        first_symbol: 0,
        precoder: false,
        shared_seed: run,
        lane_seed: lane,
        symbols: None,
        method: Method::Chain,
    };
    count(&[lane], &stop, &WorkspacePool::default(), &mut (), &CancelToken::default()).remove(0).end
}

pub(crate) fn source() -> SymbolSource {
    Pattern::default().build().expect("the default pattern builds")
}

/// Integral of |H|^2 over frequency, Hz.
fn noise_bandwidth_hz(shape: &Shape) -> f64 {
    (0..400_000).map(|i| shape.at((f64::from(i) + 0.5) * 5e6).norm_sqr() * 5e6).sum()
}

/// Level-dependent variance at the detector that a trained link without interference sees: slicer
/// variance brought back to the current by the distance of the outer levels, which is 1.
fn variance_of_levels(samples_per_symbol: usize, noise: Noise) -> [f64; 4] {
    let plan = plan(grid(samples_per_symbol), &[noise], 0.9 * RATE, &mut PlanCache::default());
    let mut workspace = Workspace::new(&plan);
    let (trained, _) = trained(&plan, &source(), &mut workspace);
    let tally = counted(
        &plan,
        &trained,
        &source(),
        Stop { round_blocks: 64, symbols: 128 << 13, bit_errors: u64::MAX },
    );
    let mean = |l: usize| tally.moments[l][1] / tally.moments[l][0];
    let per_ampere = mean(3) - mean(0);
    std::array::from_fn(|l| {
        (tally.moments[l][2] / tally.moments[l][0] - mean(l).powi(2)) / per_ampere.powi(2)
    })
}

/// Thermal, shot and relative noise at the slicer are their closed forms on every level and at
/// every sampling rate.
///
/// The equaliser is a receiver of its own, so the closed form is the thermal variance with white
/// density: the ratio of the others to it is (2 q i) / S and (RIN i^2) / S. 2^18 symbols a level
/// know a variance to 0.28 % (1 sigma), a ratio to 0.4 %; interference adds less than 1e-4 of the
/// signal, 2 % of these variances. Bound: 4 %.
#[test]
fn shot_thermal_and_relative_noise_have_their_closed_forms_at_4_8_and_16_samples_per_symbol() {
    let band_hz = noise_bandwidth_hz(&Shape::low_pass(Family::Bessel, 4, 0.9 * RATE, 0.0));
    let currents = [0.5, 0.5 + 1.0 / 3.0, 0.5 + 2.0 / 3.0, 1.5];
    let density = 5e-4 / band_hz;
    let shot = Law::Shot { dark_a: 0.0 };
    let mut thermals = Vec::new();
    for samples_per_symbol in [4, 8, 16] {
        let thermal = variance_of_levels(
            samples_per_symbol,
            Noise::new("thermal", Law::Added, Density::White(density)),
        );
        let shot = variance_of_levels(
            samples_per_symbol,
            Noise::new("shot", shot, Density::White(density)),
        );
        let relative = variance_of_levels(
            samples_per_symbol,
            Noise::new("rin", Law::Relative, Density::White(density)),
        );
        for l in 0..4 {
            let i = currents[l];
            println!(
                "{samples_per_symbol} {l}: {:.4e} {:.4} {:.4}",
                thermal[l],
                shot[l] / thermal[l] / i,
                relative[l] / thermal[l] / i / i
            );
            // the receiver's reach blurs i towards its mean of 1 by some 2 %
            assert!(
                (shot[l] / thermal[l] / (1.0 + 0.98 * (i - 1.0)) - 1.0).abs() < 0.04,
                "shot, level {l}"
            );
            assert!(
                (relative[l] / thermal[l] / (1.0 + 0.98 * (i - 1.0)).powi(2) - 1.0).abs() < 0.05,
                "RIN, level {l}"
            );
        }
        let mean = |v: [f64; 4]| v.iter().sum::<f64>() / 4.0;
        // mean current 1, mean square current 1 + 5/36
        assert!((mean(shot) / mean(thermal) - 1.0).abs() < 0.02);
        assert!((mean(relative) / mean(thermal) / (1.0 + 5.0 / 36.0) - 1.0).abs() < 0.03);
        thermals.push(mean(thermal));
    }
    for thermal in &thermals {
        assert!((thermal / thermals[0] - 1.0).abs() < 0.01, "{thermals:?}");
    }
}

/// White noise far wider than the receiver: the slicer's noise is what the predictor integrates;
/// the counted ratio has 1/sqrt(errors) of spread, and the bound of five of them plus 5 % is far
/// above both.
#[test]
fn counted_errors_of_pam4_in_white_noise_are_the_predicted_ones_from_1e_2_to_1e_5() {
    let (mut cache, source) = (PlanCache::default(), source());
    let mut sum = 0.0;
    for ber in [1e-2, 1e-3, 1e-4, 1e-5] {
        let x = pam4_half_eye_from_ber(ber);
        // levels 0.5 apart from 1/6 half eye at the detector; the receiver passes about 1.05 times
        // its bandwidth
        let density = (1.0 / 6.0 / x).powi(2) / (1.05 * 0.5 * RATE);
        let grid = grid(4);
        let noises = [Noise::new("thermal", Law::Added, Density::White(density))];
        let plan = plan(grid, &noises, 0.5 * RATE, &mut cache);
        let mut workspace = Workspace::new(&plan);
        let (trained, mut predictor) = trained(&plan, &source, &mut workspace);
        let prediction = predictor.predict(&mut workspace, &trained);
        let tally = counted(
            &plan,
            &trained,
            &source,
            Stop { round_blocks: 64, symbols: 6400 << 13, bit_errors: 1000 },
        );
        let ratio = (tally.ber() / prediction.ber).ln();
        sum += ratio;
        println!(
            "{ber:e}: counted {:e} of {} errors, predicted {:e}, snr {}",
            tally.ber(),
            tally.bit_errors,
            prediction.ber,
            prediction.snr_db
        );
        assert!(
            ratio.abs() < 0.05 + 5.0 / (tally.bit_errors as f64).sqrt(),
            "{ber:e}: ln ratio {ratio}"
        );
    }
    assert!((sum / 4.0f64).abs() < 0.05, "a bias of {sum} over four");
}

/// A first-order channel's least mean square error of an endless linear equaliser, from the folded
/// spectrum:
///
/// ```text
/// MMSE = mean over |f| < R/2 of  s^2 n^2 / (s^2 |F(f)|^2 + n^2),   F(f) = sum over m of H(f + m R) e^(j 2 pi (f + m R) t)
/// ```
///
/// with s^2 = 5/9 of the levels; the slicer's ratio is s^2 / MMSE - 1. 81 taps leave less than 0.01
/// dB of it, the phase search 1/128 UI.
#[test]
fn a_first_order_channels_mmse_is_that_of_the_folded_spectrum() {
    let mut cache = PlanCache::default();
    let grid = grid(4);
    for (pole, density) in [(0.25, 2e-14), (0.5, 5e-14)] {
        let channel = || Shape::low_pass(Family::Bessel, 1, pole * RATE, 0.0);
        let drive: Chain<Volt> = Chain::symbols().hold(grid).response(channel());
        let current: Chain<Ampere> = drive.map(Ideal).map(Square);
        let current = current.noise(Noise::new("white", Law::Added, Density::White(density)));
        let sampler = Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 };
        let plan =
            Plan::build(current.response::<Volt>(Shape::Gain(1.0)), sampler, grid, &mut cache);
        let mut workspace = Workspace::new(&plan);
        let (run, lane) = (Seed::new(1), Seed::new(1).named("lane").index(0));
        let source = source();
        let blocks = |from: u64| -> Vec<Vec<u8>> {
            (0..4)
                .map(|b| {
                    let mut levels = vec![0; grid.symbols];
                    block_levels(&source, false, from, b, lane, &mut levels);
                    levels
                })
                .collect()
        };
        let dsp = RxDsp { taps: 81, precursors: 40, ..DSP };
        let mut predictor =
            Predictor::new(&plan, &dsp, run, lane, blocks(1 << 20), blocks(0), &mut workspace);
        let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        let snr_db = predictor.predict(&mut workspace, &trained).snr_db;
        let (signal, noise, delay_s) =
            (5.0 / 9.0 * 0.25, density * 4.0 * RATE / 2.0, trained.delay_ui / RATE);
        let n = 4096;
        let mmse: f64 = (0..n)
            .map(|i| {
                let f = ((f64::from(i) + 0.5) / f64::from(n) - 0.5) * RATE;
                // the grid holds four replicas
                let folded: num_complex::Complex64 = (-2..=2)
                    .map(|m| f + f64::from(m) * RATE)
                    .filter(|f| f.abs() < 2.0 * RATE)
                    .map(|f| {
                        let turn = num_complex::Complex64::from_polar(
                            1.0,
                            std::f64::consts::TAU * f * delay_s,
                        );
                        channel().at(f) * Shape::Hold(1.0 / RATE).at(f) * turn
                    })
                    .sum();
                noise / (signal * folded.norm_sqr() + noise) / f64::from(n)
            })
            .sum();
        let expected_db = 10.0 * (1.0 / mmse - 1.0).log10();
        assert!((snr_db - expected_db).abs() < 0.05, "pole {pole}: {snr_db} dB, {expected_db} dB");
    }
}
