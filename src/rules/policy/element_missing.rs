use super::refusal;
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Element, Form, Policy},
};

pub struct ElementMissing;

impl Rule for ElementMissing {
    const META: Meta = meta! {
        /// ## What it checks
        /// That a policy has `Statement`, and each statement `Effect`, one of `Principal` and `NotPrincipal`, one of `Action` and `NotAction`, one of
        /// `Resource` and `NotResource`. A statement with a misspelt element is that other finding.
        ///
        /// ## Covers
        /// `statement-missing`, `effect-missing`, `principal-missing`, `action-missing`, `resource-missing`
        ///
        /// ## Why
        /// The service refuses the call. A statement without a principal comes of a policy for users that was pasted into a key. A statement without an
        /// action or a resource was accepted, and did nothing, until 18 August 2025.
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
        ///       "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        ///       "Action": "kms:Decrypt"
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
        /// Add the element.
        "policy-element-missing", "an element that every policy or statement has is missing", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        if let Some(object) = policy.object()
            && !object.open
            && !object.members.is_empty()
            && policy.problems.is_empty()
            && object.get("Statement").is_none()
            && !object.members.iter().any(super::element_unknown::is_unknown_of_document)
        {
            cx.report(policy, format!("the {} has no `Statement`", policy.kind.noun()))
                .label("nobody gets anything")
                .help(format!("add a list of statements{refusal}"));
        }
        for statement in policy.statements.iter().filter(|statement| !statement.object.open && !statement.has_other_members()) {
            for names in NEEDED {
                if names.iter().all(|element| statement.element(*element).is_none()) {
                    let name = names[0].name();
                    cx.report(statement, format!("{} has no `{name}`", statement.name()))
                        .label(format!("`{name}` is missing"))
                        .help(format!("{}{refusal}", help(name, statement.form())))
                        .statement(statement)
                        .identity(format!("{} {name}", statement.identity()));
                }
            }
        }
    }
}

/// Each element with its opposite.
const NEEDED: [&[Element]; 4] = [
    &[Element::Effect],
    &[Element::Principal, Element::NotPrincipal],
    &[Element::Action, Element::NotAction],
    &[Element::Resource, Element::NotResource],
];

/// What to do where an element is absent, in the spelling at hand.
fn help(name: &str, form: Form) -> String {
    match (name, form) {
        ("Effect", _) => format!("add `{}`, or `Deny`", form.element(name, "Allow")),
        ("Principal", Form::DataSource) => {
            format!("say who it is about in a `{}` block: the policy of a resource names them", form.name(name))
        }
        ("Principal", Form::Json | Form::Object) => "say who it is about: the policy of a resource names principals".to_owned(),
        ("Resource", _) => format!("add `{}`, which means the resource that has the policy", form.element(name, "*")),
        _ => format!("list the {}", form.name(name).to_ascii_lowercase().trim_end_matches('s').to_owned() + "s"),
    }
}
