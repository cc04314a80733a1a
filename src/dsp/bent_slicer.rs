//! Expected errors of symbols whose noise is in part bent, or of two points each.

use super::slicer::Thresholds;
use crate::math::bent::Bent;
use crate::math::two_points::TwoPoints;

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
        let beyond = |t: f32, above: bool| {
            let x = f64::from(t) - f64::from(mean);
            if above { noise.tail(points, x) } else { mirrored.0.tail(&mirrored.1, -x) }
        };
        let [t0, t1, t2] = self.0;
        let (low, middle, high) =
            (beyond(t0, sent < 1), beyond(t1, sent < 2), beyond(t2, sent < 3));
        let low = if sent == 3 { -low } else { low };
        let high = if sent == 0 { -high } else { high };
        low + middle + high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
