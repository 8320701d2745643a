//! Who can set the policy of a key again.

use super::{
    Policy, Statement,
    access::{Known, Who, covers, holds_for, is_about_resource},
};
use crate::facts::policy::{Family, PolicyFacts, ServicePolicy, fits_exactly};

/// Who may set a policy again, as far as the policy decides it.
#[derive(Debug)]
pub struct Administrators<'p> {
    /// Statements that may allow it to somebody of the key's account, with each such principal.
    pub own: Vec<(&'p Statement, Who)>,
    /// Statements that allow it to other accounts, where it has no effect.
    pub foreign: Vec<&'p Statement>,
    /// Statements that allow it to users or roles of the account that are none of the deployers.
    pub others: Vec<&'p Statement>,
    /// Whether all of these certainly get it.
    pub certain: bool,
    /// A statement that certainly denies it to all of these.
    pub denied: Option<&'p Statement>,
}

impl Administrators<'_> {
    /// Whether certainly nobody can.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.own.is_empty()
    }
}

/// Who may set a policy again; `None` where statements are not known or could not be read.
#[must_use]
pub fn administrators<'p>(policy: &'p Policy, facts: &PolicyFacts) -> Option<Administrators<'p>> {
    let service = facts.service(policy.kind.prefix())?;
    let action = &*facts.access().administration(policy.kind.prefix())?.set;
    if !policy.is_closed() || policy.statements.is_empty() {
        return None;
    }
    let mut found = Administrators { own: Vec::new(), foreign: Vec::new(), others: Vec::new(), certain: true, denied: None };
    for statement in &policy.statements {
        // What is neither is another finding, and may be meant to allow.
        if statement.denies() || !may_allow(policy, statement, action, facts, service) {
            continue;
        }
        let before = found.own.len();
        sort(policy, statement, &mut found);
        let covered = covers(statement, action, facts, service).and(is_about_resource(policy, statement));
        found.certain &= found.own.len() == before || (covered.is_yes() && statement.allows() && statement.is_unconditional());
    }
    let denies = |deny: &&'p Statement| {
        let applies = deny.denies()
            && covers(deny, action, facts, service).is_yes()
            && is_about_resource(policy, deny).is_yes()
            && deny.principals.as_ref().is_some_and(|principals| !principals.negated);
        applies && !found.own.is_empty() && found.own.iter().all(|(_, who)| is_denied(policy, deny, who, facts))
    };
    found.denied = policy.statements.iter().find(denies);
    Some(found)
}

/// Whether a statement may allow an action to somebody who calls for himself.
fn may_allow(policy: &Policy, statement: &Statement, action: &str, facts: &PolicyFacts, service: &ServicePolicy) -> bool {
    let covered = covers(statement, action, facts, service).and(is_about_resource(policy, statement));
    covered != Known::No && statement.conditions.tests.iter().all(|test| may_hold(policy, test, action, facts, service))
}

/// Whether a test may hold for such a call.
fn may_hold(policy: &Policy, test: &super::Condition, action: &str, facts: &PolicyFacts, service: &ServicePolicy) -> bool {
    let (Some(key), Some(written)) = (test.key.known(), test.operator.known().and_then(|operator| facts.operator(operator))) else {
        return true;
    };
    let holds_when_absent =
        written.if_exists || written.operator.negated || written.qualifier.is_some_and(|qualifier| qualifier.true_when_absent);
    if written.operator.family == Family::Null || holds_when_absent {
        return true;
    }
    if facts.access().is_only_in_service_calls(key) {
        return false;
    }
    let wanted = service.only(action);
    let carried = facts.key(key).and_then(|key| key.actions).is_none_or(|actions| !actions.and(wanted).is_empty());
    if !carried {
        return false;
    }
    let callers: Vec<&str> =
        policy.context.deployers.iter().map(|deployer| &**deployer).filter(|deployer| !deployer.contains(['*', '?'])).collect();
    let all_plain = callers.len() == policy.context.deployers.len();
    if !callers.is_empty() && all_plain {
        return callers.iter().any(|arn| holds_for(test, arn, facts) != Known::No);
    }
    // Without deployers an account is all that is known of the caller: an ARN in it whose other parts decide nothing.
    let Some(account) = &policy.context.account else { return true };
    let is_account = facts.access().identity.account.iter().any(|known| known.eq_ignore_ascii_case(key));
    !is_account || holds_for(test, &format!("arn::::{account}:"), facts) != Known::No
}

fn sort<'p>(policy: &Policy, statement: &'p Statement, found: &mut Administrators<'p>) {
    let Some(principals) = &statement.principals else {
        found.own.push((statement, Who::Unknown));
        return;
    };
    if principals.open || principals.negated {
        found.own.push((statement, Who::Unknown));
    }
    for entry in &principals.entries {
        let who = Who::of(entry);
        match who.is_in(policy.context.account.as_deref()) {
            Known::No if matches!(who, Who::Account(_) | Who::Identity { .. }) => found.foreign.push(statement),
            // What is no principal is another finding, and may be meant as one that could.
            Known::No if who == Who::Nobody && entry.is_in("AWS") => found.own.push((statement, Who::Unknown)),
            Known::No => {}
            Known::Maybe | Known::Yes if is_deployer(policy, &who) => found.own.push((statement, who)),
            Known::Maybe | Known::Yes => found.others.push(statement),
        }
    }
}

/// Whether somebody is, or may be, one of those who deploy. An account gives the permission on to whom it wants.
fn is_deployer(policy: &Policy, who: &Who) -> bool {
    let deployers = &policy.context.deployers;
    match who {
        Who::Identity { arn: Some(arn), .. } if !deployers.is_empty() => deployers.iter().any(|deployer| fits_exactly(deployer, arn)),
        Who::Everyone | Who::Account(_) | Who::Identity { .. } | Who::Service | Who::Nobody | Who::Unknown => true,
    }
}

/// Whether a statement that denies certainly applies to somebody.
fn is_denied(policy: &Policy, deny: &Statement, who: &Who, facts: &PolicyFacts) -> bool {
    let named = deny.principals.as_ref().is_some_and(|principals| {
        principals.entries.iter().any(|entry| match (Who::of(entry), who) {
            (Who::Everyone, _) => true,
            (Who::Account(Some(denied)), Who::Account(Some(own)) | Who::Identity { account: Some(own), .. }) => denied == *own,
            (Who::Identity { arn: Some(denied), .. }, Who::Identity { arn: Some(own), .. }) => denied == *own,
            _ => false,
        })
    });
    if !named || *who == Who::Unknown {
        return false;
    }
    if deny.is_unconditional() {
        return true;
    }
    let holds = |arn: &str| !deny.conditions.open && deny.conditions.tests.iter().all(|test| holds_for(test, arn, facts).is_yes());
    match who {
        Who::Identity { arn: Some(arn), .. } => holds(arn),
        Who::Everyone | Who::Account(_) => {
            let deployers = &policy.context.deployers;
            !deployers.is_empty() && deployers.iter().all(|deployer| !deployer.contains(['*', '?']) && holds(deployer))
        }
        Who::Identity { .. } | Who::Service | Who::Nobody | Who::Unknown => false,
    }
}
