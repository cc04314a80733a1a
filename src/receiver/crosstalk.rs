//! Crosstalk within the module.

use crate::chain::{Chain, Interferer, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::signal::{Ampere, Grid};
use crate::units::amplitude_ratio;
use serde::{Deserialize, Serialize};

/// Other lanes that couple into the amplifier's input.
///
/// ```text
/// i += A_lane k_lane j f / f_N (PAM4) + A_tx k_tx j f / f_N (PAM4),   k = 10^(dB / 20), f_N half the symbol rate
/// A_lane = outer current of the neighbouring receive lanes
/// A_tx   = responsivity times the launched OMA of the module's own transmitters
/// ```
///
/// The aggressors are PAM4 at the same rate with their own data, shaped by a hold and a
/// fourth-order Bessel low-pass of 0.6 of the symbol rate, the surrogate of a transmitter. The
/// neighbours' current is that of their own fibre, coupling and diode (root mean square over the
/// lanes on both sides; of a link of one lane, this lane's). The launched OMA is that at TP2,
/// without loss of fibre or coupling: the own launch does not weaken with the far fibre. Neither
/// follows the loss of this lane.
///
/// # Limits
///
/// One aggressor stands for all receive lanes together, one for the module's own transmitters; no
/// ppm offset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Crosstalk {
    /// Neighbouring receive lanes at half the symbol rate, relative to their own outer current,
    /// electrical dB.
    pub lane_db: f64,
    /// The module's transmitters at half the symbol rate, relative to responsivity times their
    /// launched OMA, electrical dB.
    pub tx_db: f64,
    /// Launched OMA of the module's transmitters, dBm; absent for that of the described
    /// transmitter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tx_oma_dbm: Option<f64>,
}

/// Settled outer currents to which crosstalk is relative, A peak to peak.
pub(crate) struct Aggressors {
    /// Of the neighbouring receive lanes.
    pub(crate) lane_a: f64,
    /// Of the module's own transmitters: responsivity times launched OMA.
    pub(crate) tx_a: f64,
}

/// Coupling below which an aggressor is left out, dB.
pub(super) const SILENT_DB: f64 = -120.0;
/// Bandwidth of the surrogate transmitter, part of the symbol rate.
const SURROGATE: f64 = 0.6;

impl Default for Crosstalk {
    fn default() -> Self {
        Crosstalk { lane_db: -38.0, tx_db: -50.2, tx_oma_dbm: None }
    }
}

impl Crosstalk {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "lane_db", self.lane_db, -300.0..=0.0);
        problems.range(at, "tx_db", self.tx_db, -300.0..=0.0);
        if let Some(dbm) = self.tx_oma_dbm {
            problems.range(at, "tx_oma_dbm", dbm, -60.0..=40.0);
        }
    }

    /// Adds the aggressors.
    pub(crate) fn extend(
        &self,
        mut current: Chain<Ampere>,
        aggressors: &Aggressors,
        grid: Grid,
    ) -> Chain<Ampere> {
        for (entity, db, outer_a) in [
            ("crosstalk.lane", self.lane_db, aggressors.lane_a),
            ("crosstalk.tx", self.tx_db, aggressors.tx_a),
        ] {
            if db <= SILENT_DB {
                continue;
            }
            let path = vec![
                Shape::Gain(outer_a / 2.0 * amplitude_ratio(db)),
                Shape::Hold(grid.symbol_s()),
                Shape::low_pass(Family::Bessel, 4, SURROGATE * grid.symbol_rate_hz, 0.0),
                Shape::Derivative(grid.symbol_rate_hz / 2.0),
            ];
            current = current.interferer(Interferer {
                id: entity.into(),
                path,
                extra_symbols: 0,
                after_agc: false,
            });
        }
        current
    }
}
