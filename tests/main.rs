//! What lightlane claims, tested.

#![allow(clippy::print_stdout)] // a failing claim shows its numbers

mod cli;
mod cli_files;
mod engine;
mod ideal;
mod links;
mod oracle_links;
mod parts;
mod physics;
mod support;
mod targets;
