//! `taglint effective`

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use miette::{Diagnostic, Result};
use taglint::{
    analysis::{load, subjects},
    report::{effective, tag_page::TagPage},
};
use thiserror::Error;

use super::Stdout;
use crate::{
    Exit,
    args::{Effective, Input, PageOrDataFormat},
    settings,
};

#[derive(Debug, Error, Diagnostic)]
enum EffectiveError {
    #[error("there is no resource `{0}`")]
    #[diagnostic(help("`taglint effective` without an address lists all"))]
    NoResource(String),
}

pub fn run(effective: &Effective) -> Result<Exit> {
    let (input, addresses) = input(effective);
    let wanted = effective::Wanted { addresses, key: effective.key.clone() };
    if effective.format == PageOrDataFormat::Html {
        return page(effective);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for group in settings::groups(&input, None)? {
        let facts = group.facts()?;
        let project = load(&group.paths, &group.load, &facts)?;
        let found = effective::of(&project, &facts, &wanted);
        let is_there = |address: &&String| found.resources.iter().any(|resource| resource.address.starts_with(address.as_str()));
        if let Some(address) = wanted.addresses.iter().find(|address| !is_there(address)) {
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

/// What to evaluate, and the addresses to show of it: a file among them is a plan. No address ends as such a file does.
fn input(effective: &Effective) -> (Input, Vec<String>) {
    let is_plan = |word: &String| word.ends_with(".json") && Path::new(word).is_file();
    let (plans, addresses): (Vec<String>, Vec<String>) = effective.addresses.iter().cloned().partition(is_plan);
    let mut input = effective.place.input();
    if !plans.is_empty() {
        // The configuration beside a plan counts where it is named.
        let directory = effective.place.dir.iter().cloned();
        input.paths = directory.chain(plans.into_iter().map(PathBuf::from)).collect();
    }
    (input, addresses)
}

/// One page about all inputs.
fn page(effective: &Effective) -> Result<Exit> {
    let mut page = TagPage::default();
    let (input, addresses) = input(effective);
    for mut group in settings::groups(&input, None)? {
        group.require(&effective.require_tag);
        let (ruleset, facts) = (group.ruleset()?, group.facts()?);
        let project = load(&group.paths, &group.load, &facts)?;
        let found = TagPage::new(&subjects(&project, &facts), ruleset.schema(), &facts, &project.sources);
        page.join(found);
    }
    let mut page = page.of(&addresses);
    if let Some(address) = addresses.first().filter(|_| page.resources.is_empty()) {
        return Err(EffectiveError::NoResource(address.clone()).into());
    }
    if let Some(key) = &effective.key {
        page = page.with_key(key);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    page.write(&mut out).and_then(|()| out.flush()).map_err(Stdout)?;
    Ok(Exit::Clean)
}
