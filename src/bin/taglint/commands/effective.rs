//! `taglint effective`

use std::io::{self, BufWriter, Write};

use miette::{Diagnostic, Result};
use taglint::{
    analysis::{load, subjects},
    report::{effective, tag_page::TagPage},
};
use thiserror::Error;

use super::Stdout;
use crate::{
    Exit,
    args::{Effective, PageOrDataFormat},
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
    if effective.format == PageOrDataFormat::Html {
        return page(effective);
    }
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
            PageOrDataFormat::Json => found.write_json(&mut out),
            PageOrDataFormat::Human | PageOrDataFormat::Html => found.write_human(&mut out),
        };
        written.and_then(|()| out.flush()).map_err(Stdout)?;
    }
    Ok(Exit::Clean)
}

/// One page about all inputs.
fn page(effective: &Effective) -> Result<Exit> {
    let mut page = TagPage::default();
    for mut group in settings::groups(&effective.place.input(), None)? {
        group.require(&effective.require_tag);
        let (ruleset, facts) = (group.ruleset()?, group.facts()?);
        let project = load(&group.paths, &group.load, &facts)?;
        let found = TagPage::new(&subjects(&project, &facts), ruleset.schema(), &facts, &project.sources);
        page.join(found);
    }
    let mut page = page.of(&effective.addresses);
    if let Some(address) = effective.addresses.first().filter(|_| page.resources.is_empty()) {
        return Err(EffectiveError::NoResource(address.clone()).into());
    }
    if let Some(key) = &effective.key {
        page = page.with_key(key);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    page.write(&mut out).and_then(|()| out.flush()).map_err(Stdout)?;
    Ok(Exit::Clean)
}
