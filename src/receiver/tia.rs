//! Transimpedance amplifier.

use crate::chain::{Chain, Density, Law, Lookup, Map, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::{elementary, prototype::Family, simd::multiversion};
use crate::measured::{
    BuildContext, CompressionCurve, FileError, FileReader, Response, ResponseDomain, SeriesKind,
};
use crate::signal::{Ampere, Volt};
use crate::units::{giga, kilo, milli, pico};
use serde::{Deserialize, Serialize};

/// Description of the input noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoiseModel {
    /// By `noise_average_pa_per_rthz`, as on data sheets.
    #[default]
    Average,
    /// By `noise_a0_pa2_per_hz` and `noise_a2_pa2_per_hz_ghz2`.
    Quadratic,
    /// Measured: `noise_file`.
    Table,
}

/// Limiting of large currents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limiting {
    /// The output follows.
    #[default]
    Linear,
    /// The output saturates as tanh, at an input of `overload_ma_pp`.
    Tanh,
    /// Measured: `curve`.
    Curve,
}

/// An amplifier with coloured input noise.
///
/// ```text
/// S(f) = a0 + a2 f^2;   by average: a0 = 3/4 avg^2, a2 = a0 / BW^2, so that the mean of S over [0, BW] is avg^2
/// ```
///
/// In: current, A. Out: voltage, V. Noise enters at the input, before the bandwidth. With `limiting
/// = "tanh"` the output saturates after the bandwidth, about the mean current, which the
/// amplifier's offset loop finds.
///
/// # Limits
///
/// The transimpedance does not adapt; the noise does not depend on the current.
///
/// # Reference
///
/// E. Säckinger, *Analysis and Design of Transimpedance Amplifiers for Optical Receivers*, averaged
/// input-referred noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tia {
    /// 3 dB bandwidth, peaking included, GHz.
    pub bandwidth_ghz: f64,
    /// Order of the low-pass, 3 to 8: below, the integral of the f^2 noise would not converge.
    pub order: usize,
    /// Family of the low-pass.
    pub family: Family,
    /// Peaking, dB.
    pub peaking_db: f64,
    /// Description of the input noise.
    pub noise: NoiseModel,
    /// Input-referred noise averaged over the bandwidth, pA/sqrt(Hz).
    pub noise_average_pa_per_rthz: f64,
    /// White part of the input-referred noise, pA^2/Hz.
    pub noise_a0_pa2_per_hz: f64,
    /// Part that grows with the square of frequency, pA^2/Hz per GHz^2.
    pub noise_a2_pa2_per_hz_ghz2: f64,
    /// Frequency and input-referred noise in pA/sqrt(Hz), used by `noise = "table"`; constant
    /// beyond its ends.
    pub noise_file: String,
    /// Gain, kOhm.
    pub transimpedance_kohm: f64,
    /// Limiting of large currents.
    pub limiting: Limiting,
    /// Input, peak to peak, at which the output would reach its limit, mA.
    pub overload_ma_pp: f64,
    /// A measured response in place of the low-pass.
    pub response: Response,
    /// A measured static curve, used by `limiting = "curve"`.
    pub curve: CompressionCurve,
}

impl Default for Tia {
    fn default() -> Self {
        Tia {
            bandwidth_ghz: 36.0,
            order: 4,
            family: Family::Bessel,
            peaking_db: 0.0,
            noise: NoiseModel::Average,
            noise_average_pa_per_rthz: 16.0,
            noise_a0_pa2_per_hz: 192.0,
            noise_a2_pa2_per_hz_ghz2: 0.148,
            noise_file: String::new(),
            transimpedance_kohm: 4.0,
            limiting: Limiting::Linear,
            overload_ma_pp: 3.0,
            response: Response::default(),
            curve: CompressionCurve::default(),
        }
    }
}

impl Tia {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.count(at, "order", self.order, 3..=8);
        problems.range(at, "peaking_db", self.peaking_db, 0.0..=12.0);
        problems.range(
            at,
            "noise_average_pa_per_rthz",
            self.noise_average_pa_per_rthz,
            0.0..=10_000.0,
        );
        problems.range(at, "noise_a0_pa2_per_hz", self.noise_a0_pa2_per_hz, 0.0..=1e8);
        problems.range(at, "noise_a2_pa2_per_hz_ghz2", self.noise_a2_pa2_per_hz_ghz2, 0.0..=1e6);
        problems.range(at, "transimpedance_kohm", self.transimpedance_kohm, 0.01..=1000.0);
        problems.range(at, "overload_ma_pp", self.overload_ma_pp, 0.01..=1000.0);
        if self.limiting == Limiting::Curve && self.curve.file.is_empty() {
            problems.report(
                &at.key("curve"),
                "file",
                "",
                "must name a file of input in mA and output, as limiting = \"curve\" requires",
            );
        }
        if self.noise == NoiseModel::Table && self.noise_file.is_empty() {
            problems.report(
                at,
                "noise_file",
                "",
                "must name a file of frequency and pA/sqrt(Hz), as noise = \"table\" requires",
            );
        }
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        files.curve(at, "noise_file", &self.noise_file, SeriesKind::CurrentNoise);
        files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
        files.curve(&at.key("curve"), "file", &self.curve.file, SeriesKind::Compression);
    }

    /// One-sided density of the input noise, A^2/Hz.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn density(&self, context: &BuildContext<'_>) -> Result<Density, FileError> {
        Ok(match self.noise {
            NoiseModel::Average => {
                let a0 = 0.75 * pico(self.noise_average_pa_per_rthz).powi(2);
                Density::Quadratic { a0, a2: a0 / giga(self.bandwidth_ghz).powi(2) }
            }
            NoiseModel::Table => {
                Density::Table(context.needed_curve(&self.noise_file, SeriesKind::CurrentNoise)?)
            }
            NoiseModel::Quadratic => Density::Quadratic {
                a0: self.noise_a0_pa2_per_hz * pico(1.0).powi(2),
                a2: self.noise_a2_pa2_per_hz_ghz2 * pico(1.0).powi(2) / giga(1.0).powi(2),
            },
        })
    }

    /// Gain for small settled currents, V/A.
    pub(crate) fn gain_v_per_a(&self) -> f64 {
        kilo(self.transimpedance_kohm)
    }

    /// Amplifies: input noise, bandwidth, saturation, gain.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        current: Chain<Ampere>,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let density = self.density(context)?;
        let noisy = current.noise(Noise::new("tia.thermal", Law::Added, density));
        let response = context.response(&self.response, || {
            Shape::low_pass(self.family, self.order, giga(self.bandwidth_ghz), self.peaking_db)
        })?;
        let filtered: Chain<Ampere> = noisy.response(response);
        let limited = match self.limiting {
            Limiting::Linear => filtered,
            Limiting::Curve => {
                let curve = context.needed_curve(&self.curve.file, SeriesKind::Compression)?;
                filtered.map(Compression { lookup: Lookup::new("tia", &curve) })
            }
            Limiting::Tanh => {
                filtered.map(Overload { limit_a: (milli(self.overload_ma_pp) / 2.0) as f32 })
            }
        };
        Ok(limited.response(Shape::Gain(self.gain_v_per_a())))
    }
}

/// The mean current, which an amplifier's offset loop finds.
fn mean(x: &[f32]) -> f32 {
    (x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64) as f32
}

/// A measured curve of mA about the mean.
struct Compression {
    lookup: Lookup,
}

impl Map<Ampere, Ampere> for Compression {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        let (mean, unit) = (mean(x), milli(1.0) as f32);
        // in place, a piece at a time: the curve takes another unit than the block holds
        let mut piece = [0f32; 256];
        for (x, y) in x.chunks(piece.len()).zip(y.chunks_mut(piece.len())) {
            let piece = &mut piece[..x.len()];
            piece.iter_mut().zip(x).for_each(|(p, x)| *p = (x - mean) / unit);
            self.lookup.at(piece, y);
            y.iter_mut().for_each(|y| *y = mean + *y * unit);
        }
    }

    fn name(&self) -> &'static str {
        "tia"
    }
}

/// Saturation about the mean, which the amplifier's offset loop finds; far below the limit the
/// current passes unchanged.
struct Overload {
    limit_a: f32,
}

impl Map<Ampere, Ampere> for Overload {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        overload(self.limit_a, mean(x), x, y);
    }

    fn name(&self) -> &'static str {
        "tia"
    }
}

multiversion! {
fn overload(limit: f32, mean: f32, x: &[f32], y: &mut [f32]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y = mean + limit * elementary::tanh((x - mean) / limit));
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PlanCache;
    use crate::measured::Library;
    use crate::signal::Grid;

    fn density(tia: &Tia) -> Density {
        let grid = Grid { symbol_rate_hz: giga(53.125), symbols: 256, samples_per_symbol: 4 };
        let (library, mut cache) = (Library::default(), PlanCache::default());
        let context = BuildContext { grid, lane: 0, library: &library, cache: &mut cache };
        tia.density(&context).expect("no file is named")
    }

    #[test]
    fn the_mean_of_the_noise_density_over_the_bandwidth_is_the_average_squared() {
        let tia = Tia::default();
        let density = density(&tia);
        let n = 100_000;
        let mean = (0..n)
            .map(|i| density.at((i as f64 + 0.5) / n as f64 * giga(tia.bandwidth_ghz)))
            .sum::<f64>()
            / n as f64;
        assert!((mean.sqrt() / pico(16.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_default_coefficients_are_those_of_the_default_average() {
        let (average, quadratic) = (
            density(&Tia::default()),
            density(&Tia { noise: NoiseModel::Quadratic, ..Tia::default() }),
        );
        for f_hz in [0.0, 20e9, 36e9] {
            assert!((average.at(f_hz) / quadratic.at(f_hz) - 1.0).abs() < 2e-3);
        }
    }
}
