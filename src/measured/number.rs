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

/// The beginning of a text, as a message quotes it.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_LETTERS).flat_map(char::escape_debug).collect();
    let dots = if text.chars().count() > QUOTED_LETTERS { ".." } else { "" };
    short + dots
}
