//! `lightlane check`: results of a link against its targets.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::runner::RunnerArgs;
use super::stop::stopped;
use crate::error::{Error, Problem, Problems};
use crate::link::{LayeredConfig, Resolved, Verdict, judge, uncounted_targets};
use crate::report;
use clap::Args;
use std::ffi::{OsStr, OsString};
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  lightlane check my.toml
  lightlane check links/*.toml

A file states the targets of the worst lane:

  preset = \"800gbase-dr8\"
  [targets]
  loss_margin_db = [4.5, 7.5]
  ber_semi_analytic = [1e-12, 1e-7]

Exit codes: 0 all targets are met, 1 one is missed or has not enough errors, 2 the input is wrong,
3 stopped early (Ctrl-C, SIGTERM, SIGHUP: finished files are judged) or disk full.";

/// Runs links and compares the results with their targets
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// TOML files, each with [targets]
    #[arg(value_name = "FILE.toml", required = true)]
    files: Vec<OsString>,
    #[command(flatten)]
    runner: RunnerArgs,
}

impl CheckArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let mut judged = Vec::new();
        for (file, link) in self.resolve()? {
            let config = link.base.clone();
            output::warn(&link.warnings);
            let name = Path::new(file).display().to_string();
            let result = self.runner.run(link, &name)?;
            if stopped() {
                break;
            }
            judged.push((name, judge(&result, &config)));
        }
        output::print(&report::verdicts(&judged))?;
        let kept = judged
            .iter()
            .flat_map(|(_, verdicts)| verdicts)
            .all(|judged| judged.verdict == Verdict::Pass);
        if stopped() {
            return Ok(Outcome::Stopped);
        }
        Ok(if kept { Outcome::Good } else { Outcome::TargetMissed })
    }

    /// All files, or the problems of all files, before anything is run.
    fn resolve(&self) -> Result<Vec<(&OsStr, Resolved)>, Error> {
        let (mut links, mut problems) = (Vec::new(), Problems::new());
        for file in &self.files {
            match LayeredConfig::open(file).and_then(|stack| stack.resolve()) {
                Ok(link) if link.base.targets.is_empty() => problems.push(without_targets(file)),
                Ok(link) => {
                    uncounted_targets(&link.base).iter().for_each(|p| problems.push(p.clone()));
                    links.push((file.as_os_str(), link));
                }
                Err(Error::Input(found)) => {
                    found.iter().for_each(|problem| problems.push(problem.clone()))
                }
                Err(Error::Io { path, source }) => {
                    problems.push(Problem {
                        place: None,
                        path: path.display().to_string(),
                        value: String::new(),
                        remedy: source.to_string(),
                    });
                }
            }
        }
        problems.finish().map(|()| links)
    }
}

fn without_targets(file: &OsStr) -> Problem {
    let remedy = "has no [targets], such as loss_margin_db = [4.0, 8.0]".to_owned();
    Problem {
        place: None,
        path: Path::new(file).display().to_string(),
        value: String::new(),
        remedy,
    }
}
