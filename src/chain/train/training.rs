//! Training: gain, sampling phase, taps, thresholds, once, for both estimators.

use super::agc;
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::describe::not_evaluated::NotEvaluated;
use crate::chain::describe::receiver_dsp::RxDsp;
use crate::chain::describe::sub_converters::SubConverters;
use crate::chain::linearise::correlations::{Correlations, Lags, Wanted};
use crate::chain::linearise::noise_sources::Noises;
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::chain::run::block;
use crate::dsp::slicer::Thresholds;
use crate::math::buffer_pool::Pooled;
use crate::math::fft;
use num_complex::Complex32;

/// Input of the training: noiseless blocks at the sampler, and the noise there.
pub(crate) struct Training<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) dsp: &'a RxDsp,
    pub(crate) records: &'a [NoiselessBlock],
    scale: Scale,
    /// Spectra at the sampler, scaled, with interference.
    spectra: Vec<Pooled<Complex32>>,
    /// Noise covariance at the sampler by distance in taps.
    pub(crate) covariance: Vec<f64>,
    /// Factor on the variance of the converter's noise.
    noise_power: f64,
    pub(crate) scratch: Pooled<Complex32>,
    turned: Pooled<Complex32>,
    /// The lags of the equations, where the block's length allows to pick them out.
    pub(crate) lags: Option<&'a Lags>,
    pub(crate) correlated: Vec<Correlations>,
    /// Mean products of symbols by distance, for feedback.
    pub(crate) own: Vec<f64>,
}

/// The records' correlations around a whole delay without extra loss, kept from one training to the
/// next.
pub(crate) struct Unscaled {
    whole: f64,
    one: Vec<Correlations>,
    /// Correlations without the signal, and with its sign changed; empty until another loss is
    /// needed.
    others: Vec<[Correlations; 2]>,
}

/// Smallest transmission for which correlations are scaled instead of recomputed; below it rounding
/// of the other parts would matter.
const SCALED_GAIN_MIN: f32 = 0.05;

impl RxDsp {
    /// Lags of the equations; `None` where blocks of this grid do not allow picking them out.
    pub(crate) fn lags(&self, plan: &Plan) -> Option<Lags> {
        let (p, fed_back) = (plan.sampler.samples_per_symbol, self.detector.postcursors());
        let cross = (-(self.precursors as isize), self.taps + p * fed_back);
        let wanted = Wanted { per_symbol: p, lags: self.taps, cross, slope: moved(plan) };
        if self.taps == 0 { None } else { Lags::new(wanted, plan.grid) }
    }
}

/// True when samples are taken off their instants.
pub(super) fn moved(plan: &Plan) -> bool {
    plan.sampler.jitter_s > 0.0 || plan.skewed()
}

/// Coarse steps of the phase search per symbol; the finest is 1/64.
const COARSE: usize = 16;

const FINEST: f64 = 1.0 / 64.0;

/// Part of the symbols' variance above which a mean square error of the picked lags, which are
/// accurate to 3e-6, distinguishes phases.
const TRUSTED: f64 = 1e-3;

impl<'a> Training<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        dsp: &'a RxDsp,
        records: &'a [NoiselessBlock],
        scale: Scale,
        noises: &Noises,
        lags: Option<&'a Lags>,
    ) -> Self {
        let spectra = records.iter().map(|r| r.at_sampler(scale)).collect();
        let covariance = noises.covariance(plan, records, scale, dsp.taps.max(1), lags);
        let t = &plan.transforms;
        let scratch = t.scratch();
        let turned = Pooled::zeros(plan.grid.bins());
        let scratch = Pooled::zeros(scratch);
        Training {
            plan,
            dsp,
            records,
            scale,
            spectra,
            covariance,
            noise_power: noises.power,
            scratch,
            turned,
            lags,
            correlated: vec![],
            own: vec![],
        }
    }

    /// Correlates the records around a whole delay, and for other losses of a linear receiver
    /// scales what was `kept` of that.
    fn correlate(&mut self, whole: f64, kept: &mut Option<Unscaled>) {
        let Some(lags) = self.lags else { return };
        let of = |spectrum: &[Complex32], record: &NoiselessBlock| {
            Correlations::new(spectrum, &record.symbol_spectrum, whole as isize, lags)
        };
        let (fed_back, records) = (self.dsp.detector.postcursors(), self.records.len() as f64);
        if fed_back > 0 {
            self.own = (0..=fed_back)
                .map(|lag| {
                    self.records.iter().map(|r| r.symbol_product(lag)).sum::<f64>() / records
                })
                .collect();
        }
        let gain = self.scale.signal;
        let scales = self.plan.linear_receiver() && gain >= SCALED_GAIN_MIN;
        let known = kept.as_ref().is_some_and(|kept| kept.whole == whole);
        if !scales || !known {
            self.correlated = self
                .spectra
                .iter()
                .zip(self.records)
                .map(|(spectrum, record)| of(spectrum, record))
                .collect();
            if scales && gain == 1.0 {
                *kept = Some(Unscaled { whole, one: self.correlated.clone(), others: vec![] });
            }
            return;
        }
        let Some(Unscaled { one, others, .. }) = kept else { return };
        if gain == 1.0 {
            self.correlated.clone_from(one);
            return;
        }
        if others.is_empty() {
            let with = |record: &NoiselessBlock, gain: f32| {
                of(&record.at_sampler(Scale { signal: gain, after_agc: gain }), record)
            };
            *others = self
                .records
                .iter()
                .map(|record| [0.0, -1.0].map(|gain| with(record, gain)))
                .collect();
        }
        self.correlated = one
            .iter()
            .zip(others)
            .map(|(one, [none, turned])| Correlations::scaled(gain, [one, none, turned]))
            .collect();
    }

    /// Variance of the sampling instants, s^2, by jitter and by the skew of sub-converters.
    pub(super) fn jitter_variance_s2(&self) -> f64 {
        let [_, _, skew_s2] = self.mismatch();
        self.plan.sampler.jitter_s.powi(2) * self.noise_power + skew_s2
    }

    /// Mean squares of the sub-converters' gain errors, offsets and delays.
    pub(super) fn mismatch(&self) -> [f64; 3] {
        self.plan.sampling.as_ref().map_or([0.0; 3], SubConverters::mean_squares)
    }

    /// Variance of a sample's own errors that do not depend on the signal: quantisation of this
    /// rms, and sub-converters' offsets.
    pub(super) fn white(&self, quantisation: f64) -> f64 {
        let [_, offset, _] = self.mismatch();
        let steps = agc::quantisation(1.0, self.plan.sampler.effective_bits).powi(2);
        let offsets = offset / (steps * self.noise_power).max(f64::MIN_POSITIVE);
        quantisation * quantisation * (1.0 + offsets)
    }

    /// Phase, gain and closed-form taps; thresholds are placed afterwards. A `hint` is a phase to
    /// search near.
    pub(crate) fn run(
        mut self,
        transmission: f32,
        hint: Option<f64>,
        kept: &mut Option<Unscaled>,
    ) -> Result<Trained, NotEvaluated> {
        let whole = hint.map_or_else(|| self.whole_delay(), f64::round);
        self.correlate(whole, kept);
        let found = self.search(whole, hint);
        let (delay_ui, full_scale, quantisation) = match found {
            Ok((at, least)) if self.correlated.is_empty() || least > TRUSTED => at,
            _ => {
                self.correlated.clear();
                self.search(whole, hint)?.0
            }
        };
        // the final equations are those of whole transforms
        self.correlated.clear();
        let normal = self.normal(delay_ui, quantisation);
        if normal.symbols_are_predictable() {
            return Err(NotEvaluated::new(
                "the pattern's symbols follow from those before them, so that feedback would \
                learn the pattern",
            ));
        }
        let solution = normal.solve(self.dsp);
        let solution = solution.ok_or_else(|| {
            NotEvaluated::new("the equaliser's equations have no solution: no signal reaches it")
        })?;
        let taps = solution.taps;
        let phase_of = |j: usize| {
            (j as isize - self.dsp.precursors as isize).rem_euclid(normal.means.len() as isize)
                as usize
        };
        let off_mean: f64 = taps
            .iter()
            .enumerate()
            .map(|(j, w)| w * (normal.means[phase_of(j)] - normal.means[0]))
            .sum();
        let turns = delay_ui / self.plan.grid.symbols as f64;
        let turned = |h: &[Complex32], after_agc: bool| {
            let mut out = Pooled::zeros(h.len());
            block::phase_ramp(h, turns, &mut out);
            if after_agc {
                out.iter_mut().for_each(|h| *h *= transmission);
            }
            out
        };
        Ok(Trained {
            delay_ui,
            transmission,
            full_scale: full_scale as f32,
            offset: (normal.symbol_mean * (1.0 + solution.postcursors.iter().sum::<f64>())
                - off_mean) as f32,
            taps: taps.iter().map(|&w| w as f32).collect(),
            precursors: self.dsp.precursors,
            thresholds: Thresholds::MIDDLE,
            postcursors: solution.postcursors.iter().map(|&b| b as f32).collect(),
            detector: if solution.postcursors.is_empty() {
                TrainedDetector::Slicer
            } else {
                TrainedDetector::Dfe
            },
            mse: solution.mse,
            convergence: None,
            mean: normal.means[0] as f32,
            quantisation: quantisation as f32,
            response: turned(&self.plan.end().response, false),
            interferers: self
                .plan
                .end()
                .interferers
                .iter()
                .map(|leak| turned(&leak.path, leak.after_agc))
                .collect(),
            deviation: self.plan.rescaled_noise(transmission),
            dc_offset_balanced: 0.0,
            timing: None,
        })
    }

    /// Phase, full scale and quantisation noise, and the least mean square error there as part of
    /// the symbols' variance. A `hint` is a phase to search near.
    fn search(
        &mut self,
        whole: f64,
        hint: Option<f64>,
    ) -> Result<((f64, f64, f64), f64), NotEvaluated> {
        let coarse = match hint {
            Some(phase) => phase,
            None => self.coarse_phase(whole)?,
        };
        let (full_scale, quantisation) = self.gain(coarse);
        let delay_ui = self.fine_phase(coarse, quantisation)?;
        let normal = self.normal(delay_ui, quantisation);
        let least =
            normal.solve(self.dsp).map_or(0.0, |solution| solution.mse / normal.symbol_variance);
        Ok(((delay_ui, full_scale, quantisation), least))
    }

    /// The best of sixteen phases around the whole symbols of delay.
    fn coarse_phase(&mut self, whole: f64) -> Result<f64, NotEvaluated> {
        let mut best = (f64::INFINITY, 0.0);
        for i in 0..COARSE {
            let phase = whole + i as f64 / COARSE as f64 - 0.5;
            best = self.better(best, phase, 0.0);
        }
        if best.0.is_finite() {
            Ok(best.1)
        } else {
            Err(NotEvaluated::new("no sampling phase gives the equaliser a signal"))
        }
    }

    /// Down to 1/64 of a symbol around `coarse`.
    fn fine_phase(&mut self, coarse: f64, quantisation: f64) -> Result<f64, NotEvaluated> {
        let mut best = self.better((f64::INFINITY, coarse), coarse, quantisation);
        let mut step = 0.5 / COARSE as f64;
        while step >= FINEST {
            let centre = best.1;
            for phase in [centre - step, centre + step] {
                best = self.better(best, phase, quantisation);
            }
            step /= 2.0;
        }
        if best.0.is_finite() {
            Ok(best.1)
        } else {
            Err(NotEvaluated::new("no sampling phase gives the equaliser a signal"))
        }
    }

    fn better(&mut self, best: (f64, f64), phase: f64, quantisation: f64) -> (f64, f64) {
        match self.normal(phase, quantisation).solve(self.dsp) {
            Some(solution) if solution.mse < best.0 => (solution.mse, phase),
            _ => best,
        }
    }

    /// Delay of the largest correlation of samples with symbols, whole symbols.
    fn whole_delay(&mut self) -> f64 {
        let n = self.plan.grid.symbols;
        let y = self.folded(0, 0.0);
        let mut product: Pooled<Complex32> = y
            .iter()
            .zip(self.records[0].symbol_spectrum.iter())
            .map(|(y, a)| y * a.conj())
            .collect();
        product[0] = Complex32::default();
        let mut correlation = Pooled::zeros(n);
        self.plan.transforms.symbols.inverse(&mut product, &mut correlation, &mut self.scratch);
        let peak = (0..n).max_by(|&i, &j| correlation[i].total_cmp(&correlation[j])).unwrap_or(0);
        if peak > n / 2 { peak as f64 - n as f64 } else { peak as f64 }
    }

    /// Spectrum of record `i` sampled once a symbol at `phase`.
    pub(crate) fn folded(&mut self, i: usize, phase: f64) -> Pooled<Complex32> {
        let grid = self.plan.grid;
        block::phase_ramp(&self.spectra[i], phase / grid.symbols as f64, &mut self.turned);
        let mut out = Pooled::zeros(fft::bins(grid.symbols));
        block::fold_spectrum(&self.turned, grid.samples(), grid.symbols, &mut out);
        out
    }

    /// Mean square slope of record `i` where it is sampled, per s^2; zero when the sampler has no
    /// jitter.
    pub(crate) fn slope_power(&mut self, i: usize, phase: f64) -> f64 {
        if !moved(self.plan) {
            return 0.0;
        }
        let grid = self.plan.grid;
        block::phase_ramp(&self.spectra[i], phase / grid.symbols as f64, &mut self.turned);
        let mut slope = Pooled::zeros(fft::bins(grid.symbols));
        block::fold_derivative(
            &self.turned,
            grid.samples(),
            grid.symbols,
            grid.bin_hz(),
            &mut slope,
        );
        2.0 * slope.iter().map(|s| f64::from(s.norm_sqr())).sum::<f64>()
    }

    /// Full scale and quantisation noise at `phase`.
    fn gain(&mut self, phase: f64) -> (f64, f64) {
        let n = self.plan.grid.symbols;
        let mut samples = Pooled::zeros(n * self.records.len());
        for (i, block) in samples.chunks_exact_mut(n).enumerate() {
            let mut y = self.folded(i, phase);
            y[0] = Complex32::default();
            self.plan.transforms.symbols.inverse(&mut y, block, &mut self.scratch);
        }
        let full_scale = agc::full_scale(&samples, self.covariance[0].max(0.0).sqrt());
        let quantisation = agc::quantisation(full_scale, self.plan.sampler.effective_bits);
        (full_scale, quantisation * self.noise_power.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::describe::detector::DetectorSpec;
    use crate::chain::describe::receiver_dsp::Adaptation;
    use crate::chain::linearise::slopes::tests::{levels, plan};
    use crate::chain::run::workspace::Workspace;
    use crate::chain::semi_analytic::predictor::Predictor;
    use crate::seed::Seed;

    /// Entries are good to 3e-6 of the largest (see the lags' own test), twice that with the whole
    /// transforms' rounding; the slope's mean square counts the bins at zero and at half the rate
    /// once, the whole transforms twice: a part of 1e-3 of a noise of 1e-3.
    #[test]
    fn equations_of_the_wanted_lags_are_those_of_whole_transforms() {
        for (per_symbol, detector) in [
            (1, DetectorSpec::Slicer),
            (2, DetectorSpec::Slicer),
            (1, DetectorSpec::Dfe { taps: 3, limit: 1.0, fixed: vec![] }),
        ] {
            let plan = plan(4e-25, 0.6, per_symbol);
            let dsp = RxDsp {
                taps: 11,
                precursors: 4,
                adaptation: Adaptation::Mmse,
                fixed: vec![],
                detector,
            };
            let mut workspace = Workspace::new(&plan);
            let blocks = vec![levels(1), levels(2)];
            let predictor = Predictor::new(
                &plan,
                &dsp,
                Seed::new(1),
                Seed::new(2),
                blocks.clone(),
                blocks,
                &mut workspace,
            );
            let scale = Scale { signal: 0.7, after_agc: 0.7 };
            let lags = dsp.lags(&plan);
            let mut training = Training::new(
                &plan,
                &dsp,
                &predictor.training,
                scale,
                &predictor.noises,
                lags.as_ref(),
            );
            let whole = training.whole_delay();
            training.correlate(whole, &mut None);
            for phase in [whole - 0.5, whole, whole + 0.328_125] {
                let fast = training.normal(phase, 0.01);
                let plain = training.normal_of_whole(phase, 0.01);
                let largest = plain.g.iter().chain(&plain.h).fold(0f64, |l, x| l.max(x.abs()));
                let close = |a: f64, b: f64| {
                    assert!((a - b).abs() < 1e-5 * largest, "{phase}: {a} against {b} of {largest}")
                };
                fast.g
                    .iter()
                    .zip(&plain.g)
                    .chain(fast.h.iter().zip(&plain.h))
                    .for_each(|(&a, &b)| close(a, b));
                fast.means.iter().zip(&plain.means).for_each(|(&a, &b)| close(a, b));
            }
        }
    }
}
