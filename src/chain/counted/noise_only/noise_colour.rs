//! The short filter that gives white numbers the colour of the noise at the slicer.

use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::linearise::noise_sources::COLOUR_LAGS;
use crate::chain::semi_analytic::autocorrelation::lagged;

/// Points of the spectrum: twice the lags on both sides.
const POINTS: usize = 4 * COLOUR_LAGS;

/// Largest error of the autocorrelation at any lag.
pub(crate) const WITHIN: f64 = 1e-3;

/// Largest number of taps on each side of the middle.
const SIDE_MAX: usize = COLOUR_LAGS / 2;

/// The shortest symmetric filter of unit energy whose white response has this autocorrelation
/// within [`WITHIN`] at every lag.
///
/// ```text
/// h = inverse transform of sqrt(S),    S(f) = 1 + 2 sum over l of r(l) cos(2 pi f l)
/// ```
///
/// # Errors
///
/// A noise that is correlated over more symbols than a short filter reaches.
pub(crate) fn root(r: &[f64]) -> Result<Vec<f32>, NotEvaluated> {
    let cosines: Vec<f64> =
        (0..POINTS).map(|i| (std::f64::consts::TAU * i as f64 / POINTS as f64).cos()).collect();
    let cosine = |f: usize, l: usize| cosines[f * l % POINTS];
    let spectrum = |f: usize| {
        1.0 + 2.0 * r.iter().enumerate().skip(1).map(|(l, r)| r * cosine(f, l)).sum::<f64>()
    };
    let amplitude: Vec<f64> = (0..=POINTS / 2).map(|f| spectrum(f).max(0.0).sqrt()).collect();
    let ends = |k: usize| amplitude[0] + amplitude[POINTS / 2] * cosine(POINTS / 2, k);
    let side: Vec<f64> = (0..=SIDE_MAX)
        .map(|k| {
            (ends(k) + 2.0 * (1..POINTS / 2).map(|f| amplitude[f] * cosine(f, k)).sum::<f64>())
                / POINTS as f64
        })
        .collect();
    for reach in 0..=SIDE_MAX {
        let taps: Vec<f64> = (0..=2 * reach).map(|i| side[i.abs_diff(reach)]).collect();
        let own = lagged(&taps, r.len().max(taps.len()));
        let off =
            |(l, own_l): (usize, &f64)| (own_l / own[0] - r.get(l).copied().unwrap_or(0.0)).abs();
        if own[0] > 0.0 && own.iter().enumerate().map(off).fold(0.0, f64::max) <= WITHIN {
            let unit = 1.0 / own[0].sqrt();
            return Ok(taps.iter().map(|h| (h * unit) as f32).collect());
        }
    }
    Err(NotEvaluated::new(format!(
        "the noise at the slicer is correlated over more than {SIDE_MAX} symbols; noise-only \
        counting covers no more"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A first-order process has r = a^l; its root needs some -ln(1e-3) / ln a symbols.
    #[test]
    fn the_root_has_the_autocorrelation_it_was_made_for() {
        for a in [0.0, 0.4, -0.7] {
            let r: Vec<f64> = (0..COLOUR_LAGS).map(|l| f64::powi(a, l as i32)).collect();
            let taps: Vec<f64> = root(&r).unwrap().iter().map(|&h| f64::from(h)).collect();
            let own = lagged(&taps, COLOUR_LAGS);
            assert!((own[0] - 1.0).abs() < 1e-6);
            assert!(own.iter().zip(&r).all(|(own, r)| (own - r).abs() < WITHIN + 1e-6), "{a}");
            assert!(taps.len() <= 41 && (a != 0.0 || taps.len() == 1), "{a}: {} taps", taps.len());
        }
    }

    #[test]
    fn a_noise_that_hardly_decays_is_refused() {
        let r: Vec<f64> = (0..COLOUR_LAGS).map(|l| f64::powi(0.99, l as i32)).collect();
        assert!(root(&r).unwrap_err().because.contains("correlated over more than 64 symbols"));
    }
}
