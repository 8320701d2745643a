//! Version requirements: `>=0.1, <1`.

use super::{ConfigError, Word};

type Version = [u64; 3];

/// Checks a version of taglint against what a project requires.
pub(super) fn check(required: &Word, version: &str) -> Result<(), ConfigError> {
    let syntax = || ConfigError::VersionSyntax { text: required.to_string(), at: required.span() };
    let current = parse(version).map(|(version, _)| version).ok_or_else(syntax)?;
    let mut met = true;
    for part in required.as_str().split(',') {
        met &= meets(part.trim(), current).ok_or_else(syntax)?;
    }
    if met {
        Ok(())
    } else {
        Err(ConfigError::Version { required: required.to_string(), version: version.to_owned(), at: required.span() })
    }
}

/// Whether `current` meets one part of a requirement; `None` if it is none.
fn meets(part: &str, current: Version) -> Option<bool> {
    let digits = part.find(|c: char| c.is_ascii_digit())?;
    let (operator, wanted) = part.split_at(digits);
    let (wanted, written) = parse(wanted)?;
    Some(match operator.trim_end() {
        "" | "=" => current[..written] == wanted[..written],
        "!=" => current[..written] != wanted[..written],
        ">=" => current >= wanted,
        ">" => current > wanted,
        "<=" => current <= wanted,
        "<" => current < wanted,
        "~>" => current >= wanted && current[..written.max(2) - 1] == wanted[..written.max(2) - 1],
        _ => return None,
    })
}

/// A version, and how many of its numbers were written.
fn parse(text: &str) -> Option<(Version, usize)> {
    let mut version = Version::default();
    let mut written = 0;
    for number in text.trim().split('.') {
        *version.get_mut(written)? = number.parse().ok()?;
        written += 1;
    }
    Some((version, written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_compare_as_terraform_s_do() {
        for (part, expected) in [
            (">=1.2", Some(true)),
            (">1.2.3", Some(false)),
            ("1.2", Some(true)),
            ("!= 1.2.3", Some(false)),
            ("<2", Some(true)),
            ("~> 1.0", Some(true)),
            ("~> 1.1.9", Some(false)),
            ("~> 1.2.1", Some(true)),
            ("^1", None),
            ("", None),
            (">=1.2.3.4", None),
        ] {
            assert_eq!(meets(part, [1, 2, 3]), expected, "{part}");
        }
    }
}
