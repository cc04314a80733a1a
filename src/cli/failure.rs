//! Failures of commands.

use crate::error::{Error, Problem, Problems};
use std::fmt::{self, Display};

pub(super) enum Failure {
    /// The input is wrong, or a path cannot be read.
    Input(Error),
    /// The results cannot be written.
    Output(std::io::Error),
    /// The requested threads cannot be started.
    Threads(rayon::ThreadPoolBuildError),
}

impl Failure {
    /// Wrong input that concerns no single key.
    pub(super) fn input(remedy: String) -> Failure {
        let mut problems = Problems::new();
        problems.push(Problem { place: None, path: String::new(), value: String::new(), remedy });
        Failure::Input(Error::Input(problems))
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Failure::Input(Error::Io { source, .. }) if is_full(source) => 3,
            Failure::Input(_) | Failure::Threads(_) => 2,
            Failure::Output(_) => 3,
        }
    }
}

/// True of a disk, or a share of it, that is full.
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Input(error)
    }
}

/// One line for each problem.
impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(error) => write!(f, "{error}"),
            Failure::Output(error) => write!(f, "the output cannot be written: {error}"),
            Failure::Threads(error) => write!(f, "--threads: {error}"),
        }
    }
}
