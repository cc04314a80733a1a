//! Test pattern of a transmitter's measurement, and its sampling.

use crate::link::build::lane::Lane;
use crate::link::describe::tdecq::TestPattern;
use crate::pattern::{Pattern, PatternKind, SymbolSource};

/// Samples per symbol of a measured waveform.
pub(crate) const SAMPLES_PER_SYMBOL: usize = 16;

/// Effective bits at which a converter adds no noise.
pub(crate) const EXACT_BITS: f64 = 24.0;

/// Symbols of the transmitter's measurement, and their number.
pub(crate) fn pattern(lane: &Lane) -> (SymbolSource, usize) {
    let kind = match lane.config.tdecq.pattern {
        TestPattern::Ssprq => PatternKind::Ssprq,
        TestPattern::Prbs13q => PatternKind::Prbs13q,
    };
    let source = match lane.modulator.recording() {
        Some(recording) => SymbolSource::stored(recording.periods.levels.clone()),
        None => Pattern { kind, ..Pattern::default() }.build().expect("a computed pattern builds"),
    };
    let symbols = source.period().expect("both repeat") as usize;
    (source, symbols)
}
