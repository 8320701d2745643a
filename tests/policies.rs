//! Which documents are policies of keys and secrets, and what is read of them.

use taglint::{
    analysis::{Subjects, analyze, subjects},
    config::{Config, RulesConfig},
    facts::Facts,
    finding::Severity,
    project::Project,
    rule::Ruleset,
    rules::RULES,
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
        assert_eq!(found.first().map_or(0, |key| key.policies.len()), usize::from(joined), "{reference}");
    }
}

#[test]
fn an_empty_policy_argument_is_no_policy() {
    let text = "resource \"aws_kms_key\" \"k\" {\n  policy = \"\"\n}\n";
    assert!(policies(&[("main.tf", text)]).is_empty());
    assert!(keys(&[("main.tf", text)]).is_empty());
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

#[test]
fn a_provider_says_where_its_keys_are_in_so_many_words() {
    let key = "resource \"aws_kms_key\" \"k\" {\n  policy = \"{}\"\n}\n";
    let place = |provider: &str| {
        let found = policies(&[("main.tf", &format!("{provider}\n{key}"))]);
        let context = &found[0].context;
        [&context.region, &context.account, &context.partition].map(|known| known.as_deref().map(str::to_owned))
    };
    let some = |text: &str| Some(text.to_owned());
    let written = "provider \"aws\" {\n  region = \"cn-north-1\"\n  allowed_account_ids = [\"111122223333\"]\n}";
    assert_eq!(place(written), [some("cn-north-1"), some("111122223333"), some("aws-cn")]);
    let variable = "variable \"r\" {\n  default = \"eu-west-1\"\n}\nprovider \"aws\" {\n  region = var.r\n}";
    assert_eq!(place(variable), [None, None, None]);
    let several = "provider \"aws\" {\n  allowed_account_ids = [\"111122223333\", \"444455556666\"]\n}";
    assert_eq!(place(several), [None, None, None]);
    assert_eq!(place("provider \"aws\" {\n  alias = \"x\"\n  region = \"eu-west-1\"\n}"), [None, None, None]);
}

/// The rules and messages of findings on one document, with a configuration.
fn findings(configuration: &str, path: &str, text: &str) -> Vec<(&'static str, String)> {
    let config = Config::parse(configuration).expect("it parses");
    let mut project = Project::from_texts([(path, text)]);
    (project.aws, project.kms) = (config.aws, config.kms);
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let found = analyze(&project, &ruleset, Facts::builtin()).findings;
    found.into_iter().filter(|finding| finding.severity > Severity::Info).map(|finding| (finding.rule.id, finding.message)).collect()
}

#[test]
fn a_deployer_must_be_able_to_change_the_policy_again() {
    let policy = |admin: &str, more: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Sid": "Admin", "Effect": "Allow", "Principal": {{"AWS": "{admin}"}}, "Action": "kms:*", "Resource": "*"}}{more}]}}"#
        )
    };
    let deployers = "[kms]\ndeployers = [\"arn:aws:iam::111122223333:role/deploy-*\"]\n";
    let locked = |configuration: &str, text: &str| {
        let found = findings(configuration, "app.key-policy.json", text);
        found.into_iter().find(|(rule, _)| rule.starts_with("policy-lockout")).map(|(_, message)| message)
    };
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    assert_eq!(locked("", &policy(&role("Ops"), "")), None);
    assert_eq!(locked(deployers, &policy(&role("Ops"), "")).as_deref(), Some("no deployer can change this key policy again"));
    assert_eq!(locked(deployers, &policy(&role("deploy-prod"), "")), None);
    assert_eq!(locked(deployers, &policy("arn:aws:iam::111122223333:root", "")), None);
    // One deployer is named in full, so that what denies it is known to.
    let one = "[kms]\ndeployers = [\"arn:aws:iam::111122223333:role/deploy\"]\n";
    let deny = r#", {"Sid": "Others", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:PutKeyPolicy", "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ops"}}}"#;
    assert_eq!(locked("", &policy("arn:aws:iam::111122223333:root", deny)), None);
    assert!(locked(one, &policy("arn:aws:iam::111122223333:root", deny)).is_some());
}

#[test]
fn a_trusted_account_needs_no_word() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "kms:*", "Resource": "*"}]}"#;
    let rules = |configuration: &str| -> Vec<&'static str> {
        findings(configuration, "app.key-policy.json", text).into_iter().map(|(rule, _)| rule).collect()
    };
    let own = "[aws]\naccount = \"111122223333\"\n";
    assert_eq!(rules(own), ["policy-cross-account"]);
    assert_eq!(rules(&format!("{own}[kms]\ntrusted-accounts = [\"444455556666\"]\n")), [""; 0]);
    assert_eq!(rules(&format!("{own}[kms]\ntrusted-accounts = [\"777788889999\"]\n")), ["policy-cross-account"]);
}

#[test]
fn of_two_policies_what_is_wrong_in_both_counts() {
    let policy = |action: &str| {
        format!(
            "jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Sid = \"A\", Effect = \"Allow\", Principal = {{ AWS = \"111122223333\" }}, \
             Action = [\"kms:*\", \"{action}\"], Resource = \"*\" }}] }})"
        )
    };
    let key =
        |yes: &str, no: &str| format!("variable \"x\" {{}}\nresource \"aws_kms_key\" \"k\" {{\n  policy = var.x ? {yes} : {no}\n}}\n");
    let rules = |text: &str| findings("", "main.tf", text).len();
    let (bad, worse, good) = (policy("kms:Decript"), policy("kms:Encript"), policy("kms:Decrypt"));
    assert_eq!(rules(&key(&bad, &worse)), 2);
    assert_eq!(rules(&key(&bad, &good)), 0);
    assert_eq!(rules(&key(&bad, "null")), 0);
}
