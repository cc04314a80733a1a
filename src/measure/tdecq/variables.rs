//! Free variables of the search for the best equaliser, within the limits of the reference.

use super::eye_closure::{Borne, ClosureSlope, Setting};
use super::reference::Reference;
use crate::math::minimax::{HalfSpace, MinimaxPoint};

/// Largest movement of the windows from the start, symbol periods.
const CENTRE_REACH_UI: f64 = 0.15;

/// The variables of the search, in order: all taps but the largest, feedback, thresholds, centre.
///
/// The largest tap follows from the sum: `w = 1 + b - sum of the others`.
pub(super) struct Variables {
    pub(super) taps: usize,
    pub(super) main: usize,
    dfe: bool,
    shifts: bool,
    centre_ui: f64,
}

impl Variables {
    /// Variables for a reference with the largest tap at `main`; the centre starts at `centre_ui`.
    pub(super) fn new(reference: &Reference, main: usize, centre_ui: f64) -> Self {
        let (dfe, shifts) = (reference.dfe_max > 0.0, reference.threshold_adjust > 0.0);
        Variables { taps: reference.taps, main, dfe, shifts, centre_ui }
    }

    /// Number of variables.
    pub(super) fn count(&self) -> usize {
        self.linear() + if self.shifts { 3 } else { 0 } + 1
    }

    /// Number of variables in which the output is linear: taps and feedback.
    pub(super) fn linear(&self) -> usize {
        self.taps - 1 + usize::from(self.dfe)
    }

    pub(super) fn setting(&self, x: &[f64]) -> Setting {
        let (others, rest) = x.split_at(self.taps - 1);
        let (dfe, rest) = if self.dfe { (rest[0], &rest[1..]) } else { (0.0, rest) };
        let shifts = if self.shifts { [rest[0], rest[1], rest[2]] } else { [0.0; 3] };
        let mut taps = others.to_vec();
        taps.insert(self.main, 1.0 + dfe - others.iter().sum::<f64>());
        Setting { taps, main: self.main, dfe, shifts, centre_ui: self.centre_ui + x[x.len() - 1] }
    }

    /// A gradient by taps and feedback as one by variables.
    pub(super) fn reduced(&self, taps: &[f64], dfe: f64) -> Vec<f64> {
        let others = taps
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != self.main)
            .map(|(_, d)| d - taps[self.main]);
        others.chain(self.dfe.then_some(dfe + taps[self.main])).collect()
    }

    pub(super) fn point(&self, borne: &Borne) -> MinimaxPoint {
        let gradient = |s: &ClosureSlope| {
            let mut all = self.reduced(&s.taps, s.dfe);
            all.extend(if self.shifts { &s.shifts[..] } else { &[] });
            all.push(s.centre_ui);
            all
        };
        MinimaxPoint {
            values: borne.sigma.iter().map(|s| -s.ln()).collect(),
            gradients: borne.slopes.iter().map(gradient).collect(),
        }
    }

    /// Every limit of the reference.
    pub(super) fn constraints(&self, reference: &Reference) -> Vec<HalfSpace> {
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
