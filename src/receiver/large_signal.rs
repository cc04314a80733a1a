//! An amplifier at large input currents: gain control, growing noise, a limit after the gain.

use crate::chain::{Density, Map};
use crate::error::{KeyPath, Problems};
use crate::math::{elementary, simd::multiversion};
use crate::signal::Ampere;
use crate::units::{kilo, milli};
use serde::{Deserialize, Serialize};

/// Behaviour at large currents; without its keys the amplifier is the same at any current.
///
/// ```text
/// Z(I) = min(Z_max, max(Z_min, V_out / I))          I: settled outer swing of the photocurrent
/// S(I) = S0 (1 + (I / I_k)^2)                        input noise
/// v = V_s tanh(Z(I) (i - mean) / V_s),   THD = (A / V_s)^2 / 12,   A = Z(I_thd) I_thd / 2
/// ```
///
/// The gain control holds the output swing V_out from the input swing V_out / Z_max on, down to
/// Z_min, from where the output grows again and is limited. It is slow, so that within a block the
/// gain is constant, and follows the light: with a loss that is searched, I falls. Noise of the
/// stages after the gain, and of the shunt that lowers it, is referred to the input through less
/// gain: it grows with I, I_k the swing at which the density has doubled. The third harmonic of a
/// sine of amplitude A is (A / V_s)^2 / 12 of the fundamental to second order; an exact tanh has
/// (A / V_s)^2 / 4 less of it.
///
/// # Limits
///
/// One knee and one tanh; bandwidth and peaking do not follow the gain. The noise keeps its colour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LargeSignal {
    /// Output swing that gain control holds, V peak to peak; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_vpp: Option<f64>,
    /// Least transimpedance of the gain control, kOhm; absent where it always holds its output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transimpedance_min_kohm: Option<f64>,
    /// Total harmonic distortion of a sine, %; with `limiting = "tanh"` it replaces
    /// `overload_ma_pp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thd_percent: Option<f64>,
    /// Input swing of that sine, mA peak to peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thd_at_ma_pp: Option<f64>,
    /// Input swing at which the density of the input noise has doubled, mA peak to peak; absent
    /// where it does not grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_knee_ma_pp: Option<f64>,
}

impl LargeSignal {
    /// Reports every parameter that is out of its range; `limits` is true for a tanh.
    pub(super) fn check(
        &self,
        at: &KeyPath,
        transimpedance_kohm: f64,
        limits: bool,
        problems: &mut Problems,
    ) {
        let swing_ma = 0.001..=1000.0;
        let given = [
            ("output_vpp", self.output_vpp, 0.001..=100.0),
            ("transimpedance_min_kohm", self.transimpedance_min_kohm, 0.001..=transimpedance_kohm),
            ("thd_percent", self.thd_percent, 0.01..=10.0),
            ("thd_at_ma_pp", self.thd_at_ma_pp, swing_ma.clone()),
            ("noise_knee_ma_pp", self.noise_knee_ma_pp, swing_ma),
        ];
        for (key, value, range) in given {
            if let Some(value) = value {
                problems.range(at, key, value, range);
            }
        }
        if let (Some(kohm), None) = (self.transimpedance_min_kohm, self.output_vpp) {
            let remedy = "needs output_vpp, the swing that the gain control holds";
            problems.report(at, "transimpedance_min_kohm", kohm, remedy);
        }
        if self.thd_percent.is_some() != self.thd_at_ma_pp.is_some() {
            let key = if self.thd_percent.is_some() { "thd_at_ma_pp" } else { "thd_percent" };
            problems.report(at, key, "", "must be given: a distortion is stated at an input swing");
        }
        if let (Some(percent), false) = (self.thd_percent, limits) {
            let remedy = "must be absent unless limiting = \"tanh\", whose limit it gives";
            problems.report(at, "thd_percent", percent, remedy);
        }
    }

    /// Transimpedance at a settled outer swing, part of the largest one.
    pub(super) fn gain(&self, most_v_per_a: f64, swing_a: f64) -> f64 {
        let Some(output_v) = self.output_vpp else { return 1.0 };
        let least = self.transimpedance_min_kohm.map_or(0.0, kilo) / most_v_per_a;
        // without a signal the gain is the largest
        (output_v / (most_v_per_a * swing_a.max(f64::MIN_POSITIVE))).clamp(least, 1.0)
    }

    /// The tanh for a settled outer swing without extra loss; `overload_ma_pp` is the input at
    /// which the output of the largest gain would reach its limit.
    pub(super) fn limiter(&self, most_v_per_a: f64, swing_a: f64, overload_ma_pp: f64) -> Limiter {
        let by_thd = self.thd_percent.zip(self.thd_at_ma_pp).map(|(percent, at_ma_pp)| {
            let at_a = milli(at_ma_pp);
            let amplitude_a = at_a / 2.0 * self.gain(most_v_per_a, at_a);
            amplitude_a / (12.0 * percent / 100.0).sqrt()
        });
        let limit_a = by_thd.unwrap_or(milli(overload_ma_pp) / 2.0);
        Limiter { large_signal: self.clone(), most_v_per_a, swing_a, limit_a }
    }

    /// The part of the noise that this swing adds; `None` where there is none.
    pub(super) fn added(&self, density: &Density, swing_a: f64) -> Option<Density> {
        let knee_a = milli(self.noise_knee_ma_pp?);
        let growth = (swing_a / knee_a).powi(2);
        (growth > 0.0).then(|| density.times(growth))
    }
}

/// Saturation about the mean, which the amplifier's offset loop finds; far below the limit the
/// current passes unchanged. It is referred to the input.
pub(super) struct Limiter {
    large_signal: LargeSignal,
    most_v_per_a: f64,
    /// Settled outer swing without extra loss.
    swing_a: f64,
    /// Limit at the largest gain.
    limit_a: f64,
}

impl Map<Ampere, Ampere> for Limiter {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        self.apply_at(x, y, 1.0);
    }

    fn apply_at(&self, x: &[f32], y: &mut [f32], transmission: f32) {
        let swing_a = self.swing_a * f64::from(transmission);
        let limit_a = self.limit_a / self.large_signal.gain(self.most_v_per_a, swing_a);
        limit(limit_a as f32, mean(x), x, y);
    }

    fn name(&self) -> &'static str {
        "tia"
    }
}

/// The mean current, which an amplifier's offset loop finds.
pub(super) fn mean(x: &[f32]) -> f32 {
    (x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64) as f32
}

multiversion! {
fn limit(limit: f32, mean: f32, x: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y = mean + limit * elementary::tanh((x - mean) / limit));
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::test_links::Square;
    use crate::chain::{
        Adaptation, Chain, DetectorSpec, Law, Noise, Plan, PlanCache, Predictor, RxDsp, Sampler,
        Shape, Workspace,
    };
    use crate::math::gaussian;
    use crate::seed::Seed;
    use crate::signal::{Field, Grid, Volt};
    use num_complex::Complex32;
    use std::f64::consts::TAU;

    const MOST: f64 = 4000.0;

    fn controlled() -> LargeSignal {
        LargeSignal {
            output_vpp: Some(0.4),
            transimpedance_min_kohm: Some(0.5),
            ..LargeSignal::default()
        }
    }

    /// 0.4 V over 4 kOhm: control begins at 0.1 mA and ends at 0.8 mA, where 0.5 kOhm is left.
    #[test]
    fn gain_control_holds_the_output_between_its_ends() {
        let amplifier = controlled();
        for (swing_ma, kohm) in
            [(0.0, 4.0), (0.05, 4.0), (0.1, 4.0), (0.2, 2.0), (0.4, 1.0), (0.8, 0.5), (3.0, 0.5)]
        {
            let gain = amplifier.gain(MOST, milli(swing_ma)) * MOST;
            assert!((gain / kilo(kohm) - 1.0).abs() < 1e-12, "{swing_ma} mA: {gain}");
        }
        assert_eq!(LargeSignal::default().gain(MOST, 1.0), 1.0);
        let endless = LargeSignal { transimpedance_min_kohm: None, ..controlled() };
        assert!((endless.gain(MOST, 4e-3) * MOST - 100.0).abs() < 1e-9);
    }

    /// Third harmonic over fundamental of an exact tanh of a sine: a^2/12 (1 - a^2/4), a the
    /// amplitude over the limit, to the next order of 0.09 a^4 (from x - x^3/3 + 2 x^5/15 -
    /// 17 x^7/315), 1.3 % at 3 %.
    #[test]
    fn a_sine_has_the_harmonic_of_the_data_sheet() {
        for (percent, at_ma_pp) in [(0.1, 0.05), (1.0, 0.3), (3.0, 0.6), (1.0, 2.0)] {
            let amplifier = LargeSignal {
                thd_percent: Some(percent),
                thd_at_ma_pp: Some(at_ma_pp),
                ..controlled()
            };
            let limiter = amplifier.limiter(MOST, milli(at_ma_pp), 1e3);
            let n = 4096;
            let sine = |k: f64, i: usize| (TAU * k * i as f64 / n as f64).sin();
            let x: Vec<f32> =
                (0..n).map(|i| (milli(at_ma_pp) * (0.7 + 0.5 * sine(3.0, i))) as f32).collect();
            let mut y = vec![0f32; n];
            limiter.apply(&x, &mut y);
            let line = |k: f64| -> f64 {
                y.iter().enumerate().map(|(i, &y)| f64::from(y) * sine(k, i)).sum()
            };
            let (third, square) = ((line(9.0) / line(3.0)).abs(), 12.0 * percent / 100.0);
            let expected = square / 12.0 * (1.0 - square / 4.0);
            let within = 0.1 * square * square + 2e-4;
            assert!((third / expected - 1.0).abs() < within, "{percent} %: {third}, {expected}");
            // with less light the gain rises, and the output of control has the same distortion
            let mut faint = vec![0f32; n];
            let x: Vec<f32> = x.iter().map(|x| 0.8 * x).collect();
            limiter.apply_at(&x, &mut faint, 0.8);
            let held = at_ma_pp * 0.8 >= 0.1 && at_ma_pp <= 0.8;
            let same = y.iter().zip(&faint).all(|(y, f)| (f / 0.8 - y).abs() < 1e-5 * y.abs());
            assert!(same == held, "{at_ma_pp} mA: {same}");
        }
    }

    /// At the knee the density has doubled, at twice the knee it is five times as large.
    #[test]
    fn noise_grows_with_the_square_of_the_swing() {
        let amplifier = LargeSignal { noise_knee_ma_pp: Some(0.5), ..LargeSignal::default() };
        let density = Density::Quadratic { a0: 2.0, a2: 1e-21, grows_to_hz: f64::INFINITY };
        for (swing_ma, growth) in [(0.25, 0.25), (0.5, 1.0), (1.0, 4.0)] {
            let added = amplifier.added(&density, milli(swing_ma)).expect("it grows");
            for f_hz in [0.0, 30e9] {
                assert!((added.at(f_hz) / density.at(f_hz) - growth).abs() < 1e-12);
            }
        }
        assert_eq!(LargeSignal::default().added(&density, 1e-3), None);
    }

    #[test]
    fn keys_that_need_others_are_refused_without_them() {
        let paths = |amplifier: &LargeSignal, limits: bool| -> Vec<String> {
            let mut problems = Problems::new();
            amplifier.check(&KeyPath::root(), 4.0, limits, &mut problems);
            problems.iter().map(|problem| problem.path.clone()).collect()
        };
        let none = LargeSignal::default;
        assert!(paths(&none(), false).is_empty() && paths(&controlled(), true).is_empty());
        let alone = LargeSignal { output_vpp: None, ..controlled() };
        assert_eq!(paths(&alone, true), ["transimpedance_min_kohm"]);
        let above = LargeSignal { transimpedance_min_kohm: Some(5.0), ..controlled() };
        assert_eq!(paths(&above, true), ["transimpedance_min_kohm"]);
        let half = LargeSignal { thd_percent: Some(3.0), ..none() };
        assert_eq!(paths(&half, true), ["thd_at_ma_pp"]);
        let half = LargeSignal { thd_at_ma_pp: Some(3.0), ..none() };
        assert_eq!(paths(&half, true), ["thd_percent"]);
        let both = LargeSignal { thd_percent: Some(3.0), ..half };
        assert_eq!(paths(&both, false), ["thd_percent"]);
        assert!(paths(&both, true).is_empty());
    }

    /// Power of a symbol: 0.4 to 1.6 mA in four equal steps.
    struct Intensity;

    impl Map<Volt, Field> for Intensity {
        fn apply(&self, x: &[f32], y: &mut [Complex32]) {
            y.iter_mut().zip(x).for_each(|(y, x)| {
                *y = Complex32::new((1e-3 * (1.0 + 0.6 * x)).sqrt(), 0.0);
            });
        }
        fn name(&self) -> &'static str {
            "intensity"
        }
    }

    /// Error ratio of four Gaussian levels, each threshold where the densities of its neighbours
    /// cross: wrong by one level, one bit of two.
    fn ber(levels: &[(f64, f64); 4]) -> f64 {
        let pair = |pair: &[(f64, f64)]| {
            let [(low, a), (high, b)] = [pair[0], pair[1]];
            let density = |x: f64, (mean, sigma): (f64, f64)| {
                -(x - mean).powi(2) / (2.0 * sigma * sigma) - sigma.ln()
            };
            let (mut from, mut to) = (low, high);
            while to - from > 1e-9 * (high - low) {
                let middle = 0.5 * (from + to);
                if density(middle, (low, a)) > density(middle, (high, b)) {
                    from = middle
                } else {
                    to = middle
                }
            }
            gaussian::q((from - low) / a) + gaussian::q((high - from) / b)
        };
        levels.windows(2).map(pair).sum::<f64>() / 8.0
    }

    /// One sample a symbol and no memory. Levels are V_s tanh(x / V_s) and their noises sigma
    /// sech^2(x / V_s), both as predicted: noise is linear in the slope of the limit. Levels are a
    /// few tenths of a percent off, as the mean of the symbols is not quite the middle level; a
    /// tenth of that in the noises, of which the error ratio has q^2, tenfold. With more or less
    /// light sigma^2 grows by (I / I_k)^2, and gain control holds the distortion.
    #[test]
    fn four_levels_through_the_limit_have_the_closed_form() {
        let grid = Grid { symbol_rate_hz: 53.125e9, symbols: 2048, samples_per_symbol: 1 };
        let (swing_a, sigma_a) = (1.2e-3, 0.04e-3);
        let thermal = Density::White(2.0 * sigma_a * sigma_a / grid.sample_rate_hz());
        let plain = LargeSignal {
            thd_percent: Some(100.0 * 0.8f64.powi(2) / 12.0),
            thd_at_ma_pp: Some(1.2),
            ..LargeSignal::default()
        };
        let held =
            LargeSignal { output_vpp: Some(0.4), noise_knee_ma_pp: Some(1.0), ..plain.clone() };
        let symbols: Vec<u8> = {
            let mut rng = Seed::new(5).rng();
            let half: Vec<u8> =
                (0..grid.symbols / 2).map(|_| (rng.uniform() * 4.0) as u8).collect();
            // as many of each level as of its opposite: the limit is about the mean
            half.iter().copied().chain(half.iter().map(|level| 3 - level)).collect()
        };
        for (amplifier, light) in [(&plain, 1.0f32), (&plain, 0.8), (&held, 1.0), (&held, 0.7)] {
            let current = Chain::symbols()
                .response::<Volt>(Shape::Gain(1.0))
                .map::<Field>(Intensity)
                .map::<Ampere>(Square)
                .noise(Noise::new("base", Law::Added, thermal.clone()));
            let current = match amplifier.added(&thermal, swing_a) {
                Some(added) => current.noise(Noise::new("more", Law::Added, added).with_signal()),
                None => current,
            };
            // a gain ends the section before the limit
            let limited = current
                .response::<Ampere>(Shape::Gain(1.0))
                .map::<Ampere>(amplifier.limiter(MOST, swing_a, 1e3));
            let sampler = Sampler { samples_per_symbol: 1, effective_bits: 24.0, jitter_s: 0.0 };
            let volts = limited.response::<Volt>(Shape::Gain(MOST));
            let plan = Plan::build(volts, sampler, grid, &mut PlanCache::default());
            let dsp = RxDsp {
                taps: 1,
                precursors: 0,
                adaptation: Adaptation::Mmse,
                fixed: Vec::new(),
                detector: DetectorSpec::Slicer,
            };
            let mut workspace = Workspace::new(&plan);
            let blocks = || vec![symbols.clone()];
            let (seed, lane) = (Seed::new(1), Seed::new(2));
            let mut predictor =
                Predictor::new(&plan, &dsp, seed, lane, blocks(), blocks(), &mut workspace);
            let trained = predictor.train(&mut workspace, light, None).expect("it trains");
            let prediction = predictor.predict(&mut workspace, &trained);
            let light = f64::from(light);
            let grown = amplifier.noise_knee_ma_pp.map_or(0.0, |knee| (1.2 * light / knee).powi(2));
            let sigma_a = sigma_a * (1.0 + grown).sqrt();
            // gain control holds what enters the tanh at 0.8 of its limit
            let outer = if amplifier.output_vpp.is_some() { 0.8 } else { 0.8 * light };
            let per_a = outer / (0.6e-3 * light);
            let expected = [-3.0, -1.0, 1.0, 3.0].map(|level: f64| {
                let x = outer * level / 3.0;
                (x.tanh(), sigma_a * per_a / x.cosh().powi(2))
            });
            let span = |levels: &[(f64, f64); 4]| levels[3].0 - levels[0].0;
            let (unit, found_unit) = (span(&expected), span(&prediction.levels));
            for ((mean, sigma), (found, found_sigma)) in expected.iter().zip(&prediction.levels) {
                let missed = found / found_unit - mean / unit;
                assert!(missed.abs() < 4e-3, "{amplifier:?} {light}: mean off by {missed}");
                let ratio = found_sigma / found_unit / (sigma / unit);
                assert!((ratio - 1.0).abs() < 0.01, "{amplifier:?} {light}: sigma {ratio}");
            }
            let ratio = (prediction.ber / ber(&expected)).ln();
            assert!(ratio.abs() < 0.05, "{amplifier:?} {light}: ln ratio {ratio}");
        }
    }
}
