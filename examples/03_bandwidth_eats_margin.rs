//! How much margin does bandwidth cost at 1.6T, and whose bandwidth?
//!
//! One part after the other is made slower or faster than its data sheet says; all others stay. The
//! amplifier keeps its averaged noise density (`noise_scaling = "constant-density"`): another part
//! with the same figure on its data sheet, not the same design made faster, whose density would
//! grow with its bandwidth.
//!
//! `cargo run --release --example 03_bandwidth_eats_margin` draws
//! `plots/03_bandwidth_eats_margin.svg`; `-- --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{Curve, Curves};
use lightlane::plot::Size;

const PARTS: [(&str, &str); 4] = [
    ("converter (DAC)", "transmitter.dac.bandwidth_ghz"),
    ("EML", "transmitter.eml.bandwidth_ghz"),
    ("amplifier (TIA), constant noise density", "receiver.tia.bandwidth_ghz"),
    ("converter (ADC)", "receiver.dsp.adc.bandwidth_ghz"),
];

fn main() -> lightlane::Result<()> {
    let stack = gallery::one_lane("1.6tbase-dr8")?;
    let range = gallery::full_or_quick("30:80:2.5", "30:80:10");
    let mut all: Option<Curves> = None;
    let mut costs_db = Vec::new();
    for (name, key) in PARTS {
        let curves = gallery::curves(&stack, &[&format!("{key}={range}")], "loss_margin_db")?;
        let points = curves.traces[0].points.clone();
        println!(
            "{name}: margin {:.2} dB with 40 GHz, {:.2} dB with 70 GHz",
            gallery::at(&points, 40.0),
            gallery::at(&points, 70.0)
        );
        costs_db.push(gallery::at(&points, 70.0) - gallery::at(&points, 40.0));
        let traces = &mut all.get_or_insert(Curves { traces: Vec::new(), ..curves }).traces;
        traces.push(Curve { name: name.to_owned(), points, ..Curve::default() });
    }
    gallery::answer(&format!(
        "From 70 to 40 GHz the DAC costs {:.1} dB, the EML {:.1} dB, the TIA {:.1} dB (at constant noise density), the ADC {:.1} dB:",
        costs_db[0], costs_db[1], costs_db[2], costs_db[3]
    ));
    let mut figure = all.expect("four parts");
    figure.title = "1.6T EML link: how the bandwidth of one part eats margin".to_owned();
    figure.caption = "one nominal lane of 106.25 GBd, 500 m · the other parts as in the preset: 56 to 65 GHz · 21 taps".to_owned();
    figure.x.quantity = "3 dB bandwidth of the part".to_owned();
    gallery::draw(&figure, "03_bandwidth_eats_margin.svg", Size::Slide)
}
