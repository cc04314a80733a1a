//! How far does a 1.6T link reach, by transmitter?
//!
//! `cargo run --release --example 07_reach_of_1_6t` draws `plots/07_reach_of_1_6t.svg`; `--
//! --quick` is for CI. The same from the command line: `lightlane sweep 1.6tbase-dr8 --axis
//! transmitter.kind=eml,mzm --axis fibre.length_km=0:10:0.5 --symbols 0 --plot reach.svg`.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::plot::Size;

fn main() -> lightlane::Result<()> {
    let stack = gallery::one_lane("1.6tbase-dr8")?;
    let lengths = format!("fibre.length_km={}", gallery::full_or_quick("0:10:0.5", "0:10:2.5"));
    let mut figure =
        gallery::curves(&stack, &["transmitter.kind=eml,mzm", &lengths], "loss_margin_db")?;
    let mut reaches = Vec::new();
    for trace in &figure.traces {
        let reach = gallery::crossing(&trace.points, 0.0)
            .map_or("beyond".to_owned(), |km| format!("{km:.1} km"));
        reaches.push(reach.clone());
        println!(
            "{}: margin {:.2} dB back to back, none left at {reach}",
            trace.name, trace.points[0].1
        );
    }
    gallery::answer(&format!(
        "{} with the EML, {} with silicon photonics, on a nominal lane.",
        reaches[0], reaches[1]
    ));
    figure.title = "Reach of a 1.6T link by transmitter".to_owned();
    figure.caption = "one nominal lane of 106.25 GBd, 0.5 dB/km, 2.75 dB of connectors, worst zero-dispersion wavelength".to_owned();
    gallery::draw(&figure, "07_reach_of_1_6t.svg", Size::Slide)
}
