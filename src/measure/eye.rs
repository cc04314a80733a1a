//! Eye diagram as a density: counts of a waveform in cells of time and amplitude.

use crate::math::simd::multiversion;
use ndarray::{Array2, ArrayView1};

/// Points drawn on the line from one sample to the next.
const BETWEEN: usize = 8;

/// Counts over two symbol periods of time and a range of amplitude.
///
/// Every sample of a waveform is drawn with the points on the line to its neighbour,
/// [`EyeDiagram::columns_per_symbol`] points a symbol in all; each point is one count, so the
/// density sums to the points drawn. Column 0 lies a symbol period before the centre, row 0 at the
/// lowest amplitude; amplitudes outside the range are counted in the outermost rows.
#[derive(Clone, Debug, PartialEq)]
pub struct EyeDiagram {
    /// Counts, time by amplitude.
    pub density: Array2<u32>,
    /// Amplitude of the lowest edge, in the waveform's unit.
    pub low: f64,
    /// Amplitude of the highest edge.
    pub high: f64,
}

impl EyeDiagram {
    /// An empty eye for waveforms of `samples_per_symbol` between two amplitudes, `rows` high.
    ///
    /// # Panics
    ///
    /// Without rows, or when the range is empty.
    pub fn new(samples_per_symbol: usize, (low, high): (f64, f64), rows: usize) -> EyeDiagram {
        assert!(rows > 0 && low < high, "an eye has a height");
        EyeDiagram { density: Array2::zeros((2 * samples_per_symbol * BETWEEN, rows)), low, high }
    }

    /// Columns of a symbol period: points drawn per symbol.
    pub fn columns_per_symbol(&self) -> usize {
        self.density.nrows() / 2
    }

    /// Draws a periodic waveform; `centre` is a sample at which the eye is to be centred.
    pub fn push(&mut self, waveform: &[f32], centre: usize) {
        let width = self.density.nrows() / BETWEEN;
        let rows = self.density.ncols();
        let scale = rows as f64 / (self.high - self.low);
        let (low, scale, top) = (self.low as f32, scale as f32, (rows - 1) as f32);
        let counts = self.density.as_slice_mut().expect("in standard layout");
        let mut cells = vec![0u32; width * BETWEEN];
        // the column of sample 0; the centre's column is the middle
        let mut column = (width / 2 + width - centre % width) % width;
        let mut at = 0;
        while at < waveform.len() {
            let run = (width - column).min(waveform.len() - at);
            let samples = &waveform[at..at + run];
            let last = waveform[(at + run) % waveform.len()];
            points(samples, last, low, scale, top, &mut cells[..run * BETWEEN]);
            let columns = counts[column * BETWEEN * rows..].chunks_exact_mut(rows);
            columns
                .zip(&cells[..run * BETWEEN])
                .for_each(|(column, &cell)| column[cell as usize] += 1);
            at += run;
            column = 0;
        }
    }

    /// Adds another eye of the same shape.
    pub fn merge(&mut self, other: &EyeDiagram) {
        self.density += &other.density;
    }

    /// Points drawn.
    pub fn points(&self) -> u64 {
        self.density.iter().map(|&n| u64::from(n)).sum()
    }

    /// Counts by amplitude at the eye's centre.
    pub fn centre(&self) -> ArrayView1<'_, u32> {
        self.density.row(self.density.nrows() / 2)
    }

    /// Amplitude at the middle of a row.
    pub fn amplitude(&self, row: usize) -> f64 {
        self.low + (row as f64 + 0.5) * (self.high - self.low) / self.density.ncols() as f64
    }

    /// Mean amplitudes at the eye's centre below, between and above three thresholds; NaN where
    /// there are no counts.
    pub fn centre_levels(&self, thresholds: [f64; 3]) -> [f64; 4] {
        let mut sums = [(0f64, 0f64); 4];
        for (row, &count) in self.centre().iter().enumerate() {
            let amplitude = self.amplitude(row);
            let sum = &mut sums[thresholds.iter().filter(|&&t| amplitude > t).count()];
            sum.0 += f64::from(count);
            sum.1 += f64::from(count) * amplitude;
        }
        sums.map(|(count, sum)| sum / count)
    }
}

multiversion! {
/// Rows of the points from each sample towards the next one; `last` follows the samples.
fn points(samples: &[f32], last: f32, low: f32, scale: f32, top: f32, cells: &mut [u32]) {
    let cells = cells.as_chunks_mut::<BETWEEN>().0;
    let Some((end, most)) = cells.split_last_mut() else { return };
    for (cells, pair) in most.iter_mut().zip(samples.windows(2)) {
        line(pair[0], pair[1], low, scale, top, cells);
    }
    line(samples[samples.len() - 1], last, low, scale, top, end);
}
}

#[inline(always)]
fn line(from: f32, to: f32, low: f32, scale: f32, top: f32, cells: &mut [u32; BETWEEN]) {
    let (from, step) = ((from - low) * scale, (to - from) * (scale / BETWEEN as f32));
    for (j, cell) in cells.iter_mut().enumerate() {
        // a small number: the conversion to a signed integer is one instruction
        *cell = (from + j as f32 * step).max(0.0).min(top) as i32 as u32;
    }
}

/// Sampling instant at which the level of a symbol is best determined: the largest squared
/// correlation of samples with symbols, over the variance there. Within 16 symbol periods; in
/// samples, after the symbol.
pub fn clearest_delay(waveform: &[f32], samples_per_symbol: usize, levels: &[u8]) -> usize {
    let (m, n) = (waveform.len(), levels.len() as f64);
    let mean_level = levels.iter().map(|&l| f64::from(l)).sum::<f64>() / n;
    let clarity = |delay: usize| {
        let (mut cross, mut sum, mut square) = (0.0, 0.0, 0.0);
        for (k, &level) in levels.iter().enumerate() {
            let x = f64::from(waveform[(k * samples_per_symbol + delay) % m]);
            cross += (f64::from(level) - mean_level) * x;
            sum += x;
            square += x * x;
        }
        cross.max(0.0).powi(2) / (square - sum * sum / n).max(f64::MIN_POSITIVE)
    };
    let best = |delays: &mut dyn Iterator<Item = usize>| {
        delays.max_by(|&a, &b| clarity(a).total_cmp(&clarity(b))).unwrap_or(0)
    };
    // an eighth of a symbol is enough to find the neighbourhood
    let (most, coarse) = ((16 * samples_per_symbol).min(m - 1), (samples_per_symbol / 8).max(1));
    let near = best(&mut (0..=most).step_by(coarse));
    best(&mut (near.saturating_sub(coarse)..=(near + coarse).min(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_drawn_is_counted_once_whatever_the_centre() {
        let waveform: Vec<f32> = (0..37 * 32).map(|i| (i as f32 * 0.61).sin() * 1.3).collect();
        for centre in [0, 1, 31, 32, 63, 1000] {
            let mut eye = EyeDiagram::new(32, (-1.0, 1.0), 100);
            eye.push(&waveform, centre);
            eye.push(&waveform, centre);
            assert_eq!(eye.points(), 2 * 8 * waveform.len() as u64, "{centre}");
        }
    }

    /// A triangle with its peak at the sample given as centre: the line between samples is drawn,
    /// the peak in the middle.
    #[test]
    fn a_triangle_has_its_peak_in_the_centre_of_the_eye() {
        let (s, centre) = (32, 13);
        let waveform: Vec<f32> = (0..4 * s)
            .map(|i| {
                1.0 - ((i + 2 * s - centre) % s).min((centre + 2 * s - i % s) % s) as f32 / 16.0
            })
            .collect();
        let mut eye = EyeDiagram::new(s, (-0.1, 1.1), 240);
        eye.push(&waveform, centre);
        let row = eye.centre().iter().position(|&n| n > 0).expect("drawn");
        assert!((eye.amplitude(row) - 1.0).abs() < 0.005, "{}", eye.amplitude(row));
        for column in 0..eye.density.nrows() {
            let t = (column as f64 / 256.0 - 1.0).abs();
            let expected = if t < 0.5 { 1.0 - 2.0 * t } else { 2.0 * t - 1.0 };
            let row = eye.density.row(column).iter().position(|&n| n > 0).expect("drawn");
            assert!(
                (eye.amplitude(row) - expected).abs() < 0.006,
                "{column}: {} {expected}",
                eye.amplitude(row)
            );
        }
    }
}
