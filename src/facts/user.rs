//! Facts that a user lays over ours: one file at a time, checked before anything is merged.

use std::sync::Arc;

use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use serde_json::{Map, Value};

use super::{
    embedded,
    error::{self, FactsError, Problem, nearest, step},
    locate::Half,
    tags,
};
use crate::source::Source;

/// One file of a user's facts.
#[derive(Debug, Clone)]
pub struct UserFacts {
    /// Where it is below the folder of facts, with `/`: `tags/kms.json`. The first name says what kind of facts it has.
    pub path: String,
    /// Its path as reports show it, and its text.
    pub source: Arc<Source>,
}

/// What a file of facts is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Tags,
    Terraform,
    Requests,
}

impl Kind {
    /// The kind that a path means.
    pub fn of(path: &str) -> Option<Self> {
        match path.split_once('/')?.0 {
            "tags" => Some(Kind::Tags),
            "terraform" => Some(Kind::Terraform),
            "requests" => Some(Kind::Requests),
            _ => None,
        }
    }

    /// Its schema's path below `rules/`.
    fn schema(self) -> &'static str {
        match self {
            Kind::Tags => "schema/tags.schema.json",
            Kind::Terraform => "schema/terraform.schema.json",
            Kind::Requests => "schema/requests.schema.json",
        }
    }
}

/// A checked file, its facts each with a source and a date of their own.
#[derive(Debug)]
pub(super) struct UserFile {
    pub kind: Kind,
    pub source: Arc<Source>,
    pub value: Value,
}

impl UserFile {
    /// Reads and checks a file for itself.
    pub fn read(file: UserFacts) -> Result<Self, FactsError> {
        let source = file.source;
        let kind = Kind::of(&file.path).ok_or_else(|| FactsError::Folder { path: source.path().to_owned() })?;
        if let Some(at) = source.invalid_bytes().first().map(|at| *at as usize) {
            return Err(error::content(&source, at..at + 1, "the byte is not valid UTF-8".into(), None));
        }
        let mut value = parse(&source)?;
        error::first(violations(kind, &value), &source)?;
        let mut problems = inherit(kind, &mut value);
        problems.extend(match kind {
            Kind::Tags => tags::load::problems(&value),
            Kind::Terraform => Vec::new(),
            Kind::Requests => super::requests::problems(&value),
        });
        error::first(problems, &source)?;
        Ok(Self { kind, source, value })
    }
}

fn parse(source: &Arc<Source>) -> Result<Value, FactsError> {
    let text = source.text();
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(json).map_err(|problem| {
        let line = source.line_range(problem.line().saturating_sub(1).min(source.line_starts().len() - 1));
        let bom = if line.start == 0 { text.len() - json.len() } else { 0 };
        let at = (line.start + bom + problem.column().saturating_sub(1)).min(text.len());
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        // serde_json ends its message with the line and the column, which the label shows.
        let message = problem.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        error::content(source, at..end, format!("it is not JSON: {message}"), None)
    })
}

/// What the schema has against a file.
fn violations(kind: Kind, value: &Value) -> Vec<Problem> {
    let schema: Value = super::read(serde_json::from_str(embedded::text(kind.schema())));
    let validator = super::read(jsonschema::validator_for(&schema));
    validator.iter_errors(value).map(|violation| describe(&schema, &violation)).collect()
}

fn describe(schema: &Value, violation: &ValidationError<'_>) -> Problem {
    let pointer = violation.instance_path().as_str();
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match violation.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let name = unexpected.first().map_or("", String::as_str);
            let beside = violation.schema_path().as_str().rsplit_once('/').map_or("", |(object, _)| object);
            let known = schema.pointer(&format!("{beside}/properties")).and_then(Value::as_object);
            let near = nearest(name, known.into_iter().flat_map(Map::keys).map(String::as_str));
            let problem = Problem { half: Half::Key, ..Problem::new(step(pointer, name), format!("`{name}` is not known here")) };
            match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            }
        }
        ValidationErrorKind::Required { property } => {
            Problem::new(pointer, format!("`{}` is missing", property.as_str().unwrap_or_default()))
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => Problem::new(pointer, format!("`{name}` must be of type {kind}")),
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let near = violation.instance().as_str().and_then(|given| nearest(given, options.iter().copied()));
            let list = if options.len() == 1 { "" } else { "one of " };
            let problem = Problem::new(pointer, format!("{} is not {list}`{}`", violation.instance(), options.join("`, `")));
            match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            }
        }
        ValidationErrorKind::Pattern { .. } if name == "checked" => {
            Problem::new(pointer, format!("{} is not a date", violation.instance())).help("write it as YYYY-MM-DD")
        }
        ValidationErrorKind::Minimum { limit } => Problem::new(pointer, format!("{} is less than {limit}", violation.instance())),
        ValidationErrorKind::Maximum { limit } => Problem::new(pointer, format!("{} is greater than {limit}", violation.instance())),
        // The rest is rare, and every keyword's own words say enough.
        _ => Problem::new(pointer, violation.to_string()),
    }
}

/// A source and a date, as an enclosing object gives them.
#[derive(Debug, Clone, Default)]
struct Provenance {
    source: Option<Value>,
    checked: Option<Value>,
}

/// Gives each fact the source and the date of the objects around it, and takes them from those. Says which facts stay without.
pub(super) fn inherit(kind: Kind, value: &mut Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let around = Provenance::default();
    match kind {
        Kind::Tags => descend(value, "", &around, &|object| object.contains_key("severity"), &mut problems),
        Kind::Terraform => {
            let around = take(value, &around);
            if let Some(rows) = value.get_mut("resources").and_then(Value::as_object_mut) {
                for (name, row) in rows {
                    descend(row, &step("/resources", name), &around, &|_| true, &mut problems);
                }
            }
        }
        Kind::Requests => {
            if let Some(about) = value.get_mut("x-taglint") {
                descend(about, "/x-taglint", &around, &|object| object.contains_key("id"), &mut problems);
            }
        }
    }
    problems
}

/// Gives each fact of one of our rows the source and the date of the objects around it.
pub(super) fn inherit_row(row: &mut Value) {
    descend(row, "", &Provenance::default(), &|object| object.contains_key("severity"), &mut Vec::new());
}

fn descend(
    value: &mut Value,
    pointer: &str,
    around: &Provenance,
    is_fact: &dyn Fn(&Map<String, Value>) -> bool,
    problems: &mut Vec<Problem>,
) {
    match value {
        Value::Object(object) if is_fact(object) => {
            for (name, inherited) in [("source", &around.source), ("checked", &around.checked)] {
                if object.contains_key(name) {
                    continue;
                }
                match inherited {
                    Some(inherited) => {
                        object.insert(name.to_owned(), inherited.clone());
                    }
                    None => problems.push(
                        Problem::new(pointer, format!("the fact has no `{name}`"))
                            .help(format!("write `{name}` here or in an object around it")),
                    ),
                }
            }
        }
        Value::Object(_) => {
            let around = take(value, around);
            for (key, value) in value.as_object_mut().into_iter().flatten() {
                descend(value, &step(pointer, key), &around, is_fact, problems);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter_mut().enumerate() {
                descend(value, &format!("{pointer}/{at}"), around, is_fact, problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes an object's own source and date out of it; what it lacks comes from around it.
fn take(value: &mut Value, around: &Provenance) -> Provenance {
    let mut own = |name| value.as_object_mut().and_then(|object| object.shift_remove(name));
    Provenance { source: own("source").or_else(|| around.source.clone()), checked: own("checked").or_else(|| around.checked.clone()) }
}

/// Lays `over` on `base`: objects merge key by key, all else replaces.
pub(super) fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match base.get_mut(key) {
                    Some(below) => merge(below, value),
                    None => {
                        base.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (base, over) => *base = over.clone(),
    }
}
