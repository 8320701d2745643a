use super::quote_str;
use crate::{
    facts::policy::{ConditionKey, Family, Fit, KeyType, Network, PolicyFacts, WrittenOperator, fits, fits_exactly, is_arn_pattern},
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, NodeData, Policy},
};

pub struct ConditionValue;

impl Rule for ConditionValue {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each value is one that the key can have: `true` or `false`, a number, a time, a network, an ARN with its six parts, an
        /// account of twelve digits, an id of an organization or a VPC, a service with its Region in `kms:ViaService`, one of the listed
        /// words for keys that have a list. Values with policy variables, and patterns where the operator takes them, are compared as far as
        /// that goes. Of what is not an error a service name that is not known here is worth a look.
        ///
        /// ## Covers
        /// `condition-value-bool`, `condition-value-numeric`, `condition-value-date`, `condition-value-ip`, `condition-value-arn`,
        /// `condition-value-account`, `condition-value-org`, `condition-value-vpc`, `condition-value-not-allowed`,
        /// `condition-via-service-format`, `condition-via-service-unknown`, `condition-via-service-region`, `condition-request-alias-format`
        ///
        /// ## Why
        /// A value of another type is not valid in the policy. The others are accepted, and the test never holds; in a `Deny` with a negated operator it
        /// always does. A number in the place of an account loses its leading zeros.
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
        ///       "Condition": { "StringEquals": { "kms:ViaService": "s3.amazonaws.com" } }
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
        ///       "Condition": { "StringEquals": { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write a value that the key can have.
        "policy-condition-value", "a value that the condition key never has", Warning, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                let Some(operator) = test.known_operator() else { continue };
                let Some(key) = test.key_in(service) else { continue };
                // An operator for another type is a finding of its own, whatever the value.
                if operator.operator.family.fit(key.ty) == Fit::Never {
                    continue;
                }
                // A list for keys in several Regions, of which one is this one, is what it should be.
                let own = policy.context.region.as_deref().filter(|own| !test.values.iter().any(|value| names_region(value, own)));
                let region = own.filter(|_| statement.allows() && !test.open);
                let judge = Judge { operator, key, facts, policy, region };
                for value in test.values.iter() {
                    let Some((written, quoted)) = written(value) else { continue };
                    let Some(found) = judge.judge(&written, quoted) else { continue };
                    cx.report(&value.origin, format!("{} is {}", quote_str(&written), found.what))
                        .severity(found.severity)
                        .label(found.label)
                        .help(found.help)
                        .identity(format!("{} {written}", test.key.decoded()))
                        .statement(statement);
                }
            }
        }
    }
}

/// One test, and what is known of its key.
struct Judge<'a> {
    operator: WrittenOperator<'a>,
    key: &'a ConditionKey,
    facts: &'a PolicyFacts,
    policy: &'a Policy,
    /// The key's own Region, where no value names it and one has to.
    region: Option<&'a str>,
}

struct Found {
    severity: Severity,
    what: String,
    label: &'static str,
    help: String,
}

/// Whether a part of a value is this Region, or may be.
fn names_region(value: &Node, region: &str) -> bool {
    written(value).is_none_or(|(written, _)| written.split('.').any(|part| part == region || part.contains(['*', '?'])))
}

/// A value as the services read it, and whether it is a string; `None` where it is not known, or has no characters to judge.
fn written(value: &Node) -> Option<(String, bool)> {
    match &value.data {
        NodeData::String(text) => Some((text.known()?.to_owned(), true)),
        NodeData::Bool(bool) => Some((bool.to_string(), false)),
        NodeData::Number(number) => Some((number.to_string(), false)),
        NodeData::Null | NodeData::List(_) | NodeData::Object(_) | NodeData::Unknown(_) | NodeData::Broken => None,
    }
}

impl Judge<'_> {
    fn judge(&self, written: &str, is_string: bool) -> Option<Found> {
        // What a variable stands for is known when the request is there.
        if written.contains("${") {
            return None;
        }
        let invalid = |what: &str, help: &str| {
            Some(Found { severity: Severity::Error, what: what.to_owned(), label: "another type", help: help.to_owned() })
        };
        match self.operator.operator.family {
            Family::Bool | Family::Null => {
                let is_bool = ["true", "false"].iter().any(|word| written.eq_ignore_ascii_case(word));
                if is_bool { None } else { invalid("neither `true` nor `false`", "write `true` or `false`") }
            }
            Family::Numeric => {
                if is_number(written) {
                    None
                } else {
                    invalid("no number", "write a number")
                }
            }
            Family::Date => {
                let fits = is_time(written) || written.parse::<i64>().is_ok();
                if fits { None } else { invalid("no time", "write it as in `2026-12-31T00:00:00Z`, or as seconds since 1970") }
            }
            Family::Ip => {
                if Network::of(written).is_some() {
                    None
                } else {
                    invalid("no address and no network", "write it as in `203.0.113.0/24`")
                }
            }
            Family::Arn => (!is_arn_pattern(written)).then(|| never("no ARN, which has six parts", "write all six parts; each takes `*`")),
            Family::String => self.characters(written, is_string),
            Family::Binary => None,
        }
    }

    fn characters(&self, written: &str, is_string: bool) -> Option<Found> {
        let key = self.key;
        let is_pattern = written.contains(['*', '?']);
        // Taken literally, or a pattern: the first has a rule of its own, of the second only lists can be compared.
        if is_pattern && key.values.is_empty() {
            return None;
        }
        if key.ty == KeyType::Arn {
            return (!is_arn_pattern(written)).then(|| never("no ARN, which has six parts", "write all six parts"));
        }
        if !key.values.is_empty() {
            let any_case = self.operator.operator.name.ends_with("IgnoreCase");
            let fitting = |known: &str| match (self.operator.operator.wildcards, any_case) {
                (true, _) => fits_exactly(written, known),
                (false, true) => written.eq_ignore_ascii_case(known),
                (false, false) => written == known,
            };
            if (is_pattern && !self.operator.operator.wildcards) || key.values.iter().any(|known| fitting(known)) {
                return None;
            }
            const SHOWN: usize = 8;
            let near = key.values.iter().find(|known| written.rsplit(':').next().is_some_and(|name| fits(name, known)));
            let help = match near {
                Some(near) => format!("did you mean {}?", quote_str(near)),
                None if key.values.len() > SHOWN => format!("see the values of {}", quote_str(&key.name)),
                None => format!("write one of `{}`", key.values.join("`, `")),
            };
            return Some(never(&format!("no value of {}", quote_str(&key.name)), &help));
        }
        let form = key.form.as_ref()?;
        if !form.fits(written) {
            return Some(never(&format!("not {}", form.describe), &format!("write {}", form.describe)));
        }
        if !is_string {
            return Some(never("a number, and loses its leading zeros", "write it as a string"));
        }
        self.service_and_region(written)
    }

    /// The two parts of a service that calls for its users.
    fn service_and_region(&self, written: &str) -> Option<Found> {
        let form = self.key.form.as_ref()?;
        if !form.is_service_and_region() {
            return None;
        }
        let mut labels = written.split('.');
        let (service, region) = (labels.next()?, labels.next()?);
        if let Some(own) = self.region.filter(|own| *own != region) {
            let what = format!("a service in another Region than the {}", self.policy.kind.resource());
            return Some(never(&what, &format!("the {} is in {}", self.policy.kind.resource(), quote_str(own))));
        }
        (!self.facts.calls_for_users(service)).then(|| Found {
            severity: Severity::Info,
            what: "a service that is not known here".to_owned(),
            label: "is it right?",
            help: "compare it with the service's own page".to_owned(),
        })
    }
}

/// Accepted, and without a match.
fn never(what: &str, help: &str) -> Found {
    Found { severity: Severity::Warning, what: what.to_owned(), label: "never matches", help: help.to_owned() }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

/// A time as W3C has it: a day, and perhaps hours, minutes, seconds and a zone.
fn is_time(text: &str) -> bool {
    let (day, time) = text.split_once(['T', 't']).map_or((text, None), |(day, time)| (day, Some(time)));
    let numbers = |text: &str, separator: char, lengths: &[usize]| {
        let parts: Vec<&str> = text.split(separator).collect();
        parts.len() <= lengths.len()
            && parts.iter().zip(lengths).all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let Some(time) = time else { return numbers(day, '-', &[4, 2, 2]) };
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let zone_fits = zone.is_empty()
        || zone.eq_ignore_ascii_case("z")
        || zone.get(1..).is_some_and(|offset| numbers(offset, ':', &[2, 2]) || numbers(offset, ':', &[4]));
    day.len() == "2026-12-31".len()
        && numbers(day, '-', &[4, 2, 2])
        && numbers(clock, ':', &[2, 2, 2])
        && clock.contains(':')
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && zone_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_numbers_and_names() {
        for time in ["2026-12-31", "2026-12-31T00:00:00Z", "2026-12-31T00:00:00.5+01:00", "2026-12-31T00:00Z", "2026-12"] {
            assert!(is_time(time), "{time}");
        }
        for time in ["31/12/2026", "2026-12-31T", "tomorrow", "", "2026-12-31T00Z"] {
            assert!(!is_time(time), "{time}");
        }
        assert!(is_number("-7.5") && !is_number("seven") && !is_number("") && !is_number("1.2.3"));
    }
}
