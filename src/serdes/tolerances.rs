//! Manufacturing tolerances of converters, devices.md 8.

use super::dac::Dac;
use super::dsp::adc::Adc;
use crate::error::KeyPath;
use crate::sheet::{Deviation, Part, Tolerance};

/// Bandwidth, bits and jitter of a converter.
fn converter(
    part: Part,
    name: &str,
    at: &KeyPath,
    [bandwidth_ghz, effective_bits, jitter_fs]: [f64; 3],
) -> [Tolerance; 3] {
    let source = "part to part, assumed";
    let new = |what: &str, key, deviation| {
        Tolerance::new(part, format!("{name} {what}"), at, key, deviation, source)
    };
    [
        new("bandwidth", ("bandwidth_ghz", bandwidth_ghz), Deviation::Percent(5.0)),
        new("effective bits", ("effective_bits", effective_bits), Deviation::Absolute(0.2)),
        new("jitter", ("jitter_fs", jitter_fs), Deviation::Percent(10.0)),
    ]
}

impl Dac {
    /// Lists those of the module's transmit converter.
    pub(crate) fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let own = [self.bandwidth_ghz, self.effective_bits, self.jitter_fs];
        list.extend(converter(Part::Transmitter, "DAC", at, own));
    }
}

impl Adc {
    /// Lists those of a receiver's converter called `name`.
    pub(crate) fn tolerances(
        &self,
        part: Part,
        name: &str,
        at: &KeyPath,
        list: &mut Vec<Tolerance>,
    ) {
        let own = [self.bandwidth_ghz, self.effective_bits, self.jitter_fs];
        list.extend(converter(part, name, at, own));
    }
}
