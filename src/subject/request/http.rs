//! What surrounds a request that is sent by path: method, parameters of the path, headers.

use std::ops::Range;

use super::{Violation, ViolationKind, entries, forms, member, members, string, text};
use crate::{
    facts::{
        Facts,
        requests::{Index, Operation},
    },
    finding::Severity,
    mask::Masker,
    origin::HasOrigin,
    source::Span,
    subject::placeholder::{self, Variables},
    syntax::{Kind, NodeId, Tree, json},
    text::Text,
};

/// How an envelope sends its request.
#[derive(Debug)]
pub(super) struct Sent<'f> {
    pub operation: &'f Operation,
    root: NodeId,
    method: NodeId,
    method_fits: bool,
    url: Text,
    /// The parameters of the path, and their bytes in the URL.
    pub parameters: Vec<(&'f str, Range<u32>)>,
}

/// What a method and a URL mean, if they mean an operation.
pub(super) fn sent<'f>(tree: &Tree, root: NodeId, method: NodeId, url: NodeId, index: &'f Index) -> Option<Sent<'f>> {
    let url = json::decode(tree, url);
    let path = path_of(url.decoded());
    let given = (tree.kind(method) == Kind::String).then(|| text(tree, method))?;
    let of_aws = || index.by_url(given.known()?, url.decoded());
    let found = index.by_path(given.known(), &url.decoded()[path.clone()]).or_else(of_aws)?;
    let parameters = found
        .parameters
        .into_iter()
        .map(|(name, range)| (name, (path.start + range.start) as u32..(path.start + range.end) as u32))
        .collect();
    Some(Sent { operation: found.operation, root, method, method_fits: found.method_fits, url, parameters })
}

/// The path in a URL, without query and fragment.
fn path_of(url: &str) -> Range<usize> {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let start = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
    let end = url[start..].find(['?', '#']).map_or(url.len(), |at| start + at);
    start..end
}

impl Sent<'_> {
    /// The characters of a parameter of the path, as they are written; not known where another tool will fill them in.
    pub fn parameter(&self, name: &str) -> Option<Text> {
        let range = self.parameters.iter().find(|(known, _)| *known == name)?.1.clone();
        let slice = self.url.slice(range);
        let is_template = slice.decoded().starts_with('{') || slice.decoded().starts_with(':');
        let slice = placeholder::mark(slice, Variables::None);
        (!is_template && slice.is_known()).then_some(slice)
    }
}

/// The header of that name: where its name is, and its value. Headers are an object, or a list of names and values.
pub(super) fn header(tree: &Tree, root: NodeId, wanted: &str) -> Option<(NodeId, NodeId)> {
    let headers = headers(tree, root)?;
    match tree.kind(headers) {
        Kind::Object => {
            entries(tree, headers).filter(|(key, _)| string(tree, *key).is_some_and(|name| name.eq_ignore_ascii_case(wanted))).last()
        }
        Kind::Tuple => tree.children(headers).into_iter().find_map(|header| {
            let name = member(tree, header, "name").or_else(|| member(tree, header, "key"))?;
            string(tree, name)?.eq_ignore_ascii_case(wanted).then(|| Some((name, member(tree, header, "value")?))).flatten()
        }),
        _ => None,
    }
}

fn headers(tree: &Tree, root: NodeId) -> Option<NodeId> {
    member(tree, root, "headers").or_else(|| member(tree, root, "header"))
}

/// Credentials that stand in the headers of an envelope, or beside its target.
pub(super) fn credentials(tree: &Tree, root: NodeId, found: &mut Vec<Violation>) {
    let headers = || Masker::embedded().headers();
    let beside = members(tree, root).filter(|(name, _)| headers().any(|known| name.decoded().eq_ignore_ascii_case(known)));
    let beside = beside.map(|(name, value)| (name.decoded().to_owned(), value));
    let inside = headers().filter_map(|name| {
        let (key, value) = header(tree, root, name)?;
        Some((string(tree, key)?, value))
    });
    for (name, value) in beside.chain(inside) {
        if let Some(violation) = super::checks::secret(tree, value, &format!("header `{name}`"), &name) {
            found.push(violation);
        }
    }
}

/// What is wrong with method, path and headers.
pub(super) fn violations(tree: &Tree, sent: &Sent<'_>, facts: &Facts, found: &mut Vec<Violation>) {
    let operation = sent.operation;
    let Some(http) = &operation.http else { return };
    let id = &operation.id;
    let answer = |error: Option<&String>| error.map(|error| format!("; the service answers {error}")).unwrap_or_default();
    if !sent.method_fits {
        let given = string(tree, sent.method).unwrap_or_default();
        found.push(Violation {
            kind: ViolationKind::Method,
            severity: None,
            fix: None,
            also: None,
            span: tree.span(sent.method),
            message: format!("{id} is sent with {}, not with {}", http.method, super::quote(&given)),
            label: "another method".to_owned(),
            help: format!("write `{}`{}", http.method, answer(http.refused_with.get("method"))),
            identity: given,
        });
    }
    for (name, about) in &http.parameters {
        if let Some(value) = sent.parameter(name) {
            let subject = format!("`{name}` in the path");
            found.extend(forms::violation(&value, about, &subject, id, facts, ViolationKind::Path));
        }
    }
    if http.headers.is_empty() {
        return;
    }
    let Some(all) = headers(tree, sent.root) else {
        let names: Vec<String> = http.headers.iter().map(|header| format!("`{}`", header.name)).collect();
        found.push(missing(tree.span(sent.root), Severity::Warning, "no headers are written here", &names.join(" and "), id, ""));
        return;
    };
    for wanted in &http.headers {
        let Some((_, value)) = header(tree, sent.root, &wanted.name) else {
            let name = format!("`{}`", wanted.name);
            found.push(missing(tree.span(all), Severity::Error, "no such header here", &name, id, &answer(wanted.refused_with.as_ref())));
            continue;
        };
        let Some(given) = (tree.kind(value) == Kind::String).then(|| text(tree, value)) else { continue };
        let given = given.known().map(|given| given.split(';').next().unwrap_or(given).trim().to_owned());
        if let Some(given) =
            given.filter(|given| !wanted.takes.is_empty() && !wanted.takes.iter().any(|takes| takes.eq_ignore_ascii_case(given)))
        {
            found.push(Violation {
                kind: ViolationKind::Header,
                severity: None,
                fix: None,
                also: None,
                span: tree.span(value),
                message: format!("header `{}` is {}, {id} wants `{}`", wanted.name, super::quote(&given), wanted.takes.join("` or `")),
                label: "another value".to_owned(),
                help: format!("write `{}`", wanted.takes.join("` or `")),
                identity: wanted.name.clone(),
            });
        }
    }
}

fn missing(around: Span, severity: Severity, label: &str, names: &str, id: &str, answer: &str) -> Violation {
    Violation {
        kind: ViolationKind::Header,
        severity: Some(severity),
        fix: None,
        also: None,
        span: super::first(around),
        message: format!("{id} needs the header{} {names}", if names.contains(" and ") { "s" } else { "" }),
        label: label.to_owned(),
        help: format!("add {names}{answer}"),
        identity: names.to_owned(),
    }
}

/// The key that a path names, its percent signs decoded where that changes nothing about its place.
pub(super) fn key_in_path(sent: &Sent<'_>, parameter: &str) -> Option<Text> {
    let text = sent.parameter(parameter)?;
    if !text.decoded().contains('%') {
        return Some(text);
    }
    let mut bytes = Vec::new();
    let mut rest = text.decoded().as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    Some(Text::derived(std::str::from_utf8(&bytes).ok()?, text.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_between_host_and_query() {
        for (url, path) in [
            ("https://kms.eu-de.otc.t-systems.com/v1.0/p/kms?x=/1#y", "/v1.0/p/kms"),
            ("/v1.0/p", "/v1.0/p"),
            ("{{endpoint}}/v1.0/p", "/v1.0/p"),
            ("https://host", ""),
            ("", ""),
        ] {
            assert_eq!(&url[path_of(url)], path);
        }
    }
}
