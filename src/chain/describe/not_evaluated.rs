//! Why there is no answer.

/// Why there is no answer: a result, not an error.
#[derive(Clone, Debug, PartialEq)]
pub struct NotEvaluated {
    /// The reason, as a sentence's end.
    pub because: String,
}

impl NotEvaluated {
    pub(crate) fn new(because: impl Into<String>) -> Self {
        NotEvaluated { because: because.into() }
    }
}
