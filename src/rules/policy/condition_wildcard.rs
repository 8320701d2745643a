use super::{quote, quote_str, rewrite};
use crate::{
    facts::policy::Family,
    finding::{Meta, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionWildcard;

impl Rule for ConditionWildcard {
    const META: Meta = meta! {
        /// ## What it checks
        /// Values with `*` or `?` under an operator that compares the characters as they are: `StringEquals` and its siblings. Policy
        /// variables are left out, and so is a `?` in an address of the web.
        ///
        /// ## Covers
        /// `condition-wildcard-no-like`
        ///
        /// ## Why
        /// The wildcard is one more character: an `Allow` never applies, a `Deny` with `StringNotEquals` always does.
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
        ///       "Condition": { "StringEquals": { "kms:ViaService": "s3.*.amazonaws.com" } }
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
        ///       "Condition": { "StringLike": { "kms:ViaService": "s3.*.amazonaws.com" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the operator that takes wildcards, where this key is the only one under it. Unsafe: the character itself may be meant.
        "policy-condition-wildcard", "a wildcard where the operator takes none", Warning, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                if operator.operator.family != Family::String || operator.operator.wildcards {
                    continue;
                }
                let like = facts.like(operator.operator);
                let alone =
                    statement.conditions.tests.iter().filter(|other| other.operator.origin().span == test.operator.origin().span).count()
                        == 1;
                for value in test.values.iter() {
                    let Some(text) = value.as_text() else { continue };
                    if !text.known().is_some_and(has_wildcard) {
                        continue;
                    }
                    let help = like.map_or_else(
                        || "write each value".to_owned(),
                        |like| format!("use {}, or write each value", quote_str(&like.name)),
                    );
                    let report = cx
                        .report(&value.origin, format!("{} takes no wildcard, and {} has one", quote(&test.operator), quote(text)))
                        .label("compared as it is written")
                        .help(help)
                        .identity(format!("{} {}", test.key.decoded(), text.decoded()))
                        .statement(statement);
                    let with_parts =
                        like.filter(|_| alone).map(|like| test.operator.decoded().replace(&*operator.operator.name, &like.name));
                    if let Some(fix) =
                        with_parts.and_then(|like| rewrite(&test.operator, &like, Safety::Unsafe, "use the operator that takes wildcards"))
                    {
                        report.fix(fix);
                    }
                }
            }
        }
    }
}

/// Whether `*` or `?` stands outside of variables; in an address of the web a `?` begins its query.
fn has_wildcard(text: &str) -> bool {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(start) = rest.find("${") {
        plain.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { return false };
        rest = &rest[start + end + 1..];
    }
    plain.push_str(rest);
    plain.contains('*') || (plain.contains('?') && !plain.contains("://"))
}
