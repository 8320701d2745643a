//! Expressions to values.

mod access;
mod call;
mod entries;
mod host;
mod operator;
mod repeat;
mod template;

use std::rc::Rc;

pub use self::entries::{EntryList, order};
use self::template::normalized;
pub(super) use self::{
    access::{Found, Step, near, steps_of},
    repeat::{Items, items},
};
use super::{
    instance::Instance,
    repetition::Repetition,
    run::{RefusalKind, TOO_LARGE},
};
use crate::{
    origin::Origin,
    source::Span,
    syntax::{
        Kind,
        view::{Expr, Form},
    },
    text::Text,
    value::{Data, Number, Type, Unknown, Value},
};

/// The most entries or elements that one value may have, and parts that an expression may have.
pub const MAX_ENTRIES: usize = 100_000;

/// What an expression sees: the names of its module, `each` and `count`, and the variables of `for` around it.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a, 'p> {
    pub(super) instance: &'a Rc<Instance<'p>>,
    pub(super) repetition: &'a Repetition,
    pub(super) bindings: Option<&'a Binding<'a>>,
}

/// A name that only an expression knows: the variable of a `for`, the iterator of a `dynamic` block.
#[derive(Debug)]
pub struct Binding<'a> {
    /// The name.
    pub name: &'a str,
    /// What it stands for.
    pub value: Value,
    /// The names around it.
    pub outer: Option<&'a Binding<'a>>,
}

impl Scope<'_, '_> {
    /// The value of an expression.
    #[must_use]
    pub fn value(self, expr: Expr<'_>) -> Value {
        let origin = Origin::at(expr.span());
        let run = &self.instance.run;
        if expr.tree.has_more_children_than(expr.node, MAX_ENTRIES) || !run.enter() {
            run.is_too_large(expr.span());
            return Value::unknown(TOO_LARGE, origin);
        }
        let value = match expr.form {
            Form::Native => self.native(expr, origin),
            Form::Json => self.json(expr, origin),
        };
        run.leave();
        // A name only passes on what is too large.
        let is_name = matches!(expr.kind(), Kind::Variable | Kind::GetAttr | Kind::Index | Kind::LegacyIndex);
        if !is_name && value.why_unknown() == Some(TOO_LARGE) {
            run.is_too_large(expr.span());
        }
        value
    }

    /// What Terraform would refuse in an expression.
    pub(super) fn refuse(self, span: Span, message: impl Into<String>) {
        self.instance.run.refuse(RefusalKind::Expression, span, message);
    }

    /// What an expression is that Terraform refuses.
    fn refused(self, origin: Origin, message: impl Into<String>) -> Value {
        self.refuse(origin.span, message);
        Value::unknown(Unknown::Error, origin)
    }

    /// What `make` makes of each value that `value` may be. A refusal counts only where every one of them is refused: a condition that is not
    /// known may never choose the others.
    fn each_way(self, value: &Value, mut make: impl FnMut(&Value) -> Value) -> Value {
        if !matches!(value.data, Data::OneOf(_)) {
            return make(value);
        }
        let (mut all, mut refusals) = (true, Vec::new());
        let made = value.map_alternatives(|value| {
            let (made, met) = self.instance.run.watch(|| make(value));
            all &= !met.is_empty();
            refusals.extend(met);
            made
        });
        if all {
            self.instance.run.pass_on(refusals);
        }
        made
    }

    fn native(self, expr: Expr<'_>, origin: Origin) -> Value {
        let children = || expr.children();
        match expr.kind() {
            Kind::Null => Value::new(Data::Null, Type::Any, origin),
            Kind::Bool => Value::new(Data::Bool(expr.raw() == "true"), Type::Bool, origin),
            Kind::Number => match Number::parse(expr.raw()) {
                Some(number) => Value::new(Data::Number(number), Type::Number, origin),
                None => Value::unknown(Unknown::Unsupported("number out of range"), origin),
            },
            Kind::String | Kind::Heredoc | Kind::Template => self.template(expr, origin),
            Kind::Paren => match *children() {
                [inner] => self.value(inner),
                _ => Value::unknown(Unknown::Error, origin),
            },
            Kind::Tuple => self.tuple(&children(), origin),
            Kind::Object => self.object(expr, origin),
            Kind::Variable | Kind::GetAttr | Kind::Index | Kind::LegacyIndex => self.traversal(expr, origin),
            Kind::Conditional => self.conditional(&children(), origin),
            Kind::Unary => self.unary(&children(), origin),
            Kind::Binary => self.binary(&children(), origin),
            Kind::Call => self.call(expr, origin),
            Kind::AttrSplat | Kind::FullSplat => self.splat(expr, origin),
            Kind::ForTuple => self.for_tuple(expr, origin),
            Kind::ForObject => self.for_object(expr, origin),
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
    fn json(self, expr: Expr<'_>, origin: Origin) -> Value {
        match expr.kind() {
            Kind::String => self.json_string(expr),
            Kind::Object => {
                let written = |item: Expr<'_>| {
                    let [key, value] = &*item.children() else { return None };
                    Some((self.json_string(*key), self.value(*value), item.span()))
                };
                object_of(expr.children().into_iter().map(written), origin)
            }
            Kind::Tuple | Kind::Number | Kind::Bool | Kind::Null => self.native(expr, origin),
            _ => Value::unknown(Unknown::Error, origin),
        }
    }

    fn tuple(self, elements: &[Expr<'_>], origin: Origin) -> Value {
        Value::new(Data::Sequence(elements.iter().map(|element| self.value(*element)).collect()), Type::Tuple, origin)
    }

    fn object(self, expr: Expr<'_>, origin: Origin) -> Value {
        let written = |item: Expr<'_>| {
            let [key, value] = &*item.children() else { return None };
            Some((self.object_key(*key), self.value(*value), item.span()))
        };
        object_of(expr.children().into_iter().map(written), origin)
    }

    /// A bare word is its own name; everything else is evaluated.
    fn object_key(self, key: Expr<'_>) -> Value {
        match key.kind() {
            Kind::Variable | Kind::Name | Kind::Null | Kind::Bool => {
                Value::string(normalized(Text::verbatim(key.raw(), Origin::at(key.span()))))
            }
            _ => {
                let value = self.value(key);
                if value.to_text().is_none() && !matches!(value.data, Data::Unknown(_) | Data::OneOf(_)) {
                    self.refuse(key.span(), format!("a key must be a string, and this is {}", value.noun()));
                    return Value::unknown(Unknown::Error, value.origin);
                }
                value
            }
        }
    }
}

/// The object of these keys and values; one of several, where a condition that is not known decides a key.
fn object_of(items: impl ExactSizeIterator<Item = Option<(Value, Value, Span)>>, origin: Origin) -> Value {
    let decided = |key: &Value| matches!(key.data, Data::OneOf(_));
    let mut list = EntryList::with_capacity(items.len());
    let mut items = items.flatten();
    let mut rest = Vec::new();
    // A large object is not held twice: nearly all have keys that nothing decides.
    for item in items.by_ref() {
        if decided(&item.0) {
            rest.push(item);
            break;
        }
        let (key, value, item) = item;
        list.add_written(key, value, Some(item));
    }
    rest.extend(items);
    let ways: usize = rest.iter().filter(|(key, ..)| decided(key)).map(|(key, ..)| key.alternatives().len()).product();
    let mut lists = vec![list];
    for (key, value, item) in rest {
        if decided(&key) && ways <= Value::MAX_ALTERNATIVES {
            let keys = key.alternatives();
            let longer = lists.iter().flat_map(|list| {
                keys.iter().map(|key| {
                    let mut list = list.clone();
                    list.add(key.clone(), value.clone());
                    list
                })
            });
            lists = longer.collect();
        } else {
            lists.iter_mut().for_each(|list| list.add_written(key.clone(), value.clone(), Some(item)));
        }
    }
    let objects = lists.into_iter().map(|list| list.finish(origin.clone())).collect();
    Value::one_of(objects, origin)
}
