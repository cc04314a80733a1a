//! The equaliser with the smallest TDECQ.

use super::eye_closure::{Borne, EyeUnderNoise, Rows, Setting};
use super::reference::Reference;
use super::start::{SearchStart, starts};
use crate::math::minimax::minimise;
use crate::run_options::CancelToken;

/// Predicted gain at which the search ends, neper of the noise: 4e-6 dB. Ceq is flatter: known to
/// about 0.01 dB.
const TOLERANCE: f64 = 1e-6;
/// Second-best places of the largest tap are searched as well when their start is this near, neper:
/// 0.1 dB.
const NEAR: f64 = 0.02;
/// A closed eye is opened at error ratios that fall by this factor, from at most the largest on.
const TARGET_FACTOR: f64 = 4.0;
const LARGEST_TARGET: f64 = 0.3;

/// The setting that tolerates the most noise at the target of the reference; `None` for an eye that
/// stays closed, and once `cancel` is cancelled.
pub(super) fn best(
    eye: &EyeUnderNoise<'_>,
    reference: &Reference,
    rows: &mut Rows,
    cancel: &CancelToken,
) -> Option<(Setting, Borne)> {
    let (target, kept) = opened(eye, reference, rows, cancel)?;
    let optima =
        kept.into_iter().filter_map(|start| optimum(eye, reference, start, target, rows, cancel));
    optima.max_by(|a, b| worst(&a.1).total_cmp(&worst(&b.1)))
}

/// The noise that both windows tolerate.
fn worst(borne: &Borne) -> f64 {
    borne.sigma[0].min(borne.sigma[1])
}

/// The starts that are searched, and the error ratio at which the first of them has an open eye.
fn opened(
    eye: &EyeUnderNoise<'_>,
    reference: &Reference,
    rows: &mut Rows,
    cancel: &CancelToken,
) -> Option<(f64, Vec<SearchStart>)> {
    let places = starts(eye, reference);
    let mut target = reference.target_ser;
    let measured = loop {
        let mut measure = |s: &SearchStart| {
            if cancel.is_cancelled() {
                return None;
            }
            eye.borne(&s.variables.setting(&s.x), target, rows).map(|b| worst(&b).ln())
        };
        let measured: Vec<Vec<Option<f64>>> =
            places.iter().map(|place| place.iter().map(&mut measure).collect()).collect();
        if measured.iter().flatten().any(Option::is_some) {
            break measured;
        }
        target *= TARGET_FACTOR;
        if target > LARGEST_TARGET {
            return None;
        }
    };
    let top = measured.iter().flatten().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let better = |(place, measured): (Vec<SearchStart>, Vec<Option<f64>>)| {
        let open = place.into_iter().zip(measured).filter_map(|(start, m)| Some((m?, start)));
        open.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(m, _)| *m > top - NEAR)
    };
    Some((
        target,
        places.into_iter().zip(measured).filter_map(better).map(|(_, start)| start).collect(),
    ))
}

/// Searches from one start, at error ratios that fall to the reference's.
fn optimum(
    eye: &EyeUnderNoise<'_>,
    reference: &Reference,
    start: SearchStart,
    mut target: f64,
    rows: &mut Rows,
    cancel: &CancelToken,
) -> Option<(Setting, Borne)> {
    let (variables, mut x) = (&start.variables, start.x);
    loop {
        let functions = |x: &[f64]| {
            let borne = (!cancel.is_cancelled())
                .then(|| eye.borne(&variables.setting(x), target, rows))
                .flatten()?;
            Some(variables.point(&borne))
        };
        x = minimise(&x, &start.constraints, &start.curvature, TOLERANCE, functions)?.0;
        if target <= reference.target_ser {
            let setting = variables.setting(&x);
            let borne = eye.borne(&setting, target, rows)?;
            return Some((setting, borne));
        }
        target = (target / TARGET_FACTOR).max(reference.target_ser);
    }
}
