//! Levels of a described transmitter at TP2, read without noise.

use super::pattern::SAMPLES_PER_SYMBOL;
use super::photodiode::received;
use crate::chain::{
    LEVEL_CONTEXTS, NoiseSelection, PlanCache, Probe, Shape, StreamKeys, WorkspacePool,
    level_context,
};
use crate::link::build::transmitted::transmitted;
use crate::link::describe::config::Config;
use crate::math::least_squares;
use crate::measure::align;
use crate::measure::levels::centre_levels;
use crate::measure::tdecq::filtered;
use crate::measured::{BuildContext, FileError, Library};
use crate::pattern::{Pattern, PatternKind};
use crate::seed::Seed;
use crate::transmitter::Modulator;

/// Symbols of the reading, a period of PRBS13Q: all pairs of levels at any distance occur equally
/// often to a part in a thousand, so that interference does not move the mean levels.
const SYMBOLS: usize = 8191;
/// Symbols on each side that a linear response reaches.
const REACH: usize = 8;

/// One block of light at TP2 after the reference filter.
pub(crate) struct LevelReading {
    power: Vec<f32>,
    levels: Vec<u8>,
    /// Delay of the symbol middles, samples.
    pub(crate) delay: f64,
}

/// Means by three symbols of what a linear response leaves.
pub(crate) struct Residual {
    /// Response to the symbol itself, W per full scale.
    pub(crate) gain: f64,
    pub(crate) means: [f64; LEVEL_CONTEXTS],
    /// Their rms over the symbols, W.
    pub(crate) rms: f64,
}

impl LevelReading {
    /// Reads lane 0 of a description; `delay` of an earlier reading keeps its instants.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn new(
        config: &Config,
        modulator: &dyn Modulator,
        library: &Library,
        cache: &mut PlanCache,
        workspaces: &WorkspacePool,
        delay: Option<f64>,
    ) -> Result<LevelReading, FileError> {
        let mut grid = config.grid(None);
        grid.symbols = SYMBOLS;
        let mut levels = vec![0; SYMBOLS];
        Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() }
            .build()
            .expect("a computed pattern builds")
            .fill(0, Seed::new(0), &mut levels);
        let lane_seed = Seed::new(config.simulation.seed).named("lane").index(0);
        let temperature = config.temperature();
        let mut context = BuildContext { grid, lane: 0, lane_seed, temperature, library, cache };
        let light = transmitted(config, modulator, &mut context)?.probe("instrument");
        let plan = received(light, Shape::Gain(1.0), grid, cache);
        let probe = Probe::light(&plan, "instrument", SAMPLES_PER_SYMBOL, cache)
            .expect("the node is there");
        let keys = StreamKeys {
            shared_seed: Seed::new(0),
            lane_seed: Seed::new(0),
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        };
        let light = workspaces.with(&plan, |workspace| probe.waveform(workspace, &levels, &keys));
        let reference = config.tdecq.reference().expect("a description is checked first");
        let power = filtered(&light, SAMPLES_PER_SYMBOL, reference.bandwidth_symbol_rates);
        let delay = delay.unwrap_or_else(|| align::delay(&power, SAMPLES_PER_SYMBOL, &levels));
        Ok(LevelReading { power, levels, delay })
    }

    /// Mean power at the middle of the symbols, by level.
    pub(crate) fn levels(&self) -> [f64; 4] {
        centre_levels(&self.power, SAMPLES_PER_SYMBOL, &self.levels, self.delay)
    }

    /// The part of each symbol's middle that no linear response to symbols of these `amplitudes`
    /// explains, by least squares; `None` where the symbols do not determine the response.
    pub(crate) fn residual(&self, amplitudes: [f64; 4]) -> Option<Residual> {
        residual(&self.levels, &self.middles(), amplitudes)
    }

    fn middles(&self) -> Vec<f64> {
        let first = self.delay.round() as usize;
        let at = |k: usize| (k * SAMPLES_PER_SYMBOL + first) % self.power.len();
        (0..self.levels.len()).map(|k| f64::from(self.power[at(k)])).collect()
    }
}

/// What `y[k] = c + sum_j h[j] a[k - j]` leaves of `y`.
fn residual(levels: &[u8], y: &[f64], amplitudes: [f64; 4]) -> Option<Residual> {
    let n = levels.len();
    let a: Vec<f64> = levels.iter().map(|&level| amplitudes[usize::from(level)]).collect();
    const UNKNOWNS: usize = 2 * REACH + 2;
    let row = |k: usize| -> [f64; UNKNOWNS] {
        std::array::from_fn(|j| if j == 0 { 1.0 } else { a[(k + n + REACH + 1 - j) % n] })
    };
    let (mut square, mut product) = (vec![0.0; UNKNOWNS * UNKNOWNS], vec![0.0; UNKNOWNS]);
    for (k, y) in y.iter().enumerate() {
        let row = row(k);
        for (i, x) in row.iter().enumerate() {
            product[i] += x * y;
            let line = &mut square[i * UNKNOWNS..][..UNKNOWNS];
            line.iter_mut().zip(&row).for_each(|(sum, other)| *sum += x * other);
        }
    }
    let response = least_squares::solve(&square, &product)?;
    let (mut sums, mut counts) = ([0.0; LEVEL_CONTEXTS], [0.0; LEVEL_CONTEXTS]);
    for (k, y) in y.iter().enumerate() {
        let linear: f64 = row(k).iter().zip(&response).map(|(x, h)| x * h).sum();
        let [before, level, after] = [n - 1, 0, 1].map(|by| usize::from(levels[(k + by) % n]));
        let context = level_context(before, level, after);
        counts[context] += 1.0;
        sums[context] += y - linear;
    }
    let means: [f64; LEVEL_CONTEXTS] =
        std::array::from_fn(|c| if counts[c] > 0.0 { sums[c] / counts[c] } else { 0.0 });
    let power: f64 = means.iter().zip(&counts).map(|(mean, count)| mean * mean * count).sum();
    Some(Residual { gain: response[REACH + 1], means, rms: (power / n as f64).sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linear response leaves nothing; a product of two symbols is found in every three symbols
    /// in which it stands.
    #[test]
    fn only_what_is_not_linear_is_left() {
        let amplitudes = [-1.0, -0.4, 0.3, 1.0];
        let mut rng = Seed::new(1).rng();
        let levels: Vec<u8> = (0..16_384).map(|_| (rng.uniform() * 4.0) as u8).collect();
        let n = levels.len();
        let a = |k: usize| amplitudes[usize::from(levels[k % n])];
        let linear = |k: usize| 3.0 + 2.0 * a(k) - 0.3 * a(k + n - 1) + 0.1 * a(k + n + 2);
        let y: Vec<f64> = (0..n).map(linear).collect();
        let found = residual(&levels, &y, amplitudes).expect("all symbols occur");
        assert!((found.gain - 2.0).abs() < 1e-9 && found.rms < 1e-9, "{}", found.rms);
        // a product with the symbol before: what is left of it has no linear part
        let bent: Vec<f64> = (0..n).map(|k| linear(k) + 0.05 * a(k) * a(k + n - 1)).collect();
        let found = residual(&levels, &bent, amplitudes).expect("all symbols occur");
        let mean = amplitudes.iter().sum::<f64>() / 4.0;
        for (before, level) in (0..4).flat_map(|b| (0..4).map(move |l| (b, l))) {
            let expected = 0.05 * (amplitudes[before] - mean) * (amplitudes[level] - mean);
            let left = found.means[level_context(before, level, 2)];
            // each coefficient scatters by 0.05 x 0.57 / (128 x 0.76) = 2.9e-4; three of them on
            // amplitudes of one make 5e-4 rms: five deviations
            assert!((left - expected).abs() < 2.5e-3, "{before} {level}: {left}, {expected}");
        }
    }
}
