//! What the configuration takes from outside of itself: files, templates, and what `[aws]` pins.

use std::{collections::BTreeSet, env, fs, process};

use taglint::{
    analysis,
    config::{AwsConfig, Word},
    facts::Facts,
    project::{Project, load::LoadSettings},
    terraform::{self, functions::json},
    value::{Data, Unknown, Value},
};

fn local(files: &[(&str, &str)]) -> Value {
    terraform::local(&Project::from_texts(files.iter().copied()), "root", "x").expect("it is declared")
}

fn shown(value: &Value) -> String {
    json::encode(value).expect("small").shown()
}

#[test]
fn a_template_sees_its_variables_and_nothing_else() {
    let main = r#"
locals {
  secret   = "hidden"
  template = "%%{ for name in names ~}[$${upper(name)}]%%{ endfor } $${who}"
  x        = templatestring(local.template, { names = ["a", "b"], who = "me" })
}
"#;
    assert_eq!(shown(&local(&[("root/main.tf", main)])), r#""[A][B] me""#);
    let blind = main.replace("$${who}", "$${local.secret}");
    assert_eq!(shown(&local(&[("root/main.tf", &blind)])), r#""[A][B] …""#);
    let literal = "locals { x = templatestring(\"a\", {}) }";
    assert!(matches!(local(&[("root/main.tf", literal)]).data, Data::Unknown(Unknown::Error)));
}

#[test]
fn what_a_template_is_given_leads_to_its_literal() {
    let main = "locals {\n  t = \"Hello $${who}!\"\n  x = templatestring(local.t, { who = \"me\" })\n}\n";
    let Data::String(text) = local(&[("root/main.tf", main)]).data else { panic!("no text") };
    assert_eq!(text.decoded(), "Hello me!");
    assert_eq!(&main[text.span_of(6..8).range()], "me");
    assert_eq!(&main[text.span_of(0..5).range()], "Hello");
}

#[test]
fn files_of_the_tree_are_read() {
    let policy = r#"{"Statement": []}"#;
    let files =
        |expr: &str| local(&[("root/main.tf", &format!("locals {{ x = {expr} }}")), ("root/p/key.json", policy), ("shared.json", "[1]")]);
    assert_eq!(shown(&files(r#"file("p/key.json")"#)), r#""{\"Statement\": []}""#);
    assert_eq!(shown(&files(r#"jsondecode(file("${path.module}/p/key.json"))"#)), r#"{"Statement":[]}"#);
    assert_eq!(shown(&files(r#"jsondecode(file("./../shared.json"))"#)), "[1]");
    assert_eq!(shown(&files(r#"filemd5("../shared.json")"#)), r#""35dba5d75538a9bbe0b4da4422759a0e""#);
    assert_eq!(shown(&files(r#"fileexists("p/key.json")"#)), "true");
    for outside in [r#"file("../../x")"#, r#"file("/etc/passwd")"#, r#"file("~/x")"#, r#"file("p/other.json")"#] {
        assert!(matches!(files(outside).data, Data::Unknown(Unknown::Unsupported(_))), "{outside}");
    }
}

#[test]
fn what_is_pinned_is_known() {
    let main = r#"
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}
locals {
  x = [
    data.aws_caller_identity.me.account_id,
    data.aws_partition.here.partition,
    data.aws_partition.here.dns_suffix,
    data.aws_partition.here.reverse_dns_prefix,
    data.aws_region.here.name,
    data.aws_caller_identity.me.arn,
  ]
}
"#;
    let mut project = Project::from_texts([("root/main.tf", main)]);
    let read = |project: &Project| shown(&terraform::local(project, "root", "x").expect("it is declared"));
    assert_eq!(read(&project), "[…,…,…,…,…,…]");
    let word = |text: &str| Some(Word::from(text));
    project.aws = AwsConfig { account: word("111122223333"), region: None, partition: word("aws-cn") };
    assert_eq!(read(&project), r#"["111122223333","aws-cn","amazonaws.com.cn","cn.com.amazonaws",…,…]"#);
    project.aws.region = word("cn-north-1");
    assert_eq!(read(&project), r#"["111122223333","aws-cn","amazonaws.com.cn","cn.com.amazonaws","cn-north-1",…]"#);
}

/// What a provider says of itself goes before what is pinned, and what is pinned is not said of somebody else.
#[test]
fn a_provider_knows_its_region_and_its_account() {
    let main = r#"
provider "aws" {}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
provider "aws" {
  alias  = "open"
  region = var.open
}
provider "aws" {
  alias = "role"
  assume_role {
    role_arn = "arn:aws:iam::999900001111:role/deploy"
  }
}
provider "aws" {
  alias = "open_role"
  assume_role {
    role_arn = var.open
  }
}
provider "aws" {
  alias   = "profile"
  profile = "other"
}
variable "open" {}
data "aws_region" "here" {}
data "aws_region" "west" { provider = aws.west }
data "aws_region" "open" { provider = aws.open }
data "aws_region" "named" {
  provider = aws.west
  region   = "eu-north-1"
}
data "aws_caller_identity" "me" {}
data "aws_caller_identity" "west" { provider = aws.west }
data "aws_caller_identity" "role" { provider = aws.role }
data "aws_caller_identity" "open_role" { provider = aws.open_role }
data "aws_caller_identity" "profile" { provider = aws.profile }
locals {
  x = concat(
    [for read in [data.aws_region.here, data.aws_region.west, data.aws_region.open, data.aws_region.named] : read.region],
    [data.aws_caller_identity.me.account_id, data.aws_caller_identity.west.account_id, data.aws_caller_identity.role.account_id],
    [data.aws_caller_identity.open_role.account_id, data.aws_caller_identity.profile.account_id],
  )
}
"#;
    let mut project = Project::from_texts([("root/main.tf", main)]);
    let read = |project: &Project| shown(&terraform::local(project, "root", "x").expect("it is declared"));
    assert_eq!(read(&project), r#"[…,"us-west-2",…,"eu-north-1",…,…,"999900001111",…,…]"#);
    let word = |text: &str| Some(Word::from(text));
    project.aws = AwsConfig { account: word("111122223333"), region: word("eu-west-1"), partition: None };
    assert_eq!(read(&project), r#"["eu-west-1","us-west-2",…,"eu-north-1","111122223333","111122223333","999900001111",…,…]"#);
}

/// What is loaded of a tree when `root/env` is asked for.
fn loaded(name: &str, files: &[(&str, &str)]) -> Project {
    let root = env::temp_dir().join(format!("taglint-host-{}-{name}", process::id()));
    drop(fs::remove_dir_all(&root));
    for (path, text) in files.iter().chain(&[(".git/HEAD", "")]) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("it is a file")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", root.join("env/link")).expect("it can be linked");
    let project = analysis::load(&[root.join("env")], &LoadSettings::default(), Facts::builtin()).expect("it loads");
    drop(fs::remove_dir_all(&root));
    project
}

#[test]
fn files_are_read_when_evaluation_asks_for_them() {
    let main = r#"
locals {
  paths = fileset(path.module, "t/**/*.tftpl")
  names = yamldecode(file("../shared/names.yaml"))
}
resource "aws_kms_key" "k" {
  tags = {
    team    = local.names.team
    nested  = file(local.names.next)
    text    = templatefile("${path.module}/t/a.tftpl", { who = "me" })
    all     = join(",", local.paths)
    out     = file("../../out.txt")
    link    = fileexists("link/passwd")
    missing = filemd5("build/made-later.zip")
    is      = fileexists("t/a.tftpl")
  }
}
locals { x = aws_kms_key.k.tags }
"#;
    let files = [
        ("env/main.tf", main),
        ("env/t/a.tftpl", "for $${x} ${who}"),
        ("env/t/deep/b.tftpl", ""),
        ("shared/names.yaml", "team: core\nnext: ../shared/next.txt\n"),
        ("shared/next.txt", "further"),
    ];
    let project = loaded("read", &files);
    let value = terraform::local(&project, "env", "x").expect("it is declared");
    let expected = r#"{"all":"t/a.tftpl,t/deep/b.tftpl","is":true,"link":…,"missing":…,"nested":"further","out":…,"team":"core","text":"for ${x} me"}"#;
    assert_eq!(shown(&value), expected);
    // Only what lies below the path that was asked for is reported on.
    let selected: BTreeSet<&str> = project.selected.iter().map(|id| project.sources.get(*id).path()).collect();
    assert_eq!(selected, BTreeSet::from(["env/main.tf", "env/t/a.tftpl"]));
    assert!(project.sources.iter().all(|source| !source.path().contains("link") && !source.path().contains("out.txt")));
}
