//! Numbers as Terraform writes them.

use std::sync::Arc;

/// A decimal number of any size, as Terraform writes it: no exponent, no trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Arc<str>);

/// The largest exponent that is written out.
const MAX_EXPONENT: i64 = 4096;

impl Number {
    /// Reads a literal such as `12`, `0.50` or `1e3`; `None` where it is no number or its digits would fill a page.
    #[must_use]
    pub fn parse(literal: &str) -> Option<Self> {
        let (negative, literal) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let exponent: i64 = exponent.parse().ok().filter(|exponent: &i64| exponent.abs() <= MAX_EXPONENT)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let point = whole.len() as i64 + exponent;
        let (whole, fraction) = if point <= 0 {
            (String::new(), format!("{}{digits}", "0".repeat(point.unsigned_abs() as usize)))
        } else if point as usize >= digits.len() {
            (format!("{digits}{}", "0".repeat(point as usize - digits.len())), String::new())
        } else {
            (digits[..point as usize].to_owned(), digits[point as usize..].to_owned())
        };
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if negative && (whole != "0" || !fraction.is_empty()) { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{fraction}").into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self.0.strip_prefix('-') {
            Some(positive) => Self(positive.into()),
            None if &*self.0 == "0" => self.clone(),
            None => Self(format!("-{}", self.0).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let written = |literal| Number::parse(literal).map(|number| number.as_str().to_owned());
        for (literal, expected) in
            [("12", "12"), ("0.50", "0.5"), ("1e3", "1000"), ("1.5E+2", "150"), ("25e-2", "0.25"), ("007", "7"), ("0.0", "0"), ("-0", "0")]
        {
            assert_eq!(written(literal).as_deref(), Some(expected), "{literal}");
        }
        assert_eq!(written("1e99999"), None);
        assert_eq!(written("1.2.3"), None);
    }
}
