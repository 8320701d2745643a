//! The command line of taglint: it finds the configuration, loads, analyses and prints.

use std::{
    env,
    io::{self, Write},
    panic,
    process::ExitCode,
};

use clap::{CommandFactory, FromArgMatches};
use miette::Result;

use crate::args::{Cli, Color, Command};

mod args;
mod commands;
mod join;
mod layers;
mod mend;
mod progress;
mod revision;
mod run;
mod settings;
mod since;
mod terminal;
mod variables;

/// Threads that parse ask for memory all the time, and the system's allocator spends more on that than they do on parsing.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a run ends. Where several hold, the first of 2, 3, 1, 0 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing was found that counts.
    Clean = 0,
    /// There are findings that count.
    Findings = 1,
    /// taglint could not run.
    Failure = 2,
    /// An input could not be read or parsed.
    Incomplete = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        report(&format!(
            "internal error: {panic}\n\nThis is a bug in taglint {}. Report it, with the text above and the input, at\n{}/issues\n",
            env!("CARGO_PKG_VERSION"),
            env!("CARGO_PKG_REPOSITORY")
        ));
    }));
    panic::catch_unwind(run).unwrap_or(Exit::Failure).into()
}

fn run() -> Exit {
    let arguments = args::with_command(env::args_os());
    let parsed = Cli::command().try_get_matches_from(arguments).and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version go to standard output; a reader that has closed it wants no more.
            drop(error.print());
            return if error.use_stderr() { Exit::Failure } else { Exit::Clean };
        }
    };
    let color = cli.terminal.color;
    match command(&cli, &matches) {
        Ok(exit) => exit,
        Err(error) if is_broken_pipe(&error) => Exit::Clean,
        Err(error) => {
            report(&terminal::render(error.as_ref(), color));
            Exit::Failure
        }
    }
}

fn command(cli: &Cli, matches: &clap::ArgMatches) -> Result<Exit> {
    match &cli.command {
        Command::Check(check) => commands::check::run(check, &cli.terminal),
        Command::Effective(effective) => commands::effective::run(effective),
        Command::Eval(eval) => commands::eval::run(eval),
        Command::Explain(explain) => commands::explain::run(explain),
        Command::Rules(rules) => commands::rules::run(rules),
        Command::Config(config) => commands::config::run(config, matches),
        Command::Baseline(baseline) => commands::baseline::run(baseline),
        Command::Merge(merge) => commands::merge::run(merge),
        Command::Man { command } => commands::man::run(command),
        Command::Completions { shell } => commands::completions::run(*shell),
        Command::Version { format } => commands::version::run(*format),
    }
}

fn is_broken_pipe(error: &miette::Report) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Writes to standard error. Where that fails, there is nobody to tell.
fn report(text: &str) {
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

/// Writes a warning to standard error.
fn warn(text: &str, color: Color) {
    let word = if terminal::colors(color, &io::stderr()) { "\u{1b}[33mwarning\u{1b}[0m" } else { "warning" };
    report(&format!("{word}: {text}\n"));
}

/// Writes what was asked for to standard output.
fn print(text: &str) -> Result<Exit> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(commands::Stdout)?;
    Ok(Exit::Clean)
}
