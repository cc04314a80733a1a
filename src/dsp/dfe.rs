//! Decision-feedback equaliser.

use super::levels::LEVELS;
use super::slicer::Thresholds;
use crate::math::simd::multiversion_x8;
use crate::math::simd::{F32x8, Float, LANES};

/// Largest number of feedback taps.
pub const TAPS_MAX: usize = 16;
/// Samples of a stretch transposed at a time.
const PIECE: usize = 128;
/// Shortest stretch that is worth a lane.
const STRETCH_MIN: usize = 64;

/// Cancels the postcursors of earlier symbols by their decisions, then decides.
///
/// ```text
/// z[n] = y[n] - sum_j taps[j] level(d[n-1-j]),    d[n] = how many thresholds lie below z[n],    j = 0 .. N-1
/// ```
///
/// In: one sample per symbol, levels at -1, -1/3, 1/3, 1 before the postcursors are added. Out: z
/// and the decisions. The decisions fed back are kept from call to call; before the first one the
/// feedback is 0.
///
/// # Limits
///
/// Taps do not adapt. With a tap larger than the eye allows, one wrong decision causes the next, as
/// in a real equaliser.
///
/// # Reference
///
/// C. A. Belfiore, J. H. Park, *Decision feedback equalization*, Proc. IEEE 67 (1979).
///
/// ```
/// use lightlane::dsp::{dfe::Dfe, slicer::Thresholds};
/// let mut dfe = Dfe::new(&[0.5], Thresholds::MIDDLE);
/// let (mut out, mut decided) = ([0.0; 3], [0; 3]);
/// dfe.decide(&[1.0, -1.0 / 3.0 + 0.5, 1.0 - 0.5 / 3.0], &mut out, &mut decided);
/// assert_eq!(decided, [3, 1, 3]);
/// ```
#[derive(Clone, Debug)]
pub struct Dfe {
    taps: [f32; TAPS_MAX],
    count: usize,
    thresholds: Thresholds,
    /// Decided levels, latest first.
    past: [f32; TAPS_MAX],
}

impl Dfe {
    /// An equaliser with the given taps, the latest symbol's first.
    ///
    /// # Panics
    ///
    /// If there are none or more than [`TAPS_MAX`].
    #[must_use]
    pub fn new(taps: &[f32], thresholds: Thresholds) -> Self {
        assert!(
            (1..=TAPS_MAX).contains(&taps.len()),
            "{} feedback taps: must be from 1 to {TAPS_MAX}",
            taps.len()
        );
        let mut padded = [0.0; TAPS_MAX];
        padded[..taps.len()].copy_from_slice(taps);
        Self { taps: padded, count: taps.len(), thresholds, past: [0.0; TAPS_MAX] }
    }

    /// Clears the decisions fed back.
    pub fn reset(&mut self) {
        self.past = [0.0; TAPS_MAX];
    }

    /// Restarts after known symbols, latest last, as if they had been decided. Missing ones feed
    /// back 0.
    ///
    /// # Panics
    ///
    /// If one is above 3.
    pub fn restart(&mut self, known: &[u8]) {
        self.reset();
        self.past
            .iter_mut()
            .zip(known.iter().rev())
            .for_each(|(past, &symbol)| *past = LEVELS[usize::from(symbol)]);
    }

    /// The taps.
    #[must_use]
    pub fn taps(&self) -> &[f32] {
        &self.taps[..self.count]
    }

    /// Equalises and decides the next samples.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn decide(&mut self, y: &[f32], out: &mut [f32], decided: &mut [u8]) {
        assert!(
            y.len() == out.len() && y.len() == decided.len(),
            "as many outputs and decisions as samples"
        );
        out.copy_from_slice(y);
        one(&self.feedback(), &mut self.past, out);
        self.thresholds.levels(out, decided);
    }

    /// Same bits as [`Dfe::decide`], but faster when `guess` predicts the decisions: eight
    /// stretches of the samples run side by side, each after its guessed symbols. Where the
    /// previous stretch decided otherwise, a stretch is run again until its decisions repeat.
    ///
    /// # Panics
    ///
    /// If the lengths differ, or a symbol guessed is above 3.
    pub fn decide_guessing(
        &mut self,
        y: &[f32],
        guess: &[u8],
        out: &mut [f32],
        decided: &mut [u8],
    ) {
        assert!(
            y.len() == out.len() && y.len() == decided.len(),
            "as many outputs and decisions as samples"
        );
        assert_eq!(y.len(), guess.len(), "as many symbols guessed as samples");
        let stretch = y.len() / LANES;
        if stretch < STRETCH_MIN {
            return self.decide(y, out, decided);
        }
        let feedback = self.feedback();
        let guessed = |lane: usize, j: usize| {
            if lane == 0 {
                self.past[j]
            } else {
                LEVELS[usize::from(guess[lane * stretch - 1 - j])]
            }
        };
        let mut past: [F32x8; TAPS_MAX] =
            std::array::from_fn(|j| F32x8::each(|lane| guessed(lane, j)));
        eight_stretches(&feedback, &mut past, &y[..LANES * stretch], &mut out[..LANES * stretch]);
        self.thresholds.levels(&out[..LANES * stretch], &mut decided[..LANES * stretch]);
        for at in (1..LANES).map(|lane| lane * stretch) {
            if decided[at - feedback.count..at] != guess[at - feedback.count..at] {
                self.decide_again(at, &y[..at + stretch], out, decided);
            }
        }
        self.feed_back(&decided[..LANES * stretch]);
        let rest = LANES * stretch..y.len();
        self.decide(&y[rest.clone()], &mut out[rest.clone()], &mut decided[rest]);
    }

    /// Decides again from the sample `at` on, after the decisions before it, until the decisions
    /// repeat.
    fn decide_again(&mut self, at: usize, y: &[f32], out: &mut [f32], decided: &mut [u8]) {
        self.feed_back(&decided[..at]);
        for from in (at..y.len()).step_by(TAPS_MAX) {
            let piece = from..(from + TAPS_MAX).min(y.len());
            let mut before = [0; TAPS_MAX];
            before[..piece.len()].copy_from_slice(&decided[piece.clone()]);
            self.decide(&y[piece.clone()], &mut out[piece.clone()], &mut decided[piece.clone()]);
            // older decisions are not fed back
            if piece.len() == TAPS_MAX && before == decided[piece] {
                break;
            }
        }
    }

    /// Takes the last symbols as the decisions fed back.
    fn feed_back(&mut self, decided: &[u8]) {
        self.past
            .iter_mut()
            .zip(decided.iter().rev())
            .for_each(|(past, &symbol)| *past = LEVELS[usize::from(symbol)]);
    }

    /// As [`Dfe::decide`], but feeds back the symbols sent: the ideal equaliser, without error
    /// propagation.
    ///
    /// # Panics
    ///
    /// If the lengths differ, or a symbol sent is above 3.
    pub fn decide_knowing(&mut self, y: &[f32], sent: &[u8], out: &mut [f32], decided: &mut [u8]) {
        assert!(
            y.len() == out.len() && y.len() == decided.len(),
            "as many outputs and decisions as samples"
        );
        assert_eq!(y.len(), sent.len(), "as many symbols sent as samples");
        out.copy_from_slice(y);
        let feedback = self.feedback();
        run::<f32, TAPS_MAX>(&feedback, &mut self.past, out, |n, _| LEVELS[usize::from(sent[n])]);
        self.thresholds.levels(out, decided);
    }

    fn feedback(&self) -> Feedback {
        let count = match self.count {
            3..=4 => 4,
            5..=8 => 8,
            9.. => TAPS_MAX,
            count => count,
        };
        let mut thresholds = self.thresholds.0;
        thresholds.sort_by(f32::total_cmp);
        Feedback { taps: self.taps, count, thresholds }
    }
}

/// Taps and thresholds as the loop uses them.
struct Feedback {
    taps: [f32; TAPS_MAX],
    /// Taps in use, the last ones perhaps zero, to one of the counts that the loop is made for.
    count: usize,
    /// Lowest first; a symbol is the number of thresholds below its sample, in any order.
    thresholds: [f32; 3],
}

multiversion_x8! {
fn one(feedback: &Feedback, past: &mut [f32; TAPS_MAX], z: &mut [f32]) {
    counted(feedback, past, z);
}

/// The samples are eight consecutive stretches.
fn eight_stretches(feedback: &Feedback, past: &mut [F32x8; TAPS_MAX], y: &[f32], out: &mut [f32]) {
    let stretch = y.len() / LANES;
    let mut memory = [F32x8::default(); PIECE];
    for from in (0..stretch).step_by(PIECE) {
        let z = &mut memory[..(stretch - from).min(PIECE)];
        for (k, z) in z.iter_mut().enumerate() {
            *z = F32x8::each(|lane| y[lane * stretch + from + k]);
        }
        counted(feedback, past, z);
        for (lane, out) in out.chunks_exact_mut(stretch).enumerate() {
            out[from..].iter_mut().zip(&*z).for_each(|(out, z)| *out = z.lane(lane));
        }
    }
}
}

/// The loop for its number of taps.
#[inline(always)]
fn counted<T: Float>(feedback: &Feedback, past: &mut [T; TAPS_MAX], z: &mut [T]) {
    match feedback.count {
        1 => run::<T, 1>(feedback, past, z, |_, level| level),
        2 => run::<T, 2>(feedback, past, z, |_, level| level),
        4 => run::<T, 4>(feedback, past, z, |_, level| level),
        8 => run::<T, 8>(feedback, past, z, |_, level| level),
        _ => run::<T, TAPS_MAX>(feedback, past, z, |_, level| level),
    }
}

/// The loop over `N` taps: samples in `z` become the equalised samples. `fed` turns a decided level
/// into the one fed back.
#[inline(always)]
fn run<T: Float, const N: usize>(
    feedback: &Feedback,
    before: &mut [T; TAPS_MAX],
    z: &mut [T],
    fed: impl Fn(usize, T) -> T,
) {
    let (levels, [t0, t1, t2]) = (LEVELS.map(T::splat), feedback.thresholds.map(T::splat));
    let taps: [T; N] = std::array::from_fn(|j| T::splat(feedback.taps[j]));
    let mut past: [T; N] = std::array::from_fn(|j| before[j]);
    for (n, out) in z.iter_mut().enumerate() {
        let mut z = *out;
        // the latest decision last: the others do not wait for it
        for j in (0..N).rev() {
            z = z - taps[j] * past[j];
        }
        *out = z;
        let (lower, upper) =
            (t0.if_less(z, levels[1], levels[0]), t2.if_less(z, levels[3], levels[2]));
        past.copy_within(..N - 1, 1);
        past[0] = fed(n, t1.if_less(z, upper, lower));
    }
    before[..N].copy_from_slice(&past);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dsp::bursts::Bursts;
    use crate::math::gaussian::{q, q_inverse};
    use crate::math::normals;
    use crate::seed::{Seed, StreamKey};

    /// Random levels and their samples after 1 + sum taps D^j in white noise of `sigma`.
    pub(crate) fn received(name: &str, taps: &[f32], sigma: f32, n: usize) -> (Vec<u8>, Vec<f32>) {
        let mut rng = Seed::new(1).stream(&StreamKey::of(name.to_owned())).rng();
        let sent: Vec<u8> = (0..n).map(|_| (rng.next_u64() >> 62) as u8).collect();
        let mut y = vec![0.0; n];
        normals::fill(&mut rng, &mut y);
        let level = |n: usize, back: usize| {
            if n < back { 0.0 } else { LEVELS[usize::from(sent[n - back])] }
        };
        for (n, y) in y.iter_mut().enumerate() {
            *y = *y * sigma
                + level(n, 0)
                + taps.iter().enumerate().map(|(j, tap)| tap * level(n, j + 1)).sum::<f32>();
        }
        (sent, y)
    }

    /// Half an eye is 1/3 of the full scale.
    fn sigma(x: f64) -> f32 {
        (1.0 / (3.0 * x)) as f32
    }

    fn wrong(sent: &[u8], decided: &[u8]) -> Bursts {
        let mut bursts = Bursts::new(1);
        bursts.push(sent, decided);
        bursts
    }

    /// Each decision after one that is wrong by a level is an independent draw, so their number is
    /// binomial. 8 million symbols start some 2800 bursts: 5 sigma of 0.06 are 0.02.
    #[test]
    fn bursts_go_on_as_the_closed_form_says() {
        let x = 3.5;
        let (sent, mut y) = received("dfe.bursts", &[], sigma(x), 8_000_000);
        let (mut out, mut decided) = (vec![0.0; y.len()], vec![0; y.len()]);
        let mut before = 0.0;
        for b in [0.3, 0.5, 0.7, 1.0] {
            // the same noise after each tap
            let step = b - before;
            y[1..].iter_mut().zip(&sent).for_each(|(y, &s)| *y += step * LEVELS[usize::from(s)]);
            before = b;
            Dfe::new(&[b], Thresholds::MIDDLE).decide(&y, &mut out, &mut decided);
            let (mut first, mut on) = (0u64, 0u64);
            for (s, d) in sent.windows(2).zip(decided.windows(2)) {
                let one = u64::from(s[0].abs_diff(d[0]) == 1);
                first += one;
                on += one * u64::from(s[1] != d[1]);
            }
            let b = f64::from(b);
            let expected = 0.75 * (q((1.0 - 2.0 * b) * x) + q((1.0 + 2.0 * b) * x));
            let sigma = (expected * (1.0 - expected) / first as f64).sqrt();
            let counted = on as f64 / first as f64;
            assert!(first > 2000);
            assert!(
                (counted - expected).abs() < 5.0 * sigma,
                "tap {b}: {counted} against {expected} +- {sigma}"
            );
            // an error of two levels is rare: all wrong decisions continue alike
            assert!((wrong(&sent, &decided).continuation() - expected).abs() < 5.0 * sigma + 0.01);
        }
    }

    /// The sum is rounded in another order: only samples within 1e-6 of a threshold may differ.
    #[test]
    fn a_genie_makes_it_a_memoryless_slicer() {
        let taps = [0.7, -0.4, 0.2, 0.1, 0.05];
        let sigma = sigma(2.5);
        let (sent, bare) = received("dfe.genie", &[], sigma, 200_000);
        let (same, y) = received("dfe.genie", &taps, sigma, 200_000);
        assert_eq!(sent, same);
        let (mut out, mut decided) = (vec![0.0; y.len()], vec![0; y.len()]);
        Dfe::new(&taps, Thresholds::MIDDLE).decide_knowing(&y, &sent, &mut out, &mut decided);
        let mut sliced = vec![0; y.len()];
        Thresholds::MIDDLE.levels(&bare, &mut sliced);
        for (n, bare) in bare.iter().enumerate() {
            assert!((out[n] - bare).abs() < 1e-6);
            let near = Thresholds::MIDDLE.0.iter().any(|t| (bare - t).abs() < 1e-6);
            assert!(near || decided[n] == sliced[n], "symbol {n}");
        }
        let p = 1.5 * q(2.5);
        let errors = wrong(&sent, &decided).wrong() as f64;
        assert!((errors - p * 2e5).abs() < 5.0 * (p * 2e5).sqrt(), "{errors} errors");
    }

    /// Zero forcing by z[n] = y[n] - a z[n-1] gives the noise the variance s^2 / (1 - a^2); a wrong
    /// decision's count has the deviation of its bursts, and an error of p is one of x by dp / (p
    /// x^2).
    #[test]
    fn over_a_zero_forcing_filter_it_gains_what_the_tap_amplifies() {
        for a in [0.3f32, 0.5, 0.7] {
            let x = 3.0;
            let (sent, y) = received("dfe.gain", &[a], sigma(x), 3_000_000);
            let (mut out, mut decided) = (vec![0.0; y.len()], vec![0; y.len()]);
            let half_eye = |decided: &[u8]| {
                let errors = wrong(&sent, decided);
                let p = errors.wrong() as f64 / y.len() as f64;
                let x = q_inverse(p / 1.5);
                (x, 5.0 * errors.deviation() / (errors.wrong() as f64 * x * x))
            };
            Dfe::new(&[a], Thresholds::MIDDLE).decide_knowing(&y, &sent, &mut out, &mut decided);
            let (ideal, ideal_known) = half_eye(&decided);
            let mut forced = y.clone();
            (1..y.len()).for_each(|n| forced[n] -= a * forced[n - 1]);
            Thresholds::MIDDLE.levels(&forced, &mut decided);
            let (linear, linear_known) = half_eye(&decided);
            let gain_db = 20.0 * (ideal / linear).log10();
            let expected_db = 10.0 * (1.0 / (1.0 - f64::from(a).powi(2))).log10();
            let known_db = 8.69 * (ideal_known + linear_known);
            assert!(
                (gain_db - expected_db).abs() < known_db,
                "{a}: {gain_db} dB, {expected_db} +- {known_db}"
            );
            assert!(known_db < 0.15);
        }
    }

    #[test]
    fn pieces_give_what_one_call_gives_for_any_number_of_taps() {
        for count in 1..=TAPS_MAX {
            let taps: Vec<f32> = (0..count).map(|j| 0.5 / (1.0 + j as f32)).collect();
            let (_, y) = received("dfe.pieces", &taps, 0.2, 2000);
            let (mut whole, mut pieces) =
                ((vec![0.0; 2000], vec![0; 2000]), (vec![0.0; 2000], vec![0; 2000]));
            Dfe::new(&taps, Thresholds::MIDDLE).decide(&y, &mut whole.0, &mut whole.1);
            let mut dfe = Dfe::new(&taps, Thresholds::MIDDLE);
            let (mut at, mut length) = (0, 0);
            while at < y.len() {
                let end = (at + length).min(y.len());
                dfe.decide(&y[at..end], &mut pieces.0[at..end], &mut pieces.1[at..end]);
                (at, length) = (end, (length + 1) % 29);
            }
            assert_eq!(whole, pieces);
            // every output is its sum over the decisions
            for n in 0..y.len() {
                let fed: f32 = (0..count.min(n))
                    .map(|j| taps[j] * LEVELS[usize::from(whole.1[n - 1 - j])])
                    .sum();
                assert!((y[n] - fed - whole.0[n]).abs() < 1e-5);
            }
        }
    }

    /// Taps up to one make errors that never end: stretches are run again to their ends, or into
    /// the next. A guess is good, bad, or random.
    #[test]
    fn stretches_side_by_side_give_the_bits_of_one_after_the_other() {
        let mut rng = Seed::new(1).named("dfe.guess").rng();
        for count in 1..=TAPS_MAX {
            for (main, sigma) in [(0.3, 0.1), (0.7, 0.25), (1.0, 0.2), (1.0, 0.5)] {
                let taps: Vec<f32> = (0..count)
                    .map(|j| if j == 0 { main } else { 0.3 * main / (1.0 + j as f32) })
                    .collect();
                for length in [0, 1, 511, 512, 600, 4096, 8192] {
                    let (sent, y) = received("dfe.stretches", &taps, sigma, length);
                    let random: Vec<u8> =
                        (0..length).map(|_| (rng.next_u64() >> 62) as u8).collect();
                    for guess in [&sent, &random, &vec![0; length]] {
                        let [mut plain, mut guessing] =
                            [(); 2].map(|()| Dfe::new(&taps, Thresholds([-0.6, 0.05, 0.7])));
                        let [mut a, mut b] = [(); 2].map(|()| (vec![0.0; length], vec![0; length]));
                        for _ in 0..2 {
                            // the second call continues the first
                            plain.decide(&y, &mut a.0, &mut a.1);
                            guessing.decide_guessing(&y, guess, &mut b.0, &mut b.1);
                            assert!(
                                a.0.iter().zip(&b.0).all(|(a, b)| a.to_bits() == b.to_bits()),
                                "{count} taps, {main}, {length} samples"
                            );
                            assert_eq!(a.1, b.1);
                        }
                    }
                }
            }
        }
    }

    /// At an error ratio above one in ten, one of seven seams is wrong: stretches are run again.
    #[test]
    fn errors_at_a_seam_are_seen() {
        let (sent, y) = received("dfe.seams", &[1.0], 0.35, 8192);
        let (mut out, mut decided) = (vec![0.0; 8192], vec![0; 8192]);
        Dfe::new(&[1.0], Thresholds::MIDDLE).decide(&y, &mut out, &mut decided);
        let wrong =
            (1..LANES).filter(|lane| decided[lane * 1024 - 1] != sent[lane * 1024 - 1]).count();
        assert!(wrong > 0, "no seam is wrong: the test above has no effect");
    }

    #[test]
    fn thresholds_may_lie_anywhere() {
        let mut dfe = Dfe::new(&[0.0], Thresholds([-0.9, 0.1, 0.2]));
        let (mut out, mut decided) = ([0.0; 4], [0; 4]);
        dfe.decide(&[-0.8, 0.05, 0.15, 0.25], &mut out, &mut decided);
        assert_eq!(decided, [1, 1, 2, 3]);
    }
}
