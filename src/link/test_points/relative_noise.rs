//! RIN_OMA as an instrument reads it: all noise of the transmitter with its modulation off.

use crate::chain::{NotEvaluated, PlanCache, Shape, WorkspacePool};
use crate::link::build::lane::Lane;
use crate::link::test_points::level_variance::{level_variance, level_variances_of};
use crate::link::test_points::pattern::pattern;
use crate::link::test_points::photodiode::received;
use crate::math::prototype::Family;
use crate::measure::tdecq::Reference;

/// Symbols of a block: many times the memory of a transmitter.
const SYMBOLS: usize = 1024;

/// Sampling phases of a symbol: its noise, held over a symbol and filtered to less than the symbol
/// rate, has no variance beyond the second harmonic of that rate, whose mean four phases give.
const PHASES: usize = 4;

/// Weights of the four levels' variances at an unmodulated drive, half way between the middle
/// levels: the cubic through drives of -1, -1/3, 1/3 and 1.
const UNMODULATED: [f64; 4] = [-1.0 / 16.0, 9.0 / 16.0, 9.0 / 16.0, -1.0 / 16.0];

/// RIN_OMA of laser, driver and converter together, 1/Hz, of light of this OMA at TP2.
///
/// ```text
/// RIN_OMA = sigma^2 / (B (OMA / 2)^2),   B = integral of |H|^2 df
/// ```
///
/// sigma^2 is the variance of the power at an unmodulated drive after the reference filter H, on
/// average over a symbol: a converter's noise is larger in the middle of what it holds. It is
/// interpolated from blocks of one level each, which have no edges: jitter is not part of it.
pub(super) fn rin_oma_per_hz(
    lane: &Lane,
    reference: &Reference,
    oma_w: f64,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> Result<f64, String> {
    if lane.modulator.recording().is_some() {
        return Err("a captured waveform cannot be switched off".to_owned());
    }
    let mut grid = lane.grid();
    grid.symbols = SYMBOLS;
    let mut modulated = vec![0; SYMBOLS];
    pattern(lane).0.fill(0, lane.lane_seed, &mut modulated);
    let band_hz = reference.bandwidth_symbol_rates * grid.symbol_rate_hz;
    let filter = Shape::low_pass(Family::Bessel, 4, band_hz, 0.0);
    let noise_bandwidth_hz = filter.noise_bandwidth().expect("it is a low-pass").white_hz;
    let settled: Vec<Vec<u8>> = (0..4).map(|level| vec![level; SYMBOLS]).collect();
    let light = lane.light(grid, cache).map_err(|gone| gone.to_string())?;
    let plan = received(light, filter, grid, cache);
    let variance = workspaces.with(&plan, |workspace| {
        let (trained, _) = level_variance(&plan, lane, modulated, workspace)?;
        let late = |phase: usize| trained.late(phase as f64 / PHASES as f64, SYMBOLS);
        let phases = (0..PHASES).map(late);
        Ok(level_variances_of(&plan, lane, phases, settled, workspace))
    });
    let variance = variance.map_err(|refusal: NotEvaluated| refusal.because)?;
    let off = |by_level: &[f64; 4]| -> f64 {
        by_level.iter().zip(UNMODULATED).map(|(v, weight)| v * weight).sum()
    };
    let off = variance.iter().map(off).sum::<f64>() / PHASES as f64;
    Ok(off / (noise_bandwidth_hz * (oma_w / 2.0).powi(2)))
}
