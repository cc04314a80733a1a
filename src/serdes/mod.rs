//! From symbols to volts and from volts to symbols: the common parts of a host's SerDes and a
//! module's DSP.

mod ctle;
mod dac;
pub mod dsp;
mod echo;
mod impairments;
mod interleave;
mod resolution;
mod rx;
mod tolerances;
mod transmit_ffe;
mod transmit_levels;
mod tx;

pub use ctle::Ctle;
pub use dac::Dac;
pub use echo::Echo;
pub(crate) use echo::after_line;
pub(crate) use impairments::{WIDE_GHZ, bandwidth, reflections};
pub use interleave::Interleave;
pub use resolution::OneOrMore;
pub use rx::SerdesRx;
pub(crate) use rx::through;
pub use transmit_ffe::TransmitFfe;
pub(crate) use transmit_levels::LINEAR_INNER;
pub use transmit_levels::{LevelTraining, TransmitLevels};
pub(crate) use tx::IdentityMap;
pub use tx::SerdesTx;
