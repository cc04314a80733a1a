//! Autocorrelation of the noise at the slicer.

use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;

/// The normalised autocorrelation of the noise at the slicer, by lag in symbols.
///
/// ```text
/// r(l) = sum over d of A(d) C(l T + d T / p) + v A(l p) / A(0)
/// A(d) = sum over i of w[i] w[i + d]
/// ```
///
/// In: C, the covariance of the noise at the sampler by lag in its samples, averaged over the
/// records; v, the variance at the slicer of the converter's noise, which is white between its
/// samples; w, the taps, at p samples a symbol. Out: the first `lags` lags.
pub(crate) fn at_slicer(
    plan: &Plan,
    trained: &Trained,
    covariance: &[f64],
    converter: f64,
    lags: usize,
) -> Vec<f64> {
    let per_symbol = plan.sampler.samples_per_symbol;
    let taps: Vec<f64> = trained.taps.iter().map(|&w| f64::from(w)).collect();
    let of_taps = lagged(&taps, taps.len());
    let at_sampler = |lag: isize| covariance[lag.unsigned_abs()];
    let one = |l: usize| {
        let d = |d: usize| {
            at_sampler((l * per_symbol + d) as isize)
                + at_sampler((l * per_symbol) as isize - d as isize)
        };
        let analogue = of_taps[0] * at_sampler((l * per_symbol) as isize)
            + (1..taps.len()).map(|i| of_taps[i] * d(i)).sum::<f64>();
        analogue + converter * of_taps.get(l * per_symbol).copied().unwrap_or(0.0) / of_taps[0]
    };
    let r: Vec<f64> = (0..lags).map(one).collect();
    r.iter().map(|x| x / r[0].max(f64::MIN_POSITIVE)).collect()
}

/// `sum over i of x[i] x[i + l]` for the first lags.
pub(crate) fn lagged(x: &[f64], lags: usize) -> Vec<f64> {
    (0..lags).map(|l| x.iter().zip(x.iter().skip(l)).map(|(a, b)| a * b).sum()).collect()
}
