//! Workspaces that wait for their next block.

use super::workspace::Worker;
use crate::chain::build::plan::Plan;
use std::sync::Mutex;

/// Workers that wait for their next block.
#[derive(Default)]
pub struct Workers(Mutex<Vec<Worker>>);

impl Workers {
    /// Runs `work` with a worker for `plan`'s grid, made when none is idle.
    pub fn with<R>(&self, plan: &Plan, work: impl FnOnce(&mut Worker) -> R) -> R {
        let idle = {
            let mut idle = self.0.lock().expect("no holder panics");
            idle.iter().position(|w| w.grid == plan.grid()).map(|i| idle.swap_remove(i))
        };
        let mut worker = idle.unwrap_or_else(|| Worker::new(plan));
        worker.fit(plan);
        let result = work(&mut worker);
        let mut idle = self.0.lock().expect("no holder panics");
        // a sweep over grids would pile up workers that nobody asks for again
        if idle.len() >= 2 * rayon::current_num_threads() {
            idle.remove(0);
        }
        idle.push(worker);
        drop(idle);
        result
    }
}
