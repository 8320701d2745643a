use super::quote;
use crate::{
    config::KeyCase as Case,
    finding::{Meta, Severity, meta},
    fix::{Fix, Safety},
    origin::HasOrigin,
    rule::{Context, NoOptions, Rule},
    subject::TagSet,
};

pub struct KeyCase;

impl Rule for KeyCase {
    const META: Meta = meta! {
        /// ## What it checks
        /// Keys of `[[tags]]` in `taglint.toml` that are written in another letter case. An error; with `case = "insensitive-warn"` a
        /// warning.
        ///
        /// ## Why
        /// To almost every service `costcenter` and `CostCenter` are two tags, and what looks for one does not find the other.
        ///
        /// ## Example
        /// ```toml,config
        /// [[tags]]
        /// key = "CostCenter"
        /// ```
        /// ```hcl,bad
        /// resource "aws_kms_key" "k" {
        ///   tags = { costcenter = "4711" }
        /// }
        /// ```
        /// ```hcl,good
        /// resource "aws_kms_key" "k" {
        ///   tags = { CostCenter = "4711" }
        /// }
        /// ```
        ///
        /// ## Fix
        /// Writes the key as the configuration has it. Unsafe: something else may look for the key as it is.
        "tag-key-case", "tag key is written in another letter case than is asked for", Error, since "0.1.0", fixable true
    };
    type Subject = TagSet;
    type Options = NoOptions;

    fn check(set: &TagSet, _: &NoOptions, cx: &mut Context<'_>) {
        for spec in cx.schema().filter(|spec| !spec.forbidden) {
            for tag in &set.tags {
                let Some(key) = tag.key.known().filter(|key| *key != spec.key && spec.speaks_of(key)) else { continue };
                // Where both are there, the wanted one does what it should.
                if set.tags.iter().any(|other| other.key.known() == Some(&spec.key)) {
                    continue;
                }
                let severity = match spec.case {
                    Case::Exact => Severity::Error,
                    Case::InsensitiveWarn => Severity::Warning,
                };
                let fix = tag
                    .key
                    .is_verbatim()
                    .then(|| Fix::replace(tag.key.origin().span, spec.key.as_str(), Safety::Unsafe, format!("write `{}`", spec.key)));
                let message = format!("tag key {} is to be written {}", quote(key), quote(&spec.key));
                let report = cx.report(&tag.key, message).severity(severity).label("another letter case").identity(key);
                let report = report.help(format!("write {}", quote(&spec.key)));
                if let Some(fix) = fix {
                    report.fix(fix);
                }
            }
        }
    }
}
