//! Reported figures of a lane's clock.

use crate::chain::ClockReading;
use crate::units::{giga, mega, micro};
use serde::{Deserialize, Serialize};

/// Clock of a lane, from the first scored symbol to the last; empty in periodic mode. Fields of a
/// recovered clock are absent for an ideal one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClockResult {
    /// Whether it stayed locked; without a lock no errors are counted.
    pub locked: Option<bool>,
    /// Sampling phase relative to the transmitter's, UI rms, without whole slips.
    pub phase_error_rms_ui: Option<f64>,
    /// The same as predicted: the loop's noise and the jitter that it leaves; absent where the
    /// phase stands still.
    pub phase_error_predicted_rms_ui: Option<f64>,
    /// Mean frequency offset found by the loop, ppm.
    pub offset_ppm: Option<f64>,
    /// Symbols lost by sampling a whole symbol later.
    pub slips_forward: Option<u64>,
    /// Symbols sampled twice.
    pub slips_backward: Option<u64>,
    /// Bandwidth of the jitter transfer, with the slope of the detector in the present noise and
    /// jitter, MHz.
    pub bandwidth_mhz: Option<f64>,
}

impl ClockResult {
    /// From its reading and the phase error that was predicted.
    pub(crate) fn of(
        reading: &ClockReading,
        predicted_rms_ui: Option<f64>,
        symbol_rate_gbd: f64,
    ) -> Self {
        ClockResult {
            phase_error_predicted_rms_ui: predicted_rms_ui,
            locked: reading.locked,
            phase_error_rms_ui: Some(reading.phase_error_rms_ui),
            offset_ppm: reading.drift.map(|drift| drift / micro(1.0)),
            slips_forward: Some(reading.slips_forward),
            slips_backward: Some(reading.slips_backward),
            bandwidth_mhz: reading
                .bandwidth
                .map(|bandwidth| bandwidth * giga(symbol_rate_gbd) / mega(1.0)),
        }
    }
}
