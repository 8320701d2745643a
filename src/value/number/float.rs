//! Binary numbers of bounded precision, rounded to nearest even: what Go's `big.Float` computes, bit for bit.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

/// `mantissa · 2^exponent` with a sign, or infinity. The mantissa is odd, or zero.
#[derive(Debug, Clone)]
pub struct Float {
    pub negative: bool,
    /// The mantissa says nothing.
    pub infinite: bool,
    mantissa: BigUint,
    exponent: i64,
    /// How many bits the mantissa may have. A result has the larger precision of its operands.
    precision: u64,
}

/// The precision of a machine's numbers.
const MACHINE: u64 = 53;

impl Float {
    /// `mantissa · 2^exponent`, rounded to so many bits. `sticky` says that the exact value is a little larger.
    fn rounded(negative: bool, mut mantissa: BigUint, mut exponent: i64, sticky: bool, precision: u64) -> Self {
        let bits = mantissa.bits();
        if bits > precision {
            let excess = bits - precision;
            let half = mantissa.bit(excess - 1);
            let rest = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            mantissa >>= excess;
            exponent += excess as i64;
            if half && (rest || mantissa.bit(0)) {
                mantissa += 1u32;
            }
        }
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        mantissa >>= zeros;
        exponent = if mantissa.bits() == 0 { 0 } else { exponent + zeros as i64 };
        Self { negative, infinite: false, mantissa, exponent, precision }
    }

    /// What is larger than every number, or with a sign smaller.
    pub fn infinity(negative: bool, precision: u64) -> Self {
        Self { negative, infinite: true, mantissa: BigUint::ZERO, exponent: 0, precision }
    }

    /// An integer, rounded.
    pub fn from_integer(integer: &BigInt, precision: u64) -> Self {
        Self::rounded(integer.sign() == Sign::Minus, integer.magnitude().clone(), 0, false, precision)
    }

    /// `digits · 10^exponent`.
    pub fn from_decimal(negative: bool, digits: BigUint, exponent: i64, precision: u64) -> Self {
        let power = BigUint::from(10u32).pow(exponent.unsigned_abs() as u32);
        if exponent >= 0 {
            Self::rounded(negative, digits * power, 0, false, precision)
        } else {
            Self::quotient(negative, (&digits, 0), (&power, 0), precision)
        }
    }

    /// The value of a machine's number; `None` for what is no number.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return (!value.is_nan()).then(|| Self::infinity(value.is_sign_negative(), MACHINE));
        }
        let bits = value.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i64;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
        Some(Self::rounded(value.is_sign_negative(), mantissa.into(), exponent, false, MACHINE))
    }

    pub fn precision(&self) -> u64 {
        self.precision
    }

    pub fn with_precision(&self, precision: u64) -> Self {
        if self.infinite {
            return Self::infinity(self.negative, precision);
        }
        Self::rounded(self.negative, self.mantissa.clone(), self.exponent, false, precision)
    }

    /// Where its first bit stands, counted from the point.
    pub fn magnitude(&self) -> i64 {
        self.mantissa.bits() as i64 + self.exponent
    }

    pub fn is_zero(&self) -> bool {
        self.mantissa.bits() == 0 && !self.infinite
    }

    pub fn is_integer(&self) -> bool {
        self.exponent >= 0 && !self.infinite
    }

    pub fn negated(&self) -> Self {
        Self { negative: !self.negative, ..self.clone() }
    }

    /// The signed mantissa at a smaller exponent.
    fn scaled(&self, exponent: i64) -> BigInt {
        let shifted = &self.mantissa << (self.exponent - exponent).unsigned_abs();
        BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, shifted)
    }

    /// The sum; `None` for what opposite infinities have together.
    pub fn add(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        match (self.infinite, other.infinite) {
            (true, true) if self.negative != other.negative => return None,
            (true, _) => return Some(self.with_precision(precision)),
            (false, true) => return Some(other.with_precision(precision)),
            (false, false) => {}
        }
        let exponent = self.exponent.min(other.exponent);
        let sum = self.scaled(exponent) + other.scaled(exponent);
        // Zero has a sign: it is negative where both operands are.
        let negative = if sum.sign() == Sign::NoSign { self.negative && other.negative } else { sum.sign() == Sign::Minus };
        Some(Self::rounded(negative, sum.into_parts().1, exponent, false, precision))
    }

    /// The product; `None` for zero times infinity.
    pub fn multiply(&self, other: &Self) -> Option<Self> {
        let (negative, precision) = (self.negative != other.negative, self.precision.max(other.precision));
        if self.infinite || other.infinite {
            return (!self.is_zero() && !other.is_zero()).then(|| Self::infinity(negative, precision));
        }
        Some(Self::rounded(negative, &self.mantissa * &other.mantissa, self.exponent + other.exponent, false, precision))
    }

    /// The quotient; `None` for zero by zero and infinity by infinity.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        let (negative, precision) = (self.negative != other.negative, self.precision.max(other.precision));
        if self.infinite || other.is_zero() {
            return (!other.infinite && !self.is_zero()).then(|| Self::infinity(negative, precision));
        }
        if other.infinite {
            return Some(Self::rounded(negative, BigUint::ZERO, 0, false, precision));
        }
        let (left, right) = ((&self.mantissa, self.exponent), (&other.mantissa, other.exponent));
        Some(Self::quotient(negative, left, right, precision))
    }

    fn quotient(negative: bool, left: (&BigUint, i64), right: (&BigUint, i64), precision: u64) -> Self {
        // Two bits more than asked for, so that rounding sees the half and what lies below it.
        let shift = (precision + 2 + right.0.bits()).saturating_sub(left.0.bits());
        let dividend = left.0 << shift;
        let (quotient, rest) = (&dividend / right.0, &dividend % right.0);
        Self::rounded(negative, quotient, left.1 - right.1 - shift as i64, rest.bits() > 0, precision)
    }

    /// Without what stands behind the point.
    pub fn truncated(&self) -> BigInt {
        if self.exponent >= 0 {
            return self.scaled(0);
        }
        let whole = &self.mantissa >> self.exponent.unsigned_abs();
        BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, whole)
    }

    /// The nearest number of a machine.
    pub fn to_f64(&self) -> f64 {
        if self.infinite {
            return if self.negative { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        let rounded = self.with_precision(MACHINE);
        let magnitude = rounded.mantissa.iter_u64_digits().next().unwrap_or(0) as f64;
        // Two steps, so that neither power is out of range where the result is not.
        let (first, second) = (rounded.exponent / 2, rounded.exponent - rounded.exponent / 2);
        let power = |exponent: i64| 2f64.powi(exponent.clamp(-2000, 2000) as i32);
        let value = magnitude * power(first) * power(second);
        if self.negative { -value } else { value }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let size = |float: &Self| match (float.is_zero(), float.infinite) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        let sign = |float: &Self| if float.negative { -size(float) } else { size(float) };
        match sign(self).cmp(&sign(other)) {
            Ordering::Equal if size(self) == 1 => {
                let magnitude = self.magnitude().cmp(&other.magnitude()).then_with(|| {
                    let exponent = self.exponent.min(other.exponent);
                    self.scaled(exponent).magnitude().cmp(other.scaled(exponent).magnitude())
                });
                if self.negative { magnitude.reverse() } else { magnitude }
            }
            other => other,
        }
    }

    /// The shortest decimal that rounds to this number, without exponent. Infinity as Go writes it.
    pub fn to_decimal(&self) -> String {
        if self.infinite {
            return if self.negative { "-Inf" } else { "+Inf" }.to_owned();
        }
        if self.is_zero() {
            return if self.negative { "-0" } else { "0" }.to_owned();
        }
        format!("{}{}", if self.negative { "-" } else { "" }, self.shortest().written())
    }

    /// The digits that tell it apart, and where the point stands: `0.digits · 10^point`.
    pub fn shortest_digits(&self) -> (String, i64) {
        let decimal = self.shortest();
        (String::from_utf8_lossy(&decimal.digits).into_owned(), decimal.point)
    }

    /// Rounded to so many digits, counted from the point or from the first digit.
    pub fn rounded_digits(&self, count: i64, from_point: bool) -> (String, i64) {
        let mut decimal = Decimal::new(&self.mantissa, self.exponent);
        let cut = if from_point { decimal.point + count } else { count };
        match usize::try_from(cut) {
            Ok(cut) if cut < decimal.digits.len() => {
                if decimal.rounds_up(cut) {
                    decimal.round_up(cut);
                } else {
                    decimal.round_down(cut);
                }
            }
            Ok(_) => {}
            Err(_) => decimal.digits.clear(),
        }
        (String::from_utf8_lossy(&decimal.digits).into_owned(), decimal.point)
    }

    fn shortest(&self) -> Decimal {
        let mut decimal = Decimal::new(&self.mantissa, self.exponent);
        let bits = self.mantissa.bits();
        if bits == 0 {
            return Decimal { digits: Vec::new(), point: 0 };
        }
        if !(self.exponent >= 0 && bits as i64 + self.exponent <= self.precision as i64) {
            // The mantissa with one more bit than the precision: its last bit is half a unit in the last place.
            let shift = self.precision + 1 - bits;
            let mantissa = &self.mantissa << shift;
            let exponent = self.exponent - shift as i64;
            let inclusive = !mantissa.bit(1);
            let (lower, upper) = (Decimal::new(&(&mantissa - 1u32), exponent), Decimal::new(&(&mantissa + 1u32), exponent));
            decimal.shorten(&lower, &upper, inclusive);
        }
        decimal
    }
}

/// `0.digits · 10^point`, without zeros at the end.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn new(mantissa: &BigUint, exponent: i64) -> Self {
        let integer = if exponent >= 0 {
            mantissa << exponent.unsigned_abs()
        } else {
            mantissa * BigUint::from(5u32).pow(exponent.unsigned_abs() as u32)
        };
        let digits = integer.to_string().into_bytes();
        let point = digits.len() as i64 + exponent.min(0);
        let mut decimal = Self { digits, point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    /// Cuts after the first digit where the result is still between the bounds.
    fn shorten(&mut self, lower: &Self, upper: &Self, inclusive: bool) {
        for index in 0..self.digits.len() {
            let (low, digit, high) = (lower.at(index), self.digits[index], upper.at(index));
            let down = low != digit || inclusive && index + 1 == lower.digits.len();
            let up = digit != high && (inclusive || digit + 1 < high || index + 1 < upper.digits.len());
            let cut = index + 1;
            match (down, up) {
                (true, true) => return if self.rounds_up(cut) { self.round_up(cut) } else { self.round_down(cut) },
                (true, false) => return self.round_down(cut),
                (false, true) => return self.round_up(cut),
                (false, false) => {}
            }
        }
    }

    fn rounds_up(&self, cut: usize) -> bool {
        if self.at(cut) == b'5' && cut + 1 == self.digits.len() {
            // Half way: to the even digit.
            return cut > 0 && (self.digits[cut - 1] - b'0') % 2 == 1;
        }
        self.at(cut) >= b'5'
    }

    fn round_down(&mut self, cut: usize) {
        self.digits.truncate(cut);
        self.trim();
    }

    fn round_up(&mut self, cut: usize) {
        self.digits.truncate(cut);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(digit) => *digit += 1,
            None => {
                self.digits.push(b'1');
                self.point += 1;
            }
        }
    }

    fn written(&self) -> String {
        let digits = String::from_utf8_lossy(&self.digits);
        let point = usize::try_from(self.point).unwrap_or(0);
        if self.point <= 0 {
            format!("0.{}{digits}", "0".repeat(self.point.unsigned_abs() as usize))
        } else if point >= digits.len() {
            format!("{digits}{}", "0".repeat(point - digits.len()))
        } else {
            format!("{}.{}", &digits[..point], &digits[point..])
        }
    }
}
