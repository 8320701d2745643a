//! `RUSTC_BOOTSTRAP=1 cargo fuzz run hcl`
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
    syntax::hcl,
};

mod nested;

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::new(RULES, &RulesConfig::default()).expect("the defaults fit"));

fuzz_target!(|bytes: &[u8]| {
    nested::assert_nested(&hcl::parse(&Arc::new(Source::new(SourceId(0), "main.tf", bytes.to_vec()))));
    let _ = analyze(&Project::from_texts([("main.tf", bytes)]), &RULESET, Facts::builtin());
});
