use super::{Refusal, refusal};
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Element, Node, NodeData, Policy, Statement},
};

pub struct ElementType;

impl Rule for ElementType {
    const META: Meta = meta! {
        /// ## What it checks
        /// That each element of a policy has a JSON type that it may have: `Version`, `Id`, `Sid` and `Effect` are strings; `Statement` is a list of
        /// objects, or one object; `Principal` is `"*"` or an object; its members, actions and resources are strings or lists of strings.
        ///
        /// ## Covers
        /// `version-type`, `id-type`, `statement-type`, `statement-entry-type`, `sid-type`, `effect-type`, `principal-type`, `action-type`, `resource-type`
        ///
        /// ## Why
        /// The service refuses the call. A list inside of `Statement` comes of `concat` that was forgotten, a number of YAML.
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
        ///       "Action": "kms:Decrypt",
        ///       "Resource": "*",
        ///       "Sid": 1
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
        ///       "Resource": "*",
        ///       "Sid": "1"
        ///     }
        ///   ]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the type that the message names.
        "policy-element-type", "an element of a policy has the wrong JSON type", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        let Some(object) = policy.object() else { return };
        for name in ["Version", "Id"] {
            if let Some(member) = object.get(name) {
                expect(&member.value, name, Wanted::String, None, refusal, cx);
            }
        }
        if let Some(member) = object.get("Statement") {
            match &member.value.data {
                NodeData::List(list) => {
                    for entry in list.items.iter() {
                        expect(entry, "a statement", Wanted::Object, None, refusal, cx);
                    }
                }
                _ => expect(&member.value, "Statement", Wanted::Objects, None, refusal, cx),
            }
        }
        for statement in &policy.statements {
            for (element, wanted) in ELEMENTS {
                let Some(member) = statement.element(element) else { continue };
                let name = element.name();
                match (&member.value.data, wanted) {
                    (NodeData::List(list), Wanted::Strings) => {
                        let report = |item: &Node| expect(item, name, Wanted::String, Some(statement), refusal, cx);
                        list.items.iter().for_each(report);
                    }
                    (NodeData::Object(groups), Wanted::Principals) => {
                        for group in groups.members.iter() {
                            match &group.value.data {
                                NodeData::List(list) => {
                                    let report =
                                        |item: &Node| expect(item, group.name.decoded(), Wanted::String, Some(statement), refusal, cx);
                                    list.items.iter().for_each(report);
                                }
                                _ => expect(&group.value, group.name.decoded(), Wanted::Strings, Some(statement), refusal, cx),
                            }
                        }
                    }
                    _ => expect(&member.value, name, wanted, Some(statement), refusal, cx),
                }
            }
        }
    }
}

/// The elements of a statement, and what each may be. Conditions are another question.
const ELEMENTS: [(Element, Wanted); 8] = [
    (Element::Sid, Wanted::String),
    (Element::Effect, Wanted::String),
    (Element::Principal, Wanted::Principals),
    (Element::NotPrincipal, Wanted::Principals),
    (Element::Action, Wanted::Strings),
    (Element::NotAction, Wanted::Strings),
    (Element::Resource, Wanted::Strings),
    (Element::NotResource, Wanted::Strings),
];

/// What a value may be.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    String,
    Strings,
    Object,
    Objects,
    /// A string is one principal too many or too few, which other rules know.
    Principals,
}

impl Wanted {
    fn fits(self, node: &Node) -> bool {
        match (self, &node.data) {
            (_, NodeData::Unknown(_) | NodeData::Broken) => true,
            (Wanted::String | Wanted::Strings | Wanted::Principals, NodeData::String(_)) => true,
            (Wanted::Strings, NodeData::List(_)) => true,
            (Wanted::Object | Wanted::Objects | Wanted::Principals, NodeData::Object(_)) => true,
            (Wanted::Objects, NodeData::List(_)) => true,
            (
                Wanted::String | Wanted::Strings | Wanted::Object | Wanted::Objects | Wanted::Principals,
                NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::List(_) | NodeData::Object(_) | NodeData::String(_),
            ) => false,
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Wanted::String => "a string",
            Wanted::Strings => "a string or a list of strings",
            Wanted::Object => "an object",
            Wanted::Objects => "a list of objects",
            Wanted::Principals => "`\"*\"` or an object",
        }
    }
}

fn expect(node: &Node, name: &str, wanted: Wanted, statement: Option<&Statement>, refusal: Refusal<'_>, cx: &mut Context<'_>) {
    let Some(found) = node.type_name().filter(|_| !wanted.fits(node)) else { return };
    let name = if name.contains(' ') { name.to_owned() } else { format!("`{name}`") };
    let report = cx
        .report(node, format!("{name} is {found}, not {}", wanted.describe()))
        .label(found)
        .help(format!("write {}{refusal}", wanted.describe()));
    match statement {
        Some(statement) => report.statement(statement),
        None => report.identity(name),
    };
}
