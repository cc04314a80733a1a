//! A table of a response from a file's text: magnitude and phase, normalised, completed, without
//! the delay of cables.

use super::columns;
use super::number::shown;
use super::response_columns::{Convention, ResponseColumns, ResponsePoint};
use super::text::Text;
use super::touchstone::network_file::Touchstone;
use super::touchstone::parse::ports_of_name;
use crate::chain::Table;
use crate::math::minimum_phase::minimum_phase;
use crate::units::{giga, tera};
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Which transmission of a Touchstone file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SParameter {
    /// From port 1 to port 2.
    #[default]
    S21,
    /// From port 2 to port 1.
    S12,
}

/// Key of a table: file, decibels, transmission.
pub(super) type ResponseRecipe = (String, Convention, SParameter);

/// Whether a name is that of a Touchstone file.
pub(super) fn is_touchstone(file: &str) -> bool {
    ports_of_name(file).is_some() || file.to_ascii_lowercase().ends_with(".ts")
}

/// Delay beyond the minimum phase up to which a measurement counts as de-embedded, s.
const DE_EMBEDDED_S: f64 = 3e-12;

/// Least last frequency of a response, Hz: squares of lower ones are lost beside others.
const LAST_HZ_MIN: f64 = 1.0;

/// Largest phase of a response, rad: that of a delay of 0.16 ms at 1 THz; assumed.
const PHASE_MAX_RAD: f64 = 1e9;

/// A response as it was read.
#[derive(Debug)]
pub(super) struct ResponseFile {
    pub(super) table: Arc<Table>,
    /// True where its header says that its decibels are of optical power.
    pub(super) in_optical_decibels: bool,
    /// What a user should know of it.
    pub(super) notes: Vec<String>,
}

/// Frequencies, ln of the magnitude, phase if there is one.
struct ResponsePoints {
    f_hz: Vec<f64>,
    ln_magnitude: Vec<f64>,
    phase_rad: Option<Vec<f64>>,
}

/// Makes a table from a file's text.
pub(super) fn read(text: &Text, recipe: &ResponseRecipe) -> Result<ResponseFile, String> {
    let (file, convention, port) = recipe;
    if is_touchstone(file) {
        let table = Arc::new(table(text.digest, of_touchstone(&text.text, file, *port)?));
        return Ok(ResponseFile { table, in_optical_decibels: false, notes: Vec::new() });
    }
    let read = ResponseColumns::read(&text.text, *convention)?;
    let in_optical_decibels = read.in_optical_decibels;
    let notes = read.notes();
    let table = Arc::new(table(text.digest, points_of(read.points)?));
    Ok(ResponseFile { table, in_optical_decibels, notes })
}

fn of_touchstone(text: &str, file: &str, port: SParameter) -> Result<ResponsePoints, String> {
    let network = Touchstone::parse(text, ports_of_name(file))?;
    if network.ports() != 2 {
        return Err(format!(
            "has {} ports; must have 2: export the two of the part",
            network.ports()
        ));
    }
    if network.f_hz().len() == 1 {
        return Err(format!(
            "line {}: is the only one with data; must be two or more",
            network.lines()[0]
        ));
    }
    let (to, from) = match port {
        SParameter::S21 => (2, 1),
        SParameter::S12 => (1, 2),
    };
    let point = |(k, (&line, &f_hz)): (usize, (&usize, &f64))| {
        let s = network.at(k, to, from);
        (line, f_hz, s.norm(), Some(s.arg()))
    };
    points_of(network.lines().iter().zip(network.f_hz()).enumerate().map(point).collect())
}

/// Checks the points of a file, and unwraps the phase.
fn points_of(points: Vec<ResponsePoint>) -> Result<ResponsePoints, String> {
    let ghz = |f_hz: f64| f_hz / giga(1.0);
    columns::ascending(
        &points.iter().map(|p| (p.0, vec![ghz(p.1)])).collect::<Vec<_>>(),
        "frequency, GHz,",
    )?;
    for &(line, f_hz, magnitude, phase) in &points {
        if !(0.0..=tera(10.0)).contains(&f_hz) {
            return Err(format!(
                "line {line}: frequency {} GHz: must be from 0 to 10000; a header names another unit, such as f_Hz",
                shown(ghz(f_hz))
            ));
        }
        if !(1e-15..1e15).contains(&magnitude) {
            return Err(format!(
                "line {line}: a magnitude of {magnitude:e}: must be from -300 to 300 dB: remove the line"
            ));
        }
        // beyond, turns cannot be counted, and their sum may have no end
        if !(-PHASE_MAX_RAD..=PHASE_MAX_RAD).contains(&phase.unwrap_or(0.0)) {
            return Err(format!(
                "line {line}: a phase of {:e} rad: must be from {:e} to {PHASE_MAX_RAD:e} rad; a \
                 header names another unit, such as phase (deg) or delay (ps)",
                phase.unwrap_or(0.0),
                -PHASE_MAX_RAD
            ));
        }
    }
    let (line, last_hz) = points.last().map_or((0, 0.0), |p| (p.0, p.1));
    if last_hz < LAST_HZ_MIN {
        return Err(format!(
            "line {line}: ends at {last_hz:e} Hz: must reach {LAST_HZ_MIN} Hz; a header names another unit, such as f_GHz"
        ));
    }
    let mut turned = 0.0;
    let mut before: Option<f64> = None;
    let unwrapped = points.iter().map(|point| {
        let phase = point.3?;
        turned -= before.map_or(0.0, |before| TAU * ((phase - before) / TAU).round());
        before = Some(phase);
        Some(phase + turned)
    });
    let phase_rad: Option<Vec<f64>> = unwrapped.collect();
    Ok(ResponsePoints {
        f_hz: points.iter().map(|p| p.1).collect(),
        ln_magnitude: points.iter().map(|p| p.2.ln()).collect(),
        phase_rad,
    })
}

/// Normalises, completes and aligns.
fn table(digest: u64, points: ResponsePoints) -> Table {
    let ResponsePoints { mut f_hz, mut ln_magnitude, mut phase_rad } = points;
    let reference = ln_magnitude[0];
    ln_magnitude.iter_mut().for_each(|ln| *ln -= reference);
    if f_hz[0] > 0.0 {
        f_hz.insert(0, 0.0);
        ln_magnitude.insert(0, ln_magnitude[0]);
        phase_rad.iter_mut().for_each(|phase| phase.insert(0, phase[0]));
    }
    let end_hz = f_hz[f_hz.len() - 1];
    let rolloff = rolloff(&f_hz, &ln_magnitude);
    let flat =
        Table::new(digest, f_hz.clone(), ln_magnitude.clone(), vec![0.0; f_hz.len()], rolloff);
    // a magnitude below the smallest number has no logarithm
    let magnitude = |f: f64| flat.at(f).norm().max(f64::MIN_POSITIVE).ln();
    let mut phase = match phase_rad {
        Some(measured) => aligned(
            &f_hz,
            &ln_magnitude,
            &measured,
            &minimum_phase(magnitude, end_hz, rolloff, &f_hz),
        ),
        None => {
            f_hz.extend((1..=64).map(|i| end_hz * 8f64.powf(f64::from(i) / 64.0)));
            ln_magnitude = f_hz.iter().map(|&f| magnitude(f)).collect();
            minimum_phase(magnitude, end_hz, rolloff, &f_hz)
        }
    };
    phase[0] = 0.0;
    Table::new(digest, f_hz, ln_magnitude, phase, rolloff).measured_to(end_hz)
}

/// Nepers per neper of frequency by which the last octave falls, at least one (20 dB per decade).
pub(crate) fn rolloff(f_hz: &[f64], ln_magnitude: &[f64]) -> f64 {
    let last = f_hz.len() - 1;
    let octave = f_hz.partition_point(|&f| f < f_hz[last] / 2.0).min(last - 1);
    // -0 when it starts at 0 Hz
    let per_neper = -(ln_magnitude[last] - ln_magnitude[octave]) / (f_hz[last] / f_hz[octave]).ln();
    per_neper.max(1.0)
}

/// The measured phase without its inversion and without the delay beyond the minimum phase.
fn aligned(f_hz: &[f64], ln_magnitude: &[f64], measured: &[f64], minimum: &[f64]) -> Vec<f64> {
    let excess: Vec<f64> = measured.iter().zip(minimum).map(|(a, b)| a - b).collect();
    let weight = |i: usize| (2.0 * ln_magnitude[i]).exp();
    let sum = |of: &dyn Fn(usize) -> f64| (0..f_hz.len()).map(|i| weight(i) * of(i)).sum::<f64>();
    let (w, x, y) = (sum(&|_| 1.0), sum(&|i| f_hz[i]), sum(&|i| excess[i]));
    let (xx, xy) = (sum(&|i| f_hz[i] * f_hz[i]), sum(&|i| f_hz[i] * excess[i]));
    // rounding leaves none where a single point has all the weight
    let spread = w * xx - x * x;
    let free_slope = if spread > 0.0 { (w * xy - x * y) / spread } else { 0.0 };
    let inversion = PI * ((y - free_slope * x) / w / PI).round();
    let slope = (xy - inversion * x) / xx; // a delay alone: through zero
    let slope = if slope.abs() > TAU * DE_EMBEDDED_S { slope } else { 0.0 };
    measured.iter().zip(f_hz).map(|(phase, f)| phase - inversion - slope * f).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Shape;
    use crate::math::prototype::Family;
    use num_complex::Complex64;

    fn model() -> Shape {
        Shape::low_pass(Family::Bessel, 4, giga(36.0), 1.0)
    }

    fn read(file: &str, text: &str) -> Result<Arc<Table>, String> {
        let text = Text { text: text.to_owned(), digest: 1 };
        let recipe = (file.to_owned(), Convention::Amplitude, SParameter::S21);
        super::read(&text, &recipe).map(|read| read.table)
    }

    /// Lines of a file of our model in steps of 0.1 GHz from `first`, each written by `line` of GHz
    /// and response.
    fn written(first: u32, line: impl Fn(f64, Complex64) -> String) -> String {
        (first..=1500)
            .map(|i| f64::from(i) / 10.0)
            .map(|ghz| line(ghz, model().at(giga(ghz))))
            .collect()
    }

    fn degrees(h: Complex64) -> f64 {
        h.arg().to_degrees()
    }

    /// Largest distance from the model up to 100 GHz.
    fn distance(table: &Table) -> f64 {
        (0..=1000)
            .map(|i| giga(f64::from(i) / 10.0))
            .map(|f| (table.at(f) - model().at(f)).norm())
            .fold(0.0, f64::max)
    }

    /// Straight lines over 0.1 GHz bend by 1e-6, which is the error at the first point. Where the
    /// phase is derived from the magnitude, the magnitude beyond 150 GHz is extrapolated: an error
    /// of 0.1 ps in delay, 0.05 in the response at 100 GHz.
    #[test]
    fn every_format_of_a_response_reads_as_the_model_it_came_from() {
        let db = |h: Complex64| crate::units::db_from_amplitude_ratio(h.norm());
        for (file, text) in [
            ("a.s2p", "# GHz S RI R 50\n".to_owned() + &written(0, |f, h| format!("{f} 0 0 {} {} 0 0 0 0\n", h.re, h.im))),
            ("a.S2P", "# Hz S MA R 50\n".to_owned() + &written(1, |f, h| format!("{}e9 0 0 {} {} 0 0 0 0\n", f, h.norm(), degrees(h)))),
            ("a.s2p", "# MHz S DB R 50\n".to_owned() + &written(2, |f, h| format!("{}e3 0 0 {} {} 0 0 0 0\n", f, db(h), degrees(h)))),
            ("a.csv", written(0, |f, h| format!("{f},{},{}\n", db(h), degrees(h)))),
            (
                "a.ts",
                "[Version] 2.0\n# GHz S RI\n[Number of Ports] 2\n[Two-Port Data Order] 12_21\n[Number of Frequencies] 1501\n[Network Data]\n"
                    .to_owned()
                    + &written(0, |f, h| format!("{f} 0 0 0 0 {} {} 0 0\n", h.re, h.im)),
            ),
            ("a.txt", "f (Hz);dB;deg\n".to_owned() + &written(1, |f, h| format!("{f}e9;{};{}\n", db(h), degrees(h)))),
            ("a.csv", "f (GHz),|S21| (lin),phase (deg)\n".to_owned() + &written(0, |f, h| format!("{f},{},{}\n", h.norm(), degrees(h)))),
            ("a.csv", "f (GHz),dB,phase (rad)\n".to_owned() + &written(0, |f, h| format!("{f},{},{}\n", db(h), h.arg()))),
            ("a.csv", "f (GHz),real,imag\n".to_owned() + &written(0, |f, h| format!("{f},{},{}\n", h.re, h.im))),
            ("a.csv", "f (GHz),ang(S21) [deg],|S21|^2 [dBo]\n".to_owned() + &written(0, |f, h| format!("{f},{},{}\n", degrees(h), 0.5 * db(h)))),
            ("a.csv", written(0, |f, h| format!("{f}\t{}\n", db(h)))),
        ] {
            let distance = distance(&read(file, &text).unwrap());
            let tolerance = if text.contains('\t') { 0.05 } else { 2e-3 };
            assert!(distance < tolerance, "{file} {}: {distance}", &text[..20]);
        }
    }

    /// The delay is known to that of the minimum phase, 0.1 ps.
    #[test]
    fn gain_inversion_and_delay_of_a_measurement_are_taken_out() {
        let text = written(1, |f, h| {
            let h = h * -30.0 * Complex64::from_polar(1.0, -TAU * giga(f) * 300e-12);
            format!("{f} 0 0 {} {} 0 0 0 0\n", h.re, h.im)
        });
        let distance = distance(&read("a.s2p", &format!("# GHz S RI R 50\n{text}")).unwrap());
        assert!(distance < 0.05, "{distance}");
    }

    #[test]
    fn beyond_its_data_a_response_falls_by_at_least_20_db_per_decade() {
        let table = read("a.csv", "1, 0\n10, 0\n20, -1\n").unwrap();
        assert!((table.at(giga(200.0)).norm() / table.at(giga(20.0)).norm() - 0.1).abs() < 1e-6);
        let steep = read("a.csv", "1, 0\n10, 0\n20, -12\n").unwrap();
        let octave = crate::units::db_from_amplitude_ratio(
            steep.at(giga(40.0)).norm() / steep.at(giga(20.0)).norm(),
        );
        assert!((octave + 12.0).abs() < 1e-2, "{octave}");
        assert_eq!(table.ends_hz(), giga(20.0));
    }

    #[test]
    fn a_wrong_unit_order_or_magnitude_is_refused_with_its_line() {
        for (text, expected) in [
            (
                "1e9, 0\n2e9, -1\n",
                "line 1: frequency 1000000000 GHz: must be from 0 to 10000; a header names another unit",
            ),
            ("2, 0\n1, -1\n", "line 2: frequency, GHz, 1 descends after 2; must ascend"),
            ("0, 0\n5e-10, -1\n", "line 2: ends at "),
            ("1, 0\n2, -400\n", "line 2: a magnitude of 1e-20: must be from -300 to 300 dB"),
            (
                "f (GHz), dB, phase (rad)\n1, 0, 1e308\n2, -1, -1e308\n",
                "line 2: a phase of 1e308 rad: must be from -1e9 to 1e9 rad",
            ),
            ("f (GHz), dB, delay (s)\n1, 0, 1e200\n2, -1, 1\n", "line 2: a phase of -6.28"),
        ] {
            let complaint = read("a.csv", text).unwrap_err();
            assert!(complaint.starts_with(expected), "{text}: {complaint}");
        }
        let four =
            read("a.s4p", &format!("1 {0}2 {0}", "0 0 1 0 0 0 0 0\n".repeat(4))).unwrap_err();
        assert_eq!(four, "has 4 ports; must have 2: export the two of the part");
    }
    #[test]
    fn a_point_with_all_the_weight_has_a_phase() {
        let table = read("a.csv", "0, -170, 0\n10, 20, 90\n").unwrap();
        assert!([0.0, 5e9, 1e10, 1e11].iter().all(|&f| table.at(f).is_finite()));
    }
}
