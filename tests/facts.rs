//! Holds the files of `rules/` to their schemas and to each other, and the typed view to figures typed in from the sources.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use miette::Diagnostic as _;
use serde_json::{Value, json};
use taglint::{
    facts::{
        EMBEDDED, Facts, FactsError, UserFacts,
        requests::{Operation, RequestError},
        tags::{Channel, Fact, LengthUnit, Place, ServiceId, TagRules, TextRules},
        terraform::{ResourceType, TagShape},
    },
    finding::Severity::{Error, Warning},
    source::{Source, SourceId},
};

const CHANNELS: [Channel; 2] = [Channel::Terraform, Channel::Request];

fn service(id: &str) -> ServiceId {
    ServiceId(id.into())
}

fn rules<'a>(facts: &'a Facts, id: &str, channel: Channel) -> &'a TagRules {
    facts.tag_rules(&service(id), channel).unwrap_or_else(|| panic!("{id} has facts"))
}

fn facts_of(rules: &TagRules) -> Vec<&Fact> {
    let texts = [&rules.key, &rules.value];
    let lengths = texts.into_iter().flat_map(|text| &text.length).map(|limit| &limit.fact);
    let characters = texts.into_iter().flat_map(|text| &text.characters).map(|set| &set.fact);
    let counts = rules.count.iter().map(|limit| &limit.fact);
    let reserved = rules.reserved.iter().map(|reserved| &reserved.fact);
    let same = rules.duplicate.iter().chain(&rules.duplicate_in_any_case).chain(&rules.repeated_in_map);
    lengths.chain(characters).chain(counts).chain(reserved).chain(same).collect()
}

fn data() -> impl Iterator<Item = (&'static str, Value)> {
    let files = EMBEDDED.iter().filter(|(path, _)| !path.starts_with("schema/"));
    files.map(|(path, text)| (*path, serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"))))
}

/// Whether a text is a URL and another one a day that has been.
fn assert_sourced(what: &str, source: &str, checked: &str) {
    assert!(source.starts_with("https://"), "{what}: source {source}");
    let parts: Vec<u64> = checked.split('-').filter_map(|part| part.parse().ok()).collect();
    let [year, month, day] = parts[..] else { panic!("{what}: checked {checked}") };
    assert!(checked.len() == 10 && (1..=12).contains(&month) && (1..=31).contains(&day), "{what}: checked {checked}");
    // Months of 30 days: at most six days too early, never too late by more than one.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs() / 86_400;
    let days = (year - 1970) * 365 + (year - 1969) / 4 + (month - 1) * 30 + day - 1;
    assert!(year >= 2026 && days <= now + 1, "{what}: checked {checked} is still to come");
}

#[test]
fn every_file_is_embedded() {
    fn list(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("rules/ can be read") {
            let entry = entry.expect("rules/ can be read");
            let path = format!("{prefix}{}", entry.file_name().to_str().expect("names are UTF-8"));
            if entry.path().is_dir() {
                list(&entry.path(), &format!("{path}/"), files);
            } else {
                assert!(path.ends_with(".json"), "rules/{path} is not JSON");
                files.insert(path, fs::read_to_string(entry.path()).expect("rules/ can be read"));
            }
        }
    }
    let mut files = BTreeMap::new();
    list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), "", &mut files);
    let embedded: Vec<_> = EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    assert_eq!(embedded, files.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_file_fits_its_schema() {
    let text: BTreeMap<_, _> = EMBEDDED.iter().copied().collect();
    for (path, value) in data() {
        let kind = path.split('/').next().unwrap_or_default();
        let schema: Value = serde_json::from_str(text[format!("schema/{kind}.schema.json").as_str()]).expect("schemas are JSON");
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("schema/{kind}: {error}"));
        let validator = jsonschema::validator_for(&schema).expect("schemas compile");
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

/// Our files pass all that is asked of a user's, so nothing that reads them can fail.
#[test]
fn our_files_are_good_enough_for_users() {
    // What a secret looks like, and what AWS makes of a policy, is not for a repository to change.
    let ours_alone = ["schema/", "secrets/", "forms/", "policy/", "tagging/", "creating/", "encodings/"];
    let files = EMBEDDED.iter().filter(|(path, _)| !ours_alone.iter().any(|folder| path.starts_with(folder)));
    let files = files.map(|(path, text)| user(path, text)).collect();
    let facts = Facts::with_overrides(files).unwrap_or_else(|error| panic!("{error}: {:?}", error.help().map(|help| help.to_string())));
    for id in facts.services() {
        for channel in CHANNELS {
            assert_eq!(format!("{:?}", facts.tag_rules(id, channel)), format!("{:?}", Facts::builtin().tag_rules(id, channel)));
        }
    }
}

#[test]
fn every_fact_has_a_source_and_a_date() {
    let facts = Facts::builtin();
    for id in facts.services() {
        for channel in CHANNELS {
            for fact in facts_of(rules(facts, &id.0, channel)) {
                assert_sourced(&id.0, &fact.source, &fact.checked);
            }
        }
    }
    for operation in facts.operations() {
        assert_sourced(&operation.id, &operation.source, &operation.checked);
        assert!(!operation.notes.is_empty() && operation.notes.iter().all(|note| note.ends_with('.')), "{}: notes", operation.id);
    }
    for (path, file) in data().filter(|(path, _)| path.starts_with("terraform/")) {
        assert_sourced(path, file["source"].as_str().unwrap_or_default(), file["checked"].as_str().unwrap_or_default());
        assert!(file["version"].is_string(), "{path} names the version of the provider");
    }
    assert_eq!(facts.versions().len(), data().count(), "every file has a date");
}

#[test]
fn references_between_files_resolve() {
    let facts = Facts::builtin();
    for operation in facts.operations() {
        assert!(facts.tag_rules(&operation.service, Channel::Request).is_some(), "{}: {}", operation.id, operation.service);
        jsonschema::validator_for(&operation.schema).unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        references_of_operation(operation);
    }
    for (path, file) in data().filter(|(path, _)| path.starts_with("terraform/")) {
        let provider = path.trim_start_matches("terraform/").trim_end_matches(".json").split('-').next().expect("it has a name");
        for name in file["resources"].as_object().expect("the schema says so").keys() {
            assert!(name.starts_with(&format!("{provider}_")), "{path}: {name} would not be found");
            let resource = facts.resource_type(name).unwrap_or_else(|| panic!("{path}: {name}"));
            assert!(resource.tags.is_empty() || resource.service.is_some(), "{path}: {name} has tags but no service");
            let arguments = resource.tags.iter().flat_map(|tags| tags.service.iter().chain(tags.when.iter().map(|when| &when.service)));
            for id in arguments.chain(&resource.service) {
                assert!(facts.tag_rules(id, Channel::Terraform).is_some(), "{path}: {name}: {id}");
            }
        }
    }
}

/// Members, forms and parameters that an operation names are there.
fn references_of_operation(operation: &Operation) {
    let id = &operation.id;
    let has = |name: &str| assert!(operation.members().any(|member| member == name), "{id}: no member {name}");
    let parameters = operation.http.iter().flat_map(|http| &http.parameters);
    for (pointer, about) in operation.members.iter().chain(parameters.clone()) {
        let Some(name) = &about.form else { continue };
        let form = Facts::builtin().form(name).unwrap_or_else(|| panic!("{id}: {pointer}: no form {name}"));
        assert_sourced(name, &form.source, &form.checked);
        for taken in &about.takes {
            assert!(form.rows.iter().any(|row| row.id == *taken), "{id}: {pointer}: {name} has no {taken}");
        }
        assert!(!about.wants.is_empty(), "{id}: {pointer} says what it wants");
    }
    for (pointer, about) in &operation.members {
        assert!(!operation.schema_at(pointer).is_null(), "{id}: {pointer} is not in the schema");
        let other = about.not_region_of.as_ref();
        assert!(other.is_none_or(|other| operation.members.contains_key(other)), "{id}: {pointer}");
    }
    for (name, _) in parameters {
        assert!(operation.http.as_ref().is_some_and(|http| http.path.contains(&format!("{{{name}}}"))), "{id}: {name}");
    }
    operation.telling.iter().chain(&operation.without_effect_when_empty).for_each(|name| has(name));
    operation.tags.iter().filter_map(|tags| tags.member.as_ref()).for_each(|name| has(name));
    operation.not_together.iter().flat_map(|rule| rule.members.iter().chain(rule.when.keys())).for_each(|name| has(name));
    if let Some(policy) = &operation.policy {
        let name = policy.name.as_ref().map(|name| &name.member);
        [Some(&policy.member), name].into_iter().flatten().chain(policy.settings.values().flatten()).for_each(|name| has(name));
    }
    for glob in &operation.file_names {
        globset::Glob::new(glob).unwrap_or_else(|error| panic!("{id}: {error}"));
    }
}

/// The dates are found without parsing; here both ways give the same.
#[test]
fn every_date_is_found_in_the_text() {
    fn newest(value: &Value) -> Option<&str> {
        match value {
            Value::Object(object) => {
                let own = object.get("checked").and_then(Value::as_str);
                object.values().filter_map(newest).chain(own).max()
            }
            Value::Array(list) => list.iter().filter_map(newest).max(),
            _ => None,
        }
    }
    let parsed: BTreeMap<String, String> = data().filter_map(|(path, file)| Some((path.to_owned(), newest(&file)?.to_owned()))).collect();
    assert_eq!(Facts::builtin().versions(), parsed);
    assert!(parsed.len() > 20);
}

#[test]
fn a_request_is_filed_under_its_name() {
    let mut ids = Vec::new();
    for (path, file) in data().filter(|(path, _)| path.starts_with("requests/")) {
        let about = &file["x-taglint"];
        let (service, id) = (about["service"].as_str().unwrap_or_default(), about["id"].as_str().unwrap_or_default());
        let (_, operation) = id.split_once(':').expect("the schema says so");
        assert_eq!(path, format!("requests/{}/{operation}.schema.json", service.replace(':', "/")));
        ids.push(id.to_owned());
    }
    let known: Vec<_> = Facts::builtin().operations().iter().map(|operation| operation.id.clone()).collect();
    ids.sort();
    assert_eq!(known, ids);
}

/// Every figure again, typed from the source named beside it.
#[test]
fn the_figures_are_those_of_the_sources() {
    use Channel::{Request, Terraform};
    // service, channel; highest count with severity; key and value: most characters (characters, not bytes)
    let table = [
        // https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
        ("aws", Terraform, vec![(50, Error)], (1, 128), (0, 256)),
        ("aws", Request, vec![(50, Error)], (1, 128), (0, 256)),
        // https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
        ("aws:kms", Terraform, vec![(50, Error)], (1, 128), (0, 256)),
        ("aws:kms", Request, vec![(50, Error)], (1, 128), (0, 256)),
        // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
        ("aws:secretsmanager", Terraform, vec![(50, Error)], (1, 127), (0, 255)),
        ("aws:secretsmanager", Request, vec![(50, Error)], (1, 127), (0, 255)),
        // https://docs.otc.t-systems.com/key-management-service/api-ref/apis/key_management_service/cmk_management/adding_a_cmk_tag.html
        ("otc:kms", Terraform, vec![(10, Warning), (20, Error)], (1, 36), (0, 43)),
        ("otc:kms", Request, vec![(10, Warning), (20, Error)], (1, 36), (0, 43)),
    ];
    for (id, channel, count, key, value) in table {
        let rules = rules(Facts::builtin(), id, channel);
        let found: Vec<_> = rules.count.iter().map(|limit| (limit.max, limit.fact.severity)).collect();
        assert_eq!(found, count, "{id} {channel:?}");
        for (text, range) in [(&rules.key, key), (&rules.value, value)] {
            let first = &text.length[0];
            assert_eq!((first.min, first.max), range, "{id} {channel:?}");
            assert_eq!((first.unit, first.fact.severity), (LengthUnit::Characters, Error), "{id} {channel:?}");
        }
    }
}

#[test]
fn secrets_manager_names_the_other_figure() {
    for channel in CHANNELS {
        let rules = rules(Facts::builtin(), "aws:secretsmanager", channel);
        assert_eq!(rules.key.length[0].disputed, Some((128, "the API model says 128".into())));
        assert_eq!(rules.value.length[0].disputed, Some((256, "the API model says 256".into())));
    }
}

/// The severity with which a text is refused: its first character that is, whoever refuses it.
fn refused(text: &TextRules, given: &str) -> Vec<(String, char)> {
    let sets = text.characters.iter();
    sets.filter_map(|set| Some((format!("{} {}", set.fact.severity, set.fact.by), set.first_refused(given)?.1))).collect()
}

#[test]
fn characters_are_those_of_the_sources() {
    let facts = Facts::builtin();
    let sure = |id: &str, channel, place: Place, given: &str| {
        let rules = rules(facts, id, channel);
        refused(if place == Place::Key { &rules.key } else { &rules.value }, given)
    };
    for channel in CHANNELS {
        for place in [Place::Key, Place::Value] {
            for id in ["aws", "aws:kms", "aws:secretsmanager"] {
                assert_eq!(sure(id, channel, place, "Kostenstelle größe_.:/=+-@ 日本 ٣"), []);
            }
            assert_eq!(sure("aws", channel, place, "a&b"), [("warning AWS".into(), '&')]);
            assert_eq!(sure("aws:kms", channel, place, "a&b"), [("error AWS KMS".into(), '&')]);
            assert_eq!(sure("aws:kms", channel, place, "a\nb"), [("error AWS KMS".into(), '\n')]);
            assert_eq!(sure("aws:secretsmanager", channel, place, "a&b\n"), []);
        }
        for c in "*<>\\=\0\n\u{1f}".chars() {
            assert_eq!(sure("otc:kms", channel, Place::Value, &format!("a{c}")), [("error Open Telekom Cloud KMS".into(), c)]);
        }
        assert_eq!(sure("otc:kms", channel, Place::Value, "a.b: ü/\u{7f}"), []);
    }
    assert_eq!(sure("otc:kms", Channel::Request, Place::Key, "a.b: ü"), []);
    assert_eq!(sure("otc:kms", Channel::Terraform, Place::Key, "a.b"), [("error the opentelekomcloud provider".into(), '.')]);
    assert_eq!(sure("otc:kms", Channel::Terraform, Place::Key, "aZ0_@-"), []);
}

#[test]
fn the_opentelekomcloud_provider_counts_bytes() {
    let lengths = |channel, text: fn(&TagRules) -> &TextRules| {
        let limits = text(rules(Facts::builtin(), "otc:kms", channel)).length.iter();
        limits.map(|limit| (limit.max, limit.unit, limit.fact.by.as_str())).collect::<Vec<_>>()
    };
    let (service, provider) = ("Open Telekom Cloud KMS", "the opentelekomcloud provider");
    for (text, max) in [((|rules| &rules.key) as fn(&TagRules) -> &TextRules, 36), (|rules| &rules.value, 43)] {
        assert_eq!(lengths(Channel::Request, text), [(max, LengthUnit::Characters, service)]);
        assert_eq!(lengths(Channel::Terraform, text), [(max, LengthUnit::Characters, service), (max, LengthUnit::Bytes, provider)]);
    }
}

#[test]
fn reserved_prefixes_are_those_of_the_sources() {
    let table = [
        // service, key `aws:`, key `Aws:`, value `aws:`, value `AWS:`
        ("aws", [Some(Error), Some(Warning), Some(Warning), Some(Warning)]),
        ("aws:kms", [Some(Error), Some(Error), Some(Warning), Some(Warning)]),
        ("aws:secretsmanager", [Some(Error), Some(Warning), Some(Error), Some(Warning)]),
        ("otc:kms", [None; 4]),
    ];
    for (id, expected) in table {
        for channel in CHANNELS {
            let rules = rules(Facts::builtin(), id, channel);
            let severity = |place, text| rules.reserved_prefix_of(place, text).map(|reserved| reserved.fact.severity);
            let found = [(Place::Key, "aws:x"), (Place::Key, "Aws:x"), (Place::Value, "aws:x"), (Place::Value, "AWS:x")];
            assert_eq!(found.map(|(place, text)| severity(place, text)), expected, "{id} {channel:?}");
            assert!(rules.reserved_prefix_of(Place::Key, "aws").is_none() && rules.reserved_prefix_of(Place::Key, "awsx:").is_none());
        }
    }
}

#[test]
fn the_same_key_twice() {
    let table = [("aws", None), ("aws:kms", Some(Error)), ("aws:secretsmanager", Some(Warning)), ("otc:kms", Some(Error))];
    for (id, in_request) in table {
        let facts = Facts::builtin();
        let request = rules(facts, id, Channel::Request);
        assert_eq!(request.duplicate.as_ref().map(|fact| fact.severity), in_request, "{id}");
        assert!(request.repeated_in_map.is_none());
        let repeated = rules(facts, id, Channel::Terraform).repeated_in_map.as_ref().expect("maps are Terraform's");
        assert_eq!((repeated.severity, repeated.by.as_str()), (Warning, "Terraform"), "{id}");
    }
}

#[test]
fn what_the_service_answers() {
    let rules = rules(Facts::builtin(), "aws:kms", Channel::Request);
    assert_eq!(rules.count[0].fact.refused_with.as_deref(), Some("TagException \"Too many tags\""));
    assert_eq!(rules.count[0].fact.by, "AWS KMS");
    assert_eq!(rules.count[0].of, "tags on one key");
    assert_eq!(rules.key.length[0].fact.refused_with.as_deref(), Some("ValidationException"));
    let otc = self::rules(Facts::builtin(), "otc:kms", Channel::Request);
    assert_eq!(otc.key.length[0].fact.refused_with.as_deref(), Some("KMS.0411"));
    assert_eq!(otc.count[0].of, "tags in one request");
}

fn shape(resource: &ResourceType) -> Vec<(&str, TagShape)> {
    resource.tags.iter().map(|tags| (&*tags.path, tags.shape)).collect()
}

/// Where types write their tags, typed from the documentation of the provider:
/// https://registry.terraform.io/providers/hashicorp/aws/latest/docs and https://registry.terraform.io/providers/hashicorp/awscc/latest/docs
#[test]
fn shapes_of_tags() {
    use TagShape::{Entries, Map, Single};
    let facts = Facts::builtin();
    for (name, id, expected) in [
        ("aws_autoscaling_group", "aws:autoscaling", vec![("tag", Entries)]),
        ("aws_ec2_tag", "aws:ec2", vec![("", Single)]),
        ("aws_launch_template", "aws:ec2", vec![("tags", Map), ("tag_specifications.tags", Map)]),
        (
            "aws_instance",
            "aws:ec2",
            vec![("tags", Map), ("volume_tags", Map), ("ebs_block_device.tags", Map), ("root_block_device.tags", Map)],
        ),
        ("aws_s3_object", "aws:s3-object", vec![("tags", Map)]),
        ("aws_s3_bucket", "aws:s3-bucket", vec![("tags", Map)]),
        ("aws_iam_role", "aws:iam-principal", vec![("tags", Map)]),
        ("aws_iam_policy", "aws:iam", vec![("tags", Map)]),
        ("aws_db_instance", "aws:rds", vec![("tags", Map)]),
        ("aws_lb", "aws:elbv2", vec![("tags", Map)]),
        ("aws_elb", "aws:elb", vec![("tags", Map)]),
        ("aws_cloudwatch_log_group", "aws:logs", vec![("tags", Map)]),
        ("awscc_kms_key", "aws:kms", vec![("tags", Entries)]),
        ("awscc_iam_role", "aws:iam-principal", vec![("tags", Entries)]),
        ("awscc_ec2_vpc", "aws:ec2", vec![("tags", Entries)]),
        ("awscc_batch_job_queue", "aws:batch", vec![("tags", Map)]),
        ("awscc_certificatemanager_certificate", "aws:acm", vec![("tags", Entries)]),
    ] {
        let resource = facts.resource_type(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((shape(resource), resource.service.as_ref()), (expected, Some(&service(id))), "{name}");
    }
}

/// What looks like tags and is none: it chooses things by their tags, or labels something that is not AWS's.
#[test]
fn selectors_are_no_tags() {
    for name in [
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_metric",
        "aws_inspector_resource_group",
        "aws_cognito_identity_pool_provider_principal_tag",
        "aws_backup_selection",
        "aws_lakeformation_lf_tag",
        "awscc_devopsagent_association",
    ] {
        let tags = Facts::builtin().resource_type(name).map_or(0, |resource| resource.tags.len());
        assert_eq!(tags, 0, "{name}");
    }
    for name in ["aws_fms_policy", "aws_ce_cost_category", "aws_budgets_budget", "aws_vpc_ipam_pool", "aws_eks_node_group"] {
        let resource = Facts::builtin().resource_type(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(shape(resource), [("tags", TagShape::Map)], "{name}");
    }
}

/// The generated files are those that the generator of this state writes.
#[test]
fn generated_files_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("generate/tags");
    let mut sources: Vec<_> = fs::read_dir(&folder)
        .expect("the generator is here")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "py" || end == "txt"))
        .collect();
    sources.sort();
    let sources: Vec<u8> = sources.iter().flat_map(|path| fs::read(path).expect("it can be read")).collect();
    for (path, member) in [
        ("tags/aws-services.json", "services"),
        ("tagging/aws.json", "operations"),
        ("terraform/aws.json", "resources"),
        ("terraform/awscc.json", "resources"),
    ] {
        let text = EMBEDDED.iter().find(|(known, _)| *known == path).expect("it is embedded").1;
        let rows = text.find(&format!("  \"{member}\": {{\n")).expect("it has rows");
        let bytes = sources.iter().chain(text[rows..].strip_suffix("}\n").expect("it is an object").as_bytes());
        let fnv = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
        assert!(text.contains(&format!("\"generated\": \"{fnv:016x}\"")), "rules/{path}: run `python3 generate/tags`");
    }
}

/// A row is found by its line, which is faster than reading the file; here both ways give the same.
#[test]
fn every_row_is_found_by_its_line() {
    let facts = Facts::builtin();
    let (mut services, mut types) = (Vec::new(), Vec::new());
    for (path, file) in data() {
        let names = |member: &str| file[member].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if path.starts_with("tags/") {
            services.extend(names("services"));
        } else if path.starts_with("terraform/") {
            types.extend(names("resources"));
        }
    }
    services.sort();
    services.dedup();
    types.sort();
    types.dedup();
    assert_eq!(facts.services().map(|id| id.0.to_string()).collect::<Vec<_>>(), services);
    let mut found: Vec<&str> = facts.resource_types().collect();
    found.sort_unstable();
    assert_eq!(found, types);
}

#[test]
fn resource_types() {
    let facts = Facts::builtin();
    for (name, id, policies) in [
        ("aws_kms_key", "aws:kms", 1),
        ("aws_kms_replica_key", "aws:kms", 1),
        ("aws_kms_external_key", "aws:kms", 1),
        ("aws_kms_replica_external_key", "aws:kms", 1),
        ("aws_secretsmanager_secret", "aws:secretsmanager", 1),
        ("opentelekomcloud_kms_key_v1", "otc:kms", 0),
    ] {
        let resource = facts.resource_type(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((&*resource.name, &resource.service, resource.policies.len()), (name, &Some(service(id)), policies));
        assert_eq!(shape(resource), [("tags", TagShape::Map)], "{name}");
        assert_eq!(resource.tags[0].default_tags, name.starts_with("aws_"), "{name}");
    }
    for name in ["aws_nothing", "aws", "", "other_thing"] {
        assert_eq!(facts.resource_type(name), None, "{name}");
    }
}

#[test]
fn the_body_of_tag_resource() {
    let operation = Facts::builtin().requests().by_id("kms:TagResource").expect("it is known");
    assert_eq!((operation.id.as_str(), operation.target.as_deref()), ("kms:TagResource", Some("TrentService.TagResource")));
    assert_eq!(operation.errors[&RequestError::Missing], "ValidationException");
    assert!(operation.tags[0].open);
    let accepts = |body: Value| jsonschema::is_valid(&operation.schema, &body);
    let tags = |key: &str| json!([{ "TagKey": key, "TagValue": "" }]);
    assert!(accepts(json!({ "KeyId": "1234", "Tags": tags("a") })));
    assert!(accepts(json!({ "KeyId": "1234", "Tags": tags(&"é".repeat(128)) })));
    assert!(!accepts(json!({ "KeyId": "1234", "Tags": tags(&"é".repeat(129)) })));
    assert!(!accepts(json!({ "KeyId": "1234" })));
    assert!(!accepts(json!({ "KeyId": "", "Tags": tags("a") })));
    assert!(!accepts(json!({ "KeyId": "1234", "Tags": [{ "TagKey": "a" }] })));
    assert!(!accepts(json!({ "KeyId": "1234", "Tags": tags("a"), "tags": [] })));
}

fn user(path: &str, text: &str) -> UserFacts {
    UserFacts { path: path.into(), source: Arc::new(Source::new(SourceId(0), format!("tagging/{path}"), text.into())) }
}

#[test]
fn a_user_lays_facts_over_ours() {
    let tags = r#"{
      "source": "Tagging handbook, 3rd edition", "checked": "2026-10-01",
      "services": {
        "aws:kms": { "count": [{ "max": 3, "of": "tags on one key", "severity": "error", "by": "the handbook" }] },
        "acme:vault": {
          "name": "Acme Vault",
          "key": { "length": [{ "min": 1, "max": 8, "unit": "bytes", "severity": "warning", "checked": "2026-11-01" }] }
        },
        "acme:vault-2": { "extends": "acme:vault" }
      }
    }"#;
    let terraform = r#"{
      "source": "https://acme.example/provider", "checked": "2026-10-01",
      "resources": {
        "acme_vault": { "service": "acme:vault", "tags": [{ "path": "meta.labels", "shape": "map" }] },
        "aws_kms_key": { "tags": [{ "path": "tags", "shape": "map" }, { "path": "more_tags", "shape": "map" }] },
        "aws_acme_key": { "service": "aws:kms", "tags": [{ "path": "tags", "shape": "map" }] }
      }
    }"#;
    let requests = include_str!("../rules/requests/aws/kms/TagResource.schema.json").replace("kms:TagResource", "acme:Tag");
    let files = vec![user("tags/a.json", tags), user("terraform/a.json", terraform), user("requests/acme.schema.json", &requests)];
    let facts = Facts::with_overrides(files).expect("nothing is wrong with them");

    let kms = rules(&facts, "aws:kms", Channel::Terraform);
    assert_eq!(kms.count.iter().map(|limit| limit.max).collect::<Vec<_>>(), [3]);
    assert_eq!(kms.count[0].fact.source, "Tagging handbook, 3rd edition");
    assert_eq!(kms.count[0].fact.by, "the handbook");
    // What the user does not mention stays ours, source and all.
    assert_eq!(format!("{:?}", kms.key), format!("{:?}", rules(Facts::builtin(), "aws:kms", Channel::Terraform).key));
    assert_eq!(rules(&facts, "aws", Channel::Terraform).count[0].max, 50);
    assert_eq!(rules(Facts::builtin(), "aws:kms", Channel::Terraform).count[0].max, 50);

    let vault = rules(&facts, "acme:vault-2", Channel::Request);
    assert_eq!((vault.name.as_str(), vault.key.length[0].max), ("Acme Vault", 8));
    assert_eq!(vault.key.length[0].fact.by, "Acme Vault");
    assert_eq!(vault.key.length[0].fact.checked, "2026-11-01");
    assert!(vault.count.is_empty());

    let path = |name: &str| facts.resource_type(name).map(|resource| resource.tags.iter().map(|tags| &*tags.path).collect());
    assert_eq!(path("acme_vault"), Some(vec!["meta.labels"]));
    assert_eq!(path("aws_kms_key"), Some(vec!["tags", "more_tags"]));
    assert_eq!(path("aws_acme_key"), Some(vec!["tags"]));
    assert_eq!(path("aws_kms_replica_key"), Some(vec!["tags"]));
    assert_eq!(facts.resource_type("aws_kms_key").map(|resource| resource.policies.len()), Some(1));

    let ids: Vec<_> = facts.operations().iter().map(|operation| operation.id.as_str()).collect();
    assert!(ids.contains(&"acme:Tag") && ids.contains(&"kms:TagResource"), "{ids:?}");
    assert_eq!(facts.versions()["tagging/tags/a.json"], "2026-11-01");
    assert_eq!(facts.versions()["tags/platforms.json"], "2026-11-24");
}

/// Lays one file over our facts, which must fail, and gives the message, the help and the text it points at.
fn refusal(path: &str, text: &str) -> (String, Option<String>, String) {
    match Facts::with_overrides(vec![user(path, text)]).expect_err("the file is wrong") {
        FactsError::Content(error) => {
            let message = error.to_string();
            let message = message.strip_prefix(&format!("cannot use the facts in tagging/{path}: ")).expect("it names the file");
            (message.to_owned(), error.help.clone(), text[error.at.clone()].to_owned())
        }
        error => panic!("{error}"),
    }
}

/// A file of tag facts with one service.
fn tags_file(id: &str, service: &str) -> String {
    format!(r#"{{ "source": "handbook", "checked": "2026-10-01", "services": {{ "{id}": {service} }} }}"#)
}

#[test]
fn an_error_points_into_the_users_file() {
    let table = [
        (
            "an unknown member",
            tags_file("aws:kms", r#"{ "cuont": [] }"#),
            "`cuont` is not known here",
            Some("did you mean `count`?"),
            r#""cuont""#,
        ),
        (
            "an unknown member of a limit",
            tags_file("aws:kms", r#"{ "duplicate": { "severity": "error", "refusedwith": "" } }"#),
            "`refusedwith` is not known here",
            Some("did you mean `refused_with`?"),
            r#""refusedwith""#,
        ),
        (
            "a missing member",
            tags_file("aws:kms", r#"{ "count": [{ "max": 3, "severity": "error" }] }"#),
            "`of` is missing",
            None,
            r#"{ "max": 3, "severity": "error" }"#,
        ),
        (
            "a wrong type",
            tags_file("aws:kms", r#"{ "count": [{ "max": "3", "of": "tags", "severity": "error" }] }"#),
            "`max` must be of type integer",
            None,
            r#""3""#,
        ),
        (
            "a negative limit",
            tags_file("aws:kms", r#"{ "count": [{ "max": -3, "of": "tags", "severity": "error" }] }"#),
            "-3 is less than 0",
            None,
            "-3",
        ),
        (
            "a fraction",
            tags_file("aws:kms", r#"{ "count": [{ "max": 3.0, "of": "tags", "severity": "error" }] }"#),
            "3.0 must be written as an integer",
            None,
            "3.0",
        ),
        (
            "a limit that is none",
            tags_file("aws:kms", r#"{ "count": [{ "max": 1e30, "of": "tags", "severity": "error" }] }"#),
            "1e+30 is greater than 4294967295",
            None,
            "1e30",
        ),
        (
            "an unknown severity",
            tags_file("aws:kms", r#"{ "duplicate": { "severity": "eror" } }"#),
            "\"eror\" is not one of `error`, `warning`, `info`",
            Some("did you mean `error`?"),
            r#""eror""#,
        ),
        (
            "no date",
            r#"{ "source": "a/b~c", "services": { "aws:kms": { "duplicate": { "severity": "error" } } } }"#.into(),
            "the fact has no `checked`",
            Some("write `checked` here or in an object around it"),
            r#"{ "severity": "error" }"#,
        ),
        (
            "no day",
            r#"{ "checked": "01.10.2026", "services": {} }"#.into(),
            "\"01.10.2026\" is not a date",
            Some("write it as YYYY-MM-DD"),
            r#""01.10.2026""#,
        ),
        (
            "a service that extends nothing",
            tags_file("acme", r#"{ "extends": "aws:kmz" }"#),
            "service `aws:kmz` is not known",
            Some("did you mean `aws:kms`?"),
            r#""aws:kmz""#,
        ),
        ("a circle", tags_file("aws", r#"{ "extends": "aws:kms" }"#), "`aws` extends itself", None, r#""aws:kms""#),
        (
            "a service without name",
            tags_file("acme:vault", r#"{ "count": [] }"#),
            "service `acme:vault` has no `name`",
            Some("write `name`, or `extends` with a service that has one"),
            r#"{ "count": [] }"#,
        ),
        (
            "a regular expression",
            tags_file("aws:kms", r#"{ "key": { "characters": [{ "accepted": "[a-", "describe": "a", "severity": "error" }] } }"#),
            "the regular expression cannot be read: unclosed character class",
            Some("the syntax is that of https://docs.rs/regex"),
            r#""[a-""#,
        ),
        (
            "lengths the wrong way round",
            tags_file("aws:kms", r#"{ "key": { "length": [{ "min": 9, "max": 8, "unit": "bytes", "severity": "error" }] } }"#),
            "`min` is greater than `max`",
            None,
            r#"{ "min": 9, "max": 8, "unit": "bytes", "severity": "error" }"#,
        ),
    ];
    for (what, text, message, help, place) in table {
        assert_eq!(refusal("tags/a.json", &text), (message.into(), help.map(Into::into), place.into()), "{what}");
    }
}

#[test]
fn an_error_points_into_resource_types_and_requests() {
    let terraform = |row: &str| format!(r#"{{ "source": "handbook", "checked": "2026-10-01", "resources": {{ "acme_vault": {row} }} }}"#);
    let (message, _, place) = refusal("terraform/a.json", &terraform(r#"{ "service": "acme:vault" }"#));
    assert_eq!((message.as_str(), place.as_str()), ("service `acme:vault` is not known", r#""acme:vault""#));
    let (message, _, place) = refusal("terraform/a.json", &terraform(r#"{ "tags": [{ "path": "tags", "shape": "map" }] }"#));
    assert_eq!(
        (message.as_str(), place.as_str()),
        ("`acme_vault` has tags but no `service`", r#"{ "tags": [{ "path": "tags", "shape": "map" }] }"#)
    );
    let (message, help, place) = refusal("terraform/a.json", &terraform(r#"{ "tags": [{ "path": "tags", "shape": "mpa" }] }"#));
    assert_eq!((message.as_str(), place.as_str()), ("\"mpa\" is not one of `map`, `entries`, `single`", r#""mpa""#));
    assert_eq!(help.as_deref(), Some("did you mean `map`?"));

    let request = |about: &str| {
        format!(
            r#"{{ "type": "object", "properties": {{}}, "x-taglint": {{ "id": "acme:Tag", "source": "handbook", "checked": "2026-10-01", {about} }} }}"#
        )
    };
    let (message, _, place) = refusal("requests/a.schema.json", &request(r#""service": "acme:vault""#));
    assert_eq!((message.as_str(), place.as_str()), ("service `acme:vault` is not known", r#""acme:vault""#));
    let (message, _, place) = refusal("requests/a.schema.json", &request(r#""service": "aws:kms", "file_names": ["a", "[a"]"#));
    assert!(message.starts_with("the glob cannot be read: ") && place == r#""[a""#, "{message}: {place}");
    let one_of = r#"{ "type": "object", "properties": {}, "oneOf": [], "x-taglint": { "id": "acme:Tag", "service": "aws:kms" } }"#;
    let (message, _, place) = refusal("requests/a.schema.json", one_of);
    assert_eq!((message.as_str(), place.as_str()), ("`oneOf` is not known here", r#""oneOf""#));
}

#[test]
fn a_file_that_is_no_json_is_pointed_at() {
    let (message, _, place) = refusal("tags/a.json", "{\n  \"services\": é\n}");
    assert_eq!((message.as_str(), place.as_str()), ("it is not JSON: expected value", "é"));
    let (message, _, place) = refusal("tags/a.json", "{\n  \"services\": {}\n");
    assert!(message.starts_with("it is not JSON: EOF"), "{message}: {place}");
    let (message, _, place) = refusal("tags/a.json", "");
    assert!(message.starts_with("it is not JSON: EOF") && place.is_empty(), "{message}: {place}");
    assert!(Facts::with_overrides(vec![user("tags/a.json", "\u{feff}{ \"services\": {} }")]).is_ok());

    let error = Facts::with_overrides(vec![user("tag/a.json", "{}")]).expect_err("no kind has this name");
    assert_eq!(error.to_string(), "cannot use the facts in tagging/tag/a.json: the folder does not say what kind they are");
    assert!(error.help().is_some());
}

#[test]
fn the_first_of_several_errors_is_reported() {
    let text = r#"{ "zzz": 1, "services": { "aws": { "duplicate": 3 } }, "checked": 4 }"#;
    assert_eq!(refusal("tags/a.json", text).0, "`zzz` is not known here");
}

#[test]
fn a_diagnostic_has_its_label_and_its_text() {
    let text = tags_file("aws:kms", r#"{ "cuont": [] }"#);
    let error = Facts::with_overrides(vec![user("tags/a.json", &text)]).expect_err("`cuont` is no member");
    let labels: Vec<_> = error.labels().into_iter().flatten().collect();
    assert_eq!(&text[labels[0].offset()..][..labels[0].len()], r#""cuont""#);
    let source = error.source_code().expect("it has the text").read_span(labels[0].inner(), 0, 0).expect("the label is in the text");
    assert_eq!(source.name(), Some("tagging/tags/a.json"));
}
