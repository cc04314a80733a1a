//! Pool of idle workspaces of a run.

use super::workspace::Workspace;
use crate::chain::build::plan::Plan;
use crate::run_options::CancelToken;
use std::sync::Mutex;

/// Pool of idle workspaces of a run, with the token that cancels it.
#[derive(Default)]
pub struct WorkspacePool {
    idle: Mutex<Vec<Workspace>>,
    cancel: CancelToken,
}

impl WorkspacePool {
    /// An empty pool of a run with this token. What is trained, searched or measured with its
    /// workspaces ends early once the token is cancelled; it is then no result.
    pub fn cancelled_by(cancel: &CancelToken) -> WorkspacePool {
        WorkspacePool { idle: Mutex::default(), cancel: cancel.clone() }
    }

    /// The token that cancels the run.
    pub(crate) fn cancel(&self) -> &CancelToken {
        &self.cancel
    }

    /// True once the run was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Runs `work` with a workspace for `plan`'s grid, made when none is idle.
    pub fn with<R>(&self, plan: &Plan, work: impl FnOnce(&mut Workspace) -> R) -> R {
        let idle = {
            let mut idle = self.idle.lock().expect("no holder panics");
            idle.iter().position(|w| w.grid() == plan.grid()).map(|i| idle.swap_remove(i))
        };
        let mut workspace = idle.unwrap_or_else(|| Workspace::new(plan));
        workspace.cancel.clone_from(&self.cancel);
        workspace.fit(plan);
        let result = work(&mut workspace);
        let mut idle = self.idle.lock().expect("no holder panics");
        // a sweep over grids would accumulate workspaces that are never used again
        if idle.len() >= 2 * rayon::current_num_threads() {
            idle.remove(0);
        }
        idle.push(workspace);
        drop(idle);
        result
    }
}
