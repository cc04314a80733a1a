//! Bit error ratio after hard-decision decoding, in closed form.

use super::code::{PARITY_BITS, PAYLOAD_SYMBOLS};

/// Bit error ratio after hard-decision decoding of independent errors between neighbouring levels:
/// an upper bound of the decoder's.
///
/// ```text
/// sum over i errors of 60 symbols (2 ber each) and k of 8 parity bits (ber each):  0 if i + k < 2,  i if i + k is even,  i + 1 if odd,  / 120
/// ```
///
/// The columns of the code have odd weight: an even number of errors is always detected and left,
/// an odd one above one may be taken for another single error, which adds one at the most.
///
/// Soft decisions leave fewer errors. Noise that is correlated between neighbouring symbols is not
/// independent.
#[must_use]
pub fn hard_decision_ber(ber: f64) -> f64 {
    let (symbols, bits) =
        (binomial(PAYLOAD_SYMBOLS, (2.0 * ber).min(1.0)), binomial(PARITY_BITS, ber));
    let left = |i: usize, k: usize| match i + k {
        0 | 1 => 0.0,
        n if n % 2 == 0 => i as f64,
        _ => (i + 1) as f64,
    };
    let each = symbols
        .iter()
        .enumerate()
        .flat_map(|(i, p)| bits.iter().enumerate().map(move |(k, q)| p * q * left(i, k)));
    each.sum::<f64>() / (2 * PAYLOAD_SYMBOLS) as f64
}

/// Probabilities of 0, 1, .. n successes.
fn binomial(n: usize, p: f64) -> Vec<f64> {
    let mut probability = vec![0.0; n + 1];
    probability[0] = 1.0;
    for trial in 1..=n {
        for count in (0..=trial).rev() {
            let one_more = if count > 0 { probability[count - 1] * p } else { 0.0 };
            probability[count] = probability[count] * (1.0 - p) + one_more;
        }
    }
    probability
}
