//! Properties common to all models, tested on all of them, and on every number at the ends of its
//! range.

use crate::support::{captured, preset, quiet, run_lane};
use lightlane::chain::{NoiseSelection, PlanCache, Predictor, StreamKeys, Workspace};
use lightlane::error::Problems;
use lightlane::link::{Config, Lane, LaneResult, LayeredConfig, presets};
use lightlane::pattern::PatternKind;
use lightlane::receiver::Limiting;
use lightlane::transmitter::{Laser, RinKind, TransmitterKind};
use toml::Value;

/// Presets with descriptions of their own; the others have parts of one of these.
fn whole() -> impl Iterator<Item = &'static presets::Preset> {
    presets::all().iter().filter(|preset| preset.base().is_none())
}

/// The default description and that of every whole preset, with every kind of transmitter.
fn all() -> Vec<(String, Config)> {
    let mut all = Vec::new();
    for (name, config) in
        whole().map(|p| (p.name, preset(p.name))).chain([("default", Config::default())])
    {
        for (key, _) in config.transmitter.all() {
            let kind: TransmitterKind =
                Value::from(key).try_into().unwrap_or_else(|e| panic!("{key} is no kind: {e}"));
            let mut config = config.clone();
            config.transmitter.kind = kind;
            if kind == TransmitterKind::Waveform {
                let [_, levels, _, capture] = captured();
                let named = |assignment: &str| {
                    assignment.split_once('=').expect("an assignment").1.to_owned()
                };
                config.transmitter.waveform.file = named(capture);
                (config.pattern.kind, config.pattern.file) = (PatternKind::File, named(levels));
            }
            all.push((format!("{name} {key}"), config));
        }
    }
    all
}

/// Every number of a table with its dotted path.
fn numbers(value: &Value, path: &str, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                numbers(
                    value,
                    &if path.is_empty() { key.clone() } else { format!("{path}.{key}") },
                    found,
                );
            }
        }
        Value::Array(values) => values.iter().for_each(|value| numbers(value, path, found)),
        Value::Float(x) => found.push((path.to_owned(), *x)),
        Value::Integer(n) => found.push((path.to_owned(), *n as f64)),
        _ => {}
    }
}

/// The keys of all numbers of the default description.
fn keys() -> Vec<String> {
    let mut found = Vec::new();
    numbers(&Value::try_from(Config::default()).expect("a description is TOML"), "", &mut found);
    let mut keys: Vec<String> = found.into_iter().map(|(key, _)| key).collect();
    keys.dedup();
    assert!(keys.len() > 70, "{}", keys.len());
    keys
}

/// Runs one lane in short blocks and asserts that every figure is finite or absent, and every error
/// ratio one; false when the description is refused.
fn finite(name: &str, config: &Config) -> bool {
    let mut config = config.clone();
    let span =
        config.fec.chosen().and_then(|coding| coding.inner).map_or(1, |inner| inner.span_symbols());
    config.simulation.block_symbols =
        256.max(8 * config.receiver.dsp.ffe.taps).next_multiple_of(span);
    let mut problems = Problems::new();
    config.check(&lightlane::measured::Library::default(), &mut problems);
    if !problems.is_empty() {
        return false;
    }
    let lane: LaneResult = run_lane(&config, 1024);
    if let Some(slicer) = &lane.slicer {
        let levels = slicer.level_means.iter().chain(&slicer.level_sigmas);
        let shares = slicer.noise_shares.iter().map(|part| &part.share);
        let all =
            levels.chain(&slicer.thresholds).chain(shares).chain([&slicer.interference_share]);
        assert!(all.into_iter().all(Option::is_some), "{name}: {slicer:?}");
    }
    let mut figures = Vec::new();
    numbers(&Value::try_from(&lane).expect("a result is a table"), "", &mut figures);
    let wrong: Vec<_> = figures.iter().filter(|(_, x)| !x.is_finite()).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    for (key, ber) in figures.iter().filter(|(key, _)| key.starts_with("ber_")) {
        assert!((0.0..=1.0).contains(ber), "{name}: {key} = {ber}");
    }
    let reason = lane.not_evaluated.is_some() || lane.ber_semi_analytic_not_evaluated.is_some();
    assert!(
        lane.ber_semi_analytic.is_some() != reason,
        "{name}: neither a figure nor a reason, or both"
    );
    true
}

#[test]
fn every_kind_of_every_preset_builds_and_runs_a_block() {
    for (name, config) in all() {
        let lane = Lane::build(&config, 0, &mut PlanCache::default()).expect("it builds");
        let mut workspace = Workspace::new(&lane.optical().plan);
        let blocks = lane.blocks(1, false);
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            lane.blocks(1, true),
            blocks.clone(),
            &mut workspace,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).expect("it trains");
        let draws = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block: 0,
            noise: 0,
            selection: NoiseSelection::All,
        };
        let decisions =
            workspace.decisions(&lane.optical().plan, &trained, &blocks[0], &draws, false);
        assert!(
            decisions.symbol_errors * 20 < blocks[0].len() as u64,
            "{name}: {} errors",
            decisions.symbol_errors
        );
    }
}

#[test]
fn every_kind_of_every_preset_survives_toml() {
    for (name, config) in all() {
        let text = toml::to_string(&config).expect("a description is TOML");
        let again: Config = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(again, config, "{name}");
    }
}

#[test]
fn every_kind_says_what_it_is_in_its_own_words() {
    let config = Config::default();
    let said: Vec<&str> =
        config.transmitter.all().iter().map(|(_, modulator)| modulator.about()).collect();
    assert!(
        said.iter().enumerate().all(|(i, about)| about.len() > 20 && !said[..i].contains(about)),
        "{said:?}"
    );
}

/// The units that end a key.
const UNITS: &str = "_gbd _ghz _mhz _db _dbm _db_per_hz _db_per_km _db_per_rad _db_per_cm_rtghz _db_per_cm_ghz2 _fs _ns _nm _mm _km _v _vpp \
                     _v_cm _per_v _deg _na _ma_pp _kohm _a_per_w _nv_per_rthz _pa_per_rthz _pa2_per_hz _pa2_per_hz_ghz2 _ps_per_nm2_km _uw _ma _ps_per_nm _ps _percent _dbm \
                     _grad_per_s _m _octets _pm _pm_per_k _k _k_per_mw _us _vppd _ohm _ff _ph _khz _ppm _ui _ua _mv _per_w_km _um \
                     _c _nm_per_k _mv_per_k _mv_per_nm _w_per_a";
/// Keys without one: counts, ratios and seeds.
const DIMENSIONLESS: &str = "lanes lanes_per_laser quality_factor taps order samples_per_symbol block_symbols symbols symbols_at_limit guard_symbols next_extra_symbols seed \
                             module effective_bits chirp_alpha chirp_alpha_0 index_mismatch gap_index lms_step pmd_ber aui_ber link_ber added_ber \
                             polarisation_overlap rin_exponent power_split channels passband_order rlm tap_low tap_high tap_step limit memory depth inner";

#[test]
fn every_number_names_its_unit_or_has_none() {
    let keys = keys();
    let names: Vec<&str> =
        keys.iter().map(|key| key.rsplit('.').next().expect("never empty")).collect();
    for (key, name) in keys.iter().zip(&names) {
        let unit = UNITS.split_whitespace().any(|unit| name.ends_with(unit));
        let none = DIMENSIONLESS.split_whitespace().any(|known| known == *name);
        assert!(unit != none, "{key}: no unit, or one too many");
    }
    let idle = DIMENSIONLESS.split_whitespace().find(|known| !names.contains(known));
    assert_eq!(idle, None, "in the list, but no key");
}

#[test]
fn the_same_seed_counts_the_same_errors_and_another_seed_others() {
    for (name, mut config) in all() {
        config.fibre.connector_loss_db += 12.0;
        config.simulation.block_symbols = 1024;
        let counted = |seed: u64| {
            let mut config = config.clone();
            config.simulation.seed = seed;
            let lane = run_lane(&config, 4096);
            (lane.errors, lane.snr_counted_db)
        };
        let first = counted(1);
        assert!(first.0 > 0, "{name}");
        assert_eq!(first, counted(1), "{name}");
        assert_ne!(first.1, counted(2).1, "{name}");
    }
}

/// A preset with assignments on top, or its problems.
fn resolved(name: &str, assignments: &[String]) -> Result<Config, String> {
    let mut stack = LayeredConfig::open(name).expect("it ships");
    assignments.iter().try_for_each(|a| stack.set(a)).map_err(|e| e.to_string())?;
    stack.resolve().map(|resolved| resolved.lanes[0].clone()).map_err(|e| e.to_string())
}

/// The range of a key from the message that refuses a number; `None` without a range.
fn bounds(name: &str, key: &str) -> Option<[String; 2]> {
    // whole numbers know no nan
    ["nan", "9000000000000000000"].iter().find_map(|value| {
        let refused = resolved(name, &[format!("{key}={value}")]).err()?;
        let (_, said) = refused.lines().find_map(|line| {
            line.split_once(&format!("{key} = "))?.1.split_once("must be from ")
        })?;
        said.split_once(" to ").map(|(low, high)| [low.to_owned(), high.to_owned()])
    })
}

/// Further settings with which a number has an effect.
fn companions(key: &str) -> Vec<String> {
    let choice = match key {
        _ if key.contains(".relaxation.") => {
            format!("{}.rin=relaxation", key.split(".relaxation").next().expect("never empty"))
        }
        "transmitter.ring.detuning_pm" => "transmitter.ring.detuning=given".to_owned(),
        _ if key.contains(".laser.bias_ma") => {
            format!("{}.operating_point=current", key.trim_end_matches(".bias_ma"))
        }
        "transmitter.mzm.bandwidth_ghz" => "transmitter.mzm.electrode=low-pass".to_owned(),
        "receiver.tia.noise_a0_pa2_per_hz" | "receiver.tia.noise_a2_pa2_per_hz_ghz2" => {
            "receiver.tia.noise=quadratic".to_owned()
        }
        "receiver.tia.overload_ma_pp" => "receiver.tia.limiting=tanh".to_owned(),
        _ if key.starts_with("receiver.dsp.clock.") || key.ends_with(".guard_symbols") => {
            "receiver.dsp.clock.recovery=mueller-muller".to_owned()
        }
        "receiver.dsp.ffe.lms_step" => "receiver.dsp.ffe.adaptation=lms".to_owned(),
        _ if key.starts_with("receiver.dsp.dfe.") => "receiver.dsp.detector=dfe".to_owned(),
        _ if key.starts_with("receiver.dsp.mlse.") => "receiver.dsp.detector=mlse".to_owned(),
        _ => "pattern.kind=random".to_owned(),
    };
    if key.starts_with("transmitter.waveform.") {
        return captured().iter().cloned().chain(["lanes=1".to_owned()]).collect();
    }
    let kind = ["mzm", "ring", "stressed"]
        .into_iter()
        .find(|kind| key.starts_with(&format!("transmitter.{kind}.")))
        .unwrap_or("eml");
    // sources before a long dispersive fibre are drawn, which takes time
    vec![
        choice,
        format!("transmitter.kind={kind}"),
        "lanes=1".to_owned(),
        "fibre.length_km=0.5".to_owned(),
    ]
}

#[test]
fn every_figure_is_finite_or_absent_at_both_ends_of_every_range() {
    for preset in whole() {
        let mut ran = 0;
        for key in keys() {
            for bound in bounds(preset.name, &key).into_iter().flatten() {
                let name = format!("{key} = {bound}");
                let assignments: Vec<String> =
                    companions(&key).into_iter().chain([format!("{key}={bound}")]).collect();
                match resolved(preset.name, &assignments) {
                    Ok(config) => {
                        ran += u32::from(finite(&format!("{}, {name}", preset.name), &config))
                    }
                    // another rule may refuse it, its own range does not
                    Err(because) => {
                        assert!(!because.contains(&format!("{name}: must be from")), "{because}")
                    }
                }
            }
        }
        assert!(ran > 120, "{}: only {ran} of the ranges' ends are legal", preset.name);
    }
}

#[test]
fn every_figure_is_finite_or_absent_at_extreme_but_legal_links() {
    type Change = fn(&mut Config);
    let changes: [(&str, Change); 12] = [
        ("all bandwidths 1 GHz", |c| bandwidths(c, 1.0)),
        ("all bandwidths 500 GHz", |c| bandwidths(c, 500.0)),
        ("hardly any noise", quiet),
        ("back to back", |c| (c.fibre.length_km, c.fibre.connector_loss_db) = (0.0, 0.0)),
        ("100 km", |c| (c.fibre.length_km, c.fibre.loss_db_per_km) = (100.0, 0.2)),
        ("1000 km without loss", |c| (c.fibre.length_km, c.fibre.loss_db_per_km) = (1000.0, 0.0)),
        ("smallest swing", |c| swings(c, 0.01)),
        ("largest swing", |c| swings(c, 50.0)),
        ("linewidth of 1 GHz over 20 km", |c| {
            c.fibre.length_km = 20.0;
            for laser in lasers(c) {
                laser.linewidth_mhz = 1000.0;
            }
        }),
        ("jitter at its bound", |c| {
            let most_fs = (0.05 * 1e6 / c.symbol_rate_gbd).floor();
            (c.transmitter.dac.jitter_fs, c.receiver.dsp.adc.jitter_fs) = (most_fs, most_fs);
        }),
        ("amplifier deep in overload", |c| {
            (c.receiver.tia.limiting, c.receiver.tia.overload_ma_pp) = (Limiting::Tanh, 0.01)
        }),
        ("strongest relaxation noise", |c| {
            for laser in lasers(c) {
                (laser.rin, laser.rin_db_per_hz, laser.relaxation.damping_grad_per_s) =
                    (RinKind::Relaxation, -100.0, 0.1);
            }
        }),
    ];
    for (change, apply) in changes {
        let run = |(name, mut config): (String, Config)| {
            apply(&mut config);
            finite(&format!("{name}, {change}"), &config)
        };
        assert!(
            all().into_iter().map(run).filter(|&ran| ran).count() > 0,
            "{change} is legal nowhere"
        );
    }
}

fn lasers(c: &mut Config) -> [&mut Laser; 3] {
    let t = &mut c.transmitter;
    [&mut t.eml.laser, &mut t.mzm.laser, &mut t.ring.laser]
}

fn swings(c: &mut Config, vpp: f64) {
    let t = &mut c.transmitter;
    for driver in [&mut t.eml.driver, &mut t.mzm.driver, &mut t.ring.driver] {
        driver.swing_vpp = vpp;
    }
    // a ring's junction is not driven into conduction
    t.ring.reverse_bias_v = 5.0;
}

fn bandwidths(c: &mut Config, ghz: f64) {
    let (t, r) = (&mut c.transmitter, &mut c.receiver);
    (
        t.dac.bandwidth_ghz,
        t.eml.bandwidth_ghz,
        t.eml.driver.bandwidth_ghz,
        t.mzm.driver.bandwidth_ghz,
    ) = (ghz, ghz, ghz, ghz);
    (t.ring.driver.bandwidth_ghz, t.ring.junction_bandwidth_ghz) = (ghz, ghz);
    (r.photodiode.bandwidth_ghz, r.tia.bandwidth_ghz, r.dsp.adc.bandwidth_ghz) = (ghz, ghz, ghz);
}
