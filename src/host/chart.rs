//! Chart of a channel's file.

use super::inspection::Inspection;
use crate::chart::{AxisScale, Curve, Curves, Mark};

/// Least magnitude that is drawn, dB.
const DB_MIN: f64 = -120.0;

impl Inspection {
    /// Magnitudes over frequency, up to twice the Nyquist frequency if it is known.
    pub fn chart(&self) -> Curves {
        let most_ghz = self.nyquist_ghz.map_or(f64::INFINITY, |nyquist| 2.0 * nyquist);
        // what a file has as zero is rounding, and would be most of the axis
        let drawn = |(ghz, db): (f64, f64)| (ghz, if db < DB_MIN { f64::NAN } else { db });
        let points = |curve: &[(f64, f64)]| -> Vec<(f64, f64)> {
            curve.iter().copied().filter(|(ghz, _)| *ghz <= most_ghz).map(drawn).collect()
        };
        let trace = |(name, curve): &(&str, Vec<(f64, f64)>)| Curve {
            name: (*name).to_owned(),
            points: points(curve),
            ..Curve::default()
        };
        let loss =
            self.nyquist_loss_db.map_or_else(String::new, |db| format!(" · {db:.2} dB at Nyquist"));
        let ports = self
            .port_map
            .map_or_else(|| "single-ended".to_owned(), |map| format!("differential through {map}"));
        let is_below = |(_, curve): &(&str, Vec<(f64, f64)>)| curve.iter().any(|p| p.1 < DB_MIN);
        let below = match self.curves.iter().any(is_below) {
            true => format!(" · nothing below {DB_MIN} dB is drawn").replace('-', "\u{2212}"),
            false => String::new(),
        };
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file);
        Curves {
            title: name.to_owned(),
            caption: format!("{ports}{loss}{below}"),
            x: AxisScale::linear("frequency", "GHz"),
            y: AxisScale::linear("magnitude", "dB"),
            legend: String::new(),
            traces: self.curves.iter().map(trace).collect(),
            limit: None,
            marks: self.nyquist_ghz.map_or_else(Vec::new, nyquist),
        }
    }
}

/// The mark at the Nyquist frequency.
fn nyquist(ghz: f64) -> Vec<Mark> {
    vec![Mark { x: ghz, name: format!("Nyquist frequency {ghz} GHz") }]
}
