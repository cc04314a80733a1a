//! The host's electrical channel: networks from Touchstone files or closed forms, down to one
//! voltage transfer.
//!
//! ```text
//! file -> Network -> completed to 0 Hz -> (D1, D2) of a port map -> package, trace, .. in cascade -> Transfer -> Table
//! ```
//!
//! A [`Network`] is S over frequency with its reference impedances. A four-port of two lines
//! becomes the two-port that differential signals see by [`MixedMode`] and an explicit [`PortMap`];
//! two-ports are put one behind another by [`Network::then`]; between a source and a load
//! [`Network::voltage_transfer`] makes of one a [`Transfer`], which alone is what a chain of
//! responses takes. [`Trace`] is a channel that needs no file.
//!
//! Ports are counted from 1, as in S21; frequencies in Hz; the basis is e^(+j 2 pi f t), so that
//! delay is a falling phase.

mod cascade;
mod channel;
mod chart;
pub mod com;
mod dc;
mod grid;
mod inspection;
mod line;
mod lumped;
mod metrics;
mod mixed;
mod network;
mod port_map;
mod quality;
mod reference;
mod trace;
mod transfer;

pub use channel::{Channel, ChannelKind};
pub use dc::Completed;
pub use inspection::Inspection;
pub use line::Propagation;
pub use metrics::{CHANNEL_METRICS, ChannelMetric};
pub use mixed::{MixedMode, Mode};
pub use network::Network;
pub use port_map::{Guess, PortMap};
pub use quality::Quality;
pub use trace::{Package, Trace};
pub use transfer::{Pulse, Transfer};
