//! The Gilbert-Elliott channel.

use super::draws::{flip_bits, geometric};
use crate::error::{KeyPath, Problems};
use crate::seed::Rng;
use serde::{Deserialize, Serialize};

/// A channel that changes between a good and a bad state; the states' lengths are geometric.
///
/// ```text
/// mean BER = (ber_good good_symbols + ber_bad bad_symbols) / (good_symbols + bad_symbols)
/// ```
///
/// # Reference
///
/// E. N. Gilbert, *Capacity of a burst-noise channel*, BSTJ 39 (1960); E. O. Elliott, *Estimates of
/// error rates for codes on burst-noise channels*, BSTJ 42 (1963).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GilbertElliott {
    /// Bit error ratio of the good state.
    pub ber_good: f64,
    /// Bit error ratio of the bad state.
    pub ber_bad: f64,
    /// Mean length of the good state, PAM4 symbols.
    pub good_symbols: f64,
    /// Mean length of the bad state, PAM4 symbols.
    pub bad_symbols: f64,
}

impl GilbertElliott {
    /// The bit error ratio over a long time.
    #[must_use]
    pub fn mean_ber(&self) -> f64 {
        let Self { ber_good, ber_bad, good_symbols, bad_symbols } = self;
        (ber_good * good_symbols + ber_bad * bad_symbols) / (good_symbols + bad_symbols)
    }

    pub(super) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "ber_good", self.ber_good, 0.0..=0.5);
        problems.range(at, "ber_bad", self.ber_bad, 0.0..=0.5);
        problems.range(at, "good_symbols", self.good_symbols, 1.0..=1e12);
        problems.range(at, "bad_symbols", self.bad_symbols, 1.0..=1e12);
    }
}

/// The channel with its current state.
#[derive(Clone)]
pub(super) struct GilbertElliottSource {
    channel: GilbertElliott,
    rng: Rng,
    bad: bool,
    /// Symbols until the state changes.
    left: u64,
}

impl GilbertElliottSource {
    /// The first state is drawn with its stationary probability.
    pub(super) fn new(channel: GilbertElliott, mut rng: Rng) -> Self {
        let bad =
            rng.uniform() * (channel.good_symbols + channel.bad_symbols) < channel.bad_symbols;
        let mut source = Self { channel, rng, bad, left: 0 };
        source.left = source.length();
        source
    }

    fn length(&mut self) -> u64 {
        let mean = if self.bad { self.channel.bad_symbols } else { self.channel.good_symbols };
        1 + geometric(&mut self.rng, 1.0 / mean)
    }

    pub(super) fn corrupt(&mut self, levels: &mut [u8]) {
        let mut rest = levels;
        while !rest.is_empty() {
            let taken = rest.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            let (head, tail) = rest.split_at_mut(taken);
            flip_bits(
                &mut self.rng,
                if self.bad { self.channel.ber_bad } else { self.channel.ber_good },
                head,
            );
            self.left -= taken as u64;
            if self.left == 0 {
                self.bad = !self.bad;
                self.left = self.length();
            }
            rest = tail;
        }
    }
}
