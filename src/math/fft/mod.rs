//! Fourier transforms of periodic blocks, and spectra of real blocks under changes of the sampling
//! rate.
//!
//! # Normalisation
//!
//! No transform scales: forward and back multiply by the length. The engine's responses carry the
//! factor.
//!
//! # Order
//!
//! A real block of length M has the bins 0 ..= M/2 (rounded down); a complex one has M bins,
//! negative frequencies in the upper half.

pub(crate) mod complex;
mod rates;
pub(crate) mod real;

pub(crate) use complex::{ComplexFft, Planner, bins};
pub(crate) use rates::{fold, fold_curvature, fold_derivative, replicate, replicate_add};
pub(crate) use real::RealFft;
