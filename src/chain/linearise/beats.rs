//! Beats of reflected light with the light of a noiseless block, brought to the sampler.
//!
//! ```text
//! i = |E + e^(j phi) d|^2 = |E|^2 + cos(phi) 2 Re(E* d) + sin(phi) 2 Im(E* ..) + |d|^2
//! beat in phase:   (i(E + d) - i(E - d)) / 2,    in quadrature:   (i(E + j d) - i(E - j d)) / 2
//! ```
//!
//! The differences pass whatever follows the detector, so a receiver that is not linear bends the
//! beat as it bends the signal, to second order.

use crate::chain::build::plan::Plan;
use crate::chain::build::reflections::PlannedPath;
use crate::chain::build::spectrum::multiply;
use crate::chain::describe::chain::Storage;
use crate::chain::run::streams::StreamKeys;
use crate::chain::run::workspace::Workspace;
use crate::chain::run::workspace::reflect::add_delayed;
use crate::math::buffer_pool::Pooled;
use num_complex::Complex32;

/// Spectra at the sampler of a beat in phase and in quadrature.
pub(crate) type Beat = [Pooled<Complex32>; 2];

/// Beats of one block.
pub(crate) struct Beats {
    /// Of each path whose phase is followed.
    pub(crate) followed: Vec<Beat>,
    /// Of the others together; of the first block only.
    pub(crate) others: Option<Beat>,
}

impl Beats {
    /// Of a noiseless block at this factor on the received power; `None` without reflections.
    pub(crate) fn new(
        plan: &Plan,
        workspace: &mut Workspace,
        levels: &[u8],
        keys: &StreamKeys<'_>,
        transmission: f32,
    ) -> Option<Beats> {
        let reflections = plan.reflections()?;
        let followed = &reflections.followed;
        let others = reflections.others.as_ref().filter(|_| keys.block == 0);
        if followed.is_empty() && others.is_none() {
            return Some(Beats { followed: vec![], others: None });
        }
        workspace.run_to(plan, plan.detector, levels, keys, transmission);
        let field = Pooled::of(workspace.field());
        let mut beat = |path: &PlannedPath| -> Beat {
            let mut copy = Pooled::zeros(field.len());
            let turn = Complex32::new(path.amplitude, 0.0);
            add_delayed(&mut copy, &field, field.len() - path.delay, turn);
            [Complex32::new(1.0, 0.0), Complex32::new(0.0, 1.0)].map(|turn| {
                let mut detected = |turn: Complex32| {
                    let out = workspace.field().iter_mut();
                    out.zip(field.iter().zip(copy.iter())).for_each(|(out, (e, d))| {
                        *out = e + turn * d;
                    });
                    through_receiver(plan, workspace, keys, transmission)
                };
                let (more, mut less) = (detected(turn), detected(-turn));
                less.iter_mut().zip(more.iter()).for_each(|(x, more)| *x = 0.5 * (more - *x));
                let mut spectrum = Pooled::zeros(plan.grid.bins());
                workspace.spectrum_of(plan, &less, &mut spectrum);
                multiply(&mut spectrum, &plan.end().response);
                spectrum
            })
        };
        Some(Beats {
            followed: followed.iter().map(&mut beat).collect(),
            others: others.map(&mut beat),
        })
    }

    /// Every spectrum.
    pub(crate) fn spectra_mut(&mut self) -> impl Iterator<Item = &mut Pooled<Complex32>> {
        self.followed.iter_mut().chain(&mut self.others).flatten()
    }
}

/// From the field at the detector to the start of the last section.
fn through_receiver(
    plan: &Plan,
    workspace: &mut Workspace,
    keys: &StreamKeys<'_>,
    transmission: f32,
) -> Pooled<f32> {
    let mut from = Storage::Complex;
    for (i, section) in plan.sections.iter().enumerate().skip(plan.detector) {
        workspace.apply_map(section, from);
        from = section.storage;
        workspace.add_sample_noise(
            plan,
            section,
            keys,
            if i == plan.detector { transmission } else { 1.0 },
        );
        if i + 1 < plan.sections.len() {
            workspace.apply_response(plan, section, keys);
        }
    }
    Pooled::of(workspace.current())
}
