//! Formatting of numbers.

/// Placeholder for a value that was not evaluated.
const ABSENT: &str = "-";

/// A number with some decimals, or a dash.
pub(super) fn decimals(value: Option<f64>, digits: usize) -> String {
    let Some(x) = value.filter(|x| x.is_finite()) else { return ABSENT.to_owned() };
    let text = format!("{x:.digits$}");
    // no -0.00
    if text.contains(|c| matches!(c, '1'..='9')) {
        text
    } else {
        text.trim_start_matches('-').to_owned()
    }
}

/// An error ratio to two digits, or a dash.
pub(super) fn ratio(value: Option<f64>) -> String {
    value.filter(|x| x.is_finite()).map_or_else(
        || ABSENT.to_owned(),
        |x| if x == 0.0 { "0".to_owned() } else { format!("{x:.1e}") },
    )
}

/// Smallest ratio that is printed as a number.
pub(super) const LEAST: f64 = 1e-99;

/// An analytic ratio, which can be arbitrarily small.
pub(super) fn small(value: Option<f64>) -> String {
    if value.is_some_and(|x| x < LEAST) { "< 1e-99".to_owned() } else { ratio(value) }
}

/// An error ratio with its interval, both ends as multiples of the same power of ten: `1.2e-9
/// (0.9..1.5)`.
pub(super) fn ratio_within(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    let (Some(x), Some(low), Some(high)) = (value.filter(|&x| x > 0.0 && x.is_finite()), low, high)
    else {
        return ratio(value);
    };
    let mantissa = ratio(value);
    let Some(exponent) =
        mantissa.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok())
    else {
        return mantissa;
    };
    let scale = |end: f64| {
        let scaled =
            if end <= 0.0 { 0.0 } else { 10f64.powf((end.log10() - f64::from(exponent)).min(9.0)) };
        match scaled {
            s if s >= 99.5 => ">99".to_owned(),
            s if s >= 9.95 => format!("{s:.0}"),
            s => format!("{s:.1}"),
        }
    };
    format!("{} ({}..{})", ratio(Some(x)), scale(low), scale(high))
}

/// A counted error ratio: with its interval, or its upper end when no error was seen.
pub(super) fn counted(
    bits: u64,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
) -> String {
    match (bits, value, high) {
        (0, _, _) => ABSENT.to_owned(),
        (_, None, Some(high)) => format!("< {high:.1e}"),
        _ => ratio_within(value, low, high),
    }
}

/// A difference with its sign and its interval: `-1.00 (-1.02..-0.98)`; larger values have fewer
/// decimals.
pub(super) fn difference(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    let digits = match value.map_or(0.0, f64::abs) {
        x if x < 9.995 => 2,
        x if x < 99.95 => 1,
        _ => 0,
    };
    let signed = |value: Option<f64>| {
        let text = decimals(value, digits);
        if text.starts_with('-') || !text.contains(|c| matches!(c, '1'..='9')) {
            text
        } else {
            format!("+{text}")
        }
    };
    match (low, high) {
        (Some(_), Some(_)) => format!("{} ({}..{})", signed(value), signed(low), signed(high)),
        _ => signed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_shares_its_figures_power_of_ten() {
        assert_eq!(ratio_within(Some(1.23e-9), Some(8.9e-10), Some(1.5e-9)), "1.2e-9 (0.9..1.5)");
        assert_eq!(ratio_within(Some(9.96e-5), Some(9e-5), Some(1.1e-4)), "1.0e-4 (0.9..1.1)");
        assert_eq!(ratio_within(Some(1.0e-300), Some(0.0), Some(1.0)), "1.0e-300 (0.0..>99)");
    }

    #[test]
    fn an_absent_figure_is_a_dash_and_never_a_number() {
        assert_eq!(decimals(None, 2), "-");
        assert_eq!(
            (decimals(Some(-0.004), 2).as_str(), decimals(Some(-0.006), 2).as_str()),
            ("0.00", "-0.01")
        );
        assert_eq!(decimals(Some(f64::NAN), 2), "-");
        assert_eq!(ratio_within(None, Some(0.1), Some(0.2)), "-");
        assert_eq!(counted(0, None, None, None), "-");
    }

    #[test]
    fn a_difference_has_a_sign_but_for_nothing() {
        assert_eq!(difference(Some(-1.0), Some(-1.021), Some(-0.979)), "-1.00 (-1.02..-0.98)");
        assert_eq!(difference(Some(12.34), Some(-0.001), Some(25.0)), "+12.3 (0.0..+25.0)");
        assert_eq!(difference(Some(-123.4), None, None), "-123");
        assert_eq!(difference(Some(0.0), Some(0.0), Some(0.0)), "0.00 (0.00..0.00)");
        assert_eq!(difference(None, None, None), "-");
    }

    #[test]
    fn no_error_seen_is_an_upper_limit() {
        assert_eq!(counted(262_144, None, Some(0.0), Some(1.407e-5)), "< 1.4e-5");
    }
}
