//! Spectrum at the detector, and the responses before and after it.

use crate::chain::{NoiseSelection, PlanCache, StreamKeys};
use crate::error::Result;
use crate::link::views::view::View;
use crate::units::{db_from_amplitude_ratio, db_from_power_ratio, giga};
use num_complex::Complex32;

/// Averaged blocks.
const BLOCKS: u64 = 4;
/// Bands from zero to half the sampling rate in which bins are averaged.
const BANDS: usize = 320;

/// One curve over frequency.
#[derive(Clone, Debug)]
pub struct SpectrumCurve {
    /// Name in the legend.
    pub name: &'static str,
    /// Frequency in GHz, and dB.
    pub points: Vec<(f64, f64)>,
}

/// Spectra at the detector, and fused responses.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Link and lane.
    pub name: String,
    /// Symbol rate, GBd.
    pub symbol_rate_gbd: f64,
    /// Power densities at the detector relative to the signal's at low frequencies: signal, noise.
    pub spectra: Vec<SpectrumCurve>,
    /// Amplitude responses relative to zero frequency: transmitter, receiver, equaliser.
    pub responses: Vec<SpectrumCurve>,
}

impl View {
    /// Spectra of signal and noise of the photocurrent, and responses from symbols to optical
    /// power, from there to samples, and of the equaliser.
    ///
    /// # Errors
    ///
    /// A receiver that does not train.
    pub fn spectra(&mut self) -> Result<Spectra> {
        let (trained, _) = self.receiver()?;
        let plan = &self.lane.optical().plan;
        let grid = plan.grid();
        let to_ghz = grid.bin_hz() / giga(1.0);
        let relative = |values: Vec<f32>| {
            let every = (2 * grid.bins()).div_ceil(BANDS);
            let single = |(k, h): (usize, &f32)| {
                (k as f64 * to_ghz, db_from_amplitude_ratio(f64::from(h.max(1e-15))))
            };
            values.iter().enumerate().step_by(every).map(single).collect::<Vec<_>>()
        };
        let zero = trained.equaliser_at(0.0, plan).norm();
        let equaliser = (0..grid.bins())
            .map(|k| trained.equaliser_at(k as f64 * grid.bin_hz(), plan).norm() / zero)
            .collect();
        let responses = vec![
            SpectrumCurve {
                name: "transmitter, symbols to light",
                points: relative(plan.magnitudes(false)),
            },
            SpectrumCurve {
                name: "receiver, light to samples",
                points: relative(plan.magnitudes(true)),
            },
            SpectrumCurve { name: "equaliser", points: relative(equaliser) },
        ];
        let spectra = self.detected_spectra();
        Ok(Spectra {
            name: self.name.clone(),
            symbol_rate_gbd: self.lane.config.symbol_rate_gbd,
            spectra,
            responses,
        })
    }

    fn detected_spectra(&mut self) -> Vec<SpectrumCurve> {
        let grid = self.lane.grid();
        let mut signal = vec![0f64; grid.bins()];
        let mut noise = signal.clone();
        let transform = PlanCache::real(&mut self.cache, grid.samples());
        let mut scratch = vec![Complex32::default(); transform.scratch()];
        let mut add = |current: &mut [f32], sum: &mut [f64]| {
            let mut spectrum = vec![Complex32::default(); grid.bins()];
            transform.forward(current, &mut spectrum, &mut scratch);
            sum.iter_mut().zip(&spectrum).for_each(|(s, x)| *s += f64::from(x.norm_sqr()));
        };
        for block in 0..BLOCKS {
            let (levels, draws) = self.block(block);
            let quiet = StreamKeys { selection: NoiseSelection::None, ..draws };
            let (mut clean, mut noisy) =
                self.workspaces.with(&self.lane.optical().plan, |workspace| {
                    let clean =
                        workspace.detected(&self.lane.optical().plan, &levels, &quiet).to_vec();
                    (clean, workspace.detected(&self.lane.optical().plan, &levels, &draws).to_vec())
                });
            noisy.iter_mut().zip(&clean).for_each(|(n, c)| *n -= c);
            add(&mut clean, &mut signal);
            add(&mut noisy, &mut noise);
        }
        // the bin at zero is the mean
        let low = (grid.symbols / 20).max(2);
        let reference = signal[1..low].iter().sum::<f64>() / (low - 1) as f64;
        let width = grid.bins().div_ceil(BANDS);
        let curve = |name, sums: &[f64]| {
            let bands = sums[1..].chunks(width).enumerate();
            let points = bands.map(|(i, band)| {
                let ghz = (1.0 + i as f64 * width as f64 + band.len() as f64 / 2.0) * grid.bin_hz()
                    / giga(1.0);
                (
                    ghz,
                    db_from_power_ratio(
                        (band.iter().sum::<f64>() / band.len() as f64 / reference).max(1e-30),
                    ),
                )
            });
            SpectrumCurve { name, points: points.collect() }
        };
        vec![curve("signal at the detector", &signal), curve("noise at the detector", &noise)]
    }
}
