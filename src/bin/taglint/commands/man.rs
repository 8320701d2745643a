//! `taglint man`

use clap::CommandFactory;
use clap_mangen::Man;
use miette::{Diagnostic, Result};
use thiserror::Error;

use super::Stdout;
use crate::{Exit, args::Cli, print};

#[derive(Debug, Error, Diagnostic)]
#[error("there is no command `{0}`")]
#[diagnostic(help("`taglint man` lists the commands"))]
struct NoCommand(String);

/// Prints the page of the whole, or of one command.
pub fn run(command: &[String]) -> Result<Exit> {
    let mut root = without_help(Cli::command());
    root.build();
    let mut page = &root;
    for name in command {
        page = page.find_subcommand(name).ok_or_else(|| NoCommand(command.join(" ")))?;
    }
    let title = page.get_display_name().unwrap_or(page.get_name()).to_uppercase();
    let source = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let mut out = Vec::new();
    Man::new(page.clone()).title(title).source(source).render(&mut out).map_err(Stdout)?;
    print(&String::from_utf8_lossy(&out))
}

/// What `help` says, the pages say.
fn without_help(command: clap::Command) -> clap::Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}
