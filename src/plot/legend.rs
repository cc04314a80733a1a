//! A legend in rows above a chart, outside the area of the curves.

use super::axes::Fails;
use super::figure::Area;
use super::look::{Look, radius};
use super::theme::Theme;
use super::theme::{GRID, INK, PALE_INK};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Symbol before a name.
#[derive(Clone, Copy)]
pub(super) enum LegendSymbol {
    /// No symbol: the name is a heading.
    None,
    /// A piece of a curve.
    Line(ShapeStyle),
    /// A piece of a dashed curve.
    Dashes(ShapeStyle),
    /// A piece of a curve in its look, with the width of its line.
    Look(Look, u32),
    /// The same with a marker.
    Marked(Look),
    /// A marker.
    Marker(Look),
    /// A filled patch.
    Patch(RGBColor),
    /// A point with a bar.
    Bar(ShapeStyle),
    /// An upright cross.
    Plus(ShapeStyle),
    /// A cross.
    Cross(ShapeStyle),
    /// A hatched patch.
    Hatched(RGBColor),
}

/// Draws names with their symbols in as few rows as possible, and returns the area below.
pub(super) fn above<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    names: &[(LegendSymbol, String)],
) -> Result<Area<B>, Fails<B>> {
    if names.is_empty() {
        return Ok(area.clone());
    }
    let height = theme.tick * 15 / 10;
    let (left, right) = (theme.margin, area.dim_in_pixel().0 as i32 - theme.margin);
    let (mut x, mut y) = (left, theme.tick / 4);
    for (sample, name) in names {
        let space = if matches!(sample, LegendSymbol::None) { 0 } else { theme.tick * 2 };
        let ink = if matches!(sample, LegendSymbol::None) { PALE_INK } else { INK };
        let of = |size: i32| theme.text(size, ink);
        let (whole, _) = area.estimate_text_size(name, &of(theme.tick))?;
        // a name that is longer than a row is written smaller
        let room = right - left - space;
        let size = theme.tick * room / (whole as i32).max(room);
        let style = of(size.max(theme.tick / 2));
        let (width, _) = area.estimate_text_size(name, &style)?;
        let width = space + width as i32;
        if x > left && x + width > right {
            (x, y) = (left, y + height);
        }
        let middle = y + height / 2;
        draw(area, theme, *sample, (x, middle))?;
        area.draw(&Text::new(
            name.clone(),
            (x + space, middle),
            style.pos(Pos::new(HPos::Left, VPos::Center)),
        ))?;
        x += width + theme.tick * 12 / 10;
    }
    Ok(area.split_vertically(y + height).1)
}

fn draw<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    sample: LegendSymbol,
    (x, y): (i32, i32),
) -> Result<(), Fails<B>> {
    let width = theme.tick * 3 / 2;
    let line = |from: i32, to: i32, style: ShapeStyle| {
        PathElement::new(vec![(x + from, y), (x + to, y)], style)
    };
    match sample {
        LegendSymbol::None => Ok(()),
        LegendSymbol::Line(style) => area.draw(&line(0, width, style)),
        LegendSymbol::Dashes(style) => {
            area.draw(&line(0, width * 2 / 5, style))?;
            area.draw(&line(width * 3 / 5, width, style))
        }
        LegendSymbol::Look(look, line) => {
            look.sample(area, &Theme { line, ..*theme }, [(x, y), (x + width, y)])
        }
        LegendSymbol::Marked(look) => {
            look.sample(area, theme, [(x, y), (x + width, y)])?;
            look.marker(area, theme, (x + width / 2, y), radius(theme))
        }
        LegendSymbol::Marker(look) => look.marker(area, theme, (x + width / 2, y), theme.tick / 4),
        LegendSymbol::Patch(colour) => {
            let tall = theme.tick / 3;
            let corners = [(x, y - tall), (x + width, y + tall)];
            area.draw(&Rectangle::new(corners, colour.filled()))?;
            area.draw(&Rectangle::new(corners, theme.hair(GRID)))
        }
        LegendSymbol::Bar(style) => {
            let (middle, tall) = (x + width / 2, theme.tick / 2);
            area.draw(&Circle::new((middle, y), theme.tick / 5, style.filled()))?;
            area.draw(&PathElement::new(vec![(middle, y - tall), (middle, y + tall)], style))
        }
        LegendSymbol::Plus(style) => {
            let (middle, tall) = (x + width / 2, theme.tick / 2);
            area.draw(&line(width / 4, width * 3 / 4, style))?;
            area.draw(&PathElement::new(vec![(middle, y - tall), (middle, y + tall)], style))
        }
        LegendSymbol::Cross(style) => {
            area.draw(&Cross::new((x + width / 2, y), theme.tick / 4, style))
        }
        LegendSymbol::Hatched(colour) => {
            let tall = theme.tick / 2;
            for step in 0..3 {
                let from = x + step * width / 3;
                let to = from + width / 3;
                area.draw(&PathElement::new(
                    vec![(from, y + tall), (to, y - tall)],
                    theme.hair(colour),
                ))?;
            }
            Ok(())
        }
    }
}
