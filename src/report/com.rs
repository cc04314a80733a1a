//! Channel operating margin as text.

use super::number::decimals;
use super::plain_table::{plain, text};
use crate::host::com::{ChannelOperatingMargin, Parameters};

/// The margin, its contributions, the equaliser settings, and warnings.
pub fn com(file: &str, set: &Parameters, margin: &ChannelOperatingMargin) -> String {
    let m = margin;
    let mut out = format!("{file}: {}\n\n", set.title);
    let mut table = plain(&["figure", "value", "unit", ""], &[0, 2, 3]);
    let mut row = |name: &str, value: Option<f64>, unit: &str, remark: &str| {
        table.add_row([name, decimals(value, 2).as_str(), unit, remark]);
    };
    let verdict =
        format!("{}, at least {} dB", if m.passes { "PASS" } else { "FAIL" }, m.com_min_db);
    row("COM", m.com_db, "dB", &verdict);
    row("VEC", m.vec_db, "dB", "vertical eye closure");
    row("FOM", m.fom_db, "dB", "of the settings below");
    row("loss at Nyquist", Some(m.nyquist_loss_db), "dB", "without packages");
    row("signal", Some(m.signal_mv), "mV", "half eye without interference");
    row(
        "interference and noise",
        Some(m.noise_mv),
        "mV",
        &format!("exceeded with probability {:e}", set.detector_error_ratio),
    );
    row("  ISI", Some(m.isi_mv), "mV", "rms, as all below");
    row("  crosstalk", Some(m.crosstalk_mv), "mV", "");
    row("  receiver noise", Some(m.receiver_noise_mv), "mV", "");
    row("  transmitter noise", Some(m.transmitter_noise_mv), "mV", "");
    row("  random jitter", Some(m.random_jitter_mv), "mV", "");
    row("  dual-Dirac jitter", Some(m.dual_dirac_jitter_mv), "mV", "");
    out += &text(&table);
    let taps =
        |taps: &[f64]| taps.iter().map(|tap| format!("{tap:.3}")).collect::<Vec<_>>().join(" ");
    out += &format!(
        "\ntransmit taps  {}   from cursor {} on\n",
        taps(&m.transmit_taps),
        m.transmit_first_cursor
    );
    out += &format!(
        "CTLE           {} dB, {} dB at low frequency\n",
        m.ctle_gain_db, m.ctle_low_gain_db
    );
    if !m.receive_taps.is_empty() {
        out += &format!(
            "receive taps   {}   from cursor -{} on\n",
            taps(&m.receive_taps),
            m.receive_taps_before
        );
    }
    out += &format!(
        "DFE taps       {}\n",
        if m.dfe_taps.is_empty() { "none".to_owned() } else { taps(&m.dfe_taps) }
    );
    for warning in &m.warnings {
        out += &format!("warning: {warning}\n");
    }
    out
}
