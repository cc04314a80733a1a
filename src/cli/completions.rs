//! `lightlane completions`: for the shell.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use clap::{Args, Command};
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  lightlane completions bash > ~/.local/share/bash-completion/completions/lightlane
  lightlane completions fish > ~/.config/fish/completions/lightlane.fish

Exit codes: 0 printed, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Prints completions for a shell
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn execute(&self, command: &mut Command) -> Result<Outcome, Failure> {
        let mut bytes = Vec::new();
        clap_complete::generate(self.shell, command, "lightlane", &mut bytes);
        output::print(&String::from_utf8_lossy(&bytes))?;
        Ok(Outcome::Good)
    }
}
