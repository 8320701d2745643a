//! Requests that taglint knows: the typed view of `rules/requests/`.

use std::{collections::BTreeMap, sync::OnceLock};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::Value;

use super::{
    embedded,
    error::Problem,
    read,
    tags::{self, ServiceId},
    terraform::Setting,
    user::{self, UserFile},
};
use crate::finding::Severity;

mod creating;
mod index;
mod row;
mod tagging;
mod url;

pub use index::{Index, TARGET};

/// One operation of an API.
#[derive(Debug)]
pub struct Operation {
    /// As configuration and messages name it: `kms:TagResource`.
    pub id: String,
    /// The service whose facts judge the request.
    pub service: ServiceId,
    /// The value of `X-Amz-Target` that means it.
    pub target: Option<String>,
    /// How it is sent, where the path names it.
    pub http: Option<Http>,
    /// File names that mean it, as globs.
    pub file_names: Vec<String>,
    /// Members of which one must be there before a body is taken for this operation by its members alone. Empty: it never is.
    pub telling: Vec<String>,
    /// The member whose ARN means it, and the services that such an ARN may name.
    pub arn: Option<ArnMember>,
    /// Where its tags are.
    pub tags: Vec<RequestTags>,
    /// Where its policy is.
    pub policy: Option<RequestPolicy>,
    /// What is known of single members beside the schema. Keys are pointers; `*` stands for every entry of a list.
    pub members: BTreeMap<String, Member>,
    /// Members that do not go together.
    pub not_together: Vec<NotTogether>,
    /// Lists that make the request do nothing where they are empty.
    pub without_effect_when_empty: Vec<String>,
    /// What its page says beyond limits, a sentence each.
    pub notes: Vec<String>,
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
}

impl Operation {
    /// The schema, ready to validate bodies.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        self.validator
            .get_or_init(|| jsonschema::validator_for(&self.schema).expect("a test compiles our schemas, loading compiles a user's"))
    }

    /// The members that the body must have.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// The members that the body may have.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The schema of what a pointer names in a body.
    #[must_use]
    pub fn schema_at(&self, pointer: &str) -> &Value {
        pointer.split('/').skip(1).fold(&self.schema, |schema, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            schema["properties"].get(&step).unwrap_or(&schema["items"])
        })
    }

    /// What is known beside the schema of what a pointer names in a body.
    #[must_use]
    pub fn member_at(&self, pointer: &str) -> Option<&Member> {
        let fits = |pattern: &str| {
            let mut steps = pointer.split('/');
            pattern.split('/').all(|wanted| steps.next().is_some_and(|step| wanted == "*" || wanted == step)) && steps.next().is_none()
        };
        self.members.iter().find(|(pattern, _)| fits(pattern)).map(|(_, member)| member)
    }
}

/// How a request is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Http {
    /// The method: `POST`.
    pub method: String,
    /// The path, with parameters in braces: `/v1.0/{project_id}/kms/{key_id}/tags`.
    pub path: String,
    /// The headers that must be there.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// Methods with which the path means another operation, which is not known here.
    #[serde(default)]
    pub other_methods: Vec<String>,
    /// What is known of the parameters of the path.
    #[serde(default)]
    pub parameters: BTreeMap<String, Member>,
    /// What the service answers to another `method`.
    #[serde(default)]
    pub refused_with: BTreeMap<String, String>,
}

/// A header that a request must have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// The values that it may have; empty where any will do.
    #[serde(default)]
    pub takes: Vec<String>,
    /// What the service answers where it is absent.
    pub refused_with: Option<String>,
}

/// The member whose ARN means an operation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ArnMember {
    /// The member.
    pub member: String,
    /// The third word of the ARN.
    pub services: Vec<String>,
}

/// Where a request has its tags.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RequestTags {
    /// The member of the body that is the list; absent where the tag is in the path.
    pub member: Option<String>,
    /// The parameter of the path that is the key of a tag.
    pub parameter: Option<String>,
    /// The member of an entry that is the key; absent where the entries are keys themselves.
    pub key: Option<String>,
    /// The member of an entry that is the value.
    pub value: Option<String>,
    /// Whether the resource may have more tags than the request says.
    pub open: bool,
    /// False where the new resource is a copy that does not take over the tags of the first one.
    pub inherited: Option<bool>,
    /// Whether the list is a map from keys to values.
    #[serde(default)]
    pub map: bool,
    /// Whether the entries say which resource each of them is for.
    #[serde(default)]
    pub several: bool,
}

/// Where a request has a policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RequestPolicy {
    /// The member that holds it, as a string.
    pub member: String,
    /// The member that names it.
    pub name: Option<PolicyName>,
    /// What decides how the policy is judged, and the members that say it: the first that is there counts.
    #[serde(default)]
    pub settings: BTreeMap<Setting, Vec<String>>,
}

/// The names that a policy may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PolicyName {
    /// The member that holds the name.
    pub member: String,
    /// The names that are accepted.
    pub takes: Vec<String>,
    /// What the service answers to another name.
    pub refused_with: Option<String>,
}

/// What is known of a member beside its schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Member {
    /// The kind of identifier that it is: a name in `rules/forms/`.
    pub form: Option<String>,
    /// The forms that the operation takes; empty for all that are listed.
    pub takes: Vec<String>,
    /// Those forms as a message names them.
    pub wants: String,
    /// Parts of an ARN that must be those of the caller: the operation does not reach further.
    pub own: Vec<ArnPart>,
    /// What the service answers to a value that it does not take.
    pub refused_with: Option<String>,
    /// The value is a secret.
    pub secret: bool,
    /// A pointer to an ARN that must be of another Region than this one.
    pub not_region_of: Option<String>,
    /// How many bytes it may have in UTF-8.
    pub bytes: Option<Bytes>,
    /// It is Base64, of so many bytes.
    pub base64: Option<Bytes>,
    /// Another type that may do.
    pub instead: Option<Instead>,
}

/// A part of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArnPart {
    /// `aws`, `aws-cn`.
    Partition,
    /// `eu-central-1`.
    Region,
    /// Twelve digits.
    Account,
}

/// A number of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bytes {
    /// The fewest accepted.
    #[serde(default)]
    pub min: usize,
    /// The most accepted.
    pub max: usize,
    /// What the service answers to another number.
    pub refused_with: Option<String>,
}

/// Another type that a member may have, though it is not the first choice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Instead {
    /// A name of JSON Schema: `array`.
    pub r#type: String,
    /// How bad it is.
    pub severity: Severity,
    /// Why it may do, and why it may not.
    pub says: String,
}

/// Members that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NotTogether {
    /// The members: all of them are there. The last one is the one to delete.
    pub members: Vec<String>,
    /// Only where members have these values.
    #[serde(default)]
    pub when: BTreeMap<String, Value>,
    /// How bad it is.
    pub severity: Severity,
    /// Why. No capital, no full stop.
    pub says: String,
    /// What to do.
    pub help: String,
    /// What the service answers.
    pub refused_with: Option<String>,
}

/// The ways in which a member of a body can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
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
    /// A value is none of those that may stand there.
    Enum,
    /// The operation has no such member.
    Unknown,
}

/// What a file says beside the schema itself.
#[derive(Deserialize)]
struct About {
    id: String,
    service: ServiceId,
    target: Option<String>,
    http: Option<Http>,
    #[serde(default)]
    file_names: Vec<String>,
    #[serde(default)]
    telling: Vec<String>,
    arn: Option<ArnMember>,
    #[serde(default)]
    tags: Vec<RequestTags>,
    policy: Option<RequestPolicy>,
    #[serde(default)]
    members: BTreeMap<String, Member>,
    #[serde(default)]
    not_together: Vec<NotTogether>,
    #[serde(default)]
    without_effect_when_empty: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    errors: BTreeMap<RequestError, String>,
    source: String,
    checked: String,
}

/// Our operations, with a user's laid over them, sorted by id.
pub(super) fn load<'a>(over: impl Iterator<Item = &'a UserFile>) -> Index {
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
    Index::new(files.into_values().map(operation).collect())
}

fn operation(mut schema: Value) -> Operation {
    let about = schema.as_object_mut().and_then(|schema| schema.shift_remove("x-taglint")).unwrap_or_default();
    let about: About = read(serde_json::from_value(about));
    Operation {
        id: about.id,
        service: about.service,
        target: about.target,
        http: about.http,
        file_names: about.file_names,
        telling: about.telling,
        arn: about.arn,
        tags: about.tags,
        policy: about.policy,
        members: about.members,
        not_together: about.not_together,
        without_effect_when_empty: about.without_effect_when_empty,
        notes: about.notes,
        errors: about.errors,
        schema,
        source: about.source,
        checked: about.checked,
        validator: OnceLock::new(),
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
