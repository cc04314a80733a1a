//! Laser and absorption modulator over the temperature of the case.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use crate::error::{KeyPath, Problems};
use crate::measured::{FileReader, Library};
use crate::sheet::Temperature;
use crate::transmitter::{Eml, Laser, LaserThermal, Mzm};
use crate::units::db_from_power_ratio;

pub(super) fn comparisons() -> Vec<Comparison> {
    vec![light(), absorption()]
}

/// 70 mW of a laser with threshold and slope of 17.6 mA and 0.348 W/A at 50 degrees, T0 65 K, T1
/// 180 K, at constant current 25 K above, over the power before, dB.
fn light() -> Comparison {
    let bias_ma = 17.6 + 70.0 / 0.348;
    let hot_mw = 0.348 * (-25.0f64 / 180.0).exp() * (bias_ma - 17.6 * (25.0f64 / 65.0).exp());
    Comparison {
        id: "temperature.laser_light".into(),
        kind: ReferenceKind::ClosedForm,
        conditions:
            "laser of 70 mW at constant current, 75 for 50 degrees Celsius, behind an MZM: \
                     change of power"
                .into(),
        source: "P = eta exp(-dT/T1) (I - I_th exp(dT/T0)), Coldren, Corzine, Masanovic, Diode \
                 Lasers and Photonic Integrated Circuits"
            .into(),
        unit: "dB",
        reference: db_from_power_ratio(hot_mw / 70.0),
        tolerance: Tolerance::Absolute(1e-6),
        derivation: "both are double precision".into(),
        mutation: Mutation::new("transmitter.mzm.laser.thermal.t0_k", 65.0, 0.1),
        known: None,
        ours: Box::new(|t0_k| {
            let thermal = LaserThermal { t0_k, ..LaserThermal::default() };
            let power_dbm = 10.0 * 70f64.log10();
            let laser = Laser { power_dbm, ageing_db: 0.0, thermal, ..Laser::default() };
            let mzm = Mzm { laser, ..Mzm::default() };
            let full_w = |case_c: f64| {
                let (library, mut problems) = (Library::default(), Problems::new());
                let files = FileReader::new(&library, &mut problems);
                let temperature = Temperature { case_c, reference_c: 50.0 };
                let model = mzm.read(&KeyPath::root(), &mut files.at_temperature(temperature))?;
                Some(model.power_before_modulation_w())
            };
            Some(db_from_power_ratio(full_w(75.0)? / full_w(50.0)?))
        }),
    }
}

/// The extinction ratio of an uncooled EML without tracking, 20 K above its reference.
fn absorption() -> Comparison {
    // absorption of the curve whose points are the defaults', with 15 mV/K of reverse voltage
    let (exponent, v0) = (2.41, 2.26f64);
    let absorption_db =
        move |v: f64| 10.0 / std::f64::consts::LN_10 * (v.abs() / v0).powf(exponent);
    let of = move |warmth_v: f64| {
        absorption_db(1.8 + 0.85 + warmth_v) - absorption_db(1.8 - 0.85 + warmth_v)
    };
    Comparison {
        id: "temperature.eml_er".into(),
        kind: ReferenceKind::ClosedForm,
        conditions: "uncooled EML at -1.8 V with 1.7 Vpp, 20 K above its reference, bias not \
                     tracking: static ER"
            .into(),
        source: "T = exp(-(V / 2.26 V)^2.41) at the reverse voltage raised by (0.5 - 0.1) nm/K of \
                 37.5 mV/nm"
            .into(),
        unit: "dB",
        reference: of(20.0 * 0.4 * 0.0375),
        tolerance: Tolerance::Absolute(1e-5),
        derivation: "single precision of the field".into(),
        mutation: Mutation::new("transmitter.eml.edge_drift_nm_per_k", 0.5, 0.01),
        known: None,
        ours: Box::new(move |edge_drift_nm_per_k| {
            let mut eml = Eml {
                absorption_low_db: absorption_db(2.0),
                absorption_high_db: absorption_db(3.5),
                bias_tracking_mv_per_k: 0.0,
                edge_drift_nm_per_k,
                ..Eml::default()
            };
            eml.laser.thermal.cooled = false;
            let (library, mut problems) = (Library::default(), Problems::new());
            let files = FileReader::new(&library, &mut problems);
            let hot = Temperature { case_c: 70.0, reference_c: 50.0 };
            let model = eml.read(&KeyPath::root(), &mut files.at_temperature(hot))?;
            let power = |v: f64| model.field(v).norm_sqr();
            Some(db_from_power_ratio(power(0.85) / power(-0.85)))
        }),
    }
}
