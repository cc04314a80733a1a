//! Loss margins at the corners of a fibre's dispersion.

use crate::chain::{PlanCache, WorkspacePool};
use crate::error::Result;
use crate::fibre::Corner;
use crate::link::build::lane::Lane;
use crate::link::solve::kept_losses::{self, Receiver};
use crate::link::solve::lane::{LaneSolution, WorstCorner};
use crate::run_options::CancelToken;

/// The smaller loss margin of both corners: the lane's settings and electrical segments are those
/// of the fibre as described, the receiver of the optical one is trained anew.
pub(super) fn worst(
    lane: &Lane,
    solution: &LaneSolution,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Result<WorstCorner> {
    let receiver = Receiver::of(lane, solution);
    let mut margin_db = |corner: Corner| -> Result<Option<f64>> {
        let mut config = lane.config.clone();
        config.fibre.corner = corner;
        let varied = Lane::settled(
            config,
            lane.number,
            lane.modulator.clone(),
            lane.files.clone(),
            &lane.library,
            lane.sender.clone(),
            cache,
        )?;
        let kept = kept_losses::find(&varied, &receiver, workspaces, cancel);
        Ok(kept.map(|kept| kept.margin_db(0.0)))
    };
    let (min, max) = (margin_db(Corner::Min)?, margin_db(Corner::Max)?);
    let worst = |margin: Option<f64>| margin.unwrap_or(f64::NEG_INFINITY);
    let (corner, margin) =
        if worst(min) <= worst(max) { (Corner::Min, min) } else { (Corner::Max, max) };
    Ok(WorstCorner { corner, loss_margin_db: margin.filter(|db| db.is_finite()) })
}
