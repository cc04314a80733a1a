//! Analogue-to-digital converter.

use crate::chain::{Chain, Plan, Sampler, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::measured::{BuildContext, FileError, FileReader, Response, ResponseDomain};
use crate::seed::StreamKey;
use crate::serdes::dac::JITTER_UI_MAX;
use crate::serdes::interleave::Interleave;
use crate::serdes::resolution::{OneOrMore, Resolution};
use crate::signal::Volt;
use crate::units::{femto, giga};
use serde::{Deserialize, Serialize};

/// A converter after its anti-alias filter.
///
/// ```text
/// y_k = clip(v(t_k + tau_k) + n_k),   <n^2> = FS^2 / 12 / 4^bits,   bits without jitter
/// ```
///
/// In: voltage, V. Out: one or two samples per symbol. Full scale is twice the 99.99 % quantile
/// of |v| (automatic gain); the sampling phase is searched to 1/64 of a symbol. Jitter displaces
/// each instant, to first order: value + slope tau; above 0.02 symbol periods to second order.
///
/// # Limits
///
/// Quantisation is Gaussian noise of the effective bits, not steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adc {
    /// 3 dB bandwidth of the anti-alias filter (Bessel), GHz.
    pub bandwidth_ghz: f64,
    /// Order of the filter, 1 to 8.
    pub order: usize,
    /// Effective number of bits without jitter, at low frequency.
    pub effective_bits: f64,
    /// A data sheet's ENOB, jitter included, in place of `effective_bits`: one value or a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enob: Option<OneOrMore>,
    /// Frequencies of the sines of `enob`, GHz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enob_at_ghz: Option<OneOrMore>,
    /// Random jitter of each sampling instant, fs rms.
    pub jitter_fs: f64,
    /// Samples per symbol, 1 or 2.
    pub samples_per_symbol: usize,
    /// A measured response in place of the anti-alias filter.
    pub response: Response,
    /// Errors of the sub-converters that take turns; none without this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interleave: Option<Interleave>,
}

impl Default for Adc {
    fn default() -> Self {
        Adc {
            bandwidth_ghz: 35.0,
            order: 4,
            effective_bits: 5.0,
            enob: None,
            enob_at_ghz: None,
            jitter_fs: 180.0,
            samples_per_symbol: 1,
            response: Response::default(),
            interleave: None,
        }
    }
}

impl Adc {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.count(at, "order", self.order, 1..=8);
        self.resolution().check(at, problems);
        problems.range(
            at,
            "jitter_fs",
            self.jitter_fs,
            0.0..=(JITTER_UI_MAX / symbol_rate_hz / femto(1.0)).floor(),
        );
        problems.count(at, "samples_per_symbol", self.samples_per_symbol, 1..=2);
        if let Some(interleave) = &self.interleave {
            interleave.check(&at.key("interleave"), symbol_rate_hz, problems);
        }
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
    }

    /// Anti-alias filter.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn filter(
        &self,
        volts: Chain<Volt>,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let band = context.response(&self.response, || {
            Shape::low_pass(Family::Bessel, self.order, giga(self.bandwidth_ghz), 0.0)
        })?;
        Ok(volts.response(band))
    }

    /// Ends a chain of the converter called `name` in what it samples.
    pub(crate) fn plan(
        &self,
        filtered: Chain<Volt>,
        name: &str,
        context: &mut BuildContext<'_>,
    ) -> Plan {
        let stream = || context.lane_seed.stream(&StreamKey::of(format!("{name}.interleave")));
        let converters = self.interleave.as_ref().map(|own| own.sub_converters(stream()));
        Plan::build(filtered, self.sampler(), context.grid, context.cache).interleaved(converters)
    }

    fn sampler(&self) -> Sampler {
        Sampler {
            samples_per_symbol: self.samples_per_symbol,
            effective_bits: self.resolution().white_bits(),
            jitter_s: femto(self.jitter_fs),
        }
    }

    /// Its resolution, as described.
    pub(in crate::serdes) fn resolution(&self) -> Resolution<'_> {
        Resolution {
            effective_bits: self.effective_bits,
            enob: self.enob.as_ref(),
            enob_at_ghz: self.enob_at_ghz.as_ref(),
            jitter_fs: self.jitter_fs,
            interleave: self.interleave.as_ref(),
        }
    }
}
