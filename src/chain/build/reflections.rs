//! Reflected light in a plan: delays in samples, and how the semi-analytic estimator takes each.

use crate::chain::describe::noise::{
    Law, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource,
};
use crate::chain::describe::reflections::Reflections;
use crate::signal::Grid;
use std::f64::consts::PI;

/// Share of the interfering power below which the weakest paths are left out.
const LEFT_OUT: f64 = 0.01;

/// Power of a path over the light's, from which its phase is followed by the prediction: -55 dB.
/// The beat of a weaker one is taken as Gaussian, its phase as free to move within a codeword: at
/// an extinction ratio of 4 dB and an error ratio of 2.4e-4 the beat is an eighth of the noise's
/// rms, which adds 0.1 % to an error ratio in error, and 6 % to the codewords lost on a single
/// lane.
const FOLLOWED: f64 = 3.2e-6;

/// Samples over which a phase stands still.
pub(crate) const STEP: usize = 256;

/// A path of reflected light on a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlannedPath {
    pub(crate) amplitude: f32,
    /// Delay, samples; less than a block.
    pub(crate) delay: usize,
    /// The laser's phase when the copy left it is that of another time: the delay in steps of the
    /// phase, `None` where it is as long as a block.
    pub(crate) steps: Option<usize>,
}

/// Reflected light at the end of a section of light.
#[derive(Clone, Debug)]
pub(crate) struct PlannedReflections {
    pub(crate) id: NoiseId,
    /// Strongest first.
    pub(crate) paths: Vec<PlannedPath>,
    /// Number of paths, the first ones, whose phase the prediction follows.
    pub(crate) followed: usize,
    /// Standard deviation of the laser's phase over a step, rad.
    pub(crate) step_rad: f64,
}

impl PlannedReflections {
    /// On a grid; `None` without any light reflected.
    ///
    /// A delay beyond a block is taken modulo the block: other data, as good as those of the block
    /// before.
    pub(crate) fn new(reflections: &Reflections, grid: Grid) -> Option<PlannedReflections> {
        let power = |amplitude: f64| amplitude * amplitude;
        let mut paths = reflections.paths.clone();
        paths.retain(|path| path.amplitude > 0.0);
        paths.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
        let all: f64 = paths.iter().map(|path| power(path.amplitude)).sum();
        let mut left = all;
        let kept = paths.iter().take_while(|path| {
            let needed = left > LEFT_OUT * all;
            left -= power(path.amplitude);
            needed
        });
        let planned: Vec<PlannedPath> = kept
            .map(|path| {
                let samples = (path.delay_s * grid.sample_rate_hz()).round() as usize;
                PlannedPath {
                    amplitude: path.amplitude as f32,
                    delay: samples % grid.samples(),
                    steps: (samples < grid.samples()).then_some(samples / STEP),
                }
            })
            .collect();
        let followed = |path: &&PlannedPath| power(f64::from(path.amplitude)) >= FOLLOWED;
        let step_s = STEP as f64 / grid.sample_rate_hz();
        (!planned.is_empty()).then(|| PlannedReflections {
            id: reflections.id.clone(),
            followed: planned.iter().take_while(followed).count(),
            paths: planned,
            step_rad: (2.0 * PI * reflections.linewidth_hz * step_s).sqrt(),
        })
    }

    /// Their beat with the light, as a source of noise.
    pub(crate) fn source(&self) -> NoiseSource {
        let class = NoiseClass {
            place: NoisePlace::OnLight,
            law: Law::Relative,
            origin: NoiseOrigin::Reflections,
        };
        NoiseSource { id: self.id.clone(), class }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::describe::reflections::ReflectedPath;

    fn planned(paths: &[(f64, f64)]) -> Option<PlannedReflections> {
        let grid = Grid { symbols: 1000, samples_per_symbol: 4, symbol_rate_hz: 50e9 };
        let path = |&(power_db, delay_s): &(f64, f64)| ReflectedPath {
            amplitude: crate::units::amplitude_ratio(power_db),
            delay_s,
        };
        let paths = paths.iter().map(path).collect();
        PlannedReflections::new(
            &Reflections { id: NoiseId::new("reflections"), paths, linewidth_hz: 1e6 },
            grid,
        )
    }

    /// Of -40, -70, -58 and -53 dB the second has 0.1 % of the power and goes; -58 dB is not
    /// followed. 20 ns are a block of 4000 samples of 5 ps.
    #[test]
    fn the_strongest_paths_stay_with_their_delays() {
        let all = planned(&[(-40.0, 1e-9), (-70.0, 0.0), (-58.0, 2e-9), (-53.0, 21e-9)]).unwrap();
        let delays: Vec<_> = all.paths.iter().map(|path| (path.delay, path.steps)).collect();
        // -53 and -58 dB are 5 and 1.6 % of the power
        assert_eq!(delays, [(200, Some(0)), (200, None), (400, Some(1))]);
        assert_eq!(all.followed, 2);
        // 2 pi 1 MHz 256 5 ps / ...: 256 samples of 5 ps
        assert!((all.step_rad.powi(2) - 2.0 * PI * 1e6 * 256.0 * 5e-12).abs() < 1e-12);
        assert!(planned(&[]).is_none());
    }
}
