//! Bit error ratio against received power.

use super::axes::{self, AxisStyle, Room};
use super::figure::{Area, DrawResult, Figure};
use super::text;
use super::theme::Theme;
use super::theme::{BLUE, GREY, INK, ORANGE, RED};
use crate::link::Waterfall;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// The smallest error ratio that is drawn.
const BER_MIN: f64 = 1e-15;

impl Figure for Waterfall {
    fn title(&self) -> String {
        format!("{}: BER against received power", self.name)
    }

    fn caption(&self) -> String {
        let (power, ber) = self.operating;
        let margin = self.loss_margin_db.map_or("limit not crossed".to_owned(), |db| {
            format!("loss margin {} dB", text::decimals(db, 2))
        });
        format!(
            "BER {} at {} dBm · {margin} to {}",
            text::ratio(ber),
            text::decimals(power, 2),
            text::ratio(self.limit_ber)
        )
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let (power, ber) = self.operating;
        let curve: Vec<(f64, f64)> =
            self.curve.iter().map(|&(x, ber)| (x, ber.max(1e-300).log10())).collect();
        let ends = |of: &dyn Fn(&(f64, f64)) -> f64| {
            curve.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let ((left, right), (least, _)) = (ends(&|p| p.0), ends(&|p| p.1));
        let lowest = least.max(BER_MIN.log10()).min(self.limit_ber.log10() - 1.0);
        let visible =
            curve.iter().filter(|p| p.1 >= lowest).fold(f64::NEG_INFINITY, |x, p| x.max(p.0));
        let x = AxisStyle {
            name: "average received power (dBm)",
            range: axes::round_out(left.min(power) - 0.1, visible.max(power).min(right) + 0.3, 0.5),
            ticks: 12,
            marks: &[],
            format: &|p| text::decimals(*p, 1),
        };
        let top = if ber.max(self.limit_ber) > 0.1 { 0.0 } else { -1.0 };
        let whole = |y: &f64| {
            if (y - y.round()).abs() < 1e-6 {
                text::power_of_ten(y.round() as i32)
            } else {
                String::new()
            }
        };
        let y = AxisStyle {
            name: "bit error ratio",
            range: lowest.floor()..top,
            ticks: 15,
            marks: &[],
            format: &whole,
        };
        let mut chart = axes::chart(body, theme, &x, &y, Room::default())?;
        axes::mesh(&mut chart, theme, &x, &y, true)?;
        let limit = self.limit_ber.log10();
        axes::dashed(
            &mut chart,
            theme,
            vec![(x.range.start, limit), (x.range.end, limit)],
            theme.stroke(RED),
        )?;
        let style = theme.text(theme.tick, RED);
        let label = format!("limit {}", text::ratio(self.limit_ber));
        axes::note(
            body,
            &chart,
            // the curve is above its limit at little power
            (x.range.start, limit),
            (theme.tick / 2, theme.tick / 2),
            &label,
            style,
            (HPos::Left, VPos::Top),
        )?;
        let inside = curve.iter().copied().filter(|p| p.1 >= y.range.start && p.1 <= y.range.end);
        let line = theme.stroke(BLUE);
        chart
            .draw_series(LineSeries::new(inside, line))?
            .label("semi-analytic")
            .legend(axes::sample_line(theme, line));
        self.points(&mut chart, theme, y.range.start)?;
        self.place(body, &mut chart, theme, y.range.start)?;
        axes::legend(&mut chart, theme, SeriesLabelPosition::UpperRight)
    }
}

impl Waterfall {
    /// Marks the link's operating point and its distance to the limit.
    fn place<B: DrawingBackend>(
        &self,
        body: &Area<B>,
        chart: &mut axes::Chart<'_, B>,
        theme: &Theme,
        lowest: f64,
    ) -> DrawResult<B> {
        let (power, ber) = (self.operating.0, self.operating.1.max(1e-300).log10());
        let limit = self.limit_ber.log10();
        let is_below = ber < lowest;
        axes::dashed(
            chart,
            theme,
            vec![(power, lowest), (power, ber.max(limit))],
            theme.hair(GREY),
        )?;
        if !is_below {
            chart.draw_series([Circle::new((power, ber), theme.tick / 4, BLUE.filled())])?;
        }
        let range = chart.x_range();
        // label on the side with more room
        let (sign, side) = if power > 0.5 * (range.start + range.end) {
            (-1, HPos::Right)
        } else {
            (1, HPos::Left)
        };
        let by = (sign * theme.tick / 2, -theme.tick / 2);
        axes::note(
            body,
            chart,
            (power, lowest),
            by,
            if is_below { "this link, below the axis" } else { "this link" },
            theme.text(theme.tick, INK),
            (side, VPos::Bottom),
        )?;
        let Some(loss_margin_db) = self.loss_margin_db else { return Ok(()) };
        let ends = [(power - loss_margin_db, limit), (power, limit)];
        chart.draw_series([PathElement::new(ends.to_vec(), theme.stroke(INK))])?;
        let cap = theme.tick / 3;
        chart.draw_series(ends.map(|end| {
            EmptyElement::at(end) + PathElement::new(vec![(0, -cap), (0, cap)], theme.stroke(INK))
        }))?;
        let middle = (power - 0.5 * loss_margin_db, limit);
        let text = format!("loss margin {} dB", text::decimals(loss_margin_db, 2));
        axes::note(
            body,
            chart,
            middle,
            (0, -theme.tick / 3),
            &text,
            theme.text(theme.tick, INK),
            (HPos::Center, VPos::Bottom),
        )
    }

    /// Counted points with their intervals.
    fn points<B: DrawingBackend>(
        &self,
        chart: &mut axes::Chart<'_, B>,
        theme: &Theme,
        lowest: f64,
    ) -> DrawResult<B> {
        let style = ORANGE.stroke_width(theme.line);
        let (radius, cap) = (theme.tick / 5, theme.tick / 3);
        let inside = self.counted.iter().filter(|p| p.ber.log10() > lowest);
        let bars = inside.clone().flat_map(|p| {
            let (low, high) = (p.low.max(1e-300).log10(), p.high.log10());
            let bar = |y0: f64, y1: f64, x0: i32, x1: i32| (p.dbm, y0, y1, x0, x1);
            // an end below the axis has no cap
            let end = (low > lowest).then(|| bar(low, low, -cap, cap));
            [bar(low.max(lowest), high, 0, 0), bar(high, high, -cap, cap)].into_iter().chain(end)
        });
        for (dbm, y0, y1, x0, x1) in bars {
            if x0 == x1 {
                chart.draw_series([PathElement::new(vec![(dbm, y0), (dbm, y1)], style)])?;
            } else {
                chart
                    .draw_series([EmptyElement::at((dbm, y0))
                        + PathElement::new(vec![(x0, 0), (x1, 0)], style)])?;
            }
        }
        let sample =
            move |(x, y): (i32, i32)| Circle::new((x + cap * 2, y), radius, ORANGE.filled());
        let points = inside.map(|p| Circle::new((p.dbm, p.ber.log10()), radius, ORANGE.filled()));
        let drawn = chart.draw_series(points)?;
        if !self.counted.is_empty() {
            drawn.label("counted, 95 % interval").legend(sample);
        }
        Ok(())
    }
}
