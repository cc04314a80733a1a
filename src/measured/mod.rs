//! Files in place of a model: measured responses, curves, spectra and waveforms.
//!
//! | key | file | columns |
//! | --- | --- | --- |
//! | `response.file` of a converter, driver, modulator, photodiode or amplifier | Touchstone (`.s2p`, `.ts`) or text | frequency, abs(S21) in dB, phase in degrees; or linear, rad, group delay, real and imaginary |
//! | `transmitter.eml.curve.file` | text | voltage, transmission in dB or linear |
//! | `transmitter.mzm.curve.file` | text | differential drive voltage, transmission in dB or linear |
//! | `laser.curve.file` | text | current in mA, power in mW |
//! | `tia.curve.file` | text | input in mA about its mean, output |
//! | `driver.curve.file` | text | input of full scale -1 .. 1, output in V |
//! | `laser.rin_file` | text | frequency, RIN in dB/Hz |
//! | `tia.noise_file` | text | frequency, noise in pA/sqrt(Hz) |
//! | `transmitter.waveform.file` | text, NumPy (`.npy`), HDF5 or MATLAB 7.3 (`.h5`, `.mat`) | time and power, channels, or power alone, below an instrument's keys |
//!
//! Text has columns between commas, semicolons, tabs or blanks, comments after `#` or `!`, or lines
//! of them after `%`, and optionally a header. A unit in a column's name counts: `f (MHz)`,
//! `time_ps`, `P/uW`, `|S21| (lin)`, `phase (rad)`, `real` and `imag`, `group delay (ps)`, `RIN
//! (1/Hz)`, `noise (nA/sqrt(Hz))`, or one in a row of units below the names; one that is not
//! understood, or of another quantity, is refused. Without one, units are those of the table above,
//! frequency in GHz. Paths in a file are relative to that file, others to the current folder. A
//! description holds the path of a file only; checking and building read the file through a
//! [`Library`], once.

mod capture;
mod columns;
mod context;
mod curves;
#[cfg(feature = "hdf5")]
pub mod hdf5;
mod layout;
mod library;
pub mod npy;
mod number;
mod reader;
mod response;
mod response_columns;
mod response_table;
mod series;
mod text;
mod touchstone;
mod unit;

pub use capture::{
    BitCoding, Candidate, Capture, CaptureFormat, CaptureQuantity, ExpectedSignal, Located, Opened,
    Periods, PowerUnit, Recording, Residual, locate,
};
pub use context::{BuildContext, FileError};
pub use curves::{CompressionCurve, DriveCurve, LightCurve, Transmission};
pub use library::Library;
pub(crate) use number::shown;
pub use reader::{FileRead, FileReader};
pub use response::{Response, ResponseDomain};
pub use response_columns::Convention;
pub use response_table::SParameter;
pub(crate) use response_table::rolloff;
pub use series::{SeriesKind, TransmissionUnit};
pub(crate) use text::fnv;
pub use touchstone::{PORTS_MAX, Touchstone};
