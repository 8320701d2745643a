//! `taglint eval`

use std::{
    io::{self, BufRead},
    sync::Arc,
};

use miette::{Diagnostic, Result};
use serde_json::json;
use taglint::{
    analysis::load,
    project::load::{locate, shown_in_tree},
    source::{ColumnUnit, Source, SourceId, Sources, Span},
    terraform::console::{Answer, evaluate},
};
use thiserror::Error;

use crate::{Exit, args::Eval, print, report, settings};

#[derive(Debug, Error, Diagnostic)]
enum EvalError {
    #[error("cannot read standard input")]
    Stdin(#[source] io::Error),
}

pub fn run(eval: &Eval) -> Result<Exit> {
    let input = eval.place.input();
    let Some(mut group) = settings::groups(&input, None)?.into_iter().next() else { return Ok(Exit::Clean) };
    group.load.inputs.workspace.get_or_insert_with(|| "default".to_owned());
    let facts = group.facts()?;
    let project = load(&group.paths, &group.load, &facts)?;
    let directory = shown_in_tree(&group.load, &locate(&eval.place.directory())?);
    let lines: Vec<String> = match &eval.expression {
        Some(expression) => vec![expression.clone()],
        None => io::stdin().lock().lines().collect::<Result<_, _>>().map_err(EvalError::Stdin)?,
    };
    let first = project.sources.len();
    let source =
        |(at, line): (usize, &String)| Arc::new(Source::new(SourceId((first + at) as u32), "expression", line.clone().into_bytes()));
    let expressions: Vec<Arc<Source>> = lines.iter().enumerate().map(source).collect();
    let answers = evaluate(&project, &facts, &directory, &expressions);
    let sources = Sources::new(project.sources.iter().cloned().chain(expressions).collect());
    if eval.stdin {
        let line = |answer: Answer| match answer {
            Answer::Json(value) => format!("{{\"value\":{value}}}\n"),
            Answer::Unknown(reason) => format!("{}\n", json!({ "unknown": reason })),
            Answer::Error(message, span) => format!("{}\n", json!({ "error": placed(&message, span, &sources) })),
        };
        return print(&answers.into_iter().map(line).collect::<String>());
    }
    let Some(answer) = answers.into_iter().next() else { return Ok(Exit::Clean) };
    match answer {
        Answer::Json(value) => print(&format!("{value}\n")),
        Answer::Unknown(reason) => {
            report(&format!("{reason}\n"));
            print("unknown\n")
        }
        Answer::Error(message, span) => {
            report(&format!("error: {}\n", placed(&message, span, &sources)));
            Ok(Exit::Failure)
        }
    }
}

fn placed(message: &str, span: Option<Span>, sources: &Sources) -> String {
    let Some(span) = span else { return message.to_owned() };
    let source = sources.get(span.source);
    let position = source.position(span.start, ColumnUnit::Chars);
    format!("{}:{}:{}: {message}", source.path(), position.line, position.column)
}
