//! Reflections: delayed copies of the light that interfere with it.

use super::noise::NoiseId;

/// Light that was reflected twice: a delayed copy of the field, in the same fibre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReflectedPath {
    /// Amplitude of the copy over that of the light, in the light's polarisation.
    pub amplitude: f64,
    /// Delay, s.
    pub delay_s: f64,
}

/// All copies of the light at one node. Their phases are random and independent of each other.
///
/// ```text
/// E(t) <- E(t) + sum over k of a_k exp(j phi_k(t)) E(t - tau_k)
/// phi_k(t) = uniform + w(t) - w(t - tau_k),    w the laser's phase, of variance 2 pi linewidth t
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Reflections {
    /// Identity; the phases have its stream.
    pub id: NoiseId,
    /// The copies.
    pub paths: Vec<ReflectedPath>,
    /// Full width at half maximum of the laser's line, Hz.
    pub linewidth_hz: f64,
}
