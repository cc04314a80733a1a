//! Writing a figure to a file: the path is checked first, the file is written completely or not at
//! all.

use super::axes;
use super::figure::{Area, DrawResult, Figure};
use super::format::{FigureFormat, ImageFormat};
use super::theme::Theme;
use crate::error::{Error, Problem, Problems, Result};
use plotters::prelude::*;
use std::io;
use std::path::{Path, PathBuf};

/// Pixels per metre at one per inch.
const PER_METRE: f64 = 1.0 / 0.0254;

/// Path and format of a figure's file.
#[derive(Clone, Debug)]
pub struct Target {
    path: PathBuf,
    format: ImageFormat,
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

    /// Kind of the file.
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// Checks a format before anything is computed.
    ///
    /// # Errors
    ///
    /// A resolution out of range, or of a vector file; too many pixels.
    pub fn check(&self, format: &FigureFormat) -> Result<()> {
        format.check(self.format).map_err(|remedy| refused(&self.path, &remedy))
    }

    /// Draws a figure into a temporary file beside `path`, then renames it.
    ///
    /// # Errors
    ///
    /// A format that cannot be drawn; a file that cannot be written.
    pub fn write(&self, figure: &impl Figure, format: impl Into<FigureFormat>) -> Result<()> {
        let format = format.into();
        self.check(&format)?;
        let ending = self.format.ending();
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let beside = folder(&self.path).join(format!(".{name}.{}.{ending}", std::process::id()));
        let drawn = match self.format {
            ImageFormat::Png => png(figure, &format),
            ImageFormat::Svg => svg(figure, &format),
        };
        let written = drawn.and_then(|bytes| std::fs::write(&beside, bytes));
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
pub fn save(
    figure: &impl Figure,
    path: impl AsRef<Path>,
    format: impl Into<FigureFormat>,
) -> Result<()> {
    Target::new(path)?.write(figure, format)
}

/// Title, caption and figure on the whole of an area.
fn page<B: DrawingBackend>(
    figure: &impl Figure,
    area: &Area<B>,
    format: &FigureFormat,
) -> DrawResult<B> {
    let theme = Theme::of(format);
    let title = format.title.clone().unwrap_or_else(|| figure.title());
    figure.draw_body(&axes::page(area, &theme, &title, &figure.caption())?, &theme)
}

/// A PNG that says its resolution where one is given.
fn png(figure: &impl Figure, format: &FigureFormat) -> io::Result<Vec<u8>> {
    let (width, height) = format.pixels().map_err(io::Error::other)?;
    let mut pixels = vec![0; 3 * width as usize * height as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        page(figure, &area, format).and_then(|()| area.present()).map_err(io::Error::other)?;
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some(dpi) = format.dpi {
        let per_metre = (f64::from(dpi) * PER_METRE).round() as u32;
        let unit = png::Unit::Meter;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit,
        }));
    }
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&pixels).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    Ok(bytes)
}

fn svg(figure: &impl Figure, format: &FigureFormat) -> io::Result<Vec<u8>> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, format.size.pixels()).into_drawing_area();
        page(figure, &area, format).and_then(|()| area.present()).map_err(io::Error::other)?;
    }
    // the backend's media type is not a registered one
    Ok(text.replace("data:png;base64", "data:image/png;base64").into_bytes())
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
