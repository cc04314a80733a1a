//! The link that a command works on: a preset or a file, and the flags on top.

use crate::error::{Error, Problems};
use crate::link::{LayeredConfig, Resolved};
use crate::path_text::text_of;
use crate::sweep::Axis;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;

#[derive(Args)]
pub(super) struct LinkArgs {
    /// Name of a preset, or path of a TOML file
    #[arg(value_name = "PRESET|FILE")]
    source: OsString,
    /// Changes one key; may be given several times, the last one wins
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = named())]
    sets: Vec<String>,
    /// Symbols per lane, counted or drawn, such as 1000000, 1e6 or 10M; 0 counts nothing, neither
    /// here nor at the limit
    #[arg(long, value_name = "N", value_parser = symbols)]
    symbols: Option<u64>,
    /// Seed of all noise and of random data
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
}

impl LinkArgs {
    /// Value of --symbols.
    pub(super) fn symbols(&self) -> Option<u64> {
        self.symbols
    }

    /// Merges all layers; the error holds the problems of all of them.
    pub(super) fn resolve(&self) -> Result<Resolved, Error> {
        self.resolve_with(&[])
    }

    /// [`LinkArgs::resolve`] with further assignments on top, each with the name of its flag.
    pub(super) fn resolve_with(&self, more: &[(&str, &str)]) -> Result<Resolved, Error> {
        let (stack, of_flags) = self.stack(more)?;
        match stack.resolve() {
            Ok(resolved) => of_flags.finish().map(|()| resolved),
            Err(Error::Input(mut problems)) => {
                of_flags.iter().for_each(|problem| problems.push(problem.clone()));
                Err(Error::Input(problems))
            }
            Err(other) => Err(other),
        }
    }

    /// All axes of a flag, or the problems of all axes and of all layers.
    pub(super) fn axes(&self, flag: &str, texts: &[String]) -> Result<Vec<Axis>, Error> {
        let (mut axes, mut problems) = (Vec::new(), Problems::new());
        for text in texts {
            match Axis::parse_by(flag, text) {
                Ok(axis) => axes.push(axis),
                Err(Error::Input(found)) => {
                    found.iter().for_each(|problem| problems.push(problem.clone()))
                }
                Err(other) => return Err(other),
            }
        }
        let (_, of_flags) = self.stack(&[])?;
        if problems.is_empty() && of_flags.is_empty() {
            return Ok(axes);
        }
        let mut all = match self.resolve() {
            Err(Error::Input(found)) => found,
            Err(other) => return Err(other),
            Ok(_) => Problems::new(),
        };
        problems.iter().for_each(|problem| all.push(problem.clone()));
        Err(Error::Input(all))
    }

    /// The layers, and the problems of the flags among them.
    pub(super) fn stack(&self, more: &[(&str, &str)]) -> Result<(LayeredConfig, Problems), Error> {
        let mut stack = LayeredConfig::open(&self.source)?;
        let mut of_flags = Problems::new();
        let mut collect = |set: Result<(), Error>| match set {
            Err(Error::Input(problems)) => {
                problems.iter().for_each(|problem| of_flags.push(problem.clone()));
                Ok(())
            }
            other => other,
        };
        for assignment in &self.sets {
            collect(stack.set(assignment))?;
        }
        if let Some(symbols) = self.symbols {
            let flag = format!("--symbols {symbols}");
            collect(stack.set_by(&flag, &format!("simulation.symbols={symbols}")))?;
            if symbols == 0 {
                collect(stack.set_by(&flag, "simulation.symbols_at_limit=0"))?;
            }
        }
        if let Some(seed) = self.seed {
            collect(stack.set_by(&format!("--seed {seed}"), &format!("simulation.seed={seed}")))?;
        }
        for (flag, assignment) in more {
            collect(stack.set_by(flag, assignment))?;
        }
        Ok((stack, of_flags))
    }
}

/// An argument that names a file or holds such a name: its bytes need not be UTF-8.
pub(super) fn named() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|name| text_of(&name))
}

/// A number of symbols: `1000000`, `1e6`, `10M`.
pub(super) fn symbols(text: &str) -> Result<u64, String> {
    const MOST: f64 = (1u64 << 50) as f64;
    let (digits, unit) = match text.strip_suffix(['k', 'M', 'G']) {
        Some(digits) if text.ends_with('k') => (digits, 1e3),
        Some(digits) if text.ends_with('M') => (digits, 1e6),
        Some(digits) => (digits, 1e9),
        None => (text, 1.0),
    };
    let count =
        digits.parse::<f64>().map_err(|_| "not a number such as 1000000, 1e6 or 10M".to_owned())?
            * unit;
    if count.fract() == 0.0 && (0.0..=MOST).contains(&count) {
        Ok(count as u64)
    } else {
        Err("must be a whole number from 0 to 2^50".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::symbols;

    #[test]
    fn a_number_of_symbols_may_be_written_in_several_ways() {
        for (text, expected) in [
            ("1000000", 1_000_000),
            ("1e6", 1_000_000),
            ("10M", 10_000_000),
            ("0.5k", 500),
            ("0", 0),
        ] {
            assert_eq!(symbols(text), Ok(expected), "{text}");
        }
        for text in ["-1", "nan", "inf", "1e99", "1.5", "M", "", "many"] {
            assert!(symbols(text).is_err(), "{text}");
        }
    }
}
