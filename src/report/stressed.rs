//! The stressed receiver test as text and JSON.

use super::number::decimals;
use super::table;
use crate::link::{Limits, Status, Stressed};

/// The source, the lanes, the verdict.
pub fn stressed(found: &Stressed, limits: &Limits) -> String {
    let mut out = format!(
        "stressed source: SECQ {:.2} dB, OMA {:.2} dBm at TP3\n  low-pass of {:.2} GHz (alone {:.2} dB), interferer of {} % of OMA at {} MHz, noise of {:.2} % rms in half the symbol rate\n  sinusoidal jitter of {} UI peak to peak at {} MHz\n\n",
        found.secq_db,
        found.oma_dbm,
        found.bandwidth_ghz,
        found.low_pass_secq_db,
        found.interferer_percent,
        found.interferer_mhz,
        found.noise_percent,
        found.sinusoidal_ui,
        found.sinusoidal_mhz
    );
    out += &table(&found.result);
    out += &format!(
        "stressed receiver sensitivity (OMA) of the worst lane: {} dBm",
        decimals(found.stressed_sensitivity_oma_dbm, 2)
    );
    if let (Some(limit), Some(value)) =
        (limits.stressed_sensitivity_max_dbm, found.stressed_sensitivity_oma_dbm)
    {
        let status =
            limits.status.get("stressed_sensitivity_max_dbm").copied().unwrap_or(Status::Assumed);
        let side = match (value <= limit, found.has_its_jitter()) {
            (true, true) => "keeps",
            (false, _) => "MISSES",
            (true, false) => "without the test's sinusoidal jitter not judged against",
        };
        out += &format!(", {side} the limit of {limit:.2} dBm ({})", status.name());
    }
    out + "\n"
}

/// As indented JSON.
///
/// # Panics
///
/// Never: every key is text.
pub fn stressed_json(found: &Stressed) -> String {
    serde_json::to_string_pretty(found).expect("every key is text") + "\n"
}
