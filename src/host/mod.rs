//! The host's electrical channel: networks from Touchstone files or closed forms, down to one
//! voltage transfer.
//!
//! ```text
//! file -> Network -> renormalised to 50 ohm -> completed to 0 Hz -> (D1, D2) of a port map -> package, trace, .. in cascade -> Transfer -> Table
//! ```
//!
//! A [`Network`] is S over frequency with its reference impedances. [`MixedMode`] with an explicit
//! [`PortMap`] turns a four-port of two lines into the differential two-port; [`Network::then`]
//! cascades two-ports; [`Network::voltage_transfer`] gives the [`Transfer`] between a source and a
//! load, the response used in a chain. [`PcbTrace`] is a channel without a file.
//!
//! Ports are counted from 1, as in S21; frequencies in Hz; the basis is e^(+j 2 pi f t), so that a
//! delay is a falling phase.

mod cascade;
mod channel;
mod chart;
pub mod com;
mod dc;
mod grid;
mod impairments;
mod inspection;
mod line;
mod lumped;
mod metrics;
mod mixed;
mod network;
mod port_map;
mod port_selection;
mod quality;
mod reference;
mod trace;
mod transfer;

pub use channel::{ChannelKind, ElectricalChannel};
pub use dc::Completed;
pub use inspection::Inspection;
pub use line::Propagation;
pub use metrics::{CHANNEL_METRICS, ChannelMetric};
pub use mixed::{MixedMode, Mode};
pub use network::Network;
pub use port_map::{Guess, PortMap};
pub use port_selection::PortSelection;
pub use quality::Quality;
pub use trace::{Package, PcbTrace};
pub use transfer::{TimeResponse, Transfer};
