use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Element, Policy},
};

pub struct SidMissing;

impl Rule for SidMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// Statements without `Sid` in a policy of three or more.
        ///
        /// ## Why
        /// Reviews, diffs and the messages of this program can name a statement only by its Sid.
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
        ///       "Resource": "*",
        ///       "Sid": "Account"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Sid": "App"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/ops"},
        ///       "Action": "kms:Encrypt",
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
        ///       "Resource": "*",
        ///       "Sid": "Account"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Sid": "App"
        ///     },
        ///     {
        ///       "Effect": "Allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/ops"},
        ///       "Action": "kms:Encrypt",
        ///       "Resource": "*",
        ///       "Sid": "Ops"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Name the statement.
        "policy-sid-missing", "a statement without a Sid among several", Info, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        const SEVERAL: usize = 3;
        if policy.statements.len() < SEVERAL {
            return;
        }
        for statement in &policy.statements {
            if !statement.object.open && statement.element(Element::Sid).is_none() {
                cx.report(statement, format!("{} has no `Sid`", statement.name()))
                    .label("a statement without a name")
                    .help(format!("add a `{}` that says what it is for", statement.form().name("Sid")))
                    .statement(statement);
            }
        }
    }
}
