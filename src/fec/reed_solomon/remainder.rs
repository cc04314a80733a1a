//! Division by the generator, for parity and syndromes.

use super::super::galois::GaloisField;

/// Symbols per step of the division.
const STRIDE: usize = 4;
/// Largest number of 64-bit words of a remainder that is kept in registers.
const WORDS_MAX: usize = 8;

/// The remainder of `x^(n-k) u(x)` modulo the generator.
///
/// The remainder is packed, x^(n-k-1) in the top bits, into words of 64 bits. Four symbols are
/// taken at once: their product with the generator's multiples is one table row each, so the chain
/// of dependent steps is four times shorter than that of the shift register and never leaves the
/// registers.
///
/// # Limits
///
/// Above 512 bits of parity the plain shift register is used.
#[derive(Clone, Debug)]
pub(super) struct Remainder {
    bits: u32,
    words: usize,
    /// Row `i 2^m + f`: `f x^(n-k+i)` modulo the generator, `words` words each; empty for the shift
    /// register.
    rows: Vec<u64>,
    generator: Vec<u16>,
}

impl Remainder {
    pub(super) fn new(field: &GaloisField, generator: &[u16]) -> Self {
        let (bits, degree) = (field.bits(), generator.len() - 1);
        let words = (degree * bits as usize).div_ceil(64);
        let mut rows = Vec::new();
        if words <= WORDS_MAX {
            // x^(n-k) modulo g is g without its leading one
            let mut remainder = generator[1..].to_vec();
            for _ in 0..STRIDE {
                for factor in 0..=field.order() as u16 {
                    let start = rows.len();
                    rows.resize(start + words, 0);
                    for (i, &coefficient) in remainder.iter().enumerate() {
                        put(&mut rows[start..], bits, i, field.multiply(coefficient, factor));
                    }
                }
                let leading = remainder.remove(0);
                remainder.push(0);
                remainder
                    .iter_mut()
                    .zip(&generator[1..])
                    .for_each(|(r, &g)| *r ^= field.multiply(g, leading));
            }
        }
        Self { bits, words, rows, generator: generator.to_vec() }
    }

    /// Writes the remainder of a message.
    pub(super) fn write_parity(&self, field: &GaloisField, message: &[u16], parity: &mut [u16]) {
        match self.words {
            1 => self.by_rows::<1>(message, parity),
            2 => self.by_rows::<2>(message, parity),
            3 => self.by_rows::<3>(message, parity),
            4 => self.by_rows::<4>(message, parity),
            5 => self.by_rows::<5>(message, parity),
            6 => self.by_rows::<6>(message, parity),
            7 => self.by_rows::<7>(message, parity),
            8 => self.by_rows::<8>(message, parity),
            _ => self.by_register(field, message, parity),
        }
    }

    fn by_rows<const W: usize>(&self, message: &[u16], parity: &mut [u16]) {
        let (rows, _) = self.rows.as_chunks::<W>();
        let size = 1usize << self.bits;
        let tables: [&[[u64; W]]; STRIDE] =
            std::array::from_fn(|i| &rows[i * size..(i + 1) * size]);
        let mask = size as u64 - 1;

        let mut state = [0u64; W];
        let (first, rest) = message.split_at(message.len() % STRIDE);
        for &symbol in first {
            let factor = state[W - 1] >> (64 - self.bits) ^ u64::from(symbol);
            state = shifted(state, self.bits);
            add(&mut state, &tables[0][factor as usize]);
        }
        for symbols in rest.as_chunks::<STRIDE>().0 {
            let top = state[W - 1];
            state = shifted(state, STRIDE as u32 * self.bits);
            for i in 0..STRIDE {
                let factor =
                    top >> (64 - (i as u32 + 1) * self.bits) & mask ^ u64::from(symbols[i]);
                add(&mut state, &tables[STRIDE - 1 - i][factor as usize]);
            }
        }
        for (i, symbol) in parity.iter_mut().enumerate() {
            *symbol = get(&state, self.bits, i);
        }
    }

    fn by_register(&self, field: &GaloisField, message: &[u16], parity: &mut [u16]) {
        parity.fill(0);
        for &symbol in message {
            let factor = parity[0] ^ symbol;
            parity.copy_within(1.., 0);
            *parity.last_mut().expect("a generator of degree one or more") = 0;
            parity
                .iter_mut()
                .zip(&self.generator[1..])
                .for_each(|(p, &g)| *p ^= field.multiply(g, factor));
        }
    }
}

#[inline(always)]
fn shifted<const W: usize>(state: [u64; W], by: u32) -> [u64; W] {
    std::array::from_fn(|w| state[w] << by | if w == 0 { 0 } else { state[w - 1] >> (64 - by) })
}

#[inline(always)]
fn add<const W: usize>(state: &mut [u64; W], row: &[u64; W]) {
    state.iter_mut().zip(row).for_each(|(s, r)| *s ^= r);
}

/// Where the `i`-th symbol from the top begins, in bits from the bottom of the last word, modulo
/// its word.
fn place(words: usize, bits: u32, i: usize) -> (usize, u32) {
    let low = 64 * words - (i + 1) * bits as usize;
    (low / 64, (low % 64) as u32)
}

fn put(words: &mut [u64], bits: u32, i: usize, symbol: u16) {
    let (word, shift) = place(words.len(), bits, i);
    words[word] |= u64::from(symbol) << shift;
    if shift + bits > 64 {
        words[word + 1] |= u64::from(symbol) >> (64 - shift);
    }
}

#[inline(always)]
fn get(words: &[u64], bits: u32, i: usize) -> u16 {
    let (word, shift) = place(words.len(), bits, i);
    let mut value = words[word] >> shift;
    if shift + bits > 64 {
        value |= words[word + 1] << (64 - shift);
    }
    (value & ((1 << bits) - 1)) as u16
}

#[cfg(test)]
mod tests {
    use crate::fec::reed_solomon::code::Code;
    use crate::seed::Seed;

    #[test]
    fn the_table_gives_what_the_shift_register_gives() {
        for (polynomial, n, parity) in [
            (0x13, 15, 1),
            (0x13, 15, 3),
            (0x11d, 255, 32),
            (0x409, 544, 30),
            (0x409, 528, 14),
            (0x1053, 700, 42),
        ] {
            let code = Code {
                field_polynomial: polynomial,
                codeword_symbols: n,
                message_symbols: n - parity,
                first_root: 1,
            };
            let built = code.build().unwrap();
            assert!(!built.remainder.rows.is_empty());
            let mut rng = Seed::new(1).named("message").rng();
            let message: Vec<u16> = (0..n - parity)
                .map(|_| (rng.next_u64() & built.field.order() as u64) as u16)
                .collect();
            let (mut table, mut register) = (vec![0; parity], vec![0; parity]);
            built.remainder.write_parity(&built.field, &message, &mut table);
            built.remainder.by_register(&built.field, &message, &mut register);
            assert_eq!(table, register, "{polynomial:#x} {n} {parity}");
        }
    }
}
