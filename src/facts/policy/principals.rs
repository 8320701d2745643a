//! Principals: who they are, and what is wrong with the way they are written.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{PolicyFacts, nearest};

/// What is known of principals.
#[derive(Debug, Deserialize)]
pub struct Principals {
    /// The members that a principal may have: `AWS`, `Service`.
    pub types: Box<[Box<str>]>,
    /// Members that only other policies take, and which.
    elsewhere: BTreeMap<Box<str>, Box<str>>,
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
    /// Without Region, and without the ending of China: `logs.amazonaws.com`.
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

const SUFFIX: &str = ".amazonaws.com";
const ACCOUNT_DIGITS: usize = 12;

impl Host {
    /// Takes a host apart; `None` where it is not below `amazonaws.com`.
    #[must_use]
    pub fn of(written: &str) -> Option<Self> {
        let global = written.strip_suffix(".cn").unwrap_or(written);
        let names = global.strip_suffix(SUFFIX)?;
        match names.rsplit_once('.') {
            Some((service, region)) if is_region(region) => {
                Some(Self { service: format!("{service}{SUFFIX}"), region: Some(region.to_owned()) })
            }
            _ => Some(Self { service: global.to_owned(), region: None }),
        }
    }

    /// What stands before `.amazonaws.com`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.service.strip_suffix(SUFFIX).unwrap_or(&self.service)
    }
}

/// Whether a word has the form of a Region: `eu-west-1`, `us-gov-east-1`.
fn is_region(word: &str) -> bool {
    let mut parts = word.split('-').collect::<Vec<_>>();
    let number = parts.pop().unwrap_or_default();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&parts.len()) && parts.iter().all(letters) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Principals {
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
        const PREFIX: usize = 4;
        const REST: usize = 12;
        let (prefix, rest) = written.split_at_checked(PREFIX)?;
        let is_id = rest.len() >= REST && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        self.unique_ids.get(prefix).filter(|_| is_id).map(|what| &**what)
    }
}

impl PolicyFacts {
    /// What is wrong with a value of a principal's member for accounts, users and roles.
    #[must_use]
    pub fn identity_fault(&self, written: &str) -> Option<IdentityFault> {
        if written == "*" || is_account(written) {
            return None;
        }
        if let Some(what) = self.principals.unique_id(written) {
            let is_key = self.principals.access_keys.iter().any(|prefix| written.starts_with(&**prefix));
            return Some(if is_key { IdentityFault::AccessKey } else { IdentityFault::UniqueId(what.to_owned()) });
        }
        if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Some(IdentityFault::Account(written.to_owned()));
        }
        if written.ends_with(SUFFIX) || written.ends_with(".amazonaws.com.cn") {
            return Some(IdentityFault::Host);
        }
        let mut parts = written.splitn(6, ':');
        let mut part = || parts.next().unwrap_or_default();
        let (arn, partition, service, region, account, resource) = (part(), part(), part(), part(), part(), part());
        let is_session = service == "sts" && resource.starts_with("assumed-role/");
        if written.contains(['*', '?']) {
            let role = resource.split('/').nth(1).unwrap_or_default();
            let plain = !format!("{partition}{account}{role}").contains(['*', '?']) && !role.is_empty();
            return Some(match is_session && plain {
                true => IdentityFault::Sessions { role: format!("arn:{partition}:iam::{account}:role/{role}") },
                false => IdentityFault::Wildcard,
            });
        }
        if arn != "arn" || resource.is_empty() || service.is_empty() || partition.is_empty() {
            return Some(IdentityFault::Shape);
        }
        if !self.partitions.contains_key(partition) {
            let near = nearest(partition, self.partitions.keys().map(|name| &**name), 3).map(str::to_owned);
            return Some(IdentityFault::Partition { written: partition.to_owned(), near });
        }
        if !["iam", "sts"].contains(&service) {
            return Some(IdentityFault::Resource(service.to_owned()));
        }
        if !region.is_empty() {
            return Some(IdentityFault::Region(region.to_owned()));
        }
        // The identities of CloudFront have this word for an account; what a key policy does with them is not documented.
        if account == "cloudfront" {
            return None;
        }
        if !is_account(account) {
            return Some(IdentityFault::Account(account.to_owned()));
        }
        let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
        match (service, kind, name.is_empty()) {
            ("iam", "root", true) | ("iam", "user" | "role", false) | ("sts", "federated-user", false) => None,
            ("iam", "group", _) => Some(IdentityFault::Group),
            ("sts", "assumed-role", false) => match name.split_once('/') {
                Some((_, session)) if !session.is_empty() => None,
                _ => Some(IdentityFault::Sessions { role: format!("arn:{partition}:iam::{account}:role/{}", name.trim_end_matches('/')) }),
            },
            _ => Some(IdentityFault::Entity(kind.to_owned())),
        }
    }

    /// Whether a well-formed identity may go, or not be there yet.
    #[must_use]
    pub fn fragile(&self, written: &str) -> Option<Fragile> {
        let mut parts = written.splitn(6, ':').skip(2);
        let (service, resource) = (parts.next()?, parts.nth(2)?);
        match service {
            "sts" if resource.starts_with("assumed-role/") => Some(Fragile::Session),
            "iam" if resource.starts_with("role/aws-service-role/") => Some(Fragile::ServiceLinkedRole),
            _ => None,
        }
    }

    /// Whether an identity is an account as a whole, or everybody.
    #[must_use]
    pub fn is_whole_account(&self, written: &str) -> bool {
        written == "*" || is_account(written) || (written.starts_with("arn:") && written.ends_with(":root"))
    }

    /// The partition of an ARN.
    #[must_use]
    pub fn partition_in<'a>(&self, arn: &'a str) -> Option<&'a str> {
        arn.strip_prefix("arn:")?.split(':').next()
    }

    /// The account of an identity: the id itself, or that in its ARN.
    #[must_use]
    pub fn account_of<'a>(&self, written: &'a str) -> Option<&'a str> {
        Some(written).filter(|text| is_account(text)).or_else(|| written.split(':').nth(4).filter(|text| is_account(text)))
    }

    /// What is wrong with a value of a principal's member for services.
    #[must_use]
    pub fn host_fault(&self, written: &str) -> Option<HostFault> {
        if written.contains(['*', '?']) {
            return Some(HostFault::Wildcard);
        }
        if written.starts_with("arn:") || is_account(written) {
            return Some(HostFault::Identity);
        }
        let principals = &self.principals;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        let labels: Vec<&str> = written.split('.').collect();
        let suffix_is_known =
            Host::of(written).is_some() || self.partitions.values().any(|own| written.ends_with(&format!(".{}", own.dns_suffix)));
        let looks_like_ours = labels.len() < 2 || labels.iter().rev().take(2).any(|label| ["amazon", "aws", "amazonaws"].contains(label));
        if !written.bytes().all(plain) || labels.iter().any(|label| label.is_empty()) || (!suffix_is_known && looks_like_ours) {
            return Some(HostFault::Shape { meant: self.host_meant(written) });
        }
        let host = Host::of(written)?;
        if principals.service(&host.service).is_some() || principals.not_caller(&host.service).is_some() {
            return None;
        }
        if let Some(meant) = principals.misspelt.get(host.service.as_str()) {
            return Some(HostFault::Misspelt { meant: meant.to_string() });
        }
        // Short names are near to many, and what begins actions of its own is a service.
        const SHORTEST: usize = 5;
        if host.short().len() >= SHORTEST && !self.is_prefix(host.short()) {
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
        let named = |name: &str| {
            let host = format!("{name}{SUFFIX}");
            self.principals.services.contains_key(host.as_str()).then_some(host)
        };
        let name = bare.split(['.', '/', ' ']).next().unwrap_or_default();
        named(bare.strip_suffix(SUFFIX).unwrap_or(bare)).or_else(|| named(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn a_host_loses_its_region() {
        let host = |service: &str, region: Option<&str>| Some(Host { service: service.into(), region: region.map(str::to_owned) });
        assert_eq!(Host::of("logs.us-gov-east-1.amazonaws.com"), host("logs.amazonaws.com", Some("us-gov-east-1")));
        assert_eq!(Host::of("logs.cn-north-1.amazonaws.com.cn"), host("logs.amazonaws.com", Some("cn-north-1")));
        assert_eq!(Host::of("delivery.logs.amazonaws.com"), host("delivery.logs.amazonaws.com", None));
        assert_eq!(Host::of("sns"), None);
        assert_eq!(Host::of("route53.dnssec.amazonaws.com"), host("route53.dnssec.amazonaws.com", None));
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
