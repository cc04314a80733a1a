//! Reflected light in a plan: delays in samples, and how the semi-analytic estimator takes each.

use crate::chain::describe::noise::{
    Law, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource,
};
use crate::chain::describe::reflections::{ReflectedPath, Reflections};
use crate::signal::Grid;
use crate::units::power_ratio;
use std::f64::consts::PI;

/// Power of a path over the light's from which its phase is followed by the prediction, dB. The
/// beat of weaker ones is taken as Gaussian, its phase as free to move within a codeword: at an
/// extinction ratio of 4 dB and an error ratio of 2.4e-4 the beat is an eighth of the noise's rms,
/// which adds 0.1 % to an error ratio in error, and 6 % to the codewords lost on a single lane.
pub(crate) const FOLLOWED_DB: f64 = -55.0;

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
    /// Paths whose phase the prediction follows.
    pub(crate) followed: Vec<PlannedPath>,
    /// All others as one of their power: their phases and data are independent, so that variances
    /// of their beats add, and beats that are small against the noise have no other effect.
    pub(crate) others: Option<PlannedPath>,
    /// Standard deviation of the laser's phase over a step, rad; 0 where the field itself has it.
    pub(crate) step_rad: f64,
}

impl PlannedReflections {
    /// On a grid; `None` without any light reflected.
    ///
    /// A delay beyond a block is taken modulo the block: other data, as good as those of the block
    /// before.
    pub(crate) fn new(reflections: &Reflections, grid: Grid) -> Option<PlannedReflections> {
        let planned = |amplitude: f64, delay_s: f64| {
            let samples = (delay_s * grid.sample_rate_hz()).round() as usize;
            PlannedPath {
                amplitude: amplitude as f32,
                delay: samples % grid.samples(),
                steps: (samples < grid.samples()).then_some(samples / STEP),
            }
        };
        let mut paths = reflections.paths.clone();
        paths.retain(|path| path.amplitude > 0.0);
        paths.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
        let power = |path: &ReflectedPath| path.amplitude * path.amplitude;
        let (followed, others) =
            paths.split_at(paths.partition_point(|path| power(path) >= power_ratio(FOLLOWED_DB)));
        let together = others.iter().map(power).sum::<f64>().sqrt();
        let step_s = STEP as f64 / grid.sample_rate_hz();
        (!paths.is_empty()).then(|| PlannedReflections {
            id: reflections.id.clone(),
            followed: followed.iter().map(|path| planned(path.amplitude, path.delay_s)).collect(),
            others: others.first().map(|strongest| planned(together, strongest.delay_s)),
            step_rad: (2.0 * PI * reflections.linewidth_hz * step_s).sqrt(),
        })
    }

    /// Every path of the plan.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PlannedPath> {
        self.followed.iter().chain(&self.others)
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
    use crate::chain::test_links::reflecting;

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

    /// -40 and -53 dB are followed; -58 and -60 dB are one path of -55.9 dB with the first one's
    /// delay. 20 ns are a block of 4000 samples of 5 ps.
    #[test]
    fn weak_paths_are_one_of_their_power() {
        let all = planned(&[(-40.0, 1e-9), (-60.0, 0.0), (-58.0, 2e-9), (-53.0, 21e-9)]).unwrap();
        let delays: Vec<_> = all.paths().map(|path| (path.delay, path.steps)).collect();
        assert_eq!(delays, [(200, Some(0)), (200, None), (400, Some(1))]);
        assert_eq!(all.followed.len(), 2);
        let together =
            crate::units::db_from_amplitude_ratio(f64::from(all.others.unwrap().amplitude));
        assert!((together + 55.88).abs() < 0.01, "{together}");
        assert!((all.step_rad.powi(2) - 2.0 * PI * 1e6 * 256.0 * 5e-12).abs() < 1e-12);
        assert!(planned(&[]).is_none());
    }

    /// A phase that detection alone does not see is dropped from the field, and reflections draw
    /// it; where dispersion keeps it, it is not drawn twice.
    #[test]
    fn the_lasers_phase_walks_once() {
        let grid = Grid { symbols: 64, samples_per_symbol: 4, symbol_rate_hz: 50e9 };
        let paths = vec![ReflectedPath { amplitude: 0.01, delay_s: 1e-9 }];
        let step_rad = |b2_s2: f64| {
            let plan = reflecting(grid, paths.clone(), 5e6, b2_s2);
            plan.reflections().expect("it reflects").step_rad
        };
        let expected = (2.0 * PI * 5e6 * STEP as f64 / grid.sample_rate_hz()).sqrt();
        assert_eq!((step_rad(0.0), step_rad(2e-23)), (expected, 0.0));
    }
}
