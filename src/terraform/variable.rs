//! Variables: what is given, what is the default, and the type that both take.

use std::{collections::HashSet, rc::Rc};

use super::{
    constraint::Constraint,
    eval::near,
    instance::Instance,
    run::{Placeholders, Refusal, RefusalKind},
};
use crate::{
    origin::{HopKind, Origin},
    project::module::Variable,
    syntax::view::Expr,
    text::Text,
    value::{Data, Unknown, Value},
};

/// Arguments of `module` blocks that are not the module's.
const META_ARGUMENTS: &[&str] = &["source", "version", "providers", "count", "for_each", "depends_on", "lifecycle"];

/// The value of a variable.
pub fn value<'p>(instance: &Rc<Instance<'p>>, name: &str, variable: &Variable<'p>) -> Value {
    let here = Origin::at(variable.span);
    let default = || variable.default.map(|expr| instance.plain_scope().value(expr));
    if instance.caller.is_none() && instance.module.called {
        return Value::unknown(Unknown::Unsupported("input of a called module"), here);
    }
    let given = given(instance, name, variable);
    let is_null = |value: &Value| matches!(value.data, Data::Null);
    let value = match given {
        Some(value) if is_null(&value) && !variable.nullable => default().unwrap_or(value),
        Some(value) => value,
        None => match default() {
            Some(value) if instance.caller.is_none() && instance.run.placeholders == Placeholders::Unknown && is_placeholder(&value) => {
                return Value::unknown(Unknown::NoDefault, here);
            }
            Some(value) => value,
            None if instance.caller.is_some() => Value::unknown(Unknown::Error, here),
            None => Value::unknown(Unknown::NoDefault, here),
        },
    };
    let mut value = match variable.ty {
        Some(ty) => constrained(instance, value, ty, name),
        None => value,
    };
    value.sensitive |= variable.sensitive;
    value
}

/// Whether a default says nothing: it is empty, or null somewhere.
fn is_placeholder(value: &Value) -> bool {
    fn holds_null(value: &Value) -> bool {
        match &value.data {
            Data::Null => true,
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::OneOf(_) | Data::Unknown(_) => false,
            Data::Sequence(values) => values.iter().any(holds_null),
            Data::Entries { entries, .. } => entries.iter().any(|entry| holds_null(&entry.value)),
        }
    }
    match &value.data {
        Data::String(text) => text.known() == Some(""),
        Data::Sequence(values) if values.is_empty() => true,
        Data::Entries { entries, open: None } if entries.is_empty() => true,
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Sequence(_) | Data::Entries { .. } | Data::OneOf(_) | Data::Unknown(_) => {
            holds_null(value)
        }
    }
}

/// The value with the defaults of its type filled in, and converted to it.
fn constrained<'p>(instance: &Rc<Instance<'p>>, value: Value, ty: Expr<'p>, name: &str) -> Value {
    let origin = value.origin.clone();
    let refuse = |span, message: String| {
        instance.run.refuse(RefusalKind::Expression, span, message);
        Value::unknown(Unknown::Error, origin.clone())
    };
    match Constraint::parse(ty, &|expr| instance.plain_scope().value(expr)) {
        // A module with such a type is not valid, whatever its values: that is not for us to say.
        Err(_) => value,
        Ok(constraint) => match constraint.apply(value) {
            Ok(value) => value,
            Err(mismatch) => refuse(origin.span, format!("this value does not fit variable `{}`: {}", name, mismatch.message)),
        },
    }
}

/// What the caller passes, or what the files for variables say.
fn given<'p>(instance: &Rc<Instance<'p>>, name: &str, variable: &Variable<'p>) -> Option<Value> {
    match &instance.caller {
        Some(caller) => {
            // Of thousands of arguments each is searched for.
            instance.run.spend(caller.call.body.size() / 256);
            let expr = caller.call.body.argument(name)?;
            let value = caller.instance.scope(&caller.repetition).value(expr);
            Some(value.through(HopKind::ModuleInput, expr.span()))
        }
        None => {
            let input = instance.module.inputs.get(name)?;
            match input.raw {
                Some((text, span)) if takes_text(variable) => Some(Value::string(Text::verbatim(text, Origin::at(span)))),
                _ => Some(instance.plain_scope().value(input.expr)),
            }
        }
    }
}

/// Whether what is given on the command line is taken as it stands, and not as an expression.
fn takes_text(variable: &Variable<'_>) -> bool {
    variable.ty.is_none_or(|ty| matches!(ty.raw().trim_matches('"'), "string" | "number" | "bool"))
}

/// Whether a call passes what the module takes.
pub fn check_arguments(child: &Instance<'_>) {
    let Some(caller) = &child.caller else { return };
    let variables = &child.module.variables;
    let refuse = |span, message: String| child.run.keep(vec![Refusal { kind: RefusalKind::ModuleArgument, span, message }]);
    let arguments = caller.call.body.arguments();
    for argument in &arguments {
        if !META_ARGUMENTS.contains(&&*argument.name) && variables.find((&argument.name, "")).is_none() {
            let hint = near(&argument.name, variables.iter().map(|known| &*known.name))
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            refuse(argument.name_span, format!("module `{}` has no variable `{}`{hint}", caller.call.name, argument.name));
        }
    }
    let given: HashSet<&str> = arguments.iter().map(|argument| &*argument.name).collect();
    let mut missing: Vec<&str> = variables
        .iter()
        .filter(|variable| variable.default.is_none() && !given.contains(&*variable.name))
        .map(|variable| &*variable.name)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    for name in missing {
        refuse(caller.call.header, format!("module `{}` needs a value for its variable `{name}`", caller.call.name));
    }
}
