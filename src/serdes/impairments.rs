//! Impairments of converters, clocks, lines within a module and SerDes.

use super::dac::Dac;
use super::dsp::adc::Adc;
use super::dsp::clock::{ClockConfig, ClockRecovery};
use super::dsp::config::DspConfig;
use super::echo::Echo;
use super::interleave::Interleave;
use super::rx::SerdesRx;
use super::tx::SerdesTx;
use crate::error::KeyPath;
use crate::sheet::{Impairment, Impairments, Part};

/// Bandwidth in place of a removed one: the largest that a key takes, GHz. A second-order Bessel
/// filter of it loses 0.01 dB at 53 GHz.
pub(crate) const WIDE_GHZ: f64 = 500.0;
/// Resolution in place of a removed quantisation: the largest that a key takes, bits.
const IDEAL_BITS: f64 = 24.0;
/// Reflections in place of removed ones: the smallest that a key takes, dB.
const MATCHED_DB: f64 = -100.0;
/// Signal over noise and distortion in place of a removed one: the largest that a key takes, dB.
const CLEAN_DB: f64 = 200.0;

/// A converter's name, part and table.
struct Converter<'a> {
    part: Part,
    name: &'a str,
    at: &'a KeyPath,
    /// Effective bits without jitter and spurs, and whether an ENOB gives them.
    bits: f64,
    has_enob: bool,
}

impl Converter<'_> {
    /// An impairment whose removal keeps the white noise of an ENOB, which counts it too.
    fn within_enob(&self, what: &str, change: impl Fn(Impairment) -> Impairment) -> Impairment {
        let made = change(Impairment::new(self.part, format!("{} {what}", self.name)));
        let holds = self.has_enob && !made.is_ideal();
        made.without_if(holds, self.at, "enob").without_if(holds, self.at, "enob_at_ghz").with_if(
            holds,
            self.at,
            "effective_bits",
            self.bits,
        )
    }

    fn quantisation(&self) -> Impairment {
        let made = Impairment::new(self.part, format!("{} quantisation", self.name));
        let ideal = self.bits >= IDEAL_BITS;
        made.without_if(self.has_enob && !ideal, self.at, "enob")
            .without_if(self.has_enob && !ideal, self.at, "enob_at_ghz")
            .with_if(!ideal, self.at, "effective_bits", IDEAL_BITS)
    }

    fn interleave(&self, own: &Interleave) -> Impairment {
        let at = self.at.key("interleave");
        let lists = [
            ("gains_percent", "gain_rms_percent", &own.gains_percent, own.gain_rms_percent),
            ("offsets_percent", "offset_rms_percent", &own.offsets_percent, own.offset_rms_percent),
            ("skews_fs", "skew_rms_fs", &own.skews_fs, own.skew_rms_fs),
        ];
        self.within_enob("sub-converter mismatch", |made| {
            lists.iter().fold(made, |made, (list_key, key, list, rms)| {
                made.without_if(list.is_some(), &at, list_key).with(&at, key, *rms, 0.0)
            })
        })
    }
}

impl Dac {
    /// Lists its bandwidth, quantisation, jitter, mismatch and line.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let part = Part::Transmitter;
        let (bits, has_enob) = (self.resolution().white_bits(), self.enob.is_some());
        let own = Converter { part, name: "DAC", at, bits, has_enob };
        let wide = Impairment::new(part, "DAC bandwidth");
        list.push(bandwidth(wide, at, &self.response.file, self.bandwidth_ghz));
        list.push(own.quantisation());
        list.push(
            own.within_enob("jitter", |made| made.with(at, "jitter_fs", self.jitter_fs, 0.0)),
        );
        list.extend(self.interleave.as_ref().map(|interleave| own.interleave(interleave)));
        list.extend(reflections(part, "DAC-driver reflections", at, self.echo.as_ref()));
    }
}

impl Adc {
    /// Lists its bandwidth, quantisation, jitter and mismatch; `name` is that of the converter.
    fn impairments(&self, part: Part, name: &str, at: &KeyPath, list: &mut Impairments) {
        let (bits, has_enob) = (self.resolution().white_bits(), self.enob.is_some());
        let own = Converter { part, name, at, bits, has_enob };
        let wide = Impairment::new(part, format!("{name} bandwidth")).setting_the_noise_band();
        list.push(bandwidth(wide, at, &self.response.file, self.bandwidth_ghz));
        list.push(own.quantisation());
        list.push(
            own.within_enob("jitter", |made| made.with(at, "jitter_fs", self.jitter_fs, 0.0)),
        );
        list.extend(self.interleave.as_ref().map(|interleave| own.interleave(interleave)));
    }
}

impl ClockConfig {
    /// Lists what it tracks, its own recovery, and the AC coupling.
    fn impairments(&self, part: Part, at: &KeyPath, list: &mut Impairments) {
        let recovers = self.recovery != ClockRecovery::Ideal;
        list.push(Impairment::new(part, "sinusoidal jitter").with(
            at,
            "sinusoidal_ui",
            self.sinusoidal_ui,
            0.0,
        ));
        list.push(
            Impairment::new(part, "clock recovery")
                .with_if(recovers, at, "recovery", "ideal")
                .with(at, "offset_ppm", self.offset_ppm, 0.0),
        );
        list.push(Impairment::new(part, "AC coupling").with(
            at,
            "ac_coupling_khz",
            self.ac_coupling_khz,
            0.0,
        ));
    }
}

impl DspConfig {
    /// Lists those of converter and clock; `converter` is the name of the former.
    pub(crate) fn impairments(
        &self,
        part: Part,
        converter: &str,
        at: &KeyPath,
        list: &mut Impairments,
    ) {
        self.adc.impairments(part, converter, &at.key("adc"), list);
        self.clock.impairments(part, &at.key("clock"), list);
    }
}

impl SerdesTx {
    /// Lists noise, level mismatch, transition time and jitter of a host's transmitter.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        let new = |what: &str| Impairment::new(Part::Host, format!("host {what}"));
        list.push(new("SNDR").with(at, "sndr_db", self.sndr_db, CLEAN_DB));
        list.push(new("level mismatch").with(at, "rlm", self.rlm, 1.0));
        list.push(new("transition time").with(at, "transition_ps", self.transition_ps, 0.0));
        list.push(
            new("jitter")
                .with(at, "jitter_fs", self.jitter_fs, 0.0)
                .with(at, "dual_dirac_jitter_fs", self.dual_dirac_jitter_fs, 0.0)
                .with(at, "even_odd_jitter_fs", self.even_odd_jitter_fs, 0.0),
        );
    }
}

impl SerdesRx {
    /// Lists input noise, converter and clock of a host's receiver.
    pub(crate) fn impairments(&self, at: &KeyPath, list: &mut Impairments) {
        list.push(Impairment::new(Part::Host, "host receiver noise").with(
            at,
            "noise_nv_per_rthz",
            self.noise_nv_per_rthz,
            0.0,
        ));
        self.dsp.impairments(Part::Host, "host ADC", &at.key("dsp"), list);
    }
}

/// A low-pass, or the measured response in its place, that becomes wide.
pub(crate) fn bandwidth(made: Impairment, at: &KeyPath, file: &str, now_ghz: f64) -> Impairment {
    made.with_if(!file.is_empty(), &at.key("response"), "file", "").with(
        at,
        "bandwidth_ghz",
        now_ghz,
        WIDE_GHZ,
    )
}

/// The echoes of a line below `at`, where one is described.
pub(crate) fn reflections(
    part: Part,
    name: &str,
    at: &KeyPath,
    line: Option<&Echo>,
) -> Option<Impairment> {
    let (line, at) = (line?, at.key("echo"));
    let made = Impairment::new(part, name);
    let made = made.with(&at, "reflection_near_db", line.reflection_near_db, MATCHED_DB);
    Some(made.with(&at, "reflection_far_db", line.reflection_far_db, MATCHED_DB))
}
