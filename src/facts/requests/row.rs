//! A row of `rules/tagging/` or `rules/creating/`: what the model of a service says of an operation.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{ArnMember, Http, Operation, RequestTags};
use crate::facts::tags::ServiceId;

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    /// The service whose facts judge the tags; that of the operation's name where there is none.
    service: Option<ServiceId>,
    pub target: Option<String>,
    /// Method and path, where they tell the operation.
    pub http: Option<String>,
    /// The names of members where they are sent, if they have others there.
    #[serde(default)]
    wire: BTreeMap<String, String>,
    /// The member that is the whole body where it is sent.
    payload: Option<String>,
    /// The members that a body must have.
    pub required: Vec<String>,
    /// Required members that are sent beside the body; a file for the command line has them too.
    #[serde(default)]
    pub apart: Vec<String>,
    /// The schemas of the members that are no tags. A text where a schema names no type; a code where it is one.
    pub members: Map<String, Value>,
    pub arn: Option<ArnMember>,
    pub tags: Places,
}

/// One place with tags, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Places {
    One(Tags),
    Several(Vec<Tags>),
}

#[derive(Debug, Deserialize)]
pub(super) struct Tags {
    pub member: String,
    key: Option<String>,
    value: Option<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    map: bool,
    /// Further members of an entry.
    #[serde(default)]
    more: Vec<String>,
    min: Option<u64>,
    max: Option<u64>,
}

/// How a request is written: for a command line, or as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    File,
    Sent,
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'r> {
    pub id: &'r str,
    pub target: Option<&'r str>,
    /// Whether what it is about may have further tags.
    pub open: bool,
    pub source: &'r str,
    pub checked: &'r str,
}

/// The operations of a row, each made when it is asked for.
#[derive(Debug, Default)]
pub(super) struct Made {
    file: OnceLock<Box<Operation>>,
    sent: OnceLock<Box<Operation>>,
}

impl Made {
    pub fn get(&self, side: Side, row: &Row, about: About<'_>) -> &Operation {
        let made = if side == Side::File { &self.file } else { &self.sent };
        made.get_or_init(|| Box::new(row.operation(side, about)))
    }
}

/// The first step of a dotted path.
pub(super) fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

impl Places {
    pub fn all(&self) -> &[Tags] {
        match self {
            Self::One(tags) => std::slice::from_ref(tags),
            Self::Several(all) => all,
        }
    }
}

impl Row {
    /// Method and path of `POST /tags/{arn}`.
    pub fn sent(&self) -> Option<(&str, &str)> {
        self.http.as_deref()?.split_once(' ')
    }

    fn operation(&self, side: Side, about: About<'_>) -> Operation {
        let name = |member: &String| match self.wire.get(member) {
            Some(sent) if side == Side::Sent => sent.clone(),
            _ => member.clone(),
        };
        // Where one member is the body, its members are those of the body.
        let payload = self.payload.as_deref().filter(|_| side == Side::Sent);
        let inside = |path: &str| match payload.and_then(|payload| path.strip_prefix(payload)?.strip_prefix('.')) {
            Some(rest) => rest.to_owned(),
            None => {
                let top = first(path).to_owned();
                format!("{}{}", name(&top), &path[top.len()..])
            }
        };
        let mut properties = Map::new();
        for (member, said) in &self.members {
            properties.insert(name(member), schema(said));
        }
        for tags in self.tags.all().iter().filter(|tags| !tags.member.contains('.')) {
            properties.insert(name(&tags.member), tags.schema());
        }
        let required: Vec<String> = self.required.iter().map(name).collect();
        let schema = match payload {
            Some(_) => json!({ "type": "object" }),
            None => json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties }),
        };
        let http = self.sent().map(|(method, path)| Http {
            method: method.to_owned(),
            path: path.split('?').next().unwrap_or(path).to_owned(),
            headers: Vec::new(),
            other_methods: Vec::new(),
            parameters: BTreeMap::new(),
            refused_with: BTreeMap::new(),
        });
        let service = || ServiceId(format!("aws:{}", about.id.split(':').next().unwrap_or_default()).as_str().into());
        Operation {
            id: about.id.to_owned(),
            service: self.service.clone().unwrap_or_else(service),
            target: about.target.map(str::to_owned),
            http,
            file_names: Vec::new(),
            telling: Vec::new(),
            arn: self.arn.clone(),
            tags: self.tags.all().iter().map(|tags| tags.place(inside(&tags.member), about.open)).collect(),
            policy: None,
            members: BTreeMap::new(),
            not_together: Vec::new(),
            without_effect_when_empty: Vec::new(),
            notes: Vec::new(),
            errors: BTreeMap::new(),
            schema,
            source: about.source.to_owned(),
            checked: about.checked.to_owned(),
            validator: OnceLock::new(),
        }
    }
}

/// The schema of a member, as a row writes it.
fn schema(said: &Value) -> Value {
    if let Some(code) = said.as_str() {
        return schema_of_code(code);
    }
    let mut schema = said.clone();
    if let Some(schema) = schema.as_object_mut() {
        schema.entry("type").or_insert_with(|| "string".into());
    }
    schema
}

/// The schema of a code like `t1-256`: the letter of a type, and its limits.
fn schema_of_code(code: &str) -> Value {
    let (letter, limits) = code.split_at(code.len().min(1));
    let (kind, least, most) = match letter {
        "t" => ("string", "minLength", "maxLength"),
        "l" => ("array", "minItems", "maxItems"),
        "o" => return json!({ "type": "object" }),
        "b" => return json!({ "type": "boolean" }),
        "i" => return json!({ "type": "integer" }),
        _ => return json!({}),
    };
    let mut schema = Map::from_iter([("type".to_owned(), kind.into())]);
    let (from, to) = limits.split_once('-').unwrap_or_default();
    for (name, limit) in [(least, from), (most, to)] {
        if let Ok(limit) = limit.parse::<u64>() {
            schema.insert(name.to_owned(), limit.into());
        }
    }
    Value::Object(schema)
}

impl Tags {
    fn place(&self, member: String, open: bool) -> RequestTags {
        RequestTags {
            member: Some(member),
            parameter: None,
            key: self.key.clone(),
            value: self.value.clone(),
            open,
            inherited: None,
            map: self.map,
            several: !self.more.is_empty(),
        }
    }

    /// The schema of the list or map. What a tag may be is not for it to say.
    fn schema(&self) -> Value {
        let mut schema = match (&self.key, self.map) {
            (_, true) => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            (None, false) => json!({ "type": "array", "items": { "type": "string" } }),
            (Some(key), false) => {
                let mut properties = Map::new();
                for name in [Some(key), self.value.as_ref()].into_iter().flatten() {
                    properties.insert(name.clone(), json!({ "type": "string" }));
                }
                self.more.iter().for_each(|name| drop(properties.insert(name.clone(), json!({}))));
                let entry = json!({ "type": "object", "required": self.needs, "additionalProperties": false, "properties": properties });
                json!({ "type": "array", "items": entry })
            }
        };
        let [least, most] = if self.map { ["minProperties", "maxProperties"] } else { ["minItems", "maxItems"] };
        for (name, limit) in [(least, self.min), (most, self.max)] {
            if let (Some(limit), Some(schema)) = (limit, schema.as_object_mut()) {
                schema.insert(name.to_owned(), limit.into());
            }
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_type_and_limits() {
        for (code, schema) in [
            ("t", json!({ "type": "string" })),
            ("t1-256", json!({ "type": "string", "minLength": 1, "maxLength": 256 })),
            ("t-50", json!({ "type": "string", "maxLength": 50 })),
            ("l1-", json!({ "type": "array", "minItems": 1 })),
            ("i", json!({ "type": "integer" })),
            ("*", json!({})),
        ] {
            assert_eq!(schema_of_code(code), schema, "{code}");
        }
    }
}
