//! Keys that have no effect: named, refused as an axis, and without an effect indeed.

use crate::cli::{Folder, good, refused};
use lightlane::link::{LayeredConfig, Link, RunOptions};

fn stack(assignments: &[&str]) -> LayeredConfig {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    let small = ["lanes=1", "simulation.block_symbols=2048", "simulation.symbols=0"];
    small.iter().chain(assignments).for_each(|assignment| stack.set(assignment).unwrap());
    stack
}

/// Every figure of the lane.
fn figures(stack: &LayeredConfig) -> String {
    let result = Link::new(stack.resolve().unwrap()).run(&RunOptions::default()).unwrap();
    format!("{:?}", result.lanes)
}

/// Keys that are called idle move no bit of a result, and each is named with its reason.
#[test]
fn what_is_without_effect_is_named_and_moves_no_bit() {
    let far_host = ["module.kind=lpo", "host.channel.trace.loss_db=4"];
    for (chosen, idle, why) in [
        (&[][..], "host.channel.trace.loss_db=30", "module.kind = \"optics\""),
        (&[], "module.rx.noise_nv_per_rthz=9", "module.kind = \"optics\""),
        (&[], "transmitter.mzm.bias_error_deg=9", "transmitter.kind = \"eml\""),
        (&[], "transmitter.eml.laser.relaxation.resonance_ghz=9", "rin = \"white\""),
        (&[], "transmitter.eml.laser.bias_ma=50", "no curve.file is given"),
        (&[], "receiver.tia.overload_ma_pp=0.1", "receiver.tia.limiting = \"linear\""),
        (&[], "receiver.tia.noise_a0_pa2_per_hz=900", "receiver.tia.noise = \"average\""),
        (&[], "receiver.dsp.dfe.taps=2", "receiver.dsp.detector = \"slicer\""),
        (&[], "receiver.dsp.ffe.lms_step=0.01", "receiver.dsp.ffe.adaptation = \"mmse\""),
        (&[], "receiver.dsp.clock.bandwidth_mhz=1", "receiver.dsp.clock.recovery = \"ideal\""),
        (&[], "receiver.dsp.clock.sinusoidal_mhz=2", "receiver.dsp.clock.sinusoidal_ui = 0"),
        (
            &["receiver.dsp.adc.enob=4.5", "receiver.dsp.adc.enob_at_ghz=20"],
            "receiver.dsp.adc.effective_bits=3",
            "enob is given",
        ),
        (&far_host, "receiver.dsp.ffe.taps=5", "module.kind = \"lpo\""),
        (&far_host, "receiver.dsp.adc.effective_bits=3", "module.kind = \"lpo\""),
        (&far_host, "transmitter.dac.jitter_fs=400", "module.kind = \"lpo\""),
        (&far_host, "module.rx.noise_nv_per_rthz=9", "module.kind = \"lpo\""),
        (&far_host, "host.channel.with_packages=true", "host.channel.kind = \"trace\""),
        (&["module.kind=lro"], "receiver.dsp.ffe.taps=5", "module.kind = \"lro\""),
        (&["module.kind=retimed"], "module.rx.dsp.mlse.memory=2", "detector = \"slicer\""),
        (&[], "fibre.ranges.wavelength_max_nm=1320.0", "no corner of the dispersion"),
        (&[], "simulation.guard_symbols=600", "blocks are periodic"),
        (&[], "transmitter.levels.inner=[-0.3, 0.3]", "transmitter.levels.train finds them"),
        (&["spread.launch_power_db=0.0"], "spread.module=5", "spread.launch_power_db = 0"),
        (
            &["fec.coding=none", "pattern.kind=random"],
            "fec.added_ber=1e-3",
            "fec.coding = \"none\"",
        ),
        (
            &["simulation.count=importance", "simulation.symbols=2048"],
            "fec.added_ber=1e-3",
            "simulation.count = \"importance\"",
        ),
        (
            &[
                "receiver.dsp.adc.interleave.converters=2",
                "receiver.dsp.adc.interleave.gains_percent=[0.1, -0.1]",
            ],
            "receiver.dsp.adc.interleave.gain_rms_percent=3.0",
            "gains_percent is given",
        ),
        (&["transmitter.kind=mzm"], "transmitter.mzm.bandwidth_ghz=20.0", "travelling-wave"),
        (&["transmitter.kind=ring"], "transmitter.ring.detuning_pm=-90.0", "detuning = \"er\""),
        (
            &["transmitter.kind=ring", "transmitter.ring.detuning=oma"],
            "transmitter.ring.target_er_db=5.0",
            "detuning = \"oma\"",
        ),
        (
            &["transmitter.kind=ring", "transmitter.ring.detuning=given"],
            "transmitter.ring.side=red",
            "detuning = \"given\"",
        ),
        (
            &["transmitter.kind=mzm", "transmitter.mzm.electrode=low-pass"],
            "transmitter.mzm.index_mismatch=0.5",
            "low-pass",
        ),
        (&far_host, "module.tx.swing_vppd=0.5", "module.kind = \"lpo\""),
        (&far_host, "transmitter.ffe.taps=[0.0, 1.0, 0.0]", "module.kind = \"lpo\""),
        (&far_host, "transmitter.levels.train=none", "module.kind = \"lpo\""),
        (&["module.kind=retimed"], "module.input.drive_percent=50.0", "module.kind = \"retimed\""),
        (&["module.kind=retimed"], "module.output.swing_vppd=0.3", "module.kind = \"retimed\""),
        (
            &["module.kind=lpo", "host.tx.adapt=false", "host.channel.trace.loss_db=4"],
            "host.tx.tap_step=0.05",
            "host.tx.adapt = false",
        ),
        (
            &["module.kind=lpo", "host.rx.ctle.adapt=false", "host.channel.trace.loss_db=4"],
            "host.rx.ctle.gain_min_db=-12.0",
            "host.rx.ctle.adapt = false",
        ),
    ] {
        let plain = stack(chosen);
        let with = stack(&[chosen, &[idle]].concat());
        let key = idle.split('=').next().unwrap();
        let [warning] = &with.resolve().unwrap().warnings[..] else {
            panic!("{idle}: {:?}", with.resolve().unwrap().warnings)
        };
        assert!(
            warning.starts_with(&format!("without effect: {key} (")) && warning.contains(why),
            "{warning}"
        );
        assert_eq!(figures(&plain), figures(&with), "{idle} has an effect");
    }
}

/// The value that stands below is no change; what another layer puts into use has an effect.
#[test]
fn a_key_that_changes_nothing_or_comes_into_use_is_not_named() {
    for assignments in [
        &["transmitter.mzm.bias_error_deg=2.0"][..],
        &["transmitter.mzm.bias_error_deg=9", "transmitter.kind=mzm"],
        &["host.channel.trace.loss_db=12", "module.kind=lpo"],
        &["receiver.tia.overload_ma_pp=1.5", "receiver.tia.limiting=tanh"],
    ] {
        assert_eq!(stack(assignments).resolve().unwrap().warnings, [""; 0], "{assignments:?}");
    }
    // all keys of a preset in a file of one's own
    let folder = Folder::new("idle-whole");
    let text = good(&folder.run(&["presets", "800gbase-dr8"]));
    folder.write("whole.toml", format!("preset = \"800gbase-dr8\"\n{text}"));
    let out = good(&folder.run(&["run", "whole.toml", "--set", "lanes=1", "--symbols", "0"]));
    assert!(!out.contains("without effect"), "{out}");
}

#[test]
fn a_lane_of_its_own_kind_uses_its_keys_alone() {
    let two = ["lanes=2", "lane.1.transmitter.kind=mzm"];
    let warnings = |more: &[&str]| stack(&[&two, more].concat()).resolve().unwrap().warnings;
    assert_eq!(warnings(&["transmitter.mzm.bias_error_deg=5"]), [""; 0]);
    assert_eq!(warnings(&["lane.1.transmitter.mzm.bias_error_deg=5"]), [""; 0]);
    assert_eq!(
        warnings(&["lane.0.transmitter.mzm.bias_error_deg=5"]),
        ["without effect: lane.0.transmitter.mzm.bias_error_deg (transmitter.kind = \"eml\")"]
    );
}

#[test]
fn an_axis_without_effect_is_refused_and_one_that_has_it_somewhere_is_not() {
    let folder = Folder::new("idle-axis");
    let sweep = |axes: &[&str]| {
        let axes = axes.iter().flat_map(|axis| ["--axis", axis]);
        let flags =
            ["sweep", "800gbase-dr8", "--set", "lanes=1", "--symbols", "0", "--out", "a.csv"];
        folder.run(&flags.into_iter().chain(axes).collect::<Vec<_>>())
    };
    let lines = refused(&sweep(&["host.channel.trace.loss_db=5,10"]));
    assert!(
        lines[0].contains("host.channel.trace.loss_db")
            && lines[0].contains("has no effect at any point (module.kind = \"optics\")"),
        "{lines:?}"
    );
    good(&sweep(&["host.channel.trace.loss_db=5,10", "module.kind=optics,lpo"]));
}

/// A file that is named is used, unless its kind is chosen otherwise.
#[test]
fn a_file_chooses_its_kind() {
    let folder = Folder::new("idle-files");
    folder.write("rin.csv", "f (GHz),RIN (dB/Hz)\n0,-142\n60,-142\n");
    let rin = folder.0.join("rin.csv").display().to_string();
    let file = format!("transmitter.eml.laser.rin_file={rin}");
    let implied = stack(&[&file]).resolve().unwrap();
    let kind = |resolved: &lightlane::link::Resolved| {
        format!("{:?}", resolved.lanes[0].transmitter.eml.laser.rin)
    };
    assert_eq!((kind(&implied), &implied.warnings[..]), ("Table".to_owned(), &[][..]));
    let other = stack(&[&file, "transmitter.eml.laser.rin=white"]).resolve().unwrap();
    assert_eq!(kind(&other), "White");
    assert!(other.warnings[0].contains("rin_file (rin = \"white\")"), "{:?}", other.warnings);
    let swept = ["--axis", &format!("transmitter.eml.laser.rin_file={rin},{rin}")];
    let flags = ["sweep", "800gbase-dr8", "--set", "lanes=1", "--symbols", "0", "--out", "a.csv"];
    good(&folder.run(&[&flags[..], &swept].concat()));
}

/// Paths in a file are relative to it, those of flags to the current folder.
#[test]
fn a_path_in_a_file_is_relative_to_the_file() {
    let folder = Folder::new("idle-paths");
    std::fs::create_dir(folder.0.join("links")).unwrap();
    folder.write("links/rin.csv", "f (GHz),RIN (dB/Hz)\n0,-142\n60,-142\n").write(
        "links/a.toml",
        "preset = \"800gbase-dr8\"\nlanes = 1\ntransmitter.eml.laser.rin_file = \"rin.csv\"\n",
    );
    let quick = ["run", "links/a.toml", "--symbols", "0", "--json"];
    let out = good(&folder.run(&quick));
    assert!(out.contains("links/rin.csv"), "{out}");
    let by_flag = ["--set", "transmitter.eml.laser.rin_file=rin.csv"];
    let lines = refused(&folder.run(&[&quick[..], &by_flag].concat()));
    assert!(lines[0].contains("rin.csv") && !lines[0].contains("links/rin.csv"), "{lines:?}");
}

/// A description without a preset says so; the defaults that it has are those that are printed.
#[test]
fn a_file_without_a_preset_says_which_defaults_it_has() {
    let folder = Folder::new("idle-bare");
    folder.write("bare.toml", "lanes = 1\n");
    let out = good(&folder.run(&["run", "bare.toml", "--symbols", "0"]));
    assert!(out.contains("warning: no preset: keys that are not written"), "{out}");
    let all = good(&folder.run(&["presets", "default"]));
    folder.write("all.toml", all.replace("lanes = 8", "lanes = 1"));
    let hash = |file: &str| {
        LayeredConfig::open(folder.0.join(file).to_str().unwrap()).unwrap().resolve().unwrap().hash
    };
    assert_eq!(hash("bare.toml"), hash("all.toml"));
    let whole = good(&folder.run(&["presets", "800gbase-dr8", "--all"]));
    assert!(whole.lines().count() > 150 && whole.contains("order = 4"), "{whole}");
}

/// A sweep, a check, an eye and a stressed receiver test name such keys too; a sweep only those
/// without effect at all of its points.
#[test]
fn every_command_names_keys_without_effect() {
    let folder = Folder::new("idle-commands");
    folder.write(
        "a.toml",
        "preset = \"800gbase-dr8\"\nlanes = 1\nhost.channel.trace.loss_db = 30.0\n\
         [targets]\nloss_margin_db = [0.0, 20.0]\n",
    );
    let warning = "warning: without effect: host.channel.trace.loss_db (module.kind = \"optics\")";
    let said = |arguments: &[&str]| {
        let output = folder.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let sweep = ["sweep", "a.toml", "--symbols", "0", "--out", "a.csv", "--axis"];
    assert!(said(&[&sweep[..], &["fibre.length_km=0,1"]].concat()).contains(warning));
    let kinds = said(&[&sweep[..], &["module.kind=optics,lpo"]].concat());
    assert!(!kinds.contains("without effect"), "{kinds}");
    assert!(said(&["check", "a.toml"]).contains(warning));
    assert!(said(&["eye", "a.toml", "--at", "tp2", "--out", "a.png"]).contains(warning));
}
