//! How much dispersion does a 1.6T link tolerate, and which sign of chirp helps?
//!
//! Fibres without loss, so that all penalties are due to dispersion. A positive chirp parameter
//! narrows the response of a fibre of positive dispersion; the other two signs together widen it.
//!
//! `cargo run --release --example 06_dispersion_and_chirp` draws
//! `plots/06_dispersion_and_chirp.svg`; `-- --quick` is for CI.
#![allow(clippy::print_stdout)]

mod gallery;

use lightlane::fibre::SingleMode;
use lightlane::plot::Size;

/// Length of all fibres, km; their wavelength of zero dispersion differs.
const LENGTH_KM: f64 = 5.0;

fn main() -> lightlane::Result<()> {
    let mut stack = gallery::one_lane("1.6tbase-dr8")?;
    // the same chirp at every voltage
    for assignment in [
        "transmitter.eml.chirp_alpha_1_per_v=0",
        "fibre.loss_db_per_km=0",
        &format!("fibre.length_km={LENGTH_KM}"),
    ] {
        stack.set(assignment)?;
    }
    let config = stack.resolve()?.base;
    let zero = format!(
        "fibre.zero_dispersion_nm={}",
        gallery::full_or_quick("1289:1333:2", "1289:1333:11")
    );
    let mut figure = gallery::curves(
        &stack,
        &["transmitter.eml.chirp_alpha_0=-1,-0.5,0,0.5,1", &zero],
        "loss_margin_db",
    )?;
    let mut margins_db = Vec::new();
    for trace in &mut figure.traces {
        for point in &mut trace.points {
            let fibre = SingleMode { zero_dispersion_nm: point.0, ..config.fibre.clone() };
            point.0 = LENGTH_KM
                * fibre.dispersion_ps_per_nm_km(config.transmitter.eml.laser.wavelength_nm);
        }
        trace.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ends = [trace.points[0], trace.points[trace.points.len() - 1]];
        margins_db.push(ends[1].1);
        let [low, high] =
            ends.map(|(dispersion, margin)| format!("{margin:.2} dB at {dispersion:.1} ps/nm"));
        println!("chirp {}: margin {low}, {high}", trace.name);
    }
    gallery::answer(&format!(
        "The one opposite to the dispersion: of a margin of {:.1} dB at 10 ps/nm a chirp of −1 makes {:.1} dB, one of 1 leaves {:.1} dB.",
        margins_db[2], margins_db[0], margins_db[4]
    ));
    figure.title = "1.6T EML link: dispersion and the sign of chirp".to_owned();
    figure.caption = format!(
        "one nominal lane of 106.25 GBd, {LENGTH_KM} km without loss · standard: −0.9 to 0.8 ps/nm over 500 m"
    );
    figure.legend = "chirp parameter".to_owned();
    figure.x.quantity = "accumulated dispersion".to_owned();
    figure.x.unit = "ps/nm".to_owned();
    gallery::draw(&figure, "06_dispersion_and_chirp.svg", Size::Slide)
}
