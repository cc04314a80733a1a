//! Bathtub curves after the reference equaliser, for a figure.

use super::measurement::Measured;
use super::trace::PatternPeriods;
use crate::math::resample::by_spectrum;
use crate::measure::bathtub::Eyes;
use crate::measured::CaptureQuantity;
use crate::units::power_ratio;

/// Amplitudes of a vertical bathtub.
const AMPLITUDES: usize = 400;
/// Samples per symbol of the time axis.
const FINE: usize = 32;
/// Fraction of the largest noise, sigma_G, that replaces an unknown noise of the transmitter.
const STAND_IN: f64 = 0.5;

/// Errors per symbol over amplitude and over time, of each eye, the lowest first.
#[derive(Clone, Debug)]
pub struct Bathtubs {
    /// Title.
    pub name: String,
    /// Quantity of the amplitudes.
    pub quantity: CaptureQuantity,
    /// Description of the noise in it.
    pub noise: String,
    /// The reference's error ratio.
    pub target_ser: f64,
    /// Amplitude and errors at each eye's best instant.
    pub vertical: [Vec<(f64, f64)>; 3],
    /// Time from the windows' centre, symbol periods, and errors at each eye's best threshold.
    pub horizontal: [Vec<(f64, f64)>; 3],
    /// Inner edges at the target, the same times: lower, upper.
    pub contours: [Vec<(f64, [f64; 2])>; 3],
}

impl Measured {
    /// The bathtubs; none without TDECQ.
    pub fn bathtubs(&self) -> Option<Bathtubs> {
        let (trace, tdecq) = (&self.trace, self.tdecq.as_ref().ok()?);
        let mut fine = tdecq.clone();
        fine.centre_samples *= FINE as f64 / PatternPeriods::SAMPLES_PER_SYMBOL as f64;
        let waveform = by_spectrum(&trace.waveform, trace.levels.len() * FINE);
        let after = fine.equalise(&waveform, FINE, &trace.levels);
        let (sigma, noise) = if trace.repeats.is_empty() {
            let largest = tdecq.sigma_g[0].min(tdecq.sigma_g[1]) * power_ratio(tdecq.ceq_db);
            (
                [STAND_IN * largest; 4],
                "the noise is unknown: Gaussian noise of half of sigma_G after the equaliser"
                    .to_owned(),
            )
        } else {
            (
                trace.sigma(tdecq),
                format!("the transmitter's own noise, of {} periods", trace.repeats.len()),
            )
        };
        let eyes = Eyes::new(&after, FINE, &trace.levels, fine.centre_samples, sigma)?;
        let target_ser = self.reference.target_ser;
        let (low, high) =
            after.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &y| {
                (low.min(y.into()), high.max(y.into()))
            });
        let best = [0, 1, 2].map(|eye| {
            let instant = (0..FINE).max_by(|&a, &b| {
                let height = |i: usize| {
                    let [lower, upper] = eyes.edges(eye, i, target_ser);
                    upper - lower
                };
                height(a).total_cmp(&height(b))
            });
            let instant = instant.unwrap_or(FINE / 2);
            let [lower, upper] = eyes.edges(eye, instant, target_ser);
            (instant, 0.5 * (lower + upper))
        });
        let amplitude = |i: usize| low + (high - low) * i as f64 / (AMPLITUDES - 1) as f64;
        let of = |eye: usize| (eye, best[eye]);
        Some(Bathtubs {
            name: self.reading.name(),
            quantity: self.quantity,
            noise,
            target_ser,
            vertical: [0, 1, 2].map(of).map(|(eye, (instant, _))| {
                (0..AMPLITUDES).map(amplitude).map(|v| (v, eyes.errors(eye, instant, v))).collect()
            }),
            horizontal: [0, 1, 2].map(of).map(|(eye, (_, threshold))| {
                eyes.across(eye, threshold)
                    .into_iter()
                    .enumerate()
                    .map(|(i, errors)| (eyes.instant_ui(i), errors))
                    .collect()
            }),
            contours: [0, 1, 2].map(|eye| {
                eyes.contour(eye, target_ser)
                    .into_iter()
                    .enumerate()
                    .map(|(i, edges)| (eyes.instant_ui(i), edges))
                    .collect()
            }),
        })
    }
}
