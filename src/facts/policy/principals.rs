//! Principals: services that call others, and ids that are none.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// What is known of principals.
#[derive(Debug, Deserialize)]
pub struct Principals {
    /// The members that a principal may have: `AWS`, `Service`.
    pub types: Box<[Box<str>]>,
    /// The beginnings of unique ids, and what each is.
    pub unique_ids: BTreeMap<Box<str>, Box<str>>,
    /// Those of users and roles.
    pub entities: Box<[Box<str>]>,
    /// Those of access keys.
    pub access_keys: Box<[Box<str>]>,
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

const SUFFIX: &str = ".amazonaws.com";

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

impl Principals {
    /// A service by the host that [`Host::service`] has.
    #[must_use]
    pub fn service(&self, host: &str) -> Option<&ServicePrincipal> {
        self.services.get(host)
    }

    /// All known hosts, in no order.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(|host| &**host)
    }

    /// The host that a well-known slip means.
    #[must_use]
    pub fn meant_by(&self, host: &str) -> Option<&str> {
        self.misspelt.get(host).map(|meant| &**meant)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_loses_its_region() {
        let host = |service: &str, region: Option<&str>| Some(Host { service: service.into(), region: region.map(str::to_owned) });
        assert_eq!(Host::of("logs.us-gov-east-1.amazonaws.com"), host("logs.amazonaws.com", Some("us-gov-east-1")));
        assert_eq!(Host::of("logs.cn-north-1.amazonaws.com.cn"), host("logs.amazonaws.com", Some("cn-north-1")));
        assert_eq!(Host::of("delivery.logs.amazonaws.com"), host("delivery.logs.amazonaws.com", None));
        assert_eq!(Host::of("sns"), None);
        assert_eq!(Host::of("route53.dnssec.amazonaws.com"), host("route53.dnssec.amazonaws.com", None));
    }
}
