//! Output of a linear receiver to the host.

use crate::chain::{Chain, Density, Law, Noise, NoiseOrigin, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::serdes::through;
use crate::signal::Volt;
use crate::units::{giga, nano};
use serde::{Deserialize, Serialize};

/// A gain and an output buffer after the amplifier, in place of a module's DSP.
///
/// ```text
/// v = swing / swing_in * bessel(u) + n
/// ```
///
/// In: volts of the transimpedance amplifier. Out: volts on a matched line. The gain brings the
/// settled outer swing of the light received to `swing_vppd`, and tracks it when more light is
/// lost: noise added from here on keeps its strength relative to the signal.
///
/// # Limits
///
/// The gain is linear and unbounded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinearOutput {
    /// Settled outer swing between the wires, V.
    pub swing_vppd: f64,
    /// 3 dB bandwidth of the buffer (second-order Bessel), GHz.
    pub bandwidth_ghz: f64,
    /// Peaking, dB.
    pub peaking_db: f64,
    /// Noise at the output, one-sided, nV/sqrt(Hz).
    pub noise_nv_per_rthz: f64,
}

impl Default for LinearOutput {
    fn default() -> Self {
        LinearOutput {
            swing_vppd: 0.5,
            bandwidth_ghz: 50.0,
            peaking_db: 3.0,
            noise_nv_per_rthz: 8.0,
        }
    }
}

impl LinearOutput {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "swing_vppd", self.swing_vppd, 0.01..=5.0);
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
        problems.range(at, "peaking_db", self.peaking_db, 0.0..=12.0);
        problems.range(at, "noise_nv_per_rthz", self.noise_nv_per_rthz, 0.0..=1000.0);
    }

    /// Amplifies `volts` of a settled outer swing `swing_v`.
    pub(crate) fn extend(&self, volts: Chain<Volt>, swing_v: f64) -> Chain<Volt> {
        let band = Shape::low_pass(Family::Bessel, 2, giga(self.bandwidth_ghz), self.peaking_db);
        let noise = Noise::new(
            "module.output.noise",
            Law::Added,
            Density::White(nano(self.noise_nv_per_rthz).powi(2)),
        )
        .of(NoiseOrigin::Host);
        through(volts, [Shape::Gain(self.swing_vppd / swing_v), band]).noise(noise.after_agc())
    }
}
