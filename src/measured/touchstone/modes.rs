//! Mixed modes of a file of version 2, and the single ports that they are made of.

use super::header::quoted;
use num_complex::Complex64;
use std::f64::consts::FRAC_1_SQRT_2;

/// One row of a file of mixed modes; ports from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileMode {
    Single(usize),
    Differential(usize, usize),
    Common(usize, usize),
}

/// The order of modes that a file announces.
///
/// ```text
/// V_D = V_i - V_j,   I_D = (I_i - I_j) / 2,   Z_D = 2 Z
/// V_C = (V_i + V_j) / 2,   I_C = I_i + I_j,   Z_C = Z / 2
/// S = M^T S_modes M,   M_D = (1, -1) / sqrt(2),   M_C = (1, 1) / sqrt(2)
/// ```
///
/// # Reference
///
/// IBIS Open Forum, *Touchstone File Format Specification*, version 2.1, [Mixed-Mode Order] and
/// appendix A.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ModeOrder(Vec<FileMode>);

impl ModeOrder {
    /// The order in line number `line`, and the references of its rows, ohm, from those of the
    /// ports.
    ///
    /// # Errors
    ///
    /// What is no order of modes; references that are complex or differ in a pair.
    pub(super) fn of_file(
        line: usize,
        text: &str,
        references: &[Complex64],
    ) -> Result<(Self, Vec<f64>), String> {
        let wrong = |expected: &str| {
            format!("line {line}: [Mixed-Mode Order] `{}`: must be {expected}", quoted(text))
        };
        let ports = references.len();
        let order = ModeOrder::parse(text, ports).ok_or_else(|| {
            wrong(&format!(
                "{ports} modes, each port in S or in one D and one C, such as D1,3 D2,4 C1,3 C2,4"
            ))
        })?;
        if references.iter().any(|z| z.im != 0.0) {
            return Err(wrong("of real reference impedances"));
        }
        let ports_ohm: Vec<f64> = references.iter().map(|z| z.re).collect();
        let row_ohm = order.references(&ports_ohm).map_err(|(i, j)| {
            wrong(&format!(
                "of pairs of one reference, but ports {i} and {j} differ: export single ports"
            ))
        })?;
        Ok((order, row_ohm))
    }

    /// Reads `D1,3 D2,4 C1,3 C2,4`, a mode for each of `ports`.
    fn parse(text: &str, ports: usize) -> Option<Self> {
        let mode = |word: &str| -> Option<FileMode> {
            let (letter, numbers) = word.split_at_checked(1)?;
            let port = |text: &str| {
                text.parse::<usize>().ok().filter(|p| (1..=ports).contains(p)).map(|p| p - 1)
            };
            if letter.eq_ignore_ascii_case("s") {
                return Some(FileMode::Single(port(numbers)?));
            }
            let (i, j) = numbers.split_once(',')?;
            let (i, j) = (port(i)?, port(j)?);
            match letter {
                _ if i == j => None,
                "D" | "d" => Some(FileMode::Differential(i, j)),
                "C" | "c" => Some(FileMode::Common(i, j)),
                _ => None,
            }
        };
        let modes: Vec<FileMode> = text.split_whitespace().map(mode).collect::<Option<_>>()?;
        let order = ModeOrder(modes);
        (order.0.len() == ports && order.is_complete(ports)).then_some(order)
    }

    /// True if each port is single once, or in one differential and one common mode of one pair.
    fn is_complete(&self, ports: usize) -> bool {
        (0..ports).all(|port| {
            let partners = |of: fn(&FileMode) -> Option<(usize, usize)>| -> Vec<usize> {
                let pairs = self.0.iter().filter_map(of);
                pairs
                    .filter_map(|(i, j)| match port {
                        p if p == i => Some(j),
                        p if p == j => Some(i),
                        _ => None,
                    })
                    .collect()
            };
            let differential = partners(|mode| match mode {
                FileMode::Differential(i, j) => Some((*i, *j)),
                _ => None,
            });
            let common = partners(|mode| match mode {
                FileMode::Common(i, j) => Some((*i, *j)),
                _ => None,
            });
            let single = self.0.iter().filter(|mode| **mode == FileMode::Single(port)).count();
            match single {
                0 => differential.len() == 1 && differential == common,
                1 => differential.is_empty() && common.is_empty(),
                _ => false,
            }
        })
    }

    /// References of the modes from those of the ports, ohm; the pair, from 1, whose two differ.
    fn references(&self, ports_ohm: &[f64]) -> Result<Vec<f64>, (usize, usize)> {
        let equal = |i: usize, j: usize, factor: f64| {
            let same = ports_ohm[i] == ports_ohm[j];
            same.then_some(factor * ports_ohm[i]).ok_or((i + 1, j + 1))
        };
        let reference = |mode: &FileMode| match *mode {
            FileMode::Single(i) => Ok(ports_ohm[i]),
            FileMode::Differential(i, j) => equal(i, j, 2.0),
            FileMode::Common(i, j) => equal(i, j, 0.5),
        };
        self.0.iter().map(reference).collect()
    }

    /// Scattering of the single ports from that of the modes.
    pub(super) fn single_ports(&self, modes: &[Complex64]) -> Vec<Complex64> {
        let n = self.0.len();
        // the one or two ports of each mode with their shares
        let shares = |mode: &FileMode| -> Vec<(usize, f64)> {
            let h = FRAC_1_SQRT_2;
            match *mode {
                FileMode::Single(i) => vec![(i, 1.0)],
                FileMode::Differential(i, j) => vec![(i, h), (j, -h)],
                FileMode::Common(i, j) => vec![(i, h), (j, h)],
            }
        };
        let shares: Vec<Vec<(usize, f64)>> = self.0.iter().map(shares).collect();
        let mut s = vec![Complex64::default(); n * n];
        for (row, to) in shares.iter().enumerate() {
            for (column, from) in shares.iter().enumerate() {
                for (i, a) in to {
                    for (j, b) in from {
                        s[i * n + j] += modes[row * n + column] * (a * b);
                    }
                }
            }
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_order_of_modes_is_refused() {
        for text in ["D1,3 D2,4 C1,3 C2,4", "d3,1 C1,3 S2 s4", "S4 S3 S2 S1"] {
            assert!(ModeOrder::parse(text, 4).is_some(), "{text}");
        }
        for text in [
            "D1,3 D2,4 C1,3",
            "D1,3 D2,4 C1,4 C2,3",
            "D1,3 D1,3 C2,4 C2,4",
            "D1,1 C1,1 S2 S3",
            "D1,5 C1,5 S2 S3",
            "X1,3 D2,4 C1,3 C2,4",
            "S1 S1 S2 S3",
            "\u{e9}1",
            "",
        ] {
            assert!(ModeOrder::parse(text, 4).is_none(), "{text}");
        }
    }

    /// Two lines of gains 0.9 and 0.7: SDD21 = 0.8, SDC21 = 0.1.
    #[test]
    fn modes_of_two_lines_are_the_lines_again() {
        let order = ModeOrder::parse("D1,3 D2,4 C1,3 C2,4", 4).unwrap();
        let mut modes = vec![Complex64::default(); 16];
        for (row, column, gain) in [(1, 0, 0.8), (3, 2, 0.8), (1, 2, 0.1), (3, 0, 0.1)] {
            modes[row * 4 + column] = Complex64::new(gain, 0.0);
            modes[column * 4 + row] = Complex64::new(gain, 0.0);
        }
        let s = order.single_ports(&modes);
        let expected = |i: usize, j: usize| match (i, j) {
            (0, 1) | (1, 0) => 0.9,
            (2, 3) | (3, 2) => 0.7,
            _ => 0.0,
        };
        assert!((0..16).all(|at| (s[at] - expected(at / 4, at % 4)).norm() < 1e-15), "{s:?}");
        assert_eq!(order.references(&[50.0; 4]), Ok(vec![100.0, 100.0, 25.0, 25.0]));
        assert_eq!(order.references(&[50.0, 50.0, 50.0, 40.0]), Err((2, 4)));
    }
}
