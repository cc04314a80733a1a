//! A field of a text as a number.

/// Letters of an unreadable field that a message quotes.
const QUOTED_LETTERS: usize = 20;

/// A number of a line, or its problem.
pub(super) fn number(line: usize, column: usize, field: &str) -> Result<f64, String> {
    let at = format!("line {line}, column {column}");
    if field.is_empty() {
        return Err(format!("{at}: is empty; must be a number: fill the gap or remove the line"));
    }
    match field.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(format!("{at}: `{field}`: must be a finite number: remove the line")),
        Err(_) if field.replacen(',', ".", 1).parse::<f64>().is_ok() => Err(format!(
            "{at}: `{field}`: has a decimal comma; must have a point, {}",
            field.replacen(',', ".", 1)
        )),
        Err(_) => Err(format!("{at}: `{}`: must be a number, such as -3.01", quoted(field))),
    }
}

/// A number as a message shows it: with an exponent where its digits would be many.
pub(super) fn shown(x: f64) -> String {
    if x == 0.0 || (1e-5..1e15).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// The beginning of a text, as a message quotes it.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_LETTERS).flat_map(char::escape_debug).collect();
    let dots = if text.chars().count() > QUOTED_LETTERS { ".." } else { "" };
    short + dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_in_few_letters() {
        for (x, text) in [(0.0, "0"), (-2.5, "-2.5"), (5e-324, "5e-324"), (-1e300, "-1e300")] {
            assert_eq!(shown(x), text);
        }
    }
}
