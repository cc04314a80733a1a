//! The command from a user's view: output, messages, exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder for one test, deleted after it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("lightlane-cli-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.0.join(name), bytes).unwrap();
        self
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run_in(&self.0, arguments)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn run(arguments: &[&str]) -> Output {
    run_in(&std::env::temp_dir(), arguments)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The lines of what was refused: exit code 2, nothing on stdout, every line an error, no panic.
#[track_caller]
pub(crate) fn refused(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty() && !text.contains("panicked"), "{text}");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.starts_with("error: ")), "{text}");
    lines
}

#[track_caller]
pub(crate) fn good(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    stdout(output)
}

/// The least work that gives every figure.
pub(crate) const SMALL: [&str; 6] =
    ["--set", "lanes=2", "--set", "simulation.symbols_at_limit=8192", "--symbols", "8192"];

#[test]
fn a_run_prints_a_line_for_every_lane_and_a_verdict() {
    let text = good(&run(&[&["run", "800gbase-dr8"][..], &SMALL].concat()));
    for lane in ["0", "1"] {
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(lane)), "{text}");
    }
    let first = text.lines().next().expect("a title");
    assert!(first.ends_with("PASS") && text.contains("margins: loss "), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100 || line.starts_with("warning")),
        "{text}"
    );
    let long = good(&run(&[&["run", "800gbase-dr8", "-v"][..], &SMALL].concat()));
    assert!(long.contains("PASS: every lane") && long.contains("port: "), "{long}");
    assert!(
        long.lines().all(|line| line.chars().count() <= 120 || line.starts_with("warning")),
        "{long}"
    );
}

#[test]
fn json_carries_the_agreed_names_and_does_not_depend_on_the_threads() {
    let arguments = [
        &["run", "1.6tbase-dr8", "--json", "--set", "transmitter.kind=mzm", "--seed", "7"][..],
        &SMALL,
    ]
    .concat();
    let text = good(&run(&[&arguments[..], &["--threads", "1"]].concat()));
    assert_eq!(text, good(&run(&[&arguments[..], &["--threads", "3"]].concat())));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((json["schema"].as_u64(), json["seed"].as_u64()), (Some(2), Some(7)));
    assert_eq!(
        (json["transmitter"].as_str(), json["preset"].as_str()),
        (Some("mzm"), Some("1.6tbase-dr8"))
    );
    let lane = json["lanes"][1].as_object().unwrap();
    for key in "lane bits errors ber_counted ber_counted_low ber_counted_high interval_kind ber_semi_analytic ber_semi_analytic_low \
                ber_semi_analytic_high snr_db rlm oma_tp2_dbm er_tp2_db received_power_dbm loss_margin_db ber_counted_at_limit"
        .split_whitespace()
    {
        assert!(lane.contains_key(key), "{key}");
    }
}

#[test]
fn all_that_is_wrong_in_file_and_flags_is_said_at_once_with_its_place() {
    let folder = Folder::new("all");
    folder.write("bad.toml", "preset = '800gbase-dr8'\n\n[fibre]\nlenght_km = 2\nloss_db_per_km = true\nconnector_loss_db = 1e9\n[lane.2]\nfibre.length_km = nan\n");
    let lines = refused(&folder.run(&[
        "run",
        "bad.toml",
        "--set",
        "receiver.dsp.ffe.tap=9",
        "--set",
        "fibre.length_km=inf",
        "--set",
        "nonsense",
    ]));
    for expected in [
        "error: bad.toml:4:1: fibre.lenght_km: unknown key, did you mean length_km?",
        "error: bad.toml:5:18: fibre.loss_db_per_km = true: must be a number",
        "error: bad.toml:6:21: fibre.connector_loss_db = 1000000000: must be from -20 to 60",
        "error: bad.toml:8:19: lane.2.fibre.length_km = NaN: must be from 0 to 1000",
        "error: --set receiver.dsp.ffe.tap=9: receiver.dsp.ffe.tap: unknown key, did you mean taps?",
        "error: --set fibre.length_km=inf: fibre.length_km = inf: must be from 0 to 1000",
        "error: --set nonsense: must be KEY=VALUE, such as fibre.length_km=2",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}\n{lines:#?}");
    }
    assert_eq!(lines.len(), 7, "{lines:#?}");
}

#[test]
fn an_impossible_combination_is_refused() {
    for (assignments, expected) in [
        (&["lanes=0"][..], "lanes = 0: must be from 1 to 64"),
        (
            &["simulation.block_symbols=256", "receiver.dsp.ffe.taps=60"],
            "simulation.block_symbols = 256: must be at least",
        ),
        (
            &["receiver.photodiode.responsivity_a_per_w=0"],
            "receiver.photodiode.responsivity_a_per_w = 0: must be from",
        ),
        (&["symbol_rate_gbd=nan"], "symbol_rate_gbd = NaN: must be from"),
        (&["pattern.kind=file"], "pattern.file"),
    ] {
        let sets: Vec<&str> = assignments.iter().flat_map(|a| ["--set", a]).collect();
        let lines = refused(&run(&[&["run", "800gbase-dr8"][..], &sets].concat()));
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected}: {lines:#?}");
    }
}

#[test]
fn what_is_no_description_is_one_clear_line() {
    let folder = Folder::new("none");
    folder
        .write("binary.toml", [0x7f, b'E', b'L', b'F', 0, 0])
        .write("broken.toml", "[fibre\nlength_km = 2\n")
        .write("large.toml", "");
    std::fs::File::options()
        .write(true)
        .open(folder.0.join("large.toml"))
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    std::fs::create_dir(folder.0.join("folder.toml")).unwrap();
    for (source, expected) in [
        ("binary.toml", "binary.toml: is not TOML"),
        ("broken.toml", "broken.toml:1:7: not TOML: unclosed table"),
        ("large.toml", "large.toml: is too large for a description"),
        ("folder.toml", "folder.toml: is a directory"),
        ("missing.toml", "missing.toml: No such file"),
        ("./missing", "missing: No such file"),
        ("1.6tbase-dr4", "1.6tbase-dr4: neither a file nor a preset, did you mean 1.6tbase-dr8?"),
        ("", "neither a file nor a preset"),
    ] {
        for command in ["run", "check"] {
            let lines = refused(&folder.run(&[command, source]));
            assert_eq!(lines.len(), 1, "{lines:#?}");
            assert!(lines[0].contains(expected), "{expected}: {}", lines[0]);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_one_clear_line() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("locked");
    folder.write("locked.toml", "lanes = 1\n");
    let path = folder.0.join("locked.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // the superuser reads everything
    if std::fs::read(&path).is_err() {
        let lines = refused(&folder.run(&["run", "locked.toml"]));
        assert!(
            lines.len() == 1 && lines[0].contains("locked.toml: Permission denied"),
            "{lines:#?}"
        );
    }
}

#[test]
fn a_flag_out_of_range_is_refused_and_named() {
    for (flag, value) in [
        ("--threads", "0"),
        ("--threads", "-1"),
        ("--symbols", "-1"),
        ("--symbols", "many"),
        ("--seed", "-1"),
        ("--seed", "1e99"),
    ] {
        let output = run(&["run", "800gbase-dr8", &format!("{flag}={value}")]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            text.starts_with(&format!("error: invalid value '{value}' for '{flag} <N>'")),
            "{text}"
        );
    }
}

#[test]
fn presets_are_listed_and_printed_as_toml_that_runs() {
    let list = good(&run(&["presets"]));
    let folder = Folder::new("presets");
    for name in ["800gbase-dr8", "1.6tbase-dr8"] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{list}");
        folder.write("copy.toml", good(&run(&["presets", name])));
        let hash = |source| {
            let text = good(&folder.run(&[&["run", source, "--json"][..], &SMALL].concat()));
            serde_json::from_str::<serde_json::Value>(&text).unwrap()["config_hash"].clone()
        };
        assert_eq!(hash("copy.toml"), hash(name));
    }
    let lines = refused(&run(&["presets", "dr8"]));
    assert!(lines[0].contains("did you mean 800gbase-dr8 or 800gbase-dr8-2 or"), "{lines:#?}");
    let lines = refused(&run(&["presets", "??"]));
    assert!(lines[0].ends_with("no such preset (`lightlane presets` lists them)"), "{lines:#?}");
}

#[test]
fn the_file_of_init_runs_and_checks_unchanged() {
    let folder = Folder::new("init");
    for preset in ["800gbase-dr8", "1.6tbase-dr8"] {
        let text = good(&run(&["init", preset]));
        assert!(text.contains(&format!("\npreset = \"{preset}\"\n")), "{text}");
        folder.write("my.toml", text);
        assert!(good(&folder.run(&[&["run", "my.toml"][..], &SMALL].concat())).contains(preset));
        let verdicts = good(&folder.run(&["check", "my.toml"]));
        assert_eq!(verdicts.matches("pass").count(), 2, "{verdicts}");
    }
    refused(&run(&["init", "nothing"]));
}

#[test]
fn check_tells_a_missed_target_and_too_few_errors_by_its_exit_code() {
    let folder = Folder::new("check");
    let small = "preset = '800gbase-dr8'\nlanes = 1\nsimulation.symbols = 8192\nsimulation.symbols_at_limit = 8192\n[targets]\n";
    folder
        .write("good.toml", format!("{small}loss_margin_db = [0, 30]\n"))
        .write("missed.toml", format!("{small}loss_margin_db = [25, 30]\n"))
        .write("few.toml", format!("{small}ber_counted = [0, 1e-9]\n"))
        .write("none.toml", "preset = '800gbase-dr8'\n")
        .write("wrong.toml", format!("{small}loss_margin_bd = [0, 30]\n"));
    assert!(good(&folder.run(&["check", "good.toml"])).contains("pass"));
    let missed = folder.run(&["check", "good.toml", "missed.toml"]);
    assert_eq!(missed.status.code(), Some(1));
    assert!(
        stdout(&missed).contains("pass") && stdout(&missed).contains("FAIL"),
        "{}",
        stdout(&missed)
    );
    let few = folder.run(&["check", "few.toml"]);
    assert_eq!(few.status.code(), Some(1));
    assert!(stdout(&few).contains("not enough errors"), "{}", stdout(&few));
    let lines =
        refused(&folder.run(&["check", "good.toml", "none.toml", "wrong.toml", "missing.toml"]));
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for expected in [
        "none.toml: has no [targets]",
        "wrong.toml:6:1: targets.loss_margin_bd: unknown key",
        "missing.toml: No such file",
    ] {
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected}: {lines:#?}");
    }
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(good(&run(&["completions", shell])).contains("lightlane"), "{shell}");
    }
}

#[test]
fn help_has_examples_and_usage_errors_are_wrong_input() {
    for command in ["run", "check", "sweep", "fec", "presets", "init", "completions"] {
        assert!(good(&run(&[command, "--help"])).contains("Examples:"), "{command}");
    }
    for arguments in
        [&["fly"][..], &[], &["run"], &["run", "a", "b"], &["check"], &["run", "--symbols"]]
    {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_disk_is() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        let output = Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .arg("presets")
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(
            String::from_utf8_lossy(&output.stderr)
                .starts_with("error: the output cannot be written")
        );
    }
}
