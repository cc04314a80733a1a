//! From blocks at the slicer to the prediction.

use super::at_slicer::{AtSlicer, all_of};
use super::error_propagation::{ErrorPropagation, IdealBlock};
use super::expected_bursts::ExpectedBursts;
use super::noise_memory::NoiseMemory;
use super::prediction::{PredictedBursts, Prediction, Share, pattern_limited};
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::trained::Trained;
use crate::chain::linearise::noiseless_block::NoiselessBlock;
use crate::dsp::slicer::{level_moments, mean_square, snr_db};
use crate::math::interval::log_normal_mean;

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

    fn ber(&self) -> f64 {
        self.bers.iter().sum::<f64>() / self.bers.len() as f64
    }
}

/// The prediction from `records` as they are at the slicer with ideal feedback. With the `noise` of
/// a feedback equaliser its errors are followed; without it, feedback stays ideal.
pub(super) fn score(
    records: &[NoiselessBlock],
    at: &[AtSlicer],
    trained: &Trained,
    noise: Option<&NoiseMemory>,
    precoder: bool,
) -> Prediction {
    let propagation = noise.and_then(|noise| {
        ErrorPropagation::new(&trained.postcursors, trained.thresholds, noise, precoder)
    });
    let (mut ideal, mut followed) = (Scores::default(), Scores::default());
    let mut bursts = ExpectedBursts::default();
    for (record, at) in records.iter().zip(at) {
        let mut errors = vec![0f64; record.levels.len()];
        at.expected_errors(&trained.thresholds, &record.levels, &mut errors);
        if let Some(propagation) = &propagation {
            let block = IdealBlock {
                sent: &record.levels,
                means: &at.means,
                variances: &at.variances,
                errors: &errors,
            };
            let mut own = vec![0f64; errors.len()];
            bursts.add(&propagation.run(&block, &mut own));
            followed.push(own);
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
    let decides_on_others = trained.detector != TrainedDetector::Slicer;
    let ber_ideal_feedback = decides_on_others.then(|| ideal.ber());
    let scores = if propagation.is_some() { followed } else { ideal };
    let (sent, means, variances) = all_of(records, at);
    let levels = level_moments(&sent, &means, &variances);
    let variance = variances.iter().map(|&v| f64::from(v)).sum::<f64>() / variances.len() as f64;
    Prediction {
        ber: scores.ber(),
        ideal_feedback: decides_on_others && noise.is_none(),
        ber_ideal_feedback,
        bursts: PredictedBursts::of(&bursts),
        interval: log_normal_mean(&scores.bers, 0.95),
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
