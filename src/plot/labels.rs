//! Labels on lines, without overlap.

use super::axes::{Chart, Fails};
use super::figure::Area;
use super::theme::PAPER;
use super::theme::Theme;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Heights written on their lines, without overlap.
#[derive(Default)]
pub(super) struct Labels {
    /// Left, top, right, bottom.
    taken: Vec<[i32; 4]>,
}

impl Labels {
    /// Writes a label on the line at a free position, if there is one.
    pub(super) fn on<B: DrawingBackend>(
        &mut self,
        body: &Area<B>,
        chart: &Chart<'_, B>,
        theme: &Theme,
        line: &[(f64, f64)],
        text: &str,
        colour: RGBColor,
    ) -> Result<(), Fails<B>> {
        let style = theme.text(theme.tick * 9 / 10, colour);
        let (width, height) = body.estimate_text_size(text, &style)?;
        let (half, tall) = (width as i32 / 2 + theme.tick / 4, height as i32 / 2 + theme.tick / 6);
        let (x, y) = chart.plotting_area().get_pixel_range();
        let origin = body.get_pixel_range();
        let pixels: Vec<(i32, i32)> =
            line.iter().map(|point| chart.plotting_area().map_coordinate(point)).collect();
        let (wide, high) = (pixels.iter().map(|p| p.0), pixels.iter().map(|p| p.1));
        let extent = |low: Option<i32>, high: Option<i32>| high.unwrap_or(0) - low.unwrap_or(0);
        if extent(wide.clone().min(), wide.max()).max(extent(high.clone().min(), high.max()))
            < 2 * half
        {
            return Ok(()); // a label would hide the line
        }
        for part in [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9] {
            let (px, py) = pixels[(part * (pixels.len() - 1) as f64) as usize];
            let area = [px - half, py - tall, px + half, py + tall];
            let inside =
                area[0] > x.start && area[2] < x.end && area[1] > y.start && area[3] < y.end;
            if !inside
                || self
                    .taken
                    .iter()
                    .any(|t| t[0] < area[2] && area[0] < t[2] && t[1] < area[3] && area[1] < t[3])
            {
                continue;
            }
            self.taken.push(area);
            let at = |x: i32, y: i32| (x - origin.0.start, y - origin.1.start);
            body.draw(&Rectangle::new(
                [at(area[0], area[1]), at(area[2], area[3])],
                PAPER.mix(0.8).filled(),
            ))?;
            return body.draw(&Text::new(
                text.to_owned(),
                at(px, py),
                style.pos(Pos::new(HPos::Center, VPos::Center)),
            ));
        }
        Ok(())
    }
}

/// Places near some ascending ones, at least `gap` apart and within a range where there is room.
pub(super) fn spread(places: &[i32], gap: i32, range: std::ops::Range<i32>) -> Vec<i32> {
    // groups of labels that touch, each around the mean of its members' places
    let mut groups: Vec<(f64, i32)> = Vec::new();
    let half = |count: i32| f64::from((count - 1) * gap) / 2.0;
    let within = |middle: f64, count: i32| {
        let most = f64::from(range.end) - half(count);
        middle.min(most).max(f64::from(range.start) + half(count))
    };
    for &place in places {
        let (mut middle, mut count) = (within(f64::from(place), 1), 1);
        while let Some(&(before, members)) = groups.last() {
            if middle - half(count) - before - half(members) >= f64::from(gap) {
                break;
            }
            groups.pop();
            let sum = middle * f64::from(count) + before * f64::from(members);
            count += members;
            middle = within(sum / f64::from(count), count);
        }
        groups.push((middle, count));
    }
    let of_group = |&(middle, count): &(f64, i32)| {
        (0..count).map(move |i| (middle + f64::from(i * gap) - half(count)).round() as i32)
    };
    groups.iter().flat_map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_crowd_are_apart_and_the_others_where_they_belong() {
        assert_eq!(spread(&[10, 50, 90], 20, 0..100), [10, 50, 90]);
        assert_eq!(spread(&[49, 50, 51], 20, 0..100), [30, 50, 70]);
        assert_eq!(spread(&[0, 1], 20, 0..100), [0, 20]);
        assert_eq!(spread(&[95, 99], 20, 0..100), [80, 100]);
        assert_eq!(spread(&[10, 45, 46, 60], 20, 0..100), [10, 30, 50, 70]);
        assert_eq!(spread(&[], 20, 0..100), [0; 0]);
    }
}
