//! `lightlane measure`: readings of a sampling oscilloscope from a capture.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use super::plots::PlotsArgs;
use super::source::named;
use crate::error::nearest;
use crate::error::{Error, Problem, Problems};
use crate::measure::scope::{Averaging, GivenLevels, Scope};
use crate::measure::tdecq::{InputFilter, Reference};
use crate::measured::PowerUnit;
use crate::path_text::path_of;
use crate::pattern::{Pattern, PatternKind};
use crate::report;
use clap::{Args, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  lightlane measure tp2.csv --symbol-rate-gbd 53.125
  lightlane measure scope.npy --symbol-rate-gbd 106.25 --pattern ssprq --json
  lightlane measure lpo.csv --symbol-rate-gbd 53.125 --reference 100g-lpo --plots figures
  lightlane measure filtered.csv --symbol-rate-gbd 113.4375 --receiver none --average
  lightlane measure ours.csv --symbol-rate-gbd 50 --reference 100g-smf --pattern levels.txt
  lightlane measure two.csv --symbol-rate-gbd 53.125 --column CH2
  lightlane measure scope.h5 --symbol-rate-gbd 53.125 --column 'Channel 1'

FILE holds time and power, or power alone (then a whole number of periods), between commas,
semicolons, tabs or blanks, below the preamble of an instrument; its header gives the units: time_ps,
power (uW), CH1 (V), dBm. Pattern, phase, rate, polarity, order and coding of bits are found. A closed eye is a result: TDECQ is null, with its reason,
and the exit code is 0. References: 100g-smf, 100g-mmf, 100g-lpo, 200g-106gbd (draft),
200g-113gbd (draft).

Exit codes: 0 measured, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Measures a captured waveform: TDECQ, OMA, extinction ratio, linearity, transitions
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MeasureArgs {
    /// Capture: text of columns, .npy, HDF5 or MATLAB 7.3
    #[arg(value_name = "FILE", value_parser = named())]
    file: String,
    /// Symbol rate; must be given
    #[arg(long, value_name = "GBD", allow_negative_numbers = true)]
    symbol_rate_gbd: Option<f64>,
    /// Reference receiver; by the symbol rate at 53.125, 106.25 and 113.4375 GBd
    #[arg(long, value_name = "NAME")]
    reference: Option<String>,
    /// prbs9q, prbs11q, prbs13q, prbs15q, ssprq, or a text file of levels 0 to 3; found without it
    #[arg(long, value_name = "NAME|FILE", value_parser = named())]
    pattern: Option<String>,
    /// Filter to apply; none when the waveform has already passed that of the reference receiver
    #[arg(long, value_enum, default_value_t = Filter::Bt4)]
    receiver: Filter,
    /// The capture is already averaged: it has no noise to include in TDECQ
    #[arg(long)]
    average: bool,
    /// Unit of the samples
    #[arg(long, value_enum, default_value_t = SampleUnit::Header)]
    unit: SampleUnit,
    /// Column or variable of samples by name or number, from 1; the first one after the time
    #[arg(long, value_name = "NAME|N")]
    column: Option<String>,
    /// Outer modulation amplitude, mW, or V for a voltage, in place of the one measured
    #[arg(long, value_name = "OMA", conflicts_with = "levels", allow_negative_numbers = true)]
    oma: Option<f64>,
    /// Lowest and highest level, mW or V, in place of those measured
    #[arg(
        long,
        value_name = "P0,P3",
        value_delimiter = ',',
        num_args = 1,
        allow_negative_numbers = true
    )]
    levels: Vec<f64>,
    /// Rms noise of the instrument after the filter, uW; TDECQ is corrected for it
    #[arg(long, value_name = "UW", default_value_t = 0.0, allow_negative_numbers = true)]
    instrument_noise_uw: f64,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    plots: PlotsArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Filter {
    Bt4,
    None,
}

#[derive(Clone, Copy, ValueEnum)]
enum SampleUnit {
    /// The unit in the header, mW where it has none
    Header,
    W,
    Mw,
    Uw,
    Nw,
    Dbm,
    V,
}

impl MeasureArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let scope = self.scope()?;
        let plots = self.plots.open()?;
        let measured = scope.measure()?;
        output::print(&if self.json {
            report::json(&measured.reading)
        } else {
            report::scope_reading(&measured.reading)
        })?;
        if let Some(plots) = plots {
            plots.measured(&measured)?;
        }
        Ok(Outcome::Good)
    }

    /// The measurement that the flags describe, or all their problems at once.
    fn scope(&self) -> Result<Scope, Error> {
        let mut problems = Problems::new();
        if self.symbol_rate_gbd.is_none() {
            let remedy =
                "must be given, such as 53.125, 106.25 or 113.4375: the capture does not contain it"
                    .to_owned();
            problems.push(problem("--symbol-rate-gbd", "", remedy));
        }
        let reference = self.reference().map_err(|problem| problems.push(problem)).ok();
        let pattern = self.pattern().map_err(|problem| problems.push(problem)).ok();
        let outer = self.outer().map_err(|problem| problems.push(problem)).ok();
        let (Some(symbol_rate_gbd), Some(reference), Some(pattern), Some(outer)) =
            (self.symbol_rate_gbd, reference, pattern, outer)
        else {
            return Err(Error::Input(problems));
        };
        Ok(Scope {
            file: self.file.clone(),
            unit: match self.unit {
                SampleUnit::Header => PowerUnit::Header,
                SampleUnit::W => PowerUnit::W,
                SampleUnit::Mw => PowerUnit::Mw,
                SampleUnit::Uw => PowerUnit::Uw,
                SampleUnit::Nw => PowerUnit::Nw,
                SampleUnit::Dbm => PowerUnit::Dbm,
                SampleUnit::V => PowerUnit::Linear,
            },
            column: self.column.clone().unwrap_or_default(),
            symbol_rate_gbd,
            reference,
            pattern,
            filter: match self.receiver {
                Filter::Bt4 => InputFilter::Reference,
                Filter::None => InputFilter::Prefiltered,
            },
            averaging: if self.average { Averaging::Done } else { Averaging::None },
            instrument_noise_uw: self.instrument_noise_uw,
            outer,
        })
    }

    fn outer(&self) -> Result<Option<GivenLevels>, Problem> {
        match (self.oma, &self.levels[..]) {
            (None, []) => Ok(None),
            (Some(oma), _) if oma.is_finite() && oma > 0.0 => Ok(Some(GivenLevels::Oma(oma))),
            (Some(oma), _) => Err(problem("--oma", &oma.to_string(), "must be above 0".to_owned())),
            (None, &[low, high]) if low < high => Ok(Some(GivenLevels::Levels([low, high]))),
            (None, levels) => Err(problem(
                "--levels",
                &levels.iter().map(f64::to_string).collect::<Vec<_>>().join(","),
                "must be the lowest and the highest level, such as 0.5,1.5".to_owned(),
            )),
        }
    }

    fn reference(&self) -> Result<Reference, Problem> {
        let names = Reference::all().map(|reference| reference.name);
        let all = names.join(", ");
        let Some(name) = &self.reference else {
            // a missing rate is reported above; the library checks its range
            let rate = self.symbol_rate_gbd.filter(|rate| (0.1..=500.0).contains(rate));
            return match rate.map(|rate| (rate, Reference::of_rate(rate))) {
                Some((rate, None)) => {
                    Err(problem("--reference", "", format!("must be given at {rate} GBd: {all}")))
                }
                found => {
                    Ok(found.and_then(|(_, reference)| reference).unwrap_or(Reference::SMF_100G))
                }
            };
        };
        Reference::all().into_iter().find(|reference| reference.name == name).ok_or_else(|| {
            let near = nearest(name, names.into_iter())
                .map_or(String::new(), |near| format!("did you mean {near}? "));
            problem("--reference", name, format!("no such reference, {near}Known: {all}"))
        })
    }

    fn pattern(&self) -> Result<Pattern, Problem> {
        let short = PatternKind::short().map(|kind| (kind.as_str(), kind));
        let Some(name) = &self.pattern else { return Ok(Pattern::default()) };
        if let Some((_, kind)) =
            short.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known))
        {
            return Ok(Pattern { kind, ..Pattern::default() });
        }
        if !path_of(name).exists() {
            let near = nearest(name, short.map(|(known, _)| known).into_iter())
                .map_or(String::new(), |near| format!(", did you mean {near}?"));
            return Err(problem(
                "--pattern",
                name,
                format!("neither {} nor a file of levels{near}", short.map(|s| s.0).join(", ")),
            ));
        }
        Ok(Pattern { kind: PatternKind::File, file: name.clone(), ..Pattern::default() })
    }
}

fn problem(flag: &str, value: &str, remedy: String) -> Problem {
    Problem { place: None, path: flag.to_owned(), value: value.to_owned(), remedy }
}
