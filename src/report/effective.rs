//! What resources really get: tags with the provider's own, and policies, each with the way it took.

use std::{collections::BTreeMap, io};

use rayon::prelude::*;
use serde::Serialize;

use super::{escape, snippet::visible};
use crate::{
    facts::{Facts, terraform::TagShape},
    mask::Masker,
    origin::{HasOrigin, HopKind, Origin},
    project::{Project, module::Modules},
    source::{ColumnUnit, Sources, Span},
    terraform::{Evaluated, Unit, run::with_deep_stack, units},
    value::{Data, Unknown, Value},
};

/// Which resources are shown, and what of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Addresses; also those of modules, and of resources without the key of an instance. All, where there are none.
    pub addresses: Vec<String>,
    /// The one tag that is shown.
    pub key: Option<String>,
}

/// What all resources get.
#[derive(Debug, Serialize)]
pub struct Effective {
    version: u32,
    /// In the order of their addresses.
    pub resources: Vec<Resource>,
}

/// What one resource gets.
#[derive(Debug, Serialize)]
pub struct Resource {
    /// As Terraform prints it.
    pub address: String,
    #[serde(rename = "type")]
    ty: String,
    /// A value that is not known is null here, and has its reason in `unknown`.
    pub tags: BTreeMap<String, Option<String>>,
    unknown: BTreeMap<String, &'static str>,
    /// Whether there may be more tags.
    open: bool,
    origins: BTreeMap<String, Vec<Place>>,
    policies: Vec<Policy>,
}

#[derive(Debug, Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
    kind: &'static str,
}

#[derive(Debug, Serialize)]
struct Policy {
    argument: String,
    document: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'static str>,
}

/// Works out what the resources of a project get.
#[must_use]
pub fn of(project: &Project, facts: &Facts, wanted: &Wanted) -> Effective {
    let modules = Modules::of(project);
    let of_unit = |unit: Unit<'_, '_>| {
        let evaluation = unit.evaluation(&modules, facts);
        let resources = unit.resources(evaluation.as_ref(), &modules, facts);
        let shown = resources.iter().filter(|resource| wanted.has(&resource.address.0));
        shown.filter_map(|resource| self::resource(resource, &project.sources, wanted)).collect::<Vec<_>>()
    };
    let mut resources: Vec<Resource> = with_deep_stack(|| units(&modules).into_par_iter().flat_map_iter(of_unit).collect());
    resources.sort_by(|a, b| a.address.cmp(&b.address));
    Effective { version: 1, resources }
}

impl Wanted {
    fn has(&self, address: &str) -> bool {
        let below =
            |wanted: &String| address.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.addresses.is_empty() || self.addresses.iter().any(below)
    }
}

fn resource(evaluated: &Evaluated<'_>, sources: &Sources, wanted: &Wanted) -> Option<Resource> {
    let mut resource = Resource {
        address: evaluated.address.to_string(),
        ty: evaluated.ty.name.to_string(),
        tags: BTreeMap::new(),
        unknown: BTreeMap::new(),
        open: false,
        origins: BTreeMap::new(),
        policies: Vec::new(),
    };
    // The tags of the resource itself stand first in the facts; other arguments tag what it makes: volumes, images, backups.
    let own = evaluated.ty.tags.iter().filter(|argument| !argument.path.contains('.')).take(1);
    for argument in own {
        for value in evaluated.effective_tags(argument, evaluated.get(&argument.path)) {
            match argument.shape {
                TagShape::Map => resource.add_map(&value, sources),
                TagShape::Entries => {
                    let Data::Sequence(entries) = &value.data else {
                        resource.open |= value.why_unknown().is_some();
                        continue;
                    };
                    for entry in entries.iter() {
                        if let (Some(key), Some(value)) = (entry.member(&argument.key), entry.member(&argument.value)) {
                            resource.add(&key, &value, sources);
                        } else {
                            resource.open = true;
                        }
                    }
                }
                TagShape::Single => {
                    if let (Some(key), Some(value)) = (evaluated.get(&argument.key), evaluated.get(&argument.value)) {
                        resource.add(&key, &value, sources);
                    }
                }
            }
        }
    }
    if let Some(key) = &wanted.key {
        resource.tags.retain(|known, _| known == key);
        resource.unknown.retain(|known, _| known == key);
        resource.origins.retain(|known, _| known == key);
        return Some(resource);
    }
    resource.policies = evaluated.policies().into_iter().filter_map(|(argument, value)| policy(argument, &value)).collect();
    Some(resource)
}

impl Resource {
    fn add_map(&mut self, value: &Value, sources: &Sources) {
        match &value.data {
            Data::Entries { entries, open } => {
                self.open |= open.is_some();
                for entry in entries.iter().filter(|entry| entry.shadowed.is_none()) {
                    let mut inner = entry.value.clone();
                    inner.sensitive |= value.sensitive;
                    self.add(&Value::string(entry.key.clone()), &inner, sources);
                }
            }
            Data::Unknown(_) | Data::OneOf(_) => self.open = true,
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) => {}
        }
    }

    fn add(&mut self, key: &Value, value: &Value, sources: &Sources) {
        let decided = same_in_all(value);
        let value = decided.as_ref().unwrap_or(value);
        let Some(key) = key.to_text().and_then(|key| key.known().map(str::to_owned)) else {
            self.open = true;
            return;
        };
        let (text, reason) = match (value.to_text(), &value.data) {
            // A tag without a value never arrives.
            (None, Data::Null) => return,
            (None, Data::Unknown(why)) => (None, Some(why.reason())),
            (None, Data::OneOf(_)) => (None, Some("conditional on an unknown value")),
            (None, _) => (None, Some(Unknown::Error.reason())),
            (Some(_), _) if value.sensitive => (Some("(sensitive)".to_owned()), None),
            (Some(text), _) => match (text.known(), text.first_unknown()) {
                (Some(known), _) => (Some(Masker::embedded().mask_named(&key, known).into_owned()), None),
                (None, unknown) => (None, unknown.map(|(_, reason)| reason)),
            },
        };
        if let Some(reason) = reason {
            self.unknown.insert(key.clone(), reason);
        }
        self.origins.insert(key.clone(), places(&value.origin(), sources));
        self.tags.insert(key, text);
    }
}

/// The value, where a condition decides that is not known, and every way comes to the same characters.
fn same_in_all(value: &Value) -> Option<Value> {
    let Data::OneOf(_) = value.data else { return None };
    let ways = value.alternatives();
    let text = |way: &Value| way.to_text().and_then(|text| text.known().map(str::to_owned));
    let first = text(ways.first()?)?;
    ways.iter().all(|way| text(way).as_ref() == Some(&first)).then(|| Value { sensitive: value.sensitive, ..ways[0].clone() })
}

fn policy(argument: &str, value: &Value) -> Option<Policy> {
    let decided = same_in_all(value);
    let value = decided.as_ref().unwrap_or(value);
    let (document, unknown) = match &value.data {
        Data::Null => return None,
        _ if value.is_sensitive() => (None, Some("sensitive")),
        Data::String(text) => match (text.known(), text.first_unknown()) {
            (Some(""), _) => return None,
            (Some(known), _) => (serde_json::from_str(&Masker::embedded().mask(known)).ok(), None),
            (None, unknown) => (None, unknown.map(|(_, reason)| reason)),
        },
        Data::Unknown(why) => (None, Some(why.reason())),
        Data::OneOf(_) => (None, Some("conditional on an unknown value")),
        Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => (None, Some(Unknown::Error.reason())),
    };
    Some(Policy { argument: argument.to_owned(), document, unknown })
}

/// The literal, then each step away from it.
fn places(origin: &Origin, sources: &Sources) -> Vec<Place> {
    let place = |span: Span, kind| {
        let source = sources.get(span.source);
        let position = source.position(span.start, ColumnUnit::Chars);
        Place { file: source.path().to_owned(), line: position.line, column: position.column, kind }
    };
    let mut places = vec![place(origin.span, "literal")];
    places.extend(origin.path().into_iter().map(|hop| place(hop.span, kind(hop.kind))));
    places
}

fn kind(kind: HopKind) -> &'static str {
    match kind {
        HopKind::Local => "local",
        HopKind::Variable => "variable",
        HopKind::Each => "for-each",
        HopKind::ModuleInput => "module-input",
        HopKind::ModuleOutput => "module-output",
        HopKind::Function(_) => "function",
        HopKind::Interpolation => "interpolation",
        HopKind::Dynamic => "dynamic",
        HopKind::DefaultTags => "default-tags",
    }
}

impl Effective {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn write_json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        escape::pretty(self, out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn write_human(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for (at, resource) in self.resources.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            writeln!(out, "{}", visible(&resource.address))?;
            for (key, value) in &resource.tags {
                let shown = match (value, resource.unknown.get(key)) {
                    (Some(value), _) => format!("{:?}", visible(value)),
                    (None, Some(reason)) => format!("({reason})"),
                    (None, None) => "(not known)".to_owned(),
                };
                let way: Vec<String> = resource.origins.get(key).into_iter().flatten().map(Place::shown).collect();
                writeln!(out, "  {} = {shown}  # {}", visible(key), way.join(", "))?;
            }
            if resource.open {
                writeln!(out, "  … there may be more tags")?;
            }
            if resource.tags.is_empty() && !resource.open {
                writeln!(out, "  no tags")?;
            }
            for policy in &resource.policies {
                let shown = match (&policy.document, policy.unknown) {
                    (Some(document), _) => document.to_string(),
                    (None, Some(reason)) => format!("({reason})"),
                    (None, None) => "no JSON".to_owned(),
                };
                writeln!(out, "  {}: {}", policy.argument, visible(&shown))?;
            }
        }
        Ok(())
    }
}

impl Place {
    fn shown(&self) -> String {
        let place = format!("{}:{}:{}", self.file, self.line, self.column);
        if self.kind == "literal" { place } else { format!("{} {place}", self.kind) }
    }
}
