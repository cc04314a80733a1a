//! Captures as instruments write them: every form of one waveform measures the same.

use crate::cli::{Folder, good, refused};
use lightlane::measure::scope::Reading;
use lightlane::measure::tdecq::filtered;
use lightlane::measured::npy;
use lightlane::pattern::{Pattern, PatternKind, gray};
use lightlane::seed::Seed;
use std::fmt::Write;
use std::sync::OnceLock;

const RATE_GBD: &str = "53.125";
/// Time between samples, four in a symbol of 53.125 GBd.
const STEP_S: f64 = 1.0 / (4.0 * 53.125e9);

fn pattern(kind: PatternKind) -> Vec<u8> {
    let source = Pattern { kind, ..Pattern::default() }.build().unwrap();
    let mut levels = vec![0; source.period().unwrap() as usize];
    source.fill(0, Seed::new(0), &mut levels);
    levels
}

/// 0.5 to 1.5 mW, filtered to 0.6 of the symbol rate, four samples a symbol.
fn modulated(levels: &[u8]) -> Vec<f64> {
    let rectangular: Vec<f32> =
        levels.iter().flat_map(|&level| [0.5 + f32::from(level) / 3.0; 16]).collect();
    filtered(&rectangular, 16, 0.6).iter().step_by(4).map(|&y| f64::from(y)).collect()
}

/// PRBS13Q, mW.
fn power() -> &'static [f64] {
    static POWER: OnceLock<Vec<f64>> = OnceLock::new();
    POWER.get_or_init(|| modulated(&pattern(PatternKind::Prbs13q)))
}

fn read(folder: &Folder, arguments: &[&str]) -> Reading {
    let flags = ["--symbol-rate-gbd", RATE_GBD, "--json"];
    let text = good(&folder.run(&[&["measure"][..], arguments, &flags].concat()));
    serde_json::from_str(&text).expect("a reading")
}

/// Lines of the waveform after a header.
fn lines(header: &str, line: impl Fn(usize, f64) -> String) -> Vec<u8> {
    let mut text = header.to_owned();
    power().iter().enumerate().for_each(|(i, &mw)| writeln!(text, "{}", line(i, mw)).unwrap());
    text.into_bytes()
}

/// Time and a voltage of 0.1 V/mW.
fn volts(mark: &str) -> impl Fn(usize, f64) -> String {
    move |i, mw| format!("{:.12e}{mark}{:.6}", STEP_S * i as f64, 0.1 * mw)
}

fn plain() -> &'static Reading {
    static PLAIN: OnceLock<Reading> = OnceLock::new();
    PLAIN.get_or_init(|| {
        let folder = Folder::new("instruments-plain");
        folder.write(
            "a.csv",
            lines("time (s),power (mW)\n", |i, mw| format!("{:.12e},{mw:.6}", STEP_S * i as f64)),
        );
        read(&folder, &["a.csv"])
    })
}

/// The files are rounded to 1e-6 or 1e-5 mW: 1e-5 of the amplitude, and the times to 1e-4 of a
/// sample. 0.01 dB of TDECQ are 0.2 % of the eye.
fn assert_plain(found: &Reading, at: &str) {
    let (tdecq, expected) = (found.tdecq_db.expect(at), plain().tdecq_db.unwrap());
    assert!((tdecq - expected).abs() < 0.01, "{at}: TDECQ {tdecq} where {expected}");
    let oma_mw = found.oma_mw.or(found.oma_v.map(|volt| 10.0 * volt)).expect(at);
    let expected = plain().oma_mw.unwrap();
    assert!((oma_mw / expected - 1.0).abs() < 1e-3, "{at}: OMA {oma_mw} where {expected}");
    assert_eq!((found.pattern.as_str(), found.symbols), ("prbs13q", 8191), "{at}");
}

/// Settled runs: 1 mW of the levels to 1e-3.
#[test]
fn the_plain_form_has_its_own_amplitude() {
    let oma_mw = plain().oma_mw.unwrap();
    assert!((oma_mw - 1.0).abs() < 1e-3, "{oma_mw}");
}

#[test]
fn every_unit_of_power_and_time_measures_the_same() {
    let folder = Folder::new("instruments-units");
    let at = |header: &str, time: f64, power: &dyn Fn(f64) -> f64| {
        folder.write(
            "a.csv",
            lines(&format!("{header}\n"), |i, mw| {
                format!("{:.10e},{:.9e}", time * STEP_S * i as f64, power(mw))
            }),
        );
        assert_plain(&read(&folder, &["a.csv"]), header);
    };
    at("time (s),power (dBm)", 1.0, &|mw| 10.0 * mw.log10());
    at("time (s),power (nW)", 1.0, &|mw| 1e6 * mw);
    at("Zeit [ps],P [pW]", 1e12, &|mw| 1e9 * mw);
    at("time (fs),Channel #1 (uW)", 1e15, &|mw| 1e3 * mw);
    at("Time (s),1A (W)", 1.0, &|mw| 1e-3 * mw);
    at("in ns,C1 in milliwatt", 1e9, &|mw| mw);
    at("microseconds,volts", 1e6, &|mw| 0.1 * mw);
}

/// Preambles, rows of units, increments in place of times, keys beside the numbers.
#[test]
fn the_forms_of_oscilloscopes_measure_the_same() {
    let folder = Folder::new("instruments-forms");
    let values = |_: usize, mw: f64| format!("{:.6}", 0.1 * mw);
    let forms: [(&str, Vec<u8>); 12] = [
        (
            "keys, names",
            lines(
                &format!(
                    "Model,X1\nFirmware,1.0\nSample Interval,{STEP_S:e}\nVertical Units,V,\n\nTIME,CH1\n"
                ),
                volts(","),
            ),
        ),
        ("names, units", lines("x-axis,1\nsecond,Volt\n", volts(","))),
        (
            "keys of channels",
            lines(
                &format!(
                    "Record Length,Analog:32764\nSample Interval,Analog:{STEP_S:e}\nVertical Units,CH1:V\nSource,CH1\nSecond,Value\n"
                ),
                volts(","),
            ),
        ),
        (
            "units in brackets",
            lines("Time;Channel A\n(ns);(mV)\n\n", |i, mw| {
                format!("{:.9};{:.4}", 1e9 * STEP_S * i as f64, 100.0 * mw)
            }),
        ),
        ("trailing mark", lines("time (s),CH1 (V),\n", |i, mw| volts(",")(i, mw) + ",")),
        (
            "increment",
            lines(&format!("X,CH1,Start,Increment,\nSequence,Volt,0.0,{STEP_S:e},\n"), |i, mw| {
                format!("{i},{:.6},,,", 0.1 * mw)
            }),
        ),
        (
            "values alone below colons",
            lines(
                &format!(
                    "Type:  raw\nPoints:  32764\nXInc:  {STEP_S:E}\nXOrg:  -1.0E-08\nX Units:  second\nY Units:  Volt\nDate:  11 JAN 2024\nData:\n"
                ),
                values,
            ),
        ),
        (
            "a rate of samples",
            lines(&format!("SampleRate = {} GHz\nVUnit = V\n", 4.0 * 53.125), values),
        ),
        (
            "segments",
            lines(
                "MAKER1,2345,Waveform\nSegments,1,SegmentSize,32764\nSegment,TrigTime,TimeSinceSegment1\n#1,05-Feb-2024 10:44:12,0\nTime,Ampl (V)\n",
                volts(","),
            ),
        ),
        (
            "keys beside the numbers",
            lines("", |i, mw| {
                let key = match i {
                    0 => "Record Length,32764,Points".to_owned(),
                    1 => format!("Sample Interval,{STEP_S:e},s"),
                    4 => "Vertical Units,V,".to_owned(),
                    5 => "Note,,".to_owned(),
                    _ => ",,".to_owned(),
                };
                format!("{key},{}", volts(",")(i, mw))
            }),
        ),
        ("quoted", lines("\"Time (s)\",\"Ch 1 (V)\"\r\n", |i, mw| volts(",")(i, mw) + "\r")),
        (
            "wide letters",
            String::from_utf8(lines("\u{feff}time (s)\tpower (\u{b5}W)\n", |i, mw| {
                format!("{:.12e}\t{:.3}", STEP_S * i as f64, 1e3 * mw)
            }))
            .unwrap()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        ),
    ];
    for (form, bytes) in forms {
        folder.write("a.csv", bytes);
        assert_plain(&read(&folder, &["a.csv"]), form);
    }
    // one byte a letter, as instruments with old systems write it
    let mut latin = b"Zeit (s),Leistung (\xb5W)\n".to_vec();
    latin.extend(lines("", |i, mw| format!("{:.12e},{:.3}", STEP_S * i as f64, 1e3 * mw)));
    folder.write("a.csv", latin);
    assert_plain(&read(&folder, &["a.csv"]), "Latin-1");
}

/// The first of two channels with a note, or the one that is named: half as large.
#[test]
fn a_channel_is_chosen_by_name_or_number() {
    let folder = Folder::new("instruments-channels");
    folder.write(
        "two.csv",
        lines("time (s),CH1 (V),CH2 (V)\n", |i, mw| {
            format!("{},{:.6}", volts(",")(i, mw), 0.05 * mw)
        }),
    );
    let first = read(&folder, &["two.csv"]);
    assert_plain(&first, "the first");
    assert!(first.notes.iter().any(|note| note.contains("has 2 channels")), "{:?}", first.notes);
    for column in ["CH2", "ch2 (V)", "3"] {
        let second = read(&folder, &["two.csv", "--column", column]);
        let oma_v = second.oma_v.unwrap();
        assert!((oma_v - 0.05).abs() < 1e-4, "{column}: {oma_v}");
        assert!(!second.notes.iter().any(|note| note.contains("channels")));
    }
    let lines = refused(&folder.run(&[
        "measure",
        "two.csv",
        "--symbol-rate-gbd",
        RATE_GBD,
        "--column",
        "CH3",
    ]));
    assert!(
        lines[0]
            .contains("has no channel CH3; must be one of its columns 2 `CH1 (V)`, 3 `CH2 (V)`"),
        "{lines:?}"
    );
}

/// Six digits after a trigger delay of 1 us, 10 ps; double precision after 100 us.
#[test]
fn rounded_and_late_times_are_those_of_the_samples() {
    let folder = Folder::new("instruments-late");
    folder.write(
        "a.csv",
        lines("time (s),power (mW)\n", |i, mw| format!("{:.5e},{mw:.6}", 1e-6 + STEP_S * i as f64)),
    );
    assert_plain(&read(&folder, &["a.csv"]), "six digits");
    for delay_s in [1e-5, 1e-4] {
        let header = format!(
            "{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, 2), }}\n",
            power().len()
        );
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        for (i, mw) in power().iter().enumerate() {
            bytes.extend((delay_s + STEP_S * i as f64).to_le_bytes());
            bytes.extend(mw.to_le_bytes());
        }
        folder.write("a.npy", bytes);
        assert_plain(&read(&folder, &["a.npy"]), "double precision");
    }
}

/// What the sent levels are is found and said; the eye is that of the pattern itself.
#[test]
fn codings_of_bits_are_found_and_said() {
    let folder = Folder::new("instruments-coding");
    let binary = |level: u8| {
        let (first, second) = gray::bits(level);
        u8::from(first) << 1 | u8::from(second)
    };
    let inverted = |level: u8| {
        let (first, second) = gray::bits(level);
        gray::level(!first, !second)
    };
    type Sent<'a> = (&'a str, &'a dyn Fn(u8) -> u8, [bool; 3]);
    let cases: [Sent<'_>; 3] = [
        ("binary instead of Gray code", &binary, [false, false, true]),
        ("bits inverted", &inverted, [false, true, false]),
        ("inverted", &|level| 3 - level, [false, false, false]),
    ];
    for (words, sent, coding) in cases {
        let levels: Vec<u8> = pattern(PatternKind::Prbs13q).into_iter().map(sent).collect();
        let wave: Vec<f32> = modulated(&levels).iter().map(|&y| y as f32).collect();
        folder.write("a.npy", npy::write(&wave));
        let found = read(&folder, &["a.npy"]);
        assert_plain(&found, words);
        assert_eq!(
            [found.bits_swapped, found.bits_inverted, found.binary_coded],
            coding,
            "{words}"
        );
        assert!(found.found.ends_with(words), "{}", found.found);
    }
}

/// The levels of a code that no two bits make correlate to 0.8 with the pattern.
#[test]
fn a_pattern_whose_levels_do_not_ascend_is_refused() {
    let folder = Folder::new("instruments-unlike");
    let levels: Vec<u8> =
        pattern(PatternKind::Prbs13q).into_iter().map(|l| [0, 2, 1, 3][usize::from(l)]).collect();
    let wave: Vec<f32> = modulated(&levels).iter().map(|&y| y as f32).collect();
    folder.write("a.npy", npy::write(&wave));
    let lines = refused(&folder.run(&["measure", "a.npy", "--symbol-rate-gbd", RATE_GBD]));
    assert!(lines[0].contains("its levels do not ascend"), "{lines:?}");
}

/// Other patterns: named, and their outer levels from the longest runs that there are, 3 % low at
/// most at this bandwidth, or as they are given.
#[test]
fn any_short_pattern_is_found_and_measured() {
    let folder = Folder::new("instruments-patterns");
    for (kind, name) in [
        (PatternKind::Prbs9q, "prbs9q"),
        (PatternKind::Prbs11q, "prbs11q"),
        (PatternKind::Prbs15q, "prbs15q"),
        (PatternKind::Ssprq, "ssprq"),
    ] {
        let wave: Vec<f32> = modulated(&pattern(kind)).iter().map(|&y| y as f32).collect();
        folder.write("a.npy", npy::write(&wave));
        let found = read(&folder, &["a.npy"]);
        assert_eq!(found.pattern, name);
        let oma_mw = found.oma_mw.unwrap();
        assert!((oma_mw - 1.0).abs() < 0.03, "{name}: {oma_mw}");
        assert!((found.tdecq_db.unwrap() - plain().tdecq_db.unwrap()).abs() < 0.3, "{name}");
        let is_marked = found.notes.iter().any(|note| note.contains("the longest of this pattern"));
        assert_eq!(is_marked, name == "prbs9q" || name == "prbs11q", "{name}: {:?}", found.notes);
        let table = good(&folder.run(&["measure", "a.npy", "--symbol-rate-gbd", RATE_GBD]));
        assert_eq!(table.contains("mW of the longest runs"), is_marked, "{table}");
    }
    let wave: Vec<f32> =
        modulated(&pattern(PatternKind::Prbs9q)).iter().map(|&y| y as f32).collect();
    folder.write("a.npy", npy::write(&wave));
    for (flags, oma_mw, er_db) in [
        (["--oma", "1.2"], 1.2, 10.0 * (1.6f64 / 0.4).log10()),
        (["--levels", "0.5,1.5"], 1.0, 10.0 * 3f64.log10()),
    ] {
        let found = read(&folder, &[&["a.npy"][..], &flags].concat());
        assert!((found.oma_mw.unwrap() - oma_mw).abs() < 1e-9, "{flags:?}");
        assert!((found.er_db.unwrap() - er_db).abs() < 0.1, "{flags:?}: {:?}", found.er_db);
        assert!(found.notes.iter().any(|note| note.contains("as given")));
    }
}

/// A rectangular pattern with an echo near half its main a symbol later: a PAM4 signal still.
#[test]
fn an_echo_of_half_the_signal_is_no_wandering_clock() {
    let folder = Folder::new("instruments-echo");
    let levels = pattern(PatternKind::Prbs13q);
    for echo in [0.44, 0.46, 0.5, 0.54, 0.56] {
        let n = levels.len();
        let at = |k: usize| f64::from(levels[k % n]) + echo * f64::from(levels[(k + n - 1) % n]);
        let wave: Vec<f32> = (0..3 * n).flat_map(|k| [(0.5 + at(k)) as f32; 4]).collect();
        folder.write("a.npy", npy::write(&wave));
        let found = read(&folder, &["a.npy", "--receiver", "none"]);
        assert_eq!(found.periods, 3, "{echo}");
        assert!(found.off_ppm.abs() < 1.0, "{echo}: {}", found.off_ppm);
    }
}

#[test]
fn a_unit_that_is_not_understood_or_not_plausible_is_said() {
    let folder = Folder::new("instruments-refused");
    for (header, expected) in [
        ("time (s),power (dBq)", "the unit `dBq` is not understood; must be W, mW, uW, nW, dBm, V"),
        ("time (s),I (mA)", "is another quantity; its unit must be W"),
        ("time (s),ADC (counts)", "is another quantity; its unit must be W"),
        ("f (GHz),power (mW)", "is another quantity; its unit must be s, ms, us, ns"),
    ] {
        folder.write(
            "a.csv",
            lines(&format!("{header}\n"), |i, mw| format!("{:.12e},{mw:.6}", STEP_S * i as f64)),
        );
        let lines = refused(&folder.run(&["measure", "a.csv", "--symbol-rate-gbd", RATE_GBD]));
        assert!(lines.len() == 1 && lines[0].contains(expected), "{header}: {lines:?}");
    }
    // in W without a header: read in mW, as the manual says, with a doubt
    folder
        .write("a.csv", lines("", |i, mw| format!("{:.12e},{:.9e}", STEP_S * i as f64, 1e-3 * mw)));
    let doubted = read(&folder, &["a.csv"]);
    assert!(doubted.notes[0].contains("average of -30.0 dBm: is it in W"), "{:?}", doubted.notes);
    assert_plain(&read(&folder, &["a.csv", "--unit", "w"]), "the unit given");
}
