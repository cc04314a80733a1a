//! Light into and out of a chip, and the two polarisations of a fibre.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use crate::chain::Shape;
use crate::transmitter::Joint;
use crate::units::db_from_amplitude_ratio;
use std::f64::consts::PI;

const WAVELENGTH_NM: f64 = 1311.0;

pub(super) fn comparisons() -> Vec<Comparison> {
    vec![lateral(), angular(), axial(), delay()]
}

fn row(id: &str, conditions: &str, source: &str, reference: f64, mutation: Mutation) -> Comparison {
    Comparison {
        id: format!("coupling.{id}"),
        kind: ReferenceKind::ClosedForm,
        conditions: conditions.into(),
        source: source.into(),
        unit: "dB",
        reference,
        tolerance: Tolerance::Absolute(1e-9),
        derivation: "both are double precision".into(),
        mutation,
        known: None,
        ours: Box::new(|_| None),
    }
}

/// Two equal round modes.
fn joint(radius_um: f64) -> Joint {
    Joint {
        mode_radius_x_um: radius_um,
        mode_radius_y_um: radius_um,
        beam_radius_x_um: radius_um,
        beam_radius_y_um: radius_um,
        gap_index: 1.0,
        ..Joint::default()
    }
}

const JOYCE: &str = "W. B. Joyce, B. C. DeLoach, Appl. Opt. 23 (1984) 4187";
const DB_PER_NEPER: f64 = 10.0 / std::f64::consts::LN_10;

fn lateral() -> Comparison {
    Comparison {
        ours: Box::new(|lateral_y_um| {
            let joint = Joint { lateral_x_um: 0.5, lateral_y_um, ..joint(1.75) };
            Some(joint.misalignment_db(WAVELENGTH_NM))
        }),
        ..row(
            "lateral",
            "equal modes of 1.75 um, 0.5 and 0.3 um apart: loss",
            &format!("{JOYCE}: T = exp(-(dx^2 + dy^2) / w^2)"),
            DB_PER_NEPER * (0.25 + 0.09) / 1.75f64.powi(2),
            Mutation::new("transmitter.alignment.fibre.lateral_y_um", 0.3, 0.01),
        )
    }
}

fn angular() -> Comparison {
    // both waists at the joint: the tilt is a phase over the modes
    let x = PI * 4.6 * 1f64.to_radians().sin() / (WAVELENGTH_NM * 1e-3);
    Comparison {
        ours: Box::new(|angular_x_deg| {
            Some(Joint { angular_x_deg, ..joint(4.6) }.misalignment_db(WAVELENGTH_NM))
        }),
        ..row(
            "angular",
            "equal modes of 4.6 um, 1 degree between them in air: loss",
            &format!("{JOYCE}: T = exp(-(pi w sin(theta) / lambda)^2)"),
            DB_PER_NEPER * x * x,
            Mutation::new("transmitter.alignment.fibre.angular_x_deg", 1.0, 0.01),
        )
    }
}

fn axial() -> Comparison {
    let x = WAVELENGTH_NM * 1e-3 * 10.0 / (2.0 * PI * 1.75f64.powi(2));
    Comparison {
        ours: Box::new(|axial_um| {
            Some(Joint { axial_um, ..joint(1.75) }.misalignment_db(WAVELENGTH_NM))
        }),
        ..row(
            "axial",
            "equal modes of 1.75 um, 10 um apart in air: loss",
            &format!("{JOYCE}: T = 1 / (1 + (lambda z / (2 pi w^2))^2)"),
            DB_PER_NEPER * (1.0 + x * x).ln(),
            Mutation::new("transmitter.alignment.fibre.axial_um", 10.0, 0.05),
        )
    }
}

fn delay() -> Comparison {
    Comparison {
        ours: Box::new(|delay_ps| {
            let shape = Shape::SplitDelay { delay_s: delay_ps * 1e-12, split: 0.5 };
            Some(db_from_amplitude_ratio(shape.at(53.125e9).norm()))
        }),
        ..row(
            "pmd_nyquist",
            "power equally in both principal states, 2.24 ps apart: detected power at 53.125 GHz",
            "two detected powers add: H = cos(pi f tau)",
            20.0 * (PI * 53.125e9 * 2.24e-12).cos().log10(),
            Mutation::new("fibre.pmd.differential_group_delay_ps", 2.24, 0.01),
        )
    }
}
