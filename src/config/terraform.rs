//! `[terraform]`: what is said about Terraform configurations from outside.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Word;

/// `[terraform]`: what the files do not say and Terraform learns elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TerraformConfig {
    /// The workspace that `terraform.workspace` names. Without it, that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Word", extend("default" = null, "examples" = ["prod"]))]
    pub workspace: Option<Word>,
    /// Files with values for the variables of root modules, relative to this file; the last one wins. `--var-file` names further ones.
    #[schemars(extend("examples" = [["envs/prod.tfvars"]]))]
    pub var_files: Vec<Word>,
    /// Tags that the AWS provider gets from its environment, as `TF_AWS_DEFAULT_TAGS_<KEY>`.
    #[schemars(with = "BTreeMap<String, String>", extend("examples" = [{ "Owner": "platform" }]))]
    pub ambient_default_tags: BTreeMap<Word, Word>,
}

impl TerraformConfig {
    /// Lays settings of higher rank over these.
    pub(super) fn overlaid(self, over: Self) -> Self {
        let mut ambient_default_tags = self.ambient_default_tags;
        ambient_default_tags.extend(over.ambient_default_tags);
        Self {
            workspace: over.workspace.or(self.workspace),
            var_files: if over.var_files.is_empty() { self.var_files } else { over.var_files },
            ambient_default_tags,
        }
    }
}
