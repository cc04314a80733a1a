//! Figure of a FEC curve.

use super::bers::Bers;
use super::burst::Burst;
use super::description::FecCurve;
use super::point::CurvePoint;
use crate::chart::{AxisScale, Curve, Curves, ErrorBar};
use crate::fec::bins_chart::bins_chart;

/// Points of the analytic curve.
const ANALYTIC_POINTS: usize = 45;

impl FecCurve {
    /// Codeword error ratio against bit error ratio: analytic and extrapolated as lines, counted
    /// as points with intervals.
    ///
    /// A point without an uncorrected codeword is shown as a dash at the upper end of its interval.
    pub fn chart(&self, points: &[CurvePoint]) -> Curves {
        let curve = self;
        let outer = &curve.coding.outer;
        let inner = if curve.coding.inner.is_some() { " with the inner code" } else { "" };
        let analytic = Curve {
            name: "analytic, random errors".to_owned(),
            points: analytic(curve, points),
            ..Curve::default()
        };
        let counted = Curve {
            name: "counted, 95 % interval".to_owned(),
            counted: counted(points),
            ..Curve::default()
        };
        let extrapolated: Vec<(f64, f64)> = points
            .iter()
            .map(|point| {
                (point.pre_fec_ber, point.codeword_error_ratio_extrapolated.unwrap_or(f64::NAN))
            })
            .collect();
        let extrapolated = Curve {
            name: "extrapolated from the histogram".to_owned(),
            points: extrapolated,
            ..Curve::default()
        };
        let is_extrapolated =
            points.iter().any(|point| point.codeword_error_ratio_extrapolated.is_some());
        let mut traces = vec![analytic];
        traces.extend(Some(counted).filter(|trace| !trace.counted.is_empty()));
        traces.extend(Some(extrapolated).filter(|_| is_extrapolated));
        Curves {
            title: format!(
                "RS({},{}){inner}: uncorrected codewords",
                outer.codeword_symbols, outer.message_symbols
            ),
            caption: caption(curve, points),
            x: AxisScale::logarithmic("pre-FEC bit error ratio", ""),
            y: AxisScale::logarithmic("codeword error ratio", ""),
            legend: String::new(),
            traces,
            limit: None,
            marks: Vec::new(),
        }
    }
}

impl FecCurve {
    /// Symbol errors per codeword at every point that was counted, as a switch reports them.
    pub fn bins_chart(&self, points: &[CurvePoint]) -> Curves {
        let outer = &self.coding.outer;
        let subject = format!("RS({},{})", outer.codeword_symbols, outer.message_symbols);
        let of = |point: &CurvePoint| {
            let ber = format!("{:.1e}", point.pre_fec_ber).replace('-', "\u{2212}");
            Some((format!("pre-FEC BER {ber}"), point.bins.clone()?))
        };
        bins_chart(&subject, &points.iter().filter_map(of).collect::<Vec<_>>())
    }
}

/// The counted points of a curve; one without an uncorrected codeword is a dash at the upper end of
/// its interval.
fn counted(points: &[CurvePoint]) -> Vec<ErrorBar> {
    let bar = |point: &CurvePoint| {
        let high = point.codeword_error_ratio_high?;
        let (y, low) = match point.codeword_error_ratio_counted {
            Some(y) => (y, point.codeword_error_ratio_low.unwrap_or(high)),
            None => (f64::NAN, high),
        };
        Some(ErrorBar { x: point.pre_fec_ber, y, low, high })
    };
    points.iter().filter_map(bar).collect()
}

/// The analytic curve with many points, where errors enter the outer code directly.
fn analytic(curve: &FecCurve, points: &[CurvePoint]) -> Vec<(f64, f64)> {
    let along = |points: &[CurvePoint]| -> Vec<(f64, f64)> {
        points
            .iter()
            .map(|point| {
                (point.pre_fec_ber, point.codeword_error_ratio_analytic.unwrap_or(f64::NAN))
            })
            .collect()
    };
    if curve.coding.inner.is_some() || curve.coding.precoder || curve.ber.from >= curve.ber.to {
        return along(points);
    }
    // analytic results do not depend on the correlation of errors
    let ber = Bers { points: ANALYTIC_POINTS, ..curve.ber };
    let smooth = FecCurve { ber, burst: Burst::None, ..curve.clone() };
    smooth.build().map_or_else(|_| along(points), |trial| along(&trial.predicted()))
}

/// Caption: errors, interleaving, precoder, meaning of a dash.
fn caption(curve: &FecCurve, points: &[CurvePoint]) -> String {
    let coding = &curve.coding;
    let errors = match (&coding.inner, curve.burst) {
        (Some(inner), _) if inner.decoder.positions() == 0 => {
            "white noise, hard decisions".to_owned()
        }
        (Some(inner), _) => {
            format!("white noise, soft decisions of {} patterns", 1u32 << inner.decoder.positions())
        }
        (None, Burst::None) => "independent bit errors".to_owned(),
        (None, Burst::GilbertElliott { bad_symbols, ber_bad }) => {
            format!("bursts of {bad_symbols} symbols on average, {ber_bad} of their bits wrong")
        }
        (None, Burst::Dfe { tap }) => {
            format!(
                "error propagation of a feedback equaliser, tap {}",
                tap.to_string().replace('-', "\u{2212}")
            )
        }
    };
    let lanes = match (coding.codewords, coding.lanes) {
        (1, 1) => "codewords not interleaved".to_owned(),
        (codewords, lanes) => format!("{codewords} codewords interleaved on {lanes} lanes"),
    };
    let precoder = if coding.precoder { " · precoder on" } else { "" };
    let is_dashed = points
        .iter()
        .any(|point| point.codewords > 0 && point.codeword_error_ratio_counted.is_none());
    let dashes = if is_dashed { " · dash: none lost, the ratio is below" } else { "" };
    format!("{errors} · {lanes}{precoder}{dashes}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_options::RunOptions;

    #[test]
    fn a_curve_has_its_closed_form_and_a_bar_for_every_point() {
        let curve = FecCurve {
            ber: "1e-3:3e-3:3".parse().unwrap(),
            codewords: 2048,
            ..FecCurve::default()
        };
        let points = curve.build().unwrap().run(&RunOptions::default());
        let figure = curve.chart(&points);
        let names: Vec<&str> = figure.traces.iter().map(|trace| trace.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "analytic, random errors",
                "counted, 95 % interval",
                "extrapolated from the histogram"
            ]
        );
        assert_eq!(
            (
                figure.traces[0].points.len(),
                figure.traces[1].counted.len(),
                figure.traces[2].points.len()
            ),
            (ANALYTIC_POINTS, 3, 3)
        );
        // 2048 codewords at 1e-3 have no uncorrected one but with 5e-3: either way the dash or the
        // bar ends where the point says
        assert_eq!(Some(figure.traces[1].counted[0].high), points[0].codeword_error_ratio_high);
        assert!(
            figure
                .caption
                .starts_with("independent bit errors · 4 codewords interleaved on 8 lanes"),
            "{}",
            figure.caption
        );
        let silent = FecCurve { codewords: 0, ..curve };
        assert_eq!(silent.chart(&silent.build().unwrap().predicted()).traces.len(), 1);
    }
}
