//! Standard normal numbers in bulk.

use super::elementary::{ln, sin_cos_turns};
use super::simd::widest;
use crate::seed::{Rng, WIDTH};

widest! {
/// Fills `out` with independent standard normal numbers.
///
/// ```text
/// n = sqrt(-2 ln u) (cos, sin)(2 pi v)          Box and Muller
/// ```
///
/// Every pair consumes two words whatever its value. The radius uses 40 bits, so the tails are right to 7 sigma
/// (largest radius 7.5); the angle uses 24.
///
/// # Reference
///
/// G. Box, M. Muller, *A note on the generation of random normal deviates*, Ann. Math. Stat. 29 (1958).
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

/// A run of cosines, then the run of their sines.
#[inline(always)]
fn pairs(rng: &mut Rng, out: &mut [f32; 2 * RUN]) {
    const FINE: f32 = 1.0 / (1u64 << 40) as f32;
    let (mut a, mut b) = ([0u32; RUN], [0u32; RUN]);
    for (a, b) in a.as_chunks_mut::<WIDTH>().0.iter_mut().zip(b.as_chunks_mut::<WIDTH>().0) {
        *a = rng.step();
        *b = rng.step();
    }
    let (cosines, sines) = out.split_at_mut(RUN);
    for (((a, b), cosine), sine) in a.iter().zip(&b).zip(cosines).zip(sines) {
        let coarse = (a >> 1) as i32 as f32 * (1.0 / (1u32 << 31) as f32);
        let fine = ((b & 0xff) as i32 as f32 + 0.5) * FINE;
        let (s, c) = sin_cos_turns((b >> 8) as i32 as f32 * (1.0 / (1u32 << 24) as f32));
        let radius = (-2.0 * ln(coarse + fine)).sqrt();
        *cosine = radius * c;
        *sine = radius * s;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::q;
    use crate::seed::Seed;

    /// 2^24 draws: the mean is known to 1/4096 (1 sigma), the variance to sqrt 2 times that, the tails to the root
    /// of their counts; every bound is five sigma.
    #[test]
    fn moments_and_tails_are_those_of_the_normal_law() {
        let mut rng = Seed::new(7).named("normals").rng();
        let mut buffer = vec![0f32; 1 << 14];
        let (mut sums, mut tails, n) = ([0f64; 4], [0u64; 5], (1u64 << 24) as f64);
        for _ in 0..1024 {
            fill(&mut rng, &mut buffer);
            for &x in &buffer {
                let x = f64::from(x);
                for (p, sum) in sums.iter_mut().enumerate() {
                    *sum += x.powi(p as i32 + 1);
                }
                for (k, tail) in tails.iter_mut().enumerate() {
                    *tail += u64::from(x.abs() > (k + 1) as f64);
                }
            }
        }
        let sigma = 1.0 / n.sqrt();
        assert!((sums[0] / n).abs() < 5.0 * sigma);
        assert!((sums[1] / n - 1.0).abs() < 5.0 * 2f64.sqrt() * sigma);
        assert!((sums[2] / n).abs() < 5.0 * 15f64.sqrt() * sigma);
        assert!((sums[3] / n - 3.0).abs() < 5.0 * 96f64.sqrt() * sigma);
        for (k, &tail) in tails.iter().enumerate() {
            let expected = 2.0 * q((k + 1) as f64) * n;
            assert!((tail as f64 - expected).abs() < 5.0 * expected.sqrt() + 1.0, "beyond {} sigma: {tail}, {expected}", k + 1);
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
