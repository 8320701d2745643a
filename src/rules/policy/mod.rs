//! What the policies of keys and secrets say, and what comes of it.

pub mod action_not_for_key;
pub mod action_not_grantable;
pub mod action_repeated;
pub mod action_spelling;
pub mod action_unknown;
pub mod characters;
pub mod condition_contradiction;
pub mod condition_key;
pub mod condition_key_absent;
pub mod condition_key_obsolete;
pub mod condition_key_repeated;
pub mod condition_network;
pub mod condition_operator;
pub mod condition_operator_type;
pub mod condition_qualifier;
pub mod condition_source_arn;
pub mod condition_tag;
pub mod condition_tag_case;
pub mod condition_tag_missing;
pub mod condition_type;
pub mod condition_value;
pub mod condition_value_count;
pub mod condition_wildcard;
pub mod confused_deputy;
pub mod create_grant;
pub mod cross_account;
pub mod deny_condition;
pub mod document;
pub mod effect;
pub mod element_both;
pub mod element_empty;
pub mod element_missing;
pub mod element_type;
pub mod element_unknown;
pub mod lockout;
pub mod lockout_bypass_flag;
pub mod lockout_deny;
pub mod lockout_secret;
pub mod member_duplicate;
pub mod no_account_delegation;
pub mod notaction;
pub mod notprincipal;
pub mod notresource;
pub mod partition_mixed;
pub mod placeholder_unresolved;
pub mod policy_name;
pub mod principal_elsewhere;
pub mod principal_fragile;
pub mod principal_identity;
pub mod principal_not_caller;
pub mod principal_repeated;
pub mod principal_service;
pub mod principal_type;
pub mod public;
pub mod resource;
pub mod resource_redundant;
pub mod service_actions;
pub mod service_full_access;
pub mod several;
pub mod sid_characters;
pub mod sid_duplicate;
pub mod sid_missing;
pub mod size;
pub mod size_near_quota;
pub mod statement_redundant;
pub mod statement_shadowed;
pub mod statement_single_object;
pub mod syntax;
pub mod tagging_is_access;
pub mod tagging_missing;
pub mod variable;
pub mod version;

use std::{borrow::Cow, fmt};

use super::request::report as request_report;
use crate::{
    facts::policy::Document,
    fix::{Fix, Safety},
    origin::{HopKind, Origin},
    rule::Context,
    subject::policy::{Policy, PolicyPlace, form::is_bare},
    text::Text,
};

/// A text as a message quotes it: in backticks, `…` where it is not known, shortened where it would fill the line.
fn quote(text: &Text) -> Quoted<'_> {
    Quoted(text.known().map_or_else(|| text.shown().into(), Cow::Borrowed))
}

/// As [`quote`], of known characters.
fn quote_str(text: &str) -> Quoted<'_> {
    Quoted(Cow::Borrowed(text))
}

/// Made into characters only where something is reported.
struct Quoted<'t>(Cow<'t, str>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 60;
        match self.0.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "`{}…`", &self.0[..end]),
            None => write!(f, "`{}`", self.0),
        }
    }
}

/// What the service takes as a document.
fn document_of<'a>(policy: &Policy, cx: &Context<'a>) -> Option<&'a Document> {
    cx.facts().policy().document_of(policy.kind)
}

/// Whether the request or the resource switches the check against lock-out off.
fn bypassed(policy: &Policy) -> bool {
    policy.context.bypass.as_ref().is_some_and(|flag| flag.is_set)
}

/// Who refuses a wrong structure, and how: the end of a help.
fn refusal<'a>(policy: &Policy, cx: &Context<'a>) -> Refusal<'a> {
    Refusal(document_of(policy, cx))
}

/// Made into characters only where something is reported.
#[derive(Clone, Copy)]
struct Refusal<'a>(Option<&'a Document>);

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |document| write!(f, "; {} answers {}", document.by, document.malformed))
    }
}

/// Writes other characters in the place of a text, where these stand in a file as they are.
fn rewrite(text: &Text, with: &str, safety: Safety, title: &str) -> Option<Fix> {
    let plain = text.is_verbatim() && !with.contains(['"', '\\', '\n']);
    // A name of an object in HCL may be a word, and what comes in its place may need quotation marks.
    let is_word = with.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let with = if is_bare(text) && !is_word { format!("\"{with}\"") } else { with.to_owned() };
    plain.then(|| Fix::replace(text.span_of(0..text.decoded().len() as u32), with, safety, title))
}

/// Whether something is written where it is used: what came by way of a name may be used elsewhere too.
fn is_written_here(origin: &Origin) -> bool {
    origin.path().iter().all(|hop| matches!(hop.kind, HopKind::Function(_)))
}

/// Takes an entry out of the list it is written in. What came by way of a name may be used elsewhere too, and stays.
fn removal(entry: &Origin, title: &str, cx: &Context<'_>) -> Option<Fix> {
    if !is_written_here(entry) {
        return None;
    }
    let (source, range) = (cx.source(entry.span), entry.span.range());
    let before = source[..range.start].trim_end().chars().next_back()?;
    let after = source[range.end..].trim_start().chars().next()?;
    let is_entry = matches!(before, '[' | ',') && matches!(after, ']' | ',');
    is_entry.then(|| Fix::replace(cx.removal(entry.span), "", Safety::Safe, title))
}

/// Whether a text has a policy variable, or the beginning of one. Where none belongs, `policy-variable` says so, and no other rule.
fn is_variable(text: &str) -> bool {
    text.contains("${")
}

/// Whether Terraform reads the document and writes it anew before it is sent.
fn is_rewritten(policy: &Policy) -> bool {
    match policy.place {
        PolicyPlace::Terraform => true,
        PolicyPlace::File | PolicyPlace::Request => false,
    }
}

/// The name in a list that is meant, if one is near enough: a plural, a slip of one or two letters.
fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const FAR: usize = 3;
    let distance = |name: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &written.to_ascii_lowercase());
    names
        .into_iter()
        .map(|name| (distance(name), name))
        .filter(|(distance, name)| *distance < FAR && distance * 2 < name.len())
        .min()
        .map(|(_, name)| name)
}
