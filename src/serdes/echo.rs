//! Reflections at both ends of a line within a module.

use crate::chain::{Chain, Shape};
use crate::error::{KeyPath, Problems};
use crate::signal::Volt;
use crate::units::{amplitude_ratio, giga, neper, pico};
use serde::{Deserialize, Serialize};

/// A line between two parts of a module, neither of which matches its impedance.
///
/// ```text
/// H(f) = (1 - G) / (1 - G A(f) e^(-j 2 pi f tau)),   G = +-10^((near + far) / 20)
/// A(f) = e^(-2 (1 + j) a sqrt(f)),   a the loss of one way
/// ```
///
/// In and out: volts. The wave that the far end reflects returns from the near end after the round
/// trip tau, G times as large, and again after two: echoes G^k A^k at k tau, a ripple of the
/// response with period 1/tau and depth 20 log10((1 + G) / (1 - G)). The factor 1 - G keeps the
/// gain at zero frequency, to which swings and gains of data sheets belong. Noise that enters
/// before the line passes it too.
///
/// # Limits
///
/// Reflection coefficients do not depend on frequency; the pass of the direct wave belongs to the
/// parts at the ends.
///
/// # Reference
///
/// D. Pozar, *Microwave Engineering*, section 2.6 (generator and load mismatches).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Echo {
    /// Round-trip delay of the line, ps.
    pub delay_ps: f64,
    /// Magnitude of the reflection coefficient at the end that sends, dB (its return loss,
    /// negative).
    pub reflection_near_db: f64,
    /// Magnitude of the reflection coefficient at the end that receives, dB.
    pub reflection_far_db: f64,
    /// True where one impedance is above the line's and the other below it: odd echoes are
    /// inverted.
    pub inverted: bool,
    /// Loss of one way along the line, which grows as the root of frequency, dB/sqrt(GHz).
    pub line_loss_db_per_rtghz: f64,
}

impl Default for Echo {
    fn default() -> Self {
        Echo {
            delay_ps: 60.0,
            reflection_near_db: -12.0,
            reflection_far_db: -15.0,
            inverted: false,
            line_loss_db_per_rtghz: 0.0,
        }
    }
}

impl Echo {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "delay_ps", self.delay_ps, 0.0..=1000.0);
        problems.range(at, "reflection_near_db", self.reflection_near_db, -100.0..=-1.0);
        problems.range(at, "reflection_far_db", self.reflection_far_db, -100.0..=-1.0);
        problems.range(at, "line_loss_db_per_rtghz", self.line_loss_db_per_rtghz, 0.0..=10.0);
    }

    /// Its response.
    pub(crate) fn shape(&self) -> Shape {
        let gain = amplitude_ratio(self.reflection_near_db + self.reflection_far_db);
        Shape::Echo {
            gain: if self.inverted { -gain } else { gain },
            delay_s: pico(self.delay_ps),
            skin_neper: 2.0 * neper(self.line_loss_db_per_rtghz) / giga(1.0).sqrt(),
        }
    }
}

/// The voltage after a line, where one is described.
pub(crate) fn after_line(volts: Chain<Volt>, line: Option<&Echo>) -> Chain<Volt> {
    match line {
        Some(echo) => volts.response(echo.shape()),
        None => volts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{PlanCache, test_links};
    use crate::math::fft;
    use crate::signal::Grid;
    use num_complex::Complex32;

    /// Two return losses of 15 dB: G = -30 dB, ripple of 20 log10(1.0316 / 0.9684) = 0.549 dB.
    fn echo() -> Echo {
        Echo {
            delay_ps: 80.0,
            reflection_near_db: -15.0,
            reflection_far_db: -15.0,
            ..Echo::default()
        }
    }

    #[test]
    fn the_ripple_has_the_period_of_the_round_trip_and_the_depth_of_both_reflections() {
        let db = |shape: &Shape, f_hz: f64| 20.0 * shape.at(f_hz).norm().log10();
        let g = 10f64.powf(-1.5);
        let depth_db = 20.0 * ((1.0 + g) / (1.0 - g)).log10();
        assert!((depth_db - 0.549).abs() < 1e-3);
        for inverted in [false, true] {
            let shape = Echo { inverted, ..echo() }.shape();
            assert!((shape.at(0.0).re - 1.0).abs() < 1e-12 && shape.at(0.0).im.abs() < 1e-12);
            let sign = if inverted { -1.0 } else { 1.0 };
            for k in 0..6 {
                let (peak, trough) = (f64::from(k) / 80e-12, (f64::from(k) + 0.5) / 80e-12);
                let ripple = db(&shape, peak) - db(&shape, trough);
                assert!((ripple - sign * depth_db).abs() < 1e-9, "{k}: {ripple}");
            }
            assert!((shape.at(-21e9) - shape.at(21e9).conj()).norm() < 1e-12);
        }
    }

    /// 1 dB at 25 GHz, one way, takes 2 dB off the first echo there and none at zero frequency.
    #[test]
    fn a_lossy_line_weakens_its_echoes_by_twice_its_loss() {
        let lossy = Echo { line_loss_db_per_rtghz: 0.2, ..echo() }.shape();
        // 1 / H (1 - G) = 1 - echo
        let g = 10f64.powf(-1.5);
        let returned = |shape: &Shape, f: f64| (1.0 - (1.0 - g) / shape.at(f)).norm();
        let weaker_db = 20.0 * (returned(&lossy, 25e9) / returned(&echo().shape(), 25e9)).log10();
        assert!((weaker_db + 2.0).abs() < 1e-9, "{weaker_db}");
        assert!((lossy.at(0.0).re - 1.0).abs() < 1e-12);
    }

    /// The response in time: 1 - G at the symbol itself and G^k (1 - G) at k tau, tau of seven
    /// symbols.
    #[test]
    fn echoes_stand_at_multiples_of_the_round_trip() {
        let grid = Grid { symbol_rate_hz: 50e9, symbols: 256, samples_per_symbol: 4 };
        let shape = Echo { delay_ps: 7.0 * 20.0, ..echo() }.shape();
        let mut cache = PlanCache::default();
        let mut response = cache.product(&[shape], grid, false);
        let (transform, m) = (cache.real(grid.samples()), grid.samples());
        let mut impulse = vec![0f32; m];
        let mut scratch = vec![Complex32::default(); transform.scratch()];
        assert_eq!(response.len(), fft::bins(m));
        transform.inverse(&mut response, &mut impulse, &mut scratch);
        let g = 10f64.powf(-1.5);
        for (i, x) in impulse.iter().enumerate() {
            let k = i / 28;
            let expected = if i % 28 == 0 { (1.0 - g) * g.powi(k as i32) } else { 0.0 };
            assert!((f64::from(*x) / m as f64 - expected).abs() < 1e-6, "{i}: {x}");
        }
    }

    /// A noise of -24.24 dB and an echo of -30 dB beyond the taps are 10^-2.424 + 10^-3 of the
    /// signal: -23.22 dB. Within the taps the echo is equalised. Taps of least mean square error
    /// and a hold on a finite grid change that by 0.03 dB.
    #[test]
    fn an_echo_beyond_the_taps_is_interference_and_within_them_is_none() {
        let grid = Grid { symbol_rate_hz: 50e9, symbols: 8192, samples_per_symbol: 4 };
        let in_noise = |delay_ps: Option<f64>, noise_db: f64| {
            let line = delay_ps.map(|delay_ps| Echo { delay_ps, ..echo() });
            let volts = after_line(test_links::held(grid, None), line.as_ref());
            test_links::snr_db(volts, noise_db, None, grid, 9)
        };
        // a hold of four samples is a little higher in its middle
        let higher_db = in_noise(None, 24.24) - 24.24;
        // the symbol itself is lower by 1 - G, for the gain at zero frequency stays
        let lower_db = -20.0 * (1.0 - 10f64.powf(-1.5)).log10();
        let snr_db = |delay_ps: Option<f64>| {
            in_noise(delay_ps, 24.24 - higher_db + delay_ps.map_or(0.0, |_| lower_db))
        };
        for (delay_ps, expected_db) in
            [(None, 24.24), (Some(160.0), 23.22), (Some(420.0), 23.22), (Some(60.0), 24.24)]
        {
            let snr_db = snr_db(delay_ps);
            assert!((snr_db - expected_db).abs() < 0.03, "{delay_ps:?}: {snr_db}");
        }
    }
}
