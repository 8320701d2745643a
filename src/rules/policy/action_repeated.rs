use std::collections::BTreeMap;

use super::{quote, removal};
use crate::{
    facts::policy::ActionSet,
    finding::{Meta, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
    text::Text,
};

pub struct ActionRepeated;

impl Rule for ActionRepeated {
    const META: Meta = meta! {
        /// ## What it checks
        /// Actions that stand twice in a statement, letter case aside, and those that a pattern beside them covers.
        ///
        /// ## Covers
        /// `action-duplicate`, `action-redundant`
        ///
        /// ## Why
        /// The policy says the same without them, and a reader who takes the narrow one for the limit is wrong.
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
        ///       "Action": ["kms:Encrypt*", "kms:Encrypt"],
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
        ///       "Action": ["kms:Encrypt*", "kms:Decrypt"],
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// An action that is written twice is left out. Else take the covered one away, or the pattern if it is the wider one that is not meant.
        "policy-action-repeated", "an action that another one of the statement covers", Info, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            let Some(actions) = &statement.actions else { continue };
            let sets = actions.covered(service);
            // Of two actions that differ, neither covers the other: nothing is said twice.
            let all = sets.iter().fold(ActionSet::default(), |all, covered| all.or(covered.set));
            let total = sets.iter().map(|covered| covered.set.len()).sum::<u32>();
            if total == all.len() && sets.iter().zip(&actions.values).all(|(covered, value)| !covered.set.is_empty() || !value.is_known()) {
                continue;
            }
            let mut known: Vec<(&Text, &str, ActionSet)> = Vec::with_capacity(sets.len());
            known.extend(actions.values.iter().zip(sets).filter_map(|(value, set)| Some((value, value.known()?, set.set))));
            let mut first: BTreeMap<String, usize> = BTreeMap::new();
            for (at, (value, written, own)) in known.iter().enumerate() {
                let earlier = *first.entry(written.to_ascii_lowercase()).or_insert(at);
                let (cover, message) = if earlier < at {
                    (earlier, format!("action {} is in this statement twice", quote(value)))
                } else {
                    // The wider one, or of two that are equal the earlier one.
                    let covers = |other: &usize| {
                        let set = known[*other].2;
                        *other != at && !own.is_empty() && own.is_subset(set) && (*own != set || *other < at)
                    };
                    let Some(cover) = (0..known.len()).find(covers) else { continue };
                    (cover, format!("action {} is covered by {}", quote(value), quote(known[cover].0)))
                };
                // Written twice is certain; of two that overlap the wider one may be what is not meant.
                let fix = (earlier < at).then(|| removal(&value.origin(), "leave it out", cx)).flatten();
                let report = cx
                    .report(&value.origin(), message)
                    .label("says nothing new")
                    .also_at(known[cover].0.origin().span, "says it already")
                    .help("leave it out")
                    .identity(*written)
                    .statement(statement);
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
        }
    }
}
