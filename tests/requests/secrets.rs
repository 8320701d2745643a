//! The value of a secret is in no output: no format of a report, no baseline, no page of what resources get.

use std::{fs, process::Command};

use serde_json::json;
use taglint::{
    finding::{Finding, Severity},
    report::{Format, Report, Style},
    rules::RULES,
};

use super::run;

/// Files with secrets, and what must not be seen of each.
fn cases() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let url = "/v1.0/p/kms/bb6a3d22-dc93-47ac-b5bd-88df7ad35f1e/tags";
    let body = json!({ "KeyId": "alias/x", "TagKeys": ["aws:x"] });
    vec![
        // What the masker knows by name, and what only the finding knows.
        ("a.json", json!({ "Name": "a b", "SecretString": "striped \"zebra\" é" }).to_string(), vec!["zebra", "striped"]),
        ("a.json", json!({ "Name": "a b", "SecretBinary": "Y29ycmVjdCBob3JzZQ==" }).to_string(), vec!["Y29ycmVj"]),
        ("a.json", json!({ "method": "PUT", "url": url, "headers": { "X-Auth-Token": "MIIEtoken" } }).to_string(), vec!["MIIEtoken"]),
        (
            "a.json",
            json!({
                "headers": [
                    { "value": "SigTokenA", "enabled": true, "name": "x-amz-security-token" },
                    { "key": "Authorization", "value": "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=fe5f80" },
                    { "key": "X-Amz-Target", "value": "TrentService.UntagResource" },
                ],
                "body": body,
            })
            .to_string(),
            vec!["SigTokenA", "fe5f80", "AWS4-"],
        ),
        (
            "main.tf",
            "resource \"aws_kms_key\" \"k\" {\n  tags = { deploy = \"AKIAJJJJQQQQXXXX2222\", \"aws:x\" = \"DE89 3704 0044 0532 0130 00\" }\n}\n".to_owned(),
            vec!["AKIAJJJJQQQQXXXX2222", "0532"],
        ),
        (
            "a.json",
            r#"{ "SecretId": "a", "Tags": [{ "Key": "x", "Value": "\u0041KIAJJJJQQQQXXXX2222" }, { "Key": "x", "Value": "aws:hooks.slack.com/services/T0/B0/XyZ" }] }"#.to_owned(),
            vec!["KIAJJJJQQQQXXXX2222", "XyZ"],
        ),
        (
            "main.tf",
            [
                "resource \"aws_secretsmanager_secret\" \"s\" {\n",
                "  tags = { deploy = local.key, password = \"hunter2-of-tags\" }\n",
                "  policy = jsonencode({ Version = \"2012-10-17\", Id = \"ghp_16C7e42F292c6912E7710c838347Ae178B4a\",\n",
                "    Statement = { Effect = \"Allow\", Principal = \"*\", Action = \"*\", Resource = \"*\" } })\n}\n",
                "locals {\n  key = \"AKIAJJJJQQQQXXXX2222\"\n}\n",
            ]
            .concat(),
            vec!["hunter2-of-tags", "ghp_16C7", "AKIAJJJJQQQQXXXX2222"],
        ),
    ]
}

/// Every format, and every file that has a secret: none prints it, however it is written.
#[test]
fn no_format_prints_a_secret_of_a_request() {
    for (name, text, secrets) in cases() {
        let (project, analysis) = run(name, &text, None);
        let is_secret = |finding: &Finding| ["request-secret", "tag-value-secret"].contains(&finding.rule.id);
        assert!(analysis.findings.iter().any(is_secret), "{text}");
        let rules: Vec<_> = RULES.iter().map(|entry| entry.meta).collect();
        let style = Style { min_severity: Severity::Info, show_unknown: true, show_ignored: true, ..Style::default() };
        let report = Report {
            sources: &project.sources,
            analysis: &analysis,
            rules: &rules,
            data_versions: &[],
            exit_code: 1,
            category: None,
            pipeline: None,
            revision: None,
            style,
        };
        for format in Format::ALL {
            let mut out = Vec::new();
            format.write(&report, &mut out).expect("a vector takes everything");
            let out = String::from_utf8(out).expect("reports are UTF-8");
            for secret in &secrets {
                assert!(!out.contains(secret), "{format} prints {secret}:\n{out}");
            }
        }
    }
}

/// As a user runs them: the commands that write what they found elsewhere.
#[test]
fn no_command_prints_or_writes_a_secret() {
    let base = std::env::temp_dir().join(format!("taglint-secrets-{}", std::process::id()));
    for (at, (name, text, secrets)) in cases().into_iter().enumerate() {
        let directory = base.join(at.to_string());
        fs::create_dir_all(&directory).expect("it can be made");
        fs::write(directory.join(name), &text).expect("it can be written");
        let taglint = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_taglint"));
            let output = command.args(arguments).current_dir(&directory).env_remove("TAGLINT_CONFIG").output().expect("it runs");
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("it is text")).concat()
        };
        let mut shown = Vec::new();
        let mut commands: Vec<Vec<&str>> = vec![
            vec!["effective"],
            vec!["effective", "--format", "json"],
            vec!["effective", "--format", "html"],
            vec!["check", "--diff", "--unsafe-fixes"],
            vec!["check", "--diff", "--add-ignore=known"],
            vec!["check", "--show-unknown", "--verbose"],
        ];
        commands.push(vec!["baseline", "create", "--reason", "known"]);
        commands.push(vec!["baseline", "update", "."]);
        commands.push(vec!["baseline", "prune", "."]);
        for command in &commands {
            shown.push((command.join(" "), taglint(command)));
        }
        // What a command has written beside the file.
        for entry in fs::read_dir(&directory).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_file() && path.file_name().is_some_and(|file| file != name) {
                shown.push((path.display().to_string(), fs::read_to_string(&path).expect("a text")));
            }
        }
        assert!(shown.iter().any(|(what, _)| what.contains("taglint-secrets") && what.contains("baseline")), "no baseline for {name}");
        for (what, out) in shown {
            for secret in &secrets {
                assert!(!out.contains(secret), "{what} shows {secret}:\n{out:.2000}");
            }
        }
    }
    fs::remove_dir_all(&base).expect("it can be removed");
}
