//! Penalties of a lane as steps from thermal noise alone to all impairments, beside the changes by
//! its tolerances.

use super::axes::{self, AxisStyle, Chart, Fails};
use super::figure::{Area, DrawResult, Figure};
use super::legend::{self, LegendSymbol};
use super::tdecq::heading;
use super::text;
use super::theme::{BLUE, CURVES, GREEN, GREY, GRID, INK, ORANGE, PALE_INK, Theme};
use super::tick_axis::TickAxis;
use crate::link::{Explanation, LaneExplanation};
use crate::sheet::{Deviation, Part};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

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

/// A bar of a chart: its name, both ends, the text beside it.
struct Bar {
    name: String,
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
        rows(&left, &panel, &steps(lane), "loss margin (dB)", None)?;
        let right = heading(&right, &panel, "change by one standard deviation of each tolerance")?;
        rows(&right, &panel, &swings(lane), "change of the loss margin (dB)", Some(0.0))
    }
}

impl Explanation {
    /// The lane that is drawn: that of the smallest loss margin.
    fn shown(&self) -> Option<&LaneExplanation> {
        let margin = |lane: &LaneExplanation| lane.margins.loss_margin_db.unwrap_or(f64::MAX);
        self.lanes.iter().min_by(|a, b| margin(a).total_cmp(&margin(b)))
    }
}

/// Bars from thermal noise alone down to all impairments; none without both margins.
fn steps(lane: &LaneExplanation) -> Vec<Bar> {
    let ends = (lane.thermal_only.loss_margin_db, lane.margins.loss_margin_db);
    let (Some(first), Some(last)) = ends else { return Vec::new() };
    let whole = |name: &str, to: f64| Bar {
        name: name.to_owned(),
        from: 0.0,
        to,
        value: text::decimals(to, 2),
        colour: BLUE,
    };
    let known = lane.penalties.iter().filter_map(|row| Some((row, row.penalty.loss_db?)));
    let (shown, small): (Vec<_>, Vec<_>) =
        known.enumerate().partition(|(i, (_, db))| *i < ROWS_MAX && db.abs() >= SMALL_DB);
    let mut parts: Vec<(String, f64, RGBColor)> =
        shown.into_iter().map(|(_, (row, db))| (row.name.clone(), db, colour(row.part))).collect();
    let sum: f64 = small.iter().map(|(_, (_, db))| db).sum();
    if !small.is_empty() {
        parts.push((format!("{} others", small.len()), sum, GREY));
    }
    let all: f64 = parts.iter().map(|(_, db, _)| db).sum();
    parts.push(("joint remainder".to_owned(), first - last - all, GREY));
    let mut bars = vec![whole("thermal noise alone", first)];
    let mut level = first;
    for (name, db, colour) in parts {
        let value = text::decimals(-db, 2);
        bars.push(Bar { name, from: level, to: level - db, value, colour });
        level -= db;
    }
    bars.push(whole("all impairments", last));
    bars
}

/// A bar each way for every tolerance: lower, then higher, under one name.
fn swings(lane: &LaneExplanation) -> Vec<Bar> {
    let known = lane.sensitivities.iter().filter(|row| row.swing_db().is_some());
    known
        .take(ROWS_MAX)
        .flat_map(|row| {
            let step = match row.deviation {
                Deviation::Absolute(step) => format!("{step} {}", row.unit),
                Deviation::Percent(step) => format!("{step} %"),
            };
            let bar = |to: Option<f64>, colour: RGBColor| Bar {
                name: format!("{}, {}", row.name, step.trim_end()),
                from: 0.0,
                to: to.unwrap_or(0.0),
                value: String::new(),
                colour,
            };
            let (lower, higher) = (row.change_lower.loss_db, row.change_higher.loss_db);
            [bar(lower, LOWER), bar(higher, BLUE)]
        })
        .collect()
}

/// Draws bars in rows, consecutive ones of a name in one row; `zero` is where all begin.
fn rows<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    bars: &[Bar],
    quantity: &str,
    zero: Option<f64>,
) -> DrawResult<B> {
    let mut names: Vec<&str> = Vec::new();
    let places: Vec<usize> = bars
        .iter()
        .map(|bar| {
            if names.last() != Some(&bar.name.as_str()) || zero.is_none() {
                names.push(&bar.name);
            }
            names.len() - 1
        })
        .collect();
    let count = names.len().max(1);
    let place = |row: usize| (count - 1 - row) as f64 + 0.5;
    // names are as large as their rows allow
    let room = area.dim_in_pixel().1 as i32 - theme.label * 3 - theme.tick * 2;
    let size = theme.tick.min((room / count as i32 - 2).max(6));
    let theme = Theme { tick: size, ..*theme };
    let ends = bars.iter().flat_map(|bar| [bar.from, bar.to]);
    let (low, high) = ends.fold((0f64, 0f64), |(l, h), x| (l.min(x), h.max(x)));
    let span = (high - low).max(0.1);
    // room for the numbers beside bars
    let range = match zero {
        Some(_) => low.min(-0.2 * span) - 0.08 * span..high.max(0.2 * span) + 0.08 * span,
        None => (low - 0.02 * span).min(0.0)..high + 0.14 * span,
    };
    let digits = axes::digits(&range);
    let x = AxisStyle {
        name: quantity,
        range: range.clone(),
        ticks: 6,
        marks: &[],
        format: &|p| text::decimals(*p, digits),
    };
    let marks: Vec<f64> = (0..names.len()).map(place).collect();
    let named = |p: &f64| {
        let row = count as f64 - 0.5 - p;
        names.get(row.round() as usize).map_or(String::new(), |name| (*name).to_owned())
    };
    let y = AxisStyle {
        name: "",
        range: 0.0..count as f64,
        ticks: count,
        marks: &marks,
        format: &named,
    };
    let mut chart = chart(area, &theme, &names, &x, &y)?;
    axes::mesh(&mut chart, &theme, &x, &y, true)?;
    for (bar, row) in bars.iter().zip(&places) {
        let (middle, half) = (place(*row), BAR / 2.0);
        let corners = [(bar.from, middle - half), (bar.to, middle + half)];
        chart.draw_series([Rectangle::new(corners, bar.colour.filled())])?;
    }
    if bars.is_empty() {
        let middle = (0.5 * (range.start + range.end), 0.5);
        let (style, by) = (theme.text(theme.label, PALE_INK), (0, 0));
        let place = (HPos::Center, VPos::Center);
        return axes::note(area, &chart, middle, by, "no loss margin to divide", style, place);
    }
    let line = vec![(0.0, 0.0), (0.0, count as f64)];
    chart.draw_series([PathElement::new(line, theme.hair(INK))])?;
    for (i, (bar, row)) in bars.iter().zip(&places).enumerate() {
        let at = (bar.from.max(bar.to), place(*row));
        let style = theme.text(theme.tick, INK);
        let by = (theme.tick / 3, 0);
        axes::note(area, &chart, at, by, &bar.value, style, (HPos::Left, VPos::Center))?;
        // a step begins where the one above ends
        if zero.is_none() && i + 1 < bars.len() {
            let (top, below) = (place(*row) - BAR / 2.0, place(row + 1) + BAR / 2.0);
            let joint = vec![(bar.to, top), (bar.to, below)];
            chart.draw_series([PathElement::new(joint, theme.hair(GRID))])?;
        }
    }
    Ok(())
}

/// A chart with room for the names of its rows.
fn chart<'a, B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    names: &[&str],
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
