//! Results to stdout, messages to stderr.

use super::failure::Failure;
use std::io::{ErrorKind, Write};

/// Prints results. A closed pipe (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

/// Prints a message; errors in writing it are ignored.
pub(super) fn note(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}

/// Prints warnings, a line each.
pub(super) fn warn(warnings: &[String]) {
    warnings.iter().for_each(|warning| note(&format!("warning: {warning}")));
}

/// Prints a failure, a line for each problem; errors in writing it are ignored.
pub(super) fn print_failure(failure: &Failure) {
    let mut err = std::io::stderr().lock();
    for line in failure.to_string().lines() {
        let _ = writeln!(err, "error: {line}");
    }
}
