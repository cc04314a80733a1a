//! What a sequence detector believes: which samples which symbols give.

use crate::dsp::LEVELS;

/// PAM4 behind a short response, in noise that may depend on the level.
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
        assert!(matches!(postcursors.len(), 1 | 2), "{} postcursors: must be 1 or 2", postcursors.len());
        let mut both = [0.0; 2];
        both[..postcursors.len()].copy_from_slice(postcursors);
        Self { postcursors: both, memory: postcursors.len(), levels: LEVELS, variances: [1.0; 4] }
    }

    /// With levels elsewhere, lowest first.
    #[must_use]
    pub fn with_levels(self, levels: [f32; 4]) -> Self {
        Self { levels, ..self }
    }

    /// With the noise's variance by level. Equal ones change no decision, only the scale of soft outputs.
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

    /// States of the trellis: 4 or 16.
    #[must_use]
    pub fn states(&self) -> usize {
        1 << (2 * self.memory)
    }
}

/// The transitions between `S` states; a state is the latest symbol in its two low bits and the one before above them.
///
/// From state p to state s the symbol x leaves: p = s / 4 + x S / 4. Metrics are negative logarithms of probability, up to a
/// constant: (y - expected)^2 / 2 v + ln v / 2.
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
                let sample = response.levels[s & 3] + response.postcursors[0] * response.levels[before];
                let oldest = if S == 4 { 0.0 } else { response.postcursors[1] * response.levels[x] };
                scale[s] * (sample + oldest)
            })
        });
        Self { scale, expected, offset: std::array::from_fn(|s| 0.5 * variance(s).ln()) }
    }

    /// Metrics when nothing or the latest symbols are known, latest last.
    pub(super) fn start(known: &[u8]) -> [f32; S] {
        if known.is_empty() {
            return [0.0; S];
        }
        let mut metric = [f32::INFINITY; S];
        let state = known.iter().fold(0, |state, &symbol| (state << 2 | usize::from(symbol)) & (S - 1));
        assert!(S >> (2 * known.len()) <= 1, "{} symbols known of a state of {S}", known.len());
        metric[state] = 0.0;
        metric
    }

    /// Metrics behind the sample `y`, each from its best predecessor, and which symbol left on the way, two bits a state.
    #[inline(always)]
    pub(super) fn step(&self, metric: &[f32; S], y: f32) -> ([f32; S], u32) {
        let mut best = [f32::INFINITY; S];
        let mut left = [0u32; S];
        for x in 0..4 {
            for s in 0..S {
                let error = y * self.scale[s] - self.expected[x][s];
                let candidate = metric[(s >> 2) + x * (S / 4)] + error * error;
                let better = candidate < best[s];
                best[s] = if better { candidate } else { best[s] };
                left[s] = if better { x as u32 } else { left[s] };
            }
        }
        let mut word = 0;
        for s in 0..S {
            best[s] += self.offset[s];
            word |= left[s] << (2 * s);
        }
        (best, word)
    }

    /// Metrics of what follows: behind `later` at the state entered, ahead of the sample `y` at the state left.
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

/// Subtracts the least, so that sums over many symbols stay small.
#[inline(always)]
pub(super) fn normalise<const S: usize>(metric: &mut [f32; S]) {
    let least = metric.iter().fold(f32::INFINITY, |least, &m| if m < least { m } else { least });
    metric.iter_mut().for_each(|m| *m -= least);
}
