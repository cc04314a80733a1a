//! Figures: probes do not affect results, densities add up, files are complete.

use crate::support::{preset, run};
use lightlane::chain::{NoiseSelection, PlanCache, Predictor, Probe, StreamKeys, Workspace};
use lightlane::link::{Config, EyeFilter, EyeView, Lane, Node, Overview, Resolved, View};
use lightlane::plot::{self, Size};
use lightlane::transmitter::TransmitterKind;
use std::path::PathBuf;

/// A folder for one test, deleted after it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("lightlane-figures-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn lightlane(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lightlane"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn one_lane(kind: TransmitterKind, samples_per_symbol: usize) -> Config {
    let mut config = preset("800gbase-dr8");
    config.transmitter.kind = kind;
    config.receiver.dsp.adc.samples_per_symbol = samples_per_symbol;
    config.lanes = 1;
    config
}

fn resolved(config: &Config) -> Resolved {
    Resolved {
        warnings: Vec::new(),
        changes: Vec::new(),
        base: config.clone(),
        lanes: vec![config.clone(); config.lanes],
        hash: String::new(),
        library: lightlane::measured::Library::default(),
    }
}

fn slicer_eye(config: &Config) -> EyeView {
    View::new(&resolved(config), 0).unwrap().eye(Node::Slicer, 100_000).unwrap()
}

/// Both ways are f32 sums of the same spectrum; 1e-3 of a step between levels is ten times their
/// rounding.
#[test]
fn the_slicers_waveform_has_the_equalised_samples_at_the_sampling_instants() {
    for (kind, per_symbol) in [(TransmitterKind::Eml, 1), (TransmitterKind::Mzm, 2)] {
        let lane = Lane::build(&one_lane(kind, per_symbol), 0, &mut PlanCache::default()).unwrap();
        let mut workspace = Workspace::new(&lane.optical().plan);
        let (training, scoring) = (lane.blocks(2, true), lane.blocks(1, false));
        let levels = scoring[0].clone();
        let mut predictor = Predictor::new(
            &lane.optical().plan,
            &lane.optical().dsp,
            lane.shared_seed,
            lane.lane_seed,
            training,
            scoring,
            &mut workspace,
        );
        let trained = predictor.train(&mut workspace, 1.0, None).unwrap();
        let quiet = StreamKeys {
            shared_seed: lane.shared_seed,
            lane_seed: lane.lane_seed,
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        };
        let samples =
            workspace.slicer_inputs(&lane.optical().plan, &trained, &levels, &quiet).to_vec();
        let probe = Probe::slicer(&lane.optical().plan, &trained, 32, &mut PlanCache::default());
        let waveform = probe.waveform(&mut workspace, &levels, &quiet);
        assert_eq!(waveform.len(), 32 * samples.len());
        let worst = samples
            .iter()
            .zip(waveform.iter().step_by(32))
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst < 1e-3 * 2.0 / 3.0, "{kind:?} {per_symbol}: {worst}");
    }
}

/// A noisy block at the instants has the predicted rms around each level: 32768 symbols of a level
/// give it to 0.4 %.
#[test]
fn the_eyes_centre_has_the_levels_and_the_spread_that_are_reported() {
    for (kind, per_symbol) in [(TransmitterKind::Eml, 1), (TransmitterKind::Mzm, 2)] {
        let config = one_lane(kind, per_symbol);
        let view = slicer_eye(&config);
        let thresholds = [view.thresholds[0], view.thresholds[1], view.thresholds[2]];
        let reported = run(&config).lanes.remove(0).slicer.unwrap();
        let level_means = reported.level_means.map(Option::unwrap);
        assert_eq!(view.levels, level_means);
        assert_eq!(view.thresholds, reported.thresholds.map(Option::unwrap));
        let row = (view.eye.high - view.eye.low) / view.eye.density.ncols() as f64;
        for (found, mean) in view.eye.centre_levels(thresholds).iter().zip(level_means) {
            assert!((found - mean).abs() < 0.5 * row, "{kind:?}: {found} against {mean}");
        }
        let (mut square, mut count) = (0.0, 0.0);
        for (row, &n) in view.eye.centre().iter().enumerate() {
            let z = view.eye.amplitude(row);
            let mean = level_means[thresholds.iter().filter(|&&t| z > t).count()];
            square += f64::from(n) * (z - mean).powi(2);
            count += f64::from(n);
        }
        let expected =
            (reported.level_sigmas.iter().map(|s| s.unwrap().powi(2)).sum::<f64>() / 4.0).sqrt();
        let found = (square / count - row * row / 12.0).sqrt();
        assert!(
            (found / expected - 1.0).abs() < 0.02,
            "{kind:?} {per_symbol}: {found} against {expected}"
        );
    }
}

#[test]
fn a_density_sums_to_the_points_drawn() {
    let mut view = View::new(&resolved(&one_lane(TransmitterKind::Eml, 1)), 0).unwrap();
    for node in Node::all() {
        let view = view.eye(node, 100_000).unwrap();
        assert!(view.symbols >= 100_000);
        assert_eq!(
            view.eye.points(),
            view.symbols * view.eye.columns_per_symbol() as u64,
            "{node:?}"
        );
    }
}

/// The eye's outer levels at TP2 are crossed by interference; their means lie within 5 % of the
/// swing of the settled ones.
#[test]
fn the_settled_levels_of_light_lie_where_the_eye_is_dark() {
    let mut view = View::new(&resolved(&one_lane(TransmitterKind::Eml, 1)), 0).unwrap();
    let view = view.eye(Node::Tp2, 100_000).unwrap();
    let (zero, three) = (view.levels[0], view.levels[1]);
    let third = (three - zero) / 3.0;
    let found =
        view.eye.centre_levels([zero + 0.5 * third, zero + 1.5 * third, zero + 2.5 * third]);
    assert!(
        (found[0] - zero).abs() < 0.15 * third && (found[3] - three).abs() < 0.15 * third,
        "{found:?} {zero} {three}"
    );
}

/// The slicer's eye is as high as its levels are apart less the quantiles of their noise, one in a
/// thousand: 3.090 sigma of a Gaussian. Intersymbol interference is part of that sigma and narrower
/// in its tails, so that the eye is a little higher; never more than without it.
#[test]
fn the_eyes_are_as_high_as_levels_and_noise_leave_them() {
    let config = one_lane(TransmitterKind::Eml, 1);
    let view = slicer_eye(&config);
    let slicer = run(&config).lanes.remove(0).slicer.unwrap();
    let mean = |i: usize| slicer.level_means[i].unwrap();
    let sigma = |i: usize| slicer.level_sigmas[i].unwrap();
    for (i, opening) in view.openings.iter().enumerate() {
        let opening = opening.expect("open");
        let apart = mean(i + 1) - mean(i);
        let expected = apart - 3.090 * (sigma(i) + sigma(i + 1));
        let height = opening.height();
        // quantiles of 24000 symbols are known to 0.06 sigma each, of which three are allowed
        let low = expected - 3.0 * 0.06 * (sigma(i) + sigma(i + 1));
        assert!(height > low && height < apart, "{i}: {height} {expected} {apart}");
        assert!(height < expected + 0.5 * (sigma(i) + sigma(i + 1)), "{i}: {height} {expected}");
        assert!((0.05..0.6).contains(&opening.width_ui()), "{opening:?}");
    }
}

/// Half the symbol rate, as the reference receiver of 100G lanes has it; the eye is less open
/// through it, and the settled levels are the light's.
#[test]
fn a_filter_is_that_of_the_reference_receiver_and_closes_the_eye() {
    let mut view = View::new(&resolved(&one_lane(TransmitterKind::Eml, 1)), 0).unwrap();
    let plain = view.eye(Node::Tp2, 100_000).unwrap();
    let seen = view.eye_through(Node::Tp2, EyeFilter::BesselThomson, 100_000).unwrap();
    assert_eq!((plain.filter_ghz, seen.filter_ghz), (None, Some(26.5625)));
    assert_eq!(plain.levels, seen.levels);
    let height = |view: &EyeView| view.openings[1].map_or(0.0, |opening| opening.height());
    assert!(height(&plain) > 0.0 && height(&seen) < height(&plain));
}

#[test]
fn results_with_and_without_figures_are_the_same_bits() {
    let folder = Folder::new("bits");
    let arguments = ["run", "800gbase-dr8", "--set", "lanes=2", "--json"];
    let (_, without, _) = folder.lightlane(&arguments);
    let (code, with, words) = folder.lightlane(&[&arguments[..], &["--plots", "a/b"]].concat());
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(without, with);
    let names = Folder(folder.0.join("a/b")).names();
    let all = [
        "eye-slicer.png",
        "eye-tp2.png",
        "eye-tp3.png",
        "fec-bins.png",
        "histogram.png",
        "overview.png",
        "spectrum.png",
        "waterfall.png",
    ];
    assert_eq!(names, all);
}

#[test]
fn every_figure_is_a_picture_of_its_size_and_not_blank_and_a_page_of_text_that_names_its_axes() {
    let folder = Folder::new("pictures");
    let mut config = one_lane(TransmitterKind::Mzm, 1);
    config.lanes = 2;
    let link = resolved(&config);
    let mut view = View::new(&link, 1).unwrap();
    let eye = view.eye(Node::Tp3, 100_000).unwrap();
    look(
        &folder,
        &eye,
        &[
            "time (UI)",
            "optical power (mW)",
            " ps",
            "BER ",
            "SNR ",
            "OMA ",
            "ER ",
            "settled",
            "P0 ",
            "P3 ",
            "eye height ",
            "no filter",
        ],
    );
    let eye = view.eye(Node::Slicer, 100_000).unwrap();
    look(&folder, &eye, &["time (UI)", "equaliser output", "thresholds", "levels"]);
    look(
        &folder,
        &view.waterfall().unwrap(),
        &["average received power (dBm)", "bit error ratio", "limit ", "margin ", "counted"],
    );
    look(
        &folder,
        &view.histogram(100_000).unwrap(),
        &["equaliser output", "probability density", "sum of Gaussians"],
    );
    look(
        &folder,
        &view.spectra().unwrap(),
        &["frequency (GHz)", "level (dB)", "equaliser", "noise at the detector"],
    );
    look(&folder, &Overview::new(&link, &run(&config)).unwrap(), &["lane 0", "lane 1", "limit "]);
}

/// Vectors in place of pixels, a title of its own on every one, a resolution that a PNG says.
#[test]
fn figures_are_drawn_as_they_are_asked_for() {
    let folder = Folder::new("formats");
    let more =
        ["--plots", "a", "--plots-format", "svg", "--title", "Module <17>", "--size", "900x600"];
    let (code, _, words) =
        folder.lightlane(&[&["run", "800gbase-dr8", "--set", "lanes=1"], &more[..]].concat());
    assert_eq!(code, Some(0), "{words}");
    let inside = Folder(folder.0.join("a"));
    let names = inside.names();
    assert_eq!(names.len(), 8);
    for name in names {
        let text = std::fs::read_to_string(inside.0.join(&name)).unwrap();
        well_formed(&text);
        assert!(name.ends_with(".svg") && text.contains("Module &lt;17&gt;: "), "{name}");
        assert!(text.contains("width=\"900\" height=\"600\""), "{name}");
    }
    let arguments = ["fec", "--ber", "1e-3:2e-3:2", "--codewords", "20k", "--bins", "bins.png"];
    let (code, _, words) =
        folder.lightlane(&[&arguments[..], &["--size", "small", "--dpi", "192"]].concat());
    assert_eq!(code, Some(0), "{words}");
    let bytes = std::fs::read(folder.0.join("bins.png")).unwrap();
    // 192 per inch are 7559 per metre, both ways
    let resolution = [&b"pHYs"[..], &[0, 0, 0x1d, 0x87, 0, 0, 0x1d, 0x87, 1]].concat();
    assert!(bytes.windows(resolution.len()).any(|part| part == resolution));
    assert_eq!(image::load_from_memory(&bytes).unwrap().to_rgb8().dimensions(), (1600, 1000));
}

/// Draws a figure at every size and as text; nothing else is left.
pub(crate) fn look(folder: &Folder, figure: &impl plot::Figure, words: &[&str]) {
    for size in [Size::Slide, Size::Small] {
        let path = folder.0.join("figure.png");
        plot::save(figure, &path, size).unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), size.pixels());
        let marked = picture.pixels().filter(|p| p.0 != [255; 3]).count();
        assert!(marked > picture.pixels().len() / 200, "{marked} pixels");
        // no element reaches into the outer margin
        let (width, height) = picture.dimensions();
        let rim = picture
            .enumerate_pixels()
            .filter(|(x, y, _)| *x < 2 || *y < 2 || *x + 2 >= width || *y + 2 >= height);
        assert!(rim.map(|(_, _, p)| p.0).all(|p| p == [255; 3]), "{words:?} {size:?}");
    }
    let path = folder.0.join("figure.svg");
    plot::save(figure, &path, Size::Small).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    well_formed(&text);
    assert!(!text.contains("data:png"));
    for word in words {
        assert!(text.contains(word), "{word}");
    }
    assert_eq!(folder.names(), ["figure.png", "figure.svg"], "nothing else is left");
}

/// Every element is closed in its order, every attribute quoted.
fn well_formed(text: &str) {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.starts_with(['?', '!']) || tag.ends_with('/') => {}
            None => open.push(tag.split_whitespace().next().expect("a name")),
        }
    }
    assert!(open.is_empty() && text.contains("<svg"), "{open:?}");
}

#[test]
fn what_cannot_be_drawn_is_said_in_one_line_before_any_file_is_made() {
    let folder = Folder::new("refused");
    std::fs::write(folder.0.join("file"), "").unwrap();
    fn eye<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["eye", "800gbase-dr8", "--at", "slicer"], more].concat()
    }
    let cases: [(Vec<&str>, &str); 16] = [
        (eye(&["--out", "eye.gif"]), "must end in .png or .svg"),
        (eye(&["--out", "nowhere/eye.png"]), "there is no folder nowhere"),
        (eye(&["--out", "eye.png", "--lane", "8"]), "must be a lane of the link, from 0 to 7"),
        (eye(&["--out", "eye.png", "--symbols", "1000"]), "needs 100000 to 100000000 symbols"),
        (eye(&["--out", "eye.png", "--set", "fibre.lenght_km=2"]), "did you mean"),
        (eye(&["--out", "file/eye.png"]), "there is no folder file"),
        (eye(&["--out", "eye.png", "--filter", "bessel-thomson"]), "use --at tp2 or tp3"),
        (eye(&["--out", "eye.svg", "--dpi", "300"]), "drawn without --dpi"),
        (eye(&["--out", "eye.png", "--dpi", "20"]), "48 to 1200 pixels per inch"),
        (eye(&["--out", "eye.png", "--size", "8000x8000", "--dpi", "300"]), "80 million"),
        (eye(&["--out", "eye.png", "--title", "a\nb"]), "must be one line of text"),
        (
            vec!["run", "800gbase-dr8", "--plots", "p", "--plots-format", "svg", "--dpi", "300"],
            "drawn without --dpi",
        ),
        (vec!["run", "800gbase-dr8", "--size", "small"], "--plots asks for one"),
        (
            vec!["fec", "--ber", "1e-3", "--codewords", "0", "--bins", "bins.svg"],
            "shows counted codewords; --codewords must not be 0",
        ),
        (vec!["run", "800gbase-dr8", "--plots", "file"], "is a file; --plots takes a folder"),
        (vec!["run", "800gbase-dr8", "--plots", "file/in"], "file/in"),
    ];
    for (arguments, remedy) in cases {
        let (code, out, words) = folder.lightlane(&arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {words}");
        assert!(
            out.is_empty() && words.lines().count() == 1 && words.contains(remedy),
            "{arguments:?}: {words}"
        );
    }
    assert_eq!(folder.names(), ["file"]);
}
