//! Where the margin of a lane goes: penalties of its impairments, sensitivity to its tolerances.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::{KeyPath, Problems, Result};
use crate::link::describe::config::Config;
use crate::link::describe::counting_method::CountingMethod;
use crate::link::layers::layered::Resolved;
use crate::link::result::explanation::{
    Explanation, LaneExplanation, Penalty, Sensitivity, VariantMargins,
};
use crate::link::result::figures::LaneResult;
use crate::link::run::link::Link;
use crate::link::solve::work::solving_symbols;
use crate::link::views::link_name::link_name;
use crate::measured::Library;
use crate::run_options::{RunOptions, WorkUnit};
use crate::sheet::{Assignment, Impairment, Impairments, Tolerance};
use crate::units::split_suffix;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reason of what was not evaluated before a stop.
const STOPPED: &str = "stopped before it was evaluated";
/// Reason of a loss margin beyond the search.
const ALWAYS_KEPT: &str = "the limit is kept with the largest loss that is tried";

/// Lanes that are explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExplainedLanes {
    /// The lane of the smallest loss margin; the first of several.
    #[default]
    Worst,
    /// Every lane.
    All,
    /// The lane of this number, from 0.
    One(usize),
}

/// Margins of lanes without each of their impairments, and with each of their tolerances.
///
/// ```text
/// penalty_i = M(without i) - M,   remainder = M(thermal noise alone) - M - sum of penalty_i
/// ```
///
/// i are the impairments that are away where receiver thermal noise is alone: all but the filters
/// of that noise, amplifier and anti-alias filter, without which it has no bandwidth.
///
/// M is the loss margin or the SNR margin of [`Link::run`], to the last bit, without corners and
/// compliant transmitters. Every variant has the seeds of the link, trains its receiver anew, and
/// searches taps, analogue gains and levels where the description asks for it. Impairments are
/// those of [`Config::impairments`], tolerances those of [`Config::tolerances`]; the lanes beside
/// the one explained stay as described. The result does not depend on the number of threads.
///
/// # Limits
///
/// Penalties of impairments that act together do not add up: the remainder has what they share.
/// Sensitivities are of one key at a time.
///
/// # Errors
///
/// A number of no lane; a file that can no longer be read.
///
/// ```
/// use lightlane::link::{ExplainedLanes, LayeredConfig, RunOptions, explain};
/// let mut stack = LayeredConfig::open("800gbase-dr8")?;
/// stack.set("lanes=1")?;
/// stack.set("simulation.block_symbols=1024")?;
/// let found = explain(&stack.resolve()?, ExplainedLanes::Worst, &RunOptions::default())?;
/// let lane = &found.lanes[0];
/// let sum: f64 = lane.penalties.iter().filter_map(|row| row.penalty.loss_db).sum();
/// let whole = lane.thermal_only.less(&lane.margins).loss_db.unwrap();
/// assert!((sum + lane.joint_remainder.loss_db.unwrap() - whole).abs() < 1e-9);
/// # Ok::<(), lightlane::Error>(())
/// ```
pub fn explain(
    link: &Resolved,
    lanes: ExplainedLanes,
    options: &RunOptions<'_>,
) -> Result<Explanation> {
    let mut configs: Vec<Config> = link.lanes.iter().map(margins_only).collect();
    Config::introduce(&mut configs);
    let all = || (0..configs.len()).collect::<Vec<usize>>();
    let (numbers, candidates) = match lanes {
        ExplainedLanes::One(number) => (vec![checked(number, configs.len())?], vec![]),
        ExplainedLanes::All => (all(), vec![]),
        // the first stands for the worst until that is known
        ExplainedLanes::Worst => (vec![0], if configs.len() > 1 { all() } else { vec![] }),
    };
    let mut plans: Vec<LanePlan> =
        numbers.iter().map(|&lane| LanePlan::new(lane, &configs)).collect::<Result<_>>()?;
    let variants = plans.iter().map(|plan| plan.jobs.len()).sum::<usize>() + candidates.len();
    let bench = Bench {
        configs: &configs,
        library: &link.library,
        workspaces: WorkspacePool::cancelled_by(&options.cancel),
        options,
        done: AtomicUsize::new(0),
        total: variants,
    };
    if !candidates.is_empty() {
        let jobs: Vec<Job> =
            candidates.iter().map(|&lane| Job::described(lane, &configs)).collect();
        let worst = worst(&bench.margins(jobs.iter())?);
        plans = vec![LanePlan::new(worst, &configs)?];
    }
    let mut found = bench.margins(plans.iter().flat_map(|plan| &plan.jobs))?.into_iter();
    let lanes = plans.iter().map(|plan| plan.explained(&mut found)).collect();
    let base = &link.base;
    Ok(Explanation {
        schema: 2,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: base.simulation.seed,
        config_hash: link.hash.clone(),
        preset: base.preset.clone(),
        changed: link.changes.iter().map(|c| (c.key(), c.value.clone())).collect(),
        name: link_name(link, &[]),
        symbol_rate_gbd: base.symbol_rate_gbd,
        limit_ber: base.limit_ber(),
        lanes_of_link: configs.len(),
        complete: !options.cancel.is_cancelled(),
        lanes,
    })
}

/// A description whose margins alone are wanted: nothing is measured, and no corner solved.
fn margins_only(lane: &Config) -> Config {
    let mut config = Config { neighbours: Vec::new(), ..lane.clone() };
    config.tdecq.enabled = false;
    let simulation = &mut config.simulation;
    (simulation.corners, simulation.worst_compliant) = (false, false);
    // a margin without a prediction is counted through the chain, whatever the method
    (simulation.symbols, simulation.count) = (0, CountingMethod::Chain);
    config
}

fn checked(number: usize, lanes: usize) -> Result<usize> {
    let mut problems = Problems::new();
    if number >= lanes {
        let remedy = format!("must be the number of a lane, from 0 to {}", lanes - 1);
        problems.report(&KeyPath::root(), "lane", number, remedy);
    }
    problems.finish().map(|()| number)
}

/// Index of the smallest loss margin; a lane that is never kept, or not evaluated, is worse than
/// any margin, one that is always kept better.
fn worst(margins: &[VariantMargins]) -> usize {
    let rank = |of: &VariantMargins| match (of.loss_margin_db, of.not_evaluated.as_deref()) {
        (Some(db), _) => db,
        (None, Some(ALWAYS_KEPT)) => f64::INFINITY,
        (None, _) => f64::NEG_INFINITY,
    };
    let all = margins.iter().enumerate();
    all.min_by(|(_, a), (_, b)| rank(a).total_cmp(&rank(b))).map_or(0, |(index, _)| index)
}

/// A variant of a lane, ready to be solved.
struct Job {
    lane: usize,
    config: Config,
}

impl Job {
    fn described(lane: usize, configs: &[Config]) -> Job {
        Job { lane, config: configs[lane].clone() }
    }

    /// A lane with some keys changed, beside lanes as described.
    fn edited(lane: usize, configs: &[Config], assignments: &[Assignment]) -> Result<Job> {
        let config = configs[lane].edited(assignments)?;
        Ok(Job { lane, config: beside(config, lane, configs) })
    }
}

/// A lane's variant among the descriptions of the lanes next to it.
fn beside(config: Config, lane: usize, configs: &[Config]) -> Config {
    let near = config.near(lane).into_iter();
    let near = near.filter_map(|number| Some((number, configs.get(number)?)));
    let alone = |of: &Config| Config { neighbours: Vec::new(), ..of.clone() };
    let own = alone(&config);
    let others = near.map(|(number, other)| (number, alone(other)));
    let neighbours =
        others.filter(|(_, other)| *other != own).map(|(n, other)| (n, Arc::new(other))).collect();
    Config { neighbours, ..own }
}

/// Variants of one lane: as described, with thermal noise alone, without each impairment, and with
/// each tolerance both ways.
struct LanePlan {
    lane: usize,
    impairments: Impairments,
    tolerances: Vec<Tolerance>,
    jobs: Vec<Job>,
}

impl LanePlan {
    fn new(lane: usize, configs: &[Config]) -> Result<LanePlan> {
        let (impairments, tolerances) = (configs[lane].impairments(), configs[lane].tolerances());
        let thermal_only = beside(thermal_only(&configs[lane])?, lane, configs);
        let mut jobs = vec![Job::described(lane, configs), Job { lane, config: thermal_only }];
        for impairment in impairments.all.iter().filter(|impairment| !impairment.is_ideal()) {
            jobs.push(Job::edited(lane, configs, &impairment.ideal)?);
        }
        for (tolerance, sigmas) in tolerances.iter().flat_map(|t| [(t, -1.0), (t, 1.0)]) {
            jobs.push(Job::edited(lane, configs, &tolerance.moved(sigmas))?);
        }
        Ok(LanePlan { lane, impairments, tolerances, jobs })
    }

    /// The lane explained by the next margins, in the order of its jobs.
    fn explained(&self, found: &mut impl Iterator<Item = VariantMargins>) -> LaneExplanation {
        let mut next = || found.next().unwrap_or_default();
        let (margins, thermal_only) = (next(), next());
        let (ideal, in_force): (Vec<&Impairment>, Vec<&Impairment>) =
            self.impairments.all.iter().partition(|impairment| impairment.is_ideal());
        let (mut penalties, mut filters) = (Vec::new(), Vec::new());
        for impairment in in_force {
            let without = next();
            let rows = if impairment.sets_noise_band { &mut filters } else { &mut penalties };
            rows.push(Penalty {
                name: impairment.name.clone(),
                part: impairment.part,
                ideal: impairment.ideal.clone(),
                penalty: without.less(&margins),
                without,
            });
        }
        let mut sensitivities: Vec<Sensitivity> = self
            .tolerances
            .iter()
            .map(|tolerance| sensitivity(tolerance, [next(), next()], &margins))
            .collect();
        let whole = thermal_only.less(&margins);
        let joint_remainder = whole.less_sum(penalties.iter().map(|row| &row.penalty));
        let squares = sensitivities.iter().filter_map(Sensitivity::slope_db).map(|db| db * db);
        let loss_margin_sigma_db = squares.sum::<f64>().sqrt();
        let least = f64::NEG_INFINITY;
        let cost = |row: &Penalty| row.penalty.loss_db.unwrap_or(least);
        penalties.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
        filters.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
        let swing = |row: &Sensitivity| row.swing_db().unwrap_or(least);
        sensitivities.sort_by(|a, b| swing(b).total_cmp(&swing(a)));
        LaneExplanation {
            lane: self.lane,
            margins,
            thermal_only,
            penalties,
            filters,
            joint_remainder,
            ideal: ideal.into_iter().map(|impairment| impairment.name.clone()).collect(),
            inseparable: self.impairments.inseparable.clone(),
            sensitivities,
            loss_margin_sigma_db,
        }
    }
}

/// The description with every impairment ideal but the filters of thermal noise; one after the
/// other, since what makes one ideal depends on the others.
fn thermal_only(lane: &Config) -> Result<Config> {
    let names = lane.impairments().all.into_iter().map(|impairment| impairment.name);
    names.into_iter().try_fold(lane.clone(), |config, name| {
        let now = config.impairments().all;
        match now.iter().find(|i| i.name == name && !i.is_ideal() && !i.sets_noise_band) {
            Some(impairment) => config.edited(&impairment.ideal),
            None => Ok(config),
        }
    })
}

fn sensitivity(
    tolerance: &Tolerance,
    [lower, higher]: [VariantMargins; 2],
    margins: &VariantMargins,
) -> Sensitivity {
    // levels differ by decibels
    let unit = match tolerance.keys.first().map_or("", |(key, _)| split_suffix(key).1) {
        "dBm" | "dB/Hz" => "dB",
        unit => unit,
    };
    Sensitivity {
        name: tolerance.name.clone(),
        part: tolerance.part,
        keys: tolerance.keys.iter().cloned().collect(),
        deviation: tolerance.deviation,
        unit: unit.to_owned(),
        law: tolerance.law,
        source: tolerance.source.clone(),
        change_lower: lower.less(margins),
        change_higher: higher.less(margins),
        lower,
        higher,
    }
}

/// What all variants are solved with.
struct Bench<'a> {
    configs: &'a [Config],
    library: &'a Library,
    workspaces: WorkspacePool,
    options: &'a RunOptions<'a>,
    done: AtomicUsize,
    total: usize,
}

impl Bench<'_> {
    /// Margins of variants, in their order, on rayon's current threads.
    fn margins<'j>(&self, jobs: impl Iterator<Item = &'j Job>) -> Result<Vec<VariantMargins>> {
        let jobs: Vec<&Job> = jobs.collect();
        jobs.par_iter()
            .map_init(PlanCache::default, |cache, job| {
                let margins = self.solved(job, cache)?;
                let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
                let each = solving_symbols(&self.configs[job.lane]) as f64;
                let (done, total) = (done.min(self.total) as f64, self.total as f64);
                self.options.report(done * each, total * each, WorkUnit::Symbols);
                Ok(margins)
            })
            .collect()
    }

    fn solved(&self, job: &Job, cache: &mut PlanCache) -> Result<VariantMargins> {
        let cancel = &self.options.cancel;
        if cancel.is_cancelled() {
            return Ok(VariantMargins::none(STOPPED.to_owned()));
        }
        let mut problems = Problems::new();
        job.config.check(self.library, &mut problems);
        if !problems.is_empty() {
            let text = problems.to_string();
            return Ok(VariantMargins::none(text.lines().next().unwrap_or_default().to_owned()));
        }
        let (library, workspaces) = (self.library, &self.workspaces);
        Link::solve_lane(&job.config, job.lane, library, cache, workspaces, cancel).map(margins_of)
    }
}

/// Margins of a lane's result, with the reason of a missing one.
fn margins_of(lane: LaneResult) -> VariantMargins {
    let kept = ALWAYS_KEPT.to_owned();
    let because = match (lane.loss_margin_db, lane.least_ber) {
        (Some(_), _) => None,
        (None, Some(ber)) => {
            Some(format!("the limit is never kept: BER of {ber:.1e} with 10 dB more power"))
        }
        (None, None) => lane.not_evaluated.or(lane.loss_margin_not_evaluated).or(Some(kept)),
    };
    VariantMargins {
        loss_margin_db: lane.loss_margin_db,
        snr_margin_db: lane.snr_margin_db,
        not_evaluated: because,
    }
}
