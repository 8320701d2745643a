//! What Terraform makes of an expression, we make of it: its answers, recorded in `fixtures/terraform/functions`.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value as Json, json};
use taglint::{
    facts::Facts,
    project::{Project, inputs::Inputs, module::Modules},
    terraform::{Evaluation, functions},
    value::{Data, Type, Unknown, Value},
};

/// Expressions on which we differ, each with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    (r#"cidrhost("::ffff:10.0.0.0/104", 1)"#, "Terraform shifts an IPv4 address in the clothes of IPv6; nobody means that"),
    (r#"cidrsubnet("10.1.2.0/24", 4, -1)"#, "Terraform leaves the network; not known here"),
    (r#"element(["a", "b", "c"], -1)"#, "version 1.11 breaks down; later ones take the last element, as we do"),
    (r#"endswith("${terraform_data.u.id}-tail", "-tail")"#, "the end is known"),
    (r#"timeadd("9999-12-31T23:59:59Z", "1h")"#, "years have four digits"),
    (r#"textencodebase64("a", "GBK")"#, "encodings of East Asia have tables of thousands, and are not evaluated"),
    (r#"textdecodebase64("aGk=", "x")"#, "names of encodings that are not evaluated are not told from wrong ones"),
    (r#"textencodebase64("a", "x")"#, "as above"),
    (r#"rsadecrypt("x", "y")"#, "private keys are not read"),
    (r#"file("nosuch.txt")"#, "a file that is not there may be made before Terraform runs"),
    (r#"templatefile("nosuch.json", {})"#, "as above"),
    (r#"list("a")"#, "other versions and OpenTofu have other functions; a name that is not known is no error"),
    (r#"map("a", "b")"#, "as above"),
    ("nosuch(1)", "as above"),
    (r#"type("a")"#, "as above"),
    (r#"core::nosuch("a")"#, "as above"),
];

/// A type as Terraform writes it in JSON.
fn type_json(ty: &Type) -> Json {
    match ty {
        Type::Any | Type::Tuple | Type::Object => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(inner) => json!(["list", type_json(inner)]),
        Type::Set(inner) => json!(["set", type_json(inner)]),
        Type::Map(inner) => json!(["map", type_json(inner)]),
        Type::TupleOf(types) => json!(["tuple", types.iter().map(type_json).collect::<Vec<_>>()]),
        Type::ObjectOf(attributes) => {
            let members: serde_json::Map<String, Json> =
                attributes.iter().map(|attribute| (attribute.name.to_string(), type_json(&attribute.ty))).collect();
            json!(["object", members])
        }
    }
}

/// Our answer in the form of the recorded ones.
fn answer(value: &Value) -> Json {
    if let Data::Unknown(Unknown::Error) = value.data {
        return json!({ "error": "" });
    }
    match functions::json::encode(value) {
        Ok(text) if text.is_known() => {
            json!({ "json": text.decoded(), "type": value.full_type().map_or(Json::Null, |ty| type_json(&ty)) })
        }
        // As `jsonencode` answers, with which the others were recorded.
        Err(functions::json::NoJson::Infinite) => json!({ "error": "" }),
        _ => json!({ "unknown": true }),
    }
}

/// Expressions of the language on which we differ, each with the reason.
const DIFFERENT_IN_LANGUAGE: &[(&str, &str)] = &[
    ("terraform_data.u.id == null", "that an id is never null is knowledge of its provider"),
    ("terraform_data.u[*].input", "that what is left out is null is knowledge of its provider"),
    ("[for x in [1]: y]", "what is not declared may be in a file that is not here"),
    ("data.x.y.z", "what is not declared may be in a file that is not here"),
    ("aws_x.y.z", "as above"),
];

#[test]
fn functions_answer_as_terraform_does() {
    compare("functions", DIFFERENT, (1_250, 540, 140));
}

#[test]
fn the_language_means_what_terraform_means() {
    compare("language", DIFFERENT_IN_LANGUAGE, (200, 70, 10));
}

/// Compares the expressions of a file; at least so many have a value, an error, or are not known.
fn compare(name: &str, different: &[(&str, &str)], (values, refused, not_known): (usize, usize, usize)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/terraform/{name}/expressions.jsonl"));
    let text = fs::read_to_string(path).expect("the expressions are there");
    let cases: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    let mut files = vec![("main.tf".to_owned(), "resource \"terraform_data\" \"u\" {}\n".to_owned())];
    for (at, case) in cases.iter().enumerate() {
        files.push((format!("e{at}.tf"), format!("locals {{\n e{at} = (\n{}\n)\n}}\n", case["expr"].as_str().expect("an expression"))));
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/functions/files");
    let listed = ["data.json", "only.json", "sub/inner.json", "template.json"];
    files.extend(listed.iter().map(|name| ((*name).to_owned(), fs::read_to_string(beside.join(name)).expect("readable"))));
    let mut project = Project::from_texts(files);
    project.listings.insert(String::new(), listed.iter().map(|name| (*name).to_owned()).collect());
    project.listings.insert("sub".to_owned(), vec!["inner.json".to_owned()]);
    let modules = Modules::of(&project);
    let module = modules.get("").expect("it is there");
    let inputs = Inputs { workspace: Some("default".to_owned()), ..Inputs::default() };
    let different: BTreeMap<&str, &str> = different.iter().copied().collect();
    let (mut wrong, mut known, mut errors, mut unknown) = (Vec::new(), 0, 0, 0);
    for (at, case) in cases.iter().enumerate() {
        let expr = case["expr"].as_str().expect("an expression");
        let evaluation = Evaluation::of(module, &modules, Facts::builtin(), &inputs);
        let value = evaluation.value(module.locals.get(&format!("e{at}")).expect("it is declared"));
        let nothing_refused = evaluation.refusals().is_empty();
        let mut ours = if nothing_refused { answer(&value) } else { json!({ "error": "" }) };
        let mut theirs = case.clone();
        theirs.as_object_mut().expect("an object").remove("expr");
        if theirs.get("error").is_some() {
            theirs["error"] = "".into();
            errors += 1;
        } else if theirs.get("unknown").is_some() {
            unknown += 1;
        } else {
            known += 1;
        }
        // What is not known there may be known here in part, and the other way round it would be a disagreement.
        if theirs.get("unknown").is_some() && ours.get("json").is_some() {
            ours["known"] = true.into();
        }
        if (ours == theirs) == different.contains_key(expr) {
            wrong.push(format!("{expr}\n  Terraform: {}\n  we:        {ours}", case));
        }
    }
    let summary = format!("{} of {} differ ({known} values, {errors} errors, {unknown} unknown)", wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{summary}:\n{}", wrong.join("\n"));
    assert!(known >= values && errors >= refused && unknown >= not_known, "{summary}");
}
