//! Periods of a capture on one grid.

use super::located::Located;
use super::read::Capture;
use super::resample_kernel::ResampleKernel;
use crate::math::resample::by_spectrum;
use std::collections::HashMap;

/// Distance from a whole number of samples at which a capture counts as one, samples.
const WHOLE: f64 = 0.05;
/// Part of the highest (lowest) level's symbols that stand at one value when a capture is clipped,
/// and how much less than that a middle level's may.
const CLIPPED: f64 = 0.05;
const CLEARLY: f64 = 10.0;

/// The periods of a capture, each on a whole number of samples per symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct Periods {
    /// One period of levels; sample 0 lies in the first symbol.
    pub levels: Vec<u8>,
    /// Samples per symbol.
    pub samples_per_symbol: usize,
    /// Power of each period, in the capture's unit.
    pub power: Vec<Vec<f32>>,
    /// Their mean.
    pub mean: Vec<f32>,
}

impl Periods {
    /// Cuts a capture into its periods.
    ///
    /// A capture of a whole number of periods and samples is resampled by its spectrum, exactly;
    /// any other by a low-pass kernel, with the neighbours of the next period at its ends.
    ///
    /// # Errors
    ///
    /// A capture whose highest or lowest level is clipped.
    pub fn cut(
        capture: &Capture,
        located: &Located,
        samples_per_symbol: usize,
    ) -> Result<Periods, String> {
        let x = &capture.power_w;
        clipped(x, located)?;
        let (s, n) = (located.samples_per_symbol, located.levels.len());
        let (length, period) = (n * samples_per_symbol, n as f64 * s);
        let count = (x.len() as f64 / period).round().max(1.0);
        if (count * period - x.len() as f64).abs() < WHOLE {
            let all = by_spectrum(x, length * count as usize);
            let power = all.chunks_exact(length).map(<[f32]>::to_vec).collect();
            return Ok(Self::of(located.levels.clone(), samples_per_symbol, power));
        }
        let kernel = ResampleKernel::new(samples_per_symbol as f64 / s);
        let lead = (kernel.reach() / s).ceil();
        let inside = ((x.len() as f64 - 2.0 * lead * s) / period).floor();
        let (first, count) = if inside >= 1.0 { (lead, inside) } else { (0.0, 1.0) };
        let wrap = (period.round() as usize).clamp(1, x.len());
        let at = |j: usize| kernel.at(x, (first + j as f64 / samples_per_symbol as f64) * s, wrap);
        let one = |k: usize| (k * length..(k + 1) * length).map(at).collect();
        let power = (0..count as usize).map(one).collect();
        let levels = (0..n).map(|k| located.levels[(first as usize + k) % n]).collect();
        Ok(Self::of(levels, samples_per_symbol, power))
    }

    fn of(levels: Vec<u8>, samples_per_symbol: usize, power: Vec<Vec<f32>>) -> Periods {
        let share = 1.0 / power.len() as f64;
        let mean = |j: usize| (power.iter().map(|p| f64::from(p[j])).sum::<f64>() * share) as f32;
        let mean = (0..power[0].len()).map(mean).collect();
        Periods { levels, samples_per_symbol, power, mean }
    }
}

/// Refuses a capture whose outer level stands at one value far more often than a middle one does.
fn clipped(x: &[f32], located: &Located) -> Result<(), String> {
    let n = located.levels.len();
    let mut values: [HashMap<u32, usize>; 4] = Default::default();
    let mut counts = [0usize; 4];
    let symbols = (x.len() as f64 / located.samples_per_symbol) as usize;
    for k in 0..symbols {
        let at = ((k as f64 + located.delay_ui) * located.samples_per_symbol) as usize;
        let Some(value) = x.get(at) else { continue };
        let level = usize::from(located.levels[k % n]);
        *values[level].entry(value.to_bits()).or_default() += 1;
        counts[level] += 1;
    }
    let most = |level: usize| {
        let often = values[level].values().max().copied().unwrap_or(0);
        often as f64 / counts[level].max(1) as f64
    };
    let middle = most(1).min(most(2));
    for (level, limit, which) in
        [(3, f32::max as fn(f32, f32) -> f32, "highest"), (0, f32::min, "lowest")]
    {
        let end = x.iter().copied().reduce(limit).unwrap_or(0.0);
        let part = values[level].get(&end.to_bits()).copied().unwrap_or(0) as f64
            / counts[level].max(1) as f64;
        if part > CLIPPED && part > CLEARLY * middle {
            return Err(format!(
                "is clipped: {:.0} % of its {which} level's symbols stand at {end:e}, the end of the range; must be captured within range",
                100.0 * part
            ));
        }
    }
    Ok(())
}
