use super::code::*;
use super::decode::{DecodeOutcome, DecoderWorkspace};
use crate::error::{KeyPath, Problems};
use crate::fec::tail;
use crate::math::ln_binomial::ln_binomial;
use crate::seed::{Rng, Seed};
use proptest::prelude::*;

/// Primitive polynomials of degree 4 to 12.
const PRIMITIVE: [u32; 9] = [0x13, 0x25, 0x43, 0x83, 0x11d, 0x211, 0x409, 0x805, 0x1053];

fn small(parity: usize, first_root: usize) -> ReedSolomon {
    Code { field_polynomial: 0x13, codeword_symbols: 15, message_symbols: 15 - parity, first_root }
        .build()
        .unwrap()
}

fn below(rng: &mut Rng, bound: usize) -> usize {
    (rng.next_u64() % bound as u64) as usize
}

fn random_word(code: &ReedSolomon, rng: &mut Rng) -> Vec<u16> {
    let mut word: Vec<u16> = (0..code.code().codeword_symbols)
        .map(|_| below(rng, code.field().order() + 1) as u16)
        .collect();
    code.encode(&mut word).unwrap();
    word
}

/// Different positions, drawn by rejection.
fn positions(rng: &mut Rng, n: usize, count: usize) -> Vec<usize> {
    let mut drawn = Vec::new();
    while drawn.len() < count {
        let position = below(rng, n);
        if !drawn.contains(&position) {
            drawn.push(position);
        }
    }
    drawn
}

/// `docs/standards.md` 6.1, from x^30 to x^0.
#[test]
fn the_generator_of_kp4_is_the_printed_one() {
    let printed = [
        1, 575, 552, 187, 230, 552, 1, 108, 565, 282, 249, 593, 132, 94, 720, 495, 385, 942, 503,
        883, 361, 788, 610, 193, 392, 127, 185, 158, 128, 834, 523,
    ];
    assert_eq!(Code::KP4.build().unwrap().generator(), printed);
}

/// Message symbols (7 i + i^2) mod 1024; parity by long division in Python with shift-and-add
/// products:
///
/// ```text
/// def mul(a, b):
///     r = 0
///     while b: r ^= a * (b & 1); a = a << 1 ^ 0x409 * (a >> 9); b >>= 1
///     return r
/// g, root = [1], 1
/// for _ in range(n - 514): g = [a ^ b for a, b in zip(g + [0], [0] + [mul(c, root) for c in g])]; root = mul(root, 2)
/// w = [(7 * i + i * i) % 1024 for i in range(514)] + [0] * (n - 514)
/// for i in range(514): f = w[i]; w[i:i + len(g)] = [a ^ mul(f, c) for a, c in zip(w[i:], g)]
/// print(w[514:])
/// ```
#[test]
fn parity_agrees_with_an_independent_computation() {
    let kp4: [u16; 30] = [
        65, 231, 235, 408, 16, 142, 8, 463, 303, 760, 187, 426, 644, 294, 818, 395, 52, 706, 1015,
        54, 379, 1005, 618, 245, 85, 913, 558, 252, 319, 78,
    ];
    let kr4: [u16; 14] = [721, 70, 225, 747, 583, 184, 869, 165, 254, 655, 71, 877, 590, 191];
    for (code, parity) in [(Code::KP4, &kp4[..]), (Code::KR4, &kr4[..])] {
        let mut word: Vec<u16> =
            (0..code.codeword_symbols).map(|i| ((7 * i + i * i) % 1024) as u16).collect();
        code.build().unwrap().encode(&mut word).unwrap();
        assert_eq!(&word[514..], parity);
    }
}

/// RS(15,11): one codeword, all 15^2 values at all pairs of positions, and all single errors.
#[test]
fn every_pattern_of_up_to_two_errors_is_corrected() {
    for first_root in [0, 1, 6, 14] {
        let code = small(4, first_root);
        let mut work = DecoderWorkspace::new(code.code());
        let sent = random_word(&code, &mut Seed::new(1).rng());
        for (a, b) in (0..15).flat_map(|a| (0..=a).map(move |b| (a, b))) {
            for (x, y) in (1..16).flat_map(|x| (1..16).map(move |y| (x, y))) {
                let mut word = sent.clone();
                word[a] ^= x;
                word[b] ^= if a == b { 0 } else { y };
                let outcome = code.decode(&mut word, &[], &mut work).unwrap();
                assert_eq!(word, sent, "{a} {b} {x} {y}");
                let (symbols, bits) =
                    if a == b { (1, x.count_ones()) } else { (2, x.count_ones() + y.count_ones()) };
                assert_eq!(outcome, DecodeOutcome::Corrected { symbols, bits: bits as usize });
            }
        }
    }
}

/// RS(15,11): 2 erasures (all values) and 1 error, and 4 erasures, at all positions.
#[test]
fn every_pattern_of_erasures_and_an_error_is_corrected() {
    let code = small(4, 1);
    let mut work = DecoderWorkspace::new(code.code());
    let sent = random_word(&code, &mut Seed::new(2).rng());
    for (a, b, c) in (0..15)
        .flat_map(|a| (0..a).flat_map(move |b| (0..15).map(move |c| (a, b, c))))
        .filter(|&(a, b, c)| c != a && c != b)
    {
        for (x, y) in (0..16).flat_map(|x| (0..16).map(move |y| (x, y))) {
            let mut word = sent.clone();
            (word[a], word[b]) = (word[a] ^ x, word[b] ^ y);
            word[c] ^= 1 + (x ^ y) % 15;
            code.decode(&mut word, &[a, b], &mut work).unwrap();
            assert_eq!(word, sent, "{a} {b} {c} {x} {y}");
        }
        let d = (0..15).find(|d| ![a, b, c].contains(d)).unwrap();
        let mut word = sent.clone();
        for position in [a, b, c, d] {
            word[position] = 0;
        }
        code.decode(&mut word, &[a, b, c, d], &mut work).unwrap();
        assert_eq!(word, sent, "{a} {b} {c} {d}");
    }
}

/// RS(15,11) has d = 5 and 15 C(15, 5) = 45 045 codewords of weight 5 (MDS weight enumerator); each
/// has C(5, 3) = 10 words of weight 3 at distance 2, and no word of weight 3 is that near to two
/// codewords. All others of weight 3 must be detected.
#[test]
fn exactly_the_words_near_another_codeword_are_miscorrected() {
    let code = small(4, 0);
    let mut work = DecoderWorkspace::new(code.code());
    let mut miscorrected = 0;
    let mut all = 0;
    for (a, b, c) in (0..15).flat_map(|a| (0..a).flat_map(move |b| (0..b).map(move |c| (a, b, c))))
    {
        for value in 0..15u16.pow(3) {
            let mut word = [0; 15];
            (word[a], word[b], word[c]) = (1 + value % 15, 1 + value / 15 % 15, 1 + value / 225);
            let received = word;
            all += 1;
            match code.decode(&mut word, &[], &mut work).unwrap() {
                DecodeOutcome::Clean => panic!("no codeword has weight 3"),
                DecodeOutcome::Detected => assert_eq!(word, received),
                DecodeOutcome::Corrected { .. } => {
                    assert_eq!(word.iter().filter(|&&s| s != 0).count(), 5);
                    miscorrected += 1;
                }
            }
        }
    }
    assert_eq!((miscorrected, all), (450_450, 455 * 3375));
    assert!(f64::from(miscorrected) / f64::from(all) <= code.miscorrection_bound());
}

/// RS(63,55), t = 4: 6 to 20 errors. The bound of McEliece and Swanson, and the share of all words
/// that lie near a codeword, which the probability approaches (within 1 %, their law of large
/// numbers); 40 000 words, |z| < 5.
#[test]
fn miscorrection_beyond_t_is_as_seldom_as_its_bound_says() {
    let code =
        Code { field_polynomial: 0x43, codeword_symbols: 63, message_symbols: 55, first_root: 1 }
            .build()
            .unwrap();
    let mut work = DecoderWorkspace::new(code.code());
    let mut rng = Seed::new(3).named("beyond").rng();
    let words = 40_000;
    let share: f64 =
        (0..=4).map(|s| libm::exp(ln_binomial(63, s) + s as f64 * 63f64.ln())).sum::<f64>()
            / 64f64.powi(8);
    for errors in [8, 20] {
        let miscorrected = (0..words)
            .filter(|_| {
                let mut word = vec![0; 63];
                positions(&mut rng, 63, errors)
                    .into_iter()
                    .for_each(|p| word[p] = 1 + below(&mut rng, 63) as u16);
                code.decode(&mut word, &[], &mut work).unwrap() != DecodeOutcome::Detected
            })
            .count() as f64;
        let expected = share * f64::from(words);
        assert!(
            (miscorrected - expected).abs() < 5.0 * expected.sqrt() + 0.01 * expected,
            "{errors}: {miscorrected} of {expected}"
        );
        assert!(
            miscorrected < code.miscorrection_bound() * f64::from(words) + 5.0 * expected.sqrt()
        );
    }
}

/// RS(511,481), m = 9: words not decoded to the sent one over 2000 words at three ratios, |z| < 5.
#[test]
fn another_code_fails_as_often_as_the_closed_form_says() {
    let code = Code {
        field_polynomial: 0x211,
        codeword_symbols: 511,
        message_symbols: 481,
        first_root: 1,
    };
    let built = code.build().unwrap();
    let mut work = DecoderWorkspace::new(built.code());
    let mut rng = Seed::new(5).rng();
    for ber in [2.5e-3, 3e-3, 3.5e-3] {
        let sent = random_word(&built, &mut rng);
        let words = 2000;
        let failed = (0..words).filter(|_| {
            let mut word = sent.clone();
            word.iter_mut().for_each(|symbol| {
                (0..9).filter(|_| rng.uniform() < ber).for_each(|bit| *symbol ^= 1 << bit)
            });
            built.decode(&mut word, &[], &mut work).unwrap();
            word != sent
        });
        let (failed, ratio) = (
            failed.count() as f64,
            tail::random_errors(&code, ber).unwrap().codeword_error_ratio(),
        );
        let (mean, error) =
            (ratio * f64::from(words), (ratio * (1.0 - ratio) * f64::from(words)).sqrt());
        assert!((failed - mean).abs() < 5.0 * error, "{ber}: {failed}, expected {mean}");
    }
}

/// The bound is 5e-17 per word: not one in any test.
#[test]
fn kp4_corrects_fifteen_errors_and_detects_more() {
    for (code, t) in [(Code::KP4, 15), (Code::KR4, 7)] {
        let code = code.build().unwrap();
        assert_eq!(code.code().correctable(), t);
        let mut work = DecoderWorkspace::new(code.code());
        let mut rng = Seed::new(4).rng();
        for round in 0..300 {
            let sent = random_word(&code, &mut rng);
            let errors = 1 + round % (t + 5);
            let mut word = sent.clone();
            let n = code.code().codeword_symbols;
            positions(&mut rng, n, errors)
                .into_iter()
                .for_each(|p| word[p] ^= 1 + below(&mut rng, 1023) as u16);
            let received = word.clone();
            let outcome = code.decode(&mut word, &[], &mut work).unwrap();
            if errors <= t {
                let bits =
                    received.iter().zip(&sent).map(|(a, b)| (a ^ b).count_ones() as usize).sum();
                assert_eq!(
                    (outcome, &word),
                    (DecodeOutcome::Corrected { symbols: errors, bits }, &sent)
                );
            } else if t == 15 {
                assert_eq!((outcome, &word), (DecodeOutcome::Detected, &received));
            } else {
                assert_ne!(word, sent);
            }
        }
    }
}

#[test]
fn impossible_parameters_are_refused_with_their_bounds() {
    let message = |code: Code| code.build().unwrap_err().to_string();
    assert_eq!(
        message(Code { codeword_symbols: 1024, ..Code::KP4 }),
        "codeword_symbols = 1024: must be from 2 to 1023"
    );
    assert_eq!(
        message(Code { message_symbols: 544, ..Code::KP4 }),
        "message_symbols = 544: must be from 1 to 543"
    );
    assert_eq!(
        message(Code { first_root: 1023, ..Code::KP4 }),
        "first_root = 1023: must be from 0 to 1022"
    );
    assert!(message(Code { field_polynomial: 0x408, ..Code::KP4 }).contains("not primitive"));
    for wrong in [
        Code { codeword_symbols: 0, ..Code::KP4 },
        Code { message_symbols: 0, ..Code::KP4 },
        Code { field_polynomial: 0, ..Code::KP4 },
    ] {
        let mut problems = Problems::new();
        wrong.check(&KeyPath::root().key("fec"), &mut problems);
        assert!(!problems.is_empty() && wrong.build().is_err());
    }
    let mut problems = Problems::new();
    Code::KP4.check(&KeyPath::root(), &mut problems);
    assert!(problems.is_empty());
}

#[test]
fn words_that_are_none_are_refused_and_leave_no_trace() {
    let code = small(4, 0);
    let mut work = DecoderWorkspace::new(code.code());
    let mut decode = |word: &mut [u16], erasures: &[usize]| code.decode(word, erasures, &mut work);
    assert_eq!(decode(&mut [0; 14], &[]), Err(WordError::Length { found: 14, expected: 15 }));
    assert_eq!(decode(&mut [16; 15], &[]), Err(WordError::Symbol { size: 16 }));
    assert_eq!(decode(&mut [0; 15], &[1, 15]), Err(WordError::Erasure { position: 15, n: 15 }));
    assert_eq!(decode(&mut [0; 15], &[1, 2, 1]), Err(WordError::ErasedTwice { position: 1 }));
    assert_eq!(decode(&mut [0; 15], &[1, 2]), Ok(DecodeOutcome::Clean));
    let mut word = [0; 15];
    word[0] = 1;
    assert_eq!(decode(&mut word, &[1, 2, 3, 4, 5]), Ok(DecodeOutcome::Detected));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_code_corrects_what_it_promises(
        m in 4usize..=12,
        length in 0.0..1.0f64,
        rate in 0.0..1.0f64,
        root in 0.0..1.0f64,
        erased in 0.0..1.0f64,
        seed: u64,
    ) {
        let order = (1 << m) - 1;
        let n = 2 + ((order - 2) as f64 * length) as usize;
        let parity = (1 + ((n - 2) as f64 * rate) as usize).min(120);
        let first_root = (root * order as f64) as usize;
        let code = Code {
            field_polynomial: PRIMITIVE[m - 4],
            codeword_symbols: n,
            message_symbols: n - parity,
            first_root,
        };
        let code = code.build().unwrap();
        let mut rng = Seed::new(seed).rng();
        let sent = random_word(&code, &mut rng);
        let erasures = (erased * (parity + 1) as f64) as usize;
        let wrong = positions(&mut rng, n, erasures + (parity - erasures) / 2);
        let mut word = sent.clone();
        for (i, &position) in wrong.iter().enumerate() {
            // an erased symbol may be right by chance
            let change =
                if i < erasures { below(&mut rng, order + 1) } else { 1 + below(&mut rng, order) };
            word[position] ^= change as u16;
        }
        let mut workspace = DecoderWorkspace::new(code.code());
        code.decode(&mut word, &wrong[..erasures], &mut workspace).unwrap();
        prop_assert_eq!(word, sent);
    }

    #[test]
    fn any_word_is_clean_corrected_to_a_codeword_or_left_alone(
        parity in 1usize..12,
        erasures in 0usize..14,
        seed: u64,
    ) {
        let code = small(parity, 3);
        let mut work = DecoderWorkspace::new(code.code());
        let mut rng = Seed::new(seed).rng();
        let received: Vec<u16> = (0..15).map(|_| below(&mut rng, 16) as u16).collect();
        let mut word = received.clone();
        let erased = positions(&mut rng, 15, erasures);
        match code.decode(&mut word, &erased, &mut work).unwrap() {
            DecodeOutcome::Corrected { symbols, .. } => {
                let changed: Vec<usize> = (0..15).filter(|&i| word[i] != received[i]).collect();
                prop_assert_eq!(changed.len(), symbols);
                let errors = changed.iter().filter(|position| !erased.contains(position)).count();
                prop_assert!(2 * errors + erasures <= parity);
                let again = code.decode(&mut word, &[], &mut work).unwrap();
                prop_assert_eq!(again, DecodeOutcome::Clean);
            }
            _ => prop_assert_eq!(word, received),
        }
    }
}
