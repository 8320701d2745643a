//! `taglint man`

use clap::CommandFactory;
use clap_mangen::Man;
use miette::Result;

use super::Stdout;
use crate::{Exit, args::Cli, print};

/// Prints the page of the whole, or of one command.
pub fn run(command: Option<&str>) -> Result<Exit> {
    let mut root = Cli::command();
    root.build();
    let page = command.and_then(|name| root.find_subcommand(name)).cloned();
    let (page, title) = match (page, command) {
        (Some(page), Some(name)) => (page, format!("taglint-{name}")),
        (Some(_) | None, _) => (root, "taglint".to_owned()),
    };
    let mut out = Vec::new();
    Man::new(page).title(title.to_uppercase()).render(&mut out).map_err(Stdout)?;
    print(&String::from_utf8_lossy(&out))
}
