//! Expressions to values.

mod access;
mod data;
mod entries;
mod operator;
mod template;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

pub use self::entries::EntryList;
use self::{access::root_reason, template::normalized};
use super::functions::{self, Argument};
use crate::{
    origin::Origin,
    project::module::{Module, Resource},
    syntax::{
        Flags, Kind,
        view::{Expr, Form},
    },
    text::Text,
    value::{Data, Number, Type, Unknown, Value},
};

/// How deep evaluation may nest: through expressions, and through locals that read locals.
const MAX_DEPTH: u32 = 260;

/// The most entries or elements that one value may have.
pub const MAX_ENTRIES: usize = 100_000;

/// Evaluates the expressions of one module. Names are evaluated once.
#[derive(Debug)]
pub struct Evaluator<'p> {
    module: &'p Module<'p>,
    names: RefCell<HashMap<(Scope, String), Slot>>,
    depth: Cell<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    Local,
    Variable,
    Data,
}

#[derive(Debug)]
enum Slot {
    InProgress,
    Done(Value),
}

impl<'p> Evaluator<'p> {
    /// An evaluator that has seen nothing yet.
    #[must_use]
    pub fn new(module: &'p Module<'p>) -> Self {
        Self { module, names: RefCell::default(), depth: Cell::new(0) }
    }

    /// The value of an expression of this module.
    #[must_use]
    pub fn value(&self, expr: Expr<'_>) -> Value {
        let origin = Origin::at(expr.span());
        if self.depth.get() >= MAX_DEPTH {
            return Value::unknown(Unknown::Unsupported("nested too deeply"), origin);
        }
        self.depth.set(self.depth.get() + 1);
        let value = match expr.form {
            Form::Native => self.native(expr, origin),
            Form::Json => self.json(expr, origin),
        };
        self.depth.set(self.depth.get() - 1);
        value
    }

    /// Whether a resource may have instances: `false` only where `count` is certainly 0 or `for_each` certainly empty.
    #[must_use]
    pub fn is_created(&self, resource: &Resource<'_>) -> bool {
        let none = |value: Value| match value.data {
            Data::Number(number) => number.as_str() == "0",
            Data::String(text) => text.known() == Some("0"),
            Data::Sequence(values) => values.is_empty(),
            Data::Entries { entries, open } => entries.is_empty() && open.is_none(),
            Data::Null | Data::Bool(_) | Data::OneOf(_) | Data::Unknown(_) => false,
        };
        !["count", "for_each"].iter().any(|name| resource.body.argument(name).is_some_and(|expr| none(self.value(expr))))
    }

    fn native(&self, expr: Expr<'_>, origin: Origin) -> Value {
        let children = || expr.children();
        let unsupported = |form| Value::unknown(Unknown::Unsupported(form), origin.clone());
        match expr.kind() {
            Kind::Null => Value::new(Data::Null, Type::Any, origin),
            Kind::Bool => Value::new(Data::Bool(expr.raw() == "true"), Type::Bool, origin),
            Kind::Number => match Number::parse(expr.raw()) {
                Some(number) => Value::new(Data::Number(number), Type::Number, origin),
                None => unsupported("number out of range"),
            },
            Kind::String | Kind::Heredoc | Kind::Template => self.template(expr, origin),
            Kind::Paren => match *children() {
                [inner] => self.value(inner),
                _ => Value::unknown(Unknown::Error, origin),
            },
            Kind::Tuple => self.tuple(&children(), origin),
            Kind::Object => self.object(expr, origin),
            Kind::Variable => Value::unknown(root_reason(expr.raw()), origin),
            Kind::GetAttr | Kind::Index | Kind::LegacyIndex => self.access(expr, origin),
            Kind::Conditional => self.conditional(&children(), origin),
            Kind::Unary => self.unary(&children(), origin),
            Kind::Binary => self.binary(&children(), origin),
            Kind::Call => self.call(expr, origin),
            Kind::AttrSplat | Kind::FullSplat => unsupported("splat expression"),
            Kind::ForTuple | Kind::ForObject => unsupported("for expression"),
            Kind::Body
            | Kind::Attribute
            | Kind::Block
            | Kind::Name
            | Kind::Literal
            | Kind::Interpolation
            | Kind::DirectiveIf
            | Kind::DirectiveFor
            | Kind::SplatStep
            | Kind::Operator
            | Kind::Item
            | Kind::Unknown
            | Kind::Error => Value::unknown(Unknown::Error, origin),
        }
    }

    /// A value in `.tf.json`: strings are templates, also those that are keys.
    fn json(&self, expr: Expr<'_>, origin: Origin) -> Value {
        match expr.kind() {
            Kind::String => self.json_string(expr),
            Kind::Object => {
                let items = expr.children().into_iter().filter_map(|item| <[Expr<'_>; 2]>::try_from(item.children()).ok());
                let mut entries = EntryList::default();
                for [key, value] in items {
                    let key = self.json_string(key);
                    entries.add(key, self.value(value));
                }
                entries.finish(origin)
            }
            Kind::Tuple | Kind::Number | Kind::Bool | Kind::Null => self.native(expr, origin),
            _ => Value::unknown(Unknown::Error, origin),
        }
    }

    fn tuple(&self, elements: &[Expr<'_>], origin: Origin) -> Value {
        Value::new(Data::Sequence(elements.iter().map(|element| self.value(*element)).collect()), Type::Tuple, origin)
    }

    fn object(&self, expr: Expr<'_>, origin: Origin) -> Value {
        let mut entries = EntryList::default();
        for item in expr.children() {
            if let [key, value] = *item.children() {
                entries.add(self.object_key(key), self.value(value));
            }
        }
        entries.finish(origin)
    }

    /// A bare word is its own name; everything else is evaluated.
    fn object_key(&self, key: Expr<'_>) -> Value {
        match key.kind() {
            Kind::Variable | Kind::Name => Value::string(normalized(Text::verbatim(key.raw(), Origin::at(key.span())))),
            _ => self.value(key),
        }
    }

    fn call(&self, expr: Expr<'_>, origin: Origin) -> Value {
        let parts = expr.children();
        let Some((name, arguments)) = parts.split_first() else { return Value::unknown(Unknown::Error, origin) };
        let Some(function) = functions::find(name.raw()) else {
            return Value::unknown(Unknown::Unsupported("function that is not evaluated"), origin);
        };
        let mut values: Vec<Argument> =
            arguments.iter().map(|argument| Argument { value: self.value(*argument), span: argument.span() }).collect();
        if expr.tree.node(expr.node).flags.has(Flags::EXPANDED) {
            let Some(Argument { value, span }) = values.pop() else { return Value::unknown(Unknown::Error, origin) };
            match value.data {
                Data::Sequence(last) => values.extend(last.iter().map(|value| Argument { value: value.clone(), span })),
                Data::Unknown(_) => values.push(Argument { value, span }),
                _ => return Value::unknown(Unknown::Error, origin),
            }
        }
        function.call(values, expr.span()).unwrap_or_else(|_| Value::unknown(Unknown::Error, origin))
    }
}
