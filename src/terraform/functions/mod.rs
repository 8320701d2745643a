//! Terraform's functions: one table, one file per family.
//!
//! What all functions have in common happens here, before a function sees its arguments: their number, their types, null, what is not
//! known, what is sensitive. A function that is not told so in the table sees known values of the right type only.

mod aws;
mod cidr;
mod collection;
mod conversion;
mod csv;
mod encoding;
mod file;
mod format;
mod hash;
pub mod json;
mod list;
mod machine;
mod map;
mod number;
mod regex;
mod sequence;
mod set;
mod single_byte;
#[cfg(test)]
mod stress;
mod string;
mod table;
mod template;
mod text;
mod time;
mod trim;
mod yaml;

use std::{fmt, sync::Arc};

use self::table::{Body, Param};
pub use self::table::{Function, find};
use crate::{
    origin::{HasOrigin, HopKind, Origin},
    source::Span,
    text::Text,
    value::{Data, Type, Unknown, Value, convert},
};

/// Bounds on what a function may make. Beyond them the result is unknown: "too large to evaluate".
mod limit {
    /// The longest text, in bytes. The longest limit of any service is far below.
    pub const TEXT: usize = 1 << 20;
    /// The most pieces that a text is put together of.
    pub const PIECES: usize = 100_000;
    /// The most elements of a list that a function makes.
    pub const ELEMENTS: usize = 100_000;
}

/// What functions ask of those who call them: files, and templates of Terraform's language.
pub trait Host {
    /// The text of a file; the path is as it is written, relative to the directory in which Terraform runs.
    ///
    /// # Errors
    /// That there is no such file.
    fn read(&self, path: &str) -> Result<FileText, String>;

    /// Whether there is a file of that name; `None` where that is not known.
    fn exists(&self, path: &str) -> Option<bool>;

    /// The files below a directory, relative to it; `None` where they are not known.
    fn list(&self, directory: &str) -> Option<Vec<String>>;

    /// The value of a template with these variables.
    ///
    /// # Errors
    /// What Terraform refuses in it.
    fn template(&self, text: &Text, variables: &[(Arc<str>, Value)]) -> Result<Value, FunctionError>;
}

/// What is known of a file.
#[derive(Debug)]
pub enum FileText {
    /// Its text.
    Known(Text),
    /// Bytes that are no text.
    Binary,
    /// Not known, and why.
    Unknown(Unknown),
}

/// A host without files, for values that need none.
#[derive(Debug)]
pub struct NoHost;

impl Host for NoHost {
    fn read(&self, _: &str) -> Result<FileText, String> {
        Ok(FileText::Unknown(Unknown::Unsupported("file that is not read")))
    }

    fn exists(&self, _: &str) -> Option<bool> {
        None
    }

    fn list(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn template(&self, text: &Text, _: &[(Arc<str>, Value)]) -> Result<Value, FunctionError> {
        Ok(Value::unknown(Unknown::Unsupported("template that is not read"), text.origin()))
    }
}

/// One call with its evaluated arguments.
pub struct Call<'h> {
    /// The function's name.
    pub name: &'static str,
    /// Its arguments, in order; `...` is spread already.
    pub arguments: Vec<Argument>,
    /// The whole call.
    pub span: Span,
    /// Files and templates.
    pub host: &'h dyn Host,
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", self.name, self.arguments)
    }
}

/// One argument of a call.
#[derive(Debug, Clone)]
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

/// What a function yields.
type Outcome = Result<Value, FunctionError>;

impl Function {
    /// The value of a call with these arguments.
    ///
    /// # Errors
    /// What Terraform would refuse, if the arguments are as they are.
    pub fn call(&self, arguments: Vec<Argument>, span: Span) -> Result<Value, FunctionError> {
        self.call_in(arguments, span, &NoHost)
    }

    /// As [`Function::call`], where files and templates can be read.
    ///
    /// # Errors
    /// What Terraform would refuse, if the arguments are as they are.
    pub fn call_in(&self, arguments: Vec<Argument>, span: Span, host: &dyn Host) -> Result<Value, FunctionError> {
        let call = Call { name: self.name, arguments, span, host };
        self.count(&call)?;
        self.run(call)
    }

    /// The number of arguments.
    fn count(&self, call: &Call<'_>) -> Result<(), FunctionError> {
        let (least, given) = (self.params.len(), call.arguments.len());
        let are = if given == 1 { "is" } else { "are" };
        if given < least {
            let missing = self.params[given].name;
            return Err(call.error(format!("`{}` needs a value for `{missing}`: {given} of {least} arguments {are} given", self.name)));
        }
        if self.variadic.is_none() && given > least {
            let at = &call.arguments[least];
            let plural = if least == 1 { "" } else { "s" };
            return Err(FunctionError {
                message: format!("`{}` takes {least} argument{plural}, {given} {are} given", self.name),
                span: at.span,
            });
        }
        Ok(())
    }

    fn param(&self, at: usize) -> Option<&Param> {
        self.params.get(at).or(self.variadic.as_ref())
    }

    /// Brings the arguments into the form that the function asks for, and calls it.
    fn run(&self, mut call: Call<'_>) -> Outcome {
        let mut unknown = None;
        let mut sensitive = false;
        for at in 0..call.arguments.len() {
            let Some(param) = self.param(at) else { continue };
            let argument = &mut call.arguments[at];
            let span = argument.span;
            let given = std::mem::replace(&mut argument.value, Value::new(Data::Null, Type::Any, Origin::at(span)));
            let value = convert::convert(given, &param.wants.ty())
                .map_err(|error| FunctionError { message: format!("`{}` of `{}`: {}", param.name, self.name, error.message), span })?;
            if matches!(value.data, Data::Null) && !param.null {
                return Err(FunctionError { message: format!("`{}` of `{}` must not be null", param.name, self.name), span });
            }
            sensitive |= !param.marked && value.is_sensitive();
            if !param.unknown && unknown.is_none() {
                unknown = why(&value);
            }
            argument.value = value;
        }
        let mut value = match (unknown, &self.body) {
            (_, Body::Never(why)) => call.unknown(Unknown::Unsupported(why)),
            (Some(why), _) => call.unknown(why),
            (None, Body::Pure(body)) => body(&call)?,
            (None, Body::Evaluated) => call.unknown(Unknown::Unsupported("function that is not evaluated")),
        };
        if matches!((&value.data, &value.ty), (Data::Unknown(_), Type::Any)) {
            value.ty = self.returns.ty();
        }
        value.sensitive |= sensitive;
        Ok(value)
    }
}

/// Why a value is not known, or not all of a text.
fn why(value: &Value) -> Option<Unknown> {
    match &value.data {
        Data::Unknown(why) => Some(*why),
        Data::OneOf(_) => Some(Unknown::Unsupported("conditional on an unknown value")),
        Data::String(text) => text.first_unknown().map(|(_, reason)| Unknown::Unsupported(reason)),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } => None,
    }
}

/// Why something in a value is not known, however deep.
fn why_deep(value: &Value) -> Option<Unknown> {
    if convert::is_known(value) {
        return None;
    }
    let inner = match &value.data {
        Data::Sequence(values) => values.iter().find_map(why_deep),
        Data::Entries { entries, open } => {
            let live = || entries.iter().filter(|entry| entry.shadowed.is_none());
            let keys = || live().find_map(|entry| entry.key.first_unknown().map(|(_, reason)| Unknown::Unsupported(reason)));
            open.map(|open| open.why).or_else(keys).or_else(|| live().find_map(|entry| why_deep(&entry.value)))
        }
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::OneOf(_) | Data::Unknown(_) => why(value),
    };
    inner.or(Some(convert::TOO_LARGE))
}

impl Call<'_> {
    /// An error of the whole call.
    fn error(&self, message: impl Into<String>) -> FunctionError {
        FunctionError { message: message.into(), span: self.span }
    }

    /// An error of one argument.
    fn error_at(&self, at: usize, message: impl Into<String>) -> FunctionError {
        let span = self.arguments.get(at).map_or(self.span, |argument| argument.span);
        FunctionError { message: message.into(), span }
    }

    /// A result that is not known.
    fn unknown(&self, why: Unknown) -> Value {
        Value::unknown(why, Origin::at(self.span))
    }

    /// A result that is too large to make.
    fn too_large(&self) -> Value {
        self.unknown(convert::TOO_LARGE)
    }

    fn null(&self, ty: Type) -> Value {
        Value::new(Data::Null, ty, Origin::at(self.span))
    }

    fn bool(&self, bool: bool) -> Value {
        Value::new(Data::Bool(bool), Type::Bool, Origin::at(self.span))
    }

    fn number(&self, number: crate::value::Number) -> Value {
        Value::new(Data::Number(number), Type::Number, Origin::at(self.span))
    }

    fn int(&self, number: i64) -> Value {
        self.number(crate::value::Number::from_i64(number))
    }

    /// A text that went through the function.
    fn string(&self, text: Text) -> Value {
        if text.decoded().len() > limit::TEXT {
            return self.too_large();
        }
        Value::string(text::normalized(text).through(HopKind::Function(self.name), self.span))
    }

    /// Characters that the function made of the argument at this position.
    fn derived(&self, at: usize, characters: &str) -> Value {
        let origin = self.arguments.get(at).map_or_else(|| Origin::at(self.span), |argument| argument.value.origin.clone());
        self.string(Text::derived(characters, origin))
    }

    fn list(&self, values: Vec<Value>, element: Type) -> Value {
        Value::new(Data::Sequence(values.into()), Type::List(element.into()), Origin::at(self.span))
    }

    fn tuple(&self, values: Vec<Value>) -> Value {
        Value::new(Data::Sequence(values.into()), Type::Tuple, Origin::at(self.span))
    }

    /// The argument at this position.
    fn value(&self, at: usize) -> &Value {
        // The table says how many there are; the count was checked.
        &self.arguments[at].value
    }

    /// The text of a string argument.
    fn text(&self, at: usize) -> Text {
        self.value(at).to_text().unwrap_or_else(|| Text::derived("", self.value(at).origin.clone()))
    }

    /// The number of a number argument.
    fn num(&self, at: usize) -> crate::value::Number {
        match &self.value(at).data {
            Data::Number(number) => number.clone(),
            _ => crate::value::Number::from_i64(0),
        }
    }

    /// A whole number that fits into 64 bits.
    fn whole(&self, at: usize) -> Result<i64, FunctionError> {
        self.num(at).to_i64().ok_or_else(|| self.error_at(at, "a whole number is required"))
    }

    /// What an argument holds, one step further. What is written in the argument itself took no way to the result.
    fn passed(&self, at: usize, value: &Value) -> Value {
        let span = self.arguments.get(at).map_or(self.span, |argument| argument.span);
        if span.contains(value.origin.span) { value.clone() } else { value.clone().through(HopKind::Function(self.name), span) }
    }
}
