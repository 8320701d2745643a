//! Evaluates Terraform as Terraform does, as far as the files alone decide it.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

use crate::{
    facts::{
        Facts,
        terraform::{ResourceType, TagArgument},
    },
    origin::Address,
    project::{
        Project, Role, directory,
        inputs::Inputs,
        module::{Module, Modules, Resource},
    },
    source::{SourceId, Span},
    syntax::view::Expr,
    value::{Data, Value},
};

mod block;
pub mod console;
pub mod constraint;
pub mod data;
pub mod eval;
mod fill;
pub mod functions;
mod instance;
pub mod plan;
mod provider;
mod reference;
mod repetition;
pub mod run;
mod variable;

use fill::fill;
use instance::Instance;
use plan::{Arguments, Plan};
use repetition::{Repetition, Repetitions};
use run::{Placeholders, Refusal, Run, Wanted};

/// The evaluation of one root module and all that it calls.
#[derive(Debug)]
pub struct Evaluation<'p> {
    run: Rc<Run<'p>>,
    root: Rc<Instance<'p>>,
}

/// One instance of a resource.
#[derive(Debug, Clone)]
pub struct Evaluated<'p> {
    /// As Terraform prints it: `module.a.aws_kms_key.k["eu"]`.
    pub address: Address,
    /// What names it: the keyword and the labels of its block, or its address in a plan.
    pub header: Span,
    /// All that is written of it.
    pub span: Span,
    /// Its type.
    pub ty: &'p ResourceType,
    given: Given<'p>,
}

/// What says what a resource is.
#[derive(Debug, Clone)]
enum Given<'p> {
    /// A block of a configuration.
    Block(Box<Written<'p>>),
    /// A plan alone.
    Plan(Arguments<'p>),
}

/// A block of a configuration, one of the instances that it stands for, and what the plan says of that.
#[derive(Debug, Clone)]
struct Written<'p> {
    resource: &'p Resource<'p>,
    instance: Rc<Instance<'p>>,
    instances: Rc<Repetitions>,
    /// Its number among these.
    at: u32,
    plan: Option<Box<Arguments<'p>>>,
}

impl Written<'_> {
    fn repetition(&self) -> &Repetition {
        &self.instances.list[self.at as usize]
    }
}

impl<'p> Evaluated<'p> {
    /// What is written at a dotted path; `None` where nothing is. Nested blocks are a sequence with the entries of each. A step into a
    /// sequence goes into each of its elements, and gives the sequence of what is found there.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        let mut steps = path.split('.');
        let name = steps.next()?;
        let first = match &self.given {
            Given::Block(block) => {
                let value = block.instance.written(block.resource, block.repetition(), name)?;
                fill(value, block.plan.as_ref().and_then(|plan| plan.argument(name)))
            }
            Given::Plan(plan) => plan.argument(name)?,
        };
        steps.try_fold(first, |value, step| value.member(step))
    }

    /// What is written at a dotted path, place by place: nested blocks are not put together, so each place keeps a list of its own.
    #[must_use]
    pub fn each(&self, path: &str) -> Vec<Value> {
        let Some((around, name)) = path.rsplit_once('.') else { return self.get(path).into_iter().collect() };
        let Some(around) = self.get(around) else { return Vec::new() };
        match &around.data {
            Data::Sequence(places) => places.iter().filter_map(|place| place.member(name)).collect(),
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => {
                around.member(name).into_iter().collect()
            }
        }
    }

    /// The tags that arrive for an argument, place by place: what is written, and what the provider adds to it. `own` is what
    /// [`Evaluated::get`] says of the argument.
    #[must_use]
    pub fn effective_tags(&self, argument: &TagArgument, own: Option<Value>) -> Vec<Value> {
        if !argument.default_tags {
            return if argument.path.contains('.') { self.each(&argument.path) } else { own.into_iter().collect() };
        }
        match &self.given {
            Given::Plan(plan) => plan.effective_tags(own).into_iter().collect(),
            Given::Block(block) => {
                let Written { resource, instance, plan, .. } = &**block;
                let over = self.get("override_provider.default_tags.tags").and_then(|tags| match tags.data {
                    Data::Sequence(tags) => tags.first().cloned(),
                    _ => Some(tags),
                });
                instance.run.start();
                let tags = instance.with_default_tags(resource, own, over);
                let planned = || plan.as_ref().and_then(|plan| plan.effective_tags(plan.argument(&argument.path)));
                tags.map(|tags| fill(tags, planned())).into_iter().collect()
            }
        }
    }

    /// What its provider configuration has for an argument, where that is written there: what a variable stands for may be another one
    /// each time.
    #[must_use]
    pub fn provider_literal(&self, name: &str) -> Option<Value> {
        let Given::Block(block) = &self.given else { return None };
        let Written { resource, instance, .. } = &**block;
        instance.run.start();
        instance.provider_argument(resource, name).filter(|value| value.origin.hops.is_none())
    }

    /// The `module` blocks on the way to it, outermost first.
    #[must_use]
    pub fn calls(&self) -> Arc<[Span]> {
        let Given::Block(block) = &self.given else { return Arc::default() };
        let callers = std::iter::successors(block.instance.caller.as_ref(), |caller| caller.instance.caller.as_ref());
        let mut calls: Vec<Span> = callers.map(|caller| caller.call.span).collect();
        calls.reverse();
        calls.into()
    }

    /// The value of each policy argument that is written, with the argument's path.
    #[must_use]
    pub fn policies(&self) -> Vec<(&str, Value)> {
        self.ty.policies.iter().filter_map(|path| Some((path.as_str(), self.get(path)?))).collect()
    }

    /// What an argument refers to, as it is written: `aws_kms_key.a.id`. Several where that is all that a plan tells.
    #[must_use]
    pub fn references(&self, argument: &str) -> Vec<String> {
        match &self.given {
            Given::Block(block) => block.resource.body.argument(argument).map(|expr| expr.raw().to_owned()).into_iter().collect(),
            Given::Plan(plan) => plan.references(argument),
        }
    }

    /// The address of the resource whose attribute an argument is, by whatever way: names, modules, functions that choose. `None` where it
    /// is something else, or a plan alone tells.
    #[must_use]
    pub fn joined_by(&self, argument: &str) -> Option<Rc<str>> {
        let Given::Block(block) = &self.given else { return None };
        block.instance.run.start();
        let value = block.instance.written(block.resource, block.repetition(), argument)?;
        block.instance.run.resource_of(&value)
    }

    /// Whether it stands for instances whose keys are not known.
    fn is_one_of_many(&self) -> bool {
        self.address.0.contains("[*]")
    }

    /// Adds what a plan says of it.
    fn plan(&mut self, arguments: Arguments<'p>) {
        if let Given::Block(block) = &mut self.given {
            block.plan = Some(Box::new(arguments));
        }
    }
}

/// What is evaluated together: a root module, a plan, or a root module with a plan that was made of it.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'m, 'p> {
    /// The root module.
    pub root: Option<&'m Module<'p>>,
    /// The plan.
    pub plan: Option<SourceId>,
}

/// Everything in a project that makes resources. A plan belongs to the root module in whose directory it lies.
#[must_use]
pub fn units<'m, 'p>(modules: &'m Modules<'p>) -> Vec<Unit<'m, 'p>> {
    let mut plans: BTreeMap<&str, Vec<SourceId>> = BTreeMap::new();
    for (source, document) in modules.project.sources.iter().zip(&modules.project.documents) {
        if document.role == Role::Plan {
            plans.entry(directory(source.path())).or_default().push(source.id());
        }
    }
    let mut units = Vec::new();
    for root in modules.roots() {
        match plans.remove(root.directory.as_str()) {
            Some(plans) => units.extend(plans.into_iter().map(|plan| Unit { root: Some(root), plan: Some(plan) })),
            None => units.push(Unit { root: Some(root), plan: None }),
        }
    }
    units.extend(plans.into_values().flatten().map(|plan| Unit { root: None, plan: Some(plan) }));
    units
}

impl<'p> Unit<'p, 'p> {
    /// Its resources, those of the module by its evaluation. Those that are certainly not created are left out.
    #[must_use]
    pub fn resources(self, evaluation: Option<&Evaluation<'p>>, modules: &'p Modules<'p>, facts: &'p Facts) -> Vec<Evaluated<'p>> {
        let resources = evaluation.map(Evaluation::resources);
        let plan = self.plan.and_then(|plan| Plan::of(modules.project, plan));
        match (resources, plan) {
            (Some(resources), Some(plan)) => plan.join(resources, facts),
            (None, Some(plan)) => plan.resources(facts),
            (resources, None) => resources.unwrap_or_default(),
        }
    }

    /// The evaluation of its module.
    #[must_use]
    pub fn evaluation(self, modules: &'p Modules<'p>, facts: &'p Facts) -> Option<Evaluation<'p>> {
        self.root.map(|root| Evaluation::of(root, modules, facts, &modules.project.inputs))
    }
}

impl Drop for Evaluation<'_> {
    /// A module's instance knows what it calls, and that knows who calls it: without this nothing would be given back.
    fn drop(&mut self) {
        self.root.forget_calls();
    }
}

impl<'p> Evaluation<'p> {
    /// Begins with a root module.
    #[must_use]
    pub fn of(root: &'p Module<'p>, modules: &'p Modules<'p>, facts: &'p Facts, inputs: &'p Inputs) -> Self {
        Self::with(root, modules, facts, inputs, Placeholders::Values)
    }

    /// The same, where a caller of the root module is expected to give what is left empty.
    #[must_use]
    pub fn of_template(root: &'p Module<'p>, modules: &'p Modules<'p>, facts: &'p Facts, inputs: &'p Inputs) -> Self {
        Self::with(root, modules, facts, inputs, Placeholders::Unknown)
    }

    fn with(root: &'p Module<'p>, modules: &'p Modules<'p>, facts: &'p Facts, inputs: &'p Inputs, placeholders: Placeholders) -> Self {
        let run = Rc::new(Run::new(modules, facts, inputs, placeholders));
        let root = Instance::root(Rc::clone(&run), root);
        Self { run, root }
    }

    /// The instances of all resources whose types are known, in the order of modules, blocks and keys. Those that are certainly not created
    /// are left out.
    #[must_use]
    pub fn resources(&self) -> Vec<Evaluated<'p>> {
        let mut found = Vec::new();
        self.resources_of(&self.root, &mut found);
        found
    }

    /// The value of an expression in the root module.
    #[must_use]
    pub fn value(&self, expr: Expr<'_>) -> Value {
        self.run.start();
        self.root.plain_scope().value(expr)
    }

    fn resources_of(&self, instance: &Rc<Instance<'p>>, found: &mut Vec<Evaluated<'p>>) {
        for resource in instance.module.resources.iter() {
            let Some(ty) = self.run.facts.resource_type(&resource.ty) else { continue };
            self.run.start();
            let instances = instance.repetitions(resource);
            for (at, repetition) in instances.list.iter().enumerate() {
                if !self.run.take_instance(resource.header) {
                    return;
                }
                let address = format!("{}{}.{}{}", instance.prefix, resource.ty, resource.name, repetition.suffix());
                let (instance, instances) = (Rc::clone(instance), Rc::clone(&instances));
                found.push(Evaluated {
                    address: Address(address.into()),
                    header: resource.header,
                    span: resource.span,
                    ty,
                    given: Given::Block(Box::new(Written { resource, instance, instances, at: at as u32, plan: None })),
                });
            }
        }
        for call in instance.module.module_calls.iter() {
            self.run.start();
            if let Ok(children) = instance.children(call) {
                for (_, child) in &children.list {
                    self.resources_of(child, found);
                }
            }
        }
    }

    /// What Terraform would refuse of what was evaluated so far.
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        self.run.refusals()
    }

    /// The files whose text became a value.
    #[must_use]
    pub fn read(&self) -> BTreeSet<SourceId> {
        self.run.read()
    }

    /// The files that evaluation would read.
    #[must_use]
    pub fn wanted(&self) -> BTreeSet<Wanted> {
        self.run.wanted()
    }
}

/// The value of a local value in the root module of a directory.
#[must_use]
pub fn local(project: &Project, directory: &str, name: &str) -> Option<Value> {
    let modules = Modules::of(project);
    let module = modules.get(directory)?;
    let evaluation = Evaluation::of(module, &modules, Facts::builtin(), &project.inputs);
    Some(evaluation.value(module.locals.get(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    #[test]
    fn a_path_leads_through_nested_blocks() {
        let text = r#"
            locals { team = "core" }
            resource "aws_kms_key" "k" {
              policy = "p"
              rule {
                tags = { team = local.team }
              }
              rule {
                tags = { team = "ops" }
                inner { x = 1 }
              }
            }
        "#;
        let project = Project::from_texts([("main.tf", text)]);
        let modules = Modules::of(&project);
        let evaluation = Evaluation::of(&modules.list[0], &modules, Facts::builtin(), &project.inputs);
        let resources = evaluation.resources();
        let key = &resources[0];
        assert_eq!(key.address.to_string(), "aws_kms_key.k");
        assert_eq!(key.policies()[0].1.to_text().as_ref().and_then(|text| text.known()), Some("p"));
        let teams = key.get("rule.tags.team").map(|value| value.data);
        let Some(Data::Sequence(teams)) = teams else { panic!("{teams:?}") };
        let teams: Vec<String> = teams.iter().filter_map(|team| Some(team.to_text()?.known()?.to_owned())).collect();
        assert_eq!(teams, ["core", "ops"]);
        let inner = key.get("rule.inner").map(|value| value.data);
        assert!(matches!(inner, Some(Data::Sequence(blocks)) if blocks.len() == 1));
        assert!(key.get("description").is_none());
    }

    #[test]
    fn an_evaluation_gives_back_all_that_it_made() {
        let call = "module \"a\" {\n  for_each = toset([\"x\", \"y\"])\n  source = \"./a\"\n}\n";
        let key = "module \"b\" {\n  source = \"../b\"\n}\nresource \"aws_kms_key\" \"k\" {}\n";
        let project = Project::from_texts([("main.tf", call), ("a/main.tf", key), ("b/main.tf", "resource \"aws_kms_key\" \"k\" {}\n")]);
        let modules = Modules::of(&project);
        let evaluation = Evaluation::of(&modules.list[0], &modules, Facts::builtin(), &project.inputs);
        assert_eq!(evaluation.resources().len(), 4);
        let run = Rc::downgrade(&evaluation.run);
        drop(evaluation);
        assert!(run.upgrade().is_none());
    }
}
