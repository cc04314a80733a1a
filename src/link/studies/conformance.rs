//! Conformance test of a modulator, built in or custom.

use crate::chain::{PlanCache, Probe, WorkspacePool};
use crate::error::Result;
use crate::link::layers::layered::LayeredConfig;
use crate::link::run::custom::LaneSet;
use crate::link::run::link::Link;
use crate::run_options::RunOptions;
use crate::transmitter::Modulator;
use std::sync::Arc;

/// Preset of the link for the test.
const PRESET: &str = "800gbase-dr8";
/// Difference between a waveform and that of shifted symbols (fraction of its swing) above which it
/// is not rounding.
const SHIFT_TOLERANCE: f32 = 1e-3;
/// Symbols counted at the limit: 60 errors of the preset's 2.4e-4 in a quarter of a million bits.
const SYMBOLS_AT_LIMIT: u64 = 262_144;
/// Numbers of threads whose results must be the same.
const THREADS: [usize; 2] = [1, 3];

/// Tests a modulator on one lane of a link; returns its failures, none if it conforms.
///
/// - Wavelength, settled amplitude and RIN are finite, and it has a description.
/// - Its optical power is finite, never negative, and modulated.
/// - It treats a block as one period of an endless sequence: a cyclic shift of the symbols shifts
///   the waveform and changes nothing else.
/// - Two runs, by one thread and by three, give the same bits.
/// - The counted and the semi-analytic error ratio agree within their intervals.
///
/// # Errors
///
/// A link that cannot be built.
pub fn conformance(modulator: &Arc<dyn Modulator>) -> Result<Vec<String>> {
    let mut stack = LayeredConfig::open(PRESET)?;
    stack.set("lanes=1")?;
    stack.set("simulation.symbols=0")?;
    stack.set(&format!("simulation.symbols_at_limit={SYMBOLS_AT_LIMIT}"))?;
    let link = || -> Result<Link> {
        Ok(Link::new(stack.resolve()?).with_modulator(LaneSet::All, modulator.clone()))
    };
    let mut failures = figures(&**modulator);
    failures.extend(waveform(&link()?)?);
    let mut texts = Vec::new();
    for threads in THREADS {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let run = || link()?.run(&RunOptions::default());
        let result = pool.map_or_else(|_| run(), |pool| pool.install(run))?;
        if let Some(because) = &result.lanes[0].not_evaluated {
            failures.push(format!("the lane was not evaluated: {because}"));
        } else if result.lanes[0].estimators_agree != Some(true) {
            failures.push(format!(
                "the counted and the semi-analytic error ratio do not agree: {:?} at the limit",
                result.lanes[0].ber_counted_at_limit
            ));
        }
        texts.push(serde_json::to_string(&result).unwrap_or_default());
    }
    if texts.windows(2).any(|pair| pair[0] != pair[1]) {
        failures.push(format!("runs of {THREADS:?} threads differ"));
    }
    failures.dedup();
    Ok(failures)
}

/// The modulator's description of itself.
fn figures(modulator: &dyn Modulator) -> Vec<String> {
    let mut failures = Vec::new();
    let mut keep = |is_kept: bool, what: String| {
        if !is_kept {
            failures.push(what);
        }
    };
    let (nm, oma_w) = (modulator.wavelength_nm(), modulator.settled_oma_w(1.0));
    keep(!modulator.about().is_empty(), "about() is empty".to_owned());
    keep(nm.is_finite() && nm > 0.0, format!("wavelength_nm() is {nm}; must be above 0"));
    keep(oma_w.is_finite() && oma_w > 0.0, format!("settled_oma_w(1) is {oma_w}; must be above 0"));
    if let Some(rin) = modulator.rin_per_hz(30e9) {
        keep(rin.is_finite() && rin >= 0.0, format!("rin_per_hz() is {rin}; must be from 0"));
    }
    failures
}

/// Tests its optical power without noise: finite, modulated, periodic.
fn waveform(link: &Link) -> Result<Vec<String>> {
    let mut cache = PlanCache::default();
    let lane = link.lane(0, &mut cache)?;
    let plan = &lane.optical().plan;
    let per_symbol = lane.grid().samples_per_symbol;
    let Some(probe) = Probe::light(plan, "tp2", per_symbol, &mut cache) else {
        return Ok(vec!["the chain has no light at TP2".to_owned()]);
    };
    let levels = lane.blocks(1, false).remove(0);
    let by = levels.len() / 3;
    let mut shifted = levels.clone();
    shifted.rotate_left(by);
    let [power, mut moved] = WorkspacePool::default().with(plan, |workspace| {
        [levels, shifted].map(|levels| probe.waveform(workspace, &levels, &lane.noiseless()))
    });
    if power.iter().any(|p| !p.is_finite() || *p < 0.0) {
        return Ok(vec!["the light at TP2 is not finite or below zero".to_owned()]);
    }
    let (low, high) = power.iter().fold((f32::MAX, 0f32), |(l, h), p| (l.min(*p), h.max(*p)));
    if high <= low {
        return Ok(vec!["the light at TP2 is not modulated".to_owned()]);
    }
    // a recording does not depend on the symbols
    if lane.modulator.recording().is_some() {
        return Ok(Vec::new());
    }
    moved.rotate_right(by * per_symbol);
    let worst = power.iter().zip(&moved).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let part = worst / (high - low);
    Ok(if part > SHIFT_TOLERANCE {
        vec![format!(
            "symbols shifted around the block change the waveform by {part:.1e} of its swing; \
             must be one period of an endless sequence"
        )]
    } else {
        Vec::new()
    })
}
