//! Ignore comments for findings that are left as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Left, Plan, unfit};
use crate::{
    analysis::Analysis,
    finding::Finding,
    fix::Edit,
    project::{Project, Role},
    source::{Source, SourceId, Span},
    syntax::{Kind, NodeId, Tree},
};

/// A comment above the entry, attribute or block of each finding; in Terraform's JSON a `"//"` member of the block.
///
/// Findings about ignore comments and about syntax get none, nor do those of `locked` rules.
#[must_use]
pub fn add_ignores(project: &Project, analysis: &Analysis, locked: &BTreeSet<String>, reason: Option<&str>) -> Plan {
    let mut plan = Plan::default();
    let mut rules: BTreeMap<(SourceId, Spot), BTreeSet<&str>> = BTreeMap::new();
    for finding in &analysis.findings {
        if matches!(finding.rule.group(), "suppression" | "syntax") || locked.contains(finding.rule.id) {
            continue;
        }
        match spot(project, finding) {
            Ok(at) => {
                plan.answered += 1;
                rules.entry(at).or_default().insert(finding.rule.id);
            }
            Err(why) => *plan.left.entry(why).or_default() += 1,
        }
    }
    for ((id, spot), rules) in rules {
        let list: Vec<&str> = rules.into_iter().collect();
        let reason = reason.map(|reason| format!(" -- {reason}")).unwrap_or_default();
        let text = format!("taglint: ignore[{}]{reason}", list.join(", "));
        plan.edits.entry(id).or_default().push(spot.edit(project.sources.get(id), &text));
    }
    plan
}

/// Where a comment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// On a line of its own above the one that begins here, with this many bytes of indentation.
    Above { line: u32, indent: u32 },
    /// Behind the brace of a JSON object, before its first member.
    Inside { brace: u32, first: u32 },
}

impl Spot {
    fn edit(self, source: &Source, text: &str) -> Edit {
        let end = if source.text().contains("\r\n") { "\r\n" } else { "\n" };
        let slice = |start: u32, end: u32| source.text().get(start as usize..end as usize).unwrap_or_default();
        let (at, replacement) = match self {
            Spot::Above { line, indent } => (line, format!("{}# {text}{end}", slice(line, line + indent))),
            Spot::Inside { brace, first } => {
                let gap = slice(brace + 1, first);
                let gap = if gap.is_empty() { " " } else { gap };
                (brace + 1, format!("{gap}\"//\": {},", serde_json::json!(text)))
            }
        };
        Edit { span: Span::new(source.id(), at, at), replacement }
    }
}

fn spot(project: &Project, finding: &Finding) -> Result<(SourceId, Spot), Left> {
    let places = std::iter::once(&finding.primary).chain(&finding.secondary).map(|label| label.span);
    let mut why = Left::NoComment;
    for span in places.chain([finding.subject]) {
        let Some(document) = project.documents.get(span.source.0 as usize) else { continue };
        if let Some(unfit) = unfit(project, span.source) {
            why = why.min(unfit);
            continue;
        }
        let source = project.sources.get(span.source);
        let spot = match document.role {
            Role::Terraform | Role::Variables => above(source, &document.tree, span),
            Role::TerraformJson => inside(&document.tree, finding.subject).filter(|_| finding.subject.source == span.source),
            Role::VariablesJson | Role::Json | Role::Plan | Role::Text => None,
        };
        if let Some(spot) = spot {
            return Ok((span.source, spot));
        }
    }
    Err(why)
}

/// Above the innermost entry, attribute or block around a span that begins its line. Nodes end in order and follow what they hold, so that
/// the first one that fits is the innermost.
fn above(source: &Source, tree: &Tree, span: Span) -> Option<Spot> {
    let from = tree.nodes().partition_point(|node| node.end < span.end);
    let mut around = tree.nodes()[from..].iter().filter(|node| node.start <= span.start);
    around.find_map(|node| {
        if !matches!(node.kind, Kind::Attribute | Kind::Block | Kind::Item) {
            return None;
        }
        let line = source.line_range(source.line_of(node.start)).start;
        let before = source.text()[line..node.start as usize].trim_start_matches('\u{feff}');
        let indent = before.len() as u32;
        before.trim().is_empty().then_some(Spot::Above { line: node.start - indent, indent })
    })
}

/// Into the object that a block is, unless it has a comment already.
fn inside(tree: &Tree, block: Span) -> Option<Spot> {
    let from = tree.nodes().partition_point(|node| node.end < block.end);
    let ending = tree.nodes()[from..].iter().take_while(|node| node.end == block.end);
    let at = from + ending.into_iter().position(|node| node.kind == Kind::Object && node.start == block.start)?;
    let members = tree.children(NodeId(at as u32));
    let is_comment = |item: &NodeId| tree.children(*item).first().is_some_and(|key| tree.raw(*key) == "\"//\"");
    let first = tree.node(*members.first()?).start;
    (!members.iter().any(is_comment)).then_some(Spot::Inside { brace: block.start, first })
}
