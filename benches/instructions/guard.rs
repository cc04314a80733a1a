//! Instructions of our own kernels, counted by valgrind, against the counts of `counts.toml`: a
//! kernel may cost ten per cent more.
//!
//! ```text
//! CARGO_INCREMENTAL=0 cargo test --test instructions               compares
//! CARGO_INCREMENTAL=0 cargo test --test instructions -- --write    counts anew
//! ```
//!
//! Counts do not depend on the machine's load, so they can be compared where times cannot. They
//! apply to one compiler and profile; with another one there is no comparison, which is reported.
//! Transforms (rustfft) and the system's memory functions are excluded.
//!
//! # Limits
//!
//! CI compares the build of `cargo test`, as a separate release build would take minutes: with
//! overflow checks, which keep loops over integers out of vectors (the slicers take eight times as
//! many instructions, eight lanes of LMS six times). The file holds counts of the release profile,
//! too; `--release` compares or refreshes them. Counts are of AVX2, the widest that valgrind runs.
//! `lightlane bench` measures the speed of a kernel.

use std::path::Path;
use std::process::{Command, ExitCode};

mod callgrind;
mod expected;
mod kernels;

use expected::{Book, Expected, Toolchain};

/// Largest ratio of a kernel's count to the expected one.
const MOST: f64 = 1.10;
/// Ratio below which the expected counts should be refreshed.
const STALE: f64 = 0.90;
/// Head of the line that says so, for logs.
const NOTHING: &str = "instructions: nothing compared";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let write = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--write"] => true,
        [callgrind::CHILD] => {
            kernels::all().iter_mut().for_each(kernels::Kernel::run);
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{}: the only argument is --write", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/counts.toml");
    let (lines, code) = match compared(&path, write) {
        Ok(lines) => (lines, ExitCode::SUCCESS),
        Err(lines) => (lines, ExitCode::FAILURE),
    };
    lines.iter().for_each(|line| eprintln!("{line}"));
    code
}

/// Report of the comparison; `Err` when it fails.
fn compared(path: &Path, write: bool) -> Result<Vec<String>, Vec<String>> {
    let here = match Toolchain::here() {
        Ok(here) => here,
        Err(missing) if write => return Err(vec![missing]),
        Err(missing) => return Ok(vec![format!("{NOTHING}: {missing}")]),
    };
    let one = |line: String| vec![line];
    if write {
        let book = if path.exists() { Book::read(path).map_err(one)? } else { Book::default() };
        book.write(Expected { toolchain: here, per_item: counted().map_err(one)? }, path)
            .map_err(one)?;
        return Ok(vec![format!("{}: written", path.display())]);
    }
    match Book::read(path).map_err(one)?.of(&here) {
        Ok(expected) => {
            let counted = counted().map_err(one)?;
            let mut lines = expected.compare(&counted, STALE..=MOST)?;
            lines.push(format!("instructions: {} kernels compared", counted.len()));
            Ok(lines)
        }
        Err(then) => {
            Ok(vec![format!("{NOTHING}: they were counted otherwise:{then}\n  now  {here}")])
        }
    }
}

/// Every kernel's instructions per item.
fn counted() -> Result<Vec<(String, f64)>, String> {
    let kernels = kernels::all();
    let totals = callgrind::totals(kernels.len())?;
    Ok(kernels
        .iter()
        .zip(totals)
        .map(|(kernel, total)| (kernel.name.to_owned(), total as f64 / kernel.items as f64))
        .collect())
}

/// The first line that a program prints about its version.
fn version(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
