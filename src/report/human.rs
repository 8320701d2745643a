//! Findings for people: each under its rule, with the lines it is about.

use std::{error::Error, fmt, io, ops::Range};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
    ThemeCharacters, ThemeStyles,
};

use super::{
    Report, Style,
    shown::Shown,
    snippet::{Crop, Excerpt, visible, width},
    summary::{Paint, place, summary},
};
use crate::{
    finding::{Finding, Label, Severity},
    fix::Safety,
    source::{ColumnUnit, Position, Source, SourceId, Span},
    suppression::{Suppressed, SuppressionKind},
};

/// Writes every finding with its lines, and the summary.
///
/// # Errors
/// What `out` fails with.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let handlers = Handlers::new(report.style);
    let mut text = String::new();
    for finding in shown.counting() {
        text.clear();
        render(&shown, &handlers, &shown.finding(finding), &mut text);
        text.push('\n');
        out.write_all(text.as_bytes())?;
    }
    for suppressed in shown.ignored() {
        text.clear();
        render(&shown, &handlers, &shown.finding(&suppressed.finding), &mut text);
        footnote("why", &format!("ignored {}", by(&shown, suppressed)), report.style, &mut text);
        text.push('\n');
        out.write_all(text.as_bytes())?;
    }
    out.write_all(summary(&shown).as_bytes())
}

/// By whose word a finding does not count.
pub(super) fn by(shown: &Shown<'_>, suppressed: &Suppressed) -> String {
    let who = match suppressed.kind {
        SuppressionKind::Comment => "by a comment",
        SuppressionKind::Config => "by the configuration",
        SuppressionKind::Baseline => "by the baseline",
    };
    let place = suppressed.by.map(|span| format!(" in {}", place(shown, span))).unwrap_or_default();
    let reason = shown.reason(suppressed).map(|reason| format!(": {}", visible(&reason))).unwrap_or_default();
    format!("{who}{place}{reason}")
}

/// Fewest columns that a snippet is cropped to.
const NARROWEST: usize = 40;
/// Columns that line numbers and their rule take, beside a line of source.
const GUTTER: usize = 10;
/// Columns before help and footnotes: `  help: `.
const INDENT: usize = 8;
/// A span of more lines is shown by its first.
const MOST_LINES: usize = 6;
/// Steps shown of a value's way; of more, the first and the last are.
const MOST_STEPS: usize = 4;
/// Further addresses listed.
const MOST_ALSO: usize = 12;

fn render(shown: &Shown<'_>, handlers: &Handlers, finding: &Finding, out: &mut String) {
    let style = shown.report.style;
    let paint = Paint::new(style.color);
    let level = paint.severity(finding.severity, &format!("{}[{}]", finding.severity, finding.rule.id));
    out.extend([&level, " ", &paint.bold(&visible(&finding.address.0)), "\n"]);
    let drawing = Drawing::new(shown, finding);
    let start = out.len();
    if handlers.render(style, finding.severity, &drawing, out).is_err() {
        out.truncate(start);
        out.extend([&drawing.message, "\n"]);
    }
    footer(finding, style, out);
}

/// What draws findings. Without colours all are drawn by the same two, of which only one breaks lines: to look for the best breaks takes longer
/// than everything else, and most texts need none.
struct Handlers {
    plain: Option<[GraphicalReportHandler; 2]>,
}

impl Handlers {
    fn new(style: Style) -> Self {
        let plain = || [false, true].map(|breaks| handler(style, theme(style, None)).with_wrap_lines(breaks));
        Self { plain: (!style.color).then(plain) }
    }

    fn render(&self, style: Style, severity: Severity, drawing: &Drawing, out: &mut String) -> fmt::Result {
        let room = style.width.max(NARROWEST) - INDENT - 2;
        let breaks = !std::iter::once(&drawing.message).chain(&drawing.help).all(|text| fits(text, room));
        match &self.plain {
            Some(plain) => plain[usize::from(breaks)].render_report(out, drawing),
            None => handler(style, theme(style, Some((severity, drawing)))).with_wrap_lines(breaks).render_report(out, drawing),
        }
    }
}

fn handler(style: Style, theme: GraphicalTheme) -> GraphicalReportHandler {
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width.max(NARROWEST));
    handler.with_context_lines(1).with_break_words(false).with_links(false)
}

/// Whether a text is sure to stay on one line of `room` columns, as it is.
fn fits(text: &str, room: usize) -> bool {
    (1..=room).contains(&text.len()) && !text.ends_with(' ') && text.bytes().all(|byte| (b' '..0x7f).contains(&byte))
}

/// Lines under the help: what a fix would do, who else has the defect, where the fact comes from.
fn footer(finding: &Finding, style: Style, out: &mut String) {
    if let Some(fix) = &finding.fix {
        let safety = match fix.safety {
            Safety::Safe => "",
            Safety::Unsafe => " (unsafe: look before you apply it)",
        };
        footnote("fix", &format!("{}{safety}", visible(&fix.title)), style, out);
    }
    if !finding.also.is_empty() {
        let mut also: Vec<String> = finding.also.iter().take(MOST_ALSO).map(|also| visible(&also.0).into_owned()).collect();
        if finding.also.len() > MOST_ALSO {
            also.push(format!("and {} more", finding.also.len() - MOST_ALSO));
        }
        footnote("also", &also.join(", "), style, out);
    }
    if let Some(source) = &finding.source {
        footnote("see", &visible(source), style, out);
    }
}

/// `  name: text`, wrapped under its text, in line with miette's `  help: `.
fn footnote(name: &str, text: &str, style: Style, out: &mut String) {
    let room = style.width.max(NARROWEST) - INDENT;
    out.push_str(&Paint::new(style.color).accent(&format!("{name:>6}: ")));
    if fits(text, room) {
        out.extend([text, "\n"]);
        return;
    }
    let mut column = 0;
    for word in text.split(' ') {
        let wide = width(word);
        if column > 0 && column + 1 + wide > room {
            out.push('\n');
            out.push_str(&" ".repeat(INDENT));
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += wide;
    }
    out.push('\n');
}

/// Characters, and where there are colours those of a finding.
fn theme(style: Style, of: Option<(Severity, &Drawing)>) -> GraphicalTheme {
    let mut characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    if !style.unicode {
        // Underlines of `^` with a `|` below, and corners that look like corners.
        (characters.underline, characters.underbar) = ('^', '^');
        (characters.ltop, characters.lbot, characters.lcross) = ('-', '`', '|');
    }
    let plain = ThemeStyles::none();
    let Some((severity, drawing)) = of else { return GraphicalTheme { characters, styles: plain } };
    let mut styles = ThemeStyles::ansi();
    let none = plain.error;
    styles.link = none.bold();
    styles.linum = none.dimmed();
    let primary = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    styles.highlights = drawing.labels.iter().map(|label| if label.primary() { primary.bold() } else { none.blue() }).collect();
    GraphicalTheme { characters, styles }
}

/// A finding as miette sees it.
#[derive(Debug)]
struct Drawing {
    message: String,
    help: Option<String>,
    severity: miette::Severity,
    labels: Vec<LabeledSpan>,
    stitched: Stitched,
}

impl Drawing {
    fn new(shown: &Shown<'_>, finding: &Finding) -> Self {
        let style = shown.report.style;
        let steps = steps(finding, if style.unicode { "…" } else { "..." });
        let mut stitched = Stitched::default();
        let mut labels = Vec::new();
        for group in groups(shown, &steps) {
            stitched.append(shown, &group, &steps, &mut labels);
        }
        labels.sort_by_key(|label: &LabeledSpan| (label.offset(), label.len()));
        let severity = match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        };
        let help = finding.help.as_deref().map(|help| visible(help).into_owned());
        Self { message: visible(&finding.message).into_owned(), help, severity, labels, stitched }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Drawing {}

impl Diagnostic for Drawing {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.stitched)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// The labels to draw, in reading order: the primary, then the way. Steps at one place are one label; of many, the first and the last stay.
fn steps(finding: &Finding, dots: &str) -> Vec<Label> {
    let mut steps = vec![finding.primary.clone()];
    for label in &finding.secondary {
        match steps.iter_mut().find(|step| step.span == label.span) {
            Some(step) if step.text.is_empty() => step.text = label.text.clone(),
            Some(step) if step.text.contains(&*label.text) => {}
            Some(step) => step.text = format!("{}, {}", step.text, label.text).into(),
            None => steps.push(label.clone()),
        }
    }
    if steps.len() > MOST_STEPS + 1 {
        let last = steps.len() - 1;
        steps[last].text = format!("{dots} through {} more, then {}", last - 2, steps[last].text).into();
        steps.drain(2..last);
    }
    steps
}

/// Lines of one source that are drawn together.
#[derive(Debug)]
struct Group {
    source: SourceId,
    first: usize,
    last: usize,
    /// Which steps are in it.
    steps: Vec<usize>,
}

/// The lines around the steps: those of the primary first, the others in reading order.
fn groups(shown: &Shown<'_>, steps: &[Label]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let source = shown.report.sources.get(step.span.source);
        let (first, last) = lines(source, step.span);
        let most = source.line_starts().len() - 1;
        let mut group = Group { source: source.id(), first: first.saturating_sub(1), last: (last + 1).min(most), steps: vec![at] };
        // What ends a file with a line break is no line of it.
        if group.last > last && source.line_range(group.last).is_empty() {
            group.last -= 1;
        }
        if group.first < first && source.line_range(group.first).is_empty() {
            group.first += 1;
        }
        while let Some(near) = groups.iter().position(|other| group.touches(other)) {
            let other = groups.remove(near);
            group.first = group.first.min(other.first);
            group.last = group.last.max(other.last);
            group.steps.extend(other.steps);
        }
        group.steps.sort_unstable();
        groups.push(group);
    }
    groups.sort_by_key(|group| group.steps[0]);
    groups
}

impl Group {
    /// Whether at most one line is between them.
    fn touches(&self, other: &Group) -> bool {
        self.source == other.source && self.first <= other.last + 2 && other.first <= self.last + 2
    }
}

/// The lines that a span is drawn on: all of them, or the first of many.
fn lines(source: &Source, span: Span) -> (usize, usize) {
    let first = source.line_of(span.start);
    let last = source.line_of(span.end.saturating_sub(1).max(span.start));
    if last - first < MOST_LINES { (first, last) } else { (first, first) }
}

/// The sources of one finding, or what is shown of them, laid end to end: miette takes one source per diagnostic.
///
/// No line is looked for from the start of a file, and a span across a seam is out of bounds, so miette draws one snippet per part.
#[derive(Debug, Default)]
struct Stitched {
    text: String,
    parts: Vec<Part>,
    /// Where labels begin, and where that is in their files.
    heads: Vec<(usize, Position)>,
}

#[derive(Debug)]
struct Part {
    name: String,
    range: Range<usize>,
    first_line: usize,
    lines: usize,
}

impl Stitched {
    /// Adds the lines of a group, and its labels.
    fn append(&mut self, shown: &Shown<'_>, group: &Group, steps: &[Label], labels: &mut Vec<LabeledSpan>) {
        let style = shown.report.style;
        let source = shown.report.sources.get(group.source);
        let spans: Vec<Span> = group.steps.iter().map(|at| clipped(source, steps[*at].span)).collect();
        let dots = if style.unicode { "…" } else { "..." };
        let crop = Crop { width: style.width.max(NARROWEST) - GUTTER, dots };
        let excerpt = Excerpt::new(source, group.first..=group.last, &spans, crop, &shown.secrets);
        let start = self.text.len();
        for (at, span) in group.steps.iter().zip(spans) {
            let label = &steps[*at];
            let range = excerpt.locate(span);
            let at_source = (start + range.start, range.len());
            let text = (!label.text.is_empty()).then(|| visible(&label.text).into_owned());
            self.heads.push((at_source.0, shown.position(source.id(), span.start, ColumnUnit::Chars)));
            labels.push(match at {
                0 => LabeledSpan::new_primary_with_span(text, at_source),
                _ => LabeledSpan::new_with_span(text, at_source),
            });
        }
        self.text.push_str(&excerpt.text);
        let path = shown.text(source.path());
        let range = start..self.text.len();
        self.parts.push(Part { name: visible(&path).into_owned(), range, first_line: group.first, lines: excerpt.starts.len() });
    }
}

/// The part of a span that is drawn.
fn clipped(source: &Source, span: Span) -> Span {
    let (_, last) = lines(source, span);
    let end = source.line_range(last).end as u32;
    Span::new(span.source, span.start, span.end.min(end).max(span.start))
}

impl SourceCode for Stitched {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let part = self.parts.partition_point(|part| part.range.end <= start);
        let part = self.parts.get(part).filter(|part| end <= part.range.end).ok_or(MietteError::OutOfBounds)?;
        let contents = if lines_before + lines_after == 0 {
            // miette asks for the place in the header so.
            let head = self.heads.iter().find(|head| head.0 == start).map(|head| head.1);
            let (line, column) = head.map_or((part.first_line, 0), |at| (at.line as usize - 1, at.column as usize - 1));
            let data = &self.text.as_bytes()[start..end];
            MietteSpanContents::new_named(part.name.clone(), data, *span, line, column, 1)
        } else {
            let data = &self.text.as_bytes()[part.range.clone()];
            let whole = (part.range.start, part.range.len()).into();
            MietteSpanContents::new_named(part.name.clone(), data, whole, part.first_line, 0, part.lines)
        };
        Ok(Box::new(contents))
    }
}
