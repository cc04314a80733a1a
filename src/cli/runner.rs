//! Running a link on some threads, with progress.

use super::failure::Failure;
use super::progress::ProgressDisplay;
use crate::link::{Link, LinkResult, Resolved};
use crate::run_options::{CancelToken, RunOptions};
use clap::Args;
use std::sync::{LazyLock, Once};

/// Set by Ctrl-C, SIGTERM or SIGHUP; counts so far are kept.
static STOPPED: LazyLock<CancelToken> = LazyLock::new(CancelToken::default);

#[derive(Args)]
pub(super) struct RunnerArgs {
    /// Threads, by default one for each processor; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl RunnerArgs {
    /// Runs a link until it is done or Ctrl-C is pressed; `name` labels the progress.
    pub(super) fn run(&self, resolved: Resolved, name: &str) -> Result<LinkResult, Failure> {
        let link = Link::new(resolved);
        Ok(self.with_progress(name, |options| link.run(options))??)
    }

    /// [`RunnerArgs::on_threads`] with progress under a name.
    pub(super) fn with_progress<R: Send>(
        &self,
        name: &str,
        work: impl FnOnce(&RunOptions<'_>) -> R + Send,
    ) -> Result<R, Failure> {
        let display = ProgressDisplay::new(name);
        let progress = |progress| display.report(progress);
        self.on_threads(|cancel| {
            work(&RunOptions { cancel: cancel.clone(), progress: Some(&progress) })
        })
    }

    /// Runs `work` on the requested number of threads; Ctrl-C cancels the token that it gets.
    pub(super) fn on_threads<R: Send>(
        &self,
        work: impl FnOnce(&CancelToken) -> R + Send,
    ) -> Result<R, Failure> {
        listen();
        let go = || work(&STOPPED);
        Ok(match self.threads {
            None => go(),
            Some(threads) => rayon::ThreadPoolBuilder::new()
                .num_threads(threads.into())
                .build()
                .map_err(Failure::Threads)?
                .install(go),
        })
    }
}

/// True when Ctrl-C was pressed.
pub(super) fn stopped() -> bool {
    STOPPED.is_cancelled()
}

/// From now on Ctrl-C, SIGTERM or SIGHUP ends the run with what it has; pressed again, it ends the
/// program.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // without a handler Ctrl-C ends the program at once
        let _ = ctrlc::set_handler(|| {
            if STOPPED.cancel() {
                std::process::exit(3);
            }
        });
    });
}
