//! Codeword errors and post-FEC BER against pre-FEC BER: analytic, counted and extrapolated.
//!
//! A [`FecCurve`] describes the codes, the errors and how long to count; [`FecCurve::build`] makes
//! a [`Trial`], which counts and returns [`CurvePoint`]s.

mod awgn;
mod bers;
mod burst;
mod channel;
mod chart;
mod count;
mod description;
mod metrics;
mod point;
mod scheme;
mod trial;

pub use crate::run_options::{CancelToken, Progress, RunOptions, WorkUnit};
pub use bers::{Bers, BersError};
pub use burst::{Burst, BurstError};
pub use description::FecCurve;
pub use metrics::{POINT_METRICS, PointMetric};
pub use point::{CurvePoint, InnerPoint};
pub use scheme::{Scheme, SchemeError, SchemeOnError};
pub use trial::Trial;
