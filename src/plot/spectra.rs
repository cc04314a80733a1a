//! Spectra at the detector and fused responses.

use super::axes::{self, AxisStyle, Room};
use super::figure::{Area, DrawResult, Figure};
use super::text;
use super::theme::Theme;
use super::theme::{BLUE, GREEN, GREY, INK, ORANGE};
use crate::link::Spectra;
use plotters::prelude::*;

/// Lower end of the vertical axis, dB.
const DB_MIN: f64 = -60.0;

impl Figure for Spectra {
    fn title(&self) -> String {
        format!("{}: spectra and responses", self.name)
    }

    fn caption(&self) -> String {
        format!(
            "symbol rate {} GBd · spectra relative to the signal at low frequency, responses to zero frequency",
            text::decimals(self.symbol_rate_gbd, 3).trim_end_matches('0').trim_end_matches('.')
        )
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let all = || self.spectra.iter().chain(&self.responses).flat_map(|curve| &curve.points);
        let end = all().fold(0.0, |end: f64, p| end.max(p.0)).min(1.25 * self.symbol_rate_gbd);
        let highest = all().filter(|p| p.0 <= end).fold(0.0, |high: f64, p| high.max(p.1));
        let x = AxisStyle {
            name: "frequency (GHz)",
            range: 0.0..end,
            ticks: 11,
            marks: &[],
            format: &|f| text::decimals(*f, 0),
        };
        let y = AxisStyle {
            name: "level (dB)",
            range: DB_MIN..(highest + 6.0).min(40.0),
            ticks: 9,
            marks: &[],
            format: &|d| text::decimals(*d, 0),
        };
        let mut chart = axes::chart(body, theme, &x, &y, Room { top: theme.tick, right: 0 })?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        let half = self.symbol_rate_gbd / 2.0;
        for (f, name) in [(half, "half the symbol rate"), (2.0 * half, "symbol rate")] {
            axes::upright(body, &mut chart, theme, f, name)?;
        }
        let thin = Theme { line: theme.line / 2 + 1, ..*theme };
        let curves = self
            .spectra
            .iter()
            .zip([(INK, thin), (GREY, thin)])
            .chain(self.responses.iter().zip([BLUE, ORANGE, GREEN].map(|c| (c, *theme))));
        for (curve, (colour, theme)) in curves {
            // what lies outside the axis is not drawn
            let inside = |p: &(f64, f64)| p.0 <= end && y.range.contains(&p.1);
            for piece in curve.points.split(|p| !inside(p)).filter(|piece| piece.len() > 1) {
                chart.draw_series(LineSeries::new(piece.to_vec(), theme.stroke(colour)))?;
            }
            let empty = std::iter::empty::<PathElement<(f64, f64)>>();
            chart
                .draw_series(empty)?
                .label(curve.name)
                .legend(axes::sample_line(&theme, theme.stroke(colour)));
        }
        axes::legend(&mut chart, theme, SeriesLabelPosition::LowerLeft)
    }
}
