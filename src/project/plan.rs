//! Terraform plans as `terraform show -json` writes them: which changes there are and where they stand. No tree is made of the file.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    sync::Arc,
};

use serde::de::IgnoredAny;

use crate::{
    source::{Boundary, Source},
    syntax::{
        Kind, NodeId, Problem, Tree,
        json::skim::{self, Member, document, elements, is_named, member, members, string},
    },
};

/// What a plan holds, as ranges of its text.
#[derive(Debug, Clone, Default)]
pub struct PlanFile {
    /// The resources that will be there once the plan is applied, in text order. Data sources and deletions are left out.
    pub resources: Vec<Planned>,
    /// The `configuration` that the plan was made from, as far as Terraform writes it down.
    pub configuration: Option<Range<u32>>,
    /// Whether Terraform met an error on the way, so that resources may be missing.
    pub is_errored: bool,
}

/// One resource of a plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// As Terraform prints it, with the modules around it.
    pub address: String,
    /// `aws_kms_key`
    pub ty: String,
    /// Where the address stands.
    pub header: Range<u32>,
    /// All that the plan says of it.
    pub span: Range<u32>,
    /// Its arguments.
    pub after: Range<u32>,
    /// Which of them are not known.
    pub unknown: Unknowns,
    /// Which of them Terraform hides.
    pub sensitive: Option<Range<u32>>,
}

/// How a plan tells what is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknowns {
    /// In a structure beside the values, which has `true` in the places of those that are not known.
    Told(Option<Range<u32>>),
    /// Not at all: what is not known is left out.
    LeftOut,
}

/// Whether a text may be a plan, as far as the words in it tell. Costs next to nothing.
#[must_use]
pub fn may_be_plan(bytes: &[u8]) -> bool {
    let has = |word: &str| memchr::memmem::find(bytes, word.as_bytes()).is_some();
    has("\"format_version\"") && (has("\"resource_changes\"") || has("\"planned_values\""))
}

/// Whether a text is a plan: its document has the members that tell.
#[must_use]
pub fn is_plan(text: &str) -> bool {
    if !may_be_plan(text.as_bytes()) {
        return false;
    }
    let has = |name: &str| members(text, document(text)).any(|member| is_named(text, &member, name));
    has("format_version") && (has("resource_changes") || has("planned_values"))
}

impl PlanFile {
    /// Reads a plan, and what is wrong with it as JSON. What stands before an error is read. Values that Terraform hides are hidden in the source.
    #[must_use]
    pub fn read(source: &Arc<Source>) -> (Self, Vec<Problem>) {
        let (problems, end) = check(source);
        let text = &source.text()[..end];
        let mut plan = Self::default();
        let (mut changes, mut planned) = (None, None);
        for member in members(text, document(text)) {
            let named = |name| is_named(text, &member, name);
            match () {
                () if named("resource_changes") => changes = Some(member.value),
                () if named("planned_values") => planned = Some(member),
                () if named("configuration") && member.is_whole => plan.configuration = Some(member.value),
                () if named("errored") => plan.is_errored = text.get(range(&member.value)) == Some("true"),
                () => {}
            }
        }
        let mut hidden = Vec::new();
        match (changes, planned) {
            (Some(changes), _) => {
                for element in elements(text, changes) {
                    plan.resources.extend(change(source, text, element, &mut hidden));
                }
            }
            (None, Some(planned)) if planned.is_whole => plan.planned_values(source, text, planned, &mut hidden),
            (None, _) => {}
        }
        source.hide(hidden);
        (plan, problems)
    }

    /// What will be there, without what changes: all that a plan without changes has.
    fn planned_values(&mut self, source: &Arc<Source>, text: &str, planned: Member, hidden: &mut Vec<(u32, u32)>) {
        let mut modules: Vec<Range<u32>> = member(text, planned.value, "root_module").into_iter().collect();
        while let Some(module) = modules.pop() {
            for resource in member(text, module.clone(), "resources").into_iter().flat_map(|list| elements(text, list)) {
                let inside: Vec<Member> = members(text, resource.clone()).collect();
                let Some(after) = object(text, &inside, "values") else { continue };
                let sensitive = value_of(text, &inside, "sensitive_values");
                hide(source, Some(after.clone()), sensitive.clone(), hidden);
                self.resources.extend(named(text, resource, &inside).map(|planned| Planned { after, sensitive, ..planned }));
            }
            let mut inner: Vec<_> = member(text, module, "child_modules").into_iter().flat_map(|list| elements(text, list)).collect();
            inner.reverse();
            modules.extend(inner);
        }
    }
}

/// What is wrong with the JSON, and how far it can be read.
fn check(source: &Source) -> (Vec<Problem>, usize) {
    let text = source.text();
    let mut problems = Vec::new();
    if let (Some(first), Some(last)) = (source.invalid_bytes().first(), source.invalid_bytes().last()) {
        let help = Some("save the file as UTF-8");
        problems.push(Problem { start: *first, end: last + 1, message: "this is not valid UTF-8".to_owned(), help });
    }
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Err(error) = serde_json::from_str::<IgnoredAny>(json) else { return (problems, text.len()) };
    let line = text.len() - json.len() + nth_line(json, error.line());
    let at = text.floor_char_boundary_at(line + error.column().saturating_sub(1));
    let (start, end) = if error.is_eof() { (text.len().saturating_sub(1), text.len()) } else { (at, at + 1) };
    let (start, end) = (text.floor_char_boundary_at(start), text.ceil_char_boundary_at(end.min(text.len())));
    let (message, help) = if error.is_eof() {
        ("the plan ends here, and its JSON does not", "write it again: `terraform show -json`")
    } else {
        ("this is not valid JSON", "nothing else may be in the file; write it again: `terraform show -json`")
    };
    problems.push(Problem { start: start as u32, end: end as u32, message: message.to_owned(), help: Some(help) });
    (problems, if error.is_eof() { text.len() } else { at })
}

/// Where line `line`, counted from 1, begins.
fn nth_line(text: &str, line: usize) -> usize {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    std::iter::once(0).chain(breaks).nth(line.saturating_sub(1)).unwrap_or(0)
}

/// A change that leaves a resource behind.
fn change(source: &Arc<Source>, text: &str, element: Range<u32>, hidden: &mut Vec<(u32, u32)>) -> Option<Planned> {
    let resource: Vec<Member> = members(text, element.clone()).collect();
    let change: Vec<Member> = members(text, value_of(text, &resource, "change")?).collect();
    let sensitive = value_of(text, &change, "after_sensitive");
    let after = object(text, &change, "after");
    // Also of what is not judged: it may stand beside what is.
    hide(source, object(text, &change, "before"), value_of(text, &change, "before_sensitive"), hidden);
    hide(source, after.clone(), sensitive.clone(), hidden);
    let mut planned = named(text, element, &resource)?;
    // Of what is deleted or forgotten nothing comes after.
    planned.after = after?;
    planned.unknown = Unknowns::Told(value_of(text, &change, "after_unknown"));
    planned.sensitive = sensitive;
    Some(planned)
}

/// A managed resource by its names, without values.
fn named(text: &str, span: Range<u32>, resource: &[Member]) -> Option<Planned> {
    let word = |name| value_of(text, resource, name).and_then(|part| string(text, part));
    let header = value_of(text, resource, "address")?;
    let (address, ty) = (string(text, header.clone())?, word("type")?);
    if word("mode").is_some_and(|mode| mode != "managed") || word("deposed").is_some() {
        return None;
    }
    Some(Planned { address, ty, header, span, after: 0..0, unknown: Unknowns::LeftOut, sensitive: None })
}

/// The value of a member; of several with one name the last, as JSON readers take it.
fn value_of(text: &str, members: &[Member], name: &str) -> Option<Range<u32>> {
    skim::last(text, members, name).map(|member| member.value.clone())
}

fn object(text: &str, members: &[Member], name: &str) -> Option<Range<u32>> {
    value_of(text, members, name).filter(|value| text[range(value)].starts_with('{'))
}

/// `module.a["x"].aws_kms_key.k[0]` as `module.a.aws_kms_key.k`.
#[must_use]
pub fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c => out.push(c),
        }
    }
    out
}

fn range(part: &Range<u32>) -> Range<usize> {
    part.start as usize..part.end as usize
}

/// Notes where values stand that Terraform hides. The provider copies tags, and the copies are not marked: texts that are alike are hidden too.
fn hide(source: &Arc<Source>, values: Option<Range<u32>>, sensitive: Option<Range<u32>>, hidden: &mut Vec<(u32, u32)>) {
    let (Some(values), Some(sensitive)) = (values, sensitive) else { return };
    if memchr::memmem::find(&source.text().as_bytes()[range(&sensitive)], b"true").is_none() {
        return;
    }
    let (values, marks) = (skim::parse(source, values), skim::parse(source, sensitive));
    let (Some(value), Some(mark)) = (values.root(), marks.root()) else { return };
    let mut texts = BTreeSet::new();
    marked(&values, value, &marks, mark, &mut texts);
    let is_hidden = |id: &NodeId| is_text(&values, *id) && texts.contains(values.raw(*id));
    let all = (0..values.nodes().len() as u32).map(NodeId).filter(is_hidden);
    hidden.extend(all.map(|id| (values.node(id).start, values.node(id).end)));
}

fn is_text(tree: &Tree, id: NodeId) -> bool {
    matches!(tree.kind(id), Kind::String | Kind::Number)
}

/// The strings and numbers of `value` in whose places `mark` has `true`.
fn marked<'t>(values: &'t Tree, value: NodeId, marks: &Tree, mark: NodeId, found: &mut BTreeSet<&'t str>) {
    match (marks.kind(mark), values.kind(value)) {
        (Kind::Bool, _) if marks.raw(mark) == "true" => {
            let all = (values.first(value).0..=value.0).map(NodeId).filter(|id| is_text(values, *id));
            found.extend(all.map(|id| values.raw(id)));
        }
        (Kind::Object, Kind::Object) => {
            let inside: HashMap<&str, NodeId> = pairs(values, value).into_iter().map(|(name, value)| (values.raw(name), value)).collect();
            for (name, mark) in pairs(marks, mark) {
                if let Some(value) = inside.get(marks.raw(name)) {
                    marked(values, *value, marks, mark, found);
                }
            }
        }
        (Kind::Tuple, Kind::Tuple) => {
            for (value, mark) in values.children(value).into_iter().zip(marks.children(mark)) {
                marked(values, value, marks, mark, found);
            }
        }
        _ => {}
    }
}

/// The names and values of an object.
#[must_use]
pub fn pairs(tree: &Tree, object: NodeId) -> Vec<(NodeId, NodeId)> {
    let items = tree.children(object).into_iter().filter(|item| tree.kind(*item) == Kind::Item);
    items.filter_map(|item| tree.key_and_value(item)).collect()
}
