//! View of one lane for figures: eyes, histograms, curves. It is built separately from a run and
//! does not affect it.

use crate::chain::{
    NoiseSelection, NotEvaluated, PlanCache, Prediction, StreamKeys, Trained, WorkspacePool,
    block_levels,
};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::link::build::lane::Lane;
use crate::link::layers::layered::Resolved;
use crate::link::solve::segment::optical_predictor;
use crate::link::test_points::levels::settled;
use crate::link::views::link_name::lane_name;
use crate::measure::levels::OuterLevels;

/// A built and trained lane, for figures.
///
/// ```no_run
/// use lightlane::{link::{Node, LayeredConfig, View}, plot};
/// let link = LayeredConfig::open("800gbase-dr8")?.resolve()?;
/// let eye = View::new(&link, 0)?.eye(Node::Tp2, 131_072)?;
/// plot::save(&eye, "eye.png", plot::Size::Slide)?;
/// # Ok::<(), lightlane::Error>(())
/// ```
pub struct View {
    pub(super) lane: Lane,
    pub(super) name: String,
    pub(super) workspaces: WorkspacePool,
    pub(super) cache: PlanCache,
    pub(super) tp2: Option<OuterLevels>,
    pub(super) tp3: Option<OuterLevels>,
    pub(super) receiver: std::result::Result<(Trained, Prediction), NotEvaluated>,
}

impl View {
    /// Builds, trains and predicts one lane of a link, as its run does.
    ///
    /// # Errors
    ///
    /// A lane that the link does not have; a pattern's file that cannot be read or is no pattern.
    pub fn new(link: &Resolved, number: usize) -> Result<View> {
        let Some(config) = link.lanes.get(number) else {
            return Err(refused(
                "lane",
                number,
                format!("must be a lane of the link, from 0 to {}", link.lanes.len() - 1),
            ));
        };
        let mut cache = PlanCache::default();
        let lane = Lane::build_through(config, number, &link.library, &mut cache)?;
        let workspaces = WorkspacePool::default();
        let (tp2, tp3) = settled(&lane, &workspaces, &mut cache);
        let receiver = workspaces.with(&lane.optical().plan, |workspace| {
            let mut predictor = optical_predictor(&lane, workspace);
            let trained = predictor.train(workspace, 1.0, None)?;
            let prediction = predictor.predict(workspace, &trained);
            Ok((trained, prediction))
        });
        Ok(View { name: lane_name(link, number), lane, workspaces, cache, tp2, tp3, receiver })
    }

    /// Receiver and prediction of the lane; an error when the receiver does not train.
    pub(super) fn receiver(&self) -> Result<&(Trained, Prediction)> {
        self.receiver.as_ref().map_err(|refusal| {
            refused(
                "lane",
                self.lane.number,
                format!("has no trained receiver: {}", refusal.because),
            )
        })
    }

    /// The levels of block `block` of the lane's data, and the draws of a noisy run of it.
    pub(super) fn block(&self, block: u64) -> (Vec<u8>, StreamKeys<'static>) {
        let lane = &self.lane;
        let mut levels = vec![0; lane.grid().symbols];
        block_levels(
            &lane.pattern,
            lane.config.precodes(),
            lane.first_symbol(),
            block,
            lane.lane_seed,
            &mut levels,
        );
        (
            levels,
            StreamKeys {
                shared_seed: lane.shared_seed,
                lane_seed: lane.lane_seed,
                block,
                noise: block,
                selection: NoiseSelection::All,
            },
        )
    }

    /// Number of whole blocks with at least `symbols`.
    pub(super) fn blocks_of(&self, symbols: u64) -> u64 {
        symbols.div_ceil(self.lane.grid().symbols as u64).max(1)
    }
}

pub(super) fn refused(key: &str, value: impl std::fmt::Display, remedy: String) -> Error {
    let mut problems = Problems::new();
    problems.report(&KeyPath::root(), key, value, remedy);
    Error::Input(problems)
}
