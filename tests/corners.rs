//! Corners of a fibre's dispersion.

use crate::support::{preset, run};
use lightlane::fibre::Corner;
use lightlane::link::{Config, Key, LaneResult, LayeredConfig};
use toml::Value;

/// The 2 km link, whose corners differ most, on one lane without a count.
fn two_kilometres(corner: Corner) -> LaneResult {
    let mut c: Config = preset("1.6tbase-dr8-2");
    (c.lanes, c.spread.launch_power_db) = (1, 0.0);
    (c.simulation.symbols, c.simulation.symbols_at_limit) = (0, 0);
    (c.fibre.corner, c.simulation.corners) = (corner, true);
    run(&c).lanes.remove(0)
}

/// The worst corner's margin is that of the link with this corner, to the search's 1e-3 dB, below
/// that of the other corner; the figures beside it are of the fibre as described, whose dispersion
/// lies between them.
#[test]
fn the_worst_corner_is_the_worse_of_two_links() {
    let [described, min, max] = [Corner::None, Corner::Min, Corner::Max].map(two_kilometres);
    let margin = |lane: &LaneResult| lane.loss_margin_db.unwrap();
    println!(
        "as described {}, min {}, max {}: {:?}",
        margin(&described),
        margin(&min),
        margin(&max),
        described.corner_worst
    );
    let worst = if margin(&min) < margin(&max) { &min } else { &max };
    let corner = if margin(&min) < margin(&max) { Corner::Min } else { Corner::Max };
    assert_eq!(described.corner_worst, Some(corner));
    let found = described.corner_worst_loss_margin_db.unwrap();
    assert!((found - margin(worst)).abs() < 1e-3, "{found}");
    assert!((margin(&min) - margin(&max)).abs() > 0.1, "corners that differ");
    for lane in [&min, &max] {
        assert_eq!(lane.corner_worst, described.corner_worst, "corners are the ranges', always");
        assert_eq!(lane.corner_worst_loss_margin_db, described.corner_worst_loss_margin_db);
    }
}

/// Points that vary the dispersion have the one they describe, and say so.
#[test]
fn a_swept_dispersion_ignores_the_corner_and_says_so() {
    let varied = |key: &str, assignments: &[&str]| {
        let mut stack = LayeredConfig::open("1.6tbase-dr8-2").unwrap();
        assignments.iter().for_each(|assignment| stack.set(assignment).unwrap());
        let (key, values) = Key::read("--axis", key, &["1300.5".into()]).unwrap();
        (stack.vary(vec![key]).unwrap(), values)
    };
    let corner = |key: &str, assignments: &[&str]| {
        let (varied, values): (_, Vec<Value>) = varied(key, assignments);
        let lane = varied.lane(&values, 1).unwrap().fibre.corner;
        assert_eq!(varied.resolve(&values).unwrap().lanes[1].fibre.corner, lane);
        (lane, varied.ignored_corner())
    };
    for key in ["fibre.zero_dispersion_nm", "transmitter.eml.laser.wavelength_nm"] {
        for set in ["fibre.corner=min", "lane.1.fibre.corner=min"] {
            let (corner, said) = corner(key, &[set]);
            assert_eq!(corner, Corner::None, "{key}");
            assert!(said.is_some_and(|said| said.contains(key) && said.contains("ignored")));
        }
        assert!(corner(key, &["simulation.corners=true"]).1.is_some());
        assert_eq!(corner(key, &[]).1, None);
    }
    let other = corner("receiver.tia.noise_average_pa_per_rthz", &["fibre.corner=min"]);
    assert_eq!(other, (Corner::Min, None));
}
