//! Noise-only Monte Carlo and importance sampling against the whole chain, against the
//! semi-analytic estimator, and against each other.

use crate::support::{preset, run};
use lightlane::chain::{
    BlockObserver, BlockView, Count, ImportanceSampling, LaneCount, Method, NoiseOnly,
    NotEvaluated, PlanCache, Prediction, Predictor, SegmentRun, Stop, Tally, Trained, Weighted,
    Workspace, WorkspacePool, count,
};
use lightlane::dsp::DetectorKind;
use lightlane::link::{Config, CountingMethod, Lane};
use lightlane::math::interval::IntervalKind;
use lightlane::pattern::{PatternKind, SymbolSource};
use lightlane::report::table;
use lightlane::run_options::CancelToken;
use lightlane::seed::Seed;
use lightlane::serdes::dsp::ClockRecovery;

/// A lane that is trained and predicted at the received power of an error ratio, and its stored
/// blocks.
pub(crate) struct Made {
    lane: Lane,
    trained: Trained,
    /// Semi-analytic, on the stored blocks.
    pub(crate) prediction: Prediction,
    ber: f64,
    /// Level, mean and variance of every stored symbol.
    mixture: Vec<(u8, f32, f32)>,
    blocks: Vec<Vec<u8>>,
    noise_only: Result<NoiseOnly, NotEvaluated>,
    precoder: bool,
}

pub(crate) fn made(config: &Config, ber: f64) -> Made {
    let lane = Lane::build(config, 0, &mut PlanCache::default()).unwrap();
    let mut workspace = Workspace::new(&lane.optical().plan);
    let (blocks, precoder) = (lane.blocks(4, false), config.pattern.precoder);
    let mut predictor = Predictor::new(
        &lane.optical().plan,
        &lane.optical().dsp,
        lane.shared_seed,
        lane.lane_seed,
        lane.blocks(2, true),
        blocks.clone(),
        &mut workspace,
    );
    predictor.precoder = precoder;
    let mut trained = predictor.train(&mut workspace, 1.0, None).unwrap();
    let (mut low_db, mut high_db) = (-6.0, 14.0);
    for _ in 0..12 {
        let loss_db = 0.5 * (low_db + high_db);
        match predictor.try_at(&mut workspace, 10f64.powf(-loss_db / 10.0) as f32, &trained) {
            Ok((_, prediction)) if prediction.ber > ber => high_db = loss_db,
            _ => low_db = loss_db,
        }
    }
    trained =
        predictor.train(&mut workspace, 10f64.powf(-low_db / 10.0) as f32, Some(&trained)).unwrap();
    let prediction = predictor.predict(&mut workspace, &trained);
    let mixture = predictor.mixture(&mut workspace, &trained);
    let noise_only = predictor.noise_only(&mut workspace, &trained);
    let ber = prediction.ber;
    Made { trained, prediction, ber, mixture, blocks, noise_only, precoder, lane }
}

impl Made {
    pub(crate) fn counted<W: BlockObserver>(
        &self,
        method: Method<'_>,
        symbols: u64,
        run: u64,
        observer: &mut W,
    ) -> LaneCount {
        // the stored blocks, in the order of their use
        let pattern = SymbolSource::stored(self.blocks.concat());
        let (run, streams) = (Seed::new(run), Seed::new(run).named("lane"));
        let segments = vec![SegmentRun {
            name: "light",
            plan: &self.lane.optical().plan,
            trained: &self.trained,
            streams,
        }];
        let one = Count {
            segments,
            symbols: None,
            pattern: &pattern,
            first_symbol: 0,
            precoder: self.precoder,
            shared_seed: run,
            lane_seed: streams,
            method,
        };
        let stop = Stop { round_blocks: 256, symbols, bit_errors: u64::MAX };
        count(&[one], &stop, &WorkspacePool::default(), observer, &CancelToken::default()).remove(0)
    }

    fn stored(&self) -> &NoiseOnly {
        self.noise_only.as_ref().unwrap_or_else(|because| panic!("{because:?}"))
    }

    fn noise_only(&self, symbols: u64) -> Tally {
        self.counted(Method::NoiseOnly(self.stored()), symbols, 7, &mut ()).end
    }

    fn importance(&self, symbols: u64, run: u64) -> Weighted {
        let importance =
            ImportanceSampling::new(self.stored().clone(), &self.trained, self.precoder);
        let weighted = self
            .counted(Method::ImportanceSampling(&importance), symbols, run, &mut ())
            .weighted
            .unwrap();
        let (interval, _) = weighted.interval();
        println!(
            "importance {:.4e} ({:.3e}..{:.3e}), predicted {:.4e}: {} hits of {}, {:.0} effective, {} symbols, variance reduction {:.3e}",
            weighted.ber(),
            interval.low,
            interval.high,
            self.ber,
            weighted.hits,
            weighted.targets,
            weighted.effective_samples(),
            weighted.simulated,
            weighted.variance_reduction().unwrap()
        );
        weighted
    }
}

/// An 800G lane with all noise on.
pub(crate) fn full() -> Config {
    let mut config = preset("800gbase-dr8");
    config.pattern.kind = PatternKind::Prbs31q;
    // data that noise-only counting repeats and the chain draws anew
    config.receiver.crosstalk.lane_db = -300.0;
    config.receiver.crosstalk.tx_db = -300.0;
    config
}

/// A lane whose noise is the amplifier's and the converter's, after a converter that leaves a
/// postcursor.
pub(crate) fn deciding(decision: DetectorKind) -> Config {
    let mut config = full();
    for laser in [&mut config.transmitter.eml.laser, &mut config.transmitter.mzm.laser] {
        laser.rin_db_per_hz = -165.0;
    }
    config.transmitter.dac.jitter_fs = 0.0;
    config.transmitter.dac.effective_bits = 9.0;
    config.receiver.dsp.adc.jitter_fs = 0.0;
    config.receiver.dsp.adc.bandwidth_ghz = 14.0;
    config.receiver.dsp.detector = decision;
    config.receiver.dsp.dfe.taps = 1;
    config.receiver.dsp.mlse.memory = 1;
    config
}

/// Noise around the stored means: by block, mean square over the predicted variance and over it the
/// products of neighbours one and two apart, with those of third powers, which are sensitive to
/// tails.
struct Noise<'a>(&'a Made, Vec<[f64; 4]>);

impl BlockObserver for Noise<'_> {
    type Observation = [f64; 4];

    fn observe(&self, _: usize, seen: &BlockView<'_>) -> [f64; 4] {
        let n = seen.sent.len();
        let block =
            self.0.blocks.iter().position(|levels| levels == seen.sent).expect("a stored block");
        let at = &self.0.mixture[block * n..][..n];
        let nu: Vec<f64> = seen
            .values
            .iter()
            .zip(at)
            .map(|(z, (_, mean, variance))| f64::from((z - mean) / variance.sqrt()))
            .collect();
        let mean = |f: &dyn Fn(usize) -> f64| (2..n).map(f).sum::<f64>() / (n - 2) as f64;
        [
            mean(&|k| nu[k] * nu[k]),
            mean(&|k| nu[k] * nu[k - 1]),
            mean(&|k| nu[k] * nu[k - 2]),
            mean(&|k| nu[k].powi(4)),
        ]
    }

    fn collect(&mut self, _: usize, found: [f64; 4]) {
        self.1.push(found);
    }
}

/// Means over the blocks and their standard deviations.
fn of_blocks(found: &[[f64; 4]]) -> [(f64, f64); 4] {
    let n = found.len() as f64;
    std::array::from_fn(|i| {
        let mean = found.iter().map(|f| f[i]).sum::<f64>() / n;
        (mean, (found.iter().map(|f| (f[i] - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
    })
}

/// |ln ratio| of two counts: 5 % of model and five standard deviations.
pub(crate) fn alike(what: &str, a: &Tally, b: &Tally) {
    let (x, y) = (a.bit_errors as f64, b.bit_errors as f64);
    let ratio = (a.ber() / b.ber()).ln();
    println!("{what}: {:.3e} ({x} errors) and {:.3e} ({y}), ln ratio {ratio:.3}", a.ber(), b.ber());
    let clustered = |t: &Tally| (t.bursts.deviation().powi(2) / t.bursts.wrong() as f64).max(1.0);
    assert!(
        x > 300.0 && ratio.abs() < 0.05 + 5.0 * (clustered(a) / x + clustered(b) / y).sqrt(),
        "{what}: {ratio}"
    );
}

/// 2^21 symbols of the chain at 5e-4: 2000 errors know the ratio to 2.2 %, and the moments of 256
/// blocks to 1e-3; the model of the estimator (drawn variances pooled by pattern, colour taken as
/// one) is given 2 % of the variance and 0.02 of the correlation.
#[test]
fn noise_only_is_the_whole_chain_on_the_same_blocks() {
    for samples_per_symbol in [1, 2] {
        let mut config = full();
        config.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
        let made = made(&config, 5e-4);
        let (mut chain, mut noise_only) = (Noise(&made, vec![]), Noise(&made, vec![]));
        let of_chain = made.counted(Method::Chain, 1 << 21, 5, &mut chain).end;
        let of_noise_only =
            made.counted(Method::NoiseOnly(made.stored()), 1 << 21, 6, &mut noise_only).end;
        alike("chain and noise-only", &of_noise_only, &of_chain);
        for ((c, r), within) in
            of_blocks(&chain.1).iter().zip(of_blocks(&noise_only.1)).zip([0.02, 0.02, 0.02, 0.15])
        {
            println!(
                "{} taps: chain {:.4} +- {:.4}, noise-only {:.4} +- {:.4}",
                made.stored().taps(),
                c.0,
                c.1,
                r.0,
                r.1
            );
            assert!((c.0 - r.0).abs() < within + 5.0 * c.1.hypot(r.1), "{c:?} {r:?}");
        }
        // the noise is correlated
        assert!(of_blocks(&noise_only.1)[1].0.abs() > 0.05);
        for (c, r) in of_chain.moments.iter().zip(&of_noise_only.moments) {
            let [rms, other] = [c, r].map(|[n, z, z2]| (z2 / n - (z / n).powi(2)).sqrt());
            assert!(
                (c[1] / c[0] - r[1] / r[0]).abs() < 2e-3 && (rms / other - 1.0).abs() < 0.02,
                "{c:?} {r:?}"
            );
        }
    }
}

/// 2^24 symbols at 1e-4 have 3400 errors: 5 sigma are 9 %, but both know the same means and
/// variances, so no model comes on top.
#[test]
fn noise_only_counts_agree_with_the_prediction_on_the_same_blocks() {
    for precoder in [false, true] {
        let mut config = full();
        config.pattern.precoder = precoder;
        let made = made(&config, 1e-4);
        let tally = made.noise_only(1 << 24);
        let ratio = (tally.ber() / made.ber).ln();
        println!("precoder {precoder}: {} errors, ln ratio {ratio:.4}", tally.bit_errors);
        // errors in pairs scatter twice as much
        assert!(ratio.abs() < 5.0 * (2.0 / tally.bit_errors as f64).sqrt(), "{ratio}");
    }
}

/// Feedback and sequences at about 1e-3: bursts of the chain and of noise-only counting continue
/// alike.
#[test]
fn noise_only_bursts_are_those_of_the_chain() {
    for decision in [DetectorKind::Dfe, DetectorKind::Mlse] {
        let made = made(&deciding(decision), 4e-4);
        let [chain, noise_only] = [Method::Chain, Method::NoiseOnly(made.stored())]
            .map(|method| made.counted(method, 1 << 21, 3, &mut ()).end);
        alike(&format!("{decision:?}"), &noise_only, &chain);
        let [on, other] = [&chain, &noise_only].map(|t| t.bursts.continuation());
        let sigma = (on
            * (1.0 - on)
            * (1.0 / chain.bursts.wrong() as f64 + 1.0 / noise_only.bursts.wrong() as f64))
            .sqrt();
        println!(
            "{decision:?}: goes on {on:.3} and {other:.3} +- {sigma:.3}; {:?} {:?}",
            &chain.bursts.lengths()[1..6],
            &noise_only.bursts.lengths()[1..6]
        );
        assert!(on > 0.02 && (on - other).abs() < 5.0 * sigma + 0.02);
        for length in 1..4 {
            let (c, r) =
                (chain.bursts.lengths()[length] as f64, noise_only.bursts.lengths()[length] as f64);
            assert!(
                (c - r).abs() < 0.05 * c + 5.0 * (c + r + 1.0).sqrt(),
                "{decision:?}, bursts of {length}: {c} {r}"
            );
        }
    }
}

#[test]
fn a_thread_more_changes_no_bit() {
    let made = made(&full(), 1e-4);
    let importance = ImportanceSampling::new(made.stored().clone(), &made.trained, false);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            [Method::NoiseOnly(made.stored()), Method::ImportanceSampling(&importance)]
                .map(|method| made.counted(method, 1 << 20, 2, &mut ()))
        })
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn what_a_variance_does_not_tell_is_refused() {
    let refused = |config: &Config| made(config, 1e-4).noise_only.err().expect("refused").because;
    let mut config = full();
    config.receiver.dsp.clock.recovery = ClockRecovery::MuellerMuller;
    assert!(refused(&config).contains("stream mode"));
    let mut config = full();
    config.simulation.stream = true;
    assert!(refused(&config).contains("stream mode"));
    let mut config = full();
    config.transmitter.eml.laser.rin_db_per_hz = -140.0;
    config.receiver.dsp.detector = DetectorKind::Dfe;
    assert!(refused(&config).contains("% of the noise depends on the signal"));
    config.receiver.dsp.detector = DetectorKind::Mlse;
    assert!(refused(&config).contains("20 % at most"));
}

/// The estimator is exact on the stored blocks: 95 % intervals are widened to four standard
/// deviations and 1e-3 of rounding.
#[test]
fn importance_sampling_has_the_predicted_ratio_down_to_1e_12() {
    for (precoder, ber) in [(false, 1e-8), (false, 1e-12), (true, 1e-8), (true, 1e-12)] {
        let mut config = full();
        config.pattern.precoder = precoder;
        let made = made(&config, ber);
        let weighted = made.importance(1 << 18, 1);
        let ratio = (weighted.ber() / made.ber).ln();
        let relative = weighted.deviation() / weighted.ber();
        assert!(
            made.ber < 3.0 * ber && relative < 0.05 && ratio.abs() < 4.0 * relative + 1e-3,
            "{ratio} +- {relative}"
        );
        assert!(
            weighted.effective_samples() > 500.0
                && weighted.variance_reduction().unwrap() > 1e-3 / ber
        );
    }
}

/// At about 1e-5, where counting still works: 2^25 symbols.
#[test]
fn importance_sampling_agrees_with_noise_only() {
    for decision in [DetectorKind::Slicer, DetectorKind::Dfe, DetectorKind::Mlse] {
        let config = if decision == DetectorKind::Slicer { full() } else { deciding(decision) };
        let made = made(&config, 1e-5);
        let counted = made.noise_only(1 << 25);
        let weighted = made.importance(1 << 19, 1);
        let errors = counted.bit_errors as f64;
        let clustered =
            (counted.bursts.deviation().powi(2) / counted.bursts.wrong() as f64).max(1.0);
        let ratio = (weighted.ber() / counted.ber()).ln();
        let sigma = (clustered / errors).sqrt().hypot(weighted.deviation() / weighted.ber());
        println!(
            "{decision:?}: counted {:.3e} ({errors} errors), ln ratio {ratio:.3} +- {sigma:.3}",
            counted.ber()
        );
        assert!(errors > 100.0 && ratio.abs() < 4.0 * sigma, "{decision:?}: {ratio} +- {sigma}");
        assert!(weighted.variance_reduction().unwrap() > 10.0);
    }
}

/// Twenty seeds: their mean lies within three of its own standard deviations, and intervals match
/// the spread that is found (a ratio of 20 variances scatters by 32 %).
#[test]
fn importance_sampling_is_unbiased_and_its_intervals_match_the_spread() {
    let made = made(&full(), 1e-9);
    let all: Vec<Weighted> = (0..20).map(|run| made.importance(1 << 14, 100 + run)).collect();
    let mean = all.iter().map(Weighted::ber).sum::<f64>() / 20.0;
    let spread = (all.iter().map(|w| (w.ber() - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
    let reported = (all.iter().map(|w| w.deviation().powi(2)).sum::<f64>() / 20.0).sqrt();
    println!("{mean:.4e} against {:.4e}, spread {spread:.2e}, reported {reported:.2e}", made.ber);
    assert!((mean - made.ber).abs() < 3.0 * spread / 20f64.sqrt(), "{mean} {} {spread}", made.ber);
    assert!((0.4..2.5).contains(&(spread / reported)), "{spread} {reported}");
}

/// Result of a link of two lanes counted by noise-only Monte Carlo and by importance sampling:
/// interval, verdict, and absent values with their reasons.
#[test]
fn a_run_counts_noise_only_and_by_importance_sampling() {
    let mut config = preset("800gbase-dr8");
    config.lanes = 2;
    config.fibre.connector_loss_db = 3.0;
    config.simulation.count = CountingMethod::NoiseOnly;
    config.simulation.symbols_at_limit = 1 << 20;
    let noise_only = run(&config);
    for lane in &noise_only.lanes {
        assert_eq!(
            (lane.counted_by, lane.estimators_agree, lane.variance_reduction),
            (CountingMethod::NoiseOnly, Some(true), None)
        );
        assert!(
            lane.errors_at_limit > 200 && lane.test_blocks > 0 && lane.snr_counted_db.is_some()
        );
    }
    assert!(table(&noise_only).contains("counted by noise-only Monte Carlo"));
    config.simulation.count = CountingMethod::Importance;
    let importance = run(&config);
    for (lane, other) in importance.lanes.iter().zip(&noise_only.lanes) {
        assert_eq!(
            (lane.counted_by, lane.interval_kind, lane.estimators_agree),
            (CountingMethod::Importance, IntervalKind::CountAndStoredBlocks, Some(true))
        );
        let (ber, predicted) = (lane.ber_counted.unwrap(), lane.ber_semi_analytic.unwrap());
        assert!(predicted < 1e-7 && (ber / predicted).ln().abs() < 0.1, "{ber} {predicted}");
        assert!(lane.ber_counted_low.unwrap() < ber && ber < lane.ber_counted_high.unwrap());
        assert!(
            lane.effective_samples.unwrap() > 1000.0
                && lane.variance_reduction.unwrap() > 1e4
                && lane.variance_reduction_at_limit.unwrap() > 1.0
        );
        assert_eq!((lane.test_blocks, lane.block_error_ratio), (0, None));
        assert_eq!(
            (lane.ber_semi_analytic, lane.loss_margin_db),
            (other.ber_semi_analytic, other.loss_margin_db)
        );
    }
    assert!(importance.port.fec.is_none());
    let mean = importance.lanes.iter().map(|lane| lane.ber_counted.unwrap()).sum::<f64>() / 2.0;
    assert!((importance.port.ber_counted.unwrap() / mean - 1.0).abs() < 1e-9);
    let text = table(&importance);
    assert!(
        text.contains("counted by importance sampling")
            && text.contains("effective samples")
            && text.contains(" hits in "),
        "{text}"
    );
}

/// Where counting is not possible, the reason replaces the ratio, and the rest of the result stays.
#[test]
fn a_count_that_is_refused_is_a_result() {
    let mut config = preset("800gbase-dr8");
    config.lanes = 1;
    config.receiver.dsp.detector = DetectorKind::Dfe;
    config.simulation.count = CountingMethod::Importance;
    let result = run(&config);
    let lane = &result.lanes[0];
    assert!(
        lane.count_not_evaluated
            .as_ref()
            .is_some_and(|because| because.contains("not counted by importance sampling: ")),
        "{:?}",
        lane.count_not_evaluated
    );
    assert_eq!((lane.bits, lane.ber_counted, lane.not_evaluated.as_ref()), (0, None, None));
    assert!(lane.ber_ideal_feedback.is_some() && lane.oma_tp2_dbm.is_some());
    let text = table(&result);
    assert!(text.contains("refused") && text.contains("depends on the signal"), "{text}");
}
