//! Results to stdout, words to stderr.

use super::failure::Failure;
use std::io::{ErrorKind, Write};

/// Prints results. A reader that has seen enough (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

/// A line for the reader; if it cannot be written, nobody reads it.
pub(super) fn say(words: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// Prints what is wrong, a line for each problem; if even that cannot be written, nobody reads it.
pub(super) fn complain(failure: &Failure) {
    let mut err = std::io::stderr().lock();
    for line in failure.to_string().lines() {
        let _ = writeln!(err, "error: {line}");
    }
}
