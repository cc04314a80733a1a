//! Functions of the fuzz targets: one for each reader of files.
//!
//! Each takes the bytes of a file, reads them, uses the result as the program does, and asserts that
//! numbers are finite and messages short. It returns whether the bytes were accepted. `tests/corpus.rs`
//! replays the files of `fuzz/corpus/` through these functions; `.ci/campaign fuzz` searches for more.

use lightlane::host::{MixedMode, Network, PortMap};
use lightlane::link::LayeredConfig;
use lightlane::measured::{Capture, CaptureFormat, PowerUnit, Touchstone, npy};
use std::path::PathBuf;

/// Longest message of a reader, characters.
const LONGEST_MESSAGE: usize = 600;

/// Touchstone files (`.s2p`, `.s4p`, `.ts`), with the number of ports taken from the text or given by the name.
pub fn touchstone(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    [None, Some(1), Some(2), Some(3), Some(4), Some(8)]
        .map(|ports| network(text, ports))
        .contains(&true)
}

fn network(text: &str, ports: Option<usize>) -> bool {
    let file = match Touchstone::parse(text, ports) {
        Ok(file) => file,
        Err(message) => return refused(&message),
    };
    assert_eq!(file.lines().len(), file.f_hz().len());
    let network = Network::from(file);
    let quality = network.quality();
    assert!(quality.largest_singular_value.is_finite(), "{quality:?}");
    assert!((0.0..=100.0).contains(&quality.causality_percent), "{quality:?}");
    let _ = (
        quality.warnings(),
        PortMap::guess(&network),
        network.renormalised(&vec![75.0; network.ports()]),
    );
    let whole = network.completed().network;
    assert!(
        whole.f_hz()[0] == 0.0 && (0..whole.f_hz().len()).all(|k| whole.at(k, 1, 1).is_finite())
    );
    let Ok(mixed) = MixedMode::of(&whole, &"1-2/3-4".parse().expect("a port map")) else {
        return true;
    };
    let two = mixed.differential();
    if let Ok(transfer) = two.then(&two).and_then(|twice| twice.voltage_transfer(90.0, 110.0)) {
        let _ = (transfer.table(0), transfer.early_percent(), transfer.pulse(53.125e9));
    }
    true
}

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

fn captured(extension: &str, bytes: &[u8]) -> bool {
    let file = Scratch::new(extension, bytes);
    let read =
        |unit| match Capture::open(file.path(), &CaptureFormat { unit, ..Default::default() }) {
            Ok(opened) => {
                let capture = opened.capture;
                assert!(capture.power_w.iter().all(|power| power.is_finite()), "{unit:?}");
                assert!(
                    capture.interval_s.is_none_or(|step| step.is_finite() && step > 0.0),
                    "{:?}",
                    capture.interval_s
                );
                true
            }
            Err(message) => refused(&message),
        };
    [PowerUnit::Header, PowerUnit::W, PowerUnit::Uw, PowerUnit::Dbm, PowerUnit::Linear]
        .map(read)
        .contains(&true)
}

/// Descriptions of a link in TOML, merged with the preset that they name.
pub fn description(bytes: &[u8]) -> bool {
    let file = Scratch::new("toml", bytes);
    match LayeredConfig::open(file.path()).and_then(|stack| stack.resolve()) {
        Ok(resolved) => {
            assert!(
                resolved.lanes.len() == resolved.base.lanes && resolved.hash.len() == 16,
                "{}",
                resolved.hash
            );
            true
        }
        Err(error) => {
            let message = error.to_string();
            assert!(
                !message.is_empty() && message.lines().all(|line| !line.is_empty()),
                "{message:?}"
            );
            false
        }
    }
}

/// Checks the message of a refusal: one line, not long.
fn refused(message: &str) -> bool {
    assert!(
        !message.is_empty() && message.chars().count() < LONGEST_MESSAGE && !message.contains('\n'),
        "{message:?}"
    );
    false
}

/// A file for readers that take a path, one for each thread.
struct Scratch(PathBuf);

impl Scratch {
    fn new(extension: &str, bytes: &[u8]) -> Self {
        let name = format!(
            "lightlane-fuzz-{}-{:?}.{extension}",
            std::process::id(),
            std::thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("the temporary folder is writable");
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the temporary folder has a name in UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
