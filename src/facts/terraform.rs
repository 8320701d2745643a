//! Which Terraform resource types carry tags, and where: the typed view of `rules/terraform/`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use serde_json::Value;

use super::{
    embedded,
    error::{Problem, step},
    read,
    tags::{self, ServiceId},
    user::{self, Kind, UserFile},
};

/// One resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// `aws_kms_key`.
    pub name: String,
    /// The service that takes the tags and policies.
    pub service: Option<ServiceId>,
    /// Where tags are written.
    pub tags: Vec<TagArgument>,
    /// Where policies are written: dotted paths.
    pub policies: Vec<String>,
    /// What decides how a policy is judged, and where it is written.
    pub settings: BTreeMap<Setting, SettingArgument>,
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
    /// Dotted path: `tags`.
    pub path: String,
    /// How they are written.
    pub shape: TagShape,
}

/// How tags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagShape {
    /// `{ key = "value" }`.
    Map,
}

/// All resource types, by the first word of their names. A provider's file is parsed when the first of its types is asked for.
#[derive(Debug)]
pub(super) struct Table {
    providers: BTreeMap<String, Provider>,
}

#[derive(Debug, Default)]
struct Provider {
    /// Our file.
    text: Option<&'static str>,
    /// A user's rows, to lay over ours.
    over: Vec<(String, Value)>,
    types: OnceLock<HashMap<String, ResourceType>>,
}

#[derive(serde::Deserialize)]
struct File<R> {
    resources: HashMap<String, R>,
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
}

impl Table {
    /// Our facts, with a user's laid over them.
    pub fn new<'a>(over: impl Iterator<Item = &'a UserFile>) -> Self {
        let mut providers: BTreeMap<String, Provider> = BTreeMap::new();
        for (path, text) in embedded::below("terraform") {
            let name = path.trim_start_matches("terraform/").trim_end_matches(".json");
            providers.entry(name.to_owned()).or_default().text = Some(text);
        }
        for file in over {
            for (name, row) in file.value["resources"].as_object().into_iter().flatten() {
                providers.entry(provider(name).to_owned()).or_default().over.push((name.clone(), row.clone()));
            }
        }
        Self { providers }
    }

    /// What is known of a resource type.
    pub fn get(&self, name: &str) -> Option<&ResourceType> {
        let provider = self.providers.get(provider(name))?;
        provider.types.get_or_init(|| provider.read()).get(name)
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
    fn read(&self) -> HashMap<String, ResourceType> {
        let rows: HashMap<String, Row> = match self.text {
            Some(text) if self.over.is_empty() => read::<File<Row>, _>(serde_json::from_str(text)).resources,
            text => {
                let mut rows = text.map_or_else(HashMap::new, |text| {
                    let mut file: Value = read(serde_json::from_str(text));
                    user::inherit(Kind::Terraform, &mut file);
                    read::<File<Value>, _>(serde_json::from_value(file)).resources
                });
                for (name, row) in &self.over {
                    user::merge(rows.entry(name.clone()).or_insert_with(|| Value::Object(Default::default())), row);
                }
                rows.into_iter().map(|(name, row)| (name, read(serde_json::from_value(row)))).collect()
            }
        };
        let named = |(name, row): (String, Row)| {
            let Row { service, tags, policies, settings } = row;
            (name.clone(), ResourceType { name, service, tags, policies, settings })
        };
        rows.into_iter().map(named).collect()
    }
}
