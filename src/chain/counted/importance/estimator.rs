//! Importance sampling on the stored noiseless blocks.

use super::error_events::{ErrorEvent, ErrorEvents, REACH};
use super::weighted::Weighted;
use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::trained::Trained;
use crate::chain::counted::noise_only::estimator::NoiseOnly;
use crate::chain::counted::tally::{LaneCount, Tally};
use crate::chain::semi_analytic::autocorrelation::lagged;
use crate::dsp::dfe::Dfe;
use crate::dsp::mlse::{Mlse, RUN};
use crate::dsp::slicer::Thresholds;
use crate::math::normals;
use crate::pattern::gray::BIT_ERRORS;
use crate::seed::{Rng, Seed};

/// Share of the targets that is spread evenly over all symbols, for poorly predicted errors.
const EVENLY: f64 = 0.05;

/// Symbols after a target that are simulated first, where an error burst continues.
const FIRST_WINDOW: usize = 16;

/// Longest window, symbols: longer bursts are truncated.
const WINDOW_MAX: usize = 1024;

/// Numbers drawn at a time.
const DRAWN: usize = 4096;

/// Importance sampling of low error ratios: noise shifted towards errors, one target at a time,
/// with weights.
///
/// ```text
/// BER = 1 / 2 N sum over k of E[F_k] = E[ w F_k / 2 N q_k ],    k drawn with probability q_k
/// w = 1 / sum over i of p_i exp(y_i t_i - t_i^2 / 2),    y_i = sum over j of c_i[j] nu[k + j]
/// ```
///
/// A target k is one of the N symbols of the stored blocks, drawn in proportion to its predicted
/// error probability (a twentieth evenly). Its window has independent noise, white numbers through
/// the colouring filter, whose mean is moved along the direction `c_i` by `t_i`, which brings it to
/// a threshold with ideal feedback: up or down, or along the difference of an error of a sequence
/// detector; which one is drawn with probability `p_i` (a fiftieth evenly), and `w` is the
/// likelihood ratio of the whole mixture. A poor prediction increases the variance but causes no
/// bias. Targets have separate windows, so that no shift meets another.
///
/// `F_k` are the wrong bits of the burst that begins at k: k is decided wrongly and the `memory`
/// symbols before it are right; the burst ends when as many are right again. The memory is that of
/// the decisions: feedback taps, postcursors, 1 after a precoder, or none, and then every wrong
/// symbol counts by itself. So each wrong bit belongs to one target. A slicer without precoder uses
/// the target's noise alone, whose colour does not matter: one number is drawn.
///
/// # Limits
///
/// Those of [`NoiseOnly`]; also, the symbols before a window are assumed to be decided correctly.
/// With feedback, sequences or a precoder this changes the ratio by a few times the memory times
/// the symbol error ratio, a fraction of 1e-4 at 1e-5. Bursts beyond 1024 symbols, or half of a
/// block, are truncated. There are no codewords.
///
/// # Reference
///
/// P. J. Smith, M. Shafi, H. Gao, *Quick simulation: a review of importance sampling techniques in
/// communications systems*, IEEE JSAC 15 (1997). E. Veach, L. J. Guibas, *Optimally combining
/// sampling techniques for Monte Carlo rendering* (1995), the balance heuristic.
pub struct ImportanceSampling {
    noise_only: NoiseOnly,
    events: ErrorEvents,
    /// Probability that a target is at most the i-th of all symbols.
    cumulative: Vec<f64>,
    /// Filter of a window's noise; a single 1 where that is one symbol.
    taps: Vec<f32>,
    /// Autocorrelation of that filter.
    lags: Vec<f64>,
    detector: TrainedDetector,
    thresholds: Thresholds,
    postcursors: Vec<f32>,
    precoder: bool,
    /// Number of correct decisions that ends a burst.
    memory: usize,
    /// A window: symbols before the target, and from it on at first.
    before: usize,
    after: usize,
}

/// Memory for windows.
struct Work {
    rng: Rng,
    numbers: Vec<f32>,
    white: Vec<f32>,
    noise: Vec<f32>,
    values: Vec<f32>,
    out: Vec<f32>,
    decided: Vec<u8>,
    sent: Vec<u8>,
    events: Vec<ErrorEvent>,
    mlse: Option<Mlse>,
}

impl Work {
    /// Appends the next `count` numbers to `white`.
    fn draw(&mut self, mut count: usize) {
        while count > 0 {
            if self.numbers.is_empty() {
                self.numbers.resize(DRAWN, 0.0);
                normals::fill(&mut self.rng, &mut self.numbers);
            }
            let now = count.min(self.numbers.len());
            let from = self.numbers.len() - now;
            self.white.extend(self.numbers.drain(from..));
            count -= now;
        }
    }
}

impl ImportanceSampling {
    /// The estimator for the receiver of the stored blocks.
    pub fn new(noise_only: NoiseOnly, trained: &Trained, precoder: bool) -> ImportanceSampling {
        let memory = trained.postcursors.len().max(usize::from(precoder));
        let (taps, before, after) = match trained.detector {
            _ if memory == 0 => (vec![1.0], 0, 1),
            // survivors of an earlier start have merged
            TrainedDetector::Mlse(_, depth) => {
                (noise_only.taps.clone(), 4 * memory + 4, FIRST_WINDOW + depth)
            }
            _ => (noise_only.taps.clone(), memory, FIRST_WINDOW),
        };
        let events = ErrorEvents::new(&noise_only.blocks, &taps, trained);
        let wide: Vec<f64> = taps.iter().map(|&h| f64::from(h)).collect();
        let mut found = Vec::new();
        let mut chances = Vec::new();
        for (b, stored) in noise_only.blocks.iter().enumerate() {
            chances.extend(
                (0..stored.levels.len()).map(|k| events.of(&noise_only.blocks, b, k, &mut found)),
            );
        }
        let (total, even) = (chances.iter().sum::<f64>(), 1.0 / chances.len() as f64);
        let mut sum = 0.0;
        let chance =
            |e: &f64| if total > 0.0 { (1.0 - EVENLY) * e / total + EVENLY * even } else { even };
        let cumulative = chances.iter().map(chance).map(|q| {
            sum += q;
            sum
        });
        ImportanceSampling {
            cumulative: cumulative.collect(),
            events,
            lags: lagged(&wide, wide.len()),
            taps,
            detector: trained.detector,
            thresholds: trained.thresholds,
            postcursors: trained.postcursors.clone(),
            precoder,
            memory,
            before,
            after,
            noise_only,
        }
    }

    /// Numbers drawn for a target whose burst ends within the first window, as a measure of cost.
    fn window(&self) -> usize {
        self.before + self.after + self.taps.len() - 1
    }

    /// Targets in a block.
    fn targets(&self) -> usize {
        (self.noise_only.block_symbols() / self.window()).max(1)
    }

    /// Symbols for which noise is drawn in a block of targets, at least.
    pub fn block_symbols(&self) -> u64 {
        (self.targets() * self.window()) as u64
    }

    /// One block of a lane, counted.
    pub(crate) fn one_block(&self, streams: Seed, block: u64) -> LaneCount {
        let weighted = self.sampled(streams, block);
        let (symbols, hits) = (weighted.simulated, weighted.hits);
        let end = Tally {
            symbols,
            symbol_errors: hits,
            bit_errors: hits,
            block_errors: vec![hits],
            ..Tally::default()
        };
        LaneCount { end, weighted: Some(weighted), ..LaneCount::default() }
    }

    /// The `block`-th block of targets with noise of `streams`.
    pub fn sampled(&self, streams: Seed, block: u64) -> Weighted {
        let streams = streams.named("rare").index(block);
        let mut choices = streams.named("targets").rng();
        let mut work = Work {
            rng: streams.named("noise").rng(),
            numbers: Vec::with_capacity(DRAWN),
            white: Vec::new(),
            noise: Vec::new(),
            values: Vec::new(),
            out: Vec::new(),
            decided: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            mlse: match &self.detector {
                TrainedDetector::Mlse(response, depth) => Some(Mlse::new(response, *depth)),
                _ => None,
            },
        };
        let mut weighted = Weighted::default();
        let all = self.cumulative.len();
        let end = self.cumulative[all - 1];
        for _ in 0..self.targets() {
            let u = choices.uniform() * end;
            let target = self.cumulative.partition_point(|&sum| sum <= u).min(all - 1);
            let chance = (self.cumulative[target]
                - if target > 0 { self.cumulative[target - 1] } else { 0.0 })
                / end;
            let event = choices.uniform();
            let (simulated, ratio, bits) = self.aimed(target, event, &mut work);
            weighted.push(simulated as u64, ratio / (all as f64 * chance), bits);
        }
        weighted
    }

    /// Simulates one target: returns numbers drawn, likelihood ratio, and bit errors of its burst.
    fn aimed(&self, target: usize, event: f64, work: &mut Work) -> (usize, f64, u64) {
        let n = self.noise_only.block_symbols();
        let (block, k) = (target / n, target % n);
        let mut events = std::mem::take(&mut work.events);
        self.events.of(&self.noise_only.blocks, block, k, &mut events);
        let mut left = event;
        let chosen = events.iter().position(|w| {
            left -= w.chance;
            left < 0.0
        });
        let chosen = events[chosen.unwrap_or(events.len() - 1)];
        let mut after = self.after;
        work.white.clear();
        work.draw(self.window());
        let bits = loop {
            self.simulate(block, k, after, &chosen, work);
            let cut = 2 * after > WINDOW_MAX.min(n / 2);
            if let Some(bits) = self.begun(after, cut, work) {
                break bits;
            }
            work.draw(after);
            after *= 2;
        };
        let y = |w: &ErrorEvent| {
            w.direction
                .iter()
                .zip(&work.noise[self.before..])
                .map(|(c, &nu)| c * f64::from(nu))
                .sum::<f64>()
        };
        let mixture: f64 =
            events.iter().map(|w| w.chance * (w.shift() * (y(w) - w.shift() / 2.0)).exp()).sum();
        work.events = events;
        (work.white.len(), 1.0 / mixture, bits)
    }

    /// Makes the window from the white numbers and decides it.
    fn simulate(&self, block: usize, k: usize, after: usize, event: &ErrorEvent, work: &mut Work) {
        let stored = &self.noise_only.blocks[block];
        let (n, length) = (stored.levels.len(), self.before + after);
        let at = |j: usize| (k + n - self.before + j) % n;
        work.noise.clear();
        work.noise.extend(
            (0..length)
                .map(|j| self.taps.iter().zip(&work.white[j..]).map(|(h, x)| h * x).sum::<f32>()),
        );
        for (j, nu) in work.noise.iter_mut().enumerate() {
            // the shift of white numbers along the direction, after the filter
            let moved = event
                .direction
                .iter()
                .enumerate()
                .map(|(i, c)| c * self.lags.get(j.abs_diff(self.before + i)).unwrap_or(&0.0));
            *nu += (event.shift() * moved.sum::<f64>()) as f32;
        }
        work.values.clear();
        work.values.extend(
            work.noise
                .iter()
                .enumerate()
                .map(|(j, nu)| stored.means[at(j)] + stored.deviations[at(j)] * nu),
        );
        work.sent.clear();
        work.sent.extend((0..length).map(|j| stored.levels[at(j)]));
        work.decided.resize(length, 0);
        let known: Vec<u8> = (0..self.postcursors.len())
            .rev()
            .map(|j| stored.levels[(at(0) + n - 1 - j) % n])
            .collect();
        match &self.detector {
            TrainedDetector::Slicer => self.thresholds.levels(&work.values, &mut work.decided),
            TrainedDetector::Dfe => {
                work.out.resize(length, 0.0);
                let mut dfe = Dfe::new(&self.postcursors, self.thresholds);
                dfe.restart(&known);
                dfe.decide(&work.values, &mut work.out, &mut work.decided);
            }
            TrainedDetector::Mlse(_, depth) => {
                let mlse = work.mlse.as_mut().expect("made for this decider");
                mlse.restart(&known);
                work.decided.resize(length + depth + RUN, 0);
                let given = mlse.detect(&work.values, &mut work.decided);
                mlse.finish(&mut work.decided[given..]);
                work.decided.truncate(length);
            }
        }
    }

    /// Bits wrong in the burst that begins at the target; `None` while it continues at the window's
    /// end, unless it is to be `cut` there.
    fn begun(&self, after: usize, cut: bool, work: &Work) -> Option<u64> {
        let (sent, decided, first) = (&work.sent, &work.decided, self.before);
        let begins = sent[first] != decided[first]
            && sent[first - self.memory..first] == decided[first - self.memory..first];
        if !begins {
            return Some(0);
        }
        let own = |j: usize| (sent[j], decided[j]);
        // after undoing a precoder, a decision is in two symbols
        let plain = |j: usize| ((sent[j] + sent[j - 1]) & 3, (decided[j] + decided[j - 1]) & 3);
        // the last decisions of a sequence are not final
        let end = first + after
            - if let TrainedDetector::Mlse(_, depth) = self.detector { depth } else { 0 };
        let (mut bits, mut right) = (0, 0);
        for j in first..end {
            let (sent, decided) = if self.precoder { plain(j) } else { own(j) };
            bits += u64::from(BIT_ERRORS[usize::from(sent)][usize::from(decided)]);
            right = if work.sent[j] == work.decided[j] { right + 1 } else { 0 };
            if right == self.memory && self.memory > 0 {
                return Some(bits);
            }
        }
        (cut || self.memory == 0).then_some(bits)
    }
}

const _: () = assert!(FIRST_WINDOW >= REACH, "an event lies within the first window");
