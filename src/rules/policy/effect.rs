use super::{quote, refusal, rewrite};
use crate::{
    finding::{Meta, meta},
    fix::Safety,
    rule::{Context, NoOptions, Rule},
    subject::policy::{Element, Policy},
};

const EFFECTS: [&str; 2] = ["Allow", "Deny"];

pub struct Effect;

impl Rule for Effect {
    const META: Meta = meta! {
        /// ## What it checks
        /// That `Effect` is `Allow` or `Deny`, letter case and spaces included.
        ///
        /// ## Covers
        /// `effect-invalid`
        ///
        /// ## Why
        /// The service refuses the call.
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
        ///       "Effect": "allow",
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the word that is meant. Safe where only letter case or spaces differ.
        "policy-effect", "Effect is neither Allow nor Deny", Error, since "0.1.0", fixable true
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        for statement in &policy.statements {
            let Some(effect) = statement.element(Element::Effect).and_then(|effect| effect.value.as_text()) else { continue };
            let Some(known) = effect.known().filter(|known| !EFFECTS.contains(known)) else { continue };
            let report = cx
                .report(effect, format!("the effect {} is neither `Allow` nor `Deny`", quote(effect)))
                .label("not an effect")
                .statement(statement);
            match EFFECTS.iter().find(|name| name.eq_ignore_ascii_case(known.trim())) {
                Some(meant) => {
                    let report = report.help(format!("write `{meant}`{refusal}"));
                    if let Some(fix) = rewrite(effect, meant, Safety::Safe, "write the effect") {
                        report.fix(fix);
                    }
                }
                None => {
                    report.help(format!("write `Allow` or `Deny`{refusal}"));
                }
            }
        }
    }
}
