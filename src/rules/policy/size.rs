use super::{document_of, is_rewritten};
use crate::{
    facts::policy::{Document, Size, SizeUnit},
    finding::{Meta, Severity, meta},
    rule::{Context, NoOptions, Rule},
    subject::policy::{Node, NodeData, Policy},
};

pub struct OverQuota;

/// From this part of the limit on a document is worth a word.
const NEAR_PERCENT: usize = 90;

impl Rule for OverQuota {
    const META: Meta = meta! {
        /// ## What it checks
        /// The length of a policy as it is sent: with all white space in a file or request, without in Terraform, which writes the document
        /// anew. What is not known counts nothing, so that a document over the limit is over it whatever comes. Where indentation alone is to
        /// blame, an info says so.
        ///
        /// ## Covers
        /// `size-over-quota`, `whitespace-heavy`
        ///
        /// ## Why
        /// The service refuses the call. Before that no tool says so: the limit in the service's model, which the SDKs check, is higher.
        ///
        /// ## Example
        /// ```hcl,bad
        /// locals {
        ///   a = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        ///   b = "${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}${local.a}"
        ///   c = "${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}${local.b}"
        ///   d = "${local.c}${local.c}${local.c}${local.c}${local.c}${local.c}${local.c}${local.c}"
        /// }
        /// resource "aws_kms_key" "k" {
        ///   policy = jsonencode({
        ///     Version   = "2012-10-17"
        ///     Id        = local.d
        ///     Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }]
        ///   })
        /// }
        /// ```
        /// ```json,good
        /// {
        ///   "Version": "2012-10-17",
        ///   "Statement": [{
        ///     "Effect": "Allow",
        ///     "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        ///     "Action": "kms:*",
        ///     "Resource": "*"
        ///   }]
        /// }
        /// ```
        ///
        /// ## Fix
        /// Take out indentation, join statements, or give access by grants.
        "policy-size", "the policy is longer than the service accepts", Error, since "0.1.0"
    };
    type Subject = Policy;
    type Options = NoOptions;

    fn check(policy: &Policy, _: &NoOptions, cx: &mut Context<'_>) {
        let Some(Measured { document, sent, minified }) = measure(policy, cx).filter(Measured::is_over) else { return };
        let Size { max, unit, refused_with } = &document.size;
        let by = &document.by;
        let refused = refused_with.as_ref().map_or_else(String::new, |error| format!("; {by} answers {error}"));
        let message = format!("the {} has {}{sent} {}, {by} accepts {max}", policy.kind.noun(), at_least(policy), unit.as_str());
        cx.report(policy, message)
            .label(format!("{} too many", sent - max))
            .help(format!("join statements, or give access by other means{refused}"));
        if let Some(minified) = minified.filter(|minified| minified <= max) {
            let message = format!("without white space the {} has {}{minified} {}", policy.kind.noun(), at_least(policy), unit.as_str());
            cx.report(policy, message).severity(Severity::Info).label("indentation makes it too long").help("send it without white space");
        }
    }
}

/// How long a document is.
pub(super) struct Measured<'f> {
    pub document: &'f Document,
    /// As it is sent.
    pub sent: usize,
    /// Without white space; `None` where that is not certain.
    pub minified: Option<usize>,
}

impl Measured<'_> {
    /// Whether the service refuses it.
    pub fn is_over(&self) -> bool {
        self.sent > self.document.size.max
    }

    /// Whether it is allowed, and little more would be too much.
    pub fn is_near(&self) -> bool {
        !self.is_over() && self.sent * 100 > self.document.size.max * NEAR_PERCENT
    }
}

/// How long a document is that is at least near the limit; `None` for shorter ones.
pub(super) fn measure<'f>(policy: &Policy, cx: &Context<'f>) -> Option<Measured<'f>> {
    let document = document_of(policy, cx)?;
    let Size { max, unit, .. } = document.size;
    // Written anew, a text grows by its escapes: that can be six times, and no more.
    const GROWTH: usize = 6;
    let written = unit.measure(policy.text.decoded());
    let longest = if is_rewritten(policy) { written * GROWTH } else { written };
    if longest * 100 <= max * NEAR_PERCENT {
        return None;
    }
    let read = policy.root.as_ref().filter(|root| policy.problems.is_empty() && !matches!(root.data, NodeData::Unknown(_)));
    let minified = read.map(|root| minified(root, unit, is_rewritten(policy)));
    // Of what was not read, that much is left without white space at least.
    let least = || unit.measure(&policy.text.decoded().replace(char::is_whitespace, ""));
    let sent = if is_rewritten(policy) { minified.unwrap_or_else(least) } else { written };
    Some(Measured { document, sent, minified })
}

/// What is not known counts nothing.
pub(super) fn at_least(policy: &Policy) -> &'static str {
    let is_read = policy.root.as_ref().is_none_or(|root| !matches!(root.data, NodeData::Unknown(_)));
    if policy.text.is_known() && (is_read || !is_rewritten(policy)) { "" } else { "at least " }
}

/// How long a value is without white space. Terraform writes some characters as escapes, and of repeated members the last one.
fn minified(node: &Node, unit: SizeUnit, by_terraform: bool) -> usize {
    let string = |text: &str| 2 + text.chars().map(|character| written(character, unit, by_terraform)).sum::<usize>();
    match &node.data {
        NodeData::Null => "null".len(),
        NodeData::Bool(bool) => {
            if *bool {
                "true".len()
            } else {
                "false".len()
            }
        }
        NodeData::Number(number) => number.len(),
        NodeData::String(text) => string(text.decoded()),
        NodeData::List(list) => {
            let items: usize = list.items.iter().map(|item| minified(item, unit, by_terraform)).sum();
            2 + items + list.items.len().saturating_sub(1)
        }
        NodeData::Object(object) => {
            let members =
                object.members.iter().map(|member| string(member.name.decoded()) + 1 + minified(&member.value, unit, by_terraform));
            2 + members.sum::<usize>() + object.members.len().saturating_sub(1)
        }
        NodeData::Unknown(_) | NodeData::Broken => 0,
    }
}

fn written(character: char, unit: SizeUnit, by_terraform: bool) -> usize {
    const SHORT: usize = 2;
    const LONG: usize = 6;
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' => SHORT,
        character if character < ' ' => LONG,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if by_terraform => LONG,
        character => unit.measure(character.encode_utf8(&mut [0; 4])),
    }
}
