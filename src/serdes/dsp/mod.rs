//! DSP of a receiver, described once: a table `dsp` of the optical receiver and of every SerDes
//! receiver, with the converter, the equaliser, the detector and the clock.
//!
//! Files of each equaliser and detector:
//!
//! | | description | kernel | training |
//! | --- | --- | --- | --- |
//! | FFE | [`FfeConfig`], `serdes/dsp/ffe.rs` | `dsp/ffe.rs` | `chain/train` |
//! | slicer | none | `dsp/slicer.rs` | thresholds: `chain/train` |
//! | DFE | [`DfeConfig`], `serdes/dsp/dfe.rs` | `dsp/dfe.rs` | with the FFE: `chain/train` |
//! | MLSE | [`MlseConfig`], `serdes/dsp/mlse.rs` | `dsp/mlse` | with the FFE: `chain/train` |
//! | clock | [`ClockConfig`], `serdes/dsp/clock.rs` | `dsp/cdr` | slope of the timing detector |
//!
//! A new detector is a variant of [`crate::dsp::DetectorKind`].

pub(super) mod adc;
pub(super) mod clock;
pub(super) mod config;
mod dfe;
mod ffe;
mod fixed;
mod mlse;

pub use adc::Adc;
pub use clock::{ClockConfig, ClockRecovery};
pub use config::DspConfig;
pub use dfe::DfeConfig;
pub use ffe::{AdaptationKind, FfeConfig};
pub use mlse::MlseConfig;
