use super::{is_variable, quote, quote_str, refusal, rewrite};
use crate::{
    facts::policy::{HostFault, PolicyFacts},
    finding::{Meta, Severity, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct PrincipalService;

impl Rule for PrincipalService {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether each service principal has the form of a host, names a service, and is the one that is meant: `events.amazonaws.com` and
        /// not `eventbridge.amazonaws.com`. Wildcards, accounts and roles are no services. A service that is not known here is worth a look,
        /// and no more: AWS has no list of them. So is a principal of another Region, or of one that an account has to opt in to.
        ///
        /// ## Covers
        /// `principal-service-format`, `principal-service-misspelt`, `principal-service-unknown`, `principal-service-wildcard`,
        /// `principal-service-opt-in-region`, `principal-arn-in-service`
        ///
        /// ## Why
        /// The services look every principal up when the policy is set, and refuse the whole policy for one that is not there.
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
        ///       "Principal": { "Service": "eventbridge.amazonaws.com" },
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } }
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
        ///       "Principal": { "Service": "events.amazonaws.com" },
        ///       "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        ///       "Resource": "*",
        ///       "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the service that is meant. Unsafe: another one may be.
        "policy-principal-service", "a service principal that does not exist", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            for entry in statement.principals.iter().flat_map(|principals| &principals.entries).filter(|entry| entry.is_service()) {
                let value = &entry.value;
                // Of a value that is known in part, the beginning may be enough to tell.
                let beginning =
                    Some(value.known_prefix()).filter(|begin| begin.contains(':') && facts.host_fault(begin) == Some(HostFault::Identity));
                let Some(written) = value.known().or(beginning).filter(|written| !is_variable(written)) else { continue };
                let shown = quote(value);
                let found = match facts.host_fault(written) {
                    None => elsewhere(written, policy, facts).map(|(message, label, help)| (Severity::Info, message, label, help, None)),
                    Some(HostFault::Shape { meant }) => {
                        let help = format!("write the host of the service, as in `{}`{refusal}", facts.principals().example_host());
                        Some((
                            Severity::Error,
                            format!("service principal {shown} is not the host of a service"),
                            "not a host",
                            help,
                            meant,
                        ))
                    }
                    Some(HostFault::Misspelt { meant }) => Some((
                        Severity::Error,
                        format!("there is no service principal {shown}"),
                        "does not exist",
                        String::new(),
                        Some(meant),
                    )),
                    Some(HostFault::Unknown) => {
                        let help = "compare it with the service's own page".to_owned();
                        Some((Severity::Info, format!("service principal {shown} is not known here"), "is it right?", help, None))
                    }
                    Some(HostFault::Wildcard) => {
                        let help = format!("name each service{refusal}");
                        Some((Severity::Error, format!("service principal {shown} has a wildcard"), "not a pattern here", help, None))
                    }
                    Some(HostFault::Identity) => {
                        let help = format!("move it to the member of the principal that is for accounts, users and roles{refusal}");
                        Some((Severity::Error, format!("principal {shown} is no service"), "an account, a user or a role", help, None))
                    }
                };
                let Some((severity, message, label, help, meant)) = found else { continue };
                let help = meant.as_ref().map_or(help, |meant| format!("did you mean {}?{refusal}", quote_str(meant)));
                let report = cx
                    .report(&value.origin(), message)
                    .severity(severity)
                    .label(label)
                    .help(help)
                    .identity(value.shown())
                    .statement(statement);
                if let Some(fix) = meant.and_then(|meant| rewrite(value, &meant, Safety::Unsafe, "name the service that is meant")) {
                    report.fix(fix);
                }
            }
        }
    }
}

/// What is noteworthy about the Region that a host names.
fn elsewhere(written: &str, policy: &Policy, facts: &PolicyFacts) -> Option<(String, &'static str, String)> {
    let region = facts.principals().host(written)?.region?;
    let shown = quote_str(written);
    if let Some(own) = policy.context.region.as_deref().filter(|own| **own != region) {
        let message = format!("service principal {shown} is of another Region than the {}", policy.kind.resource());
        return Some((message, "another Region", format!("the {} is in {}", policy.kind.resource(), quote_str(own))));
    }
    let opt_in = facts.partitions().values().any(|partition| partition.opt_in.iter().any(|own| **own == region));
    let message = || format!("service principal {shown} is of a Region that an account has to opt in to");
    opt_in.then(|| (message(), "refused where the Region is off", "make sure that the Region is on in the account".to_owned()))
}
