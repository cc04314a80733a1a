//! The eye at the receiver of one 800G lane.
//!
//! `cargo run --release --example 01_first_eye` draws `plots/01_first_eye.png`; `-- --quick` is for
//! CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::link::{LayeredConfig, Node, View};
use lightlane::plot::Size;

fn main() -> lightlane::Result<()> {
    let link = LayeredConfig::open("800gbase-dr8")?.resolve()?;
    let eye = View::new(&link, 0)?.eye(Node::Slicer, gallery::full_or_quick(131_072, 32_768))?;
    let (ber, snr_db) = (eye.ber.unwrap_or(f64::NAN), eye.snr_db.unwrap_or(f64::NAN));
    println!(
        "after the equaliser four levels at {:.2?} of full scale, {snr_db:.1} dB above the noise: BER {ber:.1e}",
        eye.levels
    );
    gallery::answer(&format!("Four levels {snr_db:.1} dB above the noise, BER {ber:.1e}."));
    gallery::draw(&eye, "01_first_eye.png", Size::Small)
}
