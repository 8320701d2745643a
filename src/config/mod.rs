//! `taglint.toml`: its types, and what can be wrong with it. Finding and reading the file is the binary's job.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Meta, Severity};

mod aws;
mod day;
mod enforce;
mod error;
mod ignore;
mod kms;
mod tags;
mod terraform;
mod version;
mod word;

pub use aws::AwsConfig;
pub use day::{Day, NoDay};
pub use enforce::Enforced;
pub use error::ConfigError;
pub use ignore::{IgnoreConfig, Place};
pub use kms::KmsConfig;
pub use tags::{KeyCase, TagConfig, TagSchema, TagSource, TagSpec};
pub use terraform::TerraformConfig;
pub use word::Word;

/// File names that hold a configuration, in the order in which a directory is searched for them.
pub const NAMES: [&str; 4] = [".taglint.toml", "taglint.toml", ".config/taglint.toml", ".github/taglint.toml"];

/// What `taglint.toml` may say.
///
/// Paths and patterns are relative to the directory that the file configures: its own, or the one above `.config` and `.github`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// The versions of taglint that may check this project, like `>=0.1, <1`. Another version stops with exit code 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = [">=0.1, <1"]))]
    pub required_version: Option<Word>,
    /// Files of settings that hold where this one says nothing else, from the lowest to the highest. A file that is extended may extend
    /// others.
    #[schemars(extend("examples" = [["../taglint-base.toml"]]))]
    pub extends: Vec<Word>,
    /// The least severity that makes a run fail with exit code 1: `error`, `warning`, or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "FailOn", extend("default" = "warning", "examples" = ["error"]))]
    pub fail_on: Option<FailOn>,
    /// The least severity that is shown to people. Files for machines always hold everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Severity", extend("default" = "warning", "examples" = ["info"]))]
    pub min_severity: Option<Severity>,
    /// Whether an ignore comment needs a reason after `--`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool", extend("default" = false, "examples" = [true]))]
    pub require_ignore_reason: Option<bool>,
    /// Directories of further facts, laid over the built-in ones: same folders, same schemas.
    #[schemars(extend("examples" = [["./tagging"]]))]
    pub facts: Vec<Word>,
    /// Which files are looked at.
    pub files: FilesConfig,
    /// The AWS account that everything here is for.
    pub aws: AwsConfig,
    /// What Terraform learns from outside the files.
    pub terraform: TerraformConfig,
    /// Who sets key policies, and which other accounts are ours.
    pub kms: KmsConfig,
    /// Which rules run, and how.
    pub rules: RulesConfig,
    /// What the organisation asks of its tags: keys that must be there, values, letter case, and where they are set.
    #[schemars(extend("examples" = [[{ "key": "CostCenter", "required-for": ["aws_*", "!aws_iam_*"], "pattern": "^\\d{4}$" }]]))]
    pub tags: Vec<TagConfig>,
    /// JSON files that are request bodies, and of which operation. For files that taglint does not recognise by itself.
    #[schemars(extend("examples" = [[{ "files": "requests/tag-*.json", "operation": "kms:TagResource" }]]))]
    pub requests: Vec<RequestFiles>,
    /// Exceptions for findings at places that cannot hold a comment, such as JSON files.
    #[serde(deserialize_with = "ignore::placed")]
    #[schemars(extend("examples" = [[{ "rule": "tag-key-characters", "path": "legacy/**", "reason": "decommissioned in Q2" }]]))]
    pub ignore: Vec<IgnoreConfig>,
    /// The file of known findings that `taglint baseline` keeps: they are not reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["taglint-baseline.json"]))]
    pub baseline: Option<Word>,
}

/// `[files]`: which files are looked at.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FilesConfig {
    /// Patterns of files and directories to leave out. Without a `/` a pattern matches a name at any depth; `**` crosses directories.
    #[schemars(extend("examples" = [["examples", "legacy/**/*.tf"]]))]
    pub exclude: Vec<Word>,
}

/// `[rules]`: which rules run, and how. Wherever a rule is named, a group (`tag`) or `all` may stand instead.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RulesConfig {
    /// The rules that run. `default` stands for those that run without this setting, and a group for those of them that belong to it;
    /// `all` also for the rules that are off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Word>", extend("default" = ["default"], "examples" = [["default", "tag-key-spelling"]]))]
    pub select: Option<Vec<Word>>,
    /// The rules that do not run, even if selected.
    #[schemars(extend("examples" = [["tag-reserved-prefix"]]))]
    pub ignore: Vec<Word>,
    /// Other severities for the findings of a rule; `off` disables it. A rule's own line goes before its group's, and that before `all`.
    /// The own line of a rule that is off by default turns it on.
    #[schemars(with = "BTreeMap<String, SeverityLevel>", extend("examples" = [{ "tag": "error", "tag-reserved-prefix": "warning" }]))]
    pub severity: BTreeMap<Word, SeverityLevel>,
    /// Rules that nothing takes back: no ignore comment, no exception, no baseline, no `ignore`, no lower severity and no flag. A file that
    /// others extend, or a policy (`--policy`), holds them for all of these.
    #[schemars(with = "BTreeMap<String, bool>", extend("examples" = [{ "policy-public": true }]))]
    pub locked: BTreeMap<Word, bool>,
    /// Options of single rules, by rule id. `taglint explain RULE` lists what a rule takes.
    #[schemars(with = "BTreeMap<String, serde_json::Map<String, serde_json::Value>>", extend("examples" = [{ "a-rule": { "option": true } }]))]
    pub options: BTreeMap<Word, toml::Value>,
}

/// `[[requests]]`: files that hold requests of one operation.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestFiles {
    /// A pattern of files, as in `files.exclude`.
    #[schemars(extend("examples" = ["requests/tag-*.json"]))]
    pub files: Word,
    /// The operation, `<service>:<Operation>`.
    #[schemars(extend("examples" = ["kms:TagResource"]))]
    pub operation: Word,
}

/// The least severity that makes a run fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Errors and warnings.
    #[default]
    Warning,
    /// Nothing: findings never fail a run.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes a run fail.
    #[must_use]
    pub fn counts(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity == Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Never => false,
        }
    }
}

/// What the configuration makes of a rule's severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeverityLevel {
    /// The rule does not run.
    Off,
    /// All findings of the rule have this severity.
    On(Severity),
}

/// The words for [`SeverityLevel`].
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "SeverityLevel")]
enum LevelName {
    /// The provider will reject it, or it certainly does not do what it says.
    Error,
    /// Accepted but dangerous, without effect, or probably not meant.
    Warning,
    /// Worth knowing.
    Info,
    /// Not checked.
    Off,
}

impl<'de> Deserialize<'de> for SeverityLevel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match LevelName::deserialize(deserializer)? {
            LevelName::Error => SeverityLevel::On(Severity::Error),
            LevelName::Warning => SeverityLevel::On(Severity::Warning),
            LevelName::Info => SeverityLevel::On(Severity::Info),
            LevelName::Off => SeverityLevel::Off,
        })
    }
}

impl Serialize for SeverityLevel {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = match self {
            SeverityLevel::On(Severity::Error) => LevelName::Error,
            SeverityLevel::On(Severity::Warning) => LevelName::Warning,
            SeverityLevel::On(Severity::Info) => LevelName::Info,
            SeverityLevel::Off => LevelName::Off,
        };
        name.serialize(serializer)
    }
}

impl JsonSchema for SeverityLevel {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        LevelName::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        LevelName::json_schema(generator)
    }
}

impl Config {
    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// [`ConfigError`], with the place in `text`, where it is not TOML, says what taglint does not know, or asks for another version.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::of(&error, text))?;
        if let Some(required) = &config.required_version {
            version::check(required, env!("CARGO_PKG_VERSION"))?;
        }
        config.aws.check()?;
        config.kms.check()?;
        for glob in config.files.exclude.iter().chain(config.requests.iter().map(|request| &request.files)) {
            glob.check_glob()?;
        }
        config.ignore.iter().try_for_each(IgnoreConfig::check)?;
        config.tags.iter().try_for_each(TagConfig::check)?;
        Ok(config)
    }

    /// Lays settings of higher rank over these.
    ///
    /// Single values and lists replace. Lists that leave something out add up, but for `rules.ignore` under a new `rules.select`: who selects
    /// anew means it.
    #[must_use]
    pub fn overlaid(self, over: Self) -> Self {
        let mut rules = self.rules;
        if over.rules.select.is_some() {
            rules.select = over.rules.select;
            rules.ignore.clear();
        }
        rules.ignore.extend(over.rules.ignore);
        rules.severity.extend(over.rules.severity);
        for (rule, locked) in over.rules.locked {
            *rules.locked.entry(rule).or_default() |= locked;
        }
        rules.options.extend(over.rules.options);
        let mut exclude = self.files.exclude;
        exclude.extend(over.files.exclude);
        Self {
            required_version: over.required_version.or(self.required_version),
            extends: if over.extends.is_empty() { self.extends } else { over.extends },
            fail_on: over.fail_on.or(self.fail_on),
            min_severity: over.min_severity.or(self.min_severity),
            require_ignore_reason: over.require_ignore_reason.or(self.require_ignore_reason),
            facts: if over.facts.is_empty() { self.facts } else { over.facts },
            files: FilesConfig { exclude },
            aws: self.aws.overlaid(over.aws),
            terraform: self.terraform.overlaid(over.terraform),
            kms: self.kms.overlaid(over.kms),
            rules,
            tags: self.tags.into_iter().chain(over.tags).collect(),
            requests: if over.requests.is_empty() { self.requests } else { over.requests },
            ignore: self.ignore.into_iter().chain(over.ignore).collect(),
            baseline: over.baseline.or(self.baseline),
        }
    }

    /// Puts these settings under a policy of the organisation: what they would loosen stays as the policy has it. Rules are
    /// [`Enforced`] apart from that.
    #[must_use]
    pub fn under(self, policy: &Self) -> Self {
        let fail_on = match (self.fail_on, policy.fail_on) {
            (own, Some(asked)) => Some(own.unwrap_or_default().stricter(asked)),
            (own, None) => own,
        };
        let asked = policy.require_ignore_reason == Some(true);
        let require_ignore_reason = if asked { Some(true) } else { self.require_ignore_reason };
        let mut rules = self.rules;
        rules.options.extend(policy.rules.options.clone());
        Self {
            fail_on,
            require_ignore_reason,
            facts: if policy.facts.is_empty() { self.facts } else { policy.facts.clone() },
            aws: self.aws.overlaid(policy.aws.clone()),
            terraform: self.terraform.overlaid(policy.terraform.clone()),
            kms: self.kms.overlaid(policy.kms.clone()),
            rules,
            ..self
        }
    }

    /// The JSON Schema of the file.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Config)
    }
}

impl RulesConfig {
    /// Whether the rule is selected and not ignored.
    #[must_use]
    pub fn selects(&self, rule: &Meta) -> bool {
        // A severity of its own asks for a rule that would not run without.
        let by_default = !rule.optional || matches!(self.severity.get(rule.id), Some(SeverityLevel::On(_)));
        let takes = |word: &Word| match word.as_str() {
            ALL => true,
            DEFAULT => by_default,
            word => word == rule.id || (word == rule.group() && by_default),
        };
        let selected = self.select.as_ref().map_or(by_default, |list| list.iter().any(takes));
        selected && !self.ignore.iter().any(|word| names(word.as_str(), rule))
    }

    /// What the configuration makes of the rule's severity, if it says anything.
    #[must_use]
    pub fn severity_of(&self, rule: &Meta) -> Option<SeverityLevel> {
        [rule.id, rule.group(), ALL].iter().find_map(|name| self.severity.get(*name).copied())
    }

    /// The options of the rule with this id, if there are any.
    #[must_use]
    pub fn options_of(&self, id: &str) -> Option<&toml::Value> {
        self.options.get(id)
    }

    /// Checks every rule and group that is named here against those that exist.
    ///
    /// # Errors
    /// [`ConfigError::UnknownRule`] for the first name that does not exist.
    pub fn check_names<'a>(&self, rules: impl IntoIterator<Item = &'a Meta>) -> Result<(), ConfigError> {
        let mut ids = Vec::new();
        let mut known = vec![ALL];
        for rule in rules {
            ids.push(rule.id);
            known.extend([rule.id, rule.group()]);
        }
        for word in self.ignore.iter().chain(self.severity.keys()).chain(self.locked.keys()) {
            word.check_rule(&known)?;
        }
        known.push(DEFAULT);
        for word in self.select.iter().flatten() {
            word.check_rule(&known)?;
        }
        self.options.keys().try_for_each(|word| word.check_rule(&ids))
    }

    /// The error for options that the rule with this id does not take.
    #[must_use]
    pub fn bad_options(&self, id: &str, error: &toml::de::Error) -> ConfigError {
        let at = self.options.get_key_value(id).and_then(|(word, _)| word.span());
        let message =
            error.message().trim().replace("there are no fields", "and the rule takes none").replace("unknown field", "there is no option");
        ConfigError::Options { rule: id.to_owned(), message, at }
    }
}

/// The word for every rule.
const ALL: &str = "all";

/// The word for every rule that runs without being asked for.
const DEFAULT: &str = "default";

fn names(word: &str, rule: &Meta) -> bool {
    word == ALL || word == rule.id || word == rule.group()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> ConfigError {
        Config::parse(text).expect_err("it is wrong")
    }

    fn labelled<'a>(text: &'a str, error: &ConfigError) -> &'a str {
        use miette::Diagnostic;
        let label = error.labels().and_then(|mut labels| labels.next()).expect("there is a label");
        &text[label.offset()..label.offset() + label.len()]
    }

    fn help(error: &ConfigError) -> String {
        use miette::Diagnostic;
        error.help().map(|help| help.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_key_that_does_not_exist_offers_the_nearest_one() {
        for (text, key, nearest) in [
            ("fail-no = 'error'", "fail-no", "fail-on"),
            ("[files]\nexclud = []", "exclud", "exclude"),
            ("[rules]\nselects = []", "selects", "select"),
            ("[[requests]]\nfile = 'a'\noperation = 'kms:TagResource'", "file", "files"),
        ] {
            let error = error(text);
            assert!(matches!(&error, ConfigError::UnknownKey { key: found, .. } if found == key), "{error:?}");
            assert_eq!(labelled(text, &error), key);
            assert!(help(&error).contains(&format!("did you mean `{nearest}`")), "{}", help(&error));
        }
    }

    #[test]
    fn a_value_that_does_not_exist_offers_the_nearest_one() {
        let text = "[rules.severity]\n\"tag\" = \"warn\"";
        let error = error(text);
        assert!(matches!(&error, ConfigError::UnknownValue { value, .. } if value == "warn"), "{error:?}");
        assert_eq!(labelled(text, &error), "\"warn\"");
        assert!(help(&error).contains("`warning`"), "{}", help(&error));
    }

    #[test]
    fn a_wrong_type_is_labelled() {
        let text = "[files]\nexclude = 'x'";
        let error = error(text);
        assert!(matches!(error, ConfigError::Type { .. }), "{error:?}");
        assert_eq!(labelled(text, &error), "'x'");
    }

    #[test]
    fn a_bad_pattern_is_labelled() {
        let text = "[files]\nexclude = ['ok', 'a[']";
        let error = error(text);
        assert!(matches!(error, ConfigError::Glob { .. }), "{error:?}");
        assert_eq!(labelled(text, &error), "'a['");
    }

    #[test]
    fn an_account_is_twelve_digits() {
        for (text, place) in
            [("[aws]\naccount = '1111'", "'1111'"), ("[aws]\nregion = 'Frankfurt'", "'Frankfurt'"), ("[aws]\npartition = ''", "''")]
        {
            let error = error(text);
            assert!(matches!(error, ConfigError::Type { .. }), "{error:?}");
            assert_eq!(labelled(text, &error), place);
        }
        let config = Config::parse("[aws]\naccount = '111122223333'\nregion = 'eu-central-1'\npartition = 'aws'").expect("it parses");
        assert_eq!(config.aws.account.as_ref().map(Word::as_str), Some("111122223333"));
    }

    #[test]
    fn an_exception_has_a_place_and_perhaps_a_day() {
        let read = |text: &str| Config::parse(&format!("[[ignore]]\nrule = 'tag-count'\n{text}"));
        let until = |text: &str| read(text).expect("it parses").ignore[0].until.expect("a day").to_string();
        assert_eq!(until("path = 'a'\nuntil = 2027-06-30"), "2027-06-30");
        assert_eq!(until("address = 'module.a[\"x\"].*'\nuntil = '2027-06-30'"), "2027-06-30");
        assert!(matches!(read(""), Err(ConfigError::NoPlace { .. })));
        assert!(matches!(read("path = 'a['"), Err(ConfigError::Glob { .. })));
        let text = "[[ignore]]\nrule = 'tag-count'\npath = 'a'\nuntil = 2027-06-30T10:00:00";
        let error = error(text);
        assert!(matches!(error, ConfigError::Type { .. }), "{error:?}");
        assert_eq!(labelled(text, &error), "2027-06-30T10:00:00");
    }

    #[test]
    fn a_rule_that_is_off_by_default_runs_where_it_is_asked_for() {
        let rule = |id, optional| Meta {
            id,
            summary: "",
            docs: "",
            severity: Severity::Warning,
            since: "0.1.0",
            file: "",
            yields_to: &[],
            fixable: false,
            optional,
        };
        let (usual, extra) = (rule("tag-count", false), rule("tag-key-spelling", true));
        for (text, runs) in [
            ("", [true, false]),
            ("select = ['default']", [true, false]),
            ("select = ['tag']", [true, false]),
            ("select = ['all']", [true, true]),
            ("select = ['default', 'tag-key-spelling']", [true, true]),
            ("select = ['tag-key-spelling']", [false, true]),
            ("select = ['all']\nignore = ['tag-key-spelling']", [true, false]),
            ("[rules.severity]\ntag-key-spelling = 'info'", [true, true]),
            ("[rules.severity]\ntag = 'info'", [true, false]),
            ("[rules.severity]\ntag-key-spelling = 'off'", [true, false]),
            ("select = ['tag-count']\n[rules.severity]\ntag-key-spelling = 'info'", [true, false]),
        ] {
            let config = Config::parse(&format!("[rules]\n{text}").replace("[rules]\n[", "[")).expect("it parses");
            assert_eq!([&usual, &extra].map(|rule| config.rules.selects(rule)), runs, "{text}");
            assert!(config.rules.check_names([&usual, &extra]).is_ok(), "{text}");
        }
        for text in ["ignore = ['default']", "severity = { default = 'info' }"] {
            let config = Config::parse(&format!("[rules]\n{text}")).expect("it parses");
            assert!(config.rules.check_names([&usual, &extra]).is_err(), "{text}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        assert!(matches!(error("required-version = '>=99'"), ConfigError::Version { .. }));
        assert!(matches!(error("required-version = 'new'"), ConfigError::VersionSyntax { .. }));
        assert!(Config::parse("required-version = '>=0.1, <99'").is_ok());
    }

    #[test]
    fn a_rule_that_does_not_exist_is_labelled_and_offers_the_nearest_one() {
        static RULE: Meta = Meta {
            id: "tag-key-length",
            summary: "",
            docs: "",
            severity: Severity::Error,
            since: "0.1.0",
            file: "",
            yields_to: &[],
            fixable: false,
            optional: false,
        };
        let text = "[rules]\nignore = ['tag', 'tag-key-lenght']\n[rules.options.tag-key-length]\nx = 1";
        let config = Config::parse(text).expect("it parses");
        let error = config.rules.check_names([&RULE]).expect_err("one is wrong");
        assert_eq!(labelled(text, &error), "'tag-key-lenght'");
        assert!(help(&error).contains("`tag-key-length`"), "{}", help(&error));
        assert!(config.rules.options_of("tag-key-length").is_some());
        assert!(!config.rules.selects(&RULE), "its group is ignored");
    }

    #[test]
    fn every_setting_has_docs_a_default_and_an_example() {
        let schema = serde_json::to_value(Config::schema()).expect("a schema is JSON");
        for object in schema["$defs"].as_object().expect("there are definitions").values().chain([&schema]) {
            let required = object["required"].as_array().cloned().unwrap_or_default();
            for (name, property) in object["properties"].as_object().into_iter().flatten() {
                assert!(property["description"].is_string(), "{name} has no docs");
                let table = property.get("$ref").is_some() && ["files", "rules", "aws", "kms", "terraform"].contains(&name.as_str());
                assert!(table || property.get("examples").is_some(), "{name} has no example");
                assert!(required.contains(&name.as_str().into()) || property.get("default").is_some(), "{name} has no default");
            }
        }
    }
}
