//! Chebyshev points and the polynomial through values there.

use std::f64::consts::PI;

/// Chebyshev points from -1 to 1, an odd number of them; the middle one is 0.
pub(crate) fn points<const N: usize>() -> [f64; N] {
    std::array::from_fn(|i| if i == N / 2 { 0.0 } else { -(PI * i as f64 / (N - 1) as f64).cos() })
}

/// The polynomial through values at the points (barycentric form).
pub(crate) fn through<const N: usize>(values: &[f64; N], x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    for (i, (point, value)) in points::<N>().iter().zip(values).enumerate() {
        let distance = x - point;
        if distance.abs() < 1e-12 {
            return *value;
        }
        let end = if i == 0 || i == N - 1 { 0.5 } else { 1.0 };
        let weight = if i % 2 == 0 { end } else { -end } / distance;
        above += weight * value;
        below += weight;
    }
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_of_their_degree_is_met_everywhere() {
        let cubic = |x: f64| 1.0 - 2.0 * x + 3.0 * x * x * x;
        let values = points::<5>().map(cubic);
        for x in [-1.0, -0.9, -0.3, 0.0, 0.11, 1.0] {
            assert!((through(&values, x) - cubic(x)).abs() < 1e-12, "{x}");
        }
    }
}
