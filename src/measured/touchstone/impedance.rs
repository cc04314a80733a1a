//! Complex reference impedances: their text, and scattering at other references.

use crate::math::matrix::solve;
use crate::measured::number;
use num_complex::Complex64;

/// An impedance as a word: `50`, `(50+0j)`, `42.5-j3`, `(50,0)`.
pub(super) fn impedance(word: &str) -> Option<Complex64> {
    let word = word.strip_prefix('(').map_or(Some(word), |inner| inner.strip_suffix(')'))?;
    let word: String = word.chars().filter(|c| !c.is_whitespace()).collect();
    let real = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    if let Some(alone) = real(&word) {
        return Some(Complex64::new(alone, 0.0));
    }
    if let Some((re, im)) = word.split_once(',') {
        return Some(Complex64::new(real(re)?, real(im)?));
    }
    let bytes = word.as_bytes();
    let at = (1..bytes.len())
        .rev()
        .find(|&i| matches!(bytes[i], b'+' | b'-') && !matches!(bytes[i - 1], b'e' | b'E'))?;
    let (re, im) = word.split_at(at);
    let (sign, im) = im.split_at(1);
    let unit = ['j', 'i', 'J', 'I'];
    let size = im.strip_prefix(unit).or_else(|| im.strip_suffix(unit))?;
    let im = real(size).filter(|_| !size.starts_with(['+', '-']))?;
    Some(Complex64::new(real(re)?, if sign == "-" { -im } else { im }))
}

/// An impedance for a reader, ohm.
pub(super) fn shown(z: Complex64) -> String {
    let (re, im) = (number::shown(z.re), number::shown(z.im));
    let sign = if im.starts_with('-') { "" } else { "+" };
    if z.im == 0.0 { re } else { format!("{re}{sign}{im}j") }
}

/// Scattering of one frequency at other references; `None` if it does not exist there.
///
/// ```text
/// S' = (P + S M)^-1 (M + S P),   P = (Z + Z') / (2 sqrt(Z) sqrt(Z')),   M = (Z - Z') / (2 sqrt(Z) sqrt(Z'))   (diagonal)
/// ```
///
/// of travelling waves a = (V + Z I) / (2 sqrt(Z)), b = (V - Z I) / (2 sqrt(Z)): what field solvers
/// export for modes of complex impedance by default, and symmetric for a reciprocal
/// network. Where Z is real, pseudo waves and power waves are the same.
///
/// # Reference
///
/// R. B. Marks, D. F. Williams, *A general waveguide circuit theory*, J. Res. NIST 97 (1992), for
/// travelling and pseudo waves; K. Kurokawa, *Power waves and the scattering matrix*, IEEE Trans.
/// MTT 13 (1965), for power waves.
pub(super) fn renormalised(
    s: &[Complex64],
    from: &[Complex64],
    to_ohm: &[f64],
) -> Option<Vec<Complex64>> {
    let n = from.len();
    let of = |sign: f64| -> Vec<Complex64> {
        let pairs = from.iter().zip(to_ohm);
        pairs.map(|(z, new)| (z + sign * new) / (2.0 * z.sqrt() * new.sqrt())).collect()
    };
    let (plus, minus) = (of(1.0), of(-1.0));
    let sum = |diagonal: &[Complex64], times: &[Complex64]| -> Vec<Complex64> {
        let on_diagonal = |at: usize| {
            if at.is_multiple_of(n + 1) { diagonal[at % n] } else { Complex64::default() }
        };
        (0..n * n).map(|at| s[at] * times[at % n] + on_diagonal(at)).collect()
    };
    solve(&sum(&plus, &minus), &sum(&minus, &plus), n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impedance_is_read_in_every_spelling() {
        for (word, re, im) in [
            ("50", 50.0, 0.0),
            ("(50+0j)", 50.0, 0.0),
            ("(42.5-3.5j)", 42.5, -3.5),
            ("5e1+j2e-1", 50.0, 0.2),
            ("( 50 , -1 )", 50.0, -1.0),
        ] {
            assert_eq!(impedance(word), Some(Complex64::new(re, im)), "{word}");
        }
        for word in ["(50", "x", "50+", "50+-3j", "50+3", "inf", "", "(50+0j)j"] {
            assert_eq!(impedance(word), None, "{word}");
        }
    }

    /// A load Z reflects (Z - R) / (Z + R) of travelling waves for complex R too.
    #[test]
    fn a_load_reflects_by_its_reference() {
        let (load, from) = (Complex64::new(30.0, 20.0), Complex64::new(42.5, -3.0));
        let s = (load - from) / (load + from);
        let new = renormalised(&[s], &[from], &[50.0]).unwrap()[0];
        assert!((new - (load - 50.0) / (load + 50.0)).norm() < 1e-15);
    }
}
