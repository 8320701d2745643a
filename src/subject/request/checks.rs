//! What a schema cannot say of a body: identifiers, members that do not go together, bytes, secrets, names of policies.

use super::{Violation, ViolationKind, entries, forms, quote, string, text};
use crate::{
    config::AwsConfig,
    facts::{
        Facts,
        requests::{ArnPart, Bytes, Member, NotTogether, Operation},
    },
    source::Span,
    syntax::{Kind, NodeId, Tree},
};

/// Looks at the members of a body that the operation says more about.
pub(super) struct Checks<'a> {
    pub tree: &'a Tree,
    pub body: NodeId,
    pub operation: &'a Operation,
    pub facts: &'a Facts,
    pub aws: &'a AwsConfig,
}

impl Checks<'_> {
    /// Everything that is wrong, in no order.
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        for (pattern, about) in &self.operation.members {
            for (name, node) in self.places(pattern) {
                self.member(&name, node, about, &mut found);
            }
        }
        found.extend(self.operation.not_together.iter().filter_map(|rule| self.together(rule)));
        self.policy(&mut found);
        for name in &self.operation.without_effect_when_empty {
            let Some(list) = self.get(name).filter(|list| self.tree.kind(*list) == Kind::Tuple) else { continue };
            if self.tree.children_rev(list).next().is_none() {
                found.push(Violation {
                    kind: ViolationKind::WithoutEffect,
                    severity: None,
                    fix: None,
                    also: None,
                    span: self.tree.span(list),
                    message: format!("`{name}` is empty, so {} does nothing", self.operation.id),
                    label: "no entry".to_owned(),
                    help: "add an entry, or delete the request".to_owned(),
                    identity: name.clone(),
                });
            }
        }
        found
    }

    fn get(&self, name: &str) -> Option<NodeId> {
        super::exact_member(self.tree, self.body, name)
    }

    /// What a pointer with `*` for entries names, and how a message names it.
    fn places(&self, pattern: &str) -> Vec<(String, NodeId)> {
        let mut places = vec![(String::new(), self.body)];
        for step in pattern.split('/').skip(1) {
            let next = places.into_iter().flat_map(|(name, node)| -> Vec<(String, NodeId)> {
                if step == "*" {
                    let entries = if self.tree.kind(node) == Kind::Tuple { self.tree.children(node) } else { Vec::new() };
                    entries.into_iter().map(|entry| (name.clone(), entry)).collect()
                } else {
                    super::exact_member(self.tree, node, step).map(|value| (format!("`{step}`"), value)).into_iter().collect()
                }
            });
            places = next.collect();
        }
        places
    }

    fn member(&self, name: &str, node: NodeId, about: &Member, found: &mut Vec<Violation>) {
        let (tree, id) = (self.tree, self.operation.id.as_str());
        if let Some(instead) = &about.instead
            && kind_name(tree.kind(node)) == instead.r#type
        {
            found.push(Violation {
                kind: ViolationKind::Type,
                severity: Some(instead.severity),
                fix: None,
                also: None,
                span: tree.span(node),
                message: format!("{name} is {}, and it is not certain that {id} takes it", super::shape::article(tree.kind(node))),
                label: "perhaps the wrong type".to_owned(),
                help: instead.says.clone(),
                identity: name.to_owned(),
            });
        }
        if tree.kind(node) != Kind::String {
            return;
        }
        let value = text(tree, node);
        // That it is empty is the schema's to say.
        let Some(known) = value.known().filter(|known| !known.is_empty()) else { return };
        found.extend(forms::violation(&value, about, name, id, self.facts, ViolationKind::Identifier));
        found.extend(forms::elsewhere(&value, about, name, id, self.aws, self.facts));
        if about.secret {
            found.extend(secret(tree, node, name, name));
        }
        if let Some(bytes) = &about.bytes {
            found.extend(self.length(name, node, known.len(), bytes));
        }
        if let Some(bytes) = &about.base64 {
            match decoded_length(known) {
                Some(length) => found.extend(self.length(name, node, length, bytes)),
                None => found.push(self.value(node, format!("{name} is not Base64"), "not Base64", "encode the bytes as Base64", name)),
            }
        }
        if let Some(other) = &about.not_region_of {
            found.extend(self.same_region(name, node, known, other));
        }
    }

    fn value(&self, node: NodeId, message: String, label: &str, help: &str, name: &str) -> Violation {
        Violation {
            kind: ViolationKind::Value,
            severity: None,
            fix: None,
            also: None,
            span: self.tree.span(node),
            message,
            label: label.to_owned(),
            help: help.to_owned(),
            identity: name.to_owned(),
        }
    }

    fn length(&self, name: &str, node: NodeId, length: usize, bytes: &Bytes) -> Option<Violation> {
        let id = &self.operation.id;
        let accepted = match bytes {
            Bytes { min, max, .. } if min == max => format!("{max}"),
            Bytes { min: 0, max, .. } => format!("at most {max}"),
            Bytes { min, max, .. } => format!("{min} to {max}"),
        };
        let answer = bytes.refused_with.as_ref().map(|error| format!("; the service answers {error}")).unwrap_or_default();
        (!(bytes.min..=bytes.max).contains(&length)).then(|| {
            let label = if length > bytes.max { "too long" } else { "too short" };
            let help = format!("write {accepted} bytes{answer}");
            self.value(node, format!("{name} has {length} bytes, {id} accepts {accepted}"), label, &help, name)
        })
    }

    /// A copy goes to another Region.
    fn same_region(&self, name: &str, node: NodeId, region: &str, other: &str) -> Option<Violation> {
        let about = self.operation.members.get(other)?;
        let (_, arn) = self.places(other).into_iter().next()?;
        let value = (self.tree.kind(arn) == Kind::String).then(|| text(self.tree, arn))?;
        let known = value.known()?;
        let range = forms::part(&value, about, ArnPart::Region, self.facts)?;
        (known[range.clone()] == *region).then(|| Violation {
            kind: ViolationKind::Together,
            severity: None,
            fix: None,
            also: None,
            span: self.tree.span(node),
            message: format!("{name} is `{region}`, where the original is already"),
            label: "the same Region".to_owned(),
            help: "name another Region".to_owned(),
            identity: region.to_owned(),
        })
    }

    fn together(&self, rule: &NotTogether) -> Option<Violation> {
        let nodes: Vec<NodeId> = rule.members.iter().map(|name| self.get(name)).collect::<Option<_>>()?;
        let holds = rule.when.iter().all(|(name, wanted)| {
            self.get(name).is_some_and(|node| string(self.tree, node).is_some_and(|given| *wanted == given.as_str()))
        });
        let is_null = nodes.iter().any(|node| self.tree.kind(*node) == Kind::Null);
        if !holds || is_null {
            return None;
        }
        let quoted: Vec<String> = rule.members.iter().map(|name| format!("`{name}`")).collect();
        let message = match rule.when.iter().next() {
            Some((name, value)) => format!("{} does not go with `{name}` {value}: {}", quoted.join(", "), rule.says),
            None => format!("{} do not go together: {}", quoted.join(" and "), rule.says),
        };
        let answer = rule.refused_with.as_ref().map(|error| format!("; the service answers {error}")).unwrap_or_default();
        Some(Violation {
            kind: ViolationKind::Together,
            severity: Some(rule.severity),
            fix: None,
            also: None,
            span: self.key_span(rule.members.last()?),
            message,
            label: "one too many".to_owned(),
            help: format!("{}{answer}", rule.help),
            identity: rule.members.join(" "),
        })
    }

    /// Where the name of a member stands.
    fn key_span(&self, name: &str) -> Span {
        let named = entries(self.tree, self.body).filter(|(key, _)| string(self.tree, *key).as_deref() == Some(name)).last();
        self.tree.span(named.map_or(self.body, |(key, _)| key))
    }

    fn policy(&self, found: &mut Vec<Violation>) {
        let Some(policy) = &self.operation.policy else { return };
        let id = &self.operation.id;
        if let Some(name) = &policy.name
            && let Some(node) = self.get(&name.member)
            && self.tree.kind(node) == Kind::String
            && let Some(given) = text(self.tree, node).known().filter(|given| !name.takes.iter().any(|takes| takes == given))
            // That it is empty is the schema's to say.
            && !given.is_empty()
        {
            let wanted = name.takes.join("` or `");
            let answer = name.refused_with.as_ref().map(|error| format!("; the service answers {error}")).unwrap_or_default();
            found.push(Violation {
                kind: ViolationKind::PolicyName,
                severity: None,
                fix: None,
                also: None,
                span: self.tree.span(node),
                message: format!("`{}` is {}, {id} takes `{wanted}` only", name.member, quote(given)),
                label: "another name".to_owned(),
                help: format!("write `{wanted}`, or leave `{}` out{answer}", name.member),
                identity: given.to_owned(),
            });
        }
    }
}

/// A literal that is a secret. The value is in none of the texts.
pub(super) fn secret(tree: &Tree, node: NodeId, what: &str, identity: &str) -> Option<Violation> {
    if tree.kind(node) != Kind::String {
        return None;
    }
    let value = text(tree, node);
    let known = value.known().filter(|known| !known.trim().is_empty())?;
    // The command line of AWS reads such a value from a file.
    if ["file://", "fileb://"].iter().any(|scheme| known.starts_with(scheme)) {
        return None;
    }
    Some(Violation {
        kind: ViolationKind::Secret,
        severity: None,
        fix: None,
        also: None,
        span: tree.span(node),
        message: format!("{what} is written in this file in plain text"),
        label: "a secret".to_owned(),
        help: "write a placeholder such as `${SECRET}` and fill it in when the request is sent; replace the secret if the file was shared"
            .to_owned(),
        identity: identity.to_owned(),
    })
}

/// How many bytes a text in Base64 stands for; `None` where it is none.
fn decoded_length(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let is_data = data.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'));
    let whole = padding == 0 || (padding <= 2 && text.len().is_multiple_of(4));
    (is_data && whole && data.len() % 4 != 1).then_some(data.len() * 3 / 4)
}

/// As JSON Schema names a type.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Tuple => "array",
        Kind::Object => "object",
        Kind::String => "string",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_measured_without_decoding_it() {
        for (text, length) in [
            ("", Some(0)),
            ("YQ==", Some(1)),
            ("YWI=", Some(2)),
            ("YWJj", Some(3)),
            ("YWI", Some(2)),
            ("YQ=", None),
            ("a b", None),
            ("Y", None),
        ] {
            assert_eq!(decoded_length(text), length, "{text}");
        }
    }
}
