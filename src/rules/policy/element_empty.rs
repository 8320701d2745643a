use super::refusal;
use crate::{
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ElementEmpty;

impl Rule for ElementEmpty {
    const META: Meta = meta! {
        /// ## What it checks
        /// Elements with nothing in them: `Statement` and principals (the service refuses these), actions and resources (the statement does nothing: a
        /// warning), `Sid` (info).
        ///
        /// ## Covers
        /// `statement-empty`, `principal-empty`, `action-empty`, `resource-empty`, `sid-empty`
        ///
        /// ## Why
        /// A list that was filled by a variable or a condition, and is empty in one environment.
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
        ///       "Principal": {"AWS": []},
        ///       "Action": "kms:Decrypt",
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Leave the statement out where the list is empty.
        "policy-element-empty", "an element of a policy is empty", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        if let Some(member) = policy.element("Statement")
            && member.value.as_list().is_some_and(|list| list.items.is_empty() && !list.open)
            && policy.problems.is_empty()
        {
            cx.report(&member.value, format!("the {} has no statement", policy.kind.noun()))
                .label("an empty list")
                .help(format!("write the statement that lets the account administer the {}{refusal}", policy.kind.resource()));
        }
        for statement in &policy.statements {
            if let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.open)
                && principals.entries.iter().all(|entry| entry.value.known() == Some(""))
            {
                let message = format!("{} names nobody in `{}`", statement.name(), principals.member.name.decoded());
                cx.report(&principals.member.value, message)
                    .label("nobody")
                    .help(format!("name a principal, or leave the statement out{refusal}"))
                    .statement(statement);
            }
            for strings in [&statement.actions, &statement.resources].into_iter().flatten() {
                if !strings.open && strings.values.iter().all(|value| value.known() == Some("")) {
                    let name = strings.member.name.decoded();
                    cx.report(&strings.member.value, format!("`{name}` of {} is empty", statement.name()))
                        .severity(Severity::Warning)
                        .label("nothing")
                        .help("leave the statement out: it does nothing")
                        .statement(statement);
                }
            }
            if let Some(sid) = statement.sid.as_ref().filter(|sid| sid.known() == Some("")) {
                cx.report(sid, format!("the `Sid` of {} is empty", statement.name()))
                    .severity(Severity::Info)
                    .label("says nothing")
                    .help("take it out, or give the statement a name")
                    .statement(statement);
            }
        }
    }
}
