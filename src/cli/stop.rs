//! Stopping by Ctrl-C, SIGTERM and SIGHUP: a run ends with what it has, all else at once.

use super::output;
use crate::run_options::CancelToken;
use std::sync::{LazyLock, Mutex};

/// Exit code of a command that was stopped.
pub(super) const EXIT_CODE: u8 = 3;

/// Cancelled by the first signal.
static STOPPED: LazyLock<CancelToken> = LazyLock::new(CancelToken::default);

/// What a signal does now.
static MODE: Mutex<Mode> = Mutex::new(Mode::AtOnce(NO_RESULT));

/// Note of a command that was stopped before it had a result.
const NO_RESULT: &str = "stopped early: no result";

#[derive(Clone, Copy)]
enum Mode {
    /// Ends the program with this note: there is nothing to keep.
    AtOnce(&'static str),
    /// Cancels the token: the run ends, and its results are printed.
    Cancel,
}

/// From now on a signal stops the program, the second one without delay.
pub(super) fn listen() {
    // without a handler a signal ends the program at once
    let _ = ctrlc::set_handler(|| {
        let again = STOPPED.cancel();
        let mode = *MODE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match mode {
            Mode::AtOnce(note) => end(note),
            Mode::Cancel if again => std::process::exit(EXIT_CODE.into()),
            Mode::Cancel => {}
        }
    });
}

fn end(note: &str) -> ! {
    output::note(note);
    std::process::exit(EXIT_CODE.into())
}

/// The token that a signal cancels; from now on there are results to keep.
pub(super) fn token() -> &'static CancelToken {
    set(Mode::Cancel);
    &STOPPED
}

/// True after a signal.
pub(super) fn stopped() -> bool {
    STOPPED.is_cancelled()
}

/// Does `work`, of which nothing is kept if it is stopped: a signal ends the program with `note`.
pub(super) fn at_once<R>(note: &'static str, work: impl FnOnce() -> R) -> R {
    let before = set(Mode::AtOnce(note));
    if stopped() {
        end(note);
    }
    let result = work();
    set(before);
    result
}

/// Sets the mode and returns the one before.
fn set(mode: Mode) -> Mode {
    let mut now = MODE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    std::mem::replace(&mut now, mode)
}
