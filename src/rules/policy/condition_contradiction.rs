use super::quote;
use crate::{
    facts::policy::{Family, ServicePolicy},
    finding::{Meta, Yield, meta},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Condition, Policy},
};

pub struct ConditionContradiction;

impl Rule for ConditionContradiction {
    const META: Meta = meta! {
        /// ## What it checks
        /// Two tests of one key in one statement that exclude each other: different values under two operators, or `Null` that wants the key
        /// absent beside a test of its value. Only literal values are compared, of keys with one value.
        ///
        /// ## Covers
        /// `condition-contradiction`
        ///
        /// ## Why
        /// All tests of a statement have to hold, so that it never applies. Values of which one is enough belong in a list.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:CallerAccount": "111122223333" }, "StringEqualsIgnoreCase": { "kms:CallerAccount": "444455556666" } }
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "kms:CallerAccount": ["111122223333", "444455556666"] } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the values as a list under one operator, or split the statement.
        "policy-condition-contradiction", "tests that never hold together", Warning, since "0.1.0",
        yields_to &[Yield::statement("policy-condition-key-repeated")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            let Some(member) = &statement.conditions.member else { continue };
            if statement.conditions.tests.len() < 2 {
                continue;
            }
            let wanted: Vec<Wanted<'_>> = statement.conditions.tests.iter().filter_map(|test| Wanted::of(test, service)).collect();
            let clash = wanted.iter().enumerate().find_map(|(at, later)| {
                let earlier = wanted[..at].iter().find(|earlier| earlier.key == later.key && earlier.excludes(later))?;
                Some((earlier, later))
            });
            let Some((earlier, later)) = clash else { continue };
            cx.report(&member.value.origin, format!("the tests of {} exclude each other", quote(&later.test.key)))
                .label("never holds")
                .also_at(later.test.key.origin().span, "this")
                .also_at(earlier.test.key.origin().span, "and this")
                .help("write the values as a list under one operator, or split the statement")
                .identity(later.test.key.decoded())
                .statement(statement);
        }
    }
}

/// What a test wants of its key.
struct Wanted<'a> {
    key: String,
    test: &'a Condition,
    what: What,
}

/// The values of which one has to be there, or that none is.
enum What {
    Absent,
    OneOf(Vec<String>),
}

impl<'a> Wanted<'a> {
    /// `None` where the test holds for other values too, or where these are not known.
    fn of(test: &'a Condition, service: &ServicePolicy) -> Option<Self> {
        let operator = test.known_operator()?;
        let key = test.key_in(service)?;
        if key.several || operator.qualifier.is_some() || operator.if_exists || operator.operator.negated || !test.is_known() {
            return None;
        }
        let values: Option<Vec<String>> = test.values.iter().map(|value| value.as_text()?.known().map(str::to_owned)).collect();
        let values = values.filter(|values| !values.is_empty());
        let what = match operator.operator.family {
            Family::Null => match values?.as_slice() {
                [only] if only.eq_ignore_ascii_case("true") => What::Absent,
                _ => return None,
            },
            // What has letter case, wildcards or variables is not compared.
            Family::String | Family::Arn => {
                let values = values?;
                let literal = values.iter().all(|value| !value.contains(['*', '?', '$']));
                literal.then(|| What::OneOf(values.iter().map(|value| value.to_ascii_lowercase()).collect()))?
            }
            Family::Numeric | Family::Date | Family::Bool | Family::Binary | Family::Ip => return None,
        };
        Some(Self { key: test.key.known()?.to_ascii_lowercase(), test, what })
    }

    fn excludes(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Absent, What::Absent) => false,
            (What::Absent, What::OneOf(_)) | (What::OneOf(_), What::Absent) => true,
            (What::OneOf(one), What::OneOf(other)) => !one.iter().any(|value| other.contains(value)),
        }
    }
}
