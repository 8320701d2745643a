//! Evaluates Terraform as Terraform does, as far as the files alone decide it.

use crate::{
    facts::{Facts, terraform::ResourceType},
    project::module::{Module, Resource},
    value::Value,
};

pub mod eval;
pub mod functions;

use eval::Evaluator;

/// A resource with the values of the arguments that were asked for.
#[derive(Debug)]
pub struct Evaluated<'p> {
    /// The blocks it was written in.
    pub resource: &'p Resource<'p>,
    /// Its type.
    pub ty: &'p ResourceType,
    /// The value of each tag argument that is written, in the order of the type's arguments.
    pub tags: Vec<Value>,
}

/// The resources of a module that carry tags, evaluated. Those that are certainly not created are left out.
#[must_use]
pub fn resources<'p>(module: &'p Module<'p>, facts: &'p Facts) -> Vec<Evaluated<'p>> {
    let evaluator = Evaluator::new(module);
    let known = module.resources.iter().filter_map(|resource| Some((resource, facts.resource_type(&resource.ty)?)));
    let tagged = known.filter(|(resource, ty)| !ty.tags.is_empty() && evaluator.is_created(resource));
    let evaluate = |(resource, ty): (&'p Resource<'p>, &'p ResourceType)| {
        let tags = ty.tags.iter().filter_map(|argument| Some(evaluator.value(resource.argument(&argument.path)?))).collect();
        Evaluated { resource, ty, tags }
    };
    tagged.map(evaluate).collect()
}
