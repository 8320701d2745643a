//! Type constraints of variables: `object({ name = string, size = optional(number, 1) })`.

use std::{collections::BTreeMap, sync::Arc};

use super::functions::FunctionError;
use crate::{
    origin::Origin,
    source::Span,
    syntax::{
        Kind, hcl, json,
        view::{Expr, Form},
    },
    text::Text,
    value::{
        Attribute, Data, Entry, Type, Value,
        convert::{Mismatch, convert},
    },
};

/// A type, and what stands for attributes that are left out.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// The type.
    pub ty: Type,
    defaults: Defaults,
}

/// Defaults of one level, and of those below: by attribute, by position, or `""` for all elements.
#[derive(Debug, Clone, Default)]
struct Defaults {
    values: BTreeMap<Arc<str>, Value>,
    children: BTreeMap<Arc<str>, Defaults>,
}

/// How deep constraints may nest.
const MAX_DEPTH: u32 = 100;

impl Constraint {
    /// Reads a constraint. `evaluate` is asked for the second arguments of `optional`.
    ///
    /// # Errors
    /// What is no type.
    pub fn parse(expr: Expr<'_>, evaluate: &dyn Fn(Expr<'_>) -> Value) -> Result<Self, FunctionError> {
        if expr.kind() != Kind::String {
            let (ty, defaults) = Parser { evaluate }.ty(expr, MAX_DEPTH)?;
            return Ok(Self { ty, defaults });
        }
        // In JSON all types are strings; in native syntax those of old are: "string", "list", "map".
        let text = match expr.form {
            Form::Json => json::decode(expr.tree, expr.node),
            Form::Native => match expr.plain_string() {
                Some(text) => Text::derived(&text, Origin::at(expr.span())),
                None => return Err(refused(expr.span(), "a type is no template")),
            },
        };
        let tree = hcl::parse_expression(&text);
        match tree.root() {
            Some(node) if tree.problems().is_empty() => {
                let (ty, defaults) = Parser { evaluate }.ty(Expr { tree: &tree, node, form: Form::Native }, MAX_DEPTH)?;
                Ok(Self { ty, defaults })
            }
            _ => Err(refused(expr.span(), "this is no type")),
        }
    }

    /// The value with its defaults filled in, converted to the type.
    ///
    /// # Errors
    /// Where Terraform refuses the value.
    pub fn apply(&self, value: Value) -> Result<Value, Mismatch> {
        convert(self.defaults.apply(value), &self.ty)
    }
}

impl Defaults {
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.is_empty()
    }

    fn child(&self, key: &str) -> Option<&Defaults> {
        self.children.get(key).or_else(|| self.children.get(""))
    }

    fn apply(&self, value: Value) -> Value {
        if self.is_empty() {
            return value;
        }
        let inner = |key: &str, value: &Value| match self.child(key) {
            Some(child) => child.apply(value.clone()),
            None => value.clone(),
        };
        let Value { data, ty, sensitive, origin } = value;
        let mut ty = ty;
        let data = match data {
            Data::Sequence(values) => Data::Sequence(values.iter().enumerate().map(|(at, value)| inner(&at.to_string(), value)).collect()),
            Data::Entries { entries, open } => {
                let mut made: Vec<Entry> = Vec::new();
                for entry in entries.iter() {
                    let key = entry.key.known().unwrap_or("");
                    let default = self.values.get(key).filter(|_| entry.shadowed.is_none() && matches!(entry.value.data, Data::Null));
                    let value = inner(key, default.unwrap_or(&entry.value));
                    made.push(Entry { value, ..entry.clone() });
                }
                for (name, default) in &self.values {
                    let given = entries.iter().any(|entry| entry.shadowed.is_none() && entry.key.known() == Some(name));
                    // What may still join may bring the attribute itself.
                    if !given && open.is_none() {
                        made.push(Entry {
                            key: Text::derived(name, default.origin.clone()),
                            value: inner(name, default),
                            shadowed: None,
                            item: None,
                        });
                    }
                }
                if matches!(ty, Type::ObjectOf(_)) {
                    ty = Type::Object;
                }
                Data::Entries { entries: made.into(), open }
            }
            Data::OneOf(values) => Data::OneOf(values.iter().map(|value| self.apply(value.clone())).collect()),
            data @ (Data::Null | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_)) => data,
        };
        // Elements may have got attributes: their type is to be told anew.
        if let Type::List(element) | Type::Set(element) | Type::Map(element) = &ty
            && !element.is_primitive()
        {
            ty = if matches!(data, Data::Sequence(_)) { Type::Tuple } else { Type::Object };
        }
        Value { data, ty, sensitive, origin }
    }
}

struct Parser<'e> {
    evaluate: &'e dyn Fn(Expr<'_>) -> Value,
}

impl Parser<'_> {
    fn ty(&self, expr: Expr<'_>, depth: u32) -> Result<(Type, Defaults), FunctionError> {
        let span = expr.span();
        let Some(depth) = depth.checked_sub(1) else { return Err(refused(span, "this type is nested too deeply")) };
        match expr.kind() {
            Kind::Paren => match *expr.children() {
                [inner] => self.ty(inner, depth),
                _ => Err(refused(span, "this is no type")),
            },
            Kind::Variable => {
                let any = || Type::Any.into();
                let ty = match expr.raw() {
                    "any" => Type::Any,
                    "string" => Type::String,
                    "number" => Type::Number,
                    "bool" => Type::Bool,
                    "list" => Type::List(any()),
                    "map" => Type::Map(any()),
                    "set" => return Err(refused(span, "`set` needs the type of its elements")),
                    "object" | "tuple" => return Err(refused(span, format!("`{}` needs to say what is in it", expr.raw()))),
                    other => return Err(refused(span, format!("`{other}` is no type"))),
                };
                Ok((ty, Defaults::default()))
            }
            Kind::Call => self.call(expr, depth),
            _ => Err(refused(span, "this is no type")),
        }
    }

    fn call(&self, expr: Expr<'_>, depth: u32) -> Result<(Type, Defaults), FunctionError> {
        let children = expr.children();
        let [name, argument] = *children else {
            return Err(refused(expr.span(), "a type takes one argument"));
        };
        let of_all = |defaults: Defaults| {
            let mut all = Defaults::default();
            if !defaults.is_empty() {
                all.children.insert("".into(), defaults);
            }
            all
        };
        match name.raw() {
            "list" | "set" | "map" => {
                let (inner, defaults) = self.ty(argument, depth)?;
                let ty = match name.raw() {
                    "list" => Type::List(inner.into()),
                    "set" => Type::Set(inner.into()),
                    _ => Type::Map(inner.into()),
                };
                Ok((ty, of_all(defaults)))
            }
            "tuple" if argument.kind() == Kind::Tuple => {
                let (mut types, mut defaults) = (Vec::new(), Defaults::default());
                for (at, element) in argument.children().into_iter().enumerate() {
                    let (ty, inner) = self.ty(element, depth)?;
                    types.push(ty);
                    if !inner.is_empty() {
                        defaults.children.insert(at.to_string().into(), inner);
                    }
                }
                Ok((Type::TupleOf(types.into()), defaults))
            }
            "object" if argument.kind() == Kind::Object => self.object(argument, depth),
            "tuple" => Err(refused(argument.span(), "`tuple` takes a list of types")),
            "object" => Err(refused(argument.span(), "`object` takes attributes and their types")),
            "optional" => Err(refused(expr.span(), "`optional` stands only at an attribute of an object")),
            other => Err(refused(name.span(), format!("`{other}` is no type"))),
        }
    }

    fn object(&self, object: Expr<'_>, depth: u32) -> Result<(Type, Defaults), FunctionError> {
        let (mut attributes, mut defaults) = (Vec::new(), Defaults::default());
        for item in object.children() {
            let [key, value] = *item.children() else { continue };
            let name: Arc<str> = match key.kind() {
                Kind::Variable | Kind::Name => key.raw().into(),
                _ => match key.plain_string() {
                    Some(name) => name.into(),
                    None => return Err(refused(key.span(), "the name of an attribute is a word or a string")),
                },
            };
            let parts = value.children();
            let is_optional = value.kind() == Kind::Call && parts.first().is_some_and(|name| name.raw() == "optional");
            let (ty, inner) = if is_optional {
                let Some(ty) = parts.get(1) else { return Err(refused(value.span(), "`optional` takes a type and perhaps a default")) };
                let (ty, inner) = self.ty(*ty, depth)?;
                if let Some(default) = parts.get(2) {
                    let value = (self.evaluate)(*default);
                    let value = convert(value, &ty)
                        .map_err(|error| refused(default.span(), format!("this default does not fit: {}", error.message)))?;
                    defaults.values.insert(name.clone(), value);
                }
                if parts.len() > 3 {
                    return Err(refused(value.span(), "`optional` takes a type and perhaps a default"));
                }
                (ty, inner)
            } else {
                self.ty(value, depth)?
            };
            if !inner.is_empty() {
                defaults.children.insert(name.clone(), inner);
            }
            attributes.push(Attribute { name, ty, optional: is_optional });
        }
        attributes.sort_by(|left, right| left.name.cmp(&right.name));
        Ok((Type::ObjectOf(attributes.into()), defaults))
    }
}

fn refused(span: Span, message: impl Into<String>) -> FunctionError {
    FunctionError { message: message.into(), span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        facts::Facts,
        project::{Project, module::Modules},
        terraform::{Evaluation, functions::json},
    };

    /// The value as JSON and its type, after a conversion to the constraint.
    fn applied(constraint: &str, value: &str) -> Result<(String, String), String> {
        let text = format!("locals {{\n ty = {constraint}\n value = {value}\n}}\n");
        let project = Project::from_texts([("main.tf", text)]);
        let modules = Modules::of(&project);
        let module = &modules.list[0];
        let evaluation = Evaluation::of(module, &modules, Facts::builtin(), &project.inputs);
        let local = |name| module.locals.get(name).expect("it is declared");
        let constraint = Constraint::parse(local("ty"), &|expr| evaluation.value(expr)).map_err(|error| error.message)?;
        let value = constraint.apply(evaluation.value(local("value"))).map_err(|error| error.message)?;
        let ty = value.full_type().expect("small").to_string();
        let text = json::encode(&value).expect("small");
        Ok((text.shown(), ty))
    }

    /// Answers of Terraform 1.11.4 for a variable of this type.
    #[test]
    fn values_take_the_type_and_its_defaults() {
        let cases = [
            ("string", "1.50", r#""1.5""#, "string"),
            ("number", r#""0.50""#, "0.5", "number"),
            ("bool", r#""1""#, "true", "bool"),
            ("list(string)", "[1, true, null]", r#"["1","true",null]"#, "list(string)"),
            ("set(string)", r#"["b", "a", "b"]"#, r#"["a","b"]"#, "set(string)"),
            ("set(number)", "[10, 9]", "[9,10]", "set(number)"),
            ("list(any)", r#"[1, "a"]"#, r#"["1","a"]"#, "list(string)"),
            ("map(any)", "{ b = 1, a = true }", r#"{"a":true,"b":1}"#, ""),
            ("map(string)", "{ b = 1, a = true }", r#"{"a":"true","b":"1"}"#, "map(string)"),
            ("\"map\"", "{ b = 1 }", r#"{"b":1}"#, "map(number)"),
            (
                "object({ a = string, b = optional(number, 3), c = optional(string) })",
                "{ a = 1, z = 2 }",
                r#"{"a":"1","b":3,"c":null}"#,
                "object({a = string, b = number, c = string})",
            ),
            (
                "map(object({ n = optional(list(string), [\"x\"]) }))",
                "{ k = {}, l = { n = null }, m = { n = [1] } }",
                r#"{"k":{"n":["x"]},"l":{"n":["x"]},"m":{"n":["1"]}}"#,
                "map(object({n = list(string)}))",
            ),
            (
                "object({ o = optional(object({ d = optional(string, \"deep\") }), {}) })",
                "{}",
                r#"{"o":{"d":"deep"}}"#,
                "object({o = object({d = string})})",
            ),
            ("tuple([string, number])", r#"[1, "2"]"#, r#"["1",2]"#, "tuple([string, number])"),
            ("any", "{ a = [1] }", r#"{"a":[1]}"#, "object({a = tuple([number])})"),
        ];
        for (constraint, value, json, ty) in cases {
            match applied(constraint, value) {
                Ok((got, got_ty)) if !ty.is_empty() => assert_eq!((&*got, &*got_ty), (json, ty), "{constraint} of {value}"),
                // No type that all elements have in common.
                Ok((got, got_ty)) => panic!("{constraint} of {value}: {got} {got_ty}"),
                Err(error) => assert_eq!((ty, &*error), ("", "a map is required"), "{constraint} of {value}"),
            }
        }
    }

    #[test]
    fn what_terraform_refuses_is_refused() {
        for (constraint, value, message) in [
            ("number", r#""x""#, "a number is required"),
            ("bool", r#""True""#, "a bool is required; to convert from string, use lowercase `true`"),
            ("string", "[]", "a string is required"),
            ("object({ a = string })", "{}", "attribute `a` is required"),
            ("object({ a = number })", r#"{ a = "x" }"#, "attribute `a`: a number is required"),
            ("tuple([string])", "[]", "a tuple of 1 elements is required"),
            ("strin", "1", "`strin` is no type"),
            ("list(optional(string))", "1", "`optional` stands only at an attribute of an object"),
        ] {
            assert_eq!(applied(constraint, value), Err(message.to_owned()), "{constraint} of {value}");
        }
    }
}
