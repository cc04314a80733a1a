//! The registry of metrics: properties of all of them.

use lightlane::chart::Picture;
use lightlane::fec::curve::{FecCurve, POINT_METRICS, Scheme};
use lightlane::host::CHANNEL_METRICS;
use lightlane::link::{
    FEC_METRICS, LaneResult, LayeredConfig, PORT_METRICS, PortResult, RunOptions, TransmitterUsed,
    lane_metrics,
};
use lightlane::sweep::{Axis, Sweep};
use lightlane::table::{Better, Row, RowSink};
use lightlane::units::split_suffix;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;

/// The keys and values of a JSON object, in the order in which they are written.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Entries;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Entries(all))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// Names of a serialised result, `clock.locked` as `clock_locked`; lists and `tables` are left out.
fn names(result: &impl Serialize, tables: &[&str]) -> Vec<String> {
    let text = serde_json::to_string(result).unwrap();
    let Entries(all) = serde_json::from_str(&text).unwrap();
    let kept = all
        .into_iter()
        .filter(|(name, value)| !value.is_array() && !tables.contains(&name.as_str()));
    kept.flat_map(|(name, value)| match value {
        Value::Object(_) => {
            let Entries(inner) = serde_json::from_str(&value.to_string()).unwrap();
            inner.into_iter().map(|(key, _)| format!("{name}_{key}")).collect()
        }
        _ => vec![name],
    })
    .collect()
}

#[test]
fn the_lane_list_and_the_serialised_lane_have_the_same_names_in_the_same_order() {
    let registry: Vec<String> = lane_metrics().map(|metric| metric.name.to_owned()).collect();
    let mut struct_names = names(&LaneResult::default(), &["slicer", "interval_kind"]);
    // a map is read back in the order of its keys: only the names of the clock are compared
    let clock = |name: &String| name.starts_with("clock_");
    let of_clock: BTreeSet<String> = struct_names.iter().filter(|n| clock(n)).cloned().collect();
    assert_eq!(of_clock, registry.iter().filter(|n| clock(n)).cloned().collect());
    struct_names.retain(|name| !clock(name));
    let others: Vec<String> = registry.into_iter().filter(|name| !clock(name)).collect();
    assert_eq!(others, struct_names);
}

#[test]
fn the_lists_of_port_point_and_channel_have_the_names_of_their_structs() {
    let port: Vec<&str> = PORT_METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(port, names(&PortResult::default(), &["fec", "fec_at_limit"]));
    let coding = Scheme::Kp4Inner.on("1.6tbase-dr8-2").unwrap();
    let curve = FecCurve { coding, ber: "1e-3".parse().unwrap(), ..FecCurve::default() };
    let point = &curve.build().unwrap().predicted()[0];
    let points: Vec<&str> = POINT_METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(points, names(point, &[]));
    assert_eq!(point.header().cells, points);
}

/// A field without a row, and a row without a field, do not compile or are found here.
#[test]
fn a_run_has_the_names_of_the_error_correction_list() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in ["simulation.symbols=4096", "simulation.symbols_at_limit=0"] {
        stack.set(assignment).unwrap();
    }
    let result = lightlane::link::Link::new(stack.resolve().unwrap())
        .run(&lightlane::link::RunOptions::default())
        .unwrap();
    let fec: Vec<&str> = FEC_METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(fec, names(result.port.fec.as_ref().unwrap(), &[]));
}

#[test]
fn every_metric_says_its_unit_its_place_and_its_meaning() {
    fn walk<R: 'static, D: 'static>(
        metrics: impl IntoIterator<Item = &'static lightlane::table::Metric<R, D>>,
    ) {
        let mut seen = BTreeSet::new();
        for metric in metrics {
            let name = ["_low", "_high", "_at_limit"]
                .iter()
                .fold(metric.name, |name, end| name.strip_suffix(end).unwrap_or(name));
            assert_eq!(split_suffix(name).1, metric.unit.symbol(), "{}", metric.name);
            assert!(metric.about.ends_with('.') && !metric.label.is_empty(), "{}", metric.name);
            assert!(seen.insert(metric.name), "{} twice", metric.name);
            assert!(!metric.target || metric.unit.is_number(), "{}", metric.name);
        }
    }
    walk(lane_metrics());
    walk(PORT_METRICS);
    walk(FEC_METRICS);
    walk(POINT_METRICS);
    walk(CHANNEL_METRICS);
}

/// The better direction of each is a decision: a new metric is added to one of the lists.
#[test]
fn margins_ratios_and_samples_are_better_higher_and_ranges_neither() {
    let of = |better| -> Vec<&str> {
        let numbers = lane_metrics().filter(|m| m.unit.is_number() && m.better == better);
        numbers.map(|metric| metric.name).collect()
    };
    let base = |name: &&str| !name.ends_with("_low") && !name.ends_with("_high");
    let higher: Vec<&str> = of(Better::Higher).into_iter().filter(base).collect();
    assert_eq!(
        higher,
        [
            "effective_samples",
            "variance_reduction",
            "snr_db",
            "snr_counted_db",
            "rlm",
            "rlm_tp2",
            "loss_margin_db",
            "corner_worst_loss_margin_db",
            "compliant_loss_margin_db",
            "overload_margin_db",
            "snr_margin_db",
            "effective_samples_at_limit",
            "variance_reduction_at_limit",
        ]
    );
    assert_eq!(
        of(Better::Neither),
        [
            "bits",
            "oma_tp2_dbm",
            "er_tp2_db",
            "launch_power_dbm",
            "level_1_drive",
            "level_2_drive",
            "oma_tp3_dbm",
            "er_tp3_db",
            "received_power_dbm",
            "passes_from_loss_db",
            "passes_to_loss_db",
            "bits_at_limit",
            "test_blocks",
            "clock_offset_ppm",
            "clock_bandwidth_mhz",
        ]
    );
}

/// Two lanes of which the second has the higher value: the figure of every metric shows the worse
/// one, and for a metric that is better neither way, the one furthest outside the range of the
/// target.
#[test]
fn the_worst_lane_of_every_metric_is_drawn() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    let asked = ["lanes=2", "tdecq.enabled=true", "targets.oma_tp2_dbm=[0, 1.5]"];
    asked.iter().for_each(|assignment| stack.set(assignment).unwrap());
    let sweep = Sweep::new(&stack, vec![Axis::parse("fibre.length_km=0,1").unwrap()]).unwrap();
    let header = sweep.header();
    let (mut drawn, mut absent) = (0, 0);
    for metric in lane_metrics().filter(|metric| metric.unit.is_number()) {
        let mut chart = match sweep.chart(metric.name) {
            Ok(chart) => chart,
            Err(refused) => {
                assert!(refused.to_string().contains("needs"), "{}: {refused}", metric.name);
                absent += 1;
                continue;
            }
        };
        drawn += 1;
        chart.begin(&header).unwrap();
        for (index, (lane, value)) in [(0, 1.0), (1, 2.0), (0, 1.0), (1, 2.0)].iter().enumerate() {
            let mut cells = vec![Value::Null; header.cells.len()];
            cells[header.position("lane").unwrap()] = Value::from(*lane);
            cells[header.position(metric.name).unwrap()] = Value::from(*value);
            chart.push(index as u64, &Row { at: Vec::new(), cells }).unwrap();
        }
        let Some(Picture::Curves(curves)) = chart.picture() else { panic!("{}", metric.name) };
        let shown = curves.traces.last().unwrap();
        let expected = match metric.better {
            _ if metric.name == "oma_tp2_dbm" => ("worst lane", 2.0),
            Better::Higher => ("worst lane", 1.0),
            Better::Lower => ("worst lane", 2.0),
            Better::Neither => ("lowest lane", 1.0),
        };
        assert_eq!((shown.name.as_str(), shown.points[0].1), expected, "{}", metric.name);
    }
    // more figures than not need nothing that this link is without
    assert!(drawn > absent, "{drawn} drawn, {absent} refused");
}

#[test]
fn the_reference_is_made_from_the_registry() {
    let page = lightlane::report::metrics_reference();
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/metrics.md"));
    if written.as_ref().ok() != Some(&page) {
        let new = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("metrics.md");
        std::fs::write(&new, &page).unwrap();
        panic!("docs/metrics.md differs from the registry: copy {} to it", new.display());
    }
}

#[test]
fn an_old_name_of_a_target_is_refused_with_the_new_one() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    let said = stack.set("targets.margin_db=[4, 8]").unwrap_err().to_string();
    assert!(said.ends_with("targets.margin_db: is called loss_margin_db now"), "{said}");
    stack.set("targets.loss_margin_db=[4, 8]").unwrap();
    assert_eq!(stack.resolve().unwrap().base.targets.range("loss_margin_db"), Some([4.0, 8.0]));
    for (old, new) in &lightlane::table::renamed().names {
        assert!(lane_metrics().all(|metric| metric.name != old), "{old} is {new} now");
    }
}

/// Every value of a run, its description and the digests of its files with it.
#[test]
fn a_result_reads_back_and_writes_the_same_text() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in [
        "lanes=2",
        "module.kind=retimed",
        "tdecq.enabled=true",
        "tdecq.pattern=prbs13q",
        "simulation.symbols=4096",
        "simulation.symbols_at_limit=0",
        "lane.1.fibre.length_km=1.5",
        "targets.loss_margin_db=[-5, 20]",
    ] {
        stack.set(assignment).unwrap();
    }
    let resolved = stack.resolve().unwrap();
    let base = resolved.base.clone();
    let link = lightlane::link::Link::new(resolved);
    let result = link.run(&lightlane::link::RunOptions::default()).unwrap();
    let text = lightlane::report::json(&result);
    let read: lightlane::link::LinkResult = serde_json::from_str(&text).unwrap();
    assert_eq!((read.schema, &*read.config), (2, &base));
    assert_eq!(lightlane::report::json(&read), text);
    // and of what is not finite, by a custom modulator
    let mut odd = read;
    odd.transmitter = TransmitterUsed::Custom("lanes 1: ring (a)".to_owned());
    let lane = &mut odd.lanes[0];
    (lane.snr_db, lane.rlm) = (Some(f64::NEG_INFINITY), None);
    let slicer = lane.slicer.as_mut().unwrap();
    (slicer.level_means[1], slicer.level_sigmas[0], slicer.thresholds[2]) = (None, None, None);
    (slicer.noise_shares[0].share, slicer.interference_share) = (None, None);
    let text = lightlane::report::json(&odd);
    let read: lightlane::link::LinkResult = serde_json::from_str(&text).unwrap();
    assert_eq!((read.transmitter.as_str(), &read.transmitter), ("custom", &odd.transmitter));
    let slicer = read.lanes[0].slicer.as_ref().unwrap();
    assert_eq!((slicer.level_means[1], slicer.noise_shares[0].share), (None, None));
    assert_eq!(lightlane::report::json(&read), text);
}

#[test]
fn a_comparison_reads_back_and_writes_the_same_text() {
    use lightlane::sweep::{Compared, Comparison};
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in ["lanes=2", "simulation.symbols=4096", "simulation.symbols_at_limit=0"] {
        stack.set(assignment).unwrap();
    }
    let axis = Axis::parse_by("--vary", "fibre.length_km=0.5,2").unwrap();
    let comparison = Comparison::new(&stack, vec![axis]).unwrap();
    let compared = comparison.run(&RunOptions::default()).unwrap();
    let text = lightlane::report::json(&compared);
    let read: Compared = serde_json::from_str(&text).unwrap();
    assert_eq!(lightlane::report::json(&read), text);
}

/// Distinct numbers in all fields of a lane: each metric reads its own.
#[test]
fn every_metric_of_a_lane_reads_the_field_of_its_name() {
    let mut lane = serde_json::to_value(LaneResult::default()).unwrap();
    for (i, metric) in lane_metrics().enumerate().filter(|(_, m)| m.unit.is_number()) {
        let object = lane.as_object_mut().unwrap();
        let value = Value::from(i as u64 + 1);
        match metric.name.strip_prefix("clock_") {
            Some(name) => _ = object["clock"].as_object_mut().unwrap().insert(name.into(), value),
            None => _ = object.insert(metric.name.into(), value),
        }
    }
    let lane: LaneResult = serde_json::from_value(lane).unwrap();
    for (i, metric) in lane_metrics().enumerate().filter(|(_, m)| m.unit.is_number()) {
        assert_eq!(metric.number(&lane), Some(i as f64 + 1.0), "{}", metric.name);
    }
}
