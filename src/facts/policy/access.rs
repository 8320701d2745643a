//! What decides who gets access: conditions that bound the caller, and the actions that change a policy.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Network;

/// Keys that mean something of their own.
#[derive(Debug, Deserialize)]
pub(super) struct KeyNames {
    /// What keys begin with that requests to all services have.
    pub shared_prefix: Box<str>,
    /// The resource for which a service calls.
    pub source_arn: Box<str>,
    /// What keys begin with that hold the tags of the resource.
    pub resource_tags: Box<[Box<str>]>,
}

/// What decides who gets access.
#[derive(Debug, Deserialize)]
pub struct AccessFacts {
    pub(super) keys: KeyNames,
    bounds: BTreeMap<Box<str>, Bound>,
    /// Keys that say through which service a call comes.
    pub via: Box<[Box<str>]>,
    sources_of_calls: Box<[Box<str>]>,
    contexts_of_calls: Box<[Box<str>]>,
    administer_for_users: Box<[Box<str>]>,
    only_in_service_calls: Box<[Box<str>]>,
    /// The key whose values may lack an account, and the keys that name it then.
    pub resource_without_account: WithoutAccount,
    /// The keys that say who calls.
    pub identity: Identity,
    /// What is known of grants.
    pub grants: Grants,
    /// Where a call comes from.
    pub networks: Networks,
    /// Keys that some requests lack.
    pub absent_from_some: Box<[Box<str>]>,
    administration: BTreeMap<Box<str>, Administration>,
    /// The arguments of Terraform's provider that say where its resources are.
    pub provider: ProviderArguments,
}

/// The arguments of Terraform's provider that say where its resources are.
#[derive(Debug, Deserialize)]
pub struct ProviderArguments {
    /// The Region.
    pub region: Box<str>,
    /// The accounts in which it works at all.
    pub accounts: Box<str>,
}

/// Which values of a key bound the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// An account id, all of it.
    Account,
    /// An ARN with its account; of a resource whose ARN has none, with its name.
    Arn,
    /// An id of an organization, with or without a path behind it.
    Organization,
    /// A network that is not most of the Internet.
    Network,
    /// A name, with a fixed beginning.
    Name,
    /// `true`.
    True,
}

/// The key whose values may lack an account.
#[derive(Debug, Deserialize)]
pub struct WithoutAccount {
    /// The key.
    pub key: Box<str>,
    /// Keys that name the account, or bound it.
    pub beside: Box<[Box<str>]>,
}

/// The keys that say who calls.
#[derive(Debug, Deserialize)]
pub struct Identity {
    /// The caller's ARN.
    pub arn: Box<str>,
    /// The caller's account.
    pub account: Box<[Box<str>]>,
}

/// What is known of grants.
#[derive(Debug, Deserialize)]
pub struct Grants {
    /// The action that makes one.
    pub action: Box<str>,
    /// True where a service of AWS asks for one.
    pub for_services: Box<str>,
    /// Keys that narrow who may make one for what.
    pub narrowed_by: Box<[Box<str>]>,
}

/// Where a call comes from.
#[derive(Debug, Deserialize)]
pub struct Networks {
    broadest: Broadest,
    /// The keys.
    pub keys: Box<[Box<str>]>,
    /// Keys that spare the calls which services make for a caller.
    pub spared_by: Box<[Box<str>]>,
}

/// The shortest prefixes of networks that leave few callers.
#[derive(Debug, Deserialize)]
struct Broadest {
    ipv4: u32,
    ipv6: u32,
}

impl Networks {
    /// Whether a network has so many addresses that it bounds nobody.
    #[must_use]
    pub fn is_too_broad(&self, network: &Network) -> bool {
        network.length() < if network.is_version_4() { self.broadest.ipv4 } else { self.broadest.ipv6 }
    }
}

/// The actions that change a policy.
#[derive(Debug, Deserialize)]
pub struct Administration {
    /// Sets it.
    pub set: Box<str>,
    /// Takes it away, where that is another action.
    pub undo: Option<Box<str>>,
    /// Actions that nobody else should have.
    pub gravest: Box<[Box<str>]>,
}

impl WithoutAccount {
    /// The key that names the account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.beside.first().map(|key| &**key).unwrap_or_default()
    }
}

impl AccessFacts {
    /// The key that holds the resource for which a service calls.
    #[must_use]
    pub fn source_arn(&self) -> &str {
        &self.keys.source_arn
    }

    /// Which values of a key bound the caller; `None` where none do.
    #[must_use]
    pub fn bound(&self, key: &str) -> Option<Bound> {
        self.bounds.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, bound)| *bound)
    }

    /// Whether a key says for whom a service calls.
    #[must_use]
    pub fn is_source_of_calls(&self, key: &str) -> bool {
        among(&self.sources_of_calls, key)
            || self.contexts_of_calls.iter().any(|begin| key.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin)))
    }

    /// Whether a service sets policies for its users, by the first part of its host.
    #[must_use]
    pub fn administers_for_users(&self, service: &str) -> bool {
        self.administer_for_users.iter().any(|known| &**known == service)
    }

    /// Whether only calls that a service makes have a key.
    #[must_use]
    pub fn is_only_in_service_calls(&self, key: &str) -> bool {
        among(&self.only_in_service_calls, key)
    }

    /// The actions that change a policy, by the service's prefix.
    #[must_use]
    pub fn administration(&self, prefix: &str) -> Option<&Administration> {
        self.administration.get(prefix)
    }
}

/// Whether a list has a name, letter case aside.
#[must_use]
pub fn among(names: &[Box<str>], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
