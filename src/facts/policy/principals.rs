//! Principals: who they are, and what is wrong with the way they are written.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{
    PolicyFacts,
    arn::{self, Arn, is_arn},
    nearest,
};

/// What is known of principals.
#[derive(Debug, Deserialize)]
pub struct Principals {
    /// The members that a principal may have: `AWS`, `Service`.
    pub types: Box<[Box<str>]>,
    /// Members that only other policies take, and which.
    elsewhere: BTreeMap<Box<str>, Box<str>>,
    identities: Identities,
    hosts: Hosts,
    /// The beginnings of unique ids, and what each is.
    pub unique_ids: BTreeMap<Box<str>, Box<str>>,
    access_keys: Box<[Box<str>]>,
    services: HashMap<Box<str>, ServicePrincipal>,
    misspelt: HashMap<Box<str>, Box<str>>,
    not_callers: HashMap<Box<str>, NotCaller>,
    /// Keys that a service's own calls do not carry, by their documented names.
    pub absent_from_service_calls: Box<[Box<str>]>,
    /// Keys that say for whom a service calls.
    pub instead_in_service_calls: Box<[Box<str>]>,
    source_arn_service: HashMap<Box<str>, Box<str>>,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityKind {
    /// An account as a whole.
    Account,
    /// A user, or who else calls under this name.
    Identity,
    /// A role.
    Role,
    /// One session of a role.
    Session,
    /// A group of users, who call under their own names.
    Group,
}

#[derive(Debug, Deserialize)]
struct Identities {
    account_digits: usize,
    unique_id_digits: usize,
    account_words: Box<[Box<str>]>,
    /// By service, the first word of the resource.
    kinds: BTreeMap<Box<str>, BTreeMap<Box<str>, IdentityKind>>,
    service_linked: Box<str>,
}

impl Identities {
    fn is_account(&self, text: &str) -> bool {
        text.len() == self.account_digits && text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn kind(&self, service: &str, word: &str) -> Option<IdentityKind> {
        self.kinds.get(service)?.get(word).copied()
    }

    /// The ARN of a role.
    fn role(&self, partition: &str, account: &str, name: &str) -> String {
        let words = self.kinds.iter().flat_map(|(service, words)| words.iter().map(move |(word, kind)| (service, word, kind)));
        let (service, word) = words.into_iter().find(|(.., kind)| **kind == IdentityKind::Role).map_or(("", ""), |(a, b, _)| (a, b));
        arn::write(partition, service, account, &format!("{word}/{name}"))
    }
}

#[derive(Debug, Deserialize)]
struct Hosts {
    /// What the hosts of services end in, without the dot before it.
    suffix: Box<str>,
    /// What may follow it in other partitions.
    endings: Box<[Box<str>]>,
    /// Labels at the end of hosts of the provider.
    owner: Box<[Box<str>]>,
    example: Box<str>,
}

impl Hosts {
    /// What stands before the suffix.
    fn names<'h>(&self, host: &'h str) -> Option<&'h str> {
        host.strip_suffix(&*self.suffix)?.strip_suffix('.')
    }

    fn host(&self, names: &str) -> String {
        format!("{names}.{}", self.suffix)
    }
}

/// A service that may call another.
#[derive(Debug, Deserialize)]
pub struct ServicePrincipal {
    /// What it is called.
    pub name: Option<Box<str>>,
    /// The actions without which it cannot do its work.
    #[serde(default)]
    pub needs: Box<[Box<str>]>,
    /// The key of the encryption context that says for what it calls.
    pub encryption_context: Option<Box<str>>,
    /// Uses in which its calls do not say for whom they are, so that no condition could ask.
    pub source_unknown_for: Option<Box<str>>,
}

/// A service that uses keys as somebody else.
#[derive(Debug, Deserialize)]
pub struct NotCaller {
    /// As whom.
    pub why: Box<str>,
    /// Whom to name.
    pub instead: Box<str>,
}

/// A service principal taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Without Region, and without the ending of another partition: `logs.amazonaws.com`.
    pub service: String,
    /// The Region it names.
    pub region: Option<String>,
}

/// What is wrong with the name of an account, a user or a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityFault {
    /// An account that has not twelve digits.
    Account(String),
    /// No ARN with its six parts, and nothing else that names an identity.
    Shape,
    /// No such partition; the one that is near.
    Partition {
        /// As it is written.
        written: String,
        /// The one that is meant.
        near: Option<String>,
    },
    /// A Region in the ARN of something that has none.
    Region(String),
    /// Not an identity, but a resource of this service.
    Resource(String),
    /// Something of IAM that is no user and no role.
    Entity(String),
    /// A group of users.
    Group,
    /// A wildcard in a part of the name.
    Wildcard,
    /// The sessions of a role, instead of the role.
    Sessions {
        /// The ARN of the role.
        role: String,
    },
    /// The id that is left of something deleted, and what it was.
    UniqueId(String),
    /// The id of an access key.
    AccessKey,
    /// The host of a service.
    Host,
}

/// What is wrong with the host of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostFault {
    /// Not the form of a host; what it means, where that is clear.
    Shape {
        /// The host of the service.
        meant: Option<String>,
    },
    /// No such service; the one that is meant.
    Misspelt {
        /// Its host.
        meant: String,
    },
    /// A service that is not known, which proves nothing.
    Unknown,
    /// A wildcard.
    Wildcard,
    /// An account, a user or a role.
    Identity,
}

/// An identity that may go or not be there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragile {
    /// One session of a role.
    Session,
    /// A role that a service makes when it is first used.
    ServiceLinkedRole,
}

/// Whether a word has the form of a Region: `eu-west-1`, `us-gov-east-1`.
fn is_region(word: &str) -> bool {
    let mut parts = word.split('-').collect::<Vec<_>>();
    let number = parts.pop().unwrap_or_default();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&parts.len()) && parts.iter().all(letters) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl Principals {
    /// Takes a host apart; `None` where it is none of the provider's.
    #[must_use]
    pub fn host(&self, written: &str) -> Option<Host> {
        let ending = |ending: &str| written.strip_suffix(ending)?.strip_suffix('.');
        let global = self.hosts.endings.iter().find_map(|other| ending(other)).unwrap_or(written);
        let names = self.hosts.names(global)?;
        Some(match names.rsplit_once('.') {
            Some((service, region)) if is_region(region) => Host { service: self.hosts.host(service), region: Some(region.to_owned()) },
            _ => Host { service: global.to_owned(), region: None },
        })
    }

    /// The ARN of a role.
    #[must_use]
    pub fn role(&self, partition: &str, account: &str, name: &str) -> String {
        self.identities.role(partition, account, name)
    }

    /// A host of a service, to show how they are written.
    #[must_use]
    pub fn example_host(&self) -> &str {
        &self.hosts.example
    }

    /// What the name of an identity stands for, by its service and the first word of its resource.
    #[must_use]
    pub fn kind(&self, service: &str, word: &str) -> Option<IdentityKind> {
        self.identities.kind(service, word)
    }

    /// Whether a text has the form of the id of an account.
    #[must_use]
    pub fn is_account(&self, text: &str) -> bool {
        self.identities.is_account(text)
    }

    /// A service by the host that [`Host::service`] has.
    #[must_use]
    pub fn service(&self, host: &str) -> Option<&ServicePrincipal> {
        self.services.get(host)
    }

    /// The policies that alone take a member, where policies of keys and secrets do not.
    #[must_use]
    pub fn only_in(&self, group: &str) -> Option<&str> {
        self.elsewhere.get(group).map(|policies| &**policies)
    }

    /// Why a service never calls AWS KMS under its own name.
    #[must_use]
    pub fn not_caller(&self, host: &str) -> Option<&NotCaller> {
        self.not_callers.get(host)
    }

    /// The service that stands in the ARNs for which a host calls, where it is always the same.
    #[must_use]
    pub fn source_arn_service(&self, host: &str) -> Option<&str> {
        self.source_arn_service.get(host).map(|service| &**service)
    }

    /// What a unique id was the id of.
    fn unique_id(&self, written: &str) -> Option<&str> {
        let is_id = |rest: &str| {
            rest.len() >= self.identities.unique_id_digits && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        self.unique_ids.iter().find(|(prefix, _)| written.strip_prefix(&***prefix).is_some_and(is_id)).map(|(_, what)| &**what)
    }
}

impl PolicyFacts {
    /// What is wrong with a value of a principal's member for accounts, users and roles.
    #[must_use]
    pub fn identity_fault(&self, written: &str) -> Option<IdentityFault> {
        let (principals, identities) = (&self.principals, &self.principals.identities);
        if written == "*" || identities.is_account(written) {
            return None;
        }
        if let Some(what) = principals.unique_id(written) {
            let is_key = principals.access_keys.iter().any(|prefix| written.starts_with(&**prefix));
            return Some(if is_key { IdentityFault::AccessKey } else { IdentityFault::UniqueId(what.to_owned()) });
        }
        if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Some(IdentityFault::Account(written.to_owned()));
        }
        if principals.host(written).is_some() {
            return Some(IdentityFault::Host);
        }
        let arn = Arn::split(written);
        let Arn { partition, service, region, account, resource, .. } = arn;
        let (word, name) = resource.split_once('/').unwrap_or((resource, ""));
        let kind = identities.kind(service, word);
        let sessions = |role: &str| IdentityFault::Sessions { role: identities.role(partition, account, role) };
        if written.contains(['*', '?']) {
            let role = name.split('/').next().unwrap_or_default();
            let plain = ![partition, account, role].iter().any(|part| part.contains(['*', '?'])) && !role.is_empty();
            return Some(if kind == Some(IdentityKind::Session) && plain { sessions(role) } else { IdentityFault::Wildcard });
        }
        if !arn.has_scheme() || resource.is_empty() || service.is_empty() || partition.is_empty() {
            return Some(IdentityFault::Shape);
        }
        if !self.partitions.contains_key(partition) {
            let near = nearest(partition, self.partitions.keys().map(|name| &**name), 3).map(str::to_owned);
            return Some(IdentityFault::Partition { written: partition.to_owned(), near });
        }
        if !identities.kinds.contains_key(service) {
            return Some(IdentityFault::Resource(service.to_owned()));
        }
        if !region.is_empty() {
            return Some(IdentityFault::Region(region.to_owned()));
        }
        // What a key policy does with these identities is not documented.
        if identities.account_words.iter().any(|known| &**known == account) {
            return None;
        }
        if !identities.is_account(account) {
            return Some(IdentityFault::Account(account.to_owned()));
        }
        match (kind, name.is_empty()) {
            (Some(IdentityKind::Account), true) | (Some(IdentityKind::Identity | IdentityKind::Role), false) => None,
            (Some(IdentityKind::Group), _) => Some(IdentityFault::Group),
            (Some(IdentityKind::Session), false) => match name.split_once('/') {
                Some((_, session)) if !session.is_empty() => None,
                _ => Some(sessions(name.trim_end_matches('/'))),
            },
            _ => Some(IdentityFault::Entity(word.to_owned())),
        }
    }

    /// Whether a well-formed identity may go, or not be there yet.
    #[must_use]
    pub fn fragile(&self, written: &str) -> Option<Fragile> {
        let arn = Arn::of(written)?;
        let identities = &self.principals.identities;
        match identities.kind(arn.service, arn.kind())? {
            IdentityKind::Session => Some(Fragile::Session),
            IdentityKind::Role => {
                (arn.resource.split('/').nth(1) == Some(&*identities.service_linked)).then_some(Fragile::ServiceLinkedRole)
            }
            IdentityKind::Account | IdentityKind::Identity | IdentityKind::Group => None,
        }
    }

    /// Whether an identity is an account as a whole, or everybody.
    #[must_use]
    pub fn is_whole_account(&self, written: &str) -> bool {
        let kind = |arn: Arn<'_>| self.principals.kind(arn.service, arn.resource);
        written == "*" || self.principals.is_account(written) || Arn::of(written).and_then(kind) == Some(IdentityKind::Account)
    }

    /// The account of an identity: the id itself, or that in its ARN.
    #[must_use]
    pub fn account_of<'a>(&self, written: &'a str) -> Option<&'a str> {
        [written, Arn::split(written).account].into_iter().find(|text| self.principals.is_account(text))
    }

    /// What is wrong with a value of a principal's member for services.
    #[must_use]
    pub fn host_fault(&self, written: &str) -> Option<HostFault> {
        if written.contains(['*', '?']) {
            return Some(HostFault::Wildcard);
        }
        let principals = &self.principals;
        if is_arn(written) || principals.is_account(written) {
            return Some(HostFault::Identity);
        }
        let found = principals.host(written);
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        let labels: Vec<&str> = written.split('.').collect();
        let suffix_is_known = found.is_some() || self.partitions.values().any(|own| written.ends_with(&format!(".{}", own.dns_suffix)));
        let looks_like_ours =
            labels.len() < 2 || labels.iter().rev().take(2).any(|label| principals.hosts.owner.iter().any(|own| &**own == *label));
        if !written.bytes().all(plain) || labels.iter().any(|label| label.is_empty()) || (!suffix_is_known && looks_like_ours) {
            return Some(HostFault::Shape { meant: self.host_meant(written) });
        }
        let host = found?;
        if principals.service(&host.service).is_some() || principals.not_caller(&host.service).is_some() {
            return None;
        }
        if let Some(meant) = principals.misspelt.get(host.service.as_str()) {
            return Some(HostFault::Misspelt { meant: meant.to_string() });
        }
        // Short names are near to many, and what begins actions of its own is a service.
        const SHORTEST: usize = 5;
        let short = principals.hosts.names(&host.service).unwrap_or(&host.service);
        if short.len() >= SHORTEST && !self.is_prefix(short) {
            let mut near = principals.services.keys().filter(|known| strsim::damerau_levenshtein(known, &host.service) == 1);
            if let (Some(meant), None) = (near.next(), near.next()) {
                return Some(HostFault::Misspelt { meant: meant.to_string() });
            }
        }
        Some(HostFault::Unknown)
    }

    /// The known host that something with the wrong form means.
    fn host_meant(&self, written: &str) -> Option<String> {
        let lower = written.to_ascii_lowercase();
        let bare = lower.trim_start_matches("https://").trim_start_matches("http://").trim_matches(['/', ' ', '.']);
        let hosts = &self.principals.hosts;
        let named = |name: &str| Some(hosts.host(name)).filter(|host| self.principals.services.contains_key(host.as_str()));
        let name = bare.split(['.', '/', ' ']).next().unwrap_or_default();
        named(hosts.names(bare).unwrap_or(bare)).or_else(|| named(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn a_host_loses_its_region() {
        let host_of = |written: &str| Facts::builtin().policy().principals().host(written);
        let host = |service: &str, region: Option<&str>| Some(Host { service: service.into(), region: region.map(str::to_owned) });
        assert_eq!(host_of("logs.us-gov-east-1.amazonaws.com"), host("logs.amazonaws.com", Some("us-gov-east-1")));
        assert_eq!(host_of("logs.cn-north-1.amazonaws.com.cn"), host("logs.amazonaws.com", Some("cn-north-1")));
        assert_eq!(host_of("delivery.logs.amazonaws.com"), host("delivery.logs.amazonaws.com", None));
        assert_eq!(host_of("sns"), None);
        assert_eq!(host_of("route53.dnssec.amazonaws.com"), host("route53.dnssec.amazonaws.com", None));
    }

    #[test]
    fn an_identity_is_an_account_a_user_or_a_role() {
        let fault = |written| Facts::builtin().policy().identity_fault(written);
        for good in [
            "*",
            "111122223333",
            "arn:aws:iam::111122223333:root",
            "arn:aws-us-gov:iam::111122223333:role/path/App",
            "arn:aws:iam::111122223333:user/a@b.example",
            "arn:aws:sts::111122223333:assumed-role/App/ci",
            "arn:aws:sts::111122223333:federated-user/bob",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        let role = || "arn:aws:iam::111122223333:role/App".to_owned();
        for (bad, expected) in [
            ("1111-2222-3333", IdentityFault::Account("1111-2222-3333".into())),
            ("arn:aws:iam:::root", IdentityFault::Account(String::new())),
            ("arn:aws::111122223333:root", IdentityFault::Shape),
            ("arn:aws:iam:111122223333:root", IdentityFault::Shape),
            ("role/App", IdentityFault::Shape),
            ("", IdentityFault::Shape),
            ("arn:aws:iam::111122223333:Root", IdentityFault::Entity("Root".into())),
            ("arn:aws:iam::111122223333:role/", IdentityFault::Entity("role".into())),
            ("arn:aws:iam::111122223333:role/app-*", IdentityFault::Wildcard),
            ("arn:aws:sts::111122223333:assumed-role/App/*", IdentityFault::Sessions { role: role() }),
            ("arn:aws:sts::111122223333:assumed-role/App", IdentityFault::Sessions { role: role() }),
            ("AIDAJQABLZS4A3QDU576Q", IdentityFault::UniqueId("IAM user".into())),
            ("sns.amazonaws.com", IdentityFault::Host),
        ] {
            assert_eq!(fault(bad), Some(expected), "{bad}");
        }
    }

    #[test]
    fn a_host_is_known_near_or_not_known() {
        let fault = |written| Facts::builtin().policy().host_fault(written);
        for good in ["sns.amazonaws.com", "logs.eu-west-1.amazonaws.com", "s3.amazonaws.com", "ec2.amazonaws.com.cn", "partner.example.org"]
        {
            assert_eq!(fault(good), None, "{good}");
        }
        let shape = |meant: &str| Some(HostFault::Shape { meant: Some(meant.into()) });
        assert_eq!(fault("sns"), shape("sns.amazonaws.com"));
        assert_eq!(fault("SNS.amazonaws.com"), shape("sns.amazonaws.com"));
        assert_eq!(fault("https://sns.amazonaws.com"), shape("sns.amazonaws.com"));
        assert_eq!(fault("cloudtrail.amazon.com"), shape("cloudtrail.amazonaws.com"));
        assert_eq!(fault("cloudtrail.amazonaws.org"), shape("cloudtrail.amazonaws.com"));
        assert_eq!(fault("sns.amazonaws.com."), shape("sns.amazonaws.com"));
        assert_eq!(fault("eventbridge.amazonaws.com"), Some(HostFault::Misspelt { meant: "events.amazonaws.com".into() }));
        assert_eq!(fault("clodtrail.amazonaws.com"), Some(HostFault::Misspelt { meant: "cloudtrail.amazonaws.com".into() }));
        assert_eq!(fault("newthing.amazonaws.com"), Some(HostFault::Unknown));
        assert_eq!(fault("smn.amazonaws.com"), Some(HostFault::Unknown));
        assert_eq!(fault("*.amazonaws.com"), Some(HostFault::Wildcard));
        assert_eq!(fault("111122223333"), Some(HostFault::Identity));
    }
}
