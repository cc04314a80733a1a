//! Files of waveforms: our own are captures, in every format.

use crate::cli::{Folder, good, refused};
use serde_json::Value;

/// A waveform that is exported is measured as it is, to the same figures in every format, and
/// drives a link again.
#[test]
fn what_is_exported_is_a_capture_in_every_format() {
    let folder = Folder::new("export-formats");
    let files = ["tp2.npy", "tp2.csv", "tp2.h5", "tp2.mat"];
    let small = ["--set", "lanes=1", "--symbols", "0", "--repeats", "8"];
    let pattern =
        ["--set", "pattern.kind=prbs9q", "--set", "simulation.block_symbols=511", "--json"];
    let exports = files.iter().flat_map(|file| ["--export", file]).collect::<Vec<_>>();
    good(&folder.run(&[&["run", "800gbase-dr8"], &small[..], &pattern, &exports].concat()));
    let measured = files.map(|file| -> Value {
        let flags = ["measure", file, "--symbol-rate-gbd", "53.125", "--json"];
        serde_json::from_str(&good(&folder.run(&flags))).unwrap()
    });
    let oma = |reading: &Value| reading["oma_dbm"].as_f64().unwrap();
    for (file, reading) in files.iter().zip(&measured) {
        assert!(oma(reading).is_finite() && reading["tdecq_db"].is_f64(), "{file}: {reading}");
        // text has times of four decimals
        assert!((oma(reading) - oma(&measured[0])).abs() < 2e-3, "{file}: {reading}");
        assert!(!reading["notes"].to_string().contains("variables"), "{file}");
        let waveform = format!("transmitter.waveform.file={file}");
        let set = ["run", "800gbase-dr8", "--symbols", "0", "--set", "lanes=1", "--set", &waveform];
        let text = good(&folder.run(&set));
        assert!(text.contains("waveform transmitter") && text.contains("prbs9q"), "{text}");
    }
    let lines = refused(&folder.run(&[
        "measure",
        "tp2.h5",
        "--symbol-rate-gbd",
        "53.125",
        "--column",
        "CH9",
    ]));
    assert!(lines[0].contains("has no variable CH9; must be one of 1 `power_mw`"), "{lines:?}");
}
