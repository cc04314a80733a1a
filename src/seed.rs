//! Random streams by name: a stream's key is the run's seed, the names and the indices that lead to
//! it.
//!
//! No generator is shared. [`Seed::named`] and [`Seed::index`] make a key; [`Seed::rng`] turns it
//! by Philox4x32-10 into the state of sixteen xoshiro128++ generators that run side by side. The
//! width is sixteen on every machine, so a stream is the same everywhere.
//!
//! # Reference
//!
//! J. Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC11 (Philox); D. Blackman, S.
//! Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 47 (2021) (xoshiro128++).

use std::borrow::Cow;

/// Parallel generators.
pub(crate) const WIDTH: usize = 16;

/// Text that keys a random stream. It is independent of displayed names: renaming a source changes
/// no draw, and changing a key changes every count that depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamKey(Cow<'static, str>);

impl StreamKey {
    /// A constant key.
    pub const fn fixed(text: &'static str) -> Self {
        StreamKey(Cow::Borrowed(text))
    }

    /// A key with a number or a place in it, such as that of one of several lasers.
    pub fn of(text: String) -> Self {
        StreamKey(Cow::Owned(text))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// State that random streams are derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(u64);

impl Seed {
    /// The root of a run.
    pub fn new(run: u64) -> Self {
        Seed(scramble(run ^ 0x6c69_6768_746c_616e))
    }

    /// The stream of a fixed key.
    pub fn stream(self, key: &StreamKey) -> Self {
        let mixed = key.0.bytes().fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Seed(scramble(mixed))
    }

    /// The stream of a constant key.
    pub fn named(self, key: &'static str) -> Self {
        self.stream(&StreamKey::fixed(key))
    }

    /// The stream of the `i`-th lane or block.
    pub fn index(self, i: u64) -> Self {
        Seed(scramble(self.0 ^ scramble(i.wrapping_add(0x9e37_79b9_7f4a_7c15))))
    }

    /// The stream that belongs to both.
    pub(crate) fn joined(self, other: Seed) -> Self {
        self.index(other.0)
    }

    /// A generator at the start of the stream.
    pub fn rng(self) -> Rng {
        let key = [self.0 as u32, (self.0 >> 32) as u32];
        let mut s = [[0u32; WIDTH]; 4];
        for i in 0..WIDTH {
            let words = philox([i as u32, 0, 0, 0], key);
            for (row, word) in s.iter_mut().zip(words) {
                row[i] = word;
            }
            if words == [0; 4] {
                s[0][i] = 1; // the one state xoshiro cannot leave
            }
        }
        Rng { s, spare: [0; WIDTH], left: 0 }
    }
}

/// Finaliser of SplitMix64: every input bit moves every output bit.
fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Philox4x32 with ten rounds.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(counter[0]) * 0xd251_1f53;
        let b = u64::from(counter[2]) * 0xcd9e_8d57;
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
    }
    counter
}

/// Sixteen xoshiro128++ generators side by side.
#[derive(Clone)]
pub struct Rng {
    s: [[u32; WIDTH]; 4],
    spare: [u32; WIDTH],
    left: usize,
}

impl Rng {
    /// The next word of each generator.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> [u32; WIDTH] {
        let [s0, s1, s2, s3] = &mut self.s;
        let mut out = [0u32; WIDTH];
        for i in 0..WIDTH {
            out[i] = s0[i].wrapping_add(s3[i]).rotate_left(7).wrapping_add(s0[i]);
            let t = s1[i] << 9;
            s2[i] ^= s0[i];
            s3[i] ^= s1[i];
            s1[i] ^= s2[i];
            s0[i] ^= s3[i];
            s2[i] ^= t;
            s3[i] = s3[i].rotate_left(11);
        }
        out
    }

    /// The next 64 bits, for callers that need few.
    pub fn next_u64(&mut self) -> u64 {
        if self.left < 2 {
            self.spare = self.step();
            self.left = WIDTH;
        }
        self.left -= 2;
        u64::from(self.spare[self.left]) << 32 | u64::from(self.spare[self.left + 1])
    }

    /// Uniform in (0, 1), 53 bits.
    pub fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// One standard normal number, in full precision; bulk draws are [`crate::math::normals`]'.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Fills `out` with random words.
    pub fn fill_u32(&mut self, out: &mut [u32]) {
        let mut chunks = out.chunks_exact_mut(WIDTH);
        for chunk in &mut chunks {
            chunk.copy_from_slice(&self.step());
        }
        let rest = chunks.into_remainder();
        if !rest.is_empty() {
            rest.copy_from_slice(&self.step()[..rest.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers of the Random123 distribution for philox4x32-10.
    #[test]
    fn philox_gives_the_published_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    /// xoshiro128++ from the state 1, 2, 3, 4; the first values of the reference implementation.
    #[test]
    fn each_generator_is_xoshiro128_plus_plus() {
        let mut rng =
            Rng { s: [[1; WIDTH], [2; WIDTH], [3; WIDTH], [4; WIDTH]], spare: [0; WIDTH], left: 0 };
        let first: Vec<u32> = (0..4).map(|_| rng.step()[5]).collect();
        assert_eq!(first, [641, 1_573_767, 3_222_811_527, 3_517_856_514]);
    }

    #[test]
    fn names_and_indices_make_different_streams_and_the_same_key_the_same_stream() {
        let run = Seed::new(1);
        let keys = [
            run,
            run.named("laser"),
            run.named("laser").index(0),
            run.named("laser").index(1),
            run.index(0).named("laser"),
            Seed::new(2),
        ];
        for (i, a) in keys.iter().enumerate() {
            for b in &keys[i + 1..] {
                assert_ne!(a.rng().next_u64(), b.rng().next_u64());
            }
        }
        assert_eq!(run.named("x").rng().next_u64(), run.named("x").rng().next_u64());
    }
}
