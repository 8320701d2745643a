//! What a JSON file holds that nothing else reads: a policy, a request, or nothing of ours.

use super::{Incomplete, Subjects};
use crate::{
    facts::Facts,
    project::Project,
    source::{SourceId, Span},
    subject::{
        policy,
        request::{self, JsonFile},
    },
};

/// The most nodes of a request or a policy that is looked at. No service takes a body with nearly as many, and each costs many times its bytes.
const MAX_NODES: usize = 250_000;

/// What there is to judge in a JSON file.
pub(super) fn subjects(project: &Project, id: SourceId, facts: &Facts) -> Subjects {
    let mut found = Subjects::default();
    let source = project.sources.get(id);
    let declared = project.declared.get(&id).map(String::as_str);
    let tree = &project.document(id).tree;
    if tree.nodes().len() > MAX_NODES && policy::recognise::is_like_document(tree, source.path(), declared, facts.requests()) {
        found.incomplete.extend(too_large(project, id));
        return found;
    }
    if let Some(policy) = policy::recognise::document(tree, source.path(), declared, facts.requests()) {
        found.subjects.push(policy);
        return found;
    }
    match request::subjects(tree, source.path(), declared, facts, &project.aws, MAX_NODES) {
        JsonFile::Request(subjects) => found.subjects = subjects,
        JsonFile::TooLarge => found.incomplete.extend(too_large(project, id)),
        JsonFile::Ambiguous => {
            found.foreign.insert(id, "a request of one of several operations; `[[requests]]` in taglint.toml can say of which");
        }
        JsonFile::Foreign => {
            found.foreign.insert(id, "not a request or a policy");
        }
    }
    found
}

fn too_large(project: &Project, id: SourceId) -> Option<Incomplete> {
    let tree = &project.document(id).tree;
    let span = tree.span(tree.root()?);
    let message = format!("too large to look at: it has more than {MAX_NODES} values and names, which no service accepts");
    let path = project.sources.get(id).path().to_owned();
    project.is_selected(id).then(|| Incomplete { path, message, span: Some(Span::new(id, span.start, span.start + 1)) })
}
