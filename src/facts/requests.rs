//! Requests that taglint knows: the typed view of `rules/requests/`.

use super::tags::ServiceId;

/// One operation of an API.
#[derive(Debug)]
pub struct Operation {
    /// As configuration and messages name it: `kms:TagResource`.
    pub id: String,
    /// The service whose facts judge the request.
    pub service: ServiceId,
    /// The value of `X-Amz-Target` that means it.
    pub target: Option<String>,
    /// File names that mean it, as globs.
    pub file_names: Vec<String>,
    /// Where its tags are.
    pub tags: Option<RequestTags>,
    /// The body: a flat JSON Schema.
    pub schema: serde_json::Value,
    /// A URL.
    pub source: String,
    /// When the source was read, `YYYY-MM-DD`.
    pub checked: String,
}

/// Where a request has its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTags {
    /// The member of the body that is the list.
    pub member: String,
    /// The member of an entry that is the key.
    pub key: String,
    /// The member of an entry that is the value.
    pub value: String,
    /// Whether the resource may have more tags than the request says.
    pub open: bool,
}
