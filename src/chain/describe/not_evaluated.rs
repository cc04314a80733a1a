//! Why there is no answer.

/// Why there is no answer: a result, not an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The reason, as a sentence's end.
    pub because: String,
}

impl Refusal {
    pub(crate) fn new(because: impl Into<String>) -> Self {
        Refusal { because: because.into() }
    }
}
