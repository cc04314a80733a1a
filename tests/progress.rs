//! Progress of runs: by work, to the end.

use crate::cli::{Folder, good, refused};
use lightlane::link::{CancelToken, LayeredConfig, Link, Progress, RunOptions, WorkUnit};
use std::sync::Mutex;

fn link(symbols: u64) -> Link {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    let symbols = format!("simulation.symbols={symbols}");
    for assignment in [
        "lanes=2",
        "transmitter.levels.train=none",
        "simulation.block_symbols=1024",
        "simulation.symbols_at_limit=0",
        &symbols,
    ] {
        stack.set(assignment).unwrap();
    }
    Link::new(stack.resolve().unwrap())
}

/// Two lanes of 2^21 symbols in blocks of 2^10: most of the work is counting, and every block of
/// it moves the progress.
#[test]
fn progress_of_a_run_grows_with_its_symbols_to_the_whole() {
    let seen = Mutex::new(Vec::new());
    let progress = |at: Progress| seen.lock().unwrap().push(at);
    link(1 << 21).run(&RunOptions { progress: Some(&progress), ..RunOptions::default() }).unwrap();
    let mut seen = seen.into_inner().unwrap();
    assert!(seen.iter().all(|at| at.unit == WorkUnit::Symbols && at.total == seen[0].total));
    seen.sort_by(|a, b| a.done.total_cmp(&b.done));
    assert!(seen[1].share() < 0.2, "solved: {:?}", seen[1]);
    assert_eq!(seen.last().unwrap().share(), 1.0);
    assert!(seen.len() >= 4096, "{} steps", seen.len());
}

/// A count that is cancelled at its half has about half of its symbols: no round is waited for.
#[test]
fn a_cancelled_count_keeps_what_it_has() {
    let cancel = CancelToken::default();
    let progress = |at: Progress| {
        if at.share() > 0.5 {
            cancel.cancel();
        }
    };
    let options = RunOptions { cancel: cancel.clone(), progress: Some(&progress) };
    let result = link(1 << 21).run(&options).unwrap();
    for lane in &result.lanes {
        assert!(lane.bits > 1 << 19 && lane.bits < 1 << 22, "{}", lane.bits);
        assert!(lane.loss_margin_db.is_some());
    }
    assert!(result.warnings.iter().any(|warning| warning.contains("fewer symbols were counted")));
}

/// Lanes that were not solved are named, the others have their results.
#[test]
fn a_run_that_is_cancelled_while_it_solves_has_the_lanes_that_are_solved() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let result = link(1 << 21).run(&RunOptions::cancelled_by(&cancel)).unwrap();
    assert_eq!(result.lanes.len(), 2);
    for lane in &result.lanes {
        let because = lane.not_evaluated.as_deref().unwrap();
        assert_eq!((because, lane.passes), ("stopped before it was evaluated", None));
    }
    let warned = |warning: &String| warning == "stopped early: 2 of 2 lanes were not solved";
    assert!(result.warnings.iter().any(warned), "{:?}", result.warnings);
}

#[test]
fn quiet_drops_notes_and_keeps_results_and_errors() {
    let folder = Folder::new("quiet");
    let sweep = |more: &[&str]| {
        let arguments = ["sweep", "800gbase-dr8", "--symbols", "0", "--set", "lanes=1"];
        let axis = ["--axis", "fibre.length_km=-1,1", "--keep-refused", "--out", "a.csv"];
        folder.run(&[&arguments[..], &axis, more].concat())
    };
    let said = sweep(&[]);
    good(&said);
    assert!(String::from_utf8_lossy(&said.stderr).contains("1 of 2 points are refused"));
    for flag in ["-q", "--quiet"] {
        let quiet = sweep(&[flag]);
        good(&quiet);
        assert!(quiet.stderr.is_empty(), "{}", String::from_utf8_lossy(&quiet.stderr));
        let wrong = folder.run(&["run", "nothing", flag]);
        assert_eq!(wrong.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&wrong.stderr).starts_with("error: "));
    }
}

/// 64 lanes of blocks of 2^21 samples need gigabytes: refused before anything is run, on every
/// command, and a small run is not.
#[test]
fn a_run_beyond_the_memory_is_refused() {
    let folder = Folder::new("memory");
    let blocks =
        ["--set", "simulation.block_symbols=131072", "--set", "simulation.samples_per_symbol=16"];
    let axis = ["--axis", "simulation.samples_per_symbol=4,16", "--out", "a.csv"];
    folder.write("big.toml", "preset = '800gbase-dr8'\n[targets]\nloss_margin_db = [0, 30]\n[simulation]\nblock_symbols = 131072\n");
    for arguments in [
        &[&["run", "800gbase-dr8"][..], &blocks].concat()[..],
        &[&["compare", "800gbase-dr8", "--vary", "fibre.length_km=0,1"][..], &blocks].concat(),
        &[&["sweep", "800gbase-dr8"][..], &blocks[..2], &axis].concat(),
        &[&["srs", "800gbase-dr8"][..], &blocks].concat(),
        &["check", "big.toml"],
    ] {
        let lines = refused(&folder.run(&[arguments, &["--memory", "256M"]].concat()));
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = &lines[0];
        assert!(line.starts_with("error: --memory = 256 MiB: the run needs about "), "{line}");
        assert!(line.contains("simulation.block_symbols"), "{line}");
    }
    assert!(!folder.0.join("a.csv").exists());
    let small = ["run", "800gbase-dr8", "--set", "lanes=1", "--symbols", "0"];
    good(&folder.run(&[&small[..], &["--memory", "256M", "--threads", "2"]].concat()));
}
