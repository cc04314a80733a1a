//! Summary of a Touchstone file as text.

use super::number::decimals;
use super::plain_table::{plain, text};
use crate::host::Inspection;

/// The values with their units, and warnings.
pub fn channel(found: &Inspection) -> String {
    let c = found;
    let mut out = format!(
        "{}: {} ports, {} points from {} to {} GHz",
        c.file, c.ports, c.points, c.lowest_ghz, c.highest_ghz
    );
    out += &c.port_map.map_or_else(
        || format!(", two ports of {} ohm\n\n", c.reference_ohm),
        |map| format!(", differential through {map}, {} ohm\n\n", c.reference_ohm),
    );
    let up_to = c
        .nyquist_ghz
        .map_or_else(|| "of all frequencies".to_owned(), |ghz| format!("up to {ghz} GHz"));
    let mut table = plain(&["figure", "value", "unit", ""], &[0, 2, 3]);
    let mut row = |name: &str, value: Option<f64>, digits: usize, unit: &str, remark: String| {
        table.add_row([name, decimals(value, digits).as_str(), unit, remark.as_str()]);
    };
    let at = if c.dc_extrapolated { "extrapolated" } else { "as in the file" };
    row("loss at 0 Hz", Some(c.dc_loss_db), 2, "dB", at.to_owned());
    let at = c
        .nyquist_ghz
        .map_or_else(|| "give --symbol-rate-gbd".to_owned(), |ghz| format!("at {ghz} GHz"));
    row("loss at Nyquist", c.nyquist_loss_db, 2, "dB", at);
    row("return loss, near end", Some(c.near_return_loss_db), 2, "dB", format!("least {up_to}"));
    row("return loss, far end", Some(c.far_return_loss_db), 2, "dB", format!("least {up_to}"));
    row("differential to common", c.conversion_db, 2, "dB", format!("most {up_to}"));
    row("delay", c.delay_ps, 2, "ps", String::new());
    row("energy before t = 0", c.early_percent, 4, "%", "of the impulse response".to_owned());
    let at = format!("passive up to 1; largest at {} GHz", c.largest_singular_value_ghz);
    row("largest singular value", Some(c.largest_singular_value), 4, "", at);
    row("|S - S^T|", Some(c.largest_asymmetry), 4, "", "reciprocal: 0".to_owned());
    row("phase turning as a delay", c.causality_percent, 1, "%", String::new());
    out += &text(&table);
    for warning in &c.warnings {
        out += &format!("warning: {warning}\n");
    }
    out
}
