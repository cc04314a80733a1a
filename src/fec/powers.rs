//! Geometric sequences in GF(2^m), read as slices.

use super::galois::GaloisField;

/// Largest number of stored elements, 2^18 (512 KiB).
const STORED_MAX: usize = 1 << 18;

/// Adds `c alpha^(i j)`, j = 0, 1, .., to a slice: the common step of syndromes, Chien search and
/// evaluation.
///
/// ```text
/// c = alpha^L,    L = d + i s,  d < g = gcd(i, 2^m - 1)
/// c alpha^(i j) = alpha^(d + i (s + j))
/// ```
///
/// All sequences of ratio alpha^i are therefore windows into g stored ones, and adding one is an
/// exclusive or of two slices, which vectorises; a polynomial of degree v is evaluated at n
/// consecutive powers by v such passes, without a multiplication.
///
/// # Limits
///
/// Ratios beyond the first 2^18 stored elements are stepped through logarithms instead: the same
/// result, slower.
#[derive(Clone, Debug)]
pub(super) struct Powers {
    rows: Vec<PowerSequence>,
    stored: Vec<u16>,
    longest: usize,
}

/// The sequences of one ratio alpha^i.
#[derive(Clone, Debug)]
struct PowerSequence {
    start: usize,
    /// gcd(i, 2^m - 1).
    classes: usize,
    /// (2^m - 1) / classes, after which a sequence repeats.
    period: usize,
    /// The inverse of i / classes modulo the period.
    inverse: usize,
}

impl Powers {
    /// Sequences of up to `longest` terms with the ratios alpha^0 to alpha^(ratios - 1).
    pub(super) fn new(field: &GaloisField, ratios: usize, longest: usize) -> Self {
        let order = field.order();
        let (mut rows, mut stored) = (Vec::new(), Vec::new());
        for i in 1..ratios {
            let classes = gcd(i, order);
            let period = order / classes;
            if stored.len() + classes * (period + longest) > STORED_MAX {
                break;
            }
            let step = i / classes % period;
            let inverse = (0..period)
                .find(|candidate| step * candidate % period == 1 % period)
                .expect("coprime to the period");
            rows.push(PowerSequence { start: stored.len(), classes, period, inverse });
            for class in 0..classes {
                stored.extend((0..period + longest).map(|j| field.power(class + i * j)));
            }
        }
        Self { rows, stored, longest }
    }

    /// `sums[j] += alpha^log alpha^(i j)`.
    ///
    /// # Panics
    ///
    /// If `sums` is longer than the longest sequence.
    pub(super) fn add(&self, field: &GaloisField, log: usize, i: usize, sums: &mut [u16]) {
        if i == 0 {
            let constant = field.power(log);
            return sums.iter_mut().for_each(|sum| *sum ^= constant);
        }
        let Some(row) = self.rows.get(i - 1) else {
            return step(field, log, i, sums);
        };
        assert!(sums.len() <= self.longest, "{} terms of {}", sums.len(), self.longest);
        let (class, shift) =
            (log % row.classes, log / row.classes % row.period * row.inverse % row.period);
        let sequence = &self.stored[row.start + class * (row.period + self.longest) + shift..];
        add_slice(sums, &sequence[..sums.len()]);
    }
}

crate::math::simd::multiversion! {
fn add_slice(sums: &mut [u16], terms: &[u16]) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum ^= term);
}
}

fn step(field: &GaloisField, log: usize, i: usize, sums: &mut [u16]) {
    let order = field.order();
    let (mut exponent, i) = (log % order, i % order);
    for sum in sums {
        *sum ^= field.power(exponent);
        exponent += i;
        if exponent >= order {
            exponent -= order;
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if a == 0 { b } else { gcd(b % a, a) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_the_table_is_the_sequence() {
        for (polynomial, ratios, longest) in [(0x13, 16, 15), (0x409, 31, 544), (0x1053, 300, 100)]
        {
            let field = GaloisField::new(polynomial).unwrap();
            let powers = Powers::new(&field, ratios, longest);
            for i in (0..ratios + 2).step_by(1 + ratios / 40) {
                for log in (0..field.order()).step_by(1 + field.order() / 50) {
                    let mut sums = vec![0; longest];
                    powers.add(&field, log, i, &mut sums);
                    for (j, &sum) in sums.iter().enumerate() {
                        assert_eq!(sum, field.power(log + i * j), "{polynomial:#x}: {i} {log} {j}");
                    }
                }
            }
        }
    }
}
