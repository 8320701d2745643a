use std::collections::BTreeSet;

use super::removal;
use crate::{
    facts::policy::{ActionSet, PolicyFacts, ServicePolicy},
    finding::{Meta, Severity, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Condition, Effect, Form, Node, NodeData, Policy, Principal, Statement, Strings, access::actions},
};

pub struct StatementRedundant;

impl Rule for StatementRedundant {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that say nothing that another does not: of the same effect, for the same principals or fewer, the same actions or fewer, under the
        /// same conditions or further ones. Two that are equal but for the `Sid` are a warning: the second was meant to differ. A statement for a role
        /// beside one for its account is not covered: the account's only hands the decision to policies of users and roles.
        ///
        /// ## Covers
        /// `statement-duplicate`
        ///
        /// ## Why
        /// It makes reviews longer, and it hides a slip.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [
        ///     {
        ///       "Sid": "A",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "B",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": ["kms:Decrypt", "kms:Encrypt"],
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "C",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
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
        ///       "Sid": "A",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        ///       "Action": "kms:*",
        ///       "Resource": "*"
        ///     },
        ///     {
        ///       "Sid": "B",
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": ["kms:Decrypt", "kms:Encrypt"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take it out.
        "policy-statement-redundant", "a statement that another one covers", Info, since "0.1.0",
        yields_to &[Yield::statement("policy-sid-duplicate"), Yield::statement("policy-element-both"), Yield::statement("policy-principal-repeated")], fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.is_comparable() && policy.statements.len() > 1) else {
            return;
        };
        let said: Vec<Said<'_>> = policy.statements.iter().filter_map(|statement| said(statement, facts, service)).collect();
        for (at, later) in said.iter().enumerate() {
            if let Some(first) = said[..at].iter().find(|first| first.is(later)) {
                let is_block = later.statement.form() == Form::DataSource;
                let fix = (!is_block).then(|| removal(&later.statement.origin, "take it out", cx)).flatten();
                let report = cx
                    .report(later.statement, format!("{} says what {} says", later.statement.name(), first.statement.name()))
                    .severity(Severity::Warning)
                    .label("the same again")
                    .also_at(first.statement.origin.span, "said here")
                    .help("take it out, or write what was meant")
                    .statement(later.statement);
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            } else if let Some((_, other)) = said.iter().enumerate().find(|(index, other)| {
                // Of two that cover each other the later adds nothing.
                *index != at && other.covers(later) && !(later.covers(other) && *index > at)
            }) {
                cx.report(later.statement, format!("{} is covered by {}", later.statement.name(), other.statement.name()))
                    .label("adds nothing")
                    .also_at(other.statement.origin.span, "covers it")
                    .help("take it out")
                    .statement(later.statement);
            }
        }
    }
}

/// What a statement says, without the order and the forms in which it can be said.
struct Said<'p> {
    statement: &'p Statement,
    effect: Effect,
    /// The group of each, and its value; sorted.
    principals: Vec<(&'p str, &'p str)>,
    actions: ActionSet,
    /// As it is written.
    named: &'p Strings,
    /// Actions that are none of the service's.
    others: BTreeSet<&'p str>,
    /// Sorted.
    resources: Vec<&'p str>,
}

impl Said<'_> {
    fn covers(&self, other: &Self) -> bool {
        // Few come to the end of this: what costs most is compared last.
        self.effect == other.effect
            && other.actions.is_subset(self.actions)
            && self.resources == other.resources
            && other.principals.iter().all(|principal| self.principals.binary_search(principal).is_ok())
            && other.others.is_subset(&self.others)
            && (self.statement.is_unconditional() || conditions(self.statement).is_subset(&conditions(other.statement)))
    }

    fn is(&self, other: &Self) -> bool {
        self.covers(other) && other.covers(self) && written(self.named) == written(other.named)
    }
}

/// What a statement says, if all of it is known and none of it is negated.
fn said<'p>(statement: &'p Statement, facts: &PolicyFacts, service: &ServicePolicy) -> Option<Said<'p>> {
    let (principals, named, resources) = (statement.principals.as_ref()?, statement.actions.as_ref()?, statement.resources.as_ref()?);
    let known = principals.is_known() && named.is_known() && resources.is_known() && !statement.conditions.open;
    let plain = !principals.negated && !named.negated && !resources.negated && !principals.entries.is_empty() && !named.values.is_empty();
    if !known || !plain || statement.object.open || !statement.conditions.tests.iter().all(Condition::is_known) {
        return None;
    }
    let others = named.values.iter().zip(named.covered(service)).filter(|(_, covered)| covered.set.is_empty());
    let who = |entry: &'p Principal| (Principal::group_name(entry).unwrap_or_default(), account(entry.value.decoded(), facts));
    let mut principals: Vec<(&str, &str)> = principals.entries.iter().map(who).collect();
    principals.sort_unstable();
    let mut resources: Vec<&str> = resources.values.iter().filter_map(|value| value.known()).collect();
    resources.sort_unstable();
    resources.dedup();
    Some(Said {
        statement,
        effect: statement.effect?,
        principals,
        actions: actions(statement, service),
        named,
        others: others.map(|(value, _)| value.decoded()).collect(),
        resources,
    })
}

/// The tests of a statement, without their order and letter case.
fn conditions(statement: &Statement) -> BTreeSet<(String, String, BTreeSet<String>)> {
    let test = |test: &Condition| {
        let values = test.values.iter().map(value).collect();
        (test.operator.decoded().to_ascii_lowercase(), test.key.decoded().to_ascii_lowercase(), values)
    };
    statement.conditions.tests.iter().map(test).collect()
}

/// The actions of a statement as they are written, letter case aside.
fn written(named: &Strings) -> BTreeSet<String> {
    named.values.iter().map(|value| value.decoded().to_ascii_lowercase()).collect()
}

/// An account is its number or the ARN of its root.
fn account<'p>(principal: &'p str, facts: &PolicyFacts) -> &'p str {
    facts.account_of(principal).filter(|_| facts.is_whole_account(principal)).unwrap_or(principal)
}

fn value(node: &Node) -> String {
    match &node.data {
        NodeData::String(text) => text.decoded().to_owned(),
        NodeData::Bool(bool) => bool.to_string(),
        NodeData::Number(number) => number.to_string(),
        NodeData::Null | NodeData::List(_) | NodeData::Object(_) | NodeData::Unknown(_) | NodeData::Broken => String::new(),
    }
}
