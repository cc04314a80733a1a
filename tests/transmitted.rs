//! Transmitter measurements of a link, their limits, and the stressed receiver.

use lightlane::link::{
    Finding, LaneResult, LayeredConfig, LimitStatus, Link, LinkResult, Record, RunOptions, Stress,
    Stressed, TestPoint, stressed,
};
use lightlane::math::resample::by_spectrum;
use lightlane::measure::tdecq::{CaptureNoise, InputFilter, Instrument, Reference, TdecqCapture};
use std::process::{Command, Output};

fn stack(preset: &str, assignments: &[&str]) -> LayeredConfig {
    let mut stack = LayeredConfig::open(preset).unwrap();
    for assignment in ["lanes=1", "simulation.symbols=0", "simulation.symbols_at_limit=0"]
        .iter()
        .chain(assignments)
    {
        stack.set(assignment).unwrap();
    }
    stack
}

fn run(preset: &str, assignments: &[&str]) -> LinkResult {
    Link::new(stack(preset, assignments).resolve().unwrap_or_else(|e| panic!("{e}")))
        .run(&RunOptions::default())
        .unwrap()
}

fn lane(preset: &str, assignments: &[&str]) -> LaneResult {
    run(preset, assignments).lanes.remove(0)
}

const MEASURED: [&str; 2] = ["tdecq.enabled=true", "tdecq.pattern=prbs13q"];

/// The estimator's variance by level in TECQ, against the noise itself in 24 repeats of the
/// waveform: 8191 symbols each give an error ratio of 4.8e-4 to 10 % (100 errors), 0.03 of its
/// noise's rms: 0.13 dB of that part of TECQ that is noise, a fifth.
#[test]
fn tecq_with_the_estimators_variance_is_that_of_the_noise_itself() {
    for (preset, kind, reference) in [
        ("800gbase-dr8", "eml", Reference::SMF_100G),
        ("800gbase-dr8", "mzm", Reference::SMF_100G),
        ("1.6tbase-dr8", "eml", Reference::DR_106),
    ] {
        let kind = format!("transmitter.kind={kind}");
        let predicted = lane(preset, &[&MEASURED[..], &[&kind]].concat()).tecq_db.unwrap();
        let own = [
            kind.as_str(),
            "pattern.kind=prbs13q",
            "simulation.block_symbols=8191",
            "simulation.samples_per_symbol=8",
        ];
        let link = Link::new(stack(preset, &own).resolve().unwrap());
        let quiet = link.waveform(0, TestPoint::Tp2, Record::Noiseless).unwrap();
        let noisy = link.waveform(0, TestPoint::Tp2, Record::Repeats(24)).unwrap();
        let n = quiet.power_mw.len();
        let fine = |power: &[f32]| by_spectrum(power, 2 * n);
        let repeats: Vec<Vec<f32>> = noisy
            .power_mw
            .chunks_exact(n)
            .map(|one| {
                fine(&one.iter().zip(&quiet.power_mw).map(|(a, b)| a - b).collect::<Vec<f32>>())
            })
            .collect();
        let waveform = fine(&quiet.power_mw);
        let capture = TdecqCapture {
            waveform: &waveform,
            samples_per_symbol: 16,
            levels: &quiet.levels,
            noise: CaptureNoise::Repeats(&repeats),
            filter: InputFilter::Reference,
            instrument_sigma: 0.0,
            outer: None,
        };
        let counted = Instrument::default().measure(&capture, &reference).unwrap().tdecq_db;
        println!("{preset} {kind}: {predicted:.3} dB predicted, {counted:.3} dB counted");
        assert!((predicted - counted).abs() < 0.05, "{preset} {kind}: {predicted} {counted}");
    }
}

/// TECQ is the transmitter's alone; a chirp of the wrong sign for the fibre's dispersion closes the
/// eye after it.
#[test]
fn tdecq_is_tecq_without_dispersion_and_more_with_the_wrong_chirp() {
    let with = |more: &[&str]| lane("800gbase-dr8", &[&MEASURED[..], more].concat());
    let none = with(&["tdecq.dispersion_min_ps_per_nm=0", "tdecq.dispersion_max_ps_per_nm=0"]);
    assert_eq!(none.tecq_db, none.tdecq_db);
    let far = ["tdecq.dispersion_min_ps_per_nm=-8", "tdecq.dispersion_max_ps_per_nm=8"];
    let chirped = with(&[&far[..], &["transmitter.eml.chirp_alpha_0=3"]].concat());
    assert!(
        (chirped.tecq_db.unwrap() - none.tecq_db.unwrap()).abs() < 1e-4,
        "chirp is no matter at TP2"
    );
    assert!(
        chirped.tdecq_db.unwrap() > none.tdecq_db.unwrap() + 0.2,
        "{:?} {:?}",
        chirped.tdecq_db,
        none.tdecq_db
    );
}

/// RIN_OMA = RIN + 20 log10((ER + 1) / (ER - 1)); settled levels after the filter are those before
/// it to 0.1 %.
#[test]
fn rin_of_oma_has_its_closed_form_and_other_figures_stay_the_same_bits() {
    let measured = lane("800gbase-dr8", &MEASURED);
    let er = 10f64.powf(measured.er_tp2_db.unwrap() / 10.0);
    let expected = -145.5 + 20.0 * ((er + 1.0) / (er - 1.0)).log10();
    assert!(
        (measured.rin_oma_intrinsic_db_per_hz.unwrap() - expected).abs() < 0.02,
        "{:?} {expected}",
        measured.rin_oma_intrinsic_db_per_hz
    );
    let plain = lane("800gbase-dr8", &[]);
    assert!(plain.tecq_db.is_none() && plain.rin_oma_db_per_hz.is_none());
    assert_eq!(
        (plain.ber_semi_analytic, plain.loss_margin_db, plain.snr_db),
        (measured.ber_semi_analytic, measured.loss_margin_db, measured.snr_db)
    );
    assert_eq!(
        plain.sensitivity_oma_dbm,
        Some(plain.oma_tp3_dbm.unwrap() - plain.loss_margin_db.unwrap())
    );
}

/// Relative noise of the driver and of the converter, as an instrument reads it, through straight
/// slopes: with the settled drive a = 0.8 x swing / 2 (taps -0.05, 0.9, -0.05) for half of the OMA,
///
/// driver: S / a^2 mean |H_driver H_modulator|^2, converter: 2 s^2 / R / 0.8^2 mean |sinc H_DAC
/// H_driver H_modulator|^2, s^2 = FS^2 / 12 / 4^ENOB, both means weighted by the reference filter's
/// |H|^2. Slopes of so small a swing round by a per cent in single precision (0.01 % at the swing of
/// a preset), otherwise for each power of the laser, of which RIN_OMA is independent: the mean of
/// eight.
#[test]
fn rin_of_oma_as_read_has_the_noise_of_driver_and_converter() {
    use lightlane::chain::Shape;
    use lightlane::math::prototype::Family::Bessel;
    let only = |noise: &[&str]| {
        let quiet = [
            "transmitter.kind=mzm",
            "transmitter.levels.train=none",
            "transmitter.dac.echo.reflection_near_db=-100",
            "transmitter.mzm.driver.echo.reflection_near_db=-100",
            "transmitter.dac.bandwidth_ghz=40",
            "transmitter.mzm.driver.bandwidth_ghz=45",
            "transmitter.mzm.electrode=low-pass",
            "transmitter.mzm.bandwidth_ghz=38",
            "transmitter.mzm.bias_error_deg=0",
            "transmitter.mzm.driver.swing_vpp=0.4",
            "transmitter.mzm.driver.noise_nv_per_rthz=0",
            "transmitter.mzm.laser.rin_db_per_hz=-200",
            "transmitter.dac.effective_bits=12",
            "transmitter.dac.jitter_fs=0",
        ];
        let read = |dbm: f64| {
            let power = format!("transmitter.mzm.laser.power_dbm={dbm}");
            lane("800gbase-dr8", &[&MEASURED[..], &quiet[..], noise, &[&power]].concat())
                .rin_oma_db_per_hz
                .unwrap()
        };
        (0..8).map(|i| read(17.0 + 0.35 * f64::from(i))).sum::<f64>() / 8.0
    };
    let low_pass = |order, ghz: f64| Shape::low_pass(Bessel, order, ghz * 1e9, 0.0);
    let reference = low_pass(4, 26.5625);
    let (dac, driver, modulator) = (low_pass(4, 40.0), low_pass(2, 45.0), low_pass(2, 38.0));
    let mean = |with_converter: bool| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for f in (0..20_000).map(|i| (f64::from(i) + 0.5) * 1e7) {
            let weight = reference.at(f).norm_sqr();
            let mut h = driver.at(f).norm_sqr() * modulator.at(f).norm_sqr();
            if with_converter {
                h *= dac.at(f).norm_sqr() * Shape::Hold(1.0 / 53.125e9).at(f).norm_sqr();
            }
            (sum, weights) = (sum + weight * h, weights + weight);
        }
        sum / weights
    };
    let db = |ratio: f64| 10.0 * ratio.log10();
    let driver_alone = only(&["transmitter.mzm.driver.noise_nv_per_rthz=25"]);
    let converter_alone = only(&["transmitter.dac.effective_bits=5.3"]);
    let quantisation = 4.0 / 12.0 / 4f64.powf(5.3);
    let driver = db((25e-9 / (0.8 * 0.2f64)).powi(2) * mean(false));
    println!("driver: {driver_alone:.3} dB/Hz read, {driver:.3} expected");
    assert!((driver_alone - driver).abs() < 0.05, "{driver_alone} {driver}");
    let converter = db(2.0 * quantisation / 53.125e9 / 0.64 * mean(true));
    println!("converter: {converter_alone:.3} dB/Hz read, {converter:.3} expected");
    assert!((converter_alone - converter).abs() < 0.05, "{converter_alone} {converter}");
    // a link has all three: power adds, and the limit holds for the sum
    let all = lane("800gbase-dr8", &MEASURED);
    let (read, own) = (all.rin_oma_db_per_hz.unwrap(), all.rin_oma_intrinsic_db_per_hz.unwrap());
    println!("800gbase-dr8: {read:.2} dB/Hz read, {own:.2} intrinsic");
    assert!(read > own + 0.5, "{read} {own}");
}

/// A slower modulator takes longer from 20 to 80 %, and its equaliser enhances more noise.
#[test]
fn less_bandwidth_is_a_longer_transition_and_more_tecq() {
    let at = |ghz: &str| {
        lane(
            "800gbase-dr8",
            &[&MEASURED[..], &[&format!("transmitter.eml.bandwidth_ghz={ghz}")]].concat(),
        )
    };
    let (fast, slow) = (at("45"), at("25"));
    assert!(slow.transition_time_ps.unwrap() > fast.transition_time_ps.unwrap() + 1.0, "{slow:?}");
    assert!(slow.tecq_db.unwrap() > fast.tecq_db.unwrap() + 0.1);
}

#[test]
fn a_limit_passes_by_its_source_and_one_that_is_ones_own_says_so() {
    let result = run(
        "1.6tbase-dr8",
        &[&MEASURED[..], &["limits.transition_time_max_ps=5", "limits.overshoot_max_percent=22"]]
            .concat(),
    );
    let row = |key: &str| {
        result.spec.iter().find(|row| row.limit_key == key).unwrap_or_else(|| panic!("{key}"))
    };
    assert_eq!(
        (row("tdecq_max_db").finding, row("tdecq_max_db").status),
        (Finding::Pass, LimitStatus::Draft)
    );
    assert_eq!(
        (row("oma_max_dbm").finding, row("oma_max_dbm").status),
        (Finding::InsideAssumedLimit, LimitStatus::Assumed)
    );
    assert_eq!(
        (row("transition_time_max_ps").finding, row("transition_time_max_ps").status),
        (Finding::OutsideAssumedLimit, LimitStatus::User)
    );
    assert_eq!(
        row("overshoot_max_percent").status,
        LimitStatus::Draft,
        "the preset's own value is the preset's"
    );
    assert_eq!(row("stressed_sensitivity_max_dbm").finding, Finding::NotMeasured);
    let failed =
        run("800gbase-dr8", &[&MEASURED[..], &["transmitter.eml.laser.power_dbm=20"]].concat());
    let row = failed.spec.iter().find(|row| row.limit_key == "launch_power_max_dbm").unwrap();
    assert_eq!((row.finding, row.lane), (Finding::Fail, Some(0)));
    assert!(row.value.unwrap() > 4.0);
}

/// The stress has its stated SECQ, measured again on the same source, and the sensitivity is where
/// the limit is just kept.
#[test]
fn a_stressed_source_has_its_secq_and_the_receiver_its_sensitivity() {
    let stress = Stress {
        secq_db: 3.4,
        oma_dbm: -1.9,
        interferer_percent: 2.0,
        sinusoidal_ui: 0.0,
        sinusoidal_mhz: Stress::SINUSOIDAL_MHZ,
    };
    let found = stressed(&stack("800gbase-dr8", &[]), &stress, &RunOptions::default()).unwrap();
    let text = lightlane::report::stressed_json(&found);
    let read: Stressed = serde_json::from_str(&text).unwrap();
    assert_eq!(lightlane::report::stressed_json(&read), text);
    assert!(
        (found.secq_db - 3.4).abs() < 0.02 && (found.low_pass_secq_db - 1.7).abs() < 0.01,
        "{} {}",
        found.secq_db,
        found.low_pass_secq_db
    );
    let source = |oma_dbm: f64| -> Vec<String> {
        let of = |key: &str, value: f64| format!("transmitter.stressed.{key}={value:?}");
        [
            "transmitter.kind=stressed",
            "fibre.length_km=0",
            "fibre.connector_loss_db=0",
            "fibre.reflections.enabled=false",
            "spread.launch_power_db=0",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([
            of("oma_dbm", oma_dbm),
            of("bandwidth_ghz", found.bandwidth_ghz),
            of("interferer_percent", 2.0),
            of("noise_percent", found.noise_percent),
        ])
        .collect()
    };
    let at = |oma_dbm: f64, more: &[&str]| {
        let source = source(oma_dbm);
        lane(
            "800gbase-dr8",
            &source.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>(),
        )
    };
    let again = at(-1.9, &["tdecq.enabled=true"]);
    assert!((again.tecq_db.unwrap() - found.secq_db).abs() < 1e-3, "{:?}", again.tecq_db);
    assert!((again.oma_tp2_dbm.unwrap() + 1.9).abs() < 0.05, "{:?}", again.oma_tp2_dbm);
    // aggressors keep their strength while the margin is searched, and not when the OMA is set
    let alone = ["receiver.crosstalk.lane_db=-300", "receiver.crosstalk.tx_db=-300"];
    let sensitivity = -1.9 - at(-1.9, &alone).loss_margin_db.unwrap();
    let ber = at(sensitivity, &alone).ber_semi_analytic.unwrap();
    assert!((ber / 2.4e-4).ln().abs() < 0.05, "{ber:e} at {sensitivity}");
}

/// 0.05 UI at 40 MHz on a clock of 4 MHz or on an ideal one: the phase swings by 0.025 UI to each
/// side at least, which costs sensitivity and no more than 0.5 dB of an eye that is 0.3 UI wide. No
/// text says that a limit is kept without the jitter, and one with it does.
#[test]
fn a_stressed_source_has_sinusoidal_jitter_before_a_limit_is_kept() {
    let found = |sinusoidal_ui: f64| {
        let stress = Stress {
            secq_db: 3.4,
            oma_dbm: -1.9,
            interferer_percent: 2.0,
            sinusoidal_ui,
            sinusoidal_mhz: 40.0,
        };
        // a moving phase is counted: 960 errors at the limit, 3 % of it, 0.02 dB
        let few = ["simulation.symbols_at_limit=2000000"];
        stressed(&stack("800gbase-dr8", &few), &stress, &RunOptions::default()).unwrap()
    };
    let [without, with] = [0.0, 0.05].map(found);
    assert!(with.has_its_jitter() && !without.has_its_jitter());
    assert_eq!(with.secq_db, without.secq_db, "the stress is built without jitter");
    let sensitivity = |found: &Stressed| found.stressed_sensitivity_oma_dbm.unwrap();
    let cost_db = sensitivity(&with) - sensitivity(&without);
    println!("{} dBm, {cost_db:.3} dB more with jitter", sensitivity(&without));
    assert!(cost_db > 0.0 && cost_db < 0.5, "{cost_db}");
    let limits = stack("800gbase-dr8", &[]).resolve().unwrap().base.limits;
    let text = |found: &Stressed| lightlane::report::stressed(found, &limits);
    assert!(text(&with).contains("keeps the limit"), "{}", text(&with));
    assert!(text(&without).contains("not judged against the limit"), "{}", text(&without));
}

/// A receiver that is the reference filter and its five taps, with thermal noise alone.
const REFERENCE_RECEIVER: [&str; 24] = [
    "fibre.length_km=0",
    "fibre.connector_loss_db=0",
    "fibre.reflections.enabled=false",
    "spread.launch_power_db=0",
    "receiver.photodiode.bandwidth_ghz=500",
    "receiver.crosstalk.lane_db=-300",
    "receiver.crosstalk.tx_db=-300",
    "receiver.dsp.ffe.taps=5",
    "receiver.dsp.ffe.precursors=2",
    "transmitter.levels.train=none",
    "transmitter.dac.echo.reflection_near_db=-100",
    "transmitter.eml.driver.echo.reflection_near_db=-100",
    "receiver.tia.echo.reflection_near_db=-100",
    "receiver.tia.large_signal.noise_knee_ma_pp=1000",
    "receiver.dsp.adc.interleave.gain_rms_percent=0",
    "receiver.dsp.adc.interleave.offset_rms_percent=0",
    "receiver.dsp.adc.interleave.skew_rms_fs=0",
    "receiver.tia.bandwidth_ghz=26.5625",
    "receiver.tia.noise=quadratic",
    "receiver.tia.noise_a0_pa2_per_hz=20000",
    "receiver.tia.noise_a2_pa2_per_hz_ghz2=0",
    "receiver.dsp.adc.bandwidth_ghz=500",
    "receiver.dsp.adc.effective_bits=24",
    "receiver.dsp.adc.jitter_fs=0",
];

/// Sensitivity against TECQ of a low-noise transmitter made slower and slower: with both windows at
/// the eye's centre, where a receiver samples, TECQ is by definition what the sensitivity loses, so
/// the slope is 1; taps are by least squares in one and by TECQ in the other, worth 0.01 dB, over
/// 1.5 dB. With the windows where the clause has them, 0.05 UI beside, it is less.
#[test]
fn tecq_is_what_the_sensitivity_of_the_reference_receiver_loses() {
    let quiet = [
        "transmitter.eml.laser.rin_db_per_hz=-200",
        "transmitter.dac.effective_bits=20",
        "transmitter.dac.jitter_fs=0",
    ];
    let quiet = [
        &quiet[..],
        &[
            "transmitter.eml.driver.noise_nv_per_rthz=0",
            "pattern.kind=prbs13q",
            "simulation.block_symbols=8191",
        ],
    ]
    .concat();
    let centred = Reference { window_offset_ui: 0.0, window_width_ui: 0.0, ..Reference::SMF_100G };
    let points: Vec<[f64; 3]> = ["60", "38", "28", "22", "18"]
        .iter()
        .map(|ghz| {
            let bandwidth = format!("transmitter.eml.bandwidth_ghz={ghz}");
            let assignments = [&REFERENCE_RECEIVER[..], &quiet, &[&bandwidth]].concat();
            let sensitivity = lane("800gbase-dr8", &assignments).sensitivity_oma_dbm.unwrap();
            let link = Link::new(stack("800gbase-dr8", &assignments).resolve().unwrap());
            let light = link.waveform(0, TestPoint::Tp2, Record::Noiseless).unwrap();
            let waveform = by_spectrum(&light.power_mw, 16 * light.levels.len());
            let capture = TdecqCapture {
                waveform: &waveform,
                samples_per_symbol: 16,
                levels: &light.levels,
                ..TdecqCapture::default()
            };
            let tecq =
                |reference| Instrument::default().measure(&capture, reference).unwrap().tdecq_db;
            [tecq(&centred), tecq(&Reference::SMF_100G), sensitivity]
        })
        .collect();
    let slope = |x: usize| {
        let n = points.len() as f64;
        let mean = |i: usize| points.iter().map(|p| p[i]).sum::<f64>() / n;
        let (mx, my) = (mean(x), mean(2));
        points.iter().map(|p| (p[x] - mx) * (p[2] - my)).sum::<f64>()
            / points.iter().map(|p| (p[x] - mx).powi(2)).sum::<f64>()
    };
    println!("{points:?}: slopes {:.3} and {:.3}", slope(0), slope(1));
    assert!((slope(0) - 1.0).abs() < 0.02, "{}", slope(0));
    assert!((0.75..0.95).contains(&slope(1)), "{}", slope(1));
}

/// The stressed source's noise: p of the OMA in half the symbol rate is 2 p over two symbol rates,
/// half of the grid's. 2^20 samples know an rms to 0.07 %.
#[test]
fn the_noise_of_a_stressed_source_has_the_rms_that_is_given_one_sided() {
    let noise =
        ["transmitter.stressed.noise_percent=1.5", "transmitter.stressed.interferer_percent=2"];
    let set = [&["transmitter.kind=stressed", "spread.launch_power_db=0"][..], &noise].concat();
    let link = Link::new(stack("800gbase-dr8", &set).resolve().unwrap());
    let quiet = link.waveform(0, TestPoint::Tp2, Record::Noiseless).unwrap();
    let noisy = link.waveform(0, TestPoint::Tp2, Record::Repeats(32)).unwrap();
    let oma_mw = 1.0; // 0 dBm
    let square =
        |(i, p): (usize, &f32)| f64::from(p - quiet.power_mw[i % quiet.power_mw.len()]).powi(2);
    let rms = (noisy.power_mw.iter().enumerate().map(square).sum::<f64>()
        / noisy.power_mw.len() as f64)
        .sqrt()
        / oma_mw;
    assert!((rms / (2.0 * 0.015) - 1.0).abs() < 5e-3, "{rms}");
}

fn command(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lightlane")).args(arguments).output().unwrap()
}

#[test]
fn check_compares_tdecq_and_wants_it_measured() {
    let folder = crate::support::Folder::new("tdecq-targets");
    let file = |name: &str, enabled: bool, low: f64| {
        let text = format!(
            "preset = '800gbase-dr8'\nlanes = 1\nsimulation.symbols = 0\nsimulation.symbols_at_limit = 0\n\
             [tdecq]\nenabled = {enabled}\npattern = 'prbs13q'\n[targets]\ntecq_db = [{low}, 2.0]\ntdecq_db = [{low}, 3.4]\n"
        );
        folder.write(name, text)
    };
    for (enabled, low, code, expected) in [
        (true, 1.0, 0, "tdecq_db"),
        (true, 1.9, 1, "FAIL"),
        (false, 1.0, 2, "targets.tdecq_db = [1, 3.4]: needs tdecq.enabled = true"),
    ] {
        let output = command(&["check", &file("a.toml", enabled, low)]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && text.contains(expected), "{text}");
    }
}

#[test]
fn the_verdicts_are_printed_and_bad_input_is_refused_in_one_line() {
    let quick = ["--symbols", "0", "--set", "lanes=1", "--set", "tdecq.pattern=prbs13q"];
    let good = command(&[&["run", "800gbase-dr8", "--spec"], &quick[..]].concat());
    let text = String::from_utf8(good.stdout).unwrap();
    assert_eq!(good.status.code(), Some(0));
    for line in [
        "TDECQ, dB",
        "OMAouter - max(TECQ, TDECQ), dBm",
        "not measured",
        "no verdict here is a statement of compliance",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for (arguments, expected) in [
        (
            &["run", "800gbase-dr8", "--tdecq", "--set", "tdecq.reference=100g-sfm"][..],
            "tdecq.reference = \"100g-sfm\": must be one of 100g-smf",
        ),
        (
            &["run", "800gbase-dr8", "--set", "limits.status.tdecq_max=draft"],
            "limits.status.tdecq_max: there is no such limit",
        ),
        (&["srs", "800gbase-dr8", "--secq-db", "30"], "--secq-db = 30: must be from 0.5 to 10"),
        (&["srs", "800gbase-dr8", "--secq-db", "0.6"], "a SECQ of 0.6 dB cannot be built"),
        (
            &["srs", "800gbase-dr8", "--interferer-percent", "80"],
            "transmitter.stressed.interferer_percent = 80: must be from 0 to 50",
        ),
    ] {
        let output = command(arguments);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}");
        assert!(
            words.contains(expected) && words.lines().count() == 1 && output.stdout.is_empty(),
            "{expected}: {words}"
        );
    }
}
