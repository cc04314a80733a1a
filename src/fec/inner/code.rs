//! The code: constants, columns and the encoder.

use crate::pattern::gray;

/// PAM4 symbols of payload in a block (`draft`, clause 177: 120 bits).
pub const PAYLOAD_SYMBOLS: usize = 60;
/// PAM4 symbols of a block (`draft`, clause 177: 128 bits).
pub const BLOCK_SYMBOLS: usize = 64;
/// Bits of parity.
pub(super) const PARITY_BITS: usize = 8;
/// Bits of the underlying binary code: 60 exclusive ors, 8 bits of parity.
pub(super) const CODE_BITS: usize = PAYLOAD_SYMBOLS + PARITY_BITS;

/// Contribution of payload symbol k to the parity, first parity bit on top (`draft`, table 177-1 in
/// D0.1 to D1.1).
#[rustfmt::skip]
pub const PARITY_ROWS: [u8; PAYLOAD_SYMBOLS] = [
    0x94, 0x4A, 0x25, 0xCB, 0xBC, 0x5E, 0x2F, 0xCE, 0x67, 0xEA, 0x75, 0xE3, 0xA8, 0x54, 0x2A, 0x15, 0xD3, 0xB0, 0x58, 0x2C,
    0x16, 0x0B, 0xDC, 0x6E, 0x37, 0xC2, 0x61, 0xE9, 0xAD, 0x8F, 0x9E, 0x4F, 0xFE, 0x7F, 0xE6, 0x73, 0xE0, 0x70, 0x38, 0x1C,
    0x0E, 0x07, 0xDA, 0x6D, 0xEF, 0xAE, 0x57, 0xF2, 0x79, 0xE5, 0xAB, 0x8C, 0x46, 0x23, 0xC8, 0x64, 0x32, 0x19, 0xD5, 0xB3,
];

/// Contribution of an error in bit `i` of the (68,60) code to the syndrome.
pub(super) const fn column(i: usize) -> u8 {
    if i < PAYLOAD_SYMBOLS { PARITY_ROWS[i] } else { 0x80 >> (i - PAYLOAD_SYMBOLS) }
}

/// Which bit has a column, by the column; [`CODE_BITS`] for none.
pub(super) static BIT_OF_COLUMN: [u8; 256] = {
    let mut bits = [CODE_BITS as u8; 256];
    let mut i = 0;
    while i < CODE_BITS {
        bits[column(i) as usize] = i as u8;
        i += 1;
    }
    bits
};

/// Writes the four parity levels after the sixty of the payload.
///
/// ```
/// use lightlane::fec::inner;
/// let mut levels = [1; inner::BLOCK_SYMBOLS];
/// inner::encode(&mut levels);
/// let again = levels;
/// inner::encode(&mut levels);
/// assert_eq!(levels, again);
/// ```
pub fn encode(levels: &mut [u8; BLOCK_SYMBOLS]) {
    let (payload, parity_levels) = levels.split_at_mut(PAYLOAD_SYMBOLS);
    let parity = payload
        .iter()
        .zip(PARITY_ROWS)
        .filter(|(level, _)| **level & 1 == 1)
        .fold(0, |sum, (_, row)| sum ^ row);
    for (i, level) in parity_levels.iter_mut().enumerate() {
        let bit = |k: usize| parity << k & 0x80 != 0;
        *level = gray::level(bit(2 * i), bit(2 * i + 1));
    }
}
