use super::{quote, quote_str, refusal, rewrite};
use crate::{
    facts::policy::nearest,
    finding::{Meta, meta},
    fix::Safety,
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::policy::Policy,
};

pub struct PrincipalType;

impl Rule for PrincipalType {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether `Principal` says what each of its values is: `AWS` for accounts, users and roles, `Service` for services. Only `"*"`
        /// stands alone. The names of the types have a letter case.
        ///
        /// ## Covers
        /// `principal-bare-string`, `principal-type-unknown`, `principal-type-case`
        ///
        /// ## Why
        /// The services refuse the policy.
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
        ///       "Principal": "arn:aws:iam::111122223333:role/App",
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
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the type in the right letter case.
        "policy-principal-type", "a principal without a type that the service knows", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let refusal = refusal(policy, cx);
        let types = &facts.principals().types;
        for statement in &policy.statements {
            let Some(principals) = &statement.principals else { continue };
            if let Some(alone) = principals.member.value.as_text() {
                let Some(written) = alone.known().filter(|written| !written.trim().is_empty() && *written != "*") else { continue };
                let ty = if facts.host_fault(written).is_none() { &types[1] } else { &types[0] };
                cx.report(&alone.origin(), format!("principal {} does not say what it is", quote(alone)))
                    .label("no type")
                    .help(format!("write `{{ {} }}`{refusal}", statement.form().element(ty, written)))
                    .identity(written)
                    .statement(statement);
                continue;
            }
            for group in principals.member.value.as_object().iter().flat_map(|groups| groups.members.iter()) {
                let Some(written) = group.name.known().filter(|written| !types.iter().any(|ty| **ty == **written)) else { continue };
                let same = types.iter().find(|ty| ty.eq_ignore_ascii_case(written));
                let near = same.map(|ty| &**ty).or_else(|| nearest(written, types.iter().map(|ty| &**ty), 2));
                let help = match near {
                    Some(near) => format!("did you mean {}?", quote_str(near)),
                    None => format!("write `{}` or `{}`", types[0], types[1]),
                };
                let message = match same {
                    Some(_) => format!("the type {} has another letter case", quote(&group.name)),
                    None => format!("there is no type of principals {}", quote(&group.name)),
                };
                let label = if same.is_some() { "another letter case" } else { "no such type" };
                let report = cx
                    .report(&group.name.origin(), message)
                    .label(label)
                    .help(format!("{help}{refusal}"))
                    .identity(written)
                    .statement(statement);
                if let Some(fix) = same.and_then(|ty| rewrite(&group.name, ty, Safety::Safe, "write the type in its letter case")) {
                    report.fix(fix);
                }
            }
        }
    }
}
