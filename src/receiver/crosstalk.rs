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
/// i += A k j f / f_N  (aggressor's PAM4),   A = outer current of this lane at its nominal power, f_N half the symbol rate
/// ```
///
/// The aggressors are PAM4 at the same rate with their own data, shaped by a hold and a
/// fourth-order Bessel low-pass of 0.6 of the symbol rate, the surrogate of a transmitter. They
/// keep their strength when the margin search attenuates this lane; a link described with more loss
/// has aggressors that are weaker by as much.
///
/// # Limits
///
/// One aggressor stands for all receive lanes together, one for the module's own transmitters; no
/// ppm offset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Crosstalk {
    /// Neighbouring receive lanes, relative to the full-scale victim at half the symbol rate,
    /// electrical dB.
    pub lane_db: f64,
    /// The module's transmitters, relative to the same victim, electrical dB.
    pub tx_db: f64,
}

/// Coupling below which an aggressor is left out, dB.
const SILENT_DB: f64 = -120.0;
/// Bandwidth of the surrogate transmitter, part of the symbol rate.
const SURROGATE: f64 = 0.6;

impl Default for Crosstalk {
    fn default() -> Self {
        Crosstalk { lane_db: -38.0, tx_db: -42.0 }
    }
}

impl Crosstalk {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "lane_db", self.lane_db, -300.0..=0.0);
        problems.range(at, "tx_db", self.tx_db, -300.0..=0.0);
    }

    /// Adds the aggressors; `victim_a` is this lane's settled outer current, peak to peak.
    pub(crate) fn extend(
        &self,
        mut current: Chain<Ampere>,
        victim_a: f64,
        grid: Grid,
    ) -> Chain<Ampere> {
        for (entity, db) in [("crosstalk.lane", self.lane_db), ("crosstalk.tx", self.tx_db)] {
            if db <= SILENT_DB {
                continue;
            }
            let path = vec![
                Shape::Gain(victim_a / 2.0 * amplitude_ratio(db)),
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
