use crate::{
    facts::policy::{ActionSet, PolicyFacts, ServicePolicy, among},
    finding::{Meta, Severity, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{
        Policy, PolicyKind, Principals, Statement,
        access::{Bounded, Known, Who, bounded, is_about_resource, is_bounded_by_deny, reachable},
    },
};

pub struct Public;

impl Rule for Public {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements that allow something to the principal `*`, unless a condition bounds the caller: a fixed account, organization, ARN, network or
        /// VPC in a test that does not hold where the request lacks the key. `kms:ViaService`, the encryption context, `aws:SecureTransport` and tags of
        /// the principal do not: anybody can meet them. What the values are must be certain; what is not known counts as a bound. A Deny with such a test
        /// counts too. An account as principal is not public: it is the account's own administration.
        ///
        /// ## Covers
        /// `public-access`, `public-admin`, `public-via-service`, `public-secret`, `ifexists-allow`
        ///
        /// ## Why
        /// Every account of AWS can call the key. With `kms:CreateGrant` or `kms:PutKeyPolicy` it can be taken over. Where `BlockPublicPolicy` is set,
        /// AWS Secrets Manager refuses the policy: an error.
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
        ///       "Principal": "*",
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
        ///       "Principal": "*",
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Name the principals or their accounts, or add a condition such as `kms:CallerAccount` or `aws:PrincipalOrgID`.
        "policy-public", "a statement lets anybody use the key or read the secret", Warning, since "0.1.0",
        yields_to &[Yield::place("policy-principal-repeated")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(service) = facts.service_of(policy.kind).filter(|_| policy.is_comparable()) else { return };
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else { continue };
            if !principals.entries.iter().any(|entry| *entry.who() == Who::Everyone) || is_about_resource(policy, statement) == Known::No {
                continue;
            }
            let bounded = bounded(statement, facts);
            if matches!(bounded, Bounded::Yes)
                || is_bounded_by_deny(policy, statement, facts, service, |key| facts.access().bound(key).is_some())
            {
                continue;
            }
            let allowed = reachable(policy, statement, facts, service);
            if allowed.is_empty() && statement.actions.as_ref().is_none_or(|actions| !actions.open) {
                continue;
            }
            let found = Found { policy, statement, principals, allowed };
            found.report(bounded, facts, service, cx);
        }
    }
}

/// A statement that lets anybody in.
struct Found<'p> {
    policy: &'p Policy,
    statement: &'p Statement,
    principals: &'p Principals,
    allowed: ActionSet,
}

impl Found<'_> {
    fn report(&self, bounded: Bounded<'_>, facts: &PolicyFacts, service: &ServicePolicy, cx: &mut Context<'_>) {
        let Found { policy, statement, principals, allowed } = self;
        let does = match policy.kind {
            PolicyKind::Key => "use the key",
            PolicyKind::Secret => "reach the secret",
        };
        let refused = policy.context.block_public_policy.as_ref().filter(|flag| flag.is_set);
        let gravest =
            facts.access().administration(policy.kind.prefix()).map(|administration| &*administration.gravest).unwrap_or_default();
        let gravest = service.of(*allowed).find(|action| among(gravest, &action.name));
        let help = "name the accounts, or add a condition that bounds the caller to an account, an organization or a network";
        let report = match (bounded, gravest, &statement.conditions.member) {
            (Bounded::IfExists(test), _, _) => cx
                .report(&test.operator, format!("{} lets callers without `{}` {does}", statement.name(), test.key.decoded()))
                .label("holds where the request lacks the key")
                .help("write the operator without it, so that the request must have the key"),
            (Bounded::Via, None, Some(condition)) => cx
                .report(&condition.value, format!("{} lets any account {does} through a service", statement.name()))
                .label("bounds the service, not the caller")
                .help(help),
            (_, Some(action), _) => cx
                .report(&principals.member.value, format!("{} lets anybody call `{}:{}`", statement.name(), service.prefix, action.name))
                .label("everybody, in every account: the key can be taken over")
                .help(help),
            (_, None, _) => cx
                .report(&principals.member.value, format!("{} lets anybody {does}", statement.name()))
                .label("everybody, in every account")
                .help(help),
        };
        let report = match refused {
            Some(flag) => report.severity(Severity::Error).also_at(flag.origin.span, "the service refuses a public policy"),
            None => report,
        };
        report.statement(statement);
    }
}
