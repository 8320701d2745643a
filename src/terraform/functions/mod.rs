//! Terraform's functions: one table, one file per family.

use crate::{source::Span, value::Value};

mod collection;
pub mod json;

/// Bounds on what a function may make. Beyond them the result is unknown: "too large to evaluate".
mod limit {
    /// The longest text, in bytes. The longest limit of any service is far below.
    pub const TEXT: usize = 1 << 20;
    /// The most pieces that a text is put together of.
    pub const PIECES: usize = 100_000;
}

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

/// Why Terraform refuses a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong, in our words: no capital, no full stop.
    pub message: String,
    /// The argument to change, or the whole call.
    pub span: Span,
}

/// A function that taglint evaluates.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// As it is called.
    pub name: &'static str,
    body: fn(Call) -> Result<Value, FunctionError>,
}

impl Function {
    /// The value of a call with these arguments.
    ///
    /// # Errors
    /// What Terraform would refuse, if the arguments are as they are.
    pub fn call(&self, arguments: Vec<Argument>, span: Span) -> Result<Value, FunctionError> {
        (self.body)(Call { name: self.name, arguments, span })
    }
}

impl Call {
    /// Exactly so many arguments.
    fn exactly<const N: usize>(self) -> Result<[Argument; N], FunctionError> {
        let span = self.span;
        let (name, given) = (self.name, self.arguments.len());
        <[Argument; N]>::try_from(self.arguments).map_err(|_| FunctionError {
            message: format!("`{name}` takes {N} argument{}, {given} {} given", plural(N), if given == 1 { "is" } else { "are" }),
            span,
        })
    }
}

/// The ending of a noun that is counted.
fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Sorted by name.
static FUNCTIONS: &[Function] = &[
    Function { name: "jsondecode", body: json::jsondecode },
    Function { name: "jsonencode", body: json::jsonencode },
    Function { name: "merge", body: collection::merge },
    Function { name: "tomap", body: collection::tomap },
];

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
