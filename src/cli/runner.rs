//! Running a link on some threads, with progress.

use super::failure::Failure;
use super::memory;
use super::progress::ProgressDisplay;
use super::stop;
use crate::link::{Link, LinkResult, Resolved, memory_bytes};
use crate::run_options::RunOptions;
use clap::Args;

#[derive(Args)]
pub(super) struct RunnerArgs {
    /// Threads, by default one for each processor; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Most memory that the run may take, such as 500M or 8G; what is free, without it. A run that
    /// needs more is refused
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    memory: Option<u64>,
}

impl RunnerArgs {
    /// Runs a link until it is done or Ctrl-C is pressed; `name` labels the progress.
    pub(super) fn run(&self, resolved: Resolved, name: &str) -> Result<LinkResult, Failure> {
        self.fits(memory_bytes(resolved.lanes.iter(), self.threads()))?;
        let link = Link::new(resolved);
        Ok(self.with_progress(name, |options| link.run(options))??)
    }

    /// Runs `work` on the requested number of threads, with progress under a name, until it is done
    /// or a signal cancels its token.
    pub(super) fn with_progress<R: Send>(
        &self,
        name: &str,
        work: impl FnOnce(&RunOptions<'_>) -> R + Send,
    ) -> Result<R, Failure> {
        let display = ProgressDisplay::new(name);
        let progress = |progress| display.report(progress);
        let options = RunOptions { cancel: stop::token().clone(), progress: Some(&progress) };
        self.on_threads(|| work(&options))
    }

    /// Threads of the run.
    pub(super) fn threads(&self) -> usize {
        self.threads.map_or_else(rayon::current_num_threads, usize::from)
    }

    /// Refuses a run that needs more memory than it may take.
    pub(super) fn fits(&self, needed_bytes: u64) -> Result<(), Failure> {
        Ok(memory::check(needed_bytes, self.memory)?)
    }

    /// Runs `work` on the requested number of threads.
    pub(super) fn on_threads<R: Send>(
        &self,
        work: impl FnOnce() -> R + Send,
    ) -> Result<R, Failure> {
        Ok(match self.threads {
            None => work(),
            Some(threads) => rayon::ThreadPoolBuilder::new()
                .num_threads(threads.into())
                .build()
                .map_err(Failure::Threads)?
                .install(work),
        })
    }
}
