//! The figure of a channel's file.

use super::{Curves, Scale, Spacing, Trace};
use crate::host::Inspection;

impl Curves {
    /// Magnitudes over frequency, up to twice the Nyquist frequency where there is one.
    pub fn of_channel(found: &Inspection) -> Curves {
        let most_ghz = found.nyquist_ghz.map_or(f64::INFINITY, |nyquist| 2.0 * nyquist);
        let points = |curve: &[(f64, f64)]| {
            curve.iter().copied().filter(|(ghz, _)| *ghz <= most_ghz).collect()
        };
        let trace = |(name, curve): &(&str, Vec<(f64, f64)>)| Trace {
            name: (*name).to_owned(),
            points: points(curve),
            ..Trace::default()
        };
        let linear = |quantity: &str, unit: &str| Scale {
            quantity: quantity.to_owned(),
            unit: unit.to_owned(),
            spacing: Spacing::Linear,
        };
        let loss = found
            .nyquist_loss_db
            .map_or_else(String::new, |db| format!(" · {db:.2} dB at Nyquist"));
        let ports = found
            .port_map
            .map_or_else(|| "single-ended".to_owned(), |map| format!("differential through {map}"));
        let name = found.file.rsplit(['/', '\\']).next().unwrap_or(&found.file);
        Curves {
            title: name.to_owned(),
            caption: format!("{ports}{loss}"),
            x: linear("frequency", "GHz"),
            y: linear("magnitude", "dB"),
            legend: String::new(),
            traces: found.curves.iter().map(trace).collect(),
            limit: None,
        }
    }
}
