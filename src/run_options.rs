//! Options of a run: a token that cancels it, a callback for its progress.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Progress of a run, in units of its work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Work done, in [`Progress::unit`]; of a sweep's rows also the parts that are done.
    pub done: f64,
    /// Work in all.
    pub total: f64,
    /// Unit of both.
    pub unit: WorkUnit,
}

/// Unit in which the work of a run is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkUnit {
    /// Symbols counted, of a link or a comparison. Solving a lane (its settings, training,
    /// prediction, margins, transmitter measurement) is work of as many symbols as take about as
    /// long.
    Symbols,
    /// Rows of a sweep.
    Rows,
    /// Codewords of a FEC curve.
    Codewords,
}

impl WorkUnit {
    /// Its plural, as progress names it.
    pub fn as_str(self) -> &'static str {
        match self {
            WorkUnit::Symbols => "symbols",
            WorkUnit::Rows => "rows",
            WorkUnit::Codewords => "codewords",
        }
    }
}

impl Progress {
    /// Share of the work that is done, from 0 to 1.
    pub fn share(self) -> f64 {
        if self.total > 0.0 { (self.done / self.total).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// Options of a run; none of them is needed.
///
/// ```no_run
/// use lightlane::link::{CancelToken, Link, RunOptions, LayeredConfig};
/// let link = Link::new(LayeredConfig::open("800gbase-dr8")?.resolve()?);
/// let result = link.run(&RunOptions::default())?;
/// // or with a token that another thread may cancel, and progress on the terminal
/// let cancel = CancelToken::default();
/// let progress = |at: lightlane::link::Progress| eprint!("\r{:.0} %", 100.0 * at.share());
/// let result = link.run(&RunOptions { cancel: cancel.clone(), progress: Some(&progress) })?;
/// # Ok::<(), lightlane::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct RunOptions<'a> {
    /// Token that ends the run early, with what is done.
    pub cancel: CancelToken,
    /// Progress callback, called from any thread.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl RunOptions<'_> {
    /// Reports that `done` of `total` units are done.
    pub(crate) fn report(&self, done: f64, total: f64, unit: WorkUnit) {
        if let Some(progress) = self.progress {
            progress(Progress { done, total, unit });
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

    #[test]
    fn the_share_of_no_work_is_all_of_it_and_none_is_above_one() {
        let share = |done, total| Progress { done, total, unit: WorkUnit::Rows }.share();
        assert_eq!([share(0.0, 0.0), share(1.0, 4.0), share(5.0, 4.0)], [1.0, 0.25, 1.0]);
    }
}
