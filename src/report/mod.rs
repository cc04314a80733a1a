//! Results as text and JSON, and the table of models in the manual.

mod amount;
mod benchmark;
mod changed;
mod channel;
mod clock;
mod com;
mod compare;
mod compliant;
mod corners;
mod decision;
mod fec;
mod fec_curve;
mod json;
mod metrics;
mod models;
mod number;
mod plain_table;
mod progress;
mod reflections;
#[cfg(test)]
mod sample;
mod scope_reading;
mod segments;
mod spec;
mod stressed;
mod summary;
mod table;
mod transmitted;
mod verdicts;
mod waveform;

pub use benchmark::benchmark;
pub use channel::channel;
pub use com::com;
pub use compare::compared;
pub use fec_curve::{fec_curve, fec_curve_json};
pub use json::json;
pub use metrics::metrics_reference;
pub use models::models;
pub use progress::progress;
pub use scope_reading::scope_reading;
pub use spec::spec;
pub use stressed::{stressed, stressed_json};
pub use summary::summary;
pub use table::table;
pub use verdicts::verdicts;
pub use waveform::waveform_csv;
