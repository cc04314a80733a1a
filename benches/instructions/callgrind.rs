//! Runs this binary under callgrind and reads its counts.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Argument with which this binary only runs its kernels.
pub(crate) const CHILD: &str = "kernels";
/// The copy of the kernels that is counted: the widest that valgrind supports.
///
/// The portable one is reproducible as well, but half of it is calls of the system's `fmaf`, which
/// depends on the processor, and it would not show a kernel that is no longer vectorised.
pub(crate) const VECTORS: &str = "avx2";
/// Whose functions are not counted, in this program; those of other objects (memory, elementary
/// functions) are the system's.
const NOT_OURS: [&str; 2] = ["rustfft", "realfft"];

/// Region that callgrind counts: the only function that turns collecting on; each return from it
/// ends a part.
#[inline(never)]
pub(crate) fn counted_once(work: &mut dyn FnMut()) {
    work();
}

/// Instructions of every kernel in its order, without those of the transforms.
pub(crate) fn totals(kernels: usize) -> Result<Vec<u64>, String> {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("instructions-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let totals = run(&folder.join("part")).and_then(|this| {
        (1..=kernels).map(|i| total(&folder.join(format!("part.{i}")), &this)).collect()
    });
    // it is in the target folder, so remaining files do no harm
    let _ = fs::remove_dir_all(&folder);
    totals
}

/// Writes the parts and says how they call this program.
fn run(part: &Path) -> Result<String, String> {
    const WHERE: &str = concat!(module_path!(), "::counted_once");
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    // without an environment, whose size would move the stack
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--compress-strings=no"])
        .args([format!("--toggle-collect={WHERE}"), format!("--dump-after={WHERE}")])
        .arg(format!("--callgrind-out-file={}", part.display()))
        .args([&this, Path::new(CHILD)])
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("LIGHTLANE_VECTORS", VECTORS)
        .output()
        .map_err(|e| format!("valgrind: {e}"))?;
    if output.status.success() {
        return Ok(this.display().to_string());
    }
    Err(format!(
        "valgrind ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Sums what a part's functions cost themselves: of `this` object, but for the transforms. The line
/// after `calls=` has the callee's cost.
fn total(part: &Path, this: &str) -> Result<u64, String> {
    let text = fs::read_to_string(part).map_err(|e| {
        format!("{}: {e}: valgrind did not see that a kernel was called", part.display())
    })?;
    let (mut total, mut here, mut ours, mut called) = (0, false, false, false);
    for line in text.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            here = object == this;
        } else if let Some(function) = line.strip_prefix("fn=") {
            ours = here && !NOT_OURS.iter().any(|not| function.contains(not));
        } else if line.starts_with("calls=") {
            called = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || ['+', '-', '*'].contains(&c)) {
            if ours && !called {
                let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok());
                total += cost.ok_or_else(|| format!("{}: {line}: no cost", part.display()))?;
            }
            called = false;
        }
    }
    if total == 0 { Err(format!("{}: nothing was counted", part.display())) } else { Ok(total) }
}
