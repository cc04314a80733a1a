//! The input noise of an amplifier: descriptions, and the density of a given total.

use crate::chain::{Density, NoiseBandwidth};
use serde::{Deserialize, Serialize};

/// Description of the input noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoiseModel {
    /// By `noise_average_pa_per_rthz`, as on data sheets.
    #[default]
    Average,
    /// By `irn_rms_ua`, the total, as on data sheets.
    Rms,
    /// By `noise_a0_pa2_per_hz` and `noise_a2_pa2_per_hz_ghz2`.
    Quadratic,
    /// Measured: `noise_file`.
    Table,
}

/// Quantity that is held when the bandwidth differs from the one for which the noise is given.
///
/// A shunt-feedback amplifier of one technology and one input capacitance C obeys R_F <= A0 f_A /
/// (2 pi C BW^2), A0 f_A the gain-bandwidth product of its core: the white part 4 k T / R_F of the
/// noise grows with BW^2, while the f^2 part 4 k T gamma (2 pi C)^2 / g_m f^2 of its input
/// transistor stays. With S = a0 (1 + (f / BW)^2) both hold when a0 grows with BW^2: the density in
/// A/sqrt(Hz) grows with the bandwidth, the rms with its power 3/2.
///
/// # Reference
///
/// E. Säckinger, *The Transimpedance Limit*, IEEE Trans. Circuits Syst. I 57 (2010) 1848 (from
/// memory).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseScaling {
    /// The averaged density. The default: data sheets of amplifiers for 53 and 106 GBd state about
    /// the same density, each in its own technology, and a density that is given is then the one
    /// that is used, whatever the bandwidth.
    #[default]
    ConstantDensity,
    /// Technology and input capacitance: the same amplifier designed for another bandwidth.
    TransimpedanceLimit,
}

/// The density a0 (1 + (f / f3)^2), or a white one, that the response passes with the variance
/// `total_a2`, A^2.
pub(super) fn law(total_a2: f64, band: &NoiseBandwidth, white: bool) -> Density {
    if white {
        return Density::White(total_a2 / band.white_hz);
    }
    let a0 = total_a2 / (band.white_hz + band.square_hz);
    Density::Quadratic { a0, a2: a0 / band.half_power_hz.powi(2), grows_to_hz: band.measured_to_hz }
}
