use crate::{
    facts::policy::{ActionSet, Host},
    finding::{Meta, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Statement, access::actions},
};

pub struct ServiceActions;

impl Rule for ServiceActions {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow a service to create data keys and not to decrypt, where that service usually needs both, and the other way round.
        ///
        /// ## Covers
        /// `statement-no-effect-service`
        ///
        /// ## Why
        /// The integration fails when it is used: a topic does not take messages, a trail does not write.
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
        ///       "Principal": {"Service": "events.amazonaws.com"},
        ///       "Action": "kms:GenerateDataKey",
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
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
        ///       "Principal": {"Service": "events.amazonaws.com"},
        ///       "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Add the action that the message names.
        "policy-service-actions", "a service lacks an action that it usually needs", Info, since "0.1.0",
        yields_to &[Yield::statement("policy-principal-service"), Yield::statement("policy-action-unknown")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.is_comparable()) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let (Some(principals), Some(named)) = (&statement.principals, statement.actions.as_ref().filter(|actions| !actions.negated))
            else {
                continue;
            };
            let [deputy] = &*principals.entries else { continue };
            let Some(host) = deputy.host().filter(|_| deputy.is_service() && !principals.negated && !principals.open) else { continue };
            let Some(known) = facts.principals().service(&host.service).filter(|known| !known.needs.is_empty()) else { continue };
            if !named.is_known() {
                continue;
            }
            let others = policy.statements.iter().filter(|other| other.allows() && is_to(other, host));
            let allowed = others.fold(ActionSet::default(), |all, other| all.or(actions(other, service)));
            let used = service.where_is(|action| action.usages.is_some());
            if actions(statement, service).and(used).is_empty() {
                continue;
            }
            let lacks = |need: &&str| {
                let wanted = service.covered(need).set;
                !wanted.and(used).is_empty() && wanted.and(allowed).is_empty()
            };
            if let Some(need) = known.needs.iter().map(|need| &**need).find(lacks) {
                let name = known.name.as_deref().unwrap_or(&host.service);
                cx.report(&named.member.value, format!("{} lacks `{need}`, which {name} usually needs", statement.name()))
                    .label("not all that the service usually needs")
                    .help(format!("add `{need}`"))
                    .statement(statement);
            }
        }
    }
}

/// Whether a statement is about a service, or about everybody.
fn is_to(statement: &Statement, host: &Host) -> bool {
    statement.principals.as_ref().is_some_and(|principals| {
        principals.open
            || principals.entries.iter().any(|entry| match entry.value.known() {
                Some("*") | None => true,
                Some(_) => entry.host().is_some_and(|other| other.service == host.service),
            })
    })
}
