//! `aws_iam_policy_document`: the text that the AWS provider makes of its blocks, each character with the place it comes from.

mod block;
mod given;
mod hash;
mod model;
mod render;

use self::{
    model::{Document, Item},
    render::{Layout, render},
};
use super::{Arguments, Refused, refused};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
    terraform::eval::EntryList,
    text::Text,
    value::{Data, Open, Unknown, Value},
};

/// The type's name.
pub const NAME: &str = "aws_iam_policy_document";

/// The version that a document has without `version`.
const DEFAULT_VERSION: &str = "2012-10-17";

/// Both texts and the arguments of a data source that is written at `header`.
///
/// # Errors
/// What the provider refuses.
pub fn read(arguments: Arguments<'_>, header: Span) -> Result<Value, Refused> {
    let whole = Origin::at(header);
    let mut sensitive = false;
    let mut argument = |name: &str| {
        let value = arguments(name).filter(|value| !matches!(value.data, Data::Null));
        sensitive |= value.as_ref().is_some_and(Value::is_sensitive);
        value
    };
    let mut document = Document::default();
    // Providers before version 4 read these two as one more document at either end; later ones refuse them.
    if let Some(source) = argument("source_json") {
        document.merge(given::document(&source)?.unwrap_or_default());
    }
    let sources = given(argument("source_policy_documents"))?;
    unique(sources.iter().flat_map(|source| &source.statements))?;
    for source in sources {
        document.merge(source);
    }
    let version = argument("version").map_or_else(|| Ok(Text::derived(DEFAULT_VERSION, whole.clone())), |version| text(&version))?;
    let id = argument("policy_id").map(|id| text(&id)).transpose()?;
    let statements = argument("statement").map_or_else(|| Ok(Vec::new()), |blocks| block::statements(&blocks, &version))?;
    unique(statements.iter())?;
    document.merge(Document { version: Some(version), id, statements, open: None });
    if let Some(last) = argument("override_json") {
        document.merge(given::document(&last)?.unwrap_or_default());
    }
    for last in given(argument("override_policy_documents"))? {
        document.merge(last);
    }
    let mut entries = EntryList::default();
    for (name, layout) in [("json", Layout::Indented), ("minified_json", Layout::Minified)] {
        let text = render(&document, layout, &whole).through(HopKind::Function(NAME), header);
        let mut value = Value::string(text);
        value.sensitive = sensitive;
        entries.add(Value::string(Text::derived(name, whole.clone())), value);
    }
    let mut value = entries.finish(whole);
    value.set_open(Open { why: Unknown::AfterApply, span: header });
    Ok(value)
}

/// The documents of a list.
fn given(list: Option<Value>) -> Result<Vec<Document>, Refused> {
    let Some(list) = list else { return Ok(Vec::new()) };
    match &list.data {
        Data::Sequence(elements) => {
            let mut documents = Vec::new();
            for element in elements.iter() {
                documents.extend(given::document(element)?);
            }
            Ok(documents)
        }
        Data::Unknown(_) | Data::OneOf(_) => Ok(given::document(&list)?.into_iter().collect()),
        Data::Null => Ok(Vec::new()),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
            Err(refused(list.origin.span, "a list of documents is asked for"))
        }
    }
}

/// The same Sid twice is refused.
fn unique<'i>(items: impl Iterator<Item = &'i Item>) -> Result<(), Refused> {
    let mut seen = std::collections::HashSet::new();
    for item in items {
        if let Item::Statement(statement) = item
            && let Some(sid) = &statement.sid
            && let Some(known) = sid.known().filter(|known| !known.is_empty())
            && !seen.insert(known)
        {
            return Err(refused(sid.origin().span, format!("two statements have the Sid `{known}`")));
        }
    }
    Ok(())
}

/// A value as the text of a string argument; one that is not known is a text of which nothing is known.
fn text(value: &Value) -> Result<Text, Refused> {
    if let Some(text) = value.to_text() {
        return Ok(text);
    }
    let open = match value.data {
        Data::Unknown(_) | Data::OneOf(_) => given::why(value),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(_) | Data::Entries { .. } => {
            return Err(refused(value.origin.span, "a string is asked for"));
        }
    };
    let mut builder = Text::build(value.origin.clone());
    builder.push_unknown(value.origin.clone(), open.why.reason());
    Ok(builder.finish())
}
