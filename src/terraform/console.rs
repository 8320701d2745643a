//! Single expressions in the scope of a module: what `terraform console` does.

use std::sync::Arc;

use super::{
    Evaluation,
    functions::json,
    run::{Refusal, RefusalKind, with_deep_stack},
};
use crate::{
    facts::Facts,
    origin::Origin,
    project::{Project, module::Modules},
    source::{Source, Span},
    syntax::{
        hcl,
        view::{Expr, Form},
    },
    text::Text,
    value::{Unknown, Value},
};

/// What an expression is.
#[derive(Debug)]
pub enum Answer {
    /// A value, as JSON.
    Json(String),
    /// Not known, and why.
    Unknown(&'static str),
    /// No value: what is wrong, and where.
    Error(String, Option<Span>),
}

/// Evaluates expressions in the root module of a directory of the tree, each by itself. Their spans are in the sources given.
#[must_use]
pub fn evaluate(project: &Project, facts: &Facts, directory: &str, expressions: &[Arc<Source>]) -> Vec<Answer> {
    let modules = Modules::of(project);
    // A directory without files has names of its own: those that every module has.
    let empty = crate::project::module::Module::default();
    let module = modules.get(directory).unwrap_or(&empty);
    let answer = |source: &Arc<Source>| {
        let text = Text::verbatim(source.text(), Origin::at(source.span()));
        let tree = hcl::parse_expression(&text);
        if let Some(problem) = tree.problems().first() {
            return Answer::Error(problem.message.clone(), Some(tree.span_of(problem.start, problem.end)));
        }
        let Some(node) = tree.root() else { return Answer::Error("there is no expression".to_owned(), None) };
        let evaluation = Evaluation::of(module, &modules, facts, &project.inputs);
        let value = evaluation.value(Expr { tree: &tree, node, form: Form::Native });
        answer(&value, evaluation.refusals())
    };
    with_deep_stack(|| expressions.iter().map(answer).collect())
}

fn answer(value: &Value, refusals: Vec<Refusal>) -> Answer {
    if let Some(refusal) = refusals.into_iter().find(|refusal| refusal.kind != RefusalKind::TooLarge) {
        return Answer::Error(refusal.message, Some(refusal.span));
    }
    match value.why_unknown() {
        Some(Unknown::Error) => return not_declared(value.origin.span),
        Some(why) => return Answer::Unknown(why.reason()),
        None => {}
    }
    match json::shown(value) {
        None => Answer::Unknown("too large to evaluate"),
        Some(text) => match (text.known(), text.first_unknown()) {
            (Some(known), _) => Answer::Json(known.to_owned()),
            (None, Some((span, reason))) if reason == Unknown::Error.reason() => not_declared(span),
            (None, unknown) => Answer::Unknown(unknown.map_or(Unknown::AfterApply.reason(), |(_, reason)| reason)),
        },
    }
}

fn not_declared(span: Span) -> Answer {
    Answer::Error("this refers to something that is not declared".to_owned(), Some(span))
}
