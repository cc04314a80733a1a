//! PAM4 in white noise after the inner decoder; only blocks with a decision error are simulated.

use crate::fec::errors::draws::geometric;
use crate::fec::inner;
use crate::fec::inner::chase::Chase;
use crate::fec::inner::code::{BLOCK_SYMBOLS, PAYLOAD_SYMBOLS};
use crate::fec::inner::soft::Soft;
use crate::math::gaussian::{pam4_half_eye_from_ber, q, q_inverse};
use crate::math::normals;
use crate::pattern::gray;
use crate::seed::Rng;

/// Normal numbers drawn at a time.
const DRAWN: usize = 1024;

/// The noise for a bit error ratio, and the decoder.
///
/// ```text
/// y = level + sigma n;   |n| > x = half eye / sigma in a symbol or more of the block: it is drawn and decoded;   in none: it is right
/// ```
///
/// Which symbols exceed x does not depend on the transmitted levels, so the distance from one to
/// the next is drawn directly. A block without such a symbol is decided correctly by the slicer,
/// and therefore by every decoder that leaves a codeword unchanged.
#[derive(Clone, Debug)]
pub(super) struct Awgn {
    /// Half an eye over sigma, and the share of symbols whose noise exceeds it.
    half_eye_over_sigma: f64,
    exceeding: f64,
    sigma: f32,
    soft: Soft,
    chase: Chase,
}

impl Awgn {
    pub(super) fn new(ber: f64, chase: Chase) -> Self {
        let half_eye_over_sigma = pam4_half_eye_from_ber(ber);
        let sigma = (0.5 / half_eye_over_sigma) as f32;
        let soft = Soft::new([0.0, 1.0, 2.0, 3.0], [sigma; 4])
            .expect("levels rise and sigma is above zero");
        Self { half_eye_over_sigma, exceeding: 2.0 * q(half_eye_over_sigma), sigma, soft, chase }
    }

    /// Reports, in order, each payload symbol of some blocks that is in error after the decoder,
    /// with its bit errors (first bit on top); returns the number of bit errors before the decoder,
    /// parity included.
    pub(super) fn draw(&self, rng: Rng, blocks: u64, mut hit: impl FnMut(u64, u8)) -> u64 {
        let (end, length) = (blocks * BLOCK_SYMBOLS as u64, BLOCK_SYMBOLS as u64);
        let mut noise = AwgnSamples { rng, values: [0.0; DRAWN], used: DRAWN };
        let mut wrong_bits = 0;
        let mut payload = [0; PAYLOAD_SYMBOLS];
        let mut at = geometric(&mut noise.rng, self.exceeding);
        while at < end {
            let block = at / length;
            let mut exceeds = 0u64;
            while at / length == block {
                exceeds |= 1 << (at % length);
                at += 1 + geometric(&mut noise.rng, self.exceeding);
            }
            let sent = noise.levels();
            let received = self.received(&mut noise, &sent, exceeds);
            for (&sent, &received) in sent.iter().zip(&received) {
                let decided = (received + 0.5).clamp(0.0, 3.5) as u8;
                wrong_bits += u64::from(gray::BIT_ERRORS[usize::from(sent)][usize::from(decided)]);
            }
            self.chase.decode(&self.soft, &received, &mut payload);
            for (k, (&sent, &decoded)) in
                sent.iter().zip(&payload).enumerate().filter(|(_, (sent, decoded))| sent != decoded)
            {
                hit(
                    block * PAYLOAD_SYMBOLS as u64 + k as u64,
                    gray::pair(sent) ^ gray::pair(decoded),
                );
            }
        }
        wrong_bits
    }

    fn received(
        &self,
        noise: &mut AwgnSamples,
        sent: &[u8; BLOCK_SYMBOLS],
        exceeds: u64,
    ) -> [f32; BLOCK_SYMBOLS] {
        let limit = self.half_eye_over_sigma as f32;
        std::array::from_fn(|k| {
            let n =
                if exceeds >> k & 1 == 1 { self.tail(&mut noise.rng) } else { noise.within(limit) };
            f32::from(sent[k]) + self.sigma * n
        })
    }

    /// A standard normal number that exceeds x on either side.
    fn tail(&self, rng: &mut Rng) -> f32 {
        let beyond = q_inverse(rng.uniform() * 0.5 * self.exceeding);
        // rounding of the inverse must not give a number below x
        let size = beyond.max(self.half_eye_over_sigma) as f32;
        if rng.next_u64() >> 63 == 1 { size } else { -size }
    }
}

struct AwgnSamples {
    rng: Rng,
    values: [f32; DRAWN],
    used: usize,
}

impl AwgnSamples {
    /// A standard normal number that does not exceed a limit.
    fn within(&mut self, limit: f32) -> f32 {
        loop {
            if self.used == DRAWN {
                normals::fill(&mut self.rng, &mut self.values);
                self.used = 0;
            }
            let n = self.values[self.used];
            self.used += 1;
            if n.abs() <= limit {
                return n;
            }
        }
    }

    /// A block of random payload with its parity.
    fn levels(&mut self) -> [u8; BLOCK_SYMBOLS] {
        let words = [self.rng.next_u64(), self.rng.next_u64()];
        let mut levels = std::array::from_fn(|k| (words[k / 32] >> (2 * (k % 32)) & 3) as u8);
        inner::encode(&mut levels);
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::pam4_ber;
    use crate::seed::Seed;

    /// 4000 runs of 40 blocks, dense and from block to block: errors before and after the decoder
    /// scatter alike, |z| < 5; before it against the closed form too. At 0.2 nearly every block has
    /// many.
    #[test]
    fn from_block_to_block_the_errors_are_those_of_every_block() {
        const RUNS: u64 = 4000;
        const BLOCKS: u64 = 40;
        for (ber, positions) in [(4.85e-3, 3), (4.85e-3, 0), (0.2, 2)] {
            let awgn = Awgn::new(ber, Chase::new(positions).unwrap());
            let sparse = |run: u64| {
                let mut after = 0;
                let rng = Seed::new(1).named("sparse").index(run).rng();
                let before = awgn.draw(rng, BLOCKS, |_, bits| after += bits.count_ones());
                [before as f64, f64::from(after)]
            };
            let dense = |run: u64| {
                let mut noise = AwgnSamples {
                    rng: Seed::new(1).named("dense").index(run).rng(),
                    values: [0.0; DRAWN],
                    used: DRAWN,
                };
                let (mut before, mut after, mut payload) = (0, 0, [0; PAYLOAD_SYMBOLS]);
                for _ in 0..BLOCKS {
                    let sent = noise.levels();
                    let received = sent
                        .map(|level| f32::from(level) + awgn.sigma * noise.within(f32::INFINITY));
                    let decided = received.map(|y| (y + 0.5).clamp(0.0, 3.5) as u8);
                    before += sent
                        .iter()
                        .zip(&decided)
                        .map(|(&s, &d)| (gray::pair(s) ^ gray::pair(d)).count_ones())
                        .sum::<u32>();
                    awgn.chase.decode(&awgn.soft, &received, &mut payload);
                    after += sent
                        .iter()
                        .zip(&payload)
                        .map(|(&s, &d)| (gray::pair(s) ^ gray::pair(d)).count_ones())
                        .sum::<u32>();
                }
                [f64::from(before), f64::from(after)]
            };
            let runs = if ber > 0.1 { RUNS / 20 } else { RUNS };
            let (sparse, dense): (Vec<_>, Vec<_>) =
                (0..runs).map(|run| (sparse(run), dense(run))).unzip();
            for i in 0..2 {
                let ((a, error_a), (b, error_b)) = (mean(&sparse, i), mean(&dense, i));
                assert!(
                    (a - b).abs() < 5.0 * error_a.hypot(error_b),
                    "{ber} {i}: {a} +- {error_a} and {b} +- {error_b}"
                );
            }
            let (before, error) = mean(&sparse, 0);
            let expected =
                pam4_ber(awgn.half_eye_over_sigma) * (BLOCKS * 2 * BLOCK_SYMBOLS as u64) as f64;
            assert!((before - expected).abs() < 5.0 * error, "{ber}: {before}, not {expected}");
        }
    }

    /// Mean and its standard error.
    fn mean(values: &[[f64; 2]], i: usize) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().map(|v| v[i]).sum::<f64>() / n;
        (mean, (values.iter().map(|v| (v[i] - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
    }
}
