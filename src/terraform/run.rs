//! What the evaluation of one root module shares: bounds, and what was met on the way.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, HashMap, HashSet},
    rc::Rc,
};

use super::{provider::ProviderTags, repetition::Repetitions};
use crate::{
    facts::Facts,
    project::{inputs::Inputs, module::Modules},
    source::{SourceId, Span},
    value::{Data, Unknown, Value},
};

/// How deep evaluation may nest: through expressions, names, and calls of modules.
pub const MAX_DEPTH: u32 = 3_000;

/// The stack that evaluation of this depth needs, in a debug build.
pub const STACK: usize = 512 << 20;

/// How many steps one argument may take. What is cached costs nothing the second time. Each argument that takes them all leaves half of them to
/// those after it, down to the least.
const MAX_STEPS: u64 = 4_000_000;
const LEAST_STEPS: u64 = 1_000;

/// Runs with threads whose stacks are as deep as evaluation may nest.
pub fn with_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).stack_size(STACK).build();
    match pool {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// How many instances of modules and resources one root may have.
const MAX_INSTANCES: usize = 100_000;

/// How many values of data sources are kept for those who read them again.
const MAX_DATA: usize = 10_000;

/// Why something that is bounded is not known.
pub const TOO_LARGE: Unknown = Unknown::Unsupported("too large to evaluate");

/// What Terraform would refuse, and what is too large to evaluate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// What kind of mistake it is.
    pub kind: RefusalKind,
    /// The expression to change.
    pub span: Span,
    /// What is wrong, in the words of a finding's message.
    pub message: String,
}

/// The kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalKind {
    /// An expression that has no value: a function's error, an operand of another type, an attribute that does not exist.
    Expression,
    /// A value that needs itself, or a module that calls itself.
    Cycle,
    /// An argument of a module call that the module does not have, or one that is missing.
    ModuleArgument,
    /// Nothing is wrong, but it is too large to look at.
    TooLarge,
}

/// What an empty default of a root module's variable is: `null`, `""`, `[]`, `{}`, or something that holds null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholders {
    /// The value, as Terraform takes it where nothing is given.
    Values,
    /// A sign that whoever uses the module gives another.
    Unknown,
}

/// A file that evaluation would read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// The content of the file at this path, relative to the tree.
    File(String),
    /// The names of the files below this directory.
    Listing(String),
}

/// What the evaluation of one root module shares.
#[derive(Debug)]
pub struct Run<'p> {
    /// Every module of the project.
    pub modules: &'p Modules<'p>,
    /// Which types carry tags.
    pub facts: &'p Facts,
    /// What is said from outside.
    pub inputs: &'p Inputs,
    /// What the empty defaults of the root module's variables are taken for.
    pub placeholders: Placeholders,
    /// The one instance of a block that is not repeated.
    pub once: Rc<Repetitions>,
    depth: Cell<u32>,
    steps: Cell<u64>,
    most_steps: Cell<u64>,
    instances: Cell<usize>,
    /// How many values of data sources are kept.
    data: Cell<usize>,
    /// Whether what is evaluated now was found too large already.
    too_large: Cell<bool>,
    /// Met while evaluating what is being evaluated now.
    met: RefCell<Vec<Refusal>>,
    /// Met, and nothing can take them back.
    refusals: RefCell<BTreeSet<Refusal>>,
    wanted: RefCell<BTreeSet<Wanted>>,
    read: RefCell<BTreeSet<SourceId>>,
    providers: RefCell<HashMap<ProviderKey, Rc<ProviderTags>>>,
    learnt: RefCell<Learnt>,
    /// The arguments of blocks that are being evaluated.
    arguments: RefCell<HashSet<Argument, foldhash::fast::RandomState>>,
}

/// The module instance, the block and the name.
type Argument = (Rc<str>, Span, String);

/// Resources of which attributes are asked for that nobody knows yet, and where.
#[derive(Debug, Default)]
struct Learnt {
    list: Vec<(Rc<str>, Span)>,
    /// Their numbers, by the places where they are asked for.
    places: HashMap<Span, HashMap<Rc<str>, u32>>,
}

/// The module instance and the block of a provider configuration.
type ProviderKey = (Rc<str>, Span);

impl<'p> Run<'p> {
    /// Nothing is evaluated yet.
    #[must_use]
    pub fn new(modules: &'p Modules<'p>, facts: &'p Facts, inputs: &'p Inputs, placeholders: Placeholders) -> Self {
        Self {
            modules,
            facts,
            inputs,
            placeholders,
            once: Rc::new(Repetitions::once()),
            depth: Cell::new(0),
            steps: Cell::new(0),
            most_steps: Cell::new(MAX_STEPS),
            instances: Cell::new(0),
            data: Cell::new(0),
            too_large: Cell::new(false),
            met: RefCell::default(),
            refusals: RefCell::default(),
            wanted: RefCell::default(),
            read: RefCell::default(),
            providers: RefCell::default(),
            learnt: RefCell::default(),
            arguments: RefCell::default(),
        }
    }

    /// Why an attribute is not known that a resource has when it is made. The resource is remembered.
    pub fn learn(&self, address: &str, span: Span) -> Unknown {
        let mut learnt = self.learnt.borrow_mut();
        let Learnt { list, places } = &mut *learnt;
        let here = places.entry(span).or_default();
        if let Some(at) = here.get(address) {
            return Unknown::OfResource(*at);
        }
        let (address, at): (Rc<str>, u32) = (address.into(), list.len() as u32);
        here.insert(Rc::clone(&address), at);
        list.push((address, span));
        Unknown::OfResource(at)
    }

    /// The resource whose attribute a value is; `None` where it is something else, or may be that of another.
    pub fn resource_of(&self, value: &Value) -> Option<Rc<str>> {
        match &value.data {
            // What a function made of it has another place.
            Data::Unknown(Unknown::OfResource(at)) => {
                let learnt = self.learnt.borrow();
                learnt.list.get(*at as usize).filter(|(_, span)| *span == value.origin.span).map(|(address, _)| Rc::clone(address))
            }
            Data::String(text) if text.decoded().is_empty() && text.unknown_offsets().count() == 1 => {
                let learnt = self.learnt.borrow();
                let here = learnt.places.get(&text.first_unknown()?.0)?;
                here.keys().next().filter(|_| here.len() == 1).cloned()
            }
            Data::OneOf(_) => {
                let alternatives = value.alternatives();
                let mut found = alternatives.iter().filter(|value| !matches!(value.data, Data::Null)).map(|value| self.resource_of(value));
                let first = found.next()??;
                found.all(|other| other.as_deref() == Some(&*first)).then_some(first)
            }
            _ => None,
        }
    }

    /// Goes one level down, if evaluation may nest deeper.
    pub fn enter(&self) -> bool {
        let depth = self.depth.get();
        let may = depth < MAX_DEPTH && self.spend(1);
        if may {
            self.depth.set(depth + 1);
        }
        may
    }

    /// Comes back up.
    pub fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Takes so many steps, if that many are left.
    pub fn spend(&self, steps: u64) -> bool {
        self.steps.set(self.steps.get().saturating_add(steps));
        !self.is_exhausted()
    }

    /// Whether no step is left.
    pub fn is_exhausted(&self) -> bool {
        self.steps.get() > self.most_steps.get()
    }

    /// The steps so far.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Something new is asked for: it has all steps that one may take.
    pub fn start(&self) {
        if self.depth.get() == 0 {
            if self.is_exhausted() {
                self.most_steps.set((self.most_steps.get() / 2).max(LEAST_STEPS));
            }
            self.steps.set(0);
            self.too_large.set(false);
        }
    }

    /// Says where something becomes too large to evaluate; what is made of it is not told again.
    pub fn is_too_large(&self, span: Span) {
        if !self.too_large.replace(true) {
            let message = "this is too large to evaluate".to_owned();
            self.keep(vec![Refusal { kind: RefusalKind::TooLarge, span, message }]);
        }
    }

    /// Takes one of the instances that a root may have; the first that is too many is told.
    pub fn take_instance(&self, span: Span) -> bool {
        self.instances.set(self.instances.get() + 1);
        if self.instances.get() == MAX_INSTANCES + 1 {
            let message = "there are too many instances of modules and resources to evaluate".to_owned();
            self.keep(vec![Refusal { kind: RefusalKind::TooLarge, span, message }]);
        }
        self.instances.get() <= MAX_INSTANCES
    }

    /// Whether the value of one more data source is kept. Most are read once, and a document takes many times its bytes.
    pub(super) fn keeps_data(&self) -> bool {
        self.data.set(self.data.get() + 1);
        self.data.get() <= MAX_DATA
    }

    /// Evaluates an argument of a block; `None` where that is being done already.
    pub(super) fn once_at_a_time<T>(&self, prefix: &Rc<str>, header: Span, name: &str, evaluate: impl FnOnce() -> T) -> Option<T> {
        let key = (Rc::clone(prefix), header, name.to_owned());
        if !self.arguments.borrow_mut().insert(key.clone()) {
            return None;
        }
        let made = evaluate();
        self.arguments.borrow_mut().remove(&key);
        Some(made)
    }

    /// Keeps a refusal.
    pub fn refuse(&self, kind: RefusalKind, span: Span, message: impl Into<String>) {
        self.met.borrow_mut().push(Refusal { kind, span, message: message.into() });
    }

    /// What was refused while `evaluate` ran; the caller decides whether it counts.
    pub fn watch<T>(&self, evaluate: impl FnOnce() -> T) -> (T, Vec<Refusal>) {
        let outer = self.met.take();
        let value = evaluate();
        let met = self.met.replace(outer);
        (value, met)
    }

    /// Refusals that nothing can take back.
    pub fn keep(&self, refusals: Vec<Refusal>) {
        self.refusals.borrow_mut().extend(refusals);
    }

    /// Refusals that nothing can take back, in a block that certainly stands for something; of one that may stand for nothing, only what holds
    /// all the same.
    pub fn keep_where(&self, certain: bool, mut refusals: Vec<Refusal>) {
        if !certain {
            refusals.retain(|refusal| refusal.kind != RefusalKind::Expression);
        }
        self.keep(refusals);
    }

    /// Passes refusals on to what is evaluated around.
    pub fn pass_on(&self, refusals: Vec<Refusal>) {
        self.met.borrow_mut().extend(refusals);
    }

    /// What a provider configuration does to tags, if that was asked before.
    pub(super) fn known_provider(&self, key: &ProviderKey) -> Option<Rc<ProviderTags>> {
        self.providers.borrow().get(key).cloned()
    }

    /// Remembers what a provider configuration does to tags.
    pub(super) fn keep_provider(&self, key: ProviderKey, tags: Rc<ProviderTags>) {
        self.providers.borrow_mut().insert(key, tags);
    }

    /// Notes a file whose text becomes a value.
    pub fn reads(&self, source: SourceId) {
        self.read.borrow_mut().insert(source);
    }

    /// The files whose text became a value.
    #[must_use]
    pub fn read(&self) -> BTreeSet<SourceId> {
        self.read.borrow().clone()
    }

    /// Asks for a file.
    pub fn want(&self, wanted: Wanted) {
        self.wanted.borrow_mut().insert(wanted);
    }

    /// All refusals, in the order of files and places.
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        let met = self.met.take();
        self.keep(met);
        let mut all: Vec<Refusal> = self.refusals.borrow().iter().cloned().collect();
        all.sort_by(|a, b| (a.span, a.kind, &a.message).cmp(&(b.span, b.kind, &b.message)));
        all
    }

    /// The files that would be read.
    #[must_use]
    pub fn wanted(&self) -> BTreeSet<Wanted> {
        self.wanted.borrow().clone()
    }
}
