//! Training of the transmit levels: two inner levels by secants or by search, and the table of
//! three symbols that takes out what no linear equaliser could.

use super::trial::{BETTER, TrialContext, cost, trial_of};
use crate::chain::LEVEL_CONTEXTS;
use crate::fibre::Wdm;
use crate::link::build::lane::Lane;
use crate::link::build::light::Light;
use crate::link::describe::config::Config;
use crate::link::describe::segments::DecisionPoint;
use crate::link::describe::tdecq::TestPattern;
use crate::link::test_points::level_reading::LevelReading;
use crate::link::test_points::transmitter::worst_tdecq_db;
use crate::measured::FileError;
use crate::serdes::{LINEAR_INNER, LevelTraining};
use crate::transmitter::{Modulator, WaveguideCrosstalk};

/// Readings of the secant method; a bent but smooth transmitter needs four or five.
const READINGS: usize = 12;
/// Distance of the inner levels from equal steps at which it ends, part of the outer distance: the
/// RLM is within 3e-5 of one then.
const CLOSE: f64 = 5e-6;
/// Largest step of a drive, and its distance from the outer ones.
const STEP_MAX: f64 = 0.2;
const ROOM: f64 = 0.02;
/// Change of a drive from which its slope is renewed: less is rounding of the waveform.
const SLOPE_FROM: f64 = 1e-3;

/// Steps of a search, coarse to fine, of the full scale. At the least error ratio a step of 0.003
/// is a hundredth of an eye's opening.
const STRIDES: [f64; 3] = [0.02, 0.008, 0.003];
/// Rounds of a search at each step.
const ROUNDS: usize = 6;

/// Rounds of the table, and the part of the error that each takes out: neighbours share errors, so
/// that the whole would overshoot.
const TABLE_ROUNDS: usize = 8;
const TABLE_PART: f64 = 0.7;

/// True if the levels of the module's own converter are to be trained.
pub(super) fn trains(config: &Config, modulator: &dyn Modulator) -> bool {
    config.transmitter.levels.train != LevelTraining::None
        && config.optical().from == DecisionPoint::NearModule
        && config.transmitter.chosen().is_driven()
        && modulator.recording().is_none()
}

/// Forgets what is given, so that a description that was trained trains to the same.
pub(super) fn reset(config: &mut Config) {
    config.transmitter.levels.inner = LINEAR_INNER;
    config.transmitter.levels.entries.clear();
}

/// Trains the levels of a description that was [`reset`]; equal eyes are those of its light, and
/// are found once for all descriptions that have it. `files` are those of the modulator, if they
/// are known. A file that is missing is reported by the later build.
pub(super) fn train_once(
    config: &mut Config,
    files: Option<&[&str]>,
    bench: &mut TrialContext<'_>,
) {
    let equal_eyes = config.transmitter.levels.train == LevelTraining::EqualEyes;
    let Some(files) = files.filter(|_| equal_eyes) else {
        let _ = train(config, bench);
        return;
    };
    let light = Light::of(config);
    let library = bench.library;
    let trained = library.derived(&light, files, || {
        let mut found = light.0.clone();
        let done = train(&mut found, bench).is_ok() && !bench.workspaces.is_cancelled();
        let levels = found.transmitter.levels;
        if done { Ok(levels) } else { Err(levels) }
    });
    config.transmitter.levels = trained.map_or_else(|levels| levels, |levels| (*levels).clone());
}

/// Trains the levels of a description that was [`reset`].
///
/// # Errors
///
/// A file that cannot be read any more.
pub(super) fn train(config: &mut Config, bench: &mut TrialContext<'_>) -> Result<(), FileError> {
    let reading = equal_eyes(config, bench)?;
    let criterion = config.transmitter.levels.train;
    if criterion != LevelTraining::EqualEyes {
        search(config, bench);
    }
    if config.transmitter.levels.table {
        let before = config.clone();
        table(config, bench, reading.delay)?;
        if criterion != LevelTraining::EqualEyes && score(config, bench) >= score(&before, bench) {
            config.transmitter.levels.entries = before.transmitter.levels.of_levels().to_vec();
        }
    }
    Ok(())
}

/// Reads the light of a description, at the instants of an earlier reading.
fn read(
    config: &Config,
    bench: &mut TrialContext<'_>,
    delay: Option<f64>,
) -> Result<LevelReading, FileError> {
    let TrialContext { modulator, library, cache, workspaces } = bench;
    LevelReading::new(config, &***modulator, library, cache, workspaces, delay)
}

/// The inner levels that lie at equal steps at TP2, by the secants of each on its own drive; the
/// last reading.
fn equal_eyes(
    config: &mut Config,
    bench: &mut TrialContext<'_>,
) -> Result<LevelReading, FileError> {
    let mut reading = read(config, bench, None)?;
    let mut levels = reading.levels();
    let mut slopes = [(levels[3] - levels[0]) / 2.0; 2];
    for _ in 1..READINGS {
        if bench.workspaces.is_cancelled() {
            break;
        }
        let outer = levels[3] - levels[0];
        let errors = [1, 2].map(|k| levels[0] + outer * k as f64 / 3.0 - levels[k]);
        if outer <= 0.0 || errors.iter().all(|e| e.abs() <= CLOSE * outer) {
            break;
        }
        let inner = config.transmitter.levels.inner;
        let step = |k: usize| (errors[k] / slopes[k]).clamp(-STEP_MAX, STEP_MAX);
        let low = (inner[0] + step(0)).clamp(ROOM - 1.0, 1.0 - 2.0 * ROOM);
        let high = (inner[1] + step(1)).clamp(low + ROOM, 1.0 - ROOM);
        config.transmitter.levels.inner = [low, high];
        reading = read(config, bench, Some(reading.delay))?;
        let next = reading.levels();
        for (k, drive) in [low, high].into_iter().enumerate() {
            let slope = (next[k + 1] - levels[k + 1]) / (drive - inner[k]);
            if (drive - inner[k]).abs() > SLOPE_FROM && slope > 0.1 * slopes[k] {
                slopes[k] = slope;
            }
        }
        levels = next;
    }
    Ok(reading)
}

/// The criterion of a search: ln of the error ratio, or TDECQ in dB.
fn score(config: &Config, bench: &mut TrialContext<'_>) -> f64 {
    if bench.workspaces.is_cancelled() {
        return f64::INFINITY;
    }
    let mut trial = trial_of(config);
    if config.transmitter.levels.train == LevelTraining::LeastErrorRatio {
        return cost(&trial, config.optical(), bench);
    }
    trial.tdecq.pattern = TestPattern::Prbs13q;
    // the light of a lane alone
    trial.fibre.wdm = Wdm::default();
    trial.transmitter.waveguide_crosstalk = WaveguideCrosstalk::default();
    let TrialContext { modulator, library, cache, workspaces } = bench;
    let modulator = (*modulator).clone();
    let lane = Lane::settled(trial, 0, modulator, vec![], library, None, cache);
    let tdecq_db = lane.ok().and_then(|lane| worst_tdecq_db(&lane, workspaces, cache));
    tdecq_db.unwrap_or(f64::INFINITY)
}

/// The inner levels of the least [`score`], one moved after the other: a local minimum.
fn search(config: &mut Config, bench: &mut TrialContext<'_>) {
    let mut best = score(config, bench);
    for stride in STRIDES {
        for _ in 0..ROUNDS {
            let before = best;
            for (k, step) in [(0, stride), (0, -stride), (1, stride), (1, -stride)] {
                loop {
                    let mut trial = config.clone();
                    let inner = &mut trial.transmitter.levels.inner;
                    inner[k] += step;
                    let [low, high] = *inner;
                    if low < ROOM - 1.0 || high < low + ROOM || high > 1.0 - ROOM {
                        break;
                    }
                    let found = score(&trial, bench);
                    if found.is_nan() || found >= best - BETTER {
                        break;
                    }
                    (best, *config) = (found, trial);
                }
            }
            if best > before - BETTER {
                break;
            }
        }
    }
}

/// The table about the inner levels found: each round takes most of the mean error of every three
/// symbols out of its drive, within the full scale; the best round counts.
fn table(config: &mut Config, bench: &mut TrialContext<'_>, delay: f64) -> Result<(), FileError> {
    let mut entries = config.transmitter.levels.of_levels();
    let levels = read(config, bench, Some(delay))?.levels();
    let amplitudes = levels.map(|level| 2.0 * (level - levels[0]) / (levels[3] - levels[0]) - 1.0);
    let mut best: Option<(f64, [f64; LEVEL_CONTEXTS])> = None;
    for _ in 0..TABLE_ROUNDS {
        if bench.workspaces.is_cancelled() {
            break;
        }
        config.transmitter.levels.entries = entries.to_vec();
        let reading = read(config, bench, Some(delay))?;
        let Some(left) = reading.residual(amplitudes).filter(|left| left.gain > 0.0) else { break };
        if best.is_none_or(|(rms, _)| left.rms < rms) {
            best = Some((left.rms, entries));
        }
        // runs of an outer level keep the full scale
        for (drive, error) in entries.iter_mut().zip(&left.means).skip(1).take(LEVEL_CONTEXTS - 2) {
            *drive = (*drive - TABLE_PART * error / left.gain).clamp(-1.0, 1.0);
        }
    }
    let found = best.map_or_else(|| config.transmitter.levels.of_levels(), |(_, entries)| entries);
    config.transmitter.levels.entries = found.to_vec();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Chain, Map, PlanCache, WorkspacePool};
    use crate::link::LayeredConfig;
    use crate::link::test_points::levels::settled;
    use crate::link::test_points::transmitter::measure;
    use crate::measure::levels::OuterLevels;
    use crate::measured::{BuildContext, Library};
    use crate::signal::{Field, Volt};
    use crate::transmitter::{Drive, TransmitterKind};
    use num_complex::Complex32;
    use std::sync::Arc;

    type Curve = fn(f32) -> f32;

    /// A modulator of a static curve of power over drive.
    struct Static(Curve);

    impl Map<Volt, Field> for Static {
        fn apply(&self, x: &[f32], y: &mut [Complex32]) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = Complex32::new((self.0)(*x).sqrt(), 0.0));
        }
        fn name(&self) -> &'static str {
            "static"
        }
    }

    impl Modulator for Static {
        fn extend(&self, drive: Drive<'_>, _: &mut BuildContext<'_>) -> Chain<Field> {
            drive.volts().map(Static(self.0))
        }
        fn settled_oma_w(&self, drive: f64) -> f64 {
            f64::from((self.0)(drive as f32) - (self.0)(-drive as f32))
        }
        fn rin_per_hz(&self, _: f64) -> Option<f64> {
            None
        }
        fn wavelength_nm(&self) -> f64 {
            1310.0
        }
        fn about(&self) -> &str {
            "a static curve"
        }
    }

    fn trained(config: &Config, modulator: Arc<dyn Modulator>) -> Config {
        let (library, mut cache) = (Library::default(), PlanCache::default());
        let workspaces = WorkspacePool::default();
        let mut bench = TrialContext {
            modulator: &modulator,
            library: &library,
            cache: &mut cache,
            workspaces: &workspaces,
        };
        let mut found = config.clone();
        reset(&mut found);
        train(&mut found, &mut bench).expect("no file is named");
        found
    }

    /// Rectangular symbols through a static curve: the mean levels after any linear filter are
    /// those of the curve but for interference with mean zero. The grid of 16 samples a symbol
    /// rounds the edges, over which the curve acts, for a few per cent of the symbol: 3e-3 of the
    /// full scale.
    #[test]
    fn a_static_curve_trains_to_its_inverse() {
        let mut config = Config::default();
        config.transmitter.ffe.taps = vec![0.0, 1.0, 0.0];
        config.transmitter.dac.bandwidth_ghz = 500.0;
        config.simulation.samples_per_symbol = 16;
        config.transmitter.levels.train = LevelTraining::EqualEyes;
        let curves: [(&str, Curve, f64); 3] = [
            ("linear", |x| 1e-3 * (1.0 + 0.4 * x), 1e-3),
            ("sine", |x| 1e-3 * (1.0 + (0.6 * x + 0.1).sin()), 3e-3),
            ("tanh", |x| 1e-3 * (1.0 + 0.5 * (0.9 * x).tanh()), 3e-3),
        ];
        for (name, curve, within) in curves {
            let inner = trained(&config, Arc::new(Static(curve))).transmitter.levels.inner;
            let f = |x: f64| f64::from(curve(x as f32));
            for (k, drive) in inner.into_iter().enumerate() {
                let wanted = f(-1.0) + (f(1.0) - f(-1.0)) * (k + 1) as f64 / 3.0;
                let (mut low, mut high) = (-1.0, 1.0);
                while high - low > 1e-7 {
                    let middle = 0.5 * (low + high);
                    if f(middle) < wanted { low = middle } else { high = middle }
                }
                assert!((drive - low).abs() < within, "{name}: {drive}, not {low}");
            }
        }
    }

    fn preset(name: &str, kind: TransmitterKind) -> Config {
        let mut config = LayeredConfig::open(name).unwrap().resolve().unwrap().base;
        config.transmitter.kind = kind;
        config.lanes = 1;
        config.tdecq.pattern = TestPattern::Prbs13q;
        config
    }

    /// RLM, settled levels, TDECQ and the levels' description of lane 0.
    fn measured(config: &Config) -> (f64, OuterLevels, f64, Config) {
        let (mut cache, workspaces) = (PlanCache::default(), WorkspacePool::default());
        let lane = Lane::build(config, 0, &mut cache).expect("it builds");
        let tx = measure(&lane, &workspaces, &mut cache);
        let (tp2, _) = settled(&lane, &workspaces, &mut cache);
        let levels = tp2.expect("runs settle");
        (tx.rlm.expect("levels"), levels, tx.tdecq_db.expect("an open eye"), lane.config)
    }

    /// The outer levels keep the full scale, so OMA and extinction ratio move with nothing but the
    /// interference of the inner ones into the settled runs.
    #[test]
    fn equal_eyes_cost_no_modulation_with_any_preset() {
        for (name, kind) in [
            ("800gbase-dr8", TransmitterKind::Eml),
            ("800gbase-dr8", TransmitterKind::Mzm),
            ("1.6tbase-dr8", TransmitterKind::Eml),
            ("1.6tbase-dr8", TransmitterKind::Mzm),
            ("800gbase-dr8", TransmitterKind::Ring),
            ("1.6tbase-dr8", TransmitterKind::Ring),
        ] {
            let mut config = preset(name, kind);
            config.transmitter.levels.train = LevelTraining::None;
            let (rlm, levels, tdecq_db, _) = measured(&config);
            config.transmitter.levels.train = LevelTraining::EqualEyes;
            for table in [false, true] {
                config.transmitter.levels.table = table;
                let (better, now, now_db, described) = measured(&config);
                let drives = &described.transmitter.levels;
                let what = format!(
                    "{name} {kind:?} table {table}: RLM {rlm:.3} to {better:.3}, TDECQ \
                     {tdecq_db:.3} to {now_db:.3} dB, inner {:.4?}, OMA {:+.3} dB, ER {:+.3} dB",
                    drives.inner,
                    now.oma_dbm() - levels.oma_dbm(),
                    now.extinction_ratio_db() - levels.extinction_ratio_db()
                );
                assert!(better >= 0.95 && better > rlm, "{what}");
                assert!(now.oma_dbm() > levels.oma_dbm() - 0.02, "{what}");
                assert!(now.extinction_ratio_db() > levels.extinction_ratio_db() - 0.01, "{what}");
                let peak = drives.entries.iter().fold(0f64, |peak, x| peak.max(x.abs()));
                assert!(peak <= 1.0, "{what}: {peak}");
            }
        }
    }

    /// Each criterion is at least as good by its own measure as equal eyes, and a description that
    /// was trained trains to the same.
    #[test]
    fn each_criterion_is_the_best_by_its_own_measure() {
        let mut config = preset("1.6tbase-dr8", TransmitterKind::Mzm);
        config.tdecq.enabled = false;
        let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
        let (library, mut cache) = (Library::default(), PlanCache::default());
        let workspaces = WorkspacePool::default();
        for criterion in [LevelTraining::LeastErrorRatio, LevelTraining::LeastTdecq] {
            config.transmitter.levels.train = LevelTraining::EqualEyes;
            let mut equal = trained(&config, lane.modulator.clone());
            config.transmitter.levels.train = criterion;
            equal.transmitter.levels.train = criterion;
            let found = trained(&config, lane.modulator.clone());
            let again = trained(&found, lane.modulator.clone());
            assert_eq!(found.transmitter.levels, again.transmitter.levels);
            let mut bench = TrialContext {
                modulator: &lane.modulator,
                library: &library,
                cache: &mut cache,
                workspaces: &workspaces,
            };
            let [found_at, equal_at, plain_at] =
                [&found, &equal, &config].map(|config| score(config, &mut bench));
            assert!(found_at <= equal_at && found_at < plain_at, "{criterion:?}");
        }
    }
}
