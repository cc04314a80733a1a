//! Measured limits of one core: arithmetic and bandwidth.

use crate::math::simd::multiversion;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;

/// Peak rates of one core.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachinePeaks {
    /// Fused multiply-adds in f32 per second, each counted as two operations.
    pub flops_per_second: f64,
    /// Bytes per second read from and written to a block of the size of the second-level cache.
    pub cache_bytes_per_second: f64,
    /// Bytes per second read from memory.
    pub memory_bytes_per_second: f64,
}

/// Numbers of the blocks: 256 KiB, and more than caches hold.
const CACHED: usize = 1 << 16;
const STORED: usize = 24 << 20;
/// Sums side by side, enough to hide the latency of a step and few enough for the registers.
const SUMS: usize = 96;
const STEPS: usize = 1 << 14;

impl MachinePeaks {
    /// Measures for a third of a second.
    pub fn measure() -> MachinePeaks {
        let mut sums = [1f32; SUMS];
        let flops =
            fastest(200, || multiply_add(black_box(0.999), &mut sums)) * (2 * SUMS * STEPS) as f64;
        black_box(&sums);
        let (from, mut to) = (vec![1f32; CACHED], vec![0f32; CACHED]);
        let cache =
            fastest(500, || scale(black_box(0.5), black_box(&from), &mut to)) * (8 * CACHED) as f64;
        let stored = vec![1f32; STORED];
        let memory = fastest(5, || {
            black_box(sum(&stored));
        }) * (4 * STORED) as f64;
        MachinePeaks {
            flops_per_second: flops,
            cache_bytes_per_second: cache,
            memory_bytes_per_second: memory,
        }
    }

    /// Largest possible number of items per second for the given operations and bytes per item.
    pub fn max_per_second(&self, flops: f64, bytes: f64) -> f64 {
        (self.flops_per_second / flops).min(self.cache_bytes_per_second / bytes)
    }
}

/// Calls a second of the fastest call.
fn fastest(calls: usize, mut run: impl FnMut()) -> f64 {
    let time = |run: &mut dyn FnMut()| {
        let begun = Instant::now();
        run();
        begun.elapsed().as_secs_f64()
    };
    let least = (0..calls).map(|_| time(&mut run)).fold(f64::INFINITY, f64::min);
    1.0 / least.max(1e-9)
}

multiversion! {
fn multiply_add(factor: f32, sums: &mut [f32; SUMS]) {
    let mut x = *sums;
    for _ in 0..STEPS {
        for x in &mut x {
            *x = x.mul_add(factor, 0.001);
        }
    }
    *sums = x;
}

fn scale(factor: f32, from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = factor * from);
}

fn sum(x: &[f32]) -> f32 {
    let mut sums = [0f32; 64];
    for x in x.as_chunks::<64>().0 {
        sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
    }
    sums.iter().sum()
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roof_is_the_lower_of_its_two_sides() {
        let peaks = MachinePeaks {
            flops_per_second: 100.0,
            cache_bytes_per_second: 30.0,
            memory_bytes_per_second: 10.0,
        };
        assert_eq!(peaks.max_per_second(10.0, 1.0), 10.0);
        assert_eq!(peaks.max_per_second(1.0, 10.0), 3.0);
    }
}
