//! The inner code: soft decisions of blocks.

use super::common::{Numbers, refused};
use lightlane::fec::inner::{
    BLOCK_SYMBOLS, Chase, InnerOutcome, PARITY_ROWS, PAYLOAD_SYMBOLS, Soft, encode,
};

/// Bits of the (68,60) code: exclusive ors of the payload's symbols, and parity.
const CODE_BITS: usize = PAYLOAD_SYMBOLS + 8;

/// The four levels at the slicer.
struct Levels {
    mean: [f32; 4],
    sigma: [f32; 4],
}

/// A block of levels in noise, decoded with a number of tested positions, and with none.
///
/// The first bytes are the positions, the levels and the noise's size; then each symbol has a level
/// and a deviation from it.
pub fn chase(bytes: &[u8]) -> bool {
    let mut numbers = Numbers::new(bytes);
    let positions = numbers.below(20);
    let chase = match Chase::new(positions) {
        Ok(chase) => chase,
        Err(error) => return refused(&error.to_string()),
    };
    let levels = levels(&mut numbers);
    let soft = match Soft::new(levels.mean, levels.sigma) {
        Ok(soft) => soft,
        Err(error) => return refused(&error.to_string()),
    };
    let size = 4.0 * numbers.fraction().abs();
    let mut sent = [0; BLOCK_SYMBOLS];
    let mut deviations = [0.0; BLOCK_SYMBOLS];
    for (level, deviation) in sent.iter_mut().zip(&mut deviations) {
        *level = numbers.byte() & 3;
        *deviation = size * numbers.fraction();
    }
    encode(&mut sent);
    let received: [f32; BLOCK_SYMBOLS] =
        std::array::from_fn(|k| levels.mean[usize::from(sent[k])] + deviations[k]);
    let block = Block { llr: levels.llr(&received), received };
    let hard = block.decoded(&Chase::HARD, &soft);
    let found = block.decoded(&chase, &soft);
    // more positions find a codeword as likely, or a likelier one
    if let (Some(hard), Some(found)) = (hard, found) {
        let is_worse = found > hard + block.rounding();
        assert!(!is_worse, "{found} of {positions}, {hard} of none");
    }
    assert!(found.is_some() || hard.is_none(), "{positions} positions find less than none");
    few_errors(&levels, &soft, &sent, &received);
    true
}

/// Even or uneven levels, any or usual deviations.
fn levels(numbers: &mut Numbers<'_>) -> Levels {
    let kind = numbers.byte();
    let mut at = 0.0;
    let mean = std::array::from_fn(|level| {
        let step = if kind & 1 == 0 { 1.0 } else { 2.0 * numbers.fraction() + 1.0 };
        at += if level == 0 { 0.0 } else { step };
        at
    });
    let sigma = std::array::from_fn(|_| match kind & 6 {
        0 => 0.2,
        2 => numbers.magnitude() as f32,
        _ => 0.5 * numbers.fraction(),
    });
    Levels { mean, sigma }
}

impl Levels {
    /// Logarithms of the likelihood ratio of each bit, of the likeliest levels.
    fn llr(&self, received: &[f32; BLOCK_SYMBOLS]) -> [f64; CODE_BITS] {
        let costs = |y: f32| {
            [0, 1, 2, 3].map(|level| {
                let sigma = f64::from(self.sigma[level]);
                let distance = (f64::from(y) - f64::from(self.mean[level])) / sigma;
                0.5 * distance * distance + sigma.ln()
            })
        };
        std::array::from_fn(|bit| {
            let parity = bit.checked_sub(PAYLOAD_SYMBOLS);
            let symbol = parity.map_or(bit, |parity| PAYLOAD_SYMBOLS + parity / 2);
            let [a, b, c, d] = costs(received[symbol]);
            match parity.map(|parity| parity % 2) {
                None => b.min(d) - a.min(c),
                Some(0) => c.min(d) - a.min(b),
                Some(_) => b.min(c) - a.min(d),
            }
        })
    }
}

/// A received block and what its bits are worth.
struct Block {
    received: [f32; BLOCK_SYMBOLS],
    llr: [f64; CODE_BITS],
}

impl Block {
    /// What single precision and ties may move a sum by; nothing is compared where it is not
    /// finite.
    fn rounding(&self) -> f64 {
        1e-4 * (1.0 + self.llr.iter().map(|llr| llr.abs()).sum::<f64>())
    }

    /// True where no decision on a bit is a tie within rounding, or beyond single precision.
    fn is_clear(&self) -> bool {
        let clear = self.rounding()..1e30;
        self.llr.iter().all(|llr| clear.contains(&llr.abs()))
    }

    /// Decodes and checks the block; the cost of the codeword found, if there is one.
    fn decoded(&self, chase: &Chase, soft: &Soft) -> Option<f64> {
        let mut payload = [9; PAYLOAD_SYMBOLS];
        let outcome = chase.decode(soft, &self.received, &mut payload);
        assert!(payload.iter().all(|&level| level < 4), "{payload:?}");
        let flipped = self.flipped(&payload);
        let cost = flipped.iter().map(|&bit| self.llr[bit].abs()).sum();
        match outcome {
            InnerOutcome::Corrected { bits } => {
                assert!((1..=chase.positions() + 1).contains(&(bits as usize)), "{bits}");
                assert!(!self.is_clear() || flipped.len() == bits as usize, "{bits} {flipped:?}");
                Some(cost)
            }
            InnerOutcome::Clean => {
                assert!(!self.is_clear() || flipped.is_empty(), "{flipped:?}");
                Some(cost)
            }
            InnerOutcome::Detected => {
                let payload = flipped.iter().all(|&bit| bit >= PAYLOAD_SYMBOLS);
                assert!(!self.is_clear() || payload, "{flipped:?}");
                None
            }
        }
    }

    /// Bits in which the codeword of a payload differs from the hard decision.
    fn flipped(&self, payload: &[u8; PAYLOAD_SYMBOLS]) -> Vec<usize> {
        let odd = |k: usize| payload[k] & 1 == 1;
        let parity =
            (0..PAYLOAD_SYMBOLS).filter(|&k| odd(k)).fold(0, |sum, k| sum ^ PARITY_ROWS[k]);
        let bit = |i: usize| match i.checked_sub(PAYLOAD_SYMBOLS) {
            None => odd(i),
            Some(parity_bit) => 0x80 >> parity_bit & parity != 0,
        };
        (0..CODE_BITS).filter(|&i| bit(i) != (self.llr[i] < 0.0)).collect()
    }
}

/// The hard decision corrects one symbol of the payload that lies nearer to a neighbouring level.
fn few_errors(
    levels: &Levels,
    soft: &Soft,
    sent: &[u8; BLOCK_SYMBOLS],
    received: &[f32; BLOCK_SYMBOLS],
) {
    let is_even = levels.mean == [0.0, 1.0, 2.0, 3.0] && levels.sigma == [0.2; 4];
    let off = |k: usize| (received[k] - f32::from(sent[k])).abs();
    let (near, far) = (0..BLOCK_SYMBOLS).partition::<Vec<_>, _>(|&k| off(k) < 0.49);
    let one = far.iter().all(|&k| k < PAYLOAD_SYMBOLS && off(k) < 0.99);
    if !is_even || !one || near.len() + 1 < BLOCK_SYMBOLS {
        return;
    }
    let mut payload = [9; PAYLOAD_SYMBOLS];
    let outcome = Chase::HARD.decode(soft, received, &mut payload);
    assert_eq!(payload, sent[..PAYLOAD_SYMBOLS], "{outcome:?}");
}
