//! Expected errors of symbols whose noise is in part bent, or of two points each.

use super::slicer::Thresholds;
use crate::math::bent::Bent;
use crate::math::two_points::TwoPoints;

/// Part of the nearest threshold's errors that no other one may add unseen.
const NEGLIGIBLE: f64 = 1e-9;

impl Thresholds {
    /// Expected bit errors of one symbol, of its two bits, in the sum of a noise and of `points`:
    /// tails towards the wrong side; for an outer level, passing the far threshold restores a bit.
    pub(crate) fn expected_of_bent(
        &self,
        sent: u8,
        mean: f32,
        noise: Bent,
        points: &TwoPoints,
    ) -> f64 {
        let mirrored = (Bent { bend: -noise.bend, ..noise }, points.mirrored());
        let x = self.0.map(|t| f64::from(t) - f64::from(mean));
        let is_above = |j: usize| usize::from(sent) <= j;
        let beyond = |j: usize| {
            if is_above(j) { noise.tail(points, x[j]) } else { mirrored.0.tail(&mirrored.1, -x[j]) }
        };
        let mut tails = [0.0; 3];
        if noise.bend == 0.0 && points.variance() > 0.0 {
            // a tail of points is below exp(-x^2 / 2 variance): of far thresholds that is nothing
            let away = |j: usize| if is_above(j) { x[j] } else { -x[j] };
            let mut order = [0, 1, 2];
            order.sort_by(|&i, &j| away(i).total_cmp(&away(j)));
            let variance = noise.straight + noise.linear + points.variance();
            for j in order {
                let most = (-0.5 * away(j).max(0.0).powi(2) / variance).exp();
                if most > NEGLIGIBLE * tails[order[0]] {
                    tails[j] = beyond(j);
                }
            }
        } else {
            tails = std::array::from_fn(beyond);
        }
        let [low, middle, high] = tails;
        let low = if sent == 3 { -low } else { low };
        let high = if sent == 0 { -high } else { high };
        low + middle + high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::two_points::GatheredPoints;

    /// Two points in a Gaussian: the mean of the errors at both means.
    #[test]
    fn errors_among_two_points_are_the_mean_of_both() {
        let mut points = GatheredPoints::default();
        points.add(0.01);
        let points = points.in_noise(0.02);
        let noise = Bent { straight: 0.01, linear: 0.0, bend: 0.0 };
        for sent in 0..4 {
            for mean in [-1.1f32, -0.4, 0.02, 0.31, 0.9] {
                let found = Thresholds::MIDDLE.expected_of_bent(sent, mean, noise, &points);
                let at = |mean| Thresholds::MIDDLE.expected_bit_errors(sent, mean, 0.01);
                let expected = 0.5 * (at(mean - 0.1) + at(mean + 0.1));
                assert!((found - expected).abs() < 1e-5 * expected.abs(), "{sent}, {mean}");
            }
        }
    }

    /// Without a bend they are those of a Gaussian, to the 1e-9 of its tail.
    #[test]
    fn errors_of_straight_noise_are_those_of_a_gaussian() {
        for sent in 0..4 {
            for mean in [-1.1f32, -0.4, 0.02, 0.31, 0.9] {
                let variance = 0.0225f32;
                let linear = 0.0125;
                let straight = f64::from(variance) - linear;
                let noise = Bent { straight, linear, bend: 0.0 };
                let none = TwoPoints::NONE;
                let bent = Thresholds::MIDDLE.expected_of_bent(sent, mean, noise, &none);
                let plain = Thresholds::MIDDLE.expected_bit_errors(sent, mean, variance);
                assert!((bent - plain).abs() < 1e-7 * plain.abs(), "{sent}, {mean}");
            }
        }
    }
}
