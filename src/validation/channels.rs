//! Electrical channels: lines in cascade, channel operating margins.

use super::comparison::{Comparison, Mutation, Ours, ReferenceKind, Tolerance};
use super::stored::{COM, LINES, number, numbers};
use crate::host::com::{ComChannel, Parameters, Steps};
use crate::host::{Network, Package, PcbTrace};
use crate::units::{db_from_amplitude_ratio, giga};
use serde_json::Value;

const LINES_SCRIPT: &str =
    "scikit-rf 2.2.0, media.DefinedGammaZ0; tests/oracle/lines: python lines.py > lines.json";
const COM_SCRIPT: &str = "PyChOpMarg 3.4.0 (D. Banas), calc_noise at the same settings of the \
                          equalisers; tests/oracle/com: python com.py > com.json";

pub(super) fn comparisons() -> Vec<Comparison> {
    let cases = COM["cases"].as_array().expect("the stored cases");
    // those on files are no part of the repository
    let traces = cases.iter().filter(|case| case.get("trace").is_some());
    lines().into_iter().chain(traces.enumerate().map(margin)).collect()
}

/// A line without packages, as stored.
fn trace(stored: &Value) -> PcbTrace {
    let of = |name: &str| number(stored, &format!("/{name}"));
    PcbTrace {
        loss_db: of("loss_db"),
        loss_at_ghz: of("loss_at_ghz"),
        skin_percent: of("skin_percent"),
        delay_ps: of("delay_ps"),
        impedance_ohm: of("impedance_ohm"),
        near: Package::none(),
        far: Package::none(),
    }
}

/// The two stored lines in cascade at one frequency, the first one's loss given.
fn cascade(row: usize, loss_db: f64) -> Option<Network> {
    let f_hz = [giga(number(&LINES, &format!("/rows/{row}/ghz")))];
    let first = PcbTrace { loss_db, ..trace(&LINES["lines"][0]) };
    let second = trace(&LINES["lines"][1]).network(&f_hz, 100.0).ok()?;
    first.network(&f_hz, 100.0).ok()?.then(&second).ok()
}

fn lines() -> Vec<Comparison> {
    let row = |name: &str, at: usize, about: &str, ours: Ours| Comparison {
        id: format!("channels.{name}"),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!(
            "lines of 8 dB, 92 ohm and 6 dB, 108 ohm in cascade, at {} GHz: {about}",
            number(&LINES, &format!("/rows/{at}/ghz"))
        ),
        source: LINES_SCRIPT.into(),
        unit: "dB",
        reference: 0.0,
        tolerance: Tolerance::Absolute(1e-6),
        derivation: "both are exact formulas in double precision; decibels of numbers near 0.05"
            .into(),
        mutation: Mutation::new("loss of the first line, dB", 8.0, 0.1),
        known: None,
        ours,
    };
    let stored = |at: usize, name: &str| number(&LINES, &format!("/rows/{at}/{name}"));
    let db = |network: &Network, to: usize, from: usize| {
        db_from_amplitude_ratio(network.at(0, to, from).norm())
    };
    vec![
        Comparison {
            reference: stored(1, "s21_db"),
            ..row("cascade_s21", 1, "S21", Box::new(move |loss| Some(db(&cascade(1, loss)?, 2, 1))))
        },
        Comparison {
            reference: stored(2, "s11_db"),
            ..row("cascade_s11", 2, "S11", Box::new(move |loss| Some(db(&cascade(2, loss)?, 1, 1))))
        },
        Comparison {
            reference: stored(0, "s11_85_ohm_db"),
            ..row(
                "renormalised_s11",
                0,
                "S11 between 85 ohm",
                Box::new(move |loss| {
                    Some(db(&cascade(0, loss)?.renormalised(&[85.0, 85.0]).ok()?, 1, 1))
                }),
            )
        },
    ]
}

/// COM of a stored trace, at the stored settings of the equalisers.
fn margin((i, case): (usize, &'static Value)) -> Comparison {
    let about = &case["trace"];
    let [loss_db, ohm] = ["loss_db", "impedance_ohm"].map(|n| number(about, &format!("/{n}")));
    let set = case["set"].as_str().expect("a name");
    Comparison {
        id: format!("channels.com_{}", i + 1),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!("COM, {set}, line of {loss_db} dB and {ohm} ohm without aggressors"),
        source: COM_SCRIPT.into(),
        unit: "dB",
        reference: number(case, "/at/com_db"),
        tolerance: Tolerance::Absolute(0.05),
        derivation:
            "same sampling phase; theirs cuts impulse responses below 1e-3 of the peak and \
                     leaves out interference below A_s / 1000: 0.02 dB seen"
                .into(),
        mutation: Mutation::new("loss of the line, dB", loss_db, 1.0),
        known: None,
        ours: Box::new(move |loss_db| {
            let step_ghz = number(case, "/step_ghz");
            let points = (number(case, "/last_ghz") / step_ghz).round() as u32;
            let f_hz: Vec<f64> = (0..=points).map(|k| giga(f64::from(k) * step_ghz)).collect();
            let line = PcbTrace { loss_db, ..trace(&case["trace"]) };
            let channel = ComChannel::from(line.network(&f_hz, 100.0).ok()?);
            held(&Parameters::named(case["set"].as_str()?)?, &case["at"])
                .margin(&channel, &[])
                .ok()?
                .com_db
        }),
    }
}

/// The set with its equalisers held at stored settings.
fn held(set: &Parameters, at: &Value) -> Parameters {
    let mut set = set.clone();
    let only = |value: f64| Steps { from: value, to: value, step: 0.0 };
    for (tap, value) in set.transmitter.taps.iter_mut().zip(numbers(at, "/transmit_taps")) {
        (tap.from, tap.to, tap.step) = (value, value, 0.0);
    }
    set.receiver.ctle.gain_db = only(number(at, "/ctle_gain_db"));
    set.receiver.ctle.low_gain_db = only(number(at, "/ctle_low_gain_db"));
    set
}
