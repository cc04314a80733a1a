//! `lightlane measure`: captures of every kind, from a user's view.

use crate::cli::{Folder, good, refused};
use lightlane::link::{LayeredConfig, Link, Record, TestPoint, Waveform};
use lightlane::math::resample::by_spectrum;
use lightlane::measure::scope::{Averaging, Reading, Scope};
use lightlane::measure::tdecq::{
    CaptureNoise, InputFilter, Reference, TdecqCapture, TdecqResult, filtered, measure,
};
use lightlane::measured::{PowerUnit, npy};
use lightlane::pattern::{Pattern, PatternKind, gray};
use lightlane::plot::{self, Size};
use lightlane::report::waveform_csv;
use lightlane::seed::Seed;
use serde_json::Value;
use std::sync::OnceLock;

const RATE_GBD: &str = "53.125";

fn waveform(pattern: &str, symbols: usize, samples_per_symbol: usize, record: Record) -> Waveform {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in [
        format!("pattern.kind={pattern}"),
        format!("simulation.block_symbols={symbols}"),
        format!("simulation.samples_per_symbol={samples_per_symbol}"),
        "lanes=1".to_owned(),
    ] {
        stack.set(&assignment).unwrap();
    }
    Link::new(stack.resolve().unwrap()).waveform(0, TestPoint::Tp2, record).unwrap()
}

/// PRBS13Q at 16 samples per symbol without noise.
fn fine() -> &'static Waveform {
    static FINE: OnceLock<Waveform> = OnceLock::new();
    FINE.get_or_init(|| waveform("prbs13q", 8191, 16, Record::Noiseless))
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let text =
        good(&folder.run(
            &[&["measure"][..], arguments, &["--symbol-rate-gbd", RATE_GBD, "--json"]].concat(),
        ));
    let read: Reading = serde_json::from_str(&text).expect("it reads back");
    assert_eq!((read.schema, lightlane::report::json(&read)), (2, text.clone()));
    serde_json::from_str(&text).unwrap()
}

fn number(json: &Value, name: &str) -> f64 {
    json[name].as_f64().unwrap_or_else(|| panic!("{name}: {}", json[name]))
}

/// TDECQ of periods of a fine waveform, by the library alone.
fn direct(waveform: &Waveform) -> TdecqResult {
    let (levels, s) = (&waveform.levels, 16);
    let length = levels.len() * s;
    let periods: Vec<Vec<f32>> = waveform
        .power_mw
        .chunks(levels.len() * waveform.samples_per_symbol)
        .map(|period| by_spectrum(period, length))
        .collect();
    let mean: Vec<f32> = (0..length)
        .map(|i| periods.iter().map(|p| p[i]).sum::<f32>() / periods.len() as f32)
        .collect();
    let residual = |period: &Vec<f32>| period.iter().zip(&mean).map(|(p, m)| p - m).collect();
    let repeats: Vec<Vec<f32>> = periods.iter().map(residual).collect();
    let noise =
        if periods.len() > 1 { CaptureNoise::Repeats(&repeats) } else { CaptureNoise::None };
    let capture = TdecqCapture {
        waveform: &mean,
        samples_per_symbol: s,
        levels,
        noise,
        ..TdecqCapture::default()
    };
    measure(&capture, &Reference::SMF_100G).expect("it is open")
}

/// The command finds by itself what the library measures on the same samples with everything given.
#[test]
fn our_own_captures_have_the_tdecq_of_the_library() {
    let folder = Folder::new("measure-own");
    for (pattern, symbols, samples_per_symbol, record) in [
        ("prbs13q", 8191, 4, Record::Noiseless),
        ("prbs13q", 8191, 16, Record::Noiseless),
        ("prbs13q", 8191, 4, Record::Repeats(6)),
        ("prbs13q", 8191, 16, Record::Repeats(6)),
        ("ssprq", 65_535, 4, Record::Noiseless),
        ("ssprq", 65_535, 16, Record::Noiseless),
        ("ssprq", 65_535, 4, Record::Repeats(3)),
    ] {
        let waveform = waveform(pattern, symbols, samples_per_symbol, record);
        folder.write("own.npy", npy::write(&waveform.power_mw));
        let (found, expected) = (json(&folder, &["own.npy"]), direct(&waveform));
        println!(
            "{pattern} {samples_per_symbol} {record:?}: {} {:.4}",
            found["tdecq_db"], expected.tdecq_db
        );
        assert!(
            (number(&found, "tdecq_db") - expected.tdecq_db).abs() < 0.02,
            "{pattern} {samples_per_symbol} {record:?}"
        );
        assert!((number(&found, "ceq_db") - expected.ceq_db).abs() < 0.02);
        // the library was given mW
        assert!(
            (number(&found, "oma_mw") / (expected.outer.three_w - expected.outer.zero_w) - 1.0)
                .abs()
                < 1e-3
        );
        assert!((number(&found, "er_db") - expected.outer.extinction_ratio_db()).abs() < 0.01);
        assert!((number(&found, "rlm") - expected.rlm).abs() < 0.002);
        let repeats = if let Record::Repeats(repeats) = record { repeats } else { 1 };
        assert_eq!(
            (found["pattern"].as_str(), found["periods"].as_u64()),
            (Some(pattern), Some(repeats))
        );
        assert_eq!(found["noise_excluded"].as_bool(), Some(record == Record::Noiseless));
    }
}

/// Power between the samples of the fine waveform, read off 64 in a symbol: of a tone at the symbol
/// rate a straight line errs by (2 pi / 64)^2 / 8 = 0.12 %, and there is hardly one.
fn recorded(samples_per_symbol: f64, off_ppm: f64, first_ui: f64, symbols: f64) -> Vec<f64> {
    static DENSE: OnceLock<Vec<f32>> = OnceLock::new();
    let dense = DENSE.get_or_init(|| by_spectrum(&fine().power_mw, 8191 * 64));
    let step_ui = (1.0 + off_ppm * 1e-6) / samples_per_symbol;
    let at = |i: usize| {
        let t = (first_ui + i as f64 * step_ui) * 64.0;
        let (cell, part) = (t as usize, t.fract());
        let (a, b) =
            (f64::from(dense[cell % dense.len()]), f64::from(dense[(cell + 1) % dense.len()]));
        a + part * (b - a)
    };
    (0..(symbols * samples_per_symbol) as usize).map(at).collect()
}

fn table(header: &str, mark: &str, step: f64, amplitudes: impl Iterator<Item = f64>) -> String {
    let mut text = if header.is_empty() { String::new() } else { format!("{header}\n") };
    amplitudes
        .enumerate()
        .for_each(|(i, y)| text += &format!("{:.9e}{mark}{y:.7e}\n", (7 + i) as f64 * step));
    text
}

/// At 4 samples per symbol what lies beyond two symbol rates is lost, at the others nothing: 0.02
/// dB, as the definition is kept to.
#[test]
fn rate_unit_separator_start_and_polarity_do_not_change_tdecq() {
    let folder = Folder::new("measure-any");
    let plain = direct(fine());
    let ui_ps = 1e3 / 53.125;
    for (header, mark, time_ps, amplitude, samples_per_symbol, off_ppm, first_ui, inverted) in [
        ("time_ps,power_mw", ",", 1.0, 1.0, 4.0, 0.0, 0.0, false),
        ("Time (ns);Power (uW)", ";", 1e-3, 1e3, 7.3, 40.0, 1234.56, false),
        ("t [s]\tp [W]", "\t", 1e-12, 1e-3, 16.0, -95.0, 8000.2, false),
        ("", " ", 1e-12, 1.0, 10.7, 0.0, 77.7, true),
        ("# time (ps), Ch1 (mV)", ",", 1.0, 250.0, 7.3, 40.0, 3.3, false),
        ("time (ns),Voltage (V)", ",", 1e-3, -0.2, 5.9, 250.0, 1e4, true),
    ] {
        let power = recorded(samples_per_symbol, off_ppm, first_ui, 8191.0 * 1.4);
        let high = power.iter().copied().fold(0.0, f64::max);
        let flip = |y: f64| if inverted && amplitude > 0.0 { 1.2 * high - y } else { y };
        let step = ui_ps / samples_per_symbol * time_ps;
        folder.write(
            "any.csv",
            table(header, mark, step, power.iter().map(|&y| amplitude * flip(y))),
        );
        let found = json(&folder, &["any.csv"]);
        println!("{header}: {} {:.4}, {}", found["tdecq_db"], plain.tdecq_db, found["found"]);
        assert!((number(&found, "tdecq_db") - plain.tdecq_db).abs() < 0.02, "{header}");
        assert!(
            (number(&found, "off_ppm") - off_ppm).abs() < 3.0
                && found["inverted"].as_bool() == Some(inverted),
            "{header}"
        );
        let is_volts = header.contains("V");
        let oma = if is_volts {
            number(&found, "oma_v") * if header.contains("mV") { 1e3 } else { 1.0 }
        } else {
            number(&found, "oma_mw")
        };
        let expected = (plain.outer.three_w - plain.outer.zero_w)
            * if is_volts { amplitude.abs() } else { 1.0 };
        assert!((oma / expected - 1.0).abs() < 2e-3, "{header}: {oma} {expected}");
        assert_eq!(
            (found["oma_dbm"].is_null(), found["er_db"].is_null()),
            (is_volts, amplitude < 0.0),
            "{header}"
        );
    }
}

#[test]
fn a_waveform_behind_the_filter_is_measured_without_it() {
    let folder = Folder::new("measure-filter");
    folder
        .write("plain.npy", npy::write(&fine().power_mw))
        .write("filtered.npy", npy::write(&filtered(&fine().power_mw, 16, 0.5)));
    let (plain, filtered) =
        (json(&folder, &["plain.npy"]), json(&folder, &["filtered.npy", "--receiver", "none"]));
    for (name, tolerance) in
        [("tdecq_db", 0.005), ("ceq_db", 0.005), ("er_db", 0.001), ("transition_time_ps", 0.01)]
    {
        assert!(
            (number(&plain, name) - number(&filtered, name)).abs() < tolerance,
            "{name}: {} {}",
            plain[name],
            filtered[name]
        );
    }
    assert_eq!(
        (plain["receiver"].as_str(), filtered["receiver"].as_str()),
        (Some("bt4"), Some("none"))
    );
}

/// An average has no noise, repeats have: without them TDECQ is that of the noiseless waveform,
/// apart from the residual noise of twelve periods.
#[test]
fn an_average_excludes_the_noise_and_says_so() {
    let folder = Folder::new("measure-average");
    let noisy = waveform("prbs13q", 8191, 16, Record::Repeats(12));
    folder.write("noisy.npy", npy::write(&noisy.power_mw));
    let (with, without) =
        (json(&folder, &["noisy.npy"]), json(&folder, &["noisy.npy", "--average"]));
    let noiseless = direct(fine()).tdecq_db;
    assert_eq!(
        (with["noise_excluded"].as_bool(), without["noise_excluded"].as_bool()),
        (Some(false), Some(true))
    );
    assert!(
        (number(&without, "tdecq_db") - noiseless).abs() < 0.04,
        "{} {noiseless}",
        without["tdecq_db"]
    );
    assert!(number(&with, "tdecq_db") > noiseless + 0.1, "{} {noiseless}", with["tdecq_db"]);
    assert!(with["eye_height"][1].as_f64() < without["eye_height"][1].as_f64());
    // the instrument's share is given back
    let given = json(&folder, &["noisy.npy", "--instrument-noise-uw", "20"]);
    assert!(number(&given, "tdecq_db") < number(&with, "tdecq_db") - 0.2);
    let single = good(&folder.write("one.npy", npy::write(&fine().power_mw)).run(&[
        "measure",
        "one.npy",
        "--symbol-rate-gbd",
        RATE_GBD,
    ]));
    assert!(single.contains("noise excluded") && single.contains("note: one period"), "{single}");
}

/// Rectangular symbols of the pattern with its two bits in the other order: measured as when the
/// levels are given.
#[test]
fn the_other_order_of_bits_is_measured_as_it_was_sent() {
    let folder = Folder::new("measure-bits");
    let swapped: Vec<u8> = fine()
        .levels
        .iter()
        .map(|&level| gray::bits(level))
        .map(|(a, b)| gray::level(b, a))
        .collect();
    // a rectangular eye without filter is ideal
    let wave: Vec<f32> = swapped.iter().flat_map(|&level| [1.0 + f32::from(level); 16]).collect();
    let text: String = swapped.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
    folder.write("bits.npy", npy::write(&wave)).write("levels.txt", text);
    let passed = ["bits.npy", "--receiver", "none"];
    let (found, given) = (
        json(&folder, &passed),
        json(&folder, &[&passed[..], &["--pattern", "levels.txt"]].concat()),
    );
    assert_eq!(
        (found["bits_swapped"].as_bool(), given["bits_swapped"].as_bool()),
        (Some(true), Some(false))
    );
    assert!((number(&found, "tdecq_db") - number(&given, "tdecq_db")).abs() < 1e-3);
    assert!(
        (number(&found, "oma_mw") - 3.0).abs() < 1e-2 && number(&found, "tdecq_db").abs() < 0.01,
        "{found}"
    );
}

#[test]
fn a_closed_eye_is_a_result_without_tdecq() {
    let folder = Folder::new("measure-closed");
    folder.write("closed.npy", npy::write(&filtered(&fine().power_mw, 16, 0.16)));
    let arguments = ["measure", "closed.npy", "--symbol-rate-gbd", RATE_GBD, "--plots", "figures"];
    let text = good(&folder.run(&arguments));
    assert!(text.contains("eye closed: "), "{text}");
    let found = json(&folder, &["closed.npy"]);
    assert!(
        found["tdecq_db"].is_null() && found["taps"].is_null() && found["eye_height"][0].is_null()
    );
    assert!(
        found["tdecq_not_evaluated"].as_str().is_some_and(|words| words.starts_with("eye closed"))
    );
    assert!(number(&found, "average_power_dbm").is_finite());
    assert!(
        folder.0.join("figures/tdecq.png").exists()
            && !folder.0.join("figures/bathtub.png").exists()
    );
}

fn rows(step_ps: f64, power: &[f32]) -> String {
    table("time_ps,power_mw", ",", step_ps, power.iter().map(|&p| f64::from(p)))
}

#[test]
fn bad_input_is_one_line_with_file_reason_and_remedy() {
    let folder = Folder::new("measure-bad");
    let four: Vec<f32> = fine().power_mw.iter().step_by(4).copied().collect();
    let step_ps = 1e3 / 53.125 / 4.0;
    let mut rng = Seed::new(3).named("noise").rng();
    let noise: Vec<f32> = (0..four.len()).map(|_| (1.0 + 0.1 * rng.normal()) as f32).collect();
    let top = 0.94 * four.iter().copied().fold(0f32, f32::max);
    let clipped: Vec<f32> = four.iter().map(|x| x.min(top)).collect();
    let wander: Vec<f32> = [0.0, 8000.7]
        .into_iter()
        .flat_map(|first| recorded(4.0, 0.0, first, 8000.0))
        .map(|p| p as f32)
        .collect();
    let good = rows(step_ps, &four);
    for (name, text, expected) in [
        (
            "noise.csv",
            rows(step_ps, &noise),
            "does not carry prbs13q, ssprq, prbs9q, prbs11q or prbs15q at 53.125 GBd; must be one whole period",
        ),
        (
            "fast.csv",
            rows(step_ps / 2.0, &four),
            "carries prbs13q at 106.25 GBd, not at 53.125: the symbol rate or the unit",
        ),
        (
            "short.csv",
            rows(step_ps, &four[..20_000]),
            "holds 0.61 of a period of prbs13q (8191 symbols); must hold a whole one",
        ),
        ("clipped.csv", rows(step_ps, &clipped), "is clipped: "),
        ("wander.csv", rows(step_ps, &wander), "but its symbols wander"),
        (
            "seconds.csv",
            rows(step_ps, &four).replacen("time_ps", "time", 1),
            "samples per symbol at 53.125 GBd; must have at least 2",
        ),
        (
            "nan.csv",
            good.replacen("\n", "\n0,nan\n", 1),
            "line 2, column 2: `nan`: must be a finite number",
        ),
        (
            "columns.csv",
            "a,b,c\n1,2,3\n4,5\n".to_owned(),
            "line 3: has 2 columns, must have 3: time and power",
        ),
        ("flat.csv", "1\n1\n1\n".to_owned(), "is constant; must be a modulated waveform"),
        (
            "dark.csv",
            rows(step_ps, &four.iter().map(|x| x - 1.4).collect::<Vec<_>>()),
            "with a mean of",
        ),
    ] {
        folder.write(name, text);
        let lines = refused(&folder.run(&["measure", name, "--symbol-rate-gbd", RATE_GBD]));
        assert!(
            lines.len() == 1
                && lines[0].starts_with(&format!("error: {name}: "))
                && lines[0].contains(expected),
            "{name}: {lines:?}"
        );
    }
    folder.write("good.csv", good);
    for (arguments, expected) in [
        (&[][..], "--symbol-rate-gbd: must be given, such as 53.125"),
        (&["--symbol-rate-gbd", "5e9"], "symbol_rate_gbd = 5000000000: must be from 0.1 to 500"),
        (&["--symbol-rate-gbd", "-1"], "symbol_rate_gbd = -1: must be from 0.1 to 500"),
        (&["--symbol-rate-gbd", "nan"], "symbol_rate_gbd = NaN: must be from"),
        // every second symbol of PRBS13Q is a little like it
        (
            &["--symbol-rate-gbd", "106.25"],
            "good.csv: carries prbs13q at 53.125 GBd, not at 106.25: the symbol rate",
        ),
        (
            &["--symbol-rate-gbd", "26.5625", "--reference", "100g-smf"],
            "good.csv: carries prbs13q at 53.125 GBd, not at 26.5625",
        ),
        (&["--symbol-rate-gbd", "50"], "--reference: must be given at 50 GBd: 100g-smf, "),
        (
            &["--symbol-rate-gbd", RATE_GBD, "--reference", "100g-smt"],
            "--reference = 100g-smt: no such reference, did you mean 100g-smf?",
        ),
        (
            &["--symbol-rate-gbd", RATE_GBD, "--pattern", "ssprk"],
            "nor a file of levels, did you mean ssprq?",
        ),
        (&["--symbol-rate-gbd", RATE_GBD, "--pattern", "ssprq"], "good.csv: "),
        (&["--symbol-rate-gbd", RATE_GBD, "--pattern", "good.csv"], "good.csv: "),
        (
            &["--symbol-rate-gbd", RATE_GBD, "--instrument-noise-uw", "-1"],
            "instrument_noise_uw = -1: must be from 0",
        ),
        (
            &["--symbol-rate-gbd", RATE_GBD, "--instrument-noise-uw", "1", "--unit", "v"],
            "is a voltage; instrument_noise_uw",
        ),
    ] {
        let lines = refused(&folder.run(&[&["measure", "good.csv"], arguments].concat()));
        assert!(lines.len() == 1 && lines[0].contains(expected), "{arguments:?}: {lines:?}");
    }
    let lines = refused(&folder.run(&["measure", "missing.csv", "--symbol-rate-gbd", RATE_GBD]));
    assert!(
        lines.len() == 1 && lines[0].contains("missing.csv: cannot be opened (No such file"),
        "{lines:?}"
    );
}

#[test]
fn the_pages_of_a_measurement_are_drawn_in_every_size() {
    let folder = Folder::new("measure-pages");
    let file = folder.0.join("fine.csv").to_str().unwrap().to_owned();
    folder.write("fine.csv", waveform_csv(fine()));
    let scope = Scope {
        file,
        unit: PowerUnit::Header,
        column: String::new(),
        symbol_rate_gbd: 53.125,
        reference: Reference::DR_106,
        pattern: Pattern { kind: PatternKind::Prbs13q, ..Pattern::default() },
        filter: InputFilter::Reference,
        averaging: Averaging::None,
        instrument_noise_uw: 0.0,
        outer: None,
    };
    let measured = scope.measure().unwrap();
    let (page, bathtubs) = (measured.page(), measured.bathtubs().expect("it is open"));
    // a density counts every point; the windows' centre lies within half a sample of the eyes'
    let equalised = page.equalised.as_ref().expect("it is open");
    assert_eq!(page.before.points(), equalised.eye.points());
    assert!(equalised.centre_ui.abs() <= 0.5 / 16.0);
    // each eye's least errors lie between its neighbours' levels, in the order of the eyes
    let least = bathtubs
        .vertical
        .each_ref()
        .map(|curve| curve.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap().0);
    assert!(least[0] < least[1] && least[1] < least[2], "{least:?}");
    for size in [Size::Slide, Size::Small] {
        let path = |name: &str| folder.0.join(format!("{size:?}-{name}.png"));
        plot::save(&page, path("page"), size).unwrap();
        plot::save(&bathtubs, path("bathtub"), size).unwrap();
        for name in ["page", "bathtub"] {
            assert_eq!(image::image_dimensions(path(name)).unwrap(), size.pixels());
        }
    }
}
