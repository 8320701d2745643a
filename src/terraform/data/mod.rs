//! Data sources that the configuration alone decides.

mod pinned;
pub mod policy_document;

use super::functions::FunctionError;
use crate::{config::AwsConfig, facts::Facts, source::Span, value::Value};

/// Why the provider refuses a data source.
pub type Refused = FunctionError;

/// Looks up an argument, or the nested blocks, of a data source.
pub type Arguments<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// What is read of a data source.
#[derive(Clone, Copy)]
pub struct DataBlock<'a> {
    /// Its own arguments and blocks.
    pub arguments: Arguments<'a>,
    /// The arguments and blocks of its provider.
    pub provider: Arguments<'a>,
    /// Where its block begins.
    pub header: Span,
}

fn refused(span: Span, message: impl Into<String>) -> Refused {
    FunctionError { message: message.into(), span }
}

/// What a data source of this type yields; `None` for a type that only the provider's answer decides.
#[must_use]
pub fn read(ty: &str, block: &DataBlock<'_>, aws: &AwsConfig, facts: &Facts) -> Option<Result<Value, Refused>> {
    match ty {
        policy_document::NAME => Some(policy_document::read(block.arguments, block.header)),
        _ => pinned::read(ty, block, aws, facts).map(Ok),
    }
}
