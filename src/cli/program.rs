//! The program: arguments, commands and exit codes.

use super::failure::Failure;
use super::outcome::Outcome;
use super::{
    bench, channel, check, com, compare, completions, explain, eye, fec, init, measure, output,
    presets, run, srs, stop, sweep, validate,
};
use crate::math::simd::Vectors;
use clap::{CommandFactory, Parser, Subcommand};
use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  lightlane run 800gbase-dr8                            eight lanes of 100 Gb/s
  lightlane run 1.6tbase-dr8 --set transmitter.kind=mzm the same with silicon photonics
  lightlane init 800gbase-dr8 > my.toml                 a starting file
  lightlane run my.toml --json                          for scripts
  lightlane eye 800gbase-dr8 --at tp2 --out eye.png     eye diagram at a test point
  lightlane measure tp2.csv --symbol-rate-gbd 53.125    TDECQ, OMA, ER of a capture
  lightlane fec --code kp4 --ber 1e-4:3e-3:10           pre-FEC to post-FEC errors
  lightlane channel host.s4p --symbol-rate-gbd 106.25   loss, return loss of a host channel
  lightlane com host.s4p --next next.s4p                its channel operating margin (COM)
  lightlane check my.toml                               are its targets met?
  lightlane sweep my.toml --axis fibre.length_km=0:2:0.1 --out reach.csv
  lightlane compare 800gbase-dr8 --vary transmitter.kind=eml,mzm     variants side by side
  lightlane explain 800gbase-dr8                        where the margin goes: penalties, tolerances
  lightlane validate                                    our numbers beside closed forms and others
  lightlane bench                                       speed of this machine

Exit codes: 0 good, 1 a target is missed, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP, disk full)";

/// Simulates the physical layer of PAM4 data-centre optics, from laser to bit error ratio.
#[derive(Parser)]
#[command(name = "lightlane", version, about, after_help = EXAMPLES)]
struct Cli {
    /// Shows neither progress nor notes; warnings and errors remain
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Srs(srs::SrsArgs),
    Sweep(sweep::SweepArgs),
    Compare(compare::CompareArgs),
    Explain(explain::ExplainArgs),
    Eye(eye::EyeArgs),
    Measure(measure::MeasureArgs),
    Channel(channel::ChannelArgs),
    Com(com::ComArgs),
    Fec(fec::FecArgs),
    Validate(validate::ValidateArgs),
    Bench(bench::BenchArgs),
    Presets(presets::PresetsArgs),
    Init(init::InitArgs),
    Completions(completions::CompletionsArgs),
}

/// Parses the arguments, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return print_usage(&error);
        }
    };
    if let Some(unknown) =
        std::env::var("LIGHTLANE_VECTORS").ok().filter(|name| Vectors::named(name).is_none())
    {
        output::to_stderr(&format!(
            "error: LIGHTLANE_VECTORS = {unknown}: must be portable, avx2 or avx512"
        ));
        return ExitCode::from(2);
    }
    if cli.quiet {
        output::be_quiet();
    }
    stop::listen();
    let done = match cli.command {
        Command::Run(run) => run.execute(),
        Command::Check(check) => check.execute(),
        Command::Srs(srs) => srs.execute(),
        Command::Sweep(sweep) => sweep.execute(),
        Command::Compare(compare) => compare.execute(),
        Command::Explain(explain) => explain.execute(),
        Command::Eye(eye) => eye.execute(),
        Command::Measure(measure) => measure.execute(),
        Command::Channel(channel) => channel.execute(),
        Command::Com(com) => com.execute(),
        Command::Fec(fec) => fec.execute(),
        Command::Validate(validate) => validate.execute(),
        Command::Bench(bench) => bench.execute(),
        Command::Presets(presets) => presets.execute(),
        Command::Init(init) => init.execute(),
        Command::Completions(completions) => completions.execute(&mut Cli::command()),
    };
    match done {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::TargetMissed) => ExitCode::from(1),
        Ok(Outcome::Stopped) => ExitCode::from(stop::EXIT_CODE),
        Err(failure) => {
            output::print_failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Requested help goes to stdout and is a success, what is wrong with the arguments to stderr; a
/// closed pipe is no failure.
fn print_usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let printed = match output::plain(&text) {
        Cow::Owned(plain) => write!(std::io::stderr().lock(), "{plain}"),
        Cow::Borrowed(_) => error.print().and_then(|()| std::io::stdout().flush()),
    };
    match (error.exit_code(), printed) {
        (0, Err(failed)) if failed.kind() != ErrorKind::BrokenPipe => {
            let failure = Failure::Output(failed);
            output::print_failure(&failure);
            ExitCode::from(failure.exit_code())
        }
        (code, _) => ExitCode::from(u8::try_from(code).unwrap_or(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_free_of_contradictions() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_explains_itself_with_examples_and_exit_codes() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(command.get_about().is_some(), "{}", command.get_name());
            assert!(
                help.contains(&format!("lightlane {}", command.get_name()))
                    && help.contains("Exit codes: 0 ")
                    && help.contains("3 stopped early")
                    && help.contains("disk full"),
                "{}: {help}",
                command.get_name()
            );
        }
    }
}
