//! Local slopes of the detected current by what stands at each section's end, along with the noiseless block.
//!
//! ```text
//! di/dv_k = di/dv_(k+1) (H_(k+1) D_(k+1))(t),    D(t) = (map(v + e) - map(v)) / e
//! ```
//!
//! v_k is the waveform at the end of section k, which a constant moves by e; the map behind it makes D of that, and the next section's
//! response H filters D. At the modulator di/dv is the current times the relative change of the power, which a fibre that hardly turns
//! sidebands leaves as it is: it would delay one part of a slow factor against the other by less than it delays sidebands. Every other
//! chain is run again with the section's end moved.

use super::plan::Plan;
use super::predict::Slope;
use super::worker::{Draws, Nudge, Worker};
use super::{Storage, block};
use crate::signal::{Ampere, Quantity};

/// Part of the waveform's peak by which a nudge measures slopes; second-order errors are as small.
const NUDGE: f32 = 2e-3;
/// Angle of a sideband at half the symbol rate up to which a fibre leaves relative changes of power as they are.
const STILL: f64 = 0.02;
/// Part of the largest power below which no relative change is taken.
const DARK: f32 = 1e-4;

/// True when the slopes need no second run of the chain.
fn local(plan: &Plan) -> bool {
    let light = plan.sections.iter().filter(|s| s.storage == Storage::Complex).count();
    plan.linear_receiver() && light <= 1 && plan.sideband_angle.abs() <= STILL && plan.recorded.is_none()
}

/// Runs the noiseless front: the current that it comes to, and its slopes by the ends of the `sections` wanted.
pub(super) fn front(
    plan: &Plan,
    worker: &mut Worker,
    levels: &[u8],
    draws: &Draws<'_>,
    attenuation: f32,
    sections: &[usize],
) -> (Vec<f32>, Vec<Slope>) {
    if sections.is_empty() || !local(plan) {
        return run_again(plan, worker, levels, draws, attenuation, sections);
    }
    let (first, last) = (sections.iter().copied().min().unwrap_or(0), plan.sections.len() - 1);
    // what each section makes of a change at the end of the one before it
    let mut steps: Vec<Vec<f32>> = Vec::new();
    let mut relative = false;
    worker.head(plan, levels, draws);
    for (i, section) in plan.sections.iter().enumerate().skip(1) {
        let from = plan.sections[i - 1].storage;
        if from == Storage::Real && i > first {
            relative = section.storage == Storage::Complex;
            steps.push(if relative { of_power(plan, worker, i) } else { through(plan, worker, i) });
        } else {
            worker.enter(section, from);
        }
        worker.start(plan, section, draws, if i == plan.detector { attenuation } else { 1.0 });
        if i < last {
            worker.filter(plan, section, draws);
        }
    }
    let current = worker.current().to_vec();
    // from the current back to the first section
    let mut slope = if relative { current.clone() } else { vec![attenuation; current.len()] };
    let mut slopes = Vec::new();
    for (back, step) in steps.iter().enumerate().rev() {
        slope.iter_mut().zip(step).for_each(|(slope, step)| *slope *= step);
        if sections.contains(&(first + back)) {
            slopes.push(Slope::new(first + back, slope.clone()));
        }
    }
    (current, slopes)
}

/// The waveform at the worker, and by how much it is to be moved.
fn moved(worker: &mut Worker) -> (Vec<f32>, f32) {
    let waveform = Ampere::of_mut(&mut worker.real).to_vec();
    let by = NUDGE * waveform.iter().fold(0f32, |peak, x| peak.max(x.abs()));
    Ampere::of_mut(&mut worker.real).iter_mut().for_each(|x| *x += by);
    (waveform, by)
}

/// Enters real section `i`; what its end makes of a constant ahead of its map.
fn through(plan: &Plan, worker: &mut Worker, i: usize) -> Vec<f32> {
    let section = &plan.sections[i];
    let (waveform, by) = moved(worker);
    worker.enter(section, Storage::Real);
    let mut change = Ampere::of_mut(&mut worker.real).to_vec();
    Ampere::of_mut(&mut worker.real).copy_from_slice(&waveform);
    worker.enter(section, Storage::Real);
    let gain = section.flat.unwrap_or(1.0) / by;
    change.iter_mut().zip(Ampere::of_mut(&mut worker.real).iter()).for_each(|(moved, x)| *moved = (*moved - x) * gain);
    if section.flat.is_none() && i + 1 < plan.sections.len() {
        let transforms = &plan.transforms.samples;
        transforms.forward(&mut change, &mut worker.spectrum, &mut worker.scratch);
        block::multiply(&mut worker.spectrum, &section.response);
        transforms.inverse(&mut worker.spectrum, &mut change, &mut worker.scratch);
    }
    change
}

/// Enters the section of light `i`; the relative change of its power with a constant ahead of its map.
fn of_power(plan: &Plan, worker: &mut Worker, i: usize) -> Vec<f32> {
    let (section, detector) = (&plan.sections[i], &plan.sections[i + 1]);
    let (waveform, by) = moved(worker);
    worker.enter(section, Storage::Real);
    worker.enter(detector, Storage::Complex);
    let mut change = Ampere::of_mut(&mut worker.real).to_vec();
    Ampere::of_mut(&mut worker.real).copy_from_slice(&waveform);
    worker.enter(section, Storage::Real);
    worker.enter(detector, Storage::Complex);
    let power = Ampere::of_mut(&mut worker.real);
    let least = DARK * power.iter().fold(0f32, |peak, &x| peak.max(x));
    change.iter_mut().zip(power.iter()).for_each(|(moved, x)| *moved = (*moved - x) / (by * x.max(least)));
    change
}

/// The same by the chain run again for each of the `sections`.
pub(super) fn run_again(
    plan: &Plan,
    worker: &mut Worker,
    levels: &[u8],
    draws: &Draws<'_>,
    attenuation: f32,
    sections: &[usize],
) -> (Vec<f32>, Vec<Slope>) {
    worker.front(plan, levels, draws, attenuation);
    let current = worker.current().to_vec();
    let slope = |&section: &usize| {
        let moved = worker.front_nudged(plan, levels, draws, attenuation, Nudge { section, of_peak: NUDGE });
        Slope::new(section, worker.current().iter().zip(&current).map(|(b, a)| (b - a) / moved).collect())
    };
    let slopes = sections.iter().map(slope).collect();
    (current, slopes)
}
