//! One lane of a description, run for its figures.

use crate::error::Problems;
use crate::link::{Config, LaneResult, Link, Resolved, presets};
use crate::measured::Library;
use crate::run_options::RunOptions;

/// A preset's description.
pub(super) fn preset(name: &str) -> Config {
    presets::find(name).expect("it ships").config()
}

/// Runs one lane of a description, without spread, counting so many symbols; `None` if it is
/// refused.
pub(super) fn run(config: &Config, symbols: u64) -> Option<LaneResult> {
    let mut config = config.clone();
    config.lanes = 1;
    config.spread.launch_power_db = 0.0;
    config.simulation.symbols = symbols;
    config.simulation.symbols_at_limit = 0;
    let (library, mut problems) = (Library::default(), Problems::new());
    config.check(&library, &mut problems);
    let resolved = Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        lanes: vec![config.clone()],
        base: config,
        hash: String::new(),
        library,
    };
    let result = problems.is_empty().then(|| Link::new(resolved).run(&RunOptions::default()))?;
    result.ok()?.lanes.pop()
}

/// Takes out what the presets describe beyond parts of one response each: trained levels, echoes,
/// sub-converters, an amplifier that follows the light.
pub(super) fn without_memory(config: &mut Config) {
    let t = &mut config.transmitter;
    t.levels = Default::default();
    let drivers = [&mut t.eml.driver, &mut t.mzm.driver, &mut t.ring.driver, &mut t.tfln.driver];
    drivers.into_iter().for_each(|driver| driver.echo = None);
    t.dac.echo = None;
    config.receiver.tia.echo = None;
    config.receiver.tia.large_signal = Default::default();
    config.receiver.dsp.adc.interleave = None;
}

/// Reduces every noise to its smallest value, in a chain [`without_memory`].
pub(super) fn quiet(config: &mut Config) {
    without_memory(config);
    let t = &mut config.transmitter;
    (t.dac.effective_bits, t.dac.jitter_fs) = (12.0, 0.0);
    for laser in [&mut t.eml.laser, &mut t.mzm.laser, &mut t.ring.laser, &mut t.tfln.laser] {
        (laser.rin_db_per_hz, laser.linewidth_mhz) = (-200.0, 0.0);
    }
    let drivers = [&mut t.eml.driver, &mut t.mzm.driver, &mut t.ring.driver, &mut t.tfln.driver];
    for driver in drivers {
        (driver.noise_nv_per_rthz, driver.noise_rms_mv) = (0.0, None);
    }
    let r = &mut config.receiver;
    r.tia.noise_average_pa_per_rthz = 0.5;
    (r.dsp.adc.effective_bits, r.dsp.adc.jitter_fs) = (12.0, 0.0);
    (r.crosstalk.lane_db, r.crosstalk.tx_db) = (-300.0, -300.0);
}
