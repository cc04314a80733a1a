//! Post-FEC error ratios for random errors, in closed form.
//!
//! All values are natural logarithms: 1e-300 is as accurate as 1e-3.

use super::reed_solomon::code::Code;
use crate::math::ln_binomial::ln_binomial;

/// Bits of a transcoded block, 802.3 clause 91 (`derived`: a KP4 message of 5140 bits is 20
/// blocks).
const TRANSCODED_BITS: f64 = 257.0;
/// Bits of payload in such a block, 802.3 clause 91 (`derived`, as above).
const PAYLOAD_BITS: f64 = 256.0;
/// Octets of the shortest frame, for which 802.3 states a frame loss ratio (`normative`, through a
/// secondary source; no clause at hand).
pub const SHORTEST_FRAME_OCTETS: f64 = 64.0;

/// A value that is not a bit error ratio.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a bit error ratio of {ber}: must be from 0 to 0.5")]
pub struct BerError {
    /// The requested value.
    pub ber: f64,
}

/// Error ratios after a decoder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PostFec {
    /// ln of the codeword error ratio (more than t symbol errors); minus infinity for zero.
    pub ln_codeword_error_ratio: f64,
    /// ln of the post-FEC bit error ratio.
    pub ln_post_fec_ber: f64,
}

impl PostFec {
    /// Codeword error ratio.
    #[must_use]
    pub fn codeword_error_ratio(&self) -> f64 {
        libm::exp(self.ln_codeword_error_ratio)
    }

    /// Post-FEC bit error ratio.
    #[must_use]
    pub fn post_fec_ber(&self) -> f64 {
        libm::exp(self.ln_post_fec_ber)
    }

    /// ln of the share of lost frames, see [`ln_frame_loss_ratio`].
    #[must_use]
    pub fn ln_frame_loss_ratio(&self, code: &Code, codewords: usize, frame_octets: f64) -> f64 {
        ln_frame_loss_ratio(self.ln_codeword_error_ratio, code, codewords, frame_octets)
    }
}

/// Post-FEC error ratios for independent bit errors of equal probability.
///
/// ```text
/// p = 1 - (1 - ber)^m
/// codeword error ratio = sum over i > t of C(n, i) p^i (1 - p)^(n-i)
/// post-FEC BER         = sum over i > t of (i / n) C(n, i) p^i (1 - p)^(n-i)  ber / p      (ber / p: wrong bits of a wrong symbol's)
/// ```
///
/// The sum begins at its largest term and runs both ways until a term no longer counts: no
/// underflow, no cancellation.
///
/// # Limits
///
/// A word with more than t symbol errors is taken to be left as it was; the few that are
/// miscorrected ([`miscorrection_bound`](super::ReedSolomon::miscorrection_bound)) have up to t
/// more symbol errors. Erasures are not covered.
///
/// # Errors
///
/// A `ber` outside 0 to 0.5.
///
/// ```
/// use lightlane::fec::{reed_solomon::Code, tail};
/// let tail = tail::random_errors(&Code::KP4, 2.4e-4).unwrap();
/// assert!((tail.codeword_error_ratio() / 8.15e-13 - 1.0).abs() < 1e-3);
/// ```
pub fn random_errors(code: &Code, ber: f64) -> Result<PostFec, BerError> {
    if !(0.0..=0.5).contains(&ber) {
        return Err(BerError { ber });
    }
    let bits = f64::from(code.symbol_bits());
    let symbol = -libm::expm1(bits * libm::log1p(-ber));
    let (n, t) = (code.codeword_symbols, code.correctable());
    let ln_words = ln_binomial_tail(n, t, symbol, |_| 1.0);
    let ln_symbols = ln_binomial_tail(n, t, symbol, |i| i as f64 / n as f64);
    let ln_post_fec_ber =
        if ber == 0.0 { f64::NEG_INFINITY } else { ln_symbols + libm::log(ber / symbol) };
    Ok(PostFec { ln_codeword_error_ratio: ln_words, ln_post_fec_ber })
}

/// ln of the share of frames that touch a codeword which is not corrected.
///
/// ```text
/// frames lost = codeword error ratio (c + L / P),    c codewords interleaved, L octets of frame, P octets of payload a codeword
/// ```
///
/// A frame lies in all codewords of one set, and with probability L / (c P) in those of the next as
/// well; for KP4 P = 640.
///
/// # Limits
///
/// Frames shorter than a set's payload; losses that seldom meet in one frame (a small ratio). The
/// shortest frame is [`SHORTEST_FRAME_OCTETS`]; the figures of 802.3 are met with 84, the gap and
/// the preamble included.
#[must_use]
pub fn ln_frame_loss_ratio(
    ln_codeword_error_ratio: f64,
    code: &Code,
    codewords: usize,
    frame_octets: f64,
) -> f64 {
    let message_bits = code.message_symbols as f64 * f64::from(code.symbol_bits());
    let payload_octets = message_bits * PAYLOAD_BITS / TRANSCODED_BITS / 8.0;
    ln_codeword_error_ratio + libm::log(codewords as f64 + frame_octets / payload_octets)
}

/// ln of the sum over i > t of `weight(i) C(n, i) p^i (1 - p)^(n-i)`; a weight grows slowly from
/// term to term.
fn ln_binomial_tail(n: usize, t: usize, p: f64, weight: impl Fn(usize) -> f64) -> f64 {
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    let odds = p / (1.0 - p);
    let largest = (t + 1).max((n as f64 * p) as usize);
    let (mut below, mut above) = (0.0, 0.0);
    let mut term = 1.0;
    for i in largest..=n {
        above += term * weight(i);
        term *= (n - i) as f64 / (i + 1) as f64 * odds;
        if term < f64::EPSILON * 1e-3 {
            break;
        }
    }
    term = 1.0;
    for i in (t + 1..largest).rev() {
        term *= (i + 1) as f64 / (n - i) as f64 / odds;
        below += term * weight(i);
        if term < f64::EPSILON * 1e-3 {
            break;
        }
    }
    let ln_largest = ln_binomial(n, largest)
        + largest as f64 * libm::log(p)
        + (n - largest) as f64 * libm::log1p(-p);
    ln_largest + libm::log(above + below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kp4(ber: f64) -> PostFec {
        random_errors(&Code::KP4, ber).unwrap()
    }

    /// `docs/standards.md` 6.1: printed to three digits (1e-4: two), so half a unit of the last.
    #[test]
    fn the_codeword_error_ratios_are_those_of_the_standards_sheet() {
        let table = [
            (2.28e-4, 3.81e-13, 5e-16),
            (2.4e-4, 8.15e-13, 5e-16),
            (2.8e-4, 7.86e-12, 5e-15),
            (2.92e-4, 1.45e-11, 5e-14),
        ];
        for (ber, printed, half_unit) in table.into_iter().chain([(1e-4, 1.4e-18, 5e-20)]) {
            let found = kp4(ber).codeword_error_ratio();
            assert!((found - printed).abs() <= half_unit, "{ber}: {found:e}");
        }
    }

    /// python, decimal, prec = 80, ber = Decimal(float), p = 1 - (1 - ber)**10:
    ///
    /// ```text
    /// w = lambda i: comb(544, i) * p**i * (1 - p)**(544 - i)
    /// sum(w(i) for i in range(16, 545)).ln(); (sum(i * w(i) for i in range(16, 545)) / 544 * ber / p).ln()
    /// ```
    ///
    /// lgamma of 545 is 2900 with a rounding of 5e-13, which is the error left in the logarithm.
    #[test]
    fn the_logarithms_agree_with_eighty_digits() {
        let table = [
            (1e-31, -1035.3522304109276, -1041.181176028538),
            (1e-22, -703.7799770197852, -709.6089226373954),
            (1e-12, -335.36636214577925, -341.1953077633656),
            (1e-06, -114.32323458326773, -120.15215628385789),
            (0.0001, -41.13918590676288, -46.96568652778433),
            (0.00024, -27.835395245169995, -33.658281190785196),
            (0.01, -3.8262098219108413e-10, -4.605170186095904),
            (0.1, 0.0, -2.3025850929940455),
            (0.5, 0.0, -std::f64::consts::LN_2),
        ];
        for (ber, ln_words, ln_bits) in table {
            let tail = kp4(ber);
            let tolerance = 3e-12;
            assert!(
                (tail.ln_codeword_error_ratio - ln_words).abs() < tolerance,
                "{ber}: {}",
                tail.ln_codeword_error_ratio
            );
            assert!(
                (tail.ln_post_fec_ber - ln_bits).abs() < tolerance,
                "{ber}: {}",
                tail.ln_post_fec_ber
            );
        }
    }

    #[test]
    fn no_error_leaves_none_and_a_coin_leaves_all() {
        assert_eq!(kp4(0.0).codeword_error_ratio(), 0.0);
        assert_eq!(kp4(0.0).post_fec_ber(), 0.0);
        assert!((kp4(0.5).codeword_error_ratio() - 1.0).abs() < 1e-12);
        assert!((kp4(0.5).post_fec_ber() - 0.5).abs() < 1e-12);
        for ber in [-1e-9, 0.500_001, f64::NAN, f64::INFINITY] {
            assert!(random_errors(&Code::KP4, ber).is_err());
        }
    }

    /// Values of the standard: 9.2e-13, 1.7e-12 and 3.4e-12 for 1, 2 and 4 codewords; 0.90, 1.71
    /// and 3.34 for the bare 64 octets.
    #[test]
    fn frames_are_lost_as_the_standards_sheet_says() {
        let lost = |codewords, octets| {
            libm::exp(kp4(2.4e-4).ln_frame_loss_ratio(&Code::KP4, codewords, octets)) * 1e12
        };
        for (codewords, bare, printed) in [(1, 0.90, 0.92), (2, 1.71, 1.74), (4, 3.34, 3.37)] {
            assert!(
                (lost(codewords, SHORTEST_FRAME_OCTETS) - bare).abs() < 0.005,
                "{}",
                lost(codewords, 64.0)
            );
            assert!((lost(codewords, 84.0) - printed).abs() < 0.005, "{}", lost(codewords, 84.0));
        }
    }

    /// A Hamming-like code, t = 1 and n = 15, has two terms that are not in the tail.
    #[test]
    fn a_short_code_leaves_one_minus_the_head() {
        let code = Code {
            field_polynomial: 0x13,
            codeword_symbols: 15,
            message_symbols: 13,
            first_root: 0,
        };
        for ber in [1e-3, 1e-2, 0.1, 0.3] {
            let p = 1.0 - (1.0f64 - ber).powi(4);
            let head = (1.0 - p).powi(15) + 15.0 * p * (1.0 - p).powi(14);
            // the subtraction is good to an ulp of one
            assert!(
                (random_errors(&code, ber).unwrap().codeword_error_ratio() - (1.0 - head)).abs()
                    < 1e-14
            );
        }
    }
}
