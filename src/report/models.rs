//! The manual's table of models, generated from the registries.

use crate::link::{Config, presets};
use crate::pattern::PatternKind;

/// Models present in every link.
const ALWAYS: [(&str, &str, &str); 21] = [
    (
        "module",
        "`module.kind`",
        "`optics` alone, or between two hosts `retimed`, `lro`, `lpo`: one to three segments, each with its own decisions, noise, error ratio and, around an inner code, rate; linear input and output with gain control",
    ),
    (
        "host's channel",
        "`host.channel`",
        "a trace between packages or Touchstone files in cascade, with reflections; far- and near-end crosstalk from files or as a level, with their own data and phase",
    ),
    (
        "SerDes transmitter",
        "`host.tx`, `module.tx`",
        "taps within limits, swing, SNDR, R_LM, transition time, random, dual-Dirac and even-odd jitter; taps found by search",
    ),
    (
        "SerDes receiver",
        "`host.rx`, `module.rx`",
        "input noise, analogue equaliser (CTLE) with the poles and zeros of 802.3 found by search, converter, equaliser as below",
    ),
    ("converter", "`transmitter.dac`", "bandwidth, zero-order hold, quantisation, random jitter"),
    (
        "transmit levels",
        "`transmitter.levels`",
        "drives of the inner levels and a table of three symbols, given or trained to equal eyes, least error ratio or least TDECQ",
    ),
    ("transmit equaliser", "`transmitter.ffe`", "taps limited by the converter's full scale"),
    (
        "fibre",
        "`fibre`",
        "loss, connectors, exact chromatic dispersion of the field; reflections of modules and connectors as delayed fields (`fibre.reflections`); polarisation-mode dispersion of first order (`fibre.pmd`)",
    ),
    (
        "wavelengths",
        "`fibre.wdm`",
        "CWDM and LAN-WDM grids: wavelength, corners and test fibre of each lane; demultiplexer with isolation, loss, passband and ripple; four-wave mixing (`fibre.four_wave_mixing`)",
    ),
    (
        "coupled lanes",
        "`transmitter.waveguide_crosstalk`",
        "coherent crosstalk of two waveguides of one laser; lanes of a fibre and of a pair run with each other's symbols and noises",
    ),
    (
        "alignment",
        "`transmitter.alignment`",
        "loss of lateral, angular and axial offsets of elliptical Gaussian modes, laser to chip and chip to fibre",
    ),
    (
        "photodiode",
        "`receiver.photodiode`",
        "responsivity, pole, dark current, shot noise of the instantaneous power",
    ),
    (
        "crosstalk",
        "`receiver.crosstalk`",
        "neighbouring lanes and the module's own transmitters as shaped PAM4 of their own data",
    ),
    (
        "amplifier",
        "`receiver.tia`",
        "bandwidth and order, peaking, input noise, overload; gain control, growing noise and distortion at large currents (`receiver.tia.large_signal`)",
    ),
    (
        "converter",
        "`receiver.dsp.adc`",
        "anti-alias filter, gain control, sampling phase, quantisation, random jitter",
    ),
    (
        "equaliser",
        "`receiver.dsp.ffe`",
        "feed-forward, T or T/2 spaced, by closed-form MMSE or LMS, or given; thresholds, slicer",
    ),
    (
        "decision",
        "`receiver.dsp.detector`",
        "slicer; decision feedback (`receiver.dsp.dfe`, up to 16 taps with a limit) or sequence detection (`receiver.dsp.mlse`, 4 or 16 states), trained together with the feed-forward taps; error bursts counted and predicted",
    ),
    (
        "clock recovery",
        "`receiver.dsp.clock`",
        "second-order loop after a Mueller-Muller or bang-bang detector, frequency offset, sinusoidal jitter, AC coupling; lock, slips; blocks in stream mode",
    ),
    (
        "error correction",
        "`fec`",
        "codewords of the port over its lanes, bit for bit: KP4, the inner code of 200G lanes with soft decisions (draft), interleaving, multiplexing, precoder; symbol errors per codeword, post-FEC error ratio, frame loss: counted, analytic and extrapolated",
    ),
    (
        "instrument",
        "`tdecq`",
        "OMA, extinction ratio, TECQ, TDECQ after a dispersive test fibre with the reference equalisers of 100G and 200G (draft), RLM, transition time, over- and undershoot, RIN_OMA; limits with verdicts; stressed receiver",
    ),
    (
        "estimators",
        "`run`",
        "counted with its interval (`simulation.count`: whole chain, noise-only Monte Carlo, importance sampling), semi-analytic with its interval, margin, noise shares",
    ),
];

/// Effects that are not modelled.
const MISSING: &str =
    "higher orders of polarisation-mode dispersion, self- and cross-phase modulation";

/// The table as Markdown.
pub fn models() -> String {
    let config = Config::default();
    let mut rows: Vec<(String, String, String)> = Vec::new();
    for preset in presets::all() {
        rows.push(("preset".into(), format!("`{}`", preset.name), preset.about.into()));
    }
    let patterns: Vec<String> =
        PatternKind::all().iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    rows.push((
        "pattern".into(),
        patterns.join(", "),
        "Gray coded PAM4, with or without 1/(1+D) precoder".into(),
    ));
    for (key, modulator) in config.transmitter.all() {
        rows.push(("transmitter".into(), format!("`{key}`"), modulator.about().into()));
    }
    rows.extend(ALWAYS.map(|(part, key, about)| (part.into(), key.into(), about.into())));
    let mut text = "| part | name | model |\n| --- | --- | --- |\n".to_owned();
    for (part, name, about) in rows {
        text += &format!("| {part} | {name} | {about} |\n");
    }
    text + &format!("\nNot modelled yet: {MISSING}.\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKER: &str = "<!-- models -->";

    #[test]
    fn the_readme_carries_the_table_of_models() {
        let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"))
            .unwrap_or_default();
        let between = readme.split(MARKER).nth(1).map(str::trim);
        let expected = models();
        assert_eq!(
            between,
            Some(expected.trim()),
            "README.md must read:\n{MARKER}\n{expected}{MARKER}\n"
        );
    }

    #[test]
    fn every_kind_of_transmitter_and_pattern_is_in_the_table() {
        let text = models();
        for name in ["`eml`", "`mzm`", "`ring`", "`prbs13q`", "`ssprq`", "`800gbase-dr8`"] {
            assert!(text.contains(name), "{name}\n{text}");
        }
    }
}
