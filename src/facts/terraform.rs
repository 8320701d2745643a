//! Which Terraform resource types carry tags, and where: the typed view of `rules/terraform/`.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use super::{
    embedded,
    error::{Problem, step},
    read,
    rows::Rows,
    tags::{self, ServiceId},
    user::{self, UserFile},
};

/// One resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// `aws_kms_key`.
    pub name: Arc<str>,
    /// The service that takes the tags and policies.
    pub service: Option<ServiceId>,
    /// Where tags are written.
    pub tags: Vec<TagArgument>,
    /// Where policies are written: dotted paths.
    pub policies: Vec<String>,
    /// What decides how a policy is judged, and where it is written.
    pub settings: BTreeMap<Setting, SettingArgument>,
    /// Why it can have no tags, for types of which people think that they can.
    pub no_tags: Option<NoTags>,
    /// It is a copy that does not take over the tags of its original.
    pub not_inherited: bool,
    /// What it makes, and how that gets tags.
    pub children: Option<Arc<Children>>,
}

/// What a resource makes that does not get its tags by itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Children {
    /// What: `the instances that it starts`.
    pub are: String,
    /// The arguments through which they get tags; empty where there are none.
    pub through: Vec<Through>,
    /// What to do.
    pub help: String,
}

/// An argument through which what a resource makes gets tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Through {
    /// Dotted path.
    pub path: String,
    /// The words that give tags; empty where anything does.
    #[serde(default)]
    pub is: Vec<String>,
}

/// Why a resource can have no tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct NoTags {
    /// The argument that people write: `tags`.
    pub argument: String,
    /// Why. No capital, no full stop.
    pub because: String,
    /// What to do.
    pub help: String,
}

/// What decides how a policy is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Whether the check against lock-out is off.
    Bypass,
    /// Whether a policy that gives broad access is refused.
    BlockPublicPolicy,
    /// Whether it is a multi-Region key.
    MultiRegion,
    /// The key or secret that the policy belongs to, where that is another resource.
    Of,
    /// Where the key's material comes from.
    Origin,
    /// The key's kind.
    Spec,
    /// What the key is for.
    Usage,
}

/// An argument that holds a setting.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct SettingArgument {
    /// Dotted path; `None` where nothing can be written.
    pub path: Option<String>,
    /// What holds where nothing is written.
    pub default: Option<SettingDefault>,
    /// Arguments beside which the default does not hold.
    #[serde(default)]
    pub unless: Vec<String>,
}

/// What holds where nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(untagged)]
pub enum SettingDefault {
    /// A switch.
    Bool(bool),
    /// A word.
    Word(String),
}

/// An argument that holds tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct TagArgument {
    /// Dotted path: `tags`, `tag_specifications.tags`. Empty for a resource that is one tag itself.
    pub path: Arc<str>,
    /// How they are written.
    pub shape: TagShape,
    /// The member that holds the key, where an entry is an object or the resource is the tag.
    #[serde(default = "key")]
    pub key: String,
    /// The member that holds the value there.
    #[serde(default = "value")]
    pub value: String,
    /// The service that takes these tags, where it is not that of the resource: tags that end up on what the resource starts.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// Whether the provider's `default_tags` join them.
    #[serde(default)]
    pub default_tags: bool,
    /// Another service to ask, where another argument says so.
    #[serde(default)]
    pub when: Option<When>,
}

/// An argument that decides who judges tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct When {
    /// Dotted path of the argument.
    pub path: String,
    /// The value it must have.
    pub is: String,
    /// What must stand beside the tags too, where they have several places.
    #[serde(default)]
    pub beside: Option<Beside>,
    /// The service whose facts hold then.
    pub service: ServiceId,
}

/// A member beside the tags of one place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Beside {
    /// Its name.
    pub member: String,
    /// The value it must have.
    pub is: String,
}

fn key() -> String {
    "key".into()
}

fn value() -> String {
    "value".into()
}

/// How tags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagShape {
    /// `{ key = "value" }`.
    Map,
    /// Repeated blocks, or a list of objects, each with a key and a value.
    Entries,
    /// The resource is one tag of something else.
    Single,
}

/// All resource types, by the first word of their names. A type's row is parsed when it is first asked for.
#[derive(Debug)]
pub(super) struct Table {
    providers: BTreeMap<String, Provider>,
}

#[derive(Debug, Default)]
struct Provider {
    /// Our files.
    texts: Vec<&'static str>,
    /// A user's rows, to lay over ours.
    over: BTreeMap<String, Value>,
    types: OnceLock<Types>,
}

/// The rows of a provider's files, and the types that were read from them.
#[derive(Debug)]
struct Types {
    rows: Vec<Rows>,
    /// By name.
    types: Vec<(String, OnceLock<Box<ResourceType>>)>,
}

#[derive(serde::Deserialize)]
struct Row {
    service: Option<ServiceId>,
    #[serde(default)]
    tags: Vec<TagArgument>,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    settings: BTreeMap<Setting, SettingArgument>,
    no_tags: Option<NoTags>,
    #[serde(default)]
    not_inherited: bool,
    children: Option<Arc<Children>>,
}

impl Table {
    /// Our facts, with a user's laid over them.
    pub fn new<'a>(over: impl Iterator<Item = &'a UserFile>) -> Self {
        let mut providers: BTreeMap<String, Provider> = BTreeMap::new();
        for (path, text) in embedded::below("terraform") {
            let name = path.trim_start_matches("terraform/").trim_end_matches(".json");
            let provider = name.split('-').next().unwrap_or(name);
            providers.entry(provider.to_owned()).or_default().texts.push(text);
        }
        for file in over {
            for (name, row) in file.value["resources"].as_object().into_iter().flatten() {
                let over = &mut providers.entry(provider(name).to_owned()).or_default().over;
                user::merge(over.entry(name.clone()).or_insert_with(|| Value::Object(Default::default())), row);
            }
        }
        Self { providers }
    }

    /// What is known of a resource type.
    pub fn get(&self, name: &str) -> Option<&ResourceType> {
        let provider = self.providers.get(provider(name))?;
        provider.types.get_or_init(|| provider.types()).get(name, &provider.over)
    }

    /// The names of all types, provider by provider.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let types = self.providers.values().map(|provider| provider.types.get_or_init(|| provider.types()));
        types.flat_map(|types| types.types.iter().map(|(name, _)| name.as_str()))
    }

    /// What is wrong with a user's file now that all files are known.
    pub fn problems(&self, file: &Value, services: &tags::load::Table) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, row) in file["resources"].as_object().into_iter().flatten() {
            let pointer = step("/resources", name);
            if let Some(service) = row["service"].as_str().map(|id| ServiceId(id.into())) {
                if !services.contains(&service) {
                    problems.push(services.unknown(&step(&pointer, "service"), &service));
                }
            } else if self.get(name).is_some_and(|merged| merged.service.is_none() && !merged.tags.is_empty()) {
                problems.push(Problem::new(pointer, format!("`{name}` has tags but no `service`")));
            }
        }
        problems
    }
}

/// The first word of a resource type's name.
fn provider(name: &str) -> &str {
    name.split('_').next().unwrap_or(name)
}

impl Provider {
    fn types(&self) -> Types {
        let rows: Vec<Rows> = self.texts.iter().map(|text| Rows::new(text, "resources")).collect();
        let mut names: Vec<&str> = rows.iter().flat_map(Rows::names).collect();
        names.extend(self.over.keys().map(String::as_str));
        names.sort_unstable();
        names.dedup();
        let types = names.into_iter().map(|name| (name.to_owned(), OnceLock::new())).collect();
        Types { rows, types }
    }
}

impl Types {
    fn get(&self, name: &str, over: &BTreeMap<String, Value>) -> Option<&ResourceType> {
        let at = self.types.binary_search_by_key(&name, |(name, _)| name).ok()?;
        let (name, ty) = &self.types[at];
        let read_row = || {
            let ours: Vec<&str> = self.rows.iter().filter_map(|rows| rows.text(name)).collect();
            let row: Row = match (&ours[..], over.get(name)) {
                ([only], None) => read(serde_json::from_str(only)),
                (ours, over) => {
                    let mut row = Value::Object(Default::default());
                    for text in ours {
                        user::merge(&mut row, &read(serde_json::from_str(text)));
                    }
                    if let Some(over) = over {
                        user::merge(&mut row, over);
                    }
                    read(serde_json::from_value(row))
                }
            };
            let Row { service, tags, policies, settings, no_tags, not_inherited, children } = row;
            Box::new(ResourceType { name: name.as_str().into(), service, tags, policies, settings, no_tags, not_inherited, children })
        };
        Some(ty.get_or_init(read_row))
    }
}
