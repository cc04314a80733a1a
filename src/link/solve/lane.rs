//! One lane trained, predicted and searched for its margin.

use crate::chain::{Prediction, Predictor, Refusal, Trained, Workers, Workshop};
use crate::link::build::files;
use crate::link::build::lane::Lane;
use crate::link::describe::counting::Counting;
use crate::link::solve::budget::{SCORING_BLOCKS, TRAINING_BLOCKS};
use crate::link::solve::counted_margin::Search;
use crate::link::solve::margin::Margin;
use crate::link::solve::method::Engine;
use crate::link::solve::segment;
use crate::link::solve::segment::SolvedSegment;
use crate::link::solve::{clock, margin};
use crate::link::test_points::levels::{launch_warnings, settled};
use crate::link::test_points::transmitter;
use crate::link::test_points::transmitter::Transmitted;
use crate::math::interval::Interval;
use crate::measure::levels::OuterLevels;
use crate::units::db_from_power_ratio;
use std::sync::atomic::AtomicBool;

/// One lane after prediction and margin, before counting.
pub(crate) struct Solved {
    pub(crate) lane: Lane,
    pub(crate) receiver: std::result::Result<Receiver, Refusal>,
    pub(crate) tp2: Option<OuterLevels>,
    pub(crate) tp3: Option<OuterLevels>,
    /// What an instrument reads off the transmitter, where that is asked.
    pub(crate) transmitted: Option<Transmitted>,
    pub(crate) warnings: Vec<String>,
}

pub(crate) struct Receiver {
    pub(crate) trained: Trained,
    pub(crate) prediction: Prediction,
    pub(crate) margin: Margin,
    /// 95 % interval of a margin that was counted.
    pub(crate) margin_interval: Option<[f64; 2]>,
    pub(crate) at_limit: Option<Prediction>,
    /// What counts it as it is, and at the limit.
    pub(crate) engine: Engine,
    pub(crate) engine_at_limit: Engine,
    /// Why what is predicted is not this lane's: it guides the count, no more.
    pub(crate) unforeseen: Option<String>,
    /// Of what stands ahead of and behind the light.
    pub(crate) electrical: [Option<SolvedSegment>; 2],
}

/// The error ratio that is foreseen of a lane, its 95 % interval, and whether feedback was taken as
/// never wrong.
#[derive(Clone, Copy)]
pub(crate) struct Foreseen {
    pub(crate) ber: f64,
    pub(crate) interval: Interval,
    pub(crate) ideal_feedback: bool,
}

impl Receiver {
    /// A prediction of the light's segment with what the electrical ones add to it.
    pub(crate) fn whole(&self, light: &Prediction) -> Foreseen {
        let all =
            || self.electrical.iter().flatten().map(|solved| &solved.prediction).chain([light]);
        let sum = |of: &dyn Fn(&Prediction) -> f64| all().map(of).sum::<f64>();
        Foreseen {
            ber: sum(&|p| p.ber),
            interval: Interval { low: sum(&|p| p.interval.low), high: sum(&|p| p.interval.high) },
            ideal_feedback: all().any(|p| p.ideal_feedback),
        }
    }

    /// The receivers of what stands ahead of and behind the light.
    pub(crate) fn trained_around(&self) -> [Option<&Trained>; 2] {
        self.electrical.each_ref().map(|solved| solved.as_ref().map(|solved| &solved.trained))
    }
}

/// Trains, predicts and searches one lane.
pub(crate) fn solve(
    lane: Lane,
    workers: &Workers,
    shop: &mut Workshop,
    cancel: &AtomicBool,
) -> Solved {
    let (tp2, tp3) = settled(&lane, workers, shop);
    let mut warnings = launch_warnings(&lane, tp2);
    warnings.extend(files::short(&lane));
    let electrical = [&lane.ahead, &lane.behind]
        .map(|part| part.as_ref().map(|part| segment::solve(&lane, part, workers)));
    let receiver = workers.with(&lane.plan, |worker| {
        let [ahead, behind] = electrical;
        let electrical = [ahead.transpose()?, behind.transpose()?];
        let (training, scoring) = (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(SCORING_BLOCKS, false));
        let mut predictor = Predictor::new(&lane.plan, &lane.dsp, lane.run, lane.seed, training, scoring, worker);
        predictor.precoder = lane.config.precodes();
        let trained = predictor.train(worker, 1.0, None)?;
        let prediction = predictor.predict(worker, &trained);
        let around = electrical.each_ref().map(|solved| solved.as_ref().map(|solved| &solved.trained));
        warnings.extend(clock::guarded(&lane, &trained, around)?);
        let unforeseen = unforeseen(&lane, [&trained].into_iter().chain(around.into_iter().flatten()));
        // what the electrical segments leave of the limit is the light's
        let spent: f64 = electrical.iter().flatten().map(|solved| solved.prediction.ber).sum();
        let left = lane.config.limit_ber() - spent;
        let (margin, margin_interval) = if left <= 0.0 {
            (Margin::Floor(spent), None)
        } else if let Some(because) = missed(&lane, &electrical) {
            (Margin::Uncounted(because), None)
        } else if unforeseen.is_some() {
            let search = Search { lane: &lane, around, workers, cancel };
            search.find(&mut predictor, worker, &trained, prediction.ber)
        } else {
            (margin::find(&mut predictor, worker, &trained, left), None)
        };
        warnings.extend(unsettled(&lane, &trained));
        let at_limit = match &margin {
            Margin::Found(_, trained) => Some(predictor.predict(worker, trained)),
            _ => None,
        };
        let engine_at_limit = match &margin {
            Margin::Found(_, trained) => Engine::of(&lane, lane.config.simulation.symbols_at_limit, &mut predictor, worker, trained),
            _ => Engine::Chain,
        };
        let engine = Engine::of(&lane, lane.config.simulation.symbols, &mut predictor, worker, &trained);
        let trust = if lane.config.simulation.count == Counting::Chain { "trust the count" } else { "trust a count by the whole chain" };
        let drive: f64 = prediction.shares.iter().filter(|s| s.entity.starts_with("dac.quant") || s.entity.starts_with("driver")).map(|s| s.share).sum();
        if drive > 0.5 {
            warnings.push(format!(
                "lane {}: {:.0} % of the noise enters before the modulator, whose curvature the semi-analytic estimator takes as straight: {trust}",
                lane.number,
                100.0 * drive
            ));
        }
        let jitter: f64 = prediction.shares.iter().filter(|s| s.entity == "adc.jitter").map(|s| s.share).sum();
        if lane.plan.jitters_far() && jitter > 0.2 {
            warnings.push(format!(
                "lane {}: {:.0} % of the noise is sampling jitter above 0.02 UI, whose tails are wider than a Gaussian's: {trust}",
                lane.number,
                100.0 * jitter
            ));
        }
        let two_point: f64 = prediction.shares.iter().filter(|s| s.entity.ends_with("two_point_jitter")).map(|s| s.share).sum();
        if two_point > 0.1 {
            warnings.push(format!(
                "lane {}: {:.0} % of the noise is two-point jitter, which the semi-analytic estimator takes as Gaussian, with tails that it does \
                 not have: {trust}",
                lane.number,
                100.0 * two_point
            ));
        }
        let part = predictor.power_near_band_edge();
        if part > 1e-4 {
            warnings.push(format!(
                "{:.1e} of the detected power lies in the top tenth of the band: more simulation.samples_per_symbol than {} would be safer",
                part, lane.config.simulation.samples_per_symbol
            ));
        }
        Ok(Receiver { trained, prediction, margin, margin_interval, at_limit, engine, engine_at_limit, unforeseen, electrical })
    });
    let transmitted = lane.config.tdecq.enabled.then(|| transmitter::measure(&lane, workers, shop));
    if let Some(transmitted) = &transmitted {
        warnings.extend(transmitted.refusals.iter().cloned());
    }
    Solved { lane, receiver, tp2, tp3, transmitted, warnings }
}

/// Why a lane has no margin in light: one of its electrical segments misses its own limit, whatever
/// the light does.
fn missed(lane: &Lane, electrical: &[Option<SolvedSegment>; 2]) -> Option<String> {
    let limit = lane.config.limits.aui_ber;
    let failing = |solved: &Option<SolvedSegment>| {
        solved.as_ref().is_some_and(|s| !s.prediction.ideal_feedback && s.prediction.ber > limit)
    };
    let names = ["host to module", "module to host"]
        .into_iter()
        .zip(electrical)
        .filter(|(_, solved)| failing(solved))
        .map(|(name, _)| name);
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| {
        format!(
            "no margin: {} misses the limit of a segment, {limit:e}, whatever the light does",
            names.join(", ")
        )
    })
}

/// Why no error ratio can be foretold of a lane with these receivers.
fn unforeseen<'a>(lane: &Lane, mut trained: impl Iterator<Item = &'a Trained>) -> Option<String> {
    clock::unforeseen(lane)
        .or_else(|| trained.find_map(|trained| trained.decider.refusal()).map(str::to_owned))
}

/// What is to be said of an adaptive loop that did not settle.
fn unsettled(lane: &Lane, trained: &Trained) -> Option<String> {
    let end = trained.convergence.filter(|end| !end.reached())?;
    let db = |ratio: f64| db_from_power_ratio(ratio);
    Some(format!(
        "lane {}: LMS has not settled: its last block lies {:.1} dB above the least mean square error and {:+.1} dB from the block before; \
         another receiver.dsp.ffe.lms_step may help",
        lane.number,
        db(end.last / end.least),
        db(end.last / end.before)
    ))
}
