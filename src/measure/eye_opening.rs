//! Heights and widths of the three eyes, from counts of a waveform by the level that was sent.

use ndarray::Array2;

/// Levels of PAM4.
const LEVELS: usize = 4;

/// Counts of a waveform around its symbols' centres, by level, time and amplitude.
#[derive(Clone, Debug)]
pub struct LevelDensity {
    /// Time by amplitude, for each level.
    counts: [Array2<u32>; LEVELS],
    low: f64,
    high: f64,
}

/// An open eye between two levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EyeOpening {
    /// Its edges at the symbols' centre, in the waveform's unit: the share of the lower level's
    /// symbols above the first is that asked for, as is the upper level's below the second.
    pub edges: [f64; 2],
    /// Times between which the same edges leave the middle of both free, symbol periods from the
    /// centre; half a period at most.
    pub times_ui: [f64; 2],
}

impl EyeOpening {
    /// Height, in the waveform's unit.
    pub fn height(&self) -> f64 {
        self.edges[1] - self.edges[0]
    }

    /// Width at the middle of its height, symbol periods.
    pub fn width_ui(&self) -> f64 {
        self.times_ui[1] - self.times_ui[0]
    }
}

impl LevelDensity {
    /// No counts yet, for waveforms of `samples_per_symbol` between two amplitudes, `rows` high.
    ///
    /// # Panics
    ///
    /// Without rows, or when the range is empty.
    pub fn new(samples_per_symbol: usize, (low, high): (f64, f64), rows: usize) -> LevelDensity {
        assert!(rows > 0 && low < high, "an eye has a height");
        let columns = 2 * (samples_per_symbol / 2) + 1;
        let counts = std::array::from_fn(|_| Array2::zeros((columns, rows)));
        LevelDensity { counts, low, high }
    }

    /// Counts a periodic waveform; the centre of the first symbol is at sample `centre`.
    pub fn push(
        &mut self,
        waveform: &[f32],
        samples_per_symbol: usize,
        centre: usize,
        levels: &[u8],
    ) {
        let (columns, rows) = self.counts[0].dim();
        let scale = rows as f64 / (self.high - self.low);
        // a period more, so that what lies before the first centre is no negative index
        let first = centre + waveform.len() - columns / 2;
        for (k, &level) in levels.iter().enumerate() {
            let counts = &mut self.counts[usize::from(level)];
            for column in 0..columns {
                let sample = waveform[(first + k * samples_per_symbol + column) % waveform.len()];
                let row = (f64::from(sample) - self.low) * scale;
                counts[[column, (row.max(0.0) as usize).min(rows - 1)]] += 1;
            }
        }
    }

    /// Adds the counts of another one of the same shape.
    pub fn merge(&mut self, other: &LevelDensity) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, more)| *sum += more);
    }

    /// The eyes, the lowest first, whose edges a `share` of the symbols of their levels crosses;
    /// `None` for a closed one.
    pub fn openings(&self, share: f64) -> [Option<EyeOpening>; LEVELS - 1] {
        let columns = self.counts[0].nrows();
        std::array::from_fn(|eye| {
            let edges = |column: usize| {
                let lower = self.quantile(eye, column, 1.0 - share)?;
                Some([lower, self.quantile(eye + 1, column, share)?])
            };
            let middle = columns / 2;
            let at_centre = edges(middle).filter(|[low, high]| low < high)?;
            let height = 0.5 * (at_centre[0] + at_centre[1]);
            // room below and above the middle of the height, whichever is less
            let room = |column: usize| {
                edges(column)
                    .map_or(f64::NEG_INFINITY, |[low, high]| (height - low).min(high - height))
            };
            let ui = |columns_off: f64| columns_off / (columns - 1) as f64;
            let end = |to: &dyn Fn(usize) -> usize| {
                let (mut before, mut off) = (room(middle), 0);
                while off < columns / 2 {
                    let here = room(to(off + 1));
                    if here <= 0.0 {
                        let part = if here.is_finite() { before / (before - here) } else { 0.0 };
                        return ui(off as f64 + part);
                    }
                    (before, off) = (here, off + 1);
                }
                0.5
            };
            let times_ui = [-end(&|off| middle - off), end(&|off| middle + off)];
            Some(EyeOpening { edges: at_centre, times_ui })
        })
    }

    /// Amplitude that a share of a level's samples at one time lies below; `None` without samples.
    fn quantile(&self, level: usize, column: usize, share: f64) -> Option<f64> {
        let counts = self.counts[level].row(column);
        let total: u64 = counts.iter().map(|&n| u64::from(n)).sum();
        let wanted = share * total as f64;
        let (mut below, mut last) = (0.0, None);
        for (row, &n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let count = f64::from(n);
            last = Some(row as f64 + 1.0);
            if below + count >= wanted {
                last = Some(row as f64 + (wanted - below) / count);
                break;
            }
            below += count;
        }
        last.map(|row| self.low + row * (self.high - self.low) / counts.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    const S: usize = 64;

    /// Openings of PAM4 with straight lines from one symbol to the next, and noise of some rms.
    fn of(sigma: f64) -> [Option<EyeOpening>; 3] {
        let mut rng = Seed::new(3).rng();
        let levels: Vec<u8> = (0..16384).map(|_| (rng.next_u64() >> 62) as u8).collect();
        let value = |k: usize| f64::from(levels[k % levels.len()]) / 1.5 - 1.0;
        let centre = 17;
        let mut waveform = vec![0f32; levels.len() * S];
        let samples = waveform.len();
        for (k, i) in (0..levels.len()).flat_map(|k| (0..S).map(move |i| (k, i))) {
            let part = i as f64 / S as f64;
            let clean = value(k) + part * (value(k + 1) - value(k));
            waveform[(k * S + i + centre) % samples] = (clean + sigma * rng.normal()) as f32;
        }
        let mut density = LevelDensity::new(S, (-1.5, 1.5), 600);
        density.push(&waveform, S, centre, &levels);
        density.openings(1e-3)
    }

    /// The middle eye's edges move by 4/3 a symbol period and meet its middle after 1/4; the outer
    /// ones' by 2 towards the far level, after 1/6, and by 2/3 the other way. Within a row of
    /// 0.005, and as wide as one makes it.
    #[test]
    fn straight_lines_have_the_openings_of_their_slopes() {
        let open = of(0.0).map(|eye| eye.expect("open"));
        for (eye, half) in open.iter().zip([1.0 / 6.0, 0.25, 1.0 / 6.0]) {
            assert!((eye.height() - 2.0 / 3.0).abs() < 0.01, "{eye:?}");
            assert!(eye.times_ui.iter().all(|t| (t.abs() - half).abs() < 0.012), "{eye:?}");
        }
    }

    /// Noise takes its quantile of one in a thousand, 3.090 sigma, from both edges. Of 4096
    /// symbols a level that quantile is known to sqrt(p / n) / density = 0.15 sigma; of both edges
    /// three times that are 0.62 sigma.
    #[test]
    fn noise_takes_its_quantile_from_both_edges() {
        let sigma = 0.04;
        for eye in of(sigma) {
            let expected = 2.0 / 3.0 - 2.0 * 3.090 * sigma;
            let height = eye.expect("open").height();
            assert!((height - expected).abs() < 0.62 * sigma + 0.01, "{height} {expected}");
        }
        assert_eq!(of(0.2), [None; 3]);
    }
}
