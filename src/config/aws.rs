//! `[aws]`: where requests and configurations go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Word};

/// `[aws]`: the account, Region and partition that everything here is for. What is not said is unknown, and nothing is compared with it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AwsConfig {
    /// The account: twelve digits, as a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["111122223333"]))]
    pub account: Option<Word>,
    /// The Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["eu-central-1"]))]
    pub region: Option<Word>,
    /// The partition: the second word of its ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["aws"]))]
    pub partition: Option<Word>,
}

impl AwsConfig {
    /// Lays settings of higher rank over these.
    pub(super) fn overlaid(self, over: Self) -> Self {
        Self { account: over.account.or(self.account), region: over.region.or(self.region), partition: over.partition.or(self.partition) }
    }

    /// Checks that each setting can be a part of an ARN.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        const DIGITS: usize = 12;
        let is_account = |text: &str| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        wanted(self.account.as_ref(), is_account, "an account is twelve digits, as in `111122223333`")?;
        wanted(self.region.as_ref(), is_name, "a Region is written as in `eu-central-1`")?;
        wanted(self.partition.as_ref(), is_name, "a partition is written as in `aws` or `aws-cn`")
    }
}

fn wanted(word: Option<&Word>, fits: impl Fn(&str) -> bool, message: &str) -> Result<(), ConfigError> {
    match word.filter(|word| !fits(word.as_str())) {
        Some(word) => Err(ConfigError::Type { message: message.to_owned(), at: word.span() }),
        None => Ok(()),
    }
}
