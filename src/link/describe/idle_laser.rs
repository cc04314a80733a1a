//! Keys of lasers, and of what moves with temperature, that have no effect.

use super::config::Config;
use super::idle_keys::Idle;
use crate::transmitter::{Laser, LaserControl, LaserSetting, RinKind};

impl Config {
    /// Keys of lasers, and of what moves with a temperature that does not move.
    pub(super) fn idle_temperature(&self, idle: &mut Idle) {
        let transmitter = &self.transmitter;
        let at_reference = self.temperature().rise_k() == 0.0;
        let why = "case_temperature_c is reference_temperature_c";
        for (at, laser) in [
            ("transmitter.eml.", &transmitter.eml.laser),
            ("transmitter.mzm.", &transmitter.mzm.laser),
            ("transmitter.ring.", &transmitter.ring.laser),
            ("transmitter.tfln.", &transmitter.tfln.laser),
        ] {
            idle_laser(idle, &format!("{at}laser."), laser, at_reference);
        }
        let edge = ["edge_drift_nm_per_k", "edge_mv_per_nm", "bias_tracking_mv_per_k"];
        if at_reference {
            idle.add("transmitter.eml.", &edge, why);
            idle.add("transmitter.ring.", &["heater_nm", "heater_range_nm"], why);
            idle.add("receiver.photodiode.", &["dark_current_doubling_k"], why);
        } else if transmitter.eml.laser.thermal.cooled {
            let why = "transmitter.eml.laser.thermal.cooled = true";
            idle.add("transmitter.eml.", &edge, why);
        }
    }
}

fn idle_laser(idle: &mut Idle, at: &str, laser: &Laser, at_reference: bool) {
    match laser.rin {
        RinKind::White => idle.add(at, &["rin_file", "relaxation."], "rin = \"white\""),
        RinKind::Relaxation => idle.add(at, &["rin_file"], "rin = \"relaxation\""),
        RinKind::Table => {
            idle.add(at, &["rin_db_per_hz", "relaxation."], "rin = \"table\"");
        }
    }
    let thermal = &laser.thermal;
    let by_law = laser.curve.file.is_empty();
    if !by_law {
        idle.add(at, &["power_dbm", "operating_point"], "curve.file is given");
    } else if laser.operating_point == LaserSetting::Power {
        let why = format!("no curve.file is given and {at}operating_point = \"power\"");
        idle.add(at, &["bias_ma"], &why);
    } else {
        idle.add(at, &["power_dbm"], &format!("{at}operating_point = \"current\""));
    }
    let moves = ["t0_k", "t1_k", "drift_nm_per_k", "control", "current_max_ma"];
    let at_thermal = format!("{at}thermal.");
    let still = if at_reference {
        Some("case_temperature_c is reference_temperature_c".to_owned())
    } else {
        thermal.cooled.then(|| format!("{at_thermal}cooled = true"))
    };
    if let Some(why) = &still {
        idle.add(&at_thermal, &moves, why);
        if !by_law || laser.operating_point == LaserSetting::Power {
            idle.add(&at_thermal, &["threshold_ma", "slope_w_per_a"], why);
        }
        if thermal.rin_power_dbm.is_none() {
            idle.add(&at_thermal, &["rin_exponent"], why);
        }
        if at_reference {
            idle.add(&at_thermal, &["cooled"], why);
        }
    } else if thermal.control == LaserControl::ConstantCurrent {
        let why = format!("{at_thermal}control = \"constant-current\"");
        idle.add(&at_thermal, &["current_max_ma"], &why);
    }
    if laser.feedback.ratio_db.is_none() {
        let why = format!("{at}feedback.ratio_db is not given");
        idle.add(&format!("{at}feedback."), &["table_ratio_db", "table_rin_rise_db"], &why);
    }
}
