//! Noiseless blocks for the semi-analytic estimator.

use super::beats::Beats;
use super::receiver_slopes::ReceiverSlopes;
use super::slope::Slope;
use super::{impulse_response, slopes};
use crate::chain::build::plan::Plan;
use crate::chain::build::section::InterfererPath;
use crate::chain::build::spectrum::multiply;
use crate::chain::run::block;
use crate::chain::run::streams::StreamKeys;
use crate::chain::run::workspace::Workspace;
use crate::dsp::LEVELS;
use crate::math::buffer_pool::Pooled;
use crate::math::fft;
use crate::math::mean::mean_of;
use num_complex::Complex32;

/// Factors on records: on the signal (1 for a nonlinear receiver, whose records include it), and on
/// noise added after the AGC, which compensates lost optical power.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) signal: f32,
    pub(crate) after_agc: f32,
}

/// A noiseless block with the quantities that the estimator needs.
pub(crate) struct NoiselessBlock {
    pub(crate) block: u64,
    pub(crate) levels: Vec<u8>,
    /// Current at the start of the last section, without extra loss.
    pub(crate) current: Pooled<f32>,
    /// Current ordered by position in the symbol.
    pub(crate) polyphase: Pooled<f32>,
    /// Both of the lane's own light, where power of other lanes is added to it.
    pub(crate) own: Option<[Pooled<f32>; 2]>,
    /// Of the detected current.
    pub(crate) current_mean: f64,
    pub(crate) current_square: f64,
    /// The receiver where it is not linear.
    pub(crate) receiver: Option<ReceiverSlopes>,
    /// Spectrum of the signal and of the interference at the sampler.
    signal: Pooled<Complex32>,
    /// Empty without interferers.
    interference: [Pooled<Complex32>; 2],
    slopes: Vec<Slope>,
    /// Beats of reflected light; `None` without any, or in a search over settings.
    pub(crate) beats: Option<Beats>,
    /// Squares of the steps between transmitted symbols.
    pub(crate) edge_squares: Pooled<f32>,
    pub(crate) edge_square: f64,
    pub(crate) symbol_spectrum: Pooled<Complex32>,
    pub(crate) symbol_mean: f64,
    pub(crate) symbol_power: f64,
}

impl NoiselessBlock {
    /// Runs a block without noise, with slopes with respect to the ends of these `sections`, and
    /// with the beats of reflected light if they are wanted.
    pub(crate) fn new(
        plan: &Plan,
        workspace: &mut Workspace,
        levels: Vec<u8>,
        keys: &StreamKeys<'_>,
        transmission: f32,
        sections: &[usize],
        beats: bool,
    ) -> NoiselessBlock {
        workspace.receive(transmission);
        let mut beats =
            beats.then(|| Beats::new(plan, workspace, &levels, keys, transmission)).flatten();
        let (detected, slopes) =
            slopes::front(plan, workspace, &levels, keys, transmission, sections);
        let current_mean = mean_of(&detected, |i| i);
        let current_square = mean_of(&detected, |i| i * i);
        let own = workspace.leaked(plan).filter(|_| plan.linear_receiver()).map(|leaked| {
            let own = |(i, leaked): (&f32, &f32)| i - leaked * transmission;
            let own: Pooled<f32> = detected.iter().zip(leaked).map(own).collect();
            let polyphase = impulse_response::polyphase(&own, plan.grid.samples_per_symbol);
            [own, polyphase]
        });
        workspace.current().copy_from_slice(&detected);
        let receiver = ReceiverSlopes::passed(plan, workspace, keys);
        let current = match receiver {
            Some(_) => Pooled::of(workspace.current()),
            None => detected,
        };
        let mut spectrum = Pooled::zeros(plan.grid.bins());
        workspace.spectrum_of(plan, &current, &mut spectrum);
        multiply(&mut spectrum, &plan.end().response);
        let mut interference = [false, true].map(|after_agc| {
            if plan.end().interferers.is_empty() {
                return Pooled::default();
            }
            let wanted = |leak: &InterfererPath| leak.after_agc == after_agc;
            Pooled::of(workspace.interference(plan.end(), keys, wanted))
        });
        if plan.needs_second_order_jitter() {
            // mean over the jitter
            let mean = |k: usize| plan.sampler.mean_response(k as f64 * plan.grid.bin_hz()) as f32;
            let beats = beats.iter_mut().flat_map(Beats::spectra_mut);
            for bins in interference.iter_mut().chain([&mut spectrum]).chain(beats) {
                bins.iter_mut().enumerate().for_each(|(k, x)| *x *= mean(k));
            }
        }
        let n = levels.len() as f64;
        let mut transmitted = Pooled::zeros(levels.len());
        block::transmit(plan, &levels, &mut transmitted);
        let before = transmitted.last().into_iter().chain(&transmitted);
        let edge_squares: Pooled<f32> =
            transmitted.iter().zip(before).map(|(x, before)| (before - x).powi(2)).collect();
        let mut symbols: Pooled<f32> = levels.iter().map(|&l| LEVELS[usize::from(l)]).collect();
        let symbol_mean = symbols.iter().map(|&a| f64::from(a)).sum::<f64>() / n;
        let symbol_power = symbols.iter().map(|&a| f64::from(a).powi(2)).sum::<f64>() / n;
        let mut symbol_spectrum = Pooled::zeros(fft::bins(levels.len()));
        plan.transforms.symbols.forward(&mut symbols, &mut symbol_spectrum, workspace.scratch());
        NoiselessBlock {
            block: keys.block,
            polyphase: impulse_response::polyphase(&current, plan.grid.samples_per_symbol),
            current,
            own,
            current_mean,
            current_square,
            receiver,
            signal: spectrum,
            interference,
            slopes,
            beats,
            edge_square: edge_squares.iter().map(|&e| f64::from(e)).sum::<f64>() / n,
            edge_squares,
            symbol_spectrum,
            symbol_mean,
            symbol_power,
            levels,
        }
    }

    /// Current of the lane's own light, and the same by position in the symbol.
    pub(crate) fn own_light(&self) -> [&Pooled<f32>; 2] {
        self.own.as_ref().map_or([&self.current, &self.polyphase], |own| own.each_ref())
    }

    /// Part of the current's fluctuation in the top tenth of the band.
    pub(crate) fn power_near_band_edge(&self, plan: &Plan) -> f64 {
        let bins = plan.grid.bins();
        let mut spectrum = vec![Complex32::default(); bins];
        let mut scratch = vec![Complex32::default(); plan.transforms.samples.scratch()];
        plan.transforms.samples.forward(&mut self.current.clone(), &mut spectrum, &mut scratch);
        let sum =
            |from: usize| spectrum[from..].iter().map(|s| f64::from(s.norm_sqr())).sum::<f64>();
        sum(bins * 9 / 10) / sum(1).max(f64::MIN_POSITIVE)
    }

    pub(crate) fn slope(&self, section: usize) -> Option<&Slope> {
        self.slopes.iter().find(|s| s.section == section)
    }

    /// Mean product of two symbols at a distance.
    pub(crate) fn symbol_product(&self, lag: usize) -> f64 {
        let n = self.levels.len();
        let symbol = |k: usize| LEVELS[usize::from(self.levels[k % n])];
        (0..n).map(|k| f64::from(symbol(k) * symbol(k + lag))).sum::<f64>() / n as f64
    }

    /// Spectrum at the sampler with the signal scaled, and with noise after the AGC scaled against
    /// it.
    pub(crate) fn at_sampler(&self, scale: Scale) -> Pooled<Complex32> {
        let [fixed, after_agc] = &self.interference;
        if fixed.is_empty() {
            return self.signal.iter().map(|s| s * scale.signal).collect();
        }
        self.signal
            .iter()
            .zip(fixed)
            .zip(after_agc)
            .map(|((s, fixed), after_agc)| s * scale.signal + after_agc * scale.after_agc + fixed)
            .collect()
    }

    /// Spectrum of the crosstalk alone there; `None` without interferers.
    pub(crate) fn crosstalk_at_sampler(&self, scale: Scale) -> Option<Pooled<Complex32>> {
        let [fixed, after_agc] = &self.interference;
        let sum =
            |(fixed, after_agc): (&Complex32, &Complex32)| after_agc * scale.after_agc + fixed;
        (!fixed.is_empty()).then(|| fixed.iter().zip(after_agc).map(sum).collect())
    }
}
