//! Histograms of the four levels at the slicer.

use super::axes::{self, AxisStyle, Room};
use super::figure::{Area, DrawResult, Figure};
use super::text;
use super::theme::Theme;
use super::theme::{GREY, LEVELS};
use crate::link::Histogram;
use plotters::prelude::*;

/// Decades below the highest density that are drawn.
const DECADES: f64 = 6.0;

impl Figure for Histogram {
    fn title(&self) -> String {
        format!("{}: levels at the slicer", self.name)
    }

    fn caption(&self) -> String {
        let ber = self
            .ber
            .map_or("with ideal feedback".to_owned(), |ber| format!("BER {}", text::ratio(ber)));
        format!(
            "{ber} · SNR {} dB · {} symbols",
            text::decimals(self.snr_db, 1),
            text::count(self.symbols)
        )
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let most =
            self.counted.iter().chain(&self.predicted).flatten().copied().fold(1e-9, f64::max);
        let top = most.log10() + 1.2; // room for the legend
        let bottom = (most.log10() - DECADES).floor();
        let x = AxisStyle {
            name: "equaliser output (full scale ±1)",
            range: -1.5..1.5,
            ticks: 13,
            marks: &[],
            format: &|z| text::decimals(*z, 2),
        };
        let whole = |y: &f64| {
            if (y - y.round()).abs() < 1e-6 {
                text::power_of_ten(y.round() as i32)
            } else {
                String::new()
            }
        };
        let y = AxisStyle {
            name: "probability density (1 / full scale)",
            range: bottom..top,
            ticks: 9,
            marks: &[],
            format: &whole,
        };
        let mut chart = axes::chart(body, theme, &x, &y, Room { top: theme.tick, right: 0 })?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        let half = 0.5 * (self.amplitudes[1] - self.amplitudes[0]);
        for (counted, colour) in self.counted.iter().zip(LEVELS) {
            let bars = self
                .amplitudes
                .iter()
                .zip(counted)
                .filter(|(z, d)| **d > 0.0 && d.log10() > bottom && x.range.contains(z));
            chart.draw_series(bars.map(|(&z, d)| {
                Rectangle::new(
                    [(z - half, bottom), (z + half, d.log10())],
                    colour.mix(0.35).filled(),
                )
            }))?;
        }
        for (predicted, colour) in self.predicted.iter().zip(LEVELS) {
            let points = self
                .amplitudes
                .iter()
                .zip(predicted)
                .filter(|(z, d)| d.max(1e-300).log10() > bottom && x.range.contains(z));
            chart.draw_series(LineSeries::new(
                points.map(|(&z, d)| (z, d.log10())),
                theme.stroke(colour),
            ))?;
        }
        let sample = theme.tick;
        chart.draw_series(std::iter::empty::<Rectangle<(f64, f64)>>())?.label("counted").legend(
            move |(x, y)| {
                Rectangle::new(
                    [(x, y - sample / 3), (x + sample * 3 / 2, y + sample / 3)],
                    GREY.mix(0.45).filled(),
                )
            },
        );
        chart
            .draw_series(std::iter::empty::<Rectangle<(f64, f64)>>())?
            .label("sum of Gaussians")
            .legend(axes::sample_line(theme, theme.stroke(GREY)));
        for t in self.thresholds {
            axes::upright(body, &mut chart, theme, t, &text::decimals(t, 3))?;
        }
        axes::legend(&mut chart, theme, SeriesLabelPosition::UpperLeft)
    }
}
