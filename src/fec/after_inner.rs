//! Errors that the inner code leaves to the outer one, for independent errors at its input.

use super::inner::analytic::hard_decision_ber;
use super::inner::chase::Chase;
use super::reed_solomon::code::Code;
use super::tail::{self, PostFec};

/// Bit error ratio before [`Chase::SOFT`], share of wrong symbols of ten bits after it, and bit
/// error ratio after it, PAM4 in white noise (`derived`): `inner_symbol_error_ratio_counted` and
/// `inner_ber_counted` of
///
/// ```text
/// lightlane fec --code kp4+inner --ber 2.425e-3:9.7e-3:7 --codewords 100k --errors 1000000000 --json
/// ```
///
/// At 4.85e-3 the share is known to 0.6 % (one standard deviation), and KP4's codeword error ratio,
/// 2.6e-13, to 9 %. The shares below and above are known to 2 % and 0.2 %, bits as well as symbols.
const INNER_ERROR_RATIOS: [[f64; 3]; 7] = [
    [2.425e-3, 1.7956e-4, 1.9869e-5],
    [3.0553085e-3, 4.2346e-4, 4.6833e-5],
    [3.8494476e-3, 9.8733e-4, 1.0998e-4],
    [4.85e-3, 2.2189e-3, 2.4748e-4],
    [6.1106171e-3, 4.8945e-3, 5.4819e-4],
    [7.6988951e-3, 1.0438e-2, 1.1730e-3],
    [9.7e-3, 2.1061e-2, 2.4166e-3],
];

/// Columns of the table.
const SYMBOLS: usize = 1;
const BITS: usize = 2;

/// Error ratios after the outer code, where PAM4 in white noise has the bit error ratio `ber`
/// before the inner one; `None` for a decoder whose symbol errors are not stored, or a ratio above
/// those stored.
///
/// ```text
/// p(ber) = share of wrong symbols of the outer code after the inner decoder
/// CER = sum over i > t of C(n, i) p^i (1 - p)^(n-i)
/// ```
///
/// The interleaver gives the symbols of a codeword to as many blocks of the inner code: they are
/// wrong independently, and one number is enough. Of [`Chase::SOFT`] it is counted and stored, in
/// between interpolated over logarithms; below the stored ratios, where the slope rises towards
/// that of the distance, the last slope gives an upper bound. Of [`Chase::HARD`] it is the closed
/// bound [`hard_decision_ber`], taken as independent bits.
///
/// # Limits
///
/// Independent errors: bursts at the input, and noise that is correlated within a block, are not
/// included. A coding without an interleaver has several symbols of a codeword in a block.
pub(crate) fn after_inner(
    code: &Code,
    decoder: Chase,
    ber: f64,
    added_ber: f64,
) -> Option<PostFec> {
    tail::random_errors(code, independent_ber(decoder, ber)? + added_ber).ok()
}

/// Share of wrong symbols of ten bits after the inner decoder, as [`after_inner`] takes it.
pub(crate) fn symbol_error_ratio_after_inner(decoder: Chase, ber: f64) -> Option<f64> {
    independent_ber(decoder, ber).map(|ber| -libm::expm1(10.0 * libm::log1p(-ber)))
}

/// Ratio of independent bit errors that make as many symbols of ten bits wrong.
fn independent_ber(decoder: Chase, ber: f64) -> Option<f64> {
    if decoder == Chase::HARD {
        return Some(hard_decision_ber(ber));
    }
    let symbols = (decoder == Chase::SOFT).then(|| soft_symbol_error_ratio(ber)).flatten()?;
    Some(-libm::expm1(libm::log1p(-symbols) / f64::from(Code::KP4.symbol_bits())))
}

/// Bit error ratio after the inner decoder, where PAM4 in white noise has `ber` before it; `None`
/// for a decoder whose ratios are not stored. Above the stored ratios the last slope goes on, up to
/// the ratio before the decoder.
pub(crate) fn ber_after_inner(decoder: Chase, ber: f64) -> Option<f64> {
    if decoder == Chase::HARD {
        return Some(hard_decision_ber(ber).min(ber));
    }
    (decoder == Chase::SOFT)
        .then(|| if ber <= 0.0 { 0.0 } else { interpolated(BITS, ber).min(ber) })
}

/// The ratio before the inner decoder that leaves this one; `None` as of [`ber_after_inner`].
pub(crate) fn ber_before_inner(decoder: Chase, ber_after: f64) -> Option<f64> {
    ber_before(ber_after, |ber| ber_after_inner(decoder, ber))
}

/// The ratio before a decoder of which `after`, which rises, is this one.
pub(crate) fn ber_before(ber_after: f64, after: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    let (mut low, mut high) = (libm::log(1e-30), libm::log(0.5));
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if after(libm::exp(middle))? < ber_after { low = middle } else { high = middle }
    }
    Some(libm::exp(0.5 * (low + high)))
}

/// Share of wrong symbols after [`Chase::SOFT`].
fn soft_symbol_error_ratio(ber: f64) -> Option<f64> {
    if ber <= 0.0 {
        return Some(0.0);
    }
    let [known, ..] = INNER_ERROR_RATIOS[INNER_ERROR_RATIOS.len() - 1];
    (ber <= known).then(|| interpolated(SYMBOLS, ber))
}

/// A column of the table at a ratio before the decoder, over logarithms; beyond its ends the slope
/// goes on.
fn interpolated(column: usize, ber: f64) -> f64 {
    let table = &INNER_ERROR_RATIOS;
    let above = table.iter().position(|&[known, ..]| ber <= known).unwrap_or(table.len() - 1);
    let above = above.max(1);
    let [[x0, y0], [x1, y1]] =
        [above - 1, above].map(|at| [table[at][0], table[at][column]].map(libm::log));
    libm::exp(y0 + (y1 - y0) * (libm::log(ber) - x0) / (x1 - x0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::curve::{CurvePoint, FecCurve, Scheme};
    use crate::run_options::RunOptions;

    /// The limit before the inner code of P802.3dj (`draft`, D2.1).
    const LIMIT: f64 = 4.85e-3;

    fn codeword_error_ratio(ber: f64) -> f64 {
        after_inner(&Code::KP4, Chase::SOFT, ber, 0.0).unwrap().codeword_error_ratio()
    }

    /// Symbol error ratios of the command that the stored ones are from.
    fn counted(ber: &str, codewords: u64) -> Vec<f64> {
        let coding = Scheme::Kp4Inner.on(Scheme::Kp4Inner.usual_coding()).unwrap();
        let ber = ber.parse().unwrap();
        let curve = FecCurve { coding, ber, codewords, errors: u64::MAX, ..FecCurve::default() };
        let points = curve.build().unwrap().run(&RunOptions::default());
        let ratio = |point: &CurvePoint| point.inner?.inner_symbol_error_ratio_counted;
        points.iter().map(|point| ratio(point).unwrap()).collect()
    }

    /// Of a block that is left wrong some four symbols are: the standard deviation of a counted
    /// ratio is twice that of independent symbols.
    fn deviation(ratio: f64, codewords: u64) -> f64 {
        2.0 / (ratio * codewords as f64 * 544.0).sqrt()
    }

    /// 4000 codewords have some 5000 wrong symbols at the limit, and know their ratio to 3 %.
    #[test]
    fn the_stored_ratio_at_the_limit_is_the_counted_one() {
        let stored = soft_symbol_error_ratio(LIMIT).unwrap();
        let counted = counted("4.85e-3", 4000)[0];
        let both = deviation(stored, 4000).hypot(deviation(stored, 100_000));
        assert!((counted / stored).ln().abs() < 5.0 * both, "{counted:e}");
        assert!((codeword_error_ratio(LIMIT) / 2.58e-13 - 1.0).abs() < 0.01);
    }

    /// The command again: the same draws, but for the rounding of other processors.
    #[test]
    #[ignore = "slow"]
    fn the_stored_ratios_are_those_of_the_command() {
        let counted = counted("2.425e-3:9.7e-3:7", 100_000);
        for ([ber, stored, _], counted) in INNER_ERROR_RATIOS.into_iter().zip(counted) {
            let error = deviation(stored, 100_000);
            assert!((counted / stored).ln().abs() < error, "{ber:e}: {counted:e}");
        }
    }

    /// The inverse of the curve; at the limit some 2.2e-4 to 2.7e-4 (an independent model,
    /// `docs/physics.md` section 4); never more errors than without the code.
    #[test]
    fn bits_after_the_inner_code_have_an_inverse() {
        let at_limit = ber_after_inner(Chase::SOFT, LIMIT).unwrap();
        assert!((2.2e-4..2.7e-4).contains(&at_limit), "{at_limit:e}");
        for decoder in [Chase::SOFT, Chase::HARD] {
            let mut before = 0.0;
            for ber in [1e-9, 1e-5, 1e-3, LIMIT, 9e-3, 2e-2] {
                let after = ber_after_inner(decoder, ber).unwrap();
                assert!(after > before && after <= ber, "{ber:e}: {after:e}");
                before = after;
                let again = ber_before_inner(decoder, after).unwrap();
                assert!((again / ber).ln().abs() < 1e-6, "{ber:e}: {again:e}");
            }
            assert_eq!(ber_after_inner(decoder, 0.0), Some(0.0));
            assert!(ber_after_inner(decoder, 0.3).unwrap() <= 0.3);
        }
        assert!(ber_after_inner(Chase::new(3).unwrap(), LIMIT).is_none());
    }

    /// Six positions leave some 2.45e-4 of the bits wrong, in symbols of up to two wrong bits: the
    /// codeword error ratio at the limit lies below that of as many independent bits, 1.1e-12,
    /// and within a factor of ten of it. It rises with the ratio at the input, and hard decisions
    /// leave more.
    #[test]
    fn the_outer_code_after_the_inner_one_has_a_limit_at_its_input() {
        let at_limit = codeword_error_ratio(LIMIT);
        let independent = tail::random_errors(&Code::KP4, 2.45e-4).unwrap().codeword_error_ratio();
        assert!(at_limit < independent && at_limit > 0.1 * independent, "{at_limit:e}");
        let ratios =
            [1e-5, 1e-3, 3e-3, 4e-3, 4.85e-3, 5e-3, 7e-3, 9.7e-3].map(codeword_error_ratio);
        assert!(ratios.is_sorted() && ratios[0] < 1e-100, "{ratios:?}");
        let hard = after_inner(&Code::KP4, Chase::HARD, LIMIT, 0.0).unwrap();
        assert!(hard.codeword_error_ratio() > 0.01);
        assert!(after_inner(&Code::KP4, Chase::SOFT, 2e-2, 0.0).is_none());
        assert!(after_inner(&Code::KP4, Chase::new(3).unwrap(), LIMIT, 0.0).is_none());
        assert!(
            after_inner(&Code::KP4, Chase::SOFT, LIMIT, 1e-4).unwrap().codeword_error_ratio()
                > at_limit
        );
    }
}
