//! Interference by symbols that are not ours: a realisation, not a Gaussian noise.

use super::noise::NoiseId;
use super::shape::Shape;

/// PAM4 symbols of an aggressor at our rate or nearly so, with independent data, that leak into a
/// node.
#[derive(Clone, Debug, PartialEq)]
pub struct Interferer {
    /// Identity; its data has its stream.
    pub id: NoiseId,
    /// From the aggressor's impulse train of full scale -1 .. 1 to this node, in the node's unit.
    pub path: Vec<Shape>,
    /// Symbols that it sends in a block beyond ours: it runs on another clock, and its phase
    /// against ours drifts by as many periods a block.
    pub extra_symbols: usize,
    /// True after the AGC, which makes up for lost light.
    pub after_agc: bool,
}
