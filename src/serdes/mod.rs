//! From symbols to volts and from volts to symbols: what a host's SerDes and a module's DSP have
//! alike.

mod adc;
mod clock;
mod ctle;
mod dac;
mod decision;
mod equaliser;
mod feedback;
mod rx;
mod sequence;
mod transmit_ffe;
mod tx;

pub use adc::Adc;
pub use clock::{Clock, ClockRecovery};
pub use ctle::Ctle;
pub use dac::Dac;
pub(crate) use dac::MOST_JITTER_UI;
pub use decision::DecisionKind;
pub(crate) use decision::dsp;
pub use equaliser::{AdaptationKind, Equaliser};
pub use feedback::FeedbackEqualiser;
pub use rx::SerdesRx;
pub(crate) use rx::through;
pub use sequence::SequenceDetector;
pub use transmit_ffe::TransmitFfe;
pub(crate) use tx::Line;
pub use tx::SerdesTx;
