//! What is known of a key or secret beside its policy, and of the request that sets it.

use std::sync::Arc;

use crate::{origin::Origin, subject::TagSet, text::Text};

/// What is known of a key or secret beside its policy. `None` everywhere means not known: rules that need it stay silent.
#[derive(Debug, Clone, Default)]
pub struct PolicyContext {
    /// What the key is for: `ENCRYPT_DECRYPT`. What is not written is the service's default where the file creates the key.
    pub usage: Option<Arc<str>>,
    /// The key's kind: `SYMMETRIC_DEFAULT`.
    pub spec: Option<Arc<str>>,
    /// Where its material comes from: `AWS_KMS`.
    pub origin: Option<Arc<str>>,
    /// Whether it is a multi-Region key.
    pub multi_region: Option<bool>,
    /// The tags it gets.
    pub tags: Option<TagSet>,
    /// The account it is in.
    pub account: Option<Arc<str>>,
    /// The Region it is in.
    pub region: Option<Arc<str>>,
    /// The partition it is in.
    pub partition: Option<Arc<str>>,
    /// The name under which the request sets the policy.
    pub policy_name: Option<Text>,
    /// Whether the service's check against lock-out is off.
    pub bypass: Option<Flag>,
    /// Whether the service refuses a policy that gives broad access.
    pub block_public_policy: Option<Flag>,
}

/// A known switch, and where it is set.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its value.
    pub is_set: bool,
    /// Where it is written.
    pub origin: Origin,
}
