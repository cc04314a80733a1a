//! `--size`, `--dpi`, `--title`: how a figure is drawn, for every command that draws.

use crate::error::{Error, Problem, Problems, Result};
use crate::plot::{Figure, FigureFormat, Size, Target};
use clap::Args;
use std::path::PathBuf;

/// How a figure is drawn.
#[derive(Args)]
pub(super) struct FigureArgs {
    /// Size of a figure: slide (1600 x 900 pixels, the default), small (800 x 500) or WIDTHxHEIGHT
    #[arg(long, value_name = "SIZE")]
    size: Option<Size>,
    /// Pixels per inch of a PNG, such as 300 for print: more of them at the same size on paper (96)
    #[arg(long, value_name = "N")]
    dpi: Option<u32>,
    /// Title in place of a figure's own
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// A figure's file, checked before anything is computed.
pub(super) struct FigureFile {
    target: Target,
    format: FigureFormat,
}

impl FigureFile {
    pub(super) fn write(&self, figure: &impl Figure) -> Result<()> {
        self.target.write(figure, self.format.clone())
    }
}

impl FigureArgs {
    /// The file of a figure; `None` without a path, where none of these may be given.
    pub(super) fn file(&self, path: Option<&PathBuf>, flag: &str) -> Result<Option<FigureFile>> {
        let Some(path) = path else {
            self.refuse_without(flag)?;
            return Ok(None);
        };
        let (target, format) = (Target::new(path)?, self.format()?);
        target.check(&format)?;
        Ok(Some(FigureFile { target, format }))
    }

    pub(super) fn format(&self) -> Result<FigureFormat> {
        if let Some(title) = self.title.as_deref().filter(|title| title.contains(char::is_control))
        {
            return Err(one(
                "--title",
                &title.escape_default().to_string(),
                "must be one line of text",
            ));
        }
        let size = self.size.unwrap_or(Size::Slide);
        Ok(FigureFormat { size, dpi: self.dpi, title: self.title.clone() })
    }

    /// Refuses what is of a figure where none is asked for.
    pub(super) fn refuse_without(&self, flag: &str) -> Result<()> {
        let given = [
            ("--size", self.size.is_some()),
            ("--dpi", self.dpi.is_some()),
            ("--title", self.title.is_some()),
        ];
        match given.iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((name, _)) => Err(one(name, "", &format!("is of a figure; {flag} asks for one"))),
        }
    }
}

pub(super) fn one(path: &str, value: &str, remedy: &str) -> Error {
    let mut problems = Problems::new();
    problems.push(Problem {
        place: None,
        path: path.to_owned(),
        value: value.to_owned(),
        remedy: remedy.to_owned(),
    });
    Error::Input(problems)
}
