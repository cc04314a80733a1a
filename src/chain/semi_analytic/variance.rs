//! The variance of each symbol at the slicer, source by source, from the noises of the plan.
//!
//! | source | variance at the slicer |
//! | --- | --- |
//! | added after the detector | integral of S(f) abs(G)^2 |
//! | shot | sum of q (i + I0) f_s g^2 |
//! | relative intensity | sum over lags of C(m) i(t) i(t - m) g(T - t) g(T - t + m) |
//! | added before the modulator | sum of (di/dv)^2 K |
//! | added to symbols, displaced edges | sum over symbols of (sum of di/dv h g)^2 |
//! | converter: quantisation, jitter | sum of w^2 (s_q^2 + s_j^2 y'^2) |
//!
//! g is the response from the detected current to the slicer, taps included; di/dv the local slope
//! of the noiseless block; K = sum over lags of C(m) g(t + m/2) g(t - m/2). Where a map follows the
//! detector, each symbol has its own g ([`super::nonlinear_receiver`]); where light passes a fibre
//! that changes intensity, or a map remembers, the sources before it are drawn instead
//! ([`super::noise_probing`]).

use super::at_slicer::{AtSlicer, Sampled};
use super::noise_classes::{Bending, Classes};
use super::nonlinear_receiver;
use super::prediction::Share;
use super::symbol_noise;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::describe::sampler::Sampler;
use crate::chain::linearise::impulse_response;
use crate::chain::linearise::impulse_response::ImpulseResponse;
use crate::chain::linearise::noise_sources::{Depth, NoisePath, Noises};
use crate::chain::linearise::noiseless_block::{NoiselessBlock, Scale};
use crate::math::buffer_pool::Pooled;
use crate::math::mean::mean_of;

/// Energy lost of the receiver's response to one tap, of which its taps make the whole.
const PULSE_LOST: f64 = 1e-8;

/// Adds a line's variance at each symbol; its mean.
fn add_all(one: &[f32], out: &mut [f32]) -> f64 {
    out.iter_mut().zip(one).for_each(|(v, o)| *v += o);
    mean_of(one, |v| v)
}

/// The response from the detected current to the sampler at one phase, kept from one training to
/// the next.
#[derive(Clone)]
pub(crate) struct Pulse {
    delay_ui: f64,
    kernel: ImpulseResponse,
}

impl Pulse {
    pub(crate) fn new(plan: &Plan, trained: &Trained, depth: Depth) -> Pulse {
        let mut circular = Pooled::zeros(plan.grid.samples());
        let mut scratch = Pooled::zeros(plan.transforms.samples.scratch());
        plan.transforms.samples.inverse(&mut trained.response.clone(), &mut circular, &mut scratch);
        Pulse {
            delay_ui: trained.delay_ui,
            kernel: ImpulseResponse::cut(&circular, depth.lost().min(PULSE_LOST)),
        }
    }
}

/// The response from the detected current to the slicer of a trained receiver.
pub(crate) struct SlicerResponse {
    g: ImpulseResponse,
    g_squared: ImpulseResponse,
    taps: Vec<f64>,
}

impl SlicerResponse {
    /// `kept` is the pulse of a training before, replaced when it is of another phase.
    pub(crate) fn new(
        plan: &Plan,
        noises: &Noises,
        trained: &Trained,
        kept: &mut Option<Pulse>,
    ) -> SlicerResponse {
        let pulse = match kept.take() {
            Some(pulse) if pulse.delay_ui == trained.delay_ui => pulse,
            _ => Pulse::new(plan, trained, noises.depth),
        };
        let spacing = plan.grid.samples_per_symbol / plan.sampler.samples_per_symbol;
        let g = pulse
            .kernel
            .through(&trained.taps, trained.precursors, spacing)
            .shorter(noises.depth.lost());
        *kept = Some(pulse);
        SlicerResponse {
            g_squared: g.squared(),
            g,
            taps: trained.taps.iter().map(|&w| f64::from(w)).collect(),
        }
    }

    /// Adds the variance of every line at each symbol of a record with its share, and bends what is
    /// displaced far.
    pub(crate) fn add(
        &self,
        plan: &Plan,
        noises: &Noises,
        record: &NoiselessBlock,
        scale: Scale,
        classes: &Classes,
        at: &mut AtSlicer,
    ) {
        let s = plan.grid.samples_per_symbol;
        let a2 = scale.signal * scale.signal;
        let mut buffer = Vec::new();
        let out = &mut at.variances;
        let mut one = Pooled::zeros(out.len());
        let through_maps = self.through_maps(plan, noises, record, scale);
        // what shares a kernel is summed before it is filtered
        let mut at_detector = Pooled::zeros(record.polyphase.len());
        let mut by_slope: Vec<(usize, ImpulseResponse)> = Vec::new();
        for (i, source) in noises.sources.iter().enumerate() {
            let share = match &source.path {
                _ if classes.edges[i].is_some() => {
                    one.fill(0.0);
                    if let (Some(edges), Some(points)) = (&classes.edges[i], &mut at.two_points) {
                        edges.add(record, [&mut at.means, &mut one], points);
                    }
                    add_all(&one, out)
                }
                _ if source.probed => {
                    one.fill(0.0);
                    classes.add(i, &record.levels, &mut one);
                    add_all(&one, out)
                }
                _ if through_maps.get(i).is_some_and(|own| !own.is_empty()) => {
                    one.copy_from_slice(&through_maps[i]);
                    add_all(&one, out)
                }
                NoisePath::Sampled(j, lags) => {
                    let gain = if plan.end().sources[*j].after_agc {
                        f64::from(scale.after_agc * scale.after_agc)
                    } else {
                        1.0
                    };
                    let variance = (gain * self.of_taps(lags)) as f32;
                    out.iter_mut().for_each(|v| *v += variance);
                    f64::from(variance)
                }
                NoisePath::Shot { per_ampere, dark_a } => {
                    let variance = |i: f32| (per_ampere * (scale.signal * i + dark_a)).max(0.0);
                    self.g_squared.add_phases(&record.polyphase, s, variance, &mut at_detector)
                }
                NoisePath::Relative(covariance) if covariance.len() == 1 => {
                    let c = covariance[0] * a2;
                    let [_, own] = record.own_light();
                    self.g_squared.add_phases(own, s, |i| c * i * i, &mut at_detector)
                }
                NoisePath::Relative(covariance) => {
                    one.fill(0.0);
                    self.add_coloured(covariance, a2, record, s, &mut one);
                    add_all(&one, out)
                }
                NoisePath::Slope { section, covariance, .. } => {
                    let Some(slope) = record.slope(*section) else { continue };
                    let mut kernel = self.smeared(covariance);
                    kernel.values.iter_mut().for_each(|k| *k *= a2);
                    let share = kernel.mean(&slope.phase_squares);
                    match by_slope.iter_mut().find(|(other, _)| other == section) {
                        Some((_, sum)) => {
                            sum.values.iter_mut().zip(&kernel.values).for_each(|(s, k)| *s += k)
                        }
                        None => by_slope.push((*section, kernel)),
                    }
                    share
                }
                NoisePath::Symbol { timing, variance, kernel, .. } => {
                    let Some(slope) = record.slope(0) else { continue };
                    let weight = |e: &f32| if *timing { a2 * variance * e } else { a2 * variance };
                    let weights: Pooled<f32> = record.edge_squares.iter().map(weight).collect();
                    one.fill(0.0);
                    symbol_noise::add(&self.g, kernel, &slope.values, &weights, s, &mut one);
                    if let Some(points) = at.two_points.as_mut().filter(|_| source.two_points()) {
                        symbol_noise::gather(&self.g, kernel, &slope.values, &weights, s, points);
                    }
                    add_all(&one, out)
                }
                NoisePath::Interior { .. } | NoisePath::Phase | NoisePath::CoupledLanes => 0.0,
            };
            let bending = Bending { means: &mut at.means, variances: out, bent: at.bent.as_mut() };
            let share = share + classes.bend_line(i, &record.levels, &one, bending);
            at.shares.push(Share::new(&source.source, share));
        }
        self.g_squared.add_at_symbols(&at_detector, s, &mut buffer, out);
        for (section, kernel) in by_slope {
            if let Some(slope) = record.slope(section) {
                kernel.add_at_symbols(&slope.squares, s, &mut buffer, out);
            }
        }
    }

    /// The variance at each symbol of the sources before a map that follows the detector, as
    /// [`nonlinear_receiver::variances`] has them; empty without such a map.
    pub(super) fn through_maps(
        &self,
        plan: &Plan,
        noises: &Noises,
        record: &NoiselessBlock,
        scale: Scale,
    ) -> Vec<Pooled<f32>> {
        record.receiver.as_ref().map_or_else(Vec::new, |receiver| {
            nonlinear_receiver::variances(&self.g, plan, noises, (record, receiver), scale)
        })
    }

    /// w' C w of a noise with these covariances at the distances of taps.
    fn of_taps(&self, lags: &[f64]) -> f64 {
        let w = &self.taps;
        let products = |lag: usize| w.iter().zip(&w[lag..]).map(|(a, b)| a * b).sum::<f64>();
        lags.iter()
            .take(w.len())
            .enumerate()
            .map(|(lag, c)| if lag == 0 { c * products(0) } else { 2.0 * c * products(lag) })
            .sum()
    }

    /// A relative noise that remembers.
    fn add_coloured(
        &self,
        covariance: &[f32],
        a2: f32,
        record: &NoiselessBlock,
        s: usize,
        out: &mut [f32],
    ) {
        let mut buffer = Vec::new();
        for (lag, &c) in covariance.iter().enumerate() {
            let weight = if lag == 0 { c * a2 } else { 2.0 * c * a2 };
            let [i, _] = record.own_light();
            let x: Pooled<f32> =
                (0..i.len()).map(|u| weight * i[u] * i[(u + i.len() - lag) % i.len()]).collect();
            let values = self
                .g
                .values
                .iter()
                .enumerate()
                .map(|(t, g)| g * self.g.at(self.g.first + (t + lag) as isize))
                .collect();
            ImpulseResponse { first: self.g.first, values }.add_at_symbols(
                &impulse_response::polyphase(&x, s),
                s,
                &mut buffer,
                out,
            );
        }
    }

    /// K(t) = sum over lags of C(m) g(t + m/2) g(t - m/2); an odd lag's middle is shared by its two
    /// neighbours.
    fn smeared(&self, covariance: &[f32]) -> ImpulseResponse {
        let mut values = vec![0f32; self.g.values.len()];
        let length = values.len();
        for (lag, &c) in covariance.iter().enumerate() {
            let weight = if lag == 0 { c } else { 2.0 * c };
            for t in 0..length.saturating_sub(lag) {
                let product = weight * self.g.values[t] * self.g.values[t + lag];
                values[t + lag / 2] += 0.5 * product;
                values[t + lag.div_ceil(2)] += 0.5 * product;
            }
        }
        ImpulseResponse { first: self.g.first, values }
    }

    /// Adds the converter: quantisation, and jitter by slope and curvature before the taps.
    pub(crate) fn add_converter(
        plan: &Plan,
        trained: &Trained,
        sampled: &Sampled,
        noise_power: f64,
        at: &mut AtSlicer,
    ) {
        let sampler = &plan.sampler;
        let power = |exponent: i32| trained.taps.iter().map(|w| w.powi(exponent)).collect();
        let squares: Vec<f32> = power(2);
        let quantisation =
            trained.quantisation * trained.quantisation * squares.iter().sum::<f32>();
        at.variances.iter_mut().for_each(|v| *v += quantisation);
        at.shares.push(Share::new(&Sampler::quantisation_source(), f64::from(quantisation)));
        let Some(source) = sampler.jitter_source() else { return };
        let s2 = (sampler.jitter_s * sampler.jitter_s * noise_power) as f32;
        let n = at.variances.len();
        let through = |x: &[f32], taps: &[f32]| {
            let (mut padded, mut out) = (Pooled::zeros(x.len() + 2 * taps.len()), Pooled::zeros(n));
            crate::dsp::ffe::equalise(
                x,
                sampler.samples_per_symbol,
                taps,
                trained.precursors,
                0.0,
                &mut padded,
                &mut out,
            );
            out
        };
        let linear: Pooled<f32> = sampled.slope_squares.iter().map(|a2| a2 * s2).collect();
        let mut jitter = through(&linear, &squares);
        if let Some(bent) = at.bent.as_mut().filter(|_| !sampled.curvatures.is_empty()) {
            let bend = |b: &f32| b * s2;
            let weighted: Pooled<f32> =
                linear.iter().zip(&sampled.curvatures).map(|(l, b)| l * bend(b)).collect();
            let cubes: Vec<f32> = power(3);
            add_all(&jitter, &mut bent.linear);
            add_all(&through(&weighted, &cubes), &mut bent.weighted_bend);
            // var(a tau + b tau^2 / 2) = a^2 s^2 + b^2 s^4 / 2
            let half: Pooled<f32> =
                sampled.curvatures.iter().map(|b| 0.5 * bend(b) * bend(b)).collect();
            add_all(&through(&half, &squares), &mut jitter);
        }
        let share = add_all(&jitter, &mut at.variances);
        at.shares.push(Share::new(&source, share));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::linearise::slopes::tests::{levels, plan};
    use crate::chain::semi_analytic::predictor::Predictor;
    use crate::chain::{Adaptation, DetectorSpec, RxDsp, Workspace};
    use crate::seed::Seed;

    fn shares(depth: Depth) -> Vec<Share> {
        let plan = plan(4e-25, 0.3, 1);
        let dsp = RxDsp {
            taps: 15,
            precursors: 5,
            adaptation: Adaptation::Mmse,
            fixed: vec![],
            detector: DetectorSpec::Slicer,
        };
        let mut workspace = Workspace::new(&plan);
        let streams = [Seed::new(1), Seed::new(2)];
        let mut predictor = Predictor::to_depth(
            &plan,
            &dsp,
            streams,
            [vec![levels(1)], vec![]],
            &mut workspace,
            depth,
        );
        predictor.train(&mut workspace, 1.0, None).expect("it trains");
        predictor.at_slicer.remove(0).shares
    }

    /// After a drive of 0.3 of the symbol rate. Cuts lose 2e-5 of a response's energy a side, two
    /// responses 8e-5; what a cut tail would have added to the rest, of either sign, is at most 2
    /// sqrt(8e-5) = 1.8e-2 were it of the rest's shape, and no tail is: a twentieth of that is left
    /// to it in one source, a hundredth in all together. Searches cut 25 times as much.
    #[test]
    fn variances_of_results_are_those_of_uncut_responses() {
        let (result, search, uncut) =
            (shares(Depth::Result), shares(Depth::Search), shares(Depth::Uncut));
        for (result, uncut) in result.iter().zip(&uncut) {
            assert!(uncut.share > 0.0, "{} is there", uncut.id.name);
            assert!(
                (result.share / uncut.share - 1.0).abs() < 9e-4,
                "{}: {} against {}",
                uncut.id.name,
                result.share,
                uncut.share
            );
        }
        let total = |shares: &[Share]| shares.iter().map(|share| share.share).sum::<f64>();
        let missed = |shares: &[Share]| (total(shares) / total(&uncut) - 1.0).abs();
        assert!(
            missed(&result) < 1.8e-4 && missed(&search) > missed(&result),
            "{} and {}",
            missed(&result),
            missed(&search)
        );
    }
}
