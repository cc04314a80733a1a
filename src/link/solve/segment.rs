//! A segment with its receiver: trained, predicted.

use crate::chain::{NotEvaluated, Prediction, Predictor, Trained, Workspace, WorkspacePool};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;
use crate::link::solve::budget::{SCORING_BLOCKS, TRAINING_BLOCKS};

/// A segment with its receiver.
pub(crate) struct SolvedSegment {
    pub(crate) trained: Trained,
    pub(crate) prediction: Prediction,
}

/// The predictor of a segment, with the lane's blocks for training and for prediction.
pub(crate) fn predictor<'a>(
    lane: &Lane,
    segment: &'a Segment,
    workspace: &mut Workspace,
) -> Predictor<'a> {
    let (training, scoring) =
        (lane.blocks(TRAINING_BLOCKS, true), lane.blocks(SCORING_BLOCKS, false));
    Predictor::new(
        &segment.plan,
        &segment.dsp,
        lane.shared_seed,
        segment.streams,
        training,
        scoring,
        workspace,
    )
}

/// The predictor of a lane's optical segment, with the precoder if the lane has one.
pub(crate) fn optical_predictor<'a>(lane: &'a Lane, workspace: &mut Workspace) -> Predictor<'a> {
    let mut predictor = predictor(lane, lane.optical(), workspace);
    predictor.precoder = lane.config.precodes();
    predictor
}

/// Trains a segment on the lane's data and predicts its error ratio.
pub(crate) fn solve(
    lane: &Lane,
    segment: &Segment,
    workspaces: &WorkspacePool,
) -> Result<SolvedSegment, NotEvaluated> {
    workspaces.with(&segment.plan, |workspace| {
        let mut predictor = predictor(lane, segment, workspace);
        let trained = predictor.train(workspace, 1.0, None)?;
        let prediction = predictor.predict(workspace, &trained);
        Ok(SolvedSegment { trained, prediction })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PlanCache;
    use crate::link::describe::config::Config;
    use crate::link::describe::presets;

    /// Of 200 intervals of 95 % each, three binomial deviations are 0.046; the mean of the
    /// predictions stands for the true one, which is known to a fourteenth of an interval. Short
    /// blocks, so that the training scatters: without its part 0.90 and less.
    #[test]
    fn intervals_of_predictions_hold_the_mean_over_all_seeds() {
        let text = presets::find("1.6tbase-dr8").unwrap().text;
        let mut config: Config = toml::from_str(text).unwrap();
        (config.lanes, config.spread.launch_power_db) = (1, 0.0);
        config.simulation.block_symbols = 2048;
        config.fibre.connector_loss_db = 6.5;
        let (cache, workspaces) = (&mut PlanCache::default(), WorkspacePool::default());
        let predictions: Vec<Prediction> = (1..=200)
            .map(|seed| {
                config.simulation.seed = seed;
                let lane = Lane::build(&config, 0, cache).unwrap();
                solve(&lane, lane.optical(), &workspaces).unwrap().prediction
            })
            .collect();
        let mean = predictions.iter().map(|p| p.ber).sum::<f64>() / 200.0;
        let holds = |p: &&Prediction| p.interval.low <= mean && mean <= p.interval.high;
        let share = predictions.iter().filter(holds).count() as f64 / 200.0;
        assert!((0.915..=0.98).contains(&share), "of {mean:e}: {share}");
    }
}
