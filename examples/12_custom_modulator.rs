//! How does a custom modulator run in a link, without a change to lightlane?
//!
//! `cargo run --release --example 12_custom_modulator` prints arrays; `-- --quick` counts less.
#![allow(clippy::print_stdout)]

use lightlane::chain::{Chain, Density, Law, Map, Noise, Shape};
use lightlane::link::{LaneSet, LayeredConfig, Link, Record, RunOptions, TestPoint, conformance};
use lightlane::math::prototype::Family;
use lightlane::measured::BuildContext;
use lightlane::signal::{Field, Volt};
use lightlane::transmitter::{Drive, Modulator};
use num_complex::Complex32;
use std::sync::Arc;

/// Power proportional to the drive, with chirp: P = P_mean (1 + m x), E = sqrt(P) e^(j alpha/2 ln
/// P).
#[derive(Clone)]
struct LinearIntensity {
    mean_w: f32,
    depth: f32,
    chirp_alpha: f32,
}

impl Map<Volt, Field> for LinearIntensity {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        for (y, x) in y.iter_mut().zip(x) {
            let power_w = (self.mean_w * (1.0 + self.depth * x)).max(1e-20);
            *y = Complex32::from_polar(power_w.sqrt(), 0.5 * self.chirp_alpha * power_w.ln());
        }
    }

    fn name(&self) -> &'static str {
        "linear"
    }
}

impl Modulator for LinearIntensity {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let band = Shape::low_pass(Family::Bessel, 2, 45e9, 0.0);
        let rin = Density::White(10f64.powf(-14.6));
        let name = format!("linear{}.rin", context.lane);
        let light = drive.volts().response::<Volt>(band).map(self.clone());
        light.noise(Noise::new(name.as_str(), Law::Relative, rin))
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        2.0 * drive * f64::from(self.mean_w * self.depth)
    }

    fn rin_per_hz(&self, _band_hz: f64) -> Option<f64> {
        Some(10f64.powf(-14.6))
    }

    fn wavelength_nm(&self) -> f64 {
        1311.0
    }

    fn about(&self) -> &str {
        "linear intensity modulator with constant chirp"
    }
}

fn main() -> lightlane::Result<()> {
    let modulator: Arc<dyn Modulator> =
        Arc::new(LinearIntensity { mean_w: 1.2e-3, depth: 0.55, chirp_alpha: 0.3 });
    println!("does not keep: {:?}", conformance(&modulator)?);
    let mut stack = LayeredConfig::open("800gbase-dr8")?;
    stack.set("lanes=4")?;
    if std::env::args().any(|argument| argument == "--quick") {
        stack.set("simulation.symbols=8192")?;
        stack.set("simulation.symbols_at_limit=8192")?;
    }
    // lanes 2 and 3; the others have the transmitter of the preset
    let lanes = LaneSet::These(vec![2, 3]);
    let link = Link::new(stack.resolve()?).with_modulator(lanes, modulator);
    let result = link.run(&RunOptions::default())?;
    let bers = result.lanes.iter().filter_map(|lane| lane.ber_semi_analytic);
    let omas: Vec<f64> = result.lanes.iter().filter_map(|lane| lane.oma_tp2_dbm).collect();
    println!("transmitter: {}", result.transmitter);
    println!("BER, lane by lane: {:?}", bers.map(|ber| format!("{ber:.1e}")).collect::<Vec<_>>());
    println!("OMA at TP2, lane by lane, dBm: {omas:.2?}");
    let eye = link.waveform(2, TestPoint::Tp2, Record::Noiseless)?;
    let mut sums = [(0f32, 0f32); 4];
    for (k, level) in eye.levels.iter().enumerate() {
        let (sum, count) = &mut sums[usize::from(*level)];
        let at = (k * eye.samples_per_symbol + eye.samples_per_symbol / 2) % eye.power_mw.len();
        (*sum, *count) = (*sum + eye.power_mw[at], *count + 1.0);
    }
    println!("mean power of each level, mW: {:.3?}", sums.map(|(sum, count)| sum / count));
    Ok(())
}
