//! Registry of the kinds of transmitter, with a line for each.

use super::alignment::Alignment;
use super::modulator::{Drive, Modulator, ModulatorSheet, ReadDac, TransmitDsp};
use super::waveguide_crosstalk::WaveguideCrosstalk;
use crate::chain::Chain;
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileError, FileReader};
use crate::serdes::{Dac, TransmitFfe, TransmitLevels};
use crate::signal::{Grid, Symbol, Volt};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

macro_rules! kinds {
    ($first:ident => $first_kind:ident($first_name:ident)
        $(, $key:ident => $kind:ident($name:ident))* $(,)?) => {
        kinds! { @all $first => $first_kind($first_name) $(, $key => $kind($name))* }

        impl Default for TransmitterKind {
            fn default() -> Self {
                TransmitterKind::$first_kind
            }
        }
    };
    (@all $($key:ident => $kind:ident($name:ident)),+) => {
        $(pub use super::$key::$name;)+

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
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Transmitter {
            /// Kind of modulator.
            pub kind: TransmitterKind,
            /// Digital-to-analogue converter.
            pub dac: Dac,
            /// Drives of the four levels.
            pub levels: TransmitLevels,
            /// Transmit equaliser.
            pub ffe: TransmitFfe,
            /// Offsets of modes where light is coupled.
            pub alignment: Alignment,
            /// Coherent crosstalk between the waveguides of lanes with one laser.
            pub waveguide_crosstalk: WaveguideCrosstalk,
            $(#[allow(missing_docs)] pub $key: $name),+
        }

        impl Transmitter {
            /// Every kind with its key.
            pub fn all(&self) -> Vec<(&'static str, &dyn ModulatorSheet)> {
                vec![$((stringify!($key), &self.$key as &dyn ModulatorSheet)),+]
            }

            /// The kind in use, to be changed.
            fn chosen_mut(&mut self) -> &mut dyn ModulatorSheet {
                match self.kind { $(TransmitterKind::$kind => &mut self.$key),+ }
            }

            /// The kind in use.
            pub fn chosen(&self) -> &dyn ModulatorSheet {
                match self.kind { $(TransmitterKind::$kind => &self.$key),+ }
            }
        }
    };
}
// the key of its table and the name of its file, the kind, the sheet
kinds! {
    eml => Eml(Eml),
    mzm => Mzm(Mzm),
    ring => Ring(Ring),
    tfln => Tfln(Tfln),
    waveform => Waveform(CapturedWaveform),
    stressed => Stressed(StressedSource),
}

impl Transmitter {
    /// Reports every parameter that is out of its range, of all kinds.
    pub fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        self.dac.check(&at.key("dac"), symbol_rate_hz, problems);
        self.levels.check(&at.key("levels"), problems);
        self.ffe.check(&at.key("ffe"), problems);
        self.alignment.check(&at.key("alignment"), problems);
        self.waveguide_crosstalk.check(&at.key("waveguide_crosstalk"), problems);
        for (key, sheet) in self.all() {
            sheet.check(&at.key(key), problems);
        }
        self.chosen().check_used(&at.key(self.kind.key()), problems);
    }

    /// Reads the files of all kinds and reports their problems; returns the modulator of the kind
    /// in use.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>> {
        self.dac.read(&at.key("dac"), files);
        let (temperature, mut used) = (files.temperature(), None);
        for (key, sheet) in self.misaligned().all() {
            let is_used = key == self.kind.key();
            // other kinds are checked as they are written
            files.set_temperature(if is_used { temperature } else { temperature.of_reference() });
            let model = sheet.model(&at.key(key), files);
            used = if is_used { model } else { used };
        }
        files.set_temperature(temperature);
        used
    }

    /// The transmitter with what offsets lose as parts of its coupling losses.
    pub(crate) fn misaligned(&self) -> Transmitter {
        let mut misaligned = self.clone();
        misaligned.chosen_mut().misalign(&self.alignment);
        misaligned
    }

    /// Gives the light this wavelength, whatever the kind.
    pub(crate) fn set_wavelength_nm(&mut self, wavelength_nm: f64) {
        self.eml.laser.wavelength_nm = wavelength_nm;
        self.mzm.laser.wavelength_nm = wavelength_nm;
        self.ring.laser.wavelength_nm = wavelength_nm;
        self.tfln.laser.wavelength_nm = wavelength_nm;
        self.waveform.wavelength_nm = wavelength_nm;
        self.stressed.wavelength_nm = wavelength_nm;
    }

    /// Drive of the module's converter.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn drive(
        &self,
        symbols: Chain<Symbol>,
        context: &BuildContext<'_>,
    ) -> Result<Drive<'_>, FileError> {
        let (band, converters) = (self.dac.band(context)?, self.dac.sub_converters(context));
        let dac = ReadDac { dac: &self.dac, band, converters };
        let dsp = TransmitDsp { levels: &self.levels, ffe: &self.ffe };
        Ok(Drive::of_symbols(symbols, dsp, dac, context.grid))
    }

    /// Drive of a host: `volts` of full scale -1 .. 1 at the driver.
    pub(crate) fn drive_by_host(&self, volts: Chain<Volt>, grid: Grid) -> Drive<'_> {
        Drive::of_host(volts, grid)
    }
}
