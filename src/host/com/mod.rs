//! Channel operating margin: the electrical segment's figure of merit.
//!
//! ```text
//! die + package -> channel -> package + die    voltage transfer, extrapolated beyond the file's last frequency
//!   x transmit filter x receive filter x CTLE  pulse responses, 32 samples a symbol
//!   transmit FFE x CTLE, the best FOM          93A: every setting; 178A: with a receive FFE by MMSE, hill climbing from several starts
//!   residual ISI, crosstalk, dual-Dirac jitter PDFs of PAM levels, convolved
//!   noise of receiver and transmitter, random jitter    Gaussian
//! COM = 20 log10(A_s / A_ni),   A_s = R_LM h(t_s) / (L - 1),   P(noise > A_ni) = DER_0
//! ```
//!
//! [`Parameters`] are a standard's parameter sheet, one TOML file each; [`ComChannel`] is read from
//! a file; [`Parameters::margin`] gives a [`ChannelOperatingMargin`].
//!
//! # Limits
//!
//! Not modelled: floating taps, quantisation noise and sequence detection of 178A; the lowest of
//! several package cases (a set holds one); package classes of more than two lines; skew,
//! common-mode noise. With a receive FFE the settings are searched by hill climbing from the eight
//! best CTLE settings: the global best may be missed. Pulses are sampled 32 times a symbol and the
//! sampling phase is one of these. Interference below A_s / 1000 is counted as Gaussian, where 93A
//! neglects it.
//!
//! # Reference
//!
//! IEEE 802.3-2022, annex 93A; P802.3dj, annex 178A (draft); A. Healey, R. Hegde, *Reference
//! receiver framework for 200G/lane electrical interfaces and PHYs*, P802.3dj, January 2024.

mod amplitudes;
mod channel;
mod correlation;
mod margin;
mod mmse;
mod parameters;
mod paths;
mod search;
mod settings;
#[cfg(test)]
mod tests;

pub use channel::{Aggressor, AggressorEnd, ComChannel};
pub use margin::ChannelOperatingMargin;
pub use parameters::{
    ComCtle, ComDfe, ComFfe, ComReceiver, ComTransmitter, Parameters, Steps, Tap,
};
