//! Requests that taglint knows: the typed view of `rules/requests/`.

use std::{collections::BTreeMap, sync::OnceLock};

use globset::{Glob, GlobSet, GlobSetBuilder};
use jsonschema::Validator;
use serde_json::Value;

use super::{
    embedded,
    error::Problem,
    read,
    tags::{self, ServiceId},
    user::{self, UserFile},
};

/// One operation of an API.
#[derive(Debug)]
pub struct Operation {
    /// As configuration and messages name it: `kms:TagResource`.
    pub id: String,
    /// The service whose facts judge the request.
    pub service: ServiceId,
    /// The value of `X-Amz-Target` that means it.
    pub target: Option<String>,
    /// File names that mean it, as globs.
    pub file_names: Vec<String>,
    /// Where its tags are.
    pub tags: Option<RequestTags>,
    /// What the service answers to each kind of error. A kind that is absent is not known to be refused.
    pub errors: BTreeMap<RequestError, String>,
    /// The body: a flat JSON Schema.
    pub schema: Value,
    /// A URL; in a user's facts perhaps the name of a document.
    pub source: String,
    /// When the source was read, `YYYY-MM-DD`.
    pub checked: String,
    /// The schema made ready, on first use.
    validator: OnceLock<Validator>,
    /// The file names made ready, on first use.
    names: OnceLock<GlobSet>,
}

impl Operation {
    /// The schema, ready to validate bodies.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        self.validator
            .get_or_init(|| jsonschema::validator_for(&self.schema).expect("a test compiles our schemas, loading compiles a user's"))
    }

    /// Whether a file of this name is a request of this operation.
    #[must_use]
    pub fn names_file(&self, name: &str) -> bool {
        self.names.get_or_init(|| globs(&self.file_names)).is_match(name)
    }

    /// The members that the body must have.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// The members that the body may have.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }
}

fn globs(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    // A test reads our globs, loading reads a user's: none is left out here.
    patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()).for_each(|glob| {
        set.add(glob);
    });
    set.build().unwrap_or_default()
}

/// Where a request has its tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct RequestTags {
    /// The member of the body that is the list.
    pub member: String,
    /// The member of an entry that is the key.
    pub key: String,
    /// The member of an entry that is the value.
    pub value: String,
    /// Whether the resource may have more tags than the request says.
    pub open: bool,
}

/// The ways in which a member of a body can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestError {
    /// A required member is absent.
    Missing,
    /// A member has another type.
    Type,
    /// A text or a list is too short or too long.
    Length,
    /// A text does not have the right form.
    Pattern,
    /// The operation has no such member.
    Unknown,
}

/// What a file says beside the schema itself.
#[derive(serde::Deserialize)]
struct About {
    id: String,
    service: ServiceId,
    target: Option<String>,
    #[serde(default)]
    file_names: Vec<String>,
    tags: Option<RequestTags>,
    #[serde(default)]
    errors: BTreeMap<RequestError, String>,
    source: String,
    checked: String,
}

/// Our operations, with a user's laid over them, sorted by id.
pub(super) fn load<'a>(over: impl Iterator<Item = &'a UserFile>) -> Box<[Operation]> {
    let mut files: BTreeMap<String, Value> = BTreeMap::new();
    let ours = embedded::below("requests").map(|(_, text)| read(serde_json::from_str(text)));
    for file in ours.chain(over.map(|file| file.value.clone())) {
        let id = file["x-taglint"]["id"].as_str().unwrap_or_default();
        match files.get_mut(id) {
            Some(below) => user::merge(below, &file),
            None => {
                files.insert(id.to_owned(), file);
            }
        }
    }
    files.into_values().map(operation).collect()
}

fn operation(mut schema: Value) -> Operation {
    let about = schema.as_object_mut().and_then(|schema| schema.shift_remove("x-taglint")).unwrap_or_default();
    let about: About = read(serde_json::from_value(about));
    Operation {
        id: about.id,
        service: about.service,
        target: about.target,
        file_names: about.file_names,
        tags: about.tags,
        errors: about.errors,
        schema,
        source: about.source,
        checked: about.checked,
        validator: OnceLock::new(),
        names: OnceLock::new(),
    }
}

/// What is wrong with a user's file for itself, though the schema takes it.
pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, glob) in file["x-taglint"]["file_names"].as_array().into_iter().flatten().enumerate() {
        if let Err(error) = globset::Glob::new(glob.as_str().unwrap_or_default()) {
            problems.push(Problem::new(format!("/x-taglint/file_names/{at}"), format!("the glob cannot be read: {}", error.kind())));
        }
    }
    if let Err(error) = jsonschema::validator_for(file) {
        problems.push(Problem::new(error.instance_path().as_str(), format!("the schema cannot be used: {error}")));
    }
    problems
}

/// What is wrong with a user's file now that all files are known.
pub(super) fn unresolved(file: &Value, services: &tags::load::Table) -> Vec<Problem> {
    let service = file["x-taglint"]["service"].as_str().map(|id| ServiceId(id.into()));
    let unknown = service.filter(|service| !services.contains(service));
    unknown.map(|service| services.unknown("/x-taglint/service", &service)).into_iter().collect()
}
