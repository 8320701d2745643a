//! A project: sources and what the parsers made of them. Immutable; all input is over once it exists.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::{AwsConfig, KmsConfig},
    source::{Source, SourceId, Sources},
    syntax::{Input, Nodes, Tree, hcl, json, view},
};

pub mod blocks;
pub mod inputs;
pub mod load;
mod locals;
pub mod module;
pub mod plan;
pub mod walk;

/// What a file is, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `.tf`, `.tofu`: HCL native syntax.
    Terraform,
    /// `.tf.json`, `.tofu.json`: the same bodies in JSON.
    TerraformJson,
    /// `.tfvars`.
    Variables,
    /// `.tfvars.json`.
    VariablesJson,
    /// Any other `.json`: perhaps a request or a policy.
    Json,
    /// A Terraform plan in JSON, whatever its name: only its content tells.
    Plan,
    /// Any file that a configuration reads for its text.
    Text,
}

impl Role {
    /// The role of a file with this name, if taglint reads such files.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let (stem, end) = ending(path)?;
        match end {
            "tf" | "tofu" => Some(Role::Terraform),
            "tfvars" => Some(Role::Variables),
            "json" => Some(match ending(stem) {
                Some((_, "tf" | "tofu")) => Role::TerraformJson,
                Some((_, "tfvars")) => Role::VariablesJson,
                Some(_) | None => Role::Json,
            }),
            _ => None,
        }
    }

    /// Whether files of this role are JSON.
    #[must_use]
    pub fn is_json(self) -> bool {
        match self {
            Role::TerraformJson | Role::VariablesJson | Role::Json | Role::Plan => true,
            Role::Terraform | Role::Variables | Role::Text => false,
        }
    }

    /// Whether files of this role belong to a Terraform module.
    #[must_use]
    pub fn is_module_file(self) -> bool {
        matches!(self, Role::Terraform | Role::TerraformJson)
    }
}

/// One source and what it says.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub role: Role,
    /// What was read. Of a plan nothing but what is wrong with it.
    pub tree: Tree,
    /// What a plan holds.
    pub plan: Option<Arc<plan::PlanFile>>,
}

impl Document {
    /// Parses a source as its role asks; JSON that is a plan has that role then.
    #[must_use]
    pub fn parse(role: Role, source: &Arc<Source>) -> Self {
        if role == Role::Plan || (role == Role::Json && plan::is_plan(source.text())) {
            let (plan, problems) = plan::PlanFile::read(source);
            let tree = Tree::new(Input::File(Arc::clone(source)), Nodes::default(), problems);
            return Self { role: Role::Plan, tree, plan: Some(Arc::new(plan)) };
        }
        let tree = match role {
            Role::Text => Tree::new(Input::File(Arc::clone(source)), Nodes::default(), Vec::new()),
            _ if role.is_json() => json::parse(source),
            _ => hcl::parse(source),
        };
        Self { role, tree, plan: None }
    }
}

/// A file that was to be checked and could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The path as reports show it.
    pub path: String,
    /// Why, without capital and full stop: `permission denied`.
    pub message: String,
}

/// A file that was met and not taken into the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The path as reports show it.
    pub path: String,
    /// Why: `not a request or a policy`.
    pub why: &'static str,
}

/// A `module` block's `source` that names a directory of the tree, seen in any file of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalCall {
    /// The calling directory, relative to the tree, `""` for the tree itself.
    pub from: String,
    /// The directory that is called.
    pub to: String,
}

/// Sources, parsed documents, and what the loader saw around them.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// The texts, in path order.
    pub sources: Sources,
    /// What they say: the document of source `n` is number `n`.
    pub documents: Vec<Document>,
    /// Files that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Calls between directories of the tree; also from files that are not loaded otherwise. Sorted.
    pub calls: Vec<LocalCall>,
    /// Sources to report on. The others are there because something selected depends on them.
    pub selected: BTreeSet<SourceId>,
    /// Directories that the user named: roots, whoever calls them. Relative to the tree.
    pub named: BTreeSet<String>,
    /// The part of the directories that this run is about; without it, all.
    pub shard: Option<load::ShardOfTree>,
    /// The operations of files that the configuration declares as requests.
    pub declared: BTreeMap<SourceId, String>,
    /// Where requests and configurations go, as far as the configuration says it.
    pub aws: AwsConfig,
    /// What is said about its configurations from outside.
    pub inputs: inputs::Inputs,
    /// Where `terraform init` has put the modules that root modules call: by the root's directory and the path of calls, `vpc.subnets`.
    pub installed: BTreeMap<(String, String), String>,
    /// The files below directories that configurations look through, relative to each.
    pub listings: BTreeMap<String, Vec<String>>,
    /// Who sets key policies.
    pub kms: KmsConfig,
    /// JSON files that were read and cannot be a request.
    pub skipped: usize,
    /// Those files, and others that the walk met and may not read. Sorted.
    pub left_out: Vec<LeftOut>,
}

impl Project {
    /// A project of texts: for tests, benchmarks and editors. All are selected; calls between them are found.
    #[must_use]
    pub fn from_texts<P: Into<Arc<str>>, B: Into<Vec<u8>>>(texts: impl IntoIterator<Item = (P, B)>) -> Self {
        let mut texts: Vec<(Arc<str>, Vec<u8>)> = texts.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        texts.sort();
        let parsed = texts.into_iter().filter_map(|(path, bytes)| {
            let role = Role::of(&path)?;
            Some((role, path, bytes))
        });
        let mut list = Vec::new();
        let mut documents = Vec::new();
        for (at, (role, path, bytes)) in parsed.enumerate() {
            let source = Arc::new(Source::new(SourceId(at as u32), path, bytes));
            documents.push(Document::parse(role, &source));
            list.push(source);
        }
        let selected = list.iter().map(|source| source.id()).collect();
        let mut project = Self { sources: Sources::new(list), documents, selected, ..Self::default() };
        project.calls = project.find_calls();
        project
    }

    /// Whether findings in this source are wanted.
    #[must_use]
    pub fn is_selected(&self, id: SourceId) -> bool {
        self.selected.contains(&id)
    }

    /// The document of a source.
    #[must_use]
    pub fn document(&self, id: SourceId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// Calls between directories that the loaded documents make.
    #[must_use]
    pub fn find_calls(&self) -> Vec<LocalCall> {
        let mut calls: Vec<LocalCall> = Vec::new();
        for (source, document) in self.sources.iter().zip(&self.documents) {
            if document.role.is_module_file() {
                calls.extend(local_calls(&document.tree, directory(source.path())));
            }
        }
        calls.sort();
        calls.dedup();
        calls
    }
}

/// Calls of local modules that a file in `directory` makes.
#[must_use]
pub fn local_calls(tree: &Tree, directory: &str) -> Vec<LocalCall> {
    let Some(body) = view::Body::of_file(tree, view::form_of(tree)) else { return Vec::new() };
    let calls = body.blocks("module", 1).into_iter().filter_map(|block| {
        let source = block.body.attribute("source")?.expr.plain_string()?;
        Some(LocalCall { from: directory.to_owned(), to: view::join(directory, &source)? })
    });
    calls.collect()
}

/// The directory part of a tree-relative path; `""` for the tree itself.
#[must_use]
pub fn directory(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or("", |at| &path[..at])
}

/// What stands before and behind the last dot of a file's name; `None` where either is missing.
fn ending(path: &str) -> Option<(&str, &str)> {
    let dot = memchr::memrchr2(b'.', b'/', path.as_bytes()).filter(|at| path.as_bytes()[*at] == b'.')?;
    (dot > 0 && path.as_bytes()[dot - 1] != b'/').then(|| (&path[..dot], &path[dot + 1..]))
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;

    #[test]
    fn a_file_without_telling_names_is_no_request() {
        let might = |name, text: &str| Facts::builtin().requests().may_be_request(name, text.as_bytes());
        assert!(might("a.json", r#"{"keyid": 1, "TAGS": []}"#) && might("a.json", r#"{"\u004beyId": 1}"#));
        assert!(might("a.kms-tag-resource.json", "{}") && might("a.json", r#"{"headers": {"X-AMZ-TARGET": ""}}"#));
        assert!(might("a.json", r#"{"body": "{\"KeyId\": \"x\", \"Tags\": []}"}"#));
        assert!(might("a.json", r#"{"method": "POST", "url": "https://kms.example/v1.0/1/kms/2/tags/action"}"#));
        assert!(!might("package.json", r#"{"name": "x", "version": "1", "tags": []}"#));
        assert!(!might("a.json", r#"{"Identifier": 1, "tags": []}"#));
    }
}
