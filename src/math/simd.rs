//! The one place that looks at the processor.
//!
//! Kernels are plain loops in safe Rust. [`widest!`] compiles each of them once more for the vector units that the machine
//! may have and picks at run time, so that a plain build is as fast as a native one. The loops neither contract nor
//! reorder floating-point operations: every copy gives the same bits.

/// Defines functions that run with the widest vector instructions of this machine.
///
/// Whatever such a function calls must be `#[inline(always)]`, or it stays compiled for the baseline.
macro_rules! widest {
    ($($(#[$attribute:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)+) => { $(
        $(#[$attribute])*
        $visible fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512vl")]
                fn avx512($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") {
                    // SAFETY: the features were detected on this processor.
                    #[allow(unsafe_code)]
                    return unsafe { avx512($($argument),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the feature was detected on this processor.
                    #[allow(unsafe_code)]
                    return unsafe { avx2($($argument),*) };
                }
            }
            plain($($argument),*)
        }
    )+ };
}
pub(crate) use widest;

/// As [`widest!`], but with vectors of eight numbers at most: for functions over packs, which are eight wide.
///
/// Where vectors are wider the compiler would join two packs in one by shuffles, which take more time than they save.
macro_rules! eight {
    ($($(#[$attribute:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)+) => { $(
        $(#[$attribute])*
        $visible fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the feature was detected on this processor.
                    #[allow(unsafe_code)]
                    return unsafe { avx2($($argument),*) };
                }
            }
            plain($($argument),*)
        }
    )+ };
}
pub(crate) use eight;

#[cfg(test)]
mod tests {
    #[inline(always)]
    fn kernel(x: &[f32], y: &mut [f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y = (x * 1.1 + 0.3).sqrt() * x + crate::math::elementary::ln(*x + 1.0);
        }
    }

    super::widest! {
        fn dispatched(x: &[f32], y: &mut [f32]) {
            kernel(x, y);
        }
    }

    #[test]
    fn the_dispatched_kernel_gives_the_bits_of_the_plain_one() {
        let x: Vec<f32> = (0..1003).map(|i| i as f32 * 0.37).collect();
        let (mut plain, mut wide) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        kernel(&x, &mut plain);
        dispatched(&x, &mut wide);
        assert!(plain.iter().zip(&wide).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
