//! Sweeps from a user's view: rows equal to a `run` at each point, their order, bad input, results
//! after an interruption.

use lightlane::link::{CancelToken, LayeredConfig, Link, Progress, RunOptions, WorkUnit};
use lightlane::sweep::{Axis, Sweep, SweepEnd, lane_columns};
use lightlane::table::{EachRow, InOrder, Row};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A folder for one test, deleted after it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("lightlane-sweep-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lightlane"));
        command
            .arg("sweep")
            .args(arguments)
            .current_dir(&self.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn sweep(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn files(&self) -> Vec<String> {
        std::fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
pub(crate) fn good(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
    assert!(output.stdout.is_empty(), "words go to stderr");
}

#[track_caller]
pub(crate) fn refused(output: &Output) -> Vec<String> {
    let text = words(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty() && !text.contains("panicked"), "{text}");
    text.lines().map(str::to_owned).collect()
}

pub(crate) fn rows(text: &str) -> Vec<serde_json::Map<String, Value>> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A link of one lane that counts little.
pub(crate) const QUICK: [&str; 7] = [
    "800gbase-dr8",
    "--set",
    "lanes=1",
    "--symbols",
    "0",
    "--set",
    "simulation.block_symbols=1024",
];

/// Counts so little that a row takes no longer, and errors are seen.
const COUNTED: [&str; 9] = [
    "800gbase-dr8",
    "--set",
    "simulation.block_symbols=1024",
    "--set",
    "simulation.symbols=4096",
    "--set",
    "simulation.symbols_at_limit=4096",
    "--set",
    "lane.1.fibre.connector_loss_db=6",
];

#[test]
fn a_row_is_what_run_says_at_that_point_to_the_last_bit() {
    let folder = Folder::new("row");
    let axes = [
        "--axis",
        "transmitter.kind=eml,mzm",
        "--axis",
        "fibre.length_km=0:0.6:0.3",
        "--axis",
        "lanes=1,2",
        "--seed",
        "7",
    ];
    good(&folder.sweep(&[&COUNTED[..], &axes, &["--out", "a.jsonl"]].concat()));
    good(&folder.sweep(&[&COUNTED[..], &axes, &["--out", "a.csv"]].concat()));
    let (rows, csv) = (rows(&folder.read("a.jsonl")), folder.read("a.csv"));
    let mut lines = csv.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut at = 0;
    for kind in ["eml", "mzm"] {
        for length in ["0", "0.3", "0.6"] {
            for lanes in [1, 2] {
                let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
                let sets =
                    COUNTED[1..].iter().filter(|word| **word != "--set").map(ToString::to_string);
                let point = [
                    format!("transmitter.kind={kind}"),
                    format!("fibre.length_km={length}"),
                    format!("lanes={lanes}"),
                ];
                // the patch of lane 1 needs a lane 1
                for assignment in sets.chain(point).chain(["simulation.seed=7".to_owned()]) {
                    stack.set(&assignment).unwrap();
                }
                let result =
                    Link::new(stack.resolve().unwrap()).run(&RunOptions::default()).unwrap();
                let json: Value =
                    serde_json::from_str(&serde_json::to_string(&result).unwrap()).unwrap();
                for lane in json["lanes"].as_array().unwrap() {
                    let (row, line) = (&rows[at], lines.next().unwrap());
                    assert_eq!(
                        (row["transmitter.kind"].as_str(), row["lanes"].as_u64()),
                        (Some(kind), Some(lanes))
                    );
                    assert_eq!(row["fibre.length_km"].to_string(), length);
                    for name in lane_columns() {
                        assert_eq!(row[&name], lane[&name], "{kind} {length} {lanes}: {name}");
                    }
                    let cells: Vec<&str> = line.split(',').collect();
                    assert_eq!(cells.len(), columns.len());
                    for (column, cell) in columns.iter().zip(cells) {
                        let expected = row[*column]
                            .as_str()
                            .map_or_else(|| row[*column].to_string(), str::to_owned);
                        assert_eq!(
                            cell,
                            if expected == "null" { "" } else { &expected },
                            "{column}"
                        );
                    }
                    at += 1;
                }
            }
        }
    }
    assert_eq!((at, rows.len(), lines.next()), (18, 18, None));
    assert!(
        rows.iter().any(|row| row["errors_at_limit"].as_u64() > Some(0)),
        "something was counted"
    );
}

#[test]
fn rows_stand_in_the_order_of_the_points_whatever_the_threads() {
    let folder = Folder::new("order");
    let axes = [
        "--axis",
        "fibre.length_km=0:1:0.5",
        "--axis",
        "receiver.dsp.ffe.taps=21,23",
        "--axis",
        "simulation.symbols=0,2048",
    ];
    let files = ["1", "2", "3"].map(|threads| {
        let out = format!("{threads}.csv");
        good(&folder.sweep(&[&QUICK[..], &axes, &["--threads", threads, "--out", &out]].concat()));
        folder.read(&out)
    });
    assert!(
        files[0] == files[1] && files[0] == files[2],
        "the same file for any number of threads"
    );
    let points: Vec<String> = files[0]
        .lines()
        .skip(1)
        .map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(" "))
        .collect();
    let mut expected = Vec::new();
    for length in ["0", "0.5", "1"] {
        for taps in ["21", "23"] {
            expected.extend(["0", "2048"].map(|symbols| format!("{length} {taps} {symbols}")));
        }
    }
    assert_eq!(points, expected);
}

#[test]
fn nothing_is_counted_with_zero_symbols() {
    let folder = Folder::new("zero");
    good(
        &folder.sweep(
            &[&QUICK[..], &["--axis", "simulation.seed=1:3:1", "--out", "a.jsonl"]].concat(),
        ),
    );
    let rows = rows(&folder.read("a.jsonl"));
    assert_eq!(rows.len(), 3);
    for row in &rows {
        assert_eq!((row["bits"].as_u64(), row["bits_at_limit"].as_u64()), (Some(0), Some(0)));
        assert!(
            row["ber_counted"].is_null()
                && row["loss_margin_db"].is_number()
                && row["passes"] == true
        );
    }
    assert_ne!(
        rows[0]["ber_semi_analytic"], rows[1]["ber_semi_analytic"],
        "another seed, other data"
    );
}

#[test]
fn what_is_wrong_on_the_axes_is_said_at_once_and_nothing_is_written() {
    let folder = Folder::new("bad");
    for (axes, expected) in [
        (
            &["fibre.lenght_km=0:1:0.5", "transmitter.kind=eml,mmz"][..],
            &["fibre.lenght_km: unknown key, did you mean length_km?", "did you mean mzm?"][..],
        ),
        (&["fibre.length_km="], &["an axis needs values"]),
        (&["fibre.length_km"], &["must be KEY=A:B:STEP or KEY=V1,V2,.."]),
        (&["fibre.length_km=1,two"], &["fibre.length_km = \"two\": must be a number"]),
        (&["fibre.length_km=0:1:0"], &["the step must not be zero"]),
        (&["fibre.length_km=0:1:-0.1"], &["a step of -0.1 leads away from 1"]),
        (
            &["fibre.length_km=nan,1"],
            &["--axis fibre.length_km=nan,1: fibre.length_km = NaN: must be from 0 to 1000"],
        ),
        (&["fibre.length_km=0:nan:1"], &["nan is not a number"]),
        (
            &["fibre.length_km=-1:1:0.5"],
            &["fibre.length_km = -1: must be from 0", "fibre.length_km = -0.5: must be from 0"],
        ),
        (
            &["fibre.length_km=0,2000", "receiver.tia.bandwidth_ghz=40,-1"],
            &[
                "fibre.length_km = 2000: must be from 0 to 1000",
                "receiver.tia.bandwidth_ghz = -1: must be from",
            ],
        ),
        (&["fibre.length_km=0,1", "fibre.length_km=2,3"], &["fibre.length_km: is varied twice"]),
        (&["targets.rlm=[0,1],[0.5,1]"], &["targets.rlm: is used by check only"]),
        (&["pattern.kind=ssprq,file"], &["pattern.file"]),
        (&["lane.3.fibre.length_km=0,1"], &["lane.3: there is no such lane"]),
        (
            &["fibre.length_km=0:1:1e-7"],
            &["these axes make 10000001 points; add --yes to run them"],
        ),
        (
            &["fibre.length_km=0:1:1e-3", "simulation.seed=1:100:1"],
            &["these axes make 100100 points"],
        ),
    ] {
        let begun = Instant::now();
        let words: Vec<&str> = axes.iter().flat_map(|axis| ["--axis", axis]).collect();
        let few = ["800gbase-dr8", "--set", "lanes=2", "--out", "bad.csv"];
        let lines = refused(&folder.sweep(&[&few[..], &words].concat()));
        for expected in expected {
            assert_eq!(
                lines.iter().filter(|line| line.contains(expected)).count(),
                1,
                "{expected}: {lines:#?}"
            );
        }
        assert_eq!(lines.len(), expected.len(), "{lines:#?}");
        assert!(lines.iter().all(|line| line.starts_with("error: ")), "{lines:#?}");
        assert!(folder.files().is_empty() && begun.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn problems_of_axes_flags_and_file_come_together_and_are_not_more_than_a_screen() {
    let folder = Folder::new("together");
    std::fs::write(folder.0.join("my.toml"), "preset = '800gbase-dr8'\n[fibre]\nlenght_km = 2\n")
        .unwrap();
    let lines = refused(&folder.sweep(&[
        "my.toml",
        "--set",
        "lanes=x",
        "--axis",
        "simulation.sed=1,2",
        "--out",
        "a.csv",
    ]));
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for expected in [
        "my.toml:3:1: fibre.lenght_km",
        "--set lanes=x: lanes = \"x\": must be",
        "--axis simulation.sed=1,2: simulation.sed",
    ] {
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected}: {lines:#?}");
    }
    let lines =
        refused(&folder.sweep(
            &[&QUICK[..], &["--axis", "fibre.length_km=-500:0:1", "--out", "a.csv"]].concat(),
        ));
    assert_eq!(lines.len(), 21, "{lines:#?}");
    assert!(lines[20].contains("more than 20 problems"), "{lines:#?}");
    // a problem of a combination names the point
    let lines = refused(&folder.sweep(&[
        "800gbase-dr8",
        "--axis",
        "simulation.block_symbols=256,4096",
        "--axis",
        "receiver.dsp.ffe.taps=21,60",
        "--out",
        "a.csv",
    ]));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains(
            "simulation.block_symbols = 256: must be at least eight times the longest ffe.taps, 480"
        ),
        "{lines:#?}"
    );
    assert_eq!(folder.files(), ["my.toml"]);
}

#[test]
fn a_file_that_cannot_be_written_or_is_no_table_is_refused() {
    let folder = Folder::new("unwritable");
    std::fs::create_dir(folder.0.join("folder.csv")).unwrap();
    for (out, expected) in [
        ("no/such/a.csv", "no/such/a.csv: No such file"),
        ("folder.csv", "folder.csv: Is a directory"),
        ("a.txt", "a table ends in .csv or .jsonl"),
    ] {
        let lines = refused(
            &folder.sweep(&[&QUICK[..], &["--axis", "fibre.length_km=0,1", "--out", out]].concat()),
        );
        assert!(lines[0].contains(expected), "{expected}: {lines:#?}");
    }
    assert_eq!(folder.files(), ["folder.csv"]);
    for missing in
        [&["800gbase-dr8", "--out", "a.csv"][..], &["800gbase-dr8", "--axis", "lanes=1,2"]]
    {
        assert_eq!(folder.sweep(missing).status.code(), Some(2));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_a_sweep_with_3() {
    let folder = Folder::new("full");
    std::os::unix::fs::symlink("/dev/full", folder.0.join("full.csv")).unwrap();
    let output = folder
        .sweep(&[&QUICK[..], &["--axis", "fibre.length_km=0,1", "--out", "full.csv"]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", words(&output));
    assert!(
        words(&output).contains("0 of 2 rows are in full.csv")
            && words(&output).contains("No space left"),
        "{}",
        words(&output)
    );
}

#[cfg(unix)]
/// A lane of several segments has the columns of any other.
#[test]
fn rows_of_every_kind_of_module_have_the_same_columns() {
    let folder = Folder::new("modules");
    let output = folder.sweep(
        &[&QUICK[..], &["--axis", "module.kind=optics,retimed,lro,lpo", "--out", "a.csv"]].concat(),
    );
    assert!(output.status.success(), "{}", words(&output));
    let text = folder.read("a.csv");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let margin = header.iter().position(|name| *name == "loss_margin_db").unwrap();
    let locked = header.iter().position(|name| *name == "clock_locked").unwrap();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields.len(), header.len(), "{line}");
        assert!(fields[margin].parse::<f64>().is_ok() && fields[locked].is_empty(), "{line}");
    }
    assert_eq!(text.lines().count(), 5);
}

/// Ctrl-C, a batch system's end of time, and a closed terminal.
#[test]
fn a_signal_keeps_the_finished_rows() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        keeps_the_finished_rows(signal);
    }
}

fn keeps_the_finished_rows(signal: &str) {
    let folder = Folder::new("stopped");
    let arguments =
        [&QUICK[..], &["--axis", "simulation.seed=1:50000:1", "--out", "a.csv"]].concat();
    let mut child = folder.command(&arguments).spawn().unwrap();
    let whole_rows =
        || std::fs::read_to_string(folder.0.join("a.csv")).map_or(0, |text| text.lines().count());
    let begun = Instant::now();
    while whole_rows() < 4
        && begun.elapsed() < Duration::from_secs(120)
        && child.try_wait().unwrap().is_none()
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success()
    );
    let output = child.wait_with_output().unwrap();
    let text = folder.read("a.csv");
    assert_eq!(output.status.code(), Some(3), "{signal}: {}", words(&output));
    let kept = text.lines().count() - 1;
    assert!(
        words(&output).contains(&format!("stopped early: {kept} of 50000 rows are in a.csv")),
        "{}",
        words(&output)
    );
    assert!(kept >= 3 && text.ends_with('\n'));
    for (i, line) in text.lines().skip(1).enumerate() {
        assert!(line.starts_with(&format!("{},0,", i + 1)), "{line}");
    }
}

#[test]
fn a_sweep_is_a_few_lines_of_library_and_ends_when_its_rows_cannot_be_written() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in [
        "lanes=1",
        "simulation.symbols=0",
        "simulation.symbols_at_limit=0",
        "simulation.block_symbols=1024",
    ] {
        stack.set(assignment).unwrap();
    }
    let sweep = Sweep::new(&stack, vec![Axis::parse("simulation.seed=1:8:1").unwrap()]).unwrap();
    assert_eq!((sweep.points(), sweep.rows()), (8, 8));
    let (mut rows, reported) = (Vec::new(), AtomicU64::new(0));
    let keep = |row: &Row| {
        rows.push(row.clone());
        Ok(())
    };
    let mut sink = InOrder::new(EachRow::new(keep));
    let progress = |at: Progress| {
        assert_eq!((at.total, at.unit), (8.0, WorkUnit::Rows));
        reported.fetch_max(at.done as u64, Ordering::Relaxed);
    };
    let options = RunOptions { progress: Some(&progress), ..RunOptions::default() };
    let done = sweep.run(&mut sink, &options).unwrap();
    let reported = reported.load(Ordering::Relaxed);
    assert!(matches!(done.end, SweepEnd::Complete) && done.rows == 8 && reported == 8);
    assert!(rows.iter().enumerate().all(|(i, row)| row.at == [Value::from(i + 1)]));
    let mut left = 3;
    let full = |_: &Row| {
        if left > 0 {
            left -= 1;
            Ok(())
        } else {
            Err(std::io::Error::other("full"))
        }
    };
    let mut sink = InOrder::new(EachRow::new(full));
    let done = sweep.run(&mut sink, &RunOptions::default()).unwrap();
    assert!(matches!(done.end, SweepEnd::Unwritable(_)) && done.rows == 3);
    let cancel = CancelToken::default();
    let progress = |progress: Progress| {
        if progress.done >= 2.0 {
            cancel.cancel();
        }
    };
    let options = RunOptions { cancel: cancel.clone(), progress: Some(&progress) };
    let done = sweep.run(&mut EachRow::new(|_: &Row| Ok(())), &options).unwrap();
    assert!(matches!(done.end, SweepEnd::Cancelled) && done.rows < 8, "{}", done.rows);
}
