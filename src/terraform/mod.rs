//! Evaluates Terraform as Terraform does, as far as the files alone decide it.

use std::rc::Rc;

use crate::{
    facts::{Facts, terraform::ResourceType},
    origin::Address,
    project::module::{Module, Resource},
    value::{Data, Value},
};

mod block;
pub mod constraint;
pub mod data;
pub mod eval;
pub mod functions;

use eval::Evaluator;

/// One instance of a resource.
#[derive(Debug)]
pub struct Evaluated<'p> {
    /// As Terraform prints it: `module.a.aws_kms_key.k["eu"]`.
    pub address: Address,
    /// The blocks it was written in.
    pub resource: &'p Resource<'p>,
    /// Its type.
    pub ty: &'p ResourceType,
    evaluator: Rc<Evaluator<'p>>,
}

impl Evaluated<'_> {
    /// What is written at a dotted path; `None` where nothing is. Nested blocks are a sequence with the entries of each. A step into a
    /// sequence goes into each of its elements, and gives the sequence of what is found there.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Value> {
        let mut steps = path.split('.');
        let first = self.evaluator.argument(&self.resource.body, steps.next()?)?;
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

    /// The value of each policy argument that is written, with the argument's path.
    #[must_use]
    pub fn policies(&self) -> Vec<(&str, Value)> {
        self.ty.policies.iter().filter_map(|path| Some((path.as_str(), self.get(path)?))).collect()
    }
}

/// The resource instances of a module whose types are known. Those that are certainly not created are left out.
#[must_use]
pub fn resources<'p>(module: &'p Module<'p>, facts: &'p Facts) -> Vec<Evaluated<'p>> {
    let evaluator = Rc::new(Evaluator::new(module));
    let known = module.resources.iter().filter_map(|resource| Some((resource, facts.resource_type(&resource.ty)?)));
    let evaluate = |(resource, ty): (&'p Resource<'p>, &'p ResourceType)| {
        let address = Address(format!("{}.{}", resource.ty, resource.name).into());
        evaluator.is_created(resource).then(|| Evaluated { address, resource, ty, evaluator: Rc::clone(&evaluator) })
    };
    known.filter_map(evaluate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Project, module};

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
        let modules = module::modules(&project);
        let resources = resources(&modules[0], Facts::builtin());
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
