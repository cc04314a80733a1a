//! What codes leave of errors, over the bit error ratio ahead of them: closed form, counted and
//! foretold.
//!
//! A [`Curve`] says which codes, which errors and how long to count; [`Curve::build`] makes a
//! [`Trial`], which counts and gives [`Point`]s.

mod awgn;
mod bers;
mod burst;
mod channel;
mod chart;
mod count;
mod description;
mod point;
mod scheme;
mod trial;

pub use bers::{Bers, BersError};
pub use burst::{Burst, BurstError};
pub use description::Curve;
pub use point::{InnerPoint, Point};
pub use scheme::{Scheme, SchemeError, SchemeOnError};
pub use trial::{Progress, Trial};
