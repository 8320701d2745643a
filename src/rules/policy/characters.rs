use super::{document_of, is_rewritten};
use crate::{
    facts::policy::Document,
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, NodeData, Policy},
    text::Text,
};

pub struct Characters;

impl Rule for Characters {
    const META: Meta = meta! {
        /// ## What it checks
        /// That the strings of a key policy have only characters that AWS KMS takes. One finding for each string, at its first such
        /// character. A character written as an escape (`\u2192`) arrives in the document as ASCII: that is worth knowing, and no error,
        /// except in Terraform, which writes the document anew.
        ///
        /// ## Covers
        /// `character-not-allowed`
        ///
        /// ## Why
        /// AWS KMS refuses the call (ValidationException). A dash or a quotation mark from a word processor is enough.
        ///
        /// ## Example
        /// ```json,bad
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Sid": "Account – administration",
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Sid": "Account - administration",
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Replace the character.
        "policy-characters", "a character that the service does not take in a policy", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let (Some(document), Some(root)) = (document_of(policy, cx), &policy.root) else { return };
        // Without an escape, each string stands in the document as it is.
        let whole = policy.text.decoded();
        if !whole.contains('\\') && document.first_refused(whole).is_none() {
            return;
        }
        each_text(root, &mut |text| {
            let Some((at, character)) = document.first_refused(text.decoded()) else { return };
            report(policy, document, text, at, character, cx);
        });
    }
}

fn report(policy: &Policy, document: &Document, text: &Text, at: usize, character: char, cx: &mut Context<'_>) {
    let arrives = is_rewritten(policy) || policy.text.decoded().contains(character);
    let place = text.origin_of(at as u32..(at + character.len_utf8()) as u32);
    let allowed = document.characters_are.as_deref().unwrap_or_default();
    let report = cx
        .report(&place, format!("U+{:04X} is not among the characters of a {}", character as u32, policy.kind.noun()))
        .identity(text.shown());
    if arrives {
        let refused = document.characters_refused_with.as_deref().unwrap_or(&document.malformed);
        report.label("this character").help(format!("use others: {} takes {allowed}, and answers {refused}", document.by));
    } else {
        report
            .severity(Severity::Info)
            .label("written as an escape, which arrives as it is")
            .help(format!("use others, so that no tool writes the character itself: {} takes {allowed}", document.by));
    }
}

/// Every string of a document, names of members included. The parser bounds the depth.
fn each_text(node: &Node, visit: &mut impl FnMut(&Text)) {
    match &node.data {
        NodeData::String(text) => visit(text),
        NodeData::List(list) => list.items.iter().for_each(|item| each_text(item, visit)),
        NodeData::Object(object) => {
            for member in object.members.iter() {
                visit(&member.name);
                each_text(&member.value, visit);
            }
        }
        NodeData::Null | NodeData::Bool(_) | NodeData::Number(_) | NodeData::Unknown(_) | NodeData::Broken => {}
    }
}
