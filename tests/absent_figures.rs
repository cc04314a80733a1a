//! Figures and targets that a run does not have: refused before it starts.

use crate::cli::{Folder, good, refused};

/// A figure that no point has is refused before anything is run or written, with what to set and
/// with the figures that a run has; it is drawn where a point has it.
#[test]
fn a_figure_that_no_run_has_is_refused_first() {
    let folder = Folder::new("absent-figure");
    let sweep = |figure: &str, more: &[&str]| {
        let flags = ["sweep", "800gbase-dr8", "--set", "lanes=1", "--symbols", "0"];
        let axis = ["--axis", "fibre.length_km=0,1", "--out", "a.csv", "--plot", "a.svg"];
        folder.run(&[&flags[..], &axis, &["--figure", figure], more].concat())
    };
    for (figure, remedy) in [
        ("tdecq_db", "needs tdecq.enabled = true"),
        ("ber_counted", "needs simulation.symbols above 0"),
        ("effective_samples_at_limit", "needs simulation.symbols_at_limit above 0"),
        ("corner_worst_loss_margin_db", "needs simulation.corners = true"),
        ("clock_offset_ppm", "needs a clock that is recovered"),
    ] {
        let lines = refused(&sweep(figure, &[]));
        let said = format!("figure = {figure}: {remedy}");
        assert!(lines[0].contains(&said) && lines[0].contains("loss_margin_db"), "{lines:?}");
        assert!(!folder.0.join("a.csv").exists() && !folder.0.join("a.svg").exists());
    }
    // codewords need a coding and symbols: both axes together have them, none alone
    let together = ["--set", "fec.coding=none", "--set", "simulation.block_symbols=1024"];
    let both = ["--axis", "fec.coding=none,800gbase-df", "--axis", "simulation.symbols=0,40960"];
    let other = ["--figure", "uncorrectable_blocks", "--out", "b.csv", "--plot", "b.svg"];
    let one_lane = ["sweep", "800gbase-dr8", "--set", "lanes=1"];
    good(&folder.run(&[&one_lane[..], &together, &both, &other].concat()));
    let one = ["--axis", "fec.coding=none", "--axis", "simulation.symbols=0,40960"];
    let lines = refused(&folder.run(&[&one_lane[..], &together, &one, &other].concat()));
    assert!(lines[0].contains("figure = uncorrectable_blocks: needs "), "{lines:?}");
    good(&sweep("tdecq_db", &["--set", "tdecq.enabled=true"]));
    assert!(folder.0.join("a.svg").exists());
}

/// A target of a figure that is not counted is refused by `check`, which could only miss it; a run
/// judges nothing and may leave it out.
#[test]
fn a_target_that_is_not_counted_is_refused_by_check_alone() {
    let folder = Folder::new("absent-target");
    let link = |target: &str| {
        format!(
            "preset = \"800gbase-dr8\"\nlanes = 1\n[simulation]\nsymbols = 0\n\
             symbols_at_limit = 0\n[targets]\n{target}\n"
        )
    };
    folder.write("counted.toml", link("ber_counted = [0.0, 1e-4]"));
    let lines = refused(&folder.run(&["check", "counted.toml"]));
    let said = "targets.ber_counted = [0, 0.0001]: needs simulation.symbols above 0";
    assert!(lines[0].contains(said), "{lines:?}");
    good(&folder.run(&["run", "counted.toml"]));
    for (target, remedy) in [
        ("tdecq_db = [0.0, 3.4]", "needs tdecq.enabled = true"),
        ("corner_worst_loss_margin_db = [0.0, 9.0]", "needs simulation.corners = true"),
        ("compliant_loss_margin_db = [0.0, 9.0]", "needs simulation.worst_compliant = true"),
        ("clock_phase_error_rms_ui = [0.0, 0.1]", "needs a clock in stream mode"),
    ] {
        folder.write("absent.toml", link(target));
        let lines = refused(&folder.run(&["check", "absent.toml"]));
        assert!(lines[0].contains(remedy), "{lines:?}");
    }
}
