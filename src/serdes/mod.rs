//! From symbols to volts and from volts to symbols: what a host's SerDes and a module's DSP have alike.

mod adc;
mod dac;
mod decision;
mod equaliser;
mod feedback;
mod sequence;
mod transmit_ffe;

pub use adc::Adc;
pub use dac::Dac;
pub(crate) use dac::MOST_JITTER_UI;
pub use decision::DecisionKind;
pub(crate) use decision::dsp;
pub use equaliser::{AdaptationKind, Equaliser};
pub use feedback::FeedbackEqualiser;
pub use sequence::SequenceDetector;
pub use transmit_ffe::TransmitFfe;
