//! Measured parts: a file made from a model gives the results of the model.

use crate::support::{preset, run_lane};
use lightlane::chain::{PlanCache, Shape};
use lightlane::error::{KeyPath, Problems};
use lightlane::link::{Config, LaneResult};
use lightlane::math::prototype::Family;
use lightlane::measured::{BuildContext, FileReader, Library, Response};
use lightlane::seed::Seed;
use lightlane::sheet::Temperature;
use lightlane::transmitter::{Eml, RinKind};
use std::path::PathBuf;

/// A file for one test, deleted after it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("lightlane-measured-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A response every 0.1 GHz to 200 GHz: GHz, dB and, if wanted, degrees.
fn exported(shape: &Shape, with_phase: bool) -> String {
    let mut text = "f (GHz),|S21| (dB),phase (deg)\n".to_owned();
    if !with_phase {
        text = "f (GHz),|S21| (dB)\n".to_owned();
    }
    for i in 0..=2000 {
        let h = shape.at(f64::from(i) * 1e8);
        text += &format!("{},{}", f64::from(i) / 10.0, 20.0 * h.norm().log10());
        text += &if with_phase { format!(",{}\n", h.arg().to_degrees()) } else { "\n".to_owned() };
    }
    text
}

/// One lane of 800G with its power lowered to about 1e-5, where the error ratio is most curved in
/// everything.
fn link() -> Config {
    let mut config = preset("800gbase-dr8");
    config.fibre.connector_loss_db += 3.0;
    config
}

fn lane(config: &Config) -> LaneResult {
    run_lane(config, 0)
}

fn ber(lane: &LaneResult) -> f64 {
    lane.ber_semi_analytic.unwrap()
}

/// Every key that takes a response, with the model that it replaces.
fn places(config: &mut Config) -> Vec<(&'static str, Shape, &mut Response)> {
    let bessel =
        |order, ghz: f64, peaking_db| Shape::low_pass(Family::Bessel, order, ghz * 1e9, peaking_db);
    let (t, r) = (&mut config.transmitter, &mut config.receiver);
    let eml = &mut t.eml;
    vec![
        ("dac", bessel(4, t.dac.bandwidth_ghz, 0.0), &mut t.dac.response),
        (
            "driver",
            bessel(2, eml.driver.bandwidth_ghz, eml.driver.peaking_db),
            &mut eml.driver.response,
        ),
        ("eml", bessel(2, eml.bandwidth_ghz, eml.peaking_db), &mut eml.response),
        ("photodiode", bessel(1, r.photodiode.bandwidth_ghz, 0.0), &mut r.photodiode.response),
        (
            "tia",
            Shape::low_pass(r.tia.family, r.tia.order, r.tia.bandwidth_ghz * 1e9, r.tia.peaking_db),
            &mut r.tia.response,
        ),
        ("adc", bessel(r.dsp.adc.order, r.dsp.adc.bandwidth_ghz, 0.0), &mut r.dsp.adc.response),
    ]
}

/// A changed delay may move the sampling phase by one of its steps of 1/64 UI, half of that off the
/// best: an eighth costs 0.3 dB (`docs/physics.md` section 1), a 128th 0.001 dB, and the error
/// ratio of 3e-9 moves by 8 in ln for a decibel: 1 %, for each of the two.
#[test]
fn a_response_from_a_file_of_our_model_gives_the_models_error_ratio_to_2_percent() {
    let expected = ber(&lane(&link()));
    for i in 0..6 {
        let mut config = link();
        let mut places = places(&mut config);
        let (name, shape, response) = places.swap_remove(i);
        let file = Scratch::new(&format!("model-{name}.csv"), &exported(&shape, true));
        *response = Response::of(file.path());
        let found = ber(&lane(&config));
        println!("{name}: {found:.4e} against {expected:.4e}");
        assert!((found / expected - 1.0).abs() < 0.02, "{name}: {found:e} against {expected:e}");
    }
}

/// A measured response brings its own bandwidth: that of the description shapes nothing. Noise that
/// is given as a total needs no 3 dB point, an average does.
#[test]
fn a_measured_amplifier_has_its_noise_from_its_own_response() {
    let shape = Shape::low_pass(Family::Bessel, 4, 36e9, 0.0);
    let file = Scratch::new("amplifier.csv", &exported(&shape, true));
    let margin_db = |bandwidth_ghz: f64| {
        let mut config = link();
        config.receiver.tia.bandwidth_ghz = bandwidth_ghz;
        config.receiver.tia.response = Response::of(file.path());
        lane(&config).loss_margin_db.expect("found")
    };
    let [slow, own, fast] = [20.0, 36.0, 100.0].map(margin_db);
    println!("margins {slow} {own} {fast} dB");
    assert!(slow == own && own == fast, "{slow} {own} {fast}");

    let text = exported(&shape, true);
    let cut: Vec<&str> = text.lines().take(302).collect(); // to 30 GHz
    let file = Scratch::new("amplifier-cut.csv", &(cut.join("\n") + "\n"));
    let problems = |change: &dyn Fn(&mut Config)| {
        let mut config = link();
        config.receiver.tia.response = Response::of(file.path());
        change(&mut config);
        let mut problems = Problems::new();
        config.check(&Library::default(), &mut problems);
        problems.to_string()
    };
    let refused = problems(&|_| ());
    assert!(refused.contains("ends at 30.0 GHz, before it has fallen by 3 dB"), "{refused}");
    let taken = problems(&|c| {
        c.receiver.tia.noise = lightlane::receiver::NoiseModel::Rms;
        c.receiver.tia.irn_rms_ua = Some(2.7);
    });
    assert!(taken.is_empty(), "{taken}");
}

#[test]
fn the_electrode_of_a_mach_zehnder_may_come_from_a_file() {
    let mut config = link();
    config.transmitter.kind = lightlane::transmitter::TransmitterKind::Mzm;
    let expected = ber(&lane(&config));
    let file = Scratch::new("mzm.csv", &exported(&config.transmitter.mzm.electrode_shape(), true));
    config.transmitter.mzm.response = Response::of(file.path());
    let found = ber(&lane(&config));
    assert!((found / expected - 1.0).abs() < 0.01, "{found:e} against {expected:e}");
}

#[test]
fn a_magnitude_alone_gives_the_snr_of_a_minimum_phase_model_to_0_05_db() {
    for family in [Family::Bessel, Family::Butterworth] {
        let mut config = link();
        config.receiver.tia.family = family;
        let expected = lane(&config).snr_db.unwrap();
        let files: Vec<Scratch> = (0..6)
            .map(|i| {
                let (name, shape, _) = places(&mut config).swap_remove(i);
                Scratch::new(&format!("{family:?}-{name}.csv"), &exported(&shape, false))
            })
            .collect();
        for (place, file) in places(&mut config).into_iter().zip(&files) {
            *place.2 = Response::of(file.path());
        }
        let found = lane(&config).snr_db.unwrap();
        println!("{family:?}: {found:.4} against {expected:.4} dB");
        assert!((found - expected).abs() < 0.05, "{family:?}: {found} against {expected}");
    }
}

/// A curve of 0.05 V steps through a smooth law is known to 1e-4 of it; 2048 steps of the map are
/// finer still.
#[test]
fn curves_and_spectra_from_files_of_our_models_give_the_models_error_ratio() {
    let expected = ber(&lane(&link()));
    let eml: Eml = link().transmitter.eml;
    let (a, v0) = eml.absorption();
    let transmission: String = (0..=100)
        .map(|i| f64::from(i) * 0.05)
        .map(|v| format!("{},{}\n", -v, (-(v / v0).powf(a)).exp()))
        .collect();
    let (swing, saturation) = (eml.driver.swing_vpp, eml.driver.saturation_vpp);
    let drive: String = (0..=60)
        .map(|i| f64::from(i) * 0.05)
        .map(|x| format!("{x};{}\n", saturation / 2.0 * (x * swing / saturation).tanh()))
        .collect();
    let rin = format!("GHz,dB/Hz\n0.1,{0}\n100,{0}\n", eml.laser.rin_db_per_hz);
    let tia = link().receiver.tia;
    let (library, mut cache) = (Library::default(), PlanCache::default());
    let grid = link().grid(None);
    let lane_seed = Seed::new(1);
    let (temperature, library) = (Temperature::default(), &library);
    let cache = &mut cache;
    let context = BuildContext { grid, lane: 0, lane_seed, temperature, library, cache };
    let density = tia.density(&context).expect("no file is named");
    let noise: String = (0..=250)
        .map(f64::from)
        .map(|ghz| format!("{ghz}\t{}\n", density.at(ghz * 1e9).sqrt() * 1e12))
        .collect();
    let light =
        format!("mA,mW\n0,0\n12,0\n80,{0}\n120,{1}\n", 10f64.powf(0.1 * eml.laser.power_dbm), 10.0);
    let files = [
        Scratch::new("transmission.csv", &transmission),
        Scratch::new("drive.csv", &drive),
        Scratch::new("rin.csv", &rin),
        Scratch::new("noise.csv", &noise),
        Scratch::new("light.csv", &light),
    ];
    let path = |i: usize| files[i].path().to_owned();
    type Change<'a> = &'a dyn Fn(&mut Config);
    let changes: [(&str, Change<'_>); 5] = [
        ("transmission", &|c| {
            c.transmitter.eml.curve.file = path(0);
            c.transmitter.eml.curve.unit = lightlane::measured::TransmissionUnit::Linear;
        }),
        ("drive", &|c| c.transmitter.eml.driver.curve.file = path(1)),
        ("rin", &|c| {
            c.transmitter.eml.laser.rin = RinKind::Table;
            c.transmitter.eml.laser.rin_file = path(2);
            c.transmitter.eml.laser.rin_db_per_hz = -120.0;
        }),
        ("noise", &|c| {
            c.receiver.tia.noise = lightlane::receiver::NoiseModel::Table;
            c.receiver.tia.noise_file = path(3);
        }),
        ("light", &|c| {
            let laser = &mut c.transmitter.eml.laser;
            (laser.curve.file, laser.bias_ma, laser.power_dbm) = (path(4), 80.0, -30.0);
        }),
    ];
    for (name, change) in changes {
        let mut config = link();
        change(&mut config);
        let found = ber(&lane(&config));
        println!("{name}: {found:.4e} against {expected:.4e}");
        assert!((found / expected - 1.0).abs() < 0.01, "{name}: {found:e} against {expected:e}");
    }
}

/// Steps of 0.05 V through a cosine bend by (0.05)^2 / 8 of it, steps of 0.02 mA through a tanh of
/// 1.5 mA by less.
#[test]
fn a_modulators_transmission_and_an_amplifiers_overload_may_come_from_files() {
    let mut chirpless = link();
    chirpless.transmitter.kind = lightlane::transmitter::TransmitterKind::Mzm;
    chirpless.fibre.length_km = 0.0;
    let (library, mut problems) = (Library::default(), Problems::new());
    let mut files = FileReader::new(&library, &mut problems);
    let mzm =
        chirpless.transmitter.mzm.read(&KeyPath::root(), &mut files).expect("no file is named");
    let table: String = (-80..=80)
        .map(|i| f64::from(i) * 0.05)
        .map(|v| format!("{v},{}\n", 3.0 * mzm.field(v).norm_sqr()))
        .collect();
    let file = Scratch::new("mzm-curve.csv", &table);
    let mut measured = chirpless.clone();
    measured.transmitter.mzm.curve.file = file.path().to_owned();
    measured.transmitter.mzm.curve.unit = lightlane::measured::TransmissionUnit::Linear;
    // a curve's largest transmission counts as one, which the model does not reach at 4 V
    let most = (-80..=80).map(|i| mzm.field(f64::from(i) * 0.05).norm_sqr()).fold(0.0, f64::max)
        / mzm.power_before_modulation_w();
    measured.transmitter.mzm.insertion_loss_db -= 10.0 * most.log10();
    let (expected, found) = (ber(&lane(&chirpless)), ber(&lane(&measured)));
    assert!((found / expected - 1.0).abs() < 0.01, "{found:e} against {expected:e}");

    let mut saturated = link();
    saturated.receiver.tia.limiting = lightlane::receiver::Limiting::Tanh;
    let limit_ma = saturated.receiver.tia.overload_ma_pp / 2.0;
    let table: String = (0..=300)
        .map(|i| f64::from(i) * 0.02)
        .map(|x| format!("{x},{}\n", 7.0 * (x / limit_ma).tanh()))
        .collect();
    let file = Scratch::new("tia-curve.csv", &table);
    let mut measured = saturated.clone();
    measured.receiver.tia.limiting = lightlane::receiver::Limiting::Curve;
    measured.receiver.tia.curve.file = file.path().to_owned();
    let (expected, found) = (ber(&lane(&saturated)), ber(&lane(&measured)));
    assert!((found / expected - 1.0).abs() < 0.01, "{found:e} against {expected:e}");
}
