//! Head of a Touchstone file: option line and keywords.

use super::impedance::impedance;
use super::network_file::PORTS_MAX;
use crate::units::{amplitude_ratio, giga, kilo, mega, tera};
use num_complex::Complex64;
use std::f64::consts::PI;

/// Reference impedances that a file may name, ohm.
const REFERENCE_OHM: std::ops::RangeInclusive<f64> = 1e-3..=1e6;

/// Format of a complex number in a pair of columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NumberFormat {
    RealImaginary,
    MagnitudeAngle,
    DecibelAngle,
}

impl NumberFormat {
    /// The complex number of two columns.
    pub(super) fn complex(self, a: f64, b: f64) -> Complex64 {
        match self {
            NumberFormat::RealImaginary => Complex64::new(a, b),
            NumberFormat::MagnitudeAngle => polar(a, b),
            NumberFormat::DecibelAngle => polar(amplitude_ratio(a), b),
        }
    }
}

/// A number of a magnitude and an angle in degrees, which may turn often.
fn polar(magnitude: f64, degrees: f64) -> Complex64 {
    Complex64::from_polar(magnitude, (degrees % 360.0) * PI / 180.0)
}

/// Kind of network parameters in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ParameterKind {
    Scattering,
    Admittance,
    Impedance,
    /// h-parameters of two ports: (V1, I2) from (I1, V2).
    Hybrid,
    /// g-parameters of two ports: (I1, V2) from (V1, I2).
    InverseHybrid,
}

/// The option line: `# GHz S MA R 50` by default.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Options {
    pub(super) unit_hz: f64,
    pub(super) kind: ParameterKind,
    pub(super) format: NumberFormat,
    /// One for all ports, or one for each.
    pub(super) references: Vec<Complex64>,
    /// True if `R` stands without a number.
    pub(super) bare_reference: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            unit_hz: giga(1.0),
            kind: ParameterKind::Scattering,
            format: NumberFormat::MagnitudeAngle,
            references: vec![Complex64::new(50.0, 0.0)],
            bare_reference: false,
        }
    }
}

impl Options {
    /// Reads the text after the `#` of line number `line`.
    pub(super) fn parse(line: usize, text: &str) -> Result<Options, String> {
        let mut options = Options::default();
        let text = closed_up(text);
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            match word.to_ascii_uppercase().as_str() {
                "HZ" => options.unit_hz = 1.0,
                "KHZ" => options.unit_hz = kilo(1.0),
                "MHZ" => options.unit_hz = mega(1.0),
                "GHZ" => options.unit_hz = giga(1.0),
                "THZ" => options.unit_hz = tera(1.0),
                "S" => options.kind = ParameterKind::Scattering,
                "Y" => options.kind = ParameterKind::Admittance,
                "Z" => options.kind = ParameterKind::Impedance,
                "H" => options.kind = ParameterKind::Hybrid,
                "G" => options.kind = ParameterKind::InverseHybrid,
                "RI" => options.format = NumberFormat::RealImaginary,
                "MA" => options.format = NumberFormat::MagnitudeAngle,
                "DB" => options.format = NumberFormat::DecibelAngle,
                "R" => {
                    let mut references = Vec::new();
                    while let Some(ohm) = words.next_if(|word| {
                        word.starts_with(|c: char| c.is_ascii_digit() || "+-.(".contains(c))
                    }) {
                        references.push(reference(line, ohm)?);
                    }
                    if references.len() > PORTS_MAX {
                        return Err(format!(
                            "line {line}: `R` has {} reference impedances; must have one, or one for each port",
                            references.len()
                        ));
                    }
                    options.bare_reference = references.is_empty();
                    if !references.is_empty() {
                        options.references = references;
                    }
                }
                _ => {
                    let word = quoted(word);
                    return Err(format!(
                        "line {line}: `{word}`: must be an option line such as # GHz S RI R 50"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// A reference impedance, ohm: `50`, or complex as `(50+0j)`.
pub(super) fn reference(line: usize, word: &str) -> Result<Complex64, String> {
    let sound = |z: &Complex64| REFERENCE_OHM.contains(&z.re) && z.im.abs() <= *REFERENCE_OHM.end();
    let (least, most) = (REFERENCE_OHM.start(), REFERENCE_OHM.end());
    impedance(word).filter(sound).ok_or_else(|| {
        format!("line {line}: reference `{}`: must be from {least} to {most} ohm", quoted(word))
    })
}

/// A text without the blanks inside its parentheses.
pub(super) fn closed_up(text: &str) -> String {
    let mut depth = 0_usize;
    let kept = text.chars().filter(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 || !c.is_whitespace()
    });
    kept.collect()
}

/// The first letters of a word, for a message.
pub(super) fn quoted(word: &str) -> String {
    word.chars().take(40).flat_map(char::escape_debug).collect()
}

/// Elements of a matrix in the file, row by row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Triangle {
    #[default]
    Full,
    Lower,
    Upper,
}

impl Triangle {
    /// Pairs of numbers per frequency.
    pub(super) fn pairs(self, ports: usize) -> usize {
        if self == Triangle::Full { ports * ports } else { ports * (ports + 1) / 2 }
    }

    /// Row and column of every pair, in the order of the file; `transposed` when two ports stand as
    /// 11 21 12 22.
    pub(super) fn places(self, ports: usize, transposed: bool) -> Vec<(usize, usize)> {
        let row = |i: usize| match self {
            Triangle::Full => 0..ports,
            Triangle::Lower => 0..i + 1,
            Triangle::Upper => i..ports,
        };
        let place = |i: usize, j: usize| if transposed { (j, i) } else { (i, j) };
        (0..ports).flat_map(|i| row(i).map(move |j| place(i, j))).collect()
    }
}

/// A keyword of version 2, `[Name] rest`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Keyword<'a> {
    /// In lower case, single blanks between its words.
    pub(super) name: String,
    /// As written, for messages.
    pub(super) written: &'a str,
    pub(super) rest: &'a str,
}

impl<'a> Keyword<'a> {
    /// Reads a line that begins with `[`.
    pub(super) fn parse(line: usize, text: &'a str) -> Result<Self, String> {
        let (name, rest) = text[1..].split_once(']').ok_or_else(|| {
            format!("line {line}: `[`: must be closed, such as [Number of Ports] 4")
        })?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        Ok(Keyword { name, written: &text[..text.len() - rest.len()], rest: rest.trim() })
    }

    /// Its count.
    pub(super) fn count(&self, line: usize, most: usize) -> Result<usize, String> {
        let count = self.rest.parse::<usize>().ok().filter(|count| (1..=most).contains(count));
        count.ok_or_else(|| self.wrong(line, &format!("a whole number from 1 to {most}")))
    }

    /// Refusal of its value, with the expected one.
    pub(super) fn wrong(&self, line: usize, expected: &str) -> String {
        format!("line {line}: {} `{}`: must be {expected}", quoted(self.written), quoted(self.rest))
    }
}
