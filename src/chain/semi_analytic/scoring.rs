//! From blocks at the slicer to the prediction.

use super::at_slicer::{AtSlicer, all_of};
use super::autocorrelation;
use super::error_propagation::{ErrorPropagation, IdealBlock};
use super::expected_bursts::ExpectedBursts;
use super::noise_memory::NoiseMemory;
use super::phase_law::{MIDDLE, OverPhase, PHASES, PhaseLaw};
use super::prediction::{PredictedBursts, Prediction, Share, pattern_limited};
use super::reflections::STATES;
use super::run_means;
use super::sequence_errors::{DetectedBlock, SequenceErrors};
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noise_sources::Noises;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::dsp::slicer::{level_moments, mean_square, snr_db};
use crate::math::interval::{Scatter, log_normal};

/// Why a search over settings has no error ratio of its own.
const IDEAL_FEEDBACK: &str = "past decisions are assumed correct in a search over settings";

/// The noise at the slicer: its autocorrelation, of variance 1, and what it says of the next
/// symbol's.
pub(super) struct SlicerNoise {
    autocorrelation: Vec<f64>,
    memory: NoiseMemory,
}

impl SlicerNoise {
    /// Lags that detectors use, symbols.
    pub(super) const LAGS: usize = 9;

    /// Of all sources and the converter, on average over the records.
    pub(super) fn at(
        plan: &Plan,
        noises: &Noises,
        (records, at): (&[NoiselessBlock], &[AtSlicer]),
        trained: &Trained,
        scale: Scale,
    ) -> SlicerNoise {
        let distances = Self::LAGS * plan.sampler.samples_per_symbol + trained.taps.len();
        let covariance = noises.covariance(plan, records, scale, distances, None);
        // shares after those of the sources are the converter's
        let converters = at.iter().flat_map(|at| at.shares.iter().skip(noises.sources.len()));
        let converter = converters.map(|s| s.share).sum::<f64>() / at.len() as f64;
        let autocorrelation =
            autocorrelation::at_slicer(plan, trained, &covariance, converter, Self::LAGS);
        SlicerNoise { memory: NoiseMemory::new(&autocorrelation), autocorrelation }
    }

    /// Correlation of the noise of symbols so far apart.
    pub(super) fn correlation(&self, symbols: usize) -> f64 {
        self.autocorrelation.get(symbols).copied().unwrap_or(0.0)
    }
}

/// Expected bit errors of every symbol, and the error ratio of each block.
#[derive(Default)]
struct Scores {
    symbols: Vec<f64>,
    bers: Vec<f64>,
}

impl Scores {
    fn push(&mut self, errors: Vec<f64>) {
        self.bers.push(errors.iter().sum::<f64>() / (2 * errors.len()) as f64);
        self.symbols.extend(errors);
    }

    /// Adds a part of others, of the same symbols.
    fn add_part(&mut self, part: f64, other: &Scores) {
        let add = |sum: &mut Vec<f64>, other: &[f64]| {
            sum.resize(other.len(), 0.0);
            sum.iter_mut().zip(other).for_each(|(sum, x)| *sum += part * x);
        };
        add(&mut self.symbols, &other.symbols);
        add(&mut self.bers, &other.bers);
    }

    fn ber(&self) -> f64 {
        self.bers.iter().sum::<f64>() / self.bers.len() as f64
    }

    /// Scatter of the ratio by the symbols that were sent.
    fn scatter(&self, records: &[NoiselessBlock]) -> Scatter {
        let per_block = self.symbols.len() / self.bers.len();
        let blocks: Vec<&[f64]> = self.symbols.chunks(per_block).collect();
        let mean = self.symbols.iter().sum::<f64>() / self.symbols.len() as f64;
        run_means::scatter(&blocks, run_means::is_fixed(records), mean.max(f64::MIN_POSITIVE))
    }
}

/// How the detector's errors follow from blocks at the slicer.
enum Detection<'a> {
    /// Symbol by symbol.
    Alone,
    Feedback(ErrorPropagation<'a>),
    Sequences(SequenceErrors),
}

impl<'a> Detection<'a> {
    /// Of a trained receiver in noise of this autocorrelation at the slicer.
    fn new(
        trained: &Trained,
        noise: &'a SlicerNoise,
        records: &[NoiselessBlock],
        at: &[AtSlicer],
        precoder: bool,
    ) -> Self {
        match &trained.detector {
            TrainedDetector::Slicer => None,
            TrainedDetector::Dfe => ErrorPropagation::new(
                &trained.postcursors,
                trained.thresholds,
                &noise.memory,
                precoder,
            )
            .map(Detection::Feedback),
            TrainedDetector::Mlse(response, _) => {
                let variances = at.iter().flat_map(|at| &at.variances);
                let count = at.iter().map(|at| at.variances.len()).sum::<usize>() as f64;
                let sigma = (variances.map(|&v| f64::from(v)).sum::<f64>() / count).sqrt();
                let levels = response.levels();
                let half_eye = f64::from(levels[3] - levels[0]) / 6.0 / sigma;
                let errors =
                    SequenceErrors::new(response, &noise.autocorrelation, half_eye, precoder);
                let (sent, at) = (&records[0].levels, &at[0]);
                let samples = detected(trained, sent, at);
                let variances = &at.variances;
                let first = DetectedBlock { sent, samples: &samples, variances };
                Some(Detection::Sequences(errors.competing(&first)))
            }
        }
        .unwrap_or(Detection::Alone)
    }

    /// Expected bit errors of a block, from those of symbols decided alone; the bursts are added.
    fn errors(
        &self,
        trained: &Trained,
        record: &NoiselessBlock,
        at: &AtSlicer,
        alone: &[f64],
        bursts: &mut ExpectedBursts,
    ) -> Option<Vec<f64>> {
        let (sent, variances) = (&record.levels[..], &at.variances[..]);
        let mut errors = vec![0f64; alone.len()];
        let seen = match self {
            Detection::Alone => return None,
            Detection::Feedback(propagation) => {
                let gaussian = at.two_points.as_ref().map(|_| {
                    let mut gaussian = vec![0f64; alone.len()];
                    at.expected_of_gaussian(&trained.thresholds, sent, &mut gaussian);
                    gaussian
                });
                let gaussian = gaussian.as_deref().unwrap_or(alone);
                let block =
                    IdealBlock { sent, means: &at.means, variances, errors: alone, gaussian };
                propagation.run(&block, &mut errors)
            }
            Detection::Sequences(sequences) => {
                let samples = detected(trained, sent, at);
                sequences.run(&DetectedBlock { sent, samples: &samples, variances }, &mut errors)
            }
        };
        bursts.add(&seen);
        Some(errors)
    }
}

/// Means before the feedback, as a sequence detector has them.
fn detected(trained: &Trained, sent: &[u8], at: &AtSlicer) -> Vec<f32> {
    let mut samples = at.means.clone();
    trained.restore_postcursors(sent, &mut samples);
    samples
}

/// A phase that moves, and blocks at the slicer at each of its phases but the middle one.
pub(super) struct Moving {
    pub(super) law: PhaseLaw,
    pub(super) at: [Vec<AtSlicer>; PHASES],
}

/// Errors of all blocks, with past decisions assumed correct and as the detector makes them.
struct Errors {
    ideal: Scores,
    /// Empty for a detector symbol by symbol.
    followed: Scores,
    bursts: ExpectedBursts,
}

impl Errors {
    fn of(
        records: &[NoiselessBlock],
        at: &[AtSlicer],
        trained: &Trained,
        detection: &Detection<'_>,
        precoder: bool,
    ) -> Errors {
        let (mut ideal, mut followed) = (Scores::default(), Scores::default());
        let mut bursts = ExpectedBursts::default();
        for (record, at) in records.iter().zip(at) {
            let mut errors = vec![0f64; record.levels.len()];
            at.expected_errors(&trained.thresholds, &record.levels, &mut errors);
            if let Some(errors) = detection.errors(trained, record, at, &errors, &mut bursts) {
                followed.push(errors);
            }
            if precoder {
                // a symbol is wrong when its decision or the previous one is
                let mut before = errors[errors.len() - 1];
                for e in &mut errors {
                    (before, *e) = (*e, *e + before - *e * before);
                }
            }
            ideal.push(errors);
        }
        Errors { ideal, followed, bursts }
    }

    /// The mean over the phase: of error ratios by the interpolated logarithm, of symbols and
    /// bursts by shares of the phases.
    fn mean(law: &PhaseLaw, all: &[Errors; PHASES]) -> Errors {
        let shares = law.shares();
        let scores = |of: fn(&Errors) -> &Scores| {
            let all = all.each_ref().map(of);
            let ber = |b: usize| law.mean(&all.map(|scores| scores.bers[b]));
            let symbol = |k: usize| {
                all.iter().zip(shares).map(|(scores, share)| share * scores.symbols[k]).sum()
            };
            Scores {
                bers: (0..all[0].bers.len()).map(ber).collect(),
                symbols: (0..all[0].symbols.len()).map(symbol).collect(),
            }
        };
        let mut bursts = ExpectedBursts::default();
        all.iter().zip(shares).for_each(|(errors, share)| bursts.add_part(share, &errors.bursts));
        Errors { ideal: scores(|e| &e.ideal), followed: scores(|e| &e.followed), bursts }
    }

    /// Of blocks over the phases of their reflections, where these are followed.
    fn over_reflections(at: &[AtSlicer], one: impl Fn(&[AtSlicer]) -> Errors) -> Errors {
        if at.iter().all(|at| at.beats.is_empty()) {
            return one(at);
        }
        let (mut ideal, mut followed) = (Scores::default(), Scores::default());
        let mut bursts = ExpectedBursts::default();
        let share = 1.0 / STATES as f64;
        for state in 0..STATES {
            let in_state = |(number, at): (usize, &AtSlicer)| at.in_state(state, number);
            let at: Vec<AtSlicer> = at.iter().enumerate().map(in_state).collect();
            let errors = one(&at);
            ideal.add_part(share, &errors.ideal);
            followed.add_part(share, &errors.followed);
            bursts.add_part(share, &errors.bursts);
        }
        Errors { ideal, followed, bursts }
    }
}

/// The prediction from `records` as they are at the slicer with ideal feedback. With the `noise`
/// there, errors of a detector that uses earlier decisions or samples are followed; without it,
/// feedback stays ideal. A phase that is `moving` is averaged over; `training` scatters the
/// receiver.
pub(super) fn score(
    records: &[NoiselessBlock],
    at: &[AtSlicer],
    trained: &Trained,
    noise: Option<&SlicerNoise>,
    moving: Option<&Moving>,
    precoder: bool,
    training: Scatter,
) -> Prediction {
    let detection = noise
        .map_or(Detection::Alone, |noise| Detection::new(trained, noise, records, at, precoder));
    let errors = |at: &[AtSlicer]| {
        Errors::over_reflections(at, |at| Errors::of(records, at, trained, &detection, precoder))
    };
    let alone = matches!(detection, Detection::Alone);
    let (Errors { ideal, followed, bursts }, over_phase) = match moving {
        None => (errors(at), None),
        Some(Moving { law, at: moved }) => {
            let at_phase = |i: usize| errors(if i == MIDDLE { at } else { moved[i].as_slice() });
            let all: [Errors; PHASES] = std::array::from_fn(at_phase);
            let ratio = |errors: &Errors| {
                if alone { errors.ideal.ber() } else { errors.followed.ber() }
            };
            let ratios = all.each_ref().map(ratio);
            (Errors::mean(law, &all), Some(OverPhase { law: *law, ratios }))
        }
    };
    let decides_on_others = trained.detector != TrainedDetector::Slicer;
    let ber_ideal_feedback = decides_on_others.then(|| ideal.ber());
    let scores = if alone { ideal } else { followed };
    let ber = scores.ber();
    let (sent, means, variances) = all_of(records, at);
    let levels = level_moments(&sent, &means, &variances);
    let variance = variances.iter().map(|&v| f64::from(v)).sum::<f64>() / variances.len() as f64;
    let bursts = PredictedBursts::of(&bursts, sent.len());
    let no_prediction = match &bursts {
        _ if decides_on_others && noise.is_none() => Some(IDEAL_FEEDBACK),
        Some(bursts) => trained.detector.no_prediction(bursts.symbol_error_ratio),
        None => None,
    };
    Prediction {
        ber: ber.min(0.5),
        no_prediction,
        ber_ideal_feedback,
        bursts,
        phase_error_rms_ui: moving.map(|moving| moving.law.rms_ui()),
        over_phase,
        over_reflections: None,
        interval: log_normal(ber, &[scores.scatter(records), training], 0.95),
        pattern_limited: pattern_limited(scores.symbols),
        snr_db: snr_db(&levels),
        levels,
        shares: shares(at),
        interference_share: (1.0 - variance / mean_square(&levels)).clamp(0.0, 1.0),
        crosstalk_share: 0.0,
    }
}

/// Part of each source in the noise of all blocks, largest first.
fn shares(at: &[AtSlicer]) -> Vec<Share> {
    let mut sums: Vec<Share> = Vec::new();
    for share in at.iter().flat_map(|at| &at.shares) {
        match sums.iter_mut().find(|s| s.id == share.id) {
            Some(sum) => sum.share += share.share,
            None => sums.push(share.clone()),
        }
    }
    let total: f64 = sums.iter().map(|s| s.share).sum();
    sums.iter_mut().for_each(|s| s.share /= total.max(f64::MIN_POSITIVE));
    sums.sort_by(|a, b| b.share.total_cmp(&a.share));
    sums
}
