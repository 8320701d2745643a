//! Evaluates Terraform as Terraform does, as far as the files alone decide it.

use std::{collections::BTreeSet, rc::Rc, sync::Arc};

use crate::{
    facts::{
        Facts,
        terraform::{ResourceType, TagArgument},
    },
    origin::Address,
    project::{
        Project,
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
pub mod functions;
mod instance;
mod provider;
mod reference;
mod repetition;
pub mod run;
mod variable;

use instance::Instance;
use repetition::Repetition;
use run::{Placeholders, Refusal, Run, Wanted};

/// The evaluation of one root module and all that it calls.
#[derive(Debug)]
pub struct Evaluation<'p> {
    run: Rc<Run<'p>>,
    root: Rc<Instance<'p>>,
}

/// One instance of a resource.
#[derive(Debug)]
pub struct Evaluated<'p> {
    /// As Terraform prints it: `module.a.aws_kms_key.k["eu"]`.
    pub address: Address,
    /// The blocks it was written in.
    pub resource: &'p Resource<'p>,
    /// Its type.
    pub ty: &'p ResourceType,
    instance: Rc<Instance<'p>>,
    repetition: Repetition,
}

impl Evaluated<'_> {
    /// What is written at a dotted path; `None` where nothing is. Nested blocks are a sequence with the entries of each. A step into a
    /// sequence goes into each of its elements, and gives the sequence of what is found there.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        self.instance.run.start();
        let mut steps = path.split('.');
        let name = steps.next()?;
        let first = self.instance.written(self.resource, &self.repetition, name)?;
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

    /// The tags that arrive for an argument, place by place: what is written, and what the provider adds to it.
    #[must_use]
    pub fn effective_tags(&self, argument: &TagArgument) -> Vec<Value> {
        if !argument.default_tags {
            return self.each(&argument.path);
        }
        let own = self.get(&argument.path);
        let over = self.get("override_provider.default_tags.tags").and_then(|tags| match tags.data {
            Data::Sequence(tags) => tags.first().cloned(),
            _ => Some(tags),
        });
        self.instance.run.start();
        self.instance.with_default_tags(self.resource, own, over).into_iter().collect()
    }

    /// The `module` blocks on the way to it, outermost first.
    #[must_use]
    pub fn calls(&self) -> Arc<[Span]> {
        let callers = std::iter::successors(self.instance.caller.as_ref(), |caller| caller.instance.caller.as_ref());
        let mut calls: Vec<Span> = callers.map(|caller| caller.call.span).collect();
        calls.reverse();
        calls.into()
    }

    /// The value of each policy argument that is written, with the argument's path.
    #[must_use]
    pub fn policies(&self) -> Vec<(&str, Value)> {
        self.ty.policies.iter().filter_map(|path| Some((path.as_str(), self.get(path)?))).collect()
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
        for resource in &instance.module.resources {
            let Some(ty) = self.run.facts.resource_type(&resource.ty) else { continue };
            self.run.start();
            for repetition in &instance.repetitions(resource).list {
                if !self.run.take_instance() {
                    instance.too_many(resource.header);
                    return;
                }
                let address = format!("{}{}.{}{}", instance.prefix, resource.ty, resource.name, repetition.suffix());
                found.push(Evaluated {
                    address: Address(address.into()),
                    resource,
                    ty,
                    instance: Rc::clone(instance),
                    repetition: repetition.clone(),
                });
            }
        }
        for call in &instance.module.module_calls {
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
    Some(evaluation.value(*module.locals.get(name)?))
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
}
