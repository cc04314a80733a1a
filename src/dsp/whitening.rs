//! Whitening filter: makes an equaliser's coloured noise white and leaves a known intersymbol
//! interference.

/// A prediction-error filter of one or more taps after the leading 1.
///
/// ```text
/// out[n] = x[n] + sum_j taps[j] x[n-1-j],    j = 0 .. N-1
/// ```
///
/// Receivers of a link do not use it: their forward filter is trained together with the response it
/// leaves and so whitens already. It serves samples of another equaliser, before a sequence
/// detector for 1 + a1 D + a2 D^2 with these taps. Samples are kept from call to call; those before
/// the first are 0.
///
/// # Reference
///
/// N. Levinson, *The Wiener rms error criterion in filter design and prediction*, J. Math. Phys. 25
/// (1946); J. Durbin (1960).
///
/// ```
/// use lightlane::dsp::whitening::Whitening;
/// // noise that a zero-forcing filter 1 / (1 + 0.5 D) coloured
/// let whitening = Whitening::from_autocorrelation(&[1.0, -0.5, 0.25], 1).expect("a noise's");
/// assert_eq!((whitening.taps(), whitening.power_left()), ([0.5].as_slice(), 0.75));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    taps: Vec<f32>,
    power_left: f64,
    /// Samples, latest first.
    past: Vec<f32>,
}

impl Whitening {
    /// The filter of `count` taps that leaves the least power of a noise with this autocorrelation
    /// (lags 0, 1, ..): Levinson's recursion. `None` if the numbers are no autocorrelation.
    ///
    /// ```text
    /// sum_j r(|i - j|) taps[j] = -r(i + 1),    1 + a D for r(k) = r(0) (-a)^|k|
    /// ```
    ///
    /// # Panics
    ///
    /// If there are not more lags than taps.
    #[must_use]
    pub fn from_autocorrelation(r: &[f64], count: usize) -> Option<Self> {
        assert!(r.len() > count, "{} lags for {count} taps: one more is needed", r.len());
        let mut taps: Vec<f64> = Vec::with_capacity(count);
        let mut power = r[0];
        for order in 0..count {
            if power.is_nan() || power <= 0.0 {
                return None;
            }
            let predicted: f64 = taps.iter().enumerate().map(|(j, tap)| tap * r[order - j]).sum();
            let reflection = -(r[order + 1] + predicted) / power;
            let mirrored: Vec<f64> = taps
                .iter()
                .zip(taps.iter().rev())
                .map(|(tap, other)| tap + reflection * other)
                .collect();
            taps = mirrored;
            taps.push(reflection);
            power *= 1.0 - reflection * reflection;
        }
        let taps: Vec<f32> = taps.into_iter().map(|tap| tap as f32).collect();
        (power > 0.0).then(|| Self { past: vec![0.0; taps.len()], taps, power_left: power / r[0] })
    }

    /// Taps after the leading 1.
    #[must_use]
    pub fn taps(&self) -> &[f32] {
        &self.taps
    }

    /// Noise power after the filter over the power before it.
    #[must_use]
    pub fn power_left(&self) -> f64 {
        self.power_left
    }

    /// Filters the next samples.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn apply(&mut self, x: &[f32], out: &mut [f32]) {
        assert_eq!(x.len(), out.len(), "as many outputs as samples");
        let count = self.taps.len();
        for (&x, out) in x.iter().zip(out) {
            let mut sum = x;
            for (tap, past) in self.taps.iter().zip(&self.past) {
                sum += tap * past;
            }
            *out = sum;
            if count > 0 {
                self.past.copy_within(..count - 1, 1);
                self.past[0] = x;
            }
        }
    }
}

/// Adds the products of `errors` at lags 0, 1, .. to `sums`; divided by the number of errors, they
/// are the autocorrelation.
///
/// Products across the ends of a block are left out, so lag k is too small by k over the block's
/// length.
pub fn add_autocorrelation(errors: &[f32], sums: &mut [f64]) {
    for (lag, sum) in sums.iter_mut().enumerate().take(errors.len()) {
        *sum += errors
            .iter()
            .zip(&errors[lag..])
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum::<f64>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::least_squares;
    use crate::math::normals;
    use crate::seed::Seed;

    /// f32 taps: 1e-7.
    #[test]
    fn one_pole_noise_is_whitened_by_its_pole() {
        for a in [-0.9f64, -0.5, 0.0, 0.3, 0.5, 0.7, 0.99] {
            let r: Vec<f64> = (0..4).map(|k| 3.0 * (-a).powi(k)).collect();
            for count in 1..=3 {
                let whitening = Whitening::from_autocorrelation(&r, count).expect("a noise's");
                assert!((f64::from(whitening.taps()[0]) - a).abs() < 1e-7);
                assert!(
                    whitening.taps()[1..].iter().all(|tap| tap.abs() < 1e-7),
                    "{a}: {:?}",
                    whitening.taps()
                );
                assert!((whitening.power_left() - (1.0 - a * a)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn two_poles_are_whitened_by_two_taps() {
        // x + a1 x' + a2 x'' white: Yule and Walker
        let (a1, a2) = (0.8, 0.25);
        let r1 = -a1 / (1.0 + a2);
        let r = [1.0, r1, -a1 * r1 - a2, 0.0];
        let whitening = Whitening::from_autocorrelation(&r, 2).expect("a noise's");
        assert!(
            (f64::from(whitening.taps()[0]) - a1).abs() < 1e-7
                && (f64::from(whitening.taps()[1]) - a2).abs() < 1e-7
        );
        assert!((whitening.power_left() - (1.0 + a1 * r1 + a2 * r[2])).abs() < 1e-12);
    }

    #[test]
    fn the_recursion_solves_the_normal_equations() {
        let r = [2.0, -0.9, 0.5, -0.45, 0.1];
        for count in 1..=4 {
            let matrix: Vec<f64> =
                (0..count * count).map(|i: usize| r[(i / count).abs_diff(i % count)]).collect();
            let right: Vec<f64> = (0..count).map(|i| -r[i + 1]).collect();
            let solved = least_squares::solve(&matrix, &right).expect("definite");
            let whitening = Whitening::from_autocorrelation(&r, count).expect("a noise's");
            assert!(
                solved.iter().zip(whitening.taps()).all(|(a, b)| (a - f64::from(*b)).abs() < 1e-7)
            );
        }
    }

    #[test]
    fn numbers_that_no_noise_has_are_refused() {
        for r in [
            [0.0, 0.0, 0.0],
            [-1.0, 0.0, 0.0],
            [1.0, 1.2, 0.0],
            [1.0, -0.9, -0.9],
            [f64::NAN, 0.0, 0.0],
        ] {
            assert_eq!(Whitening::from_autocorrelation(&r, 2), None, "{r:?}");
        }
    }

    /// 200 000 samples know a correlation to 1 / sqrt(n) = 0.0022.
    #[test]
    fn noise_after_the_filter_is_white_and_pieces_give_the_bits_of_one_call() {
        let n = 200_000;
        let mut noise = vec![0.0; n];
        normals::fill(&mut Seed::new(1).named("whitening").rng(), &mut noise);
        (1..n).for_each(|i| noise[i] -= 0.6 * noise[i - 1]);
        let mut r = [0.0; 4];
        add_autocorrelation(&noise, &mut r);
        let mut whitening = Whitening::from_autocorrelation(&r, 1).expect("a noise's");
        let (mut one, mut whole, mut pieces) = (whitening.clone(), vec![0.0; n], vec![0.0; n]);
        one.apply(&noise, &mut whole);
        noise
            .chunks(1001)
            .zip(pieces.chunks_mut(1001))
            .for_each(|(noise, out)| whitening.apply(noise, out));
        assert_eq!(whole, pieces);
        let mut left = [0.0; 4];
        add_autocorrelation(&whole, &mut left);
        assert!(
            left[1..].iter().all(|l| (l / left[0]).abs() < 5.0 / (n as f64).sqrt()),
            "{left:?}"
        );
        assert!((left[0] / r[0] / whitening.power_left() - 1.0).abs() < 1e-3);
    }
}
