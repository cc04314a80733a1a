//! What several tests need.

use lightlane::error::Problems;
use lightlane::link::{Config, LaneResult, Link, LinkResult, Resolved};
use std::sync::atomic::AtomicBool;

/// A preset's description as it stands.
pub(crate) fn preset(name: &str) -> Config {
    let text = match name {
        "800gbase-dr8" => include_str!("../src/link/presets/800gbase-dr8.toml"),
        _ => include_str!("../src/link/presets/1.6tbase-dr8.toml"),
    };
    toml::from_str(text).expect("a preset is a description")
}

/// Runs all lanes of a description.
pub(crate) fn run(config: &Config) -> LinkResult {
    let mut problems = Problems::new();
    config.check(&mut problems);
    assert!(problems.is_empty(), "{problems}");
    let resolved = Resolved { base: config.clone(), lanes: vec![config.clone(); config.lanes], hash: String::new() };
    Link::new(resolved).run(&|_| (), &AtomicBool::new(false)).expect("a checked link runs")
}

/// Runs one lane, without spread, counting `symbols`.
pub(crate) fn run_lane(config: &Config, symbols: u64) -> LaneResult {
    let mut config = config.clone();
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config.simulation.symbols = symbols;
    config.simulation.symbols_at_limit = 0;
    run(&config).lanes.remove(0)
}

/// ln(counted / semi-analytic), asserted to lie within 5 % of model and five standard deviations of the count.
pub(crate) fn agreement(name: &str, lane: &LaneResult) -> f64 {
    let counted = lane.ber_counted.unwrap_or_else(|| panic!("{name}: no errors to compare, {:?}", lane.ber_semi_analytic));
    let predicted = lane.ber_semi_analytic.expect("predicted");
    let ratio = (counted / predicted).ln();
    println!("{name}: counted {counted:.3e} ({} errors), predicted {predicted:.3e}, ln ratio {ratio:.4}", lane.errors);
    assert!(ratio.abs() < 0.05 + 5.0 / (lane.errors as f64).sqrt(), "{name}: ln ratio {ratio}, {} errors", lane.errors);
    ratio
}

/// A source's part of the slicer's noise variance.
pub(crate) fn share(lane: &LaneResult, entity: &str) -> f64 {
    let shares = &lane.slicer.as_ref().expect("trained").noise_shares;
    shares.iter().filter(|s| s.entity.starts_with(entity)).map(|s| s.share).sum()
}

/// Switches every noise off but the smallest remainder.
pub(crate) fn quiet(config: &mut Config) {
    config.transmitter.dac.effective_bits = 12.0;
    config.transmitter.dac.jitter_fs = 0.0;
    for laser in [&mut config.transmitter.eml.laser, &mut config.transmitter.mzm.laser] {
        laser.rin_db_per_hz = -200.0;
        laser.linewidth_mhz = 0.0;
    }
    config.transmitter.eml.driver.noise_nv_per_rthz = 0.0;
    config.transmitter.mzm.driver.noise_nv_per_rthz = 0.0;
    config.receiver.tia.average_pa_per_rthz = 0.5;
    config.receiver.adc.effective_bits = 12.0;
    config.receiver.adc.jitter_fs = 0.0;
    config.receiver.crosstalk.lane_db = -300.0;
    config.receiver.crosstalk.tx_db = -300.0;
}
