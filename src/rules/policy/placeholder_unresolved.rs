use super::quote;
use crate::{
    finding::{Meta, meta},
    origin::Origin,
    rule::{Context, NoOptions, Rule},
    subject::{
        placeholder,
        policy::{Policy, PolicyPlace},
    },
};

pub struct PlaceholderUnresolved;

impl Rule for PlaceholderUnresolved {
    const META: Meta = meta! {
        /// ## What it checks
        /// Placeholders of other tools in the principals, resources and condition values of a policy in a JSON file: `${var.account}`,
        /// `${AWS::AccountId}`, `<ACCOUNT_ID>`, `{{account}}`. Policy variables such as `${aws:username}` are none. What Terraform reads is
        /// evaluated first, and not looked at here.
        ///
        /// ## Covers
        /// `placeholder-unresolved`
        ///
        /// ## Why
        /// The services take the text as it is, and refuse a principal or an ARN with such a part.
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
        ///       "Principal": { "AWS": "arn:aws:iam::<ACCOUNT_ID>:role/App" },
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
        /// Fill it in before the policy is sent. If a tool does that, leave the template out of the check.
        "policy-placeholder-unresolved", "a placeholder that nothing has filled in", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        match policy.place {
            PolicyPlace::File | PolicyPlace::Request => {}
            PolicyPlace::Terraform => return,
        }
        for statement in &policy.statements {
            let principals = statement.principals.iter().flat_map(|principals| &principals.entries).map(|entry| &entry.value);
            let resources = statement.resources.iter().flat_map(|resources| &resources.values);
            let values = statement.conditions.tests.iter().flat_map(|test| test.values.iter()).filter_map(|value| value.as_text());
            for text in principals.chain(resources).chain(values) {
                let Some((span, _)) = text.first_unknown().filter(|(_, reason)| *reason == placeholder::REASON) else { continue };
                cx.report(&Origin::at(span), format!("a placeholder in {} is not filled in", quote(text)))
                    .label("sent as it is")
                    .help("fill it in before the policy is sent")
                    .identity(text.shown())
                    .statement(statement);
            }
        }
    }
}
