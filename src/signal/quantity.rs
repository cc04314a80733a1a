//! Physical quantities as types: a chain with a part in the wrong place does not compile.

use super::aligned::Aligned;
use num_complex::Complex32;

/// A block's samples, real or complex.
#[derive(Clone, Debug)]
pub enum Samples {
    /// Symbols, volts, amperes.
    Real(Aligned<f32>),
    /// A complex envelope.
    Complex(Aligned<Complex32>),
}

/// Physical quantity of a sample.
pub trait Quantity: Send + Sync + 'static {
    /// Type of a sample.
    type Sample: Copy + Default + Send + Sync;
    /// The samples of a block of this quantity.
    fn of(samples: &Samples) -> &[Self::Sample];
    /// The same, mutable.
    fn of_mut(samples: &mut Samples) -> &mut [Self::Sample];
}

/// PAM4 symbols in units of the full scale: -1, -1/3, 1/3, 1, one number a symbol.
pub enum Symbol {}
/// Voltage, V.
pub enum Volt {}
/// Optical power, W.
pub enum Watt {}
/// Current, A.
pub enum Ampere {}
/// Complex envelope of the optical field about its carrier, sqrt(W).
pub enum Field {}

macro_rules! real {
    ($($quantity:ty),+) => { $(impl Quantity for $quantity {
        type Sample = f32;
        fn of(samples: &Samples) -> &[f32] {
            match samples { Samples::Real(s) => s, Samples::Complex(_) => unreachable!("the chain's types forbid it") }
        }
        fn of_mut(samples: &mut Samples) -> &mut [f32] {
            match samples { Samples::Real(s) => s, Samples::Complex(_) => unreachable!("the chain's types forbid it") }
        }
    })+ };
}
real!(Symbol, Volt, Watt, Ampere);

impl Quantity for Field {
    type Sample = Complex32;
    fn of(samples: &Samples) -> &[Complex32] {
        match samples {
            Samples::Complex(s) => s,
            Samples::Real(_) => unreachable!("the chain's types forbid it"),
        }
    }
    fn of_mut(samples: &mut Samples) -> &mut [Complex32] {
        match samples {
            Samples::Complex(s) => s,
            Samples::Real(_) => unreachable!("the chain's types forbid it"),
        }
    }
}
