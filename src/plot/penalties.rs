//! Penalties of a lane as steps from thermal noise alone to all impairments, beside the changes by
//! its tolerances.

use super::axes::{self, AxisStyle, Chart, Fails};
use super::figure::{Area, DrawResult, Figure};
use super::legend::{self, LegendSymbol};
use super::tdecq::heading;
use super::text;
use super::theme::{BLUE, CURVES, GREEN, GREY, INK, ORANGE, PALE_INK, Theme};
use super::tick_axis::TickAxis;
use crate::link::{Explanation, LaneExplanation};
use crate::sheet::{Deviation, Part};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use std::ops::Range;

/// Largest number of single rows of each chart; the rest share one.
const ROWS_MAX: usize = 18;
/// Penalty below which an impairment shares a row with others, dB.
const SMALL_DB: f64 = 0.01;
/// Height of a bar, part of its row.
const BAR: f64 = 0.7;

/// Colour of changes by a lower value.
const LOWER: RGBColor = CURVES[5];

/// Colour of a part's penalties.
fn colour(part: Part) -> RGBColor {
    match part {
        Part::Transmitter => ORANGE,
        Part::Fibre => GREEN,
        Part::Receiver => CURVES[3],
        Part::Host => CURVES[7],
    }
}

/// Bars in rows along one axis.
struct Rows {
    /// Names of the rows, from the top.
    names: Vec<String>,
    bars: Vec<Bar>,
    /// Range of the axis, dB.
    range: Range<f64>,
    quantity: &'static str,
    /// True if each bar begins where the one above ends.
    are_steps: bool,
}

/// A bar: its row, both ends in dB, the text beside it.
struct Bar {
    row: usize,
    from: f64,
    to: f64,
    value: String,
    colour: RGBColor,
}

impl Figure for Explanation {
    fn title(&self) -> String {
        match self.shown() {
            Some(lane) => format!("{}, lane {}: penalties", self.name, lane.lane),
            None => format!("{}: penalties", self.name),
        }
    }

    fn caption(&self) -> String {
        let Some(lane) = self.shown() else { return "no lane was explained".to_owned() };
        let db = |of: Option<f64>| of.map_or("none".to_owned(), |x| text::decimals(x, 2) + " dB");
        let mut caption = vec![
            format!("loss margin {}", db(lane.margins.loss_margin_db)),
            format!("thermal noise alone {}", db(lane.thermal_only.loss_margin_db)),
            format!("limit {}", text::ratio(self.limit_ber)),
            format!("tolerances together {}", db(Some(lane.loss_margin_sigma_db))),
        ];
        caption.extend(lane.margins.not_evaluated.clone());
        caption.join(" · ")
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let Some(lane) = self.shown() else { return Ok(()) };
        let panel = theme.panel();
        let parts = [Part::Transmitter, Part::Fibre, Part::Receiver, Part::Host];
        let has = |part: &Part| lane.penalties.iter().any(|row| row.part == *part);
        let names: Vec<(LegendSymbol, String)> = parts
            .into_iter()
            .filter(has)
            .map(|part| (LegendSymbol::Patch(colour(part)), part.as_str().to_owned()))
            .chain([
                (LegendSymbol::Patch(GREY), "joint remainder".to_owned()),
                (LegendSymbol::Patch(LOWER), "tolerance lower".to_owned()),
                (LegendSymbol::Patch(BLUE), "higher".to_owned()),
            ])
            .collect();
        let body = legend::above(body, &panel, &names)?;
        let width = body.dim_in_pixel().0;
        let (left, right) = body.split_horizontally(width * 53 / 100);
        let left = heading(&left, &panel, "penalty of each impairment, from thermal noise to all")?;
        steps(lane).draw(&left, &panel)?;
        let right = heading(&right, &panel, "change by one standard deviation of each tolerance")?;
        swings(lane).draw(&right, &panel)
    }
}

impl Explanation {
    /// The lane that is drawn: that of the smallest loss margin.
    fn shown(&self) -> Option<&LaneExplanation> {
        let margin = |lane: &LaneExplanation| lane.margins.loss_margin_db.unwrap_or(f64::MAX);
        self.lanes.iter().min_by(|a, b| margin(a).total_cmp(&margin(b)))
    }
}

/// Steps from thermal noise alone down to all impairments; none without both margins.
fn steps(lane: &LaneExplanation) -> Rows {
    let mut rows = Rows {
        names: Vec::new(),
        bars: Vec::new(),
        range: 0.0..1.0,
        quantity: "loss margin (dB)",
        are_steps: true,
    };
    let ends = (lane.thermal_only.loss_margin_db, lane.margins.loss_margin_db);
    let (Some(first), Some(last)) = ends else { return rows };
    let known = lane.penalties.iter().filter_map(|row| Some((row, row.penalty.loss_db?)));
    let (shown, small): (Vec<_>, Vec<_>) =
        known.enumerate().partition(|(i, (_, db))| *i < ROWS_MAX && db.abs() >= SMALL_DB);
    let mut parts: Vec<(String, f64, RGBColor)> =
        shown.into_iter().map(|(_, (row, db))| (row.name.clone(), db, colour(row.part))).collect();
    if !small.is_empty() {
        let sum = small.iter().map(|(_, (_, db))| db).sum();
        parts.push((format!("{} others", small.len()), sum, GREY));
    }
    let all: f64 = parts.iter().map(|(_, db, _)| db).sum();
    parts.push(("joint remainder".to_owned(), first - last - all, GREY));
    let levels: Vec<f64> = parts
        .iter()
        .scan(first, |level, (_, db, _)| {
            *level -= db;
            Some(*level)
        })
        .collect();
    let (low, high) = levels.iter().fold((first, first), |(l, h), x| (l.min(*x), h.max(*x)));
    // steps are wide enough to see; a margin of zero has no place of its own on a scale of decibels
    let span = (high - low).max(0.1);
    let start = low - 0.35 * span;
    rows.range = start..high + 0.2 * span;
    let whole = |row: usize, to: f64| Bar {
        row,
        from: start,
        to,
        value: text::decimals(to, 2),
        colour: BLUE,
    };
    rows.names.push("thermal noise alone".to_owned());
    rows.bars.push(whole(0, first));
    let mut level = first;
    for ((name, db, colour), to) in parts.into_iter().zip(levels) {
        let (row, value) = (rows.names.len(), text::decimals(-db, 2));
        rows.names.push(name);
        rows.bars.push(Bar { row, from: level, to, value, colour });
        level = to;
    }
    rows.bars.push(whole(rows.names.len(), last));
    rows.names.push("all impairments".to_owned());
    rows
}

/// A bar each way for every tolerance, from no change.
fn swings(lane: &LaneExplanation) -> Rows {
    let known = lane.sensitivities.iter().filter(|row| row.swing_db().is_some());
    let (mut names, mut bars) = (Vec::new(), Vec::new());
    let mut most = 0.05f64;
    for (row, known) in known.take(ROWS_MAX).enumerate() {
        let step = match known.deviation {
            Deviation::Absolute(step) => format!("{step} {}", known.unit),
            Deviation::Percent(step) => format!("{step} %"),
        };
        names.push(format!("{}, {}", known.name, step.trim_end()));
        let changes = [(known.change_lower, LOWER), (known.change_higher, BLUE)];
        for (to, colour) in changes.into_iter().filter_map(|(of, c)| Some((of.loss_db?, c))) {
            most = most.max(to.abs());
            bars.push(Bar { row, from: 0.0, to, value: String::new(), colour });
        }
    }
    let range = -1.1 * most..1.1 * most;
    Rows { names, bars, range, quantity: "change of the loss margin (dB)", are_steps: false }
}

impl Rows {
    fn draw<B: DrawingBackend>(&self, area: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let count = self.names.len().max(1);
        let place = |row: usize| (count - 1 - row) as f64 + 0.5;
        // names are as large as their rows allow
        let room = area.dim_in_pixel().1 as i32 - theme.label * 3 - theme.tick * 2;
        let size = theme.tick.min((room / count as i32 - 2).max(6));
        let theme = &Theme { tick: size, ..*theme };
        let digits = axes::digits(&self.range);
        let x = AxisStyle {
            name: self.quantity,
            range: self.range.clone(),
            ticks: 6,
            marks: &[],
            format: &|p| text::decimals(*p, digits),
        };
        let marks: Vec<f64> = (0..self.names.len()).map(place).collect();
        let named = |p: &f64| {
            let row = (count as f64 - 0.5 - p).round() as usize;
            self.names.get(row).cloned().unwrap_or_default()
        };
        let y = AxisStyle {
            name: "",
            range: 0.0..count as f64,
            ticks: count,
            marks: &marks,
            format: &named,
        };
        let mut chart = chart(area, theme, &self.names, &x, &y)?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        for bar in &self.bars {
            let (middle, half) = (place(bar.row), BAR / 2.0);
            let corners = [(bar.from, middle - half), (bar.to, middle + half)];
            chart.draw_series([Rectangle::new(corners, bar.colour.filled())])?;
        }
        if self.bars.is_empty() {
            let middle = (0.5 * (self.range.start + self.range.end), 0.5);
            let (style, by) = (theme.text(theme.label, PALE_INK), (0, 0));
            let place = (HPos::Center, VPos::Center);
            return axes::note(area, &chart, middle, by, "no loss margin", style, place);
        }
        if self.range.contains(&0.0) {
            let line = vec![(0.0, 0.0), (0.0, count as f64)];
            chart.draw_series([PathElement::new(line, theme.hair(INK))])?;
        }
        for (i, bar) in self.bars.iter().enumerate() {
            let at = (bar.from.max(bar.to), place(bar.row));
            let (style, by) = (theme.text(theme.tick, INK), (theme.tick / 3, 0));
            axes::note(area, &chart, at, by, &bar.value, style, (HPos::Left, VPos::Center))?;
            if self.are_steps && i + 1 < self.bars.len() {
                let (top, below) = (place(bar.row) - BAR / 2.0, place(bar.row + 1) + BAR / 2.0);
                let joint = vec![(bar.to, top), (bar.to, below)];
                chart.draw_series([PathElement::new(joint, theme.hair(GREY))])?;
            }
        }
        Ok(())
    }
}

/// A chart with room for the names of its rows.
fn chart<'a, B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    names: &[String],
    x: &AxisStyle<'_>,
    y: &AxisStyle<'_>,
) -> Result<Chart<'a, B>, Fails<B>> {
    let style = theme.text(theme.tick, INK);
    let mut widest = 0;
    for name in names {
        widest = widest.max(area.estimate_text_size(name, &style)?.0 as i32);
    }
    ChartBuilder::on(area)
        .margin_left(theme.margin)
        .margin_top(theme.margin / 3)
        .margin_right(theme.margin)
        .margin_bottom(theme.margin / 2)
        .x_label_area_size(theme.label * 13 / 10 + theme.tick * 14 / 10)
        .y_label_area_size(widest + theme.tick * 3 / 4)
        .build_cartesian_2d(
            TickAxis::new(x.range.clone(), x.marks),
            TickAxis::new(y.range.clone(), y.marks),
        )
}
