//! Holds `rules/policy/` to itself, and its typed view to figures typed in from the sources.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;
use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::{
        EMBEDDED, Facts,
        policy::{Access, Family, HostFault, IdentityFault, KeyType, PolicyFacts, ServicePolicy, TagInKey},
    },
    project::Project,
    rule::Ruleset,
    rules::RULES,
};

fn facts() -> &'static PolicyFacts {
    Facts::builtin().policy()
}

fn service(prefix: &str) -> &'static ServicePolicy {
    facts().service(prefix).expect("both services have facts")
}

fn file(name: &str) -> Value {
    let path = format!("policy/{name}.json");
    let (_, text) = EMBEDDED.iter().find(|(known, _)| *known == path).expect("the file is there");
    serde_json::from_str(text).expect("it is JSON")
}

fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(object) => object.keys().cloned().collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

fn fitting(prefix: &str, pattern: &str) -> Vec<&'static str> {
    let service = service(prefix);
    service.of(service.fitting(pattern)).map(|action| &*action.name).collect()
}

/// Runs in a process of its own under nextest, and first under `cargo test` only by luck: so it asks a new process.
#[test]
fn a_run_on_tags_reads_none_of_it() {
    if std::env::var_os("TAGLINT_TEST_ALONE").is_none() {
        let this = std::env::current_exe().expect("the test knows its own path");
        let status = std::process::Command::new(this)
            .args(["--exact", "a_run_on_tags_reads_none_of_it"])
            .env("TAGLINT_TEST_ALONE", "1")
            .stdout(std::process::Stdio::null())
            .status();
        assert!(status.expect("the test runs").success(), "facts about policies were read");
        return;
    }
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let tags = "resource \"aws_kms_key\" \"k\" {\n  tags = { \"aws:team\" = \"core\" }\n}\n";
    let analysis = analyze(&Project::from_texts([("main.tf", tags.to_owned())]), &ruleset, Facts::builtin());
    assert_eq!(analysis.findings.len(), 1);
    assert!(!PolicyFacts::is_loaded());
}

/// Figures counted on the pages that the files name.
#[test]
fn figures_are_those_of_the_sources() {
    // docs.aws.amazon.com/service-authorization/…/list_awskeymanagementservice.html has 56 actions; Encapsulate and Decapsulate are newer.
    assert_eq!(service("kms").actions.len(), 58);
    // docs.aws.amazon.com/service-authorization/…/list_awssecretsmanager.html
    assert_eq!(service("secretsmanager").actions.len(), 23);
    // docs.aws.amazon.com/IAM/…/reference_policies_elements_condition_operators.html
    assert_eq!(facts().operators().count(), 27);
    // docs.aws.amazon.com/kms/…/key-policy-default.html: what the console's `kms:Create*` and its siblings cover.
    assert_eq!(fitting("kms", "Create*"), ["CreateAlias", "CreateCustomKeyStore", "CreateGrant", "CreateKey"]);
    assert_eq!(fitting("kms", "reencrypt*"), ["ReEncryptFrom", "ReEncryptTo"]);
    assert_eq!(fitting("kms", "ReEncrypt"), [] as [&str; 0]);
    assert_eq!(
        fitting("secretsmanager", "*Policy"),
        ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy", "ValidateResourcePolicy"]
    );
    // docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    let crosses = |name| service("kms").action(name).and_then(|action| action.cross_account);
    assert_eq!((crosses("decrypt"), crosses("PutKeyPolicy"), crosses("CreateGrant")), (Some(true), Some(false), Some(true)));
    assert_eq!(service("kms").action("PutKeyPolicy").map(|action| action.access), Some(Access::Permissions));
    // docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
    let usages = |spec: &str| service("kms").usages_of(spec).map(|usages| usages.iter().map(|usage| &**usage).collect::<Vec<_>>());
    assert_eq!(usages("RSA_2048"), Some(vec!["ENCRYPT_DECRYPT", "SIGN_VERIFY"]));
    assert_eq!(usages("HMAC_256"), Some(vec!["GENERATE_VERIFY_MAC"]));
    // docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html and the account-level operations of the service.
    let account: Vec<_> = service("kms").actions.iter().filter(|action| !action.reaches_resource()).map(|action| &*action.name).collect();
    assert_eq!(
        account,
        [
            "ConnectCustomKeyStore",
            "CreateCustomKeyStore",
            "CreateKey",
            "DeleteCustomKeyStore",
            "DescribeCustomKeyStores",
            "DisconnectCustomKeyStore",
            "GenerateRandom",
            "ListAliases",
            "ListKeys",
            "ListRetirableGrants",
            "UpdateCustomKeyStore"
        ]
    );
    assert_eq!(facts().partition_of("eu-west-1"), Some("aws"));
    assert_eq!(facts().partition_of("cn-north-1"), Some("aws-cn"));
    assert!(facts().is_prefix("S3") && !facts().is_prefix("kmss"));
}

#[test]
fn a_key_is_found_whatever_its_case() {
    let key = |name| facts().key(name).map(|key| &*key.name);
    assert_eq!(key("KMS:viaservice"), Some("kms:ViaService"));
    assert_eq!(key("kms:EncryptionContext:aws:s3:arn"), Some("kms:EncryptionContext:${EncryptionContextKey}"));
    assert_eq!(key("kms:EncryptionContext:"), None);
    assert_eq!(key("aws:RequestTag/Team"), Some("aws:RequestTag/${TagKey}"));
    assert_eq!(key("aws:RequestTag/"), None);
    assert_eq!(key("aws:SourceAcount"), None);
    assert_eq!(key("secretsmanager:ResourceTag/a"), Some("secretsmanager:ResourceTag/${TagKey}"));
    let context = facts().key("kms:EncryptionContext:a").expect("it is known");
    let kms = service("kms");
    let having: Vec<_> = kms.of(context.actions.expect("it has actions")).map(|action| &*action.name).collect();
    assert!(having.contains(&"Decrypt") && !having.contains(&"DescribeKey"), "{having:?}");
    assert!(facts().key("kms:KeySpec").is_some_and(|key| key.actions.is_none() && key.values.iter().any(|value| &**value == "SM2")));
    assert!(facts().key("kms:GrantOperations").is_some_and(|key| key.several && key.ty == KeyType::String));
}

#[test]
fn an_operator_comes_apart() {
    let parts = |written| {
        let found = facts().operator(written)?;
        let qualifier = found.qualifier.map(|qualifier| &*qualifier.name);
        Some((qualifier, &*found.operator.name, found.if_exists, found.exact))
    };
    assert_eq!(parts("StringEquals"), Some((None, "StringEquals", false, true)));
    assert_eq!(parts("forallvalues:stringlikeifexists"), Some((Some("ForAllValues"), "StringLike", true, false)));
    assert_eq!(parts("ForAnyValues:StringLike"), None);
    assert_eq!(parts("IfExists"), None);
    assert_eq!(parts("NullIfExists"), Some((None, "Null", true, true)));
    assert_eq!(parts("é"), None);
    assert_eq!(file("conditions")["if_exists"], "IfExists");
    assert!(facts().operators().all(|operator| operator.negated == operator.name.contains("Not")));
    assert!(
        facts()
            .operators()
            .filter(|operator| operator.wildcards)
            .all(|operator| { operator.family == Family::Arn || (operator.family == Family::String && operator.name.ends_with("Like")) })
    );
}

#[test]
fn references_resolve() {
    let conditions = file("conditions");
    for (key, form) in conditions["form_of"].as_object().expect("the schema says so") {
        let known = facts().key(key).unwrap_or_else(|| panic!("{key} is no key"));
        assert!(known.form.is_some(), "{key}: no form {form}");
    }
    for (form, accepted, refused) in [
        ("kms:CallerAccount", "111122223333", "11112222333"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5", "org-12345"),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "o-a1b2c3d4e5/r-ab12"),
        ("aws:SourceVpc", "vpc-1a2b3c4d", "vpce-1a2b3c4d"),
        ("aws:SourceVpce", "vpce-1a2b3c4d", "vpc-1a2b3c4d"),
        ("kms:ViaService", "s3.us-gov-east-1.amazonaws.com", "s3.amazonaws.com"),
        ("kms:RequestAlias", "alias/app", "app"),
    ] {
        let form = facts().key(form).and_then(|key| key.form.clone()).expect("it has a form");
        assert!(form.fits(accepted), "{accepted} is not {}", form.describe);
        assert!(!form.fits(refused), "{refused} is not {}", form.describe);
    }
    let forms = names(&conditions["form_of"]).len();
    assert_eq!(names(&conditions["forms"]).len(), 7, "each form is tried above, for {forms} keys");
    for key in names(&conditions["any_string_operator"]).iter().chain(&names(&conditions["private_networks"]["keys"])) {
        assert!(facts().key(&key.replace("${EncryptionContextKey}", "x")).is_some(), "{key}");
    }
    for family in names(&conditions["tag_families"]) {
        assert!(facts().key(&format!("{family}/x")).is_some_and(|key| key.is_family()), "{family}");
    }
    for name in ["kms", "secretsmanager"] {
        let file = file(name);
        let actions = names(&file["actions"]);
        for (key, row) in file["keys"].as_object().expect("the schema says so") {
            assert!(names(&row["actions"]).is_subset(&actions), "{key} names an action that is not there");
            if let Some(instead) = row["replaced_by"].as_str() {
                assert!(facts().key(instead).is_some(), "{key}: {instead}");
            }
        }
        for actions_of_key in file["tag_keys"].as_object().expect("the schema says so").values() {
            assert!(names(actions_of_key).is_subset(&actions));
        }
    }
    let principals = file("principals");
    let hosts = names(&principals["services"]);
    for (slip, meant) in principals["misspelt"].as_object().expect("the schema says so") {
        assert!(hosts.contains(meant.as_str().unwrap_or_default()), "{slip}: {meant} is not known");
        assert!(!hosts.contains(slip), "{slip} is right and wrong");
    }
    assert!(names(&principals["source_arn_service"]).is_subset(&hosts));
    for key in names(&principals["absent_from_service_calls"]).iter().chain(&names(&principals["instead_in_service_calls"])) {
        assert!(facts().key(&key.replace("${TagKey}", "x")).is_some(), "{key}");
    }
    for host in &hosts {
        for action in names(&principals["services"][host]["needs"]) {
            let pattern = action.strip_prefix("kms:").expect("what a service needs of a key");
            assert!(!service("kms").fitting(pattern).is_empty(), "{host}: {action}");
        }
    }
}

#[test]
fn every_source_has_a_page_and_a_date() {
    for name in ["kms", "secretsmanager", "global", "services", "conditions", "principals"] {
        for source in file(name)["sources"].as_array().expect("the schema says so") {
            assert!(source["source"].as_str().is_some_and(|url| url.starts_with("https://docs.aws.amazon.com/")), "{name}: {source}");
            assert!(source["checked"].as_str().is_some_and(|day| day.len() == 10 && day.starts_with("2026-")), "{name}: {source}");
        }
    }
}

#[test]
fn an_action_says_what_it_covers_or_what_it_means() {
    let kms = service("kms");
    let read = |written: &str| format!("{:?}", facts().action(kms, written));
    for (written, expected) in [
        ("*", "Everything"),
        ("kms:Encypt*", "NothingFits"),
        ("kms:Decrpyt", "NoSuchAction { near: Some(\"kms:Decrypt\") }"),
        ("kms:ReEncrypt", "NoSuchAction { near: Some(\"kms:ReEncrypt*\") }"),
        ("kms:SomethingElse", "NoSuchAction { near: None }"),
        ("s3:GetObject", "OtherService { prefix: \"s3\" }"),
        ("kmss:Decrypt", "NoSuchService { near: Some(\"kms:Decrypt\") }"),
        ("k*s:Decrypt", "PatternOfServices"),
        ("Decrypt", "NoPrefix { meant: Some(\"kms:Decrypt\") }"),
        ("kms=GenerateDataKey", "NoPrefix { meant: Some(\"kms:GenerateDataKey\") }"),
        ("kms:", "NoPrefix { meant: None }"),
        ("", "NoPrefix { meant: None }"),
    ] {
        assert_eq!(read(written), expected, "{written}");
    }
    assert!(read("KMS:decrypt").starts_with("One(") && read("kms:*Key*").starts_with("Pattern("));
    assert_eq!(kms.of(kms.covered("*").set).count(), 58);
    assert_eq!(kms.of(kms.covered("kms:decrypt").set).count(), 1);
    assert!(kms.covered("kms:Decrpyt").set.is_empty());
}

/// The facts with other words in one file.
fn facts_with(file: &'static str, from: &'static str, to: &'static str) -> PolicyFacts {
    PolicyFacts::of(|name| {
        let path = format!("policy/{name}.json");
        let (_, text) = EMBEDDED.iter().find(|(known, _)| *known == path).expect("the file is there");
        if name != file {
            return Cow::Borrowed(*text);
        }
        assert!(text.contains(from), "{file} has no {from}");
        Cow::Owned(text.replace(from, to))
    })
}

#[test]
fn who_a_principal_is_is_for_the_data_to_say() {
    let role = "arn:aws:iam::111122223333:role/App";
    assert_eq!(facts().identity_fault(role), None);
    let other = facts_with("principals", r#""role": "role""#, r#""rolle": "role""#);
    assert_eq!(other.identity_fault(role), Some(IdentityFault::Entity("role".into())));
    assert_eq!(other.identity_fault("arn:aws:iam::111122223333:rolle/App"), None);
    let sessions = other.identity_fault("arn:aws:sts::111122223333:assumed-role/App/*");
    assert_eq!(sessions, Some(IdentityFault::Sessions { role: "arn:aws:iam::111122223333:rolle/App".into() }));
    let other = facts_with("principals", r#""root": "account""#, r#""whole": "account""#);
    assert!(other.is_whole_account("arn:aws:iam::111122223333:whole") && !other.is_whole_account("arn:aws:iam::111122223333:root"));
    let other = facts_with("principals", r#""account_digits": 12"#, r#""account_digits": 3"#);
    assert!(other.identity_fault("111").is_none() && other.identity_fault("111122223333").is_some());
    let other = facts_with("principals", r#""account_words": ["cloudfront"]"#, r#""account_words": []"#);
    let identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1";
    assert_eq!(facts().identity_fault(identity), None);
    assert_eq!(other.identity_fault(identity), Some(IdentityFault::Account("cloudfront".into())));
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/A";
    let other = facts_with("principals", "aws-service-role", "of-services");
    assert!(facts().fragile(linked).is_some() && other.fragile(linked).is_none());
}

#[test]
fn which_hosts_are_services_is_for_the_data_to_say() {
    assert_eq!(facts().host_fault("sns.amazonaws.com"), None);
    let other = facts_with("principals", r#""suffix": "amazonaws.com""#, r#""suffix": "cloud.example""#);
    assert!(matches!(other.host_fault("sns.amazonaws.com"), Some(HostFault::Shape { .. }) | None));
    assert!(other.principals().host("sns.amazonaws.com").is_none() && other.principals().host("sns.cloud.example").is_some());
    let other = facts_with("principals", r#""endings": ["cn"]"#, r#""endings": []"#);
    assert!(facts().principals().host("ec2.amazonaws.com.cn").is_some() && other.principals().host("ec2.amazonaws.com.cn").is_none());
}

#[test]
fn what_keys_mean_is_for_the_data_to_say() {
    let kms = service("kms");
    let key = facts().key("aws:ResourceTag/Team").expect("it is one");
    assert_eq!(facts().tag_in(kms, key, "aws:ResourceTag/Team"), Some(TagInKey::OfKey("Team")));
    let other = facts_with("access", r#""aws:ResourceTag/""#, r#""aws:Etikett/""#);
    assert_eq!(other.tag_of_resource(kms, "aws:ResourceTag/Team"), None);
    assert_eq!(other.tag_of_resource(kms, "aws:Etikett/Team"), Some("Team"));
    assert_eq!(facts().tag_of_resource(kms, "secretsmanager:ResourceTag/Team"), None, "another service's key");
    let other = facts_with("access", r#""source_arn": "aws:SourceArn""#, r#""source_arn": "aws:From""#);
    assert!(facts().is_source_arn("AWS:sourcearn") && other.is_source_arn("aws:From") && !other.is_source_arn("aws:SourceArn"));
    let other = facts_with("access", r#""shared_prefix": "aws""#, r#""shared_prefix": "all""#);
    assert_eq!((facts().global_prefix(), other.global_prefix()), ("aws", "all"));
    let other = facts_with("conditions", r#""if_exists": "IfExists""#, r#""if_exists": "WhereThere""#);
    assert!(facts().operator("BoolIfExists").is_some() && other.operator("BoolIfExists").is_none());
    assert!(other.operator("BoolWhereThere").is_some_and(|found| found.if_exists));
}
