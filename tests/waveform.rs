//! A captured transmitter: a record of an oscilloscope or of another simulator, passed through the
//! link.

use crate::support::{Folder, captured};
use lightlane::link::{LaneResult, LayeredConfig, Link, Record, RunOptions, TestPoint, Waveform};
use lightlane::measured::{Candidate, Capture, Periods, locate, npy};
use lightlane::pattern::{Pattern, PatternKind, gray};
use lightlane::seed::Seed;
use std::process::{Command, Output};

fn link(preset: &str, assignments: &[&str]) -> Link {
    let mut stack = LayeredConfig::open(preset).unwrap();
    for assignment in assignments.iter().chain(&[
        "lanes=1",
        "simulation.symbols=0",
        "simulation.symbols_at_limit=0",
    ]) {
        stack.set(assignment).unwrap();
    }
    Link::new(stack.resolve().unwrap_or_else(|error| panic!("{error}")))
}

fn lane(link: &Link) -> LaneResult {
    link.run(&RunOptions::default()).unwrap().lanes.remove(0)
}

const PRBS13Q: [&str; 2] = ["pattern.kind=prbs13q", "simulation.block_symbols=8191"];

/// Without echoes on the transmitter's lines: runs of seven settle, which a capture's OMA is read
/// from.
const SETTLED: [&str; 3] = [
    "transmitter.dac.echo.reflection_near_db=-100",
    "transmitter.eml.driver.echo.reflection_near_db=-100",
    "transmitter.mzm.driver.echo.reflection_near_db=-100",
];

/// The waveform alone.
const NO_CROSSTALK: [&str; 2] =
    ["receiver.crosstalk.lane_db=-300", "receiver.crosstalk.tx_db=-300"];

/// Exported with noise and read back: the same margin to 0.05 dB, the same power, OMA and ER to
/// 0.02 dB. 48 periods know the noise to 0.1 %, and leave a fiftieth of it in the mean.
#[test]
fn a_waveform_exported_and_read_back_gives_the_same_margin() {
    let folder = Folder::new("back");
    for preset in ["800gbase-dr8", "1.6tbase-dr8"] {
        for kind in ["eml", "mzm"] {
            let ours = link(
                preset,
                &[&PRBS13Q[..], &SETTLED, &[&format!("transmitter.kind={kind}")]].concat(),
            );
            let waveform = ours.waveform(0, TestPoint::Tp2, Record::Repeats(48)).unwrap();
            assert!(waveform.is_period);
            let file = folder.write("tp2.npy", npy::write(&waveform.power_mw));
            let back = lane(&link(
                preset,
                &["transmitter.kind=waveform", &format!("transmitter.waveform.file={file}")],
            ));
            let ours = lane(&ours);
            println!(
                "{preset} {kind}: {:?} {:?}, SNR {:?} {:?}",
                ours.loss_margin_db, back.loss_margin_db, ours.snr_db, back.snr_db
            );
            let differs = |of: fn(&LaneResult) -> Option<f64>| {
                (of(&ours).unwrap() - of(&back).unwrap()).abs()
            };
            assert!(differs(|l| l.loss_margin_db) < 0.05, "{preset} {kind}");
            assert!(
                differs(|l| l.snr_db) < 0.1
                    && differs(|l| l.oma_tp2_dbm) < 0.02
                    && differs(|l| l.er_tp2_db) < 0.03,
                "{preset} {kind}"
            );
            assert!(
                differs(|l| l.launch_power_dbm) < 0.02 && differs(|l| l.oma_tp3_dbm) < 0.02,
                "{preset} {kind}"
            );
        }
    }
}

/// Without noise in the capture `rin_db_per_hz` replaces it: the EML's RIN, without the converter's
/// and the driver's noise.
#[test]
fn an_averaged_capture_takes_the_noise_that_it_is_given() {
    let folder = Folder::new("averaged");
    let quiet = [
        "transmitter.dac.effective_bits=16",
        "transmitter.dac.jitter_fs=0",
        "transmitter.eml.driver.noise_nv_per_rthz=0",
    ];
    let ours = link("800gbase-dr8", &[&PRBS13Q[..], &quiet].concat());
    let waveform = ours.waveform(0, TestPoint::Tp2, Record::Noiseless).unwrap();
    let file = folder.write("tp2.csv", lightlane::report::waveform_csv(&waveform));
    let file = format!("transmitter.waveform.file={file}");
    let back = |rin: &[&str]| {
        lane(&link("800gbase-dr8", &[&["transmitter.kind=waveform", &file], rin].concat()))
    };
    let (ours, back, silent) =
        (lane(&ours), back(&["transmitter.waveform.rin_db_per_hz=-145.5"]), back(&[]));
    assert!(
        (ours.snr_db.unwrap() - back.snr_db.unwrap()).abs() < 0.05,
        "{:?} {:?}",
        ours.snr_db,
        back.snr_db
    );
    assert!(
        (ours.loss_margin_db.unwrap() - back.loss_margin_db.unwrap()).abs() < 0.05,
        "{:?} {:?}",
        ours.loss_margin_db,
        back.loss_margin_db
    );
    assert!(silent.snr_db.unwrap() > ours.snr_db.unwrap() + 0.5);
}

/// Less launch power is as much less margin without crosstalk; a chirp matters over a dispersive
/// fibre only.
#[test]
fn launch_power_and_chirp_of_a_capture_can_be_set() {
    let files: Vec<&str> = captured().iter().map(String::as_str).collect();
    let alone = ["receiver.crosstalk.lane_db=-300", "receiver.crosstalk.tx_db=-300"];
    let with = |more: &[&str]| lane(&link("800gbase-dr8", &[&files[..], &alone, more].concat()));
    let (as_is, less) = (with(&[]), with(&["transmitter.waveform.launch_power_dbm=-1"]));
    assert!((less.launch_power_dbm.unwrap() + 1.0).abs() < 1e-3);
    let fall = as_is.launch_power_dbm.unwrap() + 1.0;
    assert!(
        (as_is.loss_margin_db.unwrap() - less.loss_margin_db.unwrap() - fall).abs() < 0.02,
        "loss is loss"
    );
    let far =
        |alpha: &str| with(&["fibre.length_km=4", "fibre.loss_db_per_km=0", alpha]).snr_db.unwrap();
    let (minus, plus) =
        (far("transmitter.waveform.chirp_alpha=-2"), far("transmitter.waveform.chirp_alpha=2"));
    assert!((minus - plus).abs() > 0.2, "{minus} {plus}");
}

/// Record as of an oscilloscope: power at any rate, from any moment on.
struct Scope {
    samples_per_symbol: f64,
    off_ppm: f64,
    first_ui: f64,
    inverted: bool,
    symbols: f64,
}

impl Scope {
    /// A band of some four symbol rates: the mean over four of 16 samples of a symbol, and straight
    /// lines between.
    fn record(&self, waveform: &Waveform) -> Vec<f32> {
        let (all, s) = (&waveform.power_mw, waveform.samples_per_symbol as f64);
        let mean = |i: usize| (0..4).map(|j| all[(i + j) % all.len()]).sum::<f32>() / 4.0;
        let x: Vec<f32> = (0..all.len()).map(mean).collect();
        let high = x.iter().copied().fold(0f32, f32::max);
        let step = 1.0 / self.samples_per_symbol * (1.0 + self.off_ppm * 1e-6);
        let at = |i: usize| {
            let t = (self.first_ui + i as f64 * step) * s;
            let (cell, part) = (t as usize, t.fract() as f32);
            let y = x[cell % x.len()] + part * (x[(cell + 1) % x.len()] - x[cell % x.len()]);
            if self.inverted { 1.1 * high - y } else { y }
        };
        (0..(self.symbols * self.samples_per_symbol) as usize).map(at).collect()
    }
}

fn fine(kind: PatternKind, record: Record) -> Waveform {
    let (name, symbols) =
        if kind == PatternKind::Ssprq { ("ssprq", 65_535) } else { ("prbs13q", 8191) };
    let assignments = [
        format!("pattern.kind={name}"),
        format!("simulation.block_symbols={symbols}"),
        "simulation.samples_per_symbol=16".into(),
    ];
    link("800gbase-dr8", &assignments.each_ref().map(String::as_str))
        .waveform(0, TestPoint::Tp2, record)
        .unwrap()
}

fn candidate(kind: PatternKind) -> Candidate {
    let source = Pattern { kind, ..Pattern::default() }.build().unwrap();
    let mut levels = vec![0; source.period().unwrap() as usize];
    source.fill(0, Seed::new(0), &mut levels);
    Candidate { name: format!("{kind:?}"), levels }
}

const RATE_HZ: f64 = 53.125e9;

#[test]
fn pattern_phase_rate_and_polarity_are_found_at_any_rate_of_the_oscilloscope() {
    let both = [candidate(PatternKind::Prbs13q), candidate(PatternKind::Ssprq)];
    for (which, kind) in [(0, PatternKind::Prbs13q), (1, PatternKind::Ssprq)] {
        let waveform = fine(kind, Record::Noiseless);
        let n = waveform.levels.len();
        for (samples_per_symbol, off_ppm, first_ui, inverted) in [
            (16.0, 0.0, 0.0, false),
            (4.0, 0.0, 1234.5, true),
            (7.31, 40.0, 8000.2, false),
            (2.4, -95.0, 77.7, true),
            (5.0, 310.0, 5.0, false),
        ] {
            let symbols = n as f64 * 1.7 + 300.0;
            let power = Scope { samples_per_symbol, off_ppm, first_ui, inverted, symbols }
                .record(&waveform);
            let capture =
                Capture { power_w: power, interval_s: Some(1.0 / (samples_per_symbol * RATE_HZ)) };
            let located = locate(&capture, RATE_HZ, &both).unwrap();
            assert_eq!(
                (located.pattern.as_str(), located.inverted, located.coding.swapped),
                (both[which].name.as_str(), inverted, false)
            );
            assert!((located.off_ppm - off_ppm).abs() < 3.0, "{} where {off_ppm}", located.off_ppm);
            // the transmitter's delay is a symbol or two
            let level = |k: usize| {
                if inverted { 3 - both[which].levels[k % n] } else { both[which].levels[k % n] }
            };
            let late = (0..4).find(|late| {
                (0..n).all(|k| located.levels[k] == level(k + first_ui as usize + n + 1 - late))
            });
            assert!(late.is_some(), "{samples_per_symbol} {first_ui}: not in phase");
            let periods = Periods::cut(&capture, &located, 8).unwrap();
            assert_eq!(periods.mean.len(), 8 * n);
            // optical levels are those of the pattern: the highest has the most power
            let mean = |level: u8| {
                let of = || (0..n).filter(|&k| periods.levels[k] == level);
                of().map(|k| f64::from(periods.mean[k * 8 + (located.delay_ui * 8.0) as usize]))
                    .sum::<f64>()
                    / of().count() as f64
            };
            assert!(
                mean(0) < mean(1) && mean(1) < mean(2) && mean(2) < mean(3),
                "{samples_per_symbol}"
            );
        }
    }
}

#[test]
fn the_other_order_of_bits_is_found() {
    let waveform = fine(PatternKind::Prbs13q, Record::Noiseless);
    let mut other = candidate(PatternKind::Prbs13q);
    for level in &mut other.levels {
        let (first, second) = gray::bits(*level);
        *level = gray::level(second, first);
    }
    let capture = Capture { power_w: waveform.power_mw, interval_s: Some(1.0 / (16.0 * RATE_HZ)) };
    assert!(locate(&capture, RATE_HZ, &[other]).unwrap().coding.swapped);
}

/// A record at 6.3 samples per symbol, 60 ppm off, of 9.3 periods: the signal-to-noise ratio of the
/// chain it came from.
#[test]
fn a_record_of_an_oscilloscope_gives_the_ratio_of_the_link_it_came_from() {
    let folder = Folder::new("scope");
    let waveform = fine(PatternKind::Prbs13q, Record::Repeats(12));
    let scope = Scope {
        samples_per_symbol: 6.3,
        off_ppm: 60.0,
        first_ui: 4000.3,
        inverted: false,
        symbols: 8191.0 * 9.3,
    };
    let mut text = "time (ns);power (uW)\n".to_owned();
    for (i, mw) in scope.record(&waveform).iter().enumerate() {
        text += &format!("{:.6};{:.3}\n", 20.0 + i as f64 / (6.3 * RATE_HZ) * 1e9, mw * 1e3);
    }
    let file = format!("transmitter.waveform.file={}", folder.write("scope.csv", text));
    let ours = lane(&link("800gbase-dr8", &[&PRBS13Q[..], &NO_CROSSTALK].concat()));
    let back = ["transmitter.kind=waveform", &file];
    let back = lane(&link("800gbase-dr8", &[&back[..], &NO_CROSSTALK].concat()));
    println!(
        "{:?} {:?}, margin {:?} {:?}",
        ours.snr_db, back.snr_db, ours.loss_margin_db, back.loss_margin_db
    );
    assert!(
        (ours.snr_db.unwrap() - back.snr_db.unwrap()).abs() < 0.15,
        "{:?} {:?}",
        ours.snr_db,
        back.snr_db
    );
    assert!(
        (ours.loss_margin_db.unwrap() - back.loss_margin_db.unwrap()).abs() < 0.1,
        "{:?} {:?}",
        ours.loss_margin_db,
        back.loss_margin_db
    );
}

fn refused(arguments: &[&str]) -> String {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_lightlane"))
        .args(["run", "800gbase-dr8"])
        .args(arguments)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        output.stdout.is_empty() && !words.contains("panicked") && words.lines().count() == 1,
        "{words}"
    );
    words
}

#[test]
fn what_is_no_capture_of_the_pattern_is_refused_with_file_reason_and_remedy() {
    let folder = Folder::new("refused");
    let waveform = fine(PatternKind::Prbs13q, Record::Noiseless);
    let rows = |step_ps: f64, x: &[f32]| -> String {
        let line = |(i, mw): (usize, &f32)| format!("{:.4},{mw}\n", i as f64 * step_ps);
        "time_ps,power_mw\n".to_owned() + &x.iter().enumerate().map(line).collect::<String>()
    };
    let four: Vec<f32> = waveform.power_mw.iter().step_by(4).copied().collect();
    let step_ps = 1e12 / (4.0 * RATE_HZ);
    let mut rng = Seed::new(3).named("noise").rng();
    let noise: Vec<f32> = (0..four.len()).map(|_| (1.0 + 0.1 * rng.normal()) as f32).collect();
    let top = 0.97 * four.iter().copied().fold(0f32, f32::max);
    let clipped: Vec<f32> = four.iter().map(|x| x.min(top * (1.0 - 0.03))).collect();
    let mut wander = Scope {
        samples_per_symbol: 4.0,
        off_ppm: 0.0,
        first_ui: 0.0,
        inverted: false,
        symbols: 8000.0,
    }
    .record(&waveform);
    wander.extend(
        Scope {
            samples_per_symbol: 4.0,
            off_ppm: 0.0,
            first_ui: 8000.7,
            inverted: false,
            symbols: 8000.0,
        }
        .record(&waveform),
    );
    let good = rows(step_ps, &four);
    let gap: String = good
        .lines()
        .enumerate()
        .filter(|(i, _)| !(500..540).contains(i))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    for (name, text, expected) in [
        (
            "noise.csv",
            rows(step_ps, &noise),
            "does not carry prbs13q, ssprq, prbs9q, prbs11q or prbs15q at 53.125 GBd; must be one whole period",
        ),
        ("fast.csv", rows(step_ps / 2.0, &four), "carries prbs13q at 106.25 GBd, not at 53.125"),
        ("off.csv", rows(step_ps * 1.002, &four), "carries prbs13q at 53.01"),
        (
            "short.csv",
            rows(step_ps, &four[..20_000]),
            "holds 0.61 of a period of prbs13q (8191 symbols)",
        ),
        (
            "coarse.csv",
            rows(
                4.0 * step_ps,
                &waveform.power_mw[..40_000].iter().step_by(16).copied().collect::<Vec<_>>(),
            ),
            "has 1.000 samples per symbol",
        ),
        ("clipped.csv", rows(step_ps, &clipped), "is clipped: "),
        ("wander.csv", rows(step_ps, &wander), "but its symbols wander"),
        ("gap.csv", gap, "line 501: time jumps by"),
        ("nan.csv", good.replacen("1.", "nan", 1), "must be a"),
        (
            "words.csv",
            "time_ps,power_mw\n0,1\n1,two\n".to_owned(),
            "line 3, column 2: `two`: must be a number",
        ),
        ("one.csv", "time_ps,power_mw\n0,1\n".to_owned(), "line 2: is the only one with numbers"),
        (
            "volts.csv",
            good.replacen("power_mw", "v (V)", 1),
            "`v (V)`: is another quantity; its unit must be W, mW, uW, nW or dBm, or unit = \"linear\"",
        ),
        (
            "dark.csv",
            rows(step_ps, &four.iter().map(|x| x - 1.4).collect::<Vec<_>>()),
            "with a mean of",
        ),
    ] {
        let file = format!("transmitter.waveform.file={}", folder.write(name, text));
        let words = refused(&["--set", "transmitter.kind=waveform", "--set", &file]);
        assert!(
            words.contains(expected)
                && words.contains(name)
                && words.contains("transmitter.waveform.file"),
            "{name}: {words}"
        );
    }
    assert!(
        refused(&["--set", "transmitter.kind=waveform"])
            .contains("transmitter.waveform.file: must name a file")
    );
    let file = format!("transmitter.waveform.file={}", folder.write("good.csv", good));
    let good = ["--set", "transmitter.kind=waveform", "--set", &file];
    assert!(
        refused(&[&good[..], &["--set", "pattern.precoder=true"]].concat())
            .contains("pattern.precoder = true: must be false")
    );
    assert!(
        refused(&[&good[..], &["--set", "pattern.kind=ssprq"]].concat())
            .contains("does not carry ssprq at 53.125 GBd")
    );
    assert!(
        refused(&[&good[..], &["--set", "transmitter.waveform.unit=linear"]].concat())
            .contains("launch_power_dbm: must be given")
    );
}

#[test]
fn what_was_found_stands_in_the_json_and_in_the_table() {
    let files = captured();
    let mut arguments = vec!["run", "800gbase-dr8", "--symbols", "0", "--set", "lanes=2"];
    files.iter().for_each(|assignment| arguments.extend(["--set", assignment]));
    let run = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .args(&arguments)
            .args(more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&run(&["--json"])).unwrap();
    let file = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .find(|file| file["key"] == "transmitter.waveform.file")
        .unwrap();
    let found = file["found"].as_str().unwrap();
    assert!(
        found.starts_with("4 periods of ")
            && found.contains("(512 symbols), 4.000 samples per symbol, +0.0 ppm"),
        "{found}"
    );
    assert!(file["digest"].as_str().unwrap().starts_with("fnv1a64:"));
    assert!(run(&[]).contains(found));
}
