//! The metric that a figure of a sweep shows, by its name.

use crate::chart::{AxisScale, ChartedMetric, Limit};
use crate::error::{Error, KeyPath, Problems, Result, nearest};
use crate::link::{LaneLimits, LaneMetric, lane_metric, lane_metrics};
use crate::table::{Worst, renamed};

/// The metric with a name.
///
/// # Errors
///
/// An unknown name, or one whose column is not a number.
pub(super) fn metric_named(name: &str) -> Result<&'static LaneMetric> {
    let remedy = match lane_metric(name) {
        Some(metric) if metric.unit.is_number() => return Ok(metric),
        Some(_) => {
            "is not a number; such as loss_margin_db, snr_db or any ber_.. of a row".to_owned()
        }
        None => unknown(name),
    };
    let mut problems = Problems::new();
    problems.report(&KeyPath::root(), "figure", name.replace(char::is_control, " "), remedy);
    Err(Error::Input(problems))
}

fn unknown(name: &str) -> String {
    if let Some(new) = renamed().name(name) {
        return format!("is called {new} now");
    }
    let numbers = lane_metrics().filter(|metric| metric.unit.is_number());
    match nearest(name, numbers.map(|metric| metric.name)) {
        Some(near) => format!("no such metric in a row, did you mean {near}?"),
        None => "no such metric in a row; such as loss_margin_db, snr_db or any ber_..".to_owned(),
    }
}

/// A metric as a figure shows it; `range` is the range of its target.
pub(super) fn charted(
    metric: &LaneMetric,
    limits: &LaneLimits,
    range: Option<[f64; 2]>,
) -> ChartedMetric {
    let (quantity, unit) = (metric.label.to_owned(), metric.unit.symbol().to_owned());
    let value = metric.limit.and_then(|limit| limit(limits));
    ChartedMetric {
        cell: lane_metrics().take_while(|other| other.name != metric.name).count(),
        scale: AxisScale { quantity, unit, kind: metric.spacing.into() },
        better: metric.better,
        worst: Worst::of(metric.better, range),
        limit: value.map(|value| Limit { value, better: metric.better }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::ScaleKind;
    use crate::table::Better;

    #[test]
    fn a_figure_is_named_by_its_metric_and_a_wrong_name_by_the_nearest() {
        let limits = LaneLimits { ber: Some(1e-4) };
        let of = |name: &str| {
            let metric = metric_named(name).unwrap();
            let charted = charted(metric, &limits, None);
            (metric.better, charted.scale.kind, charted.limit.is_some())
        };
        assert_eq!(of("loss_margin_db"), (Better::Higher, ScaleKind::Linear, true));
        assert_eq!(of("ber_counted"), (Better::Lower, ScaleKind::Logarithmic, true));
        for name in [
            "ber_inner_counted",
            "post_fec_ber_analytic",
            "codeword_error_ratio_analytic",
            "frame_loss_ratio_analytic",
            "block_error_ratio",
        ] {
            assert_eq!(of(name), (Better::Lower, ScaleKind::Logarithmic, false), "{name}");
        }
        assert_eq!(of("uncorrectable_blocks"), (Better::Lower, ScaleKind::Linear, false));
        for (name, expected) in [
            (
                "loss_margin",
                "figure = loss_margin: no such metric in a row, did you mean loss_margin_db?",
            ),
            ("ber_semianalytic", "did you mean ber_semi_analytic?"),
            ("passes", "figure = passes: is not a number"),
            ("", "such as loss_margin_db"),
        ] {
            let message = metric_named(name).map(|metric| metric.name).unwrap_err().to_string();
            assert!(message.contains(expected), "{name}: {message}");
        }
    }
}
