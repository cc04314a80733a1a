//! Curves over one axis, with the limit.

use super::axes::{self, AxisStyle, Chart, Room};
use super::figure::{Area, DrawResult, Figure};
use super::legend::{self, LegendSymbol};
use super::look::{Look, radius};
use super::scale::ScaledAxis;
use super::theme::Theme;
use super::theme::{FAILING, GREY, PALE_INK, RED};
use crate::chart::{Curve, CurveRole, Curves, ErrorBar, Picture, ScaleKind};
use crate::table::Better;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use std::ops::Range;

/// Largest number of points of a curve that are marked individually.
const MARKED_MAX: usize = 41;

impl Figure for Picture {
    fn title(&self) -> String {
        match self {
            Picture::Curves(curves) => curves.title(),
            Picture::HeatMap(map) => map.title(),
        }
    }

    fn caption(&self) -> String {
        match self {
            Picture::Curves(curves) => curves.caption(),
            Picture::HeatMap(map) => map.caption(),
        }
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        match self {
            Picture::Curves(curves) => curves.draw_body(body, theme),
            Picture::HeatMap(map) => map.draw_body(body, theme),
        }
    }
}

impl Figure for Curves {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn caption(&self) -> String {
        self.caption.clone()
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let body = legend::above(body, theme, &self.names(theme))?;
        let points = || self.traces.iter().flat_map(|trace| &trace.points);
        let bars = || self.traces.iter().flat_map(|trace| &trace.counted);
        let places = points().map(|p| p.0).chain(bars().map(|b| b.x));
        let along = self.x.extent(places.chain(self.marks.iter().map(|mark| mark.x)));
        let up = self.y.extent(
            points()
                .map(|p| p.1)
                .chain(bars().flat_map(|b| [b.low, b.high]))
                .chain(self.traces.iter().flat_map(|trace| &trace.limit).map(|p| p.1))
                .chain(self.limit.map(|l| l.value)),
        );
        let x = match self.x.kind {
            ScaleKind::Categories(_) => ScaledAxis::roomy(&self.x, along.unwrap_or(0.0..1.0), 0),
            _ => ScaledAxis::exact(&self.x, along.unwrap_or(0.0..1.0), 11),
        };
        let y = ScaledAxis::roomy(&self.y, up.unwrap_or(0.0..1.0), 8);
        let (x_name, y_name) = (self.x.label(), self.y.label());
        let x = (
            AxisStyle {
                name: &x_name,
                range: x.range.clone(),
                ticks: 11,
                marks: &x.marks,
                format: &|p| x.format(*p),
            },
            &x,
        );
        let y = (
            AxisStyle {
                name: &y_name,
                range: y.range.clone(),
                ticks: 8,
                marks: &y.marks,
                format: &|p| y.format(*p),
            },
            &y,
        );
        let room = Room { top: if self.marks.is_empty() { 0 } else { theme.tick }, right: 0 };
        let mut chart = axes::chart(&body, theme, &x.0, &y.0, room)?;
        if let Some((low, high)) = self.failing(&y.0.range) {
            let corners = [(x.0.range.start, low), (x.0.range.end, high)];
            chart.draw_series([Rectangle::new(corners, FAILING.filled())])?;
        }
        axes::mesh(&mut chart, theme, &x.0, &y.0, true)?;
        if let Some(limit) = self.limit {
            let level = self.y.place(limit.value);
            axes::dashed(
                &mut chart,
                theme,
                vec![(x.0.range.start, level), (x.0.range.end, level)],
                theme.stroke(RED),
            )?;
        }
        for mark in &self.marks {
            axes::upright(&body, &mut chart, theme, self.x.place(mark.x), &mark.name)?;
        }
        for (trace, look, theme) in self.looks(theme) {
            self.trace(&mut chart, &theme, trace, look)?;
        }
        let nothing = points().all(|p| !p.1.is_finite()) && bars().next().is_none();
        if nothing {
            let middle =
                (0.5 * (x.0.range.start + x.0.range.end), 0.5 * (y.0.range.start + y.0.range.end));
            let style = theme.text(theme.label, PALE_INK);
            axes::note(
                &body,
                &chart,
                middle,
                (0, -theme.tick / 2),
                axes::no_value(self.traces.iter().all(|trace| trace.failed.is_empty())),
                style,
                (HPos::Center, VPos::Bottom),
            )?;
        }
        Ok(())
    }
}

impl Curves {
    /// Every curve with its look and its sizes.
    fn looks<'a>(&'a self, theme: &Theme) -> impl Iterator<Item = (&'a Curve, Look, Theme)> {
        let (whole, thin) = (*theme, Theme { line: (theme.line / 2).max(1), ..*theme });
        let mut own = (0..).map(Look::of);
        self.traces.iter().map(move |trace| match trace.role {
            CurveRole::Main => (trace, own.next().unwrap_or_else(Look::background), whole),
            CurveRole::Background => (trace, Look::background(), thin),
        })
    }

    /// The heights between which the limit of all curves is missed.
    fn failing(&self, range: &Range<f64>) -> Option<(f64, f64)> {
        let limit = self.limit?;
        let level = self.y.place(limit.value);
        match limit.better {
            Better::Higher if level > range.start => Some((range.start, level)),
            Better::Lower if level < range.end => Some((level, range.end)),
            _ => None,
        }
    }

    fn names(&self, theme: &Theme) -> Vec<(LegendSymbol, String)> {
        let mut names = Vec::new();
        if !self.legend.is_empty() {
            names.push((LegendSymbol::None, format!("{}:", self.legend)));
        }
        let is_names = matches!(self.x.kind, ScaleKind::Categories(_));
        for (trace, look, theme) in self.looks(theme).filter(|(trace, ..)| !trace.name.is_empty()) {
            let sample = match (is_names, trace.points.is_empty()) {
                (true, _) => LegendSymbol::Marker(look),
                (false, true) => LegendSymbol::Bar(theme.stroke(look.colour)),
                _ if is_marked(trace) => LegendSymbol::Marked(look),
                _ => LegendSymbol::Look(look, theme.line),
            };
            if trace.role == CurveRole::Main
                || names.last().is_none_or(|(_, name)| *name != trace.name)
            {
                names.push((sample, trace.name.clone()));
            }
        }
        if self.traces.iter().any(|trace| !trace.counted.is_empty() && !trace.points.is_empty()) {
            names
                .push((LegendSymbol::Bar(theme.stroke(GREY)), "counted, 95 % interval".to_owned()));
        }
        if self.traces.iter().any(|trace| !trace.failed.is_empty()) {
            let name = "fails, no value".to_owned();
            names.push((LegendSymbol::Cross(RED.stroke_width(theme.line)), name));
        }
        names.extend(self.limit.map(|limit| {
            (
                LegendSymbol::Dashes(theme.stroke(RED)),
                format!("limit {}", self.y.value(limit.value)),
            )
        }));
        if self.limit.is_some_and(|limit| limit.better != Better::Neither) {
            names.push((LegendSymbol::Patch(FAILING), "fails".to_owned()));
        }
        if self.traces.iter().any(|trace| !trace.limit.is_empty()) {
            let look = Look::background().limit();
            names.push((LegendSymbol::Look(look, theme.line), "limit of each curve".to_owned()));
        }
        names
    }

    fn trace<B: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
        trace: &Curve,
        look: Look,
    ) -> DrawResult<B> {
        let floor = chart.y_range().start;
        let points: Vec<(f64, f64)> =
            trace.points.iter().map(|p| (self.x.place(p.0), self.y.place(p.1))).collect();
        let visible = points.iter().copied().filter(|p| p.1 >= floor);
        if let ScaleKind::Categories(_) = self.x.kind {
            let radius =
                if trace.role == CurveRole::Main { theme.tick / 3 } else { theme.tick / 6 };
            look.markers(chart, theme, visible, radius)?;
        } else {
            let limit: Vec<(f64, f64)> =
                trace.limit.iter().map(|p| (self.x.place(p.0), self.y.place(p.1))).collect();
            let thin = Theme { line: (theme.line / 2).max(1), ..*theme };
            for piece in axes::pieces(&limit, floor) {
                look.limit().line(chart, &thin, &piece)?;
            }
            for piece in axes::pieces(&points, floor) {
                look.line(chart, theme, &piece)?;
            }
            let alone = |i: usize| {
                [i.checked_sub(1), Some(i + 1)]
                    .into_iter()
                    .flatten()
                    .all(|j| points.get(j).is_none_or(|p| !p.1.is_finite()))
            };
            let marked = is_marked(trace);
            let dots =
                points.iter().enumerate().filter(|(i, p)| p.1 >= floor && (marked || alone(*i)));
            look.markers(chart, theme, dots.map(|(_, p)| *p), radius(theme))?;
        }
        // at the foot, in the colour of the limit that is missed
        let crosses = trace.failed.iter().map(|&x| {
            Cross::new((self.x.place(x), floor), theme.tick / 4, RED.stroke_width(theme.line))
        });
        chart.draw_series(crosses)?;
        self.bars(chart, theme, &trace.counted, look, floor)
    }

    /// Counted points with their intervals.
    fn bars<B: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
        bars: &[ErrorBar],
        look: Look,
        floor: f64,
    ) -> DrawResult<B> {
        let (style, cap) = (theme.stroke(look.colour), theme.tick / 4);
        for bar in bars {
            let (x, y) = (self.x.place(bar.x), self.y.place(bar.y));
            let (low, high) = (self.y.place(bar.low), self.y.place(bar.high));
            if high < floor {
                continue;
            }
            chart.draw_series([PathElement::new(vec![(x, low.max(floor)), (x, high)], style)])?;
            // an end below the axis has no cap
            let ends = [low, high].into_iter().filter(|end| *end >= floor);
            chart.draw_series(ends.map(|end| {
                EmptyElement::at((x, end)) + PathElement::new(vec![(-cap, 0), (cap, 0)], style)
            }))?;
            if y >= floor {
                look.markers(chart, theme, std::iter::once((x, y)), theme.tick / 5)?;
            }
        }
        Ok(())
    }
}

/// True for a curve whose points are marked.
fn is_marked(trace: &Curve) -> bool {
    trace.counted.is_empty() && trace.role == CurveRole::Main && trace.points.len() <= MARKED_MAX
}
