//! Model of a sequence detector: expected samples and metrics by symbols.

use crate::dsp::levels::LEVELS;
use crate::math::simd::{Float, Word};

/// Symbols that a detector decides at a time.
pub const RUN: usize = 64;

/// PAM4 after a short response, in noise that may depend on the level.
///
/// ```text
/// y[n] = l[n] + a1 l[n-1] + a2 l[n-2] + noise,    noise variance v(d[n]) by the latest symbol
/// ```
///
/// ```
/// use lightlane::dsp::mlse::PartialResponse;
/// assert_eq!(PartialResponse::new(&[0.5]).states(), 4);
/// assert_eq!(PartialResponse::new(&[0.5, 0.1]).with_variances([0.01; 4]).states(), 16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartialResponse {
    postcursors: [f32; 2],
    memory: usize,
    levels: [f32; 4],
    variances: [f32; 4],
}

impl PartialResponse {
    /// Levels at -1, -1/3, 1/3, 1, postcursors a1 or a1 and a2, noise of variance 1 on every level.
    ///
    /// # Panics
    ///
    /// If there is neither one postcursor nor two.
    #[must_use]
    pub fn new(postcursors: &[f32]) -> Self {
        assert!(
            matches!(postcursors.len(), 1 | 2),
            "{} postcursors: must be 1 or 2",
            postcursors.len()
        );
        let mut both = [0.0; 2];
        both[..postcursors.len()].copy_from_slice(postcursors);
        Self { postcursors: both, memory: postcursors.len(), levels: LEVELS, variances: [1.0; 4] }
    }

    /// With other levels, lowest first.
    #[must_use]
    pub fn with_levels(self, levels: [f32; 4]) -> Self {
        Self { levels, ..self }
    }

    /// With the noise's variance by level. Equal ones change no decision, only the scale of soft
    /// outputs.
    ///
    /// # Panics
    ///
    /// If one is not above 0.
    #[must_use]
    pub fn with_variances(self, variances: [f32; 4]) -> Self {
        assert!(variances.iter().all(|&v| v > 0.0), "variances {variances:?}: must be above 0");
        Self { variances, ..self }
    }

    /// The postcursors a1, or a1 and a2.
    #[must_use]
    pub fn postcursors(&self) -> &[f32] {
        &self.postcursors[..self.memory]
    }

    /// The levels, lowest first.
    #[must_use]
    pub fn levels(&self) -> [f32; 4] {
        self.levels
    }

    /// The noise's variance by level.
    #[must_use]
    pub fn variances(&self) -> [f32; 4] {
        self.variances
    }

    /// States of the trellis: 4 or 16.
    #[must_use]
    pub fn states(&self) -> usize {
        1 << (2 * self.memory)
    }
}

/// The transitions between `S` states; a state is the latest symbol in its two low bits and the one
/// before above them.
///
/// From state p to state s the symbol x leaves: p = s / 4 + x S / 4. Metrics are negative
/// logarithms of probability, up to a constant: (y - expected)^2 / 2 v + ln v / 2.
#[derive(Clone, Debug)]
pub(super) struct Trellis<const S: usize> {
    /// 1 / sqrt(2 v) by the state entered.
    pub(super) scale: [f32; S],
    /// Expected sample times scale, by the symbol that leaves and the state entered.
    pub(super) expected: [[f32; S]; 4],
    /// ln v / 2 by the state entered.
    pub(super) offset: [f32; S],
}

impl<const S: usize> Trellis<S> {
    pub(super) fn new(response: &PartialResponse) -> Self {
        assert_eq!(response.states(), S, "states of the response");
        let variance = |s: usize| response.variances[s & 3];
        let scale: [f32; S] = std::array::from_fn(|s| 1.0 / (2.0 * variance(s)).sqrt());
        let expected = std::array::from_fn(|x| {
            std::array::from_fn(|s| {
                let before = if S == 4 { x } else { s >> 2 };
                let sample =
                    response.levels[s & 3] + response.postcursors[0] * response.levels[before];
                let oldest =
                    if S == 4 { 0.0 } else { response.postcursors[1] * response.levels[x] };
                scale[s] * (sample + oldest)
            })
        });
        Self { scale, expected, offset: std::array::from_fn(|s| 0.5 * variance(s).ln()) }
    }

    /// Initial metrics with no symbols known, or the latest ones, latest last.
    pub(super) fn start(known: &[u8]) -> [f32; S] {
        if known.is_empty() {
            return [0.0; S];
        }
        let mut metric = [f32::INFINITY; S];
        let state =
            known.iter().fold(0, |state, &symbol| (state << 2 | usize::from(symbol)) & (S - 1));
        assert!(S >> (2 * known.len()) <= 1, "{} symbols known of a state of {S}", known.len());
        metric[state] = 0.0;
        metric
    }

    /// Metrics after the sample `y`, each from its best predecessor, and the symbols that left on
    /// these paths, two bits a state.
    ///
    /// For one detector: the states become vector lanes.
    #[inline(always)]
    pub(super) fn step(&self, metric: &[f32; S], y: f32) -> ([f32; S], u32) {
        let mut ways = [[0.0; S]; 4];
        for x in 0..4 {
            for s in 0..S {
                ways[x][s] =
                    on(metric[(s >> 2) + x * (S / 4)], y * self.scale[s], self.expected[x][s]);
            }
        }
        let (mut best, mut left) = ([0.0; S], [0; S]);
        for s in 0..S {
            (best[s], left[s]) = least([ways[0][s], ways[1][s], ways[2][s], ways[3][s]]);
            best[s] += self.offset[s];
            left[s] <<= 2 * s;
        }
        let mut half = S;
        while half > 1 {
            half /= 2;
            for s in 0..half {
                left[s] |= left[s + half];
            }
        }
        (best, left[0])
    }

    /// Steps of several detectors side by side, a lane each.
    #[inline(always)]
    pub(super) fn run_lanes<T: Float>(&self, metric: &mut [T; S], y: &[T], left: &mut [T::Word]) {
        let (mut even, mut odd) = (*metric, *metric);
        // back and forth, so that no metric is copied
        let ((pairs, last), (left, last_left)) = (y.as_chunks::<2>(), left.as_chunks_mut::<2>());
        for (y, left) in pairs.iter().zip(left) {
            left[0] = self.step_lanes(&even, y[0], &mut odd);
            left[1] = self.step_lanes(&odd, y[1], &mut even);
        }
        if let ([y], [left]) = (last, last_left) {
            *left = self.step_lanes(&even, *y, &mut odd);
            even = odd;
        }
        *metric = even;
    }

    /// One step; the metrics are written to `next`.
    #[inline(always)]
    fn step_lanes<T: Float>(&self, metric: &[T; S], y: T, next: &mut [T; S]) -> T::Word {
        let mut word = T::Word::splat(0);
        for s in 0..S {
            let scaled = y * T::splat(self.scale[s]);
            let way = |x: usize| {
                on(metric[(s >> 2) + x * (S / 4)], scaled, T::splat(self.expected[x][s]))
            };
            let (best, left) = least([way(0), way(1), way(2), way(3)]);
            next[s] = best + T::splat(self.offset[s]);
            word = word | left << T::Word::splat(2 * s as u32);
        }
        word
    }

    /// Backward metrics: from `later` at the state entered to those before the sample `y` at the
    /// state left.
    #[inline(always)]
    pub(super) fn step_back(&self, later: &[f32; S], y: f32) -> [f32; S] {
        let mut best = [f32::INFINITY; S];
        for x in 0..4 {
            for (s, &later) in later.iter().enumerate() {
                let error = y * self.scale[s] - self.expected[x][s];
                let candidate = later + (error * error + self.offset[s]);
                let p = (s >> 2) + x * (S / 4);
                best[p] = if candidate < best[p] { candidate } else { best[p] };
            }
        }
        best
    }
}

/// Metric after a transition, from the scaled sample and the expected one.
#[inline(always)]
fn on<T: Float>(metric: T, scaled: T, expected: T) -> T {
    let error = scaled - expected;
    metric + error * error
}

/// The least of the metrics into a state, the first among equals, and its number.
#[inline(always)]
fn least<T: Float>(way: [T; 4]) -> (T, T::Word) {
    let symbol = T::Word::splat;
    let low = way[0].least(way[1]);
    let low_symbol = way[1].word_if_less(way[0], symbol(1), symbol(0));
    let high = way[2].least(way[3]);
    let high_symbol = way[3].word_if_less(way[2], symbol(3), symbol(2));
    let best = low.least(high);
    (best, high.word_if_less(low, high_symbol, low_symbol))
}

/// Traces back from the best state after the last sample; `give` receives the symbols of the first
/// `wanted` samples, the last one first.
#[inline(always)]
pub(super) fn trace<T: Float, const S: usize>(
    metric: &[T; S],
    left: &[T::Word],
    wanted: usize,
    mut give: impl FnMut(usize, T::Word),
) {
    let (mut state, mut best) = (T::Word::splat(0), metric[0]);
    for (s, &metric) in metric.iter().enumerate().skip(1) {
        state = metric.word_if_less(best, T::Word::splat(s as u32), state);
        best = best.least(metric);
    }
    let (first, later) = left.split_at(wanted);
    for &word in later.iter().rev() {
        state = back::<T, S>(state, word);
    }
    for (n, &word) in first.iter().enumerate().rev() {
        give(n, state & T::Word::splat(3));
        state = back::<T, S>(state, word);
    }
}

/// The state before a state, by the symbols that left.
#[inline(always)]
fn back<T: Float, const S: usize>(state: T::Word, left: T::Word) -> T::Word {
    let word = T::Word::splat;
    let before = left >> (state << word(1)) & word(3);
    if S == 4 { before } else { state >> word(2) | before << word(S.trailing_zeros() - 2) }
}

/// Subtracts the least, so that sums over many symbols stay small.
#[inline(always)]
pub(super) fn normalise<T: Float, const S: usize>(metric: &mut [T; S]) {
    let least = metric.iter().fold(T::splat(f32::INFINITY), |least, &m| least.least(m));
    metric.iter_mut().for_each(|m| *m = *m - least);
}
