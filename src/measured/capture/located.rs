//! Candidate patterns of a capture, and the one found.

use crate::pattern::gray;

/// A candidate pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name in messages.
    pub name: String,
    /// One period of levels 0 to 3.
    pub levels: Vec<u8>,
}

/// Coding of a pattern's bits, where it is not as the pattern's standard has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BitCoding {
    /// True when the two bits of each symbol are swapped.
    pub swapped: bool,
    /// True when every bit is inverted.
    pub inverted: bool,
    /// True when two bits are a level as a binary number, 10 for level 2, not in Gray code.
    pub binary: bool,
}

impl BitCoding {
    /// All that differ by more than the polarity of the signal, the usual ones first.
    pub(super) const ALL: [BitCoding; 6] = {
        let gray = BitCoding { swapped: false, inverted: false, binary: false };
        let binary = BitCoding { binary: true, ..gray };
        let inverted = BitCoding { inverted: true, ..gray };
        [
            gray,
            BitCoding { swapped: true, ..gray },
            binary,
            BitCoding { swapped: true, ..binary },
            inverted,
            BitCoding { swapped: true, ..inverted },
        ]
    };

    /// The level that a transmitter of this coding sends in place of a Gray coded one.
    pub(super) fn sent(self, level: u8) -> u8 {
        let (first, second) = gray::bits(level);
        let (first, second) = (first ^ self.inverted, second ^ self.inverted);
        let (first, second) = if self.swapped { (second, first) } else { (first, second) };
        if self.binary {
            u8::from(first) << 1 | u8::from(second)
        } else {
            gray::level(first, second)
        }
    }

    /// What differs, in words.
    pub fn words(self) -> Vec<&'static str> {
        let all = [
            (self.swapped, "bits of each symbol swapped"),
            (self.inverted, "bits inverted"),
            (self.binary, "binary instead of Gray code"),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect()
    }
}

/// Pattern, rate and polarity found in a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Name of the pattern.
    pub pattern: String,
    /// One period of the transmitted levels (3 is the highest power), beginning with the capture's
    /// first symbol.
    pub levels: Vec<u8>,
    /// True if the power is lowest where the pattern is highest.
    pub inverted: bool,
    /// Coding of its bits.
    pub coding: BitCoding,
    /// Samples per symbol, by the capture's clock.
    pub samples_per_symbol: f64,
    /// Sampling instant within a symbol that separates levels best, 0 to 1; sample 0 lies at 0.
    pub delay_ui: f64,
    /// Distance of its symbol rate from the one given, in parts per million; zero when there was
    /// none.
    pub off_ppm: f64,
    /// Mean correlation of symbols with their samples, 0 to 1.
    pub correlation: f64,
}

impl Located {
    /// Text of the result, with the number of periods.
    pub fn found(&self, periods: usize) -> String {
        let mut words = format!(
            "{periods} period{} of {} ({} symbols)",
            if periods == 1 { "" } else { "s" },
            self.pattern,
            self.levels.len()
        );
        words += &format!(
            ", {:.3} samples per symbol, {:+.1} ppm, correlation {:.3}",
            self.samples_per_symbol, self.off_ppm, self.correlation
        );
        words += if self.inverted { ", inverted" } else { "" };
        self.coding.words().iter().for_each(|coding| words += &format!(", {coding}"));
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A swap of the bits, an inversion and another code make these six, and their negatives, out
    /// of all permutations that they can make.
    #[test]
    fn the_codings_are_all_that_bits_can_make_apart_from_polarity() {
        let levels = |coding: BitCoding| [0, 1, 2, 3].map(|level| coding.sent(level));
        assert_eq!(levels(BitCoding::default()), [0, 1, 2, 3]);
        assert_eq!(levels(BitCoding::ALL[1]), [0, 3, 2, 1]);
        assert_eq!(levels(BitCoding::ALL[2]), [0, 1, 3, 2]);
        assert_eq!(levels(BitCoding::ALL[4]), [2, 3, 0, 1]);
        let known: Vec<[u8; 4]> = BitCoding::ALL
            .into_iter()
            .flat_map(|coding| [levels(coding), levels(coding).map(|level| 3 - level)])
            .collect();
        for bits in 0..8 {
            let [swapped, inverted, binary] = [1, 2, 4].map(|bit| bits & bit > 0);
            assert!(known.contains(&levels(BitCoding { swapped, inverted, binary })), "{bits}");
        }
        assert!((0..12).all(|i| !known[..i].contains(&known[i])));
    }
}
