//! Check of results against the ranges of their targets.

use crate::error::{KeyPath, Problems};
use crate::link::describe::config::Config;
use crate::link::result::figures::{LaneResult, LinkResult};
use crate::link::result::metrics::limit::LaneMetric;
use crate::link::result::metrics::port::{FEC_METRICS, PORT_METRICS, PortMetric};
use crate::link::result::metrics::target::{TargetMetric, target_metrics};
use crate::link::result::port::PortResult;
use crate::table::{Metric, Spacing, Unit, Worst};

/// Verdict on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The value lies within the range.
    Pass,
    /// The value lies outside the range, or is absent.
    Fail,
    /// Too few errors were counted to decide.
    NotEnoughErrors,
}

impl Verdict {
    /// Text of the verdict.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::NotEnoughErrors => "not enough errors",
        }
    }
}

/// One target, the value found, and the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetVerdict {
    /// Name of the metric.
    pub key: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// How its values lie along an axis.
    pub spacing: Spacing,
    /// The expected range.
    pub range: [f64; 2],
    /// Value found; absent when it was not evaluated, or when no error was counted.
    pub value: Option<f64>,
    /// 95 % interval of a counted value.
    pub interval: Option<[f64; 2]>,
    /// Lane that decided; absent for a value of all lanes together.
    pub lane: Option<usize>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Judges every target that is set.
///
/// A metric of a lane is judged by the worst lane: the one with the highest error ratio, the lowest
/// margin or, where neither way is better, the value furthest outside the range. A counted ratio of
/// the port is judged by its 95 % interval: pass if all of it lies within the range, fail if all of
/// it lies outside. An absent value never passes.
pub fn judge(result: &LinkResult, config: &Config) -> Vec<TargetVerdict> {
    let judged = |target: TargetMetric| {
        let range = config.targets.range(target.name())?;
        Some(match target {
            TargetMetric::Lane(metric) => of_lane(result, metric, range),
            TargetMetric::Port(metric) => of_port(&result.port, metric, range),
            TargetMetric::Fec(metric) => {
                let value = result.port.fec.as_ref().and_then(|fec| metric.number(fec));
                by_value(metric, range, value, None)
            }
        })
    };
    target_metrics().filter_map(judged).collect()
}

/// Reports targets that cannot be judged.
pub(crate) fn check(config: &Config, problems: &mut Problems) {
    let at = KeyPath::root().key("targets");
    for (key, [low, high]) in &config.targets.0 {
        let mut report = |remedy: String| {
            problems.report(&at, key, format!("[{low}, {high}]"), remedy);
        };
        if let Some(missing) = config.missing_for_target(key) {
            report(format!("needs {missing}"));
        }
        if FEC_METRICS.iter().any(|metric| metric.target && metric.name == key)
            && config.fec.chosen().is_none_or(|coding| coding.lanes != config.lanes)
        {
            report("needs a coding and all of its lanes: see fec.coding and lanes".to_owned());
        }
        if low.is_nan() || high.is_nan() || low > high {
            report("must be two numbers, the lower one first".to_owned());
        }
    }
}

/// Targets of counted figures that the run does not count, which [`judge`] could only miss.
pub fn uncounted_targets(config: &Config) -> Problems {
    let (at, mut problems) = (KeyPath::root().key("targets"), Problems::new());
    for (key, [low, high]) in &config.targets.0 {
        if let Some(missing) = config.missing_for(key) {
            problems.report(&at, key, format!("[{low}, {high}]"), format!("needs {missing}"));
        }
    }
    problems
}

/// A lane without a value is the worst one.
fn of_lane(result: &LinkResult, metric: &LaneMetric, range: [f64; 2]) -> TargetVerdict {
    let worst = Worst::of(metric.better, Some(range));
    let cost = |lane: &LaneResult| worst.cost(metric.number(lane).unwrap_or(f64::NAN));
    let lane = result.lanes.iter().max_by(|a, b| cost(a).total_cmp(&cost(b)));
    let value = lane.and_then(|lane| metric.number(lane));
    by_value(metric, range, value, lane.map(|lane| lane.lane))
}

/// Verdict by the interval, if the metric has one.
fn of_port(port: &PortResult, metric: &PortMetric, range: [f64; 2]) -> TargetVerdict {
    let end = |suffix: &str| {
        let end = PORT_METRICS.iter().find(|end| end.name == format!("{}_{suffix}", metric.name));
        end.map(|end| end.number(port))
    };
    let (Some(low), Some(high)) = (end("low"), end("high")) else {
        return by_value(metric, range, metric.number(port), None);
    };
    let interval = low.zip(high);
    let verdict = match interval {
        Some((low, high)) if range[0] <= low && high <= range[1] => Verdict::Pass,
        Some((low, high)) if high < range[0] || low > range[1] => Verdict::Fail,
        Some(_) => Verdict::NotEnoughErrors,
        None => Verdict::Fail,
    };
    let interval = interval.map(|(low, high)| [low, high]);
    TargetVerdict { interval, verdict, ..by_value(metric, range, metric.number(port), None) }
}

fn by_value<R, D>(
    metric: &Metric<R, D>,
    range: [f64; 2],
    value: Option<f64>,
    lane: Option<usize>,
) -> TargetVerdict {
    let inside = value.is_some_and(|x| (range[0]..=range[1]).contains(&x));
    TargetVerdict {
        key: metric.name,
        unit: metric.unit,
        spacing: metric.spacing,
        range,
        value,
        interval: None,
        lane,
        verdict: if inside { Verdict::Pass } else { Verdict::Fail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::result::transmitter_used::TransmitterUsed;
    use crate::transmitter::TransmitterKind;

    fn result(lanes: Vec<LaneResult>, port: PortResult) -> LinkResult {
        let (config_hash, transmitter) =
            (String::new(), TransmitterUsed::Described(TransmitterKind::Eml));
        let (schema, version, seed, symbol_rate_gbd, limit_ber) =
            (2, String::new(), 1, 53.125, 2.4e-4);
        LinkResult {
            schema,
            version,
            seed,
            config_hash,
            config: Box::default(),
            preset: None,
            changed: Default::default(),
            transmitter,
            module: crate::link::ModuleKind::Optics,
            symbol_rate_gbd,
            limit_ber,
            lanes,
            port,
            files: vec![],
            spec: vec![],
            warnings: vec![],
        }
    }

    fn verdict(result: &LinkResult, targets: &str) -> Verdict {
        let config: Config = toml::from_str(&format!("[targets]\n{targets}")).unwrap();
        let verdicts = judge(result, &config);
        assert_eq!(verdicts.len(), 1);
        verdicts[0].verdict
    }

    fn lane(lane: usize, ber: f64, loss_margin_db: Option<f64>, oma: f64) -> LaneResult {
        LaneResult {
            lane,
            ber_semi_analytic: Some(ber),
            loss_margin_db,
            oma_tp2_dbm: Some(oma),
            ..LaneResult::default()
        }
    }

    #[test]
    fn the_worst_lane_decides_over_ratio_and_margin() {
        let r = result(
            vec![lane(0, 1e-8, Some(6.0), 2.0), lane(1, 1e-6, Some(4.0), 2.0)],
            PortResult::default(),
        );
        assert_eq!(verdict(&r, "ber_semi_analytic = [1e-7, 1e-5]"), Verdict::Pass);
        assert_eq!(verdict(&r, "ber_semi_analytic = [0.0, 1e-7]"), Verdict::Fail);
        assert_eq!(verdict(&r, "loss_margin_db = [3.5, 4.5]"), Verdict::Pass);
        assert_eq!(verdict(&r, "loss_margin_db = [5, 7]"), Verdict::Fail);
    }

    #[test]
    fn every_lane_must_keep_a_range_of_power() {
        let r =
            result(vec![lane(0, 0.0, None, 2.0), lane(1, 0.0, None, -3.0)], PortResult::default());
        assert_eq!(verdict(&r, "oma_tp2_dbm = [-1, 4]"), Verdict::Fail);
        assert_eq!(verdict(&r, "oma_tp2_dbm = [-3, 2]"), Verdict::Pass);
        assert_eq!(verdict(&r, "oma_tp2_dbm = [-4, 1]"), Verdict::Fail);
    }

    #[test]
    fn an_absent_figure_never_passes() {
        let r = result(
            vec![lane(0, 1e-9, None, 2.0), lane(1, f64::NAN, Some(4.0), f64::NAN)],
            PortResult::default(),
        );
        for targets in [
            "loss_margin_db = [-1e9, 1e9]",
            "ber_semi_analytic = [0, 1]",
            "oma_tp2_dbm = [-99, 99]",
            "er_tp2_db = [-99, 99]",
        ] {
            assert_eq!(verdict(&r, targets), Verdict::Fail, "{targets}");
        }
        assert_eq!(verdict(&r, "ber_counted = [0, 1]"), Verdict::Fail);
        assert_eq!(verdict(&r, "ber_counted_at_limit = [0, 1]"), Verdict::Fail);
    }

    #[test]
    fn a_counted_ratio_is_judged_by_its_interval() {
        let port = |low, high| PortResult {
            ber_counted_low: Some(low),
            ber_counted_high: Some(high),
            ..PortResult::default()
        };
        let targets = "ber_counted = [1e-4, 3e-4]";
        for (low, high, expected) in [
            (1.5e-4, 2.5e-4, Verdict::Pass),
            (3.1e-4, 4e-4, Verdict::Fail),
            (1e-6, 9e-5, Verdict::Fail),
            (2e-4, 4e-4, Verdict::NotEnoughErrors),
            (0.0, 1.0, Verdict::NotEnoughErrors),
        ] {
            assert_eq!(
                verdict(&result(vec![], port(low, high)), targets),
                expected,
                "{low} {high}"
            );
        }
        assert_eq!(
            verdict(&result(vec![], port(0.0, 1e-6)), "ber_counted = [0, 1e-5]"),
            Verdict::Pass
        );
    }
}
