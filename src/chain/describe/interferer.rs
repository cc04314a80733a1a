//! Interferers: crosstalk as a realisation of symbols, not as Gaussian noise.

use super::noise::NoiseId;
use super::shape::Shape;

/// Crosstalk of PAM4 symbols with independent data, at nearly the lane's symbol rate, into a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Interferer {
    /// Identity; its data has its stream.
    pub id: NoiseId,
    /// From the aggressor's impulse train of full scale -1 .. 1 to this node, in the node's unit.
    pub path: Vec<Shape>,
    /// Additional symbols of the aggressor per block: its clock differs, and its phase drifts by
    /// this number of periods per block.
    pub extra_symbols: usize,
    /// True after the AGC, which compensates lost optical power.
    pub after_agc: bool,
}
