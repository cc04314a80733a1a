//! Pseudo-random bit sequences, one bit at a time: the defining shift register, and PRBS13Q.
//!
//! [`super::prbs31q`] generates PRBS31 many bits at a time and is tested against this register.

use super::gray;

/// A linear feedback shift register; an endless iterator of the bits it feeds back.
///
/// ```text
/// p(i) = sum over the taps t of p(i - t), mod 2
/// ```
///
/// The output is the bit that enters the register, as in 802.3 Figures 49-9 and 94-6, before any
/// inverter.
#[derive(Clone, Debug)]
pub(super) struct Register {
    /// Bit k holds p(i - 1 - k): S0, the newest, is the least significant.
    state: u32,
    taps: u32,
}

impl Register {
    /// 1 + x + x^2 + x^12 + x^13 (Figure 94-6).
    pub(super) fn prbs13(seed: u32) -> Self {
        Self::new(seed, &[1, 2, 12, 13])
    }

    /// 1 + x^5 + x^9 (ITU-T O.150, 5.1).
    fn prbs9() -> Self {
        Self::new(0x1ff, &[5, 9])
    }

    /// 1 + x^9 + x^11 (ITU-T O.150, 5.2).
    fn prbs11() -> Self {
        Self::new(0x7ff, &[9, 11])
    }

    /// 1 + x^14 + x^15, without the inverter at its output (ITU-T O.150, 5.3).
    fn prbs15() -> Self {
        Self::new(0x7fff, &[14, 15])
    }

    /// 1 + x^28 + x^31 (Figure 49-9), without the inverter at its output.
    pub(super) fn prbs31(seed: u32) -> Self {
        Self::new(seed, &[28, 31])
    }

    fn new(seed: u32, taps: &[u32]) -> Self {
        let taps = taps.iter().fold(0, |mask, tap| mask | 1 << (tap - 1));
        Self { state: seed, taps }
    }
}

impl Iterator for Register {
    type Item = bool;

    fn next(&mut self) -> Option<bool> {
        let bit = (self.state & self.taps).count_ones() & 1;
        self.state = self.state << 1 | bit;
        Some(bit == 1)
    }
}

/// Symbols of one period of PRBS13Q.
pub(super) const PRBS13Q_PERIOD: usize = (1 << 13) - 1;

/// S0 to S12 = 0000010101011, as in the COM code for lane 0 (assumed to be the clause's); it only
/// chooses the first symbol.
const PRBS13Q_SEED: u32 = 0b1_1010_1010_0000;

/// One period of PRBS13Q: two periods of PRBS13, Gray coded.
///
/// # Reference
///
/// IEEE 802.3, 120.5.11.2.1.
pub(super) fn prbs13q() -> Vec<u8> {
    gray::encode(Register::prbs13(PRBS13Q_SEED).take(2 * PRBS13Q_PERIOD))
}

/// One period of PRBS9Q: two periods of PRBS9, Gray coded, 511 symbols.
pub(super) fn prbs9q() -> Vec<u8> {
    gray::encode(Register::prbs9().take(2 * ((1 << 9) - 1)))
}

/// One period of PRBS11Q: two periods of PRBS11, Gray coded, 2047 symbols.
pub(super) fn prbs11q() -> Vec<u8> {
    gray::encode(Register::prbs11().take(2 * ((1 << 11) - 1)))
}

/// One period of PRBS15Q: two periods of PRBS15, inverted and Gray coded, 32 767 symbols.
pub(super) fn prbs15q() -> Vec<u8> {
    gray::encode(Register::prbs15().map(|bit| !bit).take(2 * ((1 << 15) - 1)))
}

/// Longest run of `level` in the repeated pattern.
#[cfg(test)]
pub(super) fn longest_run(pattern: &[u8], level: u8) -> usize {
    pattern.repeat(2).split(|&other| other != level).map(<[u8]>::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of 120.5.11.2.a (as quoted in Omer-Sella/802.3, ieeeConstants.py) settles what a
    /// seed means, which bit is output, that it is not inverted, and the Gray map.
    #[test]
    fn the_register_reproduces_the_prbs9q_example_of_the_standard() {
        let digits: String = prbs9q()[..60].iter().map(u8::to_string).collect();
        assert_eq!(digits, "001232230323131001033121330220223132011103023021333230313030");
    }

    #[test]
    fn prbs13_has_its_full_period() {
        let start = Register::prbs13(PRBS13Q_SEED);
        let mut register = start.clone();
        let back = (1..=1 << 13).find(|_| {
            register.next();
            register.state & 0x1fff == start.state
        });
        assert_eq!(back, Some(PRBS13Q_PERIOD));
    }

    /// A maximal sequence of n bits returns after 2^n - 1, and its Gray coded pairs have every
    /// level 2^(n-2) times but one, which has one fewer.
    #[test]
    fn the_short_patterns_have_their_periods_and_levels() {
        for (n, pattern, rare) in [(9, prbs9q(), 0), (11, prbs11q(), 0), (15, prbs15q(), 2)] {
            assert_eq!(pattern.len(), (1 << n) - 1);
            let count = |level| pattern.iter().filter(|&&other| other == level).count();
            for level in 0..4u8 {
                let fewer = usize::from(level == rare);
                assert_eq!(count(level), (1 << (n - 2)) - fewer, "PRBS{n}Q, {level}");
            }
            let again = (1..pattern.len()).find(|&k| {
                pattern.iter().cycle().skip(k).zip(&pattern).take(64).all(|(a, b)| a == b)
            });
            assert_eq!(again, None, "PRBS{n}Q repeats early");
        }
    }

    #[test]
    fn prbs13q_has_runs_of_seven_threes_and_six_zeros() {
        let pattern = prbs13q();
        assert_eq!(pattern.len(), 8191);
        assert_eq!(longest_run(&pattern, 3), 7);
        assert_eq!(longest_run(&pattern, 0), 6);
    }

    /// Two periods pair every bit with both its neighbours, so the levels count the pairs of bits
    /// of a maximal sequence: 2^11 of each, but one fewer 00.
    #[test]
    fn prbs13q_uses_the_levels_evenly() {
        let pattern = prbs13q();
        let count = |level| pattern.iter().filter(|&&other| other == level).count();
        assert_eq!([0, 1, 2, 3].map(count), [2047, 2048, 2048, 2048]);
    }
}
