//! What is true of providers and services: the typed view of `rules/`, and of what a user lays over it.

mod embedded;
mod error;
pub mod forms;
mod locate;
pub mod policy;
pub mod requests;
mod rows;
pub mod tags;
pub mod terraform;
mod user;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, LazyLock, OnceLock},
};

use serde_json::Value;

use self::{
    forms::Form,
    requests::{Index, Operation},
    tags::{Channel, ServiceId, TagRules},
    terraform::ResourceType,
    user::{Kind, UserFile},
};

pub use self::{
    embedded::EMBEDDED,
    error::{ContentError, FactsError},
    user::UserFacts,
};

/// All facts. Each kind of file is parsed when it is first asked for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Facts(Arc<Tables>);

#[derive(Debug)]
struct Tables {
    over: Vec<UserFile>,
    tags: OnceLock<tags::load::Table>,
    resource_types: OnceLock<terraform::Table>,
    requests: OnceLock<Index>,
    forms: OnceLock<BTreeMap<String, Form>>,
}

impl Tables {
    fn over(&self, kind: Kind) -> impl Iterator<Item = &UserFile> {
        self.over.iter().filter(move |file| file.kind == kind)
    }

    fn tags(&self) -> &tags::load::Table {
        self.tags.get_or_init(|| tags::load::Table::new(self.over(Kind::Tags)))
    }

    fn resource_types(&self) -> &terraform::Table {
        self.resource_types.get_or_init(|| terraform::Table::new(self.over(Kind::Terraform)))
    }
}

impl Facts {
    /// The facts that the program was built with.
    #[must_use]
    pub fn builtin() -> &'static Facts {
        static BUILTIN: LazyLock<Facts> = LazyLock::new(|| Facts::new(Vec::new()));
        &BUILTIN
    }

    /// Our facts with a user's laid over them: objects merge key by key, lists and single values replace. Later files win.
    ///
    /// # Errors
    /// [`FactsError::Folder`] if a path does not say what a file is about; [`FactsError::Content`] if a file is no JSON, does not fit its
    /// schema, names what does not exist, or has a fact without source or date.
    pub fn with_overrides(files: Vec<UserFacts>) -> Result<Facts, FactsError> {
        let facts = Facts::new(files.into_iter().map(UserFile::read).collect::<Result<_, _>>()?);
        for file in &facts.0.over {
            let problems = match file.kind {
                Kind::Tags => facts.0.tags().problems(&file.value),
                Kind::Terraform => facts.0.resource_types().problems(&file.value, facts.0.tags()),
                Kind::Requests => requests::unresolved(&file.value, facts.0.tags()),
            };
            error::first(problems, &file.source)?;
        }
        Ok(facts)
    }

    fn new(over: Vec<UserFile>) -> Self {
        Self(Arc::new(Tables {
            over,
            tags: OnceLock::new(),
            resource_types: OnceLock::new(),
            requests: OnceLock::new(),
            forms: OnceLock::new(),
        }))
    }

    /// What a service accepts as tags on a channel, inherited facts included; `None` for a service without facts.
    #[must_use]
    pub fn tag_rules(&self, service: &ServiceId, channel: Channel) -> Option<&TagRules> {
        self.0.tags().rules(service, channel)
    }

    /// All services with facts about tags, sorted.
    pub fn services(&self) -> impl Iterator<Item = &ServiceId> {
        self.0.tags().services()
    }

    /// What is known of a Terraform resource type.
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.0.resource_types().get(name)
    }

    /// The names of all Terraform resource types with facts.
    pub fn resource_types(&self) -> impl Iterator<Item = &str> {
        self.0.resource_types().names()
    }

    /// All operations, sorted by id.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        self.requests().operations()
    }

    /// All operations, to search in.
    #[must_use]
    pub fn requests(&self) -> &Index {
        self.0.requests.get_or_init(|| requests::load(self.0.over(Kind::Requests)))
    }

    /// The forms of a kind of identifier.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&Form> {
        self.0.forms.get_or_init(forms::load).get(name)
    }

    /// The newest date at which a fact of each file was checked. Our paths are those below `rules/`, a user's those that reports show.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        let ours = EMBEDDED.iter().filter(|(path, _)| !path.starts_with("schema/")).map(|(path, text)| (*path, newest_written(text)));
        let over = self.0.over.iter().map(|file| (file.source.path(), newest(&file.value)));
        ours.chain(over).filter_map(|(path, date)| Some((path.to_owned(), date?.to_owned()))).collect()
    }
}

/// The newest `checked` in one of our files. Every run asks for it, and parsing all files for it would be most of a short run.
fn newest_written(text: &str) -> Option<&str> {
    const MEMBER: &str = "\"checked\": \"";
    const GENERATED: &[u8] = b"\n  \"generated\": ";
    const HEAD: usize = 1 << 15;
    // A generated file has one date, before its rows.
    let head = text.as_bytes().get(..HEAD).and_then(|head| memchr::memmem::find(head, GENERATED));
    let text = &text[..head.unwrap_or(text.len())];
    let dates = memchr::memmem::find_iter(text.as_bytes(), MEMBER).map(|at| &text[at + MEMBER.len()..]);
    dates.filter_map(|rest| rest.split('"').next()).max()
}

/// The newest `checked` in a file. The dates' form makes their order that of the text.
fn newest(value: &Value) -> Option<&str> {
    match value {
        Value::Object(object) => {
            let own = object.get("checked").and_then(Value::as_str);
            object.values().filter_map(newest).chain(own).max()
        }
        Value::Array(list) => list.iter().filter_map(newest).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// What was read of facts.
fn read<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("our facts are tested, and a user's are checked before they are merged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_dates_are_found_without_parsing() {
        for (path, text) in EMBEDDED.iter().filter(|(path, _)| !path.starts_with("schema/")) {
            let parsed: Value = serde_json::from_str(text).expect("our files are JSON");
            assert_eq!(newest_written(text), newest(&parsed), "{path}");
        }
    }
}
