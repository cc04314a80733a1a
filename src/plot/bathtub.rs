//! Bathtubs: errors over amplitude and over time, and the contours of the eyes.

use super::axes::{self, AxisStyle, Room};
use super::figure::{Area, DrawResult, Figure};
use super::legend::{self, LegendSymbol};
use super::look::Look;
use super::tdecq::heading;
use super::text;
use super::theme::Theme;
use super::theme::{INK, LEVELS, RED};
use crate::measure::scope::Bathtubs;
use plotters::prelude::*;

/// Lowest decade of the error ratio that is drawn.
const DECADE_MIN: f64 = -15.0;
/// Names of the eyes, the lowest first.
const EYES: [&str; 3] = ["lowest eye", "middle eye", "highest eye"];

impl Figure for Bathtubs {
    fn title(&self) -> String {
        format!("{}: after the reference equaliser", self.name)
    }

    fn caption(&self) -> String {
        self.noise.clone()
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let panel = theme.panel();
        let mut names: Vec<(LegendSymbol, String)> = EYES
            .into_iter()
            .zip(looks())
            .map(|(name, look)| (LegendSymbol::Look(look, theme.line), name.to_owned()))
            .collect();
        names.push((
            LegendSymbol::Dashes(theme.stroke(RED)),
            format!("target {}", text::ratio(self.target_ser)),
        ));
        let body = legend::above(body, &Theme { tick: panel.label, ..*theme }, &names)?;
        let width = body.dim_in_pixel().0;
        let (over_amplitude, rest) = body.split_horizontally(width / 3);
        let (over_time, contours) = rest.split_horizontally(width / 3);
        self.bathtubs(&over_amplitude, &panel, "over amplitude", true)?;
        self.bathtubs(&over_time, &panel, "over time", false)?;
        self.contours(&contours, &panel)
    }
}

impl Bathtubs {
    /// Amplitudes of the contours' panel and of the vertical bathtub, in the figure's unit.
    fn amplitudes(&self) -> std::ops::Range<f64> {
        let (first, last) = (self.vertical[0].first(), self.vertical[0].last());
        let unit = self.quantity.unit();
        first.map_or(0.0, |p| p.0 / unit)..last.map_or(1.0, |p| p.0 / unit)
    }

    fn bathtubs<B: DrawingBackend>(
        &self,
        area: &Area<B>,
        theme: &Theme,
        name: &str,
        vertical: bool,
    ) -> DrawResult<B> {
        let area = heading(area, theme, name)?;
        let curves = if vertical { &self.vertical } else { &self.horizontal };
        let (range, unit) =
            if vertical { (self.amplitudes(), self.quantity.unit()) } else { (-0.5..0.5, 1.0) };
        let digits = axes::digits(&range);
        let amplitude = format!("amplitude ({})", self.quantity);
        let format = |v: &f64| text::decimals(*v, digits);
        let x = AxisStyle {
            name: if vertical { &amplitude } else { "time (UI)" },
            range,
            ticks: 4,
            marks: &[],
            format: &format,
        };
        let whole = |y: &f64| {
            if (y - y.round()).abs() < 1e-6 {
                text::power_of_ten(y.round() as i32)
            } else {
                String::new()
            }
        };
        let marks = [-15.0, -12.0, -9.0, -6.0, -3.0, 0.0];
        let y = AxisStyle {
            name: "errors per symbol",
            range: DECADE_MIN..0.0,
            ticks: 6,
            marks: &marks,
            format: &whole,
        };
        let mut chart = axes::chart(&area, theme, &x, &y, Room::default())?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        let target = self.target_ser.log10();
        axes::dashed(
            &mut chart,
            theme,
            vec![(x.range.start, target), (x.range.end, target)],
            theme.stroke(RED),
        )?;
        for (curve, look) in curves.iter().zip(looks()) {
            let points: Vec<(f64, f64)> =
                curve.iter().map(|&(at, errors)| (at / unit, errors.max(1e-300).log10())).collect();
            for piece in axes::pieces(&points, DECADE_MIN) {
                look.line(&mut chart, &thick(theme), &piece)?;
            }
        }
        Ok(())
    }

    /// Where each eye is open at the target.
    fn contours<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let area = heading(area, theme, "open at the target")?;
        let (range, unit) = (self.amplitudes(), self.quantity.unit());
        let digits = axes::digits(&range);
        let amplitude = format!("amplitude ({})", self.quantity);
        let x = AxisStyle {
            name: "time (UI)",
            range: -0.5..0.5,
            ticks: 4,
            marks: &[],
            format: &|t| text::decimals(*t, 1),
        };
        let format = |v: &f64| text::decimals(*v, digits);
        let y = AxisStyle { name: &amplitude, range, ticks: 6, marks: &[], format: &format };
        let mut chart = axes::chart(&area, theme, &x, &y, Room::default())?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        for (contour, look) in self.contours.iter().zip(looks()) {
            let around: Vec<(f64, f64)> =
                around(contour).into_iter().map(|(t, v)| (t, v / unit)).collect();
            chart.draw_series([Polygon::new(around.clone(), look.colour.mix(0.15).filled())])?;
            let closed: Vec<(f64, f64)> =
                around.iter().copied().chain(around.first().copied()).collect();
            look.line(&mut chart, &thick(theme), &closed)?;
        }
        chart.draw_series([PathElement::new(
            vec![(0.0, y.range.start), (0.0, y.range.end)],
            theme.hair(INK),
        )])?;
        Ok(())
    }
}

/// Looks of the eyes, the lowest first, in the colours of the levels below them.
fn looks() -> [Look; 3] {
    [(0, LEVELS[0]), (1, LEVELS[1]), (2, LEVELS[3])]
        .map(|(index, colour)| Look::of(index).coloured(colour))
}

/// A theme with lines that show in a panel.
fn thick(theme: &Theme) -> Theme {
    Theme { line: theme.line + 1, ..*theme }
}

/// The line around an eye: its lower edge, and its upper one back; both end where they meet.
fn around(contour: &[(f64, [f64; 2])]) -> Vec<(f64, f64)> {
    let height = |p: &(f64, [f64; 2])| p.1[1] - p.1[0];
    let Some(best) =
        (0..contour.len()).max_by(|&a, &b| height(&contour[a]).total_cmp(&height(&contour[b])))
    else {
        return Vec::new();
    };
    let is_open = |i: &usize| height(&contour[*i]) > 0.0;
    let after: Vec<usize> = (best..contour.len()).take_while(is_open).collect();
    let before: Vec<usize> = (0..best).rev().take_while(is_open).collect();
    let (Some(&last), first) = (after.last(), before.last().copied().unwrap_or(best)) else {
        return Vec::new();
    };
    let tip = |open: usize, closed: Option<&(f64, [f64; 2])>| {
        let (a, b) = (&contour[open], closed?);
        let part = height(a) / (height(a) - height(b));
        Some((a.0 + part * (b.0 - a.0), a.1[0] + part * (b.1[0] - a.1[0])))
    };
    let left = tip(first, first.checked_sub(1).and_then(|i| contour.get(i)));
    let open = &contour[first..=last];
    let lower = open.iter().map(|(t, edges)| (*t, edges[0]));
    let upper = open.iter().rev().map(|(t, edges)| (*t, edges[1]));
    left.into_iter().chain(lower).chain(tip(last, contour.get(last + 1))).chain(upper).collect()
}
