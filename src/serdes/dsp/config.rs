//! Description of a receiver's digital signal processing.

use super::adc::Adc;
use super::clock::ClockConfig;
use super::dfe::DfeConfig;
use super::ffe::FfeConfig;
use super::mlse::MlseConfig;
use crate::chain::{DetectorSpec, RxDsp};
use crate::dsp::DetectorKind;
use crate::error::{KeyPath, Problems};
use crate::measured::FileReader;
use serde::{Deserialize, Deserializer, Serialize};

/// Converter, equaliser, detector and clock of a receiver: used for optical and electrical
/// receivers.
///
/// ```text
/// volts -> ADC -> FFE -> slicer, DFE or MLSE -> symbols
///           ^---- clock recovery <----'
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DspConfig {
    /// Analogue-to-digital converter.
    pub adc: Adc,
    /// Feed-forward equaliser.
    pub ffe: FfeConfig,
    /// Detector after the feed-forward equaliser: each has its own table, one is used.
    pub detector: DetectorKind,
    /// Decision-feedback equaliser.
    pub dfe: DfeConfig,
    /// Sequence detector.
    pub mlse: MlseConfig,
    /// Clock recovery.
    pub clock: ClockConfig,
}

/// Bandwidth of a SerDes receiver's anti-alias filter where no converter is described, GHz: 0.75 of
/// 53.125 GBd, `f_r` of COM.
const SERDES_BANDWIDTH_GHZ: f64 = 39.84;

impl DspConfig {
    /// Defaults of a SerDes receiver, which differ in the converter's bandwidth.
    pub(in crate::serdes) fn of_serdes() -> Self {
        let adc = Adc { bandwidth_ghz: SERDES_BANDWIDTH_GHZ, ..Adc::default() };
        DspConfig { adc, ..DspConfig::default() }
    }

    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        self.adc.check(&at.key("adc"), symbol_rate_hz, problems);
        self.ffe.check(&at.key("ffe"), problems);
        self.dfe.check(&at.key("dfe"), problems);
        self.mlse.check(&at.key("mlse"), problems);
        self.clock.check(&at.key("clock"), symbol_rate_hz, problems);
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        self.adc.read(&at.key("adc"), files);
    }

    /// Equaliser and detector for the engine; of the detectors' tables only the selected one is
    /// used.
    pub(crate) fn receiver(&self) -> RxDsp {
        RxDsp {
            taps: self.ffe.taps,
            precursors: self.ffe.precursors(),
            adaptation: self.ffe.adaptation(),
            fixed: self.ffe.fixed.clone(),
            detector: match self.detector {
                DetectorKind::Slicer => DetectorSpec::Slicer,
                DetectorKind::Dfe => self.dfe.detector(),
                DetectorKind::Mlse => self.mlse.detector(),
            },
        }
    }
}

/// Reads a table whose missing keys take the defaults of a SerDes receiver.
///
/// # Errors
///
/// Those of reading a [`DspConfig`].
pub(in crate::serdes) fn read_of_serdes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<DspConfig, D::Error> {
    /// Fields of [`DspConfig`] with other defaults.
    #[derive(Deserialize)]
    #[serde(remote = "DspConfig", deny_unknown_fields, default = "DspConfig::of_serdes")]
    struct OfSerdes {
        adc: Adc,
        ffe: FfeConfig,
        detector: DetectorKind,
        dfe: DfeConfig,
        mlse: MlseConfig,
        clock: ClockConfig,
    }
    OfSerdes::deserialize(deserializer)
}
