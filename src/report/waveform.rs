//! Waveforms as text.

use crate::link::Waveform;
use crate::units::pico;
use std::fmt::Write;

/// Columns: time in ps, power in mW, and the transmitted level of the symbol at that time, without
/// delays.
pub fn waveform_csv(waveform: &Waveform) -> String {
    let mut text = "time_ps,power_mw,level\n".to_owned();
    for (i, power_mw) in waveform.power_mw.iter().enumerate() {
        let time_ps = i as f64 / waveform.sample_rate_hz / pico(1.0);
        let s = waveform.samples_per_symbol;
        let level = waveform.levels[(i + s / 2) / s % waveform.levels.len()];
        let _ = writeln!(text, "{time_ps:.4},{power_mw},{level}"); // writing to a String cannot fail
    }
    text
}
