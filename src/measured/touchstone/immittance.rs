//! Scattering from admittances, impedances and hybrid parameters.

use super::header::ParameterKind;
use crate::math::matrix::solve;
use num_complex::Complex64;

/// Scattering from another kind of parameter; `None` if it does not exist.
///
/// ```text
/// A V + B I = 0,   V = sqrt(Z) (a + b),   I = (a - b) / sqrt(Z)
/// S = -(A sqrt(Z) - B / sqrt(Z))^-1 (A sqrt(Z) + B / sqrt(Z))
/// ```
///
/// `m` is the matrix of the file, row by row, Z the reference impedance of each port, ohm.
///
/// # Panics
///
/// When hybrid parameters are of other than two ports.
pub(super) fn scattering(
    kind: ParameterKind,
    m: &[Complex64],
    reference_ohm: &[f64],
) -> Option<Vec<Complex64>> {
    let n = reference_ohm.len();
    let (zero, one) = (Complex64::default(), Complex64::new(1.0, 0.0));
    let unit: Vec<Complex64> =
        (0..n * n).map(|at| if at.is_multiple_of(n + 1) { one } else { zero }).collect();
    let negative: Vec<Complex64> = m.iter().map(|x| -x).collect();
    let (a, b) = match kind {
        ParameterKind::Scattering => return Some(m.to_vec()),
        ParameterKind::Impedance => (unit, negative),
        ParameterKind::Admittance => (negative, unit),
        ParameterKind::Hybrid => (vec![one, -m[1], zero, -m[3]], vec![-m[0], zero, -m[2], one]),
        ParameterKind::InverseHybrid => {
            (vec![-m[0], zero, -m[2], one], vec![one, -m[1], zero, -m[3]])
        }
    };
    let root = |at: usize| reference_ohm[at % n].sqrt();
    let left: Vec<Complex64> = (0..n * n).map(|at| b[at] / root(at) - a[at] * root(at)).collect();
    let right: Vec<Complex64> = (0..n * n).map(|at| b[at] / root(at) + a[at] * root(at)).collect();
    solve(&left, &right, n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series resistor of 25 ohm and a shunt of 100 ohm after it, between 50 ohm at port 1 and
    /// 75 ohm at port 2.
    #[test]
    fn one_network_written_in_five_ways_scatters_alike() {
        let (series, shunt, z) = (25.0, 100.0, [50.0, 75.0]);
        let real = |m: [f64; 4]| m.map(|x| Complex64::new(x, 0.0));
        let impedance =
            scattering(ParameterKind::Impedance, &real([series + shunt, shunt, shunt, shunt]), &z)
                .unwrap();
        let y = 1.0 / series;
        let others = [
            scattering(ParameterKind::Admittance, &real([y, -y, -y, y + 1.0 / shunt]), &z).unwrap(),
            scattering(ParameterKind::Hybrid, &real([series, 1.0, -1.0, 1.0 / shunt]), &z).unwrap(),
            scattering(
                ParameterKind::InverseHybrid,
                &{
                    let sum = series + shunt;
                    real([1.0 / sum, -shunt / sum, shunt / sum, series * shunt / sum])
                },
                &z,
            )
            .unwrap(),
        ];
        for other in &others {
            assert!(
                impedance.iter().zip(other).all(|(a, b)| (a - b).norm() < 1e-14),
                "{impedance:?} {other:?}"
            );
        }
        let input = series + 1.0 / (1.0 / shunt + 1.0 / 75.0);
        assert!((impedance[0].re - (input - 50.0) / (input + 50.0)).abs() < 1e-14);
        assert!(
            (impedance[1] - impedance[2]).norm() < 1e-14,
            "a reciprocal network's S is symmetric"
        );
    }

    #[test]
    fn what_has_no_scattering_is_refused() {
        let z = [Complex64::new(-49.0, 0.0)];
        assert!(scattering(ParameterKind::Impedance, &z, &[49.0]).is_none());
    }
}
