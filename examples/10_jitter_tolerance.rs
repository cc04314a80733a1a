//! How much sinusoidal jitter does a recovered clock tolerate? Tolerance over frequency for two
//! bandwidths of the loop, with the mask of the standards.
//!
//! The loss of the lane is set so that its bit error ratio without jitter is 4e-5, a sixth of the
//! limit; the receiver is trained once, and each amplitude is counted with the same symbols and
//! noises. Below its bandwidth the loop follows: at a tenth of the frequency it tolerates ten times
//! the jitter.
//!
//! `cargo run --release --example 10_jitter_tolerance` draws `plots/10_jitter_tolerance.png`; `--
//! --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chart::{AxisScale, Curve, Curves};
use lightlane::link::{CancelToken, JitterTolerance, LayeredConfig, MASK_CORNER_MHZ, mask_ui};
use lightlane::plot::Size;
use rayon::prelude::*;

/// Bandwidths of the loop, MHz.
const BANDWIDTHS_MHZ: [f64; 2] = [4.0, 10.0];
/// Loss on top of the preset's, dB.
const EXTRA_LOSS_DB: f64 = 5.95;
/// Limit of the bit error ratio.
const LIMIT_BER: f64 = 2.4e-4;

fn main() -> lightlane::Result<()> {
    let mut stack = LayeredConfig::open("800gbase-dr8")?;
    let symbols = format!("simulation.symbols={}", gallery::full_or_quick(1 << 18, 1 << 16));
    for assignment in [
        "pattern.kind=prbs31q",
        "spread.launch_power_db=0",
        "receiver.dsp.clock.recovery=mueller-muller",
        &symbols,
    ] {
        stack.set(assignment)?;
    }
    let mut config = stack.resolve()?.base;
    config.fibre.connector_loss_db += EXTRA_LOSS_DB;
    let places_mhz = gallery::full_or_quick(
        vec![0.1, 0.2, 0.4, 0.7, 1.3, 2.5, 4.0, 6.0, 10.0, 18.0, 40.0],
        vec![1.0, 4.0, 40.0],
    );
    let mut traces = Vec::new();
    for bandwidth_mhz in BANDWIDTHS_MHZ {
        config.receiver.dsp.clock.bandwidth_mhz = bandwidth_mhz;
        let tolerated = |&mhz: &f64| {
            let mut tolerance = JitterTolerance::new(&config, 0)?;
            let kept_ui = tolerance.at(mhz, LIMIT_BER, &CancelToken::default());
            Ok((mhz, kept_ui.unwrap_or(f64::NAN)))
        };
        let points = places_mhz.par_iter().map(tolerated).collect::<lightlane::Result<Vec<_>>>()?;
        for (mhz, ui) in &points {
            println!(
                "{bandwidth_mhz} MHz: {ui:.3} UI at {mhz} MHz, {:.1} times the mask",
                ui / mask_ui(*mhz)
            );
        }
        traces.push(Curve {
            name: format!("loop of {bandwidth_mhz} MHz"),
            points,
            ..Curve::default()
        });
    }
    let ui = |loop_index: usize, mhz: f64| gallery::at(&traces[loop_index].points, mhz);
    let least = traces
        .iter()
        .flat_map(|trace: &Curve| &trace.points)
        .map(|(mhz, ui)| ui / mask_ui(*mhz))
        .fold(f64::INFINITY, f64::min);
    gallery::answer(&format!(
        "At 4 MHz a loop of 4 MHz {:.2} UI peak to peak and one of 10 MHz {:.2} UI, at 40 MHz {:.2} and {:.2} UI; both at least {least:.1} times the mask everywhere.",
        ui(0, 4.0),
        ui(1, 4.0),
        ui(0, 40.0),
        ui(1, 40.0)
    ));
    let mask = [places_mhz[0], MASK_CORNER_MHZ, places_mhz[places_mhz.len() - 1]]
        .map(|mhz| (mhz, mask_ui(mhz)));
    traces.push(Curve { name: "mask".to_owned(), points: mask.into(), ..Curve::default() });
    let figure = Curves {
        title: "800G EML lane: how much sinusoidal jitter the clock bears".to_owned(),
        caption: format!(
            "jitter at which the bit error ratio reaches {LIMIT_BER:.1e}, 4e-5 without · Mueller-Muller, peaking 0.1 dB"
        ),
        x: AxisScale::logarithmic("frequency of the jitter", "MHz"),
        y: AxisScale::logarithmic("tolerated jitter, peak to peak", "UI"),
        legend: String::new(),
        traces,
        limit: None,
        marks: Vec::new(),
    };
    gallery::draw(&figure, "10_jitter_tolerance.png", Size::Slide)
}
