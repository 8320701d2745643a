//! Finds the configuration of each input, and lays flags over it.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use miette::{Diagnostic, NamedSource, Report, Result};
use taglint::{
    config::{Config, Enforced, FilesConfig, NAMES, RulesConfig, SeverityLevel, TagConfig, TagSchema, Word},
    facts::Facts,
    finding::Severity,
    project::load::{LoadSettings, Variables as Given, locate, read_facts, tree_of},
    rule::Ruleset,
    rules::{RULES, built_in::SUPPRESSION_WITHOUT_REASON},
};
use thiserror::Error;

pub use crate::layers::{Layer, Origin, Standing};
use crate::{
    args::{Input, Settings},
    layers,
    variables::{Flag, Variables},
};

/// Why the inputs cannot be sorted out.
#[derive(Debug, Error, Diagnostic)]
enum InputError {
    #[error("there is no file or directory `{}`", .0.display())]
    #[diagnostic(help("{help}", help = .1))]
    NoSuchPath(PathBuf, String),
    #[error("`--config` names two files")]
    #[diagnostic(help("name one; further `--config` may hold settings, like `--config 'fail-on = \"error\"'`"))]
    TwoFiles,
    #[error("`-` needs a name to stand for")]
    #[diagnostic(help("add `--stdin-filename`, for example `--stdin-filename main.tf`"))]
    NoName,
    #[error("`--stdin-filename` is given, and `-` is not among the paths")]
    #[diagnostic(help("`taglint check - --stdin-filename main.tf` reads standard input"))]
    NoStdin,
    #[error("`--var {0}` gives no value")]
    #[diagnostic(help("write `--var name=value`"))]
    NoValue(String),
    #[error("cannot read the list of files `{}`", path.display())]
    List { path: PathBuf, source: io::Error },
    #[error("cannot read standard input")]
    Stdin { source: io::Error },
}

/// Inputs that share a tree and a configuration.
#[derive(Clone)]
pub struct Group {
    pub paths: Vec<PathBuf>,
    pub load: LoadSettings,
    pub config: Config,
    /// From the lowest to the highest; policies first, since the others say more than they.
    pub layers: Vec<Layer>,
    /// What no layer takes back.
    pub enforced: Enforced,
}

impl Group {
    /// The rules that run.
    pub fn ruleset(&self) -> Result<Ruleset> {
        for layer in &self.layers {
            Ruleset::new(RULES, &layer.config.rules).map_err(|error| layer.labelled(error))?;
            let ids: Vec<&str> = RULES.iter().map(|entry| entry.meta.id).collect();
            layer.config.ignore.iter().try_for_each(|ignore| ignore.check_rule(&ids)).map_err(|error| layer.labelled(error))?;
        }
        let mut rules = self.config.rules.clone();
        if self.config.require_ignore_reason == Some(true) {
            rules.severity.insert(Word::from(SUPPRESSION_WITHOUT_REASON.id), SeverityLevel::On(Severity::Error));
        }
        let mut schema = TagSchema::default();
        let root = self.load.root.clone().unwrap_or_default();
        for layer in &self.layers {
            let base = layer.patterns_in(&root).strip_prefix(&root).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
            // What the command line asks holds for the whole tree.
            let base = if matches!(layer.origin, Origin::File { .. }) { base } else { String::new() };
            schema.add(&layer.config.tags, &base).map_err(|error| layer.labelled(error))?;
        }
        Ok(Ruleset::new(RULES, &rules)?.with_schema(schema))
    }

    /// Asks for further tags on every resource.
    pub fn require(&mut self, keys: &[String]) {
        if let Some(layer) = self.layers.last_mut() {
            layer.config.tags.extend(keys.iter().map(|key| TagConfig::required(key)));
        }
    }

    /// The facts: ours, and those that the configuration names.
    pub fn facts(&self) -> Result<Facts> {
        let mut files = Vec::new();
        if let Some(layer) = layers::holding(&self.layers, |config| &config.facts) {
            for directory in &layer.config.facts {
                files.extend(read_facts(&layer.base.join(directory.as_str().trim_start_matches("./")))?);
            }
        }
        if files.is_empty() { Ok(Facts::builtin().clone()) } else { Ok(Facts::with_overrides(files)?) }
    }
}

/// What inputs of one group share: the tree, and the configuration file.
type Key = (PathBuf, Option<PathBuf>);

/// Texts that stand in for files, by path.
type Overlay = BTreeMap<PathBuf, Arc<Vec<u8>>>;

/// Sorts the inputs by tree and configuration.
pub fn groups(input: &Input, settings: Option<&Settings>) -> Result<Vec<Group>> {
    let (paths, overlay) = overlay(input)?;
    let here = locate(Path::new("."))?;
    let (explicit, inline) = explicit(input, &here)?;
    let mut policies = Vec::new();
    for file in &input.policy {
        policies.extend(layers::read(&locate(file)?, Standing::Policy)?);
    }
    let over: Vec<Layer> = inline.into_iter().chain([flags(input, settings, here)]).collect();
    let mut groups: Vec<(Key, Vec<PathBuf>)> = Vec::new();
    for path in paths {
        if !path.exists() && fs::symlink_metadata(&path).is_err() && !overlay.contains_key(&locate(&path)?) {
            let help = nearest_command(&path);
            return Err(InputError::NoSuchPath(path, help).into());
        }
        let root = match &input.root {
            Some(root) => locate(root)?,
            None => tree_of(&path)?,
        };
        let file = match &explicit {
            Some(file) => Some(file.clone()),
            None if input.isolated => None,
            None => find(&locate(&path)?, &root),
        };
        let key = (root, file);
        match groups.iter_mut().rev().find(|(known, _)| *known == key) {
            Some((_, paths)) => paths.push(path),
            None => groups.push((key, vec![path])),
        }
    }
    let groups = groups.into_iter().map(|((root, file), paths)| {
        let mut group = group(root, file, paths, [&policies, &over], &overlay, &input.variables)?;
        group.load.shard = input.shard.map(|shard| shard.of_tree(&name_of_tree(&group.load)));
        Ok(group)
    });
    groups.collect()
}

/// What a tree is called on every worker: relative to the working directory, else its own name.
fn name_of_tree(load: &LoadSettings) -> String {
    let root = load.root.clone().unwrap_or_default();
    let here = env::current_dir().ok().and_then(|here| fs::canonicalize(here).ok());
    let relative = here.and_then(|here| root.strip_prefix(here).ok().map(Path::to_path_buf));
    relative.or_else(|| root.file_name().map(PathBuf::from)).unwrap_or_default().to_string_lossy().replace('\\', "/")
}

fn group(
    root: PathBuf,
    file: Option<PathBuf>,
    paths: Vec<PathBuf>,
    [policies, over]: [&[Layer]; 2],
    overlay: &Overlay,
    variables: &Variables,
) -> Result<Group> {
    let file = file.map(|file| layers::read(&file, Standing::Own)).transpose()?.unwrap_or_default();
    let layers: Vec<Layer> = policies.iter().cloned().chain(file).chain(over.iter().cloned()).collect();
    let mut load = LoadSettings { root: Some(root), overlay: overlay.clone(), ..LoadSettings::default() };
    select_files(&layers, &mut load)?;
    let (config, enforced) = layers::together(&layers);
    load.aws = config.aws.clone();
    load.inputs.workspace = config.terraform.workspace.as_ref().map(ToString::to_string);
    let ambient = &config.terraform.ambient_default_tags;
    load.inputs.ambient_default_tags = ambient.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    load.variables = given(variables, &layers)?;
    load.kms = config.kms.clone();
    Ok(Group { paths, load, config, layers, enforced })
}

/// What the configuration says of files: which are left out, and which are requests.
pub fn select_files(layers: &[Layer], load: &mut LoadSettings) -> Result<()> {
    for layer in layers {
        let base = load.root.as_deref().map_or(layer.base.as_path(), |root| layer.patterns_in(root)).to_path_buf();
        load.exclude(&base, &layer.config.files).map_err(|error| layer.labelled(error))?;
    }
    if let Some(layer) = layers.iter().rfind(|layer| !layer.config.requests.is_empty()) {
        let base = load.root.as_deref().map_or(layer.base.as_path(), |root| layer.patterns_in(root)).to_path_buf();
        load.declare(&base, &layer.config.requests).map_err(|error| layer.labelled(error))?;
    }
    Ok(())
}

/// The paths that are named, and those of the list; the working directory where neither is.
pub fn paths(input: &Input) -> Result<Vec<PathBuf>> {
    let mut paths = input.paths.clone();
    if let Some(list) = &input.file_list {
        let read = if list.as_os_str() == "-" { io::read_to_string(io::stdin().lock()) } else { fs::read_to_string(list) };
        let text = read.map_err(|source| InputError::List { path: list.clone(), source })?;
        paths.extend(text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(PathBuf::from));
    } else if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    Ok(paths)
}

/// What gives values to variables, from the lowest rank to the highest.
fn given(flags: &Variables, layers: &[Layer]) -> Result<Vec<Given>> {
    let mut given = Vec::new();
    if flags.env_vars {
        let mut environment: Vec<(String, String)> = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?.strip_prefix("TF_VAR_")?.to_owned(), value.into_string().ok()?)))
            .collect();
        environment.sort();
        given.extend(environment.into_iter().map(|(name, value)| Given::Environment(name, value)));
    }
    if let Some(layer) = layers::holding(layers, |config| &config.terraform.var_files) {
        given.extend(layer.config.terraform.var_files.iter().map(|file| Given::File(layer.base.join(file.as_str()))));
    }
    for flag in &flags.given {
        let flag = match flag {
            Flag::File(file) => {
                given.push(Given::File(file.clone()));
                continue;
            }
            Flag::Value(flag) => flag,
        };
        let Some((name, value)) = flag.split_once('=') else { return Err(InputError::NoValue(flag.clone()).into()) };
        given.push(Given::Flag(name.trim().to_owned(), value.to_owned()));
    }
    Ok(given)
}

/// The paths, with `-` replaced by the file that it stands for, and the text of that file.
fn overlay(input: &Input) -> Result<(Vec<PathBuf>, Overlay)> {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    let mut overlay = BTreeMap::new();
    let paths = paths(input)?;
    match (&input.stdin_filename, paths.iter().any(is_stdin)) {
        (None, false) => Ok((paths, overlay)),
        (None, true) => Err(InputError::NoName.into()),
        (Some(_), false) => Err(InputError::NoStdin.into()),
        (Some(name), true) => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(|source| InputError::Stdin { source })?;
            overlay.insert(locate(name)?, Arc::new(bytes));
            let paths = paths.iter().map(|path| if is_stdin(path) { name } else { path });
            Ok((paths.cloned().collect(), overlay))
        }
    }
}

/// What `--config` says: a file, and settings.
fn explicit(input: &Input, here: &Path) -> Result<(Option<PathBuf>, Vec<Layer>)> {
    let mut file = None;
    let mut inline = Vec::new();
    for value in &input.config {
        if value.contains('=') && !Path::new(value).exists() {
            let config =
                Config::parse(value).map_err(|error| Report::new(error).with_source_code(NamedSource::new("--config", value.clone())))?;
            inline.push(Layer {
                origin: Origin::Inline,
                base: here.to_path_buf(),
                patterns: Some(here.to_path_buf()),
                config,
                standing: Standing::Own,
            });
        } else if file.replace(locate(Path::new(value))?).is_some() {
            return Err(InputError::TwoFiles.into());
        }
    }
    Ok((file, inline))
}

fn flags(input: &Input, settings: Option<&Settings>, base: PathBuf) -> Layer {
    let words = |list: &[String]| list.iter().map(|text| Word::from(text.as_str())).collect::<Vec<_>>();
    let files = FilesConfig { exclude: words(&input.exclude) };
    let config = settings.map_or_else(Config::default, |settings| Config {
        fail_on: settings.fail_on.map(Into::into),
        min_severity: settings.min_severity.map(Into::into),
        require_ignore_reason: settings.require_ignore_reason.then_some(true),
        tags: settings.require_tag.iter().map(|key| TagConfig::required(key)).collect(),
        rules: RulesConfig {
            select: (!settings.select.is_empty()).then(|| words(&settings.select)),
            ignore: words(&settings.ignore),
            ..RulesConfig::default()
        },
        ..Config::default()
    });
    Layer { origin: Origin::Flags, patterns: Some(base.clone()), base, config: Config { files, ..config }, standing: Standing::Own }
}

/// The nearest configuration at or above a place, up to the root of the tree.
fn find(place: &Path, root: &Path) -> Option<PathBuf> {
    let directories = place.ancestors().skip_while(|above| !above.is_dir()).take_while(|above| above.starts_with(root));
    directories.flat_map(|directory| NAMES.map(|name| directory.join(name))).find(|file| file.is_file())
}

/// What to do about a path that does not exist: it may be a command with a typo.
fn nearest_command(path: &Path) -> String {
    let name = path.to_string_lossy();
    let command = <crate::args::Cli as clap::CommandFactory>::command();
    let nearest = command.get_subcommands().map(clap::Command::get_name).find(|known| strsim::damerau_levenshtein(known, &name) <= 2);
    match nearest {
        Some(known) => format!("did you mean the command `{known}`?"),
        None => "paths are relative to the working directory".to_owned(),
    }
}
