//! The committed targets: both rates, both transmitters, a linear module, held by `cargo test` as
//! `lightlane check` holds a user's.

use lightlane::link::{LayeredConfig, Link, RunOptions, Verdict, judge};

#[test]
fn every_committed_target_is_kept() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the targets are committed") {
        let path = entry.expect("readable").path();
        let resolved =
            LayeredConfig::open(&path).and_then(|s| s.resolve()).unwrap_or_else(|e| panic!("{e}"));
        let config = resolved.base.clone();
        let result =
            Link::new(resolved).run(&RunOptions::default()).unwrap_or_else(|e| panic!("{e}"));
        for judged in judge(&result, &config) {
            assert_eq!(
                judged.verdict,
                Verdict::Pass,
                "{}: {} in {:?}: {:?}",
                path.display(),
                judged.key,
                judged.range,
                judged.value
            );
        }
        files += 1;
    }
    assert_eq!(files, 6);
}
