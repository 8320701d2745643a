use crate::{
    facts::policy::{Family, among},
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Condition, Policy, PolicyKind, access::actions},
};

pub struct DenyCondition;

impl Rule for DenyCondition {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that deny the use of the key where the network is another one, without a test that spares the calls of services; and, as info,
        /// those with a negated operator on a key that some requests lack, such as `kms:ViaService`.
        ///
        /// ## Covers
        /// `deny-network-breaks-services`, `deny-negated-absent`
        ///
        /// ## Why
        /// A negated test holds where the request has no such key. When Amazon S3 or Amazon EBS calls AWS KMS for somebody, the call does not come from
        /// his network.
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
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}
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
        ///       "Effect": "Deny",
        ///       "Principal": "*",
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}, "Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add `Bool` tests for `aws:ViaAWSService` and `aws:PrincipalIsAWSService` false, or write the operator with `IfExists`.
        "policy-deny-condition", "a Deny also meets requests that lack the key", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let access = facts.access();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.kind == PolicyKind::Key) else { return };
        let used = service.where_is(|action| action.reaches_resource() && action.usages.is_some());
        for statement in policy.statements.iter().filter(|statement| statement.denies() && !statement.conditions.open) {
            let tests = &statement.conditions.tests;
            let (Some(condition), true) =
                (&statement.conditions.member, tests.iter().all(|test| test.key.is_known() && test.operator.is_known()))
            else {
                continue;
            };
            let negated = |test: &Condition| test.known_operator().is_some_and(|written| written.operator.negated && !written.if_exists);
            let spared = |test: &Condition| among(&access.networks.spared_by, test.key.decoded());
            let network = tests.iter().any(|test| negated(test) && among(&access.networks.keys, test.key.decoded()));
            if network && !tests.iter().any(spared) && !actions(statement, service).and(used).is_empty() {
                cx.report(&condition.value, format!("{} also denies the calls that services make for somebody", statement.name()))
                    .label("these come from another network")
                    .help(format!(
                        "spare them: add a test of `{}` that is false",
                        access.networks.spared_by.first().map(|key| &**key).unwrap_or_default()
                    ))
                    .statement(statement);
            }
            let guarded = |key: &str| {
                tests.iter().any(|test| {
                    test.key.decoded().eq_ignore_ascii_case(key)
                        && test.known_operator().is_some_and(|written| written.operator.family == Family::Null)
                })
            };
            for test in tests.iter().filter(|test| negated(test) && among(&access.absent_from_some, test.key.decoded())) {
                if !guarded(test.key.decoded()) {
                    cx.report(&test.key, format!("{} also denies requests without `{}`", statement.name(), test.key.decoded()))
                        .severity(Severity::Info)
                        .label("a negated test holds where the key is absent")
                        .help("write the operator with `IfExists`, unless that is meant")
                        .statement(statement)
                        .identity(format!("{} {}", statement.identity(), test.key.decoded()));
                }
            }
        }
    }
}
