//! Normal equations.

use nalgebra::{DMatrix, DVector};

/// Solves `a x = b` for a symmetric positive definite `a` (row-major, n x n); `None` when it is
/// not.
pub(crate) fn solve(a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    let a = DMatrix::from_row_slice(n, n, a);
    let x = a.cholesky()?.solve(&DVector::from_column_slice(b));
    x.iter().all(|x| x.is_finite()).then(|| x.as_slice().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definite_system_is_solved_and_an_indefinite_one_refused() {
        let x = solve(&[4.0, 1.0, 1.0, 3.0], &[1.0, 2.0]).expect("definite");
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-14 && (x[1] - 7.0 / 11.0).abs() < 1e-14);
        assert!(solve(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]).is_none());
    }
}
