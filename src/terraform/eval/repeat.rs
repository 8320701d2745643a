//! `for` expressions and splats.

use std::collections::HashMap;

use super::{Binding, EntryList, Scope, order};
use crate::{
    origin::Origin,
    source::Span,
    syntax::{Flags, Kind, view::Expr},
    text::Text,
    value::{Data, Entry, Number, Open, Type, Unknown, Value},
};

/// The parts of a `for`.
struct For<'t> {
    key_name: Option<&'t str>,
    value_name: &'t str,
    collection: Expr<'t>,
    results: Vec<Expr<'t>>,
    condition: Option<Expr<'t>>,
}

/// What a `for` goes over.
pub(in crate::terraform) enum Items {
    /// Keys and values, in order, and why there may be more.
    Known(Vec<(Value, Value)>, Option<Open>),
    /// Not known at all.
    Unknown(Unknown),
    /// Nothing that has elements.
    None,
}

/// The keys and elements of a collection, in Terraform's order.
pub(in crate::terraform) fn items(collection: &Value) -> Items {
    match &collection.data {
        Data::Entries { entries, open } => {
            let pair = |entry: &Entry| {
                let value = Value { sensitive: entry.value.sensitive || collection.sensitive, ..entry.value.clone() };
                (Value { sensitive: collection.sensitive, ..Value::string(entry.key.clone()) }, value)
            };
            Items::Known(order(entries).into_iter().map(pair).collect(), *open)
        }
        Data::Sequence(elements) => {
            let is_set = matches!(collection.ty, Type::Set(_));
            let pair = |(at, element): (usize, &Value)| {
                let element = Value { sensitive: element.sensitive || collection.sensitive, ..element.clone() };
                let key = if is_set { element.clone() } else { index(at, collection.origin.clone()) };
                (key, element)
            };
            Items::Known(elements.iter().enumerate().map(pair).collect(), None)
        }
        Data::Unknown(why) => Items::Unknown(*why),
        Data::OneOf(_) => Items::Unknown(Unknown::Unsupported("conditional on an unknown value")),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => Items::None,
    }
}

/// A position.
fn index(at: usize, origin: Origin) -> Value {
    match Number::parse(&at.to_string()) {
        Some(number) => Value::new(Data::Number(number), Type::Number, origin),
        None => Value::unknown(Unknown::Unsupported("number out of range"), origin),
    }
}

impl<'t> For<'t> {
    fn read(expr: Expr<'t>, results: usize) -> Option<Self> {
        let children = expr.children();
        let flags = expr.tree.node(expr.node).flags;
        let names = if flags.has(Flags::TWO_NAMES) { 2 } else { 1 };
        let (names, rest) = children.split_at_checked(names)?;
        let (collection, rest) = rest.split_first()?;
        let (results, rest) = rest.split_at_checked(results)?;
        Some(Self {
            key_name: if names.len() == 2 { names.first().map(|name| name.raw()) } else { None },
            value_name: names.last()?.raw(),
            collection: *collection,
            results: results.to_vec(),
            condition: rest.first().copied(),
        })
    }
}

/// Whether an element of a `for` takes part.
enum Takes {
    Part,
    NoPart,
    Perhaps(Unknown),
}

impl<'p> Scope<'_, 'p> {
    /// Evaluates with the variables of a `for`.
    pub(super) fn with_names<T>(
        self,
        key: Option<(&str, Value)>,
        (name, value): (&str, Value),
        evaluate: impl FnOnce(Scope<'_, 'p>) -> T,
    ) -> T {
        let outer = Binding { name, value, outer: self.bindings };
        match key {
            None => evaluate(Scope { bindings: Some(&outer), ..self }),
            Some((name, value)) => {
                let inner = Binding { name, value, outer: Some(&outer) };
                evaluate(Scope { bindings: Some(&inner), ..self })
            }
        }
    }

    fn takes_part(self, condition: Option<Expr<'_>>) -> Takes {
        let Some(condition) = condition else { return Takes::Part };
        let value = self.value(condition);
        match value.to_bool() {
            Some(true) => Takes::Part,
            Some(false) => Takes::NoPart,
            None if value.to_text().map_or(matches!(value.data, Data::Unknown(_) | Data::OneOf(_)), |text| !text.is_known()) => {
                Takes::Perhaps(value.why_unknown().unwrap_or(Unknown::Unsupported("conditional on an unknown value")))
            }
            None => {
                self.refuse(condition.span(), format!("a condition must be a bool, and this is {}", value.noun()));
                Takes::Perhaps(Unknown::Error)
            }
        }
    }

    pub(super) fn for_tuple(self, expr: Expr<'_>, origin: Origin) -> Value {
        let Some(parts) = For::read(expr, 1) else { return Value::unknown(Unknown::Error, origin) };
        let [result] = *parts.results else { return Value::unknown(Unknown::Error, origin) };
        let collection = self.value(parts.collection);
        self.each_way(&collection, |collection| {
            let (items, open) = match items(collection) {
                Items::Known(items, open) => (items, open),
                Items::Unknown(why) => return Value::unknown(why, origin.clone()),
                Items::None => return self.no_collection(collection, parts.collection.span()),
            };
            if let Some(open) = open {
                return Value::unknown(open.why, origin.clone());
            }
            let mut made = Vec::new();
            for (key, value) in items {
                let key = parts.key_name.map(|name| (name, key));
                let element = self.with_names(key, (parts.value_name, value), |scope| match scope.takes_part(parts.condition) {
                    Takes::Part => Ok(Some(scope.value(result))),
                    Takes::NoPart => Ok(None),
                    Takes::Perhaps(why) => Err(why),
                });
                match element {
                    Ok(element) => made.extend(element),
                    Err(why) => return Value::unknown(why, origin.clone()),
                }
            }
            let mut value = Value::new(Data::Sequence(made.into()), Type::Tuple, origin.clone());
            value.sensitive = collection.sensitive;
            value
        })
    }

    pub(super) fn for_object(self, expr: Expr<'_>, origin: Origin) -> Value {
        let Some(parts) = For::read(expr, 2) else { return Value::unknown(Unknown::Error, origin) };
        let [key_expr, value_expr] = *parts.results else { return Value::unknown(Unknown::Error, origin) };
        let grouped = expr.tree.node(expr.node).flags.has(Flags::GROUPED);
        let collection = self.value(parts.collection);
        self.each_way(&collection, |collection| {
            let (items, open) = match items(collection) {
                Items::Known(items, open) => (items, open),
                Items::Unknown(why) => return Value::unknown(why, origin.clone()),
                Items::None => return self.no_collection(collection, parts.collection.span()),
            };
            let mut object = Object::default();
            for (key, value) in items {
                let key = parts.key_name.map(|name| (name, key));
                self.with_names(key, (parts.value_name, value), |scope| {
                    let takes = scope.takes_part(parts.condition);
                    if matches!(takes, Takes::NoPart) {
                        return;
                    }
                    let key = scope.value(key_expr);
                    if let Takes::Perhaps(why) = takes {
                        object.entries.open(Open { why, span: key_expr.span() });
                        return;
                    }
                    let value = scope.value(value_expr);
                    scope.add(&mut object, key, value, grouped, key_expr.span());
                });
            }
            if let Some(open) = open {
                object.entries.open(open);
            }
            let mut value = object.finish(origin.clone());
            value.sensitive = collection.sensitive;
            value
        })
    }

    fn add(self, object: &mut Object, key: Value, value: Value, grouped: bool, span: Span) {
        match key.to_text() {
            Some(text) if text.is_known() && grouped => object.group(text, value),
            Some(text) if text.is_known() && object.entries.has(text.decoded()) => {
                let message = format!("two elements have the key `{}`; group them with `...` behind the value", text.decoded());
                self.refuse(span, message);
            }
            Some(_) => object.entries.add(key, value),
            None if matches!(key.data, Data::Unknown(_) | Data::OneOf(_)) => object.entries.add(key, value),
            None => {
                self.refuse(span, format!("a key must be a string, and this is {}", key.noun()));
                object.entries.open(Open { why: Unknown::Error, span });
            }
        }
    }

    fn no_collection(self, value: &Value, span: Span) -> Value {
        self.refused(Origin::at(span), format!("only lists, sets and maps have elements, and this is {}", value.noun()))
    }

    /// `base[*].a` and `base.*.a`.
    pub(super) fn splat(self, expr: Expr<'_>, origin: Origin) -> Value {
        let children = expr.children();
        let Some((base, steps)) = children.split_first() else { return Value::unknown(Unknown::Error, origin) };
        let (base, steps) = match self.splat_reference(*base, steps) {
            Some(values) => (values, &steps[1..]),
            None => (self.value(*base), steps),
        };
        self.each_way(&base, |base| {
            let elements = match &base.data {
                Data::Null => Vec::new(),
                Data::Sequence(elements) => elements.to_vec(),
                Data::Unknown(why) => return Value::unknown(*why, origin.clone()),
                Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } | Data::OneOf(_) => vec![base.clone()],
            };
            let follow = |element: &Value| {
                steps.iter().fold(element.clone(), |value, step| {
                    let span = step.span();
                    match step.children().first() {
                        Some(name) if name.kind() == Kind::Name => self.attribute(&value, name.raw(), span),
                        Some(key) if key.kind() == Kind::Number => self.index(&value, &self.value(*key), span),
                        Some(key) => self.index(&value, &self.value(*key), span),
                        None => Value::unknown(Unknown::Error, Origin::at(span)),
                    }
                })
            };
            let made: Vec<Value> = elements.iter().map(follow).collect();
            // Of a list or set it is a list, where what it holds has one type.
            let is_list = matches!(base.ty, Type::List(_) | Type::Set(_));
            let first = if is_list { made.first().and_then(Value::full_type) } else { None };
            let ty = first.filter(|ty| made.iter().all(|value| value.full_type().as_ref() == Some(ty)));
            let ty = ty.map_or(Type::Tuple, |ty| Type::List(ty.into()));
            let mut value = Value::new(Data::Sequence(made.into()), ty, origin.clone());
            value.sensitive = base.sensitive;
            value
        })
    }
}

/// The object that a `for` makes.
#[derive(Default)]
struct Object {
    entries: EntryList,
    groups: Vec<(Text, Vec<Value>)>,
    by_key: HashMap<String, usize>,
}

impl Object {
    fn group(&mut self, key: Text, value: Value) {
        let at = *self.by_key.entry(key.decoded().to_owned()).or_insert(self.groups.len());
        match self.groups.get_mut(at) {
            Some((_, values)) => values.push(value),
            None => self.groups.push((key, vec![value])),
        }
    }

    fn finish(self, origin: Origin) -> Value {
        let mut entries = self.entries;
        for (key, values) in self.groups {
            entries.add(Value::string(key), Value::new(Data::Sequence(values.into()), Type::Tuple, origin.clone()));
        }
        entries.finish(origin)
    }
}
