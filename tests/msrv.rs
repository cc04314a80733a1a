//! No dependency needs a newer Rust than `rust-version` of the manifest.

use serde_json::Value;
use std::io::Write;
use std::process::Command;

/// The crate's metadata, without network; `Err` is what cargo printed.
fn metadata(arguments: &[&str]) -> Result<Value, String> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--offline", "--locked"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&out.stdout).expect("cargo writes JSON"))
}

/// The packages of all systems where they were downloaded, as `cargo fetch` does, or else of this
/// system.
fn packages() -> (Vec<Value>, &'static str) {
    let (mut metadata, systems) = match metadata(&[]) {
        Ok(metadata) => (metadata, "all systems"),
        Err(_) => {
            let out = Command::new("rustc").arg("-vV").output().expect("rustc starts");
            let text = String::from_utf8(out.stdout).expect("rustc writes UTF-8");
            let host = text.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
            let here = metadata(&["--filter-platform", host]);
            (here.unwrap_or_else(|printed| panic!("{printed}")), "this system")
        }
    };
    let Value::Array(packages) = metadata["packages"].take() else { panic!("no packages") };
    (packages, systems)
}

/// A version of two or three numbers.
fn version(text: &str) -> [u32; 3] {
    let number = |part: &str| part.parse().unwrap_or_else(|_| panic!("{text}: no version"));
    let mut numbers = text.split('.').map(number);
    let version = std::array::from_fn(|_| numbers.next().unwrap_or(0));
    assert_eq!(numbers.next(), None, "{text}");
    version
}

#[test]
fn no_dependency_needs_a_newer_rust_than_ours() {
    let ours = env!("CARGO_PKG_RUST_VERSION");
    let (packages, systems) = packages();
    let mut compared = 0;
    for package in &packages {
        let Some(needed) = package["rust_version"].as_str() else { continue };
        let name = format!("{} {}", package["name"], package["version"]);
        assert!(version(needed) <= version(ours), "{name} needs Rust {needed}, ours is {ours}");
        compared += 1;
    }
    let all = packages.len();
    assert!(compared > all / 2, "only {compared} of {all} crates name the Rust they need");
    // past the capture of the test runner: logs show what was compared
    let line = format!("msrv: {compared} of {all} crates of {systems} name the Rust they need");
    writeln!(std::io::stderr(), "{line}").expect("stderr is writable");
}
