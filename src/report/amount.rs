//! Amounts with prefixes of thousands.

/// An amount to three digits, with a prefix of thousands.
pub(super) fn amount(amount: f64) -> String {
    let prefixes = [(1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, "")];
    let (unit, prefix) =
        prefixes.into_iter().find(|(unit, _)| amount >= 0.9995 * unit).unwrap_or((1.0, ""));
    let x = amount / unit;
    let digits = if x >= 99.95 {
        0
    } else if x >= 9.995 {
        1
    } else {
        2
    };
    format!("{x:.digits$}{prefix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_three_digits_and_a_prefix() {
        for (value, expected) in [
            (1.288e9, "1.29 G"),
            (19.83e6, "19.8 M"),
            (300_000.0, "300 k"),
            (999.7, "1.00 k"),
            (64.13, "64.1"),
            (0.5, "0.50"),
            (0.0, "0.00"),
        ] {
            assert_eq!(amount(value), expected);
        }
    }
}
