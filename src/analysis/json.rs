//! What a JSON file holds that nothing else reads: a policy, a request, or nothing of ours.

use super::Subjects;
use crate::{
    facts::Facts,
    project::Project,
    source::SourceId,
    subject::{
        policy,
        request::{self, JsonFile},
    },
};

/// What there is to judge in a JSON file.
pub(super) fn subjects(project: &Project, id: SourceId, facts: &Facts) -> Subjects {
    let mut found = Subjects::default();
    let source = project.sources.get(id);
    let declared = project.declared.get(&id).map(String::as_str);
    let tree = &project.document(id).tree;
    if let Some(policy) = policy::recognise::document(tree, source.path(), declared, facts.requests()) {
        found.subjects.push(policy);
        return found;
    }
    match request::subjects(tree, source.path(), declared, facts, &project.aws) {
        JsonFile::Request(subjects) => found.subjects = subjects,
        JsonFile::Ambiguous => {
            found.foreign.insert(id, "a request of one of several operations; `[[requests]]` in taglint.toml can say of which");
        }
        JsonFile::Foreign => {
            found.foreign.insert(id, "not a request or a policy");
        }
    }
    found
}
