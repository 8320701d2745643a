//! Templates: strings, heredocs, and strings of JSON.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::Evaluator;
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
    syntax::{
        Kind,
        decode::{self, Part},
        hcl, json,
        view::{Expr, Form},
    },
    text::{Text, TextBuilder},
    value::{Data, Unknown, Value},
};

/// The longest text that is put together. The longest limit of any service is far below.
const MAX_TEXT: usize = 1 << 20;

/// The most pieces that a text is put together of.
const MAX_PIECES: usize = 10_000;

impl Evaluator<'_> {
    pub(super) fn json_string(&self, expr: Expr<'_>) -> Value {
        let text = json::decode(expr.tree, expr.node);
        if !text.decoded().contains("${") && !text.decoded().contains("%{") {
            return Value::string(normalized(text));
        }
        let tree = hcl::parse_template(&text);
        match tree.root() {
            Some(node) if tree.problems().is_empty() => {
                let template = Expr { tree: &tree, node, form: Form::Native };
                self.template(template, text.origin())
            }
            _ => Value::unknown(Unknown::Error, text.origin()),
        }
    }

    /// The pieces of a quoted template, a heredoc or a template in JSON.
    pub(super) fn template(&self, expr: Expr<'_>, origin: Origin) -> Value {
        if let [only] = *expr.children()
            && only.kind() == Kind::Interpolation
            && let [inner] = *only.children()
        {
            // `"${x}"` is x itself, whatever its type.
            return self.value(inner).through(HopKind::Interpolation, only.span());
        }
        let mut builder = Text::build(origin.clone());
        let mut sensitive = false;
        for part in decode::parts(expr.tree, expr.node) {
            let part = match part {
                Part::Literal { start, end } => {
                    decode::push_literal(expr.tree, start, end, expr.kind() == Kind::String, &mut builder);
                    continue;
                }
                Part::Node(node) => expr.at(node),
            };
            match part.kind() {
                Kind::Interpolation => {
                    let [inner] = *part.children() else { return Value::unknown(Unknown::Error, origin) };
                    let value = self.value(inner);
                    sensitive |= value.sensitive;
                    splice(&mut builder, value, part.span());
                }
                Kind::DirectiveIf | Kind::DirectiveFor => return Value::unknown(Unknown::Unsupported("template directive"), origin),
                _ => return Value::unknown(Unknown::Error, origin),
            }
            if builder.as_str().len() > MAX_TEXT || builder.pieces() > MAX_PIECES {
                return Value::unknown(Unknown::Unsupported("too large to evaluate"), origin);
            }
        }
        let mut value = Value::string(normalized(builder.finish()));
        value.sensitive = sensitive;
        value
    }
}

/// Splices a value into a template.
fn splice(builder: &mut TextBuilder, value: Value, span: Span) {
    let origin = value.origin.through(HopKind::Interpolation, span);
    match value.to_text() {
        Some(text) => builder.push_text(&text.through(HopKind::Interpolation, span)),
        None => {
            let why = match value.data {
                Data::Unknown(why) => why,
                Data::OneOf(_) => Unknown::Unsupported("conditional on an unknown value"),
                _ => Unknown::Error,
            };
            builder.push_unknown(origin, why.reason());
        }
    }
}

/// Terraform keeps strings in Unicode's composed form.
pub(super) fn normalized(text: Text) -> Text {
    match text.known() {
        Some(known) if !known.is_ascii() && !is_nfc(known) => {
            let composed: String = known.nfc().collect();
            text.with_decoded(&composed)
        }
        _ => text,
    }
}
