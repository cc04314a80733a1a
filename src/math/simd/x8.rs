//! Eight numbers side by side, for loops that cannot be vectorised along time.
//!
//! A loop is written once over [`Float`]: for `f32` it is the plain loop, for [`F32x8`] it runs on
//! eight lanes of a link, or on eight stretches of one block. The lanes never meet: the same
//! operations in the same order, hence the same bits in each lane. Only the driver of a loop knows
//! of vectors; it transposes. Vectors are eight wide on every machine, so results do not depend on
//! it.
//!
//! Functions of [`multiversion_x8!`](super::multiversion_x8) keep such a vector in one register.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Shl, Shr, Sub};

/// Lanes of a vector.
pub(crate) const LANES: usize = 8;

/// Eight elements. Half of its storage is empty: of neighbours that touch, the compiler would make
/// vectors across two of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub(crate) struct X8<E>(pub(crate) [E; LANES]);

/// Eight numbers.
pub(crate) type F32x8 = X8<f32>;

/// Eight words of 32 bits.
pub(crate) type U32x8 = X8<u32>;

/// One number or eight, over which a loop is written. Comparisons are those of `f32`: false for
/// NaN.
pub(crate) trait Float
where
    Self: Copy + Default + Add<Output = Self> + Sub<Output = Self>,
    Self: Mul<Output = Self> + Div<Output = Self>,
{
    /// A word for each lane.
    type Word: Word;

    /// The same number in every lane.
    fn splat(x: f32) -> Self;

    /// A number for each lane.
    fn each(of: impl FnMut(usize) -> f32) -> Self;

    /// The number of a lane.
    fn lane(&self, lane: usize) -> f32;

    /// `then` where it is less than `other`, else `otherwise`.
    fn if_less(self, other: Self, then: Self, otherwise: Self) -> Self;

    /// As [`Float::if_less`], for words.
    fn word_if_less(self, other: Self, then: Self::Word, otherwise: Self::Word) -> Self::Word;

    /// The smaller one; `self` where they are equal or one is NaN.
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        other.if_less(self, other, self)
    }
}

/// A word of 32 bits, or eight of them.
pub(crate) trait Word:
    Copy
    + Default
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Shl<Output = Self>
    + Shr<Output = Self>
{
    /// The same in every lane.
    fn splat(x: u32) -> Self;
}

impl Float for f32 {
    type Word = u32;

    #[inline(always)]
    fn splat(x: f32) -> f32 {
        x
    }

    #[inline(always)]
    fn each(mut of: impl FnMut(usize) -> f32) -> f32 {
        of(0)
    }

    #[inline(always)]
    fn lane(&self, _: usize) -> f32 {
        *self
    }

    #[inline(always)]
    fn if_less(self, other: f32, then: f32, otherwise: f32) -> f32 {
        if self < other { then } else { otherwise }
    }

    #[inline(always)]
    fn word_if_less(self, other: f32, then: u32, otherwise: u32) -> u32 {
        if self < other { then } else { otherwise }
    }
}

impl Word for u32 {
    #[inline(always)]
    fn splat(x: u32) -> u32 {
        x
    }
}

impl Float for F32x8 {
    type Word = U32x8;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        X8([x; LANES])
    }

    #[inline(always)]
    fn each(of: impl FnMut(usize) -> f32) -> Self {
        X8(std::array::from_fn(of))
    }

    #[inline(always)]
    fn lane(&self, lane: usize) -> f32 {
        self.0[lane]
    }

    #[inline(always)]
    fn if_less(self, other: Self, then: Self, mut otherwise: Self) -> Self {
        for i in 0..LANES {
            otherwise.0[i] = if self.0[i] < other.0[i] { then.0[i] } else { otherwise.0[i] };
        }
        otherwise
    }

    #[inline(always)]
    fn word_if_less(self, other: Self, then: U32x8, mut otherwise: U32x8) -> U32x8 {
        for i in 0..LANES {
            otherwise.0[i] = if self.0[i] < other.0[i] { then.0[i] } else { otherwise.0[i] };
        }
        otherwise
    }
}

impl Word for U32x8 {
    #[inline(always)]
    fn splat(x: u32) -> Self {
        X8([x; LANES])
    }
}

/// Operators, lane by lane.
macro_rules! lane_by_lane {
    ($($element:ty: $($operator:ident $name:ident),+;)+) => { $($(
        impl $operator for X8<$element> {
            type Output = Self;

            #[inline(always)]
            fn $name(mut self, other: Self) -> Self {
                for i in 0..LANES {
                    self.0[i] = self.0[i].$name(other.0[i]);
                }
                self
            }
        }
    )+)+ };
}
lane_by_lane! {
    f32: Add add, Sub sub, Mul mul, Div div;
    u32: BitAnd bitand, BitOr bitor;
}

/// Shifts, by less than the bits of a word: others wrap, so that no check stands in the loop.
macro_rules! shifts {
    ($($operator:ident $name:ident $wrapping:ident),+) => { $(
        impl $operator for U32x8 {
            type Output = Self;

            #[inline(always)]
            fn $name(mut self, by: Self) -> Self {
                for i in 0..LANES {
                    self.0[i] = self.0[i].$wrapping(by.0[i]);
                }
                self
            }
        }
    )+ };
}
shifts!(Shl shl wrapping_shl, Shr shr wrapping_shr);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation and every comparison, with zeros of either sign, infinities and NaN.
    #[test]
    fn a_lane_of_a_vector_is_a_number() {
        let values = [
            0.0,
            -0.0,
            1.5,
            -2.25,
            1e-40,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NAN,
            1.0 / 3.0,
            -1e30,
        ];
        let at = |i: usize| values[i % values.len()];
        let of = |from: usize, by: usize| F32x8::each(|lane| at(from + by * lane));
        for from in 0..10 {
            for by in [0, 1, 3, 7] {
                let (a, b, c, d) = (of(from, 1), of(from + by, by), of(3, 1), of(5, 1));
                let packed = [a + b, a - b, a * b, a / b, a.if_less(b, c, d), a.least(b)];
                let word =
                    |from: u32| X8(std::array::from_fn(|lane| (from + lane as u32) * 0x0123_4567));
                let (u, v, small) = (word(1), word(9), word(2) & X8([7; LANES]));
                let words = [a.word_if_less(b, u, v), u & v, u | v, u << small, u >> small];
                for lane in 0..LANES {
                    let [a, b, c, d] = [a, b, c, d].map(|pack| pack.lane(lane));
                    let single = [a + b, a - b, a * b, a / b, a.if_less(b, c, d), a.least(b)];
                    for (packed, single) in packed.iter().zip(single) {
                        assert!(
                            packed.lane(lane).to_bits() == single.to_bits()
                                || packed.lane(lane).is_nan() && single.is_nan()
                        );
                    }
                    let [u, v, small] = [u, v, small].map(|pack| pack.0[lane]);
                    assert_eq!(
                        words.map(|word| word.0[lane]),
                        [a.word_if_less(b, u, v), u & v, u | v, u << small, u >> small]
                    );
                }
            }
        }
    }
}
