//! What a configuration cannot take back: rules that are locked, and what a policy of the organisation asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Config, FailOn, RulesConfig, SeverityLevel, TagConfig, Word, names};
use crate::finding::{Meta, Severity};

/// Rules that run whatever a configuration says, and how grave their findings are at least.
#[derive(Debug, Clone, Default)]
pub struct Enforced {
    rules: BTreeMap<&'static str, Floor>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Floor {
    /// The least severity; without it the rule's own.
    severity: Option<Severity>,
    /// Nothing suppresses the findings.
    locked: bool,
}

impl Enforced {
    /// Whether nothing is enforced.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules whose findings always count.
    #[must_use]
    pub fn locked(&self) -> BTreeSet<String> {
        self.rules.iter().filter(|(_, floor)| floor.locked).map(|(id, _)| (*id).to_owned()).collect()
    }

    /// Adds the rules that `layer` locks. They keep at least the severity that they have in `so_far`: the layer over those below it.
    pub fn lock<'m>(&mut self, layer: &RulesConfig, so_far: &RulesConfig, metas: impl IntoIterator<Item = &'m &'static Meta>) {
        if layer.locked.values().any(|locked| *locked) {
            for meta in metas.into_iter().filter(|meta| layer.locks(meta)) {
                self.add(meta, so_far.severity_of(meta), true);
            }
        }
    }

    /// Adds what a policy asks for: the rules that it selects, locks, or gives a severity, and those that judge its tags.
    pub fn ask<'m>(&mut self, policy: &Config, metas: impl IntoIterator<Item = &'m &'static Meta>) {
        let rules = &policy.rules;
        for meta in metas {
            let level = rules.severity_of(meta);
            let of_tags = !policy.tags.is_empty() && TagConfig::RULES.contains(&meta.id);
            let is_asked =
                (rules.select.is_some() && rules.selects(meta)) || matches!(level, Some(SeverityLevel::On(_)) if rules.selects(meta));
            if rules.locks(meta) || is_asked || of_tags {
                self.add(meta, level, rules.locks(meta));
            }
        }
    }

    fn add(&mut self, meta: &'static Meta, level: Option<SeverityLevel>, locked: bool) {
        let floor = self.rules.entry(meta.id).or_default();
        if let Some(SeverityLevel::On(severity)) = level {
            floor.severity = Some(floor.severity.map_or(severity, |known| known.max(severity)));
        }
        floor.locked |= locked;
    }

    /// The settings with what is enforced put right: all of them, and those that are not of a policy. Groups are written out, rule by rule.
    #[must_use]
    pub fn over<'m>(
        &self,
        rules: &RulesConfig,
        repository: &RulesConfig,
        metas: impl IntoIterator<Item = &'m &'static Meta>,
    ) -> RulesConfig {
        let mut over = rules.clone();
        if self.is_empty() {
            return over;
        }
        over.ignore.clear();
        over.severity.clear();
        for meta in metas {
            let id = || Word::from(meta.id);
            let Some(floor) = self.rules.get(meta.id) else {
                if rules.ignore.iter().any(|word| names(word.as_str(), meta)) {
                    over.ignore.push(id());
                }
                let (level, own) = (rules.severity_of(meta), rules.severity.contains_key(meta.id));
                // The own line of a rule that is off by default would turn it on.
                if let Some(level) = level.filter(|level| own || !meta.optional || *level == SeverityLevel::Off) {
                    over.severity.insert(id(), level);
                }
                continue;
            };
            let level = match (repository.severity_of(meta), floor.severity) {
                (Some(SeverityLevel::On(given)), Some(least)) => Some(given.max(least)),
                (Some(SeverityLevel::On(given)), None) => Some(given).filter(|given| *given >= meta.severity),
                (Some(SeverityLevel::Off) | None, least) => least,
            };
            over.severity.extend(level.map(|level| (id(), SeverityLevel::On(level))));
            if !over.selects(meta) {
                over.select.get_or_insert_with(|| vec![Word::from(super::DEFAULT)]).push(id());
            }
        }
        over
    }
}

impl RulesConfig {
    /// Whether it locks the rule.
    fn locks(&self, rule: &Meta) -> bool {
        self.locked.iter().any(|(word, locked)| *locked && names(word.as_str(), rule))
    }
}

impl FailOn {
    /// The one of two that fails more runs.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        match (self, other) {
            (FailOn::Warning, _) | (_, FailOn::Warning) => FailOn::Warning,
            (FailOn::Error, _) | (_, FailOn::Error) => FailOn::Error,
            (FailOn::Never, FailOn::Never) => FailOn::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn meta(id: &'static str, severity: Severity, optional: bool) -> Meta {
        Meta { id, summary: "", docs: "", severity, since: "0.1.0", file: "", yields_to: &[], fixable: false, optional }
    }

    static COUNT: Meta = meta("tag-count", Severity::Error, false);
    static EMPTY: Meta = meta("tag-key-empty", Severity::Error, false);
    static SPELLING: Meta = meta("tag-key-spelling", Severity::Warning, true);
    static MISSING: Meta = meta("tag-required-missing", Severity::Warning, false);
    static METAS: [&Meta; 4] = [&COUNT, &EMPTY, &SPELLING, &MISSING];

    fn config(text: &str) -> Config {
        Config::parse(text).expect("it parses")
    }

    /// Which rules run under a policy, and the severity that they are given.
    fn run(policy: &str, own: &str) -> Vec<(&'static str, Option<Severity>)> {
        let mut enforced = Enforced::default();
        enforced.ask(&config(policy), &METAS);
        let rules = enforced.over(&config(policy).overlaid(config(own)).rules, &config(own).rules, &METAS);
        let level = |meta: &Meta| match rules.severity_of(meta) {
            Some(SeverityLevel::Off) => None,
            Some(SeverityLevel::On(severity)) => Some(Some(severity)),
            None => Some(None),
        };
        METAS.iter().filter(|meta| rules.selects(meta)).filter_map(|meta| Some((meta.id, level(meta)?))).collect()
    }

    #[test]
    fn what_a_policy_asks_for_may_be_made_stricter_only() {
        let locked = "[rules.locked]\ntag-count = true";
        for own in [
            "rules.ignore = ['tag-count']",
            "rules.ignore = ['tag', 'all']",
            "rules.select = ['tag-key-empty']",
            "rules.severity.tag-count = 'off'",
            "rules.severity.tag = 'info'",
            "rules.severity.all = 'off'",
            "rules.locked.tag-count = false",
        ] {
            assert!(run(locked, own).contains(&("tag-count", None)), "{own}: {:?}", run(locked, own));
        }
        let level = "[rules.severity]\ntag-required-missing = 'warning'";
        assert!(run(level, "rules.severity.tag = 'info'").contains(&("tag-required-missing", Some(Severity::Warning))));
        assert!(run(level, "rules.severity.tag = 'error'").contains(&("tag-required-missing", Some(Severity::Error))));
        assert!(run(level, "rules.ignore = ['tag']").contains(&("tag-required-missing", Some(Severity::Warning))));
        let tags = "[[tags]]\nkey = 'Team'";
        assert_eq!(run(tags, "rules.ignore = ['tag']"), [("tag-required-missing", None)]);
    }

    #[test]
    fn what_a_policy_does_not_ask_for_is_the_repositorys() {
        let policy = "rules.ignore = ['tag-count']\n[rules.locked]\ntag-key-empty = true";
        let ids = |own: &str| run(policy, own).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(""), ["tag-key-empty", "tag-required-missing"]);
        assert_eq!(ids("rules.select = ['tag-count']"), ["tag-count", "tag-key-empty"]);
        assert_eq!(ids("rules.ignore = ['tag']"), ["tag-key-empty"]);
        assert_eq!(ids("rules.severity.tag = 'info'"), ["tag-key-empty", "tag-required-missing"]);
        assert_eq!(ids("rules.severity.tag-key-spelling = 'info'"), ["tag-key-empty", "tag-key-spelling", "tag-required-missing"]);
        let optional = "[rules.locked]\ntag-key-spelling = true";
        assert!(run(optional, "").contains(&("tag-key-spelling", None)));
    }

    #[test]
    fn a_locked_rule_keeps_the_severity_of_the_file_that_locks_it() {
        let file = config("[rules]\nlocked = { tag-count = true }\nseverity = { tag-count = 'warning' }");
        let mut enforced = Enforced::default();
        enforced.lock(&file.rules, &file.rules, &METAS);
        let flags = config("rules.ignore = ['tag-count']\nrules.severity.tag-count = 'info'");
        let rules = file.clone().overlaid(flags).rules;
        let rules = enforced.over(&rules, &rules, &METAS);
        assert!(rules.selects(&COUNT));
        assert_eq!(rules.severity_of(&COUNT), Some(SeverityLevel::On(Severity::Warning)));
        assert_eq!(enforced.locked(), BTreeSet::from(["tag-count".to_owned()]));
    }

    #[test]
    fn the_stricter_end_wins() {
        use FailOn::{Error, Never, Warning};
        assert_eq!([Error.stricter(Never), Never.stricter(Warning), Error.stricter(Warning)], [Error, Warning, Warning]);
    }
}
