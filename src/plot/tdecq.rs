//! The page of a TDECQ instrument: both eyes, windows, thresholds, histograms, taps, numbers.

use super::axes::{self, AxisStyle, Chart, Room};
use super::eye::heat;
use super::figure::{Area, DrawResult, Figure};
use super::text;
use super::theme::Theme;
use super::theme::{BLUE, BRIGHT_BLUE, BRIGHT_GREEN, INK, ORANGE, PALE_INK, RED};
use crate::measure::eye::EyeDiagram;
use crate::measure::scope::{Equalised, Page};
use crate::measure::tdecq::TdecqResult;
use crate::measured::CaptureQuantity;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

impl Figure for Page {
    fn title(&self) -> String {
        match &self.equalised {
            Ok(equalised) => {
                format!("{}: TDECQ {} dB", self.name, text::decimals(equalised.tdecq.tdecq_db, 2))
            }
            Err(_) => format!("{}: no TDECQ", self.name),
        }
    }

    fn caption(&self) -> String {
        let (symbols, periods) = self.symbols;
        let noise = match periods {
            0 => "transmitter's noise excluded".to_owned(),
            periods => format!("noise of {periods} periods"),
        };
        let outer = self.outer_from.remark();
        let outer = outer.map_or(String::new(), |remark| format!(" · OMA {remark}"));
        let caption = format!(
            "reference {} · SER {} · {} symbols · {noise}{outer}",
            self.reference.name,
            text::ratio(self.reference.target_ser),
            text::count(symbols as u64)
        );
        self.equalised
            .as_ref()
            .err()
            .map_or(caption.clone(), |refusal| format!("{refusal} · {caption}"))
    }

    fn draw_body<B: DrawingBackend>(&self, body: &Area<B>, theme: &Theme) -> DrawResult<B> {
        let panel = theme.panel();
        let Ok(equalised) = &self.equalised else {
            return self.eye(body, theme, "before the equaliser", &self.before, None);
        };
        let (width, height) = body.dim_in_pixel();
        let (above, below) = body.split_vertically(height * 61 / 100);
        let (before, rest) = above.split_horizontally(width * 38 / 100);
        let (after, beside) = rest.split_horizontally(width * 38 / 100);
        let (taps, numbers) = below.split_horizontally(width * 56 / 100);
        self.eye(&before, &panel, "before the equaliser", &self.before, Some(equalised))?;
        self.eye(&after, &panel, "after the equaliser", &equalised.eye, Some(equalised))?;
        self.histograms(&beside, &panel, &equalised.tdecq)?;
        stems(&taps, &panel, &equalised.tdecq)?;
        self.numbers(&numbers, &panel, &equalised.tdecq)
    }
}

impl Page {
    fn amplitude(&self) -> String {
        match self.quantity {
            CaptureQuantity::Power => format!("optical power ({})", self.quantity),
            CaptureQuantity::Voltage => format!("amplitude ({})", self.quantity),
        }
    }

    /// Range of amplitudes in the figure's unit, and decimals of its ticks.
    fn range(&self) -> (std::ops::Range<f64>, usize) {
        let unit = self.quantity.unit();
        let range = self.before.low / unit..self.before.high / unit;
        let digits = axes::digits(&range);
        (range, digits)
    }

    fn eye<B: DrawingBackend>(
        &self,
        area: &Area<B>,
        theme: &Theme,
        name: &str,
        eye: &EyeDiagram,
        equalised: Option<&Equalised>,
    ) -> DrawResult<B> {
        let area = heading(area, theme, name)?;
        let (range, digits) = self.range();
        // time is relative to the centre of the windows
        let centre_ui = equalised.map_or(0.0, |equalised| equalised.centre_ui);
        let x = AxisStyle {
            name: "time (UI)",
            range: -1.0 - centre_ui..1.0 - centre_ui,
            ticks: 5,
            marks: &[-0.5, 0.0, 0.5],
            format: &|t| text::decimals(*t, 1),
        };
        let format = |p: &f64| text::decimals(*p, digits);
        let y = AxisStyle {
            name: &self.amplitude(),
            range: range.clone(),
            ticks: 6,
            marks: &[],
            format: &format,
        };
        let mut chart = axes::chart(&area, theme, &x, &y, Room::default())?;
        heat(&mut chart, eye)?;
        axes::mesh(&mut chart, theme, &x, &y, false)?;
        let Some(equalised) = equalised else { return Ok(()) };
        let (offset, half_width) =
            (self.reference.window_offset_ui, self.reference.window_width_ui / 2.0);
        for offset in [-offset, offset] {
            let corners = [(offset - half_width, range.start), (offset + half_width, range.end)];
            chart.draw_series([Rectangle::new(corners, BRIGHT_BLUE.mix(0.25).filled())])?;
            chart.draw_series([Rectangle::new(corners, BRIGHT_BLUE.stroke_width(1))])?;
        }
        self.thresholds(&mut chart, theme, &equalised.tdecq)
    }

    fn thresholds<B: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, B>,
        theme: &Theme,
        tdecq: &TdecqResult,
    ) -> DrawResult<B> {
        let (start, end) = (chart.x_range().start, chart.x_range().end);
        for threshold in tdecq.thresholds {
            let y = threshold / self.quantity.unit();
            axes::dashed(
                chart,
                theme,
                vec![(start, y), (end, y)],
                BRIGHT_GREEN.stroke_width((theme.line).max(1)),
            )?;
        }
        Ok(())
    }

    /// Histograms of the two windows, on the amplitudes of the eyes.
    fn histograms<B: DrawingBackend>(
        &self,
        area: &Area<B>,
        theme: &Theme,
        tdecq: &TdecqResult,
    ) -> DrawResult<B> {
        let (width, _) = area.dim_in_pixel();
        for (i, (name, colour)) in [("right", ORANGE), ("left", BLUE)].into_iter().enumerate() {
            let at =
                (width as i32 - theme.margin - i as i32 * theme.tick * 7 / 2, theme.margin / 3);
            area.draw(&Text::new(
                name,
                at,
                theme.bold(theme.tick, colour).pos(Pos::new(HPos::Right, VPos::Top)),
            ))?;
        }
        let area = heading(area, theme, "in the windows")?;
        let unit = self.quantity.unit();
        let (range, digits) = self.range();
        let most = tdecq.histograms.iter().flat_map(|h| &h.density).copied().fold(0.0, f64::max);
        let x = AxisStyle {
            name: "density",
            range: 0.0..1.05,
            ticks: 3,
            marks: &[],
            format: &|_| String::new(),
        };
        let format = |p: &f64| text::decimals(*p, digits);
        let y = AxisStyle { name: "", range: range.clone(), ticks: 6, marks: &[], format: &format };
        let mut chart = axes::chart(&area, theme, &x, &y, Room::default())?;
        axes::mesh(&mut chart, theme, &x, &y, false)?;
        for (histogram, colour) in tdecq.histograms.iter().zip([BLUE, ORANGE]) {
            let points = histogram
                .amplitude
                .iter()
                .zip(&histogram.density)
                .map(|(a, d)| (d / most, a / unit));
            chart.draw_series(LineSeries::new(
                points.filter(|p| range.contains(&p.1)),
                colour.stroke_width(theme.line.max(1)),
            ))?;
        }
        self.thresholds(&mut chart, theme, tdecq)
    }

    /// The readings, each with its unit.
    fn numbers<B: DrawingBackend>(
        &self,
        area: &Area<B>,
        theme: &Theme,
        tdecq: &TdecqResult,
    ) -> DrawResult<B> {
        let (unit, outer) = (self.quantity.unit(), &tdecq.outer);
        let oma = outer.three_w - outer.zero_w;
        let db = |x: f64| format!("{} dB", text::decimals(x, 2));
        let amplitude = |x: f64| format!("{} {}", text::decimals(x / unit, 4), self.quantity);
        let limiting = tdecq.limiting.as_str();
        let mut rows = vec![
            ("TDECQ", db(tdecq.tdecq_db)),
            ("10 log Ceq", db(tdecq.ceq_db)),
            ("TDECQ − 10 log Ceq", db(tdecq.tdecq_minus_ceq_db)),
        ];
        match self.quantity {
            CaptureQuantity::Power => {
                rows.push(("OMA", format!("{} dBm", text::decimals(outer.oma_dbm(), 2))))
            }
            CaptureQuantity::Voltage => rows.push(("OMA", amplitude(oma))),
        }
        if outer.zero_w > 0.0 {
            rows.push(("extinction ratio", db(outer.extinction_ratio_db())));
        }
        rows.push(("RLM", text::decimals(tdecq.rlm, 3)));
        rows.push(("limiting window", limiting.to_owned()));
        rows.push(("largest noise σG", amplitude(tdecq.sigma_g[0].min(tdecq.sigma_g[1]))));
        if self.reference.dfe_max > 0.0 {
            rows.push(("feedback tap", text::decimals(tdecq.dfe, 3)));
        }
        let area = heading(area, theme, "figures")?;
        let (width, height) = area.dim_in_pixel();
        let step = ((height as i32 - theme.margin) / rows.len() as i32).min(theme.label * 16 / 10);
        for (i, (name, value)) in rows.iter().enumerate() {
            let (y, middle) = (i as i32 * step + step / 2, |h| Pos::new(h, VPos::Center));
            let ink =
                if i == 0 { theme.bold(theme.label, INK) } else { theme.text(theme.label, INK) };
            area.draw(&Text::new(
                *name,
                (theme.margin, y),
                theme.text(theme.label, PALE_INK).pos(middle(HPos::Left)),
            ))?;
            area.draw(&Text::new(
                value.clone(),
                (width as i32 - 2 * theme.margin, y),
                ink.pos(middle(HPos::Right)),
            ))?;
        }
        Ok(())
    }
}

/// Draws a panel's name; returns the area below.
pub(super) fn heading<B: DrawingBackend>(
    area: &Area<B>,
    theme: &Theme,
    name: &str,
) -> Result<Area<B>, axes::Fails<B>> {
    area.draw(&Text::new(
        name.to_owned(),
        (theme.margin, theme.margin / 3),
        theme.bold(theme.label, INK),
    ))?;
    Ok(area.split_vertically(theme.margin / 3 + theme.label * 12 / 10).1)
}

/// Taps over their distance from the main tap, with their values where there is room.
fn stems<B: DrawingBackend>(area: &Area<B>, theme: &Theme, tdecq: &TdecqResult) -> DrawResult<B> {
    let area = heading(area, theme, "taps of the reference equaliser")?;
    let place = |i: usize| i as f64 - tdecq.main_tap as f64;
    let (low, high) =
        tdecq.taps.iter().fold((0f64, 1f64), |(low, high), &w| (low.min(w), high.max(w)));
    let room = 0.18 * (high - low);
    let marks: Vec<f64> = (0..tdecq.taps.len()).map(place).collect();
    let x = AxisStyle {
        name: "symbols from the main tap",
        range: place(0) - 0.6..place(tdecq.taps.len() - 1) + 0.6,
        ticks: marks.len(),
        marks: &marks,
        format: &|i| text::decimals(*i, 0),
    };
    let y = AxisStyle {
        name: "weight",
        range: low - room..high + room,
        ticks: 5,
        marks: &[],
        format: &|w| text::decimals(*w, 1),
    };
    let mut chart = axes::chart(&area, theme, &x, &y, Room::default())?;
    axes::mesh(&mut chart, theme, &x, &y, true)?;
    chart.draw_series([PathElement::new(
        vec![(x.range.start, 0.0), (x.range.end, 0.0)],
        theme.hair(INK),
    )])?;
    let cell = chart.plotting_area().dim_in_pixel().0 as f64 / (tdecq.taps.len() as f64 + 0.2);
    let style = theme.text(theme.tick * 9 / 10, INK);
    let fits = |digits: usize| -> Result<bool, axes::Fails<B>> {
        Ok(f64::from(area.estimate_text_size(&text::decimals(-0.8888, digits), &style)?.0) < cell)
    };
    let digits = if fits(3)? { Some(3) } else { fits(2)?.then_some(2) };
    for (i, &w) in tdecq.taps.iter().enumerate() {
        let colour = if i == tdecq.main_tap { RED } else { BLUE };
        chart.draw_series([PathElement::new(
            vec![(place(i), 0.0), (place(i), w)],
            colour.stroke_width(theme.line + 2),
        )])?;
        chart.draw_series([Circle::new((place(i), w), theme.tick / 4, colour.filled())])?;
        let (by, anchor) =
            if w < 0.0 { (theme.tick / 3, VPos::Top) } else { (-theme.tick / 3, VPos::Bottom) };
        if let Some(digits) = digits.or_else(|| (i == tdecq.main_tap).then_some(3)) {
            axes::note(
                &area,
                &chart,
                (place(i), w),
                (0, by),
                &text::decimals(w, digits),
                style.clone(),
                (HPos::Center, anchor),
            )?;
        }
    }
    Ok(())
}
