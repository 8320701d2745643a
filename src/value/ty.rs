//! Types of Terraform's language.

use std::sync::Arc;

/// A type in Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Type {
    /// Not decided.
    #[default]
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Arc<Type>),
    /// `set(…)`
    Set(Arc<Type>),
    /// `map(…)`
    Map(Arc<Type>),
    /// `tuple([…])`: what a `[…]` makes.
    Tuple,
    /// `object({…})`: what a `{…}` makes.
    Object,
}
