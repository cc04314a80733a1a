//! Standard normal numbers in bulk.

use super::elementary::polynomial;
use super::simd::multiversion;
use crate::seed::{Rng, WIDTH};

multiversion! {
/// Fills `out` with independent standard normal numbers.
///
/// ```text
/// n = sqrt(-2 ln u) (cos, sin)(2 pi v)          Box and Muller
/// ```
///
/// Every pair consumes two words whatever its value. The radius uses 38 bits, so the tails are
/// right to 6.5 sigma and end at 7.35; the angle has 23 bits within its quadrant, and two more
/// choose that.
///
/// # Reference
///
/// G. Box, M. Muller, *A note on the generation of random normal deviates*, Ann. Math. Stat. 29
/// (1958).
pub fn fill(rng: &mut Rng, out: &mut [f32]) {
    fill_kernel(rng, out);
}
}

/// Numbers made at once: long enough that the compiler keeps a loop over vectors.
const RUN: usize = 16 * WIDTH;

#[inline(always)]
fn fill_kernel(rng: &mut Rng, out: &mut [f32]) {
    let (chunks, rest) = out.as_chunks_mut::<{ 2 * RUN }>();
    for chunk in chunks {
        pairs(rng, chunk);
    }
    if !rest.is_empty() {
        let mut last = [0f32; 2 * RUN];
        pairs(rng, &mut last);
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

/// A run of first numbers of the pairs, then the run of their second ones.
#[inline(always)]
fn pairs(rng: &mut Rng, out: &mut [f32; 2 * RUN]) {
    let (mut a, mut b) = ([0u32; RUN], [0u32; RUN]);
    for (a, b) in a.as_chunks_mut::<WIDTH>().0.iter_mut().zip(b.as_chunks_mut::<WIDTH>().0) {
        *a = rng.step();
        *b = rng.step();
    }
    let (first, second) = out.split_at_mut(RUN);
    for (((&a, &b), first), second) in a.iter().zip(&b).zip(first).zip(second) {
        [*first, *second] = pair(a, b);
    }
}

/// ln(1 + t) / t times -2, and sine over x and cosine of a quarter of pi times x by the square of
/// x: interpolated at Chebyshev's nodes of t in sqrt(1/2) - 1 .. sqrt(2) - 1 (to 2.3e-7 of ln) and
/// of x in -1 .. 1 (to 3e-8).
const MINUS_TWICE_LN: [f32; 8] = [
    -1.999_999_9,
    1.000_007_5,
    -0.666_692_14,
    0.499_378_14,
    -0.398_266_97,
    0.345_564_13,
    -0.322_524_96,
    0.197_907_01,
];
const SINE: [f32; 4] =
    [std::f32::consts::FRAC_PI_4, -0.080_745_436, 0.002_490_006_8, -3.595_429e-5];
const COSINE: [f32; 4] = [0.999_999_97, -0.308_424_26, 0.015_849_91, -3.188_775e-4];

/// Two normal numbers of two words.
#[inline(always)]
fn pair(a: u32, b: u32) -> [f32; 2] {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    // u in units of 2^-31: 31 bits, and the middles of 128 steps between
    let fine = f32::from_bits(0x3f80_8000 | (b & 0x7f) << 16) - 1.0;
    let u = (a >> 1) as i32 as f32 + fine;
    // u = 2^e (1 + t)
    let bits = u.to_bits().wrapping_sub(ROOT_HALF);
    let e = bits.wrapping_sub(31 << 23) as i32 >> 23;
    let t = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    let radius = (e as f32)
        .mul_add(-2.0 * std::f32::consts::LN_2, t * polynomial(t, &MINUS_TWICE_LN))
        .sqrt();
    // an eighth of a turn either side of an axis; two bits say of which one
    let x = f32::from_bits(0x4000_0000 | b >> 9) - 3.0;
    let (sine, cosine) = (x * polynomial(x * x, &SINE), polynomial(x * x, &COSINE));
    let radius = f32::from_bits(radius.to_bits() ^ ((b & 0x80) << 24));
    let (first, second) = if b & 0x100 != 0 { (sine, cosine) } else { (cosine, sine) };
    [radius * first, radius * second]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::q;
    use crate::seed::Seed;

    /// 2^24 draws. A moment of order p has the mean (p - 1)!! (none for odd p) and is known to the
    /// root of ((2p - 1)!! - mean^2) / n, tails to that of their count; every bound is five of
    /// these.
    #[test]
    fn moments_to_the_eighth_and_tails_are_those_of_the_normal_law() {
        let mut rng = Seed::new(7).named("normals").rng();
        let mut buffer = vec![0f32; 1 << 14];
        let (mut sums, mut tails, n) = ([0f64; 8], [0u64; 5], (1u64 << 24) as f64);
        for _ in 0..1024 {
            fill(&mut rng, &mut buffer);
            for &x in &buffer {
                let x = f64::from(x);
                let mut power = 1.0;
                for sum in &mut sums {
                    power *= x;
                    *sum += power;
                }
                for (k, tail) in tails.iter_mut().enumerate() {
                    *tail += u64::from(x.abs() > (k + 1) as f64);
                }
            }
        }
        let moment =
            |p: usize| if p % 2 == 1 { 0.0 } else { (1..p).step_by(2).product::<usize>() as f64 };
        for (p, sum) in (1..).zip(sums) {
            let known = ((moment(2 * p) - moment(p).powi(2)) / n).sqrt();
            assert!(
                (sum / n - moment(p)).abs() < 5.0 * known,
                "moment {p}: {} +- {known}",
                sum / n
            );
        }
        for (k, &tail) in tails.iter().enumerate() {
            let expected = 2.0 * q((k + 1) as f64) * n;
            assert!(
                (tail as f64 - expected).abs() < 5.0 * expected.sqrt() + 1.0,
                "beyond {} sigma: {tail}, {expected}",
                k + 1
            );
        }
    }

    /// Values beyond 5.5 sigma have a radius above that, so the first word is below 2^11 (e^(-5.5^2
    /// / 2) is 2^-21.8): drawn from there alone, 2^24 pairs stand for 2^45. Beyond 6.5 sigma, where
    /// a step of the radius's 38 bits is 0.1 % of what is left, 5 sigma of the count and 1 % for
    /// those steps.
    #[test]
    fn tails_are_honest_to_six_and_a_half_sigma() {
        let mut rng = Seed::new(7).named("tails").rng();
        let limits = [5.5f32, 5.75, 6.0, 6.25, 6.5];
        let mut beyond = [[0u64; 2]; 5];
        for _ in 0..1 << 24 {
            let words = rng.next_u64();
            for x in pair((words >> 53) as u32, words as u32) {
                for (count, limit) in beyond.iter_mut().zip(limits) {
                    count[0] += u64::from(x > limit);
                    count[1] += u64::from(x < -limit);
                }
            }
        }
        for (counts, limit) in beyond.iter().zip(limits) {
            let expected = 2.0 * q(f64::from(limit)) * 2f64.powi(45);
            for count in counts {
                let off = (*count as f64 - expected).abs();
                assert!(
                    off < 5.0 * expected.sqrt() + 0.01 * expected,
                    "beyond {limit}: {count}, {expected}"
                );
            }
        }
    }

    /// Kolmogorov and Smirnov: the largest distance from the law's distribution, times the root of
    /// n, is above 1.95 once in a thousand.
    #[test]
    fn the_distribution_of_two_million_passes_kolmogorov_and_smirnov() {
        let n = 1 << 21;
        let mut x = vec![0f32; n];
        fill(&mut Seed::new(7).named("ks").rng(), &mut x);
        x.sort_unstable_by(f32::total_cmp);
        let distance = |(i, &x): (usize, &f32)| {
            let below = 1.0 - q(f64::from(x));
            (below - i as f64 / n as f64).abs().max((below - (i + 1) as f64 / n as f64).abs())
        };
        let farthest = x.iter().enumerate().map(distance).fold(0.0, f64::max);
        assert!(farthest * (n as f64).sqrt() < 1.95, "{}", farthest * (n as f64).sqrt());
    }

    /// Correlations, also of squares (which pairs of one radius would share), are known to 1 over
    /// the root of n, of squares to 2 over it.
    #[test]
    fn streams_and_neighbours_are_independent() {
        let n = 1 << 20;
        let draw = |seed: Seed| {
            let mut x = vec![0f32; n];
            fill(&mut seed.rng(), &mut x);
            x
        };
        let root = Seed::new(7).named("streams");
        let (x, others) = (
            draw(root),
            [draw(root.index(0)), draw(root.index(1)), draw(Seed::new(8).named("streams"))],
        );
        let product = |x: &[f32], y: &[f32], f: &dyn Fn(f32) -> f32| {
            x.iter().zip(y).map(|(x, y)| f64::from(f(*x)) * f64::from(f(*y))).sum::<f64>()
                / (x.len() as f64).sqrt()
        };
        let shifted = [1, 2, 15, 16, 17, 32, 240, 256, 512].map(|lag| x[lag..].to_vec());
        for y in others.iter().chain(&shifted) {
            assert!(product(&x[..y.len()], y, &|x| x).abs() < 5.0);
            assert!(product(&x[..y.len()], y, &|x| x * x - 1.0).abs() < 10.0);
        }
    }

    #[test]
    fn the_stream_is_frozen_and_every_length_begins_alike() {
        let mut long = vec![0f32; 2000];
        fill(&mut Seed::new(1).named("a").rng(), &mut long);
        let mut short = vec![0f32; 1037];
        fill(&mut Seed::new(1).named("a").rng(), &mut short);
        assert_eq!(long[..1037], short[..]);
        assert!(long.iter().any(|&x| x < 0.0) && long.iter().all(|x| x.abs() < 7.6));
    }
}
