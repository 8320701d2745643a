//! References to modules, resources and data sources.

use std::rc::Rc;

use super::{
    eval::{EntryList, Found, Scope, Step},
    instance::{Instance, Name},
    repetition::{Repetition, RepetitionKind, whole_number},
    run::{Refusal, RefusalKind},
};
use crate::{
    origin::Origin,
    project::module::Resource,
    source::Span,
    syntax::{Kind, view::Expr},
    text::Text,
    value::{Data, Open, Type, Unknown, Value},
};

/// Settings of a block that are no attributes of what it stands for.
const META_ARGUMENTS: &[&str] = &["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"];

/// What stands behind the name of a repeated block.
enum Chosen<T> {
    /// One instance, and how many steps chose it.
    One(T, usize),
    /// All of them.
    All,
    /// An instance that is not known, or none.
    Other(Value, usize),
}

impl<'p> Scope<'_, 'p> {
    /// `module.name…`: the first step is the name.
    pub(super) fn module_reference(self, name: &str, steps: &[Step<'_>], here: Span) -> Found {
        let Some(call) = self.instance.call(name) else {
            return (Value::unknown(Unknown::Error, Origin::at(here)), steps.len(), None);
        };
        let children = match self.instance.children(call) {
            Ok(children) => children,
            Err(why) => return (Value::unknown(why, Origin::at(here)), steps.len(), None),
        };
        let repetitions: Vec<&Repetition> = children.list.iter().map(|(repetition, _)| repetition).collect();
        match self.choose(children.kind, &repetitions, children.open, &steps[1..]) {
            Chosen::One(at, used) => {
                let used = used + 1;
                let Some((_, child)) = children.list.get(at) else { return (Value::unknown(Unknown::Error, Origin::at(here)), used, None) };
                match steps.get(used) {
                    Some((whole, output)) if whole.kind() == Kind::GetAttr => {
                        (child.kept(Name::Output, output.raw(), whole.span()), used + 1, Name::Output.step(whole.span()))
                    }
                    _ => (outputs(child, here), used, None),
                }
            }
            Chosen::Other(value, used) => (value, used + 1, None),
            Chosen::All => {
                let each = children.list.iter().map(|(repetition, child)| (repetition.clone(), outputs(child, here)));
                (all(children.kind, each, children.open, here), 1, None)
            }
        }
    }

    /// `type.name…`: the first step is the name.
    pub(super) fn resource_reference(self, ty: &str, name: &str, steps: &[Step<'_>], here: Span) -> Found {
        match self.instance.module.resources.find((ty, name)) {
            Some(resource) => self.block_reference(resource, &steps[1..], here, 1),
            None => (Value::unknown(Unknown::AfterApply, Origin::at(here)), steps.len(), None),
        }
    }

    /// `data.type.name…`: the first step is the type.
    pub(super) fn data_reference(self, ty: &str, steps: &[Step<'_>], here: Span) -> Found {
        let Some((whole, name)) = steps.get(1).filter(|(whole, _)| whole.kind() == Kind::GetAttr) else {
            return (Value::unknown(Unknown::Error, Origin::at(here)), steps.len(), None);
        };
        let name = name.raw();
        match self.instance.module.data.find((ty, name)) {
            Some(data) => self.block_reference(data, &steps[2..], whole.span(), 2),
            None => (Value::unknown(Unknown::AfterApply, Origin::at(here)), steps.len(), None),
        }
    }

    fn block_reference(self, block: &'p Resource<'p>, steps: &[Step<'_>], here: Span, before: usize) -> Found {
        let repetitions = self.instance.repetitions(block);
        let list: Vec<&Repetition> = repetitions.list.iter().collect();
        match self.choose(repetitions.kind, &list, repetitions.open, steps) {
            Chosen::One(at, used) => {
                let Some(repetition) = list.get(at) else { return (Value::unknown(Unknown::Error, Origin::at(here)), before + used, None) };
                match steps.get(used) {
                    Some((whole, name)) if whole.kind() == Kind::GetAttr => {
                        (self.instance.attribute_of(block, repetition, name.raw(), whole.span()), before + used + 1, None)
                    }
                    _ => (self.instance.object_of(block, repetition, here), before + used, None),
                }
            }
            Chosen::Other(value, used) => (value, before + used, None),
            Chosen::All => {
                let each = list.iter().map(|repetition| ((*repetition).clone(), self.instance.object_of(block, repetition, here)));
                (all(repetitions.kind, each, repetitions.open, here), before, None)
            }
        }
    }

    /// The instance that the steps behind a repeated block's name choose.
    fn choose(self, kind: RepetitionKind, list: &[&Repetition], open: Option<Unknown>, steps: &[Step<'_>]) -> Chosen<usize> {
        if kind == RepetitionKind::Single {
            return Chosen::One(0, 0);
        }
        let Some((whole, step)) = steps.first() else { return Chosen::All };
        let key = match whole.kind() {
            Kind::GetAttr => {
                let message = "a block that is repeated has instances; name one by its key, or all with `[*]`";
                self.refuse(whole.span(), message);
                return Chosen::Other(Value::unknown(Unknown::Error, Origin::at(whole.span())), steps.len());
            }
            _ => self.value(*step),
        };
        let other = |why| Chosen::Other(Value::unknown(why, Origin::at(whole.span())), steps.len());
        let at = match (kind, key.to_text()) {
            (_, None) => {
                if let [_] = list {
                    // Whatever the key is, there is no other instance.
                    return Chosen::One(0, 1);
                }
                return other(key.why_unknown().unwrap_or(Unknown::Unsupported("index that is not known")));
            }
            (_, Some(text)) if !text.is_known() => return other(Unknown::Unsupported("index that is not known")),
            (RepetitionKind::Count, _) => whole_number(&key).filter(|at| *at < list.len()),
            (_, Some(text)) => list.iter().position(|repetition| match repetition {
                Repetition::Each { key, .. } => matches!(&key.data, Data::String(key) if key.known() == text.known()),
                Repetition::Single | Repetition::Count(_) => false,
            }),
        };
        match (at, open, list) {
            (Some(at), ..) => Chosen::One(at, 1),
            (None, Some(_), [_]) => Chosen::One(0, 1),
            (None, Some(why), _) => other(why),
            (None, None, _) => {
                let shown = key.to_text().map_or_else(String::new, |text| text.shown());
                let count = list.len();
                let ending = if count == 1 { "" } else { "s" };
                self.refuse(whole.span(), format!("there is no instance `{shown}` among {count} instance{ending}"));
                other(Unknown::Error)
            }
        }
    }

    /// The value before a splat; where the first step behind it names an output or an attribute, only that is evaluated.
    pub(super) fn splat_reference<'t>(self, base: Expr<'t>, steps: &[Expr<'t>]) -> Option<Value> {
        let (root, path) = super::eval::steps_of(base);
        let first = steps.first()?.children().first().copied().filter(|name| name.kind() == Kind::Name)?;
        if root.kind() != Kind::Variable || path.iter().any(|(whole, _)| whole.kind() != Kind::GetAttr) || self.binds(root.raw()) {
            return None;
        }
        let names: Vec<&str> = path.iter().map(|(_, name)| name.raw()).collect();
        let (kind, open, values): (_, _, Vec<Value>) = match (root.raw(), &*names) {
            ("module", &[name]) => {
                let children = self.instance.children(self.instance.call(name)?).ok()?;
                let values = children.list.iter().map(|(_, child)| child.named(Name::Output, first.raw(), first.span()));
                (children.kind, children.open, values.collect())
            }
            ("data", &[ty, name]) | (ty, &[name]) if !matches!(ty, "local" | "var" | "each" | "path") => {
                let blocks = if root.raw() == "data" { &self.instance.module.data } else { &self.instance.module.resources };
                let block = blocks.find((ty, name))?;
                let repetitions = self.instance.repetitions(block);
                let values = repetitions.list.iter().map(|each| self.instance.attribute_of(block, each, first.raw(), first.span()));
                (repetitions.kind, repetitions.open, values.collect())
            }
            _ => return None,
        };
        match (kind, open) {
            (_, Some(why)) => Some(Value::unknown(why, Origin::at(base.span()))),
            // The splat of a map is a list of that map, which has no such attribute.
            (RepetitionKind::Each, None) => None,
            (RepetitionKind::Single | RepetitionKind::Count, None) => {
                Some(Value::new(Data::Sequence(values.into()), Type::Tuple, Origin::at(base.span())))
            }
        }
    }

    fn binds(self, name: &str) -> bool {
        std::iter::successors(self.bindings, |binding| binding.outer).any(|binding| binding.name == name)
    }
}

impl<'p> Instance<'p> {
    /// An attribute of an instance of a resource or data source: what is written, or what is learnt when the plan is applied.
    pub(super) fn attribute_of(self: &Rc<Self>, block: &'p Resource<'p>, repetition: &Repetition, name: &str, span: Span) -> Value {
        let after_apply = || Value::unknown(Unknown::AfterApply, Origin::at(span));
        if META_ARGUMENTS.contains(&name) {
            return after_apply();
        }
        if !block.is_data && name == "tags_all" {
            let own = self.written(block, repetition, "tags");
            return self.with_default_tags(block, own, None).unwrap_or_else(after_apply);
        }
        if block.is_data && block.ty == "aws_default_tags" && name == "tags" {
            return self.default_tags_of(block).unwrap_or_else(|| EntryList::default().finish(Origin::at(span)));
        }
        if block.is_data
            && let Some(value) = self.data_source(block, repetition, span)
        {
            return self.scope(repetition).attribute(&value, name, span);
        }
        match self.written(block, repetition, name) {
            // The provider may choose a value where none is given.
            Some(value) if !matches!(value.data, Data::Null) => value,
            Some(_) | None if block.is_data => after_apply(),
            Some(_) | None => Value::unknown(self.learnt_of(block, repetition, span), Origin::at(span)),
        }
    }

    /// Why an attribute of a resource is not known. Whose it is matters where resources are joined by it: those with a policy.
    fn learnt_of(&self, block: &Resource<'_>, repetition: &Repetition, span: Span) -> Unknown {
        match self.run.facts.resource_type(&block.ty) {
            Some(ty) if !ty.policies.is_empty() => {
                self.run.learn(&format!("{}{}.{}{}", self.prefix, block.ty, block.name, repetition.suffix()), span)
            }
            _ => Unknown::AfterApply,
        }
    }

    /// What is written for an argument of a block. What is wrong with it belongs to the block, whoever asks; where there may be no instance of
    /// it, nothing is certainly wrong.
    pub(super) fn written(self: &Rc<Self>, block: &'p Resource<'p>, repetition: &Repetition, name: &str) -> Option<Value> {
        let evaluate = || self.run.watch(|| self.scope(repetition).argument(&block.body, name));
        let Some((value, met)) = self.run.once_at_a_time(&self.prefix, block.header, name, evaluate) else {
            let span = block.body.argument(name).map_or(block.header, Expr::span);
            let message = format!("`{}.{}.{name}` needs its own value", block.ty, block.name);
            self.run.keep(vec![Refusal { kind: RefusalKind::Cycle, span, message }]);
            return Some(Value::unknown(Unknown::Error, Origin::at(span)));
        };
        if !met.is_empty() {
            self.run.keep_where(self.is_certain(block), met);
        }
        value
    }

    /// An instance of a resource or data source with all that is written in it.
    fn object_of(self: &Rc<Self>, block: &'p Resource<'p>, repetition: &Repetition, span: Span) -> Value {
        if block.is_data
            && let Some(value) = self.data_source(block, repetition, span)
        {
            return value;
        }
        let mut entries = EntryList::default();
        entries.open(Open { why: Unknown::AfterApply, span });
        for argument in block.body.arguments() {
            if !META_ARGUMENTS.contains(&&*argument.name)
                && let Some(value) = self.written(block, repetition, &argument.name).filter(|value| !matches!(value.data, Data::Null))
            {
                entries.add(Value::string(Text::derived(&argument.name, Origin::at(argument.name_span))), value);
            }
        }
        for kind in block.body.nested_kinds() {
            if !META_ARGUMENTS.contains(&kind.as_str())
                && let Some(value) = self.written(block, repetition, &kind)
            {
                entries.add(Value::string(Text::derived(&kind, Origin::at(block.header))), value);
            }
        }
        entries.finish(Origin::at(span))
    }
}

/// All outputs of a module.
fn outputs(child: &Rc<Instance<'_>>, span: Span) -> Value {
    let mut entries = EntryList::default();
    for output in child.module.outputs.iter() {
        let value = child.named(Name::Output, &output.name, span);
        entries.add(Value::string(Text::derived(&output.name, Origin::at(output.header))), value);
    }
    entries.finish(Origin::at(span))
}

/// All instances of a repeated block: a list by `count`, an object by `for_each`.
fn all(kind: RepetitionKind, each: impl Iterator<Item = (Repetition, Value)>, open: Option<Unknown>, span: Span) -> Value {
    let origin = Origin::at(span);
    if kind == RepetitionKind::Each {
        let mut entries = EntryList::default();
        for (repetition, value) in each {
            if let Repetition::Each { key, .. } = repetition {
                match open {
                    Some(why) => entries.open(Open { why, span }),
                    None => entries.add(key, value),
                }
            }
        }
        return entries.finish(origin);
    }
    match open {
        Some(why) => Value::unknown(why, origin),
        None => Value::new(Data::Sequence(each.map(|(_, value)| value).collect()), Type::Tuple, origin),
    }
}
