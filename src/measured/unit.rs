//! Units in the names of columns: one grammar for every text.
//!
//! A name's unit is the whole name (`GHz`), or what follows its last underscore, slash or blank
//! (`time_ps`, `P/mW`, `power uW`), or what stands in its last brackets (`Power [dBm]`), or a
//! function about it (`dB(S(2,1))`). Powers of ten are SI prefixes, in letters or words; case does
//! not matter, since no quantity here has both milli and mega.

/// A unit, with its size in the SI unit where it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    /// s.
    Second(f64),
    /// Hz.
    Hertz(f64),
    /// W.
    Watt(f64),
    /// V.
    Volt(f64),
    /// A.
    Ampere(f64),
    /// dBm.
    Dbm,
    /// Decibels, without a word on what they are of.
    Decibel,
    /// Decibels of an optical power, 10 log.
    OpticalDecibel,
    /// Decibels of an electrical power, 20 log of an amplitude.
    ElectricalDecibel,
    /// Hundredths.
    Percent,
    /// A ratio.
    One,
    /// Degrees.
    Degree,
    /// Radians.
    Radian,
    /// A/sqrt(Hz).
    AmpereRootHertz(f64),
    /// A^2/Hz.
    SquareAmpereHertz(f64),
    /// dB/Hz.
    DecibelHertz,
    /// 1/Hz.
    PerHertz,
    /// Codes of a converter.
    Count,
    /// The number of a sample.
    Index,
}

/// Powers of ten: letter, word, size.
const PREFIXES: [(&str, &str, f64); 10] = [
    ("", "", 1.0),
    ("f", "femto", 1e-15),
    ("p", "pico", 1e-12),
    ("n", "nano", 1e-9),
    ("u", "micro", 1e-6),
    ("m", "milli", 1e-3),
    ("k", "kilo", 1e3),
    ("m", "mega", 1e6),
    ("g", "giga", 1e9),
    ("t", "tera", 1e12),
];

/// Symbol and words of a unit that takes prefixes, the range of its prefixes, and the unit.
type Prefixed = (&'static str, &'static [&'static str], [f64; 2], fn(f64) -> Unit);

const PREFIXED: [Prefixed; 5] = [
    ("s", &["sec", "secs", "second", "seconds"], [1e-15, 1.0], Unit::Second),
    ("hz", &["hertz"], [1.0, 1e12], Unit::Hertz),
    ("w", &["watt", "watts"], [1e-12, 1.0], Unit::Watt),
    ("v", &["volt", "volts"], [1e-9, 1e3], Unit::Volt),
    ("a", &["amp", "amps", "ampere", "amperes"], [1e-15, 1.0], Unit::Ampere),
];

/// Units without prefixes.
const PLAIN: [(&[&str], Unit); 11] = [
    (&["dbm", "dbmw"], Unit::Dbm),
    (&["db", "decibel", "decibels"], Unit::Decibel),
    (&["dbo", "dbopt", "dbop"], Unit::OpticalDecibel),
    (&["dbe", "dbel", "db20"], Unit::ElectricalDecibel),
    (&["%", "percent", "pct"], Unit::Percent),
    (&["lin", "linear", "ratio", "mag", "abs", "norm"], Unit::One),
    (&["deg", "degs", "degree", "degrees", "\u{b0}"], Unit::Degree),
    (&["rad", "rads", "radian", "radians"], Unit::Radian),
    (&["db/hz", "dbc/hz", "dbhz^-1"], Unit::DecibelHertz),
    (&["1/hz", "/hz", "hz^-1"], Unit::PerHertz),
    (&["count", "counts", "code", "codes", "lsb", "lsbs", "adu"], Unit::Count),
];

/// Words for the number of a sample.
const INDEX: [&str; 8] = ["sequence", "index", "sample", "samples", "point", "points", "pts", "pt"];

/// Functions about a name, and the unit of their value.
const FUNCTIONS: [(&str, Option<Unit>); 16] = [
    ("db", Some(Unit::Decibel)),
    ("db20", Some(Unit::ElectricalDecibel)),
    ("dbm", Some(Unit::Dbm)),
    ("mag", Some(Unit::One)),
    ("abs", Some(Unit::One)),
    ("deg", Some(Unit::Degree)),
    ("ang_deg", Some(Unit::Degree)),
    ("cang_deg", Some(Unit::Degree)),
    ("rad", Some(Unit::Radian)),
    ("ang_rad", Some(Unit::Radian)),
    ("re", None),
    ("im", None),
    ("real", None),
    ("imag", None),
    ("phase", None),
    ("ang", None),
];

/// The unit that a whole word is.
pub(super) fn unit(word: &str) -> Option<Unit> {
    // the letter a is a name
    if word.trim() == "a" {
        return None;
    }
    let word: String = word
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '\u{b5}' | '\u{3bc}') { 'u' } else { c })
        .collect();
    let word = word.replace("_per_", "/");
    prefixed(&word)
        .or_else(|| PLAIN.iter().find(|(words, _)| words.contains(&word.as_str())).map(|p| p.1))
        .or_else(|| noise(&word))
        .or_else(|| INDEX.contains(&word.as_str()).then_some(Unit::Index))
}

/// A unit with an SI prefix, in lower case.
fn prefixed(word: &str) -> Option<Unit> {
    let of = |&(symbol, words, [least, most], unit): &Prefixed| {
        PREFIXES.iter().filter(|(_, _, size)| (least..=most).contains(size)).find_map(
            |(letter, prefix, size)| {
                let is = |prefix, of: &[&str]| {
                    word.strip_prefix(prefix).is_some_and(|rest| of.contains(&rest))
                };
                let found = is(*letter, &[symbol]) || is(*letter, words) || is(*prefix, words);
                found.then(|| unit(*size))
            },
        )
    };
    PREFIXED.iter().find_map(of)
}

/// A density of a current's noise.
fn noise(word: &str) -> Option<Unit> {
    const ROOTS: [&str; 10] = [
        "/sqrt(hz)",
        "/sqrthz",
        "/rthz",
        "/rt(hz)",
        "/roothz",
        "/\u{221a}hz",
        "/\u{221a}(hz)",
        "/hz^0.5",
        "/hz^(1/2)",
        "/hz^1/2",
    ];
    const SQUARES: [&str; 3] = ["^2/hz", "\u{b2}/hz", "2/hz"];
    let ampere = |of: &str| match prefixed(of) {
        Some(Unit::Ampere(size)) => Some(size),
        _ => None,
    };
    let ends = |ends: &[&str]| ends.iter().find_map(|end| word.strip_suffix(end)).and_then(ampere);
    ends(&ROOTS)
        .map(Unit::AmpereRootHertz)
        .or_else(|| ends(&SQUARES).map(|size| Unit::SquareAmpereHertz(size * size)))
}

/// The unit that a column's name ends in, or has in brackets.
///
/// # Errors
///
/// Text in brackets that is no unit.
pub(super) fn of_name(name: &str) -> Result<Option<Unit>, String> {
    let name = name.trim();
    if let Some(unit) = unit(name).or_else(|| after_separator(name)) {
        return Ok(Some(unit));
    }
    let Some((before, within)) = brackets(name) else { return Ok(None) };
    if let Some(found) = unit(within) {
        return Ok(Some(found));
    }
    let function = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
    let function = function.to_lowercase();
    if let Some((_, unit)) = FUNCTIONS.iter().find(|(known, _)| *known == function) {
        return Ok(*unit);
    }
    match within.trim() {
        "1" => Ok(Some(Unit::One)),
        "" => match before.trim() {
            "" => Ok(None),
            before => of_name(before),
        },
        // the number of a channel or of a port: CH2, S21, (2,1)
        text if is_label(text) => Ok(None),
        text => Err(text.to_owned()),
    }
}

/// True if a text in brackets is a number, or letters with their number, but not a number with a
/// unit.
fn is_label(text: &str) -> bool {
    let ends_in_unit = text.split_whitespace().last().is_some_and(|last| unit(last).is_some());
    text.contains(|c: char| c.is_ascii_digit()) && !ends_in_unit
}

/// The longest end of a name, after a blank, an underscore, a slash or a comma outside brackets,
/// that is a unit.
fn after_separator(name: &str) -> Option<Unit> {
    let mut depth = 0;
    for (at, c) in name.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ' ' | '_' | '/' | ',' if depth == 0 && at > 0 => {
                let rest = &name[at + 1..];
                // "Channel A" is a name, and so is "one sample"
                let is_name = c == ' ' && rest.eq_ignore_ascii_case("a");
                match unit(rest) {
                    Some(unit) if unit != Unit::Index && !is_name => return Some(unit),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    None
}

/// What stands before and within the brackets that close a name.
fn brackets(name: &str) -> Option<(&str, &str)> {
    let open = match name.chars().last()? {
        ')' => '(',
        ']' => '[',
        _ => return None,
    };
    let close = name.chars().last()?;
    let mut depth = 0;
    for (at, c) in name.char_indices().rev() {
        depth += i32::from(c == close) - i32::from(c == open);
        if depth == 0 {
            return Some((&name[..at], &name[at + 1..name.len() - 1]));
        }
    }
    None
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_unit_whole_at_its_end_in_brackets_or_as_a_function() {
        for (name, expected) in [
            ("GHz", Unit::Hertz(1e9)),
            ("second", Unit::Second(1.0)),
            ("Time (ns)", Unit::Second(1e-9)),
            ("time_ps", Unit::Second(1e-12)),
            ("in s", Unit::Second(1.0)),
            ("f/MHz", Unit::Hertz(1e6)),
            ("Freq [kilohertz]", Unit::Hertz(1e3)),
            ("power uW", Unit::Watt(1e-6)),
            ("p [\u{b5}W]", Unit::Watt(1e-6)),
            ("Channel #1 (\u{3bc}W)", Unit::Watt(1e-6)),
            ("1A (mW)", Unit::Watt(1e-3)),
            ("POWER (NW)", Unit::Watt(1e-9)),
            ("power (dBm)", Unit::Dbm),
            ("CH1 in V", Unit::Volt(1.0)),
            ("Ch1_mV", Unit::Volt(1e-3)),
            ("I_ph/uA", Unit::Ampere(1e-6)),
            ("S21(DB)", Unit::Decibel),
            ("dB(S(2,1)) []", Unit::Decibel),
            ("|S21|^2 (dBo)", Unit::OpticalDecibel),
            ("|S21| (1)", Unit::One),
            ("mag(S(2,1))", Unit::One),
            ("cang_deg(S(2,1)) [deg]", Unit::Degree),
            ("ang_rad(S(2,1))", Unit::Radian),
            ("Phase in rad", Unit::Radian),
            ("T (%)", Unit::Percent),
            ("noise (pA/sqrt(Hz))", Unit::AmpereRootHertz(1e-12)),
            ("noise / nA/\u{221a}Hz", Unit::AmpereRootHertz(1e-9)),
            ("noise_pA_per_rtHz", Unit::AmpereRootHertz(1e-12)),
            ("S (A^2/Hz)", Unit::SquareAmpereHertz(1.0)),
            ("S (pA\u{b2}/Hz)", Unit::SquareAmpereHertz(1e-24)),
            ("RIN (dBc/Hz)", Unit::DecibelHertz),
            ("RIN [1/Hz]", Unit::PerHertz),
            ("Sequence", Unit::Index),
            ("ADC (counts)", Unit::Count),
        ] {
            let found = of_name(name).unwrap().unwrap_or_else(|| panic!("{name}"));
            let same = match (found, expected) {
                (Unit::SquareAmpereHertz(a), Unit::SquareAmpereHertz(b)) => {
                    (a / b - 1.0).abs() < 1e-12
                }
                (a, b) => a == b,
            };
            assert!(same, "{name}: {found:?}");
        }
    }

    #[test]
    fn what_is_a_name_alone_has_no_unit_and_what_is_no_unit_is_an_error() {
        for name in [
            "a",
            "",
            "power",
            "Channel A",
            "CH 1",
            "S(2,1)",
            "|S21|",
            "re(S21)",
            "TDR (CH1)",
            "Mega",
            "x-axis",
            "phase",
            "level",
            "P0",
            "Volts/div",
        ] {
            assert_eq!(of_name(name), Ok(None), "{name}");
        }
        for (name, text) in [
            ("power (dBq)", "dBq"),
            ("P (10 mW)", "10 mW"),
            ("f (PHz)", "PHz"),
            ("CH1 (avg)", "avg"),
        ] {
            assert_eq!(of_name(name), Err(text.to_owned()), "{name}");
        }
    }
}
