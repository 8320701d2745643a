//! Reads `rules/tags/` and resolves which limits hold for a service on a channel.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Channel, CharacterClass, CharacterSet, CountLimit, Fact, LengthLimit, LengthUnit, Place, ReservedPrefix, ServiceId, TagRules, TextRules,
};
use crate::{
    facts::{
        embedded,
        error::{Problem, nearest, step},
        read,
        rows::Rows,
        user::{self, UserFile},
    },
    finding::Severity,
};

/// All services. What is known of one is read when it is first asked for.
#[derive(Debug)]
pub(in crate::facts) struct Table {
    /// Our files. What stands in a later one is laid over what stands in an earlier one.
    files: Vec<Rows>,
    /// A user's facts, to lay over ours.
    over: BTreeMap<String, Value>,
    /// By name.
    services: Vec<(ServiceId, Entry)>,
    classes: Classes,
}

#[derive(Debug, Default)]
struct Entry {
    /// The service's own facts.
    own: OnceLock<Value>,
    terraform: OnceLock<Box<TagRules>>,
    request: OnceLock<Box<TagRules>>,
}

/// Sets of characters by their regular expressions: most services accept the same few.
type Classes = Mutex<HashMap<String, Arc<CharacterClass>>>;

impl Table {
    /// Our facts, with a user's laid over them.
    pub fn new<'a>(over: impl Iterator<Item = &'a UserFile>) -> Self {
        let files: Vec<Rows> = embedded::below("tags").map(|(_, text)| Rows::new(text, "services")).collect();
        let mut users: BTreeMap<String, Value> = BTreeMap::new();
        for file in over {
            for (id, own) in file.value["services"].as_object().into_iter().flatten() {
                user::merge(users.entry(id.clone()).or_insert_with(|| Value::Object(Default::default())), own);
            }
        }
        let mut names: Vec<&str> = Vec::new();
        files.iter().for_each(|file| names.extend(file.names()));
        names.extend(users.keys().map(String::as_str));
        names.sort_unstable();
        names.dedup();
        let services = names.into_iter().map(|name| (ServiceId(name.into()), Entry::default())).collect();
        Self { files, over: users, services, classes: Classes::default() }
    }

    /// Whether the service has facts.
    pub fn contains(&self, service: &ServiceId) -> bool {
        self.entry(service).is_some()
    }

    /// All services.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> {
        self.services.iter().map(|(id, _)| id)
    }

    fn entry(&self, service: &ServiceId) -> Option<&(ServiceId, Entry)> {
        self.services.binary_search_by(|(id, _)| id.cmp(service)).ok().map(|at| &self.services[at])
    }

    /// The service's own facts, each with its source and its date.
    fn own(&self, service: &ServiceId) -> Option<&Value> {
        let (id, entry) = self.entry(service)?;
        Some(entry.own.get_or_init(|| {
            let mut own = Value::Object(Default::default());
            for mut row in self.files.iter().filter_map(|file| file.get(&id.0)) {
                user::inherit_row(&mut row);
                user::merge(&mut own, &row);
            }
            if let Some(over) = self.over.get(&*id.0) {
                user::merge(&mut own, over);
            }
            own
        }))
    }

    /// What a service accepts on a channel.
    pub fn rules(&self, service: &ServiceId, channel: Channel) -> Option<&TagRules> {
        let (id, entry) = self.entry(service)?;
        let cell = match channel {
            Channel::Terraform => &entry.terraform,
            Channel::Request => &entry.request,
        };
        let rules = cell.get_or_init(|| {
            let mut merged = Value::Object(Default::default());
            for layer in self.line(id).iter().rev() {
                user::merge(&mut merged, layer);
            }
            Box::new(read::<ServiceRow, _>(serde_json::from_value(merged)).resolve(id, channel, &self.classes))
        });
        Some(rules)
    }

    /// The service's own facts, then those of what it extends, and so on. A circle ends where it begins again.
    fn line(&self, service: &ServiceId) -> Vec<&Value> {
        let (mut line, mut seen, mut next) = (Vec::new(), BTreeSet::new(), Some(service.clone()));
        while let Some(id) = next.filter(|id| seen.insert(id.clone())) {
            let Some(own) = self.own(&id) else { break };
            line.push(own);
            next = extends(own);
        }
        line
    }

    /// What is wrong with a user's file now that all files are known.
    pub fn problems(&self, file: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (id, own) in file["services"].as_object().into_iter().flatten() {
            let (service, pointer) = (ServiceId(id.as_str().into()), step("/services", id));
            let base = extends(own);
            let at = step(&pointer, "extends");
            if let Some(base) = base.as_ref().filter(|base| !self.contains(base)) {
                problems.push(self.unknown(&at, base));
            } else if base.is_some() && self.circular(&service) {
                problems.push(Problem::new(at, format!("`{id}` extends itself")));
            } else if !self.line(&service).iter().any(|layer| layer.get("name").is_some()) {
                let problem = Problem::new(pointer, format!("service `{id}` has no `name`"));
                problems.push(problem.help("write `name`, or `extends` with a service that has one"));
            }
        }
        problems
    }

    fn circular(&self, service: &ServiceId) -> bool {
        let last = self.line(service).last().and_then(|own| extends(own));
        last.is_some_and(|next| self.contains(&next))
    }

    /// The problem of a name that is no service.
    pub fn unknown(&self, pointer: &str, service: &ServiceId) -> Problem {
        let problem = Problem::new(pointer, format!("service `{service}` is not known"));
        match nearest(&service.0, self.services().map(|known| &*known.0)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("add the service below `tags`"),
        }
    }
}

fn extends(own: &Value) -> Option<ServiceId> {
    own.get("extends")?.as_str().map(|id| ServiceId(id.into()))
}

/// What is wrong with a user's file for itself, though the schema takes it.
pub(in crate::facts) fn problems(file: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    fractions(file, "", &mut problems);
    for (id, service) in file["services"].as_object().into_iter().flatten() {
        for place in ["key", "value"] {
            let list = |what| service.pointer(&format!("/{place}/{what}")).and_then(Value::as_array).into_iter().flatten().enumerate();
            let at = |what, at: usize| format!("{}/{place}/{what}/{at}", step("/services", id));
            for (index, length) in list("length") {
                if length["min"].as_f64() > length["max"].as_f64() {
                    problems.push(Problem::new(at("length", index), "`min` is greater than `max`"));
                }
            }
            for (index, characters) in list("characters") {
                let accepted = characters["accepted"].as_str().unwrap_or_default();
                // By itself first: `a)|(b` is one only between our brackets.
                if let Err(error) = Regex::new(accepted).and_then(|_| one_character(accepted)) {
                    let message = error.to_string();
                    let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    problems.push(
                        Problem::new(
                            step(&at("characters", index), "accepted"),
                            format!("the regular expression cannot be read: {reason}"),
                        )
                        .help("the syntax is that of https://docs.rs/regex"),
                    );
                }
            }
        }
    }
    problems
}

/// Finds `3.0`: an integer to JSON Schema, but no count to us.
fn fractions(value: &Value, pointer: &str, problems: &mut Vec<Problem>) {
    match value {
        Value::Number(number) if number.is_f64() => problems.push(Problem::new(pointer, format!("{number} must be written as an integer"))),
        Value::Object(object) => object.iter().for_each(|(key, value)| fractions(value, &step(pointer, key), problems)),
        Value::Array(list) => list.iter().enumerate().for_each(|(at, value)| fractions(value, &format!("{pointer}/{at}"), problems)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The class of an expression, which is compiled once.
fn class(accepted: &str, classes: &Classes) -> Arc<CharacterClass> {
    let mut classes = classes.lock().unwrap_or_else(PoisonError::into_inner);
    match classes.get(accepted) {
        Some(known) => Arc::clone(known),
        None => {
            let class = Arc::new(CharacterClass::new(read(one_character(accepted))));
            classes.insert(accepted.to_owned(), Arc::clone(&class));
            class
        }
    }
}

/// The expression, made to match a whole text of one character, line breaks included.
fn one_character(accepted: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!(r"\A(?:{accepted})\z"))
}

#[derive(Deserialize)]
struct ServiceRow {
    name: String,
    #[serde(default)]
    count: Vec<CountRow>,
    #[serde(default)]
    key: TextRow,
    #[serde(default)]
    value: TextRow,
    #[serde(default)]
    reserved: Vec<ReservedRow>,
    duplicate: Option<FactRow>,
    duplicate_in_any_case: Option<FactRow>,
    repeated_in_map: Option<FactRow>,
}

#[derive(Deserialize)]
struct CountRow {
    max: usize,
    of: String,
    #[serde(flatten)]
    fact: FactRow,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TextRow {
    length: Vec<LengthRow>,
    characters: Vec<CharactersRow>,
}

#[derive(Deserialize)]
struct LengthRow {
    min: usize,
    max: usize,
    unit: LengthUnit,
    disputed: Option<DisputedRow>,
    #[serde(flatten)]
    fact: FactRow,
}

#[derive(Deserialize)]
struct DisputedRow {
    length: usize,
    says: String,
}

#[derive(Deserialize)]
struct CharactersRow {
    accepted: String,
    describe: String,
    #[serde(flatten)]
    fact: FactRow,
}

#[derive(Deserialize)]
struct ReservedRow {
    prefix: String,
    any_case: bool,
    place: Place,
    #[serde(default)]
    except: Vec<String>,
    #[serde(flatten)]
    fact: FactRow,
}

#[derive(Deserialize)]
struct FactRow {
    severity: Severity,
    by: Option<String>,
    refused_with: Option<String>,
    note: Option<String>,
    #[serde(rename = "in")]
    channels: Option<Vec<Channel>>,
    source: String,
    checked: String,
}

impl FactRow {
    /// The fact, if it holds on the channel.
    fn on(self, channel: Channel, name: &str) -> Option<Fact> {
        self.channels.is_none_or(|channels| channels.contains(&channel)).then(|| Fact {
            severity: self.severity,
            by: self.by.unwrap_or_else(|| name.to_owned()),
            refused_with: self.refused_with,
            note: self.note,
            source: self.source,
            checked: self.checked,
        })
    }
}

impl TextRow {
    fn on(self, channel: Channel, name: &str, classes: &Classes) -> TextRules {
        let mut length: Vec<LengthLimit> = self
            .length
            .into_iter()
            .filter_map(|row| {
                let fact = row.fact.on(channel, name)?;
                let disputed = row.disputed.map(|disputed| (disputed.length, disputed.says));
                Some(LengthLimit { min: row.min, max: row.max, unit: row.unit, disputed, fact })
            })
            .collect();
        length.sort_by_key(|limit| limit.max);
        let characters = self
            .characters
            .into_iter()
            .filter_map(|row| {
                let fact = row.fact.on(channel, name)?;
                Some(CharacterSet { accepted: class(&row.accepted, classes), describe: row.describe, fact })
            })
            .collect();
        TextRules { length, characters }
    }
}

impl ServiceRow {
    fn resolve(self, service: &ServiceId, channel: Channel, classes: &Classes) -> TagRules {
        let name = self.name;
        let mut count: Vec<CountLimit> = self
            .count
            .into_iter()
            .filter_map(|row| Some(CountLimit { max: row.max, of: row.of, fact: row.fact.on(channel, &name)? }))
            .collect();
        count.sort_by_key(|limit| limit.max);
        let mut reserved: Vec<ReservedPrefix> = self
            .reserved
            .into_iter()
            .filter_map(|row| {
                let fact = row.fact.on(channel, &name)?;
                Some(ReservedPrefix { prefix: row.prefix, any_case: row.any_case, place: row.place, except: row.except, fact })
            })
            .collect();
        reserved.sort_by_key(|reserved| reserved.any_case);
        let duplicate = self.duplicate.and_then(|row| row.on(channel, &name));
        let repeated_in_map = match channel {
            Channel::Terraform => self.repeated_in_map.and_then(|row| row.on(channel, &name)),
            Channel::Request => None,
        };
        let duplicate_in_any_case = self.duplicate_in_any_case.and_then(|row| row.on(channel, &name));
        let (key, value) = (self.key.on(channel, &name, classes), self.value.on(channel, &name, classes));
        TagRules { service: service.clone(), name, count, key, value, reserved, duplicate, duplicate_in_any_case, repeated_in_map }
    }
}
