//! `lightlane eye`: the eye diagram of one lane.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::source::LinkArgs;
use crate::error::{Error, KeyPath, Problems};
use crate::link::{Node, View};
use crate::plot::{Size, Target};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lightlane eye 800gbase-dr8 --at tp2 --out eye.png
  lightlane eye 1.6tbase-dr8 --set transmitter.kind=mzm --at slicer --out eye.svg
  lightlane eye my.toml --lane 3 --at tp3 --out small.png --size small --symbols 1M

The file is PNG or SVG by its ending; noise is that of a run.

Exit codes: 0 drawn, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Draws the eye diagram of one lane
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EyeArgs {
    #[command(flatten)]
    source: LinkArgs,
    /// Test point: light into the fibre, light out of it, or the output of the equaliser
    #[arg(long, value_enum)]
    at: At,
    /// File to write, ending in .png or .svg
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Lane, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    lane: usize,
    /// 1600 x 900 or 800 x 500 pixels
    #[arg(long, value_enum, default_value_t = EyeSize::Slide)]
    size: EyeSize,
}

#[derive(Clone, Copy, ValueEnum)]
enum At {
    Tp2,
    Tp3,
    Slicer,
}

#[derive(Clone, Copy, ValueEnum)]
enum EyeSize {
    Slide,
    Small,
}

/// Symbols of an eye: minimum, default, maximum.
const SYMBOLS: (u64, u64, u64) = (100_000, 131_072, 100_000_000);

impl EyeArgs {
    fn symbols(&self) -> Result<u64, Error> {
        let (min, default, max) = SYMBOLS;
        let symbols = self.source.symbols().unwrap_or(default);
        if (min..=max).contains(&symbols) {
            return Ok(symbols);
        }
        let mut problems = Problems::new();
        problems.report(
            &KeyPath::root(),
            "--symbols",
            symbols,
            format!("an eye needs {min} to {max} symbols"),
        );
        Err(Error::Input(problems))
    }

    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let link = self.source.resolve()?;
        output::warn(&link.warnings);
        let symbols = self.symbols()?;
        let target = Target::new(&self.out)?;
        let node = match self.at {
            At::Tp2 => Node::Tp2,
            At::Tp3 => Node::Tp3,
            At::Slicer => Node::Slicer,
        };
        let size = match self.size {
            EyeSize::Slide => Size::Slide,
            EyeSize::Small => Size::Small,
        };
        let eye = View::new(&link, self.lane)?.eye(node, symbols)?;
        target.write(&eye, size)?;
        Ok(Outcome::Good)
    }
}
