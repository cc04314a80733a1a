//! Custom modulators: conformance, and their names in a link's results.

use lightlane::chain::{Chain, Map};
use lightlane::error::{KeyPath, Problems};
use lightlane::link::{LaneSet, LayeredConfig, Link, RunOptions, conformance};
use lightlane::measured::{BuildContext, FileReader, Library};
use lightlane::signal::{Field, Volt};
use lightlane::transmitter::{Drive, Modulator, Transmitter};
use num_complex::Complex32;
use std::sync::Arc;

/// Result of a built-in kind.
fn built_in(key: &str) -> Arc<dyn Modulator> {
    let (transmitter, library, mut problems) =
        (Transmitter::default(), Library::default(), Problems::new());
    let sheets = transmitter.all();
    let sheet = sheets.iter().find(|(name, _)| *name == key).expect("it is built in").1;
    sheet.model(&KeyPath::root(), &mut FileReader::new(&library, &mut problems)).expect("no files")
}

#[test]
fn every_built_in_modulator_conforms() {
    let transmitter = Transmitter::default();
    // a recording runs only in the link whose symbols it carries
    for (key, _) in transmitter.all().into_iter().filter(|(key, _)| *key != "waveform") {
        assert_eq!(conformance(&built_in(key)).unwrap(), Vec::<String>::new(), "{key}");
    }
}

/// A modulator whose power depends on where in the block a sample stands.
struct Drooping;

impl Map<Volt, Field> for Drooping {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        let n = x.len() as f32;
        for (i, (y, x)) in y.iter_mut().zip(x).enumerate() {
            *y = Complex32::new((1e-3 * (1.0 + 0.5 * x) * (1.0 - 0.2 * i as f32 / n)).sqrt(), 0.0);
        }
    }

    fn name(&self) -> &'static str {
        "drooping"
    }
}

impl Modulator for Drooping {
    fn extend(&self, drive: Drive<'_>, _: &mut BuildContext<'_>) -> Chain<Field> {
        drive.volts().map(Drooping)
    }

    fn settled_oma_w(&self, drive: f64) -> f64 {
        1e-3 * drive
    }

    fn rin_per_hz(&self, _: f64) -> Option<f64> {
        Some(f64::NAN)
    }

    fn wavelength_nm(&self) -> f64 {
        1311.0
    }

    fn about(&self) -> &str {
        ""
    }
}

#[test]
fn a_modulator_that_is_not_periodic_or_says_no_number_does_not_conform() {
    let failures = conformance(&(Arc::new(Drooping) as Arc<dyn Modulator>)).unwrap();
    let all = failures.join("\n");
    for expected in
        ["about() is empty", "rin_per_hz() is NaN; must be from 0", "one period of an endless"]
    {
        assert!(all.contains(expected), "{all}");
    }
}

#[test]
fn a_modulator_given_to_a_link_runs_as_the_same_one_described_and_is_named() {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    for assignment in ["lanes=2", "simulation.symbols=16384", "simulation.symbols_at_limit=0"] {
        stack.set(assignment).unwrap();
    }
    let resolved = stack.resolve().unwrap();
    let run = |link: &Link| link.run(&RunOptions::default()).unwrap();
    let described = run(&Link::new(resolved.clone()));
    let eml = &resolved.base.transmitter.eml;
    let (library, mut problems) = (Library::default(), Problems::new());
    let model = eml.read(&KeyPath::root(), &mut FileReader::new(&library, &mut problems)).unwrap();
    let (given, lanes) = (Arc::new(model), LaneSet::These(vec![1]));
    let custom = run(&Link::new(resolved.clone()).with_modulator(lanes, given));
    assert_eq!(
        serde_json::to_string(&custom.lanes).unwrap(),
        serde_json::to_string(&described.lanes).unwrap()
    );
    assert_eq!(custom.config_hash, described.config_hash.clone() + "+custom");
    let name = custom.transmitter.to_string();
    assert!(name.starts_with("custom (lanes 1: EML: "), "{name}");
    // another one on lane 1 does not affect lane 0
    let (given, lanes) = (built_in("mzm"), LaneSet::These(vec![1]));
    let other = run(&Link::new(resolved).with_modulator(lanes, given));
    let bers = |i: usize| (other.lanes[i].ber_semi_analytic, described.lanes[i].ber_semi_analytic);
    assert_eq!(bers(0).0, bers(0).1);
    assert!(bers(1).0.is_some() && bers(1).0 != bers(1).1, "{:?}", bers(1));
}
