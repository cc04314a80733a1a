//! A response given by points.

use num_complex::Complex64;

/// A response by points: linear between them in ln|H| and in unwrapped phase.
///
/// Beyond the last point |H| goes on as a power of frequency and the phase as a straight line.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Digest of its origin, which distinguishes most tables.
    digest: u64,
    f_hz: Vec<f64>,
    ln_magnitude: Vec<f64>,
    phase_rad: Vec<f64>,
    /// Nepers per neper of frequency by which |H| falls beyond the last point.
    fall: f64,
    /// Slope of the phase there, s times 2 pi.
    phase_slope: f64,
    /// End of the measured data, Hz.
    ends_hz: f64,
}

impl Table {
    /// A table of at least two points from 0 Hz on, of ascending frequency and unwrapped phase.
    ///
    /// Beyond the last one |H| falls by `fall` nepers per neper of frequency, and the phase keeps
    /// its mean slope over the last octave.
    ///
    /// # Panics
    ///
    /// When the points are fewer, do not begin at 0 or do not ascend.
    pub fn new(
        digest: u64,
        f_hz: Vec<f64>,
        ln_magnitude: Vec<f64>,
        phase_rad: Vec<f64>,
        fall: f64,
    ) -> Table {
        let last = f_hz.len().saturating_sub(1);
        assert!(
            last > 0 && f_hz[0] == 0.0 && f_hz.windows(2).all(|f| f[0] < f[1]),
            "a table's frequencies ascend from 0"
        );
        let octave = f_hz.partition_point(|&f| f < f_hz[last] / 2.0).min(last - 1);
        let phase_slope = (phase_rad[last] - phase_rad[octave]) / (f_hz[last] - f_hz[octave]);
        let ends_hz = f_hz[last];
        Table { digest, f_hz, ln_magnitude, phase_rad, fall, phase_slope, ends_hz }
    }

    /// The table, of which points beyond `ends_hz` are not measured.
    pub(crate) fn measured_to(self, ends_hz: f64) -> Table {
        Table { ends_hz, ..self }
    }

    /// End of the measured data, Hz.
    pub fn ends_hz(&self) -> f64 {
        self.ends_hz
    }

    /// The response at `f_hz`, which may be negative.
    pub fn at(&self, f_hz: f64) -> Complex64 {
        let f = f_hz.abs();
        let last = self.f_hz.len() - 1;
        let (ln_magnitude, phase) = if f >= self.f_hz[last] {
            let further = self.phase_slope * (f - self.f_hz[last]);
            (
                self.ln_magnitude[last] - self.fall * (f / self.f_hz[last]).ln(),
                self.phase_rad[last] + further,
            )
        } else {
            let i = self.f_hz.partition_point(|&start| start <= f).max(1) - 1;
            let part = (f - self.f_hz[i]) / (self.f_hz[i + 1] - self.f_hz[i]);
            let between = |y: &[f64]| y[i] + part * (y[i + 1] - y[i]);
            (between(&self.ln_magnitude), between(&self.phase_rad))
        };
        Complex64::from_polar(ln_magnitude.exp(), if f_hz < 0.0 { -phase } else { phase })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_straight_between_its_points_falls_beyond_them_and_is_its_own_conjugate() {
        let table =
            Table::new(0, vec![0.0, 1e9, 2e9], vec![0.0, -0.1, -0.5], vec![0.0, -0.2, -0.6], 1.0);
        let at = |f: f64| (table.at(f).norm().ln(), table.at(f).arg());
        for (f, expected) in [
            (0.0, (0.0, 0.0)),
            (0.5e9, (-0.05, -0.1)),
            (1.5e9, (-0.3, -0.4)),
            (4e9, (-0.5 - 2f64.ln(), -1.4)),
        ] {
            assert!(
                (at(f).0 - expected.0).abs() < 1e-12 && (at(f).1 - expected.1).abs() < 1e-12,
                "{f}: {:?}",
                at(f)
            );
            assert!((table.at(-f) - table.at(f).conj()).norm() < 1e-12);
        }
    }
}
