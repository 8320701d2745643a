//! Which edits mend what was found: fixes that may be made together, and ignore comments for what is left as it is.

mod ignore;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use self::ignore::add_ignores;
use crate::{
    analysis::Analysis,
    config::Config,
    fix::{self, Edit, Fix, Safety},
    project::{Document, Project},
    source::{Source, SourceId},
};

/// What is edited, file by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The edits of each file, sorted; none overlaps another.
    pub edits: BTreeMap<SourceId, Vec<Edit>>,
    /// How many findings they answer.
    pub answered: usize,
    /// How many findings could not be answered, and why.
    pub left: BTreeMap<Left, usize>,
}

/// Why a finding that could be answered is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// The file does not parse, so what stands where is not sure.
    NotParsed,
    /// Two fixes want different text at one place.
    Conflict,
    /// The file was read for what depends on it, and nobody named it.
    NotSelected,
    /// The file would not parse with it.
    Broken,
    /// There is no place for a comment.
    NoComment,
}

impl Left {
    /// For the line that tells people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Left::NotParsed => "in a file that does not parse",
            Left::Conflict => "where two fixes conflict",
            Left::NotSelected => "in a file that was not named",
            Left::Broken => "where a fix would not parse",
            Left::NoComment => "where no comment can stand: use `[[ignore]]` or a baseline",
        }
    }
}

/// The fixes of all findings that may be made at once: safe ones, or unsafe ones as well.
///
/// Nothing is edited in a file that does not parse, nor where two different fixes touch the same bytes. `settings` is the configuration, if
/// its exceptions are to be edited.
#[must_use]
pub fn fixes(project: &Project, settings: Option<&Source>, analysis: &Analysis, most: Safety) -> Plan {
    let files = Files { project, settings };
    let mut plan = Plan::default();
    let mut wanted: Vec<(&Fix, usize)> = Vec::new();
    let mut known: BTreeMap<&[Edit], usize> = BTreeMap::new();
    for fix in analysis.findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety <= most) {
        match fix.edits.iter().find_map(|edit| files.unfit(edit.span.source)) {
            Some(why) => *plan.left.entry(why).or_default() += 1,
            None => match known.get(fix.edits.as_slice()) {
                Some(at) => wanted[*at].1 += 1,
                None => {
                    known.insert(&fix.edits, wanted.len());
                    wanted.push((fix, 1));
                }
            },
        }
    }
    let (conflicts, later) = overlaps(&wanted);
    let broken = broken(&files, &wanted, |at| !conflicts.contains(&at) && !later.contains(&at));
    for (at, (fix, findings)) in wanted.iter().enumerate() {
        if conflicts.contains(&at) {
            *plan.left.entry(Left::Conflict).or_default() += findings;
        } else if broken.contains(&at) {
            *plan.left.entry(Left::Broken).or_default() += findings;
        } else if !later.contains(&at) {
            plan.answered += findings;
            for edit in &fix.edits {
                plan.edits.entry(edit.span.source).or_default().push(edit.clone());
            }
        }
    }
    plan.edits.values_mut().for_each(|edits| edits.sort());
    plan
}

/// What may be edited.
struct Files<'a> {
    project: &'a Project,
    settings: Option<&'a Source>,
}

impl Files<'_> {
    fn settings(&self, id: SourceId) -> Option<&Source> {
        self.settings.filter(|settings| settings.id() == id)
    }

    /// Why a file may not be edited.
    fn unfit(&self, id: SourceId) -> Option<Left> {
        if self.settings(id).is_some() { None } else { unfit(self.project, id) }
    }

    /// Whether a file parses with these edits.
    fn parses(&self, id: SourceId, edits: &[Edit]) -> bool {
        if let Some(settings) = self.settings(id) {
            return Config::parse(&fix::apply(settings.text(), edits)).is_ok();
        }
        let source = self.project.sources.get(id);
        let after = Arc::new(Source::new(id, source.path(), fix::apply(source.text(), edits).into_bytes()));
        Document::parse(self.project.document(id).role, &after).tree.problems().is_empty()
    }
}

/// Why a file of the project may not be edited.
fn unfit(project: &Project, id: SourceId) -> Option<Left> {
    match project.documents.get(id.0 as usize) {
        Some(document) if !document.tree.problems().is_empty() => Some(Left::NotParsed),
        Some(_) if project.is_selected(id) => None,
        Some(_) | None => Some(Left::NotSelected),
    }
}

/// The fixes after which a file would not parse: each by itself, or else all of a file that only breaks with all of them.
fn broken(all: &Files<'_>, wanted: &[(&Fix, usize)], is_made: impl Fn(usize) -> bool) -> BTreeSet<usize> {
    let mut files: BTreeMap<SourceId, Vec<usize>> = BTreeMap::new();
    for (at, (fix, _)) in wanted.iter().enumerate().filter(|(at, _)| is_made(*at)) {
        let ids: BTreeSet<SourceId> = fix.edits.iter().map(|edit| edit.span.source).collect();
        ids.into_iter().for_each(|id| files.entry(id).or_default().push(at));
    }
    let mut broken = BTreeSet::new();
    for (id, fixes) in files {
        let edits_of = |fixes: &[usize]| -> Vec<Edit> {
            let edits = fixes.iter().flat_map(|at| &wanted[*at].0.edits);
            edits.filter(|edit| edit.span.source == id).cloned().collect()
        };
        if all.parses(id, &edits_of(&fixes)) {
            continue;
        }
        let (alone, rest): (Vec<usize>, Vec<usize>) = fixes.iter().partition(|at| !all.parses(id, &edits_of(&[**at])));
        broken.extend(alone);
        if !all.parses(id, &edits_of(&rest)) {
            broken.extend(rest);
        }
    }
    broken
}

/// The fixes of which an edit touches the bytes of another one's; and those that touch only what is deleted anyway, which can wait until it
/// is. Insertions at one place touch.
fn overlaps(wanted: &[(&Fix, usize)]) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let mut edits: Vec<(&Edit, usize)> =
        wanted.iter().enumerate().flat_map(|(at, (fix, _))| fix.edits.iter().map(move |edit| (edit, at))).collect();
    edits.sort();
    let (mut conflicts, mut later) = (BTreeSet::new(), BTreeSet::new());
    let mut furthest: Option<(&Edit, usize)> = None;
    for (edit, at) in edits {
        let touched = furthest.filter(|(other, owner)| {
            let touches = edit.span.start < other.span.end || edit.span.start == other.span.start;
            other.span.source == edit.span.source && *owner != at && touches
        });
        match touched {
            Some((_, owner)) if wanted[owner].0.is_deletion() && wanted[at].0.is_deletion() => {
                later.insert(at);
                continue;
            }
            Some((_, owner)) => conflicts.extend([owner, at]),
            None => {}
        }
        if furthest.is_none_or(|(other, _)| other.span.source != edit.span.source || other.span.end <= edit.span.end) {
            furthest = Some((edit, at));
        }
    }
    (conflicts, later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn fix(edits: &[(u32, u32, &str)]) -> Fix {
        let edit = |(start, end, with): &(u32, u32, &str)| Edit { span: Span::new(SourceId(0), *start, *end), replacement: (*with).into() };
        Fix { title: String::new(), safety: Safety::Safe, edits: edits.iter().map(edit).collect() }
    }

    #[test]
    fn fixes_that_touch_are_both_left_out() {
        let fixes = [fix(&[(0, 4, "a")]), fix(&[(3, 6, "b")]), fix(&[(6, 8, "")]), fix(&[(8, 8, "c")]), fix(&[(8, 8, "d")])];
        let wanted: Vec<(&Fix, usize)> = fixes.iter().map(|fix| (fix, 1)).collect();
        assert_eq!(overlaps(&wanted), (BTreeSet::from([0, 1, 3, 4]), BTreeSet::new()));
    }

    #[test]
    fn a_long_edit_is_compared_with_all_in_it() {
        let fixes = [fix(&[(0, 20, "w")]), fix(&[(2, 3, "x")]), fix(&[(10, 12, "y")]), fix(&[(20, 21, "z")])];
        let wanted: Vec<(&Fix, usize)> = fixes.iter().map(|fix| (fix, 1)).collect();
        assert_eq!(overlaps(&wanted), (BTreeSet::from([0, 1, 2]), BTreeSet::new()));
    }

    #[test]
    fn a_deletion_waits_for_one_that_it_touches() {
        let fixes = [fix(&[(0, 3, "")]), fix(&[(2, 5, "")]), fix(&[(4, 6, "")])];
        let wanted: Vec<(&Fix, usize)> = fixes.iter().map(|fix| (fix, 1)).collect();
        assert_eq!(overlaps(&wanted), (BTreeSet::new(), BTreeSet::from([1])));
    }
}
