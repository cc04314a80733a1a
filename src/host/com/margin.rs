//! Channel operating margin of one channel.

use super::amplitudes::Amplitudes;
use super::channel::{Aggressor, AggressorEnd, ComChannel};
use super::correlation::Correlation;
use super::parameters::Parameters;
use super::paths::{FrequencyGrid, FrontNoise, Pulses, sampled};
use super::search::{CoupledPath, EqualiserSetting, SearchInputs, symbol_power};
use super::settings::{Mix, SettingGrid};
use crate::error::{KeyPath, Problems};
use crate::measured::shown;
use crate::units::{db_from_amplitude_ratio, giga, micro, milli, power_ratio};
use serde::{Deserialize, Serialize};

/// Interference relative to the signal below which it is treated as Gaussian (93A neglects it).
const GAUSSIAN_BELOW: f64 = 0.001;
/// Widest bin of a PDF, uV, unless it would have too many.
const BIN_UV_MAX: f64 = 10.0;
/// Largest number of bins of a PDF: interference of 131 times the signal in bins of a thousandth of
/// it. Larger interference gets wider bins.
const BINS_MAX: f64 = 262_144.0;

/// Channel operating margin with its contributions.
///
/// Millivolts are at the decision, half an eye for the signal and standard deviations for the
/// disturbances, after a receive FFE with a main tap of 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelOperatingMargin {
    /// Name of the set of parameters.
    pub parameters: String,
    /// COM = 20 log10(A_s / A_ni), dB; `null` in JSON without any disturbance.
    pub com_db: Option<f64>,
    /// The set's limit, dB.
    pub com_min_db: f64,
    /// True if COM reaches the limit.
    pub passes: bool,
    /// Vertical eye closure, 20 log10(A_s / (A_s - A_ni)), dB; absent if the eye is closed.
    pub vec_db: Option<f64>,
    /// Figure of merit of the settings, dB.
    pub fom_db: Option<f64>,
    /// Loss of the channel without packages at half the symbol rate, dB.
    pub nyquist_loss_db: f64,
    /// A_s: half the opening of the undisturbed eye, mV.
    pub signal_mv: f64,
    /// A_ni: amplitude that interference and noise exceed with the detector error ratio, mV.
    pub noise_mv: f64,
    /// Residual ISI after the equalisers, mV.
    pub isi_mv: f64,
    /// Crosstalk of all aggressors, mV.
    pub crosstalk_mv: f64,
    /// Noise of the receiver, mV.
    pub receiver_noise_mv: f64,
    /// Noise of the transmitter, mV.
    pub transmitter_noise_mv: f64,
    /// Random jitter times the slopes, mV.
    pub random_jitter_mv: f64,
    /// Dual-Dirac jitter times the slopes, mV.
    pub dual_dirac_jitter_mv: f64,
    /// Cursor of the first of the transmit taps.
    pub transmit_first_cursor: i32,
    /// Taps of the transmit equaliser.
    pub transmit_taps: Vec<f64>,
    /// Gain of the CTLE's first stage at low frequency, dB.
    pub ctle_gain_db: f64,
    /// Gain of the CTLE's second stage at low frequency, dB.
    pub ctle_low_gain_db: f64,
    /// Taps of the receiver's feed-forward equaliser relative to the main one; empty without it.
    pub receive_taps: Vec<f64>,
    /// Number of taps before the main one.
    pub receive_taps_before: usize,
    /// Taps of the decision-feedback equaliser relative to the main sample.
    pub dfe_taps: Vec<f64>,
    /// Warnings for the user.
    pub warnings: Vec<String>,
}

impl Parameters {
    /// Channel operating margin of a lane with its aggressors.
    ///
    /// # Errors
    ///
    /// Parameters out of their range; a channel that is not passive (a singular value of S above
    /// 1.1 up to the symbol rate), ends below the Nyquist frequency or passes no pulse, after the
    /// aggressor's number if it is not the victim.
    ///
    /// # Example
    ///
    /// ```
    /// use lightlane::host::{Package, PcbTrace, com::{ComChannel, Parameters}};
    /// let set = Parameters::named("kr1-802.3ck").expect("it ships");
    /// let f_hz: Vec<f64> = (0..=1200).map(|k| f64::from(k) * 50e6).collect();
    /// let trace = PcbTrace { loss_db: 12.0, near: Package::none(), ..PcbTrace::default() };
    /// let margin = set.margin(&ComChannel::from(trace.network(&f_hz, 100.0)?), &[])?;
    /// assert!(margin.passes && margin.com_db.unwrap() > 3.0);
    /// # Ok::<(), String>(())
    /// ```
    pub fn margin(
        &self,
        victim: &ComChannel,
        aggressors: &[Aggressor],
    ) -> Result<ChannelOperatingMargin, String> {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        if !problems.is_empty() {
            return Err(problems.to_string());
        }
        let rate_hz = giga(self.symbol_rate_gbd);
        victim.is_passive(rate_hz)?;
        for (i, aggressor) in aggressors.iter().enumerate() {
            let passive = aggressor.channel.is_passive(rate_hz);
            passive.map_err(|remedy| format!("aggressor {}: {remedy}", i + 1))?;
        }
        let inputs = SearchInputs::new(self, victim, aggressors)?;
        let best = match &self.receiver.ffe {
            None => inputs.best(),
            Some(ffe) => inputs.best_by_mmse(ffe),
        };
        let choice = best
            .ok_or("has no pulse at any setting of the equalisers: is this the right port map?")?;
        let mut margin = inputs.evaluate(&choice);
        margin.nyquist_loss_db = loss_db(victim, giga(self.symbol_rate_gbd) / 2.0)?;
        margin.warnings = self.warnings(victim, aggressors, inputs.victim.inverted);
        Ok(margin)
    }

    fn warnings(
        &self,
        victim: &ComChannel,
        aggressors: &[Aggressor],
        inverted: bool,
    ) -> Vec<String> {
        let mut warnings = victim.warnings.clone();
        for (i, aggressor) in aggressors.iter().enumerate() {
            warnings.extend(
                aggressor
                    .channel
                    .warnings
                    .iter()
                    .map(|warning| format!("aggressor {}: {warning}", i + 1)),
            );
        }
        if inverted {
            warnings.push("the victim's polarity is inverted: its pulse is negative".to_owned());
        }
        let ends = |channel: &ComChannel| {
            channel.network.f_hz()[channel.network.f_hz().len() - 1] / giga(1.0)
        };
        let first = std::iter::once(ends(victim))
            .chain(aggressors.iter().map(|a| ends(&a.channel)))
            .fold(f64::INFINITY, f64::min);
        if first < self.symbol_rate_gbd {
            warnings.push(format!(
                "ends at {} GHz, below the symbol rate of {} GBd: beyond, it is extrapolated",
                shown(first),
                self.symbol_rate_gbd
            ));
        }
        warnings
    }
}

/// Loss between matched ends, dB.
fn loss_db(channel: &ComChannel, at_hz: f64) -> Result<f64, String> {
    Ok(-db_from_amplitude_ratio(channel.network.on(&[at_hz])?.at(0, 2, 1).norm()))
}

impl<'a> SearchInputs<'a> {
    pub(super) fn new(
        set: &'a Parameters,
        victim: &ComChannel,
        aggressors: &[Aggressor],
    ) -> Result<Self, String> {
        let settings = SettingGrid::new(set);
        let lags = settings.span()
            + set
                .receiver
                .ffe
                .as_ref()
                .map_or(1, |ffe| ffe.precursor_taps + 1 + ffe.postcursor_taps);
        let grid = FrequencyGrid::new(giga(set.symbol_rate_gbd), &victim.network);
        let pulses = Pulses::new(set, &grid, &victim.network, None)?;
        let coupled = |(i, aggressor): (usize, &Aggressor)| {
            let pulses = Pulses::new(set, &grid, &aggressor.channel.network, Some(aggressor.side));
            let pulses = pulses.map_err(|remedy| format!("aggressor {}: {remedy}", i + 1))?;
            let levels = Correlation::new(&pulses.parts, lags);
            Ok::<_, String>(CoupledPath { pulses, side: aggressor.side, levels })
        };
        Ok(SearchInputs {
            set,
            levels: Correlation::new(&pulses.parts, lags),
            slopes: Correlation::new(&pulses.slopes, lags),
            aggressors: aggressors.iter().enumerate().map(coupled).collect::<Result<_, _>>()?,
            noise: FrontNoise::new(set, &grid, lags),
            victim: pulses,
            settings,
        })
    }

    /// Channel operating margin of one setting: its samples, their distributions, and the amplitude
    /// exceeded with the detector error ratio.
    pub(super) fn evaluate(&self, choice: &EqualiserSetting) -> ChannelOperatingMargin {
        let (set, sender) = (self.set, &self.set.transmitter);
        let mix = Mix::new(set, choice.gains.gain_db, choice.gains.low_gain_db);
        let before = set.receiver.ffe.as_ref().map_or(0, |ffe| ffe.precursor_taps);
        let received = |samples: Vec<f64>| after_ffe(&samples, &choice.receive_taps, before);
        let at = |parts, taps: &[f64], phase| {
            received(sampled(parts, &mix, taps, self.settings.first_cursor, phase))
        };
        let mut isi = at(&self.victim.parts, &choice.transmit.taps, choice.phase);
        let slopes = at(&self.victim.slopes, &choice.transmit.taps, choice.phase);
        let main = std::mem::take(&mut isi[choice.row]);
        let signal = sender.level_mismatch_ratio * main / (set.levels - 1) as f64;
        let mut dfe_taps = Vec::new();
        for (i, (&least, &most)) in
            set.receiver.dfe.b_min.iter().zip(&set.receiver.dfe.b_max).enumerate()
        {
            let sample = &mut isi[choice.row + 1 + i];
            let tap = (*sample / main).clamp(least, most);
            *sample -= tap * main;
            dfe_taps.push(tap);
        }
        let plain = self.settings.plain();
        let crosstalk = self.aggressors.iter().map(|aggressor| {
            let transmit =
                if aggressor.side == AggressorEnd::FarEnd { &choice.transmit } else { &plain };
            let phase = aggressor.levels.sent(transmit, 0).largest(&mix).0;
            at(&aggressor.pulses.parts, &transmit.taps, phase)
        });
        let crosstalk: Vec<f64> = crosstalk.flatten().collect();
        let sent = if set.receiver.ffe.is_some() {
            // 178A: the transmitter's output is noisy at every instant; 93A: only the main sample
            // is
            squares(&at(&self.victim.parts, &plain.taps, choice.phase))
        } else {
            main * main
        };
        let taps = &choice.receive_taps;
        let own = |i: usize, j: usize| taps[i] * taps[j] * self.noise.at(&mix, i.abs_diff(j));
        let receiver_noise: f64 =
            (0..taps.len()).map(|i| (0..taps.len()).map(|j| own(i, j)).sum::<f64>()).sum();
        let transmitter_noise = sent * power_ratio(-sender.snr_db);
        let power = symbol_power(set.levels);
        let slope = power * squares(&slopes);
        let (random, dual) = (sender.random_jitter_ui, sender.dual_dirac_jitter_ui);
        let shaken: Vec<f64> = slopes.iter().map(|slope| dual * slope).collect();
        let amplitudes = || isi.iter().chain(&shaken).chain(&crosstalk);
        let (bin_v, least_v) = bins(signal, amplitudes());
        let mut sum = Amplitudes::none(bin_v, set.levels);
        let mut gaussian = receiver_noise + transmitter_noise + random * random * slope;
        for amplitude in amplitudes() {
            if amplitude.abs() > least_v {
                sum.add(*amplitude)
            } else {
                gaussian += power * amplitude * amplitude
            }
        }
        let noise = sum.exceeded_v(set.detector_error_ratio, gaussian.sqrt());
        let com_db = db_from_amplitude_ratio(signal / noise);
        let mv = |v: f64| v / milli(1.0);
        ChannelOperatingMargin {
            parameters: set.name.clone(),
            com_db: Some(com_db).filter(|db| db.is_finite()),
            com_min_db: set.com_min_db,
            passes: com_db >= set.com_min_db,
            vec_db: (noise < signal).then(|| db_from_amplitude_ratio(signal / (signal - noise))),
            fom_db: Some(choice.fom_db).filter(|db| db.is_finite()),
            nyquist_loss_db: f64::NAN,
            signal_mv: mv(signal),
            noise_mv: mv(noise),
            isi_mv: mv((power * squares(&isi)).sqrt()),
            crosstalk_mv: mv((power * squares(&crosstalk)).sqrt()),
            receiver_noise_mv: mv(receiver_noise.sqrt()),
            transmitter_noise_mv: mv(transmitter_noise.sqrt()),
            random_jitter_mv: mv(random * slope.sqrt()),
            dual_dirac_jitter_mv: mv(dual * slope.sqrt()),
            transmit_first_cursor: self.settings.first_cursor,
            transmit_taps: choice.transmit.taps.clone(),
            ctle_gain_db: choice.gains.gain_db,
            ctle_low_gain_db: choice.gains.low_gain_db,
            receive_taps: if set.receiver.ffe.is_some() { taps.clone() } else { Vec::new() },
            receive_taps_before: before,
            dfe_taps,
            warnings: Vec::new(),
        }
    }
}

/// Width of a PDF's bins for some amplitudes, and the least amplitude that is put in them, V.
fn bins<'a>(signal_v: f64, amplitudes: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    let least_v = GAUSSIAN_BELOW * signal_v;
    let reach_v: f64 = amplitudes.map(|x| x.abs()).filter(|x| *x > least_v).sum();
    let bin_v = least_v.min(micro(BIN_UV_MAX)).max(2.0 * reach_v / BINS_MAX);
    (bin_v, least_v.max(bin_v))
}

fn squares(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |sum, x| sum + x * x)
}

/// Samples after the receive taps, the main sample in its row.
fn after_ffe(samples: &[f64], taps: &[f64], before: usize) -> Vec<f64> {
    let rows = samples.len();
    (0..rows)
        .map(|n| {
            taps.iter()
                .enumerate()
                .map(|(i, tap)| tap * samples[(n + before + rows - i) % rows])
                .sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 40 mV with 60 mV of interference keeps 10 uV; 1 uV with 10 V gets 262 144 bins.
    #[test]
    fn a_distribution_has_a_bounded_number_of_bins() {
        assert_eq!(bins(0.04, [0.05, 0.01].iter()), (micro(BIN_UV_MAX), GAUSSIAN_BELOW * 0.04));
        let (bin_v, least_v) = bins(1e-6, [9.0, -1.0, 1e-10].iter());
        assert_eq!((bin_v, least_v), (20.0 / BINS_MAX, bin_v));
    }
}
