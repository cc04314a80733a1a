//! Reasons for absent results.

/// Reason for an absent result, which is not an error.
#[derive(Clone, Debug, PartialEq)]
pub struct NotEvaluated {
    /// The reason, as the end of a sentence.
    pub because: String,
}

impl NotEvaluated {
    pub(crate) fn new(because: impl Into<String>) -> Self {
        NotEvaluated { because: because.into() }
    }
}
