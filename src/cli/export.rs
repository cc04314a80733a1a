//! `run --export`: waveforms as files.

use super::output::note;
use crate::error::{Error, Problem, Problems};
use crate::link::{Link, Record, Resolved, TestPoint, Waveform};
#[cfg(feature = "hdf5")]
use crate::measured::hdf5;
use crate::measured::npy;
use crate::report;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct ExportArgs {
    /// Writes the power of a lane in mW: tp2.npy, tp3.csv, tp2.h5, tp2.mat, or tp2=FILE.npy; may be
    /// given several times
    #[arg(long = "export", value_name = "[NODE=]FILE", value_parser = targets())]
    targets: Vec<WaveformTarget>,
    /// Lane that is exported
    #[arg(long, value_name = "N", default_value_t = 0)]
    lane: usize,
    /// Periods with noise, as an oscilloscope records them; without it, one period without noise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    repeats: Option<u64>,
}

/// Reads a target, whatever the encoding of its path.
fn targets() -> impl TypedValueParser<Value = WaveformTarget> {
    OsStringValueParser::new().try_map(|text| target(&text))
}

/// A test point and its file.
#[derive(Clone, Debug, PartialEq)]
struct WaveformTarget {
    node: TestPoint,
    path: PathBuf,
    format: WaveformFormat,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum WaveformFormat {
    Npy,
    Csv,
    #[cfg(feature = "hdf5")]
    Hdf5,
    #[cfg(feature = "hdf5")]
    Mat,
}

impl WaveformFormat {
    /// By the end of a file's name.
    fn of(path: &Path) -> Result<WaveformFormat, String> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("npy") => Ok(WaveformFormat::Npy),
            Some("csv") => Ok(WaveformFormat::Csv),
            #[cfg(feature = "hdf5")]
            Some("h5" | "hdf5") => Ok(WaveformFormat::Hdf5),
            #[cfg(feature = "hdf5")]
            Some("mat") => Ok(WaveformFormat::Mat),
            #[cfg(not(feature = "hdf5"))]
            Some("h5" | "hdf5" | "mat") => {
                Err("needs a build with the feature hdf5; .npy and .csv need none".to_owned())
            }
            _ => Err("must end in .npy, .csv, .h5 or .mat".to_owned()),
        }
    }

    /// The bytes of a file.
    fn bytes(self, waveform: &Waveform) -> Result<Vec<u8>, String> {
        #[cfg(feature = "hdf5")]
        let written = hdf5::Written {
            power_mw: &waveform.power_mw,
            interval_s: 1.0 / waveform.sample_rate_hz,
            levels: &waveform.levels,
        };
        match self {
            WaveformFormat::Npy => Ok(npy::write(&waveform.power_mw)),
            WaveformFormat::Csv => Ok(report::waveform_csv(waveform).into_bytes()),
            #[cfg(feature = "hdf5")]
            WaveformFormat::Hdf5 => hdf5::write(&written),
            #[cfg(feature = "hdf5")]
            WaveformFormat::Mat => hdf5::write_mat(&written),
        }
    }
}

impl ExportArgs {
    /// Writes the requested files.
    pub(super) fn write(&self, resolved: &Resolved) -> Result<(), Error> {
        if self.targets.is_empty() {
            return Ok(());
        }
        if self.lane >= resolved.lanes.len() {
            let mut problems = Problems::new();
            let remedy = format!("no such lane: lanes = {}, numbered from 0", resolved.lanes.len());
            problems.push(Problem {
                place: None,
                path: "--lane".to_owned(),
                value: self.lane.to_string(),
                remedy,
            });
            return Err(Error::Input(problems));
        }
        let link = Link::new(resolved.clone());
        let record = self.repeats.map_or(Record::Noiseless, Record::Repeats);
        for target in &self.targets {
            let waveform = link.waveform(self.lane, target.node, record)?;
            let bytes = target.format.bytes(&waveform).map_err(|because| {
                let source = std::io::Error::other(because);
                Error::Io { path: target.path.clone(), source }
            })?;
            whole(&target.path, &bytes)
                .map_err(|source| Error::Io { path: target.path.clone(), source })?;
            if !waveform.is_period {
                let path = target.path.display();
                note(&format!(
                    "{path}: {} symbols of a longer pattern; to read it back, pattern.kind = \"file\" needs its levels",
                    waveform.levels.len()
                ));
            }
        }
        Ok(())
    }
}

/// Writes a file completely or not at all, through a temporary file beside it. What is no regular
/// file is written to.
fn whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return fs::write(path, bytes);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside); // the first error is the one reported
    }
    written
}

/// `tp2.npy`, `tp2=FILE.csv`.
fn target(text: &OsStr) -> Result<WaveformTarget, String> {
    let by_key = TestPoint::all().into_iter().find_map(|node| Some((node, after(text, node)?)));
    let by_file = || {
        let stem = Path::new(text).file_stem()?.to_str()?;
        let node = TestPoint::all().into_iter().find(|node| node.name() == stem)?;
        Some((node, PathBuf::from(text)))
    };
    let (node, path) =
        by_key.or_else(by_file).ok_or("must name a node: tp2.npy, tp3.npy, or tp2=FILE.npy")?;
    let format = WaveformFormat::of(&path)?;
    Ok(WaveformTarget { node, path, format })
}

/// The path after `NODE=`, whatever its encoding.
fn after(text: &OsStr, node: TestPoint) -> Option<PathBuf> {
    let key = format!("{}=", node.name());
    let path = text.as_encoded_bytes().strip_prefix(key.as_bytes())?;
    #[cfg(unix)]
    return Some(PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path)));
    #[cfg(not(unix))]
    return std::str::from_utf8(path).ok().map(PathBuf::from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_names_its_node_by_key_or_by_file() {
        let is = |node, path: &str, format| Ok(WaveformTarget { node, path: path.into(), format });
        assert_eq!(target("tp2.npy".as_ref()), is(TestPoint::Tp2, "tp2.npy", WaveformFormat::Npy));
        assert_eq!(
            target("out/tp3.csv".as_ref()),
            is(TestPoint::Tp3, "out/tp3.csv", WaveformFormat::Csv)
        );
        assert_eq!(
            target("tp3=a=b.npy".as_ref()),
            is(TestPoint::Tp3, "a=b.npy", WaveformFormat::Npy)
        );
        for text in ["tp4.npy", "tp2", "tp2.txt", "tp2=", "x=tp2.wav", ""] {
            assert!(target(text.as_ref()).is_err(), "{text}");
        }
    }
}
