//! Numbers with units: the only place where a factor of 10^9 or a decibel is written.

/// Speed of light in vacuum, m/s (SI, exact).
pub const LIGHT_M_PER_S: f64 = 299_792_458.0;
/// Elementary charge, C (SI, exact).
pub const CHARGE_C: f64 = 1.602_176_634e-19;
/// Absolute temperature of 0 degrees Celsius, K.
pub const KELVIN_AT_0_C: f64 = 273.15;

/// From tera.. to ..
pub fn tera(x: f64) -> f64 {
    x * 1e12
}
/// From giga.. to ..
pub fn giga(x: f64) -> f64 {
    x * 1e9
}
/// From mega.. to ..
pub fn mega(x: f64) -> f64 {
    x * 1e6
}
/// From kilo.. to ..
pub fn kilo(x: f64) -> f64 {
    x * 1e3
}
/// From centi.. to ..
pub fn centi(x: f64) -> f64 {
    x * 1e-2
}
/// From milli.. to ..
pub fn milli(x: f64) -> f64 {
    x * 1e-3
}
/// From micro.. to ..
pub fn micro(x: f64) -> f64 {
    x * 1e-6
}
/// From nano.. to ..
pub fn nano(x: f64) -> f64 {
    x * 1e-9
}
/// From pico.. to ..
pub fn pico(x: f64) -> f64 {
    x * 1e-12
}
/// From femto.. to ..
pub fn femto(x: f64) -> f64 {
    x * 1e-15
}

/// A ratio of powers from its decibels: 10 dB are a factor of 10.
pub fn power_ratio(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}
/// The decibels of a ratio of powers.
pub fn db_from_power_ratio(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}
/// A ratio of amplitudes (volts, amperes, fields) from its decibels: 20 dB are a factor of 10.
pub fn amplitude_ratio(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}
/// The decibels of a ratio of amplitudes.
pub fn db_from_amplitude_ratio(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}
/// Power in W from dBm.
pub fn watt_from_dbm(dbm: f64) -> f64 {
    1e-3 * power_ratio(dbm)
}
/// Power in dBm from W.
pub fn dbm_from_watt(watt: f64) -> f64 {
    db_from_power_ratio(watt / 1e-3)
}
/// Attenuation in neper (of the amplitude) from dB.
pub fn neper(db: f64) -> f64 {
    db * std::f64::consts::LN_10 / 20.0
}

/// Suffixes of names and the units that they stand for; the longer one first where one ends in
/// another.
const SUFFIXES: [(&str, &str); 53] = [
    ("um", "µm"),
    ("per_w_km", "1/(W km)"),
    ("ps_per_nm2_km", "ps/(nm² km)"),
    ("db_per_cm_rtghz", "dB/(cm √GHz)"),
    ("db_per_cm_ghz2", "dB/(cm GHz²)"),
    ("pa2_per_hz_ghz2", "pA²/(Hz GHz²)"),
    ("pa2_per_hz", "pA²/Hz"),
    ("pa_per_rthz", "pA/√Hz"),
    ("nv_per_rthz", "nV/√Hz"),
    ("db_per_rtghz", "dB/√GHz"),
    ("db_per_hz", "dB/Hz"),
    ("db_per_km", "dB/km"),
    ("db_per_rad", "dB/rad"),
    ("grad_per_s", "10⁹ rad/s"),
    ("a_per_w", "A/W"),
    ("pm_per_v", "pm/V"),
    ("pm_per_k", "pm/K"),
    ("nm_per_k", "nm/K"),
    ("mv_per_k", "mV/K"),
    ("mv_per_nm", "mV/nm"),
    ("w_per_a", "W/A"),
    ("k_per_mw", "K/mW"),
    ("1_per_v", "1/V"),
    ("per_v", "1/V"),
    ("l_v_cm", "V cm"),
    ("ma_pp", "mA pp"),
    ("vpp", "Vpp"),
    ("dbm", "dBm"),
    ("db", "dB"),
    ("km", "km"),
    ("mm", "mm"),
    ("nm", "nm"),
    ("ghz", "GHz"),
    ("mhz", "MHz"),
    ("gbd", "GBd"),
    ("pm", "pm"),
    ("fs", "fs"),
    ("ps", "ps"),
    ("ns", "ns"),
    ("us", "µs"),
    ("na", "nA"),
    ("ua", "µA"),
    ("mv", "mV"),
    ("kohm", "kΩ"),
    ("ohm", "Ω"),
    ("deg", "°"),
    ("ui", "UI"),
    ("ppm", "ppm"),
    ("percent", "%"),
    ("v", "V"),
    ("k", "K"),
    ("c", "°C"),
    ("ma", "mA"),
];

/// A name without the suffix of its unit, and the unit's symbol: `length_km` is `length`, km. A
/// name without such a suffix stays as it is.
pub fn split_suffix(name: &str) -> (&str, &'static str) {
    SUFFIXES
        .iter()
        .find_map(|(suffix, unit)| Some((name.strip_suffix(suffix)?.strip_suffix('_')?, *unit)))
        .unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_and_amplitude_decibels_differ_by_two() {
        assert!((power_ratio(3.0) - amplitude_ratio(6.0)).abs() < 1e-12);
        assert!((watt_from_dbm(dbm_from_watt(0.07)) - 0.07).abs() < 1e-15);
        assert!(((-neper(20.0)).exp() - 0.1).abs() < 1e-12);
    }
}
