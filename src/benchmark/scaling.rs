//! Speed-up of counting by several threads.

use super::chains::{SYMBOLS, built, config, trained};
use crate::chain::{Count, Stop, Workspace, WorkspacePool, count};
use crate::run_options::CancelToken;
use rayon::ThreadPoolBuilder;
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Speed of several threads relative to one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// Number of threads.
    pub threads: usize,
    /// Symbols per second on all of them.
    pub per_second: f64,
    /// Ratio to one thread.
    pub times: f64,
}

/// Blocks per round.
const BLOCKS: u64 = 64;

/// Counts the same blocks on one thread and on `threads`, in turn, and takes the fastest of each.
pub(super) fn scaling(threads: usize, each: Duration) -> Option<Scaling> {
    let lane = built(&config(|_| ()));
    let trained = trained(&lane, &mut Workspace::new(&lane.optical().plan));
    let workspaces = WorkspacePool::default();
    let stop =
        Stop { round_blocks: BLOCKS, symbols: BLOCKS * SYMBOLS as u64, bit_errors: u64::MAX };
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
    let pools = [pool(1)?, pool(threads)?];
    let cancel = CancelToken::default();
    let once = |pool: &rayon::ThreadPool| {
        let lanes: [Count<'_>; 1] = [lane.counted(&trained)];
        let begun = Instant::now();
        pool.install(|| black_box(count(&lanes, &stop, &workspaces, &mut (), &cancel)));
        stop.symbols as f64 / begun.elapsed().as_secs_f64()
    };
    let mut most = [0f64; 2];
    let end = Instant::now() + each.max(Duration::from_millis(300));
    while Instant::now() < end {
        most.iter_mut().zip(&pools).for_each(|(most, pool)| *most = most.max(once(pool)));
    }
    Some(Scaling { threads, per_second: most[1], times: most[1] / most[0] })
}
