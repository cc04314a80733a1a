//! The one place that looks at the processor.
//!
//! Kernels are plain loops in safe Rust, marked `#[inline(always)]`. [`widest`] compiles them once more for the vector
//! units that the machine may have and picks at run time, so that a plain build is as fast as a native one. The loops
//! neither contract nor reorder floating-point operations: every copy gives the same bits.

/// Runs `kernel` with the widest vector instructions of this machine.
///
/// Whatever `kernel` calls must be `#[inline(always)]`, or it stays compiled for the baseline.
#[inline(always)]
pub(crate) fn widest<R>(kernel: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") {
            // SAFETY: the features were detected on this processor.
            #[allow(unsafe_code)]
            return unsafe { avx512(kernel) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was detected on this processor.
            #[allow(unsafe_code)]
            return unsafe { avx2(kernel) };
        }
    }
    kernel()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn avx512<R>(kernel: impl FnOnce() -> R) -> R {
    kernel()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<R>(kernel: impl FnOnce() -> R) -> R {
    kernel()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(always)]
    fn kernel(x: &[f32], y: &mut [f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y = (x * 1.1 + 0.3).sqrt() * x + crate::math::elementary::ln(*x + 1.0);
        }
    }

    #[test]
    fn the_dispatched_kernel_gives_the_bits_of_the_plain_one() {
        let x: Vec<f32> = (0..1003).map(|i| i as f32 * 0.37).collect();
        let (mut plain, mut wide) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        kernel(&x, &mut plain);
        widest(|| kernel(&x, &mut wide));
        assert!(plain.iter().zip(&wide).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
