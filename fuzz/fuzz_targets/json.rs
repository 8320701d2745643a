//! `RUSTC_BOOTSTRAP=1 cargo fuzz run json`
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::Facts,
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::{Source, SourceId},
    syntax::{Kind, NodeId, json},
};

mod nested;

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit"));

fuzz_target!(|bytes: &[u8]| {
    let tree = json::parse(&Arc::new(Source::new(SourceId(0), "request.json", bytes.to_vec())));
    nested::assert_nested(&tree);
    if let Some(root) = tree.root() {
        let _ = json::to_value(&tree, root);
    }
    for (at, node) in tree.nodes().iter().enumerate() {
        if node.kind == Kind::String {
            let text = json::decode(&tree, NodeId(at as u32));
            let span = text.span_of(0..text.decoded().len() as u32);
            assert!(span.start >= node.start && span.end <= node.end);
            nested::assert_nested(&json::parse_text(&text));
        }
    }
    let _ = analyze(&Project::from_texts([("a.kms-tag-resource.json", bytes), ("main.tf.json", bytes)]), &RULESET, Facts::builtin());
});
