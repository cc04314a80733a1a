//! Results as JSON.

use serde::Serialize;

/// A result as indented JSON with full precision; a value that was not evaluated or is not a number
/// is `null`.
///
/// # Panics
///
/// Never: every key is text.
pub fn json(result: &impl Serialize) -> String {
    serde_json::to_string_pretty(result).expect("every key is text") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use serde_json::Value;

    #[test]
    fn figures_survive_to_the_last_digit_under_their_own_names() {
        let mut lane = sample::lane(3);
        lane.snr_db = Some(0.1 + 0.2);
        let back: Value = serde_json::from_str(&json(&sample::result(vec![lane]))).unwrap();
        assert_eq!(back["schema"], 2);
        assert_eq!(back["lanes"][0]["lane"], 3);
        assert_eq!(back["lanes"][0]["snr_db"].as_f64(), Some(0.1 + 0.2));
        assert_eq!(back["lanes"][0]["ber_semi_analytic"].as_f64(), Some(1.234e-112));
        for key in ["version", "seed", "config_hash", "preset", "limit_ber", "port", "warnings"] {
            assert!(!back[key].is_null(), "{key}");
        }
    }

    #[test]
    fn what_is_no_number_is_null() {
        let mut lane = sample::lane(0);
        (lane.snr_db, lane.loss_margin_db, lane.rlm) = (Some(f64::NAN), Some(f64::INFINITY), None);
        let back: Value = serde_json::from_str(&json(&sample::result(vec![lane]))).unwrap();
        for key in ["snr_db", "loss_margin_db", "rlm"] {
            assert!(
                back["lanes"][0].as_object().is_some_and(|lane| lane.contains_key(key)),
                "{key} is there"
            );
            assert!(back["lanes"][0][key].is_null(), "{key}");
        }
    }
}
