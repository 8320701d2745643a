//! A request's body against the schema of its operation, in our own words and at the exact place.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use jsonschema::{
    Validator,
    error::{TypeKind, ValidationErrorKind as Keyword},
};
use serde_json::Value;

use super::{Violation, ViolationKind, entries, mend};
use crate::{
    facts::requests::{Operation, RequestError},
    syntax::{Kind, NodeId, Tree, json},
};

/// Everything in which `body` goes against the operation's schema, in text order.
pub(super) fn violations(tree: &Tree, body: NodeId, operation: &Operation) -> Vec<Violation> {
    let value = json::to_value(tree, body);
    let mut broken: Vec<u32> = tree.problems().iter().map(|problem| problem.start).collect();
    broken.sort_unstable();
    let reader = Reader { tree, body, operation, children: RefCell::default(), made: RefCell::default(), broken };
    let mut found = reader.duplicates();
    for error in operation.validator().iter_errors(&value) {
        reader.read(error.kind(), error.instance_path().as_str(), error.instance(), &mut found);
    }
    found
}

struct Reader<'a> {
    tree: &'a Tree,
    body: NodeId,
    operation: &'a Operation,
    /// What objects and lists hold, looked up once: a list may have as many errors as entries.
    children: RefCell<HashMap<NodeId, Children>>,
    /// Schemas of single members, made ready for values that might mend them. By pointer, with `*` for entries.
    made: RefCell<HashMap<String, Option<Validator>>>,
    /// Where something could not be read, sorted.
    broken: Vec<u32>,
}

/// What an object or a list holds.
enum Children {
    Object(HashMap<String, NodeId>),
    List(Vec<NodeId>),
}

impl Reader<'_> {
    fn read(&self, keyword: &Keyword, pointer: &str, instance: &Value, found: &mut Vec<Violation>) {
        let Some(node) = self.node(pointer) else { return };
        let span = self.tree.span(node);
        let name = self.name(pointer);
        let id = &self.operation.id;
        let place = |kind, message: String, label: &str, help: String| Violation {
            kind,
            severity: None,
            fix: None,
            also: None,
            span,
            message,
            label: label.to_owned(),
            help,
            identity: pointer.to_owned(),
        };
        // What cannot be read is a mistake of syntax, and what is not filled in yet is not known.
        if self.tree.kind(node) == Kind::Error || self.has_placeholder(node) {
            return;
        }
        match keyword {
            // What is missing may be in what could not be read.
            Keyword::Required { .. } if self.is_broken(node) => {}
            Keyword::Required { property } => {
                let property = property.as_str().unwrap_or_default();
                // A misspelt member is reported as that, once.
                if self.names(pointer, instance).into_iter().any(|(_, meant)| meant == Some(property)) {
                    return;
                }
                let message = if pointer.is_empty() { format!("{id} needs `{property}`") } else { format!("{name} needs `{property}`") };
                let mut violation = place(
                    ViolationKind::Missing,
                    message,
                    "no such member here",
                    self.answer(RequestError::Missing, pointer, format!("add `{property}`")),
                );
                violation.span = super::first(span);
                violation.identity = format!("{pointer}/{property}");
                found.push(violation);
            }
            Keyword::AdditionalProperties { unexpected } => {
                let unexpected: HashSet<&String> = unexpected.iter().collect();
                let names = self.names(pointer, instance);
                let mut wanted: HashMap<&str, usize> = HashMap::new();
                names.values().flatten().for_each(|meant| *wanted.entry(meant).or_default() += 1);
                // A name that is there again is reported as that.
                let mut told: HashSet<String> = HashSet::new();
                for (member, key, _) in self.members(node).filter(|(member, ..)| unexpected.contains(member)) {
                    if self.is_broken(key) || !told.insert(member.clone()) {
                        continue;
                    }
                    let meant = names.get(member.as_str()).copied().flatten();
                    let help = match meant {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => match self.known(pointer) {
                            known if known.is_empty() => "delete it: there are no members here".to_owned(),
                            // A list that nobody reads helps nobody.
                            known if known.len() > 16 => format!("delete it; `taglint explain {id}` lists the members"),
                            known => format!("the members here are {}", list(&known)),
                        },
                    };
                    // Two names that would become the same one are for a person to tell apart.
                    let fix = meant.filter(|meant| wanted.get(meant) == Some(&1)).and_then(|meant| mend::rename(self.tree, key, meant));
                    let whose =
                        if pointer.is_empty() { format!("{id} has") } else { format!("an entry of {} has", self.name(parent(pointer))) };
                    found.push(Violation {
                        kind: ViolationKind::Unknown,
                        severity: None,
                        fix,
                        also: None,
                        span: self.tree.span(key),
                        message: format!("{whose} no member {}", super::quote(&member)),
                        label: "not a member".to_owned(),
                        help,
                        identity: format!("{pointer}/{member}"),
                    });
                }
            }
            Keyword::Type { kind } => {
                // A value of null in a tag has a rule of its own.
                if !(self.tree.kind(node) == Kind::Null && self.is_tag_value(pointer)) {
                    let wanted = wanted(kind);
                    let message = format!("{name} is {}, {id} takes {wanted}", article(self.tree.kind(node)));
                    let help = self.answer(RequestError::Type, pointer, format!("write {wanted}"));
                    let schema = self.operation.schema_at(pointer);
                    let fix = mend::retype(self.tree, node, schema, |value| self.fits(pointer, schema, value));
                    found.push(Violation { fix, ..place(ViolationKind::Type, message, "wrong type", help) });
                }
            }
            // What a tag may be is the tag rules' to say: they know the service, not only the request.
            Keyword::MaxLength { .. } | Keyword::MinLength { .. } | Keyword::Pattern { .. } if self.is_in_tags(pointer) => {}
            Keyword::MaxLength { .. } | Keyword::Pattern { .. } if self.is_policy(pointer) || self.is_policy_name(pointer) => {}
            Keyword::MinLength { .. } if self.is_policy(pointer) => {}
            Keyword::MaxLength { limit } => {
                let length = instance.as_str().map_or(0, |text| text.chars().count());
                let message = format!("{name} is {length} characters long, {id} accepts {limit}");
                found.push(place(
                    ViolationKind::Value,
                    message,
                    "too long",
                    self.answer(RequestError::Length, pointer, format!("shorten it to {limit} characters")),
                ));
            }
            Keyword::MinLength { limit } => {
                let (is, s) = (if instance == "" { "empty" } else { "too short" }, if *limit == 1 { "" } else { "s" });
                let message = format!("{name} is {is}, {id} wants at least {limit} character{s}");
                found.push(place(
                    ViolationKind::Value,
                    message,
                    "too short",
                    self.answer(RequestError::Length, pointer, "write the value".to_owned()),
                ));
            }
            // A wrong length is said already.
            Keyword::Pattern { .. } if self.has_wrong_length(pointer, instance) => {}
            Keyword::Pattern { pattern } => {
                let message = format!("{name} does not have the form that {id} takes");
                found.push(place(
                    ViolationKind::Value,
                    message,
                    "another form",
                    self.answer(RequestError::Pattern, pointer, format!("the form is `{pattern}`")),
                ));
            }
            // A wrong type is said already.
            Keyword::Enum { .. } if !instance.is_string() => {}
            Keyword::Enum { options } => {
                let options: Vec<String> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
                    .collect();
                let given = instance.as_str().map_or_else(|| instance.to_string(), str::to_owned);
                let message = format!("{name} is {}, which is none of the values that {id} takes", super::quote(&given));
                let given = instance.as_str().unwrap_or_default();
                let near =
                    options.iter().find(|option| option.eq_ignore_ascii_case(given) || strsim::damerau_levenshtein(option, given) <= 2);
                let todo = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the values are {}", list(&options)),
                };
                found.push(place(ViolationKind::Value, message, "another value", self.answer(RequestError::Enum, pointer, todo)));
            }
            Keyword::MinItems { limit } => {
                let message = format!("{name} has too few entries, {id} wants at least {limit}");
                found.push(place(
                    ViolationKind::Value,
                    message,
                    "too short",
                    self.answer(RequestError::Length, pointer, "add an entry".to_owned()),
                ));
            }
            Keyword::MaxItems { limit } => {
                let count = instance.as_array().map_or(0, Vec::len);
                let message = format!("{name} has {count} entries, {id} accepts {limit} in one request");
                found.push(place(
                    ViolationKind::Value,
                    message,
                    "too long",
                    self.answer(RequestError::Length, pointer, "split the request".to_owned()),
                ));
            }
            Keyword::MaxProperties { limit } => {
                let count = instance.as_object().map_or(0, serde_json::Map::len);
                let message = format!("{name} has {count} members, {id} accepts {limit} in one request");
                let help = self.answer(RequestError::Length, pointer, "split the request".to_owned());
                found.push(place(ViolationKind::Value, message, "too many", help));
            }
            Keyword::MinProperties { limit } => {
                let message = format!("{name} has too few members, {id} wants at least {limit}");
                let help = self.answer(RequestError::Length, pointer, "add a member".to_owned());
                found.push(place(ViolationKind::Value, message, "too few", help));
            }
            other => {
                let message = format!("{name} does not fit the `{}` of {id}", other.keyword());
                found.push(place(ViolationKind::Value, message, "does not fit", format!("see {}", self.operation.source)));
            }
        }
    }

    /// Members that an object has several times: the service reads one of them, and it is not said which. A name is reported once.
    fn duplicates(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut open = vec![self.body];
        while let Some(node) = open.pop() {
            let mut seen: HashMap<String, Repeated> = HashMap::new();
            for (member, key, value) in self.members(node) {
                if matches!(self.tree.kind(value), Kind::Object | Kind::Tuple) {
                    open.push(value);
                }
                let repeated = seen.entry(member).or_insert(Repeated { first: key, again: None, times: 0 });
                repeated.times += 1;
                if repeated.times > 1 {
                    repeated.again.get_or_insert(key);
                }
            }
            let all = seen.into_iter().filter_map(|(member, repeated)| Some((member, repeated.first, repeated.again?, repeated.times)));
            found.extend(all.map(|(member, first, again, times)| {
                let (often, keep) = match times {
                    2 => ("twice".to_owned(), "delete one of the two".to_owned()),
                    _ => (format!("{times} times"), format!("keep one of the {times}")),
                };
                Violation {
                    kind: ViolationKind::Duplicate,
                    severity: None,
                    fix: None,
                    also: Some(self.tree.span(first)),
                    span: self.tree.span(again),
                    message: format!("member {} is in this object {often}", super::quote(&member)),
                    label: "again here".to_owned(),
                    help: format!("{keep}: which one counts is not defined"),
                    identity: member,
                }
            }));
            if self.tree.kind(node) == Kind::Tuple {
                open.extend(
                    self.tree.children(node).into_iter().filter(|entry| matches!(self.tree.kind(*entry), Kind::Object | Kind::Tuple)),
                );
            }
        }
        found
    }

    fn members(&self, node: NodeId) -> impl Iterator<Item = (String, NodeId, NodeId)> + '_ {
        entries(self.tree, node).map(|(key, value)| (json::decode(self.tree, key).decoded().to_owned(), key, value))
    }

    /// The node that a pointer names.
    fn node(&self, pointer: &str) -> Option<NodeId> {
        let mut children = self.children.borrow_mut();
        pointer.split('/').skip(1).try_fold(self.body, |node, step| {
            let held = children.entry(node).or_insert_with(|| match self.tree.kind(node) {
                Kind::Object => Children::Object(self.members(node).map(|(name, _, value)| (name, value)).collect()),
                _ => Children::List(self.tree.children(node)),
            });
            match held {
                Children::Object(members) => members.get(&step.replace("~1", "/").replace("~0", "~")).copied(),
                Children::List(entries) => entries.get(step.parse::<usize>().ok()?).copied(),
            }
        })
    }

    /// The names of an object that the schema does not have, each once, and the member that it stands for.
    fn names<'v>(&self, pointer: &str, object: &'v Value) -> HashMap<&'v str, Option<&str>> {
        let known = self.known(pointer);
        let free: Vec<&str> = known.iter().copied().filter(|name| object.get(name).is_none()).collect();
        let names = object.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        names.filter(|name| !known.contains(name)).map(|name| (name, meant(name, &free))).collect()
    }

    /// The members that the schema has at a place.
    fn known(&self, pointer: &str) -> Vec<&str> {
        let members = self.operation.schema_at(pointer)["properties"].as_object();
        members.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether the operation takes a value at a place. What only the rules about identifiers know counts as no.
    fn fits(&self, pointer: &str, schema: &Value, value: &Value) -> bool {
        let general = general(pointer);
        if self.operation.member_at(&general).is_some_and(|about| about.form.is_some()) {
            return false;
        }
        let mut made = self.made.borrow_mut();
        let validator = made.entry(general).or_insert_with(|| jsonschema::validator_for(schema).ok());
        validator.as_ref().is_some_and(|validator| validator.is_valid(value))
    }

    /// A pointer as a message names it: `` `Tags` ``, `` `TagKey` ``, ``entry 2 of `Tags` ``.
    fn name(&self, pointer: &str) -> String {
        let last = pointer.rsplit('/').next().unwrap_or_default();
        match last.parse::<usize>() {
            _ if pointer.is_empty() => "the body".to_owned(),
            Ok(at) => format!("entry {} of {}", at + 1, self.name(parent(pointer))),
            Err(_) => format!("`{}`", last.replace("~1", "/").replace("~0", "~")),
        }
    }

    /// Whether something stands in a list of tags, and whether it is the value of one.
    fn is_in_tags(&self, pointer: &str) -> bool {
        let first = pointer.split('/').nth(1);
        self.operation.tags.iter().any(|tags| tags.member.as_deref() == first) && pointer.split('/').count() > 2
    }

    fn is_tag_value(&self, pointer: &str) -> bool {
        let last = pointer.rsplit('/').next();
        self.is_in_tags(pointer) && self.operation.tags.iter().any(|tags| tags.map || tags.value.as_deref() == last)
    }

    /// Whether something is a policy: what it may be is for the rules about policies.
    fn is_policy(&self, pointer: &str) -> bool {
        self.operation.policy.as_ref().is_some_and(|policy| pointer.strip_prefix('/') == Some(&policy.member))
    }

    fn is_policy_name(&self, pointer: &str) -> bool {
        let name = self.operation.policy.as_ref().and_then(|policy| policy.name.as_ref());
        name.is_some_and(|name| pointer.strip_prefix('/') == Some(&name.member))
    }

    fn has_wrong_length(&self, pointer: &str, instance: &Value) -> bool {
        let schema = self.operation.schema_at(pointer);
        let limit = |name: &str| schema[name].as_u64();
        let length = instance.as_str().map_or(0, |text| text.chars().count() as u64);
        limit("minLength").is_some_and(|min| length < min) || limit("maxLength").is_some_and(|max| length > max)
    }

    /// Whether something in a node, or right behind it, could not be read.
    fn is_broken(&self, node: NodeId) -> bool {
        let node = self.tree.node(node);
        let next = self.broken.partition_point(|start| *start < node.start);
        self.broken.get(next).is_some_and(|start| *start <= node.end)
    }

    fn has_placeholder(&self, node: NodeId) -> bool {
        self.tree.kind(node) == Kind::String && !super::text(self.tree, node).is_known()
    }

    /// What to do, and what the service answers. What is known of the member goes before what is known of the kind of error.
    fn answer(&self, kind: RequestError, pointer: &str, todo: String) -> String {
        let own = self.operation.member_at(&general(pointer)).and_then(|member| member.refused_with.as_ref());
        match own.filter(|_| kind != RequestError::Missing).or_else(|| self.operation.errors.get(&kind)) {
            Some(error) => format!("{todo}; the service answers {error}"),
            None => todo,
        }
    }
}

/// A name that is in an object again.
struct Repeated {
    first: NodeId,
    again: Option<NodeId>,
    times: usize,
}

/// The member that a wrong name stands for, of those that are still free: letter case, a slip of the finger, or the name that a sibling
/// service gives it.
fn meant<'k>(name: &str, free: &[&'k str]) -> Option<&'k str> {
    let small = name.to_ascii_lowercase();
    let same = || free.iter().find(|known| known.eq_ignore_ascii_case(name));
    // Names that are much longer are not near, and comparing them would take long.
    let near = || free.iter().find(|known| known.len().abs_diff(name.len()) <= NEAR && strsim::damerau_levenshtein(known, name) <= NEAR);
    // `Key` for `TagKey`, and `TagKey` for `Key`.
    let is_sibling = |known: &str| {
        let known = known.to_ascii_lowercase();
        known.ends_with(&small) || small.ends_with(&known)
    };
    let sibling = || free.iter().find(|known| small.len() > 1 && is_sibling(known));
    same().or_else(near).or_else(sibling).copied()
}

/// How many letters of a name may be wrong.
const NEAR: usize = 2;

/// A pointer with `*` for each entry of a list.
fn general(pointer: &str) -> String {
    pointer.split('/').map(|step| if step.parse::<usize>().is_ok() { "*" } else { step }).collect::<Vec<_>>().join("/")
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn list(names: &[impl std::fmt::Display]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// A type with its article.
pub(super) fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Object => "an object",
        Kind::Tuple => "a list",
        Kind::String => "a string",
        Kind::Number => "a number",
        Kind::Bool => "a boolean",
        Kind::Null => "null",
        _ => "not readable",
    }
}

fn wanted(kind: &TypeKind) -> String {
    let name = |name: &str| match name {
        "object" => "an object".to_owned(),
        "array" => "a list".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    };
    match kind {
        TypeKind::Single(single) => name(&single.to_string()),
        TypeKind::Multiple(several) => several.iter().map(|single| name(&single.to_string())).collect::<Vec<_>>().join(" or "),
    }
}
