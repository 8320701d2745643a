//! `taglint config`

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
};

use clap::{ArgMatches, parser::ValueSource};
use miette::{Diagnostic, Result};
use taglint::{
    config::{Config as Settings, FailOn, RulesConfig},
    finding::Severity,
    project::load::list,
};
use thiserror::Error;
use toml::Value;

use crate::{
    Exit,
    args::Config,
    print,
    settings::{self, Group, Origin},
};

const NAME: &str = "taglint.toml";

#[derive(Debug, Error, Diagnostic)]
enum InitError {
    #[error("`{NAME}` exists already")]
    #[diagnostic(help("`taglint config show` shows what it sets"))]
    Exists,
    #[error("cannot write `{NAME}`")]
    Write(#[source] io::Error),
}

pub fn run(config: &Config, matches: &ArgMatches) -> Result<Exit> {
    match config {
        Config::Show { input, settings } => {
            let matches = matches.subcommand_matches("config").and_then(|matches| matches.subcommand_matches("show"));
            let groups = settings::groups(input, Some(settings))?;
            let shown = groups.iter().map(|group| group.ruleset().map(|_| show(group, matches)));
            print(&shown.collect::<Result<Vec<_>>>()?.join("\n"))
        }
        Config::Schema => print(&format!("{:#}\n", Settings::schema().to_value())),
        Config::Files { input } => {
            let mut text = String::new();
            for group in settings::groups(input, None)? {
                for file in list(&group.paths, &group.load)? {
                    writeln!(text, "{file}").expect("a string takes all");
                }
            }
            print(&text)
        }
        Config::Init => {
            let file = fs::File::create_new(NAME);
            let mut file = file
                .map_err(|error| if error.kind() == io::ErrorKind::AlreadyExists { InitError::Exists } else { InitError::Write(error) })?;
            file.write_all(starter().as_bytes()).map_err(InitError::Write)?;
            crate::report(&format!("created `{NAME}`\n"));
            Ok(Exit::Clean)
        }
    }
}

/// A configuration that says nothing, and shows what it could say.
fn starter() -> String {
    format!(
        "#:schema {}/raw/main/docs/taglint.schema.json\n\
         # Every setting: {}/blob/main/docs/configuration.md\n\
         \n\
         required-version = \">={}\"\n\
         # fail-on = \"error\"\n\
         # baseline = \"taglint-baseline.json\"\n\
         \n\
         [files]\n\
         # exclude = [\"examples\", \"legacy/**\"]\n\
         \n\
         [rules]\n\
         # ignore = [\"tag-value-characters\"]\n\
         \n\
         [rules.severity]\n\
         # tag = \"error\"\n",
        env!("CARGO_PKG_REPOSITORY"),
        env!("CARGO_PKG_REPOSITORY"),
        env!("CARGO_PKG_VERSION"),
    )
}

/// Every setting of a group, and where its value comes from.
fn show(group: &Group, matches: Option<&ArgMatches>) -> String {
    let paths: Vec<String> = group.paths.iter().map(|path| path.display().to_string()).collect();
    let mut text = format!("# {}\n", paths.join(", "));
    let layers: Vec<(&Origin, BTreeMap<String, Value>)> = group.layers.iter().map(|layer| (&layer.origin, flat(&layer.config))).collect();
    let mut settings = flat(&defaults());
    settings.extend(flat(&group.config));
    let lines: Vec<(String, String)> = settings
        .into_iter()
        .map(|(key, value)| {
            let given = layers.iter().filter(|(_, settings)| settings.contains_key(&key)).map(|(origin, _)| name(origin, &key, matches));
            let mut given: Vec<String> = given.collect();
            if !matches!(key.as_str(), "files.exclude" | "rules.ignore") {
                given.drain(..given.len().saturating_sub(1));
            }
            let origin = if given.is_empty() { "default".to_owned() } else { given.join(", ") };
            (format!("{key} = {value}"), origin)
        })
        .collect();
    let width = lines.iter().map(|(line, _)| line.len()).max().unwrap_or_default().min(60);
    for (line, origin) in lines {
        writeln!(text, "{line:width$}  # {origin}").expect("a string takes all");
    }
    text
}

/// What holds where nothing is said.
fn defaults() -> Settings {
    Settings {
        fail_on: Some(FailOn::default()),
        min_severity: Some(Severity::Warning),
        require_ignore_reason: Some(false),
        rules: RulesConfig { select: Some(vec!["default".into()]), ..RulesConfig::default() },
        ..Settings::default()
    }
}

/// The settings that are given, by dotted key.
fn flat(settings: &Settings) -> BTreeMap<String, Value> {
    fn add(prefix: &str, value: Value, flat: &mut BTreeMap<String, Value>) {
        match value {
            Value::Table(table) => {
                for (key, value) in table {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    add(&format!("{prefix}{dot}{key}"), value, flat);
                }
            }
            Value::Array(list) if list.is_empty() => {}
            value => drop(flat.insert(prefix.to_owned(), value)),
        }
    }
    let mut flattened = BTreeMap::new();
    add("", Value::try_from(settings).expect("settings are TOML"), &mut flattened);
    flattened
}

/// Where a setting was given.
fn name(origin: &Origin, key: &str, matches: Option<&ArgMatches>) -> String {
    match origin {
        Origin::File { shown, .. } => shown.clone(),
        Origin::Inline => "--config".to_owned(),
        Origin::Flags => {
            let flag = key.rsplit('.').next().unwrap_or(key);
            let id = flag.replace('-', "_");
            match matches.and_then(|matches| matches.value_source(&id)) {
                Some(ValueSource::EnvVariable) => format!("TAGLINT_{}", id.to_uppercase()),
                _ => format!("--{flag}"),
            }
        }
    }
}
