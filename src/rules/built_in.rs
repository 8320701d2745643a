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
    /// Deletes the name from the comment, or the comment where no other name is left; or the exception.
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
    /// Writes the nearest name, or what a comment that cannot be read was most likely meant to be; where nothing is near, deletes the name or
    /// the comment. Unsafe: another name may be meant, or one of a newer taglint. `taglint rules` lists the names.
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
    /// Deletes the comment or the exception.
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
    /// Write the reason: `# taglint: ignore[rule] -- reason`. The unsafe fix deletes the comment or the exception, and what
    /// it hid is reported again.
    "suppression-without-reason", "an ignore comment gives no reason", Info, since "0.1.0", fixable true
};

/// An expression that Terraform refuses.
pub static TERRAFORM_EXPRESSION: Meta = meta! {
    /// ## What it checks
    /// Expressions on the way to tags or a policy which Terraform refuses when it plans: a function that does not take its argument, an
    /// attribute or element that does not exist, an operator between values that do not fit.
    ///
    /// ## Why
    /// `terraform plan` stops there. What depends on the value cannot be judged.
    ///
    /// ## Example
    /// ```hcl,bad
    /// locals {
    ///   team = { name = "core" }
    /// }
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = local.team.nmae }
    /// }
    /// ```
    /// ```hcl,good
    /// locals {
    ///   team = { name = "core" }
    /// }
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = local.team.name }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Correct the expression at the place shown.
    "terraform-expression", "Terraform refuses an expression", Error, since "0.1.0"
};

/// A value that needs itself, or a module that calls itself.
pub static TERRAFORM_CYCLE: Meta = meta! {
    /// ## What it checks
    /// Local values, variables and outputs that need their own value, and modules that call themselves, on the way to tags or a policy.
    ///
    /// ## Why
    /// Terraform refuses the configuration. What depends on the value cannot be judged.
    ///
    /// ## Example
    /// ```hcl,bad
    /// locals {
    ///   team  = local.owner
    ///   owner = local.team
    /// }
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = local.team }
    /// }
    /// ```
    /// ```hcl,good
    /// locals {
    ///   team  = local.owner
    ///   owner = "core"
    /// }
    /// resource "aws_kms_key" "k" {
    ///   tags = { team = local.team }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Break the circle: one of the values must not need the others.
    "terraform-cycle", "a value needs itself", Error, since "0.1.0"
};

/// An argument of a module call that does not fit the module.
pub static TERRAFORM_MODULE_ARGUMENT: Meta = meta! {
    /// ## What it checks
    /// Arguments of `module` blocks which the called module has no variable for, and variables without a default that a call gives no value.
    ///
    /// ## Why
    /// Terraform refuses the configuration.
    ///
    /// ## Example
    /// ```hcl,bad
    /// module "key" {
    ///   source = "./key"
    ///   tag    = { team = "core" }
    /// }
    /// # file: key/main.tf
    /// variable "tags" { default = {} }
    /// ```
    /// ```hcl,good
    /// module "key" {
    ///   source = "./key"
    ///   tags   = { team = "core" }
    /// }
    /// # file: key/main.tf
    /// variable "tags" { default = {} }
    /// ```
    ///
    /// ## Fix
    /// Pass what the module takes.
    "terraform-module-argument", "an argument of a module call does not fit the module", Error, since "0.1.0"
};

/// Something that is too large to evaluate.
pub static TERRAFORM_TOO_LARGE: Meta = meta! {
    /// ## What it checks
    /// Configurations with more instances, or more steps of evaluation, than taglint goes through. The rest is still checked.
    ///
    /// ## Why
    /// What is not evaluated is not judged, so the run is incomplete.
    ///
    /// ## Example
    /// ```hcl,bad
    /// resource "aws_kms_key" "k" {
    ///   count = 100000000
    ///   tags  = { team = "core" }
    /// }
    /// ```
    /// ```hcl,good
    /// resource "aws_kms_key" "k" {
    ///   count = 100
    ///   tags  = { team = "core" }
    /// }
    /// ```
    ///
    /// ## Fix
    /// Nothing in the configuration need be wrong. Check parts of it separately.
    "terraform-too-large", "something is too large to evaluate", Warning, since "0.1.0"
};
