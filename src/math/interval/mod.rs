//! Confidence intervals of error ratios and of means, and tests for bursts of errors.

mod beta;
mod binomial;
mod blocks;
mod counts;
mod kind;
mod range;
mod student;

pub use blocks::BlockCounts;
pub use counts::count_interval;
pub use kind::IntervalKind;
pub use range::Interval;
pub(crate) use student::student_t_mean;
pub use student::{Scatter, log_normal, student_t_quantile};
