//! Names, attributes and indexes.

use super::Scope;
use crate::{
    origin::{HopKind, Origin},
    source::Span,
    syntax::{Kind, view::Expr},
    terraform::{
        instance::{Name, through},
        repetition::{Repetition, whole_number},
    },
    text::Text,
    value::{Data, Entry, Type, Unknown, Value},
};

/// One step behind a name: the expression up to and with it, and its attribute or key.
pub(in crate::terraform) type Step<'t> = (Expr<'t>, Expr<'t>);

/// A value, how many of the steps led to it, and how it was read: the way of what the further steps lead to.
pub(in crate::terraform) type Found = (Value, usize, Option<(HopKind, Span)>);

/// The name at the root of accesses, and the steps behind it.
pub(in crate::terraform) fn steps_of(expr: Expr<'_>) -> (Expr<'_>, Vec<Step<'_>>) {
    let (mut base, mut steps) = (expr, Vec::new());
    while matches!(base.kind(), Kind::GetAttr | Kind::Index | Kind::LegacyIndex) {
        let [inner, step] = *base.children() else { break };
        steps.push((base, step));
        base = inner;
    }
    steps.reverse();
    (base, steps)
}

impl<'p> Scope<'_, 'p> {
    /// A name, with attributes and indexes behind it.
    pub(super) fn traversal(self, expr: Expr<'_>, origin: Origin) -> Value {
        let (base, steps) = steps_of(expr);
        let (value, used, read) = match base.kind() {
            Kind::Variable => self.root(base, &steps, &origin),
            Kind::GetAttr | Kind::Index | Kind::LegacyIndex => (Value::unknown(Unknown::Error, origin), steps.len(), None),
            _ => (self.value(base), 0, None),
        };
        // Only what is taken goes the way: the whole may be large, and is read for a part of it again and again.
        through(steps.iter().skip(used).fold(value, |value, step| self.step(&value, *step)), read)
    }

    /// One step further.
    pub(in crate::terraform) fn step(self, value: &Value, (whole, step): Step<'_>) -> Value {
        match whole.kind() {
            Kind::GetAttr => self.attribute(value, step.raw(), whole.span()),
            _ => self.index(value, &self.value(step), whole.span()),
        }
    }

    fn root(self, base: Expr<'_>, steps: &[Step<'_>], origin: &Origin) -> Found {
        let name = base.raw();
        let binding = std::iter::successors(self.bindings, |binding| binding.outer).find(|binding| binding.name == name);
        if let Some(binding) = binding {
            return (binding.value.clone(), 0, None);
        }
        if self.is_template() {
            return (self.refused(origin.clone(), format!("the template is not given a variable `{name}`")), steps.len(), None);
        }
        let first = steps.first().filter(|(whole, _)| whole.kind() == Kind::GetAttr).map(|(whole, step)| (step.raw(), whole.span()));
        let Some((attribute, span)) = first else {
            return (Value::unknown(Unknown::Error, origin.clone()), steps.len(), None);
        };
        let value = match name {
            "local" => return (self.instance.kept(Name::Local, attribute, span), 1, Name::Local.step(span)),
            "var" => return (self.instance.kept(Name::Variable, attribute, span), 1, Name::Variable.step(span)),
            "each" => return (self.of_repetition(name, attribute, Origin::at(span)), 1, Some((HopKind::Each, span))),
            "count" => self.of_repetition(name, attribute, Origin::at(span)),
            "path" => self.path(attribute, Origin::at(span)),
            "terraform" => match (attribute, &self.instance.run.inputs.workspace) {
                ("workspace", Some(workspace)) => Value::string(Text::derived(workspace, Origin::at(span))),
                ("workspace", None) => Value::unknown(Unknown::Unsupported("workspace that is not pinned"), Origin::at(span)),
                ("applying", _) => Value::unknown(Unknown::AfterApply, Origin::at(span)),
                _ => Value::unknown(Unknown::Error, Origin::at(span)),
            },
            "module" => return self.module_reference(attribute, steps, span),
            // Only blocks that are not looked at have it.
            "self" => Value::unknown(Unknown::Error, Origin::at(span)),
            "data" | "ephemeral" => return self.data_reference(attribute, steps, span),
            _ => return self.resource_reference(name, attribute, steps, span),
        };
        (value, 1, None)
    }

    fn of_repetition(self, root: &str, attribute: &str, origin: Origin) -> Value {
        match (root, attribute, self.repetition) {
            ("each", "key", Repetition::Each { key, .. }) => key.clone(),
            ("each", "value", Repetition::Each { value, .. }) => value.clone(),
            ("count", "index", Repetition::Count(index)) => index.clone(),
            _ => {
                let repeats = if root == "each" { "for_each" } else { "count" };
                self.refused(origin, format!("`{root}.{attribute}` is known only in a block with `{repeats}`"))
            }
        }
    }

    fn path(self, attribute: &str, origin: Origin) -> Value {
        let root = self.instance.callers().last().map_or("", |root| root.module.directory.as_str());
        let path = match attribute {
            "module" => relative(root, &self.instance.module.directory),
            "root" => ".".to_owned(),
            // Terraform runs in the root module; where the tree lies is not known.
            "cwd" => {
                let mut path = Text::build(origin.clone());
                path.push_unknown(origin.clone(), "working directory");
                if !root.is_empty() {
                    path.push_folded(&format!("/{root}"), origin);
                }
                return Value::string(path.finish());
            }
            _ => return self.refused(origin, format!("there is no `path.{attribute}`")),
        };
        Value::string(Text::derived(&path, origin))
    }

    /// `value.name`
    pub(in crate::terraform) fn attribute(self, value: &Value, name: &str, span: Span) -> Value {
        self.lookup(value, name, span)
    }

    /// `value[key]`
    pub(in crate::terraform) fn index(self, value: &Value, key: &Value, span: Span) -> Value {
        self.each_way(key, |key| {
            self.each_way(value, |value| match (&value.data, key.to_text()) {
                (Data::Unknown(why), _) => Value::unknown(*why, Origin::at(span)),
                (_, None) => match key.data {
                    Data::Unknown(why) => self.some_element(value, why, span),
                    _ => self.refused(Origin::at(span), format!("a key is a string or a number, and this is {}", key.noun())),
                },
                (Data::Sequence(elements), Some(text)) if text.is_known() => {
                    if matches!(value.ty, Type::Set(_)) {
                        return self.refused(Origin::at(span), "the elements of a set have no keys");
                    }
                    match whole_number(key).map(|at| elements.get(at)) {
                        Some(Some(element)) => within(value, element),
                        Some(None) => {
                            let count = elements.len();
                            let ending = if count == 1 { "" } else { "s" };
                            self.refused(
                                Origin::at(span),
                                format!("there is no element {} in a list of {count} element{ending}", text.decoded()),
                            )
                        }
                        None => self.refused(Origin::at(span), format!("`{}` is no index of a list", text.decoded())),
                    }
                }
                (_, Some(text)) if text.is_known() => self.lookup(value, text.decoded(), span),
                (_, Some(_)) => self.some_element(value, Unknown::Unsupported("index that is not known"), span),
            })
        })
    }

    /// One of the elements, if they are few; which one is not known.
    fn some_element(self, value: &Value, why: Unknown, span: Span) -> Value {
        let origin = Origin::at(span);
        let elements: Vec<Value> = match &value.data {
            Data::Sequence(elements) => elements.iter().map(|element| within(value, element)).collect(),
            Data::Entries { entries, open: None } => {
                let live = entries.iter().filter(|entry| entry.shadowed.is_none());
                live.map(|entry| within(value, &entry.value)).collect()
            }
            _ => Vec::new(),
        };
        if elements.is_empty() { Value::unknown(why, origin) } else { Value::one_of(elements, origin) }
    }

    fn lookup(self, value: &Value, name: &str, span: Span) -> Value {
        self.each_way(value, |value| {
            let origin = Origin::at(span);
            match &value.data {
                Data::Entries { entries, open } => {
                    self.instance.run.spend(entries.len() as u64 / 64);
                    // What is not known in part may have this key.
                    let may_be =
                        |entry: &&Entry| entry.shadowed.is_none() && !entry.key.is_known() && name.starts_with(entry.key.known_prefix());
                    match entries.iter().find(|entry| entry.shadowed.is_none() && entry.key.known() == Some(name)) {
                        Some(entry) => within(value, &entry.value),
                        None => match (open, entries.iter().find(may_be)) {
                            (Some(open), _) => Value::unknown(open.why, origin),
                            (None, Some(_)) => Value::unknown(Unknown::Unsupported("index that is not known"), origin),
                            (None, None) => self.no_attribute(value, entries, name, origin),
                        },
                    }
                }
                Data::Unknown(why) => Value::unknown(*why, origin),
                Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::OneOf(_) => {
                    self.refused(origin, format!("{} has no attribute `{name}`", value.noun()))
                }
            }
        })
    }

    fn no_attribute(self, value: &Value, entries: &[Entry], name: &str, origin: Origin) -> Value {
        let known = entries.iter().filter(|entry| entry.shadowed.is_none()).filter_map(|entry| entry.key.known());
        let hint = near(name, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let kind = if matches!(value.ty, Type::Map(_)) { "map has no key" } else { "object has no attribute" };
        self.refused(origin, format!("this {kind} `{name}`{hint}"))
    }
}

/// The name that is meant, where one is near enough.
pub(in crate::terraform) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Under `try` nobody reads this: what differs by more in length is not compared. A character has up to four bytes.
    known.filter(|known| known.len().abs_diff(name.len()) <= 2 * 4 && strsim::damerau_levenshtein(known, name) <= 2).min()
}

/// An element of a value; what hides the whole hides it.
fn within(whole: &Value, part: &Value) -> Value {
    Value { sensitive: whole.sensitive || part.sensitive, ..part.clone() }
}

/// The way from one directory of the tree to another, as Terraform prints it.
fn relative(from: &str, to: &str) -> String {
    let split = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (split(from), split(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts = vec!["..".to_owned(); from.len() - shared];
    parts.extend(to.into_iter().skip(shared));
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
