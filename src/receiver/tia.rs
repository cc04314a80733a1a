//! Transimpedance amplifier.

use super::large_signal::{LargeSignal, mean};
use super::noise_law::{NoiseModel, NoiseScaling, law};
use crate::chain::{Chain, Density, Law, Lookup, Map, Noise, NoiseBandwidth, NoiseOrigin, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::measured::{
    BuildContext, CompressionCurve, FileError, FileReader, Response, ResponseDomain, SeriesKind,
};
use crate::serdes::{Echo, after_line};
use crate::signal::{Ampere, Volt};
use crate::units::{giga, kilo, micro, milli, pico};
use serde::{Deserialize, Serialize};

/// Limiting of large currents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limiting {
    /// The output follows.
    #[default]
    Linear,
    /// The output saturates as tanh, at an input of `overload_ma_pp` or by `large_signal`.
    Tanh,
    /// Measured: `curve`.
    Curve,
}

/// An amplifier with coloured input noise.
///
/// ```text
/// S(f) = a0 (1 + (f / f3)^2),   integral of S |H / H0|^2 df = avg^2 f3 = irn_rms^2
/// ```
///
/// H is the amplifier's own response, low-pass or measured, f3 its 3 dB bandwidth and H0 its
/// mid-band gain: the definition of data sheets, noise at the output referred to the input by the
/// mid-band gain, over the bandwidth. A low-pass of order 1 or 2 takes white noise, since it barely
/// filters an f^2 term. Of a measured response, H0 is the mean of |H| up to a tenth of f3 and S
/// grows no further than the data; `bandwidth_ghz` then has no effect.
///
/// In: current, A. Out: voltage, V. Noise enters at the input, before the bandwidth. With `limiting
/// = "tanh"` the output saturates after the bandwidth, about the mean current, which the
/// amplifier's offset loop finds.
///
/// # Limits
///
/// Gain, noise and distortion depend on the current only as [`LargeSignal`] says. Over temperature
/// the noise's power follows the absolute temperature, as that of resistors does; gain and
/// bandwidth stay.
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
    /// Order of the low-pass, 1 to 8; noise of orders 1 and 2 is white.
    pub order: usize,
    /// Family of the low-pass.
    pub family: Family,
    /// Peaking, dB.
    pub peaking_db: f64,
    /// Description of the input noise.
    pub noise: NoiseModel,
    /// Averaged input-referred noise, used by `noise = "average"`: rms noise at the output over
    /// mid-band gain and root of the bandwidth, pA/sqrt(Hz).
    pub noise_average_pa_per_rthz: f64,
    /// Total input-referred noise, used by `noise = "rms"`: rms noise at the output over mid-band
    /// gain, uA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irn_rms_ua: Option<f64>,
    /// Quantity that is held when the bandwidth differs from the reference.
    pub noise_scaling: NoiseScaling,
    /// Bandwidth for which the noise is given, GHz; absent for the amplifier's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_reference_bandwidth_ghz: Option<f64>,
    /// White part of the input-referred noise, pA^2/Hz.
    pub noise_a0_pa2_per_hz: f64,
    /// Part that grows with the square of frequency, pA^2/Hz per GHz^2.
    pub noise_a2_pa2_per_hz_ghz2: f64,
    /// Frequency and input-referred noise in pA/sqrt(Hz), used by `noise = "table"`; constant
    /// beyond its ends.
    pub noise_file: String,
    /// Largest gain, kOhm.
    pub transimpedance_kohm: f64,
    /// Limiting of large currents.
    pub limiting: Limiting,
    /// Input, peak to peak, at which the output would reach its limit, mA.
    pub overload_ma_pp: f64,
    /// Gain control, noise and distortion at large currents.
    pub large_signal: LargeSignal,
    /// A measured response in place of the low-pass.
    pub response: Response,
    /// A measured static curve, used by `limiting = "curve"`.
    pub curve: CompressionCurve,
    /// The line from the amplifier to the converter, or to the output of a linear module; none
    /// without this table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<Echo>,
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
            irn_rms_ua: None,
            noise_scaling: NoiseScaling::ConstantDensity,
            noise_reference_bandwidth_ghz: None,
            noise_a0_pa2_per_hz: 145.5,
            noise_a2_pa2_per_hz_ghz2: 0.1123,
            noise_file: String::new(),
            transimpedance_kohm: 4.0,
            limiting: Limiting::Linear,
            overload_ma_pp: 3.0,
            large_signal: LargeSignal::default(),
            response: Response::default(),
            curve: CompressionCurve::default(),
            echo: None,
        }
    }
}

impl Tia {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.count(at, "order", self.order, 1..=8);
        problems.range(at, "peaking_db", self.peaking_db, 0.0..=12.0);
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
        if self.limiting == Limiting::Curve && self.large_signal.output_vpp.is_some() {
            let remedy = "must not be \"curve\" with gain control: a curve is measured at one gain";
            problems.report(at, "limiting", "curve", remedy);
        }
        let limits = self.limiting == Limiting::Tanh;
        let at_large = at.key("large_signal");
        self.large_signal.check(&at_large, self.transimpedance_kohm, limits, problems);
        self.check_noise(at, problems);
        if let Some(echo) = &self.echo {
            echo.check(&at.key("echo"), problems);
        }
    }

    /// Reports what is wrong with the description of the noise.
    fn check_noise(&self, at: &KeyPath, problems: &mut Problems) {
        let average = self.noise_average_pa_per_rthz;
        problems.range(at, "noise_average_pa_per_rthz", average, 0.0..=10_000.0);
        problems.range(at, "noise_a0_pa2_per_hz", self.noise_a0_pa2_per_hz, 0.0..=1e8);
        problems.range(at, "noise_a2_pa2_per_hz_ghz2", self.noise_a2_pa2_per_hz_ghz2, 0.0..=1e6);
        if let Some(ghz) = self.noise_reference_bandwidth_ghz {
            problems.range(at, "noise_reference_bandwidth_ghz", ghz, 1.0..=500.0);
        }
        match (self.noise == NoiseModel::Rms, self.irn_rms_ua) {
            (true, Some(ua)) => problems.range(at, "irn_rms_ua", ua, 0.0..=10_000.0),
            (true, None) => {
                problems.report(at, "irn_rms_ua", "", "must be given, as noise = \"rms\" requires")
            }
            (false, Some(ua)) => {
                let remedy = "must be absent unless noise = \"rms\": another key gives the noise";
                problems.report(at, "irn_rms_ua", ua, remedy)
            }
            (false, None) => {}
        }
        if self.noise == NoiseModel::Quadratic
            && self.noise_a2_pa2_per_hz_ghz2 > 0.0
            && self.takes_white_noise()
        {
            let remedy = "must be 0 with order 1 or 2, whose response barely filters noise that \
                          grows with frequency";
            let a2 = self.noise_a2_pa2_per_hz_ghz2;
            problems.report(at, "noise_a2_pa2_per_hz_ghz2", a2, remedy);
        }
        if self.noise_scaling == NoiseScaling::TransimpedanceLimit {
            let remedy = if !self.response.file.is_empty() || self.noise == NoiseModel::Table {
                "must be \"constant-density\" with a measured response or noise: they are of one \
                 amplifier"
            } else if self.noise_reference_bandwidth_ghz.is_none() {
                "needs noise_reference_bandwidth_ghz, the bandwidth for which the noise is given"
            } else {
                ""
            };
            if !remedy.is_empty() {
                problems.report(at, "noise_scaling", "transimpedance-limit", remedy);
            }
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

    /// Whether the low-pass is of an order too low for noise that grows with frequency.
    fn takes_white_noise(&self) -> bool {
        self.response.file.is_empty() && self.order < 3
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        files.curve(at, "noise_file", &self.noise_file, SeriesKind::CurrentNoise);
        let response =
            files.response(&at.key("response"), &self.response, ResponseDomain::Electrical);
        let band = response.and_then(|table| Shape::Table(table).noise_bandwidth());
        if let Some(band) = band.filter(|band| {
            self.noise == NoiseModel::Average && band.half_power_hz > band.measured_to_hz
        }) {
            let ends_ghz = band.measured_to_hz / giga(1.0);
            let remedy = format!(
                "ends at {ends_ghz:.1} GHz, before it has fallen by 3 dB: must reach the bandwidth \
                 over which noise = \"average\" counts; noise = \"rms\" with irn_rms_ua needs none"
            );
            files.problems().report(&at.key("response"), "file", &self.response.file, remedy);
        }
        files.curve(&at.key("curve"), "file", &self.curve.file, SeriesKind::Compression);
    }

    /// One-sided density of the input noise, A^2/Hz.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn density(&self, context: &BuildContext<'_>) -> Result<Density, FileError> {
        self.density_through(&self.band(context)?, context)
    }

    /// The amplifier's own response, of unit gain at zero frequency.
    fn band(&self, context: &BuildContext<'_>) -> Result<Shape, FileError> {
        context.response(&self.response, || {
            Shape::low_pass(self.family, self.order, giga(self.bandwidth_ghz), self.peaking_db)
        })
    }

    /// Reference bandwidth of a model, Hz; a measured response is its own reference.
    fn reference_hz(&self) -> Option<f64> {
        self.noise_reference_bandwidth_ghz.filter(|_| self.response.file.is_empty()).map(giga)
    }

    /// The density for a response of its own.
    fn density_through(
        &self,
        response: &Shape,
        context: &BuildContext<'_>,
    ) -> Result<Density, FileError> {
        if self.noise == NoiseModel::Table {
            let table = context.needed_curve(&self.noise_file, SeriesKind::CurrentNoise)?;
            return Ok(Density::Table(table));
        }
        let band = response.noise_bandwidth().expect("an amplifier's response is a low-pass");
        Ok(self.stated_density(&band))
    }

    /// The density of a noise without a table, for a response of this noise bandwidth.
    pub(super) fn stated_density(&self, band: &NoiseBandwidth) -> Density {
        let reference_hz = self.reference_hz().unwrap_or(band.half_power_hz);
        let white_growth = match self.noise_scaling {
            NoiseScaling::ConstantDensity => 1.0,
            NoiseScaling::TransimpedanceLimit => (band.half_power_hz / reference_hz).powi(2),
        };
        if self.noise == NoiseModel::Quadratic {
            return Density::Quadratic {
                a0: self.noise_a0_pa2_per_hz * pico(1.0).powi(2) * white_growth,
                a2: self.noise_a2_pa2_per_hz_ghz2 * pico(1.0).powi(2) / giga(1.0).powi(2),
                grows_to_hz: band.measured_to_hz,
            };
        }
        let average_a2_per_hz = match self.noise {
            NoiseModel::Rms => micro(self.irn_rms_ua.unwrap_or(0.0)).powi(2) / reference_hz,
            _ => pico(self.noise_average_pa_per_rthz).powi(2),
        };
        let total_a2 = average_a2_per_hz * white_growth * band.half_power_hz;
        law(total_a2, band, self.takes_white_noise())
    }

    /// Gain at a settled outer swing, V/A.
    pub(crate) fn gain_v_per_a(&self, swing_a: f64) -> f64 {
        let most = kilo(self.transimpedance_kohm);
        most * self.large_signal.gain(most, swing_a)
    }

    /// Amplifies a current of this settled outer swing: input noise, bandwidth, saturation, gain,
    /// and the line after it.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        current: Chain<Ampere>,
        swing_a: f64,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let response = self.band(context)?;
        let density =
            self.density_through(&response, context)?.times(context.temperature.absolute_ratio());
        let added = self.large_signal.added(&density, swing_a);
        let mut noisy = current.noise(Noise::new("tia.thermal", Law::Added, density));
        if let Some(added) = added {
            let noise = Noise::new("tia.agc", Law::Added, added);
            noisy = noisy.noise(noise.of(NoiseOrigin::Thermal).with_signal());
        }
        let filtered: Chain<Ampere> = noisy.response(response);
        let limited = match self.limiting {
            Limiting::Linear => filtered,
            Limiting::Curve => {
                let curve = context.needed_curve(&self.curve.file, SeriesKind::Compression)?;
                filtered.map(Compression { lookup: Lookup::new("tia", &curve) })
            }
            Limiting::Tanh => filtered.map(self.large_signal.limiter(
                kilo(self.transimpedance_kohm),
                swing_a,
                self.overload_ma_pp,
            )),
        };
        let volts = limited.response(Shape::Gain(self.gain_v_per_a(swing_a)));
        Ok(after_line(volts, self.echo.as_ref()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PlanCache;
    use crate::measured::Library;
    use crate::seed::Seed;
    use crate::sheet::Temperature;
    use crate::signal::Grid;

    fn density(tia: &Tia) -> Density {
        let grid = Grid { symbol_rate_hz: giga(53.125), symbols: 256, samples_per_symbol: 4 };
        let (library, mut cache) = (Library::default(), PlanCache::default());
        let lane_seed = Seed::new(1);
        let context = BuildContext {
            grid,
            lane: 0,
            lane_seed,
            temperature: Temperature::default(),
            library: &library,
            cache: &mut cache,
        };
        tia.density(&context).expect("no file is named")
    }

    /// Integral of S |H|^2 over f = BW tan x, which reaches infinity; its error is below 1e-6.
    fn total_a2(tia: &Tia) -> f64 {
        let bandwidth_hz = giga(tia.bandwidth_ghz);
        let shape = Shape::low_pass(tia.family, tia.order, bandwidth_hz, tia.peaking_db);
        let (density, n) = (density(tia), 20_000);
        let step = std::f64::consts::FRAC_PI_2 / f64::from(n);
        let at = |x: f64| {
            let f_hz = bandwidth_hz * x.tan();
            density.at(f_hz) * shape.at(f_hz).norm_sqr() / x.cos().powi(2)
        };
        (0..n).map(|i| at((f64::from(i) + 0.5) * step) * step * bandwidth_hz).sum()
    }

    #[test]
    fn noise_at_the_output_is_the_data_sheets_for_every_family_order_and_peaking() {
        for family in [Family::Bessel, Family::Butterworth] {
            for order in 1..=8 {
                for peaking_db in [0.0, 2.0, 6.0] {
                    let average = Tia { family, order, peaking_db, ..Tia::default() };
                    let rms_a = pico(16.0) * giga(36.0).sqrt();
                    let total = total_a2(&average).sqrt();
                    let at = format!("{family:?}, {order}, {peaking_db} dB");
                    assert!((total / rms_a - 1.0).abs() < 1e-4, "{at}: {total} A, {rms_a} A");
                    let noise = NoiseModel::Rms;
                    let rms = Tia { noise, irn_rms_ua: Some(2.72), ..average };
                    let total = total_a2(&rms).sqrt();
                    assert!((total / 2.72e-6 - 1.0).abs() < 1e-4, "{at}: {total} A");
                }
            }
        }
    }

    /// White part over the average squared: 1 / (1.0464 + 0.7127) and 1 / (1.0262 + 0.4250).
    #[test]
    fn the_white_part_of_fourth_order_amplifiers_is_that_of_the_closed_form() {
        for (family, expected) in [(Family::Bessel, 0.5685), (Family::Butterworth, 0.6891)] {
            let a0 = density(&Tia { family, ..Tia::default() }).at(0.0);
            assert!((a0 / pico(16.0).powi(2) - expected).abs() < 1e-4, "{family:?}: {a0:e}");
        }
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

    /// At the transimpedance limit the density grows with the bandwidth, so the rms with its power
    /// 3/2, and the f^2 part, set by the input transistor, stays.
    #[test]
    fn a_sweep_of_the_bandwidth_holds_what_its_scaling_says() {
        for (noise, irn_rms_ua) in [(NoiseModel::Average, None), (NoiseModel::Rms, Some(3.0))] {
            let at = |noise_scaling, bandwidth_ghz| Tia {
                noise,
                irn_rms_ua,
                noise_scaling,
                bandwidth_ghz,
                noise_reference_bandwidth_ghz: Some(36.0),
                ..Tia::default()
            };
            let given = total_a2(&at(NoiseScaling::ConstantDensity, 36.0)).sqrt();
            for (scaling, power) in
                [(NoiseScaling::ConstantDensity, 0.5), (NoiseScaling::TransimpedanceLimit, 1.5)]
            {
                let ratio = total_a2(&at(scaling, 54.0)).sqrt() / given;
                assert!((ratio / 1.5f64.powf(power) - 1.0).abs() < 1e-4, "{scaling:?}: {ratio}");
            }
            let f2 = |ghz: f64| {
                let density = density(&at(NoiseScaling::TransimpedanceLimit, ghz));
                density.at(giga(10.0)) - density.at(0.0)
            };
            assert!((f2(54.0) / f2(36.0) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn noise_that_is_given_twice_or_not_at_all_is_refused() {
        let refused = |tia: Tia, key: &str| {
            let mut problems = Problems::new();
            tia.check(&KeyPath::root(), &mut problems);
            assert!(problems.iter().any(|p| p.path == key), "{key}: {tia:?}");
        };
        let tia = Tia::default;
        refused(Tia { irn_rms_ua: Some(2.0), ..tia() }, "irn_rms_ua");
        refused(Tia { noise: NoiseModel::Rms, ..tia() }, "irn_rms_ua");
        let quadratic = NoiseModel::Quadratic;
        refused(Tia { order: 2, noise: quadratic, ..tia() }, "noise_a2_pa2_per_hz_ghz2");
        let noise_scaling = NoiseScaling::TransimpedanceLimit;
        refused(Tia { noise_scaling, ..tia() }, "noise_scaling");
        let mut problems = Problems::new();
        Tia { order: 1, ..tia() }.check(&KeyPath::root(), &mut problems);
        assert!(problems.is_empty(), "{problems}");
    }
}
