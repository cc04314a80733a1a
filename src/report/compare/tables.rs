//! Tables of variants, as columns or as rows.

use super::figures::{BEYOND, Cell, ComparedNumber, own};
use crate::report::plain_table::{plain, text};
use crate::sweep::{Compared, Variant};
use serde_json::Value;

/// Largest line width, characters.
pub(super) const WIDTH: usize = 120;
/// Largest number of variants shown as columns.
const COLUMNS_MAX: usize = 4;
/// Largest number of characters of a value; a longer one is cut to its end, which holds the name of
/// a file.
const VALUE_LETTERS_MAX: usize = 20;

/// The first layout that fits the width: few variants as columns; rows with their values; rows with
/// a separate list of values.
pub(super) fn layout(compared: &Compared) -> String {
    let fits = |text: &String| text.lines().all(|line| line.chars().count() <= WIDTH);
    let columns = (compared.variants.len() <= COLUMNS_MAX).then(|| columns(compared));
    columns
        .filter(fits)
        .or_else(|| Some(rows(compared, true)).filter(fits))
        .unwrap_or_else(|| list(compared) + &rows(compared, false))
}

/// One column per variant, one line per number.
fn columns(compared: &Compared) -> String {
    let variants = &compared.variants;
    let numbers: Vec<String> = (1..=variants.len()).map(|number| number.to_string()).collect();
    let header: Vec<&str> =
        std::iter::once("variant").chain(numbers.iter().map(String::as_str)).collect();
    let all: Vec<usize> = (0..header.len()).collect();
    let mut table = plain(&header, &all);
    for (i, key) in compared.keys.iter().enumerate() {
        table.add_row(
            std::iter::once(key.clone()).chain(variants.iter().map(|variant| value(variant, i))),
        );
    }
    for figures in [&own(compared.rank_by)[..], &BEYOND] {
        table.add_row(vec![""; header.len()]);
        for figure in figures {
            table.add_row(
                std::iter::once(figure.line.to_owned()).chain(variants.iter().map(figure.of)),
            );
        }
    }
    text(&table)
}

/// One row per variant, in two tables, with its number and possibly its values.
fn rows(compared: &Compared, with_values: bool) -> String {
    let keys: Vec<String> = if with_values {
        compared.keys.iter().map(|key| key.replace('.', "\n")).collect()
    } else {
        Vec::new()
    };
    // heads are aligned at the bottom
    let deepest =
        |heads: &[&str]| heads.iter().map(|head| head.matches('\n').count()).max().unwrap_or(0);
    let of = |figures: &[ComparedNumber]| {
        let heads: Vec<&str> = ["#"]
            .into_iter()
            .chain(keys.iter().map(String::as_str))
            .chain(figures.iter().map(|f| f.column))
            .collect();
        let depth = deepest(&heads);
        let heads: Vec<String> = heads
            .iter()
            .map(|head| "\n".repeat(depth - head.matches('\n').count()) + head)
            .collect();
        let left: Vec<usize> =
            (1..=keys.len()).chain(texts(figures).map(|i| 1 + keys.len() + i)).collect();
        let mut table = plain(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &left);
        for (i, variant) in compared.variants.iter().enumerate() {
            let values = (0..keys.len()).map(|key| value(variant, key));
            table.add_row(
                std::iter::once((i + 1).to_string())
                    .chain(values)
                    .chain(figures.iter().map(|figure| (figure.of)(variant))),
            );
        }
        text(&table)
    };
    of(&own(compared.rank_by)) + "\n" + &of(&BEYOND)
}

/// Columns with text.
fn texts(figures: &[ComparedNumber]) -> impl Iterator<Item = usize> {
    figures.iter().enumerate().filter(|(_, figure)| figure.cell != Cell::Number).map(|(i, _)| i)
}

/// The variants by number, with their values.
fn list(compared: &Compared) -> String {
    let mut out = String::new();
    for (i, variant) in compared.variants.iter().enumerate() {
        let mut line = format!("{}:", i + 1);
        for (k, key) in compared.keys.iter().enumerate() {
            let next = format!(" {key}={}", value(variant, k));
            if line.chars().count() + next.chars().count() > WIDTH {
                out += &format!("{line}\n");
                line = "  ".to_owned();
            }
            line += &next;
        }
        out += &format!("{line}\n");
    }
    out + "\n"
}

fn value(variant: &Variant, key: usize) -> String {
    let text = match variant.at.0.get(key).map(|(_, value)| value) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let text = text.replace(char::is_control, " ");
    let length = text.chars().count();
    if length <= VALUE_LETTERS_MAX {
        text
    } else {
        format!("..{}", text.chars().skip(length + 2 - VALUE_LETTERS_MAX).collect::<String>())
    }
}
