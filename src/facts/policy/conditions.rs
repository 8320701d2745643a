//! Condition operators, and the forms that values take.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use regex::Regex;
use serde::Deserialize;

use super::{KeyType, Network};

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Characters.
    String,
    /// Numbers.
    Numeric,
    /// Times.
    Date,
    /// True or false.
    Bool,
    /// Base64.
    Binary,
    /// Addresses and networks.
    Ip,
    /// Names of resources.
    Arn,
    /// Whether the key is there.
    Null,
}

/// How an operator compares what a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As what it is.
    Own,
    /// As characters.
    Characters,
    /// Not at all: it never matches.
    Never,
}

impl Family {
    /// How operators of this family compare what a key of some type holds.
    #[must_use]
    pub fn fit(self, ty: KeyType) -> Fit {
        match (self, ty) {
            (Family::Null, _)
            | (Family::String | Family::Arn, KeyType::String)
            | (Family::Arn, KeyType::Arn)
            | (Family::Bool, KeyType::Bool)
            | (Family::Numeric, KeyType::Numeric | KeyType::Date)
            | (Family::Date, KeyType::Date)
            | (Family::Ip, KeyType::IpAddress) => Fit::Own,
            (Family::String, _) => Fit::Characters,
            _ => Fit::Never,
        }
    }
}

/// One operator.
#[derive(Debug, Deserialize)]
pub struct Operator {
    /// As it is documented: `StringEquals`.
    #[serde(skip)]
    pub name: Box<str>,
    /// What it compares.
    pub family: Family,
    /// True where the values differ.
    #[serde(default)]
    pub negated: bool,
    /// `*` and `?` in a value stand for other characters.
    #[serde(default)]
    pub wildcards: bool,
    /// `${…}` in a value stands for a key of the request.
    #[serde(default)]
    pub variables: bool,
}

/// What stands before an operator, for keys with several values.
#[derive(Debug, Deserialize)]
pub struct Qualifier {
    /// `ForAllValues`.
    #[serde(skip)]
    pub name: Box<str>,
    /// Whether it is true where the request has no value.
    pub true_when_absent: bool,
}

/// An operator as a policy has it.
#[derive(Debug, Clone, Copy)]
pub struct WrittenOperator<'a> {
    /// Before the colon.
    pub qualifier: Option<&'a Qualifier>,
    /// The operator itself.
    pub operator: &'a Operator,
    /// It ends in `IfExists`: true where the request has no value.
    pub if_exists: bool,
    /// It is written as documented, letter case included.
    pub exact: bool,
}

impl WrittenOperator<'_> {
    fn is_documented(&self, written: &str, ending: &str) -> bool {
        let rest = match self.qualifier {
            Some(qualifier) => written.strip_prefix(&*qualifier.name).and_then(|rest| rest.strip_prefix(':')),
            None => Some(written),
        };
        let rest = rest.and_then(|rest| rest.strip_prefix(&*self.operator.name));
        rest == Some(if self.if_exists { ending } else { "" })
    }

    /// Its documented spelling, with the ending of such as are true without a value.
    #[must_use]
    pub fn documented(&self, if_exists: &str) -> String {
        let qualifier = self.qualifier.map_or_else(String::new, |qualifier| format!("{}:", qualifier.name));
        format!("{qualifier}{}{}", self.operator.name, if self.if_exists { if_exists } else { "" })
    }
}

/// A form that values of a key have.
#[derive(Debug, Deserialize)]
pub struct Form {
    /// Its name in the facts.
    #[serde(skip)]
    pub name: Box<str>,
    pattern: Box<str>,
    /// What it is, for messages: `an account id of 12 digits`.
    pub describe: Box<str>,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
}

impl Form {
    /// Whether values are a service and its Region.
    #[must_use]
    pub fn is_service_and_region(&self) -> bool {
        &*self.name == "via-service"
    }

    /// Whether a value has the form.
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        // A test compiles every pattern.
        self.regex.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref().is_some_and(|regex| regex.is_match(value))
    }
}

/// Addresses that a key never has.
#[derive(Debug, Deserialize)]
pub struct PrivateNetworks {
    /// The keys.
    pub keys: Box<[Box<str>]>,
    /// The key for such addresses.
    pub instead: Box<str>,
    ranges: Box<[Box<str>]>,
}

impl PrivateNetworks {
    /// Whether all of a network is among the addresses that a key never has.
    #[must_use]
    pub fn are_never_in(&self, key: &str, network: &Network) -> bool {
        let has_none = self.keys.iter().any(|known| &**known == key);
        has_none && self.ranges.iter().filter_map(|range| Network::of(range)).any(|range| network.is_within(&range))
    }
}

#[derive(Debug, Deserialize)]
#[serde(from = "File")]
pub(super) struct Conditions {
    operators: Box<[Operator]>,
    qualifiers: Box<[Qualifier]>,
    /// The operator that compares characters as they are.
    pub exact: Box<str>,
    /// The ending of operators that are true where the request has no value.
    pub if_exists: Box<str>,
    forms: BTreeMap<Box<str>, Arc<Form>>,
    form_of: BTreeMap<Box<str>, Box<str>>,
    any_string_operator: Box<[Box<str>]>,
    pub private_networks: PrivateNetworks,
    pub tag_families: Box<[Box<str>]>,
    pub via_services: Box<[Box<str>]>,
}

#[derive(Deserialize)]
struct File {
    operators: BTreeMap<Box<str>, Operator>,
    qualifiers: BTreeMap<Box<str>, Qualifier>,
    exact: Box<str>,
    if_exists: Box<str>,
    forms: BTreeMap<Box<str>, Form>,
    form_of: BTreeMap<Box<str>, Box<str>>,
    any_string_operator: Box<[Box<str>]>,
    private_networks: PrivateNetworks,
    tag_families: Box<[Box<str>]>,
    via_services: Box<[Box<str>]>,
}

impl From<File> for Conditions {
    fn from(file: File) -> Self {
        Self {
            operators: file.operators.into_iter().map(|(name, operator)| Operator { name, ..operator }).collect(),
            qualifiers: file.qualifiers.into_iter().map(|(name, qualifier)| Qualifier { name, ..qualifier }).collect(),
            forms: file.forms.into_iter().map(|(name, form)| (name.clone(), Arc::new(Form { name, ..form }))).collect(),
            exact: file.exact,
            if_exists: file.if_exists,
            form_of: file.form_of,
            any_string_operator: file.any_string_operator,
            private_networks: file.private_networks,
            tag_families: file.tag_families,
            via_services: file.via_services,
        }
    }
}

impl Conditions {
    pub fn operators(&self) -> impl Iterator<Item = &Operator> {
        self.operators.iter()
    }

    pub fn qualifiers(&self) -> impl Iterator<Item = &Qualifier> {
        self.qualifiers.iter()
    }

    /// The form of a key's values, by the documented name of the key.
    pub fn form_of(&self, key: &str) -> Option<Arc<Form>> {
        self.forms.get(self.form_of.get(key)?).cloned()
    }

    pub fn takes_any_string_operator(&self, key: &str) -> bool {
        self.any_string_operator.iter().any(|known| &**known == key)
    }

    /// Takes an operator apart. Letter case does not matter to AWS.
    pub fn operator<'a>(&'a self, written: &str) -> Option<WrittenOperator<'a>> {
        let (qualifier, rest) = match written.split_once(':') {
            Some((name, rest)) => (Some(self.qualifiers.iter().find(|known| known.name.eq_ignore_ascii_case(name))?), rest),
            None => (None, written),
        };
        let named = |name: &str| self.operators.iter().find(|known| known.name.eq_ignore_ascii_case(name));
        let before = rest.len().checked_sub(self.if_exists.len()).and_then(|at| rest.split_at_checked(at));
        let (operator, if_exists) = match before {
            Some((name, ending)) if ending.eq_ignore_ascii_case(&self.if_exists) => (named(name)?, true),
            _ => (named(rest)?, false),
        };
        let mut found = WrittenOperator { qualifier, operator, if_exists, exact: false };
        found.exact = found.is_documented(written, &self.if_exists);
        Some(found)
    }
}
