//! Sums of independent variables of two points each, `+b` or `-b`, two of which may act together.
//!
//! ```text
//! z = s_0 b_0 + s_1 b_1 + q s_0 s_1 + sum over j of s_j b_j,    s +1 or -1
//! K(u) = sum over j of ln cosh(b_j u) + m ln cosh(b u),    j the largest ones but the first,
//!     m b^2 and m b^4 the sums of b_j^2 and b_j^4 of the others
//! ```
//!
//! The pair, or the largest one without a pair, is left out of K and counted sign by sign: two
//! maxima that lie apart are no business of a saddle point.

/// Variables that are kept one by one; the others' sum has their variance and their fourth
/// cumulant.
pub(crate) const KEPT: usize = 8;
/// Half a distance over the noise's standard deviation below which one variable counts as a part of
/// a Gaussian: at a tail of 1e-12 what it lacks is a factor `exp(b^4 u^4 / 12)`, u 7, of 1.0005.
const GAUSSIAN: f64 = 0.04;

/// [`TwoPoints`] as they are gathered, one for each symbol of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct GatheredPoints {
    /// b0, b1 and q.
    pair: [f32; 3],
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

    /// Adds two variables that act together: b0, b1 and q. Of a second pair q is left to the
    /// Gaussian rest.
    pub(crate) fn add_pair(&mut self, pair: [f32; 3]) {
        if self.pair == [0.0; 3] {
            self.pair = pair;
        } else {
            pair[..2].iter().for_each(|b| self.add(b * b));
        }
    }

    /// Their variance.
    #[cfg(test)]
    pub(crate) fn variance(&self) -> f32 {
        self.pair.iter().chain(&[0.0]).map(|b| b * b).sum::<f32>()
            + self.largest.iter().sum::<f32>()
            + self.second
    }

    /// Multiplies the variance of each variable by a factor.
    pub(crate) fn scale(&mut self, factor: f32) {
        let [first, second, product] = &mut self.pair;
        *first *= factor.sqrt();
        *second *= factor.sqrt();
        *product *= factor;
        self.largest.iter_mut().for_each(|square| *square *= factor);
        self.second *= factor;
        self.fourth *= factor * factor;
    }

    /// Their sum as a part of noise of this variance; smaller ones are left to the Gaussian rest.
    pub(crate) fn in_noise(&self, variance: f64) -> TwoPoints {
        let least = GAUSSIAN * GAUSSIAN * variance;
        let mut points = TwoPoints::NONE;
        let [first, second, product] = self.pair.map(f64::from);
        if first * first + second * second + product * product > least {
            points.shifts = [
                first + second + product,
                first - second - product,
                second - first - product,
                product - first - second,
            ];
            points.signs = 4;
        }
        let all = self.largest.map(f64::from);
        let mut largest = all.into_iter().take_while(|&square| square > least);
        if points.signs == 1
            && let Some(square) = largest.next()
        {
            points.shifts[..2].copy_from_slice(&[square.sqrt(), -square.sqrt()]);
            points.signs = 2;
        }
        for square in largest {
            points.each[points.count] = square.sqrt();
            points.count += 1;
            points.variance += square;
        }
        let (second, fourth) = (f64::from(self.second), f64::from(self.fourth));
        if all[KEPT - 1] > least && second > least {
            points.half_step = (fourth / second).sqrt();
            points.number = second * second / fourth;
            points.variance += second;
        }
        points
    }
}

/// A sum of variables of two points, of mean 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TwoPoints {
    /// What is counted sign by sign: its values, equally likely.
    shifts: [f64; 4],
    /// How many there are.
    signs: usize,
    /// Half distances of the others, largest first.
    each: [f64; KEPT],
    /// How many there are.
    count: usize,
    /// m of the smallest.
    number: f64,
    /// b of the smallest.
    half_step: f64,
    /// Variance without the shifts.
    variance: f64,
}

impl TwoPoints {
    /// A sum of none.
    pub(crate) const NONE: TwoPoints = TwoPoints {
        shifts: [0.0; 4],
        signs: 1,
        each: [0.0; KEPT],
        count: 0,
        number: 0.0,
        half_step: 0.0,
        variance: 0.0,
    };

    /// The values that are counted sign by sign, equally likely.
    pub(crate) fn shifts(&self) -> &[f64] {
        &self.shifts[..self.signs]
    }

    /// Variance in all.
    pub(crate) fn variance(&self) -> f64 {
        let shifts = self.shifts().iter().map(|shift| shift * shift).sum::<f64>();
        self.variance + shifts / self.signs as f64
    }

    /// Variance of the others.
    pub(crate) fn variance_beside(&self) -> f64 {
        self.variance
    }

    /// Their negative.
    pub(crate) fn mirrored(&self) -> TwoPoints {
        TwoPoints { shifts: self.shifts.map(|shift| -shift), ..*self }
    }

    /// K, K' and K'' of the others at `u`, u of 0 or more.
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
        self.each[..self.count].iter().for_each(|&b| add(1.0, b));
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
        for (most, bound) in most.iter().zip([0.02, 0.02, 0.02, 0.01, 0.01]) {
            assert!(*most < bound, "{most}");
        }
    }

    /// Twelve, of which the last three are taken together, falling by a fifth or two fifths every
    /// second one. Seen 0.8 %.
    #[test]
    fn tails_of_many_points_are_those_of_all_signs() {
        for fall in [0.6, 0.8] {
            let weights: Vec<f64> = (0..12).map(|j| f64::powi(fall, j / 2)).collect();
            let seen = worst(&weights, &[0.1, 0.3, 0.5, 0.7]);
            for seen in seen {
                assert!(seen < 0.01, "{fall}: {seen}");
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

    /// Two that act together: the mean of Q over their four values.
    #[test]
    fn a_pair_is_counted_sign_by_sign() {
        let mut gathered = GatheredPoints::default();
        gathered.add_pair([0.3, -0.5, 0.1]);
        let points = gathered.in_noise(1.0);
        assert!((points.variance() - 0.35).abs() < 1e-6 && points.variance_beside() == 0.0);
        let noise = Bent { straight: 0.65, linear: 0.0, bend: 0.0 };
        for x in [-2.0, 0.5, 3.0] {
            let tail = |shift: f64| 0.25 * q((x - shift) / 0.65f64.sqrt());
            let expected = tail(-0.1) + tail(0.7) + tail(-0.9) + tail(0.3);
            let above = noise.tail(&points, x);
            let below = noise.tail(&points.mirrored(), -x);
            assert!((above / expected - 1.0).abs() < 1e-6, "{x}: {above} {expected}");
            assert!((above + below - 1.0).abs() < 1e-9, "{x}: {above} {below}");
        }
        gathered.add_pair([0.1, 0.2, 0.05]);
        assert!((gathered.variance() - 0.4).abs() < 1e-6, "{gathered:?}");
        gathered.scale(4.0);
        assert_eq!(gathered.pair, [0.6, -1.0, 0.4]);
    }

    #[test]
    fn the_largest_are_kept_and_the_others_summed() {
        let mut points = gathered(&[4.0, 1.0, 9.0, 3.0, 2.0, 5.0, 6.0, 7.0, 8.0, 0.5, 10.0]);
        let (second, fourth) = (1.0 + 2.0 + 0.5, 1.0 + 4.0 + 0.25);
        let largest = [10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0];
        assert_eq!(points, GatheredPoints { pair: [0.0; 3], largest, second, fourth });
        points.scale(0.5);
        let sum = points.in_noise(100.0);
        assert!((sum.variance() - 0.5 * 55.5).abs() < 1e-6, "{sum:?}");
        assert!((sum.variance_beside() - 22.75).abs() < 1e-6, "{sum:?}");
        assert!((sum.shifts()[0] - 5f64.sqrt()).abs() < 1e-6 && sum.shifts().len() == 2);
        assert_eq!(points.in_noise(1e6), TwoPoints::NONE);
    }
}
