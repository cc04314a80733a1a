//! From symbols to volts and from volts to symbols: what a host's SerDes and a module's DSP have alike.

mod adc;
mod clock;
mod dac;
mod equaliser;
mod transmit_ffe;

pub use adc::Adc;
pub use clock::{Clock, ClockRecovery};
pub use dac::Dac;
pub(crate) use dac::MOST_JITTER_UI;
pub use equaliser::{AdaptationKind, Equaliser};
pub use transmit_ffe::TransmitFfe;
