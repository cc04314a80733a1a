//! Thin-film lithium niobate Mach-Zehnder modulator fed by a continuous-wave laser.

use super::alignment::Alignment;
use super::driver::{Driver, DriverModel};
use super::field_map::FieldMap;
use super::laser::{Laser, LaserModel};
use super::laser_feed::fed_w;
use super::modulator::{Drive, Modulator, ModulatorSheet};
use crate::chain::{Chain, Shape};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileReader, Response, ResponseDomain};
use crate::sheet::{Impairment, Impairments, Part, Tolerance};
use crate::signal::{Field, Volt};
use crate::units::{LIGHT_M_PER_S, centi, giga, milli, neper, power_ratio};
use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::sync::Arc;

/// A thin-film lithium niobate modulator, its arms driven in push-pull by one ground-signal-ground
/// electrode; one laser feeds several.
///
/// ```text
/// E = sqrt(P) (k e^(j phi / 2) + (1 - k) e^(-j phi / 2 + j (pi/2 - eps))),   phi = pi v L / VpiL
/// ```
///
/// In: volts of full scale -1 .. 1; the driver's output is the voltage v. Out: field in the fibre,
/// sqrt(W). The Pockels effect is linear: no loss changes with the voltage, and there is no chirp
/// but by imbalance. The electrode has no junction: its loss is the skin effect's, which with the
/// mismatch of velocities makes the response of a matched travelling wave.
///
/// # Limits
///
/// No drift of the bias, no photorefraction, no acoustic resonances.
///
/// # Reference
///
/// C. Wang et al., *Integrated lithium niobate electro-optic modulators operating at
/// CMOS-compatible voltages*, Nature 562 (2018) 101; electrode as in H. Chung, W. Chang, E. Adler,
/// *Modeling and optimization of traveling-wave LiNbO3 interferometric modulators*, IEEE JQE 27
/// (1991).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tfln {
    /// The laser that feeds `lanes_per_laser` modulators.
    pub laser: Laser,
    /// Modulators on one laser: 1 to 8.
    pub lanes_per_laser: usize,
    /// Excess loss of each 1:2 stage of the power splitter, dB.
    pub splitter_excess_db: f64,
    /// Fibre and connectors between an external laser and the chip, dB.
    pub laser_fibre_loss_db: f64,
    /// Laser or its fibre to chip, dB.
    pub laser_coupling_loss_db: f64,
    /// On the chip, at full transmission, dB.
    pub insertion_loss_db: f64,
    /// Chip to fibre, dB.
    pub fibre_coupling_loss_db: f64,
    /// The driver.
    pub driver: Driver,
    /// Length of the electrode, mm.
    pub length_mm: f64,
    /// Half-wave voltage times length, V cm.
    pub vpi_l_v_cm: f64,
    /// Static extinction ratio, by the imbalance of splitter and combiner, dB.
    pub extinction_ratio_db: f64,
    /// Departure from quadrature, degrees.
    pub bias_error_deg: f64,
    /// Skin loss of the electrode, dB / (cm sqrt(GHz)).
    pub skin_loss_db_per_cm_rtghz: f64,
    /// Microwave index less optical group index.
    pub index_mismatch: f64,
    /// A measured electro-optic response in place of the electrode.
    pub response: Response,
}

impl Default for Tfln {
    fn default() -> Self {
        Tfln {
            laser: Laser { power_dbm: 17.5, rin_db_per_hz: -148.0, ..Laser::default() },
            lanes_per_laser: 4,
            splitter_excess_db: 0.19,
            laser_fibre_loss_db: 0.0,
            laser_coupling_loss_db: 2.0,
            insertion_loss_db: 1.5,
            fibre_coupling_loss_db: 1.8,
            driver: Driver {
                swing_vpp: 1.0,
                saturation_vpp: 2.0,
                noise_nv_per_rthz: 15.0,
                ..Driver::default()
            },
            length_mm: 7.0,
            vpi_l_v_cm: 2.2,
            extinction_ratio_db: 25.0,
            bias_error_deg: 0.0,
            skin_loss_db_per_cm_rtghz: 0.35,
            index_mismatch: 0.02,
            response: Response::default(),
        }
    }
}

impl Tfln {
    /// Half-wave voltage, V.
    pub fn half_wave_v(&self) -> f64 {
        self.vpi_l_v_cm / (milli(self.length_mm) / centi(1.0))
    }

    /// Response of the electrode by its model.
    pub fn electrode_shape(&self) -> Shape {
        let length_m = milli(self.length_mm);
        let skin = neper(self.skin_loss_db_per_cm_rtghz * length_m / centi(1.0));
        Shape::TravellingWave {
            skin_neper: skin / giga(1.0).sqrt(),
            junction_neper: 0.0,
            skew_s: self.index_mismatch * length_m / LIGHT_M_PER_S,
        }
    }

    /// Power ratio of splitter and combiner towards the first arm: that of the intrinsic
    /// extinction ratio.
    fn imbalance(&self) -> f64 {
        // (1 - 2 k)^2 is the transmission at extinction
        0.5 * (1.0 + power_ratio(-self.extinction_ratio_db).sqrt())
    }
}

impl ModulatorSheet for Tfln {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.laser.check(&at.key("laser"), problems);
        self.driver.check(&at.key("driver"), problems);
        problems.count(at, "lanes_per_laser", self.lanes_per_laser, 1..=8);
        problems.range(at, "splitter_excess_db", self.splitter_excess_db, 0.0..=10.0);
        problems.range(at, "laser_fibre_loss_db", self.laser_fibre_loss_db, 0.0..=60.0);
        problems.range(at, "laser_coupling_loss_db", self.laser_coupling_loss_db, 0.0..=60.0);
        problems.range(at, "insertion_loss_db", self.insertion_loss_db, 0.0..=60.0);
        problems.range(at, "fibre_coupling_loss_db", self.fibre_coupling_loss_db, 0.0..=60.0);
        problems.range(at, "length_mm", self.length_mm, 0.05..=100.0);
        problems.range(at, "vpi_l_v_cm", self.vpi_l_v_cm, 0.01..=50.0);
        problems.range(at, "extinction_ratio_db", self.extinction_ratio_db, 1.0..=60.0);
        problems.range(at, "bias_error_deg", self.bias_error_deg, -90.0..=90.0);
        problems.range(at, "skin_loss_db_per_cm_rtghz", self.skin_loss_db_per_cm_rtghz, 0.0..=50.0);
        problems.range(at, "index_mismatch", self.index_mismatch, -10.0..=10.0);
    }

    fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        let laser = self.laser.model(&at.key("laser"), files);
        let driver = self.driver.model(&at.key("driver"), files);
        let measured = files.response(&at.key("response"), &self.response, ResponseDomain::Optical);
        let electrode = measured.map_or_else(|| self.electrode_shape(), Shape::Table);
        Some(Arc::new(TflnModel { tfln: self.clone(), laser: laser?, driver, electrode }))
    }

    fn impairments(&self, at: &KeyPath, drive: f64, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Transmitter, name);
        self.driver.impairments(&at.key("driver"), drive, list);
        let measured = !self.response.file.is_empty();
        list.push(
            new("TFLN bandwidth")
                .with_if(measured, &at.key("response"), "file", "")
                .with(at, "skin_loss_db_per_cm_rtghz", self.skin_loss_db_per_cm_rtghz, 0.0)
                .with(at, "index_mismatch", self.index_mismatch, 0.0),
        );
        list.push(new("TFLN bias error").with(at, "bias_error_deg", self.bias_error_deg, 0.0));
        let extinction_db = self.extinction_ratio_db;
        list.push(new("TFLN imbalance").with(at, "extinction_ratio_db", extinction_db, 60.0));
        let because = "its sine gives levels, extinction ratio and OMA together";
        list.push_inseparable(Part::Transmitter, "TFLN nonlinearity", because);
        self.laser.impairments(&at.key("laser"), list);
    }

    fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        self.driver.tolerances(&at.key("driver"), list);
        self.own_tolerances(at, list);
        self.laser.tolerances(&at.key("laser"), list);
    }

    fn misalign(&mut self, alignment: &Alignment) {
        let [laser_db, fibre_db] = alignment.losses_db(self.laser.wavelength_nm);
        self.laser_coupling_loss_db += laser_db;
        self.fibre_coupling_loss_db += fibre_db;
    }

    fn lanes_per_laser(&self) -> usize {
        self.lanes_per_laser
    }

    fn about(&self) -> &'static str {
        "thin-film lithium niobate MZM on a shared CW laser: linear phase without loss, splitter imbalance, bias error, travelling-wave \
         electrode without junction, driver saturation and noise, RIN, linewidth"
    }
}

/// A thin-film lithium niobate modulator with its files read.
#[derive(Clone, Debug)]
struct TflnModel {
    tfln: Tfln,
    laser: LaserModel,
    driver: DriverModel,
    electrode: Shape,
}

impl TflnModel {
    /// Field in the fibre at a drive voltage, sqrt(W).
    fn field(&self, drive_v: f64) -> Complex64 {
        let half = PI / 2.0 * drive_v / self.tfln.half_wave_v();
        let k = self.tfln.imbalance();
        let quadrature = PI / 2.0 - self.tfln.bias_error_deg.to_radians();
        let arms =
            Complex64::from_polar(k, half) + Complex64::from_polar(1.0 - k, quadrature - half);
        arms * self.power_before_modulation_w().sqrt()
    }

    /// Power in the fibre at full transmission, W.
    fn power_before_modulation_w(&self) -> f64 {
        let loss_db = self.tfln.laser_fibre_loss_db
            + self.tfln.laser_coupling_loss_db
            + self.tfln.insertion_loss_db
            + self.tfln.fibre_coupling_loss_db;
        let (lanes, excess_db) = (self.tfln.lanes_per_laser, self.tfln.splitter_excess_db);
        fed_w(self.laser.power_w, lanes, excess_db) * power_ratio(-loss_db)
    }

    /// Powers of settled drives of +-`drive`, W.
    fn settled_w(&self, drive: f64) -> [f64; 2] {
        [drive, -drive].map(|drive| self.field(self.driver.settled_v(drive)).norm_sqr())
    }
}

impl Modulator for TflnModel {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let reach_v = 2.0 * self.driver.peak_v();
        let light = self
            .driver
            .extend(drive.volts())
            .response::<Volt>(self.electrode.clone())
            .map(FieldMap::new("tfln", reach_v, |v| self.field(v)));
        self.laser.extend(light, "tfln", context.lane / self.tfln.lanes_per_laser)
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        let [high, low] = self.settled_w(drive);
        (high - low).abs()
    }

    fn mean_power_w(&self, drive: f64) -> f64 {
        0.5 * self.settled_w(drive).iter().sum::<f64>()
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
        self.tfln.about()
    }

    fn warnings(&self) -> Vec<String> {
        self.laser.short_of_power.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::prototype::half_power;
    use crate::measured::Library;
    use crate::units::{db_from_amplitude_ratio, db_from_power_ratio};

    fn model(tfln: Tfln) -> TflnModel {
        let (library, mut problems) = (Library::default(), Problems::new());
        let mut files = FileReader::new(&library, &mut problems);
        TflnModel {
            laser: tfln.laser.model(&KeyPath::root(), &mut files).unwrap(),
            driver: tfln.driver.model(&KeyPath::root(), &mut files),
            electrode: tfln.electrode_shape(),
            tfln,
        }
    }

    /// 10 mm of 2.2 V cm has 2.2 V and falls by 1.4 dB at 67 GHz (published, devices.md 2.3).
    #[test]
    fn the_electrode_has_the_published_voltage_and_roll_off() {
        let published = Tfln { length_mm: 10.0, ..Tfln::default() };
        assert!((published.half_wave_v() - 2.2).abs() < 1e-12);
        let shape = Tfln { index_mismatch: 0.0, ..published }.electrode_shape();
        let fall_db = -db_from_amplitude_ratio(shape.at(67e9).norm());
        assert!((fall_db - 1.4).abs() < 0.1, "{fall_db}");
        let bandwidth_hz =
            1e9 * half_power(|w| Tfln::default().electrode_shape().at(w * 1e9).norm());
        assert!(bandwidth_hz > 200e9, "{bandwidth_hz}");
    }

    /// Half a turn from one extreme to the other: power goes as (1 + V sin(phi)) / 2 with the
    /// visibility of the extinction ratio, and without imbalance the phase of the field stays.
    #[test]
    fn its_power_is_a_sine_without_chirp() {
        let whole = Tfln { extinction_ratio_db: 20.0, ..Tfln::default() };
        let half_wave_v = whole.half_wave_v();
        let tfln = model(whole.clone());
        let power = |v: f64| tfln.field(v).norm_sqr();
        let (high, low) = (power(half_wave_v / 2.0), power(-half_wave_v / 2.0));
        assert!((db_from_power_ratio(high / low) - 20.0).abs() < 1e-9);
        let middle = 0.5 * (high + low);
        for v in [-0.9, -0.2, 0.4, 1.1] {
            let sine = middle + 0.5 * (high - low) * (PI * v / half_wave_v).sin();
            assert!((power(v) / sine - 1.0).abs() < 1e-9, "{v}");
        }
        let balanced = model(Tfln { extinction_ratio_db: 60.0, ..whole });
        let turn = balanced.field(0.5).arg() - balanced.field(-0.5).arg();
        assert!(turn.abs() < 1e-2, "{turn}");
    }
}
