//! Overshoot, undershoot and power excursion: extremes of a waveform beyond its settled levels.

use super::levels::OuterLevels;
use crate::units::dbm_from_watt;

/// Share of samples beyond Pmax, and beyond Pmin.
///
/// 1e-2 (status: secondary source, Keysight FlexDCA help, *PAM overshoot*).
pub const HIT_RATIO: f64 = 1e-2;

/// Extremes of a waveform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excursion {
    /// (Pmax - P3) / OMA; negative when the waveform hardly reaches its settled level.
    pub overshoot: f64,
    /// (P0 - Pmin) / OMA.
    pub undershoot: f64,
    /// The larger of Pmax - Pave and Pave - Pmin, W (status: assumed, from memory of clause 167).
    pub power_w: f64,
}

impl Excursion {
    /// Power excursion, dBm.
    pub fn power_dbm(&self) -> f64 {
        dbm_from_watt(self.power_w)
    }
}

/// Measures all samples of a periodic waveform after the reference receiver's filter.
///
/// ```text
/// Pmax: smallest amplitude with at most the hit ratio of all samples above it; Pmin: its mirror
/// ```
///
/// `None` without samples, or with one that is not a number.
///
/// # Limits
///
/// The transmitter's noise is included only as far as it is in the waveform.
pub fn excursion(power: &[f32], outer: &OuterLevels, hit_ratio: f64) -> Option<Excursion> {
    if power.is_empty() || power.iter().any(|p| p.is_nan()) {
        return None;
    }
    let mut sorted = power.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let beyond = ((hit_ratio.clamp(0.0, 1.0) * power.len() as f64) as usize).min(power.len() - 1);
    let (low, high) = (f64::from(sorted[beyond]), f64::from(sorted[power.len() - 1 - beyond]));
    let oma = outer.three_w - outer.zero_w;
    let power_w = (high - outer.average_w).max(outer.average_w - low);
    Some(Excursion {
        overshoot: (high - outer.three_w) / oma,
        undershoot: (outer.zero_w - low) / oma,
        power_w,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 to 999 over OMA 900 about 500: 1 % above 989 and below 10.
    #[test]
    fn a_ramp_has_the_quantiles_of_its_hit_ratio() {
        let power: Vec<f32> = (0..1000).rev().map(|i| i as f32).collect();
        let outer = OuterLevels { three_w: 950.0, zero_w: 50.0, average_w: 500.0 };
        let found = excursion(&power, &outer, HIT_RATIO).expect("there are samples");
        assert!(
            (found.overshoot - 39.0 / 900.0).abs() < 1e-12
                && (found.undershoot - 40.0 / 900.0).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(found.power_w, 490.0);
        assert!(
            excursion(&[], &outer, HIT_RATIO).is_none()
                && excursion(&[f32::NAN], &outer, HIT_RATIO).is_none()
        );
    }
}
