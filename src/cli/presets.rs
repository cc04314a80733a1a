//! `lightlane presets`: the built-in presets.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use crate::link::{LayeredConfig, presets};
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  lightlane presets                 names, each with one line
  lightlane presets 800gbase-dr8    its values with their sources and status
  lightlane presets default         what a file without a preset runs with
  lightlane presets 800gbase-dr8 --all    every key, with those that the preset leaves at their defaults

Exit codes: 0 printed, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Lists the presets, or prints one as TOML
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PresetsArgs {
    /// The preset to print, or default
    name: Option<String>,
    /// Prints every key, those at their defaults too
    #[arg(long, requires = "name")]
    all: bool,
}

impl PresetsArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let text = match &self.name {
            None => list(),
            Some(name) if name == "default" => LayeredConfig::default_text(),
            Some(name) if self.all => LayeredConfig::preset_text(name)?,
            Some(name) => presets::find(name)
                .ok_or_else(|| LayeredConfig::unknown_preset(name))?
                .text
                .to_owned(),
        };
        output::print(&text)?;
        Ok(Outcome::Good)
    }
}

fn list() -> String {
    presets::all().iter().map(|preset| format!("{:<18}{}\n", preset.name, preset.about)).collect()
}
