//! A field of a text as a number.

/// Letters of an unreadable field that a message quotes.
const QUOTED_LETTERS: usize = 20;

/// Letters of a name that a message shows.
const NAME_LETTERS: usize = 60;

/// Letters of the reason of another library that a message shows.
#[cfg(feature = "hdf5")]
const REASON_LETTERS: usize = 200;

/// A number of a line, or its problem.
pub(super) fn number(line: usize, column: usize, field: &str) -> Result<f64, String> {
    let at = format!("line {line}, column {column}");
    if field.is_empty() {
        return Err(format!("{at}: is empty; must be a number: fill the gap or remove the line"));
    }
    match field.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => {
            Err(format!("{at}: `{}`: must be a finite number: remove the line", quoted(field)))
        }
        Err(_) if field.replacen(',', ".", 1).parse::<f64>().is_ok() => Err(format!(
            "{at}: `{}`: has a decimal comma; must have a point, {}",
            quoted(field),
            quoted(&field.replacen(',', ".", 1))
        )),
        Err(_) => Err(format!("{at}: `{}`: must be a number, such as -3.01", quoted(field))),
    }
}

/// A number as a message shows it: with an exponent where its digits would be many.
pub(crate) fn shown(x: f64) -> String {
    if x == 0.0 || (1e-5..1e15).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// The beginning of a text, as a message quotes it.
pub(super) fn quoted(text: &str) -> String {
    beginning(text, QUOTED_LETTERS)
}

/// A name in a file, as a message quotes it: in one line, and not long.
pub(super) fn name(text: &str) -> String {
    beginning(text, NAME_LETTERS)
}

/// The reason of another library, which may repeat names of the file, in one line.
#[cfg(feature = "hdf5")]
pub(super) fn reason(because: impl std::fmt::Display) -> String {
    beginning(&because.to_string(), REASON_LETTERS)
}

fn beginning(text: &str, letters: usize) -> String {
    // a control character would reach the terminal
    let shown = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    let mut short = String::new();
    let mut left = letters;
    for shown in text.chars().map(shown) {
        // as it is shown, and no part of an escape
        let Some(rest) = left.checked_sub(shown.chars().count()) else { return short + ".." };
        left = rest;
        short += &shown;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_short_line() {
        assert_eq!(name("power\r\n\u{1b}[31m (dBm)"), "power\\r\\n\\u{1b}[31m (dBm)");
        assert_eq!(name("P \u{3bc}W"), "P \u{3bc}W");
        let long = name(&"x".repeat(500));
        assert!(long.ends_with("x..") && long.len() == NAME_LETTERS + 2, "{long}");
        let controls = name(&"\u{c}".repeat(500));
        assert!(controls.ends_with("\\u{c}..") && controls.len() <= NAME_LETTERS + 2, "{controls}");
    }

    #[cfg(feature = "hdf5")]
    #[test]
    fn the_reason_of_another_library_is_one_short_line() {
        let because = hdf5_pure::Error::NotAGroup("a\r\u{1b}[31m".to_owned() + &"b".repeat(500));
        let shown = reason(because);
        assert!(shown.starts_with("not a group: a\\r\\u{1b}[31mb"), "{shown}");
        assert!(shown.chars().count() < REASON_LETTERS + 20 && shown.ends_with(".."), "{shown}");
    }

    #[test]
    fn numbers_are_shown_in_few_letters() {
        for (x, text) in [(0.0, "0"), (-2.5, "-2.5"), (5e-324, "5e-324"), (-1e300, "-1e300")] {
            assert_eq!(shown(x), text);
        }
    }
}
