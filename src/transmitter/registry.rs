//! The kinds of transmitter: a line each.

use super::eml::Eml;
use super::modulator::{Drive, DriveOrigin, Modulator};
use super::mzm::Mzm;
use super::stressed::StressedSource;
use super::waveform::CapturedWaveform;
use crate::chain::Chain;
use crate::error::{Path, Problems};
use crate::measured::{FileReader, Recording};
use crate::serdes::{Dac, TransmitFfe};
use crate::signal::{Field, Grid, Symbol, Volt};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($key:ident => $kind:ident($name:ident)),+ $(,)?) => {
        /// The kinds of transmitter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum TransmitterKind {
            $(#[allow(missing_docs)] $kind),+
        }

        impl TransmitterKind {
            /// The key of its table.
            pub fn key(self) -> &'static str {
                match self { $(TransmitterKind::$kind => stringify!($key)),+ }
            }
        }

        /// The transmitter: one kind is used, all are kept and checked.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Transmitter {
            /// Which modulator.
            pub kind: TransmitterKind,
            /// Digital-to-analogue converter.
            pub dac: Dac,
            /// Transmit equaliser.
            pub ffe: TransmitFfe,
            $(#[allow(missing_docs)] pub $key: $name),+
        }

        impl Transmitter {
            /// Every kind with its key.
            pub fn all(&self) -> Vec<(&'static str, &dyn Modulator)> {
                vec![$((stringify!($key), &self.$key as &dyn Modulator)),+]
            }

            /// Fills what is measured, of all kinds, from its files.
            pub fn load(&mut self, at: &Path, files: &mut FileReader<'_>) {
                self.dac.load(&at.key("dac"), files);
                $(self.$key.load(&at.key(stringify!($key)), files);)+
            }

            /// The kind in use.
            pub fn chosen(&self) -> &dyn Modulator {
                match self.kind { $(TransmitterKind::$kind => &self.$key),+ }
            }
        }
    };
}
kinds! {
    eml => Eml(Eml),
    mzm => Mzm(Mzm),
    waveform => Waveform(CapturedWaveform),
    stressed => Stressed(StressedSource),
}

impl Default for Transmitter {
    fn default() -> Self {
        Transmitter {
            kind: TransmitterKind::Eml,
            dac: Dac::default(),
            ffe: TransmitFfe::default(),
            eml: Eml::default(),
            mzm: Mzm::default(),
            waveform: CapturedWaveform::default(),
            stressed: StressedSource::default(),
        }
    }
}

impl Transmitter {
    /// Reports every parameter that is out of its range, of all kinds.
    pub fn check(&self, at: &Path, symbol_rate_hz: f64, problems: &mut Problems) {
        self.dac.check(&at.key("dac"), symbol_rate_hz, problems);
        self.ffe.check(&at.key("ffe"), problems);
        for (key, modulator) in self.all() {
            modulator.check(&at.key(key), problems);
        }
        if self.kind == TransmitterKind::Waveform && self.waveform.file.is_empty() {
            let remedy = "must name a file of time and power, as kind = \"waveform\" asks";
            problems.report(&at.key("waveform"), "file", "", remedy);
        }
    }

    /// Symbols become light in the fibre.
    pub(crate) fn extend(&self, symbols: Chain<Symbol>, grid: Grid, lane: usize) -> Chain<Field> {
        self.chosen().extend(
            Drive { dac: &self.dac, ffe: &self.ffe, from: DriveOrigin::Symbols(symbols), grid },
            lane,
        )
    }

    /// What a host sends becomes light: `volts` of full scale -1 .. 1 at the driver.
    pub(crate) fn extend_driven(
        &self,
        volts: Chain<Volt>,
        grid: Grid,
        lane: usize,
    ) -> Chain<Field> {
        self.chosen().extend(
            Drive { dac: &self.dac, ffe: &self.ffe, from: DriveOrigin::Host(volts), grid },
            lane,
        )
    }

    /// True for a source with a driver of its own; the others are their own converters.
    pub(crate) fn has_driver(&self) -> bool {
        matches!(self.kind, TransmitterKind::Eml | TransmitterKind::Mzm)
    }

    /// Outer optical modulation amplitude of settled runs in the fibre, W, without dynamics.
    pub(crate) fn settled_oma_w(&self) -> f64 {
        self.chosen().settled_oma_w(self.ffe.settled())
    }

    /// The recording in place of a modulator, where that is the kind.
    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.waveform.recording().filter(|_| self.kind == TransmitterKind::Waveform)
    }
}
