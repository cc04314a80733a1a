//! Files of parts: tables of responses, curves and spectra, and patterns of levels.

use super::common::{Scratch, noted, refused};
use lightlane::error::{KeyPath, Problems};
use lightlane::measured::{
    Candidate, Convention, FileReader, Library, Response, ResponseDomain, SParameter, SeriesKind,
    TransmissionUnit,
};
use lightlane::pattern::{Pattern, PatternKind, precode, unprecode};
use lightlane::seed::Seed;

/// Meanings of two columns.
const SERIES: [SeriesKind; 9] = [
    SeriesKind::Transmission(TransmissionUnit::Db),
    SeriesKind::Transmission(TransmissionUnit::Linear),
    SeriesKind::DriveTransmission(TransmissionUnit::Db),
    SeriesKind::DriveTransmission(TransmissionUnit::Linear),
    SeriesKind::Drive,
    SeriesKind::Light,
    SeriesKind::Compression,
    SeriesKind::Rin,
    SeriesKind::CurrentNoise,
];

/// Tables of a part in every meaning that a description can give them: responses as text and as
/// Touchstone files, curves, spectra of noise.
pub fn tables(bytes: &[u8]) -> bool {
    let (text, two_ports) = (Scratch::new("csv", bytes), Scratch::new("s2p", bytes));
    let curves = SERIES.map(|kind| curve(text.path(), kind));
    let response = |file: &Scratch, convention, ports, domain| {
        self::response(&Response { file: file.path().to_owned(), convention, ports }, domain)
    };
    let responses = [
        response(&text, Convention::Amplitude, SParameter::S21, ResponseDomain::Electrical),
        response(&text, Convention::Power, SParameter::S21, ResponseDomain::Optical),
        response(&two_ports, Convention::Amplitude, SParameter::S21, ResponseDomain::Electrical),
        response(&two_ports, Convention::Amplitude, SParameter::S12, ResponseDomain::Optical),
    ];
    curves.contains(&true) || responses.contains(&true)
}

fn response(response: &Response, domain: ResponseDomain) -> bool {
    let at = KeyPath::root().key("response");
    let Some(table) = read(|reader| reader.response(&at, response, domain)) else { return false };
    let ends_hz = table.ends_hz();
    for f_hz in [0.0, 0.3 * ends_hz, -0.7 * ends_hz, ends_hz, 2.0 * ends_hz, 1e12] {
        assert!(table.at(f_hz).is_finite(), "{f_hz}: {}", table.at(f_hz));
    }
    true
}

fn curve(file: &str, kind: SeriesKind) -> bool {
    let at = KeyPath::root().key("part");
    let Some(curve) = read(|reader| reader.curve(&at, "file", file, kind)) else { return false };
    let (first, last) = (curve.first(), curve.last());
    let inside = (0..=32).map(|i| first + (last - first) * f64::from(i) / 32.0);
    for x in inside.chain([f64::MIN, 0.0, f64::MAX]) {
        assert!(curve.at(x).is_finite(), "{kind:?} at {x}: {}", curve.at(x));
    }
    true
}

/// Reads one file, and checks what is said of it.
fn read<T>(of: impl FnOnce(&mut FileReader<'_>) -> Option<T>) -> Option<T> {
    let (library, mut problems) = (Library::default(), Problems::new());
    let mut reader = FileReader::new(&library, &mut problems);
    let found = of(&mut reader);
    let files = reader.finish();
    problems.iter().for_each(|problem| _ = refused(&problem.to_string()));
    assert_eq!((found.is_some(), found.is_some()), (files.len() == 1, problems.is_empty()));
    files.iter().for_each(|file| noted(&file.notes));
    found
}

/// Patterns: texts of levels.
pub fn pattern(bytes: &[u8]) -> bool {
    let file = Scratch::new("txt", bytes);
    let (kind, file) = (PatternKind::File, file.path().to_owned());
    let pattern = Pattern { kind, file, precoder: false };
    let mut problems = Problems::new();
    pattern.check(&KeyPath::root().key("pattern"), &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let source = match pattern.build() {
        Ok(source) => source,
        Err(message) => return refused(&message),
    };
    let sent = digits(bytes);
    assert_eq!(source.period(), Some(sent.len() as u64));
    let mut levels = vec![9; 2 * sent.len() + 1];
    source.fill(0, Seed::new(1), &mut levels);
    assert!(levels.iter().zip(sent.iter().cycle()).all(|(a, b)| a == b), "{levels:?}");
    let period = levels.clone();
    precode(&mut levels, 3);
    unprecode(&mut levels, 3);
    assert_eq!(levels, period);
    match Candidate::all_of(&pattern) {
        Ok(candidates) => assert!(candidates.len() == 1 && candidates[0].levels == sent),
        Err(message) => _ = refused(&message),
    }
    true
}

/// The digits of a text outside its comments, as levels.
fn digits(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|&byte| byte == b'\n');
    let code = lines.flat_map(|line| line.split(|&byte| byte == b'#').next());
    code.flatten().filter(|byte| byte.is_ascii_digit()).map(|digit| digit - b'0').collect()
}
