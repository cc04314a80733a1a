//! A pattern, prepared: levels from any symbol on.

use super::{prbs31q, prbs31q::Prbs31q, random};
use crate::seed::Seed;
use std::fmt::Debug;
use std::sync::Arc;

/// A sequence of levels computed elsewhere; a level depends on the symbol's index only.
pub trait LevelSequence: Debug + Send + Sync {
    /// Writes the levels 0..=3 from a symbol on; nothing is allocated.
    fn fill(&self, first_symbol: u64, out: &mut [u8]);
}

/// A source of PAM4 levels, made by [`Pattern::build`](super::description::Pattern::build).
///
/// It is immutable: a level depends on the symbol's index (and, for a random pattern, on the seed)
/// only, not on earlier calls or on the window. Threads may share it.
#[derive(Debug)]
pub struct SymbolSource {
    supply: Supply,
}

#[derive(Debug)]
enum Supply {
    Stored(Vec<u8>),
    Prbs31q(Prbs31q),
    Random,
    Computed(Arc<dyn LevelSequence>),
}

impl SymbolSource {
    /// A pattern that repeats the levels given.
    ///
    /// # Panics
    ///
    /// Without a level.
    pub fn stored(levels: Vec<u8>) -> Self {
        assert!(!levels.is_empty(), "a pattern has at least one symbol");
        Self { supply: Supply::Stored(levels) }
    }

    pub(super) fn prbs31q() -> Self {
        Self { supply: Supply::Prbs31q(Prbs31q::new()) }
    }

    pub(super) fn random() -> Self {
        Self { supply: Supply::Random }
    }

    /// A sequence that is computed elsewhere and never repeats.
    pub fn computed(levels: Arc<dyn LevelSequence>) -> Self {
        Self { supply: Supply::Computed(levels) }
    }

    /// Symbols after which the pattern repeats; `None` if it never does.
    #[must_use]
    pub fn period(&self) -> Option<u64> {
        match &self.supply {
            Supply::Stored(levels) => Some(levels.len() as u64),
            Supply::Prbs31q(_) => Some(prbs31q::PERIOD),
            Supply::Random | Supply::Computed(_) => None,
        }
    }

    /// Writes the levels 0..=3 from symbol `first_symbol` on, wrapping round at the period; not
    /// precoded.
    ///
    /// Only a random pattern uses the seed, under the name `pattern`. Nothing is allocated.
    pub fn fill(&self, first_symbol: u64, seed: Seed, out: &mut [u8]) {
        match &self.supply {
            Supply::Stored(levels) => repeat(levels, first_symbol, out),
            Supply::Prbs31q(prbs) => prbs.fill(first_symbol, out),
            Supply::Random => random::fill(first_symbol, seed, out),
            Supply::Computed(levels) => levels.fill(first_symbol, out),
        }
    }
}

/// Copies a repeated pattern from a symbol on.
fn repeat(levels: &[u8], first_symbol: u64, out: &mut [u8]) {
    let mut from = (first_symbol % levels.len() as u64) as usize;
    let mut rest = out;
    while !rest.is_empty() {
        let (part, after) = rest.split_at_mut(rest.len().min(levels.len() - from));
        part.copy_from_slice(&levels[from..from + part.len()]);
        (rest, from) = (after, 0);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pattern::{Pattern, PatternKind, prbs};

    /// Any seed: no test depends on its value.
    pub(in crate::pattern) fn seed() -> Seed {
        Seed::new(1)
    }

    fn sources() -> Vec<(String, SymbolSource)> {
        let computed = PatternKind::all().into_iter().filter(|&kind| kind != PatternKind::File);
        let built = computed.map(|kind| {
            (format!("{kind:?}"), Pattern { kind, ..Pattern::default() }.build().unwrap())
        });
        built.chain([("a short file".into(), SymbolSource::stored(vec![0, 3, 1]))]).collect()
    }

    fn window(source: &SymbolSource, first_symbol: u64, length: usize) -> Vec<u8> {
        let mut out = vec![9; length];
        source.fill(first_symbol, seed(), &mut out);
        out
    }

    #[test]
    fn no_window_depends_on_how_it_is_cut() {
        for (name, source) in sources() {
            for first in [0, 8190, 65_534, (1 << 31) - 5000, 1 << 40] {
                let whole = window(&source, first, 10_000);
                for cut in [1, 3, 16, 33, 100, 896, 897, 4096, 9999] {
                    let starts = (0..10_000).step_by(cut);
                    let parts: Vec<Vec<u8>> = starts
                        .map(|n| window(&source, first + n as u64, cut.min(10_000 - n)))
                        .collect();
                    assert_eq!(parts.concat(), whole, "{name} from {first} in parts of {cut}");
                }
            }
        }
    }

    #[test]
    fn a_pattern_repeats_after_its_period() {
        for (name, source) in sources() {
            let Some(period) = source.period() else { continue };
            let start = window(&source, 0, 5000);
            assert_eq!(window(&source, period, 5000), start, "{name}");
            assert_eq!(window(&source, 1_000_000 * period, 5000), start, "{name}");
            let across = [window(&source, period - 1, 1), start].concat();
            assert_eq!(window(&source, period - 1, 5001), across, "{name}");
        }
    }

    #[test]
    fn the_periods_are_those_of_the_standard() {
        let period = |kind| Pattern { kind, ..Pattern::default() }.build().unwrap().period();
        assert_eq!(period(PatternKind::Prbs13q), Some(8191));
        assert_eq!(period(PatternKind::Prbs31q), Some((1 << 31) - 1));
        assert_eq!(period(PatternKind::Ssprq), Some(65_535));
        assert_eq!(period(PatternKind::Random), None);
    }

    #[test]
    fn every_source_gives_levels_from_0_to_3_up_to_the_last_index() {
        for (name, source) in sources() {
            assert!(
                window(&source, u64::MAX - 4999, 5000).iter().all(|&level| level <= 3),
                "{name}"
            );
        }
    }

    #[test]
    fn a_stored_pattern_starts_with_its_first_level() {
        let source = SymbolSource::stored(prbs::prbs13q());
        assert_eq!(window(&source, 0, 8191), prbs::prbs13q());
    }

    #[test]
    fn threads_may_share_a_source() {
        fn shared<T: Send + Sync>() {}
        shared::<SymbolSource>();
    }
}
