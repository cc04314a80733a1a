//! Pool of idle workspaces.

use super::workspace::Workspace;
use crate::chain::build::plan::Plan;
use std::sync::Mutex;

/// Pool of idle workspaces.
#[derive(Default)]
pub struct WorkspacePool(Mutex<Vec<Workspace>>);

impl WorkspacePool {
    /// Runs `work` with a workspace for `plan`'s grid, made when none is idle.
    pub fn with<R>(&self, plan: &Plan, work: impl FnOnce(&mut Workspace) -> R) -> R {
        let idle = {
            let mut idle = self.0.lock().expect("no holder panics");
            idle.iter().position(|w| w.grid() == plan.grid()).map(|i| idle.swap_remove(i))
        };
        let mut workspace = idle.unwrap_or_else(|| Workspace::new(plan));
        workspace.fit(plan);
        let result = work(&mut workspace);
        let mut idle = self.0.lock().expect("no holder panics");
        // a sweep over grids would accumulate workspaces that are never used again
        if idle.len() >= 2 * rayon::current_num_threads() {
            idle.remove(0);
        }
        idle.push(workspace);
        drop(idle);
        result
    }
}
