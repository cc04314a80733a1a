//! The modified Bessel function that averages over a phase: for tests.

/// Mean of exp(x cos u) over the circle, I0(x), by its series.
pub(crate) fn i0(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}
