//! Electro-absorption modulated laser.

use super::alignment::Alignment;
use super::driver::{Driver, DriverModel};
use super::field_map::FieldMap;
use super::laser::{Laser, LaserModel};
use super::laser_thermal::LaserThermal;
use super::modulator::{Drive, Modulator, ModulatorSheet};
use crate::chain::{Chain, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::math::prototype::Family;
use crate::measured::{
    BuildContext, FileReader, Response, ResponseDomain, SeriesKind, Transmission,
};
use crate::serdes::bandwidth;
use crate::sheet::{Deviation, Impairment, Impairments, Part, Temperature, Tolerance};
use crate::signal::{Field, Volt};
use crate::units::{db_from_power_ratio, giga, milli, power_ratio};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An electro-absorption modulator with its laser.
///
/// ```text
/// T(V) = exp(-(|V| / V0)^a),      V0 and a from two points of the absorption curve
/// phi  = 1/2 integral of alpha_H(V) d ln T,   alpha_H(V) = alpha_0 - alpha_1 |V|
/// E    = sqrt(P T) e^(j phi)
/// ```
///
/// In: volts of full scale -1 .. 1. Out: field in the fibre, sqrt(W). The laser's power is the
/// facet's at 0 V.
///
/// Over temperature the absorption edge comes nearer to the laser's wavelength by the difference of
/// their drifts, as it does with `edge_mv_per_nm` of reverse voltage: absorption and chirp are
/// those of V with that voltage added, less what `bias_tracking_mv_per_k` takes from the bias.
///
/// # Limits
///
/// No self-heating, no adiabatic chirp, no reflection into the laser.
///
/// # Reference
///
/// F. Devaux et al., *Simple measurement of fiber dispersion and of chirp parameter of intensity
/// modulated light emitter*, J. Lightwave Technol. 11 (1993), for the chirp; the curve is a fit,
/// devices.md 1.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Eml {
    /// The laser in front.
    pub laser: Laser,
    /// The driver.
    pub driver: Driver,
    /// Bias, V; zero or negative.
    pub bias_v: f64,
    /// First point of the absorption curve: reverse voltage, V.
    pub absorption_low_v: f64,
    /// Absorption there, dB.
    pub absorption_low_db: f64,
    /// Second point of the absorption curve: reverse voltage, V.
    pub absorption_high_v: f64,
    /// Absorption there, dB.
    pub absorption_high_db: f64,
    /// 3 dB electro-optic bandwidth (20 log, second-order Bessel), peaking included, GHz.
    pub bandwidth_ghz: f64,
    /// Peaking of the electro-optic response, dB.
    pub peaking_db: f64,
    /// Chirp parameter extrapolated to 0 V.
    pub chirp_alpha_0: f64,
    /// Fall of the chirp parameter per volt of reverse voltage, 1/V.
    pub chirp_alpha_1_per_v: f64,
    /// Drift of the absorption edge, nm/K.
    pub edge_drift_nm_per_k: f64,
    /// Reverse voltage that moves the absorption edge by a nanometre, mV/nm.
    pub edge_mv_per_nm: f64,
    /// Rise of the bias with the chip's temperature, mV/K: less reverse voltage where it is
    /// warmer.
    pub bias_tracking_mv_per_k: f64,
    /// Facet to fibre, isolator included, dB.
    pub coupling_loss_db: f64,
    /// A measured electro-optic response in place of the low-pass.
    pub response: Response,
    /// A measured transmission over voltage in place of the absorption's two points.
    pub curve: Transmission,
}

impl Default for Eml {
    fn default() -> Self {
        Eml {
            laser: Laser {
                thermal: LaserThermal {
                    cooled: true,
                    drift_nm_per_k: 0.1, // 0.1 nm/K of a DFB laser at 1310 nm, assumed
                    ..LaserThermal::default()
                },
                ..Laser::default()
            },
            driver: Driver::default(),
            bias_v: -1.8,
            absorption_low_v: 2.0,
            absorption_low_db: 3.25,
            absorption_high_v: 3.5,
            absorption_high_db: 12.5,
            bandwidth_ghz: 38.0,
            peaking_db: 0.0,
            chirp_alpha_0: 1.2,
            chirp_alpha_1_per_v: 0.8,
            edge_drift_nm_per_k: 0.5,     // InGaAlAs quantum wells, assumed
            edge_mv_per_nm: 37.5,         // 15 mV/K for 0.4 nm/K, assumed
            bias_tracking_mv_per_k: 15.0, // 10 to 20 mV/K of uncooled EMLs, assumed
            coupling_loss_db: 3.0,
            response: Response::default(),
            curve: Transmission::default(),
        }
    }
}

impl Eml {
    /// Exponent a and voltage V0 of the absorption curve.
    pub fn absorption(&self) -> (f64, f64) {
        let neper = db_from_power_ratio(std::f64::consts::E);
        let a = (self.absorption_high_db / self.absorption_low_db).ln()
            / (self.absorption_high_v / self.absorption_low_v).ln();
        (a, self.absorption_low_v * (neper / self.absorption_low_db).powf(1.0 / a))
    }

    /// Chirp parameter at a drive voltage relative to the bias.
    pub fn chirp(&self, drive_v: f64) -> f64 {
        self.chirp_alpha_0 - self.chirp_alpha_1_per_v * (self.bias_v + drive_v).abs()
    }

    /// Reverse voltage that a temperature adds: of the absorption edge, less the bias's tracking,
    /// V.
    fn warmth_v(&self, temperature: Temperature) -> f64 {
        let thermal = &self.laser.thermal;
        let nearer_nm_per_k = self.edge_drift_nm_per_k - thermal.drift_nm_per_k;
        let mv_per_k = nearer_nm_per_k * self.edge_mv_per_nm - self.bias_tracking_mv_per_k;
        milli(mv_per_k * thermal.rise_k(temperature))
    }

    /// Reads its files and returns the modulator; `None` if a necessary file was refused.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<EmlModel> {
        let laser = self.laser.model(&at.key("laser"), files);
        let driver = self.driver.model(&at.key("driver"), files);
        let measured = files.response(&at.key("response"), &self.response, ResponseDomain::Optical);
        let at = at.key("curve");
        let kind = SeriesKind::Transmission(self.curve.unit);
        let curve = files.curve(&at, "file", &self.curve.file, kind);
        let warmth_v = self.warmth_v(files.temperature());
        let reached_v =
            warmth_v - self.bias_v + driver.settled_v(-1.0).abs().max(driver.settled_v(1.0).abs());
        if let Some(last_v) = curve.as_ref().map(|ln_t| ln_t.last())
            && last_v < reached_v
        {
            let remedy = format!(
                "ends at {:.2} V; must reach the voltage of bias and full drive, {:.2} V",
                -last_v, -reached_v
            );
            files.problems().report(&at, "file", &self.curve.file, remedy);
        }
        let low_pass =
            || Shape::low_pass(Family::Bessel, 2, giga(self.bandwidth_ghz), self.peaking_db);
        Some(EmlModel {
            laser: laser?,
            driver,
            electrode: measured.map_or_else(low_pass, Shape::Table),
            curve,
            warmth_v,
            eml: self.clone(),
        })
    }
}

impl ModulatorSheet for Eml {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.laser.check(&at.key("laser"), problems);
        self.driver.check(&at.key("driver"), problems);
        problems.range(at, "bias_v", self.bias_v, -20.0..=0.0);
        problems.range(at, "absorption_low_v", self.absorption_low_v, 0.01..=20.0);
        problems.range(at, "absorption_low_db", self.absorption_low_db, 0.01..=60.0);
        problems.range(at, "absorption_high_v", self.absorption_high_v, 0.01..=20.0);
        problems.range(at, "absorption_high_db", self.absorption_high_db, 0.01..=60.0);
        if self.absorption_high_v <= self.absorption_low_v {
            problems.report(
                at,
                "absorption_high_v",
                self.absorption_high_v,
                "must be above absorption_low_v",
            );
        }
        if self.absorption_high_db <= self.absorption_low_db {
            problems.report(
                at,
                "absorption_high_db",
                self.absorption_high_db,
                "must be above absorption_low_db",
            );
        }
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.range(at, "peaking_db", self.peaking_db, 0.0..=12.0);
        problems.range(at, "chirp_alpha_0", self.chirp_alpha_0, -20.0..=20.0);
        problems.range(at, "chirp_alpha_1_per_v", self.chirp_alpha_1_per_v, -20.0..=20.0);
        problems.range(at, "edge_drift_nm_per_k", self.edge_drift_nm_per_k, 0.0..=5.0);
        problems.range(at, "edge_mv_per_nm", self.edge_mv_per_nm, 0.0..=1000.0);
        let tracking = self.bias_tracking_mv_per_k;
        problems.range(at, "bias_tracking_mv_per_k", tracking, -200.0..=200.0);
        problems.range(at, "coupling_loss_db", self.coupling_loss_db, 0.0..=60.0);
    }

    fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        Some(Arc::new(self.read(at, files)?))
    }

    fn impairments(&self, at: &KeyPath, drive: f64, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Transmitter, name);
        self.driver.impairments(&at.key("driver"), drive, list);
        let wide = bandwidth(new("EML bandwidth"), at, &self.response.file, self.bandwidth_ghz);
        list.push(wide.with(at, "peaking_db", self.peaking_db, 0.0));
        list.push(new("EML chirp").with(at, "chirp_alpha_0", self.chirp_alpha_0, 0.0).with(
            at,
            "chirp_alpha_1_per_v",
            self.chirp_alpha_1_per_v,
            0.0,
        ));
        let because = "its absorption curve gives levels, extinction ratio and OMA together";
        list.push_inseparable(Part::Transmitter, "EML nonlinearity", because);
        self.laser.impairments(&at.key("laser"), list);
    }

    fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let new = |name: &str, key, deviation, source: &str| {
            Tolerance::new(Part::Transmitter, name, at, key, deviation, source)
        };
        self.driver.tolerances(&at.key("driver"), list);
        list.push(new(
            "EML bandwidth",
            ("bandwidth_ghz", self.bandwidth_ghz),
            Deviation::Percent(5.7),
            "4 of 70 GHz, assumed",
        ));
        list.push(
            new(
                "EML absorption",
                ("absorption_low_db", self.absorption_low_db),
                Deviation::Percent(8.0),
                "0.4 dB of an extinction ratio of 5 dB, assumed",
            )
            .and(at, "absorption_high_db", self.absorption_high_db),
        );
        let volts = Deviation::Absolute(0.05);
        list.push(new("EML bias", ("bias_v", self.bias_v), volts, "setting of a bias, assumed"));
        list.push(
            new(
                "EML coupling loss",
                ("coupling_loss_db", self.coupling_loss_db),
                Deviation::Absolute(0.26),
                "misalignment of 0.3 um at a mode radius of 1.75 um, derived",
            )
            .exponential(),
        );
        self.laser.tolerances(&at.key("laser"), list);
    }

    fn misalign(&mut self, alignment: &Alignment) {
        let [_, fibre_db] = alignment.losses_db(self.laser.wavelength_nm);
        self.coupling_loss_db += fibre_db;
    }

    fn about(&self) -> &'static str {
        "EML: absorption curve, bandwidth, voltage-dependent chirp, driver saturation and noise, RIN, linewidth"
    }
}

/// An absorption modulator with its files read.
#[derive(Clone, Debug)]
pub struct EmlModel {
    eml: Eml,
    laser: LaserModel,
    driver: DriverModel,
    electrode: Shape,
    /// Reverse voltage that the temperature adds, V.
    warmth_v: f64,
    /// ln of the transmission over reverse voltage.
    curve: Option<Arc<Monotone>>,
}

impl EmlModel {
    /// Field in the fibre at a drive voltage relative to the bias, sqrt(W).
    pub fn field(&self, drive_v: f64) -> Complex64 {
        let reverse_v = (self.warmth_v - (self.eml.bias_v + drive_v)).max(0.0);
        let (absorbed, moment) = self.absorbed(reverse_v);
        let phase =
            -0.5 * (self.eml.chirp_alpha_0 * absorbed - self.eml.chirp_alpha_1_per_v * moment);
        let power_w = self.laser.power_w * power_ratio(-self.eml.coupling_loss_db);
        Complex64::from_polar((power_w * (-absorbed).exp()).sqrt(), phase)
    }

    /// -ln T at a reverse voltage, and the integral of V d(-ln T) from no voltage, V.
    fn absorbed(&self, reverse_v: f64) -> (f64, f64) {
        if let Some(ln_t) = &self.curve {
            let start_v = ln_t.first().max(0.0); // by parts; below its first point T is one
            let at = reverse_v.clamp(start_v, ln_t.last().max(start_v));
            return (
                -ln_t.at(at),
                ln_t.integral(at) - ln_t.integral(start_v) - at * ln_t.at(at)
                    + start_v * ln_t.at(start_v),
            );
        }
        let (a, v0) = self.eml.absorption();
        let u = reverse_v / v0;
        (u.powf(a), v0 * a / (a + 1.0) * u.powf(a + 1.0))
    }
}

impl Modulator for EmlModel {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let reach_v = 2.0 * self.driver.peak_v();
        let light = self
            .driver
            .extend(drive.volts())
            .response::<Volt>(self.electrode.clone())
            .map(FieldMap::new("eml", reach_v, |v| self.field(v)));
        self.laser.extend(light, "eml", context.lane)
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        let power_w = |drive: f64| self.field(self.driver.settled_v(drive)).norm_sqr();
        (power_w(drive) - power_w(-drive)).abs()
    }

    fn mean_power_w(&self, drive: f64) -> f64 {
        let power_w = |drive: f64| self.field(self.driver.settled_v(drive)).norm_sqr();
        0.5 * (power_w(drive) + power_w(-drive))
    }

    fn rin_per_hz(&self, band_hz: f64) -> Option<f64> {
        Some(self.laser.mean_rin_per_hz(band_hz))
    }

    fn wavelength_nm(&self) -> f64 {
        self.laser.wavelength_nm
    }

    fn reference_wavelength_nm(&self) -> f64 {
        self.laser.reference_wavelength_nm
    }

    fn linewidth_hz(&self) -> f64 {
        self.laser.linewidth_hz
    }

    fn about(&self) -> &str {
        self.eml.about()
    }

    fn warnings(&self) -> Vec<String> {
        self.laser.short_of_power.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::Library;

    fn model(eml: &Eml) -> EmlModel {
        let (library, mut problems) = (Library::default(), Problems::new());
        eml.read(&KeyPath::root(), &mut FileReader::new(&library, &mut problems)).unwrap()
    }

    /// devices.md 1.2: 3.25 dB at 2 V and 12.5 dB at 3.5 V give a = 2.41, V0 = 2.26 V, to the
    /// digits given.
    #[test]
    fn the_absorption_curve_runs_through_its_two_points() {
        let eml = Eml::default();
        let (a, v0) = eml.absorption();
        assert!((a - 2.41).abs() < 0.005 && (v0 - 2.26).abs() < 0.005, "{a} {v0}");
        let model = model(&eml);
        let power = |v: f64| model.field(-v - eml.bias_v).norm_sqr();
        assert!((db_from_power_ratio(power(0.0) / power(2.0)) - 3.25).abs() < 1e-9);
        assert!((db_from_power_ratio(power(0.0) / power(3.5)) - 12.5).abs() < 1e-9);
    }

    /// Ten kelvin of an uncooled chip are 0.4 nm, 150 mV of the edge: the curve at -1.8 V is that
    /// of -1.95 V at the reference, chirp included; with tracking of 15 mV/K nothing moves, nor
    /// does a cooled chip. The laser's 60 mW fall as its law says.
    #[test]
    fn an_uncooled_modulator_moves_along_its_absorption_curve() {
        let hot = Temperature { case_c: 60.0, reference_c: 50.0 };
        let at = |eml: &Eml, temperature| {
            let (library, mut problems) = (Library::default(), Problems::new());
            let mut files = FileReader::new(&library, &mut problems).at_temperature(temperature);
            eml.read(&KeyPath::root(), &mut files).unwrap()
        };
        let mut eml = Eml { bias_tracking_mv_per_k: 0.0, ..Eml::default() };
        assert_eq!(at(&eml, hot).field(0.1), model(&eml).field(0.1));
        eml.laser.thermal.cooled = false;
        let (warm, cold) = (at(&eml, hot), model(&eml));
        let power_ratio = warm.laser.power_w / cold.laser.power_w;
        assert!(power_ratio < 0.9, "{power_ratio}");
        for drive_v in [-0.5, 0.0, 0.5] {
            let moved = cold.field(drive_v - 0.15) * power_ratio.sqrt();
            assert!((warm.field(drive_v) - moved).norm() < 1e-9 * moved.norm(), "{drive_v}");
        }
        assert!((warm.laser.wavelength_nm - cold.laser.wavelength_nm - 1.0).abs() < 1e-9);
        eml.bias_tracking_mv_per_k = 15.0;
        let tracked = at(&eml, hot).field(0.3) / power_ratio.sqrt();
        assert!((tracked - cold.field(0.3)).norm() < 1e-9 * tracked.norm());
    }

    /// Along the curve d phi = alpha / 2 d ln P: central differences of 1e-4 V leave 1e-7 of it.
    #[test]
    fn the_phase_is_half_the_chirp_parameter_times_the_change_of_ln_power() {
        let eml = Eml::default();
        let model = model(&eml);
        for drive_v in [-0.7, -0.2, 0.0, 0.4, 0.7] {
            let (low, high) = (model.field(drive_v - 1e-4), model.field(drive_v + 1e-4));
            let alpha = 2.0 * (high.arg() - low.arg()) / (high.norm_sqr() / low.norm_sqr()).ln();
            assert!((alpha - eml.chirp(drive_v)).abs() < 1e-5, "{drive_v}: {alpha}");
        }
    }
}
