//! The timing detector's curve.

/// Response of a Mueller-Muller detector, and of its sign, to the sampling phase.
///
/// ```text
/// E(t) = <(z[n] l[n-1] - z[n-1] l[n])> / <l^2>
/// slope = -(E(t) - E(-t)) / 2 t,  t = 1/64 UI,  zero = E(0)
/// sign: <1 - 2 Q((e[n] - zero) / s[n])>,
///     s[n] the noise of e[n], for means e[n] of the noiseless block
/// density = (N (1 - r2) + 0.64 (c1 - c-1)^2 + sum over d > 0 of (c(d+1) + c(1-d) - c(d-1) - c(-d-1))^2) / slope^2
/// sign: ((1 - <m^2>) (1 - 4 asin(r2 / 2) / pi) + sum over lags of cov m) / sign slope^2,  m = 1 - 2 Q(..)
/// N variance of the output's noise, r2 correlation of the noise of every other symbol, c(k) response
/// ```
///
/// The detector's output is corrected by its zero and divided by its slope: the loop then rests at
/// the trained phase and has the bandwidth of its description.
///
/// # Limits
///
/// Noise of neighbouring symbols is taken as independent but for the densities, decisions before a
/// sign as right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Detector's output at the trained phase.
    pub zero: f64,
    /// Its slope towards early sampling, per UI.
    pub slope: f64,
    /// Ratio of the slope with noisy decisions to the slope.
    pub noisy: f64,
    /// Offset subtracted before the sign is taken.
    pub sign_zero: f64,
    /// Slope of the sign's mean, per UI.
    pub sign_slope: f64,
    /// Noise and pattern on the detector's output, UI rms: the jitter that linearises a sign.
    pub sigma_ui: f64,
    /// Density of the output's noise and pattern at low frequencies, UI^2 per symbol rate, both
    /// sides: the sum of its covariances over all lags.
    pub density_ui2: f64,
    /// The same of the sign.
    pub sign_density_ui2: f64,
}
