//! SSPRQ, the short stress pattern: pieces of PRBS31 with long runs, 65 535 symbols.

use super::{gray, prbs::Register};

/// The pieces of PRBS31: the 31 bits before the first one output, S30 most significant, and the
/// bits taken.
const SECTIONS: [(u32, usize); 3] =
    [(0x0000_0002, 10_924), (0x3401_3ff7, 10_922), (0x0ccc_cccc, 10_922)];

/// Symbols that are turned upside down, level s to 3 - s.
const INVERTED: [std::ops::Range<usize>; 2] = [16_384..32_768, 49_151..65_535];

/// One period of SSPRQ.
///
/// ```text
/// A      = three sections of inverted PRBS31, 32 768 bits
/// bits   = A, A, A without its first bit, A without its last bit
/// levels = Gray coded pairs, symbols 16384..32767 and 49151..65534 turned upside down
/// ```
///
/// # Reference
///
/// IEEE 802.3, 120.5.11.2.3 and its SSPRQ_sequence.csv, whose SHA-256 a test compares.
pub(super) fn ssprq() -> Vec<u8> {
    let sections = SECTIONS.into_iter();
    let a: Vec<bool> = sections
        .flat_map(|(seed, length)| Register::prbs31(seed).take(length))
        .map(|bit| !bit)
        .collect();
    let mut levels = gray::encode([&a, &a, &a[1..], &a[..a.len() - 1]].concat());
    for level in INVERTED.into_iter().flatten() {
        levels[level] = 3 - levels[level];
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::prbs;
    use sha2::{Digest, Sha256};

    fn digits(levels: &[u8]) -> String {
        levels.iter().map(u8::to_string).collect()
    }

    /// The digest of the levels as bytes is that of IEEE's SSPRQ_sequence.csv (wfmsynth, test of
    /// its standard patterns).
    #[test]
    fn ssprq_is_the_published_sequence() {
        let digest =
            Sha256::digest(ssprq()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(digest, "f17f5effb8e68863e5355258186456e1c3b3c48b5519c1a0c46dac855fae3582");
    }

    #[test]
    fn ssprq_has_the_published_length_counts_and_ends() {
        let pattern = ssprq();
        assert_eq!(pattern.len(), 65_535);
        let count = |level| pattern.iter().filter(|&&other| other == level).count();
        assert_eq!([0, 1, 2, 3].map(count), [15_215, 17_553, 17_552, 15_215]);
        assert_eq!(digits(&pattern[..32]), "22222222222221322222222222212212");
        assert_eq!(digits(&pattern[pattern.len() - 16..]), "0131221211130131");
    }

    #[test]
    fn ssprq_holds_the_runs_that_oma_is_measured_on() {
        let pattern = ssprq();
        let runs = |level, length| {
            pattern.split(|&other| other != level).filter(|run| run.len() == length).count()
        };
        assert_eq!((runs(3, 7), runs(0, 6)), (16, 20));
        assert_eq!((prbs::longest_run(&pattern, 3), prbs::longest_run(&pattern, 0)), (14, 14));
    }
}
