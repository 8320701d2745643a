//! Every fixture is a test: a file (or a directory) beside what is expected of it.
//!
//! `# expect: rule-id` at the end of a line of Terraform says that this line has this finding; JSON has `<name>.expect` with lines
//! `LINE rule-id`. Nothing more and nothing less may be found. `<name>.txt` is the report as a person sees it.
//! A directory may have a `taglint.toml`: its `[rules]`, `[[tags]]` and `[aws]` hold.
//! `SNAPSHOTS=overwrite cargo test --test fixtures` writes the reports anew.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use taglint::{
    analysis::{Analysis, analyze_with},
    config::{Config, TagSchema},
    facts::Facts,
    finding::Severity,
    project::Project,
    report::{Format, Report, Style},
    rule::Ruleset,
    rules::RULES,
    source::ColumnUnit,
    suppression::Suppressions,
};

type Expected = BTreeSet<(String, u32, String)>;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut trials = Vec::new();
    for rule in sorted(&root.join("rules")) {
        for case in sorted(&rule).into_iter().filter(|case| is_case(case)) {
            let name = format!("rules/{}/{}", file_name(&rule), file_name(&case));
            let id = file_name(&rule);
            trials.push(Trial::test(name, move || check(&case, Some(&id))));
        }
    }
    for case in sorted(&root.join("projects")).into_iter().filter(|case| case.is_dir()) {
        trials.push(Trial::test(format!("projects/{}", file_name(&case)), move || check(&case, None)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn is_case(path: &Path) -> bool {
    path.is_dir() || matches!(path.extension().and_then(|end| end.to_str()), Some("tf" | "tofu" | "json" | "tfvars"))
}

fn check(case: &Path, rule: Option<&str>) -> Result<(), Failed> {
    let mut config = config(case)?;
    // A rule that is off by default is on in its own fixtures.
    if let Some(id) = rule {
        config.rules.select.get_or_insert_with(|| vec!["default".into()]).push(id.into());
    }
    let mut project = project(case);
    project.aws = config.aws;
    let mut schema = TagSchema::default();
    schema.add(&config.tags, "").map_err(|error| error.to_string())?;
    let ruleset = Ruleset::new(RULES, &config.rules).map_err(|error| error.to_string())?.with_schema(schema);
    let suppressions = Suppressions { today: Some("2026-11-24".parse()?), ..Suppressions::default() };
    let analysis = analyze_with(&project, &ruleset, Facts::builtin(), &suppressions);
    let found: Expected = analysis
        .findings
        .iter()
        .map(|finding| {
            let source = project.sources.get(finding.primary.span.source);
            (source.path().to_owned(), source.position(finding.primary.span.start, ColumnUnit::Chars).line, finding.rule.id.to_owned())
        })
        .collect();
    let expected = expected(case, &project);
    let report = render(&project, &ruleset, &analysis);
    if found != expected {
        let only =
            |a: &Expected, b: &Expected| a.difference(b).map(|(path, line, rule)| format!("  {path}:{line} {rule}\n")).collect::<String>();
        return Err(format!("missing:\n{}not expected:\n{}{report}", only(&expected, &found), only(&found, &expected)).into());
    }
    if let Some(rule) = rule {
        let of_rule = analysis.findings.iter().any(|finding| finding.rule.id == rule);
        let name = file_name(case);
        if name.starts_with("bad") != of_rule {
            return Err(format!("{name} {} a finding of {rule}", if of_rule { "has" } else { "lacks" }).into());
        }
    }
    if !analysis.findings.is_empty() {
        snapshot(&text_beside(case), &report)?;
    }
    Ok(())
}

fn snapshot(path: &Path, report: &str) -> Result<(), Failed> {
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        return Ok(fs::write(path, report)?);
    }
    let known = fs::read_to_string(path).unwrap_or_default();
    if known == report {
        Ok(())
    } else {
        Err(format!("{} differs; now it is:\n{report}\nSNAPSHOTS=overwrite writes it anew", path.display()).into())
    }
}

fn text_beside(case: &Path) -> PathBuf {
    if case.is_dir() {
        case.with_extension("txt")
    } else {
        case.with_extension(format!("{}.txt", case.extension().and_then(|end| end.to_str()).unwrap_or("")))
    }
}

fn render(project: &Project, ruleset: &Ruleset, analysis: &Analysis) -> String {
    let metas = ruleset.metas();
    let style = Style { min_severity: Severity::Info, show_unknown: true, ..Style::default() };
    let report = Report {
        sources: &project.sources,
        analysis,
        rules: &metas,
        data_versions: &[],
        exit_code: 1,
        category: None,
        pipeline: None,
        revision: None,
        style,
    };
    let mut out = Vec::new();
    Format::Human.write(&report, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// What `taglint.toml` of a directory says.
fn config(case: &Path) -> Result<Config, Failed> {
    let text = fs::read_to_string(case.join("taglint.toml")).unwrap_or_default();
    Ok(Config::parse(&text).map_err(|error| error.to_string())?)
}

fn project(case: &Path) -> Project {
    if !case.is_dir() {
        return Project::from_texts([(file_name(case), fs::read(case).expect("the fixture is there"))]);
    }
    let mut texts = Vec::new();
    let mut open = vec![case.to_owned()];
    while let Some(directory) = open.pop() {
        for path in sorted(&directory) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end != "expect") {
                let name = path.strip_prefix(case).expect("it is below").to_string_lossy().replace('\\', "/");
                texts.push((name, fs::read(&path).expect("the fixture is there")));
            }
        }
    }
    Project::from_texts(texts)
}

/// Expectations from comments in Terraform files, and from `.expect` files beside JSON.
fn expected(case: &Path, project: &Project) -> Expected {
    let mut expected = Expected::new();
    for source in project.sources.iter() {
        let comments = source.text().lines().zip(1..).filter_map(|(line, number)| Some((number, line.split_once("# expect: ")?.1)));
        for (number, rules) in comments {
            expected.extend(rules.split(',').map(|rule| (source.path().to_owned(), number, rule.trim().to_owned())));
        }
        let file = if case.is_dir() { case.join(source.path()) } else { case.to_owned() };
        let beside = fs::read_to_string(file.with_extension("expect")).unwrap_or_default();
        for line in beside.lines().filter(|line| !line.trim().is_empty()) {
            let (number, rule) = line.split_once(' ').expect("LINE rule-id");
            expected.insert((source.path().to_owned(), number.parse().expect("a line number"), rule.trim().to_owned()));
        }
    }
    expected
}

fn sorted(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the directory can be read").path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
