//! Assignment of the axes to the sides of a figure.

use super::axis::ChartAxis;
use crate::error::{Error, KeyPath, Problems, Result};

/// Largest number of curves, which is also that of the values of a list with a curve each.
const CURVES_MAX: usize = 8;
/// Largest number of names along a side.
const NAMES_MAX: usize = 16;

/// Axis of each side, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Curves over one axis, one for every lane.
    Lanes { along: usize },
    /// Curves over one axis, one for each value of the other.
    Curves { along: usize, each: usize },
    /// Heat map over two axes of numbers.
    HeatMap { along: usize, up: usize },
}

impl Layout {
    /// The layout for some axes.
    ///
    /// # Errors
    ///
    /// Axes that do not fit a figure of two sides.
    pub(super) fn of(axes: &[ChartAxis]) -> Result<Layout> {
        let varying: Vec<usize> = (0..axes.len()).filter(|&i| axes[i].count() > 1).collect();
        let layout = match varying[..] {
            [] => {
                return Err(refused(
                    "needs an axis of two values or more; here no axis varies".to_owned(),
                ));
            }
            [along] => Layout::Lanes { along },
            [a, b] => match (is_few(&axes[a]), is_few(&axes[b])) {
                (false, false) if axes[a].is_numeric() && axes[b].is_numeric() => {
                    Layout::HeatMap { along: a, up: b }
                }
                // names are horizontal only where no other axis varies
                _ if !axes[a].is_numeric() && axes[b].is_numeric() => {
                    Layout::Curves { along: b, each: a }
                }
                _ if axes[a].is_numeric() && !axes[b].is_numeric() => {
                    Layout::Curves { along: a, each: b }
                }
                (true, false) => Layout::Curves { along: b, each: a },
                (false, true) => Layout::Curves { along: a, each: b },
                _ if axes[a].count() < axes[b].count() => Layout::Curves { along: b, each: a },
                _ => Layout::Curves { along: a, each: b },
            },
            _ => {
                let names: Vec<String> = varying.iter().map(|&i| axes[i].key.clone()).collect();
                let remedy = format!(
                    "shows two axes that vary, here are {}: {}; give the others one value each, or draw them one by one",
                    names.len(),
                    names.join(", ")
                );
                return Err(refused(remedy));
            }
        };
        layout.check(axes)?;
        Ok(layout)
    }

    fn check(self, axes: &[ChartAxis]) -> Result<()> {
        let (sides, each) = match self {
            Layout::Lanes { along } => (vec![along], None),
            Layout::Curves { along, each } => (vec![along], Some(each)),
            Layout::HeatMap { along, up } => (vec![along, up], None),
        };
        if let Some(axis) = each.map(|i| &axes[i]).filter(|axis| axis.count() > CURVES_MAX) {
            return Err(refused(format!(
                "has room for {CURVES_MAX} curves, and {} has {} names",
                axis.key,
                axis.count()
            )));
        }
        for axis in sides.into_iter().map(|i| &axes[i]) {
            if !axis.is_numeric() {
                if axis.count() > NAMES_MAX {
                    return Err(refused(format!(
                        "has room for {NAMES_MAX} names, and {} has {}",
                        axis.key,
                        axis.count()
                    )));
                }
                continue;
            }
            let places = axis.places();
            if let Some(twice) = places.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(refused(format!(
                    "needs each value once, and {} has {} twice",
                    axis.key, twice[0].0
                )));
            }
        }
        Ok(())
    }
}

/// True if every value can have a curve: names, or a short list.
fn is_few(axis: &ChartAxis) -> bool {
    !axis.is_numeric() || (axis.is_list && axis.count() <= CURVES_MAX)
}

fn refused(remedy: String) -> Error {
    let mut problems = Problems::new();
    problems.report(&KeyPath::root(), "a figure", "", remedy);
    Error::Input(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scale::ScaleKind;
    use crate::sweep::Axis;

    fn axis(text: &str) -> ChartAxis {
        Axis::parse(text).unwrap().charted()
    }

    fn layout(axes: &[&str]) -> std::result::Result<Layout, String> {
        let axes: Vec<ChartAxis> = axes.iter().map(|text| axis(text)).collect();
        Layout::of(&axes).map_err(|error| error.to_string())
    }

    const LENGTH: &str = "fibre.length_km=0:2:0.1";
    const BANDWIDTH: &str = "receiver.tia.bandwidth_ghz=40:80:10";
    const KIND: &str = "transmitter.kind=eml,mzm";

    #[test]
    fn numbers_lie_along_and_names_and_short_lists_have_a_curve_each() {
        for (axes, expected) in [
            (&[LENGTH][..], Layout::Lanes { along: 0 }),
            (&[KIND], Layout::Lanes { along: 0 }),
            (&["lanes=1", LENGTH], Layout::Lanes { along: 1 }),
            (&[LENGTH, BANDWIDTH], Layout::HeatMap { along: 0, up: 1 }),
            (&[KIND, LENGTH], Layout::Curves { along: 1, each: 0 }),
            (&[LENGTH, "receiver.dsp.ffe.taps=11,21"], Layout::Curves { along: 0, each: 1 }),
            (&["receiver.dsp.ffe.taps=11,21", LENGTH], Layout::Curves { along: 1, each: 0 }),
            (
                &["receiver.dsp.ffe.taps=11,21", "fibre.length_km=1,2,3"],
                Layout::Curves { along: 1, each: 0 },
            ),
            (&["receiver.dsp.ffe.taps=11,21", KIND], Layout::Curves { along: 0, each: 1 }),
            (&[KIND, "pattern.kind=ssprq,prbs13q"], Layout::Curves { along: 0, each: 1 }),
        ] {
            assert_eq!(layout(axes), Ok(expected), "{axes:?}");
        }
    }

    #[test]
    fn what_no_figure_can_show_is_refused_with_the_remedy() {
        for (axes, expected) in [
            (&["lanes=1"][..], "a figure: needs an axis of two values or more"),
            (
                &[LENGTH, BANDWIDTH, KIND],
                "here are 3: fibre.length_km, receiver.tia.bandwidth_ghz, transmitter.kind; give",
            ),
            (&["simulation.seed=1,2,1"], "simulation.seed has 1 twice"),
            (
                &[LENGTH, "receiver.dsp.ffe.adaptation=lms,lms,lms,lms,lms,lms,lms,lms,lms"],
                "has room for 8 curves",
            ),
        ] {
            let said = layout(axes).unwrap_err();
            assert!(said.contains(expected), "{axes:?}: {said}");
        }
    }

    #[test]
    fn an_axis_of_equal_ratios_or_a_list_over_decades_is_logarithmic() {
        for (axis, expected) in [
            ("fibre.length_km=1:8:4log", ScaleKind::Logarithmic),
            ("limits.pmd_ber=1e-5,1e-4,1e-3", ScaleKind::Logarithmic),
            ("fibre.length_km=1,2,3", ScaleKind::Linear),
            ("fibre.length_km=0,1,100", ScaleKind::Linear),
            (KIND, ScaleKind::Categories(vec!["EML".into(), "MZM".into()])),
        ] {
            assert_eq!(self::axis(axis).scale().kind, expected, "{axis}");
        }
    }
}
