//! Size, resolution and title of a figure's file.

use std::str::FromStr;

/// Smallest and largest side, pixels at [`CSS_DPI`].
const SIDES: std::ops::RangeInclusive<u32> = 320..=8000;
/// Largest number of pixels of a file: 250 MB while it is drawn.
const PIXELS_MAX: u64 = 80_000_000;
/// Resolution at which a size's pixels are those of the file (CSS reference pixel).
const CSS_DPI: u32 = 96;
/// Resolutions that are drawn, per inch.
const DPI: std::ops::RangeInclusive<u32> = 48..=1200;

/// Size of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A slide: 1600 by 900 pixels.
    Slide,
    /// Half a slide, or a column of a page: 800 by 500 pixels.
    Small,
    /// Width and height, pixels, each from 320 to 8000.
    Pixels(u32, u32),
}

impl Size {
    /// Width and height, pixels.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Size::Slide => (1600, 900),
            Size::Small => (800, 500),
            Size::Pixels(width, height) => (width, height),
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let remedy = || {
            let (low, high) = (SIDES.start(), SIDES.end());
            format!(
                "a size is slide, small, or WIDTHxHEIGHT in pixels, each from {low} to {high}: 1200x800"
            )
        };
        let side = |text: &str| text.parse().ok().filter(|side| SIDES.contains(side));
        match text {
            "slide" => Ok(Size::Slide),
            "small" => Ok(Size::Small),
            _ => text
                .split_once('x')
                .and_then(|(width, height)| Some(Size::Pixels(side(width)?, side(height)?)))
                .ok_or_else(remedy),
        }
    }
}

/// Kind of a figure's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// Pixels.
    Png,
    /// Vectors; densities within are pixels.
    Svg,
}

impl ImageFormat {
    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            ImageFormat::Png => "png",
            ImageFormat::Svg => "svg",
        }
    }
}

/// Size, resolution and title of a figure's file.
#[derive(Clone, Debug)]
pub struct FigureFormat {
    /// Size at 96 pixels per inch.
    pub size: Size,
    /// Resolution of a PNG, pixels per inch: more pixels for the same size on paper.
    pub dpi: Option<u32>,
    /// Title in place of the figure's own.
    pub title: Option<String>,
}

impl From<Size> for FigureFormat {
    fn from(size: Size) -> FigureFormat {
        FigureFormat { size, dpi: None, title: None }
    }
}

impl FigureFormat {
    /// Pixels of the file at its resolution; for a vector file those of its size.
    ///
    /// # Errors
    ///
    /// The remedy for a resolution out of range, or too many pixels.
    pub fn pixels(&self) -> Result<(u32, u32), String> {
        let (width, height) = self.size.pixels();
        let dpi = self.dpi.unwrap_or(CSS_DPI);
        if !DPI.contains(&dpi) {
            return Err(format!(
                "is drawn with {} to {} pixels per inch, not {dpi}",
                DPI.start(),
                DPI.end()
            ));
        }
        let scaled = |side: u32| side * dpi / CSS_DPI;
        let (wide, high) = (scaled(width), scaled(height));
        let pixels = u64::from(wide) * u64::from(high);
        if pixels > PIXELS_MAX {
            return Err(format!(
                "would have {wide} x {high} pixels; at most {} million are drawn",
                PIXELS_MAX / 1_000_000
            ));
        }
        Ok((wide, high))
    }

    /// Checks that a file of a kind can be drawn so.
    ///
    /// # Errors
    ///
    /// The remedy for a resolution out of range, or of a vector file; too many pixels.
    pub fn check(&self, kind: ImageFormat) -> Result<(), String> {
        if kind == ImageFormat::Svg && self.dpi.is_some() {
            return Err("has no resolution: it is drawn without --dpi, at any size".to_owned());
        }
        self.pixels().map(|_| ())
    }

    /// Pixels of the file for each pixel of the size.
    pub(super) fn scale(&self) -> f64 {
        f64::from(self.dpi.unwrap_or(CSS_DPI)) / f64::from(CSS_DPI)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_name_or_two_sides() {
        let of = |text: &str| text.parse::<Size>().map(Size::pixels);
        assert_eq!(of("slide"), Ok((1600, 900)));
        assert_eq!(of("1200x800"), Ok((1200, 800)));
        for wrong in ["", "big", "1200", "1200x", "10x10", "9000x900", "1e3x900", "-800x500"] {
            assert!(of(wrong).is_err_and(|remedy| remedy.contains("1200x800")), "{wrong}");
        }
    }

    #[test]
    fn a_resolution_multiplies_the_pixels() {
        let of = |size, dpi| FigureFormat { dpi: Some(dpi), ..FigureFormat::from(size) }.pixels();
        assert_eq!(of(Size::Small, 192), Ok((1600, 1000)));
        assert_eq!(of(Size::Slide, 96), Ok((1600, 900)));
        assert!(of(Size::Slide, 20).is_err_and(|remedy| remedy.contains("48 to 1200")));
        assert!(of(Size::Pixels(8000, 8000), 300).is_err_and(|remedy| remedy.contains("25000")));
    }
}
