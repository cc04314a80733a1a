//! Readings of instruments and their patterns.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use super::stored::{CODES, number};
use crate::math::gaussian::pam4_half_eye_from_ber;
use crate::measure::tdecq::{CaptureNoise, InputFilter, Reference, TdecqCapture, measure};
use crate::pattern::{Pattern, PatternKind};
use crate::seed::Seed;

pub(super) fn comparisons() -> Vec<Comparison> {
    let half_eyes = [("2.4e-4", 2.4e-4), ("4.85e-3", 4.85e-3)].map(half_eye);
    let noises = [0.5, 0.7].map(transmitter_noise);
    let cursors = [0.1, 0.2].map(postcursor);
    let ours = [q_of_tdecq(), ssprq(), longest_run()];
    half_eyes.into_iter().chain(noises).chain(cursors).chain(ours).collect()
}

fn half_eye((text, ber): (&'static str, f64)) -> Comparison {
    Comparison {
        id: format!("measure.half_eye_{text}"),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!("PAM4, Gray code, equal noise: half eye over sigma at a BER of {text}"),
        source: "SciPy 1.17.1, stats.norm.isf(BER / 0.75); tests/oracle/codes: python codes.py > \
                 codes.json"
            .into(),
        unit: "",
        reference: number(&CODES, &format!("/pam4_half_eye/{text}")),
        tolerance: Tolerance::Absolute(1e-8),
        derivation:
            "both invert the Gaussian tail to double precision; the next decimal of ours is \
                     not claimed"
                .into(),
        mutation: Mutation::new("BER", ber, 1e-3 * ber),
        known: None,
        ours: Box::new(|ber| Some(pam4_half_eye_from_ber(ber))),
    }
}

fn levels(kind: PatternKind) -> Option<Vec<u8>> {
    let source = Pattern { kind, ..Pattern::default() }.build().ok()?;
    let mut levels = vec![0; source.period()? as usize];
    source.fill(0, Seed::new(0), &mut levels);
    Some(levels)
}

/// TDECQ of a waveform that has passed the reference receiver, dB.
fn tdecq_db(
    waveform: &[f32],
    levels: &[u8],
    noise: CaptureNoise<'_>,
    reference: &Reference,
) -> Option<f64> {
    let filter = InputFilter::Prefiltered;
    let samples_per_symbol = waveform.len() / levels.len();
    let capture =
        TdecqCapture { waveform, samples_per_symbol, levels, noise, filter, ..Default::default() };
    Some(measure(&capture, reference).ok()?.tdecq_db)
}

fn transmitter_noise(part: f64) -> Comparison {
    Comparison {
        id: format!("measure.tdecq_noise_{part}"),
        kind: ReferenceKind::ClosedForm,
        conditions: format!(
            "TDECQ of rectangular PRBS13Q, 100G per lane, with {part} of the noise that an ideal \
             eye tolerates"
        ),
        source: "noises add: -5 log10(1 - f^2)".into(),
        unit: "dB",
        reference: -5.0 * (1.0 - part * part).log10(),
        tolerance: Tolerance::Absolute(0.005 / (1.0 - part * part)),
        derivation:
            "the reference equaliser sees an ideal eye to 0.003 dB; the noise left falls as \
                     1 - f^2"
                .into(),
        mutation: Mutation::new("noise over that tolerated", part, 0.05),
        known: None,
        ours: Box::new(|part| {
            let (levels, reference) = (levels(PatternKind::Prbs13q)?, Reference::SMF_100G);
            let wave: Vec<f32> =
                levels.iter().flat_map(|&level| [0.5 + f32::from(level); 8]).collect();
            let sigma = part * 3.0 / (6.0 * reference.qt());
            let noise = CaptureNoise::Gaussian { variance: [sigma * sigma; 4], correlation: None };
            tdecq_db(&wave, &levels, noise, &reference)
        }),
    }
}

fn postcursor(cursor: f64) -> Comparison {
    Comparison {
        id: format!("measure.tdecq_postcursor_{cursor}"),
        kind: ReferenceKind::ClosedForm,
        conditions: format!(
            "TDECQ with decision feedback, 200G per lane, of rectangular PRBS13Q with a postcursor \
             of {cursor}, white noise"
        ),
        source:
            "the feedback cancels the postcursor and leaves 1 of an OMA of 1 + h: 10 log10(1 + \
                 h)"
            .into(),
        unit: "dB",
        reference: 10.0 * (1.0 + cursor).log10(),
        tolerance: Tolerance::Absolute(0.01),
        derivation: "the search of taps ends within 0.003 dB; the receiver's noise is white to \
                     0.005 dB"
            .into(),
        mutation: Mutation::new("postcursor", cursor, 0.01),
        known: None,
        ours: Box::new(|cursor| {
            let levels = levels(PatternKind::Prbs13q)?;
            let reference = Reference { bandwidth_symbol_rates: 5.0, ..Reference::DR_106 };
            let before = levels.last().into_iter().chain(&levels);
            let symbols = levels.iter().zip(before);
            let wave: Vec<f32> = symbols
                .flat_map(|(&own, &last)| [f32::from(own) + cursor as f32 * f32::from(last); 8])
                .collect();
            tdecq_db(&wave, &levels, CaptureNoise::None, &reference)
        }),
    }
}

fn q_of_tdecq() -> Comparison {
    Comparison {
        id: "measure.tdecq_qt".into(),
        kind: ReferenceKind::Published,
        conditions: "Qt of TDECQ at a target symbol error ratio of 4.8e-4, 100G per lane".into(),
        source: "IEEE Std 802.3 clause 121.8.5.3: 3.414, as printed by makers of oscilloscopes \
                 (secondary)"
            .into(),
        unit: "",
        reference: 3.414,
        tolerance: Tolerance::Absolute(5e-4),
        derivation: "half a unit of the last digit printed".into(),
        mutation: Mutation::new("target symbol error ratio", 4.8e-4, 5e-6),
        known: None,
        ours: Box::new(|target_ser| Some(Reference { target_ser, ..Reference::SMF_100G }.qt())),
    }
}

fn ssprq() -> Comparison {
    Comparison {
        id: "measure.ssprq_levels".into(),
        kind: ReferenceKind::Published,
        conditions: "SSPRQ: symbols of level 0 in its 65 535".into(),
        source: "IEEE 802.3 clause 120.5.11.2.3, SSPRQ_sequence.csv (counts 15215, 17553, 17552, \
                 15215)"
            .into(),
        unit: "",
        reference: 15_215.0,
        tolerance: Tolerance::Absolute(0.5),
        derivation: "whole numbers".into(),
        mutation: Mutation::new("level that is counted", 0.0, 1.0),
        known: None,
        ours: Box::new(|level| {
            let levels = levels(PatternKind::Ssprq)?;
            Some(levels.iter().filter(|&&l| f64::from(l) == level).count() as f64)
        }),
    }
}

fn longest_run() -> Comparison {
    Comparison {
        id: "measure.prbs13q_run".into(),
        kind: ReferenceKind::Published,
        conditions: "PRBS13Q: longest run of level 3, on which OMA is read".into(),
        source: "IEEE Std 802.3 clause 121.8.4: P3 is the middle of a run of seven threes \
                 (secondary)"
            .into(),
        unit: "symbols",
        reference: 7.0,
        tolerance: Tolerance::Absolute(0.5),
        derivation: "whole numbers".into(),
        mutation: Mutation::new("level of the run", 3.0, -3.0),
        known: None,
        ours: Box::new(|level| {
            let levels = levels(PatternKind::Prbs13q)?;
            let (mut run, mut longest) = (0, 0);
            // twice around: a run may cross the end
            for &l in levels.iter().chain(&levels) {
                run = if f64::from(l) == level { run + 1 } else { 0 };
                longest = longest.max(run);
            }
            Some(f64::from(longest))
        }),
    }
}
