//! Names of resources, taken apart: `arn:partition:service:region:account:resource`.
//!
//! The scheme and the six parts are the grammar of such names, as the dots are in a host. What may stand in a part is in `rules/policy/`.

use super::fits;

/// What every name begins with.
const SCHEME: &str = "arn";
const PARTS: usize = 6;

/// A name in its parts; what is not there is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    scheme: &'a str,
    /// Whose cloud: one of the partitions.
    pub partition: &'a str,
    /// The service.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// What it is, and its name.
    pub resource: &'a str,
    /// All six parts are there.
    pub is_whole: bool,
}

impl<'a> Arn<'a> {
    /// Takes any text apart, a name or not.
    #[must_use]
    pub fn split(written: &'a str) -> Self {
        let mut parts = [""; PARTS];
        let (mut found, mut start) = (0, 0);
        for (at, byte) in written.bytes().enumerate() {
            if byte == b':' {
                parts[found] = &written[start..at];
                (found, start) = (found + 1, at + 1);
                if found == PARTS - 1 {
                    break;
                }
            }
        }
        parts[found] = &written[start..];
        let [scheme, partition, service, region, account, resource] = parts;
        Self { scheme, partition, service, region, account, resource, is_whole: found == PARTS - 1 }
    }

    /// A name with its six parts.
    #[must_use]
    pub fn of(written: &'a str) -> Option<Self> {
        Some(Self::split(written)).filter(|arn| arn.is_whole && arn.has_scheme())
    }

    /// Whether it begins as a name does.
    #[must_use]
    pub fn has_scheme(&self) -> bool {
        self.scheme == SCHEME
    }

    /// The word in front of a kind's names: `role` of `role/path/App`.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.resource.split('/').next().unwrap_or(self.resource)
    }
}

/// Whether a text begins as a name does.
#[must_use]
pub fn is_arn(written: &str) -> bool {
    written.strip_prefix(SCHEME).is_some_and(|rest| rest.starts_with(':'))
}

/// Whether a pattern with `*` and `?` fits names: it has the six parts.
#[must_use]
pub fn is_arn_pattern(written: &str) -> bool {
    let arn = Arn::split(written);
    written == "*" || (arn.is_whole && fits(arn.scheme, SCHEME))
}

/// The partition in the beginning of a name, where it is there to its end.
#[must_use]
pub fn partition_in(beginning: &str) -> Option<&str> {
    Some(beginning.strip_prefix(SCHEME)?.strip_prefix(':')?.split_once(':')?.0)
}

/// A name without a Region.
#[must_use]
pub fn write(partition: &str, service: &str, account: &str, resource: &str) -> String {
    format!("{SCHEME}:{partition}:{service}::{account}:{resource}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_six_parts() {
        let arn = Arn::of("arn:aws:iam::111122223333:role/a:b/c").expect("it is one");
        assert_eq!((arn.partition, arn.service, arn.region, arn.account), ("aws", "iam", "", "111122223333"));
        assert_eq!((arn.resource, arn.kind()), ("role/a:b/c", "role"));
        assert_eq!(Arn::of("arn:aws:iam::111122223333"), None);
        assert_eq!(Arn::of("urn:aws:iam::111122223333:root"), None);
        assert!(is_arn_pattern("*") && is_arn_pattern("arn:aws:s3:::bucket") && is_arn_pattern("arn:*:sns:*:*:*"));
        assert!(!is_arn_pattern("topic-a") && !is_arn_pattern("arn:aws:s3"));
        assert!(is_arn("arn:aws") && !is_arn("arnold") && !is_arn("arn"));
    }
}
