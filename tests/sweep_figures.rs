//! Figures of sweeps: they show exactly the rows, are drawn completely or not at all, and
//! impossible ones are refused first.

use crate::figures::{Folder, look};
use lightlane::chart::{CurveRole, Curves, HeatMap, Picture};
use lightlane::link::LayeredConfig;
use lightlane::sweep::{Axis, RunOptions, Sweep, lane_columns};
use lightlane::table::{Both, EachRow, InOrder, Row};

/// A link of two lanes of which the second is worse, fast.
const QUICK: [&str; 5] = [
    "lanes=2",
    "lane.1.fibre.connector_loss_db=4",
    "simulation.symbols=0",
    "simulation.symbols_at_limit=0",
    "simulation.block_symbols=1024",
];

fn stack(more: &[&str]) -> LayeredConfig {
    let mut stack = LayeredConfig::open("1.6tbase-dr8").unwrap();
    QUICK.iter().chain(more).for_each(|assignment| stack.set(assignment).unwrap());
    stack
}

/// The rows of a sweep, and a chart of one of their figures.
fn run(stack: &LayeredConfig, axes: &[&str], figure: &str) -> (Vec<Row>, Picture) {
    let sweep =
        Sweep::new(stack, axes.iter().map(|axis| Axis::parse(axis).unwrap()).collect()).unwrap();
    let chart = sweep.chart(figure).unwrap();
    assert!(chart.picture().is_none(), "no picture before the last row");
    let mut rows = Vec::new();
    let keep = |row: &Row| {
        rows.push(row.clone());
        Ok(())
    };
    let mut sink = InOrder::new(Both(Some(chart), Some(EachRow::new(keep))));
    sweep.run(&mut sink, &RunOptions::default()).unwrap();
    let Both(chart, _) = sink.into_inner();
    (rows, chart.unwrap().picture().expect("all rows are there"))
}

fn map(picture: Picture) -> HeatMap {
    match picture {
        Picture::HeatMap(map) => map,
        Picture::Curves(curves) => panic!("{curves:?}"),
    }
}

fn curves(picture: Picture) -> Curves {
    match picture {
        Picture::Curves(curves) => curves,
        Picture::HeatMap(map) => panic!("{map:?}"),
    }
}

/// A column of a row, NaN for what was not evaluated.
fn column(row: &Row, name: &str) -> f64 {
    row.cells[lane_columns().iter().position(|figure| figure == name).unwrap()]
        .as_f64()
        .unwrap_or(f64::NAN)
}

#[test]
fn the_map_is_the_worst_row_of_every_point_and_a_hole_where_one_fails() {
    let axes = ["fibre.length_km=2:0:-1", "receiver.tia.bandwidth_ghz=20:60:20"];
    for (figure, worse) in
        [("loss_margin_db", f64::min as fn(f64, f64) -> f64), ("ber_semi_analytic", f64::max)]
    {
        let (rows, picture) = run(&stack(&[]), &axes, figure);
        let map = map(picture);
        assert_eq!(
            (&map.across[..], &map.up[..]),
            (&[0.0, 1.0, 2.0][..], &[20.0, 40.0, 60.0][..]),
            "ascending"
        );
        for (i, length) in map.across.iter().enumerate() {
            for (j, bandwidth) in map.up.iter().enumerate() {
                let here = rows.iter().filter(|r| {
                    r.at[0].as_f64() == Some(*length) && r.at[1].as_f64() == Some(*bandwidth)
                });
                let lanes: Vec<f64> = here.map(|row| column(row, figure)).collect();
                assert_eq!(lanes.len(), 2);
                let expected = if lanes.iter().any(|x| x.is_nan()) {
                    f64::NAN
                } else {
                    worse(lanes[0], lanes[1])
                };
                let found = map.values[[i, j]];
                assert!(
                    found == expected || (found.is_nan() && expected.is_nan()),
                    "{length} {bandwidth}: {found} {lanes:?}"
                );
            }
        }
        let holes = map.values.iter().filter(|value| value.is_nan()).count();
        assert_eq!(
            holes > 0,
            figure == "loss_margin_db",
            "at 20 GHz no power closes the link, its error ratio is known"
        );
        assert_eq!(map.caption.contains("fails without a value"), holes > 0, "{}", map.caption);
        let limit = map.limit.unwrap().value;
        assert_eq!(limit, if figure == "loss_margin_db" { 0.0 } else { 2.28e-4 });
    }
}

#[test]
fn the_curves_are_the_rows_of_every_lane_and_the_worst() {
    let (rows, picture) =
        run(&stack(&[]), &["fibre.length_km=0,2,1", "simulation.seed=5"], "loss_margin_db");
    let curves = curves(picture);
    assert_eq!(curves.traces.len(), 3);
    assert!(
        curves.title.starts_with("1.6tbase-dr8, EML, lanes 2")
            && curves.title.contains(": loss margin against fibre length"),
        "{}",
        curves.title
    );
    assert_eq!(curves.caption, "simulation seed 5 · the worst of 2 lanes · 3 points");
    let value = |length: f64, lane: u64| {
        let row = rows
            .iter()
            .find(|row| row.at[0].as_f64() == Some(length) && column(row, "lane") == lane as f64)
            .unwrap();
        column(row, "loss_margin_db")
    };
    for (trace, lane) in curves.traces.iter().zip([0, 1, 1]) {
        let expected: Vec<(f64, f64)> =
            [0.0, 1.0, 2.0].map(|length| (length, value(length, lane))).to_vec();
        assert_eq!(trace.points, expected, "{}", trace.name);
        assert_eq!(trace.role == CurveRole::Main, trace.name == "worst lane");
    }
}

#[test]
fn names_have_a_curve_each_or_a_place_each() {
    let (rows, picture) =
        run(&stack(&["lanes=2"]), &["transmitter.kind=eml,mzm", "fibre.length_km=0:2:1"], "snr_db");
    let each = curves(picture);
    assert_eq!((each.limit, each.legend.as_str()), (None, "transmitter kind"));
    let title = &each.title;
    assert!(title.starts_with("1.6tbase-dr8, lanes 2") && title.contains(": SNR"), "{title}");
    for (trace, kind) in each.traces.iter().zip(["eml", "mzm"]) {
        assert_eq!(trace.name, kind.to_uppercase());
        for (length, value) in &trace.points {
            let here =
                rows.iter().filter(|row| row.at[0] == kind && row.at[1].as_f64() == Some(*length));
            assert_eq!(here.map(|row| column(row, "snr_db")).fold(f64::INFINITY, f64::min), *value);
        }
    }
    let (_, picture) = run(&stack(&[]), &["transmitter.kind=eml,mzm"], "loss_margin_db");
    assert_eq!(
        curves(picture).traces.last().unwrap().points.iter().map(|p| p.0).collect::<Vec<_>>(),
        [0.0, 1.0]
    );
}

/// Where a key sets the limit, every curve has its own and none is common; with one value of that
/// key the limit is common again.
#[test]
fn curves_that_differ_in_their_limit_have_one_each() {
    let length = "fibre.length_km=0:2:1";
    let of = |limits: &str| curves(run(&stack(&[]), &[limits, length], "ber_semi_analytic").1);
    let each = of("limits.pmd_ber=1e-5,1e-4");
    assert!(each.limit.is_none());
    for (trace, limit) in each.traces.iter().zip([1e-5, 1e-4]) {
        assert_eq!(trace.limit, [0.0, 1.0, 2.0].map(|km| (km, limit)), "{}", trace.name);
    }
    let (_, picture) = run(&stack(&[]), &["limits.pmd_ber=1e-5", length], "ber_semi_analytic");
    let common = curves(picture);
    assert_eq!(common.limit.map(|limit| limit.value), Some(1e-5));
    assert!(common.traces.iter().all(|trace| trace.limit.is_empty()));
    // along the key itself the limit is a line that rises
    let (_, picture) = run(&stack(&[]), &["limits.pmd_ber=1e-6:1e-4:3log"], "ber_semi_analytic");
    let along = curves(picture);
    let line = &along.traces.last().unwrap().limit;
    assert_eq!(line.len(), 3);
    assert!(line.iter().all(|(x, limit)| x == limit), "{line:?}");
}

/// The host's loss does nothing without a host: there is no curve for it, and the caption says why.
#[test]
fn a_key_without_effect_has_no_curve() {
    let axes = ["module.kind=optics,lpo", "host.channel.trace.loss_db=4,6"];
    let more = ["lanes=1", "simulation.block_symbols=1024"];
    let sweep = Sweep::new(&stack(&more), axes.map(|axis| Axis::parse(axis).unwrap()).into());
    let (_, picture) = run(&stack(&more), &axes, "snr_db");
    assert!(sweep.is_ok());
    let found = curves(picture);
    let names: Vec<&str> = found.traces.iter().map(|trace| trace.name.as_str()).collect();
    assert_eq!(names, ["lpo"]);
    let why =
        "no curve for module.kind = \"optics\": host.channel.trace.loss_db has no effect there";
    assert!(found.caption.ends_with(why), "{}", found.caption);
}

/// A new column that is not a number must be listed as such.
#[test]
fn every_number_of_a_row_can_be_drawn_and_nothing_else() {
    let counted = [
        "simulation.symbols=4096",
        "simulation.symbols_at_limit=4096",
        "fibre.connector_loss_db=7",
    ];
    let (rows, _) = run(&stack(&counted), &["simulation.seed=1,2"], "loss_margin_db");
    let sweep =
        Sweep::new(&stack(&counted), vec![Axis::parse("simulation.seed=1,2").unwrap()]).unwrap();
    for (name, value) in
        lane_columns().iter().zip(&rows[1].cells).filter(|(_, value)| !value.is_null())
    {
        assert_eq!(
            sweep.chart(name).is_ok(),
            value.is_number() && name != "lane",
            "{name} = {value}"
        );
    }
}

#[test]
fn every_kind_of_figure_is_a_picture_at_both_sizes() {
    let folder = Folder::new("sweep-pictures");
    let draw = |axes: &[&str], figure: &str, words: &[&str]| {
        look(&folder, &run(&stack(&[]), axes, figure).1, words)
    };
    let map = ["fibre.length_km=0:4:2", "receiver.tia.bandwidth_ghz=20:60:20"];
    draw(
        &map,
        "loss_margin_db",
        &[
            "fibre length (km)",
            "receiver TIA bandwidth (GHz)",
            "loss margin (dB)",
            "limit: loss margin 0 dB",
            // the limit is missed at any power there: a failure, not a gap
            "fails, on white without a value",
            "fails without a value",
        ],
    );
    draw(&map, "ber_semi_analytic", &["limit: semi-analytic BER 2.3×10⁻⁴", "10⁻"]);
    draw(
        &["fibre.length_km=0.5:8:3log"],
        "loss_margin_db",
        &["each lane", "worst lane", "limit 0 dB", "\n0.5\n", "\n5\n"],
    );
    draw(
        &["transmitter.kind=eml,mzm", "pattern.kind=ssprq,prbs13q"],
        "loss_margin_db",
        &["EML", "MZM", "ssprq", "transmitter kind"],
    );
    draw(&["fibre.length_km=0,1"], "passes_from_loss_db", &["not evaluated at any point"]);
    draw(&map, "passes_from_loss_db", &["not evaluated at any point"]);
}

/// As words of a command.
fn sweep<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let quick = QUICK.iter().flat_map(|assignment| ["--set", assignment]);
    ["sweep", "1.6tbase-dr8"].into_iter().chain(quick).chain(more.iter().copied()).collect()
}

#[test]
fn a_sweep_draws_beside_its_table_or_without_one_and_its_rows_stay_the_same() {
    let folder = Folder::new("sweep-plot");
    let axis = ["--axis", "fibre.length_km=0:2:1"];
    for (more, names) in [
        (&["--out", "a.csv"][..], &["a.csv"][..]),
        (
            &["--out", "b.csv", "--plot", "b.png", "--figure", "snr_db"],
            &["a.csv", "b.csv", "b.png"],
        ),
        (&["--plot", "c.svg"], &["a.csv", "b.csv", "b.png", "c.svg"]),
    ] {
        let (code, out, words) = folder.lightlane(&sweep(&[&axis[..], more].concat()));
        assert!(code == Some(0) && out.is_empty() && words.is_empty(), "{words}");
        assert_eq!(folder.names(), names);
    }
    let read = |name: &str| std::fs::read(folder.0.join(name)).unwrap();
    assert_eq!(read("a.csv"), read("b.csv"));
    assert!(String::from_utf8(read("c.svg")).unwrap().contains("loss margin against fibre length"));
}

#[test]
fn what_cannot_be_drawn_ends_a_sweep_before_it_begins() {
    let folder = Folder::new("sweep-refused");
    std::fs::write(folder.0.join("kept.csv"), "kept").unwrap();
    const LENGTH: [&str; 2] = ["--axis", "fibre.length_km=0:2:1"];
    const BANDWIDTH: [&str; 2] = ["--axis", "receiver.tia.bandwidth_ghz=30:50:10"];
    let cases: [(&[&[&str]], &str); 9] = [
        (
            &[&LENGTH, &["--plot", "a.png", "--figure", "loss_margin"]],
            "figure = loss_margin: no such metric in a row, did you mean loss_margin_db?",
        ),
        (
            &[&LENGTH, &["--plot", "a.png", "--figure", "margin_db"]],
            "figure = margin_db: is called loss_margin_db now",
        ),
        (
            &[&LENGTH, &["--plot", "a.png", "--figure", "passes"]],
            "figure = passes: is not a number",
        ),
        (
            &[&LENGTH, &BANDWIDTH, &["--axis", "simulation.seed=1,2", "--plot", "a.png"]],
            "a figure: shows two axes that vary, here are 3",
        ),
        (
            &[&["--axis", "fibre.length_km=1", "--plot", "a.png"]],
            "a figure: needs an axis of two values or more",
        ),
        (&[&["--axis", "simulation.seed=1,1", "--plot", "a.png"]], "simulation.seed has 1 twice"),
        (&[&LENGTH, &["--plot", "a.gif"]], "must end in .png or .svg"),
        (&[&LENGTH, &["--plot", "nowhere/a.png"]], "there is no folder nowhere"),
        (
            &[&["--axis", "fibre.length_km=0,-1", "--plot", "a.png"]],
            "fibre.length_km = -1: must be from 0 to 1000",
        ),
    ];
    for (arguments, remedy) in cases {
        let arguments = sweep(&[&arguments.concat()[..], &["--out", "kept.csv"]].concat());
        let (code, out, words) = folder.lightlane(&arguments);
        assert_eq!(code, Some(2), "{remedy}: {words}");
        assert!(
            out.is_empty() && words.lines().count() == 1 && words.contains(remedy),
            "{remedy}: {words}"
        );
    }
    for flags in [
        &["--axis", "fibre.length_km=0,1"][..],
        &["--axis", "fibre.length_km=0,1", "--out", "a.csv", "--figure", "snr_db"],
    ] {
        let (code, _, words) = folder.lightlane(&sweep(flags));
        assert!(code == Some(2) && words.contains("--plot"), "{words}");
    }
    assert_eq!(folder.names(), ["kept.csv"]);
    assert_eq!(
        std::fs::read_to_string(folder.0.join("kept.csv")).unwrap(),
        "kept",
        "not even emptied"
    );
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_stopped_draws_nothing_and_says_so() {
    let folder = Folder::new("sweep-stopped");
    let arguments =
        sweep(&["--axis", "simulation.seed=1:50000:1", "--out", "a.csv", "--plot", "a.png"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"));
    let mut child = command
        .args(arguments)
        .current_dir(&folder.0)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    let rows =
        || std::fs::read_to_string(folder.0.join("a.csv")).map_or(0, |text| text.lines().count());
    while rows() < 4 && begun.elapsed().as_secs() < 120 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(
        words.contains("stopped early: ")
            && words.contains(" rows are in a.csv; a.png is not drawn"),
        "{words}"
    );
    assert_eq!(folder.names(), ["a.csv"]);
}
