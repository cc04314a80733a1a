//! Corners of a fibre's dispersion: the extremes that the ranges of a PMD allow.

use crate::error::{KeyPath, Problems};
use serde::{Deserialize, Serialize};

/// Which dispersion a fibre has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corner {
    /// That of its own wavelength and zero dispersion.
    #[default]
    None,
    /// The most negative one, ps/nm, of the ranges.
    Min,
    /// The most positive one.
    Max,
}

impl Corner {
    /// Its name, as in a description.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Corner::None => "none",
            Corner::Min => "min",
            Corner::Max => "max",
        }
    }
}

/// Ranges of a PMD that bound the dispersion of a link.
///
/// Dispersion rises with the wavelength and falls with that of zero dispersion, so that its
/// extremes are the shortest wavelength with the highest zero and the longest with the lowest.
///
/// # Reference
///
/// IEEE Std 802.3 clause 124 (wavelengths, normative through secondary sources); ITU-T G.652 (zero
/// dispersion, from memory): standards.md 2 and 5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DispersionRanges {
    /// Shortest wavelength, nm.
    pub wavelength_min_nm: f64,
    /// Longest wavelength, nm.
    pub wavelength_max_nm: f64,
    /// Lowest wavelength of zero dispersion, nm.
    pub zero_dispersion_min_nm: f64,
    /// Highest wavelength of zero dispersion, nm.
    pub zero_dispersion_max_nm: f64,
}

impl Default for DispersionRanges {
    fn default() -> Self {
        DispersionRanges {
            wavelength_min_nm: 1304.5,
            wavelength_max_nm: 1317.5,
            zero_dispersion_min_nm: 1300.0,
            zero_dispersion_max_nm: 1324.0,
        }
    }
}

impl DispersionRanges {
    /// Reports every end that is out of range, and ranges that are the wrong way round.
    pub(crate) fn check(&self, at: &KeyPath, problems: &mut Problems) {
        for (low_key, low, high_key, high) in [
            (
                "wavelength_min_nm",
                self.wavelength_min_nm,
                "wavelength_max_nm",
                self.wavelength_max_nm,
            ),
            (
                "zero_dispersion_min_nm",
                self.zero_dispersion_min_nm,
                "zero_dispersion_max_nm",
                self.zero_dispersion_max_nm,
            ),
        ] {
            problems.range(at, low_key, low, 1200.0..=1700.0);
            problems.range(at, high_key, high, 1200.0..=1700.0);
            if low > high {
                let remedy = format!("must be at least {low_key}, {low}");
                problems.report(at, high_key, high, remedy);
            }
        }
    }

    /// Wavelength and zero dispersion of a corner, nm, given those of the fibre as described.
    pub(crate) fn at(&self, corner: Corner, described_nm: [f64; 2]) -> [f64; 2] {
        match corner {
            Corner::None => described_nm,
            Corner::Min => [self.wavelength_min_nm, self.zero_dispersion_max_nm],
            Corner::Max => [self.wavelength_max_nm, self.zero_dispersion_min_nm],
        }
    }
}
