//! How well must a silicon-photonics modulator's bias be held?
//!
//! `cargo run --release --example 04_bias_error_eats_margin` draws
//! `plots/04_bias_error_eats_margin.svg`; `-- --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{Curve, Curves};
use lightlane::plot::Size;

fn main() -> lightlane::Result<()> {
    let axis = format!(
        "transmitter.mzm.bias_error_deg={}",
        gallery::full_or_quick("-40:40:2.5", "-40:40:20")
    );
    let mut all: Option<Curves> = None;
    let mut costs_db = Vec::new();
    for (preset, rate) in [("800gbase-dr8", "800G"), ("1.6tbase-dr8", "1.6T")] {
        let mut stack = gallery::one_lane(preset)?;
        stack.set("transmitter.kind=mzm")?;
        let curves = gallery::curves(&stack, &[&axis], "loss_margin_db")?;
        let points = curves.traces[0].points.clone();
        let [low, zero, high] = [-20.0, 0.0, 20.0].map(|degrees| gallery::at(&points, degrees));
        println!(
            "{rate}: margin {zero:.2} dB in quadrature, {low:.2} dB at -20 degrees, {high:.2} dB at 20 degrees"
        );
        costs_db.push([zero - high, zero - low]);
        let traces = &mut all.get_or_insert(Curves { traces: Vec::new(), ..curves }).traces;
        traces.push(Curve { name: format!("{rate} MZM"), points, ..Curve::default() });
    }
    gallery::answer(&format!(
        "20 degrees cost {:.1} dB at 800G and {:.1} dB at 1.6T towards more light, {:.1} and {:.1} dB towards less.",
        costs_db[0][0], costs_db[1][0], costs_db[0][1], costs_db[1][1]
    ));
    let mut figure = all.expect("two links");
    figure.title = "Silicon-photonics links: how bias error eats margin".to_owned();
    figure.caption = "one nominal lane, 500 m · the modulator's departure from quadrature, the laser's power held".to_owned();
    figure.x.quantity = "bias error".to_owned();
    gallery::draw(&figure, "04_bias_error_eats_margin.svg", Size::Slide)
}
