//! Results to stdout, messages to stderr.

use super::failure::Failure;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by `--quiet`.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on neither progress nor notes are shown.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// True after [`be_quiet`].
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints results. A closed pipe (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(plain(text).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

/// Prints a note, except with `--quiet`.
pub(super) fn note(message: &str) {
    if !is_quiet() {
        to_stderr(message);
    }
}

/// Prints warnings, a line each.
pub(super) fn warn(warnings: &[String]) {
    warnings.iter().for_each(|warning| to_stderr(&format!("warning: {warning}")));
}

/// Prints a failure, a line for each problem.
pub(super) fn print_failure(failure: &Failure) {
    failure.to_string().lines().for_each(|line| to_stderr(&format!("error: {line}")));
}

/// Prints a message; errors in writing it are ignored.
pub(super) fn to_stderr(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", plain(message));
}

/// The text with control characters other than line ends, and marks that reverse the direction of
/// writing, as `\u001b`: names of files and keys are printed, and must not steer a terminal. JSON
/// keeps its meaning.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_written_out() {
        let text = "a\u{1b}[31mb\rc\u{9b}2J\u{202e}d\n\u{b5}m \u{7f}";
        assert_eq!(plain(text), "a\\u001b[31mb\\u000dc\\u009b2J\\u202ed\n\u{b5}m \\u007f");
        assert!(matches!(plain("lines\nof text"), Cow::Borrowed(_)));
        let json = serde_json::json!({ "file": "\u{9b}\u{7f}" }).to_string();
        let read: serde_json::Value = serde_json::from_str(&plain(&json)).unwrap();
        assert_eq!(read["file"], "\u{9b}\u{7f}");
    }
}
