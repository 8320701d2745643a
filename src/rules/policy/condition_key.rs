use super::{is_variable, quote, quote_str, rewrite};
use crate::{
    facts::policy::{PolicyFacts, ServicePolicy, nearest},
    finding::{Meta, Severity, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct ConditionKey;

impl Rule for ConditionKey {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each condition key exists: a key of the service whose policy it is, or one that all services share. A key needs its prefix
        /// and a colon; `aws:RequestTag/` needs a tag key behind it, and `kms:EncryptionContext:` the name of a pair.
        ///
        /// ## Covers
        /// `condition-key-unknown-kms`, `condition-key-unknown-secret`, `condition-key-unknown-global`, `condition-key-wrong-service`,
        /// `condition-key-format`, `condition-encryption-context-key`, `tag-key-missing`
        ///
        /// ## Why
        /// A key that is in no request makes an `Allow` that never applies. In a `Deny` with a negated operator it makes one that always
        /// does. Without a prefix it is not valid in the policy.
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
        ///       "Condition": { "StringEquals": { "kms:ViaServices": "s3.us-east-1.amazonaws.com" } }
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
        /// Writes the key that is nearest. Unsafe: another one may be meant.
        "policy-condition-key", "a condition key that no request has", Warning, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind) else { return };
        for statement in &policy.statements {
            for test in &statement.conditions.tests {
                if test.key_in(service).is_some() {
                    continue;
                }
                let Some(written) = test.key.known().filter(|written| !is_variable(written)) else { continue };
                // Where an operator stands for the key, the two have changed places: that is a finding of its own.
                if facts.operator(written).is_some() {
                    continue;
                }
                let Some(found) = judge(written, service, facts) else { continue };
                let report = cx
                    .report(&test.key.origin(), format!("condition key {} {}", quote(&test.key), found.what))
                    .severity(found.severity)
                    .label(found.label)
                    .help(found.meant.as_ref().map_or(found.help, |meant| format!("did you mean {}?", quote_str(meant))))
                    .identity(written)
                    .statement(statement);
                if let Some(fix) = found.meant.and_then(|meant| rewrite(&test.key, &meant, Safety::Unsafe, "write the key that is nearest"))
                {
                    report.fix(fix);
                }
            }
        }
    }
}

struct Found {
    severity: Severity,
    what: String,
    label: &'static str,
    help: String,
    meant: Option<String>,
}

/// What is wrong with a key as it is written; `None` where nothing is, or where nothing is known of such keys.
fn judge(written: &str, service: &ServicePolicy, facts: &PolicyFacts) -> Option<Found> {
    let Some((prefix, name)) = written.split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty()) else {
        if let Some(family) = family(written, service, facts) {
            return Some(family);
        }
        let bare = written.trim_matches(':');
        let meant = [&*service.prefix, facts.global_prefix()].into_iter().map(|prefix| format!("{prefix}:{bare}"));
        let meant = meant.filter_map(|key| facts.key(&key)).map(|key| key.name.to_string()).next();
        let help = "write the prefix and a colon before it".to_owned();
        let (what, label) = ("has no prefix".to_owned(), "not a condition key");
        return Some(Found { severity: Severity::Error, what, label, help, meant });
    };
    if let Some(family) = family(written, service, facts) {
        return Some(family);
    }
    let own = prefix.eq_ignore_ascii_case(&service.prefix);
    let shared = prefix.eq_ignore_ascii_case(facts.global_prefix());
    let is_foreign = !own && facts.service(prefix).is_some();
    if facts.key(written).is_some() && !is_foreign {
        return None;
    }
    if own || shared {
        const FAR: usize = 4;
        let candidates = facts.key_names(prefix).filter(|key| !key.contains("${"));
        let meant = nearest(written, candidates, FAR).map(str::to_owned).or_else(|| near_family(written, prefix, facts));
        let (what, help) = ("does not exist".to_owned(), "check its spelling".to_owned());
        return Some(Found { severity: Severity::Warning, what, label: "in no request", help, meant });
    }
    if facts.is_prefix(prefix) {
        let what = format!("is never in a request to {}", service.prefix);
        let help = format!("use a key that begins with `{}:` or `{}:`", service.prefix, facts.global_prefix());
        return Some(Found { severity: Severity::Warning, what, label: "another service's key", help, meant: None });
    }
    // Keys of identity providers have prefixes of their own; what is near to a prefix that is known is a slip.
    let near = [&*service.prefix, facts.global_prefix()]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(known, &prefix.to_ascii_lowercase()) == 1)?;
    let meant = facts.key(&format!("{near}:{name}")).map(|_| format!("{near}:{name}"));
    let (what, help) = ("does not exist".to_owned(), "check its prefix".to_owned());
    Some(Found { severity: Severity::Warning, what, label: "in no request", help, meant })
}

/// A key that needs a name behind its beginning, and has none.
fn family(written: &str, service: &ServicePolicy, facts: &PolicyFacts) -> Option<Found> {
    let key = facts.family_without_name(written)?;
    let (begin, separator) = key.beginning().split_at(key.beginning().len() - 1);
    let what = format!("lacks the name behind {}", quote_str(&format!("{begin}{separator}")));
    let help = format!("write it as {}", quote_str(&format!("{begin}{separator}NAME")));
    let own = key.name.starts_with(&format!("{}:", service.prefix));
    let severity = if own { Severity::Warning } else { Severity::Error };
    Some(Found { severity, what, label: "no name", help, meant: None })
}

/// The family of keys whose beginning is meant: what stands behind the slash or the colon stays.
fn near_family(written: &str, prefix: &str, facts: &PolicyFacts) -> Option<String> {
    let at = written.rfind('/').or_else(|| written.rfind(':').filter(|at| *at > prefix.len()))?;
    let (begin, rest) = written.split_at(at + 1);
    let beginnings = facts.key_names(prefix).filter_map(|key| key.split_once("${")).map(|(begin, _)| begin);
    Some(format!("{}{rest}", nearest(begin, beginnings, 3)?))
}
