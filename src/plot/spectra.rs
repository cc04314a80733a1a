//! Spectra at the detector and fused responses.

use super::axes::{self, AxisStyle, Room};
use super::figure::{Area, DrawResult, Figure};
use super::legend::{self, LegendSymbol};
use super::look::Look;
use super::text;
use super::theme::Theme;
use super::theme::{GREY, INK};
use crate::link::{Spectra, SpectrumCurve};
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
        let names = self
            .looks(theme)
            .map(|(curve, look, line)| (LegendSymbol::Look(look, line), curve.name.to_owned()));
        let body = &legend::above(body, theme, &names.collect::<Vec<_>>())?;
        let mut chart = axes::chart(body, theme, &x, &y, Room { top: theme.tick, right: 0 })?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        let half = self.symbol_rate_gbd / 2.0;
        for (f, name) in [(half, "half the symbol rate"), (2.0 * half, "symbol rate")] {
            axes::upright(body, &mut chart, theme, f, name)?;
        }
        for (curve, look, line) in self.looks(theme) {
            // what lies outside the axis is not drawn
            let inside = |p: &(f64, f64)| p.0 <= end && y.range.contains(&p.1);
            for piece in curve.points.split(|p| !inside(p)).filter(|piece| piece.len() > 1) {
                look.line(&mut chart, &Theme { line, ..*theme }, piece)?;
            }
        }
        Ok(())
    }
}

impl Spectra {
    /// Every curve with its look and the width of its line.
    fn looks(&self, theme: &Theme) -> impl Iterator<Item = (&SpectrumCurve, Look, u32)> {
        let thin = theme.line / 2 + 1;
        let spectra = self
            .spectra
            .iter()
            .zip([INK, GREY])
            .map(move |(curve, colour)| (curve, Look::plain(colour), thin));
        let responses = self.responses.iter().zip((0..).map(Look::of));
        spectra.chain(responses.map(|(curve, look)| (curve, look, theme.line)))
    }
}
