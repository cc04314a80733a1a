//! Which transmitter closes the link with more margin: an EML or a silicon-photonics modulator, at 800G and at 1.6T?
//!
//! `cargo run --release --example 01_which_transmitter_closes`
#![allow(clippy::print_stdout)]

use lightlane::link::{Link, Stack};
use std::sync::atomic::AtomicBool;

fn main() -> lightlane::Result<()> {
    println!("{:14} {:4} {:>12} {:>10} {:>10}", "link", "", "worst BER", "limit", "margin dB");
    for preset in ["800gbase-dr8", "1.6tbase-dr8"] {
        for kind in ["eml", "mzm"] {
            let mut stack = Stack::open(preset)?;
            stack.set(&format!("transmitter.kind={kind}"))?;
            // the semi-analytic estimator answers alone: nothing is counted
            stack.set("simulation.symbols=0")?;
            stack.set("simulation.symbols_at_limit=0")?;
            let result = Link::new(stack.resolve()?).run(&|_| (), &AtomicBool::new(false))?;
            let worst_ber = result.lanes.iter().filter_map(|lane| lane.ber_semi_analytic).fold(0.0, f64::max);
            let margin = result.port.margin_db.map_or("none".to_owned(), |db| format!("{db:.2}"));
            println!("{preset:14} {kind:4} {worst_ber:12.1e} {:10.1e} {margin:>10}", result.limit_ber);
        }
    }
    Ok(())
}
