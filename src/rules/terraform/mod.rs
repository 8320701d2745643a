//! What Terraform or its providers refuse, about tags and policies.

pub mod no_tags;
