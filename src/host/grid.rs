//! The same network on another grid of frequencies.

use super::network::Network;
use crate::measured::shown;
use crate::units::giga;
use nalgebra::{DMatrix, DVector};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Points of the interpolating polynomial.
const POINTS: usize = 4;
/// Coefficients above which half powers of the lowest points magnify their errors too much.
const COEFFICIENT_MAX: f64 = 1e5;

impl Network {
    /// The same network at other frequencies, ascending and within its own.
    ///
    /// ```text
    /// S(f) = e^(-j 2 pi f tau) p(f),   p through four neighbours of S e^(+j 2 pi f tau)
    /// ```
    ///
    /// Each element's delay tau is removed before the interpolation, so that the phase turns
    /// slowly, and restored after it; no phase is unwrapped and notches are kept. p is of third
    /// order through complex values. Below the fourth point from 0 Hz, where the skin effect's root
    /// of frequency is no polynomial, p is c0 + c1 s^(1/2) + .. + c6 s^3 with real c through all
    /// four, s = j 2 pi f. At the network's own frequencies S is kept to rounding.
    ///
    /// # Errors
    ///
    /// If a frequency lies outside the network's, or they do not ascend.
    pub fn on(&self, f_hz: &[f64]) -> Result<Self, String> {
        let (first, last) = (self.f_hz[0], self.f_hz[self.f_hz.len() - 1]);
        if let Some(outside) = f_hz.iter().find(|f| !(first..=last).contains(*f)) {
            let ghz = |f: f64| shown(f / giga(1.0));
            let remedy = if *outside < first { ": complete it to 0 Hz first" } else { "" };
            return Err(format!(
                "{} GHz lies outside the network's {} to {} GHz{remedy}",
                ghz(*outside),
                ghz(first),
                ghz(last)
            ));
        }
        let n = self.ports();
        let mut s = vec![Complex64::default(); f_hz.len() * n * n];
        let places: Vec<Stencil> = f_hz.iter().map(|&f| Stencil::new(&self.f_hz, f)).collect();
        let start = (self.f_hz[0] == 0.0 && self.f_hz.len() >= POINTS)
            .then(|| HalfPowerStart::new(&self.f_hz))
            .flatten();
        let low =
            start.as_ref().map_or(0, |_| f_hz.partition_point(|&f| f < self.f_hz[POINTS - 1]));
        for at in 0..n * n {
            let element: Vec<Complex64> =
                (0..self.f_hz.len()).map(|k| self.matrix(k)[at]).collect();
            let tau_s = delay_s(&self.f_hz, &element);
            let turned = |f: f64, sign: f64| Complex64::from_polar(1.0, sign * TAU * f * tau_s);
            let still: Vec<Complex64> =
                self.f_hz.iter().zip(&element).map(|(&f, s)| s * turned(f, 1.0)).collect();
            let law = start.as_ref().map(|start| start.law(&still));
            for (k, (&f, place)) in f_hz.iter().zip(&places).enumerate() {
                let between = match &law {
                    Some(law) if k < low => law(f),
                    _ => place.between(&still),
                };
                s[k * n * n + at] = between * turned(f, -1.0);
            }
        }
        Network::new(f_hz.to_vec(), s, self.reference_ohm.clone())
    }
}

/// Delay, s: slope of the phase, weighted by |S|^2.
///
/// ```text
/// tau = -sum w df dphi / (2 pi sum w df^2),   dphi = arg(S_(k+1) S_k*),   w = |S_(k+1) S_k|
/// ```
pub(super) fn delay_s(f_hz: &[f64], values: &[Complex64]) -> f64 {
    // a first estimate by the mean turn per step, which has no ambiguity but one turn
    let steps =
        || f_hz.windows(2).zip(values.windows(2)).map(|(f, s)| (f[1] - f[0], s[1] * s[0].conj()));
    let (mut turn, mut width) = (Complex64::default(), 0.0);
    for (step_hz, product) in steps() {
        turn += product;
        width += product.norm() * step_hz;
    }
    let weight: f64 = steps().map(|(_, product)| product.norm()).sum();
    if weight == 0.0 {
        return 0.0;
    }
    let coarse_s = -turn.arg() * weight / (TAU * width);
    let (mut moment, mut square) = (0.0, 0.0);
    for (step_hz, product) in steps() {
        let rest = (product * Complex64::from_polar(1.0, TAU * step_hz * coarse_s)).arg();
        moment += product.norm() * step_hz * rest;
        square += product.norm() * step_hz * step_hz;
    }
    coarse_s - moment / (TAU * square)
}

/// Neighbours of a frequency with their weights.
struct Stencil {
    first: usize,
    weights: Vec<f64>,
}

impl Stencil {
    /// Lagrange's weights of the points around `f`.
    fn new(f_hz: &[f64], f: f64) -> Self {
        let here = f_hz.partition_point(|&start| start <= f).max(1) - 1;
        let count = POINTS.min(f_hz.len());
        let first = here.saturating_sub(1).min(f_hz.len() - count);
        let points = &f_hz[first..first + count];
        let weight = |this: f64| {
            points
                .iter()
                .filter(|&&other| other != this)
                .map(|other| (f - other) / (this - other))
                .product()
        };
        Stencil { first, weights: points.iter().map(|&this| weight(this)).collect() }
    }

    fn between(&self, values: &[Complex64]) -> Complex64 {
        self.weights.iter().zip(&values[self.first..]).map(|(weight, value)| value * weight).sum()
    }
}

/// Lowest points, from 0 Hz on, interpolated by half powers of s.
struct HalfPowerStart {
    top_hz: f64,
    /// From real and imaginary parts above 0 Hz to the coefficients of s^(1/2), s, ..
    inverse: DMatrix<f64>,
}

impl HalfPowerStart {
    /// `None` if the points lie too close for a stable solution.
    fn new(f_hz: &[f64]) -> Option<Self> {
        let (top_hz, count) = (f_hz[POINTS - 1], POINTS - 1);
        let term = |row: usize, term: usize| {
            let value = half_power(f_hz[1 + row % count] / top_hz, term + 1);
            if row < count { value.re } else { value.im }
        };
        let inverse = DMatrix::from_fn(2 * count, 2 * count, term).try_inverse()?;
        inverse
            .iter()
            .all(|x| x.abs() < COEFFICIENT_MAX)
            .then_some(HalfPowerStart { top_hz, inverse })
    }

    /// Interpolation through the lowest values.
    fn law(&self, values: &[Complex64]) -> impl Fn(f64) -> Complex64 {
        let (top_hz, zero) = (self.top_hz, values[0]);
        let rise = || values[1..POINTS].iter().map(|value| value - zero);
        let c = &self.inverse
            * DVector::from_iterator(
                2 * (POINTS - 1),
                rise().map(|x| x.re).chain(rise().map(|x| x.im)),
            );
        move |f| {
            zero + c
                .iter()
                .enumerate()
                .map(|(i, c)| half_power(f / top_hz, i + 1) * *c)
                .sum::<Complex64>()
        }
    }
}

/// (j x)^(n / 2).
pub(super) fn half_power(x: f64, n: usize) -> Complex64 {
    let half = n as f64 / 2.0;
    if n == 0 {
        Complex64::new(1.0, 0.0)
    } else {
        Complex64::from_polar(x.powf(half), half * TAU / 4.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lossy delay with a notch: 1 + 0.9 e^(-j w 0.6 ns) vanishes nearly at 0.83 GHz.
    fn notched(f: f64) -> Complex64 {
        let turn = |s: f64| Complex64::from_polar(1.0, -TAU * f * s);
        0.5 * (-(f / 20e9).powi(2)).exp() * turn(5e-9) * (1.0 + 0.9 * turn(0.6e-9))
    }

    fn network(f_hz: &[f64], s: impl Fn(f64) -> Complex64) -> Network {
        Network::two_port(f_hz, 50.0, |f| [s(f); 4])
    }

    /// 5 ns turn by 0.3 turns in 60 MHz steps. Their rest after the mean delay, 0.3 ns, is w h =
    /// 0.12 rad a step: the error of four points is 3/128 (0.12)^4 = 5e-6 of the turning part;
    /// below the fourth, half powers end at s^3 and leave (3 w h)^4 / 24 = 7e-4 times their own
    /// weight.
    #[test]
    fn delay_and_notches_are_kept_between_the_points() {
        let coarse: Vec<f64> = (0..=334).map(|k| f64::from(k) * 60e6).collect();
        let fine: Vec<f64> = (0..=20_000).map(|k| f64::from(k) * 1e6).collect();
        let on = network(&coarse, notched).on(&fine).unwrap();
        let wrong = |from: usize| {
            (from..=20_000).map(|k| (on.at(k, 2, 1) - notched(fine[k])).norm()).fold(0.0, f64::max)
        };
        assert!(wrong(180) < 1e-5 && wrong(0) < 1e-4, "{:e} {:e}", wrong(180), wrong(0));
        let again = on.on(&coarse[..333]).unwrap();
        assert!(
            (0..333).all(|k| (again.at(k, 1, 1) - notched(coarse[k])).norm() < 1e-12),
            "its own frequencies stay"
        );
    }

    /// 2 dB at 1 GHz by the skin effect: S falls by 0.023 in the first step of 10 MHz. Half powers
    /// up to s^3 leave the next one; polynomials above them err by 3/128 h^4 of the root's fourth
    /// derivative at the fourth point, 6e-4 of the fall.
    #[test]
    fn the_skin_effect_is_kept_down_to_0_hz() {
        let f_hz: Vec<f64> = (0..=500).map(|k| f64::from(k) * 10e6).collect();
        let skin = |f: f64| {
            (-Complex64::new(0.23, 0.23) * (f / 1e9).sqrt() - Complex64::new(0.0, TAU * f * 3e-9))
                .exp()
        };
        let middles: Vec<f64> = (0..500).map(|k| f64::from(k) * 10e6 + 5e6).collect();
        let on = network(&f_hz, skin).on(&middles).unwrap();
        let wrong: Vec<f64> =
            middles.iter().enumerate().map(|(k, &f)| (on.at(k, 2, 1) - skin(f)).norm()).collect();
        assert!(wrong.iter().all(|w| *w < 3e-5), "{:?}", &wrong[..8]);
    }

    #[test]
    fn the_delay_is_that_of_the_line_on_even_and_uneven_grids() {
        let even: Vec<f64> = (0..500).map(|k| f64::from(k) * 10e6).collect();
        let uneven: Vec<f64> =
            (0..500).map(|k| 1e6 * 1.02f64.powi(k)).take_while(|&f| f < 5e9).collect();
        for (f_hz, tau) in [(&even, 30e-9), (&even, -0.2e-9), (&uneven, 1e-9)] {
            let s: Vec<Complex64> = f_hz
                .iter()
                .map(|&f| Complex64::from_polar((-f / 5e9).exp(), -TAU * f * tau))
                .collect();
            assert!((delay_s(f_hz, &s) / tau - 1.0).abs() < 1e-9, "{tau}: {}", delay_s(f_hz, &s));
        }
        assert_eq!(delay_s(&even, &vec![Complex64::default(); 500]), 0.0);
        assert_eq!(delay_s(&[1.0], &[Complex64::new(1.0, 0.0)]), 0.0);
    }

    #[test]
    fn what_lies_outside_is_refused() {
        let network = network(&[1e9, 2e9], notched);
        assert!(
            network
                .on(&[0.5e9])
                .unwrap_err()
                .contains("0.5 GHz lies outside the network's 1 to 2 GHz: complete it")
        );
        assert!(network.on(&[3e9]).unwrap_err().ends_with("1 to 2 GHz"));
        assert!(network.on(&[f64::NAN]).is_err() && network.on(&[2e9, 1e9]).is_err());
    }
}
