//! Error events that compete: of those that noise makes likelier than the truth, one is decided.
//!
//! ```text
//! share of event i = 1 / (1 + sum over j of f(j|i) P(F_j < F_i | F_i < 0))
//! ```
//!
//! F is the metric of an event less that of the symbols sent, Gaussian with mean e'h'he and
//! variance e'h'Rhe; j are all events, of either sign and at any shift, whose samples meet those of
//! i; f(j|i) is the part of the symbols that allow j where they allow i. The union bound counts all
//! of them: events that share their first or last error are then counted again and again, the more
//! the likelier errors are.
//!
//! Distances are those of levels with equal steps and noise, at the half eye for which they have
//! the errors that the events have.

use super::error_events::{Event, EventMetric};
use crate::math::gaussian::q_fast;

/// Part of all errors from which on an event counts here.
const LEADING: f64 = 1e-3;
/// Most events that are compared.
const COMPARED: usize = 48;
/// Halvings for the half eye, from its bounds.
const HALVINGS: usize = 40;
const HALF_EYES: (f64, f64) = (0.2, 60.0);
/// Nodes and weights of six points for the integral of e^-t f(t) from 0 on (Gauss-Laguerre).
const LAGUERRE: [(f64, f64); 6] = [
    (0.222_846_604_179_260_7, 0.458_964_673_949_963_6),
    (1.188_932_101_672_623, 0.417_000_830_772_121),
    (2.992_736_326_059_314, 0.113_373_382_074_044_98),
    (5.775_143_569_104_511, 0.010_399_197_453_149_075),
    (9.837_467_418_382_59, 2.610_172_028_149_320_6e-4),
    (15.982_873_980_601_702, 8.985_479_064_296_212e-7),
];

/// An event at its samples.
struct Along<'a> {
    errors: &'a [i8],
    samples: Vec<f64>,
    /// Mean and variance of F for a half eye of 1.
    mean: f64,
    variance: f64,
}

/// The share of each event, of `events` in pairs of opposite ones, that is decided; `expected` are
/// the symbol errors per symbol of each in the union bound.
pub(crate) fn shares(metric: &EventMetric, events: &[Event], expected: &[f64]) -> Vec<f64> {
    let pairs: Vec<(&Event, f64)> = events
        .as_chunks::<2>()
        .0
        .iter()
        .zip(expected.as_chunks::<2>().0)
        .map(|([event, _], [up, down])| (event, up + down))
        .collect();
    let total: f64 = pairs.iter().map(|(_, errors)| errors).sum();
    let half_eye = half_eye(metric, &pairs, total);
    let mut leading: Vec<usize> =
        (0..pairs.len()).filter(|&i| pairs[i].1 > LEADING * total).collect();
    leading.sort_by(|&a, &b| pairs[b].1.total_cmp(&pairs[a].1));
    leading.truncate(COMPARED);
    let along: Vec<Along<'_>> = leading.iter().map(|&i| Along::of(metric, pairs[i].0)).collect();
    let mut shares = vec![1.0; events.len()];
    for (&i, own) in leading.iter().zip(&along) {
        let others = along.iter().map(|other| own.lost_to(other, metric, half_eye));
        let share = 1.0 / (1.0 + others.sum::<f64>());
        shares[2 * i..2 * i + 2].fill(share);
    }
    shares
}

/// The half eye over sigma at which equal steps and noise have `total` errors per symbol.
fn half_eye(metric: &EventMetric, pairs: &[(&Event, f64)], total: f64) -> f64 {
    let (mut low, mut high) = HALF_EYES;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        let errors: f64 =
            pairs.iter().map(|(event, _)| 2.0 * metric.weight(&event.errors, middle)).sum();
        if errors > total { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

impl<'a> Along<'a> {
    fn of(metric: &EventMetric, event: &'a Event) -> Along<'a> {
        let samples = metric.samples(&event.errors);
        Along {
            errors: &event.errors,
            mean: samples.iter().map(|c| c * c).sum(),
            variance: metric.covariance(&samples, &samples, 0).max(1e-12),
            samples,
        }
    }

    /// Expected number of times, given this event's errors are likelier than the truth, that
    /// another event's are likelier still, over its signs and shifts.
    fn lost_to(&self, other: &Along<'_>, metric: &EventMetric, half_eye: f64) -> f64 {
        let mut lost = 0.0;
        let reach = 1 - other.samples.len() as isize..self.samples.len() as isize;
        for later in reach {
            let shared = metric.covariance(&self.samples, &other.samples, later);
            for sign in [1, -1] {
                if later == 0 && sign == 1 && self.errors == other.errors {
                    continue;
                }
                lost += self.allows(other, later, sign)
                    * self.beaten_by(other, f64::from(sign) * shared, half_eye);
            }
        }
        lost
    }

    /// The part of the symbols that allow another event where they allow this one.
    fn allows(&self, other: &Along<'_>, later: isize, sign: i8) -> f64 {
        let one = |(n, &error): (usize, &i8)| {
            let own = usize::try_from(n as isize + later).ok();
            let own = own.and_then(|at| self.errors.get(at)).copied().unwrap_or(0);
            match (own, error * sign) {
                (_, 0) => 1.0,
                (0, _) => 0.75,
                (own, error) if own == error => 1.0,
                // of the three levels that allow a step, two allow the opposite one
                _ => 2.0 / 3.0,
            }
        };
        other.errors.iter().enumerate().map(one).product()
    }

    /// P(F_j < F_i | F_i < 0) for a covariance of the two.
    fn beaten_by(&self, other: &Along<'_>, shared: f64, half_eye: f64) -> f64 {
        let slope = shared / self.variance - 1.0;
        let spread = (other.variance - shared * shared / self.variance).max(0.0).sqrt();
        let rate = self.mean * half_eye / self.variance;
        let ahead = (other.mean - self.mean) * half_eye;
        let (mut beaten, mut all) = (0.0, 0.0);
        for (t, weight) in LAGUERRE {
            // F_i lies t / rate below 0
            let below = t / rate;
            let density = weight * (-0.5 * below * below / self.variance).exp();
            let mean = ahead - slope * (below + self.mean * half_eye);
            all += density;
            beaten += density * q_fast(mean / spread.max(1e-9));
        }
        beaten / all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normals;
    use crate::seed::Seed;

    /// The integral of t^n e^-t is n!, exact up to the degree 11.
    #[test]
    fn the_nodes_integrate_powers() {
        let mut factorial = 1.0;
        for n in 0..12 {
            factorial *= f64::from(n.max(1));
            let sum: f64 = LAGUERRE.iter().map(|(t, w)| w * t.powi(n)).sum();
            assert!((sum / factorial - 1.0).abs() < 1e-9, "{n}: {sum}");
        }
    }

    /// Pairs of Gaussians, drawn: half a million draws beyond 2.6 deviations are 2300, of which
    /// some hundred are beaten; 4 deviations of a hundred are 40 %.
    #[test]
    fn an_event_loses_to_another_as_often_as_drawn_metrics_say() {
        let metric = EventMetric::new(&[0.8], &[1.0, -0.2, 0.1]);
        let [a, b] = [vec![1, -1], vec![1, -1, 1, -1]].map(|errors| Event { errors });
        let (own, other) = (Along::of(&metric, &a), Along::of(&metric, &b));
        let half_eye = 2.0;
        for later in [0, -2] {
            let shared = metric.covariance(&own.samples, &other.samples, later);
            let mut normal = vec![0.0; 1 << 20];
            normals::fill(&mut Seed::new(3).named("pairs").rng(), &mut normal);
            let (mut wrong, mut beaten) = (0.0, 0.0);
            for [x, y] in normal.as_chunks::<2>().0 {
                let [x, y] = [f64::from(*x), f64::from(*y)];
                let first = own.mean * half_eye - own.variance.sqrt() * x;
                let rho = shared / (own.variance * other.variance).sqrt();
                let mixed = rho * x + (1.0 - rho * rho).sqrt() * y;
                let second = other.mean * half_eye - other.variance.sqrt() * mixed;
                wrong += f64::from(u8::from(first < 0.0));
                beaten += f64::from(u8::from(first < 0.0 && second < first));
            }
            let expected = own.beaten_by(&other, shared, half_eye);
            let sigma = (beaten / wrong / wrong).sqrt();
            assert!(beaten > 30.0, "{beaten}");
            assert!((beaten / wrong - expected).abs() < 4.0 * sigma, "{beaten}/{wrong} {expected}");
        }
    }
}
