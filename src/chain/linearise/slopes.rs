//! Local slopes of the detected current with respect to the waveform at the end of each section
//! before the detector, with the noiseless block.
//!
//! ```text
//! dv_(k+1)/dv_k = (H_(k+1) D_(k+1))(t),    D(t) = (map(v_k + e) - map(v_k)) / e
//! ```
//!
//! v_k is the waveform at the end of section k, which a constant moves by e; the next map makes D
//! of that, and the next section's response H filters D. The products of these lead to the
//! modulator, and the change of its field through the fibre and the detector. A fibre that hardly
//! disperses is a few taps there. Every other chain is run again with the section's end perturbed.

use super::slope::Slope;
use crate::chain::build::plan::Plan;
use crate::chain::build::section::Section;
use crate::chain::describe::chain::Storage;
use crate::chain::run::streams::StreamKeys;
use crate::chain::run::workspace::Workspace;
use crate::chain::run::workspace::front::Perturbation;
use crate::math::buffer_pool::Pooled;
use crate::math::least_squares;
use crate::math::simd::multiversion;
use crate::signal::Grid;
use num_complex::{Complex32, Complex64};
use std::f64::consts::TAU;

/// Size of a perturbation for slopes (fraction of the waveform's peak), which is also that of
/// second-order errors.
const PERTURBATION: f32 = 2e-3;

/// Taps on each side that may replace a fibre.
const SIDES: [usize; 4] = [0, 4, 6, 8];

/// Largest error of their response up to the symbol rate.
const MISSED: f64 = 3e-5;

/// Weight of frequencies beyond, where there is hardly any power.
const BEYOND: f64 = 1e-6;

/// Frequencies at which the response is fitted.
const LOOKS: usize = 64;

/// Outputs in parallel.
const RUN: usize = 16;

/// Runs the noiseless front: the detected current, and its slopes with respect to the ends of the
/// `sections`.
pub(crate) fn front(
    plan: &Plan,
    workspace: &mut Workspace,
    levels: &[u8],
    keys: &StreamKeys<'_>,
    transmission: f32,
    sections: &[usize],
) -> (Pooled<f32>, Vec<Slope>) {
    let light = plan.sections.iter().position(|s| s.storage == Storage::Complex);
    let taps = light.and_then(|light| taps(&plan.sections[light], plan.grid));
    let detected = light.is_none_or(|light| light + 1 == plan.detector && taps.is_some());
    let detected = detected && !plan.interferes();
    if sections.is_empty() || !detected {
        return run_again(plan, workspace, levels, keys, transmission, sections);
    }
    let (first, last) = (sections.iter().copied().min().unwrap_or(0), plan.detector);
    // response of each section to a change at the end of the one before it
    let mut steps: Vec<Pooled<f32>> = Vec::new();
    let mut lit: Option<(Pooled<Complex32>, f32)> = None;
    workspace.run_coupled(plan, keys);
    workspace.first_section(plan, levels, keys);
    for (i, section) in plan.sections.iter().enumerate().take(last + 1).skip(1) {
        match (plan.sections[i - 1].storage, section.storage) {
            (Storage::Real, Storage::Real) if i > first => steps.push(through(plan, workspace, i)),
            (Storage::Real, Storage::Complex) if i > first => {
                lit = Some(through_light(workspace, section))
            }
            (from, _) => workspace.apply_map(section, from),
        }
        workspace.add_sample_noise(
            plan,
            section,
            keys,
            if i == plan.detector { transmission } else { 1.0 },
        );
        if i < last {
            workspace.apply_response(plan, section, keys);
        }
    }
    let current = Pooled::of(workspace.current());
    let mut change: Pooled<f32> = Pooled::default(); // at the modulator, or at the end
    let mut slopes = Vec::new();
    let detect = lit.is_some().then(|| Pooled::of(workspace.field()));
    let highest = first + steps.len();
    for at in (first..=highest).rev() {
        if at < highest || lit.is_none() {
            let Some(step) = steps.get(at - first) else { continue };
            if change.is_empty() {
                change = step.clone()
            } else {
                change.iter_mut().zip(step).for_each(|(c, s)| *c *= s)
            }
        }
        if !sections.contains(&at) {
            continue;
        }
        let values = match (&lit, &detect, &taps) {
            (Some((perturbed, by)), Some(field), Some(taps)) => {
                let changed: Pooled<Complex32> = match &*change {
                    [] => perturbed.clone(),
                    change => perturbed.iter().zip(change).map(|(e, c)| e * c).collect(),
                };
                worker_field(workspace, field, &changed, taps);
                workspace.apply_map(&plan.sections[last], Storage::Complex);
                let power = workspace.current().iter();
                power
                    .zip(current.iter())
                    .map(|(perturbed, i)| (perturbed * transmission - i) / by)
                    .collect()
            }
            _ => change.iter().map(|c| c * transmission).collect(),
        };
        slopes.push(Slope::new(at, values, plan.grid.samples_per_symbol));
    }
    slopes.reverse();
    (current, slopes)
}

/// Leaves the field at the detector in the workspace, with a change added before the fibre.
fn worker_field(
    workspace: &mut Workspace,
    field: &[Complex32],
    changed: &[Complex32],
    taps: &[Complex32],
) {
    let out = workspace.field();
    out.copy_from_slice(field);
    if let [gain] = taps {
        out.iter_mut().zip(changed).for_each(|(e, c)| *e += c * gain);
        return;
    }
    let side = taps.len() / 2;
    add_filtered(&around(changed, side, |z| z.re), &around(changed, side, |z| z.im), taps, out);
}

/// A part of a periodic row, and as much as `side` of it again at each end.
fn around(x: &[Complex32], side: usize, part: impl Fn(&Complex32) -> f32) -> Pooled<f32> {
    let mut out = Pooled::zeros(x.len() + 2 * side);
    let mut put = |at: usize, x: &[Complex32]| {
        out[at..at + x.len()].iter_mut().zip(x).for_each(|(out, z)| *out = part(z))
    };
    put(0, &x[x.len() - side..]);
    put(side, x);
    put(side + x.len(), &x[..side]);
    out
}

multiversion! {
/// out[k] += sum_j taps[j] x[k + j].
fn add_filtered(re: &[f32], im: &[f32], taps: &[Complex32], out: &mut [Complex32]) {
    let (blocks, rest) = out.as_chunks_mut::<RUN>();
    let done = blocks.len() * RUN;
    for (b, out) in blocks.iter_mut().enumerate() {
        let (mut x, mut y) = ([0f32; RUN], [0f32; RUN]);
        for (j, tap) in taps.iter().enumerate() {
            let re: &[f32; RUN] = re[b * RUN + j..].first_chunk().expect("padded");
            let im: &[f32; RUN] = im[b * RUN + j..].first_chunk().expect("padded");
            for k in 0..RUN {
                x[k] += tap.re * re[k] - tap.im * im[k];
                y[k] += tap.re * im[k] + tap.im * re[k];
            }
        }
        for k in 0..RUN {
            out[k].re += x[k];
            out[k].im += y[k];
        }
    }
    for (k, out) in rest.iter_mut().enumerate() {
        for (j, tap) in taps.iter().enumerate() {
            *out += tap * Complex32::new(re[done + k + j], im[done + k + j]);
        }
    }
}
}

/// An optical section as a few taps, the middle one the present: least squares up to the symbol
/// rate, and a hold on what lies beyond. `None` when they miss its response.
fn taps(section: &Section, grid: Grid) -> Option<Vec<Complex32>> {
    if let Some(gain) = section.flat {
        return Some(vec![Complex32::new(gain, 0.0)]);
    }
    let m = grid.samples();
    if !m.is_multiple_of(LOOKS) {
        return None;
    }
    let response: Vec<Complex64> =
        (0..LOOKS).map(|i| of(section.response[i * m / LOOKS]) * m as f64).collect();
    let circle: Vec<Complex64> =
        (0..LOOKS).map(|i| Complex64::cis(TAU * i as f64 / LOOKS as f64)).collect();
    let turn = |i: usize, t: isize| circle[(i as isize * t).rem_euclid(LOOKS as isize) as usize];
    let within = |i: usize| {
        grid.signed_hz(i * m / LOOKS).abs() <= grid.symbol_rate_hz.min(0.4 * grid.sample_rate_hz())
    };
    let weight = |i: usize| if within(i) { 1.0 } else { BEYOND };
    SIDES.iter().find_map(|&side| {
        let lags = -(side as isize)..=side as isize;
        // the weights are even: the equations' matrix is real
        let even: Vec<f64> = (0..=2 * side as isize)
            .map(|lag| (0..LOOKS).map(|i| weight(i) * turn(i, lag).re).sum())
            .collect();
        let a: Vec<f64> = lags
            .clone()
            .flat_map(|t| lags.clone().map(move |u| (t - u).unsigned_abs()))
            .map(|lag| even[lag])
            .collect();
        let b: Vec<Complex64> = lags
            .clone()
            .map(|t| (0..LOOKS).map(|i| response[i] * turn(i, t) * weight(i)).sum())
            .collect();
        let re = least_squares::solve(&a, &b.iter().map(|z: &Complex64| z.re).collect::<Vec<_>>())?;
        let im = least_squares::solve(&a, &b.iter().map(|z: &Complex64| z.im).collect::<Vec<_>>())?;
        let of_taps = |i: usize| {
            lags.clone()
                .zip(re.iter().zip(&im))
                .map(|(t, (&x, &y))| Complex64::new(x, y) * turn(i, -t))
                .sum::<Complex64>()
        };
        let close = (0..LOOKS)
            .filter(|&i| within(i))
            .all(|i| (of_taps(i) - response[i]).norm() <= MISSED * response[0].norm());
        // latest sample first: out[k] = sum over t of tap(t) x[k - t]
        close.then(|| {
            re.iter().zip(&im).rev().map(|(&x, &y)| Complex32::new(x as f32, y as f32)).collect()
        })
    })
}

fn of(z: Complex32) -> Complex64 {
    Complex64::new(f64::from(z.re), f64::from(z.im))
}

/// The waveform in the workspace, which stays perturbed, and the size of the perturbation.
fn perturbed(workspace: &mut Workspace) -> (Pooled<f32>, f32) {
    let real = workspace.current();
    let waveform = Pooled::of(real);
    let by = PERTURBATION * waveform.iter().fold(0f32, |peak, x| peak.max(x.abs()));
    real.iter_mut().for_each(|x| *x += by);
    (waveform, by)
}

/// Enters real section `i`; the change at its end due to a constant before its map.
fn through(plan: &Plan, workspace: &mut Workspace, i: usize) -> Pooled<f32> {
    let section = &plan.sections[i];
    let (waveform, by) = perturbed(workspace);
    workspace.apply_map(section, Storage::Real);
    let mut change = Pooled::of(workspace.current());
    workspace.current().copy_from_slice(&waveform);
    workspace.apply_map(section, Storage::Real);
    let gain = section.flat.unwrap_or(1.0) / by;
    change
        .iter_mut()
        .zip(workspace.current().iter())
        .for_each(|(perturbed, x)| *perturbed = (*perturbed - x) * gain);
    if section.flat.is_none() && i + 1 < plan.sections.len() {
        workspace.filter(plan, &section.response, &mut change);
    }
    change
}

/// Enters an optical section; returns the change of its field by a constant before its map, and
/// that constant.
fn through_light(workspace: &mut Workspace, section: &Section) -> (Pooled<Complex32>, f32) {
    let (waveform, by) = perturbed(workspace);
    workspace.apply_map(section, Storage::Real);
    let mut change = Pooled::of(workspace.field());
    workspace.current().copy_from_slice(&waveform);
    workspace.apply_map(section, Storage::Real);
    change.iter_mut().zip(workspace.field().iter()).for_each(|(perturbed, x)| *perturbed -= x);
    (change, by)
}

/// Current and slopes by running the chain again for each of the `sections`.
pub(crate) fn run_again(
    plan: &Plan,
    workspace: &mut Workspace,
    levels: &[u8],
    keys: &StreamKeys<'_>,
    transmission: f32,
    sections: &[usize],
) -> (Pooled<f32>, Vec<Slope>) {
    workspace.run_to(plan, plan.detector, levels, keys, transmission);
    let current = Pooled::of(workspace.current());
    let slope = |&section: &usize| {
        let perturbed = workspace.run_perturbed(
            plan,
            levels,
            keys,
            transmission,
            Perturbation { section, of_peak: PERTURBATION },
        );
        let values = workspace
            .current()
            .iter()
            .zip(current.iter())
            .map(|(b, a)| (b - a) / perturbed)
            .collect();
        Slope::new(section, values, plan.grid.samples_per_symbol)
    };
    let slopes = sections.iter().map(slope).collect();
    (current, slopes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::chain::test_links::Square;
    use crate::chain::{
        Chain, Density, Law, Map, Noise, NoiseSelection, PlanCache, Sampler, Shape,
    };
    use crate::math::prototype::Family;
    use crate::seed::Seed;
    use crate::signal::{Ampere, Field, Volt};

    pub(crate) const GRID: Grid =
        Grid { symbol_rate_hz: 53.125e9, symbols: 2048, samples_per_symbol: 4 };

    pub(crate) fn levels(seed: u64) -> Vec<u8> {
        let mut rng = Seed::new(seed).rng();
        (0..GRID.symbols).map(|_| ((rng.normal() * 3.0).abs() as u8) % 4).collect()
    }

    struct Bent;
    impl Map<Volt, Volt> for Bent {
        fn apply(&self, x: &[f32], y: &mut [f32]) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = (0.6 * x).tanh());
        }
        fn name(&self) -> &'static str {
            "bent"
        }
    }

    struct Chirped;
    impl Map<Volt, Field> for Chirped {
        fn apply(&self, x: &[f32], y: &mut [Complex32]) {
            y.iter_mut()
                .zip(x)
                .for_each(|(y, x)| *y = Complex32::from_polar((0.7 * x).exp(), 0.5 * x));
        }
        fn name(&self) -> &'static str {
            "chirped"
        }
    }

    /// A transmitter that bends and chirps, a fibre, and a receiver, each with its noise; the drive
    /// passes this part of the symbol rate.
    pub(crate) fn plan(b2_s2: f64, part: f64, per_symbol: usize) -> Plan {
        let low_pass =
            |part: f64| Shape::low_pass(Family::Bessel, 4, part * GRID.symbol_rate_hz, 0.0);
        let noise = |entity: &str, law: Law, rms: f64| {
            Noise::new(entity, law, Density::White(rms * rms / GRID.sample_rate_hz() * 2.0))
        };
        let symbols = Chain::symbols().noise(noise("dac", Law::Added, 0.02)).noise(noise(
            "dac.jitter",
            Law::Timing,
            2e-13,
        ));
        let drive: Chain<Volt> = symbols
            .hold(GRID)
            .response::<Volt>(low_pass(part))
            .map(Bent)
            .noise(noise("driver", Law::Added, 0.02));
        let light = drive.response::<Volt>(low_pass(0.7)).map::<Field>(Chirped).noise(noise(
            "rin",
            Law::Relative,
            0.02,
        ));
        let detected =
            light.response::<Field>(Shape::Dispersion { b2_s2, b3_s3: 0.0 }).map::<Ampere>(Square);
        let volts = detected.noise(noise("tia", Law::Added, 0.05)).response::<Volt>(low_pass(0.5));
        Plan::build(
            volts,
            Sampler { samples_per_symbol: per_symbol, effective_bits: 6.0, jitter_s: 2e-13 },
            GRID,
            &mut PlanCache::default(),
        )
    }

    /// Both are first differences: their second order is half the perturbation times the second
    /// over the first derivative, for tanh and exp of these slopes below 2, of 2e-3 of a waveform
    /// of 1: 2e-3 of the slope. The taps add 6e-5; what light there is beyond the symbol rate is a
    /// hundredth of it. 4e-3 of the rms is twice that.
    #[test]
    fn slopes_along_with_the_block_are_those_of_the_chain_run_again() {
        for b2_s2 in [0.0, 4e-25, -1.6e-24] {
            let plan = plan(b2_s2, 0.6, 1);
            let mut workspace = Workspace::new(&plan);
            let levels = levels(4);
            let keys = StreamKeys {
                shared_seed: Seed::new(1),
                lane_seed: Seed::new(2),
                block: 0,
                noise: 0,
                selection: NoiseSelection::None,
            };
            assert_eq!(
                taps(&plan.sections[2], GRID).expect("it hardly disperses").len() > 1,
                b2_s2 != 0.0
            );
            let (current, fast) = front(&plan, &mut workspace, &levels, &keys, 0.5, &[0, 1]);
            let (again, plain) = run_again(&plan, &mut workspace, &levels, &keys, 0.5, &[0, 1]);
            assert_eq!(&*current, &*again);
            for (fast, plain) in fast.iter().zip(&plain) {
                let missed: f64 = fast
                    .values
                    .iter()
                    .zip(plain.values.iter())
                    .map(|(a, b)| f64::from(a - b).powi(2))
                    .sum();
                let missed = (missed / plain.values.len() as f64 / plain.square).sqrt();
                assert!(missed < 4e-3, "b2 {b2_s2}: {missed}");
                assert!((fast.square / plain.square - 1.0).abs() < 4e-3);
            }
        }
    }

    /// A fibre that turns a sideband by a radian is not a few taps.
    #[test]
    fn a_long_fibre_is_run_again() {
        assert!(taps(&plan(8e-23, 0.6, 1).sections[2], GRID).is_none());
    }
}
