//! The interface of a modulator, and its drive.

use super::alignment::Alignment;
use crate::chain::{Chain, Shape, SubConverters};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileReader, Recording};
use crate::serdes::{Dac, TransmitFfe, TransmitLevels};
use crate::sheet::{Impairments, Tolerance};
use crate::signal::{Field, Grid, Symbol, Volt};
use std::sync::Arc;

/// Description of a modulator: its parameters, with those of its driver and its laser.
pub trait ModulatorSheet {
    /// Reports every parameter that is out of its range.
    fn check(&self, at: &KeyPath, problems: &mut Problems);
    /// Reports missing keys of the kind in use.
    fn check_used(&self, _at: &KeyPath, _problems: &mut Problems) {}
    /// Reads its files and returns the modulator; `None` if a necessary file was refused.
    fn model(&self, at: &KeyPath, files: &mut FileReader<'_>) -> Option<Arc<dyn Modulator>>;
    /// True if it is driven by the voltage of a converter or host; false if it converts symbols
    /// itself.
    fn is_driven(&self) -> bool {
        true
    }
    /// Adds what offsets at its joints lose to its coupling losses.
    fn misalign(&mut self, _alignment: &Alignment) {}
    /// Lanes that one laser feeds.
    fn lanes_per_laser(&self) -> usize {
        1
    }
    /// Lists its impairments, those of its laser and driver among them, each with the keys below
    /// `at` that make it ideal. `drive` is the settled outer level at the driver's input, full
    /// scale being one: an ideal part keeps the amplitude that it gives.
    fn impairments(&self, at: &KeyPath, drive: f64, list: &mut Impairments);
    /// Lists manufacturing tolerances of keys below `at`, those of its laser and driver among them.
    fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>);
    /// Description in one line: what it is, which effects are modelled.
    fn about(&self) -> &'static str;
}

/// A modulator with its driver and its laser, with files read.
pub trait Modulator: Send + Sync {
    /// Extends its drive to the optical field in the fibre.
    fn extend(&self, drive: Drive<'_>, context: &mut BuildContext<'_>) -> Chain<Field>;
    /// Outer optical modulation amplitude in the fibre without modulation dynamics, W, between
    /// settled drives of +-`drive`.
    fn settled_oma_w(&self, drive: f64) -> f64;
    /// Mean power in the fibre, W, of the same drives; by default that of an extinction ratio of
    /// 4.8 dB (`assumed`), the OMA.
    fn mean_power_w(&self, drive: f64) -> f64 {
        self.settled_oma_w(drive)
    }
    /// Intrinsic RIN, one-sided, its mean from 0 to `band_hz`, 1/Hz; `None` where it is unknown.
    fn rin_per_hz(&self, band_hz: f64) -> Option<f64>;
    /// Optical wavelength, nm.
    fn wavelength_nm(&self) -> f64;
    /// The same at the reference temperature, nm: what filters are made for.
    fn reference_wavelength_nm(&self) -> f64 {
        self.wavelength_nm()
    }
    /// Full width at half maximum of its laser's line, Hz; 0 where it is unknown: phases of
    /// reflected light then stand still within a block.
    fn linewidth_hz(&self) -> f64 {
        0.0
    }
    /// Description in one line: what it is, which effects are modelled.
    fn about(&self) -> &str;
    /// Warnings about its operating point, for the results of a lane.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
    /// The recording that replaces a model, for a captured waveform: its period is the block, its
    /// pattern the transmitted one.
    fn recording(&self) -> Option<&Recording> {
        None
    }
}

/// The drive of a modulator: the symbols, and the converter and equaliser that most of them have
/// in front; or the volts of a host.
pub struct Drive<'a> {
    origin: Origin<'a>,
    grid: Grid,
}

/// The module's converter with its file read: the low-pass after its hold, and its sub-converters
/// where they differ.
pub(super) struct ReadDac<'a> {
    pub(super) dac: &'a Dac,
    pub(super) band: Shape,
    pub(super) converters: Option<SubConverters>,
}

/// From symbols to the converter: drives of the levels, then the equaliser.
#[derive(Clone, Copy)]
pub(super) struct TransmitDsp<'a> {
    pub(super) levels: &'a TransmitLevels,
    pub(super) ffe: &'a TransmitFfe,
}

/// Origin of a drive.
enum Origin<'a> {
    /// Converter of the module.
    Symbols { symbols: Chain<Symbol>, dsp: TransmitDsp<'a>, dac: ReadDac<'a> },
    /// A host, through a linear input.
    Host(Chain<Volt>),
}

impl<'a> Drive<'a> {
    pub(super) fn of_symbols(
        symbols: Chain<Symbol>,
        dsp: TransmitDsp<'a>,
        dac: ReadDac<'a>,
        grid: Grid,
    ) -> Self {
        Drive { origin: Origin::Symbols { symbols, dsp, dac }, grid }
    }

    pub(super) fn of_host(volts: Chain<Volt>, grid: Grid) -> Self {
        Drive { origin: Origin::Host(volts), grid }
    }

    /// Grid of the blocks.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Volts of full scale -1 .. 1 V, equalised: from the converter, or from the host.
    pub fn volts(self) -> Chain<Volt> {
        match self.origin {
            Origin::Symbols { symbols, dsp, dac: ReadDac { dac, band, converters } } => {
                let driven = dsp.ffe.extend(dsp.levels.extend(symbols));
                dac.extend(driven, converters, band, self.grid)
            }
            Origin::Host(volts) => volts,
        }
    }

    /// The symbols themselves, for a source that converts them itself.
    pub(crate) fn symbols(self) -> Chain<Symbol> {
        match self.origin {
            Origin::Symbols { symbols, .. } => symbols,
            Origin::Host(_) => {
                unreachable!("a description that drives such a source from a host is refused")
            }
        }
    }
}
