//! Codes: KP4, KR4 and the inner code of clause 177.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use super::stored::{CODES, number, numbers};
use crate::fec::curve::{CurvePoint, FecCurve, Scheme};
use crate::fec::reed_solomon::Code;
use crate::fec::{inner, tail};
use crate::pattern::gray;
use crate::run_options::RunOptions;

const SCRIPT: &str = "tests/oracle/codes: python codes.py > codes.json";

/// Symbols in error that KP4 corrects.
const KP4_CORRECTED: i32 = 15;

pub(super) fn comparisons() -> Vec<Comparison> {
    let mut all = vec![parity(), generator(), threshold(), kr4(), counted(), vector(), hard()];
    all.extend([("1e-4", 1e-4), ("2.4e-4", 2.4e-4), ("1e-3", 1e-3)].map(ratio));
    all.extend([(1, 9.2e-13), (2, 1.7e-12), (4, 3.4e-12)].map(frame_loss));
    all
}

/// Sum of values times 1, 2, ..
fn weighted(values: &[u16]) -> f64 {
    values.iter().zip(1u32..).map(|(&value, i)| f64::from(i) * f64::from(value)).sum()
}

fn of_stored(values: &[f64]) -> f64 {
    values.iter().zip(1u32..).map(|(value, i)| f64::from(i) * value).sum()
}

fn parity() -> Comparison {
    Comparison {
        id: "fec.kp4_parity".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: "RS(544,514), message symbol k = (617 k + 29) mod 1024: sum of the 30 parity \
                     symbols times 1 to 30"
            .into(),
        source: format!("galois 0.4.11, ReedSolomon over x^10 + x^3 + 1, shortened; {SCRIPT}"),
        unit: "",
        reference: of_stored(&numbers(&CODES, "/kp4_parity")),
        tolerance: Tolerance::Absolute(0.5),
        derivation: "whole numbers: one wrong bit of one symbol moves the sum by 1 or more".into(),
        mutation: Mutation::new("first symbol of the message", 29.0, 1.0),
        known: None,
        ours: Box::new(|first| {
            let code = Code::KP4.build().ok()?;
            let symbol = |k: u32| if k < 514 { ((617 * k + 29) % 1024) as u16 } else { 0 };
            let mut word: Vec<u16> = (0..544).map(symbol).collect();
            word[0] = first as u16;
            code.encode(&mut word).ok()?;
            Some(weighted(&word[514..]))
        }),
    }
}

fn generator() -> Comparison {
    Comparison {
        id: "fec.kp4_generator".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions:
            "generator of RS(544,514), first root 1: sum of the 31 coefficients times 1 to \
                     31"
            .into(),
        source: format!("reedsolo 1.7.0, rs_generator_poly over 0x409; {SCRIPT}"),
        unit: "",
        reference: of_stored(&numbers(&CODES, "/kp4_generator")),
        tolerance: Tolerance::Absolute(0.5),
        derivation: "whole numbers, as above".into(),
        mutation: Mutation::new("power of the first root", 0.0, 1.0),
        known: None,
        ours: Box::new(|first_root| {
            let code = Code { first_root: first_root as usize, ..Code::KP4 };
            Some(weighted(code.build().ok()?.generator()))
        }),
    }
}

/// A codeword error ratio of independent errors.
fn ratio((text, ber): (&'static str, f64)) -> Comparison {
    Comparison {
        id: format!("fec.kp4_codeword_{text}"),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!("RS(544,514), independent bit errors of {text}: codewords beyond 15"),
        source: format!("SciPy 1.17.1, stats.binom.sf(15, 544, 1 - (1 - BER)^10); {SCRIPT}"),
        unit: "",
        reference: number(&CODES, &format!("/kp4_codeword_error_ratio/{text}")),
        tolerance: Tolerance::Relative(1e-9),
        derivation: "ln Gamma(545) is 2900 with a rounding of 5e-13; SciPy's incomplete beta is \
                     good to 1e-10"
            .into(),
        mutation: Mutation::new("pre-FEC BER", ber, 1e-3 * ber),
        known: None,
        ours: Box::new(|ber| {
            Some(tail::random_errors(&Code::KP4, ber).ok()?.codeword_error_ratio())
        }),
    }
}

fn kr4() -> Comparison {
    Comparison {
        id: "fec.kr4_codeword_1e-5".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: "RS(528,514), independent bit errors of 1e-5: codewords beyond 7".into(),
        source: format!("SciPy 1.17.1, stats.binom.sf(7, 528, ..); {SCRIPT}"),
        unit: "",
        reference: number(&CODES, "/kr4_codeword_error_ratio/1e-5"),
        tolerance: Tolerance::Relative(1e-9),
        derivation: "double precision, as for KP4".into(),
        mutation: Mutation::new("symbols of the message", 514.0, 2.0),
        known: None,
        ours: Box::new(|message| {
            let code = Code { message_symbols: message as usize, ..Code::KR4 };
            Some(tail::random_errors(&code, 1e-5).ok()?.codeword_error_ratio())
        }),
    }
}

fn threshold() -> Comparison {
    Comparison {
        id: "fec.kp4_threshold".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: "pre-FEC BER at which RS(544,514) leaves a post-FEC BER of 1e-15".into(),
        source: format!("SciPy 1.17.1, brentq on a sum over stats.binom.pmf; {SCRIPT}"),
        unit: "",
        reference: number(&CODES, "/kp4_ber_for_post_fec_1e_15"),
        tolerance: Tolerance::Relative(1e-6),
        derivation: "the ratio has a slope of 16 in logarithms; both bisections end at 1e-10"
            .into(),
        mutation: Mutation::new("symbols of the message", 514.0, -2.0),
        known: None,
        ours: Box::new(|message| {
            let code = Code { message_symbols: message as usize, ..Code::KP4 };
            let (mut low, mut high) = (1e-5, 1e-3);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                let left = tail::random_errors(&code, middle).ok()?.post_fec_ber();
                if left < 1e-15 { low = middle } else { high = middle }
            }
            Some(low)
        }),
    }
}

fn frame_loss((codewords, published): (usize, f64)) -> Comparison {
    let interleaved = match codewords {
        1 => "codewords not interleaved".to_owned(),
        _ => format!("{codewords} codewords interleaved"),
    };
    Comparison {
        id: format!("fec.frame_loss_{codewords}"),
        kind: ReferenceKind::Published,
        conditions: format!(
            "RS(544,514) at a BER of 2.4e-4, {interleaved}: frames lost, of 64 octets with gap and \
             preamble"
        ),
        source: "frame loss ratio that IEEE Std 802.3 asks of PMDs with this code, as quoted in \
                 docs/standards.md 6.1 (secondary)"
            .into(),
        unit: "",
        reference: published,
        tolerance: Tolerance::Absolute(if codewords == 1 { 5e-15 } else { 5e-14 }),
        derivation: "half a unit of the last digit printed".into(),
        mutation: Mutation::new("pre-FEC BER", 2.4e-4, 5e-6),
        known: None,
        ours: Box::new(move |ber| {
            let after = tail::random_errors(&Code::KP4, ber).ok()?;
            Some(after.ln_frame_loss_ratio(&Code::KP4, codewords, 84.0).exp())
        }),
    }
}

/// Counted codewords of a curve at one error ratio.
pub(super) fn one_point(curve: &FecCurve, ber: f64) -> Option<CurvePoint> {
    let ber = format!("{ber:e}").parse().ok()?;
    let curve = FecCurve { ber, errors: u64::MAX, ..curve.clone() };
    curve.build().ok()?.run(&RunOptions::default()).pop()
}

/// More than t of n symbols of ten bits wrong: the sum of the binomial law, term by term.
pub(super) fn codewords_lost(n: i32, t: i32, ber: f64) -> f64 {
    let p = 1.0 - (1.0 - ber).powi(10);
    let mut term = (1.0 - p).powi(n);
    let mut kept = 0.0;
    for i in 0..=t {
        kept += term;
        term *= f64::from(n - i) / f64::from(i + 1) * p / (1.0 - p);
    }
    1.0 - kept
}

fn counted() -> Comparison {
    const WORDS: u64 = 40_000;
    let expected = codewords_lost(544, KP4_CORRECTED, 2.2e-3);
    let deviation = ((1.0 - expected) / (WORDS as f64 * expected)).sqrt();
    Comparison {
        id: "fec.kp4_counted".into(),
        kind: ReferenceKind::ClosedForm,
        conditions: format!(
            "RS(544,514) of 800GBASE-DR8 at a BER of 2.2e-3: {WORDS} codewords, lost ones counted"
        ),
        source:
            "binomial law of 544 symbols: 1 - sum over i <= 15 of C(544, i) p^i (1 - p)^(544 - \
                 i), p = 1 - (1 - BER)^10"
                .into(),
        unit: "",
        reference: expected,
        tolerance: Tolerance::Relative(5.0 * deviation),
        derivation: "five standard deviations of the binomial count".into(),
        mutation: Mutation::new("pre-FEC BER", 2.2e-3, 1e-4),
        known: None,
        ours: Box::new(|ber| {
            let curve = FecCurve { codewords: WORDS, ..FecCurve::default() };
            let point = one_point(&curve, ber)?;
            Some((point.uncorrectable + point.miscorrected) as f64 / point.codewords as f64)
        }),
    }
}

/// Bits of the message of the test vector, the first one on top.
const VECTOR: u128 = 0x0058_CCD6_AB6D_AEBB_37AA_FB69_7582_D4B0;

fn vector() -> Comparison {
    Comparison {
        id: "fec.inner_vector".into(),
        kind: ReferenceKind::Published,
        conditions:
            "inner code of clause 177, message 58CCD6AB 6DAEBB37 AAFB6975 82D4B0: its eight \
                     parity bits as a number"
                .into(),
        source: "IEEE P802.3dj D1.1, clause 177 test vector, as transcribed in Omer-Sella/802.3 \
                 (parity 0,1,0,1,0,0,0,1)"
            .into(),
        unit: "",
        reference: f64::from(0b0101_0001),
        tolerance: Tolerance::Absolute(0.5),
        derivation: "whole numbers".into(),
        mutation: Mutation::new("first bit of the message", 0.0, 1.0),
        known: None,
        ours: Box::new(|first| {
            let bit = |k: usize| (VECTOR >> (119 - k)) & 1 == 1;
            let mut levels = [0; inner::BLOCK_SYMBOLS];
            for (k, level) in levels[..inner::PAYLOAD_SYMBOLS].iter_mut().enumerate() {
                let high = if k == 0 { first != 0.0 } else { bit(2 * k) };
                *level = gray::level(high, bit(2 * k + 1));
            }
            inner::encode(&mut levels);
            // Gray code: 00, 01, 11, 10 from the lowest level on
            let bits =
                levels[inner::PAYLOAD_SYMBOLS..].iter().map(|level| [0, 1, 3, 2][*level as usize]);
            Some(bits.fold(0, |sum, bits| 4 * sum + bits).into())
        }),
    }
}

fn hard() -> Comparison {
    const WORDS: u64 = 4096;
    let expected = number(&CODES, "/inner_hard/ber_after");
    // four wrong bits to an event, of the payload of the codewords
    let deviation = 2.0 / (expected * WORDS as f64 * 5440.0).sqrt();
    Comparison {
        id: "fec.inner_hard".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!(
            "inner code by hard decisions, white noise, BER 4.85e-3 before: BER after, {WORDS} \
             codewords of KP4 counted"
        ),
        source: format!("syndrome decoder of 2 000 000 blocks, NumPy 2.4.6; {SCRIPT}"),
        unit: "",
        reference: expected,
        tolerance: Tolerance::Relative(5.0 * deviation),
        derivation: "events leave some four bits: five standard deviations of the count; the \
                     script's own count is five times as long"
            .into(),
        mutation: Mutation::new("BER before the inner code", 4.85e-3, 3e-4),
        known: None,
        ours: Box::new(|ber| {
            let mut coding = Scheme::Kp4Inner.on("1.6tbase-dr8-2").ok()?;
            coding.inner.as_mut()?.decoder = toml::from_str("positions = 0").ok()?;
            let curve = FecCurve { coding, codewords: WORDS, ..FecCurve::default() };
            one_point(&curve, ber)?.inner?.inner_ber_counted
        }),
    }
}
