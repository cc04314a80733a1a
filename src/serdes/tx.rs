//! A SerDes transmitter: symbols in, volts on a line out.

use super::dac::JITTER_UI_MAX;
use super::transmit_ffe::TransmitFfe;
use crate::chain::{Chain, Density, Law, Map, Noise, NoiseId, NoiseOrigin, Shape};
use crate::error::{KeyPath, Problems};
use crate::signal::{Grid, Symbol, Volt};
use crate::units::{femto, pico, power_ratio};
use serde::{Deserialize, Serialize};

/// A transmitter on a line of its impedance.
///
/// ```text
/// v(t) = swing/2 gauss(hold(taps * level + n)),   <n^2> = 10^(-SNDR/10)
/// level: x -> (x - c x^3) / (1 - c),   c = (1 - R_LM) / (17/9 - R_LM)
/// ```
///
/// In: PAM4 symbols. Out: volts between the wires over a load that matches. Taps are scaled to the
/// full scale, as every transmit equaliser's. SNDR is against the settled outer level without taps.
/// Edges are displaced by a Gaussian jitter, by one of two amounts at random (dual-Dirac), and
/// evens against odds; all to first order.
///
/// # Limits
///
/// Distortion is no more than R_LM and the noise of SNDR.
///
/// # Reference
///
/// IEEE 802.3, 93A.1 (transmitter filter, noise and jitter of COM), 120D.3.1 (SNDR, R_LM, even-odd
/// jitter).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SerdesTx {
    /// Taps.
    pub ffe: TransmitFfe,
    /// Search for the taps within the limits below instead of using `ffe`.
    pub adapt: bool,
    /// Least value of each tap in the search, parts of the full scale; the main tap included.
    pub tap_low: Vec<f64>,
    /// Largest value of each tap in the search.
    pub tap_high: Vec<f64>,
    /// Step of the search.
    pub tap_step: f64,
    /// Full scale between the wires, peak to peak, V.
    pub swing_vppd: f64,
    /// Signal over noise and distortion, dB.
    pub sndr_db: f64,
    /// Ratio of level mismatch R_LM.
    pub rlm: f64,
    /// Transition time from 20 to 80 %, ps.
    pub transition_ps: f64,
    /// Random jitter of each edge, fs rms.
    pub jitter_fs: f64,
    /// Displacement of each edge, early or late at random (dual-Dirac A_DD), fs.
    pub dual_dirac_jitter_fs: f64,
    /// Distance of even and odd edges from their even spacing (even-odd jitter), fs peak to peak.
    pub even_odd_jitter_fs: f64,
}

impl Default for SerdesTx {
    fn default() -> Self {
        SerdesTx {
            ffe: TransmitFfe { taps: vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0] },
            adapt: true,
            tap_low: vec![-0.06, 0.0, -0.34, 0.54, -0.2, 0.0, 0.0],
            tap_high: vec![0.0, 0.12, 0.0, 1.0, 0.0, 0.0, 0.0],
            tap_step: 0.02,
            swing_vppd: 0.826,
            sndr_db: 33.0,
            rlm: 0.95,
            transition_ps: 7.5,
            jitter_fs: 188.0,
            dual_dirac_jitter_fs: 0.0,
            even_odd_jitter_fs: 0.0,
        }
    }
}

impl SerdesTx {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        self.ffe.check(&at.key("ffe"), problems);
        let (taps, limits) = (self.ffe.taps.len(), [&self.tap_low, &self.tap_high]);
        if self.adapt && limits.iter().any(|limits| limits.len() != taps) {
            let given = limits.map(Vec::len);
            let remedy = format!(
                "must be as many as tap_low and tap_high, {} and {}, or adapt = false",
                given[0], given[1]
            );
            problems.report(&at.key("ffe"), "taps", format!("{:?}", self.ffe.taps), remedy);
        }
        for (key, limits) in [("tap_low", &self.tap_low), ("tap_high", &self.tap_high)] {
            if limits.iter().any(|limit| !(-1.0..=1.0).contains(limit)) {
                problems.report(at, key, format!("{limits:?}"), "must be numbers from -1 to 1");
            }
        }
        if self.tap_low.iter().zip(&self.tap_high).any(|(low, high)| low > high) {
            problems.report(
                at,
                "tap_low",
                format!("{:?}", self.tap_low),
                "must be at most tap_high, tap by tap",
            );
        }
        problems.range(at, "tap_step", self.tap_step, 0.001..=0.5);
        problems.range(at, "swing_vppd", self.swing_vppd, 0.01..=5.0);
        problems.range(at, "sndr_db", self.sndr_db, 10.0..=200.0);
        problems.range(at, "rlm", self.rlm, 0.5..=1.0);
        problems.range(at, "transition_ps", self.transition_ps, 0.0..=100.0);
        let most_fs = (JITTER_UI_MAX / symbol_rate_hz / femto(1.0)).floor();
        problems.range(at, "jitter_fs", self.jitter_fs, 0.0..=most_fs);
        problems.range(at, "dual_dirac_jitter_fs", self.dual_dirac_jitter_fs, 0.0..=most_fs);
        problems.range(at, "even_odd_jitter_fs", self.even_odd_jitter_fs, 0.0..=2.0 * most_fs);
    }

    /// Settled voltage of a long run of the outer level, V.
    pub(crate) fn settled_v(&self) -> f64 {
        self.swing_vppd / 2.0 * self.ffe.settled()
    }

    /// Responses from full scale to the line, for its own symbols and those of its neighbours.
    pub(crate) fn pulse(&self, grid: Grid) -> Vec<Shape> {
        vec![
            Shape::Gain(self.swing_vppd / 2.0),
            Shape::Hold(grid.symbol_s()),
            Shape::Gaussian(pico(self.transition_ps)),
        ]
    }

    /// Sends: levels, taps, noise, displaced edges, hold, transition. Its sources are called
    /// `name.noise`, ...
    pub(crate) fn extend(&self, symbols: Chain<Symbol>, name: &str, grid: Grid) -> Chain<Volt> {
        // a variance of independent symbols as a one-sided density
        let per_hz = 2.0 / grid.symbol_rate_hz;
        // the stream of a source keeps its text when the source is renamed
        let noise = |shown: &str, stream: &str, law: Law, variance: f64| {
            let id = NoiseId::new(&format!("{name}.{stream}")).shown_as(&format!("{name}.{shown}"));
            let noise = Noise::new(id, law, Density::White(variance * per_hz));
            if law == Law::Added { noise.of(NoiseOrigin::Host) } else { noise }
        };
        let mut symbols = self.ffe.extend(symbols.compressed(compression(self.rlm))).noise(noise(
            "noise",
            "noise",
            Law::Added,
            power_ratio(-self.sndr_db),
        ));
        for (shown, stream, law, displacement_fs) in [
            ("jitter", "jitter", Law::Timing, self.jitter_fs),
            (
                "dual_dirac_jitter",
                "two_point_jitter",
                Law::TimingDualDirac,
                self.dual_dirac_jitter_fs,
            ),
            (
                "even_odd_jitter",
                "even_odd_jitter",
                Law::TimingEvenOdd,
                self.even_odd_jitter_fs / 2.0,
            ),
        ] {
            if displacement_fs > 0.0 {
                symbols = symbols.noise(noise(shown, stream, law, femto(displacement_fs).powi(2)));
            }
        }
        let volts: Chain<Volt> =
            symbols.hold(grid).response(Shape::Gaussian(pico(self.transition_ps)));
        volts.response(Shape::Gain(self.swing_vppd / 2.0))
    }
}

/// c of levels (x - c x^3) / (1 - c) of this R_LM.
fn compression(rlm: f64) -> f64 {
    (1.0 - rlm) / (17.0 / 9.0 - rlm)
}

/// An identity map that separates the sender's section of a chain from the channel's.
pub(crate) struct IdentityMap;

impl Map<Volt, Volt> for IdentityMap {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        y.copy_from_slice(x);
    }

    fn name(&self) -> &'static str {
        "line"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R_LM of PAM4 by 120D.3.1.2: min(3 ES, 2 - 3 ES), ES the inner level over the outer one.
    #[test]
    fn bent_levels_have_the_mismatch_that_is_asked_for() {
        for rlm in [0.8f64, 0.95, 1.0] {
            let c = compression(rlm);
            let bent = |x: f64| (x - c * x * x * x) / (1.0 - c);
            let es = bent(1.0 / 3.0) / bent(1.0);
            assert!((f64::min(3.0 * es, 2.0 - 3.0 * es) - rlm).abs() < 1e-12, "{rlm}");
        }
    }
}
