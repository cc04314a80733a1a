//! Manufacturing tolerances of laser, driver, Mach-Zehnder and ring modulators, devices.md 8.

use super::driver::Driver;
use super::laser::Laser;
use super::mzm::{Electrode, Mzm};
use super::ring::sheet::Ring;
use super::tfln::Tfln;
use crate::error::KeyPath;
use crate::sheet::{Deviation, Part, Tolerance};

/// A tolerance of the transmitter: name, key and value, deviation, source.
fn new(
    name: &str,
    at: &KeyPath,
    key: (&str, f64),
    deviation: Deviation,
    source: &str,
) -> Tolerance {
    Tolerance::new(Part::Transmitter, name, at, key, deviation, source)
}

impl Laser {
    pub(super) fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let absolute = Deviation::Absolute;
        let power = ("power_dbm", self.power_dbm);
        list.push(new("laser power", at, power, absolute(0.3), "part to part, assumed"));
        let rin = ("rin_db_per_hz", self.rin_db_per_hz);
        list.push(new("laser RIN", at, rin, absolute(1.0), "part to part, assumed"));
        let nm = ("wavelength_nm", self.wavelength_nm);
        list.push(new("laser wavelength", at, nm, absolute(1.0), "controlled, assumed"));
    }
}

impl Driver {
    pub(super) fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let percent = Deviation::Percent;
        let swing = ("swing_vpp", self.swing_vpp);
        list.push(new("driver swing", at, swing, percent(3.0), "part to part, assumed"));
        let most = ("saturation_vpp", self.saturation_vpp);
        list.push(new("driver saturation", at, most, percent(5.0), "part to part, assumed"));
        let ghz = ("bandwidth_ghz", self.bandwidth_ghz);
        list.push(new("driver bandwidth", at, ghz, percent(5.0), "part to part, assumed"));
        let noise = match self.noise_rms_mv {
            Some(mv) => ("noise_rms_mv", mv),
            None => ("noise_nv_per_rthz", self.noise_nv_per_rthz),
        };
        list.push(new("driver noise", at, noise, percent(10.0), "part to part, assumed"));
    }
}

impl Mzm {
    /// Those of the modulator alone.
    pub(super) fn own_tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let (absolute, percent) = (Deviation::Absolute, Deviation::Percent);
        let efficiency = "0.9 % of ten lots (OFC 2026, W1A.2), published; with 3 % within a wafer, \
                          assumed";
        let vpi_l = ("vpi_l_v_cm", self.vpi_l_v_cm);
        list.push(new("MZM efficiency", at, vpi_l, percent(3.1), efficiency));
        let bandwidth = "3 of 61 GHz (OFC 2026, W1A.2), published";
        list.push(match self.electrode {
            Electrode::LowPass => {
                let ghz = ("bandwidth_ghz", self.bandwidth_ghz);
                new("MZM bandwidth", at, ghz, percent(4.9), bandwidth)
            }
            Electrode::TravellingWave => {
                let skin = ("skin_loss_db_per_cm_rtghz", self.skin_loss_db_per_cm_rtghz);
                let junction = self.junction_loss_db_per_cm_ghz2;
                new("MZM electrode loss", at, skin, percent(5.0), bandwidth).and(
                    at,
                    "junction_loss_db_per_cm_ghz2",
                    junction,
                )
            }
        });
        let degrees = ("bias_error_deg", self.bias_error_deg);
        let bias = "accuracy of an automatic bias control (AO 58:3986), assumed";
        list.push(new("MZM bias error", at, degrees, absolute(2.0), bias));
        let loss = "0.15 of 10.3 dB/cm of ten lots (OFC 2026, W1A.2), published; with the other \
                    losses of a chip, assumed";
        let insertion = ("insertion_loss_db", self.insertion_loss_db);
        list.push(new("MZM insertion loss", at, insertion, absolute(0.2), loss));
        on_chip(
            at,
            [self.splitter_excess_db, self.laser_coupling_loss_db, self.fibre_coupling_loss_db],
            list,
        );
    }
}

impl Ring {
    /// Those of the modulator alone.
    pub(super) fn own_tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let (absolute, percent) = (Deviation::Absolute, Deviation::Percent);
        let lock = ("lock_error_pm", self.lock_error_pm);
        list.push(new("ring lock error", at, lock, absolute(5.0), "heater lock, assumed"));
        let shift = ("shift_pm_per_v", self.shift_pm_per_v);
        list.push(new("ring shift per volt", at, shift, percent(5.0), "part to part, assumed"));
        let quality = "3200 to 3700 over 16 channels (OFC 2026, W2A.12), published";
        let loaded = ("quality_factor", self.quality_factor);
        list.push(new("ring quality factor", at, loaded, percent(5.0), quality));
        let junction = ("junction_bandwidth_ghz", self.junction_bandwidth_ghz);
        list.push(new(
            "ring junction bandwidth",
            at,
            junction,
            percent(5.0),
            "as of drivers, assumed",
        ));
        let waveguide = ("insertion_loss_db", self.insertion_loss_db);
        list.push(new("ring insertion loss", at, waveguide, absolute(0.2), "of a chip, assumed"));
        on_chip(
            at,
            [self.splitter_excess_db, self.laser_coupling_loss_db, self.fibre_coupling_loss_db],
            list,
        );
    }
}

impl Tfln {
    /// Those of the modulator alone.
    pub(super) fn own_tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let (absolute, percent) = (Deviation::Absolute, Deviation::Percent);
        let vpi_l = ("vpi_l_v_cm", self.vpi_l_v_cm);
        let published = "2.15 to 2.25 V cm of published devices, assumed";
        list.push(new("TFLN efficiency", at, vpi_l, percent(2.0), published));
        let skin = ("skin_loss_db_per_cm_rtghz", self.skin_loss_db_per_cm_rtghz);
        let metal = "metal thickness, assumed";
        list.push(new("TFLN electrode loss", at, skin, percent(5.0), metal));
        let degrees = ("bias_error_deg", self.bias_error_deg);
        let bias = "accuracy of an automatic bias control, assumed";
        list.push(new("TFLN bias error", at, degrees, absolute(2.0), bias));
        let insertion = ("insertion_loss_db", self.insertion_loss_db);
        list.push(new("TFLN insertion loss", at, insertion, absolute(0.2), "of a chip, assumed"));
        on_chip(
            at,
            [self.splitter_excess_db, self.laser_coupling_loss_db, self.fibre_coupling_loss_db],
            list,
        );
    }
}

/// Those of splitter and couplings of a chip, whose losses are given.
fn on_chip(at: &KeyPath, [splitter_db, laser_db, fibre_db]: [f64; 3], list: &mut Vec<Tolerance>) {
    let absolute = Deviation::Absolute;
    let splitter = ("splitter_excess_db", splitter_db);
    let imbalance = "imbalance of a stage, assumed";
    list.push(new("laser splitter", at, splitter, absolute(0.15), imbalance));
    let misaligned = "misalignment of 0.3 um at a mode radius of 1.75 um, derived";
    let coupling = ("laser_coupling_loss_db", laser_db);
    list.push(new("laser coupling", at, coupling, absolute(0.26), misaligned).exponential());
    let attached = ("fibre_coupling_loss_db", fibre_db);
    let fibre = "misalignment of a fibre, assumed";
    list.push(new("fibre attachment", at, attached, absolute(0.1), fibre).exponential());
}
