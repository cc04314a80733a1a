//! Lines of a text, for the places of problems.

use std::ops::Range;

/// Largest number of characters of a value that is printed.
const SHOWN_LETTERS_MAX: usize = 40;

/// A text with the starts of its lines.
pub(super) struct TextLines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> TextLines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(i, _)| i + 1))
            .collect();
        TextLines { text, starts }
    }

    /// Line and column (in characters) of a byte, from 1.
    pub(super) fn at(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|&start| start <= byte);
        let start = self.starts[line.saturating_sub(1)];
        (
            line,
            self.text
                .get(start..byte)
                .map_or(1, |before| before.trim_start_matches('\u{feff}').chars().count() + 1),
        )
    }

    /// A part of the text for a message: one line, not too long.
    pub(super) fn shown(&self, span: Range<usize>) -> String {
        let line = self.text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
        let short: String = line.chars().take(SHOWN_LETTERS_MAX).collect();
        if short.len() < line.len() { format!("{short}..") } else { short }
    }

    /// The key of the assignment in front of a byte.
    pub(super) fn key_before(&self, byte: usize) -> String {
        let (line, _) = self.at(byte);
        let before = self.text.get(self.starts[line - 1]..byte).unwrap_or_default();
        before.split('=').next().unwrap_or_default().trim().to_owned()
    }
}
