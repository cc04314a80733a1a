//! From symbols to light.
//!
//! What stays whatever the modulator is (converter, transmit equaliser) stands here; every kind of
//! modulator is a file with all that comes and goes with it: laser, driver, electrode, losses. A
//! new kind is a new file and one line of `kinds!`.

mod driver;
mod eml;
mod field_map;
mod laser;
mod linear;
mod mzm;
mod power_map;
mod stressed;
mod waveform;

pub use driver::Driver;
pub use eml::Eml;
pub use laser::{Laser, Relaxation, RinKind};
pub use linear::LinearInput;
pub use mzm::{Electrode, Mzm};
pub use stressed::Stressed;
pub use waveform::Waveform;

use crate::chain::Chain;
use crate::error::{Path, Problems};
use crate::part::{Loader, Recording};
use crate::serdes::{Dac, TransmitFfe};
use crate::signal::{Field, Grid, Symbol, Volt};
use serde::{Deserialize, Serialize};

/// A modulator with its driver and its laser.
pub trait Modulator: Send + Sync {
    /// Reports every parameter that is out of its range.
    fn check(&self, at: &Path, problems: &mut Problems);
    /// Fills what is measured from its files and reports what is wrong with them.
    fn load(&mut self, at: &Path, loader: &mut Loader<'_>);
    /// Symbols become light in the fibre; `lane` names what lanes share.
    fn extend(&self, drive: Drive<'_>, lane: usize) -> Chain<Field>;
    /// Outer optical modulation amplitude in the fibre without modulation dynamics, W, between
    /// settled drives of +-`drive`; not a number before its file is read.
    fn settled_oma_w(&self, drive: f64) -> f64;
    /// Intrinsic RIN, one-sided, its mean from 0 to `band_hz`, 1/Hz; none where nobody knows it.
    fn rin_per_hz(&self, band_hz: f64) -> Option<f64>;
    /// Wavelength of its light, nm.
    fn wavelength_nm(&self) -> f64;
    /// What it is and which of its effects are modelled, in one line.
    fn about(&self) -> &'static str;
}

/// What a modulator is driven by: the symbols, and the converter and equaliser that most of them
/// have in front.
pub struct Drive<'a> {
    dac: &'a Dac,
    ffe: &'a TransmitFfe,
    from: From,
    grid: Grid,
}

/// Where a drive comes from.
enum From {
    /// The module's own converter.
    Symbols(Chain<Symbol>),
    /// A host, through a linear input.
    Host(Chain<Volt>),
}

impl Drive<'_> {
    /// Volts of full scale -1 .. 1 V from the converter, equalised.
    pub(crate) fn volts(self) -> Chain<Volt> {
        match self.from {
            From::Symbols(symbols) => self.dac.extend(self.ffe.extend(symbols), self.grid),
            From::Host(volts) => volts,
        }
    }

    /// The symbols themselves, for a source that is its own converter.
    pub(crate) fn symbols(self) -> (Chain<Symbol>, Grid) {
        match self.from {
            From::Symbols(symbols) => (symbols, self.grid),
            From::Host(_) => {
                unreachable!("a description that drives such a source from a host is refused")
            }
        }
    }
}

macro_rules! kinds {
    ($($key:ident => $name:ident),+ $(,)?) => {
        /// The kinds of transmitter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum TransmitterKind {
            $(#[allow(missing_docs)] $name),+
        }

        impl TransmitterKind {
            /// The key of its table.
            pub fn key(self) -> &'static str {
                match self { $(TransmitterKind::$name => stringify!($key)),+ }
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
            pub fn load(&mut self, at: &Path, loader: &mut Loader<'_>) {
                self.dac.load(&at.key("dac"), loader);
                $(self.$key.load(&at.key(stringify!($key)), loader);)+
            }

            /// The kind in use.
            pub fn chosen(&self) -> &dyn Modulator {
                match self.kind { $(TransmitterKind::$name => &self.$key),+ }
            }
        }
    };
}
kinds! { eml => Eml, mzm => Mzm, waveform => Waveform, stressed => Stressed }

impl Default for Transmitter {
    fn default() -> Self {
        Transmitter {
            kind: TransmitterKind::Eml,
            dac: Dac::default(),
            ffe: TransmitFfe::default(),
            eml: Eml::default(),
            mzm: Mzm::default(),
            waveform: Waveform::default(),
            stressed: Stressed::default(),
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
            Drive { dac: &self.dac, ffe: &self.ffe, from: From::Symbols(symbols), grid },
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
        self.chosen()
            .extend(Drive { dac: &self.dac, ffe: &self.ffe, from: From::Host(volts), grid }, lane)
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
