//! Runs this binary under callgrind and reads what it counted.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The argument with which this binary runs its kernels and nothing else.
pub(crate) const CHILD: &str = "kernels";
/// Which copy of the kernels is counted.
pub(crate) const VECTORS: &str = "avx2";
/// Whose functions are not counted.
const NOT_OURS: [&str; 2] = ["rustfft", "realfft"];

/// What callgrind counts: the only function that turns collecting on, and each return from it ends a part.
#[inline(never)]
pub(crate) fn counted_once(work: &mut dyn FnMut()) {
    work();
}

/// Instructions of every kernel in its order, without those of the transforms.
pub(crate) fn totals(kernels: usize) -> Result<Vec<u64>, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("instructions-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let parts = run(&folder.join("part"));
    let totals = parts.and_then(|()| (1..=kernels).map(|i| total(&folder.join(format!("part.{i}")))).collect());
    // it stands in the target folder, so what stays does no harm
    let _ = fs::remove_dir_all(&folder);
    totals
}

fn run(part: &Path) -> Result<(), String> {
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    // without an environment, for its size moves the stack
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*counted_once*", "--dump-after=*counted_once*", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", part.display()))
        .args([&this, Path::new(CHILD)])
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("LIGHTLANE_VECTORS", std::env::var_os("LIGHTLANE_VECTORS").unwrap_or(VECTORS.into()))
        .output()
        .map_err(|e| format!("valgrind: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("valgrind ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// Sums the lines of cost of a part's functions, but for the transforms'. Behind `calls=` stands what the callee cost, which is its own.
fn total(part: &Path) -> Result<u64, String> {
    let text = fs::read_to_string(part).map_err(|e| format!("{}: {e}", part.display()))?;
    let (mut total, mut ours, mut called) = (0, true, false);
    for line in text.lines() {
        if let Some(function) = line.strip_prefix("fn=") {
            ours = !NOT_OURS.iter().any(|not| function.contains(not));
        } else if line.starts_with("calls=") {
            called = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-' || c == '*') {
            if ours && !called {
                let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok());
                total += cost.ok_or_else(|| format!("{}: {line}: no cost", part.display()))?;
            }
            called = false;
        }
    }
    if total == 0 { Err(format!("{}: nothing was counted", part.display())) } else { Ok(total) }
}
