//! Starting points for the best equaliser, by least squares.

use super::eye_closure::EyeUnderNoise;
use super::reference::Reference;
use super::variables::Variables;
use crate::math::fir::lags_add;
use crate::math::least_squares::solve;
use crate::math::minimax::{HalfSpace, MinimaxPoint, minimise};

/// Instants tried, steps of one symbol period. A step is about the distance of a window from the
/// centre.
const INSTANTS: usize = 16;
const MIDDLE: usize = INSTANTS / 2;
/// Expected noise relative to an ideal eye's: 1.5 dB of TDECQ.
const EXPECTED: f64 = 0.7;
/// Curvature of the logarithm of the noise with the centre, per square symbol period: any guess of
/// its order.
const CENTRE_CURVATURE: f64 = 30.0;
/// Accuracy of the least squares, neper of the noise; the search goes on from there.
const TOLERANCE: f64 = 1e-6;

/// Mean square error after the equaliser as a quadratic form of taps and feedback.
///
/// ```text
/// E(v) = v' A v - 2 c . v + e,   v = (taps, feedback)
/// ```
struct SquareError {
    /// Correlation of the waveform with itself, by lag.
    own: Vec<f64>,
    /// Correlation with the transmitted and with the fed-back levels, by tap.
    sent: Vec<f64>,
    fed_back: Vec<f64>,
    sent_power: f64,
    fed_back_power: f64,
    both: f64,
}

impl SquareError {
    fn new(eye: &EyeUnderNoise<'_>, sent: &[f32], centre_ui: f64) -> Self {
        let (n, u) = (sent.len(), eye.instant(centre_ui));
        let lags = |g: &[f32], x: &[f32], count: usize| -> Vec<f64> {
            let mut out = vec![0.0; count];
            lags_add(g, x, &mut out);
            out.iter().map(|sum| sum / n as f64).collect()
        };
        let one = |a: &[f32], b: &[f32]| lags(a, b, 1)[0];
        SquareError {
            own: lags(&u[eye.pad..eye.pad + n], &u[eye.pad..], eye.pad + 1),
            sent: lags(sent, &u, 2 * eye.pad + 1),
            fed_back: lags(&eye.fed_back, &u, 2 * eye.pad + 1),
            sent_power: one(sent, sent),
            fed_back_power: one(&eye.fed_back, &eye.fed_back),
            both: one(sent, &eye.fed_back),
        }
    }

    /// The same in a search's linear variables about no equalisation, noise of `variance` included.
    fn quadratic(&self, v: &Variables, eye: &EyeUnderNoise<'_>, variance: f64) -> Quadratic {
        let n = v.taps;
        // tap i takes the waveform i - main symbols earlier
        let seen = |all: &[f64], i: usize| all[(all.len() - 1) / 2 + v.main - i];
        let unit = |i: usize| {
            let mut w = vec![0.0; n];
            w[i] = 1.0;
            eye.noise_gain(&w).1.iter().map(|g| 0.5 * variance * g).collect::<Vec<f64>>()
        };
        let row = |i: usize| {
            let noise = unit(i);
            let taps: Vec<f64> = (0..n).map(|j| self.own[i.abs_diff(j)] + noise[j]).collect();
            (v.reduced(&taps, -seen(&self.fed_back, i)), taps[v.main])
        };
        let rows: Vec<(Vec<f64>, f64)> = (0..n).map(row).collect();
        let feedback_row = {
            let taps: Vec<f64> = (0..n).map(|j| -seen(&self.fed_back, j)).collect();
            v.reduced(&taps, self.fed_back_power)
        };
        let m = v.linear();
        let mut curvature = Vec::with_capacity(m * m);
        for column in 0..m {
            let taps: Vec<f64> = rows.iter().map(|(row, _)| row[column]).collect();
            curvature.extend(v.reduced(&taps, feedback_row[column]));
        }
        let taps: Vec<f64> =
            rows.iter().enumerate().map(|(i, (_, main))| main - seen(&self.sent, i)).collect();
        let gradient = v.reduced(&taps, self.both - seen(&self.fed_back, v.main));
        let error = rows[v.main].1 - 2.0 * seen(&self.sent, v.main) + self.sent_power;
        Quadratic { curvature, gradient, error }
    }
}

/// `error + 2 gradient . x + x' curvature x`.
struct Quadratic {
    curvature: Vec<f64>,
    gradient: Vec<f64>,
    error: f64,
}

impl Quadratic {
    /// Minimum, without limits.
    fn least(&self) -> f64 {
        if self.gradient.is_empty() {
            return self.error;
        }
        let slope: Vec<f64> = self.gradient.iter().map(|g| -g).collect();
        let gain = |x: Vec<f64>| x.iter().zip(&self.gradient).map(|(x, g)| x * g).sum::<f64>();
        solve(&self.curvature, &slope).map_or(f64::INFINITY, |x| self.error + gain(x))
    }
}

/// Start of a search.
pub(super) struct SearchStart {
    pub(super) variables: Variables,
    pub(super) constraints: Vec<HalfSpace>,
    /// Curvature of the logarithm of the tolerated noise, row by row.
    pub(super) curvature: Vec<f64>,
    pub(super) x: Vec<f64>,
}

/// Starts for every place that the largest tap may have: least squares within the limits, in the
/// middle of the symbols and at the instant of least error.
pub(super) fn starts(eye: &EyeUnderNoise<'_>, reference: &Reference) -> Vec<Vec<SearchStart>> {
    let variance = (EXPECTED / (6.0 * reference.qt())).powi(2);
    let sent = eye.sent();
    let instants = (0..=INSTANTS).map(|i| i as f64 / INSTANTS as f64 - 0.5);
    let errors: Vec<(f64, SquareError)> =
        instants.map(|t| (t, SquareError::new(eye, &sent, t))).collect();
    let place = |main: usize| {
        let variables = |i: usize| Variables::new(reference, main, errors[i].0);
        let form = |i: usize| errors[i].1.quadratic(&variables(i), eye, variance);
        let least: Vec<f64> = (0..errors.len()).map(|i| form(i).least()).collect();
        // at the windows, not between them
        let score = |i: usize| least[i - 1] + least[i + 1];
        let chosen =
            (1..INSTANTS).min_by(|&a, &b| score(a).total_cmp(&score(b))).filter(|&i| i != MIDDLE);
        let instants = [Some(MIDDLE), chosen].into_iter().flatten();
        instants.filter_map(|i| start(variables(i), &form(i), variance, reference)).collect()
    };
    (0..=reference.most_precursors).map(place).collect()
}

/// Least squares within the limits.
fn start(
    variables: Variables,
    form: &Quadratic,
    variance: f64,
    reference: &Reference,
) -> Option<SearchStart> {
    let (m, count) = (variables.linear(), variables.count());
    let mut curvature = vec![0.0; count * count];
    for i in 0..m {
        let row = form.curvature[i * m..(i + 1) * m].iter().map(|c| c / variance);
        curvature[i * count..].iter_mut().zip(row).for_each(|(to, c)| *to = c);
    }
    for i in m..count {
        curvature[i * count + i] =
            if i + 1 == count { CENTRE_CURVATURE } else { 1.0 / (3.0 * variance) };
    }
    let constraints = variables.constraints(reference);
    let bowl = |x: &[f64]| {
        let along = |i: usize| (0..count).map(|j| curvature[i * count + j] * x[j]).sum::<f64>();
        let pull = |i: usize| form.gradient.get(i).map_or(0.0, |g| g / variance);
        let value = (0..count).map(|i| x[i] * (0.5 * along(i) + pull(i))).sum();
        Some(MinimaxPoint {
            values: vec![value],
            gradients: vec![(0..count).map(|i| along(i) + pull(i)).collect()],
        })
    };
    let (x, _) = minimise(&vec![0.0; count], &constraints, &curvature, TOLERANCE, bowl)?;
    Some(SearchStart { variables, constraints, curvature, x })
}
