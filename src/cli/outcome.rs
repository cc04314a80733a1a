//! How a command ended.

/// How a successful command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Good,
    TargetMissed,
    /// Ctrl-C: results so far are printed.
    Stopped,
}
