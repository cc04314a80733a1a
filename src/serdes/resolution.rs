//! Resolution of converters: effective bits without jitter, from a data sheet's ENOB.

use super::interleave::Interleave;
use crate::error::{KeyPath, Problems};
use crate::units::{femto, giga};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Signal over noise of a full-scale sine in quantisation noise, FS^2 / 8 over FS^2 / 12.
const SINE: f64 = 1.5;
/// Range of bits, without jitter and with it.
const BITS: [f64; 2] = [1.0, 24.0];

/// One value, or one for each of several frequencies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One value.
    One(f64),
    /// A row of a table.
    Row(Vec<f64>),
}

impl OneOrMore {
    fn as_slice(&self) -> &[f64] {
        match self {
            OneOrMore::One(value) => std::slice::from_ref(value),
            OneOrMore::Row(values) => values,
        }
    }
}

/// Resolution of a converter as its description gives it.
///
/// ```text
/// SINAD = 3/2 4^ENOB,   4^-bits = 4^-ENOB - 3/2 ((2 pi f sigma)^2 + spurs)
/// ```
///
/// ENOB counts all that a converter adds to a full-scale sine at f: its jitter sigma among it, and
/// the spurs of sub-converters where they are described. What is left is noise at any frequency,
/// `bits` of it.
///
/// # Reference
///
/// IEEE Std 1241 and 1658 (ENOB, SINAD); Walden, *Analog-to-digital converter survey and analysis*,
/// IEEE JSAC 17 (1999) (aperture jitter).
pub(crate) struct Resolution<'a> {
    pub(crate) effective_bits: f64,
    pub(crate) enob: Option<&'a OneOrMore>,
    pub(crate) enob_at_ghz: Option<&'a OneOrMore>,
    pub(crate) jitter_fs: f64,
    pub(crate) interleave: Option<&'a Interleave>,
}

impl Resolution<'_> {
    /// Reports bits and frequencies that are out of range, and an ENOB that jitter alone does not
    /// reach.
    pub(crate) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let [low, high] = BITS;
        problems.range(at, "effective_bits", self.effective_bits, low..=high);
        let (bits, ghz) = match (self.enob, self.enob_at_ghz) {
            (None, None) => return,
            (Some(_), None) => {
                let remedy = "must be given with enob: the frequency of the sine, GHz";
                return problems.report(at, "enob_at_ghz", "", remedy);
            }
            (None, Some(_)) => {
                let remedy = "must be given with enob_at_ghz: the bits at that frequency";
                return problems.report(at, "enob", "", remedy);
            }
            (Some(bits), Some(ghz)) => (bits.as_slice(), ghz.as_slice()),
        };
        if bits.len() != ghz.len() || bits.is_empty() {
            let remedy = format!("must be as many as enob, {}, and one at least", bits.len());
            return problems.report(at, "enob_at_ghz", format!("{ghz:?}"), remedy);
        }
        for (&bits, &ghz) in bits.iter().zip(ghz) {
            problems.range(at, "enob", bits, low..=high);
            problems.range(at, "enob_at_ghz", ghz, 0.0..=500.0);
            if bits.is_finite() && ghz.is_finite() && self.white_noise(bits, ghz) < noise(high) {
                let left = (noise(bits) / SINE - self.spurs(ghz)).max(0.0);
                let most_fs = left.sqrt() / (TAU * giga(ghz)) / femto(1.0);
                problems.report(
                    at,
                    "enob",
                    bits,
                    format!(
                        "cannot be: jitter_fs = {}{} alone leaves {:.2} bits at {ghz} GHz, and \
                         ENOB counts {} too; jitter_fs below {most_fs:.0} or a lower ENOB may be",
                        self.jitter_fs,
                        if self.interleave.is_some() { " with interleave" } else { "" },
                        self.bits_of_jitter(ghz),
                        if self.interleave.is_some() { "both" } else { "jitter" },
                    ),
                );
            }
        }
    }

    /// Effective bits without jitter, for a checked description: `effective_bits`, or those of the
    /// ENOB, whose noise is the mean of what each frequency leaves.
    pub(crate) fn white_bits(&self) -> f64 {
        let (Some(bits), Some(ghz)) = (self.enob, self.enob_at_ghz) else {
            return self.effective_bits;
        };
        let (bits, ghz) = (bits.as_slice(), ghz.as_slice());
        let sum: f64 = bits.iter().zip(ghz).map(|(&b, &ghz)| self.white_noise(b, ghz)).sum();
        -(sum / bits.len() as f64).log2() / 2.0
    }

    /// ENOB for a sine at this frequency: white noise, jitter and spurs.
    #[cfg(test)]
    fn enob_at(&self, ghz: f64) -> f64 {
        -(noise(self.white_bits()) + SINE * self.own_power(ghz)).log2() / 2.0
    }

    /// Bits that jitter and spurs alone leave.
    fn bits_of_jitter(&self, ghz: f64) -> f64 {
        -(SINE * self.own_power(ghz)).log2() / 2.0
    }

    /// 4^-bits without jitter and spurs of `bits` with them; negative where these alone are worse.
    fn white_noise(&self, bits: f64, ghz: f64) -> f64 {
        noise(bits) - SINE * self.own_power(ghz)
    }

    /// Noise of jitter and spurs of a full-scale sine over the sine's power.
    fn own_power(&self, ghz: f64) -> f64 {
        (TAU * giga(ghz) * femto(self.jitter_fs)).powi(2) + self.spurs(ghz)
    }

    fn spurs(&self, ghz: f64) -> f64 {
        self.interleave.map_or(0.0, |interleave| interleave.spurs(giga(ghz)))
    }
}

/// 4^-bits: noise over that of one bit less than none.
fn noise(bits: f64) -> f64 {
    0.25f64.powf(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolution(effective_bits: f64, jitter_fs: f64) -> Resolution<'static> {
        Resolution { effective_bits, enob: None, enob_at_ghz: None, jitter_fs, interleave: None }
    }

    /// 5.5 bits are 34.87 dB, 60 fs at 53.125 GHz 33.97 dB: 31.39 dB together, which are (31.39 -
    /// 1.761) / 6.0206 = 4.92 bits. 90 fs alone are 4.77 bits at 53 GHz. Given to two digits.
    #[test]
    fn bits_and_jitter_count_once_each() {
        let enob = resolution(5.5, 60.0).enob_at(53.125);
        let sinad_db = 10.0 * (SINE / noise(enob)).log10();
        assert!((sinad_db - 31.4).abs() < 0.05 && (enob - 4.92).abs() < 0.005, "{enob}");
        assert!((resolution(24.0, 90.0).enob_at(53.0) - 4.77).abs() < 0.005);
        assert!((resolution(5.5, 0.0).enob_at(53.125) - 5.5).abs() < 1e-12);
    }

    /// The ENOB of a converter at one frequency or at several gives its bits back, to rounding.
    #[test]
    fn the_white_part_of_an_enob_is_what_jitter_leaves() {
        let made = resolution(5.5, 60.0);
        let ghz = [10.0, 26.5625, 53.125];
        let row = OneOrMore::Row(ghz.map(|ghz| made.enob_at(ghz)).to_vec());
        for (bits, ghz) in [
            (OneOrMore::One(made.enob_at(53.125)), OneOrMore::One(53.125)),
            (row, OneOrMore::Row(ghz.to_vec())),
        ] {
            let given =
                Resolution { enob: Some(&bits), enob_at_ghz: Some(&ghz), ..resolution(3.0, 60.0) };
            let mut problems = Problems::new();
            given.check(&KeyPath::root(), &mut problems);
            assert!(problems.finish().is_ok());
            assert!((given.white_bits() - 5.5).abs() < 1e-12);
        }
    }

    /// 5.0 bits at 53.125 GHz cannot be where 90 fs alone leave 4.76; 76 fs would be all of it:
    /// 4^-2.5 / sqrt(1.5) / (2 pi 53.125 GHz) = 76.4 fs.
    #[test]
    fn an_enob_that_jitter_alone_misses_is_refused_with_the_remedy() {
        let refused = |bits: Option<OneOrMore>, ghz: Option<OneOrMore>| {
            let given = Resolution {
                enob: bits.as_ref(),
                enob_at_ghz: ghz.as_ref(),
                ..resolution(5.0, 90.0)
            };
            let mut problems = Problems::new();
            given.check(&KeyPath::root(), &mut problems);
            problems.finish().err().map(|problems| problems.to_string()).unwrap_or_default()
        };
        let said = refused(Some(OneOrMore::One(5.0)), Some(OneOrMore::One(53.125)));
        assert!(said.contains("4.76 bits") && said.contains("jitter_fs below 76"), "{said}");
        assert!(refused(Some(OneOrMore::One(4.5)), Some(OneOrMore::One(53.125))).is_empty());
        assert!(refused(Some(OneOrMore::One(4.5)), None).contains("enob_at_ghz"));
        assert!(refused(None, Some(OneOrMore::One(53.125))).contains("bits at that frequency"));
        let row = OneOrMore::Row(vec![5.0, 4.5]);
        assert!(refused(Some(row), Some(OneOrMore::One(10.0))).contains("as many as enob"));
    }

    /// Spurs of 0.3 % of gain, 0.1 % of offset and 10 fs of skew at 53.125 GHz, -45.5 dBc in all,
    /// count once: what they and 60 fs leave of an ENOB are its bits again.
    #[test]
    fn spurs_of_interleaving_count_once() {
        let interleave = Interleave::default();
        let spurs_db = 10.0 * interleave.spurs(53.125e9).log10();
        let closed = 0.003f64.powi(2) + 8.0 * 0.001f64.powi(2) + (TAU * 53.125e9 * 10e-15).powi(2);
        assert!((spurs_db - 10.0 * closed.log10()).abs() < 1e-3, "{spurs_db}");
        let made = Resolution { interleave: Some(&interleave), ..resolution(5.5, 60.0) };
        assert!(made.enob_at(53.125) < resolution(5.5, 60.0).enob_at(53.125) - 0.02);
        let (bits, ghz) = (OneOrMore::One(made.enob_at(53.125)), OneOrMore::One(53.125));
        let given = Resolution { enob: Some(&bits), enob_at_ghz: Some(&ghz), ..made };
        assert!((given.white_bits() - 5.5).abs() < 1e-9);
    }
}
