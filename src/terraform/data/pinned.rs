//! Data sources that say where a configuration goes, as far as `[aws]` pins it and the provider does not say otherwise.

use super::{Arguments, DataBlock};
use crate::{
    config::AwsConfig,
    facts::Facts,
    origin::Origin,
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Open, Unknown, Value},
};

/// Where an ARN has its account.
const ACCOUNT: usize = 4;

/// Arguments of a provider that say as whom it signs in, other than by a role.
const CREDENTIALS: &[&str] = &["profile", "access_key", "shared_credentials_files", "shared_config_files"];

/// Blocks of a provider that name the role it takes on.
const ROLES: &[&str] = &["assume_role", "assume_role_with_web_identity"];

/// The attributes of a data source; `None` where nothing of it is pinned. Attributes that are not pinned are known after apply.
pub fn read(ty: &str, block: &DataBlock<'_>, aws: &AwsConfig, facts: &Facts) -> Option<Value> {
    let partition = aws.partition.as_ref().map(|word| word.as_str().to_owned());
    let account = || account(block.provider, aws);
    let region = || given(block.arguments, &["region", "name"]).unwrap_or_else(|| region(block.provider, aws));
    let domain = || Some(facts.policy().partitions().get(partition.as_deref()?)?.dns_suffix.to_string());
    let attributes: Vec<(&str, Option<String>)> = match ty {
        "aws_caller_identity" => ["account_id", "id"].into_iter().zip(std::iter::repeat(account())).collect(),
        "aws_partition" => vec![
            ("partition", partition.clone()),
            ("id", partition.clone()),
            ("dns_suffix", domain()),
            ("reverse_dns_prefix", domain().map(|domain| reversed(&domain))),
        ],
        "aws_region" => ["name", "region", "id"].into_iter().zip(std::iter::repeat(region())).collect(),
        _ => return None,
    };
    let pinned: Vec<(&str, String)> = attributes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if pinned.is_empty() {
        return None;
    }
    let origin = Origin::at(block.header);
    let mut entries = EntryList::default();
    for (name, value) in pinned {
        entries.add(Value::string(Text::derived(name, origin.clone())), Value::string(Text::derived(&value, origin.clone())));
    }
    let mut value = entries.finish(origin);
    value.set_open(Open { why: Unknown::AfterApply, span: block.header });
    Some(value)
}

/// `com.amazonaws` for `amazonaws.com`.
fn reversed(domain: &str) -> String {
    domain.split('.').rev().collect::<Vec<_>>().join(".")
}

/// The first of these arguments that is written, as far as it is known.
fn given(arguments: Arguments<'_>, names: &[&str]) -> Option<Option<String>> {
    names.iter().find_map(|name| written(arguments, name)).map(|value| text(&value))
}

/// The value of an argument that is not null.
fn written(arguments: Arguments<'_>, name: &str) -> Option<Value> {
    arguments(name).filter(|value| !matches!(value.data, Data::Null))
}

fn text(value: &Value) -> Option<String> {
    Some(value.to_text()?.known()?.to_owned())
}

/// What the provider says, else what is pinned.
fn region(provider: Arguments<'_>, aws: &AwsConfig) -> Option<String> {
    match written(provider, "region") {
        Some(region) => text(&region),
        None => aws.region.as_ref().map(|word| word.as_str().to_owned()),
    }
}

/// The account of the role that the provider takes on, else the one that is pinned. That one is not said of a further configuration of the
/// provider that signs in as somebody else.
fn account(provider: Arguments<'_>, aws: &AwsConfig) -> Option<String> {
    let pinned = aws.account.as_ref().map(|word| word.as_str().to_owned());
    let role = ROLES.iter().find_map(|name| written(provider, name));
    let arn = role.as_ref().and_then(|blocks| match &blocks.data {
        // Roles are taken on one after another.
        Data::Sequence(blocks) => text(&blocks.last()?.member("role_arn")?),
        _ => None,
    });
    if let Some(account) = arn.as_deref().and_then(|arn| arn.split(':').nth(ACCOUNT)) {
        return Some(account.to_owned());
    }
    let is_somebody = role.is_some() || CREDENTIALS.iter().any(|name| written(provider, name).is_some());
    pinned.filter(|_| !(is_somebody && provider("alias").is_some()))
}
