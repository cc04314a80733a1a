//! Largest contribution at the limit.

use crate::chain::NoiseOrigin;
use serde::{Deserialize, Serialize};

/// Limiting contribution of a lane: the largest at the loss at which the limit is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitedBy {
    /// Noise of the receiver's amplifier.
    Thermal,
    /// Shot noise.
    Shot,
    /// Relative intensity noise, and phase noise that dispersion turns into it.
    Rin,
    /// Quantisation of DAC and ADC.
    Converters,
    /// Noise of the modulator's driver.
    Driver,
    /// Jitter.
    Jitter,
    /// Noise of SerDes and electrical channels.
    Host,
    /// Crosstalk, within the module or between its channels.
    Crosstalk,
    /// Light reflected twice, which interferes with the signal.
    Reflections,
    /// Intersymbol interference that the equaliser leaves.
    Isi,
    /// The receiver's overload: less loss would miss the limit sooner than more.
    Overload,
}

impl LimitedBy {
    /// Name in JSON and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            LimitedBy::Thermal => "thermal",
            LimitedBy::Shot => "shot",
            LimitedBy::Rin => "rin",
            LimitedBy::Converters => "converters",
            LimitedBy::Driver => "driver",
            LimitedBy::Jitter => "jitter",
            LimitedBy::Host => "host",
            LimitedBy::Crosstalk => "crosstalk",
            LimitedBy::Reflections => "reflections",
            LimitedBy::Isi => "isi",
            LimitedBy::Overload => "overload",
        }
    }

    /// Of a noise.
    fn noise(origin: NoiseOrigin) -> LimitedBy {
        match origin {
            NoiseOrigin::Thermal => LimitedBy::Thermal,
            NoiseOrigin::Shot => LimitedBy::Shot,
            NoiseOrigin::Laser => LimitedBy::Rin,
            NoiseOrigin::Converter => LimitedBy::Converters,
            NoiseOrigin::Driver => LimitedBy::Driver,
            NoiseOrigin::Jitter => LimitedBy::Jitter,
            NoiseOrigin::Host => LimitedBy::Host,
            NoiseOrigin::Reflections => LimitedBy::Reflections,
            NoiseOrigin::CoupledLanes => LimitedBy::Crosstalk,
        }
    }

    /// The largest of noise powers by origin, which are parts of all noise, or crosstalk or
    /// intersymbol interference, parts of the power of noise and interference, where its removal
    /// gains more than that of the largest noise.
    pub(crate) fn largest(
        noises: impl Iterator<Item = (NoiseOrigin, f64)>,
        crosstalk_share: f64,
        isi_share: f64,
    ) -> Option<LimitedBy> {
        let mut sums: Vec<(LimitedBy, f64)> = Vec::new();
        for (origin, share) in noises {
            let kind = LimitedBy::noise(origin);
            match sums.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => *sum += share,
                None => sums.push((kind, share)),
            }
        }
        if sums.is_empty() {
            return None;
        }
        let noise = 1.0 - crosstalk_share - isi_share;
        sums.iter_mut().for_each(|(_, share)| *share *= noise);
        sums.extend([(LimitedBy::Crosstalk, crosstalk_share), (LimitedBy::Isi, isi_share)]);
        sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noises_of_one_origin_add_and_interference_counts_where_it_is_the_larger() {
        let noises = [
            (NoiseOrigin::Thermal, 0.4),
            (NoiseOrigin::Converter, 0.25),
            (NoiseOrigin::Converter, 0.25),
            (NoiseOrigin::Shot, 0.1),
        ];
        let largest = |crosstalk, isi| LimitedBy::largest(noises.into_iter(), crosstalk, isi);
        assert_eq!(largest(0.0, 0.0), Some(LimitedBy::Converters));
        // 0.5 of two thirds are a third
        assert_eq!(largest(0.0, 0.33), Some(LimitedBy::Converters));
        assert_eq!(largest(0.0, 0.34), Some(LimitedBy::Isi));
        assert_eq!(largest(0.34, 0.0), Some(LimitedBy::Crosstalk));
        assert_eq!(largest(0.2, 0.3), Some(LimitedBy::Isi));
        assert_eq!(LimitedBy::largest(std::iter::empty(), 0.0, 0.5), None);
        use LimitedBy::{Crosstalk, Isi, Overload, Reflections, Rin, Thermal};
        for kind in [Thermal, Rin, Crosstalk, Reflections, Isi, Overload] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
