//! Which transmitter closes the link with more margin: an EML or a silicon-photonics modulator, at
//! 800G and at 1.6T?
//!
//! Prints worst error ratio and margin of all lanes of the four links, and draws each one's error
//! ratio against received power on a nominal lane: the curve is semi-analytic, the points are
//! counted.
//!
//! `cargo run --release --example 02_eml_against_mzm` draws `plots/02_eml_against_mzm.svg`; `--
//! --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{AxisScale, Curve, Curves, Limit};
use lightlane::link::{Link, RunOptions, View, Waterfall, WaterfallPoint};
use lightlane::plot::Size;
use lightlane::table::Better;

/// Error ratio at which the curves end.
const BER_MIN: f64 = 1e-10;

fn main() -> lightlane::Result<()> {
    let mut traces = Vec::new();
    let mut limit = f64::INFINITY;
    let mut margins = Vec::new();
    println!("{:14} {:4} {:>12} {:>10} {:>15}", "link", "", "worst BER", "limit", "loss margin dB");
    for (preset, rate) in [("800gbase-dr8", "800G"), ("1.6tbase-dr8", "1.6T")] {
        for kind in ["eml", "mzm"] {
            let mut stack = gallery::uncounted(preset)?;
            stack.set(&format!("transmitter.kind={kind}"))?;
            stack.set(&format!("lanes={}", gallery::full_or_quick(8, 2)))?;
            let result = Link::new(stack.resolve()?).run(&RunOptions::default())?;
            let worst_ber =
                result.lanes.iter().filter_map(|lane| lane.ber_semi_analytic).fold(0.0, f64::max);
            let margin =
                result.port.loss_margin_db.map_or("none".to_owned(), |db| format!("{db:.2}"));
            println!(
                "{preset:14} {kind:4} {worst_ber:12.1e} {:10.2e} {margin:>15}",
                result.limit_ber
            );
            margins.push(result.port.loss_margin_db.unwrap_or(f64::NAN));
            limit = limit.min(result.limit_ber);

            let mut stack = gallery::one_lane(preset)?;
            stack.set(&format!("transmitter.kind={kind}"))?;
            traces.push(trace(
                format!("{rate} {}", kind.to_uppercase()),
                &View::new(&stack.resolve()?, 0)?.waterfall()?,
            ));
        }
    }
    gallery::answer(&format!(
        "At 800G the EML has {:.2} dB, silicon photonics {:.2} dB; at 1.6T {:.2} dB and {:.2} dB (worst of {} lanes).",
        margins[0],
        margins[1],
        margins[2],
        margins[3],
        gallery::full_or_quick(8, 2)
    ));
    let figure = Curves {
        title: "EML against silicon photonics: BER against received power".to_owned(),
        caption: "one nominal lane of 53 GBd (800G) or 106 GBd (1.6T), 500 m · limit 2.4×10⁻⁴ at 800G, 2.28×10⁻⁴ at 1.6T".to_owned(),
        x: AxisScale::linear("average received power", "dBm"),
        y: AxisScale::logarithmic("bit error ratio", ""),
        legend: String::new(),
        traces,
        limit: Some(Limit { value: limit, better: Better::Lower }),
        marks: Vec::new(),
    };
    gallery::draw(&figure, "02_eml_against_mzm.svg", Size::Slide)
}

fn trace(name: String, waterfall: &Waterfall) -> Curve {
    let points = waterfall.curve.iter().copied().filter(|point| point.1 > BER_MIN).collect();
    Curve {
        name,
        points,
        counted: waterfall.counted.iter().map(WaterfallPoint::error_bar).collect(),
        ..Curve::default()
    }
}
