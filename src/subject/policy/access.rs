//! Who a statement is about, what it covers, and whether its conditions hold: as far as that is known.

use std::borrow::Cow;

use super::{Condition, Node, NodeData, Policy, Principal, Statement, admin::is_through_services};
use crate::{
    facts::{
        Facts,
        policy::{AccessFacts, ActionSet, Arn, Bound, Family, IdentityKind, Network, PolicyFacts, ServicePolicy, fits_exactly},
    },
    text::Text,
};

/// Yes, no, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Certainly not.
    No,
    /// It depends on what is not known.
    Maybe,
    /// Certainly.
    Yes,
}

impl Known {
    /// The answer to a question that can be answered.
    #[must_use]
    pub fn certainly(answer: bool) -> Self {
        if answer { Known::Yes } else { Known::No }
    }

    /// Whether it is certain.
    #[must_use]
    pub fn is_yes(self) -> bool {
        self == Known::Yes
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// One of them at least.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Who one principal is. An account is `None` where it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// `*`.
    Everyone,
    /// An account, which gives the permission on to its users and roles.
    Account(Option<String>),
    /// A user, a role or a session of one.
    Identity {
        /// The account it is in.
        account: Option<String>,
        /// Its ARN, if all of it is known.
        arn: Option<String>,
    },
    /// A service.
    Service,
    /// Nobody that could call: another rule says so.
    Nobody,
    /// Not known.
    Unknown,
}

/// Stands for a value that is not known, in a text that is taken apart.
const HOLE: char = '…';

impl Who {
    /// Reads one principal.
    #[must_use]
    pub(super) fn of(principal: &Principal) -> Self {
        if principal.group_name().is_none() {
            return Who::Unknown;
        }
        if principal.is_service() {
            return Who::Service;
        }
        if !principal.is_or_counts_as_identity() {
            return Who::Nobody;
        }
        let facts = Facts::builtin().policy().principals();
        let value = &principal.value;
        let shown: Cow<'_, str> = value.known().map_or_else(|| value.shown().into(), Cow::Borrowed);
        let known = |part: &str| (!part.contains(HOLE) && !part.is_empty()).then(|| part.to_owned());
        if shown == "*" {
            return Who::Everyone;
        }
        if facts.is_account(&shown) {
            return Who::Account(Some(shown.into_owned()));
        }
        let not_known = || if shown.contains(HOLE) { Who::Unknown } else { Who::Nobody };
        let Some(arn) = Arn::of(&shown).filter(|arn| facts.is_account(arn.account) || arn.account.contains(HOLE)) else {
            return not_known();
        };
        match facts.kind(arn.service, arn.kind()) {
            Some(IdentityKind::Account) => Who::Account(known(arn.account)),
            Some(IdentityKind::Identity | IdentityKind::Role | IdentityKind::Session) => {
                Who::Identity { account: known(arn.account), arn: principal.value.known().map(str::to_owned) }
            }
            Some(IdentityKind::Group) => Who::Nobody,
            None if arn.kind().contains(HOLE) || arn.service.contains(HOLE) => Who::Unknown,
            None => Who::Nobody,
        }
    }

    /// Whether it is somebody in this account, of whom `account` is not known everybody is.
    #[must_use]
    pub fn is_in(&self, account: Option<&str>) -> Known {
        match (self, account) {
            (Who::Service | Who::Nobody, _) => Known::No,
            (Who::Unknown, _) => Known::Maybe,
            (Who::Everyone, _) | (Who::Account(_) | Who::Identity { .. }, None) => Known::Yes,
            (Who::Account(None) | Who::Identity { account: None, .. }, Some(_)) => Known::Maybe,
            (Who::Account(Some(own)) | Who::Identity { account: Some(own), .. }, Some(account)) => Known::certainly(own == account),
        }
    }
}

/// Whether a statement is about one of these actions.
#[must_use]
pub fn covers(statement: &Statement, wanted: ActionSet, service: &ServicePolicy) -> Known {
    let Some(actions) = &statement.actions else { return Known::Maybe };
    let mut fit = if actions.open { Known::Maybe } else { Known::No };
    for (value, covered) in actions.values.iter().zip(actions.covered(service)) {
        fit = fit.or(if value.is_known() { Known::certainly(!covered.set.and(wanted).is_empty()) } else { Known::Maybe });
    }
    match (actions.negated, fit) {
        (false, fit) => fit,
        (true, Known::Yes) => Known::No,
        (true, Known::Maybe) => Known::Maybe,
        (true, Known::No) => Known::Yes,
    }
}

/// The actions that a statement is certainly about.
#[must_use]
pub fn actions(statement: &Statement, service: &ServicePolicy) -> ActionSet {
    let Some(actions) = &statement.actions else { return ActionSet::default() };
    let named = actions.covered(service).iter().fold(ActionSet::default(), |all, covered| all.or(covered.set));
    match (actions.negated, actions.is_known()) {
        (false, _) => named,
        (true, true) => service.all().without(named),
        (true, false) => ActionSet::default(),
    }
}

/// The actions of a statement whose requests can meet its tests: a request carries the keys that these ask for, and a service that calls for its
/// users sets no policies.
#[must_use]
pub fn reachable(policy: &Policy, statement: &Statement, facts: &PolicyFacts, service: &ServicePolicy) -> ActionSet {
    let mut reached = actions(statement, service);
    for test in statement.conditions.tests.iter().filter(|test| test.fails_without_key()) {
        if let Some(carrying) = test.key_in(service).and_then(|key| key.actions) {
            reached = reached.and(carrying);
        }
        if test.key.known().is_some_and(|key| is_through_services(test, key, facts)) {
            let administration = facts.access().administration(policy.kind.prefix());
            reached = administration.map_or(reached, |administration| reached.without(service.only(&administration.set)));
        }
    }
    reached
}

/// Whether a statement is about the resource that has the policy.
#[must_use]
pub fn is_about_resource(policy: &Policy, statement: &Statement) -> Known {
    let Some(resources) = &statement.resources else { return Known::Maybe };
    if resources.negated {
        return Known::Maybe;
    }
    let own = |value: &Text| match value.known() {
        Some("*") => Known::Yes,
        // Of a secret the ARN may be right.
        Some(_) if policy.kind == super::PolicyKind::Secret => Known::Maybe,
        Some(_) => Known::No,
        None => Known::Maybe,
    };
    let open = if resources.open { Known::Maybe } else { Known::No };
    resources.values.iter().map(own).fold(open, Known::or)
}

/// How far a statement's conditions bound who may call.
#[derive(Debug, Clone, Copy)]
pub enum Bounded<'s> {
    /// A test bounds the caller, or may.
    Yes,
    /// A test would, if it did not hold where the request lacks the key.
    IfExists(&'s Condition),
    /// The only test is through which service the call comes.
    Via,
    /// No test bounds the caller.
    No,
}

/// Whether the conditions of a statement that allows bound the caller.
#[must_use]
pub fn bounded<'s>(statement: &'s Statement, facts: &PolicyFacts) -> Bounded<'s> {
    let access = facts.access();
    if statement.conditions.open {
        return Bounded::Yes;
    }
    let mut found = Bounded::No;
    for test in &statement.conditions.tests {
        let Some(key) = test.key.known() else { return Bounded::Yes };
        // A key or an operator that is none is another finding.
        let (Some(_), Some(written)) = (test.known_key(), test.known_operator()) else { return Bounded::Yes };
        let holds_when_absent = written.if_exists || written.qualifier.is_some_and(|qualifier| qualifier.true_when_absent);
        if written.operator.family == Family::Null || written.operator.negated {
            continue;
        }
        if access.via.iter().any(|via| via.eq_ignore_ascii_case(key)) && !holds_when_absent {
            found = Bounded::Via;
        }
        let Some(bound) = access.bound(key) else { continue };
        let wildcards = written.operator.wildcards || written.operator.family == Family::Arn;
        let fixed = test.open || test.values.iter().all(|value| is_fixed(value, bound, wildcards));
        match (fixed, holds_when_absent) {
            (true, false) => return Bounded::Yes,
            (true, true) if !matches!(found, Bounded::Via) => found = Bounded::IfExists(test),
            (true | false, _) => {}
        }
    }
    found
}

/// Whether a value leaves few callers. What is not known does.
#[must_use]
pub fn is_fixed(value: &Node, bound: Bound, wildcards: bool) -> bool {
    let text = match &value.data {
        NodeData::String(text) => text,
        NodeData::Bool(bool) => return bound == Bound::True && *bool,
        NodeData::Unknown(_) => return true,
        NodeData::Null | NodeData::Number(_) | NodeData::List(_) | NodeData::Object(_) | NodeData::Broken => return false,
    };
    let Some(known) = text.known() else { return true };
    if known.contains("${") {
        return false;
    }
    let literal = |part: &str| !(part.is_empty() || wildcards && part.contains(['*', '?']));
    match bound {
        Bound::Account => literal(known),
        Bound::Organization => literal(known.split('/').next().unwrap_or(known)),
        Bound::Name => literal(known.split([':', '*', '?']).next().unwrap_or(known)),
        Bound::True => known.eq_ignore_ascii_case("true"),
        Bound::Network => {
            let networks = &Facts::builtin().policy().access().networks;
            Network::of(known.trim()).is_none_or(|network| !networks.is_too_broad(&network))
        }
        Bound::Arn => {
            let arn = Arn::split(known);
            let part =
                if arn.account.is_empty() { arn.resource.split(['/', ':', '*', '?']).next().unwrap_or(arn.resource) } else { arn.account };
            arn.is_whole && literal(part)
        }
    }
}

/// Whether another statement denies what a statement allows, unless a test bounds the caller.
#[must_use]
pub fn is_bounded_by_deny(
    policy: &Policy,
    statement: &Statement,
    facts: &PolicyFacts,
    service: &ServicePolicy,
    is_bound: impl Fn(&str) -> bool,
) -> bool {
    let allowed = actions(statement, service);
    policy.statements.iter().filter(|other| other.effect != Some(super::Effect::Allow)).any(|deny| {
        let everyone = deny.principals.as_ref().is_none_or(|principals| {
            principals.negated
                || principals.open
                || principals.entries.iter().any(|entry| matches!(entry.who(), Who::Everyone | Who::Service | Who::Unknown))
        });
        let all = allowed.is_subset(actions(deny, service)) || deny.actions.as_ref().is_none_or(|actions| !actions.is_known());
        let bound = deny.conditions.open
            || deny.is_unconditional()
            || deny.conditions.tests.iter().any(|test| match (test.key.known(), test.operator.known()) {
                (Some(key), Some(operator)) => {
                    is_bound(key)
                        && facts
                            .operator(operator)
                            .is_none_or(|written| written.operator.negated || written.operator.family == Family::Null)
                }
                _ => true,
            });
        everyone && all && bound
    })
}

/// Whether a test holds for a caller with this ARN who calls for himself.
#[must_use]
pub fn holds_for(test: &Condition, arn: &str, facts: &PolicyFacts) -> Known {
    let access: &AccessFacts = facts.access();
    let (Some(key), Some(written)) = (test.key.known(), test.known_operator()) else {
        return Known::Maybe;
    };
    let family = written.operator.family;
    if !matches!(family, Family::String | Family::Arn) || written.qualifier.is_some() {
        return Known::Maybe;
    }
    let actual = if access.identity.arn.eq_ignore_ascii_case(key) {
        Some(arn)
    } else if access.identity.account.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        Some(Arn::split(arn).account)
    } else {
        None
    };
    let Some(actual) = actual else { return Known::Maybe };
    let wildcards = written.operator.wildcards || family == Family::Arn;
    let mut fit = if test.open { Known::Maybe } else { Known::No };
    for value in test.values.iter() {
        fit = fit.or(match value.as_text().and_then(Text::known) {
            Some(known) if known.contains("${") => Known::Maybe,
            Some(known) if wildcards => Known::certainly(fits_exactly(known, actual)),
            Some(known) => Known::certainly(known == actual),
            None => Known::Maybe,
        });
    }
    match (written.operator.negated, fit) {
        (false, fit) => fit,
        (true, Known::Yes) => Known::No,
        (true, Known::Maybe) => Known::Maybe,
        (true, Known::No) => Known::Yes,
    }
}
