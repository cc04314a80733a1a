//! Limits of the presets beside data sheets of modules and contributions: the numbers of a link's
//! budget close.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use super::lane;
use crate::link::Limits;

const DR4: &str = "Edgecore ET7502-DR4 data sheet (400GBASE-DR4): OMA - TDECQ -2.2 dBm, SECQ 3.4 dB, \
                   sensitivity -4.4 dBm, stressed -1.9 dBm";

pub(super) fn comparisons() -> Vec<Comparison> {
    vec![stressed_100g(), stressed_200g(), sensitivity_200g(), receiver_100g()]
}

fn limits(preset: &str) -> Limits {
    lane::preset(preset).limits
}

/// Another loss of the channel than the preset's limit.
fn channel_loss(preset: &str) -> Mutation {
    let loss_db = limits(preset).channel_loss_max_db.unwrap_or(f64::NAN);
    Mutation::new("limits.channel_loss_max_db", loss_db, 0.2)
}

fn row(id: &str, reference: f64, conditions: &str, source: &str, mutation: Mutation) -> Comparison {
    Comparison {
        id: format!("budgets.{id}"),
        kind: ReferenceKind::Published,
        conditions: conditions.into(),
        source: source.into(),
        unit: "dBm",
        reference,
        tolerance: Tolerance::Absolute(0.05),
        derivation: "half a unit of the last digit printed".into(),
        mutation,
        known: None,
        ours: Box::new(|_| None),
    }
}

/// The allocation for multipath interference and DGD, dB (docs/standards.md 5).
const OTHER_PENALTIES_DB: f64 = 0.1;

fn stressed_100g() -> Comparison {
    Comparison {
        ours: Box::new(|loss_db| {
            let of = limits("800gbase-dr8");
            let launched = of.oma_minus_tdecq_high_er_min_dbm? + of.tdecq_max_db?;
            Some(launched - loss_db - OTHER_PENALTIES_DB)
        }),
        ..row(
            "stressed_100g",
            -1.9,
            "800gbase-dr8: least OMA at the largest TDECQ less channel loss and 0.1 dB of \
             interference, against the stressed receiver's OMA",
            DR4,
            channel_loss("800gbase-dr8"),
        )
    }
}

fn stressed_200g() -> Comparison {
    Comparison {
        ours: Box::new(|loss_db| {
            let of = limits("1.6tbase-dr8");
            let launched = of.oma_minus_tdecq_min_dbm? + of.tdecq_max_db?;
            Some(launched - loss_db - OTHER_PENALTIES_DB)
        }),
        ..row(
            "stressed_200g",
            -0.9,
            "1.6tbase-dr8: the same, at the largest TDECQ of 3.4 dB",
            "IEEE P802.3dj D1.3, clause 180, stressed sensitivity at SECQ 3.4 dB (secondary)",
            channel_loss("1.6tbase-dr8"),
        )
    }
}

fn sensitivity_200g() -> Comparison {
    Comparison {
        ours: Box::new(|tecq_db| {
            Some(limits("1.6tbase-dr8").sensitivity_minus_tecq_max_dbm? + tecq_db)
        }),
        ..row(
            "sensitivity_200g",
            -2.8,
            "1.6tbase-dr8: limit of the receiver's sensitivity at a TECQ of 1.5 dB",
            "IEEE 802.3 B400G reflector, msg01599 (proposal for P802.3dj clause 180)",
            Mutation::new("TECQ, dB", 1.5, 0.2),
        )
    }
}

fn receiver_100g() -> Comparison {
    let noise_pa = lane::preset("800gbase-dr8").receiver.tia.noise_average_pa_per_rthz;
    Comparison {
        tolerance: Tolerance::AtMost,
        derivation: "a limit, not a typical value: a receiver that passes lies below".into(),
        ours: Box::new(|pa| {
            let mut config = lane::preset("800gbase-dr8");
            config.tdecq.enabled = false;
            config.receiver.tia.noise_average_pa_per_rthz = pa;
            lane::run(&config, 0)?.sensitivity_oma_dbm
        }),
        ..row(
            "receiver_100g",
            -4.4,
            "800gbase-dr8, one lane with all its noises: OMA at which the receiver has a BER of \
             2.4e-4, against the limit of its sensitivity",
            DR4,
            Mutation::new("receiver.tia.noise_average_pa_per_rthz", noise_pa, 60.0),
        )
    }
}
