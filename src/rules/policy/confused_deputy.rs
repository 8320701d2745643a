use crate::{
    facts::policy::{Arn, Bound, Family, PolicyFacts, among},
    finding::{Meta, Severity, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{
        Condition, Node, Policy, Principal, Statement,
        access::{Known, actions, is_about_resource, is_bounded_by_deny, is_fixed},
    },
    text::Text,
};

pub struct ConfusedDeputy;

impl Rule for ConfusedDeputy {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow something to a service, without a condition on whom the service calls for: `aws:SourceArn`, `aws:SourceAccount`,
        /// `aws:SourceOrgID`, `aws:SourceOrgPaths`, or the encryption context, as CloudWatch Logs is held to one. The test must not hold where the request
        /// lacks the key. Actions that only show how a key is set up do not count, nor do grants for services of AWS. A service whose calls do not say for whom they are in some
        /// of its uses, as EventBridge does for encrypted SNS topics, is worth knowing and no warning. And `aws:SourceArn` with the ARN of a bucket, which has no account in it, without the account beside it.
        ///
        /// ## Covers
        /// `confused-deputy-s3-account`
        ///
        /// ## Why
        /// Another customer of the service can make it use the key for him. The name of a bucket can be taken by another account once the bucket is gone.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"Service": "sns.amazonaws.com"},
        ///       "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"Service": "sns.amazonaws.com"},
        ///       "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add `aws:SourceAccount` or `aws:SourceArn` with the account, or the resource, for which the service calls.
        "policy-confused-deputy", "a service may use the key for anybody", Warning, since "0.1.0",
        yields_to &[Yield::statement("policy-principal-service"), Yield::statement("policy-principal-not-caller"),
            Yield::statement("policy-condition-key-absent"), Yield::place("policy-condition-source-arn")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.is_comparable()) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else { continue };
            // What is no host at all is another finding.
            let services = principals.entries.iter().filter(|entry| entry.is_service() && !entry.value.known_prefix().contains(':'));
            let silent = |entry: &&Principal| facts.principals().service(&entry.host()?.service)?.source_unknown_for.as_deref();
            let Some(deputy) = services.clone().find(|entry| silent(entry).is_none()).or_else(|| services.clone().next()) else { continue };
            if is_about_resource(policy, statement) == Known::No {
                continue;
            }
            without_account(statement, facts, cx);
            let allowed = actions(statement, service);
            let matters = service.of(allowed).any(|action| !action.metadata && !is_grant_for_services(statement, &action.name, facts));
            let sources = |key: &str| facts.access().is_source_of_calls(key);
            if !matters || is_bounded_by_deny(policy, statement, facts, service, sources) {
                continue;
            }
            match source(statement, facts) {
                Source::Told => {}
                Source::Missing => {
                    let name = deputy.value.shown();
                    let uses = silent(&deputy);
                    let source = &facts.access().resource_without_account;
                    let (account, arn) = (source.account(), &source.key);
                    let help = uses.map_or_else(
                        || format!("add a condition on `{account}` or `{arn}`, or on the encryption context where the service has one"),
                        |uses| {
                            format!(
                                "unless it is for {uses}, where `{name}` does not say, add a condition on `{account}` or `{arn}`; there the encryption context can bound it"
                            )
                        },
                    );
                    cx.report(statement, format!("{} lets `{name}` use the {} for anybody", statement.name(), policy.kind.resource()))
                        .label("no condition on whom it calls for")
                        .also_at(deputy.value.origin().span, "this service")
                        .severity(if uses.is_some() { Severity::Info } else { Severity::Warning })
                        .help(help)
                        .statement(statement);
                }
                Source::IfExists(test) => {
                    cx.report(&test.operator, format!("{} holds for calls without `{}`", statement.name(), test.key.decoded()))
                        .label("holds where the request lacks the key")
                        .help("write the operator without it, so that the request must have the key")
                        .statement(statement);
                }
            }
        }
    }
}

/// What a statement says of whom a service calls for.
enum Source<'s> {
    Told,
    IfExists(&'s Condition),
    Missing,
}

fn source<'s>(statement: &'s Statement, facts: &PolicyFacts) -> Source<'s> {
    if statement.conditions.open {
        return Source::Told;
    }
    let mut found = Source::Missing;
    for test in &statement.conditions.tests {
        let Some(key) = test.key.known() else { return Source::Told };
        // A key or an operator that is none is another finding.
        let (Some(_), Some(written)) = (test.known_key(), test.known_operator()) else { return Source::Told };
        if !facts.access().is_source_of_calls(key) || written.operator.negated {
            continue;
        }
        let is_there = test.values.iter().any(|value| value.as_text().and_then(Text::known) == Some("false"));
        if written.operator.family == Family::Null && !is_there {
            continue;
        }
        let holds_when_absent = written.if_exists || written.qualifier.is_some_and(|qualifier| qualifier.true_when_absent);
        let wildcards = written.operator.wildcards || written.operator.family == Family::Arn;
        let anything = test.values.iter().any(|value| is_anybodys(value, facts.access().bound(key), wildcards));
        match (holds_when_absent, anything) {
            (false, false) => return Source::Told,
            (true, false) => found = Source::IfExists(test),
            (_, true) => {}
        }
    }
    found
}

/// Whether a value leaves open for whose account a service calls. What a service says of itself, an encryption context, may name a resource.
fn is_anybodys(value: &Node, bound: Option<Bound>, wildcards: bool) -> bool {
    let Some(known) = value.as_text().and_then(Text::known) else { return false };
    match bound {
        _ if known == "*" => true,
        // What is no ARN never matches, which is another finding.
        Some(Bound::Arn) => known.contains(['*', '?']) && !is_fixed(value, Bound::Arn, wildcards),
        Some(bound) => !is_fixed(value, bound, wildcards),
        None => Arn::of(known).is_some_and(|_| !is_fixed(value, Bound::Arn, wildcards)),
    }
}

/// Whether an action makes grants for services of AWS only, which narrow themselves.
fn is_grant_for_services(statement: &Statement, action: &str, facts: &PolicyFacts) -> bool {
    let grants = &facts.access().grants;
    *grants.action == *action
        && statement.conditions.tests.iter().any(|test| test.key.known().is_some_and(|key| key.eq_ignore_ascii_case(&grants.for_services)))
}

/// ARNs without an account, and no account beside them.
fn without_account(statement: &Statement, facts: &PolicyFacts, cx: &mut Context<'_>) {
    let wanted = &facts.access().resource_without_account;
    let beside = |test: &Condition| test.key.known().is_none_or(|key| among(&wanted.beside, key));
    if statement.conditions.open || statement.conditions.tests.iter().any(beside) {
        return;
    }
    for test in statement.conditions.tests.iter().filter(|test| test.key.known().is_some_and(|key| wanted.key.eq_ignore_ascii_case(key))) {
        let negated = test.known_operator().is_none_or(|written| written.operator.negated);
        for text in test.values.iter().filter_map(|value| value.as_text()).filter(|_| !negated) {
            let lacks = text.known().is_some_and(|arn| Arn::of(arn).is_some_and(|arn| arn.account.is_empty()));
            if lacks {
                cx.report(text, format!("{} tests an ARN without an account", statement.name()))
                    .label("the name may be taken by another account")
                    .help(format!("add `{}` with the account", wanted.account()))
                    .statement(statement)
                    .identity(format!("{} {}", statement.identity(), text.decoded()));
            }
        }
    }
}
