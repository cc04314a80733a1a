//! TDECQ by its definition, slow and plain: written apart from the library, for its tests only.
//!
//! Fine steps through both windows, a histogram of ten thousand cells, cumulative functions about
//! each threshold, bisection over the noise, dense quadrature for the noise enhancement.

/// Choices that the definition leaves open.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    pub(crate) taps: Vec<f64>,
    pub(crate) main: usize,
    pub(crate) dfe: f64,
    pub(crate) thresholds: [f64; 3],
}

/// The waveform, filtered, with what is measured on it before.
pub(crate) struct Signal<'a> {
    pub(crate) waveform: &'a [f32],
    pub(crate) samples_per_symbol: usize,
    pub(crate) levels: &'a [u8],
    pub(crate) oma: f64,
    pub(crate) average: f64,
}

const CELLS: usize = 10_000;
const STEPS_PER_WINDOW: usize = 9;

/// sqrt of the noise power after the taps over that before: |H|^2 averaged over the filter's noise,
/// term by term.
pub(crate) fn ceq(taps: &[f64], bandwidth: f64) -> f64 {
    let (mut with, mut without) = (0.0, 0.0);
    for i in 0..20_000 {
        let f = (i as f64 + 0.5) * 5.0 * bandwidth / 20_000.0;
        let p = 2.113_917_67 * f / bandwidth;
        let (re, im) = (105.0 - 45.0 * p * p + p.powi(4), 105.0 * p - 10.0 * p.powi(3));
        let density = 105.0 * 105.0 / (re * re + im * im);
        let (mut x, mut y) = (0.0, 0.0);
        for (k, w) in taps.iter().enumerate() {
            x += w * (std::f64::consts::TAU * f * k as f64).cos();
            y += w * (std::f64::consts::TAU * f * k as f64).sin();
        }
        with += density * (x * x + y * y);
        without += density;
    }
    (with / without).sqrt().max(1.0)
}

/// Amplitudes a fixed time after every symbol's first sample: Hann-windowed sinc of 32 samples.
fn between(signal: &Signal<'_>, at: f64) -> Vec<f64> {
    let (m, base) = (signal.waveform.len() as isize, at.floor() as isize);
    let weight = |i: isize| {
        let d = at - i as f64;
        let x = std::f64::consts::PI * d;
        (if d.abs() < 1e-9 { 1.0 } else { x.sin() / x }) * (0.5 + 0.5 * (x / 16.5).cos())
    };
    let weights: Vec<(isize, f64)> = (base - 15..=base + 16).map(|i| (i, weight(i))).collect();
    let total: f64 = weights.iter().map(|(_, w)| w).sum();
    let sample = |i: isize| f64::from(signal.waveform[i.rem_euclid(m) as usize]);
    let one = |k: usize| {
        weights
            .iter()
            .map(|&(i, w)| w * sample(i + (k * signal.samples_per_symbol) as isize))
            .sum::<f64>()
            / total
    };
    (0..signal.levels.len()).map(one).collect()
}

/// Samples in both windows about one centre.
pub(crate) struct Windows<'a> {
    signal: &'a Signal<'a>,
    rows: [Vec<Vec<f64>>; 2],
}

impl<'a> Windows<'a> {
    pub(crate) fn new(signal: &'a Signal<'a>, centre_samples: f64) -> Self {
        let place = |step: usize| 0.04 * ((step as f64 + 0.5) / STEPS_PER_WINDOW as f64 - 0.5);
        let row =
            |place: f64| between(signal, centre_samples + place * signal.samples_per_symbol as f64);
        Windows {
            signal,
            rows: [-0.05, 0.05].map(|window| {
                (0..STEPS_PER_WINDOW).map(|step| row(window + place(step))).collect()
            }),
        }
    }

    fn histogram(&self, window: usize, fixed: &Fixed) -> Vec<f64> {
        let (signal, n) = (self.signal, self.signal.levels.len() as isize);
        let mut histogram = vec![0.0; CELLS];
        for row in &self.rows[window] {
            for k in 0..n {
                let tap = |j: usize| {
                    fixed.taps[j]
                        * row[(k - (j as isize - fixed.main as isize)).rem_euclid(n) as usize]
                };
                let ffe: f64 = (0..fixed.taps.len()).map(tap).sum();
                let before = f64::from(signal.levels[(k - 1).rem_euclid(n) as usize]);
                let z = ffe - fixed.dfe * (signal.average + signal.oma * (before / 3.0 - 0.5));
                let cell = ((z - signal.average) / signal.oma + 1.0) * 0.5 * CELLS as f64;
                histogram[(cell as usize).min(CELLS - 1)] +=
                    1.0 / (STEPS_PER_WINDOW as f64 * n as f64);
            }
        }
        histogram
    }

    /// The worse window's symbol error ratio with some noise after the equaliser, over the OMA.
    pub(crate) fn error_ratio(&self, fixed: &Fixed, sigma: f64) -> f64 {
        self.errors(fixed)(sigma)
    }

    fn errors(&self, fixed: &Fixed) -> impl Fn(f64) -> f64 + use<> {
        let thresholds = fixed.thresholds.map(|p| (p - self.signal.average) / self.signal.oma);
        let both = [0, 1].map(|window| self.histogram(window, fixed));
        move |sigma| both.iter().map(|h| error_ratio(h, thresholds, sigma)).fold(0.0, f64::max)
    }

    /// TDECQ in dB of a fixed equaliser, with a reference's target and bandwidth.
    pub(crate) fn tdecq_db(&self, fixed: &Fixed, target: f64, bandwidth: f64) -> f64 {
        let errors = self.errors(fixed);
        let (mut low, mut high) = (1e-4, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if errors(middle) > target { high = middle } else { low = middle }
        }
        10.0 * (ceq(&fixed.taps, bandwidth) / (6.0 * qt(target) * low)).log10()
    }
}

/// Q of the target, by bisection of 3/2 Q(x) = target.
pub(crate) fn qt(target: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..60 {
        let middle: f64 = 0.5 * (low + high);
        if 0.75 * libm::erfc(middle / std::f64::consts::SQRT_2) > target {
            low = middle
        } else {
            high = middle
        }
    }
    low
}

/// The clause's sum: for each threshold, the cumulative function away from it times the noise's
/// density, through a window.
fn error_ratio(histogram: &[f64], thresholds: [f64; 3], sigma: f64) -> f64 {
    let step = 2.0 / CELLS as f64;
    let mut total = 0.0;
    for threshold in thresholds {
        for (i, weight) in histogram.iter().enumerate().filter(|(_, w)| **w > 0.0) {
            let distance = ((i as f64 + 0.5) * step - 1.0 - threshold).abs();
            total += weight * 0.5 * libm::erfc(distance / sigma / std::f64::consts::SQRT_2);
        }
    }
    total
}
