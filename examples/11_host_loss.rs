//! Does a linear module close with my host? Margin against the host's loss, for a retimed module,
//! an LRO and an LPO.
//!
//! The same optics in each; at every loss the host's transmit taps and the analogue equalisers are
//! searched anew. A retimed module does not depend on its host until one of its electrical segments
//! exceeds its own limit of 1e-5: there its curve ends. The same from the command line: `lightlane
//! sweep 800gbase-dr8 --axis module.kind=retimed,lro,lpo --axis host.channel.trace.loss_db=4:28:2
//! --symbols 0 --plot loss.svg`.
//!
//! `cargo run --release --example 11_host_loss` draws `plots/11_host_loss.svg`; `-- --quick` is for
//! CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::chain::{PlanCache, WorkspacePool};
use lightlane::link::{Link, RunOptions};
use lightlane::plot::Size;

/// Loss with which the LPO MSA closes, from public sources: die to module, dB.
const MSA_DB: f64 = 16.0;

fn main() -> lightlane::Result<()> {
    let stack = gallery::one_lane("800gbase-dr8")?;
    let losses = gallery::full_or_quick("2:30:2", "6:26:10");
    let mut figure = gallery::curves(
        &stack,
        &["module.kind=retimed,lro,lpo", &format!("host.channel.trace.loss_db={losses}")],
        "loss_margin_db",
    )?;
    let package_db = package_db(&stack)?;
    let mut ends = Vec::new();
    for trace in &mut figure.traces {
        trace.points.iter_mut().for_each(|point| point.0 += package_db);
        trace.failed.iter_mut().for_each(|loss_db| *loss_db += package_db);
        trace.points.retain(|point| point.1.is_finite());
        let last = trace.points.last().copied().unwrap_or_default();
        let end = gallery::crossing(&trace.points, 0.0)
            .map_or(format!("{:.1} dB or more", last.0), |loss| format!("{loss:.1} dB"));
        ends.push(end.clone());
        println!(
            "{}: margin {:.2} dB at {:.1} dB of channel, closes up to {end}",
            trace.name, trace.points[0].1, trace.points[0].0
        );
    }
    gallery::answer(&format!(
        "From the host's die to the module, an LPO up to {}, an LRO up to {}, a retimed module up to {}.",
        ends[2], ends[1], ends[0]
    ));
    figure.title = "800G EML: what the host's loss leaves of the margin".to_owned();
    figure.caption = format!(
        "one nominal lane of 53.125 GBd, both directions alike · a package of {package_db:.1} dB is part of the loss · the LPO MSA's channel has {MSA_DB} dB"
    );
    (figure.x.quantity, figure.x.unit) =
        ("loss from the host's die to the module at 26.6 GHz".to_owned(), "dB".to_owned());
    gallery::draw(&figure, "11_host_loss.svg", Size::Slide)
}

/// Loss that packages and mismatch add to the trace's, dB.
fn package_db(stack: &lightlane::link::LayeredConfig) -> lightlane::Result<f64> {
    let mut stack = stack.clone();
    stack.set("module.kind=retimed")?;
    let config = stack.resolve()?.lanes[0].clone();
    let lane = Link::run_lane(
        &config,
        0,
        &lightlane::measured::Library::default(),
        &mut PlanCache::default(),
        &WorkspacePool::default(),
        &RunOptions::default(),
    )?;
    let loss_db =
        lane.segments.first().and_then(|segment| segment.channel_loss_db).unwrap_or(f64::NAN);
    Ok(loss_db - config.host.channel.trace.loss_db)
}
