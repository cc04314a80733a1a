//! Sums of products along a block, vectorised over the outputs.

use super::simd::multiversion;

/// Outputs computed side by side: four vectors of eight.
const WIDTH: usize = 64;

multiversion! {
/// `y[k] += sum_j taps[j] x[k + j]`; `x` is at least as long as `y` and the taps together, less
/// one.
pub(crate) fn correlate_add(x: &[f32], taps: &[f32], y: &mut [f32]) {
    assert!(
        x.len() + 1 >= y.len() + taps.len(),
        "{} samples for {} outputs and {} taps",
        x.len(),
        y.len(),
        taps.len()
    );
    kernel(x, taps, y);
}
}

#[inline(always)]
fn kernel(x: &[f32], taps: &[f32], y: &mut [f32]) {
    let (blocks, rest) = y.as_chunks_mut::<WIDTH>();
    let done = blocks.len() * WIDTH;
    for (b, y) in blocks.iter_mut().enumerate() {
        let x = &x[b * WIDTH..];
        let mut sum = *y;
        for (j, &tap) in taps.iter().enumerate() {
            let x: &[f32; WIDTH] = x[j..].first_chunk().expect("checked above");
            for i in 0..WIDTH {
                sum[i] = tap.mul_add(x[i], sum[i]);
            }
        }
        *y = sum;
    }
    for (k, y) in rest.iter_mut().enumerate() {
        for (j, &tap) in taps.iter().enumerate() {
            *y = tap.mul_add(x[done + k + j], *y);
        }
    }
}

multiversion! {
/// `out[j] += sum_k g[k] x[k + j]`: correlation of two blocks at neighbouring lags; `x` is at least
/// as long as `g` and `out` together, less one. Sums run in 64 strands, each an f32.
pub(crate) fn lags_add(g: &[f32], x: &[f32], out: &mut [f64]) {
    assert!(
        x.len() + 1 >= g.len() + out.len(),
        "{} samples for {} products and {} lags",
        x.len(),
        g.len(),
        out.len()
    );
    let (blocks, rest) = g.as_chunks::<WIDTH>();
    for (j, out) in out.iter_mut().enumerate() {
        let x = &x[j..j + g.len()];
        let mut strands = [0f32; WIDTH];
        for (g, x) in blocks.iter().zip(x.as_chunks::<WIDTH>().0) {
            for i in 0..WIDTH {
                strands[i] = g[i].mul_add(x[i], strands[i]);
            }
        }
        let end: f64 =
            rest.iter().zip(&x[g.len() - rest.len()..]).map(|(g, x)| f64::from(g * x)).sum();
        *out += end + strands.iter().map(|&s| f64::from(s)).sum::<f64>();
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_is_its_own_sum_whatever_the_length() {
        let x: Vec<f32> = (0..400).map(|i| ((i * 37) % 101) as f32).collect();
        let taps: Vec<f32> = (0..21).map(|j| j as f32 - 7.0).collect();
        for n in [1, 63, 64, 65, 200] {
            let mut y = vec![0.0; n];
            correlate_add(&x, &taps, &mut y);
            for (k, &y) in y.iter().enumerate() {
                let expected: f32 = taps.iter().enumerate().map(|(j, t)| t * x[k + j]).sum();
                assert_eq!(y, expected); // small integers: exact in any order
            }
        }
    }

    #[test]
    fn every_lag_is_its_own_sum_whatever_the_length() {
        let x: Vec<f32> = (0..400).map(|i| ((i * 37) % 11) as f32).collect();
        for n in [1, 63, 64, 65, 200] {
            let g: Vec<f32> = (0..n).map(|k| (k % 7) as f32 - 3.0).collect();
            let mut out = [1.0; 5];
            lags_add(&g, &x, &mut out);
            for (j, &out) in out.iter().enumerate() {
                let expected: f32 = g.iter().enumerate().map(|(k, g)| g * x[k + j]).sum();
                assert_eq!(out, 1.0 + f64::from(expected)); // small integers: exact in any order
            }
        }
    }
}
