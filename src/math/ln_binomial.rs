//! Binomial coefficients as logarithms.

/// ln C(n, k).
pub(crate) fn ln_binomial(n: usize, k: usize) -> f64 {
    let ln_factorial = |x: usize| libm::lgamma(x as f64 + 1.0);
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}
