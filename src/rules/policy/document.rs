use super::refusal;
use crate::{
    finding::{Meta, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, NodeData, Policy, PolicyPlace},
    syntax::{Kind, json},
};

pub struct Document;

impl Rule for Document {
    const META: Meta = meta! {
        /// ## What it checks
        /// That a policy is a JSON object with something in it: no list, no string that holds JSON once more, no empty document. The empty
        /// string in a Terraform argument is no policy at all.
        ///
        /// ## Covers
        /// `json-root-type`, `json-double-encoded`, `document-empty`
        ///
        /// ## Why
        /// The service refuses the call. JSON in a JSON string comes of `jsonencode` around a text that is JSON already.
        ///
        /// ## Example
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   policy = "[]"
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   policy = <<-EOT
        ///     {
        ///       "Version": "2012-10-17",
        ///       "Statement": [
        ///         { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" }
        ///       ]
        ///     }
        ///   EOT
        /// }
        /// ```
        ///
        /// ## Fix
        /// Write the policy as one object with `Version` and `Statement`; encode it once.
        "policy-document", "the policy is not a JSON object with statements", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let refusal = refusal(policy, cx);
        let noun = policy.kind.noun();
        let Some(root) = &policy.root else {
            if policy.text.is_known() && policy.text.decoded().trim().is_empty() {
                cx.report(&policy.text, format!("the {noun} is empty")).label("nothing is in it").help(format!("write a policy{refusal}"));
            }
            return;
        };
        match &root.data {
            NodeData::Object(object) if object.members.is_empty() && !object.open && policy.problems.is_empty() => {
                cx.report(root, format!("the {noun} is empty")).label("no element is in it").help(format!("write a policy{refusal}"));
            }
            NodeData::String(text) if text.is_known() && holds_object(text) => {
                cx.report(root, format!("the {noun} is JSON in a JSON string")).label("a string, encoded once more").help(
                    match policy.place {
                        PolicyPlace::Terraform => format!("encode it once: take `jsonencode` off a text that is JSON already{refusal}"),
                        PolicyPlace::File | PolicyPlace::Request => format!("write the object itself, not a string that holds it{refusal}"),
                    },
                );
            }
            NodeData::List(_) | NodeData::String(_) | NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) => {
                let found = type_of(root);
                cx.report(root, format!("the {noun} is {found}, not an object"))
                    .label(found)
                    .help(format!("write an object with `Version` and `Statement`{refusal}"));
            }
            NodeData::Object(_) | NodeData::Unknown(_) | NodeData::Broken => {}
        }
    }
}

fn type_of(node: &Node) -> &'static str {
    node.type_name().unwrap_or("not known")
}

fn holds_object(text: &crate::text::Text) -> bool {
    let tree = json::parse_text(text);
    tree.problems().is_empty() && tree.root().is_some_and(|root| tree.kind(root) == Kind::Object)
}
