//! Figures of the report.

use super::comparison::ReferenceKind;
use super::fec::{codewords_lost, one_point};
use super::plain_links;
use super::result::{ValidationReport, ValidationRow};
use crate::chart::{AxisScale, Curve, Curves, ErrorBar, Limit, ScaleKind};
use crate::fec::curve::FecCurve;
use crate::table::Better;

/// Smallest part of a tolerance that is drawn.
const LEAST: f64 = 1e-3;

/// Subjects and their names below a figure, which has room for six letters each.
const SHORT: [(&str, &str); 12] = [
    ("fec", "FEC"),
    ("measure", "TDECQ"),
    ("modulators", "modul."),
    ("temperature", "temp."),
    ("coupling", "optics"),
    ("dispersion", "fibre"),
    ("reflections", "MPI"),
    ("receiver", "RX"),
    ("channels", "COM"),
    ("plain_links", "noise"),
    ("links", "links"),
    ("budgets", "limits"),
];

/// The name of a subject below a figure.
fn short(subject: &String) -> String {
    let named = SHORT.iter().find(|(name, _)| name == subject);
    named.map_or_else(|| subject.clone(), |(_, short)| (*short).to_owned())
}

/// Difference over tolerance of every row with a tolerance, subject by subject.
pub fn agreement_chart(report: &ValidationReport) -> Curves {
    let subject = |row: &ValidationRow| row.id.split('.').next().unwrap_or_default().to_owned();
    let mut subjects: Vec<String> = report.rows.iter().map(subject).collect();
    subjects.dedup();
    // the rows of a subject stand side by side around its name
    let place = |row: &ValidationRow| {
        let own = subject(row);
        let column = subjects.iter().position(|name| *name == own).unwrap_or(0);
        let rows: Vec<&ValidationRow> = report.rows.iter().filter(|r| subject(r) == own).collect();
        let index = rows.iter().position(|other| other.id == row.id).unwrap_or(0);
        column as f64 + 0.8 * ((index as f64 + 0.5) / rows.len() as f64 - 0.5)
    };
    let of_kind = |kind: ReferenceKind| {
        let rows = report.rows.iter().filter(|row| row.kind == kind);
        let points = rows.filter_map(|row| Some((place(row), row.of_tolerance()?.max(LEAST))));
        Curve { name: kind.as_str().to_owned(), points: points.collect(), ..Curve::default() }
    };
    let bounds = report.rows.iter().filter(|row| row.is_bound).count();
    Curves {
        title: "Validation: difference over tolerance".to_owned(),
        caption: format!(
            "{} comparisons · below a thousandth drawn at {LEAST} · {bounds} bounds not drawn",
            report.rows.len()
        ),
        x: AxisScale {
            quantity: "subject".to_owned(),
            unit: String::new(),
            kind: ScaleKind::Categories(subjects.iter().map(short).collect()),
        },
        y: AxisScale::logarithmic("difference over tolerance", ""),
        legend: String::new(),
        traces: ReferenceKind::ALL.map(of_kind).into(),
        limit: Some(Limit { value: 1.0, better: Better::Lower }),
        marks: Vec::new(),
    }
}

/// Bit error ratio against OMA of a link of thermal noise, and its closed form.
pub fn waterfall_chart() -> Curves {
    let points = plain_links::waterfall();
    let curve = |name: &str, of: usize| Curve {
        name: name.to_owned(),
        points: points.iter().map(|point| (point[0], point[of])).collect(),
        ..Curve::default()
    };
    Curves {
        title: "Thermal noise alone: prediction and closed form".to_owned(),
        caption: "10 GBd · amplifier of 20 GHz and 325 pA/√Hz · one tap".to_owned(),
        x: AxisScale::linear("OMA at the receiver", "dBm"),
        y: AxisScale::logarithmic("bit error ratio", ""),
        legend: String::new(),
        traces: vec![curve("3/4 Q(R OMA / 6 σ)", 1), curve("lightlane", 2)],
        limit: None,
        marks: Vec::new(),
    }
}

/// Codewords of KP4 lost, counted and by the binomial law.
pub fn kp4_chart() -> Curves {
    let ratios = |from: f64, to: f64, count: u32| {
        let part = move |i: u32| f64::from(i) / f64::from(count - 1);
        (0..count).map(move |i| from * (to / from).powf(part(i)))
    };
    let closed = ratios(9e-4, 3e-3, 60).map(|ber| (ber, codewords_lost(544, 15, ber)));
    let counted = ratios(1.2e-3, 2.8e-3, 6).filter_map(|ber| {
        let curve = FecCurve { codewords: 40_000, ..FecCurve::default() };
        let point = one_point(&curve, ber)?;
        let (low, high) = (point.codeword_error_ratio_low?, point.codeword_error_ratio_high?);
        Some(ErrorBar { x: ber, y: point.codeword_error_ratio_counted?, low, high })
    });
    Curves {
        title: "RS(544,514): codewords lost".to_owned(),
        caption: "independent bit errors · 40 000 codewords a point".to_owned(),
        x: AxisScale::logarithmic("pre-FEC bit error ratio", ""),
        y: AxisScale::logarithmic("codeword error ratio", ""),
        legend: String::new(),
        traces: vec![
            Curve { name: "binomial law".to_owned(), points: closed.collect(), ..Curve::default() },
            Curve {
                name: "counted, 95 % interval".to_owned(),
                counted: counted.collect(),
                ..Curve::default()
            },
        ],
        limit: None,
        marks: Vec::new(),
    }
}
