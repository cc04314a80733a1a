//! Formatting of numbers in figures.

/// An error ratio to two digits: `1.2×10⁻⁹`.
pub(super) fn ratio(x: f64) -> String {
    if x <= 0.0 || !x.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{x:.1e}");
    match text
        .split_once('e')
        .and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse::<i32>().ok()?)))
    {
        Some((mantissa, exponent)) => format!("{mantissa}×{}", power_of_ten(exponent)),
        None => text,
    }
}

/// `10⁻⁹`.
pub(super) fn power_of_ten(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
}

/// A number with some decimals and a minus sign (U+2212).
pub(super) fn decimals(x: f64, digits: usize) -> String {
    let text = format!("{x:.digits$}");
    let zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "\u{2212}") }
}

/// A count with thousands separated: `131 072`.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let first = digits.len() % 3;
    let groups =
        digits.as_bytes()[first..].chunks(3).map(|g| String::from_utf8_lossy(g).into_owned());
    let head = (first > 0).then(|| digits[..first].to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_on_a_slide() {
        assert_eq!(ratio(1.23e-9), "1.2×10⁻⁹");
        assert_eq!(ratio(2.4e-14), "2.4×10⁻¹⁴");
        assert_eq!(decimals(-3.2149, 2), "\u{2212}3.21");
        assert_eq!(decimals(-0.001, 1), "0.0");
        assert_eq!(count(131_072), "131 072");
        assert_eq!(count(1_000_000), "1 000 000");
    }
}
