//! Readings of the measured capture as text.

use super::number::decimals;
use super::plain_table::{plain, text};
use crate::measure::scope::Reading;
use crate::measure::tdecq::{HistogramWindow, InputFilter};

/// The pattern found, the readings with their units, and notes.
pub fn scope_reading(reading: &Reading) -> String {
    let r = reading;
    let mut out = format!("{}: {}\n", r.file, r.found);
    let filter = match r.receiver {
        InputFilter::Reference => "4th-order Bessel-Thomson",
        InputFilter::Prefiltered => "no filter (prefiltered)",
    };
    out += &format!("reference {} at {} GBd, {filter}", r.reference, r.symbol_rate_gbd);
    out += &r.taps.as_ref().map_or(String::new(), |taps| format!(", {} taps", taps.len()));
    out += &match r.noise_periods {
        0 => ", transmitter noise excluded\n\n".to_owned(),
        periods => format!(", transmitter noise of {periods} periods\n\n"),
    };
    let unit = r.amplitude_unit.unit_symbol();
    let mut table = plain(&["figure", "value", "unit", ""], &[0, 2, 3]);
    let mut row = |name: &str, value: String, unit: &str, remark: String| {
        table.add_row([name, value.as_str(), unit, remark.as_str()]);
    };
    let limits = |_: f64| {
        let by = |window: HistogramWindow| format!("limited by the {} window", window.as_str());
        r.limiting.map_or(String::new(), by)
    };
    row(
        "TDECQ",
        decimals(r.tdecq_db, 2),
        "dB",
        r.tdecq_db.map_or_else(|| r.tdecq_not_evaluated.clone().unwrap_or_default(), limits),
    );
    row("Ceq", decimals(r.ceq_db, 2), "dB", String::new());
    row("TDECQ - Ceq", decimals(r.tdecq_minus_ceq_db, 2), "dB", String::new());
    let outer = r.outer_from.remark().unwrap_or_default();
    match r.oma_v {
        Some(_) => row("OMA", decimals(r.oma_v, 4), "V", outer.to_owned()),
        None => {
            let mw = r.oma_mw.map(|mw| format!("{mw:.4} mW {outer}"));
            row("OMA", decimals(r.oma_dbm, 2), "dBm", mw.unwrap_or_default().trim_end().to_owned());
        }
    }
    row("extinction ratio", decimals(r.er_db, 2), "dB", String::new());
    row("average power", decimals(r.average_power_dbm, 2), "dBm", String::new());
    let others = format!(
        "clause 94 {}, eye linearity {}",
        decimals(r.rlm_clause_94, 3),
        decimals(r.eye_linearity, 3)
    );
    row("RLM", decimals(r.rlm, 3), "", others);
    let both = format!(
        "rise {}, fall {}, 20 % to 80 %",
        decimals(r.rise_time_ps, 2),
        decimals(r.fall_time_ps, 2)
    );
    row("transition time", decimals(r.transition_time_ps, 2), "ps", both);
    row("overshoot", decimals(r.overshoot_percent, 1), "%", String::new());
    row("undershoot", decimals(r.undershoot_percent, 1), "%", String::new());
    row("power excursion", decimals(r.power_excursion_mw, 4), "mW", String::new());
    if let (Some(thresholds), Some(sigma_g)) = (r.thresholds, r.sigma_g) {
        row("thresholds", listed(&thresholds, 4), unit, String::new());
        row("sigma_G left, right", listed(&sigma_g, 4), unit, String::new());
    }
    if r.tdecq_db.is_some() {
        let ser = format!("lowest eye first, at an error ratio of {:.1e}", r.eye_ser);
        row("eye heights", r.eye_height.map(|h| decimals(h, 4)).join(" "), unit, ser);
        row("eye widths", r.eye_width_ui.map(|w| decimals(w, 3)).join(" "), "UI", String::new());
    }
    out += &text(&table);
    if let (Some(taps), Some(main)) = (&r.taps, r.main_tap) {
        let tap =
            |(i, w): (usize, &f64)| if i == main { format!("[{w:.3}]") } else { format!("{w:.3}") };
        let taps: Vec<String> = taps.iter().enumerate().map(tap).collect();
        let dfe =
            r.dfe.filter(|&b| b != 0.0).map_or(String::new(), |b| format!(", feedback {b:.3}"));
        out += &format!("\ntaps {}{dfe}\n", taps.join(" "));
    }
    for note in &r.notes {
        out += &format!("note: {note}\n");
    }
    out
}

fn listed(values: &[f64], digits: usize) -> String {
    values.iter().map(|&value| decimals(Some(value), digits)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_eye_has_dashes_and_its_reason() {
        let closed = Reading {
            tdecq_not_evaluated: Some("eye closed".to_owned()),
            notes: vec!["averaged".to_owned()],
            ..Reading::default()
        };
        let text = scope_reading(&closed);
        let words: Vec<&str> = text
            .lines()
            .find(|line| line.starts_with("TDECQ "))
            .unwrap()
            .split_whitespace()
            .collect();
        assert_eq!(words, ["TDECQ", "-", "dB", "eye", "closed"]);
        assert!(
            text.contains("noise excluded")
                && text.ends_with("note: averaged\n")
                && !text.contains("taps"),
            "{text}"
        );
    }

    #[test]
    fn the_longest_equaliser_fits_a_line_and_marks_its_main_tap() {
        let mut taps = vec![-0.0876; 15];
        taps[3] = 1.2345;
        let long = Reading {
            taps: Some(taps),
            main_tap: Some(3),
            dfe: Some(0.3),
            tdecq_db: Some(2.345),
            ..Reading::default()
        };
        let text = scope_reading(&long);
        assert!(text.contains("-0.088 [1.234]") && text.contains(", feedback 0.300"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 135), "{text}");
    }
}
