//! What the analysis reports itself, without a subject: files that do not parse, and ignore comments that do nothing.

use crate::finding::{Meta, meta};

/// A file that is not HCL.
pub static SYNTAX_HCL: Meta = meta! {
    /// ## What it checks
    /// That a Terraform file can be read. The rest of the file is still checked.
    ///
    /// ## Why
    /// Terraform refuses the whole directory.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core"
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Mend the syntax at the place shown.
    "syntax-hcl", "the file is not valid HCL", Error, since "0.1.0"
};

/// A file that is not JSON.
pub static SYNTAX_JSON: Meta = meta! {
    /// ## What it checks
    /// That a JSON file which is a request, or which Terraform reads, can be read. The rest of the file is still checked. Other JSON files are not judged.
    ///
    /// ## Why
    /// The service or Terraform refuses the file.
    ///
    /// ## Example
    /// ```json,bad
    /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "team", "TagValue": "core" }, ] }
    /// ```
    /// ```json,good
    /// { "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Tags": [ { "TagKey": "team", "TagValue": "core" } ] }
    /// ```
    ///
    /// ## Fix
    /// Mend the syntax at the place shown.
    "syntax-json", "the file is not valid JSON", Error, since "0.1.0"
};

/// An ignore comment that answers no finding.
pub static SUPPRESSION_UNUSED: Meta = meta! {
    /// ## What it checks
    /// Ignore comments that answer no finding. Only rules that ran are looked at.
    ///
    /// ## Why
    /// A comment that ignores nothing hides the next real finding.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" } # taglint: ignore[tag-key-empty] -- no longer needed
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Delete the comment.
    "suppression-unused", "an ignore comment answers no finding", Warning, since "0.1.0"
};

/// An ignore comment that names a rule which does not exist.
pub static SUPPRESSION_UNKNOWN_RULE: Meta = meta! {
    /// ## What it checks
    /// Ignore comments that name a rule taglint does not have, or no rule at all.
    ///
    /// ## Why
    /// Such a comment ignores nothing.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" } # taglint: ignore[tag-key-emty] -- misspelt
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Correct the name, or delete the comment. `taglint rules` lists the names.
    "suppression-unknown-rule", "an ignore comment names a rule that does not exist", Warning, since "0.1.0"
};

/// An ignore comment without a reason.
pub static SUPPRESSION_WITHOUT_REASON: Meta = meta! {
    /// ## What it checks
    /// Ignore comments without a reason after `--`. An error with `--require-ignore-reason`.
    ///
    /// ## Why
    /// The next reader cannot tell whether the reason still holds.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   tags = { "" = "core" } # taglint: ignore[tag-key-empty]
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   tags = { "" = "core" } # taglint: ignore[tag-key-empty] -- test data for the audit job
    /// }
    /// ```
    ///
    /// ## Fix
    /// Write the reason: `# taglint: ignore[rule] -- reason`.
    "suppression-without-reason", "an ignore comment gives no reason", Info, since "0.1.0"
};
