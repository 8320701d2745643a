//! Numbers as Terraform computes and writes them.

mod float;

use std::{
    cmp::Ordering,
    fmt,
    sync::{Arc, OnceLock},
};

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use self::float::Float;

/// A number: binary, with 512 bits where it is written in the configuration. Written without exponent and in as few digits as tell it apart.
#[derive(Clone)]
pub struct Number(Arc<Inner>);

/// Why an operation has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNumber {
    /// Infinity less infinity, zero by zero and the like.
    Undefined,
    /// Its digits would fill many pages.
    OutOfRange,
}

struct Inner {
    float: Float,
    text: OnceLock<Box<str>>,
}

/// The precision of numbers that are written.
const WRITTEN: u64 = 512;

/// The precision of numbers that Go has as integers: lengths, indexes, counts.
const MACHINE: u64 = 64;

/// The largest exponent that is written out.
const MAX_EXPONENT: i64 = 4096;

/// The largest binary exponent of a product or a quotient.
const MAX_MAGNITUDE: i64 = 1 << 17;

/// The most digits that are read.
const MAX_DIGITS: usize = 10_000;

impl Number {
    fn of(float: Float) -> Self {
        Self(Arc::new(Inner { float, text: OnceLock::new() }))
    }

    /// Reads a number such as `12`, `-0.50`, `.5`, `1e3` or `inf`; `None` where it is none or its digits would fill a page.
    #[must_use]
    pub fn parse(literal: &str) -> Option<Self> {
        let unsigned = literal.strip_prefix(['-', '+']).unwrap_or(literal);
        if matches!(unsigned, "inf" | "Inf") {
            return Some(Self::infinity(literal.starts_with('-')));
        }
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let exponent: i64 = exponent.parse().ok().filter(|exponent: &i64| exponent.abs() <= MAX_EXPONENT)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = BigUint::parse_bytes(digits.as_bytes(), 10)?;
        Some(Self::of(Float::from_decimal(literal.starts_with('-'), digits, exponent - fraction.len() as i64, WRITTEN)))
    }

    /// More than every number that has digits, or less.
    #[must_use]
    pub fn infinity(negative: bool) -> Self {
        Self::of(Float::infinity(negative, WRITTEN))
    }

    /// A length, an index, a count.
    #[must_use]
    pub fn from_i64(integer: i64) -> Self {
        Self::of(Float::from_integer(&integer.into(), MACHINE))
    }

    /// An integer of any size.
    #[must_use]
    pub fn from_integer(integer: &BigInt) -> Self {
        Self::of(Float::from_integer(integer, integer.bits().max(MACHINE)))
    }

    /// A machine's number; `None` for what is no number.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        Float::from_f64(value).map(Self::of)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.text.get_or_init(|| self.0.float.to_decimal().into())
    }

    /// Whether it is more or less than every number that has digits. It has none, and `fixed` and the like are not for it.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        self.0.float.infinite
    }

    /// As `%f` writes its magnitude, with so many digits behind the point.
    #[must_use]
    pub fn fixed(&self, precision: usize) -> String {
        let (digits, point) = self.0.float.rounded_digits(precision as i64, true);
        let digit = |at: i64| usize::try_from(at).ok().and_then(|at| digits.as_bytes().get(at)).map_or('0', |byte| char::from(*byte));
        let mut written: String = (0..point.max(1)).map(|at| if point > 0 { digit(at) } else { '0' }).collect();
        if precision > 0 {
            written.push('.');
            written.extend((0..precision as i64).map(|at| digit(point + at)));
        }
        written
    }

    /// As `%e` writes its magnitude; without a precision in as many digits as tell it apart.
    #[must_use]
    pub fn scientific(&self, precision: Option<usize>) -> String {
        let (mut digits, point) = match precision {
            Some(precision) => self.0.float.rounded_digits(precision as i64 + 1, false),
            None => self.0.float.shortest_digits(),
        };
        let exponent = if digits.is_empty() { 0 } else { point - 1 };
        let wanted = precision.map_or(1, |precision| precision + 1);
        while digits.len() < wanted {
            digits.push('0');
        }
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }

    /// As `%g` writes its magnitude: with an exponent where that is large or small.
    #[must_use]
    pub fn general(&self, precision: Option<usize>) -> String {
        let precision = precision.map(|precision| precision.max(1));
        let (digits, point) = match precision {
            Some(precision) => self.0.float.rounded_digits(precision as i64, false),
            None => self.0.float.shortest_digits(),
        };
        let exponent = point - 1;
        let mut limit = precision.map_or(6, |precision| precision as i64);
        if precision.is_some() && limit > digits.len() as i64 && digits.len() as i64 >= point {
            limit = digits.len() as i64;
        }
        if digits.is_empty() {
            return "0".to_owned();
        }
        if exponent < -4 || exponent >= limit {
            return self.scientific(Some(digits.len() - 1));
        }
        self.fixed(usize::try_from(digits.len() as i64 - point).unwrap_or(0))
    }

    /// In at most ten digits, with an exponent where the number is very large or small: as Go's `String` writes it.
    #[must_use]
    pub fn short(&self) -> String {
        if self.is_infinite() {
            return self.as_str().to_owned();
        }
        let value = self.to_f64();
        if value == 0.0 {
            return "0".to_owned();
        }
        let scientific = format!("{value:.9e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        if !(-4..10).contains(&exponent) {
            return format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
        }
        let fixed = format!("{value:.*}", usize::try_from(9 - exponent).unwrap_or(0));
        if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { fixed }
    }

    /// The nearest number of a machine.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.float.to_f64()
    }

    /// The integer it is; `None` where it has a fraction or needs more than 64 bits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_integer() { self.truncated().to_i64() } else { None }
    }

    /// Whether it has no fraction.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.0.float.is_integer()
    }

    /// Without its fraction.
    #[must_use]
    pub fn truncated(&self) -> BigInt {
        self.0.float.truncated()
    }

    /// The largest integer that is not above it.
    #[must_use]
    pub fn floor(&self) -> Self {
        if self.is_infinite() {
            return self.clone();
        }
        let below = if self.is_negative() && !self.is_integer() { 1 } else { 0 };
        Self::of(Float::from_integer(&(self.truncated() - below), self.0.float.precision()))
    }

    /// The smallest integer that is not below it.
    #[must_use]
    pub fn ceil(&self) -> Self {
        if self.is_infinite() {
            return self.clone();
        }
        let above = if !self.is_negative() && !self.is_integer() { 1 } else { 0 };
        Self::of(Float::from_integer(&(self.truncated() + above), self.0.float.precision()))
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self::of(self.0.float.negated())
    }

    /// Whether it has a minus sign; zero may.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.float.negative
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.float.is_zero()
    }

    /// The sum.
    ///
    /// # Errors
    /// For infinity and the opposite one.
    pub fn add(&self, other: &Self) -> Result<Self, NoNumber> {
        self.0.float.add(&other.0.float).map(Self::of).ok_or(NoNumber::Undefined)
    }

    /// The difference.
    ///
    /// # Errors
    /// For infinity less itself.
    pub fn subtract(&self, other: &Self) -> Result<Self, NoNumber> {
        self.add(&other.negated())
    }

    /// The product.
    ///
    /// # Errors
    /// For zero times infinity, and where its digits would fill many pages.
    pub fn multiply(&self, other: &Self) -> Result<Self, NoNumber> {
        Self::written(self.0.float.multiply(&other.0.float))
    }

    /// The quotient: infinite where what is not zero is divided by it.
    ///
    /// # Errors
    /// For zero by zero and infinity by infinity, and where its digits would fill many pages.
    pub fn divide(&self, other: &Self) -> Result<Self, NoNumber> {
        Self::written(self.0.float.divide(&other.0.float))
    }

    fn written(float: Option<Float>) -> Result<Self, NoNumber> {
        let float = float.ok_or(NoNumber::Undefined)?;
        if float.magnitude().abs() <= MAX_MAGNITUDE { Ok(Self::of(float)) } else { Err(NoNumber::OutOfRange) }
    }

    /// What a division leaves, with the sign and the precision of the dividend. Of a division by zero all of it is left.
    ///
    /// # Errors
    /// For infinities, unless they are divided by zero.
    pub fn remainder(&self, other: &Self) -> Result<Self, NoNumber> {
        if other.is_zero() {
            return Ok(self.clone());
        }
        if self.is_infinite() || other.is_infinite() {
            return Err(NoNumber::Undefined);
        }
        let (left, right) = (&self.0.float, &other.0.float);
        let precision = left.precision();
        let quotient = left.divide(right).ok_or(NoNumber::Undefined)?;
        let whole = Float::from_integer(&quotient.truncated(), precision);
        let product = right.multiply(&whole).ok_or(NoNumber::Undefined)?.with_precision(precision);
        let rest = left.add(&product.negated()).ok_or(NoNumber::Undefined)?;
        Ok(Self::of(rest.with_precision(precision)))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.float.compare(&other.0.float)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(literal: &str) -> Number {
        Number::parse(literal).unwrap_or_else(|| panic!("{literal}"))
    }

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let written = |literal| Number::parse(literal).map(|number| number.as_str().to_owned());
        for (literal, expected) in [
            ("12", "12"),
            ("0.50", "0.5"),
            ("1e3", "1000"),
            ("1.5E+2", "150"),
            ("25e-2", "0.25"),
            ("007", "7"),
            ("0.0", "0"),
            ("-0", "-0"),
            ("0.1", "0.1"),
            ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
            ("1e-30", "0.000000000000000000000000000001"),
        ] {
            assert_eq!(written(literal).as_deref(), Some(expected), "{literal}");
        }
        assert_eq!(written("1e99999"), None);
        assert_eq!(written("1.2.3"), None);
        assert_eq!(written("."), None);
    }

    /// Answers of `terraform console`, version 1.11.4.
    #[test]
    fn arithmetic_has_512_bits_or_those_of_a_machine() {
        let third = number("1").divide(&number("3")).expect("not zero");
        assert_eq!(third.as_str(), format!("0.{}5", "3".repeat(154)));
        let third = Number::from_i64(1).divide(&Number::from_i64(3)).expect("not zero");
        assert_eq!(third.as_str(), "0.33333333333333333334");
        assert_eq!(number("0.1").add(&number("0.2")).expect("finite").as_str(), "0.3");
        assert_eq!(number("-7").remainder(&number("3")).expect("finite").as_str(), "-1");
        assert_eq!(number("5.5").remainder(&number("2")).expect("finite").as_str(), "1.5");
        assert_eq!((number("-1.5").floor().as_str(), number("-1.5").ceil().as_str()), ("-2", "-1"));
        assert_eq!(number("1").divide(&number("0")).expect("infinite").as_str(), "+Inf");
        assert_eq!(number("1").remainder(&number("0")).expect("finite").as_str(), "1");
        assert_eq!((number("0").multiply(&number("-1")).expect("small").as_str(), number("-0.5").ceil().as_str()), ("-0", "0"));
        assert_eq!(Number::from_f64(0.1).expect("finite").remainder(&number("7")).expect("finite").as_str(), "0.1");
        let power = Number::from_f64(2f64.powi(600)).expect("finite");
        assert_eq!(power.as_str(), format!("4149515568880993{}", "0".repeat(165)));
    }

    #[test]
    fn numbers_that_fill_pages_are_not_computed() {
        let (mut large, mut small) = (number("1e4000"), number("1e-4000"));
        for _ in 0..3 {
            (large, small) = (large.multiply(&large).expect("not yet"), small.multiply(&small).expect("not yet"));
        }
        assert_eq!(large.as_str().len(), 32_001);
        assert!(small.as_str().starts_with("0.000"));
        let too_large = |made: Result<Number, NoNumber>| made == Err(NoNumber::OutOfRange);
        assert!(too_large(large.multiply(&large)) && too_large(small.multiply(&small)));
        assert!(too_large(large.divide(&small)) && too_large(small.divide(&large)));
        assert_eq!(large.divide(&large).expect("one").as_str(), "1");
    }

    #[test]
    fn machine_numbers_come_and_go() {
        for value in [0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, f64::MAX] {
            assert_eq!(Number::from_f64(value).expect("finite").to_f64().to_bits(), value.to_bits());
        }
        assert_eq!(Number::from_f64(0.1).expect("finite").as_str(), "0.1");
        assert!(Number::from_f64(f64::NAN).is_none());
        assert_eq!(number("9223372036854775807").to_i64(), Some(i64::MAX));
        assert_eq!(number("9223372036854775808").to_i64(), None);
    }
}
