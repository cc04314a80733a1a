//! The ideal photodiode of an instrument.

use crate::chain::{Chain, Map, Plan, PlanCache, Sampler, Shape};
use crate::link::test_points::pattern::EXACT_BITS;
use crate::signal::{Field, Grid, Volt};
use num_complex::Complex32;

/// Plan of light received without noise through a filter.
pub(super) fn received(
    light: Chain<Field>,
    filter: Shape,
    grid: Grid,
    cache: &mut PlanCache,
) -> Plan {
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: EXACT_BITS, jitter_s: 0.0 };
    Plan::build(light.map::<Volt>(IdealPhotodiode).response(filter), sampler, grid, cache)
}

/// An ideal photodiode, from W to V.
struct IdealPhotodiode;

impl Map<Field, Volt> for IdealPhotodiode {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "instrument"
    }
}
