//! Running a link: every lane built, trained, predicted, searched for its margin, and counted.

use super::config::{Config, Simulation};
use super::files;
use super::lane::Lane;
use super::layers::Resolved;
use super::margin::{self, Margin};
use super::result::{Counted, LaneResult, LinkResult, NoiseShare, PortResult, Slicer, pooled};
use super::transmitted::{self, Transmitted};
use crate::chain::{Count, Prediction, Predictor, Probe, Refusal, Stop, Tally, Trained, Workers, Workshop, count};
use crate::error::Result;
use crate::math::interval::Interval;
use crate::measure::levels::{Outer, outer, rlm, settled_pattern};
use crate::pattern::{Pattern, PatternKind};
use crate::units::{db_from_power_ratio, dbm_from_watt};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Blocks of training and of prediction.
pub(super) const TRAINING_BLOCKS: u64 = 2;
pub(super) const SCORING_BLOCKS: u64 = 4;
/// Blocks of a lane between looks at whether enough was counted.
const ROUND_BLOCKS: u64 = 32;

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
struct Solved {
    lane: Lane,
    receiver: std::result::Result<Receiver, Refusal>,
    tp2: Option<Outer>,
    tp3: Option<Outer>,
    /// What an instrument reads off the transmitter, where that is asked.
    transmitted: Option<Transmitted>,
    warnings: Vec<String>,
}

struct Receiver {
    trained: Trained,
    prediction: Prediction,
    margin: Margin,
    at_limit: Option<Prediction>,
}

impl Link {
    /// A link from its resolved description.
    pub fn new(resolved: Resolved) -> Link {
        Link { resolved }
    }

    /// Runs every lane on rayon's current threads; the result does not depend on how many they are.
    ///
    /// `progress` is called now and then from any thread; `cancel` ends the counting after the round in hand.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn run(&self, progress: &(dyn Fn(Progress) + Sync), cancel: &AtomicBool) -> Result<LinkResult> {
        let configs = &self.resolved.lanes;
        let workers = Workers::default();
        let total = configs.len() as u64 + 2;
        let done = AtomicU64::new(0);
        let step = || progress(Progress { done: done.fetch_add(1, Ordering::Relaxed) + 1, total });
        let solved: Vec<Result<Solved>> = configs
            .par_iter()
            .enumerate()
            .map_init(Workshop::default, |shop, (number, config)| {
                let lane = Lane::build(config, number, shop)?;
                let solved = solve(lane, &workers, shop);
                step();
                Ok(solved)
            })
            .collect();
        let solved: Vec<Solved> = solved.into_iter().collect::<Result<_>>()?;
        let [here, at_limit] = count_both(&solved, &workers, cancel, &self.resolved.base.simulation, &step);
        let mut result = self.result(&solved, &here, &at_limit);
        if cancel.load(Ordering::Relaxed) {
            result.warnings.push("stopped early: fewer symbols were counted than asked".to_owned());
        }
        Ok(result)
    }

    /// Runs one lane from its own description, the same figures as among the others; `shop` and `workers` are kept between calls.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read or is no pattern.
    pub fn run_lane(config: &Config, number: usize, shop: &mut Workshop, workers: &Workers, cancel: &AtomicBool) -> Result<LaneResult> {
        let solved = [solve(Lane::build(config, number, shop)?, workers, shop)];
        let [here, at_limit] = count_both(&solved, workers, cancel, &config.simulation, &|| ());
        Ok(lane_result(&solved[0], here[0].as_ref(), at_limit[0].as_ref(), config.limits.pmd_ber))
    }

    fn result(&self, solved: &[Solved], here: &[Option<Tally>], at_limit: &[Option<Tally>]) -> LinkResult {
        let base = &self.resolved.base;
        let limit_ber = base.limits.pmd_ber;
        let lanes: Vec<LaneResult> = solved
            .iter()
            .zip(here)
            .zip(at_limit)
            .map(|((s, here), at_limit)| lane_result(s, here.as_ref(), at_limit.as_ref(), s.lane.config.limits.pmd_ber))
            .collect();
        let mut warnings: Vec<String> = Vec::new();
        for warning in solved.iter().flat_map(|s| &s.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
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
            symbol_rate_gbd: base.symbol_rate_gbd,
            limit_ber,
            port: port(&lanes),
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
fn solve(lane: Lane, workers: &Workers, shop: &mut Workshop) -> Solved {
    let (tp2, tp3) = settled(&lane, workers, shop);
    let mut warnings = launch_warnings(&lane, tp2);
    warnings.extend(files::short(&lane));
    let receiver = workers.with(&lane.plan, |worker| {
        let (training, scoring) = (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(SCORING_BLOCKS, false));
        let mut predictor = Predictor::new(&lane.plan, lane.dsp, lane.run, lane.seed, training, scoring, worker);
        predictor.precoder = lane.config.pattern.precoder;
        let trained = predictor.train(worker, 1.0, None)?;
        let prediction = predictor.predict(worker, &trained);
        let margin = margin::find(&mut predictor, worker, &trained, lane.config.limits.pmd_ber);
        let at_limit = match &margin {
            Margin::Found(_, trained) => Some(predictor.predict(worker, trained)),
            _ => None,
        };
        let drive: f64 = prediction.shares.iter().filter(|s| s.entity.starts_with("dac.quant") || s.entity.starts_with("driver")).map(|s| s.share).sum();
        if drive > 0.5 {
            warnings.push(format!(
                "lane {}: {:.0} % of the noise enters before the modulator, whose curvature the semi-analytic estimator takes as straight: trust the count",
                lane.number,
                100.0 * drive
            ));
        }
        let jitter: f64 = prediction.shares.iter().filter(|s| s.entity == "adc.jitter").map(|s| s.share).sum();
        if lane.plan.jitters_far() && jitter > 0.2 {
            warnings.push(format!(
                "lane {}: {:.0} % of the noise is sampling jitter above 0.02 UI, whose tails are wider than a Gaussian's: trust the count",
                lane.number,
                100.0 * jitter
            ));
        }
        let part = predictor.power_near_band_edge();
        if part > 1e-4 {
            warnings.push(format!(
                "{:.1e} of the detected power lies in the top tenth of the band: more simulation.samples_per_symbol than {} would be safer",
                part, lane.config.simulation.samples_per_symbol
            ));
        }
        Ok(Receiver { trained, prediction, margin, at_limit })
    });
    let transmitted = lane.config.tdecq.enabled.then(|| transmitted::measure(&lane, workers, shop));
    if let Some(transmitted) = &transmitted {
        warnings.extend(transmitted.refusals.iter().cloned());
    }
    Solved { lane, receiver, tp2, tp3, transmitted, warnings }
}

/// Settled levels at TP2 and TP3.
pub(super) fn settled(lane: &Lane, workers: &Workers, shop: &mut Workshop) -> (Option<Outer>, Option<Outer>) {
    let levels = if lane.config.transmitter.recording().is_some() {
        lane.blocks(1, false).remove(0)
    } else {
        let prbs13q = Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() }.build().expect("a computed pattern builds");
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
        warnings.push(format!("lane {}: {what} at TP2 of {value:.2} is {side} the limit of {limit}", lane.number));
    };
    if tp2.average_dbm() > limits.launch_power_max_dbm {
        above("average power (dBm)", tp2.average_dbm(), limits.launch_power_max_dbm, "above");
    }
    if tp2.oma_dbm() > limits.oma_max_dbm {
        above("OMA (dBm)", tp2.oma_dbm(), limits.oma_max_dbm, "above");
    }
    if tp2.extinction_ratio_db() < limits.extinction_ratio_min_db {
        above("extinction ratio (dB)", tp2.extinction_ratio_db(), limits.extinction_ratio_min_db, "below");
    }
    warnings
}

/// Counts every lane as it is, and with its power lowered to the limit; `step` is called after each.
fn count_both(
    solved: &[Solved],
    workers: &Workers,
    cancel: &AtomicBool,
    simulation: &Simulation,
    step: &dyn Fn(),
) -> [Vec<Option<Tally>>; 2] {
    let here = count_all(solved, workers, cancel, simulation.symbols, |r| Some(&r.trained));
    step();
    let at_limit = count_all(solved, workers, cancel, simulation.symbols_at_limit, |r| match &r.margin {
        Margin::Found(_, trained) => Some(trained),
        _ => None,
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
    receiver: impl Fn(&'a Receiver) -> Option<&'a Trained>,
) -> Vec<Option<Tally>> {
    let trained: Vec<Option<&Trained>> = solved.iter().map(|s| s.receiver.as_ref().ok().and_then(&receiver)).collect();
    let lanes: Vec<Count<'_>> = solved
        .iter()
        .zip(&trained)
        .filter_map(|(s, trained)| {
            let lane = &s.lane;
            trained.map(|trained| Count {
                plan: &lane.plan,
                trained,
                pattern: &lane.pattern,
                first_symbol: lane.first_symbol(),
                precoder: lane.config.pattern.precoder,
                run: lane.run,
                lane: lane.seed,
            })
        })
        .collect();
    let stop = Stop { round_blocks: ROUND_BLOCKS, symbols, bit_errors: u64::MAX };
    let mut tallies = count(&lanes, &stop, workers, cancel).into_iter();
    trained.iter().map(|t| t.and_then(|_| tallies.next())).collect()
}

fn lane_result(solved: &Solved, here: Option<&Tally>, at_limit: Option<&Tally>, limit_ber: f64) -> LaneResult {
    let mut result = LaneResult { lane: solved.lane.number, interval_kind: "none", ..LaneResult::default() };
    if let Some(tp2) = solved.tp2 {
        result.oma_tp2_dbm = Some(tp2.oma_dbm());
        result.er_tp2_db = Some(tp2.extinction_ratio_db());
        result.launch_power_dbm = Some(tp2.average_dbm());
    }
    if let Some(tp3) = solved.tp3 {
        result.oma_tp3_dbm = Some(tp3.oma_dbm());
        result.er_tp3_db = Some(tp3.extinction_ratio_db());
        result.received_power_dbm = Some(dbm_from_watt(tp3.average_w));
    }
    if let Some(transmitted) = &solved.transmitted {
        result.tecq_db = transmitted.tecq_db;
        result.tdecq_db = transmitted.tdecq_db;
        result.tdecq_minus_ceq_db = transmitted.tdecq_minus_ceq_db;
        result.rlm_tp2 = transmitted.rlm;
        result.transition_time_ps = transmitted.transition_time_ps;
        result.overshoot_percent = transmitted.overshoot_percent;
        result.undershoot_percent = transmitted.undershoot_percent;
        result.rin_oma_db_per_hz = transmitted.rin_oma_db_per_hz;
    }
    let receiver = match &solved.receiver {
        Ok(receiver) => receiver,
        Err(refusal) => {
            result.refusal = Some(refusal.because.clone());
            return result;
        }
    };
    let prediction = &receiver.prediction;
    result.ber_semi_analytic = Some(prediction.ber);
    result.ber_semi_analytic_low = Some(prediction.interval.low);
    result.ber_semi_analytic_high = Some(prediction.interval.high);
    result.pattern_limited = Some(prediction.pattern_limited);
    result.snr_db = Some(prediction.snr_db);
    result.rlm = Some(rlm(prediction.levels.map(|(mean, _)| mean)));
    result.passes = Some(prediction.ber <= limit_ber);
    match &receiver.margin {
        Margin::Found(db, _) => {
            result.margin_db = Some(*db);
            result.sensitivity_oma_dbm = result.oma_tp3_dbm.map(|dbm| dbm - db);
        }
        Margin::Floor(ber) => result.floor_ber = Some(*ber),
        Margin::Beyond => {}
    }
    let thresholds = receiver.trained.thresholds.0.map(f64::from);
    result.slicer = Some(Slicer {
        level_means: prediction.levels.map(|(mean, _)| mean),
        level_sigmas: prediction.levels.map(|(_, sigma)| sigma),
        thresholds,
        delay_ui: receiver.trained.delay_ui,
        taps: receiver.trained.taps.iter().map(|&w| f64::from(w)).collect(),
        noise_shares: prediction.shares.iter().map(|s| NoiseShare { entity: s.entity.clone(), share: s.share }).collect(),
        interference_share: prediction.interference_share,
    });
    let mut verdicts = Vec::new();
    if let Some(tally) = here {
        let (interval, kind) = tally.interval();
        result.bits = tally.bits();
        result.snr_counted_db = tally.snr_db();
        result.errors = tally.bit_errors;
        result.interval_kind = kind;
        result.ber_counted = (tally.bit_errors > 0).then(|| tally.ber());
        result.ber_counted_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_high = (tally.symbols > 0).then_some(interval.high);
        verdicts.extend(agree(tally, interval, prediction));
    }
    if let (Some(tally), Some(prediction)) = (at_limit, &receiver.at_limit) {
        let (interval, _) = tally.interval();
        result.bits_at_limit = tally.bits();
        result.errors_at_limit = tally.bit_errors;
        result.ber_counted_at_limit = (tally.bit_errors > 0).then(|| tally.ber());
        result.ber_counted_at_limit_low = (tally.symbols > 0).then_some(interval.low);
        result.ber_counted_at_limit_high = (tally.symbols > 0).then_some(interval.high);
        result.ber_semi_analytic_at_limit = Some(prediction.ber);
        verdicts.extend(agree(tally, interval, prediction));
    }
    result.estimators_agree = (!verdicts.is_empty()).then(|| verdicts.iter().all(|&v| v));
    if result.estimators_agree == Some(false) {
        result.passes = None;
    }
    result
}

/// Whether a count and a prediction agree, where either has at least ten errors: the logarithm of their ratio lies within the
/// intervals of both, widened from two to four standard deviations so that chance does not cry wolf, and 3 % of model.
fn agree(tally: &Tally, interval: Interval, prediction: &Prediction) -> Option<bool> {
    let expected = prediction.ber * tally.bits() as f64;
    if tally.bit_errors < 10 && expected < 10.0 {
        return None;
    }
    if tally.bit_errors == 0 || prediction.ber <= 0.0 {
        return Some(false);
    }
    let half = |low: f64, high: f64| (high / low.max(1e-300)).ln() / 2.0;
    let counted = half(interval.low, interval.high);
    let predicted = half(prediction.interval.low, prediction.interval.high);
    Some((tally.ber() / prediction.ber).ln().abs() < 2.0 * counted.hypot(predicted) + 0.03)
}

fn port(lanes: &[LaneResult]) -> PortResult {
    let of_lane = |l: &LaneResult| Counted {
        bits: l.bits,
        errors: l.errors,
        low: l.ber_counted_low.unwrap_or(0.0),
        high: l.ber_counted_high.unwrap_or(1.0),
    };
    let (ber_counted, interval) = pooled(lanes.iter().map(of_lane));
    let bers: Option<Vec<f64>> = lanes.iter().map(|l| l.ber_semi_analytic).collect();
    let worst = lanes.iter().max_by(|a, b| badness(a).total_cmp(&badness(b)));
    PortResult {
        bits: lanes.iter().map(|l| l.bits).sum(),
        errors: lanes.iter().map(|l| l.errors).sum(),
        ber_counted,
        ber_counted_low: interval.map(|i| i.low),
        ber_counted_high: interval.map(|i| i.high),
        ber_semi_analytic: bers.filter(|b| !b.is_empty()).map(|b| b.iter().sum::<f64>() / b.len() as f64),
        margin_db: lanes.iter().map(|l| l.margin_db).collect::<Option<Vec<_>>>().and_then(|m| m.into_iter().reduce(f64::min)),
        worst_lane: worst.map(|l| l.lane),
        passes: lanes.iter().map(|l| l.passes).collect::<Option<Vec<_>>>().map(|p| p.iter().all(|&p| p)),
    }
}

/// Orders lanes from best to worst: margin where there is one, else the error ratio.
fn badness(lane: &LaneResult) -> f64 {
    match (lane.margin_db, lane.ber_semi_analytic) {
        (Some(margin_db), _) => -margin_db,
        (None, Some(ber)) if lane.floor_ber.is_some() => 100.0 + db_from_power_ratio(ber.max(1e-300)) / 100.0,
        (None, Some(_)) => -1000.0,
        (None, None) => f64::INFINITY,
    }
}
