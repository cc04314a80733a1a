//! The one place that looks at the processor.
//!
//! Kernels are plain loops in safe Rust. [`multiversion!`] compiles each of them once more for the
//! vector units that the machine may have and picks at run time, so that a plain build is as fast
//! as a native one. The loops neither contract nor reorder floating-point operations; where a
//! product and a sum are to be one operation they say so by `mul_add`, which rounds once on every
//! machine, if slowly on those that cannot do it. Every copy gives the same bits.
//!
//! `LIGHTLANE_VECTORS` set to `portable` or `avx2` keeps to those copies: to compare their bits,
//! and to count instructions.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Which copy of the kernels runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vectors {
    /// Baseline of the architecture.
    Portable,
    /// 256 bits, with products and sums in one.
    Avx2,
    /// 512 bits.
    Avx512,
}

impl Vectors {
    /// The vector units used by this process.
    pub(crate) fn used() -> Vectors {
        static USED: OnceLock<Vectors> = OnceLock::new();
        *USED.get_or_init(|| {
            let asked = std::env::var("LIGHTLANE_VECTORS").ok();
            asked
                .and_then(|name| Vectors::named(&name))
                .unwrap_or(Vectors::Avx512)
                .min(Vectors::there())
        })
    }

    /// The name that `LIGHTLANE_VECTORS` takes.
    pub fn as_str(self) -> &'static str {
        match self {
            Vectors::Portable => "portable",
            Vectors::Avx2 => "avx2",
            Vectors::Avx512 => "avx512",
        }
    }

    /// By that name; the widest without one.
    pub(crate) fn named(name: &str) -> Option<Vectors> {
        let all = [Vectors::Portable, Vectors::Avx2, Vectors::Avx512];
        if name.is_empty() {
            return Some(Vectors::Avx512);
        }
        all.into_iter().find(|vectors| vectors.as_str() == name)
    }

    #[cfg(target_arch = "x86_64")]
    fn there() -> Vectors {
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        match is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            true if avx512 => Vectors::Avx512,
            true => Vectors::Avx2,
            false => Vectors::Portable,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn there() -> Vectors {
        Vectors::Portable
    }
}

/// Defines functions that run with the widest vector instructions of this machine.
///
/// Whatever such a function calls must be `#[inline(always)]`, or it stays compiled for the
/// baseline.
macro_rules! multiversion {
    ($(
        $(#[$attribute:meta])*
        $visible:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?
        $body:block
    )+) => { $(
        $(#[$attribute])*
        $visible fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,fma")]
                fn avx512($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                match $crate::math::simd::Vectors::used() {
                    // SAFETY: the features were detected on this processor.
                    #[allow(unsafe_code)]
                    $crate::math::simd::Vectors::Avx512 => return unsafe { avx512($($argument),*) },
                    // SAFETY: the features were detected on this processor.
                    #[allow(unsafe_code)]
                    $crate::math::simd::Vectors::Avx2 => return unsafe { avx2($($argument),*) },
                    $crate::math::simd::Vectors::Portable => {}
                }
            }
            plain($($argument),*)
        }
    )+ };
}
pub(crate) use multiversion;

/// As [`multiversion!`], but with vectors of eight numbers at most: for functions over [`F32x8`].
///
/// Where vectors are wider the compiler would join two of them in one by shuffles, which take more
/// time than they save.
///
/// [`F32x8`]: super::F32x8
macro_rules! multiversion_x8 {
    ($(
        $(#[$attribute:meta])*
        $visible:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?
        $body:block
    )+) => { $(
        $(#[$attribute])*
        $visible fn $name($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $type),*) $(-> $result)? { plain($($argument),*) }
                if $crate::math::simd::Vectors::used() >= $crate::math::simd::Vectors::Avx2 {
                    // SAFETY: the features were detected on this processor.
                    #[allow(unsafe_code)]
                    return unsafe { avx2($($argument),*) };
                }
            }
            plain($($argument),*)
        }
    )+ };
}
pub(crate) use multiversion_x8;

#[cfg(test)]
mod tests {
    #[inline(always)]
    fn kernel(x: &[f32], y: &mut [f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y =
                (x * 1.1 + 0.3).sqrt().mul_add(*x, crate::math::elementary::ln(*x + 1.0)) - 0.3 * x;
        }
    }

    super::multiversion! {
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
