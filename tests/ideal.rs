//! The engine alone: an ideal modulator and photodiode, PAM4 in noise.

use lightlane::chain::{
    Adaptation, Chain, Count, Density, Dsp, Law, Map, Noise, Plan, Predictor, Sampler, Shape, Stop, Tally, Trained, Worker, Workers,
};
use lightlane::chain::{Workshop, block_levels, count};
use lightlane::math::gaussian::{pam4_ber, pam4_half_eye_from_ber};
use lightlane::math::prototype::Family;
use lightlane::pattern::{Pattern, Source};
use lightlane::seed::Seed;
use lightlane::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;
use std::sync::atomic::AtomicBool;

/// Light whose power is 1 + x/2.
struct Ideal;
impl Map<Volt, Field> for Ideal {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new((1.0 + 0.5 * x).max(0.0).sqrt(), 0.0));
    }
    fn name(&self) -> &'static str {
        "modulator"
    }
}
struct Square;
impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }
    fn name(&self) -> &'static str {
        "photodiode"
    }
}

const RATE: f64 = 53.125e9;

fn grid(samples_per_symbol: usize) -> Grid {
    Grid { symbols: 8192, samples_per_symbol, symbol_rate_hz: RATE }
}

fn plan(grid: Grid, noises: &[Noise], bandwidth_hz: f64, shop: &mut Workshop) -> Plan {
    let light: Chain<Field> = Chain::symbols().hold(grid).map(Ideal).probe("tp2");
    let mut current: Chain<Ampere> = light.map(Square);
    for noise in noises {
        current = current.noise(noise.clone());
    }
    let volt: Chain<Volt> = current.response(Shape::low_pass(Family::Bessel, 4, bandwidth_hz, 0.0));
    volt.sample(Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 }, grid, shop)
}

const DSP: Dsp = Dsp { taps: 21, precursors: 10, adaptation: Adaptation::Mmse };

fn trained<'a>(plan: &'a Plan, source: &Source, worker: &mut Worker) -> (Trained, Predictor<'a>) {
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
    let mut predictor = Predictor::new(plan, DSP, run, lane, blocks(1 << 20, 2), blocks(0, 4), worker);
    let trained = predictor.train(worker, 1.0, None).expect("an ideal link trains");
    (trained, predictor)
}

fn counted(plan: &Plan, trained: &Trained, source: &Source, stop: Stop) -> Tally {
    let run = Seed::new(1);
    let lane = Count { plan, trained, pattern: source, first_symbol: 0, precoder: false, run, lane: run.named("lane").index(0) };
    count(&[lane], &stop, &Workers::default(), &AtomicBool::new(false)).remove(0)
}

fn source() -> Source {
    Pattern::default().build().expect("the default pattern builds")
}

/// White noise far wider than the receiver: the slicer's noise is what the predictor integrates; the counted ratio
/// has 1/sqrt(errors) of spread, and the bound of five of them plus 5 % is far above both.
#[test]
fn counted_errors_of_pam4_in_white_noise_are_the_predicted_ones_from_1e_2_to_1e_5() {
    let (mut shop, source) = (Workshop::default(), source());
    let mut sum = 0.0;
    for ber in [1e-2, 1e-3, 1e-4, 1e-5] {
        let x = pam4_half_eye_from_ber(ber);
        // levels 0.5 apart from 1/6 half eye at the detector; the receiver passes about 1.05 times its bandwidth
        let density = (1.0 / 6.0 / x).powi(2) / (1.05 * 0.5 * RATE);
        let grid = grid(4);
        let noises = [Noise::new("thermal", Law::Added, Density::White(density))];
        let plan = plan(grid, &noises, 0.5 * RATE, &mut shop);
        let mut worker = Worker::new(&plan);
        let (trained, mut predictor) = trained(&plan, &source, &mut worker);
        let prediction = predictor.predict(&mut worker, &trained);
        let tally = counted(&plan, &trained, &source, Stop { round_blocks: 64, blocks: 6400, bit_errors: 1000 });
        let ratio = (tally.ber() / prediction.ber).ln();
        sum += ratio;
        println!(
            "{ber:e}: counted {:e} of {} errors, predicted {:e}, snr {}",
            tally.ber(),
            tally.bit_errors,
            prediction.ber,
            prediction.snr_db
        );
        assert!(ratio.abs() < 0.05 + 5.0 / (tally.bit_errors as f64).sqrt(), "{ber:e}: ln ratio {ratio}");
    }
    assert!((sum / 4.0f64).abs() < 0.05, "a bias of {sum} over four");
}
