//! Running a link: every lane built, trained, predicted, searched for its margin, and counted.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::Result;
use crate::link::build::files;
use crate::link::build::lane::Lane;
use crate::link::count::lanes::{CountedLanes, count_both};
use crate::link::describe::config::Config;
use crate::link::describe::simulation::Simulation;
use crate::link::layers::layered::Resolved;
use crate::link::result::figures::{LaneResult, LinkResult};
use crate::link::result::transmitter_used::TransmitterUsed;
use crate::link::run::custom::{CustomModulators, LaneSet};
use crate::link::run::lane_result::lane_result;
use crate::link::run::port_result::port;
use crate::link::solve::budget::EFFECTIVE_SAMPLES_MIN;
use crate::link::solve::lane::SolvedLane;
use crate::link::solve::variants::solve_with_variants;
use crate::link::solve::work::{WorkMeter, solving_symbols};
use crate::measured::Library;
use crate::run_options::{CancelToken, RunOptions};
use crate::transmitter::Modulator;
use rayon::prelude::*;
use std::sync::Arc;

/// A link, resolved from its layers.
pub struct Link {
    pub(crate) resolved: Resolved,
    custom: CustomModulators,
}

impl Link {
    /// A link from its resolved description.
    pub fn new(mut resolved: Resolved) -> Link {
        Config::introduce(&mut resolved.lanes);
        Link { resolved, custom: CustomModulators::default() }
    }

    /// The link with a custom modulator on some of its lanes in place of the described one;
    /// converter, transmit equaliser and all later parts stay as described.
    ///
    /// Results name it `custom` with its [`Modulator::about`]; their hash ends in `+custom`, since
    /// the description alone does not reproduce them.
    #[must_use]
    pub fn with_modulator(mut self, lanes: LaneSet, modulator: Arc<dyn Modulator>) -> Link {
        self.custom.push(lanes, modulator);
        self
    }

    /// Lane `number`, built alone.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    ///
    /// # Panics
    ///
    /// When there is no such lane.
    pub fn lane(&self, number: usize, cache: &mut PlanCache) -> Result<Lane> {
        let config = &self.resolved.lanes[number];
        let (custom, library) = (self.custom.of(number), &self.resolved.library);
        let (sender, never) = (Lane::sender(config), CancelToken::default());
        Lane::build_sending(config, number, custom, library, sender, cache, &never)
    }

    /// Runs every lane on rayon's current threads; the result does not depend on the number of
    /// threads.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn run(&self, options: &RunOptions<'_>) -> Result<LinkResult> {
        let cancel = &options.cancel;
        let (configs, library) = (&self.resolved.lanes, &self.resolved.library);
        let workspaces = WorkspacePool::cancelled_by(cancel);
        let base = &self.resolved.base;
        let work = WorkMeter::new(configs.iter(), &base.simulation, options);
        let shared = Lane::sender(base);
        // lanes with payload carry the payload of the port
        let sender = |config: &Config| {
            if config.carries_payload() {
                shared.clone().or_else(|| Lane::sender(config))
            } else {
                None
            }
        };
        let solved: Vec<Result<Option<SolvedLane>>> = configs
            .par_iter()
            .enumerate()
            .map_init(PlanCache::default, |cache, (number, config)| {
                if cancel.is_cancelled() {
                    return Ok(None);
                }
                let (custom, sender) = (self.custom.of(number), sender(config));
                let lane =
                    Lane::build_sending(config, number, custom, library, sender, cache, cancel)?;
                let solved = solve_with_variants(lane, &workspaces, cache, cancel)?;
                work.add(solving_symbols(config));
                // what was cut short is no result
                Ok((!cancel.is_cancelled()).then_some(solved))
            })
            .collect();
        let solved: Vec<SolvedLane> =
            solved.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
        let [here, at_limit] = count_both(&solved, &workspaces, &work, cancel, &base.simulation);
        let mut result = self.result(&solved, &here, &at_limit);
        if options.cancel.is_cancelled() {
            let unsolved = configs.len() - solved.len();
            result.warnings.push(if unsolved > 0 {
                format!("stopped early: {unsolved} of {} lanes were not solved", configs.len())
            } else {
                "stopped early: fewer symbols were counted than requested".to_owned()
            });
        }
        Ok(result)
    }

    /// Runs one lane from its own description, with the same figures as in a run of all lanes;
    /// `library`, `cache` and `workspaces` are kept between calls. A cancelled run has no figures.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read or is no pattern.
    pub fn run_lane(
        config: &Config,
        number: usize,
        library: &Library,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        options: &RunOptions<'_>,
    ) -> Result<LaneResult> {
        let counted = &config.simulation;
        Self::run_lane_counting(config, number, counted, library, cache, workspaces, options)
    }

    /// The same without counting errors, except those that a margin needs; nothing is reported as
    /// progress.
    pub(crate) fn solve_lane(
        config: &Config,
        number: usize,
        library: &Library,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        cancel: &CancelToken,
    ) -> Result<LaneResult> {
        let none = Simulation { symbols: 0, symbols_at_limit: 0, ..config.simulation.clone() };
        let options = RunOptions::cancelled_by(cancel);
        Self::run_lane_counting(config, number, &none, library, cache, workspaces, &options)
    }

    /// Runs one lane and counts as many symbols as `counted` asks for.
    fn run_lane_counting(
        config: &Config,
        number: usize,
        counted: &Simulation,
        library: &Library,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        options: &RunOptions<'_>,
    ) -> Result<LaneResult> {
        let cancel = &options.cancel;
        let work = WorkMeter::new([config].into_iter(), counted, options);
        let sender = Lane::sender(config);
        let lane = Lane::build_sending(config, number, None, library, sender, cache, cancel)?;
        let solved = [solve_with_variants(lane, workspaces, cache, cancel)?];
        if cancel.is_cancelled() {
            return Ok(LaneResult::stopped(number));
        }
        work.add(solving_symbols(config));
        let [here, at_limit] = count_both(&solved, workspaces, &work, cancel, counted);
        Ok(lane_result(0, &solved[0], &here, &at_limit))
    }

    fn result(
        &self,
        solved: &[SolvedLane],
        here: &CountedLanes,
        at_limit: &CountedLanes,
    ) -> LinkResult {
        let base = &self.resolved.base;
        let limit_ber = base.limit_ber();
        let numbers: Vec<usize> = solved.iter().map(|solved| solved.lane.number).collect();
        let mut found = (0..).zip(solved).peekable();
        let lanes: Vec<LaneResult> = (0..self.resolved.lanes.len())
            .map(|number| match found.next_if(|(_, solved)| solved.lane.number == number) {
                Some((i, solved)) => lane_result(i, solved, here, at_limit),
                None => LaneResult::stopped(number),
            })
            .collect();
        let mut warnings = self.resolved.warnings.clone();
        for warning in solved.iter().flat_map(|s| &s.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        for lane in lanes
            .iter()
            .filter(|l| l.effective_samples.is_some_and(|samples| samples < EFFECTIVE_SAMPLES_MIN))
        {
            warnings.push(format!(
                "lane {}: {:.1} effective samples are too few for its interval to be trusted: \
                 count more symbols",
                lane.lane,
                lane.effective_samples.unwrap_or(0.0)
            ));
        }
        for lane in lanes.iter().filter(|l| l.estimators_agree == Some(false)) {
            warnings.push(format!(
                "lane {}: the counted and the semi-analytic error ratio disagree beyond their \
                 intervals",
                lane.lane
            ));
        }
        let mut result = LinkResult {
            schema: 2,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: base.simulation.seed,
            config_hash: self.resolved.hash.clone(),
            config: Box::new(base.clone()),
            preset: base.preset.clone(),
            changed: self.resolved.changes.iter().map(|c| (c.key(), c.value.clone())).collect(),
            transmitter: TransmitterUsed::Described(base.transmitter.kind),
            module: base.module.kind,
            symbol_rate_gbd: base.symbol_rate_gbd,
            limit_ber,
            port: port(&lanes, &numbers, here, at_limit),
            lanes,
            files: files::of(solved.iter().map(|s| &s.lane)),
            spec: Vec::new(),
            warnings,
        };
        if base.tdecq.enabled {
            result.spec = base.limits.judge(&result);
        }
        self.custom.name(&mut result);
        result
    }
}
