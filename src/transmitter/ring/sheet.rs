//! Description of a micro-ring modulator.

use super::detuning::{Detuning, Side};
use super::resonator::Resonator;
use crate::error::{KeyPath, Problems};
use crate::transmitter::driver::Driver;
use crate::transmitter::laser::Laser;
use serde::{Deserialize, Serialize};

/// A carrier-depletion micro-ring on one waveguide; one laser feeds several.
///
/// ```text
/// da/dt = -(Gi + Ge + j D) a + sqrt(2 Ge) E_in,   E = E_in - sqrt(2 Ge) a     (see Resonator)
/// d = lambda_laser - lambda_resonance = d_0 - shift u,   D = -2 pi c / lambda^2 d
/// u(V) = 2 V0 (sqrt(1 + (V - V_bias) / V0) - 1),   V0 = V_bi + V_bias,   du/dV at the bias = 1
/// ```
///
/// In: volts of full scale -1 .. 1; the driver's output, after the junction's pole, adds to the
/// reverse bias on the blue side and is subtracted from it on the red side, so that a higher
/// voltage gives more light. Out: field in the fibre, sqrt(W). The internal loss falls with u.
///
/// The heater's lock holds `detuning`, with the light on. Later shifts, of a lock error and of the
/// temperature, are solved together with the heating by the light that the pattern leaves in the
/// ring ([`super::ThermalState`]); the temperature stays during a block.
///
/// Over the temperature of the case the heater follows the laser's wavelength and the resonance's
/// own drift, from `heater_nm` at the reference; beyond 0 and `heater_range_nm` the rest of the
/// shift remains, as a lock error does.
///
/// The laser's frequency noise moves the detuning as a voltage would, and is added as such before
/// the ring: with the photon lifetime and the curvature it becomes intensity noise.
///
/// # Limits
///
/// One resonance, to which the heater stays locked; no two-photon absorption, no backscattering;
/// the junction's capacitance is independent of the voltage. RIN passes the ring unfiltered. The
/// phase of the light has the linewidth of the laser, drawn apart from the frequency noise that the
/// ring turns into intensity. The neighbouring rings of a WDM bus are not there.
///
/// # Reference
///
/// As [`Resonator`]; thermal bistability as in V. Almeida, M. Lipson, *Optical bistability on a
/// silicon chip*, Opt. Lett. 29 (2004).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ring {
    /// The laser that feeds `lanes_per_laser` rings, in the module or as an external source.
    pub laser: Laser,
    /// Rings on one laser: 1, 2, 4 or 8.
    pub lanes_per_laser: usize,
    /// Excess loss of each 1:2 stage of the power splitter, dB.
    pub splitter_excess_db: f64,
    /// Fibre and connectors between an external laser and the chip, dB.
    pub laser_fibre_loss_db: f64,
    /// Laser or its fibre to chip, dB.
    pub laser_coupling_loss_db: f64,
    /// Waveguides and taps on the chip, before the ring, dB.
    pub insertion_loss_db: f64,
    /// Chip to fibre, dB.
    pub fibre_coupling_loss_db: f64,
    /// The driver.
    pub driver: Driver,
    /// Loaded quality factor: wavelength over full width at half depth.
    pub quality_factor: f64,
    /// Transmission on resonance below full transmission, dB.
    pub notch_db: f64,
    /// True if the ring couples more strongly to the waveguide than it loses by itself.
    pub over_coupled: bool,
    /// Shift of the resonance per volt at the bias, to longer wavelengths with reverse voltage,
    /// pm/V.
    pub shift_pm_per_v: f64,
    /// Reverse bias, V.
    pub reverse_bias_v: f64,
    /// Built-in voltage of the junction, V.
    pub built_in_v: f64,
    /// Fall of the ring's internal loss per volt at the bias, part of it, 1/V.
    pub loss_fall_per_v: f64,
    /// 3 dB bandwidth of the junction, a single pole, GHz.
    pub junction_bandwidth_ghz: f64,
    /// Choice of the detuning.
    pub detuning: Detuning,
    /// Laser's wavelength less that of the heated resonance at the bias, pm; used by `given`, and
    /// found by `ber`.
    pub detuning_pm: f64,
    /// Static extinction ratio between settled full drives, dB; used by `er`.
    pub target_er_db: f64,
    /// Side of the resonance; used by `oma`, `er` and `ber`.
    pub side: Side,
    /// Resonance's wavelength less that at which the lock would be exact, pm.
    pub lock_error_pm: f64,
    /// Rise of the temperature since the heater was set, K.
    pub temperature_step_k: f64,
    /// Shift of the resonance with temperature, pm/K.
    pub shift_pm_per_k: f64,
    /// Shift of the resonance by the heater at the reference temperature, nm.
    pub heater_nm: f64,
    /// Largest shift by the heater, nm.
    pub heater_range_nm: f64,
    /// Rise of the ring's temperature per power that heats it, K/mW.
    pub thermal_resistance_k_per_mw: f64,
    /// Part of the power lost in the ring that heats it, percent.
    pub heating_percent: f64,
    /// Time constant of the ring's temperature, us.
    pub thermal_time_us: f64,
}

impl Default for Ring {
    fn default() -> Self {
        Ring {
            // 56 mW, a catalogue class of CW lasers, assumed
            laser: Laser { power_dbm: 17.5, rin_db_per_hz: -148.0, ..Laser::default() },
            lanes_per_laser: 4,          // assumed
            splitter_excess_db: 0.19,    // as of the MZM
            laser_fibre_loss_db: 0.0,    // the laser is in the module
            laser_coupling_loss_db: 2.0, // as of the MZM
            insertion_loss_db: 0.5,      // a few mm of waveguide and a tap of 1 %, assumed
            fibre_coupling_loss_db: 1.8, // as of the MZM
            driver: Driver {
                swing_vpp: 3.0,          // 1 to 3 Vpp of published rings, assumed
                saturation_vpp: 6.0,     // about 2 % of harmonics at full swing, derived
                noise_nv_per_rthz: 40.0, // as of the MZM's driver
                ..Driver::default()
            },
            quality_factor: 3900.0, // OFC 2026, Rakowski et al. (secondary)
            notch_db: 22.0,         // 15 to 30 dB, assumed; reproduces the same paper
            over_coupled: true,     // same
            shift_pm_per_v: 41.0,   // 80 pm over 2 Vpp, 125 pm over 3 Vpp of the same
            reverse_bias_v: 1.5,    // keeps the junction from conducting, assumed
            built_in_v: 0.9,        // silicon junction, assumed
            loss_fall_per_v: 0.02,  // plasma dispersion of such a shift, derived
            junction_bandwidth_ghz: 80.0, // 50 fF and 15 ohm of the same
            detuning: Detuning::Er,
            detuning_pm: -120.0, // about that of 3.5 dB, derived
            target_er_db: 6.0,   // above the limit of 3.5 dB after the equaliser, assumed
            side: Side::Blue,
            lock_error_pm: 0.0,
            temperature_step_k: 0.0,
            shift_pm_per_k: 75.0, // 70 to 80 pm/K of silicon at 1310 nm, assumed
            heater_nm: 4.0,       // middle of the range, assumed
            heater_range_nm: 8.0, // most of a free spectral range of 9.2 nm, 20 mW, assumed
            thermal_resistance_k_per_mw: 1.0, // heaters of 2.5 to 14 mW/nm: 1 to 5 K/mW, assumed
            heating_percent: 50.0, // doped part of the internal loss, assumed
            thermal_time_us: 3.0, // 1 to 10 us, assumed
        }
    }
}

impl Ring {
    /// Largest detuning, pm.
    pub(crate) const DETUNING_MAX_PM: f64 = 5000.0;

    /// The resonance with its drive; `direction` is 1 where the drive adds to the reverse bias, -1
    /// where it is subtracted.
    pub fn resonator(&self, direction: f64) -> Resonator {
        Resonator::new(
            self.quality_factor,
            self.notch_db,
            self.over_coupled,
            self.laser.wavelength_nm,
        )
        .driven(direction * self.shift_pm_per_v, direction * self.loss_fall_per_v)
    }

    /// Drive u of a junction voltage beyond the bias, V: that of a junction which shifts the
    /// resonance in proportion.
    pub fn straightened_v(&self, reverse_v: f64) -> f64 {
        let scale_v = self.built_in_v + self.reverse_bias_v;
        2.0 * scale_v * ((1.0 + reverse_v / scale_v).max(0.01).sqrt() - 1.0)
    }

    /// Reports every parameter that is out of its range.
    pub(super) fn check_ranges(&self, at: &KeyPath, problems: &mut Problems) {
        self.laser.check(&at.key("laser"), problems);
        self.driver.check(&at.key("driver"), problems);
        if ![1, 2, 4, 8].contains(&self.lanes_per_laser) {
            let remedy = "must be 1, 2, 4 or 8: the splitter is a tree";
            problems.report(at, "lanes_per_laser", self.lanes_per_laser, remedy);
        }
        let mut range = |key: &str, value: f64, least: f64, most: f64| {
            problems.range(at, key, value, least..=most)
        };
        range("splitter_excess_db", self.splitter_excess_db, 0.0, 10.0);
        range("laser_fibre_loss_db", self.laser_fibre_loss_db, 0.0, 60.0);
        range("laser_coupling_loss_db", self.laser_coupling_loss_db, 0.0, 60.0);
        range("insertion_loss_db", self.insertion_loss_db, 0.0, 60.0);
        range("fibre_coupling_loss_db", self.fibre_coupling_loss_db, 0.0, 60.0);
        range("quality_factor", self.quality_factor, 200.0, 100_000.0);
        range("notch_db", self.notch_db, 1.0, 60.0);
        range("shift_pm_per_v", self.shift_pm_per_v, 0.1, 1000.0);
        range("reverse_bias_v", self.reverse_bias_v, 0.0, 20.0);
        range("built_in_v", self.built_in_v, 0.1, 1000.0);
        range("loss_fall_per_v", self.loss_fall_per_v, 0.0, 0.5);
        range("junction_bandwidth_ghz", self.junction_bandwidth_ghz, 1.0, 500.0);
        range("detuning_pm", self.detuning_pm, -Self::DETUNING_MAX_PM, Self::DETUNING_MAX_PM);
        range("target_er_db", self.target_er_db, 0.1, 30.0);
        range("lock_error_pm", self.lock_error_pm, -1000.0, 1000.0);
        range("temperature_step_k", self.temperature_step_k, -100.0, 100.0);
        range("shift_pm_per_k", self.shift_pm_per_k, 0.0, 500.0);
        range("heater_range_nm", self.heater_range_nm, 0.0, 100.0);
        range("heater_nm", self.heater_nm, 0.0, self.heater_range_nm.max(0.0));
        range("thermal_resistance_k_per_mw", self.thermal_resistance_k_per_mw, 0.0, 100.0);
        range("heating_percent", self.heating_percent, 0.0, 100.0);
        range("thermal_time_us", self.thermal_time_us, 0.1, 1000.0);
    }
}
