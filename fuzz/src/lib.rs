//! Functions of the fuzz targets: one for each reader and each decoder.
//!
//! Each takes bytes - a file, arguments of a command line, or numbers - uses them as the program
//! does, and asserts what must hold of any: finite numbers, messages of one line, lengths, and of a
//! decoder what it promises. It returns whether the bytes were accepted. `tests/corpus.rs` replays
//! the files of `fuzz/corpus/` through these functions; `.ci/campaign fuzz` searches for more.

mod captures;
mod channels;
mod common;
mod descriptions;
mod detector;
mod files;
mod inner_code;
mod outer_code;

#[cfg(feature = "hdf5")]
pub use captures::hdf5;
pub use captures::{columns, locator, npy};
pub use channels::{com, touchstone};
pub use descriptions::{axes, description, set};
pub use detector::mlse;
pub use files::{pattern, tables};
pub use inner_code::chase;
pub use outer_code::rs;
