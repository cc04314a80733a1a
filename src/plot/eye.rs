//! Eye diagram: a density, two symbol periods wide.

use super::axes::{self, AxisStyle, Chart, Room};
use super::figure::{Area, DrawResult, Figure};
use super::labels::spread;
use super::legend::{self, LegendSymbol};
use super::theme::Theme;
use super::theme::{BLUE, BRIGHT_BLUE, BRIGHT_GREEN, GREEN, INK, ORANGE, PALE_INK};
use super::{colour, text};
use crate::link::{EyeView, Node};
use crate::measure::eye::EyeDiagram;
use crate::measure::eye_opening::EyeOpening;
use crate::units::{milli, pico};
use plotters::element::BitMapElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Exponent from density to darkness: between linear, which hides rare values, and logarithmic,
/// which hides frequent ones.
const EXPONENT: f64 = 0.42;

impl Figure for EyeView {
    fn title(&self) -> String {
        let place = match self.node {
            Node::Tp2 => "eye at TP2, into the fibre",
            Node::Tp3 => "eye at TP3, out of the fibre",
            Node::Slicer => "eye at the equaliser's output",
        };
        format!("{}: {place}", self.name)
    }

    fn caption(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.ber.map(|ber| format!("BER {}", text::ratio(ber))));
        parts.extend(self.snr_db.map(|db| format!("SNR {} dB", text::decimals(db, 1))));
        if let Some((node, outer)) = self.light {
            let place = if self.is_light() {
                String::new()
            } else {
                format!(" ({})", node.name().to_uppercase())
            };
            parts.push(format!("OMA{place} {} dBm", text::decimals(outer.oma_dbm(), 2)));
            parts.push(format!("ER {} dB", text::decimals(outer.extinction_ratio_db(), 2)));
        }
        if self.is_light() {
            parts.push(self.filter_ghz.map_or("no filter".to_owned(), |ghz| {
                format!("Bessel-Thomson filter of {} GHz", text::decimals(ghz, 1))
            }));
        }
        parts.push(format!("{} symbols", text::count(self.symbols)));
        parts.join(" · ")
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let unit = self.unit();
        let x = AxisStyle {
            name: "time (UI)",
            range: -1.0..1.0,
            ticks: 9,
            marks: &[],
            format: &|t| text::decimals(*t, 1),
        };
        let name = if self.is_light() {
            "optical power (mW)"
        } else {
            "equaliser output (full scale ±1)"
        };
        let digits = self.digits();
        let format = |p: &f64| text::decimals(*p, digits);
        let y = AxisStyle {
            name,
            range: self.eye.low / unit..self.eye.high / unit,
            ticks: 9,
            marks: &[],
            format: &format,
        };
        let room = Room { top: theme.tick * 3 / 2, right: theme.tick * 11 / 2 };
        let cross = LegendSymbol::Plus(ORANGE.stroke_width(theme.line));
        let body = &legend::above(body, theme, &[(cross, self.openings_text())])?;
        let mut chart = axes::chart(body, theme, &x, &y, room)?;
        heat(&mut chart, &self.eye)?;
        axes::mesh(&mut chart, theme, &x, &y, false)?;
        self.opened(&mut chart, theme)?;
        self.picoseconds(body, &chart, theme)?;
        self.marks(body, &mut chart, theme)
    }
}

impl EyeView {
    fn is_light(&self) -> bool {
        self.node != Node::Slicer
    }

    fn unit(&self) -> f64 {
        if self.is_light() { milli(1.0) } else { 1.0 }
    }

    /// Decimals of the axis's ticks.
    fn digits(&self) -> usize {
        axes::digits(&(self.eye.low / self.unit()..self.eye.high / self.unit()))
    }

    /// The axis above: the same time in ps.
    fn picoseconds<B: DrawingBackend>(
        &self,
        body: &Area<B>,
        chart: &Chart<'_, B>,
        theme: &Theme,
    ) -> DrawResult<B> {
        let ui_ps = self.symbol_s / pico(1.0);
        let high = self.eye.high / self.unit();
        for t in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            let unit = if t == 1.0 { " ps" } else { "" };
            let text = text::decimals(t * ui_ps, if ui_ps < 100.0 { 1 } else { 0 }) + unit;
            let style = theme.text(theme.tick, PALE_INK);
            axes::note(
                body,
                chart,
                (t, high),
                (0, -theme.tick / 3),
                &text,
                style,
                (HPos::Center, VPos::Bottom),
            )?;
        }
        let low = self.eye.low / self.unit();
        chart
            .plotting_area()
            .draw(&PathElement::new(vec![(-1.0, high), (1.0, high), (1.0, low)], theme.hair(INK)))
    }

    /// Levels and thresholds, with their names and values at the right, apart where they crowd.
    fn marks<B: DrawingBackend>(
        &self,
        body: &Area<B>,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
    ) -> DrawResult<B> {
        let unit = self.unit();
        let outer = ["P0 ", "P3 "];
        let name =
            |i: usize| if self.is_light() { outer.get(i).copied().unwrap_or("") } else { "" };
        let levels =
            self.levels.iter().enumerate().map(|(i, &l)| (l / unit, name(i), BLUE, BRIGHT_BLUE));
        let thresholds = self.thresholds.iter().map(|&t| (t / unit, "", GREEN, BRIGHT_GREEN));
        let mut marks: Vec<(f64, &str, RGBColor, RGBColor)> = levels.chain(thresholds).collect();
        marks.sort_by(|a, b| b.0.total_cmp(&a.0));
        for &(y, _, _, bright) in &marks {
            let style = bright.stroke_width((theme.line * 2 / 3).max(1));
            axes::dashed(chart, theme, vec![(-1.0, y), (1.0, y)], style)?;
        }
        let (_, high) = chart.plotting_area().get_pixel_range();
        let pixel = |y: f64| chart.plotting_area().map_coordinate(&(1.0, y)).1;
        let pixels: Vec<i32> = marks.iter().map(|mark| pixel(mark.0)).collect();
        // the names of the colours are below
        let names = if self.is_light() { 1 } else { 2 };
        let room = high.start..high.end - theme.tick * (5 + 11 * names) / 10;
        for (&(y, name, dark, _), place) in marks.iter().zip(spread(&pixels, theme.tick, room)) {
            let digits = self.digits() + if self.is_light() { 2 } else { 1 };
            let text = format!("{name}{}", text::decimals(y, digits));
            let by = (theme.tick / 3, place - pixel(y));
            let side = (HPos::Left, VPos::Center);
            axes::note(body, chart, (1.0, y), by, &text, theme.text(theme.tick, dark), side)?;
        }
        let names: &[(&str, RGBColor)] = match (self.is_light(), self.levels.is_empty()) {
            (true, false) => &[("settled", BLUE)],
            (false, false) => &[("thresholds", GREEN), ("levels", BLUE)],
            _ => &[],
        };
        for (i, (name, colour)) in names.iter().enumerate() {
            let by = (theme.tick / 3, -(i as i32) * theme.tick * 11 / 10);
            let style = theme.text(theme.tick * 9 / 10, *colour);
            let at = (1.0, self.eye.low / unit);
            axes::note(body, chart, at, by, name, style, (HPos::Left, VPos::Bottom))?;
        }
        Ok(())
    }

    /// Height and width of each open eye as a cross within it.
    fn opened<B: DrawingBackend>(&self, chart: &mut Chart<'_, B>, theme: &Theme) -> DrawResult<B> {
        let style = ORANGE.stroke_width(theme.line);
        for opening in self.openings.iter().flatten() {
            let [low, high] = opening.edges.map(|edge| edge / self.unit());
            let middle = 0.5 * (low + high);
            let [from, to] = opening.times_ui;
            chart.draw_series([
                PathElement::new(vec![(0.0, low), (0.0, high)], style),
                PathElement::new(vec![(from, middle), (to, middle)], style),
            ])?;
        }
        Ok(())
    }

    /// Heights and widths of the eyes in words.
    fn openings_text(&self) -> String {
        let share = text::ratio(self.edge_share);
        let of = |figure: &dyn Fn(&EyeOpening) -> String| {
            let each = self.openings.iter().rev();
            let each = each.map(|eye| eye.as_ref().map_or("closed".to_owned(), figure));
            each.collect::<Vec<_>>().join(" · ")
        };
        if self.openings.iter().all(Option::is_none) {
            return format!("all eyes are closed (edges that {share} of the symbols cross)");
        }
        let digits = self.digits() + 2;
        let height = of(&|eye| text::decimals(eye.height() / self.unit(), digits));
        let width = of(&|eye| text::decimals(eye.width_ui(), 2));
        let unit = if self.is_light() { " mW" } else { "" };
        format!(
            "eye height {height}{unit}, width {width} UI, the upper eye first, between edges that {share} of the symbols cross"
        )
    }
}

/// The density over the whole of a chart, as one bitmap.
pub(super) fn heat<B: DrawingBackend>(chart: &mut Chart<'_, B>, eye: &EyeDiagram) -> DrawResult<B> {
    let area = chart.plotting_area();
    let (x, y) = area.get_pixel_range();
    let (width, height) = ((x.end - x.start).max(1) as usize, (y.end - y.start).max(1) as usize);
    let parts = darkness(eye);
    let (columns, rows) = eye.density.dim();
    let places = |pixels: usize, cells: usize| -> Vec<(usize, usize, f64)> {
        let place = |i: usize| {
            let at = ((i as f64 + 0.5) * cells as f64 / pixels as f64 - 0.5)
                .clamp(0.0, (cells - 1) as f64);
            (at as usize, (at as usize + 1).min(cells - 1), at.fract())
        };
        (0..pixels).map(place).collect()
    };
    let (across, up) = (places(width, columns), places(height, rows));
    let mut pixels = Vec::with_capacity(width * height * 3);
    for &(r0, r1, v) in up.iter().rev() {
        for &(c0, c1, u) in &across {
            // the outermost rows hold what lies beyond them
            let is_inside = |r: usize| r > 0 && r + 1 < rows;
            let at = |c: usize, r: usize| match is_inside(r) {
                true => f64::from(parts[c * rows + r]),
                false => 0.0,
            };
            let part = (1.0 - u) * ((1.0 - v) * at(c0, r0) + v * at(c0, r1))
                + u * ((1.0 - v) * at(c1, r0) + v * at(c1, r1));
            pixels.extend(colour::density(part));
        }
    }
    let corner = (chart.x_range().start, chart.y_range().end);
    let Some(picture) =
        BitMapElement::with_owned_buffer(corner, (width as u32, height as u32), pixels)
    else {
        return Ok(());
    };
    area.draw(&picture)
}

/// Darkness of every cell, from 0 to 1: a power of the count over nearly the largest one.
fn darkness(eye: &EyeDiagram) -> Vec<f32> {
    let mut counts: Vec<u32> = eye.density.iter().copied().filter(|&n| n > 0).collect();
    if counts.is_empty() {
        return vec![0.0; eye.density.len()];
    }
    let nearly_all = counts.len() * 999 / 1000;
    let (_, &mut most, _) = counts.select_nth_unstable(nearly_all);
    let scale = 1.0 / f64::from(most.max(1));
    eye.density
        .iter()
        .map(|&n| (f64::from(n) * scale).min(1.0).powf(EXPONENT) as f32 * 0.92)
        .collect()
}
