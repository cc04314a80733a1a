//! `lightlane validate`: our numbers beside closed forms, other programs and published devices.

use super::failure::Failure;
use super::figure_args::one;
use super::outcome::Outcome;
use super::output;
use super::runner::RunnerArgs;
use super::stop::stopped;
use crate::error::Error;
use crate::plot::{FigureFormat, Size, Target};
use crate::report;
use crate::validation::{self, ValidationReport};
use clap::Args;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Each comparison makes a number of ours anew and holds it against one that was found otherwise: a closed form, the stored result of
an independent program with the script that made it, or a published device or link. Its tolerance is derived, and one parameter
is changed by a stated amount to see that the comparison notices.

Examples:
  lightlane validate
  lightlane validate --only fec --mutations
  lightlane validate --out docs/validation.md

Exit codes: 0 every comparison is as recorded, 1 one is not or a mutation passed unnoticed, 2 the input is wrong,
3 stopped early (Ctrl-C, SIGTERM, SIGHUP: what is done is printed) or disk full.";

/// Compares our numbers with closed forms, independent programs and published devices
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ValidateArgs {
    /// Only comparisons whose names begin so, such as fec or modulators
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// Runs each mutation too: a change that the comparison must notice
    #[arg(long)]
    mutations: bool,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Writes the report as a page of Markdown, a file ending in .md, with its figures beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    runner: RunnerArgs,
}

impl ValidateArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let mut all = validation::comparisons();
        let mut subjects: Vec<String> =
            all.iter().filter_map(|c| Some(c.id.split_once('.')?.0.to_owned())).collect();
        subjects.dedup();
        all.retain(|comparison| comparison.id.starts_with(&self.only));
        if all.is_empty() {
            let remedy = format!("no comparison begins so; there are {}", subjects.join(", "));
            return Err(one("--only", &self.only, &remedy).into());
        }
        let page = self.out.as_deref().map(Page::new).transpose()?;
        let report = self
            .runner
            .with_progress("validate", |options| validation::run(&all, self.mutations, options))?;
        if self.json {
            output::print(&report::json(&report))?;
        } else {
            output::print(&report::validation(&report))?;
        }
        if stopped() {
            return Ok(Outcome::Stopped);
        }
        if let Some(page) = page {
            self.runner.on_threads(|| page.write(&report))??;
        }
        Ok(if report.is_as_recorded() { Outcome::Good } else { Outcome::TargetMissed })
    }
}

/// The page's file, and those of its figures beside it, checked before anything is computed.
struct Page {
    path: PathBuf,
    name: String,
    figures: [Target; 3],
}

impl Page {
    fn new(path: &Path) -> Result<Page, Error> {
        let name = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let shown = path.display().to_string();
        if name.is_empty() || path.extension().is_none_or(|end| end != "md") {
            return Err(one("--out", &shown, "must end in .md"));
        }
        if path.is_dir() {
            return Err(one("--out", &shown, "is a folder"));
        }
        let file = |end: &str| Target::new(path.with_file_name(format!("{name}-{end}.png")));
        let [agreement, kp4, waterfall] = report::VALIDATION_FIGURES.map(|(end, _)| file(end));
        let figures = [agreement?, kp4?, waterfall?];
        Ok(Page { path: path.to_owned(), name, figures })
    }

    fn write(&self, report: &ValidationReport) -> Result<(), Error> {
        let text = report::validation_page(report, &self.name);
        std::fs::write(&self.path, text)
            .map_err(|source| Error::Io { path: self.path.clone(), source })?;
        let format = FigureFormat { size: Size::Small, dpi: None, title: None };
        let charts = [
            validation::agreement_chart(report),
            validation::kp4_chart(),
            validation::waterfall_chart(),
        ];
        let mut pairs = self.figures.iter().zip(&charts);
        pairs.try_for_each(|(target, chart)| target.write(chart, format.clone()))
    }
}
