//! The validation report: every comparison, every mutation, and the page.

use crate::cli::{Folder, good, refused};
use lightlane::report::{VALIDATION_FIGURES, validation_page};
use lightlane::run_options::RunOptions;
use lightlane::validation::{ReferenceKind, ValidationReport, comparisons, run};
use std::sync::OnceLock;

/// All comparisons with their mutations.
fn report() -> &'static ValidationReport {
    static REPORT: OnceLock<ValidationReport> = OnceLock::new();
    REPORT.get_or_init(|| run(&comparisons(), true, &RunOptions::default()))
}

#[test]
fn every_comparison_is_as_recorded_and_notices_its_mutation() {
    for row in &report().rows {
        let ours = row.ours.unwrap_or(f64::NAN);
        println!("{}: {} for {}, within {}", row.id, ours, row.reference, row.tolerance);
    }
    let wrong: Vec<_> = report()
        .rows
        .iter()
        .filter(|row| row.status.as_str() == "changed" || row.mutation.caught != Some(true))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(report().complete && report().is_as_recorded());
}

#[test]
fn comparisons_have_names_sources_and_derivations() {
    let all = comparisons();
    for (i, comparison) in all.iter().enumerate() {
        let id = &comparison.id;
        assert!(all[..i].iter().all(|other| other.id != *id), "{id} twice");
        assert!(id.contains('.') && comparison.conditions.len() > 10, "{id}");
        assert!(comparison.source.len() > 10 && comparison.derivation.len() > 10, "{id}");
        assert!(comparison.mutation.change != 0.0, "{id}");
    }
    let of = |kind: ReferenceKind| all.iter().filter(|comparison| comparison.kind == kind).count();
    let counts = ReferenceKind::ALL.map(of);
    println!("{counts:?}");
    assert!(all.len() >= 40, "{}", all.len());
    assert!(counts[1] >= 12 && counts[2] >= 8, "{counts:?}");
}

/// True if two lines say the same: words alike, and numbers within 2 %, as counts of another vector
/// unit are.
fn alike(written: &str, now: &str) -> bool {
    let words = |line: &str| -> Vec<String> {
        line.split_whitespace().map(|word| word.trim_end_matches(['.', ',']).to_owned()).collect()
    };
    let (written, now) = (words(written), words(now));
    let same = |(a, b): (&String, &String)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 0.02 * a.abs() + 0.02,
        _ => a == b,
    };
    written.len() == now.len() && written.iter().zip(&now).all(same)
}

#[test]
fn the_page_is_what_the_comparisons_say() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/validation.md");
    let written = std::fs::read_to_string(page).unwrap_or_default();
    let mut found = report().clone();
    found.rows.iter_mut().for_each(|row| row.mutation.caught = None);
    let expected = validation_page(&found, "validation");
    let mut lines = written.lines().zip(expected.lines());
    let differing = lines.find(|(written, now)| !alike(written, now));
    assert!(
        differing.is_none() && written.lines().count() == expected.lines().count(),
        "docs/validation.md: `lightlane validate --out docs/validation.md` writes it: {differing:#?}"
    );
}

/// The page, its figures and its rows as JSON.
#[test]
fn a_page_is_written_with_its_figures() {
    let folder = Folder::new("validate");
    let text = good(&folder.run(&[
        "--quiet",
        "validate",
        "--only",
        "fec.kp4_parity",
        "--mutations",
        "--json",
        "--out",
        "page.md",
    ]));
    let report: ValidationReport = serde_json::from_str(&text).expect("it reads back");
    assert_eq!((report.rows.len(), report.rows[0].mutation.caught), (1, Some(true)));
    let page = std::fs::read_to_string(folder.0.join("page.md")).expect("it is written");
    assert!(page.contains("`fec.kp4_parity`"), "{page}");
    for (end, _) in VALIDATION_FIGURES {
        let name = format!("page-{end}.png");
        assert!(page.contains(&format!("({name})")), "{name}");
        let size = image::image_dimensions(folder.0.join(name)).expect("a picture");
        assert_eq!(size, (800, 500));
        // the one in the repository
        let kept = format!("{}/docs/validation-{end}.png", env!("CARGO_MANIFEST_DIR"));
        assert!(image::image_dimensions(&kept).is_ok(), "{kept}");
    }
}

#[test]
fn bad_input_is_refused_before_anything_is_compared() {
    let folder = Folder::new("validate-bad");
    std::fs::create_dir_all(folder.0.join("folder.md")).unwrap();
    let of =
        |arguments: &[&str]| refused(&folder.run(&[&["validate"], arguments].concat())).join(" ");
    let prefix = of(&["--only", "tea"]);
    assert!(prefix.contains("--only = tea") && prefix.contains("fec, measure"), "{prefix}");
    assert!(of(&["--out", "page.html"]).contains("must end in .md"));
    assert!(of(&["--out", ".md"]).contains("must end in .md"));
    assert!(of(&["--out", "folder.md"]).contains("is a folder"));
    assert!(of(&["--out", "missing/page.md"]).contains("missing"));
}
