//! Noiseless blocks of a predictor at the slicer of a trained receiver.

use super::{Predictor, Records};
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::workspace::Workspace;
use crate::chain::semi_analytic::at_slicer::{AtSlicer, Sampled};
use crate::chain::semi_analytic::noise_classes::{BentNoise, Classes};
use crate::chain::semi_analytic::noise_probing;
use crate::chain::semi_analytic::over_reflections::OverReflections;
use crate::chain::semi_analytic::reflections::SlicerBeats;
use crate::chain::semi_analytic::scoring::SlicerNoise;
use crate::chain::semi_analytic::variance::SlicerResponse;
use crate::dsp::ffe;
use crate::math::buffer_pool::Pooled;
use crate::math::two_points::GatheredPoints;

impl Predictor<'_> {
    /// The scoring blocks at the slicer, the factors by which their records scale, and what was
    /// drawn for them.
    pub(super) fn scoring_at_slicer(
        &mut self,
        workspace: &mut Workspace,
        trained: &Trained,
    ) -> (Vec<AtSlicer>, Scale, Classes) {
        let scale = self.prepare(workspace, trained.transmission);
        let classes = noise_probing::classes(
            self.plan,
            &self.noises,
            workspace,
            trained,
            &self.scoring,
            self.streams(self.lane_seed),
            noise_probing::MANY,
        );
        let response = SlicerResponse::new(self.plan, &self.noises, trained, &mut self.pulse);
        let at = self.at_slicer_of(&self.scoring, trained, &response, &classes, scale);
        (at, scale, classes)
    }

    /// How errors depend on the phases of reflected light, by those of the first record.
    pub(super) fn over_reflections(
        &self,
        records: &Records<'_>,
        trained: &Trained,
    ) -> Option<OverReflections> {
        let (record, at) = records.blocks.first().zip(records.at.first())?;
        let mut errors = vec![0f64; record.levels.len()];
        at.over_reflections(self.plan, |at| {
            at.expected_errors(&trained.thresholds, &record.levels, &mut errors);
            errors.iter().sum()
        })
    }

    /// Records at the slicer, sampled later than at the trained phase.
    pub(super) fn moved(
        &self,
        records: &Records<'_>,
        trained: &Trained,
        late_ui: f64,
        scale: Scale,
    ) -> Vec<AtSlicer> {
        let moved = trained.late(late_ui, self.plan.grid.symbols);
        let response = SlicerResponse::new(self.plan, &self.noises, &moved, &mut None);
        self.at_slicer_of(records.blocks, &moved, &response, records.classes, scale)
    }

    /// The noise at the slicer.
    pub(super) fn slicer_noise(
        &self,
        records: &[NoiselessBlock],
        at: &[AtSlicer],
        trained: &Trained,
        scale: Scale,
    ) -> SlicerNoise {
        SlicerNoise::at(self.plan, &self.noises, (records, at), trained, scale)
    }

    /// Mean and variance of each symbol of records at the slicer, with feedback that is never
    /// wrong.
    pub(super) fn at_slicer_of(
        &self,
        records: &[NoiselessBlock],
        trained: &Trained,
        response: &SlicerResponse,
        classes: &Classes,
        scale: Scale,
    ) -> Vec<AtSlicer> {
        let beats = SlicerBeats::new(self.plan, records, trained, scale);
        let one = |record| {
            let mut at = self.symbols(record, trained, response, classes, scale);
            beats.add(self.plan, record, trained, scale, &mut at);
            at
        };
        records.iter().map(one).collect()
    }

    /// The same of one record, without reflected light.
    fn symbols(
        &self,
        record: &NoiselessBlock,
        trained: &Trained,
        response: &SlicerResponse,
        classes: &Classes,
        scale: Scale,
    ) -> AtSlicer {
        let (plan, n) = (self.plan, self.plan.grid.symbols);
        let sampled = Sampled::new(plan, record, trained, scale);
        let per_symbol = plan.sampler.samples_per_symbol;
        let mut means = vec![0f32; n];
        let mut padded = Pooled::zeros(sampled.samples.len() + 2 * ffe::TAPS_MAX);
        trained.equalise(&sampled.samples, per_symbol, &mut padded, &mut means);
        trained.feed_back(&record.levels, &mut means);
        let bends = plan.needs_second_order_jitter() || classes.bend();
        let mut at = AtSlicer {
            means,
            variances: vec![0f32; n],
            shares: vec![],
            bent: bends.then(|| BentNoise::zeros(n)),
            two_points: self.noises.two_points().then(|| vec![GatheredPoints::default(); n]),
            beats: vec![],
        };
        response.add(plan, &self.noises, record, scale, classes, &mut at);
        at.scale_noise(self.noises.power);
        if let Some(converters) = &plan.sampling {
            at.scale_noise_by_symbol(&converters.noise_factors(plan, trained, record.block));
        }
        SlicerResponse::add_converter(plan, trained, &sampled, self.noises.power, &mut at);
        at
    }
}
