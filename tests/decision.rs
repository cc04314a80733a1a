//! Decision feedback and sequence detection after a known channel in white noise, through the
//! engine.

use lightlane::chain::{
    Adaptation, BlockObserver, BlockView, Chain, Count, Density, DetectorSpec, LaneCount, Law, Map,
    Method, Noise, NoiseSelection, Plan, PlanCache, Prediction, Predictor, RxDsp, Sampler,
    SegmentRun, Shape, Stop, StreamKeys, Table, Trained, TrainedDetector, Workspace, WorkspacePool,
    block_levels, count,
};
use lightlane::math::gaussian::{pam4_ber, q};
use lightlane::pattern::{Pattern, PatternKind, SymbolSource};
use lightlane::run_options::CancelToken;
use lightlane::seed::Seed;
use lightlane::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;
use std::sync::Arc;

/// Part of the power that full scale moves: pulses of the narrowest band overshoot 2.5-fold.
const DEPTH: f32 = 0.2;

/// Optical power of 1 + x/5.
struct Ideal;
impl Map<Volt, Field> for Ideal {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        y.iter_mut()
            .zip(x)
            .for_each(|(y, x)| *y = Complex32::new((1.0 + DEPTH * x).max(0.0).sqrt(), 0.0));
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
const GRID: Grid = Grid { symbols: 8192, samples_per_symbol: 4, symbol_rate_hz: RATE };

/// Inverts the hold up to half the symbol rate and blocks all beyond: one pulse, for any sampling
/// phase.
fn nyquist() -> Shape {
    // half of the gain at half the symbol rate, where both sides fold onto each other
    let (steps, half) = (256, 0.5 * RATE);
    let mut f_hz: Vec<f64> = (0..steps).map(|i| half * f64::from(i) / f64::from(steps)).collect();
    f_hz.push(half * (1.0 - 1e-4));
    let hold = |f: f64| {
        if f == 0.0 {
            1.0
        } else {
            (std::f64::consts::PI * f / RATE).sin() / (std::f64::consts::PI * f / RATE)
        }
    };
    let mut ln_magnitude: Vec<f64> = f_hz.iter().map(|&f| -hold(f).ln()).collect();
    f_hz.extend([half, half * (1.0 + 1e-4)]);
    ln_magnitude.extend([-(2.0 * hold(half)).ln(), -12.0]);
    let phase = vec![0.0; f_hz.len()];
    Shape::Table(Arc::new(Table::new(1, f_hz, ln_magnitude, phase, 10.0)))
}

/// 1 + a D of transmitted symbols, white noise of `sigma` at the sampler.
fn plan(a: f64, sigma: f64) -> Plan {
    let drive: Chain<Volt> = Chain::symbols().taps(&[0.0, 1.0, a]).hold(GRID).response(nyquist());
    let density = sigma.powi(2) / (GRID.sample_rate_hz() / 2.0);
    let current: Chain<Ampere> = drive.map(Ideal).map(Square).noise(Noise::new(
        "thermal",
        Law::Added,
        Density::White(density),
    ));
    let volt: Chain<Volt> = current.response(Shape::Gain(1.0));
    Plan::build(
        volt,
        Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 },
        GRID,
        &mut PlanCache::default(),
    )
}

/// The filter alone needs many taps to invert the channel.
fn dsp(detector: DetectorSpec) -> RxDsp {
    RxDsp { taps: 61, precursors: 45, adaptation: Adaptation::Mmse, fixed: vec![], detector }
}

fn dfe(taps: usize) -> DetectorSpec {
    DetectorSpec::Dfe { taps, limit: 1.0, fixed: vec![] }
}

fn mlse(memory: usize) -> DetectorSpec {
    DetectorSpec::Mlse { memory, depth: 32, fixed: vec![] }
}

fn source() -> SymbolSource {
    Pattern { kind: PatternKind::Random, ..Pattern::default() }.build().expect("it builds")
}

fn lane() -> Seed {
    Seed::new(1).named("lane").index(0)
}

fn blocks(from: u64, count: u64) -> Vec<Vec<u8>> {
    let block = |b| {
        let mut levels = vec![0; GRID.symbols];
        block_levels(&source(), false, 0, b, lane(), &mut levels);
        levels
    };
    (from..from + count).map(block).collect()
}

fn trained(plan: &Plan, dsp: &RxDsp) -> (Trained, Prediction) {
    let mut workspace = Workspace::new(plan);
    let mut predictor = Predictor::new(
        plan,
        dsp,
        Seed::new(1),
        lane(),
        blocks(1 << 20, 4),
        blocks(0, 4),
        &mut workspace,
    );
    let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
    let prediction = predictor.predict(&mut workspace, &trained);
    (trained, prediction)
}

fn counted<W: BlockObserver>(
    plan: &Plan,
    trained: &Trained,
    symbols: u64,
    observer: &mut W,
) -> LaneCount {
    let source = source();
    let segments = vec![SegmentRun { name: "light", plan, trained, streams: lane() }];
    let lane = Count {
        segments,
        pattern: &source,
        first_symbol: 0,
        precoder: false,
        shared_seed: Seed::new(1),
        lane_seed: lane(),
        symbols: None,
        method: Method::Chain,
    };
    let stop = Stop { round_blocks: 64, symbols, bit_errors: u64::MAX };
    count(&[lane], &stop, &WorkspacePool::default(), observer, &CancelToken::default()).remove(0)
}

/// Noise at the sampler for a signal to noise ratio of one symbol alone, dB: levels of variance
/// 5/9.
fn sigma(snr_db: f64) -> f64 {
    f64::from(DEPTH) * (5.0 / 9.0 / 10f64.powf(snr_db / 10.0)).sqrt()
}

/// Unbiased signal to noise ratio of the best linear filter and of the best with ideal feedback
/// after 1 + a D, dB.
///
/// ```text
/// linear: mse = mean of 1 / (|H|^2 S + 1),    feedback: mse = exp(mean of ln of it),    SNR = 1 / mse - 1
/// ```
fn closed_db(a: f64, snr_db: f64) -> [f64; 2] {
    let (s, n) = (10f64.powf(snr_db / 10.0), 100_000);
    let part = |i: i32| {
        1.0 / (1.0
            + s * (1.0
                + a * a
                + 2.0 * a * (std::f64::consts::TAU * (f64::from(i) + 0.5) / f64::from(n)).cos()))
    };
    let mean = |f: &dyn Fn(f64) -> f64| (0..n).map(|i| f(part(i))).sum::<f64>() / f64::from(n);
    [mean(&|x| x), mean(&f64::ln).exp()].map(|mse| 10.0 * (1.0 / mse - 1.0).log10())
}

/// Joint training reaches the closed forms of the infinite receivers: one tap of feedback leaves at
/// 24 dB less than 0.02 dB, four blocks know the correlations to 0.5 % (0.02 dB together). The
/// difference is 10 log10(1 / (1 - a^2)) but for what a noise of 24 dB lets the linear filter give
/// up.
#[test]
fn feedback_gains_over_the_linear_filter_what_the_closed_form_says() {
    for a in [0.3, 0.5, 0.7] {
        let snr_db = 24.0;
        let plan = plan(a, sigma(snr_db));
        let (linear, of_linear) = trained(&plan, &dsp(DetectorSpec::Slicer));
        let (fed, of_fed) = trained(&plan, &dsp(dfe(1)));
        let [closed_linear, closed_fed] = closed_db(a, snr_db);
        let asymptote = -10.0 * (1.0 - a * a).log10();
        println!(
            "a {a}: {:.3} (closed {closed_linear:.3}), {:.3} (closed {closed_fed:.3}), tap {:?}",
            of_linear.snr_db, of_fed.snr_db, fed.postcursors
        );
        assert!(
            (of_linear.snr_db - closed_linear).abs() < 0.04
                && (of_fed.snr_db - closed_fed).abs() < 0.04
        );
        let gain = of_fed.snr_db - of_linear.snr_db;
        assert!((gain - (closed_fed - closed_linear)).abs() < 0.04, "a {a}: gain of {gain} dB");
        assert!(
            gain < asymptote + 0.05 && gain > 0.9 * asymptote - 0.05,
            "a {a}: {gain} against {asymptote} dB"
        );
        // the tap is the channel's; shrinkage 1 / (1 + SNR) is 0.4 %
        assert!((f64::from(fed.postcursors[0]) - a).abs() < 0.02);
        assert_eq!(
            (linear.postcursors.len(), linear.detector, fed.detector),
            (0, TrainedDetector::Slicer, TrainedDetector::Dfe)
        );
        assert!(
            of_fed.ber_ideal_feedback.is_some_and(|ideal| ideal < of_fed.ber)
                && of_linear.ber_ideal_feedback.is_none()
                && of_fed.no_prediction.is_none()
                && fed.detector.no_prediction(0.1).is_none()
                && linear.detector.no_prediction(0.1).is_none()
        );
    }
}

/// More taps than the channel has postcursors have no effect: 1/sqrt of 32 768 symbols is 0.6 %, of
/// a tap.
#[test]
fn taps_that_are_not_needed_stay_at_nothing() {
    let plan = plan(0.5, sigma(22.0));
    let [(one, of_one), (many, of_many)] = [1, 8].map(|taps| trained(&plan, &dsp(dfe(taps))));
    assert!((of_one.snr_db - of_many.snr_db).abs() < 0.02, "{} {}", of_one.snr_db, of_many.snr_db);
    assert!(
        (many.postcursors[0] - one.postcursors[0]).abs() < 0.02
            && many.postcursors[1..].iter().all(|b| b.abs() < 0.03),
        "{:?}",
        many.postcursors
    );
}

/// A tap at its limit stays there and the filter is optimised for it: the result lies between no
/// tap and a free one, and improves with the limit.
#[test]
fn a_limit_is_kept_and_costs_what_lies_beyond_it() {
    let plan = plan(0.7, sigma(22.0));
    let snr = |limit: f64| {
        let (trained, prediction) =
            trained(&plan, &dsp(DetectorSpec::Dfe { taps: 2, limit, fixed: vec![] }));
        assert!(
            trained.postcursors.iter().all(|b| f64::from(b.abs()) <= limit + 1e-7),
            "{:?}",
            trained.postcursors
        );
        (prediction.snr_db, trained.postcursors[0])
    };
    let [none, low, high, free] = [0.0, 0.3, 0.5, 1.0].map(snr);
    assert!(
        none.0 + 0.3 < low.0 && low.0 + 0.1 < high.0 && high.0 < free.0,
        "{none:?} {low:?} {high:?} {free:?}"
    );
    assert_eq!((low.1, high.1), (0.3, 0.5));
    assert_eq!(none.0, trained(&plan, &dsp(DetectorSpec::Slicer)).1.snr_db);
    // given taps are taken as they are, and the best given one is the free one
    let given =
        |b: f64| trained(&plan, &dsp(DetectorSpec::Dfe { taps: 1, limit: 1.0, fixed: vec![b] }));
    assert_eq!(given(0.3).0.postcursors, [0.3]);
    assert!(given(f64::from(free.1)).1.snr_db > given(0.3).1.snr_db);
}

/// Given forward taps keep their shape; given as training found them, nothing changes but rounding.
#[test]
fn given_forward_taps_keep_their_shape() {
    let plan = plan(0.5, sigma(22.0));
    let (free, of_free) = trained(&plan, &dsp(dfe(1)));
    // half as large: the gain finds the other half
    let fixed: Vec<f64> = free.taps.iter().map(|&w| f64::from(w) / 2.0).collect();
    let (given, of_given) = trained(&plan, &RxDsp { fixed, ..dsp(dfe(1)) });
    assert!((of_free.snr_db - of_given.snr_db).abs() < 1e-3);
    assert!(free.taps.iter().zip(&given.taps).all(|(a, b)| (a - b).abs() < 1e-4));
    let (other, of_other) = trained(
        &plan,
        &RxDsp { taps: 1, precursors: 0, fixed: vec![2.0], ..dsp(DetectorSpec::Slicer) },
    );
    assert!(of_other.snr_db < of_free.snr_db - 3.0 && other.taps.len() == 1);
}

/// Decision errors of one level, and how many of them continue.
#[derive(Default)]
struct Continuation {
    wrong: u64,
    continued: u64,
}

impl BlockObserver for Continuation {
    type Observation = (u64, u64);

    fn observe(&self, _: usize, seen: &BlockView<'_>) -> (u64, u64) {
        let pairs = || {
            seen.sent
                .windows(2)
                .zip(seen.decided.windows(2))
                .filter(|(s, d)| s[0].abs_diff(d[0]) == 1)
        };
        (pairs().count() as u64, pairs().filter(|(s, d)| s[1] != d[1]).count() as u64)
    }

    fn collect(&mut self, _: usize, (wrong, continued): (u64, u64)) {
        self.wrong += wrong;
        self.continued += continued;
    }
}

/// `docs/physics.md` section 4, through the engine: 0.75 [Q((1-2b)x) + Q((1+2b)x)], binomial,
/// five sigma.
///
/// The receiver is trained where there is hardly any noise and leaves nothing of a neighbour. (One
/// trained in this noise trades noise for a little of the next symbol, x^2 / SNR of which is 1/5 at
/// any noise: a symbol that helped its neighbour to go wrong then goes wrong itself more often,
/// 0.41 in place of 0.375 at b = 0.5.)
#[test]
fn a_wrong_decision_goes_on_as_the_closed_form_says() {
    for b in [0.3, 0.5, 0.7] {
        let (low_noise, plan) = (plan(b, sigma(45.0)), plan(b, sigma(17.0)));
        let (trained, _) = trained(&low_noise, &dsp(dfe(1)));
        let mut observer = Continuation::default();
        let tally = counted(&plan, &trained, 4 << 20, &mut observer).end;
        let x = (10f64.powf(1.7) / 5.0).sqrt();
        assert!((f64::from(trained.postcursors[0]) - b).abs() < 0.01, "{:?}", trained.postcursors);
        let expected = 0.75 * (q((1.0 - 2.0 * b) * x) + q((1.0 + 2.0 * b) * x));
        let sigma = (expected * (1.0 - expected) / observer.wrong as f64).sqrt();
        let found = observer.continued as f64 / observer.wrong as f64;
        println!(
            "b {b:.3}, x {x:.3}: {found:.4} of {} against {expected:.4} +- {sigma:.4}",
            observer.wrong
        );
        assert!(observer.wrong > 2000);
        assert!((found - expected).abs() < 5.0 * sigma);
        // the lane's own count of all wrong decisions: errors of two levels are rare
        assert!((tally.bursts.continuation() - found).abs() < 0.01);
        // bursts multiply the errors of ideal feedback by 1 / (1 - p)
        let ratio = tally.ber() / (pam4_ber(x) / (1.0 - found));
        assert!(ratio.ln().abs() < 0.1, "b {b}: {ratio}");
        // and the interval knows: variance over mean of geometric runs is (1 + p) / (1 - p)
        let (interval, kind) = tally.interval();
        let half = (interval.high - interval.low) / 2.0 / tally.ber();
        let plain = 1.96 / (tally.symbol_errors as f64).sqrt();
        assert!(
            found < 0.2
                || kind != lightlane::math::interval::IntervalKind::ClopperPearson
                    && half > 0.8 * plain * ((1.0 + found) / (1.0 - found)).sqrt(),
            "{kind:?} {half} {plain}"
        );
    }
}

/// The order of theory, at an error ratio near 1e-3: linear, feedback, ideal feedback, sequence,
/// matched filter bound. The detector's gain stays below 10 log10(1 + a^2).
#[test]
fn the_sequence_detector_beats_ideal_feedback_and_stays_below_its_bound() {
    for (a, snr_db) in [(0.3, 16.5), (0.5, 16.5), (0.7, 16.5)] {
        let plan = plan(a, sigma(snr_db));
        let symbols = 2 << 20;
        let [linear, fed, sequence] = [DetectorSpec::Slicer, dfe(1), mlse(1)].map(|decision| {
            let (trained, prediction) = trained(&plan, &dsp(decision));
            (counted(&plan, &trained, symbols, &mut ()).end, prediction)
        });
        let ideal = fed.1.ber_ideal_feedback.expect("it feeds back");
        // half an eye over sigma of one symbol alone is sqrt(SNR / 5); the bound has the power of
        // both samples
        let half_eye = (10f64.powf(snr_db / 10.0) / 5.0).sqrt();
        let bound = pam4_ber(half_eye * (1.0 + a * a).sqrt());
        println!(
            "a {a}: linear {:.2e}, fed {:.2e}, ideal {ideal:.2e}, sequence {:.2e} ({}), bound {bound:.2e}",
            linear.0.ber(),
            fed.0.ber(),
            sequence.0.ber(),
            sequence.0.bit_errors
        );
        assert!(linear.0.ber() > 1.1 * fed.0.ber() || a < 0.4, "a {a}");
        assert!(fed.0.ber() > 1.05 * ideal && ideal > 1.2 * sequence.0.ber(), "a {a}");
        assert!(sequence.0.bit_errors > 200 && sequence.0.ber() > 0.8 * bound, "a {a}");
        // the statistics are those of ideal feedback, as long as nearly every decision is right
        assert!((sequence.0.snr_db().unwrap() - sequence.1.snr_db).abs() < 0.15);
    }
}

/// The detector with two postcursors on a channel of one is the same detector; a fixed response is
/// taken.
#[test]
fn sixteen_states_decide_as_four_where_one_postcursor_is_all() {
    let plan = plan(0.5, sigma(15.0));
    let [four, sixteen, fixed] =
        [mlse(1), mlse(2), DetectorSpec::Mlse { memory: 1, depth: 32, fixed: vec![0.5] }].map(
            |decision| {
                let (trained, _) = trained(&plan, &dsp(decision));
                let TrainedDetector::Mlse(response, 32) = trained.detector else {
                    panic!("{:?}", trained.detector)
                };
                (counted(&plan, &trained, 1 << 19, &mut ()).end, response)
            },
        );
    assert_eq!((four.1.states(), sixteen.1.states()), (4, 16));
    println!(
        "{:?} {:?} {:?}: {} {} {} errors",
        four.1.postcursors(),
        sixteen.1.postcursors(),
        fixed.1.postcursors(),
        four.0.bit_errors,
        sixteen.0.bit_errors,
        fixed.0.bit_errors
    );
    // the same noise: a few hundred of the errors may differ by what the second tap filters
    // otherwise
    let ratio = |other: &LaneCount| other.end.bit_errors as f64 / four.0.bit_errors as f64;
    for tally in [&sixteen.0, &fixed.0] {
        let end = LaneCount { end: tally.clone(), ..LaneCount::default() };
        assert!((ratio(&end) - 1.0).abs() < 0.05, "{}", ratio(&end));
    }
}

/// A block decided on its own is its place in the periodic block: no error at either end without
/// noise.
#[test]
fn a_noiseless_block_has_no_wrong_symbol_from_end_to_end() {
    let plan = plan(0.7, sigma(25.0));
    for decision in [dfe(1), dfe(5), mlse(1), mlse(2)] {
        let (trained, _) = trained(&plan, &dsp(decision.clone()));
        let mut workspace = Workspace::new(&plan);
        let levels = blocks(7, 1).remove(0);
        let draws = StreamKeys {
            shared_seed: Seed::new(1),
            lane_seed: lane(),
            block: 7,
            noise: 7,
            selection: NoiseSelection::None,
        };
        let decisions = workspace.decisions(&plan, &trained, &levels, &draws, false);
        assert_eq!(decisions.symbol_errors, 0, "{decision:?}");
        // and what is left of the levels is small: the first symbol's feedback knew the last
        let moments = decisions.moments.map(|[n, z, z2]| z2 / n - (z / n).powi(2));
        assert!(moments.iter().all(|v| v.sqrt() < 0.02), "{decision:?}: {moments:?}");
    }
}

/// LMS with the symbols known, on four blocks of fresh noise: within a tenth of a decibel of the
/// closed form, and reported as converged. A step a thousand times smaller does not converge, and
/// is reported so.
#[test]
fn lms_finds_forward_and_feedback_taps_and_says_whether_it_settled() {
    let plan = plan(0.5, sigma(20.0));
    let (closed, of_closed) = trained(&plan, &dsp(dfe(2)));
    assert_eq!(closed.convergence, None);
    let adapted = |step: f64, limit: f64| {
        let decision = DetectorSpec::Dfe { taps: 2, limit, fixed: vec![] };
        trained(
            &plan,
            &RxDsp { taps: 21, precursors: 15, adaptation: Adaptation::Lms(step), ..dsp(decision) },
        )
    };
    let (settled, of_settled) = adapted(0.2, 1.0);
    let end = settled.convergence.expect("it ran");
    println!(
        "{end:?}, {:.3} against {:.3} dB, {:?}",
        of_settled.snr_db, of_closed.snr_db, settled.postcursors
    );
    assert!(end.reached() && (of_settled.snr_db - of_closed.snr_db).abs() < 0.1);
    // forward taps can do nearly what the feedback does: that direction is the last to settle
    assert!((0.25..0.55).contains(&settled.postcursors[0]) && settled.postcursors[1].abs() < 0.1);
    let (slow, _) = adapted(2e-4, 1.0);
    assert!(!slow.convergence.expect("it ran").reached(), "{:?}", slow.convergence);
    let (limited, _) = adapted(0.2, 0.25);
    assert!(limited.postcursors.iter().all(|b| b.abs() <= 0.25), "{:?}", limited.postcursors);
}

/// A pattern that repeats would let feedback predict it without the samples.
#[test]
fn feedback_does_not_learn_the_pattern() {
    let plan = plan(0.5, sigma(20.0));
    let mut workspace = Workspace::new(&plan);
    let levels: Vec<u8> = (0..GRID.symbols).map(|k| [0, 3, 1, 2][k % 4]).collect();
    let mut predictor = Predictor::new(
        &plan,
        &dsp(dfe(4)),
        Seed::new(1),
        lane(),
        vec![levels.clone()],
        vec![levels],
        &mut workspace,
    );
    let refusal = predictor.train(&mut workspace, 1.0, None).err().expect("it is refused");
    assert!(refusal.because.contains("learn the pattern"), "{}", refusal.because);
}
