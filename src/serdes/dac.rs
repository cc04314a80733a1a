//! Digital-to-analogue converter.

use crate::chain::{Chain, Density, Law, Noise, NoiseOrigin, Shape, SubConverters};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::measured::{BuildContext, FileError, FileReader, Response, ResponseDomain};
use crate::serdes::echo::{Echo, after_line};
use crate::serdes::interleave::Interleave;
use crate::serdes::resolution::{OneOrMore, Resolution};
use crate::signal::{Grid, Symbol, Volt};
use crate::units::{femto, giga};
use serde::{Deserialize, Serialize};

/// A converter that holds each symbol for its period.
///
/// ```text
/// x(t) = hold(symbols + n) * Bessel-4 * echo,   <n^2> = FS^2 / 12 / 4^bits, FS = 2
/// ```
///
/// In: symbols of full scale -1 .. 1. Out: volts of full scale -1 .. 1 V. The hold is the analytic
/// sin(x)/x on an impulse train. Jitter displaces each edge of the hold; the displaced area enters
/// to first order.
///
/// # Reference
///
/// W. Bennett, *Spectra of quantized signals*, BSTJ 27 (1948); effective bits as in IEEE Std 1658.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dac {
    /// 3 dB bandwidth after the hold (fourth-order Bessel), GHz.
    pub bandwidth_ghz: f64,
    /// Effective number of bits without jitter, at low frequency.
    pub effective_bits: f64,
    /// A data sheet's ENOB, jitter included, in place of `effective_bits`: one value or a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enob: Option<OneOrMore>,
    /// Frequencies of the sines of `enob`, GHz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enob_at_ghz: Option<OneOrMore>,
    /// Random jitter of each edge, fs rms.
    pub jitter_fs: f64,
    /// A measured response in place of the low-pass after the hold.
    pub response: Response,
    /// The line from the converter's package to the driver; none without this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<Echo>,
    /// Errors of the sub-converters that take turns; none without this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interleave: Option<Interleave>,
}

impl Default for Dac {
    fn default() -> Self {
        Dac {
            bandwidth_ghz: 40.0,
            effective_bits: 5.3,
            enob: None,
            enob_at_ghz: None,
            jitter_fs: 180.0,
            response: Response::default(),
            echo: None,
            interleave: None,
        }
    }
}

/// Largest jitter that the first two orders describe, symbol periods rms.
pub(crate) const JITTER_UI_MAX: f64 = 0.05;

impl Dac {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        self.resolution().check(at, problems);
        problems.range(
            at,
            "jitter_fs",
            self.jitter_fs,
            0.0..=(JITTER_UI_MAX / symbol_rate_hz / femto(1.0)).floor(),
        );
        if let Some(echo) = &self.echo {
            echo.check(&at.key("echo"), problems);
        }
        if let Some(interleave) = &self.interleave {
            interleave.check(&at.key("interleave"), symbol_rate_hz, problems);
        }
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
    }

    /// Low-pass after the hold, or the measured response in its place.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn band(&self, context: &BuildContext<'_>) -> Result<Shape, FileError> {
        context.response(&self.response, || {
            Shape::low_pass(Family::Bessel, 4, giga(self.bandwidth_ghz), 0.0)
        })
    }

    /// Its sub-converters in one lane, where they differ.
    pub(crate) fn sub_converters(&self, context: &BuildContext<'_>) -> Option<SubConverters> {
        let stream = || context.lane_seed.named("dac.interleave");
        self.interleave.as_ref().map(|own| own.sub_converters(stream()))
    }

    /// Converts: errors of `converters`, quantisation noise, displaced edges, hold, `band`width,
    /// line.
    pub(crate) fn extend(
        &self,
        symbols: Chain<Symbol>,
        converters: Option<SubConverters>,
        band: Shape,
        grid: Grid,
    ) -> Chain<Volt> {
        let symbols = match converters {
            Some(converters) => symbols.interleaved(converters),
            None => symbols,
        };
        // a variance of independent symbols as a one-sided density
        let per_hz = 2.0 / grid.symbol_rate_hz;
        let quantisation = 4.0 / 12.0 / 4f64.powf(self.resolution().white_bits());
        let mut symbols = symbols.noise(
            Noise::new("dac.quantisation", Law::Added, Density::White(quantisation * per_hz))
                .of(NoiseOrigin::Converter),
        );
        if self.jitter_fs > 0.0 {
            let variance = femto(self.jitter_fs).powi(2);
            symbols = symbols.noise(Noise::new(
                "dac.jitter",
                Law::Timing,
                Density::White(variance * per_hz),
            ));
        }
        after_line(symbols.hold(grid).response(band), self.echo.as_ref())
    }

    /// Its resolution, as described.
    pub(super) fn resolution(&self) -> Resolution<'_> {
        Resolution {
            effective_bits: self.effective_bits,
            enob: self.enob.as_ref(),
            enob_at_ghz: self.enob_at_ghz.as_ref(),
            jitter_fs: self.jitter_fs,
            interleave: self.interleave.as_ref(),
        }
    }
}
