//! All that is known, for programs. The form is versioned; `docs/report-v1.schema.json` describes it and is made of these types.

use std::{collections::BTreeMap, io};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Report, escape, shown::Shown};
use crate::{
    analysis::{Incomplete, UnknownValue},
    finding::Severity,
    fix::Safety,
    source::{ColumnUnit, Span},
    suppression::{Suppressed, SuppressionKind},
};

/// Writes the whole report as one JSON document, whatever the style hides.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    escape::pretty(&document(&shown), out)
}

/// The JSON Schema of what [`write()`] writes.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Document).into()
}

/// The report of one run of taglint. Members may be added; none changes its meaning or goes before the next version.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "taglint report, version 1")]
struct Document {
    /// The version of this form: 1.
    #[schemars(range(min = 1, max = 1))]
    version: u32,
    tool: Tool,
    /// Data files of the tool, and the dates on which they were checked against their sources.
    data_versions: BTreeMap<String, String>,
    summary: Summary,
    /// Sorted by path, place and rule.
    findings: Vec<JsonFinding>,
    /// Findings that an ignore comment, the configuration or the baseline answers.
    suppressed: Vec<JsonSuppressed>,
    /// Inputs that were not looked at in full.
    incomplete: Vec<JsonIncomplete>,
    /// Fingerprints of the baseline that no finding has any more.
    stale: Vec<String>,
    /// Values that are not known, where one of them kept something from being judged.
    unknowns: Vec<JsonUnknown>,
}

/// The last record of `jsonl`.
#[derive(Serialize)]
pub(super) struct Closing {
    version: u32,
    tool: Tool,
    data_versions: BTreeMap<String, String>,
    #[serde(flatten)]
    summary: Summary,
}

/// What wrote the report.
#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// What the run amounts to.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// The exit code of the process.
    exit_code: u8,
    /// Files that were checked.
    files: usize,
    /// Files that were read and are neither Terraform, nor a request, nor a policy.
    skipped: usize,
    /// Tag maps and tag lists met.
    tag_sets: usize,
    /// Policies of keys and secrets met.
    policies: usize,
    /// Those of which everything was known.
    policies_judged: usize,
    /// Those of which every key and value was known.
    judged: usize,
    /// Why the others were not, and how many each reason kept.
    not_judged: BTreeMap<&'static str, usize>,
    /// Module calls whose code is not here.
    modules_not_followed: usize,
    /// Findings by severity.
    findings: Counts,
    suppressed: usize,
    incomplete: usize,
    /// Findings that the revision of `--changed-since` had already, which are not among the others.
    unchanged: usize,
}

#[derive(Serialize, JsonSchema)]
struct Counts {
    error: usize,
    warning: usize,
    info: usize,
}

/// A place before a character.
#[derive(Serialize, JsonSchema)]
struct Point {
    /// From 1.
    #[schemars(range(min = 1))]
    line: u32,
    /// From 1, in Unicode code points.
    #[schemars(range(min = 1))]
    column: u32,
    /// Bytes from the start of the file.
    offset: u32,
}

/// A part of a file, from `start` up to and without `end`.
#[derive(Serialize, JsonSchema)]
struct Region {
    /// Relative to the tree, with `/`.
    path: String,
    start: Point,
    end: Point,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct JsonFinding {
    /// The rule's id.
    rule: &'static str,
    severity: Severity,
    /// The subject: Terraform's address, or the name of a request.
    address: String,
    /// Further subjects with the same defect at the same place.
    also: Vec<String>,
    /// What is wrong.
    message: String,
    /// The literal to change.
    #[serde(flatten)]
    region: Region,
    /// What the literal is.
    label: String,
    /// The way from the literal to its use, in reading order.
    labels: Vec<JsonLabel>,
    /// What to do.
    help: Option<String>,
    /// Where the fact comes from: a URL.
    source: Option<String>,
    /// What would mend it. Absent where it would repeat a secret.
    fix: Option<JsonFix>,
    /// Stays as it is when lines move.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    fingerprint: String,
    /// The rule's page.
    url: String,
}

/// A step of a value's way.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Label")]
struct JsonLabel {
    #[serde(flatten)]
    region: Region,
    /// What the step does.
    message: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fix")]
struct JsonFix {
    /// What it does.
    title: String,
    safety: JsonSafety,
    edits: Vec<JsonEdit>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Safety")]
enum JsonSafety {
    /// Keeps what the code means to its author.
    Safe,
    /// May change it: a person should look.
    Unsafe,
}

/// One replacement.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Edit")]
struct JsonEdit {
    /// What goes.
    #[serde(flatten)]
    region: Region,
    /// What comes.
    replacement: String,
}

/// A finding that does not count.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Suppressed")]
pub(super) struct JsonSuppressed {
    finding: JsonFinding,
    /// Who says so.
    kind: JsonKind,
    /// The comment or the place in the configuration; absent where the command line said so.
    by: Option<Region>,
    /// What its author wrote.
    reason: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "SuppressionKind")]
enum JsonKind {
    /// A comment beside the code.
    Comment,
    /// `[[ignore]]` in the configuration.
    Config,
    /// The file of known findings.
    Baseline,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Incomplete")]
pub(super) struct JsonIncomplete {
    path: String,
    /// What went wrong.
    message: String,
    /// Where, if there is a place.
    region: Option<Region>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Unknown")]
pub(super) struct JsonUnknown {
    /// The subject that it is part of.
    address: String,
    /// Why it is not known.
    reason: &'static str,
    #[serde(flatten)]
    region: Region,
}

fn document(shown: &Shown<'_>) -> Document {
    let report = shown.report;
    let analysis = report.analysis;
    Document {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        data_versions: report.data_versions.iter().cloned().collect(),
        summary: summary(report),
        findings: analysis.findings.iter().map(|found| finding(shown, found)).collect(),
        suppressed: analysis.suppressed.iter().map(|found| suppressed(shown, found)).collect(),
        incomplete: analysis.incomplete.iter().map(|input| incomplete(shown, input)).collect(),
        stale: analysis.stale.iter().map(|entry| entry.fp.clone()).collect(),
        unknowns: analysis.unknowns.iter().map(|found| unknown(shown, found)).collect(),
    }
}

/// A finding that does not count, as `json` and `jsonl` have it.
pub(super) fn suppressed(shown: &Shown<'_>, suppressed: &Suppressed) -> JsonSuppressed {
    JsonSuppressed {
        finding: finding(shown, &suppressed.finding),
        kind: match suppressed.kind {
            SuppressionKind::Comment => JsonKind::Comment,
            SuppressionKind::Config => JsonKind::Config,
            SuppressionKind::Baseline => JsonKind::Baseline,
        },
        by: suppressed.by.map(|span| region(shown, span)),
        reason: shown.reason(suppressed),
    }
}

/// An input that was not looked at in full.
pub(super) fn incomplete(shown: &Shown<'_>, input: &Incomplete) -> JsonIncomplete {
    JsonIncomplete {
        path: shown.text(&input.path).into_owned(),
        message: shown.text(&input.message).into_owned(),
        region: input.span.map(|span| region(shown, span)),
    }
}

/// A value that is not known.
pub(super) fn unknown(shown: &Shown<'_>, unknown: &UnknownValue) -> JsonUnknown {
    JsonUnknown { address: shown.text(&unknown.address.0).into_owned(), reason: unknown.reason, region: region(shown, unknown.span) }
}

/// The last record of `jsonl`.
pub(super) fn closing(report: &Report<'_>) -> Closing {
    Closing {
        version: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        data_versions: report.data_versions.iter().cloned().collect(),
        summary: summary(report),
    }
}

fn summary(report: &Report<'_>) -> Summary {
    let analysis = report.analysis;
    let coverage = &analysis.coverage;
    let number = |severity| analysis.findings.iter().filter(|finding| finding.severity == severity).count();
    Summary {
        exit_code: report.exit_code,
        files: coverage.files,
        skipped: coverage.skipped,
        tag_sets: coverage.tag_sets,
        policies: coverage.policies,
        policies_judged: coverage.policies_judged,
        judged: coverage.judged,
        not_judged: coverage.unknown.clone(),
        modules_not_followed: coverage.modules_not_followed,
        findings: Counts { error: number(Severity::Error), warning: number(Severity::Warning), info: number(Severity::Info) },
        suppressed: analysis.suppressed.len(),
        incomplete: analysis.incomplete.len(),
        unchanged: analysis.unchanged,
    }
}

/// A finding, as `json` and `jsonl` have it.
pub(super) fn finding(shown: &Shown<'_>, finding: &crate::finding::Finding) -> JsonFinding {
    let finding = shown.finding(finding);
    let labels = finding.secondary.iter();
    JsonFinding {
        rule: finding.rule.id,
        severity: finding.severity,
        region: region(shown, finding.primary.span),
        label: finding.primary.text.into_owned(),
        labels: labels.map(|label| JsonLabel { region: region(shown, label.span), message: label.text.to_string() }).collect(),
        address: finding.address.to_string(),
        also: finding.also.iter().map(ToString::to_string).collect(),
        message: finding.message,
        help: finding.help,
        source: finding.source,
        fix: finding.fix.map(|fix| JsonFix {
            title: fix.title,
            safety: match fix.safety {
                Safety::Safe => JsonSafety::Safe,
                Safety::Unsafe => JsonSafety::Unsafe,
            },
            edits: fix.edits.into_iter().map(|edit| JsonEdit { region: region(shown, edit.span), replacement: edit.replacement }).collect(),
        }),
        fingerprint: finding.fingerprint.to_string(),
        url: finding.rule.url(),
    }
}

fn region(shown: &Shown<'_>, span: Span) -> Region {
    let point = |offset| {
        let at = shown.position(span.source, offset, ColumnUnit::Chars);
        Point { line: at.line, column: at.column, offset }
    };
    let path = shown.text(shown.report.sources.get(span.source).path()).into_owned();
    Region { path, start: point(span.start), end: point(span.end) }
}
