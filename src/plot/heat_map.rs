//! Heat map: a quantity over two axes, filled between contours, with the line of the limit.

use super::axes::{self, AxisStyle, Chart, Room};
use super::contour_grid::{BANDS, ContourGrid};
use super::figure::{Area, DrawResult, Figure};
use super::labels::Labels;
use super::legend::{self, LegendSymbol};
use super::scale::ScaledAxis;
use super::theme::Theme;
use super::theme::{INK, PALE_INK, PAPER, RED};
use crate::chart::{HeatMap, Limit};
use crate::table::Better;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

impl Figure for HeatMap {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let relief = ContourGrid::of(self);
        let body = &legend::above(body, theme, &self.names(theme, &relief))?;
        let side = |scale, places: &[f64]| {
            ScaledAxis::exact(scale, places[0]..places[places.len() - 1], 9)
        };
        let (x, y) = (side(&self.x, &relief.across), side(&self.y, &relief.up));
        let (x_name, y_name) = (self.x.label(), self.y.label());
        let x = AxisStyle {
            name: &x_name,
            range: x.range.clone(),
            ticks: 9,
            marks: &x.marks,
            format: &|p| x.format(*p),
        };
        let y = AxisStyle {
            name: &y_name,
            range: y.range.clone(),
            ticks: 9,
            marks: &y.marks,
            format: &|p| y.format(*p),
        };
        let mut chart = axes::chart(
            body,
            theme,
            &x,
            &y,
            Room { top: theme.tick * 3 / 2, right: theme.tick * 7 },
        )?;
        relief.fill(&mut chart, theme.tick as usize / 2)?;
        axes::mesh(&mut chart, theme, &x, &y, false)?;
        let mut labels = Labels::default();
        let frame = [
            (x.range.start, y.range.end),
            (x.range.end, y.range.end),
            (x.range.end, y.range.start),
        ];
        chart.plotting_area().draw(&PathElement::new(frame.to_vec(), theme.hair(INK)))?;
        if let Some(limit) = self.limit {
            for line in relief.contour(self.z.place(limit.value)) {
                let stroke = simplified(&chart, &line);
                chart.draw_series([PathElement::new(
                    stroke.clone(),
                    PAPER.stroke_width(theme.line * 3),
                )])?;
                chart.draw_series([PathElement::new(
                    stroke,
                    RED.stroke_width(theme.line * 3 / 2),
                )])?;
                labels.on(body, &chart, theme, &line, &self.z.value(limit.value), RED)?;
            }
        }
        let bands = ScaledAxis::exact(&self.z, relief.range.clone(), BANDS);
        for &level in relief.levels.iter().filter(|level| {
            self.limit.is_none_or(|limit| (self.z.place(limit.value) - **level).abs() > 1e-9)
        }) {
            for line in relief.contour(level) {
                let stroke = simplified(&chart, &line);
                chart.draw_series([PathElement::new(stroke, theme.hair(INK))])?;
                labels.on(body, &chart, theme, &line, &bands.format(level), INK)?;
            }
        }
        if relief.heights.iter().all(|z| z.is_nan()) {
            let middle = (0.5 * (x.range.start + x.range.end), 0.5 * (y.range.start + y.range.end));
            let style = theme.text(theme.label, PALE_INK);
            axes::note(
                body,
                &chart,
                middle,
                (0, 0),
                axes::no_value(self.failed.iter().any(|failed| !failed)),
                style,
                (HPos::Center, VPos::Center),
            )?;
            return Ok(());
        }
        self.colour_bar(body, &chart, theme, &relief, &bands)
    }
}

impl HeatMap {
    /// The limit, and what the hatching says.
    fn names(&self, theme: &Theme, relief: &ContourGrid) -> Vec<(LegendSymbol, String)> {
        let mut names: Vec<_> =
            self.limit.iter().map(|limit| self.limit_name(theme, relief, *limit)).collect();
        let misses = relief.heights.iter().any(|&z| relief.misses(z));
        let no_value = self.failed.iter().any(|failed| *failed);
        let word = match (misses, no_value) {
            (true, false) => "fails",
            (true, true) => "fails, on white without a value",
            _ => "fails, no value",
        };
        if misses || no_value {
            names.push((LegendSymbol::Hatched(RED), word.to_owned()));
        }
        let holes = self.values.iter().zip(&self.failed);
        if holes.into_iter().any(|(value, failed)| value.is_nan() && !failed) {
            names.push((LegendSymbol::Hatched(PALE_INK), "not evaluated".to_owned()));
        }
        names
    }

    /// The limit, with a remark where its line is not within the chart.
    fn limit_name(
        &self,
        theme: &Theme,
        relief: &ContourGrid,
        limit: Limit,
    ) -> (LegendSymbol, String) {
        let level = self.z.place(limit.value);
        let line = LegendSymbol::Line(RED.stroke_width(theme.line * 3 / 2));
        let kept = match limit.better {
            Better::Higher => relief.range.start > level,
            Better::Lower => relief.range.end < level,
            Better::Neither => false,
        };
        let missed = match limit.better {
            Better::Higher => relief.range.end < level,
            Better::Lower => relief.range.start > level,
            Better::Neither => false,
        };
        let word = match (kept, missed) {
            _ if relief.heights.iter().all(|z| z.is_nan()) => "",
            (true, _) => ", kept everywhere",
            (_, true) => ", missed everywhere",
            _ => "",
        };
        (line, format!("limit: {} {}{word}", self.z.quantity, self.z.value(limit.value)))
    }

    /// Colour bar at the right, with the contours' heights.
    fn colour_bar<B: DrawingBackend>(
        &self,
        body: &Area<B>,
        chart: &Chart<'_, B>,
        theme: &Theme,
        relief: &ContourGrid,
        bands: &ScaledAxis<'_>,
    ) -> DrawResult<B> {
        let (x, y) = chart.plotting_area().get_pixel_range();
        let (x0, y0) = body.get_pixel_range();
        let (left, top, bottom) =
            (x.end - x0.start + theme.tick, y.start - y0.start, y.end - y0.start);
        let right = left + theme.tick * 6 / 5;
        let range = &bands.range;
        let pixel = |z: f64| {
            bottom
                - (f64::from(bottom - top) * (z - range.start) / (range.end - range.start)).round()
                    as i32
        };
        let ends: Vec<f64> = [range.start]
            .into_iter()
            .chain(relief.levels.iter().copied())
            .chain([range.end])
            .collect();
        for pair in ends.windows(2) {
            let [r, g, b] = relief.colour(0.5 * (pair[0] + pair[1]));
            body.draw(&Rectangle::new(
                [(left, pixel(pair[1])), (right, pixel(pair[0]))],
                RGBColor(r, g, b).filled(),
            ))?;
        }
        let above = |level: &&f64| !relief.is_cut || **level > range.start + 1e-9;
        for &level in relief.levels.iter().filter(above) {
            let y = pixel(level);
            body.draw(&PathElement::new(
                vec![(left, y), (right + theme.tick / 4, y)],
                theme.hair(INK),
            ))?;
            let style = theme.text(theme.tick, INK).pos(Pos::new(HPos::Left, VPos::Center));
            body.draw(&Text::new(bands.format(level), (right + theme.tick / 2, y), style))?;
        }
        if relief.is_cut {
            let style = theme.text(theme.tick, INK).pos(Pos::new(HPos::Left, VPos::Center));
            let at = (right + theme.tick / 2, bottom);
            body.draw(&Text::new(format!("≤ {}", bands.format(range.start)), at, style))?;
        }
        let limit =
            self.limit.map(|limit| self.z.place(limit.value)).filter(|level| range.contains(level));
        if let Some(y) = limit.map(pixel) {
            body.draw(&PathElement::new(
                vec![(left - theme.tick / 4, y), (right + theme.tick / 4, y)],
                RED.stroke_width(theme.line * 3 / 2),
            ))?;
        }
        body.draw(&Rectangle::new([(left, top), (right, bottom)], theme.hair(INK)))?;
        let (width, _) = body.dim_in_pixel();
        let style = theme.text(theme.tick, INK).pos(Pos::new(HPos::Right, VPos::Bottom));
        body.draw(&Text::new(
            self.z.label(),
            (width as i32 - theme.margin, top - theme.tick / 2),
            style,
        ))
    }
}

/// A line without points closer than a pixel to the straight line past them, which avoids visible
/// joints of thick strokes.
fn simplified<B: DrawingBackend>(chart: &Chart<'_, B>, line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let (x, y) = (chart.x_range(), chart.y_range());
    let (width, height) = chart.plotting_area().dim_in_pixel();
    let scale = (f64::from(width) / (x.end - x.start), f64::from(height) / (y.end - y.start));
    let pixels: Vec<(f64, f64)> = line.iter().map(|p| (p.0 * scale.0, p.1 * scale.1)).collect();
    let mut kept = vec![false; line.len()];
    let mut waiting = vec![(0, line.len() - 1)];
    while let Some((first, last)) = waiting.pop() {
        (kept[first], kept[last]) = (true, true);
        let (from, to) = (pixels[first], pixels[last]);
        let way = (to.0 - from.0, to.1 - from.1);
        let length = way.0.hypot(way.1);
        let off = |p: (f64, f64)| {
            let d = (p.0 - from.0, p.1 - from.1);
            if length > 0.0 { (d.0 * way.1 - d.1 * way.0).abs() / length } else { d.0.hypot(d.1) }
        };
        let farthest =
            (first + 1..last).map(|i| (off(pixels[i]), i)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, i)) = farthest.filter(|(off, _)| *off > 0.7) {
            waiting.extend([(first, i), (i, last)]);
        }
    }
    line.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}
