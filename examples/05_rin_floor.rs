//! From which laser noise (RIN) on does more power no longer help?
//!
//! `cargo run --release --example 05_rin_floor` draws `plots/05_rin_floor.svg`; `-- --quick` is for
//! CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::plot::Size;

/// Relative intensity noise of the curves, dB/Hz.
const RIN: &str = "transmitter.eml.laser.rin_db_per_hz=-150,-145,-142,-139,-136";

fn main() -> lightlane::Result<()> {
    let stack = gallery::one_lane("1.6tbase-dr8")?;
    // a negative loss is a gain: more power than the laser has
    let loss =
        format!("fibre.connector_loss_db={}", gallery::full_or_quick("-6:12:0.5", "-6:12:3"));
    let [mut figure, power] =
        gallery::curves_of(&stack, &[RIN, &loss], ["ber_semi_analytic", "received_power_dbm"])?;
    let mut floors = Vec::new();
    for (trace, power) in figure.traces.iter_mut().zip(power.traces) {
        trace.points.iter_mut().zip(power.points).for_each(|(point, power)| point.0 = power.1);
        trace.points.reverse(); // most loss first, for least power first
        let last = trace.points[trace.points.len() - 1];
        floors.push(format!("{} dB/Hz stays at {:.1e}", trace.name, last.1));
        println!("RIN {} dB/Hz: BER {:.1e} at {:.1} dBm", trace.name, last.1, last.0);
    }
    gallery::answer(&format!("At 1.6T {}, {}.", floors[floors.len() - 1], floors[1]));
    figure.title = "1.6T EML link: the floor of laser noise".to_owned();
    figure.caption =
        "one nominal lane of 106.25 GBd, 500 m · converters and driver as in the preset".to_owned();
    figure.legend = "RIN (dB/Hz)".to_owned();
    figure.x.quantity = "average received power".to_owned();
    figure.x.unit = "dBm".to_owned();
    gallery::draw(&figure, "05_rin_floor.svg", Size::Slide)
}
