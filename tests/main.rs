//! What lightlane claims, tested.

#![allow(clippy::print_stdout)] // a failing claim shows its numbers

mod architecture;
mod channel;
mod channels;
mod cli;
mod cli_files;
mod clock;
mod com;
mod compare;
mod corpus;
mod crates;
mod custom_modulator;
mod decision;
mod engine;
mod fec;
mod fec_link;
mod feedback_link;
mod figures;
mod ideal;
mod import_graph;
mod links;
mod measure;
mod measured;
mod metrics;
mod modules;
mod modules_streams;
mod msrv;
mod oracle_links;
mod physics;
mod properties;
mod registry;
mod replay;
mod source_tree;
mod speed;
mod stream;
mod support;
mod sweep;
mod sweep_figures;
mod targets;
mod tdecq;
mod tdecq_brute;
mod tdecq_properties;
mod touchstone;
mod transmitted;
mod waveform;
