//! Bursts and KP4: codewords lost against the pre-FEC bit error ratio, for random errors and for
//! the error propagation of a feedback equaliser, with and without precoder, interleaved and not.
//!
//! The ratio is that of the slicer's decisions: a burst of four wrong symbols counts four times.
//! With a tap of one, three of four errors make another; the precoder leaves the two ends of a
//! burst. 800G deals the bits of a burst to four PCS lanes, 1.6T keeps ten together.
//!
//! `cargo run --release --example 09_fec_bursts` draws `plots/09_fec_bursts.svg`; `-- --quick` is
//! for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{Curve, ErrorBar};
use lightlane::fec::Coding;
use lightlane::fec::curve::{Burst, CurvePoint, FecCurve, RunOptions, Scheme};
use lightlane::plot::Size;

/// The equaliser's tap, over the main cursor.
const TAP: f64 = 1.0;
/// Ratio at which the curves are compared.
const COMPARED_AT: f64 = 3e-3;

fn main() -> lightlane::Result<()> {
    let by_bits = Scheme::Kp4.on("800gbase-df").expect("it ships");
    let by_symbols = Scheme::Kp4.on("1.6tbase-dr8").expect("it ships");
    let alone = Scheme::Kp4.single_lane();
    let precoded = |coding: &Coding| Coding { precoder: true, ..coding.clone() };
    let random = FecCurve { coding: by_bits.clone(), ..curve(Burst::None) };
    let points = run(&random)?;
    let mut figure = random.chart(&points);
    figure.traces.truncate(1);
    figure.traces[0].name = "random errors, closed form".to_owned();
    figure.traces[0].counted = bars(&points);
    say("random errors", &points);
    let mut lost = vec![lost_percent(&points)];
    for (name, coding) in [
        ("bursts, interleaved as at 800G", by_bits.clone()),
        ("the same, precoded", precoded(&by_bits)),
        ("bursts, interleaved as at 1.6T", by_symbols),
        ("bursts, not interleaved", alone.clone()),
        ("the same, precoded", precoded(&alone)),
    ] {
        let points = run(&FecCurve { coding, ..curve(Burst::Dfe { tap: TAP }) })?;
        let line = points.iter().map(|point| {
            (point.pre_fec_ber, point.codeword_error_ratio_counted.unwrap_or(f64::NAN))
        });
        figure.traces.push(Curve {
            name: name.to_owned(),
            points: line.collect(),
            counted: bars(&points),
            ..Curve::default()
        });
        say(name, &points);
        lost.push(lost_percent(&points));
    }
    gallery::answer(&format!(
        "At the same bit error ratio of {COMPARED_AT:e} it loses {} of the codewords to random errors, {} to the bursts of a feedback equaliser (tap {TAP}) at 800G, {} when they are precoded, {} at 1.6T; not interleaved {},",
        lost[0], lost[1], lost[2], lost[3], lost[4]
    ));
    figure.title = "KP4: the same bit error ratio, other bursts, other losses".to_owned();
    figure.caption = format!(
        "bursts: error propagation of a feedback equaliser with a tap of {TAP} · same ratio at the slicer"
    );
    gallery::draw(&figure, "09_fec_bursts.svg", Size::Slide)
}

/// Ratios of the comparison and two decades of codeword error ratios.
fn curve(burst: Burst) -> FecCurve {
    let ber = gallery::full_or_quick("7.5e-4:3e-3:9", "1.5e-3:3e-3:3").parse().expect("a range");
    FecCurve {
        ber,
        burst,
        codewords: gallery::full_or_quick(6_000_000, 20_000),
        errors: gallery::full_or_quick(200, 30),
        ..FecCurve::default()
    }
}

fn run(curve: &FecCurve) -> lightlane::Result<Vec<CurvePoint>> {
    Ok(curve.build()?.run(&RunOptions::default()))
}

/// Counted points; where no codeword was lost there is none.
fn bars(points: &[CurvePoint]) -> Vec<ErrorBar> {
    let bar = |point: &CurvePoint| {
        let (y, low, high) = (
            point.codeword_error_ratio_counted?,
            point.codeword_error_ratio_low?,
            point.codeword_error_ratio_high?,
        );
        Some(ErrorBar { x: point.pre_fec_ber, y, low, high })
    };
    points.iter().filter_map(bar).collect()
}

/// Codewords lost at the ratio of the comparison, two digits.
fn lost_percent(points: &[CurvePoint]) -> String {
    let at = points.iter().find(|point| (point.pre_fec_ber / COMPARED_AT - 1.0).abs() < 1e-9);
    let lost = 100.0 * at.and_then(|point| point.codeword_error_ratio_counted).unwrap_or(0.0);
    let digits = (1.0 - lost.log10().floor()).clamp(0.0, 3.0) as usize;
    format!("{lost:.digits$} %")
}

fn say(name: &str, points: &[CurvePoint]) {
    let ratios = points.iter().filter(|point| (point.pre_fec_ber / COMPARED_AT - 1.0).abs() < 1e-9);
    ratios.for_each(|point| {
        println!(
            "{name}: {:.1e} of codewords lost at {COMPARED_AT:e}",
            point.codeword_error_ratio_counted.unwrap_or(0.0)
        )
    });
}
