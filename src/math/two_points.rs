//! Sums of independent variables of two points each, `+b` or `-b`.
//!
//! ```text
//! K(u) = sum over j of ln cosh(b_j u) + m ln cosh(b u),    j the largest ones,
//!     m b^2 and m b^4 the sums of b_j^2 and b_j^4 of the others
//! ```

/// Variables that are kept one by one; those of the others' sum have its variance and its fourth
/// cumulant.
pub(crate) const KEPT: usize = 8;
/// Half a distance over the noise's standard deviation below which one variable counts as a part of
/// a Gaussian: at a tail of 1e-12 what it lacks is a factor `exp(b^4 u^4 / 12)`, u 7, of 1.0005.
const GAUSSIAN: f64 = 0.04;

/// A sum of variables of two points, of mean 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TwoPoints {
    /// Half distances, largest first, 0 after the last.
    largest: [f64; KEPT],
    /// How many there are.
    count: usize,
    /// m of the others.
    number: f64,
    /// b of the others.
    half_step: f64,
    variance: f64,
}

/// [`TwoPoints`] as they are gathered, one for each symbol of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct GatheredPoints {
    /// Squares of half distances, largest first.
    largest: [f32; KEPT],
    /// Sum of the squares of the others.
    second: f32,
    /// Sum of their fourth powers.
    fourth: f32,
}

impl GatheredPoints {
    /// Adds a variable of this variance, the square of its half distance.
    pub(crate) fn add(&mut self, mut square: f32) {
        if square > self.largest[KEPT - 1] {
            let at = self.largest.iter().position(|&own| own < square).unwrap_or(KEPT - 1);
            for own in &mut self.largest[at..] {
                std::mem::swap(own, &mut square);
            }
        }
        self.second += square;
        self.fourth += square * square;
    }

    /// Their variance.
    #[cfg(test)]
    pub(crate) fn variance(&self) -> f32 {
        self.largest.iter().sum::<f32>() + self.second
    }

    /// Multiplies the variance of each variable by a factor.
    pub(crate) fn scale(&mut self, factor: f32) {
        self.largest.iter_mut().for_each(|square| *square *= factor);
        self.second *= factor;
        self.fourth *= factor * factor;
    }

    /// Their sum as a part of noise of this variance; smaller ones are left to the Gaussian rest.
    pub(crate) fn in_noise(&self, variance: f64) -> TwoPoints {
        let least = GAUSSIAN * GAUSSIAN * variance;
        let mut points = TwoPoints::NONE;
        for square in self.largest.map(f64::from) {
            if square < least || square == 0.0 {
                break;
            }
            points.largest[points.count] = square.sqrt();
            points.count += 1;
            points.variance += square;
        }
        let (second, fourth) = (f64::from(self.second), f64::from(self.fourth));
        if points.count == KEPT && second > least {
            points.half_step = (fourth / second).sqrt();
            points.number = second * second / fourth;
            points.variance += second;
        }
        points
    }
}

impl TwoPoints {
    /// A sum of none.
    pub(crate) const NONE: TwoPoints =
        TwoPoints { largest: [0.0; KEPT], count: 0, number: 0.0, half_step: 0.0, variance: 0.0 };

    pub(crate) fn variance(&self) -> f64 {
        self.variance
    }

    /// The largest half distance, and the others' sum; `None` of none.
    pub(crate) fn without_largest(&self) -> Option<(f64, TwoPoints)> {
        let count = self.count.checked_sub(1)?;
        let mut rest = TwoPoints { count, variance: 0.0, ..*self };
        rest.largest[..count].copy_from_slice(&self.largest[1..self.count]);
        rest.largest[count] = 0.0;
        rest.variance = rest.largest.iter().map(|b| b * b).sum::<f64>()
            + self.number * self.half_step * self.half_step;
        Some((self.largest[0], rest))
    }

    /// K, K' and K'' at `u`, u of 0 or more.
    #[inline]
    pub(crate) fn cumulants(&self, u: f64) -> [f64; 3] {
        let mut sum = [0.0; 3];
        let mut add = |number: f64, b: f64| {
            // tanh and ln cosh without overflow
            let left = (-2.0 * b * u).exp();
            let tanh = (1.0 - left) / (1.0 + left);
            sum[0] += number * (b * u + left.ln_1p() - std::f64::consts::LN_2);
            sum[1] += number * b * tanh;
            sum[2] += number * b * b * (1.0 - tanh * tanh);
        };
        self.largest[..self.count].iter().for_each(|&b| add(1.0, b));
        if self.number > 0.0 {
            add(self.number, self.half_step);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::bent::Bent;
    use crate::math::gaussian::q;
    use crate::seed::Seed;

    fn gathered(squares: &[f64]) -> GatheredPoints {
        let mut points = GatheredPoints::default();
        squares.iter().for_each(|&square| points.add(square as f32));
        points
    }

    /// The mean of Q over all signs.
    fn exact(halves: &[f64], straight: f64, x: f64) -> f64 {
        let signs = 1u32 << halves.len();
        let shift = |mask: u32| -> f64 {
            let signed = |(j, b): (usize, &f64)| if mask >> j & 1 == 1 { *b } else { -b };
            halves.iter().enumerate().map(signed).sum()
        };
        let all = (0..signs).map(|mask| q((x - shift(mask)) / straight.sqrt()));
        all.sum::<f64>() / f64::from(signs)
    }

    /// The x of a tail, by halving.
    fn at_tail(halves: &[f64], straight: f64, tail: f64) -> f64 {
        let (mut low, mut high) = (0.0, 12.0);
        for _ in 0..50 {
            let x = 0.5 * (low + high);
            if exact(halves, straight, x) > tail { low = x } else { high = x }
        }
        low
    }

    /// Largest |ln(tail / exact)| at tails of 1e-2, 1e-4, 1e-6, 1e-9 and 1e-12 of sums of variance
    /// 1 with these shares in the points.
    fn worst(weights: &[f64], shares: &[f64]) -> [f64; 5] {
        let total: f64 = weights.iter().map(|b| b * b).sum();
        let mut worst = [0f64; 5];
        for &share in shares {
            let halves: Vec<f64> = weights.iter().map(|b| b * (share / total).sqrt()).collect();
            let squares: Vec<f64> = halves.iter().map(|b| b * b).collect();
            let points = gathered(&squares).in_noise(1.0);
            let noise = Bent { straight: 1.0 - points.variance(), linear: 0.0, bend: 0.0 };
            for (worst, tail) in worst.iter_mut().zip([1e-2, 1e-4, 1e-6, 1e-9, 1e-12]) {
                let x = at_tail(&halves, 1.0 - share, tail);
                let ratio = noise.tail(&points, x) / exact(&halves, 1.0 - share, x);
                *worst = worst.max(ratio.ln().abs());
            }
        }
        worst
    }

    /// One to six steps of PAM4 or of any size. Seen 1.8 %, and 0.5 % from 1e-9 on; a saddle point
    /// of all points misses 4 %, the Gaussian of their variance up to a factor of exp(14).
    #[test]
    fn tails_of_few_points_are_those_of_all_signs() {
        let mut rng = Seed::new(5).named("points").rng();
        let mut uniform = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let mut most = [0f64; 5];
        for count in (1..=6).cycle().take(120) {
            let weight = |_| [1.0 / 3.0, 2.0 / 3.0, 1.0, uniform()][(uniform() * 4.0) as usize];
            let weights: Vec<f64> = (0..count).map(weight).collect();
            for (most, seen) in most.iter_mut().zip(worst(&weights, &[0.1, 0.3, 0.5, 0.7])) {
                *most = most.max(seen);
            }
        }
        println!("{most:.4?}");
        for (most, bound) in most.iter().zip([0.02, 0.02, 0.02, 0.01, 0.01]) {
            assert!(*most < bound, "{most}");
        }
    }

    /// Twelve, of which the last four are taken together, falling by a fifth or two fifths every
    /// second one. What the four lack is seen where they have most of the tail's reach.
    #[test]
    fn tails_of_many_points_are_those_of_all_signs() {
        for (fall, bounds) in
            [(0.6, [0.02, 0.02, 0.02, 0.02, 0.02]), (0.8, [0.02, 0.02, 0.02, 0.03, 0.07])]
        {
            let weights: Vec<f64> = (0..12).map(|j| f64::powi(fall, j / 2)).collect();
            let seen = worst(&weights, &[0.1, 0.3, 0.5, 0.7]);
            println!("{fall}: {seen:.4?}");
            for (seen, bound) in seen.iter().zip(bounds) {
                assert!(*seen < bound, "{fall}: {seen}");
            }
        }
    }

    /// A bend beside two points: the mean over both signs of the bent tail alone.
    #[test]
    fn points_beside_a_bend_are_a_mean_of_bent_tails() {
        let points = gathered(&[0.16]).in_noise(1.0);
        let bent = Bent { straight: 0.4, linear: 0.4, bend: -0.1 };
        for x in [-1.0, 0.2, 1.0, 3.0, 5.0] {
            let expected =
                0.5 * (bent.tail(&TwoPoints::NONE, x - 0.4) + bent.tail(&TwoPoints::NONE, x + 0.4));
            let found = bent.tail(&points, x);
            assert!((found / expected - 1.0).abs() < 1e-6, "{x}: {found} {expected}");
        }
    }

    #[test]
    fn the_largest_are_kept_and_the_others_summed() {
        let mut points = gathered(&[4.0, 1.0, 9.0, 3.0, 2.0, 5.0, 6.0, 7.0, 8.0, 0.5, 10.0]);
        let (second, fourth) = (1.0 + 2.0 + 0.5, 1.0 + 4.0 + 0.25);
        let largest = [10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0];
        assert_eq!(points, GatheredPoints { largest, second, fourth });
        points.scale(0.5);
        let sum = points.in_noise(100.0);
        assert!((sum.variance() - 0.5 * 55.5).abs() < 1e-6, "{sum:?}");
        assert_eq!(points.in_noise(1e6), TwoPoints::NONE);
        let (largest, rest) = sum.without_largest().expect("there are some");
        assert!((largest - 5f64.sqrt()).abs() < 1e-6 && (rest.variance() - 22.75).abs() < 1e-6);
    }
}
