//! `[kms]`: who sets key policies, and which other accounts are ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Word};

/// `[kms]`: who sets key policies, and which other accounts are ours.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct KmsConfig {
    /// ARNs of the users and roles that deploy; `*` and `?` are wildcards. One of them must be able to change a key's policy again.
    #[schemars(extend("examples" = [["arn:aws:iam::111122223333:role/deploy-*"]]))]
    pub deployers: Vec<Word>,
    /// Other accounts whose access to keys and secrets needs no word.
    #[schemars(extend("examples" = [["444455556666"]]))]
    pub trusted_accounts: Vec<Word>,
}

impl KmsConfig {
    /// Lays settings of higher rank over these: a list that is not empty replaces.
    pub(super) fn overlaid(self, over: Self) -> Self {
        let replaced = |own: Vec<Word>, over: Vec<Word>| if over.is_empty() { own } else { over };
        Self {
            deployers: replaced(self.deployers, over.deployers),
            trusted_accounts: replaced(self.trusted_accounts, over.trusted_accounts),
        }
    }

    /// Checks that accounts and ARNs have the form of one.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        const DIGITS: usize = 12;
        let is_account = |text: &str| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = |word: &Word, message: &str| Err(ConfigError::Type { message: message.to_owned(), at: word.span() });
        if let Some(word) = self.trusted_accounts.iter().find(|word| !is_account(word.as_str())) {
            return wrong(word, "an account is twelve digits, as in `444455556666`");
        }
        match self.deployers.iter().find(|word| !word.as_str().starts_with("arn:")) {
            Some(word) => wrong(word, "a deployer is an ARN, as in `arn:aws:iam::111122223333:role/deploy`"),
            None => Ok(()),
        }
    }
}
