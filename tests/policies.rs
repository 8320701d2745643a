//! Which documents are policies of keys and secrets, and what is read of them.

use taglint::{
    analysis::{Subjects, subjects},
    facts::Facts,
    project::Project,
    subject::{
        SubjectKind,
        policy::{Key, Policy, PolicyKind, PolicyPlace},
    },
};

fn read(files: &[(&str, &str)]) -> Subjects {
    subjects(&Project::from_texts(files.iter().map(|(path, text)| (*path, *text))), Facts::builtin())
}

fn policies(files: &[(&str, &str)]) -> Vec<Policy> {
    let found = read(files).subjects.into_iter();
    found
        .filter_map(|subject| match subject.kind {
            SubjectKind::Policy(policy) => Some(policy),
            _ => None,
        })
        .collect()
}

fn keys(files: &[(&str, &str)]) -> Vec<Key> {
    let found = read(files).subjects.into_iter();
    found
        .filter_map(|subject| match subject.kind {
            SubjectKind::Key(key) => Some(key),
            _ => None,
        })
        .collect()
}

fn kind(path: &str, text: &str) -> Option<PolicyKind> {
    policies(&[(path, text)]).first().map(|policy| policy.kind)
}

const ROOT: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}"#;

#[test]
fn a_document_about_a_service_and_principals_is_its_policy() {
    let document = |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let allow = |principal: &str, action: &str, resource: &str| {
        document(&format!(r#"{{"Effect": "Allow", {principal} "Action": {action}, "Resource": "{resource}"}}"#))
    };
    let anyone = r#""Principal": "*","#;
    for (path, text, expected) in [
        ("a.json", allow(anyone, r#""kms:Decrypt""#, "*"), Some(PolicyKind::Key)),
        ("a.json", allow(anyone, r#"["*", "KMS:*"]"#, "*"), Some(PolicyKind::Key)),
        ("a.json", allow(r#""NotPrincipal": "*","#, r#""kms:Decrypt""#, "*"), Some(PolicyKind::Key)),
        ("a.json", allow(anyone, r#""secretsmanager:GetSecretValue""#, "*"), Some(PolicyKind::Secret)),
        // Nobody is named: what a user or role gets.
        ("a.json", allow("", r#""kms:Decrypt""#, "*"), None),
        // Other services, or all of them.
        ("a.json", allow(anyone, r#"["kms:Decrypt", "s3:GetObject"]"#, "*"), None),
        ("a.json", allow(anyone, r#""s3:GetObject""#, "*"), None),
        ("a.json", allow(anyone, r#""*""#, "*"), None),
        // The name says so, unless the content is plainly something else.
        ("key-policy.json", allow(anyone, r#""*""#, "*"), Some(PolicyKind::Key)),
        ("prod.key_policy.json", allow("", r#""kms:Decrypt""#, "*"), Some(PolicyKind::Key)),
        ("kms-policy.json", allow("", r#""kms:Decrypt""#, "arn:aws:kms:eu-west-1:111122223333:key/x"), None),
        ("secret-policy.json", allow(anyone, r#""*""#, "*"), Some(PolicyKind::Secret)),
        ("key-policy.json", r#"{"hello": 1}"#.to_owned(), None),
        ("key-policy.json", "[]".to_owned(), None),
    ] {
        assert_eq!(kind(path, &text), expected, "{path} {text}");
    }
}

#[test]
fn a_policy_in_a_heredoc_is_read_with_what_is_not_known() {
    let text = r#"
        resource "aws_kms_key" "k" {
          multi_region = true
          tags         = { team = "a" }
          policy = <<-EOT
            {
              "Version": "2012-10-17",
              "Statement": [
                {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": ["${aws_iam_role.a.arn}", "*"]}, "Action": "kms:*", "Resource": "*"},
                ${data.x.y.json}
              ]
            }
          EOT
        }
    "#;
    let found = policies(&[("main.tf", text)]);
    let [policy] = &*found else { panic!("{found:?}") };
    assert_eq!((policy.kind, policy.place, policy.open, policy.problems.len()), (PolicyKind::Key, PolicyPlace::Terraform, true, 0));
    let [statement] = &*policy.statements else { panic!("{:?}", policy.statements) };
    assert_eq!(statement.name(), "statement `A`");
    let principals = statement.principals.as_ref().expect("there are principals");
    let values: Vec<Option<&str>> = principals.entries.iter().map(|entry| entry.value.known()).collect();
    assert_eq!((values, principals.open), (vec![None, Some("*")], false));
    let star = &principals.entries[1].value;
    let span = star.span_of(0..1);
    assert_eq!(&text[span.range()], "*");
    assert_eq!(policy.context.multi_region, Some(true));
    assert_eq!(policy.context.usage.as_deref(), Some("ENCRYPT_DECRYPT"));
    assert_eq!(policy.context.tags.as_ref().map(|tags| tags.tags.len()), Some(1));
}

#[test]
fn a_policy_of_its_own_is_joined_to_its_key() {
    let policy =
        |key: &str| format!("resource \"aws_kms_key_policy\" \"p\" {{\n  key_id = {key}\n  policy = \"{{\\\"Statement\\\": []}}\"\n}}\n");
    let key = "resource \"aws_kms_key\" \"k\" {\n  key_usage = \"SIGN_VERIFY\"\n}\n";
    for (reference, joined) in [
        ("aws_kms_key.k.id", true),
        ("aws_kms_key.k.key_id", true),
        ("aws_kms_key.k.arn", true),
        ("aws_kms_key.other.id", false),
        ("var.key", false),
        ("\"1234abcd-12ab-34cd-56ef-1234567890ab\"", false),
    ] {
        let text = format!("{key}{}", policy(reference));
        let found = policies(&[("main.tf", &text)]);
        assert_eq!(found[0].context.usage.is_some(), joined, "{reference}");
        let found = keys(&[("main.tf", &text)]);
        assert_eq!(found[0].policies.len(), usize::from(joined), "{reference}");
    }
}

#[test]
fn an_empty_policy_argument_is_no_policy() {
    let text = "resource \"aws_kms_key\" \"k\" {\n  policy = \"\"\n}\n";
    assert!(policies(&[("main.tf", text)]).is_empty());
    assert!(keys(&[("main.tf", text)])[0].policies.is_empty());
}

#[test]
fn a_placeholder_may_stand_for_a_document_or_a_part_of_one() {
    for (policy, statements) in [("${POLICY}", 0), ("{\\\"Statement\\\": {{ statements }}}", 0), ("{\\\"Statement\\\": [{}, <more>]}", 1)] {
        let request = format!(r#"{{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Policy": "{}"}}"#, policy.replace("\\\\", "\\"));
        let found = policies(&[("a.json", &request)]);
        assert_eq!((found[0].problems.len(), found[0].open, found[0].statements.len()), (0, true, statements), "{request}");
    }
}

#[test]
fn functions_of_templates_are_not_known() {
    let text = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}}}]}"#;
    let found = policies(&[("a.json", text)]);
    let statement = &found[0].statements[0];
    assert!(statement.principals.as_ref().is_some_and(|principals| principals.open && principals.entries.is_empty()));
    assert!(statement.conditions.tests[0].open && found[0].first_unknown().is_some());
}

#[test]
fn placeholders_are_not_known() {
    let text = ROOT.replace("111122223333", "arn:aws:iam::<ACCOUNT_ID>:root");
    let found = policies(&[("a.json", &format!(r#"{{"Statement": {text}}}"#))]);
    let principals = found[0].statements[0].principals.as_ref().expect("there are principals");
    assert!(!principals.entries[0].value.is_known() && found[0].is_closed());
}
