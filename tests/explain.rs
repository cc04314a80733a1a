//! Where a margin goes, from a user's view: penalties are differences of runs, known ones are
//! found, bad input is reported.

use crate::cli::{Folder, good, refused};
use lightlane::link::{
    CancelToken, ExplainedLanes, Explanation, LaneExplanation, LayeredConfig, Link,
    MARGIN_WITHIN_DB, RunOptions, explain,
};
use lightlane::math::gaussian::q;
use lightlane::sheet::Assignment;
use serde_json::Value;

/// One lane, short blocks, nothing counted.
const SMALL: [&str; 4] = [
    "lanes=1",
    "simulation.block_symbols=1024",
    "simulation.symbols=0",
    "simulation.symbols_at_limit=0",
];

fn stack(assignments: &[&str]) -> LayeredConfig {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    SMALL.iter().chain(assignments).for_each(|assignment| stack.set(assignment).unwrap());
    stack
}

fn explained(stack: &LayeredConfig) -> LaneExplanation {
    let resolved = stack.resolve().unwrap();
    let mut found = explain(&resolved, ExplainedLanes::Worst, &RunOptions::default()).unwrap();
    assert!(found.complete);
    found.lanes.remove(0)
}

/// Loss and SNR margin of a run.
fn run(stack: &LayeredConfig) -> (Option<f64>, Option<f64>) {
    let result = Link::new(stack.resolve().unwrap()).run(&RunOptions::default()).unwrap();
    (result.lanes[0].loss_margin_db, result.lanes[0].snr_margin_db)
}

/// The description with keys set as by flags.
fn with(stack: &LayeredConfig, assignments: &[Assignment]) -> LayeredConfig {
    let mut stack = stack.clone();
    for Assignment { key, value } in assignments {
        stack.set_value(key, value.clone().expect("a preset has no key to remove")).unwrap();
    }
    stack
}

#[test]
fn a_penalty_is_the_difference_of_two_runs_to_the_last_bit() {
    let fixed =
        ["host.tx.adapt=false", "module.input.ctle.adapt=false", "host.rx.ctle.adapt=false"];
    for kind in ["transmitter.kind=eml", "transmitter.kind=mzm", "module.kind=lpo"] {
        let base = stack(&[&[kind][..], &fixed].concat());
        let lane = explained(&base);
        assert_eq!((lane.margins.loss_margin_db, lane.margins.snr_margin_db), run(&base), "{kind}");
        assert!(lane.penalties.len() > 15 && lane.sensitivities.len() > 15, "{kind}");
        let some = |row: &&lightlane::link::Penalty| {
            ["laser RIN", "driver saturation", "TIA bandwidth", "DAC jitter", "host channel"]
                .contains(&row.name.as_str())
        };
        let mut checked = 0;
        for row in lane.penalties.iter().chain(&lane.filters).filter(some) {
            let alone = run(&with(&base, &row.ideal));
            let found = (row.without.loss_margin_db, row.without.snr_margin_db);
            assert_eq!(found, alone, "{kind}, {}", row.name);
            let difference =
                alone.0.zip(lane.margins.loss_margin_db).map(|(without, all)| without - all);
            assert_eq!(row.penalty.loss_db, difference);
            checked += 1;
        }
        assert!(checked >= 4, "{kind}: {checked}");
    }
}

/// Sums of up to 30 numbers of a few dB: rounding is below 1e-12 dB.
#[test]
fn penalties_and_the_remainder_are_the_distance_to_thermal_noise_alone() {
    let lane = explained(&stack(&[]));
    let sum = |of: fn(&lightlane::link::MarginChange) -> Option<f64>| -> f64 {
        let penalties: f64 = lane.penalties.iter().map(|row| of(&row.penalty).unwrap()).sum();
        penalties + of(&lane.joint_remainder).unwrap()
    };
    let whole = lane.thermal_only.less(&lane.margins);
    assert!((sum(|change| change.loss_db) - whole.loss_db.unwrap()).abs() < 1e-12);
    assert!((sum(|change| change.snr_db) - whole.snr_db.unwrap()).abs() < 1e-12);
    let falls = |rows: &[f64]| rows.windows(2).all(|pair| pair[0] >= pair[1]);
    let penalties: Vec<f64> =
        lane.penalties.iter().map(|row| row.penalty.loss_db.unwrap()).collect();
    let swings: Vec<f64> = lane.sensitivities.iter().map(|row| row.swing_db().unwrap()).collect();
    assert!(falls(&penalties) && falls(&swings), "{penalties:?} {swings:?}");
}

/// A link that has thermal noise and RIN.
///
/// Noise of level k, per Hz at the diode: S = i^2 + 2 q R P_k + RIN (R P_k)^2, all white and
/// through the same wide chain, of which thermal and shot noise alone meet the limit at the margin
/// without RIN: this gives the bandwidth. The margin with RIN then follows from the mean over the
/// thresholds of equally spaced levels, each where both errors are equally likely to first order.
/// What is left of 0.74 dB is interference of 2 % of the noise, steps that differ by 0.3 %, and the
/// search: 0.03 dB.
#[test]
fn the_penalty_of_rin_is_that_of_the_closed_form() {
    let mut only = stack(&["receiver.tia.order=2"]);
    let lane = explained(&only);
    for row in lane.penalties.iter().chain(&lane.filters).filter(|row| row.name != "laser RIN") {
        only = with(&only, &row.ideal);
    }
    only.set("transmitter.eml.laser.rin_db_per_hz=-142").unwrap();
    let lane = explained(&only);
    let [rin] = &lane.penalties[..] else { panic!("RIN alone: {:?}", lane.penalties) };
    // with nothing else to remove, thermal noise alone is the link without RIN
    assert_eq!((&lane.thermal_only, lane.joint_remainder.loss_db), (&rin.without, Some(0.0)));
    assert_eq!((rin.name.as_str(), lane.filters.len()), ("laser RIN", 0));

    let resolved = only.resolve().unwrap();
    let result = Link::new(resolved.clone()).run(&RunOptions::default()).unwrap();
    let (config, of) = (&resolved.lanes[0], &result.lanes[0]);
    let watt = |dbm: f64| 1e-3 * 10f64.powf(dbm / 10.0);
    let to_a = config.receiver.photodiode.responsivity_a_per_w
        * 10f64.powf(-config.receiver.coupling_loss_db / 10.0);
    let step_a = to_a * watt(of.oma_tp3_dbm.unwrap()) / 3.0;
    let average_a = to_a * watt(of.received_power_dbm.unwrap());
    let current = |k: usize| average_a + (k as f64 - 1.5) * step_a;
    // order 2: noise is white; its density gives the rms over the noise bandwidth of a Bessel
    // filter of second order, 1.1536 of its bandwidth
    let thermal = (17e-12f64).powi(2) / 1.1536;
    let ber = |loss_db: f64, rin: f64, bandwidth_hz: f64| {
        let a = 10f64.powf(-loss_db / 10.0);
        let sigma = |k: usize| {
            let i = a * current(k);
            ((thermal + 2.0 * 1.602e-19 * i + rin * i * i) * bandwidth_hz).sqrt()
        };
        let eyes = (0..3).map(|k| a * step_a / (sigma(k) + sigma(k + 1)));
        eyes.map(|x| 2.0 * q(x)).sum::<f64>() / 8.0
    };
    let bisected = |mut low: f64, mut high: f64, rises: &dyn Fn(f64) -> f64| {
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if rises(middle) < config.limits.pmd_ber { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let without_db = rin.without.loss_margin_db.unwrap();
    let bandwidth_hz = bisected(1e9, 1e12, &|hz| ber(without_db, 0.0, hz));
    let with_db = bisected(-10.0, 30.0, &|db| ber(db, 10f64.powf(-14.2), bandwidth_hz));
    let (found, expected) = (rin.penalty.loss_db.unwrap(), without_db - with_db);
    assert!(expected > 0.2 && (50e9..110e9).contains(&bandwidth_hz), "{expected} {bandwidth_hz:e}");
    assert!((found - expected).abs() < 0.03, "{found} dB, {expected} dB by the closed form");
}

/// Connectors take power from signal and crosstalk alike, if there is any: without it the margin
/// moves by the loss itself, to the accuracy of two searches.
#[test]
fn a_tolerance_of_a_pure_loss_moves_the_margin_by_itself() {
    let lane =
        explained(&stack(&["receiver.crosstalk.lane_db=-300", "receiver.crosstalk.tx_db=-300"]));
    for name in ["connector loss", "receiver coupling"] {
        let row = lane.sensitivities.iter().find(|row| row.name == name).unwrap();
        let lightlane::sheet::Deviation::Absolute(step_db) = row.deviation else {
            panic!("{name} is a loss in dB")
        };
        let within = 2.0 * MARGIN_WITHIN_DB;
        assert!((row.change_lower.loss_db.unwrap() - step_db).abs() < within, "{row:?}");
        assert!((row.change_higher.loss_db.unwrap() + step_db).abs() < within, "{row:?}");
    }
    let squares: f64 = lane.sensitivities.iter().map(|row| row.slope_db().unwrap().powi(2)).sum();
    assert!((lane.loss_margin_sigma_db - squares.sqrt()).abs() < 1e-12);
}

#[test]
fn the_same_bits_for_one_thread_and_for_two_and_the_worst_lane_is_that_of_a_run() {
    let base = stack(&["lanes=3", "lane.1.fibre.connector_loss_db=4"]).resolve().unwrap();
    let on = |threads: usize, lanes| -> Explanation {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| explain(&base, lanes, &RunOptions::default()).unwrap())
    };
    let text = |found: &Explanation| serde_json::to_string(found).unwrap();
    let [one, two] = [1, 2].map(|threads| on(threads, ExplainedLanes::Worst));
    assert_eq!(text(&one), text(&two));
    assert_eq!(one.lanes.iter().map(|lane| lane.lane).collect::<Vec<_>>(), [1]);
    let all = on(2, ExplainedLanes::All);
    assert_eq!(all.lanes.iter().map(|lane| lane.lane).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(
        serde_json::to_value(&all.lanes[1]).unwrap(),
        serde_json::to_value(&one.lanes[0]).unwrap()
    );
    let back: Explanation = serde_json::from_str(&text(&all)).unwrap();
    assert_eq!(text(&back), text(&all));
    let result = Link::new(base).run(&RunOptions::default()).unwrap();
    for (lane, run) in all.lanes.iter().zip(&result.lanes) {
        assert_eq!(lane.margins.loss_margin_db, run.loss_margin_db, "lane {}", run.lane);
    }
    assert_eq!(result.port.worst_lane, Some(1));
}

/// 30 dB of connectors leave no margin; its reason is given, and no penalty is made up.
#[test]
fn a_link_without_a_margin_says_why() {
    let lane = explained(&stack(&["fibre.connector_loss_db=30"]));
    let because = lane.margins.not_evaluated.as_ref().unwrap();
    assert!(because.contains("the limit is never kept"), "{because}");
    assert!(lane.penalties.iter().all(|row| row.penalty.loss_db.is_none()));
    assert!(lane.joint_remainder.loss_db.is_none());
}

#[test]
fn what_was_cancelled_has_no_number() {
    let cancel = CancelToken::default();
    cancel.cancel();
    let resolved = stack(&[]).resolve().unwrap();
    let options = RunOptions::cancelled_by(&cancel);
    let found = explain(&resolved, ExplainedLanes::Worst, &options).unwrap();
    assert!(!found.complete);
    let lane = &found.lanes[0];
    assert!(lane.margins.loss_margin_db.is_none() && !lane.penalties.is_empty());
    assert!(lane.penalties.iter().all(|row| row.without.not_evaluated.is_some()));
    assert!(explain(&resolved, ExplainedLanes::One(1), &options).is_err());
}

/// Impairments are named once, and every tolerance says whether it was published.
#[test]
fn names_are_unique_and_tolerances_have_sources() {
    let mut tested = 0;
    for preset in lightlane::link::presets::all() {
        for kind in ["optics", "retimed", "lro", "lpo"] {
            for transmitter in ["eml", "mzm"] {
                let mut stack = LayeredConfig::open(preset.name).unwrap();
                stack.set(&format!("module.kind={kind}")).unwrap();
                stack.set(&format!("transmitter.kind={transmitter}")).unwrap();
                let resolved = stack.resolve().unwrap();
                let lane = &resolved.lanes[0];
                tested += 1;
                let (impairments, tolerances) = (lane.impairments(), lane.tolerances());
                let all = impairments.all.iter().map(|i| i.name.clone());
                let inseparable = impairments.inseparable.iter().map(|i| i.name.clone());
                let names: Vec<String> = all.chain(inseparable).collect();
                let of = tolerances.iter().map(|tolerance| tolerance.name.clone()).collect();
                for mut names in [names, of] {
                    let count = names.len();
                    names.sort();
                    names.dedup();
                    assert!(count > 15 && names.len() == count, "{kind} {transmitter}: {names:?}");
                }
                let linear = impairments.all.iter().any(|i| i.name == "host channel");
                assert_eq!(linear, ["lro", "lpo"].contains(&kind), "{kind}");
                for tolerance in &tolerances {
                    let status = tolerance.source.rsplit(' ').next().unwrap();
                    assert!(["published", "derived", "assumed"].contains(&status), "{tolerance:?}");
                }
            }
        }
    }
    assert!(tested > 15, "{tested}");
}

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let small = ["--set", "simulation.block_symbols=1024", "--set", "lanes=2"];
    [&["explain", "800gbase-dr8"][..], &small, more].concat()
}

#[test]
fn the_command_prints_a_table_json_and_a_figure() {
    let folder = Folder::new("explain");
    let text = good(&folder.run(&arguments(&["--plot", "p.png", "--size", "small"])));
    for said in [
        "receiver thermal noise alone",
        "laser RIN",
        "joint remainder",
        "all impairments",
        "not separated: shot noise",
        "one standard deviation",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}: {text}");
    let figure = std::fs::read(folder.0.join("p.png")).unwrap();
    assert!(figure.starts_with(b"\x89PNG") && figure.len() > 10_000);

    let text = good(&folder.run(&arguments(&["--lane", "all"])));
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{widest}: {text}");
    let all: Value =
        serde_json::from_str(&good(&folder.run(&arguments(&["--lane", "all", "--json"])))).unwrap();
    assert_eq!((&all["schema"], &all["complete"]), (&Value::from(2), &Value::from(true)));
    assert_eq!(all["lanes"].as_array().map(Vec::len), Some(2));
    let lane = &all["lanes"][1];
    let row = lane["penalties"].as_array().unwrap().iter().find(|row| row["name"] == "laser RIN");
    let ideal = &row.unwrap()["ideal"][0];
    assert_eq!(ideal["key"], "transmitter.eml.laser.rin_db_per_hz");
    assert_eq!(ideal["value"], -300.0);
}

#[test]
fn bad_input_is_refused_with_a_remedy() {
    let folder = Folder::new("explain-refused");
    for (more, expected) in [
        (&["--lane", "2"][..], "--lane = 2: must be a lane of the link, from 0 to 1"),
        (&["--lane", "two"], "must be the number of a lane, from 0, or all"),
        (&["--plot", "p.gif"], "a figure's file must end in .png or .svg"),
        (&["--size", "small"], "--size: is of a figure; --plot asks for one"),
        (&["--set", "fibre.lenght_km=1"], "did you mean length_km"),
    ] {
        let output = folder.run(&arguments(more));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{more:?}: {text}");
        assert!(text.contains(expected) && output.stdout.is_empty(), "{more:?}: {text}");
    }
    refused(&folder.run(&["explain", "800gbase-dr9"]));
}
