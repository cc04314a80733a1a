//! A FEC curve as text and JSON.

use super::json;
use super::number::{LEAST, counted, ratio, ratio_within, small};
use super::plain_table::{plain, text};
use crate::fec::curve::{CurvePoint, FecCurve};
use serde::Serialize;

/// A line for each point; at most 120 characters wide.
pub fn fec_curve(curve: &FecCurve, points: &[CurvePoint]) -> String {
    let with_inner = curve.coding.inner.is_some();
    let mut header = vec!["\npre-FEC\nBER"];
    if with_inner {
        header.push("inner\nBER\ncounted");
    }
    header.extend([
        "codeword\nerrors\nanalytic",
        "codeword\nerrors\ncounted",
        "codeword\nerrors\nextrapolated",
        "post-FEC\nBER\nanalytic",
        "post-FEC\nBER\ncounted",
        "frame\nloss\nanalytic",
        "\n\ncodewords",
        "\nnot\ncorrected",
    ]);
    let first = usize::from(with_inner) + 2;
    let mut table = plain(&header, &[first, first + 1]);
    for point in points {
        let mut row = vec![format!("{:.2e}", point.pre_fec_ber)];
        row.extend(point.inner.map(|inner| ratio(inner.inner_ber_counted)));
        row.extend(cells(point));
        table.add_row(row);
    }
    let mut out = text(&table);
    let miscorrected: u64 = points.iter().map(|point| point.miscorrected).sum();
    if miscorrected > 0 {
        out += &format!(
            "\n{miscorrected} of the uncorrected codewords were changed to another codeword\n"
        );
    }
    out
}

fn cells(point: &CurvePoint) -> [String; 8] {
    let CurvePoint {
        codeword_error_ratio_counted: value,
        codeword_error_ratio_low: low,
        codeword_error_ratio_high: high,
        ..
    } = *point;
    let extrapolated = match point.codeword_error_ratio_extrapolated {
        Some(ratio) if ratio >= LEAST => ratio_within(
            Some(ratio),
            point.codeword_error_ratio_extrapolated_low,
            point.codeword_error_ratio_extrapolated_high,
        ),
        other => small(other),
    };
    [
        small(point.codeword_error_ratio_analytic),
        counted(point.codewords, value, low, high),
        extrapolated,
        small(point.post_fec_ber_analytic),
        ratio(point.post_fec_ber_counted),
        small(point.frame_loss_ratio_analytic),
        if point.codewords < 1_000_000_000 {
            point.codewords.to_string()
        } else {
            format!("{:.2e}", point.codewords as f64)
        },
        (point.uncorrectable + point.miscorrected).to_string(),
    ]
}

/// As indented JSON with full precision: `{"points": [..]}`.
pub fn fec_curve_json(points: &[CurvePoint]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        points: &'a [CurvePoint],
    }
    json(&Document { points })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::curve::{InnerPoint, Scheme};

    #[test]
    fn the_widest_figures_fit_the_width() {
        let curve = FecCurve {
            coding: Scheme::Kp4Inner.on("1.6tbase-dr8-2").unwrap(),
            ..FecCurve::default()
        };
        let point = CurvePoint {
            pre_fec_ber: 1.234e-12,
            inner: Some(InnerPoint {
                inner_ber_counted: Some(1.2e-4),
                inner_symbol_error_ratio_counted: Some(1.1e-3),
            }),
            codeword_error_ratio_analytic: Some(1.2e-112),
            codeword_error_ratio_counted: Some(1.2e-10),
            codeword_error_ratio_low: Some(1e-10),
            codeword_error_ratio_high: Some(1.5e-10),
            codeword_error_ratio_extrapolated: Some(1.2e-112),
            codeword_error_ratio_extrapolated_low: Some(1e-120),
            codeword_error_ratio_extrapolated_high: Some(1e-100),
            post_fec_ber_analytic: Some(1.2e-112),
            post_fec_ber_counted: Some(1.2e-12),
            frame_loss_ratio_analytic: Some(1.2e-111),
            pre_fec_ber_counted: None,
            codewords: 10_000_000_000,
            uncorrectable: 1,
            miscorrected: 2,
            bins: None,
        };
        let wide = CurvePoint {
            codeword_error_ratio_analytic: Some(1.2e-98),
            codeword_error_ratio_extrapolated: Some(1.2e-98),
            post_fec_ber_analytic: Some(1.2e-98),
            frame_loss_ratio_analytic: Some(1.2e-98),
            ..point.clone()
        };
        for ratio in [Some(Some(1.2e-4)), Some(None), None] {
            let inner = ratio.map(|inner_ber_counted| InnerPoint {
                inner_ber_counted,
                inner_symbol_error_ratio_counted: None,
            });
            let point = CurvePoint { inner, ..point.clone() };
            assert_eq!(serde_json::from_str::<CurvePoint>(&json(&point)).unwrap(), point);
        }
        let text = fec_curve(&curve, &[point, wide]);
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 120, "{widest}\n{text}");
        assert!(
            text.contains("1.23e-12")
                && text.contains("< 1e-99")
                && text.contains("4 of the uncorrected codewords were changed to another codeword"),
            "{text}"
        );
        let unknown = fec_curve(
            &FecCurve::default(),
            &FecCurve { codewords: 0, ..FecCurve::default() }.build().unwrap().predicted(),
        );
        assert!(unknown.lines().nth(3).unwrap().contains(" -  "), "{unknown}");
    }
}
