//! Condition keys.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    conditions::{Conditions, Form},
    service::{ActionSet, compare},
};

/// What a key's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum KeyType {
    /// Any characters.
    String,
    /// The name of a resource.
    #[serde(rename = "ARN")]
    Arn,
    /// True or false.
    Bool,
    /// A number.
    Numeric,
    /// A time.
    Date,
    /// An address or a network.
    #[serde(rename = "IPAddress")]
    IpAddress,
}

/// One condition key, or a family of them.
#[derive(Debug)]
pub struct ConditionKey {
    /// As it is documented; a family ends in a placeholder: `aws:RequestTag/${TagKey}`.
    pub name: Box<str>,
    /// What its values are.
    pub ty: KeyType,
    /// One request may have several values.
    pub several: bool,
    /// The documents use it as a key with several values, and as one with one.
    pub either: bool,
    /// What came in its place.
    pub replaced_by: Option<Box<str>>,
    /// The actions whose requests carry it. `None` for global keys, and for those that every request for the resource carries.
    pub actions: Option<ActionSet>,
    /// All values that it can have; empty where they are not listed.
    pub values: Box<[Box<str>]>,
    /// The form of its values, where they have one.
    pub form: Option<Arc<Form>>,
    /// Any operator for strings and for ARNs fits.
    pub any_string_operator: bool,
}

impl ConditionKey {
    /// What its name begins with, and what stands behind that in a policy is up to its author: `aws:RequestTag/`. All of it for other keys.
    #[must_use]
    pub fn beginning(&self) -> &str {
        self.name.split_once("${").map_or(&*self.name, |(begin, _)| begin)
    }

    /// Whether its name ends in something that the author of a policy chooses.
    #[must_use]
    pub fn is_family(&self) -> bool {
        self.name.contains("${")
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    #[serde(rename = "type")]
    ty: KeyType,
    #[serde(default)]
    several: bool,
    #[serde(default)]
    either: bool,
    replaced_by: Option<Box<str>>,
    actions: Option<Names>,
    #[serde(default)]
    values: Box<[Box<str>]>,
}

/// A list of actions, or `*` for all that reach the resource.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    Named(Vec<Box<str>>),
    All(serde::de::IgnoredAny),
}

impl Names {
    /// The list; `None` for all.
    pub fn as_named(&self) -> Option<&[Box<str>]> {
        match self {
            Names::Named(names) => Some(names),
            Names::All(_) => None,
        }
    }
}

/// Keys by name.
#[derive(Debug)]
pub(super) struct Keys {
    keys: Box<[ConditionKey]>,
    /// By name in lower case, sorted.
    exact: Box<[(Box<str>, usize)]>,
    /// What families begin with, in lower case.
    families: Box<[(Box<str>, usize)]>,
}

impl Keys {
    pub fn new(rows: BTreeMap<Box<str>, Row>, conditions: &Conditions, set: impl Fn(&Names) -> Option<ActionSet>) -> Self {
        let keys: Box<[ConditionKey]> = rows.into_iter().map(|(name, row)| key(name, row, conditions, &set)).collect();
        let lower = |name: &str| name.to_ascii_lowercase().into_boxed_str();
        let (mut exact, mut families) = (Vec::new(), Vec::new());
        for (at, key) in keys.iter().enumerate() {
            match key.name.split_once("${") {
                Some((begin, _)) => families.push((lower(begin), at)),
                None => exact.push((lower(&key.name), at)),
            }
        }
        exact.sort();
        Self { keys, exact: exact.into(), families: families.into() }
    }

    /// A key by its name in a policy, letter case aside. A family needs something behind its beginning.
    pub fn get(&self, written: &str) -> Option<&ConditionKey> {
        let begins = |begin: &str| {
            written.len() > begin.len()
                && written.as_bytes().get(..begin.len()).is_some_and(|own| own.eq_ignore_ascii_case(begin.as_bytes()))
        };
        let family = || self.families.iter().find(|(begin, _)| begins(begin));
        let exact = self.exact.binary_search_by(|(name, _)| compare(name, written)).ok().and_then(|at| self.exact.get(at));
        exact.or_else(family).map(|(_, at)| &self.keys[*at])
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &*key.name)
    }
}

fn key(name: Box<str>, row: Row, conditions: &Conditions, set: &impl Fn(&Names) -> Option<ActionSet>) -> ConditionKey {
    ConditionKey {
        ty: row.ty,
        several: row.several,
        either: row.either,
        replaced_by: row.replaced_by,
        actions: row.actions.as_ref().and_then(set),
        values: row.values,
        form: conditions.form_of(&name),
        any_string_operator: conditions.takes_any_string_operator(&name),
        name,
    }
}
