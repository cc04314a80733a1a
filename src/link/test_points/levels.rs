//! Settled levels at TP2 and TP3, and the limits on launch.

use crate::chain::{PlanCache, Probe, WorkspacePool};
use crate::link::build::lane::Lane;
use crate::measure::levels::{OuterLevels, outer, settled_pattern};
use crate::pattern::{Pattern, PatternKind};

/// Settled levels at TP2 and TP3.
pub(crate) fn settled(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> (Option<OuterLevels>, Option<OuterLevels>) {
    let levels = if lane.modulator.recording().is_some() {
        lane.blocks(1, false).remove(0)
    } else {
        let prbs13q = Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() }
            .build()
            .expect("a computed pattern builds");
        settled_pattern(lane.grid().symbols, &prbs13q)
    };
    let draws = lane.noiseless();
    let plan = &lane.optical().plan;
    workspaces.with(plan, |workspace| {
        let mut at = |node: &str| {
            let probe = Probe::light(plan, node, plan.grid().samples_per_symbol, cache)?;
            outer(&probe.waveform(workspace, &levels, &draws), probe.samples_per_symbol(), &levels)
        };
        (at("tp2"), at("tp3"))
    })
}

/// Warnings where the settled levels at TP2 miss the limits on launch.
pub(crate) fn launch_warnings(lane: &Lane, tp2: Option<OuterLevels>) -> Vec<String> {
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
