//! Does TECQ predict a receiver's sensitivity? Sensitivity against TECQ, in the reference receiver
//! and in the preset's.
//!
//! The modulator is made slower step by step. The reference receiver is that of TECQ: its filter,
//! five taps, thermal noise alone. TECQ is measured 0.05 UI beside the centre of the eye, a
//! receiver samples at its best instant: therefore the slope is less than one.
//!
//! `cargo run --release --example 08_sensitivity_and_tecq` draws
//! `plots/08_sensitivity_and_tecq.svg`; `-- --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{Curve, Curves};
use lightlane::link::LayeredConfig;
use lightlane::plot::Size;

/// The filter of the clause at half the symbol rate, its five taps, white noise before it; no loss,
/// no crosstalk, no converter.
const REFERENCE: [&str; 14] = [
    "fibre.length_km=0",
    "fibre.connector_loss_db=0",
    "fibre.reflections.enabled=false",
    "receiver.photodiode.bandwidth_ghz=500",
    "receiver.crosstalk.lane_db=-300",
    "receiver.crosstalk.tx_db=-300",
    "receiver.dsp.ffe.taps=5",
    "receiver.dsp.ffe.precursors=2",
    "receiver.tia.bandwidth_ghz=26.5625",
    "receiver.tia.noise=quadratic",
    "receiver.tia.noise_a2_pa2_per_hz_ghz2=0",
    "receiver.dsp.adc.bandwidth_ghz=500",
    "receiver.dsp.adc.effective_bits=24",
    "receiver.dsp.adc.jitter_fs=0",
];

fn main() -> lightlane::Result<()> {
    let ours = measured()?;
    let mut reference = measured()?;
    for assignment in REFERENCE {
        reference.set(assignment)?;
    }
    let mut figure: Option<Curves> = None;
    let mut slopes = Vec::new();
    for (name, stack) in [("reference receiver", reference), ("receiver of the preset", ours)] {
        let axis = gallery::full_or_quick("18,20,22,25,28,32,38,45,60", "20,28,60");
        let axis = format!("transmitter.eml.bandwidth_ghz={axis}");
        let [tecq, sensitivity] =
            gallery::curves_of(&stack, &[&axis], ["tecq_db", "sensitivity_oma_dbm"])?;
        let points: Vec<(f64, f64)> = tecq.traces[0]
            .points
            .iter()
            .zip(&sensitivity.traces[0].points)
            .map(|(x, y)| (x.1, y.1))
            .rev()
            .collect();
        slopes.push(slope(&points));
        println!("{name}: {:.2} dB of sensitivity per dB of TECQ", slope(&points));
        let traces = &mut figure.get_or_insert(Curves { traces: Vec::new(), ..sensitivity }).traces;
        traces.push(Curve { name: name.to_owned(), points, ..Curve::default() });
    }
    gallery::answer(&format!(
        "{:.2} dB of sensitivity per dB of TECQ in the reference receiver, {:.2} dB in the preset's;",
        slopes[0], slopes[1]
    ));
    let mut figure = figure.expect("two receivers");
    figure.title = "800G EML: receiver sensitivity against TECQ".to_owned();
    figure.caption =
        "one nominal lane of 53.125 GBd, modulator of 60 (left) to 18 GHz · bit error ratio 2.4e-4"
            .to_owned();
    (figure.x.quantity, figure.x.unit) = ("TECQ".to_owned(), "dB".to_owned());
    gallery::draw(&figure, "08_sensitivity_and_tecq.svg", Size::Slide)
}

fn measured() -> lightlane::Result<LayeredConfig> {
    let mut stack = gallery::one_lane("800gbase-dr8")?;
    stack.set("tdecq.enabled=true")?;
    stack.set(&format!("tdecq.pattern={}", gallery::full_or_quick("ssprq", "prbs13q")))?;
    Ok(stack)
}

/// Of the straight line through points, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let (up, over) = points
        .iter()
        .fold((0.0, 0.0), |(up, over), p| (up + (p.0 - x) * (p.1 - y), over + (p.0 - x).powi(2)));
    up / over
}
