//! Running a link: every lane built, trained, predicted, searched for its margin, and counted.

use super::clock;
use super::config::{Config, Simulation};
use super::corrected::Corrected;
use super::counted_margin::Search;
use super::counting::{Counting, Engine, Told};
use super::files;
use super::lane::Lane;
use super::layers::Resolved;
use super::margin::{self, Margin};
use super::result::{LaneResult, LinkResult};
use super::segment::{self, SolvedSegment};
use super::summary::{lane_result, port};
use super::transmitted::{self, Transmitted};
use crate::chain::{
    ClockReading, Count, Counted, Prediction, Predictor, Probe, Refusal, Stop, Tally, Trained,
    Workers, Workshop, count,
};
use crate::error::Result;
use crate::math::interval::Interval;
use crate::measure::levels::{Outer, outer, settled_pattern};
use crate::pattern::{Pattern, PatternKind};
use crate::units::db_from_power_ratio;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Blocks of training and of prediction.
pub(super) const TRAINING_BLOCKS: u64 = 2;
pub(super) const SCORING_BLOCKS: u64 = 4;
/// Blocks of a lane between looks at whether enough was counted.
pub(super) const ROUND_BLOCKS: u64 = 32;

/// Effective samples of rare events below which an interval means little.
pub(super) const FEWEST_EFFECTIVE: f64 = 10.0;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
}

/// A link, resolved from its layers.
pub struct Link {
    pub(super) resolved: Resolved,
}

/// One lane after prediction and margin, before counting.
pub(super) struct Solved {
    pub(super) lane: Lane,
    pub(super) receiver: std::result::Result<Receiver, Refusal>,
    pub(super) tp2: Option<Outer>,
    pub(super) tp3: Option<Outer>,
    /// What an instrument reads off the transmitter, where that is asked.
    pub(super) transmitted: Option<Transmitted>,
    pub(super) warnings: Vec<String>,
}

pub(super) struct Receiver {
    pub(super) trained: Trained,
    pub(super) prediction: Prediction,
    pub(super) margin: Margin,
    /// 95 % interval of a margin that was counted.
    pub(super) margin_interval: Option<[f64; 2]>,
    pub(super) at_limit: Option<Prediction>,
    /// What counts it as it is, and at the limit.
    pub(super) engine: Engine,
    pub(super) engine_at_limit: Engine,
    /// Why what is predicted is not this lane's: it guides the count, no more.
    pub(super) unforeseen: Option<String>,
    /// Of what stands ahead of and behind the light.
    pub(super) electrical: [Option<SolvedSegment>; 2],
}

/// The error ratio that is foreseen of a lane, its 95 % interval, and whether feedback was taken as
/// never wrong.
#[derive(Clone, Copy)]
pub(super) struct Foreseen {
    pub(super) ber: f64,
    pub(super) interval: Interval,
    pub(super) ideal_feedback: bool,
}

impl Receiver {
    /// A prediction of the light's segment with what the electrical ones add to it.
    pub(super) fn whole(&self, light: &Prediction) -> Foreseen {
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
    pub(super) fn trained_around(&self) -> [Option<&Trained>; 2] {
        self.electrical.each_ref().map(|solved| solved.as_ref().map(|solved| &solved.trained))
    }
}

impl Link {
    /// A link from its resolved description.
    pub fn new(resolved: Resolved) -> Link {
        Link { resolved }
    }

    /// Runs every lane on rayon's current threads; the result does not depend on how many they are.
    ///
    /// `progress` is called now and then from any thread; `cancel` ends the counting after the
    /// round in hand.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn run(
        &self,
        progress: &(dyn Fn(Progress) + Sync),
        cancel: &AtomicBool,
    ) -> Result<LinkResult> {
        let configs = &self.resolved.lanes;
        let workers = Workers::default();
        let total = configs.len() as u64 + 2;
        let done = AtomicU64::new(0);
        let step = || progress(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
        let base = &self.resolved.base;
        let shared = Lane::sender(base);
        // a lane that carries payload carries the port's
        let sender = |config: &Config| {
            if config.carries_payload() {
                shared.clone().or_else(|| Lane::sender(config))
            } else {
                None
            }
        };
        let solved: Vec<Result<Solved>> = configs
            .par_iter()
            .enumerate()
            .map_init(Workshop::default, |shop, (number, config)| {
                let lane = Lane::build_sending(config, number, sender(config), shop)?;
                let solved = solve(lane, &workers, shop, cancel);
                step();
                Ok(solved)
            })
            .collect();
        let solved: Vec<Solved> = solved.into_iter().collect::<Result<_>>()?;
        let [here, at_limit] =
            count_both(&solved, &workers, cancel, &self.resolved.base.simulation, &step);
        let mut result = self.result(&solved, &here, &at_limit);
        if cancel.load(Ordering::Relaxed) {
            result.warnings.push("stopped early: fewer symbols were counted than asked".to_owned());
        }
        Ok(result)
    }

    /// Runs one lane from its own description, the same figures as among the others; `shop` and
    /// `workers` are kept between calls.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read or is no pattern.
    pub fn run_lane(
        config: &Config,
        number: usize,
        shop: &mut Workshop,
        workers: &Workers,
        cancel: &AtomicBool,
    ) -> Result<LaneResult> {
        let solved = [solve(Lane::build(config, number, shop)?, workers, shop, cancel)];
        let [here, at_limit] = count_both(&solved, workers, cancel, &config.simulation, &|| ());
        Ok(lane_result(0, &solved[0], &here, &at_limit))
    }

    fn result(
        &self,
        solved: &[Solved],
        here: &CountedLanes,
        at_limit: &CountedLanes,
    ) -> LinkResult {
        let base = &self.resolved.base;
        let limit_ber = base.limit_ber();
        let lanes: Vec<LaneResult> =
            solved.iter().enumerate().map(|(i, s)| lane_result(i, s, here, at_limit)).collect();
        let mut warnings: Vec<String> = Vec::new();
        for warning in solved.iter().flat_map(|s| &s.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        for lane in lanes
            .iter()
            .filter(|l| l.effective_samples.is_some_and(|samples| samples < FEWEST_EFFECTIVE))
        {
            warnings.push(format!(
                "lane {}: {:.1} effective samples are too few for its interval to be trusted: count more symbols",
                lane.lane,
                lane.effective_samples.unwrap_or(0.0)
            ));
        }
        for lane in lanes.iter().filter(|l| l.estimators_agree == Some(false)) {
            warnings.push(format!("lane {}: the counted and the semi-analytic error ratio disagree beyond their intervals", lane.lane));
        }
        let mut result = LinkResult {
            schema: 1,
            version: env!("CARGO_PKG_VERSION"),
            seed: base.simulation.seed,
            config_hash: self.resolved.hash.clone(),
            preset: base.preset.clone(),
            transmitter: format!("{:?}", base.transmitter.kind).to_lowercase(),
            module: base.module.kind,
            symbol_rate_gbd: base.symbol_rate_gbd,
            limit_ber,
            port: port(&lanes, here, at_limit),
            lanes,
            files: files::of(solved.iter().map(|s| &s.lane)),
            spec: Vec::new(),
            warnings,
        };
        if base.tdecq.enabled {
            result.spec = base.limits.judge(&result);
        }
        result
    }
}

/// Trains, predicts and searches one lane.
fn solve(lane: Lane, workers: &Workers, shop: &mut Workshop, cancel: &AtomicBool) -> Solved {
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
    let transmitted = lane.config.tdecq.enabled.then(|| transmitted::measure(&lane, workers, shop));
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
         another receiver.ffe.lms_step may help",
        lane.number,
        db(end.last / end.least),
        db(end.last / end.before)
    ))
}

/// Settled levels at TP2 and TP3.
pub(super) fn settled(
    lane: &Lane,
    workers: &Workers,
    shop: &mut Workshop,
) -> (Option<Outer>, Option<Outer>) {
    let levels = if lane.config.transmitter.recording().is_some() {
        lane.blocks(1, false).remove(0)
    } else {
        let prbs13q = Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() }
            .build()
            .expect("a computed pattern builds");
        settled_pattern(lane.plan.grid().symbols, &prbs13q)
    };
    let draws = lane.noiseless();
    workers.with(&lane.plan, |worker| {
        let mut at = |node: &str| {
            let probe = Probe::light(&lane.plan, node, lane.plan.grid().samples_per_symbol, shop)?;
            outer(&probe.waveform(worker, &levels, &draws), probe.samples_per_symbol(), &levels)
        };
        (at("tp2"), at("tp3"))
    })
}

fn launch_warnings(lane: &Lane, tp2: Option<Outer>) -> Vec<String> {
    let limits = &lane.config.limits;
    let Some(tp2) = tp2 else {
        return vec!["no settled runs: OMA and extinction ratio were not measured".to_owned()];
    };
    let mut warnings = Vec::new();
    let mut above = |what: &str, value: f64, limit: f64, side: &str| {
        warnings.push(format!(
            "lane {}: {what} at TP2 of {value:.2} is {side} the limit of {limit}",
            lane.number
        ));
    };
    if tp2.average_dbm() > limits.launch_power_max_dbm {
        above("average power (dBm)", tp2.average_dbm(), limits.launch_power_max_dbm, "above");
    }
    if tp2.oma_dbm() > limits.oma_max_dbm {
        above("OMA (dBm)", tp2.oma_dbm(), limits.oma_max_dbm, "above");
    }
    if tp2.extinction_ratio_db() < limits.extinction_ratio_min_db {
        above(
            "extinction ratio (dB)",
            tp2.extinction_ratio_db(),
            limits.extinction_ratio_min_db,
            "below",
        );
    }
    warnings
}

/// What was counted of all lanes with some receiver, and what error correction makes of it.
pub(super) struct CountedLanes {
    counted: Vec<Option<Counted>>,
    /// By which factors each lane's stored blocks may be off their pattern.
    scatter: Vec<Option<[f64; 2]>>,
    /// Place of each lane among those that have the receiver.
    places: Vec<Option<usize>>,
    pub(super) corrected: Corrected,
}

impl CountedLanes {
    /// What was counted of a lane, symbol by symbol, and the error ratio of that.
    pub(super) fn tally(&self, lane: usize) -> Option<(&Tally, Told)> {
        self.counted[lane]
            .as_ref()
            .map(|counted| (&counted.end, Told::of(counted, self.scatter[lane])))
    }

    /// What was counted of a lane's segments, where it has several; of rare events no tally tells a
    /// ratio.
    pub(super) fn segments(&self, lane: usize) -> &[Tally] {
        let plain = self.counted[lane].as_ref().filter(|counted| counted.weighted.is_none());
        plain.map_or(&[], |counted| match counted.hops.as_slice() {
            [] => std::slice::from_ref(&counted.end),
            hops => hops,
        })
    }

    /// What the clocks of a lane's segments did, in stream mode.
    pub(super) fn clocks(&self, lane: usize) -> &[ClockReading] {
        self.counted[lane].as_ref().map_or(&[], |counted| &counted.clocks)
    }

    /// Why nothing was counted of a lane.
    pub(super) fn refusal(&self, lane: usize) -> Option<&Refusal> {
        self.counted[lane].as_ref().and_then(|counted| counted.refusal.as_ref())
    }

    /// Adds what error correction made of a lane to its result.
    pub(super) fn correct(&self, lane: usize, result: &mut LaneResult) {
        if let Some(place) = self.places[lane] {
            self.corrected.tell(place, result);
        }
    }
}

/// Counts every lane as it is, and with its power lowered to the limit; `step` is called after
/// each.
fn count_both(
    solved: &[Solved],
    workers: &Workers,
    cancel: &AtomicBool,
    simulation: &Simulation,
    step: &dyn Fn(),
) -> [CountedLanes; 2] {
    let here = count_all(solved, workers, cancel, simulation.symbols, |r| {
        Some((&r.trained, &r.prediction, &r.engine))
    });
    step();
    let at_limit = count_all(solved, workers, cancel, simulation.symbols_at_limit, |r| {
        match (&r.margin, &r.at_limit) {
            (Margin::Found(_, trained), Some(prediction)) => {
                Some((trained, prediction, &r.engine_at_limit))
            }
            _ => None,
        }
    });
    step();
    [here, at_limit]
}

/// Counts every lane that has the receiver asked for.
fn count_all<'a>(
    solved: &'a [Solved],
    workers: &Workers,
    cancel: &AtomicBool,
    symbols: u64,
    receiver: impl Fn(&'a Receiver) -> Option<(&'a Trained, &'a Prediction, &'a Engine)>,
) -> CountedLanes {
    let ready: Vec<Option<(&Trained, &Prediction, &Engine)>> =
        solved.iter().map(|s| s.receiver.as_ref().ok().and_then(&receiver)).collect();
    let able = || {
        let ready = solved.iter().zip(&ready);
        ready.filter_map(|(s, ready)| {
            ready.map(|(trained, prediction, engine)| (&s.lane, trained, prediction, engine))
        })
    };
    let around = solved
        .iter()
        .filter_map(|s| s.receiver.as_ref().ok().filter(|r| receiver(r).is_some()))
        .map(Receiver::trained_around);
    let lanes: Vec<Count<'_>> = able()
        .zip(around)
        .map(|((lane, trained, _, engine), around)| {
            lane.counted_through(trained, around, engine.method())
        })
        .collect();
    let mut corrected = Corrected::new(
        &able().map(|(lane, _, prediction, _)| (lane, prediction)).collect::<Vec<_>>(),
    );
    let stop = Stop { round_blocks: ROUND_BLOCKS, symbols, bit_errors: u64::MAX };
    let counted = count(&lanes, &stop, workers, &mut corrected, cancel);
    if let Some((counted, (lane, ..))) =
        counted.iter().zip(able()).find(|(counted, _)| counted.refusal.is_some())
    {
        let because = &counted.refusal.as_ref().expect("just found").because;
        corrected.refuse(format!("no codewords of the port: lane {}: {because}", lane.number));
    }
    if able().any(|(.., engine)| matches!(engine, Engine::Rare(_))) {
        corrected.refuse(
            "no codewords of the port: rare events are single bursts, not blocks of symbols"
                .to_owned(),
        );
    }
    let mut counted = counted.into_iter();
    let mut places = 0..;
    CountedLanes {
        counted: ready.iter().map(|ready| ready.and_then(|_| counted.next())).collect(),
        scatter: ready
            .iter()
            .map(|ready| ready.and_then(|(_, prediction, engine)| engine.scatter(prediction)))
            .collect(),
        places: ready.iter().map(|ready| ready.and_then(|_| places.next())).collect(),
        corrected,
    }
}
