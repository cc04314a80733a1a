//! PAM4 in white Gaussian noise: symbols, noise, slicer and count in one loop.

use super::slicer::Thresholds;
use crate::math::normals;
use crate::math::simd::multiversion;
use crate::seed::{Rng, Seed, WIDTH};

/// Error counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// Symbols sent.
    pub symbols: u64,
    /// Symbol errors.
    pub symbol_errors: u64,
    /// Bit errors, Gray mapped.
    pub bit_errors: u64,
}

/// Symbols of a piece: its noise stays in the first-level cache.
const PIECE: usize = 2048;

/// Sends `pieces` times 2048 random symbols of levels -1, -1/3, 1/3, 1 through white noise of
/// `sigma` and counts the errors of a slicer with its thresholds half way between them.
///
/// ```text
/// BER = (3 Q(x) + 2 Q(3 x) - Q(5 x)) / 4,    x = 1 / (3 sigma)
/// ```
///
/// An upper bound of speed: symbols, noise and slicer alone, the reference for everything slower.
///
/// ```
/// let errors = lightlane::dsp::awgn::count(lightlane::seed::Seed::new(1), 1000, 0.11);
/// let ber = errors.bit_errors as f64 / (2 * errors.symbols) as f64;
/// assert!((ber / 9.1e-4 - 1.0).abs() < 0.05);
/// ```
pub fn count(seed: Seed, pieces: usize, sigma: f32) -> Errors {
    let (mut data, mut noise) = (seed.named("data").rng(), seed.named("noise").rng());
    let mut normals = [0f32; PIECE];
    let mut total = Errors::default();
    for _ in 0..pieces {
        normals::fill(&mut noise, &mut normals);
        let [symbols, bits] = piece(&mut data, &normals, sigma);
        total.symbols += PIECE as u64;
        total.symbol_errors += symbols;
        total.bit_errors += bits;
    }
    total
}

/// A word of each generator is sixteen rows of symbols, lowest bits first.
#[inline(always)]
fn level(word: u32, row: usize) -> u32 {
    word >> (2 * row) & 3
}

multiversion! {
fn piece(data: &mut Rng, normals: &[f32; PIECE], sigma: f32) -> [u64; 2] {
    let [t0, t1, t2] = Thresholds::MIDDLE.0;
    let (mut symbols, mut bits) = ([0u32; WIDTH], [0u32; WIDTH]);
    for noise in normals.as_chunks::<{ 16 * WIDTH }>().0 {
        let words = data.step();
        for (row, noise) in noise.as_chunks::<WIDTH>().0.iter().enumerate() {
            for i in 0..WIDTH {
                let s = level(words[i], row);
                let z = sigma.mul_add(noise[i], (2 * s as i32 - 3) as f32 * (1.0 / 3.0));
                let d = u32::from(z > t0) + u32::from(z > t1) + u32::from(z > t2);
                let x = (s ^ s >> 1) ^ (d ^ d >> 1);
                bits[i] += (x & 1) + (x >> 1);
                symbols[i] += u32::from(x != 0);
            }
        }
    }
    [symbols, bits].map(|counts| counts.iter().map(|&count| u64::from(count)).sum())
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::levels::LEVELS;
    use crate::math::gaussian::pam4_ber;

    /// 2^25 symbols; a symbol in error has one wrong bit: the count is known to its root.
    #[test]
    fn the_error_ratio_is_the_closed_form() {
        for (sigma, name) in [(0.11f32, "a"), (0.075, "b"), (0.3, "c")] {
            let errors = count(Seed::new(1).named(name), 1 << 14, sigma);
            let bits = 2.0 * errors.symbols as f64;
            let expected = pam4_ber(1.0 / (3.0 * f64::from(sigma))) * bits;
            assert!(
                (errors.bit_errors as f64 - expected).abs() < 5.0 * (1.2 * expected).sqrt(),
                "{sigma}: {errors:?}, {expected}"
            );
        }
    }

    #[test]
    fn the_fused_loop_counts_what_its_parts_count() {
        let (seed, sigma) = (Seed::new(3), 0.2);
        let (mut data, mut noise) = (seed.named("data").rng(), seed.named("noise").rng());
        let mut expected = Errors::default();
        for _ in 0..10 {
            let mut out = [0f32; PIECE];
            normals::fill(&mut noise, &mut out);
            let mut sent = [0u8; PIECE];
            for sent in sent.chunks_mut(256) {
                let words = data.step();
                sent.iter_mut()
                    .enumerate()
                    .for_each(|(i, s)| *s = level(words[i % 16], i / 16) as u8);
            }
            out.iter_mut()
                .zip(&sent)
                .for_each(|(z, &s)| *z = f32::mul_add(sigma, *z, LEVELS[usize::from(s)]));
            let decided = Thresholds::MIDDLE.decide(&sent, &out);
            expected.symbols += PIECE as u64;
            expected.symbol_errors += decided.symbol_errors;
            expected.bit_errors += decided.bit_errors;
        }
        assert_eq!(count(seed, 10, sigma), expected);
    }
}
