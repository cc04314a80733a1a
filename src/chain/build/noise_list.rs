//! The noises of a plan with their classes.

use super::section::Section;
use super::symbol_noise::PlannedSymbolNoise;
use crate::chain::describe::chain::Storage;
use crate::chain::describe::noise::{
    Law, NoiseClass, NoiseId, NoiseOrigin, NoisePlace, NoiseSource,
};
use crate::chain::describe::sampler::Sampler;

/// Every noise of a plan with its class.
pub(super) fn classified(
    symbol_sources: &[PlannedSymbolNoise],
    sections: &[Section],
    detector: usize,
    light_noises: &[NoiseId],
    sampler: &Sampler,
) -> Vec<NoiseSource> {
    let has_light = sections.iter().any(|s| s.storage == Storage::Complex);
    let place = |section: usize, id: &NoiseId| match section {
        _ if light_noises.contains(id) => NoisePlace::OnLight,
        _ if !has_light => NoisePlace::Electrical,
        section if section < detector => NoisePlace::BeforeModulator,
        _ => NoisePlace::AfterDetector,
    };
    let source = |section: usize, id: &NoiseId, law: Law| NoiseSource {
        id: id.clone(),
        class: {
            let place = place(section, id);
            let origin = id.origin.unwrap_or_else(|| NoiseOrigin::of(law, place));
            NoiseClass { place, law, origin }
        },
    };
    let symbols = symbol_sources.iter().map(|s| source(0, &s.id, s.kind.law()));
    let rest = sections.iter().enumerate().flat_map(|(i, section)| {
        let added = section.sources.iter().map(move |s| source(i, &s.id, Law::Added));
        added.chain(section.start.iter().map(move |n| source(i, &n.id, n.law)))
    });
    let converter = [Some(Sampler::quantisation_source()), sampler.jitter_source()];
    symbols.chain(rest).chain(converter.into_iter().flatten()).collect()
}
