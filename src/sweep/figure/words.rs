//! Keys and names of figures as a slide says them.

/// Units at the end of names, longest first where one ends in another.
const UNITS: [(&str, &str); 32] = [
    ("ps_per_nm2_km", "ps/(nm² km)"),
    ("db_per_cm_rtghz", "dB/(cm √GHz)"),
    ("db_per_cm_ghz2", "dB/(cm GHz²)"),
    ("pa2_per_hz_ghz2", "pA²/(Hz GHz²)"),
    ("pa2_per_hz", "pA²/Hz"),
    ("pa_per_rthz", "pA/√Hz"),
    ("nv_per_rthz", "nV/√Hz"),
    ("db_per_hz", "dB/Hz"),
    ("db_per_km", "dB/km"),
    ("db_per_rad", "dB/rad"),
    ("grad_per_s", "10⁹ rad/s"),
    ("a_per_w", "A/W"),
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
    ("fs", "fs"),
    ("ns", "ns"),
    ("na", "nA"),
    ("kohm", "kΩ"),
    ("deg", "°"),
    ("ui", "UI"),
    ("v", "V"),
];

/// Words that are letters.
const LETTERS: [&str; 19] = [
    "eml", "mzm", "dac", "adc", "ffe", "tia", "rin", "pmd", "ber", "snr", "rlm", "oma", "er",
    "tp2", "tp3", "lms", "dfe", "mpi", "fec",
];

/// What a name says, and its unit: `fibre.length_km` is a fibre length, in km.
pub(super) fn spoken(name: &str) -> (String, String) {
    let (rest, unit) = UNITS
        .iter()
        .find_map(|(end, unit)| Some((name.strip_suffix(end)?.strip_suffix('_')?, *unit)))
        .unwrap_or((name, ""));
    let words = rest
        .split(['.', '_'])
        .map(|word| if LETTERS.contains(&word) { word.to_uppercase() } else { word.to_owned() });
    let text = words.collect::<Vec<_>>().join(" ");
    (
        text.replace("semi analytic", "semi-analytic").replace("post FEC", "post-FEC"),
        unit.to_owned(),
    )
}

/// A value as a legend or a caption says it.
pub(super) fn of_value(value: &toml::Value) -> String {
    match value {
        // a file is known by its name
        toml::Value::String(text) => match text.rsplit(['/', '\\']).next() {
            Some(word) if LETTERS.contains(&word) => word.to_uppercase(),
            Some(word) => word.to_owned(),
            None => text.clone(),
        },
        other => other.to_string().replace('-', "\u{2212}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_on_a_slide() {
        for (name, text, unit) in [
            ("fibre.length_km", "fibre length", "km"),
            ("receiver.tia.average_pa_per_rthz", "receiver TIA average", "pA/√Hz"),
            ("transmitter.mzm.laser.rin_db_per_hz", "transmitter MZM laser RIN", "dB/Hz"),
            ("transmitter.mzm.bias_error_deg", "transmitter MZM bias error", "°"),
            ("transmitter.eml.chirp_alpha_0", "transmitter EML chirp alpha 0", ""),
            ("transmitter.mzm.vpi_l_v_cm", "transmitter MZM vpi", "V cm"),
            ("simulation.seed", "simulation seed", ""),
            ("margin_db", "margin", "dB"),
            ("oma_tp2_dbm", "OMA TP2", "dBm"),
            ("ber_semi_analytic", "BER semi-analytic", ""),
        ] {
            assert_eq!(spoken(name), (text.to_owned(), unit.to_owned()));
        }
        assert_eq!(of_value(&toml::Value::from("eml")), "EML");
        assert_eq!(of_value(&toml::Value::from("parts/tia.s2p")), "tia.s2p");
        assert_eq!(of_value(&toml::Value::from(-1.5)), "−1.5");
    }
}
