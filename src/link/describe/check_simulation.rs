//! Checks of the settings of the computation.

use crate::error::{KeyPath, Problems};
use crate::link::describe::config::Config;
use crate::measured::Recording;
use crate::transmitter::TransmitterKind;

impl Config {
    /// Reports settings that stream mode does not support.
    fn check_stream(&self, at: &KeyPath, problems: &mut Problems) {
        let s = &self.simulation;
        if self.transmitter.kind == TransmitterKind::Waveform {
            let remedy = "must be another in stream mode: a captured waveform is one period, see \
                           simulation.stream and receiver.dsp.clock";
            problems.report(&KeyPath::root().key("transmitter"), "kind", "waveform", remedy);
        }
        if s.samples_per_symbol < 4 {
            problems.report(
                at,
                "samples_per_symbol",
                s.samples_per_symbol,
                "must be from 4 in stream mode: the phase moves between samples",
            );
        }
        let needed = self.longest_equaliser() + 64;
        if s.guard_symbols < needed || s.guard_symbols > s.block_symbols {
            let remedy = format!(
                "must be at least {needed}, the equaliser's taps and 64, and at most \
                 block_symbols, {}",
                s.block_symbols
            );
            problems.report(at, "guard_symbols", s.guard_symbols, remedy);
        }
    }

    /// Reports settings of the computation that are out of range or do not fit the description.
    pub(super) fn check_simulation(
        &self,
        at: &KeyPath,
        recording: Option<&Recording>,
        problems: &mut Problems,
    ) {
        let s = &self.simulation;
        if ![2, 4, 8, 16].contains(&s.samples_per_symbol) {
            problems.report(
                at,
                "samples_per_symbol",
                s.samples_per_symbol,
                "must be 2, 4, 8 or 16",
            );
        }
        problems.count(at, "block_symbols", s.block_symbols, 256..=1 << 17);
        problems.count(at, "guard_symbols", s.guard_symbols, 64..=1 << 14);
        if problems.is_empty() && self.streams() {
            self.check_stream(at, problems);
        }
        // the block must be several times the longest memory, or the taps would fit the block
        // itself
        let (least, symbols) =
            (self.longest_equaliser().saturating_mul(8), self.grid(recording).symbols);
        if symbols < least {
            let remedy = format!("must be at least eight times the longest ffe.taps, {least}");
            match recording {
                Some(recording) => {
                    let remedy = format!("has a period of {symbols} symbols; {remedy}");
                    problems.report(
                        &KeyPath::root().key("transmitter").key("waveform"),
                        "file",
                        &recording.located.pattern,
                        remedy,
                    );
                }
                None => problems.report(at, "block_symbols", symbols, remedy),
            }
        }
        let most = 1u64 << 50;
        if s.symbols > most || s.symbols_at_limit > most {
            problems.report(
                at,
                "symbols",
                s.symbols.max(s.symbols_at_limit),
                "must be at most 2^50",
            );
        }
    }
}
