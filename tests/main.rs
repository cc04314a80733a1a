//! What lightlane claims, tested.

mod cli;
mod engine;
mod ideal;
mod links;
mod oracle_links;
mod physics;
mod support;
mod sweep;
mod targets;
