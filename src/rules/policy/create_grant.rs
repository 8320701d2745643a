use crate::{
    facts::policy::{Family, among},
    finding::{Meta, Severity, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, NodeData, Policy, access::Who},
    text::Text,
};

pub struct CreateGrant;

impl Rule for CreateGrant {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow `kms:CreateGrant`, by name, to others than the account without a condition on the grant; and, as a warning, those that
        /// allow it where `kms:GrantIsForAWSResource` is false.
        ///
        /// ## Covers
        /// `create-grant-open`, `grant-bool-false`
        ///
        /// ## Why
        /// Who may create grants may give the key to anybody. `kms:GrantIsForAWSResource` is meant to be true: then only services of AWS get grants.
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:CreateGrant",
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:CreateGrant",
        ///       "Resource": "*",
        ///       "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add a condition: `kms:GrantIsForAWSResource` true, `kms:GrantOperations`, `kms:GranteePrincipal` or `kms:ViaService`.
        "policy-create-grant", "a grant hands out the key", Info, since "0.1.0",
        yields_to &[Yield::statement("policy-condition-value-count")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let grants = &facts.access().grants;
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            for test in &statement.conditions.tests {
                let Some(key) = test.key.known() else { continue };
                let negated = test.known_operator().is_none_or(|written| written.operator.family != Family::Bool);
                let is_false = |value: &&Node| match &value.data {
                    NodeData::Bool(bool) => !bool,
                    NodeData::String(text) => text.known().is_some_and(|text| text.eq_ignore_ascii_case("false")),
                    _ => false,
                };
                let named = key.eq_ignore_ascii_case(&grants.for_services);
                if let Some(value) = test.values.iter().find(is_false).filter(|_| named && !negated) {
                    cx.report(value, format!("{} lets grants go to others than services, and only to them", statement.name()))
                        .severity(Severity::Warning)
                        .label("the opposite of what it is for")
                        .help("write `true`, or deny where it is false")
                        .statement(statement);
                }
            }
            let narrowed = |key: &Text| key.known().is_none_or(|key| among(&grants.narrowed_by, key));
            if statement.conditions.open || statement.conditions.tests.iter().any(|test| narrowed(&test.key)) {
                continue;
            }
            let (Some(principals), Some(actions)) = (&statement.principals, statement.actions.as_ref().filter(|actions| !actions.negated))
            else {
                continue;
            };
            let others = principals.entries.iter().any(|entry| matches!(entry.who(), Who::Identity { .. }));
            if principals.negated || !others {
                continue;
            }
            for (action, covered) in actions.values.iter().zip(actions.covered(service)) {
                if covered.named(service).is_some_and(|action| action.name == grants.action) {
                    cx.report(action, format!("{} lets users or roles hand out the key", statement.name()))
                        .label("to anybody, for any use")
                        .help(format!("add a condition on the grant, such as `{}`", grants.for_services))
                        .statement(statement);
                }
            }
        }
    }
}
