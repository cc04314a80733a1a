//! Parts common to all figures: paper, title, caption, a chart with labelled axes.

use super::figure::{Area, DrawResult};
use super::theme::Theme;
use super::theme::{GRID, INK, PALE_INK, PAPER};
use super::tick_axis::TickAxis;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// A chart over two axes.
pub(super) type Chart<'a, B> = ChartContext<'a, B, Cartesian2d<TickAxis, TickAxis>>;
pub(super) type Fails<B> = DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>;

/// Draws background, title and caption; returns the area below.
pub(super) fn page<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    title: &str,
    caption: &str,
) -> Result<Area<B>, Fails<B>> {
    area.fill(&PAPER)?;
    let m = theme.margin;
    area.draw(&Text::new(
        title.to_owned(),
        (m, m),
        fitting(area, theme, title, &|theme| theme.bold(theme.title, INK))?,
    ))?;
    let below = m + theme.title * 11 / 10;
    area.draw(&Text::new(
        caption.to_owned(),
        (m, below),
        fitting(area, theme, caption, &|theme| theme.text(theme.caption, PALE_INK))?,
    ))?;
    Ok(area.split_vertically(below + theme.caption * 12 / 10).1)
}

/// A text style in which a line fits the width, down to a smallest size.
fn fitting<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    text: &str,
    style: &dyn Fn(&Theme) -> TextStyle<'static>,
) -> Result<TextStyle<'static>, Fails<B>> {
    let (width, _) = area.estimate_text_size(text, &style(theme))?;
    let room = area.dim_in_pixel().0 as i32 - 2 * theme.margin;
    let shrunk = |size: i32| (size * room / width.max(1) as i32).clamp(size / 2, size);
    Ok(style(&Theme { title: shrunk(theme.title), caption: shrunk(theme.caption), ..*theme }))
}

/// Labels and ticks of an axis.
pub(super) struct AxisStyle<'a> {
    pub(super) name: &'a str,
    pub(super) range: Range<f64>,
    pub(super) ticks: usize,
    /// Positions of the ticks; if empty, about `ticks` round numbers.
    pub(super) marks: &'a [f64],
    pub(super) format: &'a dyn Fn(&f64) -> String,
}

/// Margins of a chart, pixels.
#[derive(Clone, Copy, Default)]
pub(super) struct Room {
    pub(super) top: i32,
    pub(super) right: i32,
}

/// A chart without its mesh.
pub(super) fn chart<'a, B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    x: &AxisStyle<'_>,
    y: &AxisStyle<'_>,
    room: Room,
) -> Result<Chart<'a, B>, Fails<B>> {
    ChartBuilder::on(area)
        .margin_left(theme.margin)
        .margin_top(theme.margin / 2 + room.top)
        .margin_right(theme.margin + theme.tick + room.right)
        .margin_bottom(theme.margin / 2)
        .x_label_area_size(theme.label * 13 / 10 + theme.tick * 14 / 10)
        .y_label_area_size(theme.label * 13 / 10 + theme.tick * 32 / 10)
        .build_cartesian_2d(
            TickAxis::new(x.range.clone(), x.marks),
            TickAxis::new(y.range.clone(), y.marks),
        )
}

/// Draws grid, ticks and labels of the axes.
pub(super) fn mesh<B: DrawingBackend>(
    chart: &mut Chart<'_, B>,
    theme: &Theme,
    x: &AxisStyle<'_>,
    y: &AxisStyle<'_>,
    lines: bool,
) -> DrawResult<B> {
    let mut mesh = chart.configure_mesh();
    mesh.x_desc(x.name)
        .y_desc(y.name)
        .x_labels(x.ticks)
        .y_labels(y.ticks)
        .x_label_formatter(x.format)
        .y_label_formatter(y.format)
        .axis_style(theme.hair(INK))
        .label_style(theme.text(theme.tick, INK))
        .axis_desc_style(theme.text(theme.label, INK))
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID.stroke_width(1))
        .set_all_tick_mark_size(theme.tick / 4);
    if !lines {
        mesh.disable_mesh();
    }
    mesh.draw()
}

/// Text at a point of a chart, offset by pixels.
pub(super) fn note<B: DrawingBackend>(
    area: &Area<B>,
    chart: &Chart<'_, B>,
    at: (f64, f64),
    by: (i32, i32),
    text: &str,
    style: TextStyle<'_>,
    (h, v): (HPos, VPos),
) -> DrawResult<B> {
    let (x, y) = chart.plotting_area().map_coordinate(&at);
    let (x0, y0) = area.get_pixel_range();
    let place = (x - x0.start + by.0, y - y0.start + by.1);
    area.draw(&Text::new(text.to_owned(), place, style.pos(Pos::new(h, v))))
}

/// An upright dashed line with its name above the chart.
pub(super) fn upright<B: DrawingBackend>(
    body: &Area<B>,
    chart: &mut Chart<'_, B>,
    theme: &Theme,
    x: f64,
    name: &str,
) -> DrawResult<B> {
    let (range, y) = (chart.x_range(), chart.y_range());
    if !(range.start..=range.end).contains(&x) {
        return Ok(());
    }
    dashed(chart, theme, vec![(x, y.start), (x, y.end)], theme.hair(INK))?;
    let style = theme.text(theme.tick, PALE_INK);
    // a name near an end stays within the chart
    let part = (x - range.start) / (range.end - range.start);
    let side = match part {
        _ if part > 0.85 => HPos::Right,
        _ if part < 0.15 => HPos::Left,
        _ => HPos::Center,
    };
    note(body, chart, (x, y.end), (0, -theme.tick / 4), name, style, (side, VPos::Bottom))
}

/// A dashed line through points.
pub(super) fn dashed<B: DrawingBackend>(
    chart: &mut Chart<'_, B>,
    theme: &Theme,
    points: Vec<(f64, f64)>,
    style: ShapeStyle,
) -> DrawResult<B> {
    let dash = theme.tick / 2;
    chart.draw_series(DashedLineSeries::new(points, dash as u32, dash as u32 * 2 / 3, style))?;
    Ok(())
}

/// Legend of the series that have a label.
pub(super) fn legend<'a, B: DrawingBackend + 'a>(
    chart: &mut Chart<'a, B>,
    theme: &Theme,
    place: SeriesLabelPosition,
) -> DrawResult<B> {
    chart
        .configure_series_labels()
        .position(place)
        .margin(theme.margin / 2)
        .legend_area_size(theme.tick * 2)
        .label_font(theme.text(theme.tick, INK))
        .background_style(PAPER.mix(0.9))
        .border_style(GRID.stroke_width(1))
        .draw()
}

/// A piece of a curve for the legend.
pub(super) fn sample_line(
    theme: &Theme,
    style: ShapeStyle,
) -> impl Fn((i32, i32)) -> PathElement<(i32, i32)> + use<> {
    let width = theme.tick * 3 / 2;
    move |(x, y)| PathElement::new(vec![(x, y), (x + width, y)], style)
}

/// A range widened to the nearest multiples below and above.
pub(super) fn round_out(low: f64, high: f64, step: f64) -> Range<f64> {
    (low / step).floor() * step..(high / step).ceil() * step
}

/// Decimals that distinguish about six ticks of a range.
pub(super) fn digits(range: &Range<f64>) -> usize {
    let tick = (range.end - range.start) / 6.0;
    (-tick.log10()).ceil().clamp(0.0, 9.0) as usize
}

/// Note on a chart without any value: nothing was evaluated, or the link fails.
pub(super) fn no_value(evaluated_nothing: bool) -> &'static str {
    if evaluated_nothing { "not evaluated at any point" } else { "no value: the link fails" }
}

/// Pieces of a curve between values that are not numbers or lie below `floor`, cut where they cross
/// it.
pub(super) fn pieces(points: &[(f64, f64)], floor: f64) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (i, &(x, y)) in points.iter().enumerate() {
        let before =
            i.checked_sub(1).map(|i| points[i]).filter(|p| p.1.is_finite() && y.is_finite());
        let cut = before
            .filter(|p| (p.1 < floor) != (y < floor))
            .map(|(x0, y0)| (x0 + (floor - y0) / (y - y0) * (x - x0), floor));
        let piece = pieces.last_mut().expect("never empty");
        piece.extend(cut);
        if y >= floor {
            piece.push((x, y));
        } else if !piece.is_empty() {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_broken_at_holes_and_cut_at_the_floor() {
        let points = [
            (0.0, 1.0),
            (1.0, 2.0),
            (2.0, f64::NAN),
            (3.0, 2.0),
            (4.0, -2.0),
            (5.0, -1.0),
            (6.0, 1.0),
        ];
        assert_eq!(
            pieces(&points, 0.0),
            [
                vec![(0.0, 1.0), (1.0, 2.0)],
                vec![(3.0, 2.0), (3.5, 0.0)],
                vec![(5.5, 0.0), (6.0, 1.0)]
            ]
        );
        assert!(pieces(&[(0.0, f64::NAN), (1.0, -1.0), (2.0, 3.0 - 4.0)], 0.0).is_empty());
    }
}
