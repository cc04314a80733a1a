//! The keys that a user changed, in one line.

use crate::link::LinkResult;

/// Largest width of the line, characters.
const WIDTH: usize = 78;

/// `changed: fibre.length_km = 2, lanes = 4`, without some keys, and as many as the line has room
/// for; empty if nothing was changed.
pub(super) fn changed(result: &LinkResult, without: &[String]) -> String {
    let kept = result.changed.iter().filter(|(key, _)| !without.contains(key));
    let texts: Vec<String> = kept.map(|(key, value)| format!("{key} = {value}")).collect();
    let mut line = String::new();
    for (i, text) in texts.iter().enumerate() {
        let begin = if i == 0 { "changed: " } else { ", " };
        let rest = texts.len() - i;
        let more = format!("{begin}{rest} more");
        let room = WIDTH.saturating_sub(line.chars().count() + begin.len());
        let needed = text.chars().count() + if rest > 1 { ", 99 more".len() } else { 0 };
        if needed > room && i > 0 {
            return line + &more + "\n";
        }
        line += begin;
        line += text;
    }
    if line.is_empty() { line } else { line + "\n" }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_line_has_what_fits_and_counts_the_rest() {
        let mut result = sample::result(vec![sample::lane(0)]);
        assert_eq!(changed(&result, &[]), "");
        result.changed.insert("fibre.length_km".to_owned(), 2.into());
        assert_eq!(changed(&result, &[]), "changed: fibre.length_km = 2\n");
        assert_eq!(changed(&result, &["fibre.length_km".to_owned()]), "");
        for lane in 1..8 {
            result.changed.insert(format!("lane.{lane}.fibre.length_km"), lane.into());
        }
        let line = changed(&result, &[]);
        assert!(line.ends_with(", 6 more\n") && line.chars().count() <= WIDTH + 1, "{line}");
    }
}
