//! Extrapolation of a measurement from its first frequency down to 0 Hz.

use super::grid::{delay_s, half_power};
use super::network::Network;
use super::quality::PASSIVE;
use crate::math::matrix::largest_singular_value;
use crate::measured::shown;
use crate::units::giga;
use nalgebra::{DMatrix, DVector};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Lowest frequencies that the law is fitted to.
const FITTED: usize = 12;
/// Terms of the law.
const TERMS: usize = 5;
/// Imaginary part of S at 0 Hz above which it cannot have been measured there.
const FALSE_DC: f64 = 0.01;
/// Distance of an element of S at 0 Hz from the law of its neighbours above which the row is not
/// believed: this (assumed), and this many times the distance of the first point above 0 Hz from
/// the law of the points above it, which is how well the law holds one step further on.
const FAR: f64 = 0.1;
const FAR_PER_STEP: f64 = 10.0;
/// Largest |S| of a row of zeros, and least |S| of the row above that makes it one.
const ZERO: f64 = 1e-7;
const PASSES: f64 = 0.01;
/// Largest number of points added below the first frequency.
const POINTS_MAX: usize = 1024;

/// A network from 0 Hz on.
#[derive(Clone, Debug, PartialEq)]
pub struct Completed {
    /// The network.
    pub network: Network,
    /// Notes on added and replaced points, for the user.
    pub notes: Vec<String>,
    /// True if S at 0 Hz is extrapolated, false if it is the file's own.
    pub dc_extrapolated: bool,
}

impl Network {
    /// The network from 0 Hz on, in steps no wider than its own first one (at most 1024 more).
    ///
    /// ```text
    /// S(s) = e^(-s tau) (c0 + c1 s^(1/2) + c2 s + c3 s^(3/2) + c4 s^2),   s = j 2 pi f,   c real
    /// ```
    ///
    /// fitted to each element at the twelve lowest frequencies, tau its delay there. Every term is
    /// analytic for Re s > 0 and real at 0 Hz, so the added points are causal; s^(1/2) is the skin
    /// effect's, whole powers a lumped circuit's. A point at 0 Hz is held against the law and kept;
    /// it is replaced, with a note, where its imaginary part is above 0.01 (an exporter wrote a
    /// low frequency as 0), where it is zero throughout above a row that is not, or where an
    /// element is further from the law than 0.1 and ten times the distance of the first point
    /// above 0 Hz from the law of the next twelve.
    ///
    /// Where the lowest frequency is passive, added points with a singular value above 1 are
    /// divided by it.
    ///
    /// # Limits
    ///
    /// Effects only below the first frequency above 0 Hz, such as a coupling capacitor's corner,
    /// are not seen.
    /// With fewer than three frequencies the lowest values are held.
    pub fn completed(&self) -> Completed {
        let (mut network, mut notes) = (self.clone(), Vec::new());
        if self.f_hz[0] == 0.0 {
            let size = self.ports() * self.ports();
            let Some(note) = self.false_dc() else {
                network.s[..size].iter_mut().for_each(|s| s.im = 0.0);
                return Completed { network, notes, dc_extrapolated: false };
            };
            notes.push(note);
            network.s.drain(..size);
            network.f_hz.remove(0);
        }
        let first_hz = network.f_hz[0];
        let step_hz = network.f_hz.get(1).map_or(first_hz, |second| second - first_hz);
        let count = ((first_hz / step_hz - 1e-5).ceil().max(1.0) as usize).min(POINTS_MAX);
        let below: Vec<f64> = (0..count).map(|i| first_hz * i as f64 / count as f64).collect();
        if notes.is_empty() {
            let (first, points) = (
                shown(first_hz / giga(1.0)),
                if count == 1 { "point".to_owned() } else { format!("{count} points") },
            );
            notes.push(format!("begins at {first} GHz: the {points} from 0 Hz on follow a causal law fitted to the lowest frequencies"));
        }
        let law = HalfPowerFit::new(&network.f_hz);
        let n = network.ports();
        let mut s = vec![Complex64::default(); count * n * n];
        for at in 0..n * n {
            let low: Vec<Complex64> = (0..law.f_hz.len()).map(|k| network.matrix(k)[at]).collect();
            for (k, value) in law.extrapolate(&low, &below).into_iter().enumerate() {
                s[k * n * n + at] = value;
            }
        }
        // a passive network stays so: the law knows nothing of it, and may leave a gain
        if largest_singular_value(network.matrix(0), n) <= PASSIVE {
            for matrix in s.chunks_exact_mut(n * n) {
                let gain = largest_singular_value(matrix, n).max(1.0);
                matrix.iter_mut().for_each(|s| *s /= gain);
            }
        }
        network.s.splice(0..0, s);
        network.f_hz.splice(0..0, below);
        Completed { network, notes, dc_extrapolated: true }
    }

    /// The reason not to believe the point at 0 Hz, which it has; `None` if there is none.
    fn false_dc(&self) -> Option<String> {
        let (n, points) = (self.ports(), self.f_hz.len());
        let dc = self.matrix(0);
        if points == 1 {
            return None;
        }
        let imaginary = dc.iter().map(|s| s.im.abs()).fold(0.0, f64::max);
        if imaginary > FALSE_DC {
            return Some(format!(
                "S at 0 Hz has an imaginary part of {imaginary:.3}, so it was not measured at 0 Hz: it is replaced"
            ));
        }
        let largest = |row: &[Complex64]| row.iter().map(|s| s.norm()).fold(0.0, f64::max);
        let next_ghz = shown(self.f_hz[1] / giga(1.0));
        if largest(dc) < ZERO && largest(self.matrix(1)) > PASSES {
            return Some(format!(
                "S at 0 Hz is zero throughout and that at {next_ghz} GHz is not: the row at 0 Hz is replaced by the law fitted to the lowest frequencies"
            ));
        }
        if points < 2 + TERMS {
            return None;
        }
        let (law, law_above) =
            (HalfPowerFit::new(&self.f_hz[1..]), HalfPowerFit::new(&self.f_hz[2..]));
        let expected = |law: &HalfPowerFit, first: usize, at: usize| {
            let low: Vec<Complex64> =
                (0..law.f_hz.len()).map(|k| self.matrix(first + k)[at]).collect();
            law.extrapolate(&low, &[self.f_hz[first - 1]])[0]
        };
        let excess = |at: usize| {
            let here = expected(&law, 1, at);
            let step = (expected(&law_above, 2, at) - self.matrix(1)[at]).norm();
            ((here - dc[at]).norm() - FAR - FAR_PER_STEP * step, here)
        };
        let (at, (excess, here)) =
            (0..n * n).map(|at| (at, excess(at))).max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))?;
        let (to, from) = (at / n + 1, at % n + 1);
        (excess > 0.0).then(|| {
            format!(
                "S{to}{from} at 0 Hz is {:.3} where the law fitted to the lowest frequencies gives {:.3}: the row at 0 Hz is replaced by the law",
                dc[at].re, here.re
            )
        })
    }
}

/// The law of one set of lowest frequencies.
struct HalfPowerFit {
    f_hz: Vec<f64>,
    terms: usize,
    fit: nalgebra::SVD<f64, nalgebra::Dyn, nalgebra::Dyn>,
}

impl HalfPowerFit {
    fn new(f_hz: &[f64]) -> Self {
        let f_hz = f_hz[..f_hz.len().min(FITTED)].to_vec();
        // a constant alone if no slope can be estimated
        let terms = if f_hz.len() < 3 { 1 } else { TERMS.min(f_hz.len()) };
        let rows = f_hz.len();
        let top_hz = f_hz[rows - 1];
        let term = |row: usize, term: usize| {
            let value = half_power(f_hz[row % rows] / top_hz, term);
            if row < rows { value.re } else { value.im }
        };
        let fit = DMatrix::from_fn(2 * rows, terms, term).svd(true, true);
        HalfPowerFit { f_hz, terms, fit }
    }

    /// Values at `below` of a function with the values `low` at the law's frequencies.
    fn extrapolate(&self, low: &[Complex64], below: &[f64]) -> Vec<Complex64> {
        let tau_s = delay_s(&self.f_hz, low);
        let turned = |f: f64, sign: f64| Complex64::from_polar(1.0, sign * TAU * f * tau_s);
        let still: Vec<Complex64> =
            self.f_hz.iter().zip(low).map(|(&f, s)| s * turned(f, 1.0)).collect();
        let right = DVector::from_iterator(
            2 * still.len(),
            still.iter().map(|s| s.re).chain(still.iter().map(|s| s.im)),
        );
        let c = self.fit.solve(&right, 1e-13).expect("both bases are computed");
        let top_hz = self.f_hz[self.f_hz.len() - 1];
        let value = |f: f64| {
            (0..self.terms).map(|term| c[term] * half_power(f / top_hz, term)).sum::<Complex64>()
                * turned(f, -1.0)
        };
        below.iter().map(|&f| value(f)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::line::Propagation;

    fn grid(first: usize, step_hz: f64, points: usize) -> Vec<f64> {
        (first..first + points).map(|k| k as f64 * step_hz).collect()
    }

    /// A two-port of one formula in all elements.
    fn of(f_hz: &[f64], s: impl Fn(Complex64) -> Complex64) -> Network {
        Network::two_port(f_hz, 50.0, |f| [s(Complex64::new(0.0, TAU * f)); 4])
    }

    /// S = 0.9 e^(-s T) / (1 + s RC) with its pole at 5 GHz and 4 ns; S = e^(-a sqrt(s) - s T) of a
    /// line that loses 2 dB at 1 GHz by the skin effect. The law's next term, s^(5/2), is about
    /// 2e-4 of S at the top of the fit (0.16 GHz), and less than half of it is left at 0 Hz.
    #[test]
    fn a_lumped_circuit_and_a_line_of_skin_effect_are_extrapolated_to_their_closed_form() {
        let lumped = |s: Complex64| 0.9 * (-s * 4e-9).exp() / (1.0 + s / (TAU * 5e9));
        let skin = |s: Complex64| (-s.sqrt() * (0.23 / (TAU * 1e9 / 2.0).sqrt()) - s * 4e-9).exp();
        for (name, law) in [("RC", &lumped as &dyn Fn(Complex64) -> Complex64), ("skin", &skin)] {
            for first in [1, 3, 5] {
                let whole = of(&grid(0, 10e6, 200), law);
                let Completed { network, notes, .. } =
                    of(&grid(first, 10e6, 200 - first), law).completed();
                assert_eq!(network.f_hz(), whole.f_hz());
                let wrong = (0..first)
                    .map(|k| (network.at(k, 2, 1) - whole.at(k, 2, 1)).norm())
                    .fold(0.0, f64::max);
                assert!(wrong < 1e-4, "{name} from {first}: {wrong:e}");
                assert_eq!(network.at(0, 2, 1).im, 0.0);
                assert!(notes[0].starts_with(&format!("begins at 0.0{first} GHz")), "{notes:?}");
            }
        }
    }

    #[test]
    fn a_real_point_at_0_hz_is_kept_and_a_false_one_replaced() {
        let law = |s: Complex64| 0.9 * (-s * 4e-9).exp() / (1.0 + s / (TAU * 5e9));
        let whole = of(&grid(0, 10e6, 50), law);
        assert_eq!(
            whole.completed(),
            Completed { network: whole.clone(), notes: vec![], dc_extrapolated: false }
        );
        let mut wrong = whole.clone();
        wrong.s[..4].iter_mut().for_each(|s| *s = Complex64::from_polar(0.9, -0.05));
        let Completed { network, notes, .. } = wrong.completed();
        assert!((network.at(0, 2, 1) - 0.9).norm() < 1e-5 && network.f_hz().len() == 50);
        assert!(notes[0].contains("so it was not measured at 0 Hz"), "{notes:?}");
    }

    /// A line of 42.5 ohm and 400 ps in 100 MHz steps, whose reflections turn once in the twelve
    /// points of the law: a row of zeros, one of an open line and one 0.3 too low are replaced; the
    /// law is within 0.03 of the line there.
    #[test]
    fn a_row_at_0_hz_far_from_its_neighbours_is_replaced_by_their_law() {
        let f_hz = grid(0, 100e6, 501);
        let line = Propagation {
            dc_neper: 0.02,
            skin_neper: 2e-6,
            dielectric_neper: 1e-11,
            delay_s: 400e-12,
        };
        let whole = Network::line(&f_hz, &line, 42.5, 50.0);
        let kept = whole.completed();
        assert!(kept.notes.is_empty() && !kept.dc_extrapolated, "{:?}", kept.notes);
        for (dc, said) in [
            ([0.0, 0.0, 0.0, 0.0], "S at 0 Hz is zero throughout"),
            ([1.0, 0.0, 0.0, 1.0], "at 0 Hz is"),
            ([0.0, 0.7, 0.7, 0.0], "at 0 Hz is 0.700 where the law"),
        ] {
            let mut wrong = whole.clone();
            wrong.s[..4].iter_mut().zip(dc).for_each(|(s, dc)| *s = dc.into());
            let Completed { network, notes, dc_extrapolated } = wrong.completed();
            assert!(dc_extrapolated && notes.len() == 1 && notes[0].contains(said), "{notes:?}");
            let apart = (network.at(0, 2, 1) - whole.at(0, 2, 1)).norm();
            assert!(apart < 0.03 && network.f_hz() == whole.f_hz(), "{apart}");
        }
    }

    #[test]
    fn a_network_of_few_frequencies_is_held() {
        for points in [1, 2, 3, 4] {
            let Completed { network, .. } =
                of(&grid(3, 1e9, points), |_| Complex64::new(0.5, 0.0)).completed();
            assert!(network.f_hz().len() == points + 3 || points == 1, "{:?}", network.f_hz());
            assert!((network.at(0, 2, 1) - 0.5).norm() < 1e-12);
        }
    }
}
