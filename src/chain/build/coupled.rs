//! Other lanes whose light reaches the detector of a plan.

use crate::chain::describe::chain::{Chain, CoupledLight};
use crate::chain::describe::coupling::{Coupling, LaneSymbols};
use crate::chain::describe::noise::{
    Law, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource,
};
use crate::seed::Seed;
use crate::signal::Field;
use num_complex::Complex32;

/// Sum of the powers of other lanes, over their own, up to which the prediction leaves out their
/// noises: each adds its own variance times the square of its part, 1e-4, or 0.0004 dB of the
/// signal to noise ratio where all noise comes with the light.
const QUIET_POWER: f64 = 0.01;

/// Other lanes whose light reaches a detector; `P` is a plan of each up to there.
pub(crate) struct CoupledLanes<P> {
    pub(crate) lanes: Vec<CoupledLane<P>>,
    /// Factor on the lane's own field where fields interfere.
    pub(crate) own: Option<Complex32>,
    /// Random streams of the lane's own noises.
    pub(crate) streams: Seed,
}

/// One of these lanes.
pub(crate) struct CoupledLane<P> {
    pub(crate) plan: P,
    pub(crate) coupling: Coupling,
    pub(crate) symbols: LaneSymbols,
}

impl<P> CoupledLanes<P> {
    /// Plans the light of each lane.
    pub(super) fn of(light: CoupledLight, mut plan: impl FnMut(Chain<Field>) -> P) -> Self {
        let CoupledLight { own, streams, lanes } = light;
        let lanes: Vec<_> = lanes
            .into_iter()
            .map(|(light, coupling, symbols)| CoupledLane { plan: plan(light), coupling, symbols })
            .collect();
        let interferes = lanes.iter().any(|lane| matches!(lane.coupling, Coupling::Field(_)));
        let own = interferes.then(|| Complex32::new(own.re as f32, own.im as f32));
        CoupledLanes { lanes, own, streams }
    }

    /// True if power of a lane is added to the detected current.
    pub(super) fn leaks(&self) -> bool {
        self.lanes.iter().any(|lane| matches!(lane.coupling, Coupling::Power(_)))
    }

    /// Noises of the other lanes, as one source; `None` where they hardly count.
    pub(super) fn source(&self) -> Option<NoiseSource> {
        let power = |lane: &CoupledLane<P>| match lane.coupling {
            Coupling::Power(part) => part,
            Coupling::Field(_) => f64::INFINITY,
        };
        let class = NoiseClass {
            place: NoisePlace::OnLight,
            law: Law::Relative,
            origin: NoiseOrigin::CoupledLanes,
        };
        let counts = self.lanes.iter().map(power).sum::<f64>() > QUIET_POWER;
        counts.then(|| NoiseSource { id: NoiseId::new("coupled_lanes"), class })
    }

    /// Streams of a block that is none of the lane's own.
    pub(crate) fn training(&self, streams: Seed) -> Option<Seed> {
        (streams != self.streams).then_some(streams)
    }
}
