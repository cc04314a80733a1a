//! The converter at the end of a chain.

use super::noise::{Law, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource};
use crate::seed::StreamKey;
use crate::signal::Grid;

/// End of a chain: an analogue-to-digital converter whose full scale the training sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    /// 1 or 2.
    pub samples_per_symbol: usize,
    /// Effective number of bits: quantisation noise is FS^2 / 12 / 4^bits.
    pub effective_bits: f64,
    /// Random jitter of each sampling instant, s rms.
    pub jitter_s: f64,
}

/// Random stream of the converter's quantisation noise.
pub(crate) const QUANTISATION: StreamKey = StreamKey::fixed("adc");
/// Random stream of the jitter of its sampling instants.
pub(crate) const JITTER: StreamKey = StreamKey::fixed("adc.jitter");

/// Jitter up to which its first order, slope times displacement, suffices, symbol periods rms; of
/// the transmitter's edges too.
pub(crate) const FIRST_ORDER_UI: f64 = 0.02;

impl Sampler {
    /// Its quantisation noise as a source.
    pub(crate) fn quantisation_source() -> NoiseSource {
        NoiseSource {
            id: NoiseId { name: "adc.quantisation".to_owned(), stream: QUANTISATION, origin: None },
            class: NoiseClass {
                place: NoisePlace::Sampler,
                law: Law::Added,
                origin: NoiseOrigin::Converter,
            },
        }
    }

    /// Its jitter as a source; `None` without any.
    pub(crate) fn jitter_source(&self) -> Option<NoiseSource> {
        (self.jitter_s > 0.0).then(|| NoiseSource {
            id: NoiseId { name: "adc.jitter".to_owned(), stream: JITTER, origin: None },
            class: NoiseClass {
                place: NoisePlace::Sampler,
                law: Law::Timing,
                origin: NoiseOrigin::Jitter,
            },
        })
    }

    /// Factor of the mean sample at `f_hz`: E[y(t + tau)] has y's spectrum times the characteristic
    /// function of the displacement.
    pub(crate) fn mean_response(&self, f_hz: f64) -> f64 {
        (-(std::f64::consts::TAU * f_hz * self.jitter_s).powi(2) / 2.0).exp()
    }

    /// True when jitter is so large that its second order matters.
    pub(crate) fn needs_second_order_jitter(&self, grid: Grid) -> bool {
        self.jitter_s > FIRST_ORDER_UI * grid.symbol_s()
    }
}
