//! Terraform's functions: one table, one file per family.

use crate::{source::Span, value::Value};

mod collection;

/// One call with its evaluated arguments.
#[derive(Debug)]
pub struct Call {
    /// The function's name.
    pub name: &'static str,
    /// Its arguments, in order; `...` is spread already.
    pub arguments: Vec<Argument>,
    /// The whole call.
    pub span: Span,
}

/// One argument of a call.
#[derive(Debug)]
pub struct Argument {
    /// What it is.
    pub value: Value,
    /// Where it is written in the call.
    pub span: Span,
}

/// A function that taglint evaluates.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// As it is called.
    pub name: &'static str,
    /// What it does.
    pub call: fn(Call) -> Value,
}

/// Sorted by name.
static FUNCTIONS: &[Function] = &[Function { name: "merge", call: collection::merge }, Function { name: "tomap", call: collection::tomap }];

/// The function of that name. `core::merge` is `merge`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    FUNCTIONS.binary_search_by_key(&name, |function| function.name).ok().map(|at| &FUNCTIONS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(FUNCTIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(find("core::merge").is_some() && find("nosuch").is_none());
    }
}
