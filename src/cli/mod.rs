//! The command line, a thin layer on the library: one file for each sub-command.

mod bench;
mod channel;
mod check;
mod com;
mod compare;
mod completions;
mod explain;
mod export;
mod eye;
mod failure;
mod fec;
mod figure_args;
mod init;
mod measure;
mod memory;
mod outcome;
mod output;
mod plots;
mod presets;
mod program;
mod progress;
mod run;
mod runner;
mod source;
mod srs;
mod stop;
mod sweep;
mod validate;

pub use program::main;
