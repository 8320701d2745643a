use super::{Refusal, quote, quote_str, refusal, rewrite};
use crate::{
    facts::policy::{Family, PolicyFacts, nearest},
    finding::{Meta, Severity, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Form, Policy, Statement},
};

pub struct ConditionOperator;

impl Rule for ConditionOperator {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each member of `Condition` is an operator, with `ForAllValues:` or `ForAnyValue:` before it and `IfExists` behind it where
        /// that is meant. A condition key in the operator's place is told apart from a slip. Other letter case is accepted; `Null` takes no
        /// `IfExists` and needs nothing before it.
        ///
        /// ## Covers
        /// `condition-operator-unknown`, `condition-inverted`, `condition-operator-case`, `condition-null-ifexists`,
        /// `condition-null-qualifier`
        ///
        /// ## Why
        /// The services refuse a policy with an operator that they do not know.
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
        ///       "Condition": { "StringEqual": { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }
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
        ///       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the operator that is nearest, or the documented letter case. The first is unsafe: another one may be meant.
        "policy-condition-operator", "a condition operator that does not exist", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            let Some(operators) = statement.conditions.member.as_ref().and_then(|member| member.value.as_object()) else { continue };
            for member in operators.members.iter() {
                let Some(written) = member.name.known() else { continue };
                let Some(found) = judge(written, facts, statement, refusal) else { continue };
                let report = cx
                    .report(&member.name.origin(), format!("{} {}", quote(&member.name), found.what))
                    .severity(found.severity)
                    .label(found.label)
                    .help(found.help)
                    .identity(written)
                    .statement(statement);
                if let Some((meant, safety)) = found.meant
                    && let Some(fix) = rewrite(&member.name, &meant, safety, "write the operator")
                {
                    report.fix(fix);
                }
            }
        }
    }
}

struct Found {
    severity: Severity,
    what: &'static str,
    label: &'static str,
    help: String,
    meant: Option<(String, Safety)>,
}

/// What is wrong with an operator as it is written; `None` where nothing is.
fn judge(written: &str, facts: &PolicyFacts, statement: &Statement, refusal: Refusal<'_>) -> Option<Found> {
    let Some(found) = facts.operator(written) else {
        if facts.is_key_shaped(written) {
            let help = match statement.form() {
                Form::DataSource => format!("write the operator as `test`, and {} as `variable`{refusal}", quote_str(written)),
                Form::Json => format!(
                    "write the operator first and the key in it: `{{ \"{}\": {{ \"{written}\": … }} }}`{refusal}",
                    facts.exact_equals()
                ),
                Form::Object => format!(
                    "write the operator first and the key in it: `{{ {} = {{ \"{written}\" = … }} }}`{refusal}",
                    facts.exact_equals()
                ),
            };
            let (what, label) = ("is a condition key where an operator belongs", "a condition key");
            return Some(Found { severity: Severity::Error, what, label, help, meant: None });
        }
        let meant = near(written, facts);
        let help = meant.as_ref().map_or_else(|| "check its spelling".to_owned(), |meant| format!("did you mean {}?", quote_str(meant)));
        let meant = meant.map(|meant| (meant, Safety::Unsafe));
        let (what, label) = ("is no condition operator", "does not exist");
        return Some(Found { severity: Severity::Error, what, label, help: format!("{help}{refusal}"), meant });
    };
    let null = found.operator.family == Family::Null;
    if null && found.if_exists {
        let help = format!("write {}, which says itself whether the key is there{refusal}", quote_str(&found.operator.name));
        let (what, label) = ("asks twice whether the key is there", "takes no such ending");
        return Some(Found { severity: Severity::Error, what, label, help, meant: None });
    }
    if null && found.qualifier.is_some() {
        let meant = found.operator.name.to_string();
        let help = format!("write {}", quote_str(&meant));
        let (what, label) = ("asks of each value whether the key is there", "says no more than without");
        return Some(Found { severity: Severity::Info, what, label, help, meant: Some((meant, Safety::Safe)) });
    }
    if found.exact {
        return None;
    }
    let documented = found.documented(facts.if_exists());
    let help = format!("write {}", quote_str(&documented));
    let (what, label) = ("is not written as it is documented", "another letter case");
    Some(Found { severity: Severity::Info, what, label, help, meant: Some((documented, Safety::Safe)) })
}

/// The operator that is nearest, each of its parts for itself.
fn near(written: &str, facts: &PolicyFacts) -> Option<String> {
    const FAR: usize = 4;
    let (before, rest) = written.rsplit_once(':').map_or((None, written), |(before, rest)| (Some(before), rest));
    let ending = facts.if_exists();
    let cut = rest.len().saturating_sub(ending.len());
    let has_ending = rest.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(ending));
    let name = if has_ending { &rest[..cut] } else { rest };
    let name = nearest(name, facts.operators().map(|operator| &*operator.name), FAR)?;
    let before = match before {
        Some(before) => format!("{}:", nearest(before, facts.qualifiers().map(|qualifier| &*qualifier.name), FAR)?),
        None => String::new(),
    };
    Some(format!("{before}{name}{}", if has_ending { ending } else { "" }))
}
