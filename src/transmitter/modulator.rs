//! The interface of a modulator, and what drives it.

use crate::chain::Chain;
use crate::error::{Path, Problems};
use crate::measured::FileReader;
use crate::serdes::{Dac, TransmitFfe};
use crate::signal::{Field, Grid, Symbol, Volt};

/// A modulator with its driver and its laser.
pub trait Modulator: Send + Sync {
    /// Reports every parameter that is out of its range.
    fn check(&self, at: &Path, problems: &mut Problems);
    /// Fills what is measured from its files and reports what is wrong with them.
    fn load(&mut self, at: &Path, files: &mut FileReader<'_>);
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
    pub(super) dac: &'a Dac,
    pub(super) ffe: &'a TransmitFfe,
    pub(super) from: DriveOrigin,
    pub(super) grid: Grid,
}

/// Where a drive comes from.
pub(super) enum DriveOrigin {
    /// The module's own converter.
    Symbols(Chain<Symbol>),
    /// A host, through a linear input.
    Host(Chain<Volt>),
}

impl Drive<'_> {
    /// Volts of full scale -1 .. 1 V from the converter, equalised.
    pub(crate) fn volts(self) -> Chain<Volt> {
        match self.from {
            DriveOrigin::Symbols(symbols) => self.dac.extend(self.ffe.extend(symbols), self.grid),
            DriveOrigin::Host(volts) => volts,
        }
    }

    /// The symbols themselves, for a source that is its own converter.
    pub(crate) fn symbols(self) -> (Chain<Symbol>, Grid) {
        match self.from {
            DriveOrigin::Symbols(symbols) => (symbols, self.grid),
            DriveOrigin::Host(_) => {
                unreachable!("a description that drives such a source from a host is refused")
            }
        }
    }
}
