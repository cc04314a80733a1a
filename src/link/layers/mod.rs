//! Layers of a description: preset, file, flags, patches of single lanes.

pub(super) mod changes;
pub(super) mod edited;
mod file_values;
mod ignored;
mod implied;
mod layer;
pub(super) mod layered;
pub(super) mod lines;
pub(super) mod merging;
pub(super) mod parse;
pub(super) mod reader;
pub(super) mod remedy;
pub(super) mod renamed;
pub(super) mod source;
pub(super) mod swept;

#[cfg(test)]
mod tests;
