//! From a two-port to pulse responses: packages, filters, and the three responses that every CTLE
//! setting combines.

use super::channel::AggressorEnd;
use super::parameters::Parameters;
use super::settings::Mix;
use crate::host::network::Network;
use crate::host::trace::Package;
use crate::host::transfer::Transfer;
use crate::measured::shown;
use crate::units::{giga, pico};
use num_complex::Complex64;
use realfft::RealFftPlanner;
use std::f64::consts::PI;

/// Samples a symbol.
pub(super) const SAMPLES: usize = 32;
/// Length of a response, symbols; a coarser or finer file is resampled to this range.
const SYMBOLS: std::ops::RangeInclusive<usize> = 1024..=8192;
/// Peak of a victim's pulse below which the channel is open, V.
const PEAK_V_MIN: f64 = 1e-8;
/// Rise time of 20 to 80 % over the standard deviation of a Gaussian (93A-46).
const RISE_PER_SIGMA: f64 = 1.6832;

/// Frequencies up to 16 symbol rates, whose waveforms are whole symbols long.
pub(super) struct FrequencyGrid {
    pub(super) rate_hz: f64,
    pub(super) symbols: usize,
}

impl FrequencyGrid {
    /// A grid about as fine as the channel's own.
    pub(super) fn new(rate_hz: f64, channel: &Network) -> Self {
        let f_hz = channel.f_hz();
        let step_hz = (f_hz[f_hz.len() - 1] - f_hz[0]) / (f_hz.len() - 1).max(1) as f64;
        let wanted = ((rate_hz / step_hz).ceil() as usize).clamp(*SYMBOLS.start(), *SYMBOLS.end());
        let smooth = |mut n: usize| {
            [2, 3, 5].iter().for_each(|p| {
                while n.is_multiple_of(*p) {
                    n /= p
                }
            });
            n == 1
        };
        // 8192 is smooth, so the search ends
        FrequencyGrid {
            rate_hz,
            symbols: (wanted..).find(|&n| smooth(n)).expect("powers of two have no end"),
        }
    }

    /// Number of frequencies from 0 Hz on.
    fn points(&self) -> usize {
        SAMPLES / 2 * self.symbols + 1
    }

    /// A frequency over the symbol rate.
    fn relative(&self, k: usize) -> f64 {
        k as f64 / self.symbols as f64
    }

    fn f_hz(&self) -> Vec<f64> {
        (0..self.points()).map(|k| self.relative(k) * self.rate_hz).collect()
    }
}

/// The set's filters independent of the CTLE setting: transmit filter, receive filter, poles.
struct Filters {
    transmit: Vec<f64>,
    receive: Vec<Complex64>,
}

impl Filters {
    fn new(set: &Parameters, grid: &FrequencyGrid) -> Self {
        let sigma_s = pico(set.transmitter.rise_time_ps) / RISE_PER_SIGMA;
        let (receiver, ctle) = (&set.receiver, &set.receiver.ctle);
        let pole = |f: f64, ghz: f64| Complex64::new(1.0, f / giga(ghz));
        let receive = |f: f64| {
            let x = f / (receiver.bandwidth_per_symbol_rate * grid.rate_hz);
            let butterworth =
                Complex64::new(1.0 - 3.414214 * x * x + x.powi(4), 2.613126 * (x - x.powi(3)));
            let poles = pole(f, ctle.first_pole_ghz)
                * pole(f, ctle.second_pole_ghz)
                * pole(f, ctle.low_frequency_ghz);
            (butterworth * poles).inv()
        };
        let f_hz = grid.f_hz();
        Filters {
            transmit: f_hz.iter().map(|f| (-2.0 * (PI * f * sigma_s).powi(2)).exp()).collect(),
            receive: f_hz.iter().map(|&f| receive(f)).collect(),
        }
    }
}

/// Voltage transfer from die to die on the grid, and a warning about extrapolation.
fn transfer(
    set: &Parameters,
    grid: &FrequencyGrid,
    near: &Package,
    channel: &Network,
) -> Result<Vec<Complex64>, String> {
    let (first, last) = (channel.f_hz()[0], channel.f_hz()[channel.f_hz().len() - 1]);
    if first > 0.0 || last < grid.rate_hz / 2.0 {
        let ghz = |f: f64| f / giga(1.0);
        let (first, last, nyquist) = (shown(ghz(first)), shown(ghz(last)), ghz(grid.rate_hz / 2.0));
        return Err(format!(
            "has frequencies of {first} to {last} GHz; must reach from 0 to the Nyquist frequency of {nyquist} GHz"
        ));
    }
    let mut f_hz = grid.f_hz();
    f_hz.truncate(f_hz.partition_point(|&f| f <= last));
    let reference_ohm = channel.reference_ohm()[0];
    let whole = Package::around(near, channel.on(&f_hz)?, &set.receiver.package, reference_ohm)?;
    let known =
        whole.voltage_transfer(set.transmitter.termination_ohm, set.receiver.termination_ohm)?;
    let mut h = known.h().to_vec();
    let table = known.table(0)?;
    h.extend((h.len()..grid.points()).map(|k| table.at(grid.relative(k) * grid.rate_hz)));
    Ok(h)
}

/// One path's pulse responses, V, rows of one symbol; the largest sample after a CTLE of 0 dB is in
/// row [`Pulses::peak_row`].
///
/// ```text
/// h = a_0 p_0 + a_1 p_1 + a_2 p_2,   P_i = A H T sinc(f T) (j f / f_b)^i / poles
/// ```
pub(super) struct Pulses {
    pub(super) parts: [Vec<f64>; 3],
    /// Their slopes, V/UI.
    pub(super) slopes: [Vec<f64>; 3],
    pub(super) rows: usize,
    /// True if the largest sample was negative and all were inverted.
    pub(super) inverted: bool,
}

impl Pulses {
    /// Pulses of a victim (no side) or an aggressor.
    pub(super) fn new(
        set: &Parameters,
        grid: &FrequencyGrid,
        channel: &Network,
        side: Option<AggressorEnd>,
    ) -> Result<Self, String> {
        let sender = &set.transmitter;
        let volts = match side {
            None => sender.victim_v,
            Some(AggressorEnd::FarEnd) => sender.fext_v,
            Some(AggressorEnd::NearEnd) => sender.next_v,
        };
        let filters = Filters::new(set, grid);
        let h = transfer(set, grid, &sender.package, channel)?;
        let filtered = h
            .iter()
            .zip(&filters.transmit)
            .zip(&filters.receive)
            .map(|((h, t), r)| h * r * (t * volts));
        let filtered: Vec<Complex64> = filtered.collect();
        let power = |i: usize| {
            let h = filtered
                .iter()
                .enumerate()
                .map(|(k, h)| h * Complex64::new(0.0, grid.relative(k)).powu(i as u32))
                .collect();
            Transfer::new(grid.f_hz(), h)?.pulse(grid.rate_hz).map(|pulse| pulse.samples)
        };
        let mut parts: [Vec<f64>; 3] = [power(0)?, power(1)?, power(2)?];
        // a flat CTLE: each part alone is late by a pole or early by a zero
        let [a, b, c] = Mix::new(set, 0.0, 0.0).0;
        let flat: Vec<f64> = (0..parts[0].len())
            .map(|k| a * parts[0][k] + b * parts[1][k] + c * parts[2][k])
            .collect();
        let peak = (0..flat.len())
            .max_by(|&a, &b| flat[a].abs().total_cmp(&flat[b].abs()))
            .expect("never empty");
        if side.is_none() && flat[peak].abs() < PEAK_V_MIN {
            return Err("passes no pulse: is this the right port map?".to_owned());
        }
        let inverted = flat[peak] < 0.0;
        let (rows, peak_row) = (grid.symbols, grid.symbols / 8);
        for part in &mut parts {
            part.rotate_left((peak / SAMPLES + rows - peak_row) % rows * SAMPLES);
            part.iter_mut().for_each(|x| *x *= if inverted { -1.0 } else { 1.0 });
        }
        let slopes = [0, 1, 2].map(|i| {
            let (part, length) = (&parts[i], rows * SAMPLES);
            let slope = |k: usize| {
                (part[(k + 1) % length] - part[(k + length - 1) % length]) * (SAMPLES as f64 / 2.0)
            };
            (0..length).map(slope).collect()
        });
        Ok(Pulses { parts, slopes, rows, inverted })
    }

    /// Row of the largest sample after a CTLE of 0 dB.
    pub(super) fn peak_row(&self) -> usize {
        self.rows / 8
    }
}

/// A response after the transmit equaliser, once a symbol at one phase; `parts` of levels or of
/// slopes.
pub(super) fn sampled(
    parts: &[Vec<f64>; 3],
    mix: &Mix,
    taps: &[f64],
    first_cursor: i32,
    phase: usize,
) -> Vec<f64> {
    let rows = parts[0].len() / SAMPLES;
    let before: Vec<f64> =
        (0..rows).map(|n| (0..3).map(|i| mix.0[i] * parts[i][n * SAMPLES + phase]).sum()).collect();
    let row = |n: usize, i: usize| {
        (n as i64 - i64::from(first_cursor) - i as i64).rem_euclid(rows as i64) as usize
    };
    (0..rows)
        .map(|n| taps.iter().enumerate().map(|(i, tap)| tap * before[row(n, i)]).sum())
        .collect()
}

/// Autocorrelation of the receiver's own noise after the CTLE, at lags of symbols, V^2.
///
/// ```text
/// r(l) = eta_0 integral from 0 on of |H_r H_ctf|^2 cos(2 pi f l T) df
/// ```
pub(super) struct FrontNoise(Vec<[f64; 3]>);

impl FrontNoise {
    pub(super) fn new(set: &Parameters, grid: &FrequencyGrid, lags: usize) -> Self {
        let receive = Filters::new(set, grid).receive;
        let per_step =
            set.receiver.noise_v2_per_ghz * grid.rate_hz / giga(1.0) / grid.symbols as f64;
        let inverse = RealFftPlanner::<f64>::new().plan_fft_inverse(SAMPLES * grid.symbols);
        let powers = [0, 2, 4].map(|power| {
            // the transform has both signs of frequency, the density one
            let density = |(k, h): (usize, &Complex64)| {
                Complex64::from(h.norm_sqr() * grid.relative(k).powi(power) * per_step / 2.0)
            };
            let mut spectrum: Vec<Complex64> = receive.iter().enumerate().map(density).collect();
            let mut correlation = inverse.make_output_vec();
            inverse.process(&mut spectrum, &mut correlation).expect("lengths are the plan's");
            correlation
        });
        FrontNoise((0..lags).map(|lag| [0, 1, 2].map(|i| powers[i][lag * SAMPLES])).collect())
    }

    /// Autocorrelation at a lag, for one setting of the CTLE.
    pub(super) fn at(&self, mix: &Mix, lag: usize) -> f64 {
        let ([a, b, c], [r0, r2, r4]) = (mix.0, self.0[lag]);
        a * a * r0 + (b * b - 2.0 * a * c) * r2 + c * c * r4
    }
}
