//! What functions ask of evaluation: files of the tree, and templates.

use std::sync::Arc;

use super::{Binding, Scope, template::normalized};
use crate::{
    origin::{HasOrigin, Origin},
    source::{Source, Span},
    syntax::{
        hcl,
        view::{Expr, Form},
    },
    terraform::{
        functions::{FileText, FunctionError, Host},
        run::Wanted,
    },
    text::Text,
    value::{Unknown, Value},
};

/// Why a file is not known.
const NOT_READ: Unknown = Unknown::Unsupported("file that is not read");

/// The longest file whose text becomes a value.
const MAX_FILE: usize = 1 << 20;

/// The outermost name in a template; no variable can have it.
const TEMPLATE: &str = "in a template";

impl<'p> Scope<'_, 'p> {
    /// A path as the tree has it: it is relative to the root module. `None` where it leaves the tree.
    fn in_tree(self, path: &str) -> Option<String> {
        let own = self.instance.module.directory.as_str();
        let root = self.instance.callers().last().map_or(own, |root| root.module.directory.as_str());
        if path.starts_with('/') || path.starts_with('~') {
            return None;
        }
        let mut parts: Vec<&str> = root.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                _ => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    fn source(self, path: &str) -> Option<&'p Source> {
        self.instance.run.modules.source(path)
    }
}

impl Host for Scope<'_, '_> {
    fn read(&self, path: &str) -> Result<FileText, String> {
        let Some(path) = self.in_tree(path) else { return Ok(FileText::Unknown(Unknown::Unsupported("file out of the tree"))) };
        match self.source(&path) {
            Some(source) if !source.invalid_bytes().is_empty() => Ok(FileText::Binary),
            Some(source) if source.text().len() > MAX_FILE => Ok(FileText::Unknown(super::TOO_LARGE)),
            Some(source) => {
                self.instance.run.reads(source.id());
                let span = Span::new(source.id(), 0, source.text().len() as u32);
                Ok(FileText::Known(normalized(Text::verbatim(source.text(), Origin::at(span)))))
            }
            None => {
                self.instance.run.want(Wanted::File(path));
                Ok(FileText::Unknown(NOT_READ))
            }
        }
    }

    fn exists(&self, path: &str) -> Option<bool> {
        let path = self.in_tree(path)?;
        let found = self.source(&path).map(|_| true);
        if found.is_none() {
            // What is not there may be made before Terraform runs; so it is not known to be missing.
            self.instance.run.want(Wanted::File(path));
        }
        found
    }

    fn list(&self, directory: &str) -> Option<Vec<String>> {
        let path = self.in_tree(directory)?;
        let known = self.instance.run.modules.project.listings.get(&path).cloned();
        if known.is_none() {
            self.instance.run.want(Wanted::Listing(path));
        }
        known
    }

    fn template(&self, text: &Text, variables: &[(Arc<str>, Value)]) -> Result<Value, FunctionError> {
        let span = text.origin().span;
        let tree = hcl::parse_template(text);
        let node = match (tree.root(), tree.problems().first()) {
            (Some(node), None) => node,
            (_, Some(problem)) => {
                return Err(FunctionError { message: problem.message.clone(), span: tree.span_of(problem.start, problem.end) });
            }
            (None, None) => return Ok(Value::string(text.clone())),
        };
        let template = Expr { tree: &tree, node, form: Form::Native };
        let closed = Binding { name: TEMPLATE, value: Value::unknown(Unknown::Error, Origin::at(span)), outer: None };
        Ok(self.with_variables(&closed, variables, template))
    }
}

impl Scope<'_, '_> {
    /// A template sees its variables, and no other names.
    fn with_variables(self, bindings: &Binding<'_>, variables: &[(Arc<str>, Value)], template: Expr<'_>) -> Value {
        let run = &self.instance.run;
        if !run.enter() {
            return Value::unknown(super::TOO_LARGE, Origin::at(template.span()));
        }
        let value = match variables.split_first() {
            Some(((name, value), rest)) => {
                let binding = Binding { name, value: value.clone(), outer: Some(bindings) };
                self.with_variables(&binding, rest, template)
            }
            None => Scope { bindings: Some(bindings), ..self }.template(template, Origin::at(template.span())),
        };
        run.leave();
        value
    }

    /// Whether this is the inside of a template that a function reads.
    pub(super) fn is_template(self) -> bool {
        std::iter::successors(self.bindings, |binding| binding.outer).any(|binding| binding.name == TEMPLATE)
    }
}
