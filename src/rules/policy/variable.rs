use super::quote_str;
use crate::{
    facts::policy::{PolicyFacts, ServicePolicy, nearest},
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Statement},
    text::Text,
};

pub struct Variable;

impl Rule for Variable {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each `${…}` is a policy variable in its place: closed, not empty, without a space, with its default in single quotes; in
        /// `Resource` and in condition values with an operator for strings or ARNs, and nowhere else; and the name of a condition key with
        /// one value. Before version 2012-10-17 `${…}` is no variable at all, but four characters and a name.
        ///
        /// ## Covers
        /// `variable-version`, `variable-brace`, `variable-empty`, `variable-space`, `variable-quote`, `variable-element`,
        /// `variable-operator`, `variable-unknown`
        ///
        /// ## Why
        /// A broken variable is not valid in a policy. A name that no request has makes the comparison fail, and in an old version the text
        /// is compared as it is written.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:EncryptionContext:user": "${aws:user}" } }
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "Admin",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "App",
        ///       "Effect": "Allow",
        ///       "Principal": { "AWS": "arn:aws:iam::111122223333:role/App" },
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:EncryptionContext:user": "${aws:username}" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Mend the variable. For an old version, write `"Version": "2012-10-17"`.
        "policy-variable", "a policy variable that the service cannot read", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        // Most documents have none, nor an escape that could stand for the sign.
        if memchr::memchr2(b'$', b'\\', policy.text.decoded().as_bytes()).is_none() {
            return;
        }
        let judge = Judge { policy, service, facts, is_old: is_old(policy) };
        for statement in &policy.statements {
            let principals = statement.principals.iter().flat_map(|principals| &principals.entries).map(|entry| &entry.value);
            let actions = statement.actions.iter().flat_map(|actions| &actions.values);
            let keys = statement.conditions.tests.iter().map(|test| &test.key);
            for text in principals.chain(actions).chain(keys) {
                judge.report(text, Where::Elsewhere, statement, cx);
            }
            for text in statement.resources.iter().flat_map(|resources| &resources.values) {
                judge.report(text, Where::Compared, statement, cx);
            }
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let place = if operator.operator.variables { Where::Compared } else { Where::OtherOperator };
                for text in test.values.iter().filter_map(|value| value.as_text()) {
                    judge.report(text, place, statement, cx);
                }
            }
        }
    }
}

/// Where a variable stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Where it is replaced.
    Compared,
    /// In a value of an operator that replaces none.
    OtherOperator,
    /// In an element that has none.
    Elsewhere,
}

struct Judge<'a> {
    policy: &'a Policy,
    service: &'a ServicePolicy,
    facts: &'a PolicyFacts,
    is_old: bool,
}

/// Whether the version of a document certainly knows no variables.
fn is_old(policy: &Policy) -> bool {
    match policy.element("Version") {
        Some(_) => policy.version().is_some_and(|version| version.starts_with("2008")),
        None => policy.object().is_some_and(|object| !object.open),
    }
}

impl Judge<'_> {
    /// Reports the first variable of a text that is wrong.
    fn report(&self, text: &Text, place: Where, statement: &Statement, cx: &mut Context<'_>) {
        let Some(written) = text.known().filter(|written| written.contains("${")) else { return };
        let found = variables(written).find_map(|(start, end, inner)| Some((start, end, self.judge(inner, place)?)));
        let Some((start, end, (severity, what, help))) = found else { return };
        let shown = quote_str(&written[start..end]);
        cx.report(&text.origin_of(start as u32..end as u32), format!("{shown} {what}"))
            .severity(severity)
            .label(if severity == Severity::Error { "not a variable here" } else { "never what is meant" })
            .help(help)
            .identity(written)
            .statement(statement);
    }

    /// What is wrong with what stands between `${` and `}`; `None` inside for no closing brace.
    fn judge(&self, inner: Option<&str>, place: Where) -> Option<(Severity, &'static str, String)> {
        let error = |what, help: &str| Some((Severity::Error, what, help.to_owned()));
        if self.is_old {
            let closed = inner.is_some_and(|inner| inner.contains(':'));
            let help = format!(
                "write {}",
                quote_str(&self.policy.form().element("Version", self.facts.versions().first().map_or("", |version| version)))
            );
            return (closed && place == Where::Compared).then_some((
                Severity::Warning,
                "is no variable in this version of the language",
                help,
            ));
        }
        match place {
            Where::Compared => {}
            Where::OtherOperator => return error("stands under an operator that replaces no variables", "write the value itself"),
            Where::Elsewhere => return error("stands where no variable is replaced", "write the value itself"),
        }
        let Some(inner) = inner else { return error("has no closing brace", "close it with `}`") };
        if ["*", "?", "$"].contains(&inner) {
            return None;
        }
        let (name, default) = inner.split_once(',').map_or((inner, None), |(name, default)| (name, Some(default.trim_start_matches(' '))));
        if name.is_empty() {
            return error("is empty", "write the name of a condition key in it");
        }
        if name.contains(' ') {
            return error("has a space in its name", "leave the space out");
        }
        let quoted = |default: &str| default.len() > 1 && default.starts_with('\'') && default.ends_with('\'');
        if default.is_some_and(|default| !quoted(default)) {
            return error("has a default without quotes", "write the default in single quotes");
        }
        let prefix = name.split(':').next().unwrap_or_default();
        if prefix == name || !self.facts.is_key_shaped(name) {
            return None;
        }
        match self.facts.key_in(self.service, name) {
            Some(key) if !key.several => None,
            Some(_) => Some((Severity::Warning, "has several values, and no text stands for them", "use a key with one value".to_owned())),
            None => {
                let near = nearest(name, self.facts.key_names(prefix).filter(|key| !key.contains("${")), 4);
                let help = near.map_or_else(
                    || format!("use a key that requests to {} have", self.policy.kind.prefix()),
                    |near| format!("did you mean {}?", quote_str(&format!("${{{near}}}"))),
                );
                Some((Severity::Warning, "is in no request", help))
            }
        }
    }
}

/// Each `${…}` of a text: where it begins and ends, and what is inside. `None` inside: it does not end.
fn variables(text: &str) -> impl Iterator<Item = (usize, usize, Option<&str>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find("${")?;
        let inner = start + 2;
        match text[inner..].find(['}', '{']).filter(|end| text[inner + end..].starts_with('}')) {
            Some(end) => {
                at = inner + end + 1;
                Some((start, at, Some(&text[inner..inner + end])))
            }
            None => {
                at = text.len();
                Some((start, at, None))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_end_at_their_brace() {
        let found: Vec<_> = variables("a-${own:username}/${*}${x").collect();
        assert_eq!(found, [(2, 17, Some("own:username")), (18, 22, Some("*")), (22, 25, None)]);
        assert_eq!(variables("${a${b}").count(), 1);
        assert_eq!(variables("$ { } {").count(), 0);
    }
}
