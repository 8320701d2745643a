//! The same over configurations that nobody wrote: resources with bad tags and policies, comments, heredocs, in any layout.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;

/// How a configuration is laid out: what `terraform fmt` changes, and nothing else.
#[derive(Debug, Clone)]
struct Layout {
    indent: &'static str,
    before_equals: usize,
    after_equals: &'static str,
    blank_lines: usize,
}

/// What `terraform fmt` leaves behind, up to the alignment of `=`.
const FORMATTED: Layout = Layout { indent: "  ", before_equals: 1, after_equals: " ", blank_lines: 1 };

fn layouts() -> impl Strategy<Value = Layout> {
    (prop::sample::select(vec!["", " ", "    ", "\t"]), 0..4_usize, prop::sample::select(vec!["", "  ", "\t"]), 0..3_usize)
        .prop_map(|(indent, before_equals, after_equals, blank_lines)| Layout { indent, before_equals, after_equals, blank_lines })
}

/// A line break that stands for itself in a heredoc, and is indented elsewhere.
#[derive(Debug, Clone)]
enum Line {
    Code(usize, String),
    /// `name`, value.
    Pair(usize, String, String),
    Verbatim(String),
    Blank,
}

fn lay_out(lines: &[Line], layout: &Layout) -> String {
    let mut text = String::new();
    for line in lines {
        match line {
            Line::Code(depth, code) => text.extend([&layout.indent.repeat(*depth), code.as_str(), "\n"]),
            Line::Pair(depth, name, value) => {
                let gap = " ".repeat(layout.before_equals);
                let _ = writeln!(text, "{}{name}{gap}={}{value}", layout.indent.repeat(*depth), layout.after_equals);
            }
            Line::Verbatim(verbatim) => text.extend([verbatim, "\n"]),
            Line::Blank => text.push_str(&"\n".repeat(layout.blank_lines)),
        }
    }
    text
}

/// A word of a small stock, so that some are there twice.
fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

fn comments() -> impl Strategy<Value = Option<String>> {
    let words = one_of(&[
        "# plain",
        "// plain, with = and { and \"",
        "/* within */",
        "# taglint: ignore[tag-key-duplicate] -- both are read",
        "# taglint: ignore[tag-reserved-prefix, policy-effect]",
        "# taglint: ignore[policy-action-repeated] until=2020-01-31 -- old",
        "# taglint: ignore[no-such-rule] -- typo",
        "# taglint: ignore[tag-key-duplicat, no-such-thing-at-all, tag-count] -- typo # tflint-ignore: x",
        "# taglint: ignore policy-effect, tag-key-duplicate -- no brackets",
        "// taglint: ignore[tag-key-duplicate] no dashes",
        "# é😀",
    ]);
    prop_oneof![3 => Just(None), 1 => words.prop_map(Some)]
}

/// An entry of a map: lines, as a heredoc takes several.
fn entries(depth: usize) -> impl Strategy<Value = Vec<Line>> {
    let keys = one_of(&[
        "team",
        "team",
        "Team",
        "\"team\"",
        "\"aws:team\"",
        "\"cost center\"",
        "\"a&b\"",
        "\"\"",
        "\"${local.word}\"",
        "(local.word)",
        "owner",
        "\"é\"",
    ]);
    let values = prop_oneof![
        6 => one_of(&[
            "\"a\"", "\"a\"", "\"R&D\"", "\"\"", "\" padded \"", "4711", "true", "null", "local.word", "var.unknown", "\"${var.unknown}-x\"", "\"\\u00e9\"",
            "lower(\"A\")", "format(\"%s\", \"b\")",
        ]).prop_map(|value| vec![value]),
        1 => one_of(&["EOT", "-EOT"]).prop_map(|mark| {
            let end = mark.trim_start_matches('-').to_owned();
            vec![format!("<<{mark}"), "    one = {".to_owned(), "  two".to_owned(), end]
        }),
    ];
    (keys, values, comments(), any::<bool>()).prop_map(move |(key, value, comment, above)| {
        let mut lines = Vec::new();
        let heredoc = value.len() > 1;
        let after = match comment {
            Some(comment) if above || heredoc => {
                lines.push(Line::Code(depth, comment));
                String::new()
            }
            Some(comment) => format!(" {comment}"),
            None => String::new(),
        };
        lines.push(Line::Pair(depth, key, format!("{}{after}", value[0])));
        lines.extend(value[1..].iter().cloned().map(Line::Verbatim));
        lines
    })
}

fn maps(depth: usize) -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(prop_oneof![9 => entries(depth), 1 => Just(vec![Line::Blank])], 0..5).prop_map(|entries| entries.concat())
}

/// `name = VALUE` for the tags of something.
fn tags(name: &'static str) -> impl Strategy<Value = Vec<Line>> {
    let block = |open: &str, lines: Vec<Line>, close: &str| {
        let mut all = vec![Line::Pair(1, name.to_owned(), open.to_owned())];
        all.extend(lines);
        all.push(Line::Code(1, close.to_owned()));
        all
    };
    prop_oneof![
        4 => maps(2).prop_map(move |lines| block("{", lines, "}")),
        2 => maps(2).prop_map(move |lines| block("merge(local.base, {", lines, "})")),
        1 => one_of(&[
            "local.base", "var.unknown", "{}", "{ team = \"a\", team = \"b\" }", "{ \"aws:a\" = \"x\" } # taglint: ignore[tag-reserved-prefix] -- legacy",
            "{ for k, v in local.base : k => v }", "{ team = \"a\", team = \"a\", owner = \"x\" }", "{ \"aws:a\": \"x\", }",
        ]).prop_map(move |value| vec![Line::Pair(1, name.to_owned(), value)]),
    ]
}

fn resources() -> impl Strategy<Value = Vec<Line>> {
    let types = one_of(&["aws_kms_key", "aws_secretsmanager_secret", "aws_sqs_queue", "aws_db_instance", "aws_s3_bucket"]);
    (types, tags("tags"), comments(), 0..3_usize).prop_map(|(kind, tags, comment, repeat)| {
        let mut lines: Vec<Line> = comment.map(|comment| Line::Code(0, comment)).into_iter().collect();
        lines.push(Line::Code(0, format!("resource \"{kind}\" \"NAME\" {{")));
        lines.extend(match repeat {
            0 => Some(Line::Pair(1, "for_each".to_owned(), "toset([\"a\", \"b\"])".to_owned())),
            1 => Some(Line::Pair(1, "count".to_owned(), "2".to_owned())),
            _ => None,
        });
        lines.extend(tags);
        lines.push(Line::Code(0, "}".to_owned()));
        lines
    })
}

const EFFECTS: &[&str] = &["Allow", "Allow", "allow", "Deny"];
const ACTIONS: &[&str] = &[
    "\"kms:*\"",
    "\"kms:Decrypt\"",
    "\"KMS:decrypt\"",
    "\"kms:Decrpt\"",
    "[\"kms:Decrypt\", \"kms:Decrypt\"]",
    "[\"kms:*\", \"kms:Encrypt\"]",
    "[]",
];
const PRINCIPALS: &[&str] = &[
    "\"*\"",
    "{ \"AWS\": \"*\" }",
    "{ \"AWS\": \"arn:aws:iam::111122223333:root\" }",
    "{ \"AWS\": [\"111122223333\", \"111122223333\"] }",
    "{ \"Service\": \"logs.amazonaws.com\" }",
];
const CONDITIONS: &[&str] = &[
    "{}",
    "{ \"StringEquals\": { \"aws:SourceAccount\": \"111122223333\" } }",
    "{ \"StringEqual\": { \"kms:ViaService\": \"s3.eu-central-1.amazonaws.com\" } }",
    "{ \"StringEquals\": { \"aws:PrincipalTag/aws:team\": \"*\" } }",
    "{ \"Bool\": { \"aws:SecureTransport\": \"treu\" } }",
];

/// A statement in JSON, which is an expression of HCL, too.
fn statements() -> impl Strategy<Value = String> {
    let sid = one_of(&["", "\"Sid\": \"One\", ", "\"Sid\": \"One\", ", "\"Sid\": \"with space\", "]);
    (sid, one_of(EFFECTS), one_of(ACTIONS), one_of(PRINCIPALS), one_of(CONDITIONS)).prop_map(|(sid, effect, action, principal, condition)| {
        format!(
            "{{ {sid}\"Effect\": \"{effect}\", \"Action\": {action}, \"Principal\": {principal}, \"Resource\": \"*\", \"Condition\": {condition} }}"
        )
    })
}

fn keys() -> impl Strategy<Value = Vec<Line>> {
    let versions = one_of(&["2012-10-17", "2012-10-17", "2012-10-18", "2008-10-17"]);
    (prop::collection::vec((statements(), comments()), 1..4), versions, 0..3_usize).prop_map(|(statements, version, how)| {
        let mut lines = vec![Line::Code(0, "resource \"aws_kms_key\" \"NAME\" {".to_owned())];
        let last = statements.len() - 1;
        match how {
            0 => {
                lines.push(Line::Pair(1, "policy".to_owned(), "jsonencode({".to_owned()));
                lines.push(Line::Pair(2, "Version".to_owned(), format!("\"{version}\"")));
                lines.push(Line::Pair(2, "Statement".to_owned(), "[".to_owned()));
                for (statement, comment) in statements {
                    lines.extend(comment.map(|comment| Line::Code(3, comment)));
                    lines.push(Line::Code(3, format!("{statement},")));
                }
                lines.push(Line::Code(2, "]".to_owned()));
                lines.push(Line::Code(1, "})".to_owned()));
            }
            how => {
                let mark = if how == 1 { "<<EOT" } else { "<<-EOT" };
                lines.push(Line::Pair(1, "policy".to_owned(), mark.to_owned()));
                lines.push(Line::Verbatim(format!("{{ \"Version\": \"{version}\", \"Statement\": [")));
                for (at, (statement, _)) in statements.into_iter().enumerate() {
                    lines.push(Line::Verbatim(format!("  {statement}{}", if at == last { "" } else { "," })));
                }
                lines.push(Line::Verbatim("] }".to_owned()));
                lines.push(Line::Verbatim("EOT".to_owned()));
            }
        }
        lines.push(Line::Code(0, "}".to_owned()));
        lines
    })
}

fn documents() -> impl Strategy<Value = Vec<Line>> {
    let lists = one_of(&["[\"kms:*\"]", "[\"kms:Decrypt\", \"kms:Decrypt\"]", "[\"kms:decrypt\"]", "[]"]);
    (one_of(EFFECTS), lists, comments()).prop_map(|(effect, actions, comment)| {
        let mut lines =
            vec![Line::Code(0, "data \"aws_iam_policy_document\" \"NAME\" {".to_owned()), Line::Code(1, "statement {".to_owned())];
        lines.extend(comment.map(|comment| Line::Code(2, comment)));
        lines.push(Line::Pair(2, "effect".to_owned(), format!("\"{effect}\"")));
        lines.push(Line::Pair(2, "actions".to_owned(), actions));
        lines.push(Line::Pair(2, "resources".to_owned(), "[\"*\"]".to_owned()));
        lines.push(Line::Code(2, "principals {".to_owned()));
        lines.push(Line::Pair(3, "type".to_owned(), "\"AWS\"".to_owned()));
        lines.push(Line::Pair(3, "identifiers".to_owned(), "[\"*\"]".to_owned()));
        lines.extend(["}", "}", "}"].iter().zip([2, 1, 0]).map(|(close, depth)| Line::Code(depth, (*close).to_owned())));
        lines.push(Line::Code(0, "resource \"aws_kms_key\" \"NAME\" {".to_owned()));
        lines.push(Line::Pair(1, "policy".to_owned(), "data.aws_iam_policy_document.NAME.json".to_owned()));
        lines.push(Line::Code(0, "}".to_owned()));
        lines
    })
}

/// A file: what all of them read, and some blocks with names of their own.
fn configurations() -> impl Strategy<Value = Vec<Line>> {
    let blocks = prop::collection::vec(prop_oneof![3 => resources(), 2 => keys(), 1 => documents()], 1..5);
    (maps(2), tags("tags"), blocks, any::<bool>()).prop_map(|(base, defaults, blocks, has_defaults)| {
        let code = |depth, text: &str| Line::Code(depth, text.to_owned());
        let mut lines = vec![code(0, "locals {"), Line::Pair(1, "word".to_owned(), "\"team\"".to_owned())];
        lines.push(Line::Pair(1, "base".to_owned(), "{".to_owned()));
        lines.extend(base);
        lines.extend([code(1, "}"), code(0, "}"), Line::Blank, code(0, "variable \"unknown\" {}"), Line::Blank]);
        if has_defaults {
            lines.extend([code(0, "provider \"aws\" {"), code(1, "default_tags {")]);
            lines.extend(defaults);
            lines.extend([code(1, "}"), code(0, "}")]);
        }
        for (at, block) in blocks.into_iter().enumerate() {
            lines.push(Line::Blank);
            let name = |text: String| text.replace("NAME", &format!("n{at}"));
            lines.extend(block.into_iter().map(|line| match line {
                Line::Code(depth, text) => Line::Code(depth, name(text)),
                Line::Pair(depth, key, value) => Line::Pair(depth, key, name(value)),
                Line::Verbatim(_) | Line::Blank => line,
            }));
        }
        lines
    })
}

fn file(text: &str) -> Texts {
    Texts::from([("main.tf".to_owned(), text.to_owned())])
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_configuration_is_fixed_once_and_for_all(lines in configurations(), layout in layouts(), breaks: bool, mark: bool) {
        let text = lay_out(&lines, &layout);
        let mut texts = file(&text);
        if breaks {
            texts = with_breaks(&texts);
        }
        if mark {
            texts.values_mut().for_each(|text| text.insert(0, '\u{feff}'));
        }
        let (project, before) = analyse(&texts);
        prop_assert!(project.documents.iter().all(|document| document.tree.problems().is_empty()), "{text}");
        for most in [Safety::Safe, Safety::Unsafe] {
            let once = mended(&text, &texts, most);
            prop_assert_eq!(&mended(&text, &once, most), &once);
            let (project, after) = analyse(&once);
            prop_assert!(project.documents.iter().all(|document| document.tree.problems().is_empty()), "{:#?}", once);
            for (path, text) in &once {
                let lonely = |text: &str| text.replace("\r\n", "").contains('\n');
                prop_assert!(!breaks || !lonely(text), "{text:?}");
                prop_assert_eq!(text.starts_with('\u{feff}'), texts[path].starts_with('\u{feff}'));
            }
            if most == Safety::Safe {
                let safe = before.findings.iter().filter(|found| found.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe));
                let touched: BTreeSet<String> =
                    safe.flat_map(|found| found.instances.iter().map(|instance| instance.address.to_string())).collect();
                let (before, after) = (verdicts(&before), verdicts(&after));
                let new: Vec<_> = after.difference(&before).filter(|(_, address)| !touched.contains(address)).collect();
                prop_assert!(new.is_empty(), "{:?}\n{:#?}", new, once);
            }
        }
    }

    #[test]
    fn fingerprints_of_any_configuration_survive_its_layout_and_order(lines in configurations(), layout in layouts()) {
        let prints = |text: &str| fingerprints(&analyse(&file(text)).1);
        let (text, formatted) = (lay_out(&lines, &layout), lay_out(&lines, &FORMATTED));
        let before = prints(&text);
        prop_assert_eq!(&before, &prints(&formatted), "{}\n{}", text, formatted);
        let moved = moved(&text).unwrap_or_default();
        prop_assert_eq!(&before, &prints(&moved), "{}\n{}", text, moved);
    }

    #[test]
    fn ignore_comments_for_any_configuration_leave_nothing(lines in configurations(), layout in layouts(), breaks: bool) {
        let mut texts = file(&lay_out(&lines, &layout));
        if breaks {
            texts = with_breaks(&texts);
        }
        let (project, analysis) = analyse(&texts);
        let plan = repair::add_ignores(&project, &analysis, &BTreeSet::new(), Some("known since 2024"));
        let after = apply(&project, &texts, &plan);
        let (_, left) = analyse(&after);
        let open = left.findings.iter().filter(|finding| !matches!(finding.rule.group(), "suppression" | "syntax"));
        let open: Vec<_> = open.map(|finding| &finding.message).collect();
        prop_assert_eq!(open.len(), plan.left.values().sum::<usize>(), "{:#?}\n{:#?}", after, open);
        prop_assert!(left.incomplete.is_empty(), "{:#?}", after);
    }
}
