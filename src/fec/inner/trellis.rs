//! The exact decoder that [`Chase`](super::Chase) is measured against: the likeliest codeword by a
//! walk through all syndromes.

use super::code::{CODE_BITS, column};

/// The codeword of least cost, as the bits in which it differs from the hard decision, and its
/// cost.
///
/// ```text
/// cost(s, i + 1) = min(cost(s, i), cost(s + column_i, i) + |LLR_i|),    ends at the hard decision's syndrome
/// ```
///
/// # Reference
///
/// J. K. Wolf, *Efficient maximum likelihood decoding of linear block codes using a trellis*, IEEE
/// Trans. Inf. Theory 24 (1978).
pub(super) fn likeliest(llr: &[f32; CODE_BITS]) -> (u128, f32) {
    let mut costs = [f32::INFINITY; 256];
    costs[0] = 0.0;
    let mut flipped = [[false; 256]; CODE_BITS];
    let mut target = 0;
    for i in 0..CODE_BITS {
        if llr[i] < 0.0 {
            target ^= column(i);
        }
        let before = costs;
        for syndrome in 0..=255u8 {
            let other = before[usize::from(syndrome ^ column(i))] + llr[i].abs();
            if other < before[usize::from(syndrome)] {
                costs[usize::from(syndrome)] = other;
                flipped[i][usize::from(syndrome)] = true;
            }
        }
    }
    let (mut at, mut flips) = (target, 0);
    for i in (0..CODE_BITS).rev() {
        if flipped[i][usize::from(at)] {
            flips |= 1 << i;
            at ^= column(i);
        }
    }
    (flips, costs[usize::from(target)])
}
