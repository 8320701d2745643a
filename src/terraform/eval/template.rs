//! Templates: strings, heredocs, and strings of JSON.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    Scope, TOO_LARGE,
    repeat::{self, Items},
};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
    syntax::{
        Flags, Kind,
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

impl<'p> Scope<'_, 'p> {
    pub(super) fn json_string(self, expr: Expr<'_>) -> Value {
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
    pub(super) fn template(self, expr: Expr<'_>, origin: Origin) -> Value {
        if let [only] = *expr.children()
            && only.kind() == Kind::Interpolation
            && let [inner] = *only.children()
        {
            // `"${x}"` is x itself, whatever its type.
            return self.value(inner).through(HopKind::Interpolation, only.span());
        }
        let parts = decode::parts(expr.tree, expr.node);
        let quoted = expr.kind() == Kind::String;
        let mut writer = Writer { expr, quoted, ways: vec![Text::build(origin.clone())], sensitive: false, failed: None };
        self.write(&parts, &mut writer);
        let Writer { ways, sensitive, failed, .. } = writer;
        if let Some(why) = failed {
            return Value::unknown(why, origin);
        }
        let texts = ways.into_iter().map(|way| Value { sensitive, ..Value::string(normalized(way.finish())) });
        Value::one_of(texts.collect(), origin)
    }

    /// Writes parts; the ends of directives among them belong to directives among them.
    fn write(self, parts: &[Part], writer: &mut Writer<'_>) {
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            at += 1;
            match *part {
                Part::Literal { start, end } => {
                    for way in &mut writer.ways {
                        decode::push_literal(writer.expr.tree, start, end, writer.quoted, way);
                    }
                }
                Part::Node(node) => {
                    let node = writer.expr.at(node);
                    match (node.kind(), &*node.children()) {
                        (Kind::Interpolation, [inner]) => {
                            let value = self.value(*inner);
                            self.splice(writer, value, node.span());
                        }
                        _ => writer.failed = Some(Unknown::Error),
                    }
                }
                Part::Directive(node) => {
                    let (body, rest) = inside(&parts[at..]);
                    at = parts.len() - rest.len();
                    match writer.expr.at(node).kind() {
                        Kind::DirectiveIf => self.write_if(writer.expr.at(node), body, writer),
                        _ => self.write_for(writer.expr.at(node), body, writer),
                    }
                }
                Part::Else | Part::End => {}
            }
            writer.check();
            if writer.failed.is_some() {
                return;
            }
        }
    }

    fn write_if(self, directive: Expr<'_>, body: &[Part], writer: &mut Writer<'_>) {
        let Some(condition) = directive.children().first().copied() else { return writer.fail(Unknown::Error) };
        let value = self.value(condition);
        writer.sensitive |= value.sensitive;
        let (then, otherwise) = split_else(body);
        match (value.to_bool(), &value.data) {
            (Some(true), _) => self.write(then, writer),
            (Some(false), _) => self.write(otherwise, writer),
            (None, Data::Unknown(why)) => writer.push_unknown(Origin::at(directive.span()), *why),
            (None, _) if value.to_text().map_or(matches!(value.data, Data::OneOf(_)), |text| !text.is_known()) => {
                writer.push_unknown(Origin::at(directive.span()), Unknown::Unsupported("conditional on an unknown value"));
            }
            (None, _) => {
                self.refuse(condition.span(), format!("a condition must be a bool, and this is {}", value.noun()));
                writer.fail(Unknown::Error);
            }
        }
    }

    fn write_for(self, directive: Expr<'_>, body: &[Part], writer: &mut Writer<'_>) {
        let children = directive.children();
        let count = if directive.tree.node(directive.node).flags.has(Flags::TWO_NAMES) { 2 } else { 1 };
        let (Some(names), Some(collection)) = (children.get(..count), children.get(count)) else { return writer.fail(Unknown::Error) };
        let value = self.value(*collection);
        writer.sensitive |= value.sensitive;
        match repeat::items(&value) {
            Items::Known(items, None) => {
                for (key, value) in items {
                    let key = if count == 2 { Some((names[0].raw(), key)) } else { None };
                    self.with_names(key, (names[count - 1].raw(), value), |scope| scope.write(body, writer));
                    if !self.instance.run.spend(1) {
                        writer.fail(TOO_LARGE);
                    }
                    if writer.failed.is_some() {
                        return;
                    }
                }
            }
            Items::Known(_, Some(open)) => writer.push_unknown(Origin::at(directive.span()), open.why),
            Items::Unknown(why) => writer.push_unknown(Origin::at(directive.span()), why),
            Items::None => {
                self.refuse(collection.span(), format!("only lists, sets and maps have elements, and this is {}", value.noun()));
                writer.fail(Unknown::Error);
            }
        }
    }

    /// Splices a value into the text, or into each of the texts that it may become.
    fn splice(self, writer: &mut Writer<'_>, value: Value, span: Span) {
        writer.sensitive |= value.sensitive;
        let alternatives = value.alternatives();
        if alternatives.len() == 1 || alternatives.len() * writer.ways.len() > Value::MAX_ALTERNATIVES {
            for way in &mut writer.ways {
                match (value.to_text(), &value.data) {
                    (None, Data::Null | Data::Sequence(_) | Data::Entries { .. }) => {
                        self.refuse(span, format!("a text takes strings, numbers and bools, and this is {}", value.noun()));
                        return writer.fail(Unknown::Error);
                    }
                    _ => splice(way, &value, span),
                }
            }
            return;
        }
        let ways = std::mem::take(&mut writer.ways);
        for way in ways {
            for value in &alternatives {
                let mut way = way.clone();
                splice(&mut way, value, span);
                writer.ways.push(way);
            }
        }
    }
}

/// A text in the making; several where a condition decides that is not known.
struct Writer<'t> {
    expr: Expr<'t>,
    /// Whether backslashes are escapes.
    quoted: bool,
    ways: Vec<TextBuilder>,
    sensitive: bool,
    failed: Option<Unknown>,
}

impl Writer<'_> {
    fn fail(&mut self, why: Unknown) {
        self.failed.get_or_insert(why);
    }

    fn push_unknown(&mut self, origin: Origin, why: Unknown) {
        for way in &mut self.ways {
            way.push_unknown(origin.clone(), why.reason());
        }
    }

    fn check(&mut self) {
        if self.ways.iter().any(|way| way.as_str().len() > MAX_TEXT || way.pieces() > MAX_PIECES) {
            self.fail(TOO_LARGE);
        }
    }
}

/// What is inside a directive, and what comes behind its end.
fn inside(parts: &[Part]) -> (&[Part], &[Part]) {
    let mut depth = 0_usize;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Directive(_) => depth += 1,
            Part::End if depth == 0 => return (&parts[..at], &parts[at + 1..]),
            Part::End => depth -= 1,
            Part::Literal { .. } | Part::Node(_) | Part::Else => {}
        }
    }
    (parts, &[])
}

/// What stands before and behind the `else` of a directive.
fn split_else(parts: &[Part]) -> (&[Part], &[Part]) {
    let mut depth = 0_usize;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Directive(_) => depth += 1,
            Part::End => depth -= 1,
            Part::Else if depth == 0 => return (&parts[..at], &parts[at + 1..]),
            Part::Literal { .. } | Part::Node(_) | Part::Else => {}
        }
    }
    (parts, &[])
}

/// Splices one value into a text.
fn splice(builder: &mut TextBuilder, value: &Value, span: Span) {
    match value.to_text() {
        Some(text) => builder.push_text(&text.through(HopKind::Interpolation, span)),
        None => {
            let why = match value.data {
                Data::Unknown(why) => why,
                Data::OneOf(_) => Unknown::Unsupported("conditional on an unknown value"),
                _ => Unknown::Error,
            };
            builder.push_unknown(value.origin.through(HopKind::Interpolation, span), why.reason());
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
