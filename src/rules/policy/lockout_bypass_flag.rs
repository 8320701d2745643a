use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::Bypass,
};

pub struct LockoutBypassFlag;

impl Rule for LockoutBypassFlag {
    const META: Meta = meta! {
        /// ## What it checks
        /// Requests that set `BypassPolicyLockoutSafetyCheck`, and resources that set `bypass_policy_lockout_safety_check`.
        ///
        /// *Covers*: `policy/lockout-bypass-flag`.
        ///
        /// ## Why
        /// The check is the only thing that stops a key policy which nobody can change again. Such a key can only be used as it is, or be
        /// given up with the help of AWS Support.
        ///
        /// ## Example
        /// ```json,bad
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Policy": "${POLICY}", "BypassPolicyLockoutSafetyCheck": true }
        /// ```
        /// ```json,good
        /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Policy": "${POLICY}" }
        /// ```
        ///
        /// ## Fix
        /// Delete the member or the argument, and name somebody in the policy who may call `kms:PutKeyPolicy`.
        "policy-lockout-bypass-flag", "the check that a key policy can be changed again is off", Warning, since "0.1.0"
    };
    type Subject = Bypass;
    type Options = NoOptions;

    fn check(bypass: &Bypass, _: &NoOptions, cx: &mut Context<'_>) {
        let written = &bypass.written;
        cx.report(bypass, format!("`{written}` is true: a policy that nobody can change is accepted"))
            .label("switches the check off")
            .help(format!("delete `{written}`, so that the service refuses a policy which locks you out"))
            .identity(&**written);
    }
}
