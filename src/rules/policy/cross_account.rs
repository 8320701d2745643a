use crate::{
    finding::{Meta, Severity, Yield, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Policy, Principal, access::Who},
};

pub struct CrossAccount;

impl Rule for CrossAccount {
    const META: Meta = meta! {
        /// ## What it checks
        /// Principals of other accounts than the key's own, which the ARN in a request or `[aws] account` tells, except those of `[kms] trusted-accounts`. A warning where they get
        /// `kms:*` or `*`, or an action that has no effect across accounts.
        ///
        /// ## Covers
        /// `cross-account-full`, `cross-account-no-effect`
        ///
        /// ## Why
        /// It is legal, and for review. It also needs a policy of users or roles in that account. Some actions only work within an account, whatever the
        /// policy says: `kms:TagResource`, `kms:PutKeyPolicy` and others.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "KeyId": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ///   "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"444455556666\"},\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"}]}"
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "KeyId": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ///   "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:role/app\"},\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"}]}"
        /// }
        /// ```
        ///
        /// ## Fix
        /// List what the account needs; take out what has no effect.
        "policy-cross-account", "a principal of another account", Info, since "0.1.0",
        yields_to &[Yield::subject("policy-lockout")]
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let facts = cx.facts().policy();
        let Some(own) = &policy.context.account else { return };
        let Some(service) = facts.service_of(policy.kind) else { return };
        let all = service.all();
        for statement in policy.statements.iter().filter(|statement| statement.allows()) {
            let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else { continue };
            let whos: Vec<&Who> = principals.entries.iter().map(Principal::who).collect();
            let is_foreign = |who: &Who| match who {
                Who::Account(Some(account)) | Who::Identity { account: Some(account), .. } => account.as_str() != &**own,
                Who::Everyone | Who::Account(None) | Who::Identity { account: None, .. } | Who::Service | Who::Nobody | Who::Unknown => {
                    false
                }
            };
            let is_trusted = |account: &str| policy.context.trusted_accounts.iter().any(|trusted| **trusted == *account);
            for (entry, who) in principals.entries.iter().zip(&whos).filter(|(_, who)| is_foreign(who)) {
                let (Who::Account(Some(account)) | Who::Identity { account: Some(account), .. }) = who else { continue };
                if is_trusted(account) {
                    continue;
                }
                cx.report(
                    &entry.value,
                    format!("{} is about account `{account}`, the {} is in `{own}`", statement.name(), policy.kind.resource()),
                )
                .label("another account")
                .help("if it is yours, name it in `kms.trusted-accounts`; it also needs a policy in that account")
                .statement(statement)
                .identity(format!("{} {account}", statement.identity()));
            }
            let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else { continue };
            if whos.is_empty() || principals.open || !whos.iter().all(|who| is_foreign(who)) {
                continue;
            }
            let all_trusted = whos.iter().all(|who| match who {
                Who::Account(Some(account)) | Who::Identity { account: Some(account), .. } => is_trusted(account),
                Who::Everyone | Who::Account(None) | Who::Identity { account: None, .. } | Who::Service | Who::Nobody | Who::Unknown => {
                    false
                }
            });
            for (action, covered) in actions.values.iter().zip(actions.covered(service)) {
                let Some(known) = action.known() else { continue };
                if covered.set == all {
                    if all_trusted {
                        continue;
                    }
                    cx.report(action, format!("{} gives every action to another account", statement.name()))
                        .severity(Severity::Warning)
                        .label("of which only some have an effect there")
                        .help("list the actions that the account needs")
                        .statement(statement)
                        .identity(format!("{} {known}", statement.identity()));
                } else if let Some(named) = covered.named(service)
                    && named.cross_account == Some(false)
                {
                    cx.report(action, format!("`{known}` has no effect for another account"))
                        .severity(Severity::Warning)
                        .label("only within the account of the key")
                        .help("take it out")
                        .statement(statement)
                        .identity(format!("{} {known}", statement.identity()));
                }
            }
        }
    }
}
