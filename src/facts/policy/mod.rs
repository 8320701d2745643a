//! What policies may say, and what it means: the typed view of `rules/policy/`.

mod access;
mod action;
mod arn;
mod conditions;
mod documents;
mod keys;
mod network;
mod principals;
mod service;

use std::{borrow::Cow, collections::BTreeMap, sync::OnceLock};

use serde::{Deserialize, de::DeserializeOwned};

pub use self::{
    access::{AccessFacts, Administration, Bound, ProviderArguments, among},
    action::{Covered, WrittenAction},
    arn::{Arn, is_arn, is_arn_pattern, partition_in, write as write_arn},
    conditions::{Family, Fit, Form, Operator, PrivateNetworks, Qualifier, WrittenOperator},
    documents::{Document, PolicyKind, Size, SizeUnit},
    keys::{ConditionKey, KeyType},
    network::Network,
    principals::{Fragile, Host, HostFault, IdentityFault, IdentityKind, NotCaller, Principals, ServicePrincipal},
    service::{Access, Action, ActionSet, ServicePolicy},
};
use self::{conditions::Conditions, documents::Documents, keys::Keys};
use super::{Facts, embedded, read};

/// All that is known of policies.
#[derive(Debug)]
pub struct PolicyFacts {
    services: Box<[ServicePolicy]>,
    global: Keys,
    conditions: Conditions,
    principals: Principals,
    access: AccessFacts,
    prefixes: Box<[Box<str>]>,
    partitions: BTreeMap<Box<str>, Partition>,
}

/// What a condition key says of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagInKey<'a> {
    /// It holds the value of the tag with this key.
    OfKey(&'a str),
    /// It holds the keys of tags.
    ListOfKeys,
}

/// A group of Regions with accounts of its own.
#[derive(Debug, Deserialize)]
pub struct Partition {
    /// What its hosts end in.
    pub dns_suffix: Box<str>,
    /// Its Regions.
    pub regions: Box<[Box<str>]>,
    /// Those that an account has only after it opts in.
    #[serde(default)]
    pub opt_in: Box<[Box<str>]>,
}

static BUILTIN: OnceLock<PolicyFacts> = OnceLock::new();

impl Facts {
    /// What is known of policies. Read when the first policy is judged, and not before.
    #[must_use]
    pub fn policy(&self) -> &'static PolicyFacts {
        BUILTIN.get_or_init(PolicyFacts::load)
    }
}

impl PolicyFacts {
    /// Whether anything asked for these facts so far.
    #[must_use]
    pub fn is_loaded() -> bool {
        BUILTIN.get().is_some()
    }

    fn load() -> Self {
        Self::of(|name| Cow::Borrowed(text(name)))
    }

    /// What files of `rules/policy/` say, by their names without the ending.
    #[must_use]
    pub fn of(text: impl Fn(&str) -> Cow<'static, str>) -> Self {
        #[derive(Deserialize)]
        struct GlobalFile {
            keys: BTreeMap<Box<str>, keys::Row>,
        }
        #[derive(Deserialize)]
        struct ServicesFile {
            prefixes: Box<[Box<str>]>,
            partitions: BTreeMap<Box<str>, Partition>,
        }
        fn parse<T: DeserializeOwned>(text: &str) -> T {
            read(serde_json::from_str(text))
        }
        let conditions: Conditions = parse(&text("conditions"));
        let global: GlobalFile = parse(&text("global"));
        let services: ServicesFile = parse(&text("services"));
        let prefixes = Documents::builtin().prefixes();
        Self {
            services: prefixes.map(|name| ServicePolicy::new(parse(&text(name)), &conditions)).collect(),
            global: Keys::new(global.keys, &conditions, |_| None),
            conditions,
            principals: parse(&text("principals")),
            access: parse(&text("access")),
            prefixes: services.prefixes,
            partitions: services.partitions,
        }
    }

    /// The service whose actions begin with a prefix, letter case aside; `None` for services whose policies are not judged.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&ServicePolicy> {
        self.services.iter().find(|service| service.prefix.eq_ignore_ascii_case(prefix))
    }

    /// The service whose resources have policies of a kind.
    #[must_use]
    pub fn service_of(&self, kind: PolicyKind) -> Option<&ServicePolicy> {
        self.services.iter().find(|service| service.kind == Some(kind))
    }

    /// What the service of a kind of policy takes as one.
    #[must_use]
    pub fn document_of(&self, kind: PolicyKind) -> Option<&'static Document> {
        Documents::builtin().of_kind(kind).map(|(_, document)| document)
    }

    /// What a service takes as a policy document, by the prefix of its actions.
    #[must_use]
    pub fn document(&self, prefix: &str) -> Option<&Document> {
        Documents::builtin().of(prefix)
    }

    /// What decides who gets access.
    #[must_use]
    pub fn access(&self) -> &AccessFacts {
        &self.access
    }

    /// The versions of the policy language, the current one first.
    #[must_use]
    pub fn versions(&self) -> &[Box<str>] {
        &Documents::builtin().versions
    }

    /// Whether some service of AWS has actions with this prefix, letter case aside.
    #[must_use]
    pub fn is_prefix(&self, prefix: &str) -> bool {
        self.prefixes.binary_search_by(|known| service::compare(known, prefix)).is_ok()
    }

    /// A condition key of one service or of all, by its name in a policy.
    #[must_use]
    pub fn key(&self, written: &str) -> Option<&ConditionKey> {
        let own = written.split_once(':').and_then(|(prefix, _)| self.service(prefix));
        own.and_then(|service| service.keys.get(written)).or_else(|| self.global.get(written))
    }

    /// A condition key that requests to one service may have.
    #[must_use]
    pub fn key_in<'a>(&'a self, service: &'a ServicePolicy, written: &str) -> Option<&'a ConditionKey> {
        service.keys.get(written).or_else(|| self.global.get(written))
    }

    /// Whether requests to a service may have a key.
    #[must_use]
    pub fn is_in(&self, key: &ConditionKey, service: &ServicePolicy) -> bool {
        let prefix = key.name.split(':').next().unwrap_or_default();
        prefix == &*service.prefix || prefix == self.global_prefix()
    }

    /// What a condition key says of tags, as it is known and as it is written; `None` for keys that are not about the tags of a request or a
    /// resource.
    #[must_use]
    pub fn tag_in<'a>(&self, service: &ServicePolicy, key: &ConditionKey, written: &'a str) -> Option<TagInKey<'a>> {
        if let Some(tag) = self.tag_of_resource(service, written) {
            return Some(TagInKey::OfKey(tag));
        }
        service.carrying(&key.name)?;
        Some(if key.is_family() { TagInKey::OfKey(&written[key.beginning().len()..]) } else { TagInKey::ListOfKeys })
    }

    /// The tag key in a condition key about the tags that a resource has.
    #[must_use]
    pub fn tag_of_resource<'a>(&self, service: &ServicePolicy, written: &'a str) -> Option<&'a str> {
        let begin = self
            .access
            .keys
            .resource_tags
            .iter()
            .find(|begin| written.get(..begin.len()).is_some_and(|own| own.eq_ignore_ascii_case(begin)))?;
        let ours = begin.split(':').next().is_some_and(|prefix| prefix == self.global_prefix() || prefix == &*service.prefix);
        Some(&written[begin.len()..]).filter(|tag| ours && !tag.is_empty())
    }

    /// The operator that compares characters as they are.
    #[must_use]
    pub fn exact_equals(&self) -> &str {
        &self.conditions.exact
    }

    /// The family of keys that a name begins and does not end: `aws:RequestTag`, `aws:RequestTag/`.
    #[must_use]
    pub fn family_without_name(&self, written: &str) -> Option<&ConditionKey> {
        // Any name will do to find the family.
        let with_name = |separator: &str| format!("{}{separator}x", written.trim_end_matches(['/', ':']));
        let found = ["/", ":"].into_iter().find_map(|separator| self.key(&with_name(separator)).filter(|key| key.is_family()))?;
        let begin = found.beginning().trim_end_matches(['/', ':']);
        begin.eq_ignore_ascii_case(written.trim_end_matches(['/', ':'])).then_some(found)
    }

    /// Whether a name is a condition key, or has the form of one: a prefix that is known, and a colon.
    #[must_use]
    pub fn is_key_shaped(&self, written: &str) -> bool {
        let prefix = written.split_once(':').map(|(prefix, _)| prefix);
        self.key(written).is_some()
            || prefix.is_some_and(|prefix| self.is_prefix(prefix) || prefix.eq_ignore_ascii_case(self.global_prefix()))
    }

    /// What the keys that all services share begin with, without the colon.
    #[must_use]
    pub fn global_prefix(&self) -> &str {
        &self.access.keys.shared_prefix
    }

    /// The ending of operators that are true where the request has no value.
    #[must_use]
    pub fn if_exists(&self) -> &str {
        &self.conditions.if_exists
    }

    /// The names of all keys that begin with a prefix, as they are documented.
    pub fn key_names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.service(prefix).into_iter().flat_map(|service| service.keys.names());
        own.chain(self.global.names()).filter(move |name| name.split(':').next().is_some_and(|own| own.eq_ignore_ascii_case(prefix)))
    }

    /// What is known of condition operators.
    #[must_use]
    pub fn operator(&self, written: &str) -> Option<WrittenOperator<'_>> {
        self.conditions.operator(written)
    }

    /// Every condition operator, without qualifiers and `IfExists`.
    pub fn operators(&self) -> impl Iterator<Item = &Operator> {
        self.conditions.operators()
    }

    /// The set qualifiers, and whether each is true where the request has no value.
    pub fn qualifiers(&self) -> impl Iterator<Item = &Qualifier> {
        self.conditions.qualifiers()
    }

    /// The operator for patterns that does what an operator for equal characters does.
    #[must_use]
    pub fn like(&self, operator: &Operator) -> Option<&Operator> {
        let same = |other: &&Operator| other.family == operator.family && other.negated == operator.negated;
        self.operators().filter(same).find(|other| other.wildcards && operator.family == Family::String)
    }

    /// Whether a key is the ARN for which a service calls.
    #[must_use]
    pub fn is_source_arn(&self, key: &str) -> bool {
        key.eq_ignore_ascii_case(&self.access.keys.source_arn)
    }

    /// Addresses that a key never has.
    #[must_use]
    pub fn private_networks(&self) -> &PrivateNetworks {
        &self.conditions.private_networks
    }

    /// Key families that need a tag key behind a slash: `aws:RequestTag`.
    #[must_use]
    pub fn tag_families(&self) -> &[Box<str>] {
        &self.conditions.tag_families
    }

    /// Whether a service is known to call AWS KMS for its users, by the first part of a `kms:ViaService` value.
    #[must_use]
    pub fn calls_for_users(&self, service: &str) -> bool {
        self.conditions.via_services.iter().any(|known| &**known == service)
    }

    /// What is known of principals.
    #[must_use]
    pub fn principals(&self) -> &Principals {
        &self.principals
    }

    /// The partitions by name: `aws`, `aws-cn`.
    #[must_use]
    pub fn partitions(&self) -> &BTreeMap<Box<str>, Partition> {
        &self.partitions
    }

    /// The partition of a Region, by name.
    #[must_use]
    pub fn partition_of(&self, region: &str) -> Option<&str> {
        self.partitions.iter().find(|(_, partition)| partition.regions.iter().any(|known| &**known == region)).map(|(name, _)| &**name)
    }
}

fn text(name: &str) -> &'static str {
    embedded::text(&format!("policy/{name}.json"))
}

/// The candidate that is nearest to a name, letter case aside, and not further than `most` edits, nor than half of the name.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>, most: usize) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let most = most.min(name.chars().count() / 2);
    // Longer names are too far away, whatever they are: a document may have very long ones.
    let near = candidates.filter(|candidate| candidate.len().abs_diff(name.len()) <= most * 4);
    let measured = near.map(|candidate| (strsim::damerau_levenshtein(&candidate.to_ascii_lowercase(), &name), candidate));
    measured.filter(|(distance, _)| *distance <= most).min().map(|(_, candidate)| candidate)
}

/// The kind of policy that a file is by its name: `prod.key-policy.json`. Asks no large table, since it is asked of every JSON file.
#[must_use]
pub fn kind_of_file(path: &str) -> Option<PolicyKind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase().replace('_', "-");
    Documents::builtin().of_file(&name)
}

/// Whether a name fits a pattern with `*` and `?`, ASCII letter case aside. Linear in the pattern for each character of the name.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    matches(pattern, name, u8::eq_ignore_ascii_case)
}

/// As [`fits`], letter case included.
#[must_use]
pub fn fits_exactly(pattern: &str, name: &str) -> bool {
    matches(pattern, name, u8::eq)
}

/// The usual walk with one place to come back to. A `?` is a byte: where it matters, names are ASCII.
fn matches(pattern: &str, name: &str, equal: impl Fn(&u8, &u8) -> bool) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(b'?') => (p, n) = (p + 1, n + 1),
            Some(byte) if equal(byte, &name[n]) => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (p, n) = (after, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_with_stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("Get*", "GetKeyPolicy", true),
            ("get*policy", "GetKeyPolicy", true),
            ("*Key*Pair", "GenerateDataKeyPair", true),
            ("?rypt", "Encrypt", false),
            ("??crypt", "Encrypt", true),
            ("Get", "GetKeyPolicy", false),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
        assert!(!fits_exactly("get*", "GetKeyPolicy"));
    }
}
