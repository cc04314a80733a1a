//! Captured waveforms: files of samples, and the search for a pattern in them.

use super::common::{Numbers, Scratch, noted, refused};
use lightlane::measured::{
    Candidate, Capture, CaptureFormat, Located, Periods, PowerUnit, Residual, locate, npy,
};
use lightlane::pattern::{Pattern, PatternKind};

/// Symbol rate of the captures that a pattern is looked for in, Hz.
const SYMBOL_RATE_HZ: f64 = 53.125e9;
/// Most periods of a capture that is made of the pattern.
const PERIODS_MAX: usize = 3;

/// Captured waveforms in columns of text, in every unit that a description can name.
pub fn columns(bytes: &[u8]) -> bool {
    captured("csv", bytes)
}

/// NumPy arrays, by themselves and as captured waveforms.
pub fn npy(bytes: &[u8]) -> bool {
    match npy::read(bytes) {
        Ok(array) => assert!(
            array.columns > 0 && array.values.len().is_multiple_of(array.columns),
            "{}",
            array.columns
        ),
        Err(message) => _ = refused(&message),
    }
    captured("npy", bytes)
}

/// HDF5 files, which MATLAB 7.3 files are too, as captured waveforms.
#[cfg(feature = "hdf5")]
pub fn hdf5(bytes: &[u8]) -> bool {
    captured("h5", bytes)
}

fn captured(extension: &str, bytes: &[u8]) -> bool {
    let file = Scratch::new(extension, bytes);
    let read = |unit| {
        let format = CaptureFormat { unit, ..Default::default() };
        match Capture::open(file.path(), &format) {
            Ok(opened) => {
                let capture = opened.capture;
                assert!(capture.power_w.iter().all(|power| power.is_finite()), "{unit:?}");
                assert!(
                    capture.interval_s.is_none_or(|step| step.is_finite() && step > 0.0),
                    "{:?}",
                    capture.interval_s
                );
                noted(&opened.notes);
                true
            }
            Err(message) => refused(&message),
        }
    };
    [PowerUnit::Header, PowerUnit::W, PowerUnit::Uw, PowerUnit::Dbm, PowerUnit::Linear]
        .map(read)
        .contains(&true)
}

/// Samples in which a pattern is looked for: bytes as they are, or added to a waveform of PRBS9Q.
///
/// The first bytes are what is made of the others: the kind, samples per symbol, first symbol,
/// length, interval, size.
pub fn locator(bytes: &[u8]) -> bool {
    let mut numbers = Numbers::new(bytes);
    let kind = numbers.byte();
    let samples_per_symbol = 1.0 + f64::from(numbers.byte()) / 32.0;
    let first = numbers.word();
    let length = numbers.word();
    let off_ppm = f64::from(numbers.fraction()) * 2000.0;
    let size = numbers.magnitude();
    let prbs9q = Pattern { kind: PatternKind::Prbs9q, ..Pattern::default() };
    let candidates = Candidate::all_of(&prbs9q).expect("a short pattern");
    let levels = &candidates[0].levels;
    let samples = if kind & 1 == 0 {
        added(numbers.rest(), kind, samples_per_symbol, [first, length], levels)
    } else {
        numbers.rest().iter().map(|&byte| f64::from(byte)).collect()
    };
    let power_w: Vec<f32> = samples.iter().map(|x| (x * size) as f32).collect();
    // as of a file: finite, and not constant
    if power_w.iter().any(|x| !x.is_finite()) || power_w.iter().all(|&x| x == power_w[0]) {
        return false;
    }
    let exact_s = 1.0 / (samples_per_symbol * SYMBOL_RATE_HZ);
    let interval_s = (kind & 2 == 0).then_some(exact_s * (1.0 + 1e-6 * off_ppm));
    let capture = Capture { power_w, interval_s };
    match locate(&capture, SYMBOL_RATE_HZ, &candidates) {
        Ok(located) => {
            cut(&capture, &located, levels);
            true
        }
        Err(message) => refused(&message),
    }
}

/// A waveform of the pattern from a symbol on, with bytes added to its samples.
fn added(
    bytes: &[u8],
    kind: u8,
    samples_per_symbol: f64,
    [first, length]: [u16; 2],
    levels: &[u8],
) -> Vec<f64> {
    let (inverted, swapped) = (kind & 4 != 0, kind & 8 != 0);
    let level = |symbol: usize| {
        let level = levels[(usize::from(first) + symbol) % levels.len()];
        let level = if swapped { [0, 3, 2, 1][usize::from(level)] } else { level };
        f64::from(if inverted { 3 - level } else { level })
    };
    let longest = (PERIODS_MAX * levels.len()) as f64 * samples_per_symbol;
    let count = usize::from(length) % (longest as usize + 1);
    let noise = |i: usize| {
        let byte = if bytes.is_empty() { 0 } else { bytes[i % bytes.len()] };
        f64::from(byte as i8) / 16.0
    };
    (0..count).map(|i| level((i as f64 / samples_per_symbol) as usize) + 4.0 + noise(i)).collect()
}

fn cut(capture: &Capture, located: &Located, levels: &[u8]) {
    assert!(located.levels.len() == levels.len() && located.levels.iter().all(|&l| l < 4));
    assert!(
        located.samples_per_symbol.is_finite()
            && located.samples_per_symbol > 1.9
            && (0.0..1.0).contains(&located.delay_ui)
            && located.off_ppm.abs() <= 1000.0
            && (0.0..=1.001).contains(&located.correlation),
        "{located:?}"
    );
    let periods = match Periods::cut(capture, located, 4) {
        Ok(periods) => periods,
        Err(message) => {
            refused(&message);
            return;
        }
    };
    assert!(!periods.power.is_empty() && periods.levels.len() == levels.len());
    noted(&[located.found(periods.power.len())]);
    for power in periods.power.iter().chain([&periods.mean]) {
        assert!(power.len() == 4 * levels.len() && power.iter().all(|x| x.is_finite()));
    }
    let residual = Residual::of(&periods, 4.0 * SYMBOL_RATE_HZ, 0.0);
    assert_eq!(residual.is_some(), periods.power.len() > 1);
    if let Some(residual) = residual {
        let parts = [residual.added_rms, residual.relative_rms];
        assert!(parts.iter().all(|part| part.is_finite() && *part >= 0.0), "{parts:?}");
    }
}
