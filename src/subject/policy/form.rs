//! How a policy is written at hand, so that help and fixes speak as its author does: JSON, an object of HCL, or the data source.

use super::{Member, Object};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    terraform::data::policy_document,
    text::Text,
};

/// How a document or a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, in a file, a heredoc or a string.
    Json,
    /// An object of HCL whose names are words, as `jsonencode` takes it.
    Object,
    /// The blocks of the data source that makes a document.
    DataSource,
}

impl Form {
    /// The form of a document or statement, by its members.
    #[must_use]
    pub fn of(object: &Object, origin: &Origin) -> Self {
        if is_from_data_source(origin) {
            return Form::DataSource;
        }
        let is_word = |member: &Member| is_bare(&member.name);
        if object.members.first().is_some_and(is_word) { Form::Object } else { Form::Json }
    }

    /// What an element is called.
    #[must_use]
    pub fn name(self, element: &str) -> &str {
        match (self, element) {
            (Form::Json | Form::Object, _) => element,
            (Form::DataSource, "Action") => "actions",
            (Form::DataSource, "Resource") => "resources",
            (Form::DataSource, "Principal") => "principals",
            (Form::DataSource, "Effect") => "effect",
            (Form::DataSource, "Sid") => "sid",
            (Form::DataSource, "Version") => "version",
            (Form::DataSource, other) => other,
        }
    }

    /// An element with a string as its value, as one would write it.
    #[must_use]
    pub fn element(self, element: &str, value: &str) -> String {
        let name = self.name(element);
        match self {
            Form::Json => format!("\"{name}\": \"{value}\""),
            Form::DataSource if name.ends_with('s') => format!("{name} = [\"{value}\"]"),
            Form::Object | Form::DataSource => format!("{name} = \"{value}\""),
        }
    }
}

/// Whether a name stands without quotation marks.
#[must_use]
pub fn is_bare(name: &Text) -> bool {
    name.is_verbatim() && name.origin().span == name.span_of(0..name.decoded().len() as u32)
}

/// Whether something came out of the data source.
#[must_use]
pub fn is_from_data_source(origin: &Origin) -> bool {
    origin.path().iter().any(|hop| hop.kind == HopKind::Function(policy_document::NAME))
}
