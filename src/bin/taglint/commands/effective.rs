//! `taglint effective`

use std::io::{self, BufWriter, Write};

use miette::{Diagnostic, Result};
use taglint::{analysis::load, report::effective};
use thiserror::Error;

use super::Stdout;
use crate::{
    Exit,
    args::{DataFormat, Effective},
    settings,
};

#[derive(Debug, Error, Diagnostic)]
enum EffectiveError {
    #[error("there is no resource `{0}`")]
    #[diagnostic(help("`taglint effective` without an address lists all"))]
    NoResource(String),
}

pub fn run(effective: &Effective) -> Result<Exit> {
    let input = effective.place.input();
    let wanted = effective::Wanted { addresses: effective.addresses.clone(), key: effective.key.clone() };
    let mut out = BufWriter::new(io::stdout().lock());
    for group in settings::groups(&input, None)? {
        let facts = group.facts()?;
        let project = load(&group.paths, &group.load, &facts)?;
        let found = effective::of(&project, &facts, &wanted);
        let is_there = |address: &&String| found.resources.iter().any(|resource| resource.address.starts_with(address.as_str()));
        if let Some(address) = effective.addresses.iter().find(|address| !is_there(address)) {
            return Err(EffectiveError::NoResource(address.clone()).into());
        }
        let written = match effective.format {
            DataFormat::Human => found.write_human(&mut out),
            DataFormat::Json => found.write_json(&mut out),
        };
        written.and_then(|()| out.flush()).map_err(Stdout)?;
    }
    Ok(Exit::Clean)
}
