//! Number of crates of the library without figures and program.

use std::collections::BTreeSet;
use std::process::Command;

/// Largest number of crates of the library alone, itself included.
const CRATES_MAX: usize = 60;

#[test]
fn the_library_alone_pulls_few_crates_and_none_for_figures_or_the_program() {
    let out = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--no-default-features", "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout);
    // a crate in two versions counts twice
    let crates: BTreeSet<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name, rest.split(' ').next().unwrap_or_default()))
        .collect();
    assert!(crates.len() > 20 && crates.len() <= CRATES_MAX, "{} crates: {text}", crates.len());
    for name in ["clap", "clap_complete", "comfy-table", "ctrlc", "plotters", "plotters-svg"] {
        assert!(crates.iter().all(|(found, _)| *found != name), "{name} is pulled in");
    }
}
