//! Mismatch of the sub-converters of an interleaved converter.

use crate::chain::{SubConverter, SubConverters};
use crate::error::{KeyPath, Problems};
use crate::seed::Seed;
use crate::units::{centi, femto};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Sub-converters that take turns, with what calibration leaves of their errors.
///
/// ```text
/// y_k = (1 + g_m) y(t_k + d_m) + o_m FS,   m = k mod M
/// a sine of amplitude FS / 2 at f:   P_spurs / P = s_g^2 + (2 pi f s_d)^2 + 8 s_o^2
/// ```
///
/// Gains and skews put images of the signal at f + k fs / M, offsets lines at k fs / M. The errors
/// are lists, or drawn from the seed and scaled: their mean is 0 and their rms exactly the one that
/// is given, so that each line of the closed form holds for every seed.
///
/// # Limits
///
/// Sub-converters have the same bandwidth and the same noise.
///
/// # Reference
///
/// C. Vogel, *The impact of combined channel mismatch effects in time-interleaved ADCs*, IEEE
/// Trans. Instrum. Meas. 54 (2005).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Interleave {
    /// Number of sub-converters.
    pub converters: usize,
    /// Gain errors, % rms.
    pub gain_rms_percent: f64,
    /// Offsets, % of the full scale rms.
    pub offset_rms_percent: f64,
    /// Displacement of their instants, fs rms.
    pub skew_rms_fs: f64,
    /// Gain error of each in place of the rms, %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gains_percent: Option<Vec<f64>>,
    /// Offset of each in place of the rms, % of the full scale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offsets_percent: Option<Vec<f64>>,
    /// Displacement of each in place of the rms, late above 0, fs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skews_fs: Option<Vec<f64>>,
}

impl Default for Interleave {
    fn default() -> Self {
        Interleave {
            converters: 64,
            gain_rms_percent: 0.3,
            offset_rms_percent: 0.1,
            skew_rms_fs: 10.0,
            gains_percent: None,
            offsets_percent: None,
            skews_fs: None,
        }
    }
}

/// Largest skew that displaced samples and edges describe, symbol periods rms; of a list, three
/// times as much.
const SKEW_UI_MAX: f64 = 0.02;

impl Interleave {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.count(at, "converters", self.converters, 2..=1024);
        problems.range(at, "gain_rms_percent", self.gain_rms_percent, 0.0..=20.0);
        problems.range(at, "offset_rms_percent", self.offset_rms_percent, 0.0..=20.0);
        let most_fs = (SKEW_UI_MAX / symbol_rate_hz / femto(1.0)).floor();
        problems.range(at, "skew_rms_fs", self.skew_rms_fs, 0.0..=most_fs);
        for (key, list, most) in [
            ("gains_percent", &self.gains_percent, 60.0),
            ("offsets_percent", &self.offsets_percent, 60.0),
            ("skews_fs", &self.skews_fs, 3.0 * most_fs),
        ] {
            let Some(list) = list else { continue };
            if list.len() != self.converters {
                let remedy = format!("must be one for each of the {} converters", self.converters);
                problems.report(at, key, format!("{list:?}"), remedy);
            }
            for &value in list {
                problems.range(at, key, value, -most..=most);
            }
        }
    }

    /// Power of all spurs of a full-scale sine over its own.
    pub(crate) fn spurs(&self, f_hz: f64) -> f64 {
        // the mean of a list is no spur
        let mean = |list: &[f64], power: i32| {
            list.iter().map(|e| e.powi(power)).sum::<f64>() / list.len().max(1) as f64
        };
        let square = |list: &Option<Vec<f64>>, rms: f64| match list {
            Some(list) => mean(list, 2) - mean(list, 1).powi(2),
            None => rms * rms,
        };
        let gain = square(&self.gains_percent, self.gain_rms_percent);
        let offset = square(&self.offsets_percent, self.offset_rms_percent);
        let skew = square(&self.skews_fs, self.skew_rms_fs);
        let phase = TAU * f_hz * femto(1.0);
        (gain + 8.0 * offset) * centi(1.0).powi(2) + skew * phase * phase
    }

    /// The sub-converters of one converter, drawn from its own stream where no lists are given.
    pub(crate) fn sub_converters(&self, stream: Seed) -> SubConverters {
        let errors = |list: &Option<Vec<f64>>, rms: f64, key: &'static str| match list {
            Some(list) => list.clone(),
            None => drawn(self.converters, rms, stream.named(key)),
        };
        let gains = errors(&self.gains_percent, self.gain_rms_percent, "gain");
        let offsets = errors(&self.offsets_percent, self.offset_rms_percent, "offset");
        let skews = errors(&self.skews_fs, self.skew_rms_fs, "skew");
        let each =
            gains.iter().zip(offsets).zip(skews).map(|((gain, offset), skew)| SubConverter {
                gain: centi(*gain) as f32,
                offset: centi(offset) as f32,
                skew_s: femto(skew) as f32,
            });
        SubConverters::new(each.collect())
    }
}

/// Normal numbers without their mean, scaled to this rms.
fn drawn(count: usize, rms: f64, stream: Seed) -> Vec<f64> {
    let mut rng = stream.rng();
    let mut errors: Vec<f64> = (0..count).map(|_| rng.normal()).collect();
    let mean = errors.iter().sum::<f64>() / count as f64;
    errors.iter_mut().for_each(|e| *e -= mean);
    let own = (errors.iter().map(|e| e * e).sum::<f64>() / count as f64).sqrt();
    errors.iter_mut().for_each(|e| *e *= rms / own.max(f64::MIN_POSITIVE));
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::test_links;
    use crate::math::fft;
    use crate::signal::Grid;
    use num_complex::Complex32;

    const SAMPLES: usize = 4096;
    const RATE_HZ: f64 = 100e9;
    /// Bin of the sine: no image of 16 converters falls on the bin of another.
    const BIN: usize = 1371;

    fn interleave() -> Interleave {
        Interleave {
            converters: 16,
            gain_rms_percent: 0.6,
            offset_rms_percent: 0.2,
            skew_rms_fs: 12.0,
            ..Interleave::default()
        }
    }

    /// Power of each bin of a block, of a unit sine 1/2.
    fn powers(x: &mut [f32]) -> Vec<f64> {
        let transform = fft::RealFft::new(&mut fft::Planner::default(), x.len());
        let mut bins = vec![Complex32::default(); fft::bins(x.len())];
        transform.forward(x, &mut bins, &mut vec![Complex32::default(); transform.scratch()]);
        let scale = 2.0 / (x.len() as f64).powi(2);
        bins.iter().map(|b| scale * f64::from(b.norm_sqr())).collect()
    }

    /// Bins that the offsets reach, and those of the images of the sine.
    fn spurs(powers: &[f64], converters: usize) -> [f64; 2] {
        let lines = SAMPLES / converters;
        let offset = |k: usize| k.is_multiple_of(lines);
        let image = |k: usize| {
            k != BIN
                && ((k + BIN).is_multiple_of(lines)
                    || (k + lines - BIN % lines).is_multiple_of(lines))
        };
        let sum = |wanted: &dyn Fn(usize) -> bool| {
            (0..powers.len()).filter(|&k| wanted(k)).map(|k| powers[k]).sum()
        };
        let rest: f64 = sum(&|k| k != BIN && !offset(k) && !image(k));
        assert!(rest < 1e-9, "{rest:e} elsewhere");
        // a line at zero or at half the rate has one bin where others have two
        let half = (powers[0] + powers[SAMPLES / 2]) / 2.0;
        [sum(&offset) - half, sum(&image)]
    }

    /// A unit sine at 33.5 GHz in a converter of full scale 2: images of s_g^2 + (2 pi f s_d)^2 of
    /// its power, lines of o^2 FS^2 at multiples of a sixteenth of the rate. The second order of
    /// the skew, (2 pi f d)^4 / 4, is 1e-5 of that, single precision 1e-4.
    #[test]
    fn a_receiving_converter_has_the_spurs_of_the_closed_form() {
        let f_hz = BIN as f64 / SAMPLES as f64 * RATE_HZ;
        let w = TAU * f_hz;
        let sine = |turn: f64, factor: f64| -> Vec<f32> {
            let angle = |k: usize| w * k as f64 / RATE_HZ + turn * TAU / 4.0 + 0.3;
            (0..SAMPLES).map(|k| (factor * angle(k).sin()) as f32).collect()
        };
        for seed in 0..4 {
            let converters = interleave().sub_converters(Seed::new(seed));
            let mut x = sine(0.0, 1.0);
            converters.sample(5, 2.0, &mut x, [&sine(1.0, w), &sine(2.0, w * w)]);
            let [offsets, images] = spurs(&powers(&mut x), 16);
            let closed = 0.006f64.powi(2) + (w * 12e-15).powi(2);
            let sinad_db = 10.0 * (2.0 * images).log10();
            assert!((2.0 * images / closed - 1.0).abs() < 2e-3, "{seed}: {sinad_db} dBc");
            assert!((offsets / (0.002f64 * 2.0).powi(2) - 1.0).abs() < 2e-3, "{seed}: {offsets}");
        }
    }

    /// The same of a converter that holds: edges displaced by d add impulses of area
    /// (x[k-1] - x[k]) d, against a sine through the hold, sinc(f T).
    #[test]
    fn a_sending_converter_has_the_spurs_of_the_closed_form() {
        let (f_hz, period_s) = (BIN as f64 / SAMPLES as f64 * RATE_HZ, 1.0 / RATE_HZ);
        let sine: Vec<f32> =
            (0..SAMPLES).map(|k| (TAU * f_hz * k as f64 * period_s).sin() as f32).collect();
        let converters = interleave().sub_converters(Seed::new(7));
        let mut held = sine.clone();
        converters.hold(3, &mut held);
        let [offsets, images] = spurs(&powers(&mut held), 16);
        assert!((2.0 * images / 0.006f64.powi(2) - 1.0).abs() < 2e-3, "{images}");
        assert!((offsets / (0.002f64 * 2.0).powi(2) - 1.0).abs() < 2e-3, "{offsets}");
        let mut late = vec![0f32; SAMPLES];
        converters.displace(3, &mut late);
        let before = |k: usize| sine[(k + SAMPLES - 1) % SAMPLES];
        let mut edges: Vec<f32> =
            (0..SAMPLES).map(|k| (before(k) - sine[k]) * late[k] / period_s as f32).collect();
        let x = TAU / 2.0 * f_hz * period_s;
        let held = 0.5 * (x.sin() / x).powi(2);
        let images: f64 = powers(&mut edges).iter().sum::<f64>() / held;
        assert!((images / (TAU * f_hz * 12e-15).powi(2) - 1.0).abs() < 5e-3, "{images}");
    }

    /// Errors that are drawn have no mean and the rms that is given; lists are kept.
    #[test]
    fn errors_have_the_rms_that_is_given_and_differ_from_stream_to_stream() {
        let [a, b] = [1, 2].map(|seed| interleave().sub_converters(Seed::new(seed)));
        assert_ne!(a, b);
        let [gain, offset, skew] = a.mean_squares().map(f64::sqrt);
        assert!((gain / 0.006 - 1.0).abs() < 1e-6 && (offset / 0.002 - 1.0).abs() < 1e-6);
        assert!((skew / 12e-15 - 1.0).abs() < 1e-6);
        assert!(a.each().iter().map(|c| c.gain).sum::<f32>().abs() < 1e-6);
        let lists = Interleave {
            converters: 2,
            gains_percent: Some(vec![1.0, -2.0]),
            offsets_percent: Some(vec![0.5, 0.0]),
            skews_fs: Some(vec![0.0, 30.0]),
            ..Interleave::default()
        };
        let listed = lists.sub_converters(Seed::new(1));
        assert_eq!(listed.each()[0], SubConverter { gain: 0.01, offset: 0.005, skew_s: 0.0 });
        assert!((listed.each()[1].gain + 0.02).abs() < 1e-9);
        let mut problems = Problems::new();
        Interleave { converters: 3, ..lists }.check(&KeyPath::root(), 100e9, &mut problems);
        assert_eq!(problems.iter().count(), 3);
    }

    /// Gain errors of 1 % rms are noise of 40 dB, whatever their pattern, on either side of the
    /// line; the five taps and what little noise there is change that by less than 0.1 dB.
    #[test]
    fn gain_errors_limit_the_snr_to_their_rms() {
        let errors = Interleave {
            gain_rms_percent: 1.0,
            offset_rms_percent: 0.0,
            skew_rms_fs: 0.0,
            ..interleave()
        };
        for sending in [true, false] {
            let converters = errors.sub_converters(Seed::new(3));
            let grid = Grid { symbol_rate_hz: RATE_HZ, symbols: 4096, samples_per_symbol: 4 };
            let chain = test_links::held(grid, sending.then(|| converters.clone()));
            let snr_db = test_links::snr_db(chain, 70.0, (!sending).then_some(converters), grid, 5);
            assert!((snr_db - 40.0).abs() < 0.1, "{snr_db}");
        }
    }
}
