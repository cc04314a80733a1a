//! The equaliser with the smallest TDECQ: a start by least squares, then TDECQ itself.

use super::Reference;
use super::closure::{Borne, Eye, Rows, Setting};
use crate::math::fir::lags_add;
use crate::math::least_squares::solve;
use crate::math::minimax::{HalfSpace, Point, minimise};

/// Instants tried for the start: steps of one symbol period. A step is about the distance of a window from the centre.
const INSTANTS: usize = 16;
const MIDDLE: usize = INSTANTS / 2;
/// How far the windows may move from the start, symbol periods.
const CENTRE_REACH_UI: f64 = 0.15;
/// Foreseen gain at which the search ends, neper of the noise: 4e-6 dB. Ceq is flatter: a tenth of the root of it.
const TOLERANCE: f64 = 1e-6;
/// The start expects this part of an ideal eye's noise: 1.5 dB of TDECQ.
const EXPECTED: f64 = 0.7;
/// Second-best places of the largest tap are searched as well when their start is this near, neper: 0.1 dB.
const NEAR: f64 = 0.02;
/// Curvature of the logarithm of the noise with the centre at the start, per square symbol period: any guess of its order.
const CENTRE_CURVATURE: f64 = 30.0;
/// A closed eye is opened at error ratios that fall by this factor, from at most the largest on.
const TARGET_FACTOR: f64 = 4.0;
const LARGEST_TARGET: f64 = 0.3;

/// The variables of the search, in order: all taps but the largest, feedback, thresholds, centre.
///
/// The largest tap follows from the sum: `w = 1 + b - sum of the others`.
struct Variables {
    taps: usize,
    main: usize,
    dfe: bool,
    shifts: bool,
    centre_ui: f64,
}

impl Variables {
    fn count(&self) -> usize {
        self.linear() + if self.shifts { 3 } else { 0 } + 1
    }

    /// Those that the output is linear in: taps and feedback.
    fn linear(&self) -> usize {
        self.taps - 1 + usize::from(self.dfe)
    }

    fn setting(&self, x: &[f64]) -> Setting {
        let (others, rest) = x.split_at(self.taps - 1);
        let (dfe, rest) = if self.dfe { (rest[0], &rest[1..]) } else { (0.0, rest) };
        let shifts = if self.shifts { [rest[0], rest[1], rest[2]] } else { [0.0; 3] };
        let mut taps = others.to_vec();
        taps.insert(self.main, 1.0 + dfe - others.iter().sum::<f64>());
        Setting { taps, main: self.main, dfe, shifts, centre_ui: self.centre_ui + x[x.len() - 1] }
    }

    /// A gradient by taps and feedback as one by variables.
    fn reduced(&self, taps: &[f64], dfe: f64) -> Vec<f64> {
        let others = taps.iter().enumerate().filter(|(i, _)| *i != self.main).map(|(_, d)| d - taps[self.main]);
        others.chain(self.dfe.then_some(dfe + taps[self.main])).collect()
    }

    fn point(&self, borne: &Borne) -> Point {
        let gradient = |s: &super::closure::Slope| {
            let mut all = self.reduced(&s.taps, s.dfe);
            all.extend(if self.shifts { &s.shifts[..] } else { &[] });
            all.push(s.centre_ui);
            all
        };
        Point { values: borne.sigma.iter().map(|s| -s.ln()).collect(), gradients: borne.slopes.iter().map(gradient).collect() }
    }

    /// Every limit of the reference.
    fn constraints(&self, reference: &Reference) -> Vec<HalfSpace> {
        let mut all = Vec::new();
        let mut add = |taps: &[(usize, f64)], dfe: f64, limit: f64| {
            let mut row = vec![0.0; self.taps];
            taps.iter().for_each(|&(i, a)| row[i] += a);
            let mut normal = self.reduced(&row, dfe);
            normal.resize(self.count(), 0.0);
            all.push(HalfSpace { normal, limit: limit - row[self.main] });
        };
        let m = self.main;
        let limits = reference.tap_limits;
        for i in (0..self.taps).filter(|&i| i != m) {
            let [low, high] = limits.map_or([-1.0, 1.0], |l| l.ratio(i.abs_diff(m)));
            add(&[(i, 1.0), (m, -high)], 0.0, 0.0);
            add(&[(i, -1.0), (m, low)], 0.0, 0.0);
        }
        add(&[(m, -1.0)], 0.0, -limits.map_or(reference.main_tap_min, |l| l.main[0]));
        if let Some(limits) = limits {
            add(&[(m, 1.0)], 0.0, limits.main[1]);
            if m > 0 && m + 1 < self.taps {
                add(&[(m + 1, 1.0), (m - 1, -1.0), (m, -limits.difference)], 0.0, 0.0);
                add(&[(m + 1, -1.0), (m - 1, 1.0), (m, -limits.difference)], 0.0, 0.0);
            }
        }
        if self.dfe {
            add(&[], 1.0, reference.dfe_max);
            add(&[], -1.0, 0.0);
        }
        let free = (self.linear()..self.count() - 1).map(|i| (i, reference.threshold_adjust));
        for (i, reach) in free.chain([(self.count() - 1, CENTRE_REACH_UI)]) {
            for sign in [1.0, -1.0] {
                let mut normal = vec![0.0; self.count()];
                normal[i] = sign;
                all.push(HalfSpace { normal, limit: reach });
            }
        }
        all
    }
}

/// Mean square error behind the equaliser as a quadratic form of taps and feedback.
///
/// ```text
/// E(v) = v' A v - 2 c . v + e,   v = (taps, feedback)
/// ```
struct SquareError {
    /// Correlation of the waveform with itself, by lag.
    own: Vec<f64>,
    /// With what was sent, and with what is fed back, by tap.
    sent: Vec<f64>,
    fed_back: Vec<f64>,
    sent_power: f64,
    fed_back_power: f64,
    both: f64,
}

impl SquareError {
    fn new(eye: &Eye<'_>, sent: &[f32], centre_ui: f64) -> Self {
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

    /// Curvature (half of it) and gradient at no equalisation, in a search's linear variables, noise of `variance` included;
    /// and the error without equalisation.
    fn quadratic(&self, v: &Variables, eye: &Eye<'_>, variance: f64) -> (Vec<f64>, Vec<f64>, f64) {
        let n = v.taps;
        // tap i sees the waveform i - main symbols earlier
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
        let taps: Vec<f64> = rows.iter().enumerate().map(|(i, (_, main))| main - seen(&self.sent, i)).collect();
        let gradient = v.reduced(&taps, self.both - seen(&self.fed_back, v.main));
        let error = rows[v.main].1 - 2.0 * seen(&self.sent, v.main) + self.sent_power;
        (curvature, gradient, error)
    }
}

/// Least error that taps without limits reach, of a quadratic form.
fn least((curvature, gradient, error): &(Vec<f64>, Vec<f64>, f64)) -> f64 {
    let slope: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let step = if slope.is_empty() { Some(Vec::new()) } else { solve(curvature, &slope) };
    step.map_or(f64::INFINITY, |x| error + x.iter().zip(gradient).map(|(x, g)| x * g).sum::<f64>())
}

/// A place of the largest tap with its start.
struct Start {
    variables: Variables,
    constraints: Vec<HalfSpace>,
    curvature: Vec<f64>,
    x: Vec<f64>,
}

/// Starts for every place that the largest tap may have: least squares within the limits, at the instant of least error and
/// in the middle of the symbols.
fn starts(eye: &Eye<'_>, reference: &Reference) -> Vec<Start> {
    let variance = (EXPECTED / (6.0 * reference.qt())).powi(2);
    let sent = eye.sent();
    let instants = (0..=INSTANTS).map(|i| i as f64 / INSTANTS as f64 - 0.5);
    let errors: Vec<(f64, SquareError)> = instants.map(|t| (t, SquareError::new(eye, &sent, t))).collect();
    let both = |main: usize| {
        let variables = |centre_ui| Variables {
            taps: reference.taps,
            main,
            dfe: reference.dfe_max > 0.0,
            shifts: reference.threshold_adjust > 0.0,
            centre_ui,
        };
        let forms: Vec<_> = errors.iter().map(|(t, error)| (*t, error.quadratic(&variables(*t), eye, variance))).collect();
        // at the windows, not between them
        let score = |i: usize| 0.5 * (least(&forms[i - 1].1) + least(&forms[i + 1].1));
        let least_error = (1..INSTANTS).min_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap_or(MIDDLE);
        let chosen = [Some(MIDDLE), Some(least_error).filter(|&i| i != MIDDLE)].into_iter().flatten();
        chosen.filter_map(|i| start(variables(forms[i].0), &forms[i].1, variance, reference)).collect::<Vec<_>>()
    };
    (0..=reference.most_precursors).flat_map(both).collect()
}

/// Least squares within the limits.
fn start(
    variables: Variables,
    (curvature, gradient, _): &(Vec<f64>, Vec<f64>, f64),
    variance: f64,
    reference: &Reference,
) -> Option<Start> {
    let (m, count) = (variables.linear(), variables.count());
    let mut full = vec![0.0; count * count];
    for i in 0..count {
        for j in 0..m.min(count) {
            if i < m {
                full[i * count + j] = curvature[i * m + j] / variance;
            }
        }
        if i >= m {
            full[i * count + i] = if i + 1 == count { CENTRE_CURVATURE } else { 1.0 / (3.0 * variance) };
        }
    }
    let constraints = variables.constraints(reference);
    let bowl = |x: &[f64]| {
        let along = |i: usize| (0..count).map(|j| full[i * count + j] * x[j]).sum::<f64>();
        let pull = |i: usize| gradient.get(i).map_or(0.0, |g| g / variance);
        let value = (0..count).map(|i| x[i] * (0.5 * along(i) + pull(i))).sum();
        Some(Point { values: vec![value], gradients: vec![(0..count).map(|i| along(i) + pull(i)).collect()] })
    };
    let (x, _) = minimise(&vec![0.0; count], &constraints, &full, TOLERANCE, bowl)?;
    Some(Start { variables, constraints, curvature: full, x })
}

/// The setting that bears most noise at the reference's target; `None` for an eye that stays closed.
pub(super) fn best(eye: &Eye<'_>, reference: &Reference, rows: &mut Rows) -> Option<(Setting, Borne)> {
    let mut starts = starts(eye, reference);
    let worst = |b: &Borne| b.sigma[0].min(b.sigma[1]);
    let mut target = reference.target_ser;
    // a closed start is measured at a larger error ratio
    let measured = loop {
        let open = |s: &Start, rows: &mut Rows| eye.borne(&s.variables.setting(&s.x), target, rows).map(|b| worst(&b).ln());
        let measured: Vec<Option<f64>> = starts.iter().map(|s| open(s, rows)).collect();
        if measured.iter().any(Option::is_some) {
            break measured;
        }
        target *= TARGET_FACTOR;
        if target > LARGEST_TARGET {
            return None;
        }
    };
    let top = measured.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    // the better instant for each place
    let better = |i: usize, m: f64| {
        (0..starts.len())
            .all(|j| j == i || starts[j].variables.main != starts[i].variables.main || measured[j].is_none_or(|other| other < m))
    };
    let kept: Vec<bool> = measured.iter().enumerate().map(|(i, m)| m.is_some_and(|m| m > top - NEAR && better(i, m))).collect();
    let mut kept = kept.into_iter();
    starts.retain(|_| kept.next().unwrap_or(false));
    let optimum = |start: Start| {
        let (variables, mut x, mut target) = (&start.variables, start.x, target);
        loop {
            let functions = |x: &[f64]| Some(variables.point(&eye.borne(&variables.setting(x), target, rows)?));
            x = minimise(&x, &start.constraints, &start.curvature, TOLERANCE, functions)?.0;
            if target <= reference.target_ser {
                let setting = variables.setting(&x);
                let borne = eye.borne(&setting, target, rows)?;
                return Some((setting, borne));
            }
            target = (target / TARGET_FACTOR).max(reference.target_ser);
        }
    };
    starts.into_iter().filter_map(optimum).max_by(|a, b| worst(&a.1).total_cmp(&worst(&b.1)))
}
