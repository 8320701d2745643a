//! Whole stacks: what `taglint effective` says is what `terraform plan` says. `fixtures/terraform/oracle/oracle.py` recorded the plans.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use taglint::{
    analysis::load,
    config::Config,
    facts::Facts,
    project::load::LoadSettings,
    report::effective::{Wanted, of},
};

/// What the plan says of a resource; null for what the files alone do not decide, and where there can be no tags.
#[derive(Deserialize)]
struct Planned {
    tags: Option<BTreeMap<String, Option<String>>>,
    policies: BTreeMap<String, Option<serde_json::Value>>,
}

#[derive(Deserialize)]
struct Ours {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    address: String,
    tags: BTreeMap<String, Option<String>>,
    open: bool,
    policies: Vec<Policy>,
}

#[derive(Deserialize)]
struct Policy {
    argument: String,
    document: Option<serde_json::Value>,
}

#[test]
fn stacks_get_what_terraform_plans() {
    let stacks = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/oracle/stacks");
    let (mut instances, mut policies, mut differences) = (0, 0, String::new());
    let mut entries: Vec<_> = fs::read_dir(&stacks).expect("readable").map(|entry| entry.expect("readable").path()).collect();
    entries.sort();
    for stack in entries.into_iter().filter(|path| path.is_dir()) {
        let recorded = fs::read(stack.with_extension("json")).expect("recorded");
        let planned: BTreeMap<String, Planned> = serde_json::from_slice(&recorded).expect("as oracle.py writes it");
        let ours = effective(&stack);
        let name = stack.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut differ = |address: &str, what: String| differences.push_str(&format!("{name} {address}: {what}\n"));
        for (address, plan) in &planned {
            let Some(resource) = ours.get(address) else {
                differ(address, "is not there".to_owned());
                continue;
            };
            instances += 1;
            let documents: BTreeMap<&str, Option<&serde_json::Value>> =
                resource.policies.iter().map(|policy| (policy.argument.as_str(), policy.document.as_ref())).collect();
            for (argument, document) in &plan.policies {
                // Policies of other services are not evaluated.
                let Some(found) = documents.get(argument.as_str()) else { continue };
                policies += 1;
                if *found != document.as_ref() {
                    differ(address, format!("{argument} is {found:?}, and the plan says {document:?}"));
                }
            }
            let Some(tags) = &plan.tags else { continue };
            if resource.tags != *tags || resource.open {
                differ(address, format!("{:?}, open: {}, and the plan says {tags:?}", resource.tags, resource.open));
            }
        }
        let tagged = ours.iter().filter(|(address, resource)| !resource.tags.is_empty() && !planned.contains_key(*address));
        tagged.for_each(|(address, _)| differ(address, "is not in the plan".to_owned()));
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(instances >= 180 && policies >= 25, "{instances} instances, {policies} policies");
}

fn effective(stack: &Path) -> BTreeMap<String, Resource> {
    let facts = Facts::builtin();
    let mut settings = LoadSettings { root: Some(stack.to_owned()), facts: Some(facts.clone()), ..LoadSettings::default() };
    if stack.to_string_lossy().ends_with("pinned") {
        let pinned = fs::read_to_string(stack.with_file_name("../pinned.toml")).expect("it is there");
        settings.aws = Config::parse(&pinned).expect("it fits").aws;
    }
    let project = load(&[stack.to_owned()], &settings, facts).expect("the stack is there");
    let mut json = Vec::new();
    of(&project, facts, &Wanted::default()).write_json(&mut json).expect("a vector takes everything");
    let ours: Ours = serde_json::from_slice(&json).expect("as it was written");
    ours.resources.into_iter().map(|resource| (resource.address.clone(), resource)).collect()
}
