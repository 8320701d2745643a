//! Files of settings: the configuration of a repository, what it extends, and the policies of the organisation.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use miette::{Diagnostic, NamedSource, Report, Result};
use taglint::{
    config::{Config, ConfigError, Enforced, Word},
    finding::Meta,
    rules::RULES,
};
use thiserror::Error;

/// Why a file of settings cannot be used.
#[derive(Debug, Error, Diagnostic)]
enum LayerError {
    #[error("cannot read the configuration `{path}`")]
    Read { path: String, source: io::Error },
    #[error("`{0}` extends itself")]
    Circle(String),
    #[error("more than {MOST} files are extended")]
    TooMany,
    #[error("`{path}` has `{setting}`, which belongs into the configuration of one repository")]
    #[diagnostic(help("move it into the `taglint.toml` that extends this file, or that this policy is for"))]
    NotHere { path: String, setting: &'static str },
}

/// So many files are extended at most.
const MOST: usize = 64;

/// Where settings come from, and what they say.
#[derive(Debug, Clone)]
pub struct Layer {
    pub origin: Origin,
    /// What its paths are relative to.
    pub base: PathBuf,
    /// What its patterns are relative to: the directory of the file that extends all others, or the tree for a policy.
    pub patterns: Option<PathBuf>,
    pub config: Config,
    pub standing: Standing,
}

#[derive(Debug, Clone)]
pub enum Origin {
    File { file: PathBuf, shown: String, text: String },
    Inline,
    Flags,
}

/// What a layer is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Of the organisation: the others may ask for more, not for less.
    Policy,
    /// Extended by the configuration.
    Extended,
    /// The configuration, and what is said beside it.
    Own,
}

impl Layer {
    pub fn labelled(&self, error: ConfigError) -> Report {
        match &self.origin {
            Origin::File { shown, text, .. } => Report::new(error).with_source_code(NamedSource::new(shown, text.clone())),
            Origin::Inline | Origin::Flags => Report::new(error),
        }
    }

    /// What its patterns are relative to, in a tree.
    pub fn patterns_in<'p>(&'p self, root: &'p Path) -> &'p Path {
        self.patterns.as_deref().filter(|base| base.starts_with(root)).unwrap_or(root)
    }
}

/// A file of settings and what it extends, lowest first.
pub fn read(file: &Path, standing: Standing) -> Result<Vec<Layer>> {
    let mut layers = Vec::new();
    add(file, standing, &mut Vec::new(), &mut layers)?;
    let base = layers.last().filter(|_| standing != Standing::Policy).map(|layer: &Layer| layer.base.clone());
    layers.iter_mut().for_each(|layer| layer.patterns = base.clone());
    Ok(layers)
}

fn add(file: &Path, standing: Standing, above: &mut Vec<PathBuf>, layers: &mut Vec<Layer>) -> Result<()> {
    let layer = read_one(file, standing)?;
    let place = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let Origin::File { shown, .. } = &layer.origin else { return Ok(()) };
    if above.contains(&place) {
        return Err(LayerError::Circle(shown.clone()).into());
    }
    if above.len() + layers.len() >= MOST {
        return Err(LayerError::TooMany.into());
    }
    let not_here = match standing {
        _ if standing != Standing::Own && !layer.config.ignore.is_empty() => Some("[[ignore]]"),
        Standing::Policy if layer.config.baseline.is_some() => Some("baseline"),
        Standing::Policy | Standing::Extended | Standing::Own => None,
    };
    if let Some(setting) = not_here {
        return Err(LayerError::NotHere { path: shown.clone(), setting }.into());
    }
    above.push(place);
    let under = if standing == Standing::Own { Standing::Extended } else { standing };
    for extended in &layer.config.extends {
        let path = layer.base.join(extended.as_str());
        let path = fs::canonicalize(&path).unwrap_or(path);
        add(&path, under, above, layers)?;
    }
    above.pop();
    layers.push(layer);
    Ok(())
}

fn read_one(file: &Path, standing: Standing) -> Result<Layer> {
    let here = env::current_dir().ok().and_then(|here| fs::canonicalize(here).ok());
    let shown = here.and_then(|here| file.strip_prefix(here).ok()).unwrap_or(file).display().to_string();
    let text = fs::read_to_string(file).map_err(|source| LayerError::Read { path: shown.clone(), source })?;
    let parent = file.parent().unwrap_or(Path::new(""));
    let inner = [".config", ".github"].iter().any(|name| parent.ends_with(name));
    let base = if inner { parent.parent().unwrap_or(parent) } else { parent };
    let config = Config::parse(&text).map_err(|error| Report::new(error).with_source_code(NamedSource::new(&shown, text.clone())))?;
    Ok(Layer { origin: Origin::File { file: file.to_path_buf(), shown, text }, base: base.to_path_buf(), patterns: None, config, standing })
}

/// All layers in one, and what of it cannot be taken back.
pub fn together(layers: &[Layer]) -> (Config, Enforced) {
    let metas: Vec<&'static Meta> = RULES.iter().map(|entry| entry.meta).collect();
    let mut enforced = Enforced::default();
    let (mut config, mut repository) = (Config::default(), Config::default());
    for layer in layers {
        config = config.overlaid(layer.config.clone());
        match layer.standing {
            Standing::Policy => enforced.ask(&layer.config, &metas),
            Standing::Extended | Standing::Own => {
                repository = repository.overlaid(layer.config.clone());
                enforced.lock(&layer.config.rules, &repository.rules, &metas);
            }
        }
    }
    for policy in layers.iter().filter(|layer| layer.standing == Standing::Policy) {
        config = config.under(&policy.config);
    }
    config.rules = enforced.over(&config.rules, &repository.rules, &metas);
    (config, enforced)
}

/// The layer whose list of files holds: that of a policy, else the highest.
pub fn holding(layers: &[Layer], list: impl Fn(&Config) -> &[Word]) -> Option<&Layer> {
    let says = |layer: &&Layer| !list(&layer.config).is_empty();
    layers.iter().filter(|layer| layer.standing == Standing::Policy).rfind(says).or_else(|| layers.iter().rfind(says))
}
