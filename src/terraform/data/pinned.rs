//! Data sources that say where a configuration goes, as far as `[aws]` pins it.

use super::Arguments;
use crate::{
    config::AwsConfig,
    facts::Facts,
    origin::Origin,
    source::Span,
    terraform::eval::EntryList,
    text::Text,
    value::{Open, Unknown, Value},
};

/// The attributes of a data source; `None` where nothing of it is pinned. Attributes that are not pinned are known after apply.
pub fn read(ty: &str, arguments: Arguments<'_>, header: Span, aws: &AwsConfig, facts: &Facts) -> Option<Value> {
    let partition = aws.partition.as_ref().map(|word| word.as_str().to_owned());
    let account = aws.account.as_ref().map(|word| word.as_str().to_owned());
    let region = || given(arguments, &["region", "name"]).or_else(|| aws.region.as_ref().map(|word| word.as_str().to_owned()));
    let domain = || Some(facts.policy().partitions().get(partition.as_deref()?)?.dns_suffix.to_string());
    let attributes: Vec<(&str, Option<String>)> = match ty {
        "aws_caller_identity" => vec![("account_id", account.clone()), ("id", account)],
        "aws_partition" => vec![
            ("partition", partition.clone()),
            ("id", partition.clone()),
            ("dns_suffix", domain()),
            ("reverse_dns_prefix", domain().map(|domain| reversed(&domain))),
        ],
        "aws_region" => vec![("name", region()), ("region", region()), ("id", region())],
        _ => return None,
    };
    let pinned: Vec<(&str, String)> = attributes.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if pinned.is_empty() {
        return None;
    }
    let origin = Origin::at(header);
    let mut entries = EntryList::default();
    for (name, value) in pinned {
        entries.add(Value::string(Text::derived(name, origin.clone())), Value::string(Text::derived(&value, origin.clone())));
    }
    let mut value = entries.finish(origin);
    value.set_open(Open { why: Unknown::AfterApply, span: header });
    Some(value)
}

/// `com.amazonaws` for `amazonaws.com`.
fn reversed(domain: &str) -> String {
    domain.split('.').rev().collect::<Vec<_>>().join(".")
}

/// The first of these arguments that is known.
fn given(arguments: Arguments<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| Some(arguments(name)?.to_text()?.known()?.to_owned()))
}
