//! Labels of keys and of values.

use crate::units::split_suffix;

/// Abbreviations that are written in capitals.
const LETTERS: [&str; 19] = [
    "eml", "mzm", "dac", "adc", "ffe", "tia", "rin", "pmd", "ber", "snr", "rlm", "oma", "er",
    "tp2", "tp3", "lms", "dfe", "mpi", "fec",
];

/// Name and unit of a key: `fibre.length_km` is a fibre length, in km.
pub(crate) fn key_label(key: &str) -> (String, &'static str) {
    let (name, unit) = split_suffix(key);
    let words = name
        .split(['.', '_'])
        .map(|word| if LETTERS.contains(&word) { word.to_uppercase() } else { word.to_owned() });
    (words.collect::<Vec<_>>().join(" "), unit)
}

/// A value in a legend or a caption.
pub(crate) fn value_label(value: &toml::Value) -> String {
    match value {
        // a path is shown by its file name
        toml::Value::String(text) => match text.rsplit(['/', '\\']).next() {
            Some(word) if LETTERS.contains(&word) => word.to_uppercase(),
            Some(word) => word.to_owned(),
            None => text.clone(),
        },
        toml::Value::Array(files) if files.iter().all(toml::Value::is_str) => {
            files.iter().map(value_label).collect::<Vec<_>>().join(", ")
        }
        // as a ratio is written
        toml::Value::Float(x) if *x != 0.0 && x.abs() < 1e-3 => {
            format!("{x:e}").replace('-', "\u{2212}")
        }
        other => other.to_string().replace('-', "\u{2212}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_labels() {
        for (name, text, unit) in [
            ("fibre.length_km", "fibre length", "km"),
            ("receiver.tia.noise_average_pa_per_rthz", "receiver TIA noise average", "pA/√Hz"),
            ("transmitter.mzm.laser.rin_db_per_hz", "transmitter MZM laser RIN", "dB/Hz"),
            ("transmitter.mzm.bias_error_deg", "transmitter MZM bias error", "°"),
            ("transmitter.eml.chirp_alpha_0", "transmitter EML chirp alpha 0", ""),
            ("transmitter.mzm.vpi_l_v_cm", "transmitter MZM vpi", "V cm"),
            ("simulation.seed", "simulation seed", ""),
        ] {
            assert_eq!(key_label(name), (text.to_owned(), unit));
        }
        assert_eq!(value_label(&toml::Value::from("eml")), "EML");
        assert_eq!(value_label(&toml::Value::from("parts/tia.s2p")), "tia.s2p");
        assert_eq!(value_label(&toml::Value::from(-1.5)), "−1.5");
        assert_eq!(value_label(&toml::Value::from(2.4e-4)), "2.4e−4");
    }
}
