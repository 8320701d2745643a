//! Which Terraform resource types carry tags, and where: the typed view of `rules/terraform/`.

use super::tags::ServiceId;

/// One resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// `aws_kms_key`.
    pub name: String,
    /// The service that takes the tags; `None` where the type has policies only.
    pub service: Option<ServiceId>,
    /// Where tags are written.
    pub tags: Vec<TagArgument>,
    /// Where policies are written: dotted paths.
    pub policies: Vec<String>,
}

/// An argument that holds tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagArgument {
    /// Dotted path: `tags`.
    pub path: String,
    /// How they are written.
    pub shape: TagShape,
}

/// How tags are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagShape {
    /// `{ key = "value" }`.
    Map,
}
