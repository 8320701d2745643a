//! `RUSTC_BOOTSTRAP=1 cargo fuzz run hcl`
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use taglint::{
    analysis::analyze,
    config::RulesConfig,
    facts::Facts,
    project::Project,
    rule::Ruleset,
    rules::RULES,
    source::{Source, SourceId},
    syntax::hcl,
};

mod nested;

fuzz_target!(|bytes: &[u8]| {
    nested::assert_nested(&hcl::parse(&Arc::new(Source::new(SourceId(0), "main.tf", bytes.to_vec()))));
    let ruleset = Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit");
    let _ = analyze(&Project::from_texts([("main.tf", bytes)]), &ruleset, Facts::builtin());
});
