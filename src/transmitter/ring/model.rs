//! A micro-ring modulator with its files read.

use super::coupled_mode::CoupledMode;
use super::detuning::{Detuning, OuterDrives, Side};
use super::resonator::Resonator;
use super::self_heating::{ThermalState, detunings_pm};
use super::sheet::Ring;
use crate::chain::{Chain, Density, Law, Lookup, Map, Noise, NoiseOrigin, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::monotone::Monotone;
use crate::math::prototype::Family;
use crate::measured::{BuildContext, FileReader};
use crate::serdes::WIDE_GHZ;
use crate::sheet::{Impairment, Impairments, Part, Temperature, Tolerance};
use crate::signal::{Field, Grid, Volt};
use crate::transmitter::alignment::Alignment;
use crate::transmitter::driver::DriverModel;
use crate::transmitter::laser::LaserModel;
use crate::transmitter::laser_feed::fed_w;
use crate::transmitter::modulator::{Drive, Modulator, ModulatorSheet};
use crate::units::{giga, micro, milli, power_ratio};
use num_complex::{Complex32, Complex64};
use std::f64::consts::{PI, TAU};
use std::sync::{Arc, OnceLock};

/// Symbol rate at which the heating by a pattern is solved where none is expected, Hz.
const SYMBOL_RATE_HZ: f64 = 53.125e9;
/// Picometres in a nanometre.
const PM_PER_NM: f64 = 1000.0;
/// Points of the junction's law over the drive.
const LAW_POINTS: u32 = 64;
/// Smallest reach of a drive, V.
const REACH_MIN_V: f64 = 0.000_001;
/// Part of the resonance's width beyond which a wander of the temperature counts (assumed).
const WANDER_MAX: f64 = 0.005;

impl Ring {
    /// Reads its files and returns the modulator; `None` if a necessary file was refused or a
    /// parameter is out of its range.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<RingModel> {
        let mut out_of_range = Problems::new();
        self.check_ranges(at, &mut out_of_range);
        if !out_of_range.is_empty() {
            return None; // reported by the check
        }
        let laser = self.laser.model(&at.key("laser"), files);
        let driver = self.driver.model(&at.key("driver"), files);
        // a depletion junction is not driven into conduction
        let least_v = driver.peak_v() - 0.5 * self.built_in_v;
        if self.reverse_bias_v < least_v {
            let remedy = format!("must keep the junction from conducting: at least {least_v:.2}");
            files.problems().report(at, "reverse_bias_v", self.reverse_bias_v, remedy);
        }
        let symbol_rate_hz = files.symbol_rate_hz();
        let (sheet, heater_at_its_end) = self.heated(files.temperature());
        let model = RingModel {
            heater_at_its_end,
            ..RingModel::new(sheet, laser?, driver, symbol_rate_hz)
        };
        let most = 0.9 / model.reach_v();
        if self.loss_fall_per_v > most {
            let remedy = format!("must leave a loss at twice the full drive: at most {most:.3}");
            files.problems().report(at, "loss_fall_per_v", self.loss_fall_per_v, remedy);
        }
        Some(model)
    }
}

impl Ring {
    /// The ring at a temperature: what its heater cannot follow is a lock error, with a warning.
    fn heated(&self, temperature: Temperature) -> (Ring, Option<String>) {
        let drift_nm = temperature.rise_k() * self.shift_pm_per_k / PM_PER_NM;
        let needed_nm = self.heater_nm + self.laser.thermal.drift_nm(temperature) - drift_nm;
        let given_nm = needed_nm.clamp(0.0, self.heater_range_nm.max(0.0));
        if needed_nm == given_nm {
            return (self.clone(), None);
        }
        let error_pm = (given_nm - needed_nm) * PM_PER_NM;
        let warning = format!(
            "the ring's heater is at its end at a case of {} degrees Celsius: it should shift the \
             resonance by {needed_nm:.2} nm, within 0 and {} nm; the resonance is off by \
             {error_pm:.0} pm",
            temperature.case_c, self.heater_range_nm
        );
        let lock_error_pm = self.lock_error_pm + error_pm;
        (Ring { lock_error_pm, ..self.clone() }, Some(warning))
    }
}

impl ModulatorSheet for Ring {
    fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.check_ranges(at, problems);
    }

    fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        Some(Arc::new(self.read(at, files)?))
    }

    fn misalign(&mut self, alignment: &Alignment) {
        let [laser_db, fibre_db] = alignment.losses_db(self.laser.wavelength_nm);
        self.laser_coupling_loss_db += laser_db;
        self.fibre_coupling_loss_db += fibre_db;
    }

    fn lanes_per_laser(&self) -> usize {
        self.lanes_per_laser
    }

    fn impairments(&self, at: &KeyPath, drive: f64, list: &mut Impairments) {
        let new = |name: &str| Impairment::new(Part::Transmitter, name);
        self.driver.impairments(&at.key("driver"), drive, list);
        let junction = self.junction_bandwidth_ghz;
        for (name, key, now, ideal) in [
            ("ring junction bandwidth", "junction_bandwidth_ghz", junction, WIDE_GHZ),
            ("ring lock error", "lock_error_pm", self.lock_error_pm, 0.0),
            ("ring temperature step", "temperature_step_k", self.temperature_step_k, 0.0),
            ("ring loss change", "loss_fall_per_v", self.loss_fall_per_v, 0.0),
        ] {
            list.push(new(name).with(at, key, now, ideal));
        }
        for (name, because) in [
            ("ring photon lifetime", "its resonance gives extinction ratio and OMA too"),
            ("ring nonlinearity", "its resonance gives levels, extinction ratio and OMA together"),
        ] {
            list.push_inseparable(Part::Transmitter, name, because);
        }
        self.laser.impairments(&at.key("laser"), list);
    }

    fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        self.driver.tolerances(&at.key("driver"), list);
        self.own_tolerances(at, list);
        self.laser.tolerances(&at.key("laser"), list);
    }

    fn about(&self) -> &'static str {
        "silicon micro-ring on a shared CW laser: coupled-mode field with photon lifetime, depletion \
         shift and loss, junction pole, detuning by OMA, extinction ratio or error ratio, \
         self-heating with bistability, lock error and temperature, laser frequency noise as RIN, \
         driver saturation and noise, RIN, linewidth"
    }
}

/// A ring with its files read.
#[derive(Clone, Debug)]
pub struct RingModel {
    sheet: Ring,
    laser: LaserModel,
    driver: DriverModel,
    /// Sign of the drive in the reverse voltage.
    direction: f64,
    ring: Resonator,
    lock_pm: f64,
    symbol_rate_hz: f64,
    /// The state, and the rms of its wander with the data, pm; solved when first needed.
    state: OnceLock<(ThermalState, f64)>,
    /// Warning of a heater that cannot hold the detuning at the temperature.
    heater_at_its_end: Option<String>,
    /// Steps per sample of the coupled-mode equation, over those that its accuracy needs.
    step_factor: usize,
}

impl RingModel {
    pub(super) fn new(
        sheet: Ring,
        laser: LaserModel,
        driver: DriverModel,
        symbol_rate_hz: Option<f64>,
    ) -> RingModel {
        let on_red = match sheet.detuning {
            Detuning::Given | Detuning::Ber => sheet.detuning_pm > 0.0,
            Detuning::Oma | Detuning::Er => sheet.side == Side::Red,
        };
        let direction = if on_red { -1.0 } else { 1.0 };
        let mut model = RingModel {
            ring: sheet.resonator(direction),
            direction,
            lock_pm: sheet.detuning_pm,
            symbol_rate_hz: symbol_rate_hz.unwrap_or(SYMBOL_RATE_HZ),
            state: OnceLock::new(),
            heater_at_its_end: None,
            step_factor: 1,
            sheet,
            laser,
            driver,
        };
        let side = if on_red { Side::Red } else { Side::Blue };
        let outer = OuterDrives {
            ring: &model.ring,
            high_v: model.settled_v(1.0),
            low_v: model.settled_v(-1.0),
            side,
        };
        model.lock_pm = match model.sheet.detuning {
            Detuning::Given | Detuning::Ber => model.sheet.detuning_pm,
            Detuning::Oma => outer.of_largest_oma(),
            Detuning::Er => outer.of_extinction_ratio(power_ratio(model.sheet.target_er_db)),
        };
        model
    }

    /// The same with this many times the steps of the coupled-mode equation, to measure their
    /// error.
    #[must_use]
    pub fn with_steps(self, step_factor: usize) -> RingModel {
        RingModel { step_factor, ..self }
    }

    /// Straightened drive of a voltage of the driver, V; see [`Ring::straightened_v`].
    fn straightened_v(&self, drive_v: f64) -> f64 {
        self.direction * self.sheet.straightened_v(self.direction * drive_v)
    }

    /// Straightened drive of a settled input of -1 .. 1, V.
    fn settled_v(&self, drive: f64) -> f64 {
        self.straightened_v(self.driver.settled_v(drive))
    }

    /// Largest straightened drive, at twice the driver's peak, V.
    pub(super) fn reach_v(&self) -> f64 {
        let peak_v = 2.0 * self.driver.peak_v();
        self.straightened_v(peak_v).abs().max(self.straightened_v(-peak_v).abs()).max(REACH_MIN_V)
    }

    /// Power in the waveguide before the ring, W.
    pub fn power_at_ring_w(&self) -> f64 {
        let ring = &self.sheet;
        let loss_db =
            ring.laser_fibre_loss_db + ring.laser_coupling_loss_db + ring.insertion_loss_db;
        let lanes = ring.lanes_per_laser;
        fed_w(self.laser.power_w, lanes, ring.splitter_excess_db) * power_ratio(-loss_db)
    }

    /// Power in the fibre at full transmission, W.
    pub fn power_before_modulation_w(&self) -> f64 {
        self.power_at_ring_w() * power_ratio(-self.sheet.fibre_coupling_loss_db)
    }

    /// Detuning that the heater was locked to, pm.
    pub fn lock_pm(&self) -> f64 {
        self.lock_pm
    }

    /// The detuning and the temperature in operation.
    pub fn state(&self) -> &ThermalState {
        &self.solved().0
    }

    /// The state, and the rms of its wander with the data, pm.
    fn solved(&self) -> &(ThermalState, f64) {
        self.state.get_or_init(|| {
            let shift_pm = self.sheet.lock_error_pm
                + self.sheet.temperature_step_k * self.sheet.shift_pm_per_k;
            let (heating, wander) = self.heating();
            let state = ThermalState::of(&heating, self.lock_pm, shift_pm);
            let wander_pm = wander.at(state.detuning_pm);
            (state, wander_pm)
        })
    }

    /// Field in the fibre at a settled drive of -1 .. 1, sqrt(W).
    pub fn settled_field(&self, drive: f64) -> Complex64 {
        self.ring.transfer(self.state().detuning_pm, self.settled_v(drive))
            * self.power_before_modulation_w().sqrt()
    }

    /// Shift of the resonance per power lost in the ring, pm/W.
    fn heating_pm_per_w(&self) -> f64 {
        self.sheet.shift_pm_per_k * self.sheet.thermal_resistance_k_per_mw / milli(1.0)
            * self.sheet.heating_percent
            / 100.0
    }

    /// Shift by the light that a pattern leaves in the ring, pm, over the detuning, and the rms of
    /// its wander with the data.
    ///
    /// The pattern is every sequence of four levels once, each held for a symbol at full drive,
    /// after one pole of driver and junction, through the coupled-mode equation: energy in equals
    /// energy out, so the loss is the difference of the mean powers.
    fn heating(&self) -> (Monotone, Monotone) {
        let detunings = detunings_pm(self.ring.width_pm());
        let pm_per_w = self.heating_pm_per_w();
        if pm_per_w == 0.0 {
            let none = || Monotone::new(detunings.clone(), vec![0.0; detunings.len()]);
            return (none(), none());
        }
        let (grid, drive_v) = self.ensemble();
        let drive: Vec<f32> = drive_v.iter().map(|v| *v as f32).collect();
        let mut field = vec![Complex32::default(); drive.len()];
        let per_symbol = grid.samples_per_symbol;
        let peak_pm = pm_per_w * self.power_at_ring_w();
        // energy that a symbol leaves: its mean, and its deviation
        let lost = |detuning_pm: &f64| {
            CoupledMode::new(&self.ring, *detuning_pm, 1.0, self.reach_v(), grid)
                .apply(&drive, &mut field);
            let symbols: Vec<f64> = field
                .chunks(per_symbol)
                .map(|e| {
                    e.iter().map(|e| 1.0 - f64::from(e.norm_sqr())).sum::<f64>() / per_symbol as f64
                })
                .collect();
            let n = symbols.len() as f64;
            let mean = symbols.iter().sum::<f64>() / n;
            let square = symbols.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            (peak_pm * mean.max(0.0), peak_pm * square.sqrt())
        };
        let (means, deviations): (Vec<f64>, Vec<f64>) = detunings.iter().map(lost).unzip();
        // white data behind one pole of time tau: a symbol's share of 1 / (2 tau)
        let share = (1.0 / (2.0 * self.symbol_rate_hz * micro(self.sheet.thermal_time_us))).sqrt();
        let wander = deviations.into_iter().map(|deviation| share * deviation).collect();
        (Monotone::new(detunings.clone(), means), Monotone::new(detunings, wander))
    }

    /// Straightened drive of every sequence of four levels once, V.
    fn ensemble(&self) -> (Grid, Vec<f64>) {
        let levels = four_in_sequence();
        let (rate_hz, per_symbol) = (self.symbol_rate_hz, 4);
        let grid =
            Grid { symbol_rate_hz: rate_hz, symbols: levels.len(), samples_per_symbol: per_symbol };
        let step =
            1.0 - (-TAU * giga(self.sheet.junction_bandwidth_ghz) / grid.sample_rate_hz()).exp();
        let outer_v = [0, 1, 2, 3].map(|level| self.driver.settled_v(level as f64 / 1.5 - 1.0));
        let mut junction_v = outer_v[usize::from(levels[levels.len() - 1])];
        let samples = levels.iter().flat_map(|&level| [outer_v[usize::from(level)]; 4]);
        let drive = samples.map(|v| {
            junction_v += step * (v - junction_v);
            self.straightened_v(junction_v)
        });
        (grid, drive.collect())
    }
}

/// A de Bruijn sequence of four levels: every four of them once, by the greedy rule that prefers
/// the largest.
fn four_in_sequence() -> Vec<u8> {
    let mut seen = [false; 256];
    let mut levels = vec![0u8; 4];
    seen[0] = true;
    loop {
        let last = levels[levels.len() - 3..].iter().fold(0, |at, &l| 4 * at + usize::from(l));
        let next = (0..4u8).rev().find(|&l| !seen[4 * last + usize::from(l)]);
        let Some(level) = next else { break };
        seen[4 * last + usize::from(level)] = true;
        levels.push(level);
    }
    levels.truncate(256);
    levels
}

impl Modulator for RingModel {
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field> {
        let grid = drive.grid();
        let index = context.lane / self.sheet.lanes_per_laser;
        let pole = Shape::low_pass(Family::Bessel, 1, giga(self.sheet.junction_bandwidth_ghz), 0.0);
        let peak_v = (2.0 * self.driver.peak_v()).max(REACH_MIN_V);
        let at = |i: u32| peak_v * (2.0 * f64::from(i) / f64::from(LAW_POINTS) - 1.0);
        let volts = (0..=LAW_POINTS).map(at);
        let law =
            Monotone::new(volts.clone().collect(), volts.map(|v| self.straightened_v(v)).collect());
        let mut junction = self
            .driver
            .extend(drive.volts())
            .response::<Volt>(pole)
            .map::<Volt>(Lookup::new("ring.junction", &law));
        if self.laser.linewidth_hz > 0.0 {
            // a frequency shifts the detuning as this many volts do
            let v_per_hz = TAU / self.ring.shift_rad_per_s_v;
            let density = self.laser.linewidth_hz / PI * v_per_hz * v_per_hz;
            let name = format!("laser.ring{index}.frequency");
            junction = junction.noise(
                Noise::shared(&name, Law::Added, Density::White(density)).of(NoiseOrigin::Laser),
            );
        }
        let light = junction.map::<Field>(CoupledMode::with_steps(
            &self.ring,
            self.state().detuning_pm,
            self.power_before_modulation_w(),
            self.reach_v(),
            grid,
            self.step_factor,
        ));
        self.laser.extend(light, "ring", index)
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        let power_w = |drive: f64| self.settled_field(drive).norm_sqr();
        (power_w(drive) - power_w(-drive)).abs()
    }

    fn mean_power_w(&self, drive: f64) -> f64 {
        let power_w = |drive: f64| self.settled_field(drive).norm_sqr();
        0.5 * (power_w(drive) + power_w(-drive))
    }

    /// The laser's own, and that of its frequency noise at the slope without drive.
    fn rin_per_hz(&self, band_hz: f64) -> Option<f64> {
        const STEPS: u32 = 1000;
        let detuning_pm = self.state().detuning_pm;
        let response = |f_hz: f64| self.ring.small_signal(detuning_pm, f_hz).norm_sqr();
        let at = |i: u32| response((f64::from(i) + 0.5) / f64::from(STEPS) * band_hz);
        let falls = (0..STEPS).map(at).sum::<f64>() / f64::from(STEPS) / response(0.0);
        let slope = self.ring.slope_per_hz(detuning_pm);
        let converted = slope * slope * self.laser.linewidth_hz / PI * falls;
        Some(
            self.laser.mean_rin_per_hz(band_hz)
                + if converted.is_finite() { converted } else { 0.0 },
        )
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
        self.sheet.about()
    }

    fn warnings(&self) -> Vec<String> {
        let (state, wander_pm) = self.solved();
        let mut warnings: Vec<String> = self.laser.short_of_power.iter().cloned().collect();
        warnings.extend(self.heater_at_its_end.clone());
        if !state.holds_lock {
            warnings.push(format!(
                "the ring does not stay at its detuning of {:.1} pm: self-heating draws the \
                 resonance from there, to {:.1} pm; the blue side (below 0) is stable, less power \
                 at the ring or a larger detuning helps",
                self.lock_pm, state.detuning_pm
            ));
        }
        if !state.others_pm.is_empty() {
            let others: Vec<String> = state.others_pm.iter().map(|pm| format!("{pm:.1}")).collect();
            warnings.push(format!(
                "the ring is bistable: with the same heater it is stable at a detuning of {:.1} \
                 pm, where it comes from its lock and which is used, and at {} pm; after an \
                 interruption of the light it is at {:.1} pm",
                state.detuning_pm,
                others.join(" and "),
                state.after_interruption_pm
            ));
        }
        if *wander_pm > WANDER_MAX * self.ring.width_pm() {
            warnings.push(format!(
                "the ring's temperature wanders with the data by {wander_pm:.2} pm rms, which is \
                 not simulated: its thermal_time_us of {} is too short",
                self.sheet.thermal_time_us
            ));
        }
        warnings
    }
}
