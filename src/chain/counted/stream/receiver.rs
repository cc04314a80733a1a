//! The sequential receiver: samples one by one, at a phase controlled by past decisions.

use crate::chain::build::detector::TrainedDetector;
use crate::chain::build::guard::latency;
use crate::chain::build::plan::Plan;
use crate::chain::build::trained::Trained;
use crate::chain::counted::clock_reading::ClockReading;
use crate::chain::describe::clocking::{Clocking, Sinusoid};
use crate::chain::describe::sub_converters::SubConverters;
use crate::dsp::LEVELS;
use crate::dsp::cdr::{
    ClockLoop, LockDetector, LoopGains, Slips, TimingDetector, TimingDetectorKind,
};
use crate::dsp::dfe::TAPS_MAX;
use crate::dsp::mlse::Mlse;
use crate::dsp::slicer::Thresholds;
use crate::math::interpolator::{self, BEFORE, Interpolator};
use crate::math::simd::multiversion;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Sine of the transmitter's jitter at symbol `n`, and the turn from symbol to symbol.
fn sinusoid_at(sinusoid: Sinusoid, n: i64) -> [(f64, f64); 2] {
    let turn = std::f64::consts::TAU * sinusoid.frequency;
    // whole periods are subtracted first to keep precision at large times
    let angle = std::f64::consts::TAU * (sinusoid.frequency * n as f64).fract();
    [angle.sin_cos(), turn.sin_cos()]
}

/// The input of a bang-bang loop is Gaussian, from noise and from the loop's error: its slope is
/// inversely proportional to its rms.
fn dithered(sigma_ui: f64, phase_error_ui: f64) -> f64 {
    sigma_ui / sigma_ui.hypot(phase_error_ui)
}

/// Initial phase error of a loop, UI.
const FIRST_ERROR_UI: f64 = 0.1;

/// Limit of a symbol's timing error, UI.
const ERROR_UI_MAX: f64 = 0.5;

/// Limit of a loop's frequency offset, UI per symbol.
const DRIFT_UI_MAX: f64 = 0.02;

/// Phase error below which a loop is locked, UI rms; an unlocked one has 0.29.
const LOCKED_UI: f64 = 0.15;

/// Time constants of the loop over which the phase error is averaged to decide on lock, before and
/// after the first scored symbol; a single slip does not lose it.
const LOCK_MEMORY: [f64; 2] = [4.0, 8.0];

/// Products summed in parallel.
const WIDTH: usize = 16;

/// Input of the receiver for one block.
pub(crate) struct Block<'a> {
    /// Waveform at the sampler without its mean, on the grid.
    pub(crate) wave: &'a [f32],
    /// Symbol at its first sample.
    pub(crate) first: i64,
    /// First scored symbol.
    pub(crate) scored: i64,
    /// Normal numbers, one a sample, for the converter's noise and for its jitter; empty without
    /// noise.
    pub(crate) noise: &'a [f32],
    pub(crate) jitter: &'a [f32],
}

/// Symbol-by-symbol decisions: input of the clock recovery, and the receiver's decisions unless it
/// detects sequences.
struct SymbolDecider {
    thresholds: Thresholds,
    /// Feedback taps, and the levels that they are for, both latest first.
    feedback: [f32; TAPS_MAX],
    past: [f32; TAPS_MAX],
    count: usize,
}

impl SymbolDecider {
    pub(crate) fn new(trained: &Trained) -> SymbolDecider {
        let (mut feedback, count) = ([0.0; TAPS_MAX], trained.postcursors.len());
        feedback[..count].copy_from_slice(&trained.postcursors);
        SymbolDecider { thresholds: trained.thresholds, feedback, past: [0.0; TAPS_MAX], count }
    }

    /// The decided level of an equalised sample, and the sample without the postcursors of earlier
    /// decisions.
    #[inline(always)]
    fn decide(&mut self, z: f32) -> (u8, f32) {
        let [t0, t1, t2] = self.thresholds.0;
        let left: f32 =
            self.feedback[..self.count].iter().zip(&self.past).map(|(b, level)| b * level).sum();
        let value = z - left;
        let level = u8::from(value > t0) + u8::from(value > t1) + u8::from(value > t2);
        if self.count > 0 {
            self.past.copy_within(..self.count - 1, 1);
            self.past[0] = LEVELS[usize::from(level)];
        }
        (level, value)
    }
}

/// One output of the equaliser with its decision.
#[derive(Clone, Copy, Default)]
struct Output {
    equalised: f32,
    value: f32,
    level: u8,
}

/// Sequence detection after the decisions that the clock uses.
struct Sequences {
    detector: Mlse,
    /// Equalised samples of the block, before feedback.
    equalised: Vec<f32>,
    /// The last decisions of the block before.
    known: Vec<u8>,
}

/// The loop and its inputs.
struct Recovered {
    bang_bang: bool,
    gains: LoopGains,
    /// Subtracted from the detector's output, and the factor to UI.
    zero: f32,
    per_output: f64,
    /// Ratio of the detector's slope to the calibrated one, and the jitter that linearises a sign.
    noisy: f64,
    sigma_ui: f64,
    clock: ClockLoop,
    detector: TimingDetector,
    lock: LockDetector,
    /// Step at which the acquiring loop is replaced by the tracking loop.
    acquired_at: i64,
    acquired: bool,
    /// True if locked at every scored step.
    held: bool,
}

/// A receiver between two blocks.
pub(crate) struct ClockedReceiver {
    clocking: Clocking,
    per_symbol: usize,
    samples_per_symbol: f64,
    /// Taps padded with leading zeros to whole vectors; those of a symbol's newest samples are zero
    /// here and stored separately.
    taps: Vec<f32>,
    newest: Vec<f32>,
    /// Of those, how many stand before the main one.
    before: usize,
    offset: f32,
    latency: i64,
    half_scale: f32,
    quantisation: f32,
    /// Jitter of the sampling instants, samples of the grid rms.
    jitter: f64,
    /// Its sub-converters, where they differ, and the full scale of their offsets.
    converters: Option<SubConverters>,
    full_scale: f32,
    sample_rate_hz: f64,
    /// Step of the baseline tracking (fraction of the error per sample).
    follow: f32,
    decisions: SymbolDecider,
    sequences: Option<Sequences>,
    recovered: Option<Recovered>,
    /// Samples, oldest first, and their number.
    line: Vec<f32>,
    filled: usize,
    baseline: f32,
    /// Next sample's number, from the first scored symbol.
    step: i64,
    slips: Slips,
    /// Whole symbols between sample and symbol at the first scored one.
    aligned: i64,
    scoring: bool,
    /// A decision that belongs to the next block.
    carried: Option<Output>,
    /// Outputs and decisions of the block.
    pub(crate) values: Vec<f32>,
    pub(crate) decided: Vec<u8>,
    steps: f64,
    error_square: f64,
    drift: f64,
    /// Sum of the phase error's products with sine and cosine of the transmitter's jitter.
    tone: [f64; 2],
}

impl ClockedReceiver {
    /// A receiver that begins with the block at symbol `start`, at most 0, and scores from symbol
    /// 0.
    pub(crate) fn new(
        plan: &Plan,
        trained: &Trained,
        clocking: Clocking,
        start: i64,
    ) -> ClockedReceiver {
        let (p, n) = (plan.sampler.samples_per_symbol, plan.grid.symbols - 2 * clocking.guard);
        let padding = trained.taps.len().next_multiple_of(WIDTH) - trained.taps.len();
        let mut taps: Vec<f32> =
            std::iter::repeat_n(0.0, padding).chain(trained.taps.iter().copied()).collect();
        let latency = latency(trained, p);
        // number of a symbol's samples that the last taps weigh
        let fresh = p - (p * (latency as usize + 1) - (trained.taps.len() - trained.precursors));
        let (older, newest) =
            (taps.len() - fresh, trained.taps[trained.taps.len() - fresh..].to_vec());
        taps[older..].fill(0.0);
        let coupled = clocking.ac_corner > 0.0;
        // older samples that the first output needs
        let step = start - (trained.precursors.div_ceil(p) as i64 + 1);
        let kept = taps.len() + p * (latency as usize + 1);
        let recovered = clocking.recovery.zip(trained.timing).map(|(recovery, timing)| {
            let (zero, slope) = if recovery.bang_bang {
                (timing.sign_zero, timing.sign_slope)
            } else {
                (timing.zero, timing.slope)
            };
            let begins_at = clocking.offset * step as f64 + FIRST_ERROR_UI;
            Recovered {
                bang_bang: recovery.bang_bang,
                gains: recovery.gains,
                zero: zero as f32,
                per_output: 1.0 / slope,
                noisy: if recovery.bang_bang { 1.0 } else { timing.noisy },
                sigma_ui: timing.sigma_ui,
                clock: ClockLoop::new(recovery.acquiring()).at(begins_at, 0.0),
                detector: TimingDetector::new(TimingDetectorKind::MuellerMuller),
                lock: LockDetector::new(LOCK_MEMORY[0] / recovery.gains.proportional, LOCKED_UI),
                acquired_at: step + clocking.warm_up().0 as i64,
                acquired: false,
                held: true,
            }
        });
        ClockedReceiver {
            clocking,
            per_symbol: p,
            samples_per_symbol: plan.grid.samples_per_symbol as f64,
            before: padding + trained.precursors,
            offset: if coupled { trained.dc_offset_balanced } else { trained.offset },
            latency,
            half_scale: trained.full_scale / 2.0,
            quantisation: trained.quantisation,
            jitter: plan.sampler.jitter_s * plan.grid.sample_rate_hz(),
            converters: plan.sampling.clone(),
            full_scale: trained.full_scale,
            sample_rate_hz: plan.grid.sample_rate_hz(),
            follow: (TAU * clocking.ac_corner / p as f64) as f32,
            decisions: SymbolDecider::new(trained),
            sequences: match &trained.detector {
                TrainedDetector::Mlse(response, depth) => Some(Sequences {
                    detector: Mlse::new(response, *depth),
                    equalised: vec![0.0; n],
                    known: Vec::with_capacity(TAPS_MAX),
                }),
                TrainedDetector::Slicer | TrainedDetector::Dfe => None,
            },
            recovered,
            line: vec![0.0; 2 * kept + (n + 2 * clocking.guard) * p],
            filled: kept,
            taps,
            newest,
            // operating point for equally frequent levels: the training subtracted the mean of its
            // data
            baseline: if coupled {
                (trained.dc_offset_balanced - trained.offset) / trained.taps.iter().sum::<f32>()
            } else {
                0.0
            },
            step,
            slips: Slips::new(),
            aligned: 0,
            scoring: false,
            carried: None,
            values: vec![0.0; n],
            decided: vec![0; n],
            steps: 0.0,
            error_square: 0.0,
            drift: 0.0,
            tone: [0.0; 2],
        }
    }

    /// Starts scoring: symbols are aligned, slips are counted, and lock is required.
    pub(crate) fn begin_scoring(&mut self) {
        self.scoring = true;
        self.aligned += self.slips.offset();
        self.slips = Slips::new();
        if let Some(recovered) = &mut self.recovered {
            recovered.lock =
                recovered.lock.remembering(LOCK_MEMORY[1] / recovered.gains.proportional);
            recovered.held = recovered.lock.locked();
        }
    }

    /// Whether the clock was locked at every scored symbol so far.
    pub(crate) fn held(&self) -> bool {
        self.recovered.as_ref().is_none_or(|recovered| recovered.held)
    }

    /// Reading of its clock since scoring began.
    pub(crate) fn reading(&self) -> ClockReading {
        let phase_error_rms_ui = (self.error_square / self.steps.max(1.0)).sqrt();
        let slope = |r: &Recovered| {
            r.noisy * if r.bang_bang { dithered(r.sigma_ui, phase_error_rms_ui) } else { 1.0 }
        };
        let recovered = self.recovered.as_ref();
        ClockReading {
            locked: recovered.map(|r| r.held),
            phase_error_rms_ui,
            drift: recovered.map(|_| self.drift / self.steps.max(1.0)),
            slips_forward: self.slips.forward(),
            slips_backward: self.slips.backward(),
            jitter_transfer: self.clocking.sinusoid.filter(|_| recovered.is_some()).map(
                |sinusoid| {
                    // the error is the sinusoid times H - 1
                    let scale = 2.0 / (sinusoid.amplitude_ui * self.steps.max(1.0));
                    1.0 + Complex64::new(self.tone[0], self.tone[1]) * scale
                },
            ),
            bandwidth: recovered.map(|r| r.gains.with_slope(slope(r)).bandwidth()),
        }
    }

    /// Takes samples of a block until all its scored symbols are decided.
    pub(crate) fn receive(&mut self, block: &Block<'_>) {
        receive(self, block);
        self.detect();
    }

    /// Detects the likeliest sequence of the block, for a sequence detector. It begins after the
    /// last decisions of the previous block and ends with the block: its last symbols are decided
    /// without the samples after them.
    fn detect(&mut self) {
        let Some(sequences) = &mut self.sequences else { return };
        sequences.detector.restart(&sequences.known);
        let given = sequences.detector.detect(&sequences.equalised, &mut self.decided);
        sequences.detector.finish(&mut self.decided[given..]);
        sequences.known.clear();
        sequences
            .known
            .extend_from_slice(&self.decided[self.decided.len() - self.decisions.count..]);
    }

    /// Stores an output for a symbol of the block.
    #[inline(always)]
    fn put(&mut self, at: usize, output: Output) {
        (self.values[at], self.decided[at]) = (output.value, output.level);
        if let Some(sequences) = &mut self.sequences {
            sequences.equalised[at] = output.equalised;
        }
    }

    /// Moves the samples that are still needed to the front.
    fn rewind(&mut self) {
        let kept = self.taps.len() + self.per_symbol * (self.latency as usize + 1);
        self.line.copy_within(self.filled - kept..self.filled, 0);
        self.filled = kept;
    }
}

multiversion! {
fn receive(rx: &mut ClockedReceiver, block: &Block<'_>) {
    let bank = Interpolator::shared();
    let n = rx.values.len() as i64;
    // the clock locks without jitter, which begins with the first scored symbol
    let sinusoid = rx.clocking.sinusoid.filter(|_| rx.scoring);
    let (amplitude, [mut angle, turn]) =
        sinusoid.map_or((0.0, [(0.0, 1.0); 2]), |s| (s.amplitude_ui, sinusoid_at(s, rx.step)));
    let (p, spacing) = (rx.per_symbol, rx.samples_per_symbol / rx.per_symbol as f64);
    let reach = (BEFORE as f64, (block.wave.len() - interpolator::TAPS) as f64);
    // number of the block's symbols that are decided
    let mut done = 0;
    if let Some(output) = rx.carried.take() {
        rx.put(0, output);
        done = 1;
    }
    let mut drawn = 0;
    rx.rewind();
    while done < n {
        let theta = rx.clocking.offset * rx.step as f64 + amplitude * angle.0;
        let tone = angle;
        angle = (angle.0 * turn.1 + angle.1 * turn.0, angle.1 * turn.1 - angle.0 * turn.0);
        let late = rx.recovered.as_ref().map_or(0.0, |r| r.clock.phase_ui()) - theta;
        rx.slips.push(late - rx.aligned as f64);
        let shift = rx.aligned + rx.slips.offset();

        if rx.filled + p > rx.line.len() {
            rx.rewind();
        }
        // of the newest symbol that the equaliser will have all samples of: what does not wait for
        // them
        let main = rx.filled + p - p * (rx.latency as usize + 1);
        let window = &rx.line[main - rx.before..main - rx.before + rx.taps.len()];
        let mut sums = [0f32; WIDTH];
        for (taps, x) in rx.taps.as_chunks::<WIDTH>().0.iter().zip(window.as_chunks::<WIDTH>().0) {
            for i in 0..WIDTH {
                sums[i] += taps[i] * x[i];
            }
        }
        let older = rx.offset + interpolator::sum(&sums);

        for q in 0..p {
            let mut at = ((rx.step - block.first) as f64 + late) * rx.samples_per_symbol
                + q as f64 * spacing;
            let mut converted = 0.0;
            if !block.noise.is_empty() {
                at += rx.jitter * f64::from(block.jitter[drawn]);
                converted = rx.quantisation * block.noise[drawn];
                // an unlocked clock may take more samples than were drawn
                drawn = if drawn + 1 == block.noise.len() { 0 } else { drawn + 1 };
            }
            let own = rx.converters.as_ref().map(|all| all.of(rx.step * p as i64 + q as i64));
            if let Some(own) = own {
                at += f64::from(own.skew_s) * rx.sample_rate_hz;
            }
            let mut y = bank.at(block.wave, at.clamp(reach.0, reach.1)) - rx.baseline;
            rx.baseline += rx.follow * y;
            if let Some(own) = own {
                y += own.gain * y + own.offset * rx.full_scale;
            }
            rx.line[rx.filled] = (y + converted).clamp(-rx.half_scale, rx.half_scale);
            rx.filled += 1;
        }

        let newest = &rx.line[rx.filled - p..];
        let equalised = rx.newest.iter().zip(newest).fold(older, |sum, (tap, x)| sum + tap * x);
        let (level, value) = rx.decisions.decide(equalised);
        let output = Output { equalised, value, level };
        let at = rx.step - rx.latency + shift - block.scored;
        if at >= done && at < n {
            // a skipped symbol has the decision of its successor
            while done <= at {
                rx.put(done as usize, output);
                done += 1;
            }
        } else if at >= n {
            while done < n {
                rx.put(done as usize, output);
                done += 1;
            }
            rx.carried = Some(output);
        } else if at >= 0 {
            rx.put(at as usize, output);
        }

        let error_ui = late - shift as f64;
        if let Some(r) = &mut rx.recovered {
            let seen = r.detector.push(value, LEVELS[usize::from(level)]) - r.zero;
            let seen = if r.bang_bang {
                f32::from(i8::from(seen > 0.0) - i8::from(seen < 0.0))
            } else {
                seen
            };
            r.clock.push((f64::from(seen) * r.per_output).clamp(-ERROR_UI_MAX, ERROR_UI_MAX));
            if r.clock.drift_ui().abs() > DRIFT_UI_MAX {
                r.clock =
                    r.clock.at(r.clock.phase_ui(), DRIFT_UI_MAX.copysign(r.clock.drift_ui()));
            }
            let locked = r.lock.push(error_ui - error_ui.round());
            r.held &= locked || !rx.scoring;
            if !r.acquired && rx.step >= r.acquired_at {
                r.acquired = true;
                r.clock = ClockLoop::new(r.gains).at(r.clock.phase_ui(), r.clock.drift_ui());
            }
            rx.drift += r.clock.drift_ui();
        }
        rx.steps += 1.0;
        rx.error_square += error_ui * error_ui;
        rx.tone[0] += error_ui * tone.0;
        rx.tone[1] += error_ui * tone.1;
        rx.step += 1;
    }
    if !rx.scoring {
        (rx.steps, rx.error_square, rx.drift, rx.tone) = (0.0, 0.0, 0.0, [0.0; 2]);
    }
}
}
