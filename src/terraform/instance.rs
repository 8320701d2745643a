//! Instances of modules: what their names mean, and what they call.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fmt,
    rc::Rc,
};

use super::{
    data::{self, DataBlock},
    eval::Scope,
    repetition::{Repetition, RepetitionKind, Repetitions, SINGLE},
    run::{Refusal, RefusalKind, Run, TOO_LARGE},
    variable,
};
use crate::{
    origin::{HopKind, Origin},
    project::module::{Called, Layered, Module, Named, Resource},
    source::Span,
    value::{Unknown, Value},
};

/// How deep modules may call modules.
const MAX_MODULE_DEPTH: u32 = 600;

/// One instance of a module: the root, or one that a `module` block stands for.
pub struct Instance<'p> {
    pub(super) run: Rc<Run<'p>>,
    pub(super) module: &'p Module<'p>,
    /// As addresses begin: `module.a["eu"].`, nothing for the root.
    pub(super) prefix: Rc<str>,
    pub(super) caller: Option<Caller<'p>>,
    /// Whether it is certain that there is this instance.
    pub(super) certain: bool,
    names: RefCell<HashMap<(Name, String), Slot>>,
    calls: RefCell<BTreeMap<&'p str, Option<Rc<Children<'p>>>>>,
    expansions: RefCell<HashMap<Span, Option<Rc<Repetitions>>>>,
}

/// Who calls a module.
pub struct Caller<'p> {
    pub(super) instance: Rc<Instance<'p>>,
    pub(super) call: &'p Named<'p>,
    pub(super) repetition: Repetition,
    depth: u32,
}

/// The instances of a `module` block.
pub struct Children<'p> {
    pub(super) kind: RepetitionKind,
    pub(super) open: Option<Unknown>,
    pub(super) list: Vec<(Repetition, Rc<Instance<'p>>)>,
}

/// What a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// `local.x`
    Local,
    /// `var.x`
    Variable,
    /// `output "x"`
    Output,
    /// `data "type" "x"`, by its address.
    Data,
}

enum Slot {
    InProgress,
    Done(Value),
}

impl fmt::Debug for Instance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("module", &self.module.directory).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl<'p> Instance<'p> {
    /// The root.
    #[must_use]
    pub fn root(run: Rc<Run<'p>>, module: &'p Module<'p>) -> Rc<Self> {
        Self::new(run, module, "".into(), None, true)
    }

    fn new(run: Rc<Run<'p>>, module: &'p Module<'p>, prefix: Rc<str>, caller: Option<Caller<'p>>, certain: bool) -> Rc<Self> {
        let (names, calls, expansions) = Default::default();
        Rc::new(Self { run, module, prefix, caller, certain, names, calls, expansions })
    }

    /// What the expressions of a block see.
    pub(super) fn scope<'a>(self: &'a Rc<Self>, repetition: &'a Repetition) -> Scope<'a, 'p> {
        Scope { instance: self, repetition, bindings: None }
    }

    /// What expressions outside of repeated blocks see.
    pub(super) fn plain_scope(self: &Rc<Self>) -> Scope<'_, 'p> {
        self.scope(&SINGLE)
    }

    /// The value of a name, read at `span`; what is not declared is refused.
    pub(super) fn named(self: &Rc<Self>, kind: Name, name: &str, span: Span) -> Value {
        through(self.kept(kind, name, span), kind.step(span))
    }

    /// The same without the step that reading it is: whoever reads a part of it takes the step with that part alone.
    pub(super) fn kept(self: &Rc<Self>, kind: Name, name: &str, span: Span) -> Value {
        let key = (kind, name.to_owned());
        match self.names.borrow().get(&key) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::InProgress) => {
                let what = kind.shown(name);
                self.run.keep(vec![Refusal { kind: RefusalKind::Cycle, span, message: format!("`{what}` needs its own value") }]);
                return Value::unknown(Unknown::Error, Origin::at(span));
            }
            None => {}
        }
        self.evaluate_name(key).unwrap_or_else(|why| Value::unknown(why, Origin::at(span)))
    }

    /// Evaluates a name for the first time.
    fn evaluate_name(self: &Rc<Self>, key: (Name, String)) -> Result<Value, Unknown> {
        if self.run.is_exhausted() {
            return Err(TOO_LARGE);
        }
        let before = self.run.steps();
        self.names.borrow_mut().insert(key.clone(), Slot::InProgress);
        let (value, met) = self.run.watch(|| match key.0 {
            Name::Local => self.module.locals.get(&key.1).map(|expr| self.plain_scope().value(expr)),
            Name::Variable => self.module.variables.find((&key.1, "")).map(|variable| variable::value(self, &key.1, variable)),
            Name::Data => None,
            Name::Output => {
                let output = self.module.outputs.find((&key.1, ""));
                output.map(|output| self.output(output))
            }
        });
        let Some(value) = value else {
            self.names.borrow_mut().remove(&key);
            return Err(Unknown::Error);
        };
        // A name stands for itself: what is wrong with it is not for `try` around its use to answer.
        self.run.keep_where(self.certain, met);
        if self.run.is_exhausted() && before * 2 > self.run.steps() {
            // Others used the steps up.
            self.names.borrow_mut().remove(&key);
        } else {
            self.names.borrow_mut().insert(key, Slot::Done(value.clone()));
        }
        Ok(value)
    }

    /// What a data source yields that the configuration alone decides; `None` where its provider does.
    pub(super) fn data_source(self: &Rc<Self>, block: &'p Resource<'p>, repetition: &Repetition, span: Span) -> Option<Value> {
        let key = (Name::Data, format!("{}.{}{}", block.ty, block.name, repetition.suffix()));
        match self.names.borrow().get(&key) {
            Some(Slot::Done(value)) => return Some(value.clone()),
            Some(Slot::InProgress) => {
                let message = format!("`data.{}` needs its own value", key.1);
                self.run.keep(vec![Refusal { kind: RefusalKind::Cycle, span, message }]);
                return Some(Value::unknown(Unknown::Error, Origin::at(span)));
            }
            None => {}
        }
        self.names.borrow_mut().insert(key.clone(), Slot::InProgress);
        let certain = self.is_certain(block);
        let scope = self.scope(repetition);
        let aws = &self.run.modules.project.aws;
        let data_block = DataBlock {
            arguments: &|name| scope.argument(&block.body, name),
            provider: &|name| self.provider_argument(block, name),
            header: block.header,
        };
        let read = || data::read(&block.ty, &data_block, aws, self.run.facts);
        let (read, met) = self.run.watch(read);
        let value = match read {
            Some(Ok(value)) => Some(value),
            Some(Err(refused)) => {
                let refusal = Refusal { kind: RefusalKind::Expression, span: refused.span, message: refused.message };
                self.run.keep_where(certain, vec![refusal]);
                Some(Value::unknown(Unknown::Error, Origin::at(span)))
            }
            None => None,
        };
        self.run.keep_where(certain, met);
        match &value {
            Some(value) if self.run.keeps_data() => self.names.borrow_mut().insert(key, Slot::Done(value.clone())),
            Some(_) | None => self.names.borrow_mut().remove(&key),
        };
        value
    }

    fn output(self: &Rc<Self>, output: &Named<'p>) -> Value {
        let Some(expr) = output.body.argument("value") else {
            return Value::unknown(Unknown::Error, Origin::at(output.span));
        };
        let mut value = self.plain_scope().value(expr);
        value.sensitive |= output.body.argument("sensitive").is_some_and(|expr| expr.raw() == "true");
        value
    }

    /// The instances of a block, worked out once.
    pub(super) fn repetitions(self: &Rc<Self>, resource: &Resource<'p>) -> Rc<Repetitions> {
        self.expansion(resource.header, &resource.body)
    }

    /// Whether it is certain that a block has all of its instances.
    pub(super) fn is_certain(self: &Rc<Self>, resource: &Resource<'p>) -> bool {
        self.certain && self.repetitions(resource).open.is_none()
    }

    fn expansion(self: &Rc<Self>, header: Span, body: &Layered<'p>) -> Rc<Repetitions> {
        if !body.is_repeated() {
            return Rc::clone(&self.run.once);
        }
        match self.expansions.borrow().get(&header) {
            Some(Some(known)) => return Rc::clone(known),
            Some(None) => {
                let message = "the number of instances needs the instances themselves".to_owned();
                self.run.keep(vec![Refusal { kind: RefusalKind::Cycle, span: header, message }]);
                return Rc::new(Repetitions { kind: RepetitionKind::Single, list: Vec::new(), open: Some(Unknown::Error) });
            }
            None => {}
        }
        self.expansions.borrow_mut().insert(header, None);
        let (repetitions, met) = self.run.watch(|| self.plain_scope().repetitions(body));
        self.run.keep_where(self.certain, met);
        let repetitions = Rc::new(repetitions);
        self.expansions.borrow_mut().insert(header, Some(Rc::clone(&repetitions)));
        repetitions
    }

    /// The instances that a `module` block stands for; why they are not known, where the code is not here.
    pub(super) fn children(self: &Rc<Self>, call: &'p Named<'p>) -> Result<Rc<Children<'p>>, Unknown> {
        if let Some(known) = self.calls.borrow().get(&*call.name) {
            return known.clone().ok_or(Unknown::Error);
        }
        let module = match self.run.modules.called_by(self.module, call, || self.path_to(call)) {
            Called::Here(module) => module,
            Called::Elsewhere => return Err(Unknown::MissingModule),
        };
        self.calls.borrow_mut().insert(&call.name, None);
        let made = self.make_children(call, module);
        self.calls.borrow_mut().insert(&call.name, made.clone().ok());
        made
    }

    /// The root module's directory, and the names of the calls from there.
    fn path_to(&self, call: &Named<'p>) -> (String, String) {
        let mut names = vec![&*call.name];
        names.extend(self.callers().filter_map(|instance| instance.caller.as_ref()).map(|caller| &*caller.call.name));
        names.reverse();
        let root = self.callers().last().map_or_else(String::new, |root| root.module.directory.clone());
        (root, names.join("."))
    }

    fn make_children(self: &Rc<Self>, call: &'p Named<'p>, module: &'p Module<'p>) -> Result<Rc<Children<'p>>, Unknown> {
        let depth = self.caller.as_ref().map_or(0, |caller| caller.depth) + 1;
        let keep = |kind, message| self.run.keep(vec![Refusal { kind, span: call.header, message }]);
        if self.callers().any(|above| std::ptr::eq(above.module, module)) {
            keep(RefusalKind::Cycle, format!("module `{}` calls itself", call.name));
            return Err(Unknown::Error);
        }
        if depth > MAX_MODULE_DEPTH {
            keep(RefusalKind::TooLarge, "modules call modules too deeply to evaluate".to_owned());
            return Err(TOO_LARGE);
        }
        let repetitions = self.expansion(call.header, &call.body);
        let certain = self.certain && repetitions.open.is_none();
        let mut list = Vec::with_capacity(repetitions.list.len());
        for repetition in &repetitions.list {
            if !self.run.take_instance(call.header) {
                return Err(TOO_LARGE);
            }
            let prefix = format!("{}module.{}{}.", self.prefix, call.name, repetition.suffix());
            let caller = Caller { instance: Rc::clone(self), call, repetition: repetition.clone(), depth };
            list.push((repetition.clone(), Self::new(Rc::clone(&self.run), module, prefix.into(), Some(caller), certain)));
        }
        let children = Rc::new(Children { kind: repetitions.kind, open: repetitions.open, list });
        if let Some((_, child)) = children.list.first() {
            variable::check_arguments(child);
        }
        Ok(children)
    }

    /// This instance, its caller, and so on up to the root.
    pub(super) fn callers(&self) -> impl Iterator<Item = &Instance<'p>> {
        std::iter::successors(Some(self), |instance| instance.caller.as_ref().map(|caller| &*caller.instance))
    }

    /// Gives back the instances that this one calls, and all that those call. Who asks for them again makes them again.
    pub(super) fn forget_calls(&self) {
        let mut open: Vec<Rc<Children<'p>>> = self.calls.take().into_values().flatten().collect();
        while let Some(children) = open.pop() {
            open.extend(children.list.iter().flat_map(|(_, child)| child.calls.take().into_values().flatten()));
        }
    }

    /// The `module` block of that name.
    pub(super) fn call(&self, name: &str) -> Option<&'p Named<'p>> {
        self.module.module_calls.find((name, ""))
    }
}

/// A value after a step, if there is one.
pub(super) fn through(value: Value, step: Option<(HopKind, Span)>) -> Value {
    match step {
        Some((kind, span)) => value.through(kind, span),
        None => value,
    }
}

impl Name {
    /// The step that reading it is.
    pub(super) fn step(self, span: Span) -> Option<(HopKind, Span)> {
        let kind = match self {
            Name::Local => HopKind::Local,
            Name::Variable => HopKind::Variable,
            Name::Output => HopKind::ModuleOutput,
            Name::Data => return None,
        };
        Some((kind, span))
    }

    fn shown(self, name: &str) -> String {
        match self {
            Name::Local => format!("local.{name}"),
            Name::Variable => format!("var.{name}"),
            Name::Output => format!("output.{name}"),
            Name::Data => format!("data.{name}"),
        }
    }
}
