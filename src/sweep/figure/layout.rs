//! Which axis of a sweep lies along which side of a figure.

use super::words::{of_value, spoken};
use super::{Scale, Spacing};
use crate::error::{Error, Path, Problems, Result};
use crate::sweep::Axis;
use toml::Value;

/// Most curves, and most values of a list that become a curve each.
const MOST_CURVES: usize = 8;
/// Most names along a side.
const MOST_NAMES: usize = 16;
/// A list that spans this ratio is spread over decades.
const DECADES: f64 = 100.0;

/// Where the axes lie; indices of a sweep's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Over one axis, every lane.
    Lanes { along: usize },
    /// Over one axis, a curve for each value of the other.
    Curves { along: usize, each: usize },
    /// Over two axes of numbers.
    Map { along: usize, up: usize },
}

impl Layout {
    /// The layout of some axes.
    ///
    /// # Errors
    ///
    /// Axes that no figure of two sides can show.
    pub(super) fn of(axes: &[Axis]) -> Result<Layout> {
        let varying: Vec<usize> = (0..axes.len()).filter(|&i| axes[i].len() > 1).collect();
        let layout = match varying[..] {
            [] => {
                return Err(refused(
                    "needs an axis of two values or more; here nothing varies".to_owned(),
                ));
            }
            [along] => Layout::Lanes { along },
            [a, b] => match (is_few(&axes[a]), is_few(&axes[b])) {
                (false, false) if is_numeric(&axes[a]) && is_numeric(&axes[b]) => {
                    Layout::Map { along: a, up: b }
                }
                // names lie along only where there is nothing else to
                _ if !is_numeric(&axes[a]) && is_numeric(&axes[b]) => {
                    Layout::Curves { along: b, each: a }
                }
                _ if is_numeric(&axes[a]) && !is_numeric(&axes[b]) => {
                    Layout::Curves { along: a, each: b }
                }
                (true, false) => Layout::Curves { along: b, each: a },
                (false, true) => Layout::Curves { along: a, each: b },
                _ if axes[a].len() < axes[b].len() => Layout::Curves { along: b, each: a },
                _ => Layout::Curves { along: a, each: b },
            },
            _ => {
                let names: Vec<String> = varying.iter().map(|&i| axes[i].name()).collect();
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

    fn check(self, axes: &[Axis]) -> Result<()> {
        let (sides, each) = match self {
            Layout::Lanes { along } => (vec![along], None),
            Layout::Curves { along, each } => (vec![along], Some(each)),
            Layout::Map { along, up } => (vec![along, up], None),
        };
        if let Some(axis) = each.map(|i| &axes[i]).filter(|axis| axis.len() > MOST_CURVES) {
            return Err(refused(format!(
                "has room for {MOST_CURVES} curves, and {} has {} names",
                axis.name(),
                axis.len()
            )));
        }
        for axis in sides.into_iter().map(|i| &axes[i]) {
            if !is_numeric(axis) {
                if axis.len() > MOST_NAMES {
                    return Err(refused(format!(
                        "has room for {MOST_NAMES} names, and {} has {}",
                        axis.name(),
                        axis.len()
                    )));
                }
                continue;
            }
            let places = places(axis);
            if let Some(twice) = places.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(refused(format!(
                    "needs each value once, and {} has {} twice",
                    axis.name(),
                    twice[0].0
                )));
            }
        }
        Ok(())
    }
}

/// The places of an axis' values in ascending order, each with its index; of names, their indices.
pub(super) fn places(axis: &Axis) -> Vec<(f64, usize)> {
    let numeric = is_numeric(axis);
    let place =
        |i: usize| if numeric { number(&axis.value(i)).unwrap_or(f64::NAN) } else { i as f64 };
    let mut places: Vec<(f64, usize)> = (0..axis.len()).map(|i| (place(i), i)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    places
}

/// How a figure shows an axis.
pub(super) fn scale(axis: &Axis) -> Scale {
    let (quantity, unit) = spoken(&axis.name());
    let spacing = if !is_numeric(axis) {
        Spacing::Names((0..axis.len()).map(|i| of_value(&axis.value(i))).collect())
    } else if axis.is_logarithmic() || (axis.is_list() && spans_decades(axis)) {
        Spacing::Logarithmic
    } else {
        Spacing::Linear
    };
    Scale { quantity, unit, spacing }
}

/// A list of so few values, or of names, that each may have a curve.
fn is_few(axis: &Axis) -> bool {
    !is_numeric(axis) || (axis.is_list() && axis.len() <= MOST_CURVES)
}

fn is_numeric(axis: &Axis) -> bool {
    !axis.is_list() || (0..axis.len()).all(|i| number(&axis.value(i)).is_some())
}

fn spans_decades(axis: &Axis) -> bool {
    let places = places(axis);
    matches!((places.first(), places.last()), (Some((low, _)), Some((high, _))) if *low > 0.0 && high / low >= DECADES)
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64))
}

fn refused(remedy: String) -> Error {
    let mut problems = Problems::new();
    problems.report(&Path::root(), "a figure", "", remedy);
    Error::Input(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(axes: &[&str]) -> std::result::Result<Layout, String> {
        let axes: Vec<Axis> = axes.iter().map(|text| Axis::parse(text).unwrap()).collect();
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
            (&[LENGTH, BANDWIDTH], Layout::Map { along: 0, up: 1 }),
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
            ("fibre.length_km=1:8:4log", Spacing::Logarithmic),
            ("limits.pmd_ber=1e-5,1e-4,1e-3", Spacing::Logarithmic),
            ("fibre.length_km=1,2,3", Spacing::Linear),
            ("fibre.length_km=0,1,100", Spacing::Linear),
            (KIND, Spacing::Names(vec!["EML".into(), "MZM".into()])),
        ] {
            assert_eq!(scale(&Axis::parse(axis).unwrap()).spacing, expected, "{axis}");
        }
    }
}
