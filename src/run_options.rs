//! Options of a run: a token that cancels it, a callback for its progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Progress of a run: of a link in its lanes and counts, of a sweep in rows, of a FEC curve in
/// chunks of codewords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
}

/// Options of a run; none of them is needed.
///
/// ```no_run
/// use lightlane::link::{CancelToken, Link, RunOptions, LayeredConfig};
/// let link = Link::new(LayeredConfig::open("800gbase-dr8")?.resolve()?);
/// let result = link.run(&RunOptions::default())?;
/// // or with a token that another thread may cancel, and progress on the terminal
/// let cancel = CancelToken::default();
/// let progress = |at: lightlane::link::Progress| eprint!("\r{} of {}", at.done, at.total);
/// let result = link.run(&RunOptions { cancel: cancel.clone(), progress: Some(&progress) })?;
/// # Ok::<(), lightlane::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct RunOptions<'a> {
    /// Token that ends the run after the current round.
    pub cancel: CancelToken,
    /// Progress callback, called from any thread.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl RunOptions<'_> {
    /// Reports that `done` of `total` steps are done.
    pub(crate) fn report(&self, done: u64, total: u64) {
        if let Some(progress) = self.progress {
            progress(Progress { done, total });
        }
    }

    /// Options with a token and no progress.
    pub fn cancelled_by(cancel: &CancelToken) -> Self {
        RunOptions { cancel: cancel.clone(), progress: None }
    }
}

/// Cancels runs, from any thread; its clones are the same token.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Cancels the runs with this token; true if it was already cancelled.
    pub fn cancel(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }

    /// True once it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_token_are_cancelled_together_and_tokens_of_others_are_not() {
        let (token, other) = (CancelToken::default(), CancelToken::default());
        let clone = token.clone();
        assert!(!clone.cancel() && clone.cancel());
        assert!(token.is_cancelled() && clone.is_cancelled());
        assert!(!other.is_cancelled());
    }
}
