//! Light of other lanes, run up to the detector of a lane.

use super::Workspace;
use super::reflect::add_turned;
use crate::chain::build::coupled::{CoupledLane, CoupledLanes};
use crate::chain::build::plan::Plan;
use crate::chain::build::section::Section;
use crate::chain::describe::coupling::Coupling;
use crate::chain::describe::noise::{Noise, NoiseOrigin};
use crate::chain::run::streams::{NoiseSelection, StreamKeys};
use crate::seed::Seed;
use crate::signal::{Aligned, Ampere, Field, Quantity, Samples};
use num_complex::Complex32;
use std::sync::Arc;

/// Light of other lanes at the detector of a lane, for one block.
pub(super) struct CoupledBlock {
    levels: Vec<u8>,
    /// Sum of the fields that interfere.
    field: Aligned<Complex32>,
    /// Current of the powers that add.
    current: Aligned<f32>,
    /// The lanes and the block that these are of.
    holds: Option<(Arc<CoupledLanes<Plan>>, BlockKey)>,
}

/// Identity of a block.
#[derive(Clone, Copy, PartialEq)]
struct BlockKey {
    block: u64,
    streams: [Seed; 2],
    /// Index of the noise; `None` without any.
    noise: Option<u64>,
}

impl CoupledBlock {
    pub(super) fn new(plan: &Plan) -> CoupledBlock {
        CoupledBlock {
            levels: vec![0; plan.grid.symbols],
            field: Aligned::new(plan.grid.samples()),
            current: Aligned::new(plan.grid.samples()),
            holds: None,
        }
    }
}

impl Workspace {
    /// Runs the other lanes whose light reaches the plan's detector, each with its own symbols and
    /// noises; lanes that were just run for the same block are not run again.
    pub(crate) fn run_coupled(&mut self, plan: &Plan, keys: &StreamKeys<'_>) {
        let Some(lanes) = &plan.coupled else { return };
        let mut out = self.coupled.take().expect("made to fit the plan");
        let training = lanes.training(keys.lane_seed);
        let of_lane = |lane: &CoupledLane<Plan>| StreamKeys {
            lane_seed: lane.symbols.noise_streams(training),
            selection: selection(plan, lane, keys.selection),
            ..*keys
        };
        let noisy = |lane| of_lane(lane).selection != NoiseSelection::None;
        // a probe's noise is drawn for it alone
        let key = BlockKey {
            block: keys.block,
            streams: [keys.shared_seed, keys.lane_seed],
            noise: lanes.lanes.iter().any(noisy).then_some(keys.noise),
        };
        let probes = matches!(keys.selection, NoiseSelection::Only(..)) && key.noise.is_some();
        let kept = |(held, of): &(Arc<CoupledLanes<Plan>>, BlockKey)| {
            Arc::ptr_eq(held, lanes) && *of == key && !probes
        };
        if !out.holds.as_ref().is_some_and(kept) {
            out.field.fill(Complex32::default());
            out.current.fill(0.0);
            let guard = plan.clocking.map_or(0, |clocking| clocking.guard);
            for lane in &lanes.lanes {
                lane.symbols.fill(keys.block, guard, training, &mut out.levels);
                let light = &lane.plan;
                self.run_to(light, light.detector, &out.levels, &of_lane(lane), 1.0);
                self.add_light(plan, lane.coupling, &mut out);
            }
            out.holds = (!probes).then(|| (lanes.clone(), key));
        }
        self.coupled = Some(out);
    }

    /// Current of other lanes' power at the detector of `plan`, in the block that was run last;
    /// `None` where none arrives.
    pub(crate) fn leaked(&self, plan: &Plan) -> Option<&[f32]> {
        let leaks = plan.sections[plan.detector].leaks;
        self.coupled.as_ref().filter(|_| leaks).map(|others| &*others.current)
    }

    /// Adds the field that was run to the field or the current at the detector of `plan`.
    fn add_light(&mut self, plan: &Plan, coupling: Coupling, out: &mut CoupledBlock) {
        match coupling {
            Coupling::Field(factor) => {
                let factor = Complex32::new(factor.re as f32, factor.im as f32);
                add_turned(&mut out.field, Field::of(&self.field), factor);
            }
            Coupling::Power(part) => {
                let part = part as f32;
                let detector = plan.sections[plan.detector].map.as_ref();
                let detector = detector.expect("light is detected by a map");
                detector.run(&self.field, &mut self.real, 1.0);
                let detected = Ampere::of(&self.real);
                out.current.iter_mut().zip(detected).for_each(|(out, i)| *out += part * i);
            }
        }
    }

    /// Adds the fields of other lanes at a section's end.
    pub(super) fn join_fields(&mut self, section: &Section) {
        let Some(own) = section.coupled else { return };
        let others = self.coupled.as_ref().expect("run before");
        let Samples::Complex(field) = &mut self.field else { unreachable!("light is a field") };
        field.iter_mut().zip(others.field.iter()).for_each(|(e, other)| *e = own * *e + other);
    }

    /// Adds the current of other lanes' power at the detector.
    pub(super) fn join_power(&mut self, section: &Section) {
        if !section.leaks {
            return;
        }
        let others = self.coupled.as_ref().expect("run before");
        let Samples::Real(current) = &mut self.real else { unreachable!("a current is real") };
        current.iter_mut().zip(others.current.iter()).for_each(|(i, other)| *i += other);
    }
}

/// Noises of another lane: all of them, what both share, or what it has alone as one source.
fn selection<'a>(
    plan: &'a Plan,
    lane: &CoupledLane<Plan>,
    own: NoiseSelection<'a>,
) -> NoiseSelection<'a> {
    let NoiseSelection::Only(id, scale) = own else { return own };
    let own_noise = plan.noise(id);
    if own_noise.class.origin == NoiseOrigin::CoupledLanes {
        return NoiseSelection::Others(&plan.noises, scale);
    }
    let shares = |noise: &Noise| noise.shared && noise.id == *id;
    let shared = lane.plan.sections.iter().flat_map(|section| &section.start).any(shares);
    if shared { own } else { NoiseSelection::None }
}
