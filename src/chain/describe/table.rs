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

    /// Mean of |H| from 0 to `f_hz`, by the middles of 256 steps.
    fn mean_magnitude(&self, f_hz: f64) -> f64 {
        const STEPS: u32 = 256;
        let at = |i: u32| self.at((f64::from(i) + 0.5) / f64::from(STEPS) * f_hz).norm();
        (0..STEPS).map(at).sum::<f64>() / f64::from(STEPS)
    }

    /// The lowest frequency at which |H| falls below `magnitude` after it was above, Hz.
    fn falls_below_hz(&self, magnitude: f64) -> f64 {
        let (ln, last) = (magnitude.ln(), self.f_hz.len() - 1);
        let above = self.ln_magnitude.iter().position(|&m| m >= ln).unwrap_or(0);
        match self.ln_magnitude[above..].iter().position(|&m| m < ln) {
            Some(below) if below > 0 => {
                let (i, j) = (above + below - 1, above + below);
                let part =
                    (self.ln_magnitude[i] - ln) / (self.ln_magnitude[i] - self.ln_magnitude[j]);
                self.f_hz[i] + part * (self.f_hz[j] - self.f_hz[i])
            }
            _ => self.f_hz[last] * ((self.ln_magnitude[last] - ln).max(0.0) / self.fall).exp(),
        }
    }

    /// Mid-band gain and 3 dB frequency, Hz: the gain is the mean of |H| up to a tenth of that
    /// frequency, where |H| falls below 1/sqrt 2 of the gain.
    pub(crate) fn mid_band(&self) -> (f64, f64) {
        let half_power = |gain: f64| self.falls_below_hz(gain * std::f64::consts::FRAC_1_SQRT_2);
        let mut gain = self.ln_magnitude[0].exp();
        let mut f_hz = half_power(gain);
        for _ in 0..50 {
            let next = self.mean_magnitude(f_hz / 10.0);
            let settled = (next / gain - 1.0).abs() < 1e-9;
            gain = next;
            f_hz = half_power(gain);
            if settled {
                break;
            }
        }
        (gain, f_hz)
    }

    /// Integrals over all frequencies of |H|^2, Hz, and of |H|^2 min(f, f_end)^2, Hz^3, f_end where
    /// what was measured ends.
    pub(crate) fn power_integrals(&self) -> [f64; 2] {
        // Gauss-Legendre of three points, in pieces across which |H|^2 changes by a quarter at most
        const NODES: [(f64, f64); 3] =
            [(-0.774_596_669_241_483_4, 5.0), (0.0, 8.0), (0.774_596_669_241_483_4, 5.0)];
        let (mut white, mut square) = (0.0, 0.0);
        let capped = |f: f64| f.min(self.ends_hz).powi(2);
        for i in 1..self.f_hz.len() {
            let (start, width) = (self.f_hz[i - 1], self.f_hz[i] - self.f_hz[i - 1]);
            let bend = (self.ln_magnitude[i] - self.ln_magnitude[i - 1]).abs();
            let pieces = ((8.0 * bend).ceil() as usize + 1).min(10_000);
            let half = width / pieces as f64 / 2.0;
            for piece in 0..pieces {
                let middle = start + (2 * piece + 1) as f64 * half;
                for (x, weight) in NODES {
                    let f = middle + x * half;
                    let power = self.at(f).norm_sqr() * weight / 9.0 * half;
                    white += power;
                    square += power * capped(f);
                }
            }
        }
        let last = self.f_hz.len() - 1;
        let tail =
            (2.0 * self.ln_magnitude[last]).exp() * self.f_hz[last] / (2.0 * self.fall - 1.0);
        [white + tail, square + tail * capped(self.f_hz[last])]
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

    /// H = 1 / (1 + j f / f0) by points up to e = 50 f0, then falling by 20 dB per decade:
    /// integrals f0 pi/2 and, the square held from e on, f0^3 (e - atan e + e^2 (pi/2 - atan e)).
    /// Straight lines over 0.02 f0 bend by 1e-4 of ln|H|.
    #[test]
    fn a_single_pole_by_points_has_its_closed_integrals() {
        let f0 = 10e9;
        let points: Vec<f64> = (0..=2500).map(|i| 0.02 * f64::from(i)).collect();
        let table = Table::new(
            0,
            points.iter().map(|x| x * f0).collect(),
            points.iter().map(|x| -0.5 * (1.0 + x * x).ln()).collect(),
            points.iter().map(|x| -x.atan()).collect(),
            1.0,
        );
        let [white, square] = table.power_integrals();
        let (pi_2, end) = (std::f64::consts::FRAC_PI_2, 50f64);
        assert!((white / f0 / pi_2 - 1.0).abs() < 1e-4, "{white}");
        // below the end x^2/(1+x^2), above it end^2/(1+x^2)
        let expected = end - end.atan() + end * end * (pi_2 - end.atan());
        assert!((square / f0.powi(3) / expected - 1.0).abs() < 1e-3, "{square}");
        // the mean of 1 / sqrt(1 + x^2) up to 0.1 is asinh(0.1) / 0.1 = 0.99834
        let (gain, half_power_hz) = table.mid_band();
        assert!((gain - 0.998_34).abs() < 1e-4, "{gain}");
        assert!((half_power_hz / f0 - (2.0 / gain.powi(2) - 1.0).sqrt()).abs() < 1e-3);
    }

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
