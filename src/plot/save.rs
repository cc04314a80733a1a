//! Writing a figure to a file: the path is checked first, the file is written completely or not at
//! all.

use super::figure::Figure;
use super::theme::{Size, Theme};
use crate::error::{Error, Problem, Problems, Result};
use plotters::prelude::*;
use std::io;
use std::path::{Path, PathBuf};

/// Path and format of a figure's file.
#[derive(Clone, Debug)]
pub struct Target {
    path: PathBuf,
    format: ImageFormat,
}

#[derive(Clone, Copy, Debug)]
enum ImageFormat {
    Png,
    Svg,
}

impl Target {
    /// Checks a path before anything is computed.
    ///
    /// # Errors
    ///
    /// An ending that is neither `.png` nor `.svg`; a folder that does not exist; a path that is a
    /// folder.
    pub fn new(path: impl AsRef<Path>) -> Result<Target> {
        let path = path.as_ref().to_path_buf();
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        let format = match ending.as_str() {
            "png" => ImageFormat::Png,
            "svg" => ImageFormat::Svg,
            _ => return Err(refused(&path, "a figure's file must end in .png or .svg")),
        };
        if path.is_dir() {
            return Err(refused(&path, "is a folder, not a file"));
        }
        let folder = folder(&path);
        if !folder.is_dir() {
            return Err(refused(&path, &format!("there is no folder {}", folder.display())));
        }
        if std::fs::metadata(folder).is_ok_and(|m| m.permissions().readonly()) {
            return Err(refused(&path, &format!("the folder {} is read-only", folder.display())));
        }
        Ok(Target { path, format })
    }

    /// Draws a figure into a temporary file beside `path`, then renames it.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, figure: &impl Figure, size: Size) -> Result<()> {
        let ending = match self.format {
            ImageFormat::Png => "png",
            ImageFormat::Svg => "svg",
        };
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let beside = folder(&self.path).join(format!(".{name}.{}.{ending}", std::process::id()));
        let written = match self.format {
            ImageFormat::Png => png(figure, &beside, size).map_err(|error| again(&beside, error)),
            ImageFormat::Svg => svg(figure, size).and_then(|text| std::fs::write(&beside, text)),
        };
        written.and_then(|()| std::fs::rename(&beside, &self.path)).map_err(|source| {
            let _ = std::fs::remove_file(&beside);
            Error::Io { path: self.path.clone(), source }
        })
    }
}

/// Draws a figure into a PNG or SVG file, by the path's ending.
///
/// # Errors
///
/// As [`Target::new`] and [`Target::write`].
pub fn save(figure: &impl Figure, path: impl AsRef<Path>, size: Size) -> Result<()> {
    Target::new(path)?.write(figure, size)
}

fn png(figure: &impl Figure, path: &Path, size: Size) -> io::Result<()> {
    let area = BitMapBackend::new(path, size.pixels()).into_drawing_area();
    figure.draw(&area, &Theme::of(size)).and_then(|()| area.present()).map_err(io::Error::other)
}

/// The system's error in place of the encoder's, which hides its kind: what fails once for want of
/// room fails again.
fn again(path: &Path, error: io::Error) -> io::Error {
    const BYTES: usize = 1 << 20;
    std::fs::write(path, vec![0u8; BYTES]).err().unwrap_or(error)
}

fn svg(figure: &impl Figure, size: Size) -> io::Result<String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size.pixels()).into_drawing_area();
        figure
            .draw(&area, &Theme::of(size))
            .and_then(|()| area.present())
            .map_err(io::Error::other)?;
    }
    // the backend's media type is not a registered one
    Ok(text.replace("data:png;base64", "data:image/png;base64"))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(path: &Path, remedy: &str) -> Error {
    let mut problems = Problems::new();
    problems.push(Problem {
        place: None,
        path: path.display().to_string(),
        value: String::new(),
        remedy: remedy.to_owned(),
    });
    Error::Input(problems)
}
