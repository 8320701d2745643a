//! Expressions to values.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::functions::{self, Argument, Call};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    project::module::{Module, Resource, Variable},
    source::Span,
    syntax::{
        Flags, Kind,
        decode::{self, Part},
        hcl, json,
        view::{Expr, Form},
    },
    text::{Text, TextBuilder},
    value::{Data, Entry, Number, Open, Shadow, Type, Unknown, Value},
};

/// How deep evaluation may nest: through expressions, and through locals that read locals.
const MAX_DEPTH: u32 = 260;

/// The longest text that is put together. The longest limit of any service is far below.
const MAX_TEXT: usize = 1 << 20;

/// The most pieces that a text is put together of.
const MAX_PIECES: usize = 10_000;

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
        !["count", "for_each"].iter().any(|name| resource.argument(name).is_some_and(|expr| none(self.value(expr))))
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

    fn json_string(&self, expr: Expr<'_>) -> Value {
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

    /// The pieces of a quoted template, a heredoc or a template in JSON.
    fn template(&self, expr: Expr<'_>, origin: Origin) -> Value {
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

    fn access(&self, expr: Expr<'_>, origin: Origin) -> Value {
        let [base, step] = *expr.children() else { return Value::unknown(Unknown::Error, origin) };
        let key = match (expr.kind(), step.kind()) {
            (Kind::Index, Kind::Interpolation) => return Value::unknown(Unknown::Error, origin),
            (Kind::Index, _) => match self.value(step).to_text() {
                Some(text) if text.is_known() => text.decoded().to_owned(),
                _ => return Value::unknown(Unknown::Unsupported("index that is not known"), origin),
            },
            _ => step.raw().to_owned(),
        };
        if base.kind() == Kind::Variable {
            match base.raw() {
                "local" => return self.local(&key, origin),
                "var" => return self.variable(&key, origin),
                root => return Value::unknown(root_reason(root), origin),
            }
        }
        let base = self.value(base);
        match &base.data {
            Data::Entries { entries, open } => {
                match entries.iter().find(|entry| entry.shadowed.is_none() && entry.key.known() == Some(&key)) {
                    Some(entry) => entry.value.clone(),
                    None => Value::unknown(open.map_or(Unknown::Error, |open| open.why), origin),
                }
            }
            Data::Sequence(values) => match key.parse::<usize>().ok().and_then(|at| values.get(at)) {
                Some(value) => value.clone(),
                None => Value::unknown(Unknown::Error, origin),
            },
            Data::Unknown(why) => Value::unknown(*why, origin),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) => Value::unknown(Unknown::Error, origin),
            Data::OneOf(_) => Value::unknown(Unknown::Unsupported("conditional on an unknown value"), origin),
        }
    }

    fn local(&self, name: &str, origin: Origin) -> Value {
        let Some(expr) = self.module.locals.get(name) else { return Value::unknown(Unknown::Error, origin) };
        self.named(Scope::Local, name, &origin, || self.value(*expr)).through(HopKind::Local, origin.span)
    }

    fn variable(&self, name: &str, origin: Origin) -> Value {
        let Some(variable) = self.module.variables.get(name) else { return Value::unknown(Unknown::Error, origin) };
        let value = self.named(Scope::Variable, name, &origin, || self.variable_value(name, variable));
        let mut value = value.through(HopKind::Variable, origin.span);
        value.sensitive |= variable.sensitive;
        value
    }

    fn variable_value(&self, name: &str, variable: &Variable<'p>) -> Value {
        let here = Origin::at(variable.span);
        if self.module.called {
            return Value::unknown(Unknown::Unsupported("input of a called module"), here);
        }
        let Some(given) = self.module.inputs.get(name).copied().or(variable.default) else {
            return Value::unknown(Unknown::NoDefault, here);
        };
        let value = self.value(given);
        match variable.ty {
            None => value,
            Some(ty) => convert(value, ty),
        }
    }

    /// Evaluates a name once. A name that needs itself is an error of the configuration.
    fn named(&self, scope: Scope, name: &str, origin: &Origin, evaluate: impl FnOnce() -> Value) -> Value {
        let key = (scope, name.to_owned());
        match self.names.borrow().get(&key) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::InProgress) => return Value::unknown(Unknown::Error, origin.clone()),
            None => {}
        }
        self.names.borrow_mut().insert(key.clone(), Slot::InProgress);
        let value = evaluate();
        self.names.borrow_mut().insert(key, Slot::Done(value.clone()));
        value
    }

    fn conditional(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [condition, then, otherwise] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let condition = self.value(condition);
        match condition.to_bool() {
            Some(true) => self.value(then),
            Some(false) => self.value(otherwise),
            None => {
                let why = condition.why_unknown().unwrap_or(Unknown::Error);
                Value::unknown(why, origin)
            }
        }
    }

    fn unary(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [operator, operand] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let value = self.value(operand);
        match (operator.raw(), &value.data) {
            ("-", Data::Number(number)) => Value::new(Data::Number(number.negated()), Type::Number, origin),
            ("!", _) if value.to_bool().is_some() => Value::new(Data::Bool(value.to_bool() == Some(false)), Type::Bool, origin),
            (_, Data::Unknown(why)) => Value::unknown(*why, origin),
            _ => Value::unknown(Unknown::Error, origin),
        }
    }

    fn binary(&self, parts: &[Expr<'_>], origin: Origin) -> Value {
        let [left, operator, right] = *parts else { return Value::unknown(Unknown::Error, origin) };
        let (left, right) = (self.value(left), self.value(right));
        let bool = |bool| Value::new(Data::Bool(bool), Type::Bool, origin.clone());
        let why = left.why_unknown().or(right.why_unknown());
        match operator.raw() {
            "&&" | "||" => match (left.to_bool(), right.to_bool()) {
                (Some(left), Some(right)) => bool(if operator.raw() == "&&" { left && right } else { left || right }),
                _ => Value::unknown(why.unwrap_or(Unknown::Error), origin),
            },
            "==" | "!=" => match equal(&left, &right) {
                Some(equal) => bool(equal == (operator.raw() == "==")),
                None => Value::unknown(why.unwrap_or(Unknown::Unsupported("comparison")), origin),
            },
            _ => Value::unknown(why.unwrap_or(Unknown::Unsupported("arithmetic")), origin),
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
        (function.call)(Call { name: function.name, arguments: values, span: expr.span() })
    }
}

/// Why a root name has no value here.
fn root_reason(root: &str) -> Unknown {
    match root {
        "each" | "count" | "self" => Unknown::Unsupported("each, count or self"),
        "path" | "terraform" => Unknown::Unsupported("path or workspace"),
        "module" => Unknown::Unsupported("module output"),
        _ => Unknown::AfterApply,
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
fn normalized(text: Text) -> Text {
    match text.known() {
        Some(known) if !known.is_ascii() && !is_nfc(known) => {
            let composed: String = known.nfc().collect();
            text.with_decoded(&composed)
        }
        _ => text,
    }
}

/// Terraform's `==` for values that are plainly equal or not: primitives of known content. Different types are never equal.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    Some(match (&left.data, &right.data) {
        (Data::Null, Data::Null) => true,
        (Data::Bool(left), Data::Bool(right)) => left == right,
        (Data::Number(left), Data::Number(right)) => left == right,
        (Data::String(left), Data::String(right)) => left.known()? == right.known()?,
        (Data::Unknown(_) | Data::OneOf(_), _) | (_, Data::Unknown(_) | Data::OneOf(_)) => return None,
        (Data::Sequence(_) | Data::Entries { .. }, Data::Sequence(_) | Data::Entries { .. }) => return None,
        (Data::String(text), _) | (_, Data::String(text)) if !text.is_known() => return None,
        _ => false,
    })
}

/// Applies a type constraint where that is certain to keep every entry; the text of a value does not depend on its type.
fn convert(value: Value, ty: Expr<'_>) -> Value {
    if value.why_unknown().is_some() || matches!(value.data, Data::Null) || keeps_entries(ty) {
        value
    } else {
        let origin = value.origin.clone();
        Value::unknown(Unknown::Unsupported("conversion to this type"), origin)
    }
}

/// `string`, `any`, `map(string)` and the like, with bare words or in the quotes of old.
fn keeps_entries(ty: Expr<'_>) -> bool {
    let words: String = ty.raw().chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
    matches!(
        words.as_str(),
        "any" | "string" | "map" | "list" | "map(string)" | "map(any)" | "list(string)" | "list(any)" | "map(map(string))"
    )
}

/// Collects the entries of a constructor or of `merge`: a later key takes the place of an earlier one.
#[derive(Debug, Default)]
pub struct EntryList {
    entries: Vec<Entry>,
    live: HashMap<String, usize>,
    open: Option<Open>,
    /// The entries before this one have no value that is certain.
    doubted: usize,
    /// How many keys were known in part.
    partial: u32,
}

impl EntryList {
    /// Adds an entry of a constructor.
    pub fn add(&mut self, key: Value, value: Value) {
        match key.to_text() {
            Some(text) if text.is_known() => self.insert(text, value, Shadow::Repeated),
            Some(text) => {
                self.doubt_keys(&text);
                self.entries.push(Entry { key: text, value, shadowed: None });
            }
            None => self.open(Open { why: key.why_unknown().unwrap_or(Unknown::Error), span: key.origin.span }),
        }
    }

    /// Adds an entry whose key is known; `how` is what happens to an earlier one of that key.
    pub fn insert(&mut self, key: Text, value: Value, how: Shadow) {
        if let Some(earlier) = self.live.insert(key.decoded().to_owned(), self.entries.len()) {
            self.entries[earlier].shadowed = Some(how);
        }
        self.entries.push(Entry { key, value, shadowed: None });
    }

    /// Keeps an entry that never arrives.
    pub fn keep_shadowed(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Entries that are not known join here: they may add keys, and replace the values of those before them.
    pub fn open(&mut self, open: Open) {
        self.doubt(open);
        self.open.get_or_insert(open);
    }

    /// A key known in part may be any earlier one that begins as it does.
    fn doubt_keys(&mut self, key: &Text) {
        /// So often every earlier key is looked at; then all of them are in doubt, so that time stays linear.
        const OFTEN: u32 = 64;
        let (span, reason) = key.first_unknown().unwrap_or((key.origin().span, Unknown::AfterApply.reason()));
        self.partial += 1;
        if self.partial > OFTEN || key.known_prefix().is_empty() {
            return self.doubt(Open { why: Unknown::Unsupported(reason), span });
        }
        let may_be = |entry: &&mut Entry| entry.shadowed.is_none() && entry.key.known_prefix().starts_with(key.known_prefix());
        for entry in self.entries[self.doubted..].iter_mut().filter(may_be) {
            entry.value = Value::unknown(Unknown::Unsupported(reason), entry.value.origin.clone());
        }
    }

    fn doubt(&mut self, open: Open) {
        let from = std::mem::replace(&mut self.doubted, self.entries.len());
        for entry in self.entries[from..].iter_mut().filter(|entry| entry.shadowed.is_none()) {
            let origin = entry.value.origin.clone();
            entry.value = Value::unknown(open.why, origin);
        }
    }

    /// How many entries there are, shadowed ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The map.
    #[must_use]
    pub fn finish(self, origin: Origin) -> Value {
        if self.entries.len() > MAX_ENTRIES {
            return Value::unknown(Unknown::Unsupported("too large to evaluate"), origin);
        }
        Value::new(Data::Entries { entries: self.entries.into(), open: self.open }, Type::Object, origin)
    }
}
