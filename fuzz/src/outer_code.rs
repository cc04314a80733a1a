//! The outer code: Reed-Solomon decoders of any parameters.

use super::common::{Numbers, refused};
use lightlane::error::{KeyPath, Problems};
use lightlane::fec::ReedSolomon;
use lightlane::fec::reed_solomon::{Code, DecodeOutcome, DecoderWorkspace};

/// Primitive polynomials of degree 4 to 12, and two that are not.
const POLYNOMIALS: [u32; 11] =
    [0x13, 0x25, 0x43, 0x83, 0x11d, 0x211, 0x409, 0x805, 0x1053, 0x1f, 0x408];
/// Most parity symbols of a code that is built.
const PARITY_MAX: usize = 40;

/// Words of a Reed-Solomon code with errors and erasures.
///
/// The first bytes are the code and the message's seed, then each four are an error or an erasure:
/// a position, with the top bit for an erasure, and a value.
pub fn rs(bytes: &[u8]) -> bool {
    let mut numbers = Numbers::new(bytes);
    let code = code(&mut numbers);
    let mut problems = Problems::new();
    code.check(&KeyPath::root(), &mut problems);
    let built = code.build();
    assert_eq!(built.is_ok(), problems.is_empty(), "{code:?}: {problems}");
    let rs = match built {
        Ok(rs) => rs,
        Err(error) => return refused(&error.to_string()),
    };
    let sent = sent(&rs, numbers.word());
    let (mut word, mut erasures) = (sent.clone(), Vec::new());
    while !numbers.rest().is_empty() {
        let (at, value) = (numbers.word(), numbers.word());
        let position = usize::from(at & 0x7fff);
        // a symbol outside the field now and then
        let value = if value == u16::MAX { value } else { value & rs.field().order() as u16 };
        if let Some(symbol) = word.get_mut(position) {
            *symbol ^= value;
        }
        if at & 0x8000 != 0 {
            erasures.push(position);
        }
    }
    decoded(&rs, &sent, &word, &erasures)
}

/// One of the usual codes, or any other.
fn code(numbers: &mut Numbers<'_>) -> Code {
    match numbers.byte() {
        0 => Code::KP4,
        1 => Code::KR4,
        _ => {
            let codeword_symbols = usize::from(numbers.word() & 0x1fff);
            let parity = numbers.below(PARITY_MAX + 1);
            Code {
                field_polynomial: POLYNOMIALS[numbers.below(POLYNOMIALS.len())],
                codeword_symbols,
                message_symbols: codeword_symbols.saturating_sub(parity),
                first_root: usize::from(numbers.word() & 0x1fff),
            }
        }
    }
}

/// A codeword of a message made from a seed.
fn sent(rs: &ReedSolomon, seed: u16) -> Vec<u16> {
    let (code, order) = (rs.code(), rs.field().order());
    let symbol = |i: usize| (i * usize::from(seed) * 7919 + (i >> 3)) % (order + 1);
    let mut word: Vec<u16> = (0..code.codeword_symbols).map(|i| symbol(i) as u16).collect();
    rs.encode(&mut word).expect("symbols of the field");
    word
}

fn decoded(rs: &ReedSolomon, sent: &[u16], received: &[u16], erasures: &[usize]) -> bool {
    let code = rs.code();
    let mut work = DecoderWorkspace::new(code);
    let mut word = received.to_vec();
    let outcome = match rs.decode(&mut word, erasures, &mut work) {
        Ok(outcome) => outcome,
        Err(error) => {
            assert_eq!(word, received, "a word that is refused is changed");
            return refused(&error.to_string());
        }
    };
    let unlike = |a: &[u16], b: &[u16]| (0..a.len()).filter(|&i| a[i] != b[i]).collect::<Vec<_>>();
    let outside = |places: &[usize]| places.iter().filter(|at| !erasures.contains(at)).count();
    let wrong = unlike(received, sent);
    if 2 * outside(&wrong) + erasures.len() <= code.parity_symbols() {
        assert!(word == sent, "{outcome:?} of {} errors, {} erasures", wrong.len(), erasures.len());
    }
    let changed = unlike(&word, received);
    match outcome {
        DecodeOutcome::Clean | DecodeOutcome::Detected => assert!(changed.is_empty()),
        DecodeOutcome::Corrected { symbols, bits } => {
            let flipped = |&at: &usize| (word[at] ^ received[at]).count_ones() as usize;
            assert_eq!(
                (symbols, bits),
                (changed.len(), changed.iter().map(flipped).sum::<usize>())
            );
            assert!(2 * outside(&changed) + erasures.len() <= code.parity_symbols());
        }
    }
    // the word is a codeword unless it was detected; the workspace is as good as new
    let again = rs.decode(&mut word.clone(), &[], &mut work);
    assert_eq!(again == Ok(DecodeOutcome::Clean), outcome != DecodeOutcome::Detected);
    true
}
