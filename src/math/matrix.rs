//! Small complex matrices, row by row in slices.

use num_complex::Complex64;

/// Share of the largest element below which a pivot counts as zero.
const SINGULAR: f64 = 1e-14;

/// Solves `a x = b`, all n x n; `None` when `a` is singular.
pub(crate) fn solve(a: &[Complex64], b: &[Complex64], n: usize) -> Option<Vec<Complex64>> {
    let (mut a, mut x) = (a.to_vec(), b.to_vec());
    let least = SINGULAR * a.iter().map(|x| x.norm()).fold(0.0, f64::max);
    for column in 0..n {
        let size = |row: &usize| a[row * n + column].norm();
        let pivot = (column..n).max_by(|p, q| size(p).total_cmp(&size(q)))?;
        let is_sound = size(&pivot) > least;
        if !is_sound {
            return None;
        }
        for j in 0..n {
            a.swap(pivot * n + j, column * n + j);
            x.swap(pivot * n + j, column * n + j);
        }
        let inverse = a[column * n + column].inv();
        for j in 0..n {
            a[column * n + j] *= inverse;
            x[column * n + j] *= inverse;
        }
        for row in (0..n).filter(|&row| row != column) {
            let factor = a[row * n + column];
            for j in 0..n {
                let (above, beside) = (a[column * n + j], x[column * n + j]);
                a[row * n + j] -= factor * above;
                x[row * n + j] -= factor * beside;
            }
        }
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

/// The largest singular value of an n x n matrix, by one-sided Jacobi rotations of its columns.
///
/// # Reference
///
/// M. Hestenes, *Inversion of matrices by biorthogonalization and related results*, J. SIAM 6
/// (1958).
pub(crate) fn largest_singular_value(a: &[Complex64], n: usize) -> f64 {
    let mut columns: Vec<Vec<Complex64>> =
        (0..n).map(|j| (0..n).map(|i| a[i * n + j]).collect()).collect();
    let energy = |column: &[Complex64]| column.iter().map(|x| x.norm_sqr()).sum::<f64>();
    for _ in 0..30 {
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                let (alpha, beta) = (energy(&columns[p]), energy(&columns[q]));
                let gamma: Complex64 =
                    columns[p].iter().zip(&columns[q]).map(|(x, y)| x.conj() * y).sum();
                let size = gamma.norm();
                if size <= 1e-15 * (alpha * beta).sqrt() || size == 0.0 {
                    continue;
                }
                turned = true;
                let zeta = (beta - alpha) / (2.0 * size);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let cosine = 1.0 / (1.0 + t * t).sqrt();
                let sine = cosine * t;
                let phase = gamma / size;
                let (left, right) = columns.split_at_mut(q);
                for (a, b) in left[p].iter_mut().zip(&mut right[0]) {
                    let (x, y) = (*a, *b * phase.conj());
                    (*a, *b) = (cosine * x - sine * y, sine * x + cosine * y);
                }
            }
        }
        if !turned {
            break;
        }
    }
    columns.iter().map(|column| energy(column)).fold(0.0, f64::max).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn random(n: usize) -> Vec<Complex64> {
        let mut rng = Seed::new(n as u64).named("matrix").rng();
        (0..n * n).map(|_| Complex64::new(rng.normal(), rng.normal())).collect()
    }

    fn product(a: &[Complex64], b: &[Complex64], n: usize) -> Vec<Complex64> {
        (0..n * n).map(|at| (0..n).map(|k| a[at / n * n + k] * b[k * n + at % n]).sum()).collect()
    }

    #[test]
    fn a_solution_times_its_matrix_is_the_right_side() {
        for n in [1, 2, 5, 12] {
            let (a, b) = (random(n), random(n).iter().rev().copied().collect::<Vec<_>>());
            let again = product(&a, &solve(&a, &b, n).unwrap(), n);
            assert!(again.iter().zip(&b).all(|(x, y)| (x - y).norm() < 1e-11), "{n}");
        }
        let one = Complex64::new(1.0, 0.0);
        assert!(solve(&[one, one, one, one], &[one; 4], 2).is_none());
        assert!(solve(&[Complex64::default()], &[one], 1).is_none());
    }

    /// nalgebra's decomposition is another algorithm.
    #[test]
    fn the_largest_singular_value_is_that_of_another_algorithm() {
        for n in [1, 2, 3, 4, 12] {
            let a = random(n);
            let expected = nalgebra::DMatrix::from_row_slice(n, n, &a).singular_values().max();
            assert!((largest_singular_value(&a, n) / expected - 1.0).abs() < 1e-13, "{n}");
        }
        assert_eq!(largest_singular_value(&[Complex64::default(); 4], 2), 0.0);
    }
}
