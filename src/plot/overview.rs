//! All lanes on one page.

use super::axes;
use super::eye::heat;
use super::figure::{Area, DrawResult, Figure};
use super::text;
use super::theme::Theme;
use super::theme::{BRIGHT_GREEN, GREEN, GRID, INK, PALE_INK, RED};
use super::tick_axis::TickAxis;
use crate::link::{Overview, Panel};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

impl Figure for Overview {
    fn title(&self) -> String {
        let lanes =
            if self.lanes == 1 { "1 lane".to_owned() } else { format!("{} lanes", self.lanes) };
        format!("{}: {lanes} at the slicer", self.name)
    }

    fn caption(&self) -> String {
        let mut caption = vec![];
        caption.extend(self.ber.map(|ber| format!("BER {}", text::ratio(ber))));
        caption.push(format!("limit {}", text::ratio(self.limit_ber)));
        caption.extend(
            self.loss_margin_db.map(|db| format!("loss margin {} dB", text::decimals(db, 2))),
        );
        caption.extend(self.worst_lane.map(|lane| format!("worst lane {lane}")));
        if self.panels.len() < self.lanes {
            caption.push(format!("{} lanes shown", self.panels.len()));
        }
        caption.join(" · ")
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let columns = self.panels.len().clamp(1, 4);
        let rows = self.panels.len().div_ceil(columns).max(1);
        let body =
            body.margin(theme.margin / 3, theme.margin / 3, theme.margin / 2, theme.margin / 2);
        for (panel, cell) in self.panels.iter().zip(body.split_evenly((rows, columns))) {
            self.lane(panel, &cell, &theme.panel())?;
        }
        Ok(())
    }
}

impl Overview {
    fn lane<B: DrawingBackend>(
        &self,
        panel: &Panel,
        area: &Area<B>,
        theme: &Theme,
    ) -> DrawResult<B> {
        let result = &panel.result;
        let m = theme.margin / 2;
        let name = if Some(result.lane) == self.worst_lane {
            format!("lane {} (worst)", result.lane)
        } else {
            format!("lane {}", result.lane)
        };
        area.draw(&Text::new(name, (m, m), theme.bold(theme.title, INK)))?;
        let (verdict, colour) = match result.passes {
            Some(true) => ("pass", GREEN),
            Some(false) => ("FAIL", RED),
            None => ("not judged", PALE_INK),
        };
        let (width, _) = area.dim_in_pixel();
        let right = theme.bold(theme.title, colour).pos(Pos::new(HPos::Right, VPos::Top));
        area.draw(&Text::new(verdict, (width as i32 - m, m), right))?;
        let mut figures = vec![];
        figures.extend(
            result
                .ber_semi_analytic
                .or(result.ber_counted)
                .map(|ber| format!("BER {}", text::ratio(ber))),
        );
        figures.extend(
            result.loss_margin_db.map(|db| format!("loss margin {} dB", text::decimals(db, 2))),
        );
        let below = m + theme.title * 11 / 10;
        let figures =
            if figures.is_empty() { "not evaluated".to_owned() } else { figures.join(" · ") };
        area.draw(&Text::new(figures, (m, below), theme.text(theme.caption, PALE_INK)))?;
        let (_, picture) = area.split_vertically(below + theme.caption * 13 / 10);
        let picture = picture.margin(0, m, m, m);
        let Some(view) = &panel.eye else {
            picture.fill(&GRID)?;
            let (width, height) = picture.dim_in_pixel();
            let style =
                theme.text(theme.caption, PALE_INK).pos(Pos::new(HPos::Center, VPos::Center));
            return picture.draw(&Text::new(
                "no trained receiver",
                (width as i32 / 2, height as i32 / 2),
                style,
            ));
        };
        let mut chart = ChartBuilder::on(&picture).build_cartesian_2d(
            TickAxis::new(-1.0..1.0, &[]),
            TickAxis::new(view.eye.low..view.eye.high, &[]),
        )?;
        heat(&mut chart, &view.eye)?;
        for &t in &view.thresholds {
            axes::dashed(&mut chart, theme, vec![(-1.0, t), (1.0, t)], theme.hair(BRIGHT_GREEN))?;
        }
        let (low, high) = (view.eye.low, view.eye.high);
        let frame = vec![(-1.0, low), (1.0, low), (1.0, high), (-1.0, high), (-1.0, low)];
        chart.plotting_area().draw(&PathElement::new(frame, GRID.stroke_width(1)))
    }
}
