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
    /// ## Covers
    /// `json-syntax`, `json-trailing-data`
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
    /// Ignore comments and exceptions of the configuration that answer no finding, or name a rule that is locked. Only rules that ran are
    /// looked at.
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
    /// Deletes the name from the comment, or the comment where no other name is left.
    "suppression-unused", "an ignore comment answers no finding", Warning, since "0.1.0", fixable true
};

/// An ignore comment that names a rule which does not exist.
pub static SUPPRESSION_UNKNOWN_RULE: Meta = meta! {
    /// ## What it checks
    /// Ignore comments that name a rule taglint does not have, or no rule at all, or that cannot be read.
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
    /// Writes the nearest name. Unsafe: another one may be meant. `taglint rules` lists the names.
    "suppression-unknown-rule", "an ignore comment names a rule that does not exist", Warning, since "0.1.0", fixable true
};

/// An ignore comment whose day has passed.
pub static SUPPRESSION_EXPIRED: Meta = meta! {
    /// ## What it checks
    /// Ignore comments and exceptions of the configuration whose `until` has passed. What they hid is reported again.
    ///
    /// ## Why
    /// The exception was meant for a time, and that time is over.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" } # taglint: ignore[tag-key-empty] until=2020-06-30 -- until the migration is done
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = "core" }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Deletes the comment.
    "suppression-expired", "an ignore comment has expired", Warning, since "0.1.0", fixable true
};

/// An ignore comment without a reason.
pub static SUPPRESSION_WITHOUT_REASON: Meta = meta! {
    /// ## What it checks
    /// Ignore comments and exceptions of the configuration without a reason. An error with `--require-ignore-reason`.
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
    /// Write the reason: `# taglint: ignore[rule] -- reason`. The unsafe fix deletes the comment, and what it hid is reported again.
    "suppression-without-reason", "an ignore comment gives no reason", Info, since "0.1.0", fixable true
};
