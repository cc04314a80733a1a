//! The description of a link: plain data in engineering units.

pub(super) mod config;
pub(super) mod counting_method;
pub(super) mod fec;
pub(super) mod idle;
pub(super) mod impairments;
pub(super) mod limits;
pub(super) mod merge;
pub(super) mod module;
pub mod presets;
pub(super) mod segments;
pub(super) mod simulation;
pub(super) mod targets;
pub(super) mod tdecq;
