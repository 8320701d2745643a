//! Calls of functions, and of those that look at their arguments in another way.

use super::Scope;
use crate::{
    origin::Origin,
    syntax::{Flags, Kind, view::Expr},
    terraform::functions::{self, Argument},
    value::{Data, Type, Unknown, Value},
};

impl Scope<'_, '_> {
    pub(super) fn call(self, expr: Expr<'_>, origin: Origin) -> Value {
        let parts = expr.children();
        let Some((name, arguments)) = parts.split_first() else { return Value::unknown(Unknown::Error, origin) };
        let name = name.raw();
        match name.strip_prefix("core::").unwrap_or(name) {
            "try" => return self.first_that_works(arguments, origin),
            "can" => return self.works(arguments, origin),
            _ => {}
        }
        match name.strip_prefix("core::").unwrap_or(name) {
            "templatefile" | "templatestring" if self.is_template() => {
                return self.refused(origin, "a template cannot read another template");
            }
            "templatestring" if arguments.first().is_some_and(|template| template.kind() == Kind::String) => {
                let message = "`templatestring` takes a template from elsewhere; this one can be a string of its own";
                return self.refused(Origin::at(expr.span()), message);
            }
            _ => {}
        }
        let Some(function) = functions::find(name) else {
            return Value::unknown(Unknown::Unsupported("function that is not evaluated"), origin);
        };
        let mut values: Vec<Argument> =
            arguments.iter().map(|argument| Argument { value: self.value(*argument), span: argument.span() }).collect();
        if expr.tree.node(expr.node).flags.has(Flags::EXPANDED) {
            let Some(Argument { value, span }) = values.pop() else { return Value::unknown(Unknown::Error, origin) };
            match value.data {
                Data::Sequence(last) => values.extend(last.iter().map(|value| Argument { value: value.clone(), span })),
                // How many arguments there are is not known.
                Data::Unknown(why) => return Value::unknown(why, origin),
                Data::OneOf(_) => return Value::unknown(Unknown::Unsupported("conditional on an unknown value"), origin),
                Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Entries { .. } => {
                    return self.refused(Origin::at(span), format!("`...` spreads a list, and this is {}", value.noun()));
                }
            }
        }
        if !self.instance.run.spend(values.len() as u64) {
            return Value::unknown(super::TOO_LARGE, origin);
        }
        self.call_with(function, values, expr, origin)
    }

    /// Where an argument may be one of several values, the call may have one of several results.
    fn call_with(self, function: &functions::Function, values: Vec<Argument>, expr: Expr<'_>, origin: Origin) -> Value {
        let ways: usize = values.iter().map(|argument| argument.value.alternatives().len()).product();
        if ways == 1 || values.iter().any(|argument| matches!(argument.value.data, Data::Unknown(_))) && ways > Value::MAX_ALTERNATIVES {
            return match function.call_in(values, expr.span(), &self) {
                Ok(value) => value,
                Err(error) => self.refused(Origin::at(error.span), error.message),
            };
        }
        if ways > Value::MAX_ALTERNATIVES {
            return Value::unknown(Unknown::Unsupported("conditional on an unknown value"), origin);
        }
        let mut calls: Vec<Vec<Argument>> = vec![Vec::new()];
        for argument in &values {
            let alternatives = argument.value.alternatives();
            let mut longer = Vec::with_capacity(calls.len() * alternatives.len());
            for call in &calls {
                for value in &alternatives {
                    let before = call.iter().map(|Argument { value, span }| Argument { value: value.clone(), span: *span });
                    longer.push(before.chain([Argument { value: value.clone(), span: argument.span }]).collect());
                }
            }
            calls = longer;
        }
        let results = calls.into_iter().map(|values| function.call_in(values, expr.span(), &self));
        let results: Vec<Value> = results.map(|result| result.unwrap_or_else(|_| Value::unknown(Unknown::Error, origin.clone()))).collect();
        Value::one_of(results, origin)
    }

    /// `try(…)`: the first argument that has a value. Where a condition decides whether it has one, the next may be it too.
    fn first_that_works(self, arguments: &[Expr<'_>], origin: Origin) -> Value {
        let mut last = Vec::new();
        let mut perhaps: Vec<Value> = Vec::new();
        for argument in arguments {
            let (value, refusals) = self.instance.run.watch(|| self.value(*argument));
            if refusals.is_empty() {
                let refused = |value: &Value| matches!(value.data, Data::Unknown(Unknown::Error));
                let (bad, good): (Vec<Value>, Vec<Value>) = value.alternatives().into_iter().partition(refused);
                if bad.is_empty() || good.is_empty() {
                    perhaps.push(value);
                    return Value::one_of(perhaps, origin);
                }
                perhaps.extend(good);
            }
            last = refusals;
        }
        if perhaps.is_empty() {
            self.instance.run.pass_on(last);
        }
        perhaps.push(Value::unknown(Unknown::Error, origin.clone()));
        Value::one_of(perhaps, origin)
    }

    /// `can(…)`: whether the argument has a value.
    fn works(self, arguments: &[Expr<'_>], origin: Origin) -> Value {
        let [argument] = *arguments else { return self.refused(origin, "`can` takes one argument") };
        let (value, refusals) = self.instance.run.watch(|| self.value(argument));
        let unknown = value.alternatives().iter().find_map(Value::why_unknown);
        match (refusals.is_empty(), unknown) {
            (false, _) => Value::new(Data::Bool(false), Type::Bool, origin),
            (true, Some(why)) => Value::unknown(why, origin),
            (true, None) => Value::new(Data::Bool(true), Type::Bool, origin),
        }
    }
}
