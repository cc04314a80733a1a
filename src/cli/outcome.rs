//! How a command ended.

/// How a command ended that did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Good,
    TargetMissed,
    /// Ctrl-C: what was done until then is printed.
    Stopped,
}
