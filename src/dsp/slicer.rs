//! The slicer: thresholds, decisions and bit errors.

use crate::math::elementary::exp;
use crate::math::gaussian::q_fast;
use crate::math::simd::multiversion;

/// The three thresholds, lowest first, in units of the full scale -1 .. 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds(pub [f32; 3]);

/// Errors and moments of a block's decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DecisionErrors {
    /// Symbol errors.
    pub symbol_errors: u64,
    /// Bit errors, Gray mapped.
    pub bit_errors: u64,
    /// Count, sum and sum of squares of the outputs by the level sent.
    pub moments: [[f64; 3]; 4],
}

impl Thresholds {
    /// Half way between equidistant levels.
    pub const MIDDLE: Thresholds = Thresholds([-2.0 / 3.0, 0.0, 2.0 / 3.0]);

    /// Thresholds where the densities of neighbouring levels cross, from outputs of `means` and
    /// `variances` and the levels `sent`; `moments` are those of [`level_moments`].
    ///
    /// Each level's density is the mixture of its symbols' Gaussians, because noise and
    /// interference depend on the pattern.
    pub(crate) fn at_crossings(
        moments: &[(f64, f64); 4],
        sent: &[u8],
        means: &[f32],
        variances: &[f32],
    ) -> Thresholds {
        let mut start = Thresholds::MIDDLE.0;
        for (j, t) in start.iter_mut().enumerate() {
            let ((m0, s0), (m1, s1)) = (moments[j], moments[j + 1]);
            if m1 > m0 {
                *t = ((m0 * s1 + m1 * s0) / (s0 + s1).max(1e-12)) as f32;
            }
        }
        let mixtures = LevelMixture::of_levels(sent, means, variances);
        Thresholds(std::array::from_fn(|j| {
            let ((m0, _), (m1, _)) = (moments[j], moments[j + 1]);
            crossing(&mixtures[j], &mixtures[j + 1], f64::from(start[j]), (m0, m1)) as f32
        }))
    }

    /// Decides a block and counts its errors.
    pub fn decide(&self, sent: &[u8], out: &[f32]) -> DecisionErrors {
        decide(self, sent, out)
    }

    /// The decided levels.
    pub fn levels(&self, out: &[f32], decided: &mut [u8]) {
        let [t0, t1, t2] = self.0;
        decided
            .iter_mut()
            .zip(out)
            .for_each(|(d, &z)| *d = u8::from(z > t0) + u8::from(z > t1) + u8::from(z > t2));
    }

    /// Expected bit errors of one symbol with a Gaussian output, of its two bits.
    ///
    /// ```text
    /// sum over decisions d of (bits between sent and d) P(d), by tails towards the wrong side only
    /// ```
    #[cfg(test)]
    pub(crate) fn expected_bit_errors(&self, sent: u8, mean: f32, variance: f32) -> f64 {
        let z = f64::from(mean);
        let scale = 1.0 / f64::from(variance.max(1e-30)).sqrt();
        // tail above threshold j, tail below threshold j
        let above = |j: usize| tail((f64::from(self.0[j]) - z) * scale);
        let below = |j: usize| tail((z - f64::from(self.0[j])) * scale);
        match sent {
            0 => above(0) + above(1) - above(2),
            1 => below(0) + above(1) + above(2),
            2 => below(0) + below(1) + above(2),
            _ => below(2) + below(1) - below(0),
        }
    }
}

impl Thresholds {
    /// [`Thresholds::expected_bit_errors`] of each symbol of a block.
    pub(crate) fn expected_of_all(
        &self,
        sent: &[u8],
        means: &[f32],
        variances: &[f32],
        out: &mut [f64],
    ) {
        expected(self, sent, means, variances, out);
    }
}

/// Compares decisions of another detector with the symbols sent; `out` are the samples decided.
///
/// # Panics
///
/// If the lengths differ.
pub fn compare(sent: &[u8], decided: &[u8], out: &[f32]) -> DecisionErrors {
    assert!(
        sent.len() == decided.len() && sent.len() == out.len(),
        "as many decisions and outputs as symbols"
    );
    compare_kernel(sent, decided, out)
}

multiversion! {
/// Tails on the wrong side of each threshold. For an outer level, passing the far threshold
/// restores a bit.
fn expected(
    thresholds: &Thresholds,
    sent: &[u8],
    means: &[f32],
    variances: &[f32],
    out: &mut [f64]
) {
    let [t0, t1, t2] = thresholds.0.map(f64::from);
    for (((out, &sent), &mean), &variance) in out.iter_mut().zip(sent).zip(means).zip(variances) {
        let (z, scale) = (f64::from(mean), 1.0 / f64::from(variance.max(1e-30)).sqrt());
        let beyond = |t: f64, above: bool| {
            let x = (t - z) * scale;
            let x = if above { x } else { -x };
            let q = q_fast(x);
            if x > 38.0 { 0.0 } else { q }
        };
        let (low, middle) = (beyond(t0, sent < 1), beyond(t1, sent < 2));
        let high = beyond(t2, sent < 3);
        let low = if sent == 3 { -low } else { low };
        let high = if sent == 0 { -high } else { high };
        *out = low + middle + high;
    }
}

/// Least exponent of a level's Gaussians at `t`, and the sum relative to it: `r e^(least - (t -
/// m)^2 h)`.
fn density(means: &[f32], halves: &[f32], roots: &[f32], t: f32) -> (f32, f64) {
    const RUN: usize = 16;
    let exponent = |m: f32, h: f32| (t - m) * (t - m) * h;
    let mut least = [f32::INFINITY; RUN];
    let (m, m_rest) = means.as_chunks::<RUN>();
    let (h, h_rest) = halves.as_chunks::<RUN>();
    let (r, r_rest) = roots.as_chunks::<RUN>();
    for (m, h) in m.iter().zip(h) {
        for i in 0..RUN {
            let e = exponent(m[i], h[i]);
            least[i] = if e < least[i] { e } else { least[i] };
        }
    }
    let rest = m_rest.iter().zip(h_rest).map(|(&m, &h)| exponent(m, h));
    let least = rest.chain(least).fold(f32::INFINITY, f32::min);
    let term = |m: f32, h: f32, r: f32| {
        let e = least - exponent(m, h);
        r * exp(if e < -80.0 { -80.0 } else { e })
    };
    let mut sums = [0f32; RUN];
    for ((m, h), r) in m.iter().zip(h).zip(r) {
        for i in 0..RUN {
            sums[i] += term(m[i], h[i], r[i]);
        }
    }
    let rest: f64 = m_rest
        .iter()
        .zip(h_rest)
        .zip(r_rest)
        .map(|((&m, &h), &r)| f64::from(term(m, h, r)))
        .sum();
    (least, rest + sums.iter().map(|&s| f64::from(s)).sum::<f64>())
}

fn decide(thresholds: &Thresholds, sent: &[u8], out: &[f32]) -> DecisionErrors {
    let [t0, t1, t2] = thresholds.0;
    tally(sent, sent, out, |_, z| u32::from(z > t0) + u32::from(z > t1) + u32::from(z > t2))
}

fn compare_kernel(sent: &[u8], decided: &[u8], out: &[f32]) -> DecisionErrors {
    tally(sent, decided, out, |d, _| u32::from(d))
}
}

/// Counts errors in runs that compile to vectors; `decision` gives the level from the one decided
/// and the output.
#[inline(always)]
fn tally(
    sent: &[u8],
    decided: &[u8],
    out: &[f32],
    decision: impl Fn(u8, f32) -> u32,
) -> DecisionErrors {
    const RUN: usize = 16;
    let mut total = DecisionErrors::default();
    let (sent_runs, sent_rest) = sent.as_chunks::<RUN>();
    let (decided_runs, decided_rest) = decided.as_chunks::<RUN>();
    let (out_runs, out_rest) = out.as_chunks::<RUN>();
    // f32 sums of up to 64 runs, then f64
    for ((sent, decided), out) in
        sent_runs.chunks(64).zip(decided_runs.chunks(64)).zip(out_runs.chunks(64))
    {
        let (mut symbols, mut bits) = ([0u32; RUN], [0u32; RUN]);
        let (mut counts, mut moments) = ([[0u32; RUN]; 4], [[[0f32; RUN]; 2]; 4]);
        for ((sent, decided), out) in sent.iter().zip(decided).zip(out) {
            for i in 0..RUN {
                let (s, z) = (u32::from(sent[i]), out[i]);
                let d = decision(decided[i], z);
                let x = (s ^ (s >> 1)) ^ (d ^ (d >> 1));
                bits[i] += (x & 1) + (x >> 1);
                symbols[i] += u32::from(x != 0);
                for (level, (count, m)) in (0u32..).zip(counts.iter_mut().zip(&mut moments)) {
                    let of_level = if s == level { z } else { 0.0 };
                    count[i] += u32::from(s == level);
                    m[0][i] += of_level;
                    m[1][i] = of_level.mul_add(of_level, m[1][i]);
                }
            }
        }
        total.symbol_errors += symbols.iter().map(|&x| u64::from(x)).sum::<u64>();
        total.bit_errors += bits.iter().map(|&x| u64::from(x)).sum::<u64>();
        for ((t, count), m) in total.moments.iter_mut().zip(&counts).zip(&moments) {
            t[0] += f64::from(count.iter().sum::<u32>());
            for (t, m) in t[1..].iter_mut().zip(m) {
                *t += m.iter().map(|&x| f64::from(x)).sum::<f64>();
            }
        }
    }
    for ((&sent, &decided), &z) in sent_rest.iter().zip(decided_rest).zip(out_rest) {
        let wrong = u64::from(
            crate::pattern::gray::BIT_ERRORS[usize::from(sent)][decision(decided, z) as usize],
        );
        total.bit_errors += wrong;
        total.symbol_errors += u64::from(wrong > 0);
        let m = &mut total.moments[usize::from(sent)];
        m[0] += 1.0;
        m[1] += f64::from(z);
        m[2] += f64::from(z) * f64::from(z);
    }
    total
}

/// Gaussian tail; 0 beyond 38 sigma.
#[cfg(test)]
fn tail(x: f64) -> f64 {
    if x > 38.0 { 0.0 } else { q_fast(x) }
}

/// Mean and rms (noise and spread) of each level's outputs.
pub(crate) fn level_moments(sent: &[u8], means: &[f32], variances: &[f32]) -> [(f64, f64); 4] {
    let mut sums = [[0f64; 4]; 4];
    for ((&s, &m), &v) in sent.iter().zip(means).zip(variances) {
        let row = &mut sums[usize::from(s)];
        let m = f64::from(m);
        row[0] += 1.0;
        row[1] += m;
        row[2] += m * m;
        row[3] += f64::from(v);
    }
    sums.map(|[n, m, m2, v]| {
        let n = f64::max(n, 1.0);
        let mean = m / n;
        (mean, (m2 / n - mean * mean + v / n).max(0.0).sqrt())
    })
}

/// Mean square around the levels' means, all levels weighted equally.
pub(crate) fn mean_square(levels: &[(f64, f64); 4]) -> f64 {
    levels.iter().map(|(_, sigma)| sigma * sigma).sum::<f64>() / 4.0
}

/// Signal-to-noise ratio of four levels (mean, rms), weighted equally: variance of the means over
/// the mean square around them, dB. Equidistant levels in equal noise have 5 q^2, q half the
/// distance over the rms.
pub(crate) fn snr_db(levels: &[(f64, f64); 4]) -> f64 {
    let mean = levels.iter().map(|(m, _)| m).sum::<f64>() / 4.0;
    let signal = levels.iter().map(|(m, _)| (m - mean).powi(2)).sum::<f64>() / 4.0;
    crate::units::db_from_power_ratio(signal / mean_square(levels).max(f64::MIN_POSITIVE))
}

/// The Gaussians of one level's symbols.
#[derive(Default)]
struct LevelMixture {
    means: Vec<f32>,
    /// Half of 1 / variance.
    halves: Vec<f32>,
    /// 1 / sigma.
    roots: Vec<f32>,
}

impl LevelMixture {
    fn of_levels(sent: &[u8], means: &[f32], variances: &[f32]) -> [LevelMixture; 4] {
        let mut mixtures: [LevelMixture; 4] = Default::default();
        for ((&level, &mean), &variance) in sent.iter().zip(means).zip(variances) {
            let mixture = &mut mixtures[usize::from(level)];
            mixture.means.push(mean);
            mixture.halves.push(0.5 / variance.max(1e-30));
        }
        mixtures.iter_mut().for_each(|mixture| {
            mixture.roots = mixture.halves.iter().map(|half| (2.0 * half).sqrt()).collect()
        });
        mixtures
    }

    fn ln_density(&self, t: f64) -> f64 {
        let (least, sum) = density(&self.means, &self.halves, &self.roots, t as f32);
        (sum / self.means.len() as f64).ln() - f64::from(least)
    }
}

/// Root of ln(density of the lower level) - ln(density of the upper one) between their means:
/// secant within a bracket.
fn crossing(lower: &LevelMixture, upper: &LevelMixture, start: f64, between: (f64, f64)) -> f64 {
    let (mut low, mut high) = between;
    if low.is_nan() || high.is_nan() || low >= high {
        return start;
    }
    let difference = |t: f64| lower.ln_density(t) - upper.ln_density(t);
    let mut t = start.clamp(low, high);
    let mut last: Option<(f64, f64)> = None;
    for _ in 0..12 {
        let d = difference(t);
        if d > 0.0 {
            low = t
        } else {
            high = t
        }
        let next = match last {
            Some((t0, d0)) if (d - d0).abs() > 0.0 => t - d * (t - t0) / (d - d0),
            _ => t + 1e-3 * d.signum() * (between.1 - between.0),
        };
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        if (next - t).abs() < 1e-6 * (between.1 - between.0) {
            return next;
        }
        last = Some((t, d));
        t = next;
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::gaussian::pam4_ber;

    /// Equal steps in equal noise: (3Q(x) + 2Q(3x) - Q(5x)) / 4 with x = half eye / sigma; f32
    /// inputs limit it to 1e-6.
    #[test]
    fn expected_errors_of_ideal_levels_are_the_closed_form() {
        for sigma in [0.02f32, 0.05, 0.1, 0.3] {
            let levels = [-1.0f32, -1.0 / 3.0, 1.0 / 3.0, 1.0];
            let sum: f64 = (0..4)
                .map(|l| {
                    Thresholds::MIDDLE.expected_bit_errors(l, levels[usize::from(l)], sigma * sigma)
                })
                .sum();
            let expected = pam4_ber(1.0 / 3.0 / f64::from(sigma));
            assert!(
                (sum / 8.0 / expected - 1.0).abs() < 1e-4,
                "{sigma}: {} against {expected}",
                sum / 8.0
            );
        }
    }

    /// The same tails, added in another order: to rounding. Noiseless symbols, far ones and ones on
    /// the wrong side are among them.
    #[test]
    fn expected_errors_of_a_block_are_those_of_its_symbols() {
        let sent: Vec<u8> = (0..1003).map(|k| (k % 4) as u8).collect();
        let means: Vec<f32> = (0..1003).map(|k| ((k * 37) % 211) as f32 / 100.0 - 1.05).collect();
        let variances: Vec<f32> = (0..1003).map(|k| [0.01, 0.0, 1e-4, 0.3][(k / 4) % 4]).collect();
        let mut all = vec![0.0; sent.len()];
        Thresholds::MIDDLE.expected_of_all(&sent, &means, &variances, &mut all);
        for (k, all) in all.iter().enumerate() {
            let one = Thresholds::MIDDLE.expected_bit_errors(sent[k], means[k], variances[k]);
            assert!((all - one).abs() <= 4e-16 + 1e-14 * one.abs(), "{k}: {all} against {one}");
        }
    }

    fn crossings(sent: &[u8], means: &[f32], variances: &[f32]) -> [f32; 3] {
        Thresholds::at_crossings(&level_moments(sent, means, variances), sent, means, variances).0
    }

    #[test]
    fn crossings_of_equal_noise_are_half_way_and_of_unequal_noise_where_the_densities_are() {
        let sent = [0, 1, 2, 3];
        let means = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0];
        let t = crossings(&sent, &means, &[0.01; 4]);
        for (t, m) in t.iter().zip(Thresholds::MIDDLE.0) {
            assert!((t - m).abs() < 1e-5);
        }
        let t = crossings(&sent, &means, &[0.0025, 0.01, 0.01, 0.01])[0];
        let density = |m: f32, v: f32| f64::from((-(t - m) * (t - m) / (2.0 * v)).exp() / v.sqrt());
        assert!((density(-1.0, 0.0025) / density(-1.0 / 3.0, 0.01) - 1.0).abs() < 1e-3);
        assert!(t < -2.0 / 3.0);
    }

    /// Against halving of the difference of densities summed in f64. The search ends by a step
    /// below 1e-6 of the levels' distance, 7e-7. Exponents to 40 in f32 are good to 40 x 3 x 6e-8 =
    /// 7e-6, their exponentials to 5e-7; where noise is largest the difference falls by (2/3) /
    /// 0.12^2 = 46 over a unit, so that this moves the crossing by 2 x 7e-6 / 46 = 3e-7 at the
    /// most.
    #[test]
    fn crossings_are_those_of_a_plain_search() {
        for (seed, n) in [(1, 4099), (2, 67), (3, 1 << 13)] {
            let mut rng = crate::seed::Seed::new(seed).rng();
            let sent: Vec<u8> = (0..n).map(|k| ((k * 7 + k / 5) % 4) as u8).collect();
            let means: Vec<f32> = sent
                .iter()
                .map(|&level| (f64::from(level) * 2.0 / 3.0 - 1.0 + 0.03 * rng.normal()) as f32)
                .collect();
            // upper levels are noisier, as light's are
            let sigma = |level: u8, normal: f64| {
                0.05 + 0.015 * f64::from(level) + 0.02 * normal.abs().min(1.0)
            };
            let variances: Vec<f32> =
                sent.iter().map(|&level| sigma(level, rng.normal()).powi(2) as f32).collect();
            let found = crossings(&sent, &means, &variances);
            for (j, found) in (0u8..).zip(found) {
                let ln_density = |level: u8, t: f64| {
                    let of_level =
                        sent.iter().zip(&means).zip(&variances).filter(|((s, _), _)| **s == level);
                    let terms: Vec<(f64, f64)> =
                        of_level.map(|((_, &m), &v)| (f64::from(m), f64::from(v))).collect();
                    let sum: f64 = terms
                        .iter()
                        .map(|(m, v)| (-(t - m).powi(2) / (2.0 * v)).exp() / v.sqrt())
                        .sum();
                    (sum / terms.len() as f64).ln()
                };
                let moments = level_moments(&sent, &means, &variances);
                let (mut low, mut high) =
                    (moments[usize::from(j)].0, moments[usize::from(j) + 1].0);
                while high - low > 1e-12 {
                    let t = 0.5 * (low + high);
                    if ln_density(j, t) > ln_density(j + 1, t) { low = t } else { high = t }
                }
                assert!(
                    (f64::from(found) - low).abs() < 1e-6,
                    "{seed}, threshold {j}: {found} against {low}"
                );
            }
        }
    }

    #[test]
    fn decisions_count_the_bits_of_the_gray_map_on_every_length() {
        let levels = [-1.0f32, -0.3, 0.3, 1.0];
        for n in [16, 37, 5000] {
            let sent: Vec<u8> = (0..n).map(|i| (i % 4) as u8).collect();
            let out: Vec<f32> = (0..n).map(|i| levels[(i / 4) % 4]).collect();
            let d = Thresholds::MIDDLE.decide(&sent, &out);
            let expected: u64 = sent
                .iter()
                .enumerate()
                .map(|(i, &s)| {
                    u64::from(crate::pattern::gray::BIT_ERRORS[usize::from(s)][(i / 4) % 4])
                })
                .sum();
            assert_eq!(d.bit_errors, expected);
            let mut decided = vec![0; n];
            Thresholds::MIDDLE.levels(&out, &mut decided);
            assert_eq!(compare(&sent, &decided, &out), d);
            assert_eq!(d.moments.iter().map(|m| m[0]).sum::<f64>(), n as f64);
        }
    }
}
