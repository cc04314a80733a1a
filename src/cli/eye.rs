//! `lightlane eye`: the eye diagram of one lane.

use super::failure::Failure;
use super::figure_args::{FigureArgs, one};
use super::outcome::Outcome;
use super::output;
use super::source::LinkArgs;
use crate::error::{Error, KeyPath, Problems};
use crate::link::{EyeFilter, Node, View};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lightlane eye 800gbase-dr8 --at tp2 --out eye.png
  lightlane eye 1.6tbase-dr8 --set transmitter.kind=mzm --at slicer --out eye.svg
  lightlane eye 800gbase-dr8 --at tp2 --filter bessel-thomson --out scope.png --dpi 300
  lightlane eye my.toml --lane 3 --at tp3 --out small.png --size small --symbols 1M

The file is PNG or SVG by its ending; noise is that of a run. Heights and widths are those of the three eyes
between edges that one in a thousand symbols of a level crosses.

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
    /// Filter in front of an optical eye: none, or fourth-order Bessel-Thomson as the reference
    /// receiver of the lane's TDECQ has it
    #[arg(long, value_enum, default_value_t = Filter::None)]
    filter: Filter,
    #[command(flatten)]
    drawn: FigureArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Filter {
    None,
    #[value(alias = "bt4")]
    BesselThomson,
}

#[derive(Clone, Copy, ValueEnum)]
enum At {
    Tp2,
    Tp3,
    Slicer,
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
        let target = self.drawn.file(Some(&self.out), "--out")?;
        let node = match self.at {
            At::Tp2 => Node::Tp2,
            At::Tp3 => Node::Tp3,
            At::Slicer => Node::Slicer,
        };
        let filter = match self.filter {
            Filter::None => EyeFilter::None,
            Filter::BesselThomson if node == Node::Slicer => {
                let remedy = "is for light; after the equaliser there is none: use --at tp2 or tp3";
                return Err(one("--filter", "bessel-thomson", remedy).into());
            }
            Filter::BesselThomson => EyeFilter::BesselThomson,
        };
        let eye = View::new(&link, self.lane)?.eye_through(node, filter, symbols)?;
        target.map_or(Ok(()), |target| target.write(&eye))?;
        Ok(Outcome::Good)
    }
}
