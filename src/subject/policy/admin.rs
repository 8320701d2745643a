//! Who can set the policy of a key again.

use std::collections::BTreeSet;

use super::{
    Policy, Statement,
    access::{Known, Who, covers, holds_for, is_about_resource},
};
use crate::{
    facts::{
        Facts,
        policy::{ActionSet, Arn, Family, PolicyFacts, among, fits_exactly, write_arn},
    },
    text::Text,
};

/// Who may set a policy again, as far as the policy decides it.
#[derive(Debug, Clone)]
pub struct Administrators {
    /// Whether somebody of the key's account may get it.
    own: bool,
    /// Whether these are users and roles alone.
    pub only_identities: bool,
    /// Whether statements allow it to other accounts, where it has no effect.
    pub foreign: bool,
    /// Whether statements allow it to users or roles of the account that are none of the deployers.
    pub others: bool,
    /// Whether all of the account's certainly get it.
    pub certain: bool,
    /// The places of the statements that deny it to each of these for certain; none where somebody keeps it.
    pub denied: Vec<usize>,
}

impl Administrators {
    /// Whether certainly nobody can.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        !self.own
    }
}

impl Policy {
    /// Who may set it again; `None` where statements are not known or could not be read. Several rules ask.
    #[must_use]
    pub fn administrators(&self) -> Option<&Administrators> {
        self.administrators.get_or_init(|| administrators(self, Facts::builtin().policy())).as_ref()
    }
}

fn administrators(policy: &Policy, facts: &PolicyFacts) -> Option<Administrators> {
    let service = facts.service_of(policy.kind)?;
    let action = service.only(&facts.access().administration(policy.kind.prefix())?.set);
    if !policy.is_closed() || policy.statements.is_empty() {
        return None;
    }
    let mut found = Found::default();
    let mut certain = true;
    for statement in &policy.statements {
        // What is neither is another finding, and may be meant to allow.
        if statement.denies() {
            continue;
        }
        let covered = covers(statement, action, service).and(is_about_resource(policy, statement));
        if covered == Known::No || !statement.conditions.tests.iter().all(|test| may_hold(policy, test, action, facts)) {
            continue;
        }
        let before = found.own.len();
        sort(policy, statement, &mut found);
        certain &= found.own.len() == before || (covered.is_yes() && statement.allows() && statement.is_unconditional());
    }
    let applies = |deny: &&Statement| {
        deny.denies()
            && covers(deny, action, service).is_yes()
            && is_about_resource(policy, deny).is_yes()
            && deny.principals.as_ref().is_some_and(|principals| !principals.negated)
    };
    let denies: Vec<(usize, &Statement)> = policy.statements.iter().enumerate().filter(|(_, deny)| applies(deny)).collect();
    let denied_by = |who: &Who| denies.iter().position(|(_, deny)| is_denied(policy, deny, who, facts));
    let by: Option<BTreeSet<usize>> = found.own.iter().map(|who| denied_by(who)).collect();
    Some(Administrators {
        own: !found.own.is_empty(),
        only_identities: found.own.iter().all(|who| matches!(who, Who::Identity { .. })),
        foreign: found.foreign,
        others: found.others,
        certain,
        denied: by.into_iter().flatten().map(|at| denies[at].0).collect(),
    })
}

/// Who is named by statements that may allow it.
#[derive(Default)]
struct Found<'p> {
    own: Vec<&'p Who>,
    foreign: bool,
    others: bool,
}

/// Whether a test may hold for such a call.
fn may_hold(policy: &Policy, test: &super::Condition, wanted: ActionSet, facts: &PolicyFacts) -> bool {
    let Some(key) = test.key.known().filter(|_| test.fails_without_key()) else { return true };
    if facts.access().is_only_in_service_calls(key) || is_through_services(test, key, facts) {
        return false;
    }
    let carried = test.known_key().and_then(|key| key.actions).is_none_or(|actions| !actions.and(wanted).is_empty());
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
    !is_account || holds_for(test, &write_arn("", "", account, ""), facts) != Known::No
}

fn sort<'p>(policy: &Policy, statement: &'p Statement, found: &mut Found<'p>) {
    let Some(principals) = &statement.principals else {
        found.own.push(&Who::Unknown);
        return;
    };
    if principals.open || principals.negated {
        found.own.push(&Who::Unknown);
    }
    for entry in &principals.entries {
        let who = entry.who();
        match who.is_in(policy.context.account.as_deref()) {
            Known::No if matches!(who, Who::Account(_) | Who::Identity { .. }) => found.foreign = true,
            // What is no principal is another finding, and may be meant as one that could.
            Known::No if *who == Who::Nobody && entry.is_or_counts_as_identity() => found.own.push(&Who::Unknown),
            Known::No => {}
            Known::Maybe | Known::Yes if is_deployer(policy, who) => found.own.push(who),
            Known::Maybe | Known::Yes => found.others = true,
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
        principals.entries.iter().any(|entry| match (entry.who(), who) {
            (Who::Everyone, _) => true,
            (Who::Account(Some(denied)), Who::Account(Some(own)) | Who::Identity { account: Some(own), .. }) => denied == own,
            (Who::Identity { arn: Some(denied), .. }, Who::Identity { arn: Some(own), .. }) => denied == own,
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
        Who::Account(Some(account)) if deny.conditions.tests.iter().all(|test| holds_in(test, account, facts)) => !deny.conditions.open,
        Who::Everyone | Who::Account(_) => {
            let deployers = &policy.context.deployers;
            !deployers.is_empty() && deployers.iter().all(|deployer| !deployer.contains(['*', '?']) && holds(deployer))
        }
        Who::Identity { .. } | Who::Service | Who::Nobody | Who::Unknown => false,
    }
}

/// Whether a test asks for calls that services make for their users, and which set no policies: an administrator calls for himself.
pub(super) fn is_through_services(test: &super::Condition, key: &str, facts: &PolicyFacts) -> bool {
    let is_known = |value: &super::Node| {
        let service = value.as_text().and_then(Text::known).and_then(|known| known.split('.').next());
        service.is_some_and(|service| facts.calls_for_users(service) && !facts.access().administers_for_users(service))
    };
    among(&facts.access().via, key) && !test.open && test.values.iter().all(is_known)
}

/// Whether a test certainly holds for whoever of an account calls for himself.
fn holds_in(test: &super::Condition, account: &str, facts: &PolicyFacts) -> bool {
    let (Some(key), Some(written)) = (test.key.known(), test.known_operator()) else { return false };
    let identity = &facts.access().identity;
    let is_account = identity.account.iter().any(|known| known.eq_ignore_ascii_case(key));
    if is_account {
        return holds_for(test, &write_arn("", "", account, ""), facts).is_yes();
    }
    // A pattern that ends behind the account fits all of its identities; of a negated one nobody knows whom it spares.
    let fits_all = |known: &str| known == "*" || Arn::of(known).is_some_and(|arn| arn.account == account && arn.resource == "*");
    let compares = matches!(written.operator.family, Family::String | Family::Arn) && written.qualifier.is_none();
    let is_pattern = written.operator.wildcards || written.operator.family == Family::Arn;
    identity.arn.eq_ignore_ascii_case(key)
        && compares
        && is_pattern
        && !written.operator.negated
        && test.values.iter().any(|value| value.as_text().and_then(Text::known).is_some_and(fits_all))
}
