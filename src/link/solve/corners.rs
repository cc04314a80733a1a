//! Loss margins at the corners of a fibre's dispersion.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::Result;
use crate::fibre::Corner;
use crate::link::build::lane::Lane;
use crate::link::solve::lane::{SolvedLane, WorstCorner, solution, solve};
use crate::link::solve::margin::LossMargin;
use crate::link::solve::overload_margin::OverloadMargin;
use crate::run_options::CancelToken;

/// Trains one lane, predicts its error ratio and searches its margin, at the corners of its fibre's
/// dispersion too where its description asks for them.
///
/// # Errors
///
/// A file that cannot be read any more.
pub(crate) fn solve_with_corners(
    lane: Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Result<SolvedLane> {
    let mut solved = solve(lane, workspaces, cache, cancel);
    if solved.lane.config.simulation.corners && solved.solution.is_ok() {
        solved.worst_corner = Some(worst(&solved.lane, workspaces, cache, cancel)?);
    }
    Ok(solved)
}

/// Solves a lane at both corners, with its settings as found for the fibre as described and its
/// receivers trained anew.
fn worst(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Result<WorstCorner> {
    let mut margin_db = |corner: Corner| -> Result<Option<f64>> {
        let mut config = lane.config.clone();
        config.fibre.corner = corner;
        // the margin alone is wanted
        config.simulation.symbols = 0;
        let varied = Lane::settled(
            config,
            lane.number,
            lane.modulator.clone(),
            lane.files.clone(),
            &lane.library,
            lane.sender.clone(),
            cache,
        )?;
        let solution = solution(&varied, None, workspaces, cancel, &mut Vec::new());
        Ok(solution.ok().and_then(|solution| {
            match (solution.margins.overload, solution.margins.loss) {
                // the limit is kept from this loss on
                (Some(OverloadMargin::Overloaded(from_db)), _) => Some(-from_db),
                (_, LossMargin::Found(loss_db, _)) => Some(loss_db),
                (_, LossMargin::Beyond) => Some(f64::INFINITY),
                (_, LossMargin::Floor(_) | LossMargin::Uncounted(_)) => None,
            }
        }))
    };
    let (min, max) = (margin_db(Corner::Min)?, margin_db(Corner::Max)?);
    let worst = |margin: Option<f64>| margin.unwrap_or(f64::NEG_INFINITY);
    let (corner, margin) =
        if worst(min) <= worst(max) { (Corner::Min, min) } else { (Corner::Max, max) };
    Ok(WorstCorner { corner, loss_margin_db: margin.filter(|db| db.is_finite()) })
}
