//! A directory's files as one Terraform module.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    iter,
};

use rayon::prelude::*;

use super::{
    LocalCall, Project, Role,
    blocks::{Blocks, Labelled},
    directory,
    inputs::GivenKind,
    local_calls,
    locals::Locals,
};
use crate::{
    source::{Source, SourceId, Span},
    syntax::view::{Attribute, Block, Body, Expr, Form, join},
};

/// What has names of a configuration: they are borrowed from its text, and a hash that is made for speed tells them apart.
pub type Names<'p, T> = HashMap<Cow<'p, str>, T, foldhash::fast::RandomState>;

/// The files of one directory, merged as Terraform merges them: override files last, their settings winning.
#[derive(Debug, Default)]
pub struct Module<'p> {
    /// Relative to the tree, `""` for the tree itself.
    pub directory: String,
    /// `locals`, by name.
    pub locals: Locals<'p>,
    /// `variable` blocks, by name.
    pub variables: Blocks<Variable<'p>>,
    /// What tfvars files give; empty where another module calls this one.
    pub inputs: Names<'p, Input<'p>>,
    /// `resource` blocks, in the order of files and lines.
    pub resources: Blocks<Resource<'p>>,
    /// `data` and `ephemeral` blocks, in the same order.
    pub data: Blocks<Resource<'p>>,
    /// `output` blocks.
    pub outputs: Blocks<Named<'p>>,
    /// `provider` blocks, by the provider's local name and alias.
    pub providers: Blocks<Provider<'p>>,
    /// The local names of providers that a caller must pass: `configuration_aliases` names some, and no block here configures them.
    pub passed_providers: BTreeSet<Cow<'p, str>>,
    /// `module` blocks.
    pub module_calls: Blocks<Named<'p>>,
    /// Whether another module of the tree calls it, and the user did not name it: then its variables come from there.
    pub called: bool,
    /// Module calls whose code is not followed: from registries, or out of the tree.
    pub calls_not_followed: Vec<Span>,
}

/// A value that is given to a variable.
#[derive(Debug, Clone, Copy)]
pub struct Input<'p> {
    /// The value.
    pub expr: Expr<'p>,
    /// The characters as they are given on the command line or in the environment: the value of a variable of a primitive type.
    pub raw: Option<(&'p str, Span)>,
}

/// A `variable` block.
#[derive(Debug)]
pub struct Variable<'p> {
    /// Its label.
    pub name: Cow<'p, str>,
    /// The default, if it has one.
    pub default: Option<Expr<'p>>,
    /// The type constraint, if it has one.
    pub ty: Option<Expr<'p>>,
    /// Whether Terraform hides its value.
    pub sensitive: bool,
    /// Whether null is a value; otherwise it stands for the default.
    pub nullable: bool,
    /// Its name.
    pub span: Span,
}

/// A `resource` or `data` block with what override files lay over it.
#[derive(Debug)]
pub struct Resource<'p> {
    /// `aws_kms_key`
    pub ty: Cow<'p, str>,
    /// Its name in this module.
    pub name: Cow<'p, str>,
    /// The keyword and the labels.
    pub header: Span,
    /// All of the first block.
    pub span: Span,
    /// Whether it is a `data` block.
    pub is_data: bool,
    /// What is written in it.
    pub body: Layered<'p>,
}

/// An `output`, `provider` or `module` block with what override files lay over it.
#[derive(Debug)]
pub struct Named<'p> {
    /// Its label.
    pub name: Cow<'p, str>,
    /// The keyword and the label.
    pub header: Span,
    /// All of the first block.
    pub span: Span,
    /// What is written in it.
    pub body: Layered<'p>,
}

/// A `provider` block.
#[derive(Debug)]
pub struct Provider<'p> {
    /// What tells it from its siblings; nothing where it is the one that is meant if no other is named.
    alias: Cow<'p, str>,
    /// The block.
    pub block: Named<'p>,
}

impl Labelled for Provider<'_> {
    fn labels(&self) -> (&str, &str) {
        (&self.block.name, &self.alias)
    }
}

impl Labelled for Resource<'_> {
    fn labels(&self) -> (&str, &str) {
        (&self.ty, &self.name)
    }
}

impl Labelled for Variable<'_> {
    fn labels(&self) -> (&str, &str) {
        (&self.name, "")
    }
}

impl Labelled for Named<'_> {
    fn labels(&self) -> (&str, &str) {
        (&self.name, "")
    }
}

/// The arguments that repeat a block.
const REPEATS: [&str; 2] = ["count", "for_each"];

/// The body of a block, then those of override files.
#[derive(Debug)]
pub struct Layered<'p> {
    first: Body<'p>,
    later: Vec<Body<'p>>,
}

impl<'p> Layered<'p> {
    fn of(body: Body<'p>) -> Self {
        Self { first: body, later: Vec::new() }
    }

    /// The first body.
    #[must_use]
    pub fn span(&self) -> Span {
        self.first.span()
    }

    fn bodies(&self) -> impl DoubleEndedIterator<Item = Body<'p>> {
        iter::once(self.first).chain(self.later.iter().copied())
    }

    /// Whether a body has more arguments and blocks than that.
    #[must_use]
    pub fn has_more_than(&self, count: usize) -> bool {
        self.bodies().any(|body| body.has_more_than(count))
    }

    /// How many nodes are in it: what a search for an argument costs.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.bodies().map(Body::size).sum()
    }

    /// The argument of that name; an override file's wins.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<Expr<'p>> {
        self.bodies().rev().find_map(|body| body.attribute(name)).map(|attribute| attribute.expr)
    }

    /// Whether it may stand for several instances, or for none.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.bodies().any(|body| REPEATS.iter().any(|name| body.attribute(name).is_some()))
    }

    /// All arguments; an override file's come instead of those of the same name.
    #[must_use]
    pub fn arguments(&self) -> Vec<Attribute<'p>> {
        let mut arguments: Vec<Attribute<'p>> = Vec::new();
        let mut places: Names<'p, usize> = Names::default();
        for argument in self.bodies().flat_map(|body| body.attributes()) {
            match places.entry(argument.name.clone()) {
                Entry::Occupied(place) => arguments[*place.get()] = argument,
                Entry::Vacant(place) => {
                    place.insert(arguments.len());
                    arguments.push(argument);
                }
            }
        }
        arguments
    }

    /// The types of its nested blocks, each once, in text order; in JSON none are known.
    #[must_use]
    pub fn nested_kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = Vec::new();
        for block in self.bodies().flat_map(|body| body.nested_blocks()) {
            let kind = block.makes();
            if !kinds.iter().any(|known| known == kind) {
                kinds.push(kind.to_owned());
            }
        }
        kinds
    }

    /// The nested blocks of that type, `dynamic` ones included; those of an override file take the place of all earlier ones.
    #[must_use]
    pub fn nested(&self, kind: &str) -> Vec<Block<'p>> {
        self.bodies().rev().map(|body| body.nested(kind)).find(|blocks| !blocks.is_empty()).unwrap_or_default()
    }
}

/// The modules of a project.
#[derive(Debug)]
pub struct Modules<'p> {
    /// The project they are of.
    pub project: &'p Project,
    /// Sorted by directory.
    pub list: Vec<Module<'p>>,
    roots: Vec<&'p str>,
    by_directory: HashMap<&'p str, usize>,
}

/// Which directories call which.
struct Graph<'p> {
    project: &'p Project,
    /// The directories with files of modules, and whether others call them.
    called: BTreeMap<&'p str, bool>,
    /// Calls that only files have that are replaced: nothing follows them.
    replaced: BTreeSet<&'p LocalCall>,
}

impl<'p> Graph<'p> {
    /// What each directory calls, or with the calls turned round, what calls it. What is installed for a root module is called from it, at
    /// whatever depth.
    fn calls(&self, turn: fn((&'p str, &'p str)) -> (&'p str, &'p str)) -> HashMap<&'p str, Vec<&'p str>> {
        let written = self.project.calls.iter().filter(|call| !self.replaced.contains(call));
        let written = written.map(|call| (call.from.as_str(), call.to.as_str()));
        let installed = self.project.installed.iter().map(|((root, _), directory)| (root.as_str(), directory.as_str()));
        let mut calls: HashMap<&str, Vec<&str>> = HashMap::new();
        for (from, to) in written.chain(installed).map(turn) {
            calls.entry(from).or_default().push(to);
        }
        calls
    }

    /// Adds the directories that calls lead to from these, themselves included.
    fn reach<'d>(&self, from: impl Iterator<Item = &'d str>, calls: &HashMap<&'p str, Vec<&'p str>>, reached: &mut BTreeSet<&'p str>) {
        let known = |directory: &str| self.called.get_key_value(directory).map(|(directory, _)| *directory);
        let mut open: Vec<&'p str> = from.filter_map(known).collect();
        while let Some(directory) = open.pop() {
            if reached.insert(directory) {
                open.extend(calls.get(directory).into_iter().flatten().copied().filter_map(known));
            }
        }
    }

    fn roots(&self) -> Vec<&'p str> {
        let of_kind = |kind: bool| self.called.iter().filter(move |(_, called)| **called == kind).map(|(directory, _)| *directory);
        let mut roots: Vec<&'p str> = of_kind(false).collect();
        let calls = self.calls(|call| call);
        let mut reached = BTreeSet::new();
        self.reach(roots.iter().copied(), &calls, &mut reached);
        for directory in of_kind(true) {
            if !reached.contains(directory) {
                roots.push(directory);
                self.reach([directory].into_iter(), &calls, &mut reached);
            }
        }
        roots.sort_unstable();
        roots
    }
}

/// What a `module` block calls.
#[derive(Debug, Clone, Copy)]
pub enum Called<'m, 'p> {
    /// A module of the project.
    Here(&'m Module<'p>),
    /// A module whose code is not here.
    Elsewhere,
}

impl<'p> Modules<'p> {
    /// The modules of a project.
    #[must_use]
    pub fn of(project: &'p Project) -> Self {
        Self::build(project, None)
    }

    /// Those modules of a project that are in one of these directories, that reach one, or that such a one reaches.
    #[must_use]
    pub fn around(project: &'p Project, places: &BTreeSet<&str>) -> Self {
        Self::build(project, Some(places))
    }

    fn build(project: &'p Project, places: Option<&BTreeSet<&str>>) -> Self {
        // Sources stand in path order, and most have the directory of the one before.
        let mut files: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, source) in project.sources.iter().enumerate() {
            if !matches!(project.documents[at].role, Role::Json | Role::Plan | Role::Text) {
                let directory = directory(source.path());
                match files.last_mut() {
                    Some((last, files)) if *last == directory => files.push(at),
                    Some(_) | None => files.push((directory, vec![at])),
                }
            }
        }
        let mut directories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (directory, mut more) in files {
            directories.entry(directory).or_default().append(&mut more);
        }
        let called: BTreeSet<&str> = project.calls.iter().map(|call| call.to.as_str()).collect();
        let is_called = |directory: &str| called.contains(directory) && !project.named.contains(directory);
        let replaced = directories.iter().flat_map(|(directory, files)| replaced_calls(project, directory, files)).collect();
        let called = directories.keys().map(|directory| (*directory, is_called(directory))).collect();
        let graph = Graph { project, called, replaced };
        let mut roots = graph.roots();
        let mut wanted: BTreeSet<&str> = directories.keys().copied().collect();
        if let Some(places) = places {
            let mut above = BTreeSet::new();
            graph.reach(places.iter().copied(), &graph.calls(|call| (call.1, call.0)), &mut above);
            roots.retain(|root| above.contains(root));
            wanted.clear();
            graph.reach(roots.iter().copied(), &graph.calls(|call| call), &mut wanted);
        }
        directories.retain(|directory, _| wanted.contains(directory));
        let installed = installed_calls(project);
        let build = |(directory, files): (&'p str, Vec<usize>)| Module::build(project, directory, &files, is_called(directory), &installed);
        let by_directory = directories.keys().enumerate().map(|(at, directory)| (*directory, at)).collect();
        let list: Vec<Module<'p>> = directories.into_par_iter().map(build).collect();
        Self { project, list, roots, by_directory }
    }

    /// The source at a path of the tree.
    #[must_use]
    pub fn source(&self, path: &str) -> Option<&'p Source> {
        self.project.sources.at(path).map(|source| &**source)
    }

    /// The module in a directory of the tree.
    #[must_use]
    pub fn get(&self, directory: &str) -> Option<&Module<'p>> {
        self.by_directory.get(directory).map(|at| &self.list[*at])
    }

    /// The modules to evaluate, each with all that it calls: those that nothing calls or that the user named, and one of each group that
    /// only its own members or modules which are not loaded call.
    #[must_use]
    pub fn roots(&self) -> Vec<&Module<'p>> {
        self.roots.iter().filter_map(|directory| self.get(directory)).collect()
    }

    /// What a block of this module calls. `path` is that of the calls from a root module to this block: `("envs/prod", "vpc.subnets")`.
    #[must_use]
    pub fn called_by(&self, module: &Module<'p>, call: &Named<'p>, path: impl FnOnce() -> (String, String)) -> Called<'_, 'p> {
        let source = call.body.argument("source").and_then(Expr::plain_string);
        let here = match source.and_then(|source| join(&module.directory, &source)) {
            Some(local) => self.get(&local),
            None if self.project.installed.is_empty() => None,
            None => self.project.installed.get(&path()).and_then(|directory| self.get(directory)),
        };
        here.map_or(Called::Elsewhere, Called::Here)
    }
}

impl<'p> Module<'p> {
    fn build(project: &'p Project, directory: &str, files: &[usize], called: bool, installed: &BTreeSet<(&str, &str)>) -> Self {
        let mut module = Module { directory: directory.to_owned(), called, ..Module::default() };
        let path = |at: usize| project.sources.get(SourceId(at as u32)).path();
        let files = read(project, files);
        let bodies = |wanted: fn(&str) -> bool| {
            files.iter().filter(move |at| wanted(file_name(path(**at)))).filter_map(|at| {
                let document = &project.documents[*at];
                let form = if document.role.is_json() { Form::Json } else { Form::Native };
                Some((document.role, Body::of_file(&document.tree, form)?))
            })
        };
        for (role, body) in bodies(|name| !is_override(name)) {
            if role.is_module_file() {
                module.add(body, false);
            }
        }
        module.locals.settle();
        module.settle();
        for (role, body) in bodies(is_override) {
            if role.is_module_file() {
                module.add(body, true);
            }
        }
        module.locals.settle_overrides();
        module.settle();
        module.passed_providers.retain(|name| !module.providers.iter().any(|provider| provider.block.name == *name));
        let is_remote = |call: &&Named<'_>| {
            let source = call.body.argument("source").and_then(Expr::plain_string);
            source.is_none_or(|source| join(directory, &source).is_none())
        };
        let is_here = |call: &&Named<'_>| installed.contains(&(directory, &*call.name));
        module.calls_not_followed =
            module.module_calls.iter().filter(is_remote).filter(|call| !is_here(call)).map(|call| call.header).collect();
        if !called {
            // Terraform's order: `terraform.tfvars` and its JSON twin, then the automatic files by name; the last one wins.
            module.add_inputs(project, |kind| kind == GivenKind::Environment);
            for automatic in [|name: &str| name == "terraform.tfvars", |name: &str| name == "terraform.tfvars.json", is_automatic] {
                for (_, body) in bodies(automatic) {
                    let input = |attribute: Attribute<'p>| (attribute.name, Input { expr: attribute.expr, raw: None });
                    module.inputs.extend(body.attributes().into_iter().map(input));
                }
            }
            module.add_inputs(project, |kind| kind != GivenKind::Environment);
        }
        module
    }

    /// Makes blocks ready to be found.
    fn settle(&mut self) {
        self.variables.settle();
        self.providers.settle();
        self.resources.settle();
        self.data.settle();
        self.outputs.settle();
        self.module_calls.settle();
    }

    /// What is given from outside the directory.
    fn add_inputs(&mut self, project: &'p Project, wanted: fn(GivenKind) -> bool) {
        for given in project.inputs.variables.iter().filter(|given| wanted(given.kind)) {
            let (source, document) = (project.sources.get(given.source), project.document(given.source));
            let form = if document.role.is_json() { Form::Json } else { Form::Native };
            let Some(body) = Body::of_file(&document.tree, form) else { continue };
            let attributes = body.attributes();
            match given.kind {
                GivenKind::File => {
                    self.inputs.extend(attributes.into_iter().map(|attribute| (attribute.name, Input { expr: attribute.expr, raw: None })));
                }
                GivenKind::Environment | GivenKind::Flag => {
                    let text = source.text();
                    let Some((name, value)) = text.split_once(" = ") else { continue };
                    let start = (name.len() + " = ".len()) as u32;
                    let raw = Some((value, Span::new(source.id(), start, text.len() as u32)));
                    // What is no expression is still text.
                    let expr = attributes.first().map(|attribute| attribute.expr);
                    let Some(expr) = expr.or(document.tree.root().map(|node| Expr { tree: &document.tree, node, form })) else { continue };
                    self.inputs.insert(Cow::Borrowed(name), Input { expr, raw });
                }
            }
        }
    }

    fn add(&mut self, body: Body<'p>, overrides: bool) {
        // A list that grows is held twice while it moves.
        if body.size() > MANY {
            let mut counts: Names<'p, usize> = Names::default();
            body.each_block(&BLOCKS, &mut |block| *counts.entry(block.kind).or_default() += 1);
            let count = |kind: &str| counts.get(kind).copied().unwrap_or_default();
            self.variables.reserve_exact(count("variable"));
            self.resources.reserve_exact(count("resource"));
            self.data.reserve_exact(count("data"));
            self.outputs.reserve_exact(count("output"));
            self.module_calls.reserve_exact(count("module"));
        }
        body.each_block(&BLOCKS, &mut |block| self.add_block(block, overrides));
    }

    fn add_block(&mut self, block: Block<'p>, overrides: bool) {
        match &*block.kind {
            "locals" => self.locals.declare(block.body),
            "variable" => self.add_variable(block, overrides),
            "resource" => add_typed(&mut self.resources, block, overrides),
            "data" | "ephemeral" => add_typed(&mut self.data, block, overrides),
            "output" => add_named(&mut self.outputs, block, overrides),
            "module" => add_named(&mut self.module_calls, block, overrides),
            "provider" => self.add_provider(block, overrides),
            "terraform" => self.add_passed_providers(block.body),
            _ => {}
        }
    }

    /// The providers of which the module says that its callers pass configurations.
    fn add_passed_providers(&mut self, body: Body<'p>) {
        for providers in body.blocks("required_providers", 0) {
            let takes_aliases =
                |item: &Expr<'p>| item.children().first().is_some_and(|key| key.raw().trim_matches('"') == "configuration_aliases");
            let taking = providers.body.attributes().into_iter().filter(|provider| provider.expr.children().iter().any(takes_aliases));
            self.passed_providers.extend(taking.map(|provider| provider.name));
        }
    }

    fn add_variable(&mut self, block: Block<'p>, overrides: bool) {
        let Some(name) = block.labels.into_iter().next() else { return };
        let mut variable = Variable { name, default: None, ty: None, sensitive: false, nullable: true, span: block.header };
        // Where one is written twice, the first counts.
        for Attribute { name, expr, .. } in block.body.attributes_rev() {
            match &*name {
                "default" => variable.default = Some(expr),
                "type" => variable.ty = Some(expr),
                "sensitive" => variable.sensitive = expr.raw() == "true",
                "nullable" => variable.nullable = expr.raw() != "false",
                _ => {}
            }
        }
        let known = if overrides { self.variables.find_mut(variable.labels()) } else { None };
        match known {
            Some(known) => {
                known.default = variable.default.or(known.default);
                known.ty = variable.ty.or(known.ty);
                known.sensitive |= variable.sensitive;
                known.nullable &= variable.nullable;
            }
            None => self.variables.push(variable),
        }
    }

    fn add_provider(&mut self, block: Block<'p>, overrides: bool) {
        let alias = block.body.attribute("alias").and_then(|alias| alias.expr.plain_string()).unwrap_or_default();
        let Some(block) = Named::new(block) else { return };
        let provider = Provider { alias, block };
        let known = if overrides { self.providers.find_mut(provider.labels()) } else { None };
        match known {
            Some(known) => known.block.body.later.push(provider.block.body.first),
            None => self.providers.push(provider),
        }
    }
}

/// From so many nodes in one file on, room for its blocks is made at once.
const MANY: u64 = 200_000;

/// The blocks that a module is made of, each with the number of its labels.
const BLOCKS: [(&str, usize); 9] = [
    ("locals", 0),
    ("variable", 1),
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("output", 1),
    ("module", 1),
    ("provider", 1),
    ("terraform", 0),
];

impl<'p> Named<'p> {
    /// What a block with one label makes.
    fn new(block: Block<'p>) -> Option<Self> {
        let name = block.labels.into_iter().next()?;
        Some(Self { name, header: block.header, span: block.span, body: Layered::of(block.body) })
    }
}

fn add_typed<'p>(list: &mut Blocks<Resource<'p>>, block: Block<'p>, overrides: bool) {
    let Ok([ty, name]) = block.labels.into_inner() else { return };
    let known = if overrides { list.find_mut((&ty, &name)) } else { None };
    match known {
        Some(known) => known.body.later.push(block.body),
        None => list.push(Resource {
            ty,
            name,
            header: block.header,
            span: block.span,
            is_data: block.kind == "data",
            body: Layered::of(block.body),
        }),
    }
}

fn add_named<'p>(list: &mut Blocks<Named<'p>>, block: Block<'p>, overrides: bool) {
    let Some(named) = Named::new(block) else { return };
    let known = if overrides { list.find_mut(named.labels()) } else { None };
    match known {
        Some(known) => known.body.later.push(named.body.first),
        None => list.push(named),
    }
}

fn file_name(path: &str) -> &str {
    path.strip_prefix(directory(path)).map_or(path, |name| name.trim_start_matches('/'))
}

/// The calls whose modules `terraform init` has put into the tree: the directory of the caller, and the name of the call.
fn installed_calls(project: &Project) -> BTreeSet<(&str, &str)> {
    let calls = project.installed.keys().filter_map(|(root, key)| match key.rsplit_once('.') {
        None => Some((root.as_str(), key.as_str())),
        Some((caller, name)) => Some((project.installed.get(&(root.clone(), caller.to_owned()))?.as_str(), name)),
    });
    calls.collect()
}

/// The files of a directory without those in whose place OpenTofu reads another one.
fn read(project: &Project, files: &[usize]) -> Vec<usize> {
    let path = |at: &usize| project.sources.get(SourceId(*at as u32)).path();
    let mut files = files.to_vec();
    let tofu: BTreeSet<&str> = files.iter().map(path).filter(|path| path.contains(".tofu")).collect();
    if !tofu.is_empty() {
        files.retain(|at| !is_replaced(path(at), &tofu));
    }
    files
}

/// The calls of a directory that none of its files has which are read.
fn replaced_calls<'p>(project: &'p Project, directory: &str, files: &[usize]) -> Vec<&'p LocalCall> {
    let read = read(project, files);
    if read.len() == files.len() {
        return Vec::new();
    }
    let documents = read.iter().map(|at| &project.documents[*at]).filter(|document| document.role.is_module_file());
    let made: Vec<LocalCall> = documents.flat_map(|document| local_calls(&document.tree, directory)).collect();
    project.calls.iter().filter(|call| call.from == directory && !made.contains(call)).collect()
}

/// `override.tf`, `x_override.tf` and their JSON and OpenTofu twins.
fn is_override(name: &str) -> bool {
    let stem = name.trim_end_matches(".json");
    let stem = stem.strip_suffix(".tf").or_else(|| stem.strip_suffix(".tofu"));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Whether OpenTofu reads a file of the same name with its own ending instead.
fn is_replaced(path: &str, others: &BTreeSet<&str>) -> bool {
    let (stem, json) = path.strip_suffix(".json").map_or((path, ""), |stem| (stem, ".json"));
    stem.strip_suffix(".tf").is_some_and(|stem| others.contains(format!("{stem}.tofu{json}").as_str()))
}

fn is_automatic(name: &str) -> bool {
    name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
}
