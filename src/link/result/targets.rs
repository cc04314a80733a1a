//! Judging results against the ranges that are expected of them.

use crate::link::describe::config::Config;
use crate::link::result::figures::{LaneResult, LinkResult};
use crate::link::result::pooled::{Counted, pooled};
/// What is said of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The figure lies within the range.
    Pass,
    /// The figure lies outside, or there is none.
    Fail,
    /// Too few errors were counted to tell.
    NotEnoughErrors,
}

impl Verdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::NotEnoughErrors => "not enough errors",
        }
    }
}

/// One target, what was found, and the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetVerdict {
    /// Key of the target.
    pub key: &'static str,
    /// The range that was expected.
    pub range: [f64; 2],
    /// What was found; absent when it was not evaluated, or when no error was counted.
    pub value: Option<f64>,
    /// 95 % interval of a counted figure.
    pub interval: Option<[f64; 2]>,
    /// Lane that decided; absent for a figure of all lanes together.
    pub lane: Option<usize>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Judges every target that is set.
///
/// A figure of the worst lane is the largest error ratio, or the smallest margin or signal to noise
/// ratio; of the figures that every lane must keep, the one furthest out is shown. A counted error
/// ratio is judged by its 95 % interval: pass when all of it lies within the range, fail when all
/// of it lies outside. An absent figure never passes.
pub fn judge(result: &LinkResult, config: &Config) -> Vec<TargetVerdict> {
    config.targets.all().map(|(key, range)| judge_one(result, key, range)).collect()
}

fn judge_one(result: &LinkResult, key: &'static str, range: [f64; 2]) -> TargetVerdict {
    let port = &result.port;
    let of = |figure: fn(&LaneResult) -> Option<f64>, worse: &dyn Fn(f64) -> f64| {
        lane_figure(result, key, range, figure, worse)
    };
    let outside = |x: f64| (range[0] - x).max(x - range[1]);
    match key {
        "ber_counted" => {
            counted(key, range, port.ber_counted, port.ber_counted_low.zip(port.ber_counted_high))
        }
        "ber_counted_at_limit" => {
            let (value, interval) = counted_at_limit(&result.lanes);
            counted(key, range, value, interval)
        }
        "ber_semi_analytic" => of(|lane| lane.ber_semi_analytic, &|x| x),
        "margin_db" => of(|lane| lane.margin_db, &|x| -x),
        "snr_db" => of(|lane| lane.snr_db, &|x| -x),
        "oma_tp2_dbm" => of(|lane| lane.oma_tp2_dbm, &outside),
        "er_tp2_db" => of(|lane| lane.er_tp2_db, &outside),
        "launch_power_dbm" => of(|lane| lane.launch_power_dbm, &outside),
        "rlm" => of(|lane| lane.rlm, &outside),
        "frame_loss_ratio_closed" => of(|lane| lane.frame_loss_ratio_closed, &|x| x),
        "uncorrectable" => {
            let value = port.fec.as_ref().map(|fec| fec.uncorrectable as f64);
            let inside = value.is_some_and(|x| (range[0]..=range[1]).contains(&x));
            let verdict = if inside { Verdict::Pass } else { Verdict::Fail };
            TargetVerdict { key, range, value, interval: None, lane: None, verdict }
        }
        "tecq_db" => of(|lane| lane.tecq_db, &|x| x),
        "tdecq_db" => of(|lane| lane.tdecq_db, &|x| x),
        _ => TargetVerdict {
            key,
            range,
            value: None,
            interval: None,
            lane: None,
            verdict: Verdict::Fail,
        },
    }
}

/// The lane for which `worse` is largest decides; a lane without the figure is the worst of all.
fn lane_figure(
    result: &LinkResult,
    key: &'static str,
    range: [f64; 2],
    figure: fn(&LaneResult) -> Option<f64>,
    worse: &dyn Fn(f64) -> f64,
) -> TargetVerdict {
    let badness =
        |lane: &LaneResult| figure(lane).filter(|x| !x.is_nan()).map_or(f64::INFINITY, worse);
    let worst = result.lanes.iter().max_by(|a, b| badness(a).total_cmp(&badness(b)));
    let value = worst.and_then(figure);
    let inside = value.is_some_and(|x| (range[0]..=range[1]).contains(&x));
    let verdict = if inside { Verdict::Pass } else { Verdict::Fail };
    TargetVerdict { key, range, value, interval: None, lane: worst.map(|lane| lane.lane), verdict }
}

fn counted(
    key: &'static str,
    range: [f64; 2],
    value: Option<f64>,
    interval: Option<(f64, f64)>,
) -> TargetVerdict {
    let verdict = match interval {
        Some((low, high)) if range[0] <= low && high <= range[1] => Verdict::Pass,
        Some((low, high)) if high < range[0] || low > range[1] => Verdict::Fail,
        Some(_) => Verdict::NotEnoughErrors,
        None => Verdict::Fail,
    };
    TargetVerdict {
        key,
        range,
        value,
        interval: interval.map(|(low, high)| [low, high]),
        lane: None,
        verdict,
    }
}

/// What was counted at the limit, all lanes together.
fn counted_at_limit(lanes: &[LaneResult]) -> (Option<f64>, Option<(f64, f64)>) {
    let of_lane = |l: &LaneResult| Counted {
        bits: l.bits_at_limit,
        errors: l.weighted_errors_at_limit(),
        low: l.ber_counted_at_limit_low.unwrap_or(0.0),
        high: l.ber_counted_at_limit_high.unwrap_or(1.0),
    };
    let (ber, interval) = pooled(lanes.iter().map(of_lane));
    (ber, interval.map(|i| (i.low, i.high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::PortResult;
    use crate::math::interval::clopper_pearson;

    fn result(lanes: Vec<LaneResult>, port: PortResult) -> LinkResult {
        let (config_hash, transmitter) = (String::new(), "eml".to_owned());
        let (schema, version, seed, symbol_rate_gbd, limit_ber) = (1, "", 1, 53.125, 2.4e-4);
        LinkResult {
            schema,
            version,
            seed,
            config_hash,
            preset: None,
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

    fn lane(lane: usize, ber: f64, margin_db: Option<f64>, oma: f64) -> LaneResult {
        LaneResult {
            lane,
            ber_semi_analytic: Some(ber),
            margin_db,
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
        assert_eq!(verdict(&r, "margin_db = [3.5, 4.5]"), Verdict::Pass);
        assert_eq!(verdict(&r, "margin_db = [5, 7]"), Verdict::Fail);
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
            "margin_db = [-1e9, 1e9]",
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

    /// Eight independent lanes of 100 errors know their ratio as well as one lane of 800: 7 % of
    /// it, and the two intervals agree to a tenth of that.
    #[test]
    fn lanes_at_the_limit_are_pooled() {
        let one = clopper_pearson(100, 1_000_000, 0.95);
        let lane = LaneResult {
            bits_at_limit: 1_000_000,
            errors_at_limit: 100,
            ber_counted_at_limit_low: Some(one.low),
            ber_counted_at_limit_high: Some(one.high),
            ..LaneResult::default()
        };
        let (ber, interval) = counted_at_limit(&vec![lane; 8]);
        let (low, high) = interval.unwrap();
        let all = clopper_pearson(800, 8_000_000, 0.95);
        assert_eq!(ber, Some(1e-4));
        assert!(
            (low / all.low - 1.0).abs() < 0.01 && (high / all.high - 1.0).abs() < 0.01,
            "{low} {high} {all:?}"
        );
    }
}
