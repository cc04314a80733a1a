//! The description of a link: plain data in engineering units.

mod check_simulation;
pub(super) mod config;
pub(super) mod counting_method;
pub(super) mod fec;
mod idle;
pub(super) mod idle_keys;
mod idle_laser;
pub(super) mod impairments;
pub(super) mod limits;
pub(super) mod merge;
pub(super) mod module;
mod modules_inner;
pub mod presets;
pub(super) mod segments;
pub(super) mod simulation;
pub(super) mod targets;
pub(super) mod tdecq;
