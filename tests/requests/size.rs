//! Where a finding is in a large file, what counts as a character, and how long it takes.

use serde_json::json;
use taglint::{analysis::Analysis, finding::Finding, project::Project, source::ColumnUnit};

use super::run;

/// Where a finding of a rule is: line, column in characters, and the text there.
fn places(project: &Project, analysis: &Analysis, rule: &str) -> Vec<(u32, u32, String)> {
    let found = analysis.findings.iter().filter(|finding| finding.rule.id == rule);
    let place = |finding: &Finding| {
        let span = finding.primary.span;
        let at = project.sources.get(span.source).position(span.start, ColumnUnit::Chars);
        (at.line, at.column, project.sources.slice(span).to_owned())
    };
    found.map(place).collect()
}

#[test]
fn a_minified_megabyte_points_at_the_right_column() {
    let filler = r#"{"TagKey":"clé-日","TagValue":"v\u00e9"},"#;
    let count = 1_000_000 / filler.len() + 1;
    let head = r#"{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Tags":["#;
    let text = format!("{head}{}{}]}}", filler.repeat(count), r#"{"TagKey":"a&b","TagValue":4711,"Value":"x"}"#);
    assert!(text.len() > 1_000_000 && !text.contains('\n'));
    let (project, analysis) = run("a.json", &text, None);
    let start = (head.chars().count() + filler.chars().count() * count) as u32;
    let at = |rule, offset, text: &str| assert_eq!(places(&project, &analysis, rule), [(1, start + offset, text.to_owned())], "{rule}");
    at("request-member-type", 28, "4711");
    at("request-member-unknown", 33, "\"Value\"");
    at("tag-key-characters", 13, "&");
    // The request also has far too many tags, each of the same key: one finding, and one for each repetition.
    assert_eq!(places(&project, &analysis, "tag-key-duplicate").len(), count - 1);
}

/// Characters count, not bytes and not UTF-16 units; an escape counts as what it stands for; combining marks as they are written.
#[test]
fn lengths_are_counted_in_characters() {
    let body = |key: &str| format!(r#"{{ "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "TagKeys": ["{key}"] }}"#);
    for unit in ["k", "é", "日", "𐍈", "\\u00e9", "\\ud800\\udf48", "\\/"] {
        for (length, expected) in [(128, 0), (129, 1)] {
            let (project, analysis) = run("a.json", &body(&unit.repeat(length)), None);
            let found = places(&project, &analysis, "tag-key-too-long");
            assert_eq!(found.len(), expected, "{unit} {length} times");
            assert!(found.iter().all(|(_, column, text)| *column == 64 && text.len() == unit.len() * length + 2));
        }
    }
    // `e` and a combining accent are two characters, and stay two.
    let (project, analysis) = run("a.json", &body(&"e\u{301}".repeat(64)), None);
    assert_eq!(places(&project, &analysis, "tag-key-too-long"), []);
    let (project, analysis) = run("a.json", &body(&format!("{}x", "e\u{301}".repeat(64))), None);
    assert_eq!(places(&project, &analysis, "tag-key-too-long").len(), 1);
}

/// A policy of a megabyte in one line: in a request, where it is a string in JSON, and as a file.
#[test]
fn a_minified_policy_points_at_the_right_column() {
    // Characters of one to four bytes, escapes of the policy's own, a combining mark.
    let filler = r#"{"Sid":"é日𐍈e\u0301\t\ud800\udf48","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},"#;
    let count = 1_000_000 / filler.len() + 1;
    let head = r#"{"Version":"2012-10-17","Statement":["#;
    let last = r#"{"Sid":"é𐍈\u0301","Effect":"Alow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}]}"#;
    let policy = format!("{head}{}{last}", filler.repeat(count));
    assert!(policy.len() > 1_000_000 && !policy.contains('\n'));
    let chars = |text: &str| text.chars().count() as u32;
    let before = last.find("Alow").expect("it is there");

    let (project, analysis) = run("key-policy.json", &policy, None);
    let column = chars(head) + chars(filler) * count as u32 + chars(&last[..before]) + 1;
    let found = places(&project, &analysis, "policy-effect");
    assert!(found == [(1, column, "Alow".to_owned())] || found == [(1, column - 1, "\"Alow\"".to_owned())], "{found:?} {column}");

    // Each backslash and each quote is written with a backslash before it.
    let escaped = |text: &str| {
        let json = json!(text).to_string();
        json[1..json.len() - 1].to_owned()
    };
    let around = r#"{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Policy":""#;
    let request = format!("{around}{}\"}}", escaped(&policy));
    let (project, analysis) = run("put-key-policy.json", &request, None);
    let column = chars(around) + chars(&escaped(head)) + chars(&escaped(filler)) * count as u32 + chars(&escaped(&last[..before])) + 1;
    let found = places(&project, &analysis, "policy-effect");
    let quoted = [(1, column - 2, "\\\"Alow\\\"".to_owned())];
    assert!(found == [(1, column, "Alow".to_owned())] || found == quoted, "{found:?} {column}");
}

/// A list with a defect in every entry takes time by its length, not by the square of it.
#[test]
fn time_grows_with_the_size_of_a_body() {
    let time = |entries: usize| {
        let entry = r#"{"Key":1,"Key":2,"TagValue":null,"x":[]}"#;
        let text = format!(r#"{{"KeyId":"k","Tags":[{}]}}"#, vec![entry; entries].join(","));
        let start = std::time::Instant::now();
        let (_, analysis) = run("a.json", &text, None);
        assert!(analysis.findings.len() > entries);
        start.elapsed()
    };
    time(100);
    let (few, many) = (time(2_000), time(16_000));
    assert!(many < few * 40, "{few:?} for 2000 entries, {many:?} for 16000");
}

/// What a body costs, by how many members or entries it has: a million would take as much longer as they are more.
#[test]
fn repeated_members_take_time_by_their_number() {
    let key = r#""KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab""#;
    type Write = fn(&str, usize) -> String;
    let bodies: [(&str, usize, Write); 4] = [
        ("one name", 1, |key, times| format!("{{{},\"Tags\":[]}}", vec![key; times].join(","))),
        ("one name that is not known", 2, |key, times| format!("{{{key},\"Tags\":[],{}}}", vec!["\"a\":1"; times].join(","))),
        ("in an entry", 1, |key, times| {
            format!("{{{key},\"Tags\":[{{\"TagKey\":\"a\",{}}}]}}", vec!["\"TagValue\":\"b\""; times].join(","))
        }),
        ("brackets", 0, |key, times| format!("{{{key},\"Tags\":[{{\"TagKey\":\"a\",\"TagValue\":\"{}\"}}]}}", "${a<b{{".repeat(times))),
    ];
    for (what, findings, write) in bodies {
        let time = |times: usize| {
            let text = write(key, times);
            let start = std::time::Instant::now();
            let (_, analysis) = run("a.json", &text, Some("kms:TagResource"));
            let found = analysis.findings.iter().filter(|finding| finding.rule.id.starts_with("request-member")).count();
            assert_eq!(found, findings, "{what}");
            start.elapsed()
        };
        time(100);
        // Sixteen times as many: far from both 16 and 256 times as long.
        let (few, many) = (time(1_000), time(16_000));
        assert!(many < few * 100, "{what}: {few:?} for 1000, {many:?} for 16000");
    }
}
