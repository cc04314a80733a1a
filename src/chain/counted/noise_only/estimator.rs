//! Stored noiseless blocks with noise drawn at the slicer, for a periodic pattern and a
//! linear receiver.

use super::kernel::PIECE;
use super::{kernel, noise_colour};
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::trained::Trained;
use crate::chain::counted::segment::SegmentRun;
use crate::chain::counted::tally::{LaneCount, Tally};
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::linearise::noise_sources::{NoisePath, colour_lags};
use crate::chain::run::workspace::Workspace;
use crate::chain::semi_analytic::at_slicer::AtSlicer;
use crate::chain::semi_analytic::at_slicer::Scored;
use crate::chain::semi_analytic::autocorrelation;
use crate::chain::semi_analytic::predictor::Predictor;
use crate::dsp::slicer::DecisionErrors;
use crate::math::normals;
use crate::seed::Seed;

/// Largest share of noise that may depend on the signal where decisions depend on each other.
const DEPENDENT_MAX: f64 = 0.2;

/// Largest share of noise that may be jitter with a non-Gaussian law at the slicer: beyond 0.02 UI,
/// and dual-Dirac.
const SECOND_ORDER_JITTER_MAX: f64 = 0.2;

const DUAL_DIRAC_MAX: f64 = 0.1;

/// A noise-only Monte Carlo: the mean and variance of each symbol from the semi-analytic estimator,
/// with noise of the right spectrum.
///
/// ```text
/// z[k] = mean[k] + s[k] nu[k],    nu = h * white,
///     nu Gaussian, of variance 1 and the autocorrelation of the noise at the slicer
/// ```
///
/// `mean` is the noiseless equalised block, before any feedback; `s^2` each symbol's variance; `h`
/// a short symmetric filter whose autocorrelation is that of all noise, averaged over the stored
/// blocks, within 0.001 at every lag. Slicer, feedback equaliser and sequence detector decide `z`
/// as they decide samples of the chain, with real feedback.
///
/// # Limits
///
/// The blocks are the estimator's scoring blocks, used in turn: patterns outside them never occur,
/// whatever the number of symbols, nor do other data of the interferers. All noise is Gaussian at
/// the slicer, its colour the same at every symbol (a coloured relative intensity noise counts as
/// white in it); no noise clips at the converter. A block starts anew, as one of the chain, but its
/// noise does not wrap. Even-odd jitter is included in the means.
///
/// # Reference
///
/// M. C. Jeruchim, P. Balaban, K. S. Shanmugan, *Simulation of Communication Systems*,
/// quasi-analytical and mixed simulation.
#[derive(Clone)]
pub struct NoiseOnly {
    pub(crate) blocks: Vec<Stored>,
    /// The colouring filter, of unit energy.
    pub(crate) taps: Vec<f32>,
}

/// A noiseless block at the slicer.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) levels: Vec<u8>,
    /// Before feedback.
    pub(crate) means: Vec<f32>,
    pub(crate) deviations: Vec<f32>,
}

impl Predictor<'_> {
    /// Stores the scoring blocks at the slicer of this receiver.
    ///
    /// # Errors
    ///
    /// The reason why a mean and a variance of each symbol do not suffice for this receiver: it
    /// recovers its clock or runs in stream mode; it is not linear; feedback or a sequence detector
    /// in noise of which more than a fifth depends on the signal; jitter that is not Gaussian at
    /// the slicer; a noise of too long a memory.
    pub fn noise_only(
        &mut self,
        workspace: &mut Workspace,
        trained: &Trained,
    ) -> Result<NoiseOnly, NotEvaluated> {
        if self.plan.clocking().is_some() {
            return Err(NotEvaluated::new(
                "in stream mode the sampling phase moves from block to block, which noise-only \
                counting does not follow",
            ));
        }
        if !self.plan.linear_receiver() {
            return Err(NotEvaluated::new(
                "the receiver is not linear, so that noise at the slicer depends on the signal in \
                ways that noise-only counting does not follow",
            ));
        }
        if self.plan.reflections().is_some_and(|reflections| !reflections.followed.is_empty()) {
            return Err(NotEvaluated::new(
                "the phase of a reflection above -55 dB moves the symbols of a whole block, which \
                noise-only counting does not follow",
            ));
        }
        let scored = self.scored(workspace, trained);
        if scored.blocks.iter().any(|(_, at)| at.variances.iter().any(|&v| v <= 0.0)) {
            return Err(NotEvaluated::new("there is no noise to draw"));
        }
        self.refuse(trained, &scored)?;
        // the shares after the sources' are the converter's
        let converters = scored
            .blocks
            .iter()
            .flat_map(|(_, at)| at.shares.iter().skip(self.noises.sources.len()));
        let converter = converters.map(|s| s.share).sum::<f64>() / scored.blocks.len() as f64;
        let taps = noise_colour::root(&autocorrelation::at_slicer(
            self.plan,
            trained,
            &scored.covariance,
            converter,
            colour_lags(self.plan),
        ))?;
        let store = |(levels, at): (Vec<u8>, AtSlicer)| {
            let mut means = at.means;
            trained.restore_postcursors(&levels, &mut means);
            Stored { levels, means, deviations: at.variances.iter().map(|v| v.sqrt()).collect() }
        };
        Ok(NoiseOnly { blocks: scored.blocks.into_iter().map(store).collect(), taps })
    }

    fn refuse(&self, trained: &Trained, scored: &Scored) -> Result<(), NotEvaluated> {
        let (mut total, mut dependent, mut jitter, mut bounded) = (0.0, 0.0, 0.0, 0.0);
        for (_, at) in &scored.blocks {
            for (i, share) in at.shares.iter().enumerate() {
                let kind = self.noises.sources.get(i).map(|source| &source.path);
                let signals = matches!(
                    kind,
                    Some(
                        NoisePath::Shot { .. }
                            | NoisePath::Relative(_)
                            | NoisePath::Slope { .. }
                            | NoisePath::Symbol { .. }
                            | NoisePath::Phase
                    )
                );
                total += share.share;
                dependent +=
                    if signals || share.class.is_sampling_jitter() { share.share } else { 0.0 };
                jitter += if share.class.is_sampling_jitter() { share.share } else { 0.0 };
                bounded += if share.class.is_bounded() { share.share } else { 0.0 };
            }
        }
        let part = |of: f64| of / f64::max(total, f64::MIN_POSITIVE);
        let percent = |of: f64| 100.0 * part(of);
        if trained.detector != TrainedDetector::Slicer && part(dependent) > DEPENDENT_MAX {
            return Err(NotEvaluated::new(format!(
                "{:.0} % of the noise depends on the signal; noise-only counting with \
                feedback or a sequence detector allows {:.0} % at most",
                percent(dependent),
                100.0 * DEPENDENT_MAX
            )));
        }
        if self.plan.needs_second_order_jitter() && part(jitter) > SECOND_ORDER_JITTER_MAX {
            return Err(NotEvaluated::new(format!(
                "{:.0} % of the noise is sampling jitter above 0.02 UI, which is not Gaussian",
                percent(jitter)
            )));
        }
        if part(bounded) > DUAL_DIRAC_MAX {
            return Err(NotEvaluated::new(format!(
                "{:.0} % of the noise is dual-Dirac jitter, which is not Gaussian",
                percent(bounded)
            )));
        }
        Ok(())
    }
}

impl NoiseOnly {
    /// Symbols of a stored block.
    pub fn block_symbols(&self) -> usize {
        self.blocks[0].levels.len()
    }

    /// Taps of the filter that colours the noise.
    pub fn taps(&self) -> usize {
        self.taps.len()
    }

    /// Adds the `noise`-th noise of `streams` to a block and decides it; `precoder` compares bits
    /// after undoing a precoder.
    ///
    /// # Panics
    ///
    /// If the workspace is of another grid.
    pub fn decisions(
        &self,
        trained: &Trained,
        streams: Seed,
        noise: u64,
        precoder: bool,
        workspace: &mut Workspace,
    ) -> DecisionErrors {
        let stored = &self.blocks[(noise % self.blocks.len() as u64) as usize];
        let (n, memory) = (stored.levels.len(), self.taps.len() - 1);
        let (mut sent, given) = workspace.take_levels();
        sent.copy_from_slice(&stored.levels);
        let mut rng = streams.named("replay").index(noise).rng();
        let (normals, equalised, decided) = workspace.slicer_buffers();
        let white = &mut normals[..PIECE.min(n) + memory];
        normals::fill(&mut rng, &mut white[..memory]);
        for first in (0..n).step_by(PIECE) {
            let range = first..n.min(first + PIECE);
            let white = &mut white[..memory + range.len()];
            normals::fill(&mut rng, &mut white[memory..]);
            let piece = [&stored.means[range.clone()], &stored.deviations[range.clone()]];
            let out = &mut equalised[range.clone()];
            if trained.detector == TrainedDetector::Slicer {
                kernel::add_noise_and_slice(
                    white,
                    &self.taps,
                    &piece,
                    trained.thresholds,
                    out,
                    &mut decided[range.clone()],
                );
            } else {
                kernel::add_noise(white, &self.taps, &piece, out);
            }
            white.copy_within(range.len().., 0);
        }
        if trained.detector != TrainedDetector::Slicer {
            workspace.decide(trained, &sent);
        }
        let decisions = workspace.compared(&sent, precoder);
        workspace.keep_levels(sent, given);
        decisions
    }

    /// One block of a lane, counted.
    pub(crate) fn one_block(
        &self,
        segment: &SegmentRun<'_>,
        precoder: bool,
        block: u64,
        workspace: &mut Workspace,
    ) -> LaneCount {
        let decisions =
            self.decisions(segment.trained, segment.streams, block, precoder, workspace);
        let mut end = Tally::of(workspace.sent().len(), &decisions);
        end.bursts.push(workspace.sent(), workspace.decided());
        LaneCount { end, ..LaneCount::default() }
    }
}
