//! `lightlane fec`: codeword errors and post-FEC BER against pre-FEC BER.

use super::failure::Failure;
use super::figure_args::{FigureArgs, FigureFile, one};
use super::outcome::Outcome;
use super::output;
use super::output::note;
use super::runner::RunnerArgs;
use super::source::symbols as count;
use super::stop::{at_once, stopped};
use crate::error::{Error, KeyPath, Problem, Problems};
use crate::fec::Coding;
use crate::fec::curve::{CurvePoint, FecCurve, Scheme};
use crate::fec::inner::Chase;
use crate::report;
use crate::table::{End, Format, RowSink};
use clap::Args;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

const EXAMPLES: &str = "\
Bursts:
  none                     independent bit errors
  ge:SYMBOLS[:BER_BAD]     Gilbert-Elliott: a bad state of SYMBOLS PAM4 symbols on average, with bit error ratio BER_BAD (0.25) in it
  dfe:TAP                  error propagation of a one-tap DFE, with the noise that gives the requested ratio

The BER is that of the slicer's decisions. Analytic results assume random errors at the BER before the outer code: the requested one or,
after an inner decoder or the inverse precoder, the one counted there. Counting a point ends with --codewords or with --errors,
whichever comes first. Intervals are 95 %, wider where codewords fail together; extrapolated results are fitted to the histogram of
symbol errors per codeword. With an inner code the channel is white noise.

Examples:
  lightlane fec --code kp4 --ber 1e-4:3e-3:10
  lightlane fec --code kp4 --ber 1e-3:4e-3:7 --burst dfe:0.7 --precoder --out curve.csv --plot curve.svg
  lightlane fec --code kp4 --ber 5e-4:4e-3:7 --burst ge:20 --no-interleave --json
  lightlane fec --code kp4+inner --ber 5e-3:1.2e-2:5 --codewords 100k
  lightlane fec --code kp4 --ber 1e-3:2e-3:2 --bins bins.svg
  lightlane fec --code kr4 --ber 1e-9:1e-4:6 --codewords 0

Exit codes: 0 all points are done, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP: results so far are printed; disk full).";

/// Codeword errors and post-FEC BER against pre-FEC BER: analytic, counted and extrapolated
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FecArgs {
    /// kp4, kp4+inner or kr4
    #[arg(long, value_name = "NAME", default_value = "kp4")]
    code: String,
    /// Pre-FEC bit error ratios with logarithmic spacing, or a single one
    #[arg(long, value_name = "A:B:POINTS", allow_hyphen_values = true)]
    ber: Option<String>,
    /// Correlation of errors: none, ge:SYMBOLS[:BER_BAD] or dfe:TAP
    #[arg(long, value_name = "BURST", default_value = "none")]
    burst: String,
    /// Uses the precoder, 1/(1+D) mod 4
    #[arg(long)]
    precoder: bool,
    /// Coding whose interleaving is used; 800gbase-df, with an inner code 1.6tbase-dr8-2, when not
    /// given
    #[arg(long, value_name = "NAME")]
    coding: Option<String>,
    /// Sends each codeword by itself, its symbols in sequence on one lane
    #[arg(long)]
    no_interleave: bool,
    /// Soft decoding of the inner code with 64 test patterns per block (default)
    #[arg(long)]
    soft: bool,
    /// Hard-decision decoding of the inner code
    #[arg(long)]
    hard: bool,
    /// Least reliable positions that the inner decoder tries, 2^N test patterns; default 6
    #[arg(long, value_name = "N")]
    positions: Option<String>,
    /// Maximum number of codewords per point, such as 1000000, 1e6 or 1M; 0 counts nothing
    #[arg(long, value_name = "N", default_value = "1M", allow_hyphen_values = true)]
    codewords: String,
    /// Uncorrected codewords after which a point is done
    #[arg(long, value_name = "N", default_value = "100", allow_hyphen_values = true)]
    errors: String,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The table: .csv, or .jsonl for a line of JSON each
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The figure: .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// A figure of the symbol errors per codeword, the FEC bins: .png or .svg
    #[arg(long, value_name = "FILE")]
    bins: Option<PathBuf>,
    #[command(flatten)]
    drawn: FigureArgs,
    /// Prints JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    runner: RunnerArgs,
}

impl FecArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        let curve = self.curve()?;
        let trial = curve.build().map_err(of_flags)?;
        let (target, bins) = self.figures()?;
        let mut file = self.file(&trial.predicted())?;
        let points = self.runner.with_progress("fec", |options| trial.run(options))?;
        if let Some(file) = &mut file {
            (0..)
                .zip(&points)
                .try_for_each(|(index, point)| file.push(index, &point.row()))
                .and_then(|()| file.finish(End::Complete))
                .map_err(Failure::Output)?;
        }
        let charts = [(target, curve.chart(&points)), (bins, curve.bins_chart(&points))];
        for (target, chart) in
            charts.iter().filter_map(|(file, chart)| Some((file.as_ref()?, chart)))
        {
            if stopped() {
                target.write(chart)?;
            } else {
                at_once("stopped early: not every figure is drawn", || target.write(chart))?;
            }
        }
        if self.json {
            output::print(&report::fec_curve_json(&points))?;
        } else if self.out.is_none() && self.plot.is_none() && self.bins.is_none() {
            output::print(&report::fec_curve(&curve, &points))?;
        }
        if !stopped() {
            return Ok(Outcome::Good);
        }
        let codewords: u64 = points.iter().map(|point| point.codewords).sum();
        note(&format!("stopped early: {codewords} codewords are counted"));
        Ok(Outcome::Stopped)
    }

    /// The files of the curve and of the bins.
    fn figures(&self) -> Result<(Option<FigureFile>, Option<FigureFile>), Failure> {
        let Some(path) = &self.bins else {
            return Ok((self.drawn.file(self.plot.as_ref(), "--plot")?, None));
        };
        if self.curve()?.codewords == 0 {
            let remedy = "shows counted codewords; --codewords must not be 0";
            return Err(one("--bins", &path.display().to_string(), remedy).into());
        }
        let bins = self.drawn.file(Some(path), "--bins")?;
        let plot = self.plot.as_ref().map(|plot| self.drawn.file(Some(plot), "--plot"));
        Ok((plot.transpose()?.flatten(), bins))
    }

    fn file(&self, points: &[CurvePoint]) -> Result<Option<Box<dyn RowSink + Send>>, Failure> {
        let Some(path) = &self.out else { return Ok(None) };
        let format = Format::of(path).ok_or_else(|| {
            let mut problems = Problems::new();
            problems.push(problem(
                "--out",
                &path.display().to_string(),
                "a table ends in .csv or .jsonl",
            ));
            Error::Input(problems)
        })?;
        let header = points.first().map(CurvePoint::header).unwrap_or_default();
        let mut file = format.create(path)?;
        file.begin(&header).map_err(Failure::Output)?;
        Ok(Some(file))
    }

    /// The curve that the flags describe, or all their problems at once.
    fn curve(&self) -> Result<FecCurve, Error> {
        let mut problems = Problems::new();
        let usual = FecCurve::default();
        let scheme = parsed("--code", &self.code, &mut problems).unwrap_or(Scheme::Kp4);
        let ber = match &self.ber {
            Some(text) => parsed("--ber", text, &mut problems),
            None => {
                problems.push(problem(
                    "--ber",
                    "",
                    "must be given: A:B:POINTS, such as 1e-4:3e-3:10, or one ratio",
                ));
                None
            }
        };
        let mut number = |flag: &str, text: &str, usual: u64| {
            count(text)
                .map_err(|remedy| problems.push(problem(flag, text, remedy)))
                .unwrap_or(usual)
        };
        let codewords = number("--codewords", &self.codewords, usual.codewords);
        let errors = number("--errors", &self.errors, usual.errors);
        let burst = parsed("--burst", &self.burst, &mut problems).unwrap_or(usual.burst);
        let decoder = self.decoder(scheme, &mut problems);
        let coding = self.coding(scheme, decoder, &mut problems);
        let curve = FecCurve {
            coding: coding.unwrap_or(usual.coding),
            ber: ber.unwrap_or(usual.ber),
            burst,
            codewords,
            errors,
            seed: self.seed,
        };
        if problems.is_empty() {
            return Ok(curve);
        }
        // check the other flags as well; defaults in place of unreadable values are valid
        let mut of_curve = Problems::new();
        curve.check(&KeyPath::root(), &mut of_curve);
        of_curve.iter().for_each(|found| {
            problems.push(Problem { path: format!("--{}", found.path), ..found.clone() })
        });
        Err(Error::Input(problems))
    }

    fn decoder(&self, scheme: Scheme, problems: &mut Problems) -> Chase {
        let given = [
            ("--soft", self.soft),
            ("--hard", self.hard),
            ("--positions", self.positions.is_some()),
        ];
        let given: Vec<&str> =
            given.into_iter().filter(|(_, is_given)| *is_given).map(|(flag, _)| flag).collect();
        if let (false, Some(flag)) = (scheme.has_inner(), given.first()) {
            problems.push(problem(
                flag,
                "",
                format!("{scheme} has no inner code to decode; --code kp4+inner has"),
            ));
        } else if self.hard && given.len() > 1 {
            problems.push(problem(
                "--hard",
                "",
                format!(
                    "contradicts {}: give one of them",
                    given[usize::from(given[0] == "--hard")]
                ),
            ));
        }
        match &self.positions {
            Some(text) => {
                let parsed =
                    text.parse().map_err(|_| "must be a whole number from 0 to 16".to_owned());
                let chase = parsed.and_then(|positions| {
                    Chase::new(positions).map_err(|_| "must be from 0 to 16".to_owned())
                });
                chase.unwrap_or_else(|remedy| {
                    problems.push(problem("--positions", text, remedy));
                    Chase::SOFT
                })
            }
            None if self.hard => Chase::HARD,
            None => Chase::SOFT,
        }
    }

    fn coding(&self, scheme: Scheme, decoder: Chase, problems: &mut Problems) -> Option<Coding> {
        let mut coding = match &self.coding {
            Some(name) if self.no_interleave => {
                problems.push(problem(
                    "--no-interleave",
                    "",
                    format!("contradicts --coding {name}: give one of them"),
                ));
                return None;
            }
            None if self.no_interleave => scheme.single_lane(),
            name => {
                let name = name.as_deref().unwrap_or(scheme.usual_coding());
                scheme
                    .on(name)
                    .map_err(|error| problems.push(problem("--coding", name, error)))
                    .ok()?
            }
        };
        coding.precoder = self.precoder;
        coding.inner.iter_mut().for_each(|inner| inner.decoder = decoder);
        Some(coding)
    }
}

fn parsed<T: FromStr<Err: Display>>(flag: &str, text: &str, problems: &mut Problems) -> Option<T> {
    text.parse().map_err(|error: T::Err| problems.push(problem(flag, text, error))).ok()
}

/// Problems of a curve, by the names of the flags.
fn of_flags(error: Error) -> Error {
    match error {
        Error::Input(mut problems) => {
            problems.iter_mut().for_each(|problem| problem.path = format!("--{}", problem.path));
            Error::Input(problems)
        }
        other => other,
    }
}

fn problem(flag: &str, value: &str, remedy: impl Display) -> Problem {
    Problem {
        place: None,
        path: flag.to_owned(),
        value: value.to_owned(),
        remedy: remedy.to_string(),
    }
}
