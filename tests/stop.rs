//! Commands that are stopped, outputs that are full, names that are no text.
#![cfg(unix)]

use crate::cli::{Folder, SMALL, good, refused};
use crate::support::interrupt;
use std::process::{Command, Output, Stdio};

fn start(folder: &Folder, arguments: &[&str]) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(arguments)
        .current_dir(&folder.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Minutes of work each: whatever a command is at, it ends with exit code 3 and without a panic.
#[test]
fn every_command_that_is_stopped_says_so_by_its_exit_code() {
    let folder = Folder::new("stop");
    folder.write(
        "long.toml",
        "preset = '800gbase-dr8'\nsimulation.symbols = 10_000_000_000\n[targets]\nloss_margin_db = [0, 30]\n",
    );
    let long = ["800gbase-dr8", "--symbols", "10G"];
    let many = ["--axis", "fibre.length_km=0:2:90000lin", "--symbols", "0", "--out", "a.csv"];
    for arguments in [
        &[&["run"][..], &long].concat()[..],
        &[&["run", "--spec", "--worst-compliant"][..], &long].concat(),
        &[&["run", "--set", "module.kind=lpo", "--json"][..], &long].concat(),
        &[&["srs"][..], &long].concat(),
        &[&["compare", "--vary", "fibre.length_km=0,1"][..], &long].concat(),
        &[&["sweep", "800gbase-dr8"][..], &many].concat(),
        &["explain", "1.6tbase-dr8", "--lane", "all", "--set", "simulation.block_symbols=32768"],
        &["check", "long.toml"],
        &["eye", "800gbase-dr8", "--at", "slicer", "--out", "e.png", "--symbols", "100M"],
        &["fec", "--ber", "1e-4:3e-4:9", "--codewords", "100M"],
        &["bench", "--seconds", "60"],
    ] {
        let mut child = start(&folder, arguments);
        interrupt(&mut child);
        let output = child.wait_with_output().unwrap();
        let text = said(&output);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{arguments:?}: {text}");
        assert!(!folder.0.join("e.png").exists());
    }
}

/// A disk that is full is no wrong input, wherever it is written.
#[test]
fn a_full_disk_is_exit_code_3_on_every_path() {
    if std::fs::File::options().write(true).open("/dev/full").is_err() {
        return; // no such device
    }
    let folder = Folder::new("full");
    for name in ["full.csv", "full.jsonl", "tp2.npy", "tp2.csv"] {
        std::os::unix::fs::symlink("/dev/full", folder.0.join(name)).unwrap();
    }
    let run = [&["run", "800gbase-dr8"][..], &SMALL].concat();
    let axis = ["--axis", "fibre.length_km=0,1"];
    let sweep = [&["sweep", "800gbase-dr8"][..], &SMALL, &axis].concat();
    let fec = ["fec", "--ber", "1e-3", "--codewords", "0"];
    for arguments in [
        &[&run[..], &["--export", "tp2.npy"]].concat()[..],
        &[&run[..], &["--export", "tp2.csv"]].concat(),
        &[&sweep[..], &["--out", "full.csv"]].concat(),
        &[&sweep[..], &["--out", "full.jsonl"]].concat(),
        &[&fec[..], &["--out", "full.csv"]].concat(),
    ] {
        let output = folder.run(arguments);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {text}");
        assert!(text.contains("No space left on device"), "{text}");
    }
    for arguments in [&run[..], &[&run[..], &["--json"]].concat(), &fec, &["--help"], &["presets"]]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let text = said(&output);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {text}");
        assert!(text.contains("error: the output cannot be written: No space left"), "{text}");
    }
}

/// Names from files, keys and arguments with what would clear a terminal, or turn it around.
#[test]
fn control_characters_are_written_out() {
    let folder = Folder::new("control");
    let name = "a\u{1b}[2J\u{9b}31m\r\u{202e}.toml";
    folder.write(name, "preset = '800gbase-dr8'\n'\\u001b[31m' = 1\n\"\\u009b31m\" = 2\n");
    let lines = refused(&folder.run(&["run", name]));
    assert!(lines[0].contains("a\\u001b[2J\\u009b31m\\u000d\\u202e.toml:2:1: "), "{lines:?}");
    let key = "fibre.\u{1b}[31m=1";
    for arguments in [
        &["check", name][..],
        &["run", "800gbase-dr8", "--set", key],
        &["run", "800gbase-dr8", "--seed", "\u{1b}[31m"],
        &["measure", name, "--symbol-rate-gbd", "50"],
        &["channel", name],
        &["com", name],
        &["sweep", "800gbase-dr8", "--axis", key, "--out", "a.csv"],
        &["run", "\u{1b}]0;title\u{7}"],
        &["fec", "--ber", "1e-3", "--burst", "ge:\u{1b}[31m"],
    ] {
        let output = folder.run(arguments);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(steers) && !text.is_empty(), "{arguments:?}: {text:?}");
        assert!(!text.contains("\\u{"), "Debug text: {text}");
    }
}

/// A folder and files whose names are no UTF-8.
#[cfg(target_os = "linux")]
#[test]
fn paths_need_not_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("bytes");
    let name = |ending: &str| {
        let bytes = [b"f\xff\xfe".as_slice(), ending.as_bytes()].concat();
        OsStr::from_bytes(&bytes).to_owned()
    };
    std::fs::write(
        folder.0.join(name(".toml")),
        "preset = '800gbase-dr8'\nlanes = 1\nsimulation.symbols = 0\nsimulation.symbols_at_limit = 0\n[targets]\nloss_margin_db = [0, 30]\n",
    )
    .unwrap();
    let run = |arguments: &[&OsStr]| {
        Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .args(arguments)
            .current_dir(&folder.0)
            .output()
            .unwrap()
    };
    let word = |text: &'static str| OsStr::new(text);
    let mut export = OsStr::new("tp2=").to_owned();
    export.push(name(".npy"));
    let (toml, csv, png, plots) = (name(".toml"), name(".csv"), name(".png"), name(""));
    good(&run(&[word("run"), &toml, word("--export"), &export, word("--plots"), &plots]));
    good(&run(&[word("check"), &toml]));
    let axis = word("fibre.length_km=0,1");
    good(&run(&[word("sweep"), &toml, word("--axis"), axis, word("--out"), &csv]));
    good(&run(&[word("eye"), &toml, word("--at"), word("tp2"), word("--out"), &png]));
    for file in [name(".npy"), csv, png, plots] {
        assert!(folder.0.join(&file).exists(), "{file:?}");
    }
    // the export is a capture again, named by an argument, by a key and by a file beside it
    let rate = word("--symbol-rate-gbd=53.125");
    let measured = run(&[word("measure"), &name(".npy"), rate]);
    assert!(!said(&measured).contains("cannot be opened"), "{}", said(&measured));
    let mut set = OsStr::new("receiver.tia.noise_file=").to_owned();
    set.push(name(".txt"));
    std::fs::write(folder.0.join(name(".txt")), "0 15\n50 20\n").unwrap();
    good(&run(&[word("run"), &toml, word("--set"), &set]));
    let missing = name("missing.toml");
    let lines = refused(&run(&[word("run"), &missing]));
    assert!(lines[0].contains("No such file"), "{lines:?}");
}
