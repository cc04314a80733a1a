//! The 1/(1+D) mod 4 precoder, which turns a burst of errors after a DFE into two.
//!
//! ```text
//! transmitter   p(n) = (s(n) - p(n-1)) mod 4
//! receiver      s(n) = (r(n) + r(n-1)) mod 4
//! ```
//!
//! Levels 0..=3 in, levels out, in place. Both take the level before the slice and return the one
//! that the next slice needs, so a stream may be cut anywhere.
//!
//! # Period
//!
//! A pattern of N symbols, precoded, repeats after at most 2 N symbols if N is odd and after at
//! most 4 N if N is even.
//!
//! # Reference
//!
//! IEEE 802.3, 120.5.7.2; 176.9.1.2 in P802.3dj.

/// Precodes levels in place; `previous` is p(-1). Returns the last precoded level.
///
/// ```
/// use lightlane::pattern::{precode, unprecode};
/// let mut levels = [3, 0, 1, 2];
/// assert_eq!(precode(&mut levels, 0), 2);
/// assert_eq!(levels, [3, 1, 0, 2]);
/// unprecode(&mut levels, 0);
/// assert_eq!(levels, [3, 0, 1, 2]);
/// ```
pub fn precode(levels: &mut [u8], previous: u8) -> u8 {
    levels.iter_mut().fold(previous, |previous, level| {
        *level = level.wrapping_sub(previous) & 3;
        *level
    })
}

/// Undoes [`precode`] in place; `previous` is r(-1). Returns the last level received.
///
/// One wrong decision gives two wrong levels, the second one opposite in sign.
pub fn unprecode(levels: &mut [u8], previous: u8) -> u8 {
    levels.iter_mut().fold(previous, |previous, level| {
        let received = *level;
        *level = received.wrapping_add(previous) & 3;
        received
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::prbs;

    /// The example of parthasarathy_01_0911 (IEEE 802.3bj), as quoted in Omer-Sella/802.3,
    /// test_modulation.py.
    #[test]
    fn the_precoder_reproduces_the_example_of_the_task_force() {
        let mut levels = [2, 2, 2, 2, 0, 3, 2, 0, 1, 3, 3, 0, 0, 0, 0, 2, 3, 0, 3];
        precode(&mut levels, 2);
        assert_eq!(levels, [0, 2, 0, 2, 2, 1, 1, 3, 2, 1, 2, 2, 2, 2, 2, 0, 3, 1, 2]);
    }

    #[test]
    fn the_receiver_undoes_the_transmitter() {
        let sent = prbs::prbs13q();
        for previous in 0..4 {
            let mut levels = sent.clone();
            precode(&mut levels, previous);
            assert_ne!(levels, sent);
            unprecode(&mut levels, previous);
            assert_eq!(levels, sent);
        }
    }

    #[test]
    fn a_stream_may_be_cut_anywhere() {
        let (mut whole, mut cut) = (prbs::prbs13q(), prbs::prbs13q());
        precode(&mut whole, 2);
        let last = cut.chunks_mut(37).fold(2, |previous, part| precode(part, previous));
        assert_eq!(whole, cut);
        assert_eq!(Some(&last), whole.last());

        unprecode(&mut whole, 2);
        cut.chunks_mut(41).fold(2, |previous, part| unprecode(part, previous));
        assert_eq!(whole, cut);
    }

    /// A DFE that follows its own error sends it on with alternating sign: +1, -1, +1, ...
    #[test]
    fn a_burst_of_alternating_errors_becomes_two() {
        let sent = prbs::prbs13q();
        let mut levels = sent.clone();
        precode(&mut levels, 0);
        for (k, level) in levels[100..150].iter_mut().enumerate() {
            *level = if k % 2 == 0 { *level + 1 } else { *level + 3 } % 4;
        }
        unprecode(&mut levels, 0);
        let wrong: Vec<usize> = (0..sent.len()).filter(|&n| levels[n] != sent[n]).collect();
        assert_eq!(wrong, [100, 150]);
    }

    #[test]
    fn an_odd_pattern_repeats_after_two_periods() {
        let pattern = prbs::prbs13q();
        let mut levels = pattern.repeat(4);
        precode(&mut levels, 1);
        let (early, late) = levels.split_at(2 * pattern.len());
        assert_eq!(early, late);
    }
}
