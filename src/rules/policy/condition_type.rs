use super::{quote, refusal};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Member, Node, NodeData, Object, Policy, Statement},
    text::Text,
};

pub struct ConditionType;

impl Rule for ConditionType {
    const META: Meta = meta! {
        /// ## What it checks
        /// Whether `Condition` is an object of operators, each operator an object of keys, and each value a string, a number, a boolean, or a
        /// list of these.
        ///
        /// ## Covers
        /// `condition-type`
        ///
        /// ## Why
        /// The services refuse the policy. In the languages of templates a list of conditions is easily made where one object belongs.
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
        ///       "Action": "kms:CreateGrant",
        ///       "Resource": "*",
        ///       "Condition": [{ "Bool": { "kms:GrantIsForAWSResource": "true" } }]
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
        ///       "Action": "kms:CreateGrant",
        ///       "Resource": "*",
        ///       "Condition": { "Bool": { "kms:GrantIsForAWSResource": "true" } }
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write `{ OPERATOR: { KEY: VALUE } }`.
        "policy-condition-type", "a condition of the wrong type", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        for statement in &policy.statements {
            let Some(member) = &statement.conditions.member else { continue };
            let Some(operators) = object(member, "operators", statement, policy, cx) else { continue };
            for operator in operators.members.iter() {
                let Some(keys) = object(operator, "condition keys", statement, policy, cx) else { continue };
                for key in keys.members.iter() {
                    let values = match &key.value.data {
                        NodeData::List(list) => &list.items[..],
                        _ => std::slice::from_ref(&key.value),
                    };
                    for value in values {
                        let is_wrong = match &value.data {
                            NodeData::Null | NodeData::List(_) | NodeData::Object(_) => true,
                            NodeData::Bool(_) | NodeData::Number(_) | NodeData::String(_) | NodeData::Unknown(_) | NodeData::Broken => {
                                false
                            }
                        };
                        if is_wrong {
                            report(value, &key.name, "a string, a number or a boolean", statement, policy, cx);
                        }
                    }
                }
            }
        }
    }
}

/// The object that a member has to be; reports one of another type.
fn object<'o>(member: &'o Member, of: &str, statement: &Statement, policy: &Policy, cx: &mut Context<'_>) -> Option<&'o Object> {
    let object = member.value.as_object();
    if object.is_none() {
        report(&member.value, &member.name, &format!("an object of {of}"), statement, policy, cx);
    }
    object
}

/// Reports a value of a type that is known.
fn report(value: &Node, name: &Text, wanted: &str, statement: &Statement, policy: &Policy, cx: &mut Context<'_>) {
    let Some(found) = value.type_name() else { return };
    let refusal = refusal(policy, cx);
    cx.report(&value.origin, format!("{} is {found} and not {wanted}", quote(name)))
        .label(format!("is {found}"))
        .help(format!("write `{{ OPERATOR: {{ KEY: VALUE }} }}`{refusal}"))
        .identity(name.decoded())
        .statement(statement);
}
