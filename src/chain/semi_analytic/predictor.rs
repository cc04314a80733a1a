//! The semi-analytic estimator: the noiseless block gives each symbol's mean, the plan's noises its
//! variance.

mod at_phase;

use super::at_slicer::{AtSlicer, Scored, all_of};
use super::crosstalk;
use super::noise_classes::Classes;
use super::noise_probing;
use super::phase_law::{MIDDLE, PhaseLaw};
use super::prediction::Prediction;
use super::scoring;
use super::scoring::Moving;
use super::training_scatter::TrainedOn;
use super::variance::{Pulse, SlicerResponse};
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::plan::Plan;
use crate::chain::build::timing::Timing;
use crate::chain::build::trained::Trained;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::describe::receiver_dsp::{Adaptation, RxDsp};
use crate::chain::linearise::correlations::Lags;
use crate::chain::linearise::noise_sources::colour_distances;
use crate::chain::linearise::noise_sources::{Depth, Noises};
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::chain::run::workspace::Workspace;
use crate::chain::train::lms;
use crate::chain::train::training::{Training, Unscaled};
use crate::dsp::slicer::{Thresholds, level_moments, mean_square};
use crate::math::interval::Scatter;
use crate::seed::Seed;

/// The semi-analytic estimator of one lane.
pub struct Predictor<'a> {
    pub(crate) plan: &'a Plan,
    dsp: RxDsp,
    shared_seed: Seed,
    lane_seed: Seed,
    pub(crate) noises: Noises,
    pub(crate) training: Vec<NoiselessBlock>,
    scoring: Vec<NoiselessBlock>,
    /// Extra loss at which the records were made; they are remade for another one when the receiver
    /// is not linear.
    recorded_at: f32,
    /// True if the transmitter applies the 1/(1+D) precoder; a decision error then affects two
    /// symbols.
    pub precoder: bool,
    /// Probed variances of the last full training: searches keep them, for what is probed before a
    /// linear receiver scales with the signal.
    kept: Option<Classes>,
    /// The lags of the equaliser's equations, and the training blocks' correlations there.
    lags: Option<Lags>,
    unscaled: Option<Unscaled>,
    /// The receiver's response at the phase trained last.
    pulse: Option<Pulse>,
    /// The training blocks at the slicer, as the last training found them.
    pub(crate) at_slicer: Vec<AtSlicer>,
}

/// Blocks to be scored: at the slicer, and what was drawn for them.
struct Records<'a> {
    blocks: &'a [NoiselessBlock],
    at: &'a [AtSlicer],
    classes: &'a Classes,
}

impl<'a> Predictor<'a> {
    /// Runs the noiseless blocks: `training` from the lane's training stream, `scoring` from its
    /// own, given as levels.
    pub fn new(
        plan: &'a Plan,
        dsp: &RxDsp,
        shared_seed: Seed,
        lane_seed: Seed,
        training: Vec<Vec<u8>>,
        scoring: Vec<Vec<u8>>,
        workspace: &mut Workspace,
    ) -> Self {
        Self::to_depth(
            plan,
            dsp,
            [shared_seed, lane_seed],
            [training, scoring],
            workspace,
            Depth::Result,
        )
    }

    /// For a step of a search over settings: long responses are cut earlier, for up to 0.1 % of a
    /// source's variance.
    pub(crate) fn for_search(
        plan: &'a Plan,
        dsp: &RxDsp,
        streams: Seed,
        blocks: Vec<Vec<u8>>,
        workspace: &mut Workspace,
    ) -> Self {
        Self::to_depth(plan, dsp, [streams; 2], [blocks, vec![]], workspace, Depth::Search)
    }

    pub(crate) fn to_depth(
        plan: &'a Plan,
        dsp: &RxDsp,
        [shared_seed, lane_seed]: [Seed; 2],
        [training, scoring]: [Vec<Vec<u8>>; 2],
        workspace: &mut Workspace,
        depth: Depth,
    ) -> Self {
        let lags = dsp.lags(plan);
        let mut predictor = Predictor {
            plan,
            dsp: dsp.clone(),
            shared_seed,
            lane_seed,
            noises: Noises::new(plan, dsp.taps, lags.as_ref(), depth),
            training: vec![],
            scoring: vec![],
            recorded_at: 1.0,
            precoder: false,
            kept: None,
            lags,
            unscaled: None,
            pulse: None,
            at_slicer: vec![],
        };
        let trained = lane_seed.named("training");
        predictor.training = predictor.record(workspace, trained, training, 1.0);
        predictor.scoring = predictor.record(workspace, lane_seed, scoring, 1.0);
        predictor
    }

    fn record(
        &self,
        workspace: &mut Workspace,
        lane_seed: Seed,
        blocks: Vec<Vec<u8>>,
        transmission: f32,
    ) -> Vec<NoiselessBlock> {
        let sections = self.noises.sections_with_slope();
        let mut records = Vec::with_capacity(blocks.len());
        for (i, levels) in blocks.into_iter().enumerate() {
            // a cancelled run has no result, and the first block is never missing
            if i > 0 && workspace.is_cancelled() {
                break;
            }
            let keys = StreamKeys {
                shared_seed: self.shared_seed,
                lane_seed,
                block: i as u64,
                noise: 0,
                selection: NoiseSelection::None,
            };
            let plan = self.plan;
            records.push(NoiselessBlock::new(
                plan,
                workspace,
                levels,
                &keys,
                transmission,
                &sections,
                self.noises.depth != Depth::Search,
            ));
        }
        records
    }

    /// Remakes the records where the receiver bends them, and says by which factor they still
    /// scale.
    fn prepare(&mut self, workspace: &mut Workspace, transmission: f32) -> Scale {
        if self.plan.linear_receiver() {
            return Scale { signal: transmission, after_agc: transmission };
        }
        if self.recorded_at != transmission {
            let take = |records: &mut Vec<NoiselessBlock>| {
                std::mem::take(records).into_iter().map(|r| r.levels).collect::<Vec<_>>()
            };
            let (training, scoring) = (take(&mut self.training), take(&mut self.scoring));
            self.training =
                self.record(workspace, self.lane_seed.named("training"), training, transmission);
            self.scoring = self.record(workspace, self.lane_seed, scoring, transmission);
            self.recorded_at = transmission;
        }
        Scale { signal: 1.0, after_agc: transmission }
    }

    /// Trains the receiver at this extra factor on the received power. `near` is an earlier
    /// training to start from.
    ///
    /// # Errors
    ///
    /// A level that the pattern lacks, no signal for the equaliser, or a map that cannot run in
    /// stream mode.
    pub fn train(
        &mut self,
        workspace: &mut Workspace,
        transmission: f32,
        near: Option<&Trained>,
    ) -> Result<Trained, NotEvaluated> {
        if workspace.is_cancelled() {
            return Err(NotEvaluated::new("stopped before it was trained"));
        }
        if let Some(refusal) = self.plan.clocking().and_then(|_| self.plan.refuses_streaming()) {
            return Err(refusal);
        }
        for records in
            [&self.training, &self.scoring].into_iter().filter(|records| !records.is_empty())
        {
            if let Some(level) =
                (0..4).find(|level| !records.iter().any(|r| r.levels.contains(level)))
            {
                return Err(NotEvaluated::new(format!(
                    "level {level} does not occur in the pattern, so no threshold can be placed"
                )));
            }
        }
        let scale = self.prepare(workspace, transmission);
        let training = Training::new(
            self.plan,
            &self.dsp,
            &self.training,
            scale,
            &self.noises,
            self.lags.as_ref(),
        );
        let mut trained =
            training.run(transmission, near.map(|t| t.delay_ui), &mut self.unscaled)?;
        if let Adaptation::Lms(step) = self.dsp.adaptation {
            let levels: Vec<&[u8]> = self.training.iter().map(|r| r.levels.as_slice()).collect();
            let keys = StreamKeys {
                shared_seed: self.shared_seed.named("training"),
                lane_seed: self.lane_seed.named("training"),
                block: 0,
                noise: 0,
                selection: NoiseSelection::All,
            };
            lms::train(self.plan, workspace, &mut trained, &self.dsp, &levels, keys, step)?;
        }
        // thresholds where the mixtures of the training blocks cross
        self.draw(workspace, &trained, near.is_some());
        let classes = self.kept.as_ref().expect("just drawn");
        let response = SlicerResponse::new(self.plan, &self.noises, &trained, &mut self.pulse);
        let at = self.at_slicer_of(&self.training, &trained, &response, classes, scale);
        let (sent, means, variances) = all_of(&self.training, &at);
        self.at_slicer = at;
        let levels = level_moments(&sent, &means, &variances);
        trained.thresholds = Thresholds::at_crossings(&levels, &sent, &means, &variances);
        trained.detector =
            TrainedDetector::trained(&self.dsp.detector, &levels, &trained.postcursors);
        trained.dc_offset_balanced = levels.iter().map(|(mean, _)| mean / 4.0).sum::<f64>() as f32;
        if self.plan.clocking().is_some_and(|clocking| clocking.recovery.is_some()) {
            trained.timing = Some(self.timing(&trained, scale)?);
        }
        Ok(trained)
    }

    /// Predicts on the scoring blocks.
    pub fn predict(&mut self, workspace: &mut Workspace, trained: &Trained) -> Prediction {
        let (at, scale, classes) = self.scoring_at_slicer(workspace, trained);
        let records = Records { blocks: &self.scoring, at: &at, classes: &classes };
        let training = self.training_scatter(trained, scale, &at);
        let mut prediction = self.score(&records, trained, scale, training);
        prediction.over_reflections = self.over_reflections(&records, trained);
        let crosstalk = crosstalk::power(self.plan, &self.scoring, trained, scale);
        prediction.crosstalk_share = crosstalk / mean_square(&prediction.levels);
        prediction
    }

    /// Trains and predicts on the training blocks alone: quick, for searches. `near` is an earlier
    /// training.
    pub fn try_at(
        &mut self,
        workspace: &mut Workspace,
        transmission: f32,
        near: &Trained,
    ) -> Result<(Trained, Prediction), NotEvaluated> {
        let trained = self.train(workspace, transmission, Some(near))?;
        let scale = self.prepare(workspace, transmission);
        let classes = self.kept.as_ref().expect("drawn by the training");
        let records = Records { blocks: &self.training, at: &self.at_slicer, classes };
        let prediction = self.score(&records, &trained, scale, Scatter::NONE);
        Ok((trained, prediction))
    }

    /// Multiplies the variance of every noise by a factor, for trainings and predictions from now
    /// on: the sources of the plan, quantisation and sampling jitter. Interference, interferers and
    /// even-odd jitter, which are no noise, stay; LMS adapts to the noise of the plan itself.
    pub(crate) fn set_noise_power(&mut self, factor: f64) {
        self.noises.power = factor;
    }

    /// The timing detector's curve, on the training blocks with the sampling instant moved.
    fn timing(&mut self, trained: &Trained, scale: Scale) -> Result<Timing, NotEvaluated> {
        let response = SlicerResponse::new(self.plan, &self.noises, trained, &mut self.pulse);
        let classes = self.kept.as_ref().expect("drawn by the training");
        let [early, on, late] = [-Timing::STEP_UI, 0.0, Timing::STEP_UI].map(|late_ui| {
            let moved = Trained { delay_ui: trained.delay_ui + late_ui, ..trained.clone() };
            let at = self.at_slicer_of(&self.training, &moved, &response, classes, scale);
            let one =
                |(record, at): (&NoiselessBlock, AtSlicer)| at.symbols(&record.levels).collect();
            self.training.iter().zip(at).map(one).collect::<Vec<Vec<_>>>()
        });
        let noise = self.slicer_noise(&self.training, &self.at_slicer, trained, scale);
        Timing::of([&early, &on, &late], &trained.thresholds, noise.correlation(2))
    }

    /// Each symbol of the scoring blocks at the slicer: the level sent, mean and variance.
    pub fn mixture(&mut self, workspace: &mut Workspace, trained: &Trained) -> Vec<(u8, f32, f32)> {
        let (at, ..) = self.scoring_at_slicer(workspace, trained);
        self.scoring.iter().zip(at).flat_map(|(record, at)| at.symbols(&record.levels)).collect()
    }

    /// The same of the training blocks, as the last training found them.
    pub fn training_mixture(&self) -> Vec<(u8, f32, f32)> {
        let (sent, means, variances) = all_of(&self.training, &self.at_slicer);
        let moments = means.iter().zip(&variances);
        sent.iter()
            .zip(moments)
            .map(|(&level, (&mean, &variance))| (level, mean, variance))
            .collect()
    }

    /// Scoring blocks as noise-only counting needs them.
    pub(crate) fn scored(&mut self, workspace: &mut Workspace, trained: &Trained) -> Scored {
        let (at, scale, _) = self.scoring_at_slicer(workspace, trained);
        let levels = self.scoring.iter().map(|record| record.levels.clone());
        let blocks = levels.zip(at).collect();
        let distances = colour_distances(self.plan, trained);
        let covariance = self.noises.covariance(self.plan, &self.scoring, scale, distances, None);
        Scored { blocks, covariance }
    }

    fn streams(&self, lane_seed: Seed) -> StreamKeys<'static> {
        StreamKeys {
            shared_seed: self.shared_seed,
            lane_seed,
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        }
    }

    /// Variances by pattern, on the training blocks, of the sources that have no closed form here.
    fn draw(&mut self, workspace: &mut Workspace, trained: &Trained, searching: bool) {
        if searching && self.plan.linear_receiver() && self.kept.is_some() {
            return;
        }
        let keys = if searching { noise_probing::FEW } else { noise_probing::MANY };
        let streams = self.streams(self.lane_seed.named("training"));
        self.kept = Some(noise_probing::classes(
            self.plan,
            &self.noises,
            workspace,
            trained,
            &self.training,
            streams,
            keys,
        ));
    }

    /// True when loss only scales what the receiver detects.
    pub fn linear_receiver(&self) -> bool {
        self.plan.linear_receiver()
    }

    /// Part of the detected power's fluctuation in the top tenth of the band: large parts have been
    /// aliased.
    pub fn power_near_band_edge(&self) -> f64 {
        self.scoring.first().map_or(0.0, |record| record.power_near_band_edge(self.plan))
    }

    /// Scores records at the slicer, averaged over the phase where it moves; errors of feedback and
    /// of sequences are followed, except in a search over settings, which compares them with ideal
    /// feedback at the trained phase.
    fn score(
        &self,
        records: &Records<'_>,
        trained: &Trained,
        scale: Scale,
        training: Scatter,
    ) -> Prediction {
        let searching = self.noises.depth == Depth::Search;
        let follows = trained.detector != TrainedDetector::Slicer && !searching;
        let noise = follows.then(|| self.slicer_noise(records.blocks, records.at, trained, scale));
        let law = self
            .plan
            .clocking()
            .filter(|_| !searching)
            .and_then(|clocking| PhaseLaw::of(clocking, trained.timing.as_ref()));
        let moving = law.map(|law| Moving {
            law,
            at: std::array::from_fn(|i| match i {
                MIDDLE => vec![],
                _ => self.moved(records, trained, law.phases_ui()[i], scale),
            }),
        });
        scoring::score(
            records.blocks,
            records.at,
            trained,
            noise.as_ref(),
            moving.as_ref(),
            self.precoder,
            training,
        )
    }

    /// Scatter of a prediction on the scoring blocks by the training.
    fn training_scatter(&self, trained: &Trained, scale: Scale, at: &[AtSlicer]) -> Scatter {
        let taps = trained.taps.len().max(1);
        let on = TrainedOn {
            plan: self.plan,
            trained,
            blocks: &self.training,
            scale,
            covariance: self.noises.covariance(self.plan, &self.training, scale, taps, None),
            white: f64::from(trained.quantisation * trained.quantisation),
            adapts: self.dsp.fixed.is_empty(),
        };
        // slopes of one block are known well enough: to a tenth
        let one = self.scoring.len().min(1);
        on.scatter(&self.scoring[..one], &at[..one])
    }
}
