//! Logarithms and powers to the last bit as Go has them, which differs from what the C library of a machine has.

use std::f64::consts::FRAC_1_SQRT_2;

/// The fraction in `0.5..1` and the exponent of a number that is finite and not zero.
fn split(value: f64) -> (f64, i64) {
    const FRACTION_BITS: u32 = 52;
    const HALF: u64 = 1022;
    const SUBNORMAL: f64 = (1u64 << FRACTION_BITS) as f64;
    if value.is_subnormal() {
        let (fraction, exponent) = split(value * SUBNORMAL);
        return (fraction, exponent - i64::from(FRACTION_BITS));
    }
    let bits = value.to_bits();
    let exponent = ((bits >> FRACTION_BITS) & 0x7ff) as i64 - HALF as i64;
    (f64::from_bits(bits & !(0x7ff << FRACTION_BITS) | HALF << FRACTION_BITS), exponent)
}

/// `fraction · 2^exponent`.
fn join(fraction: f64, exponent: i64) -> f64 {
    // Beyond these every number is infinite or zero. Steps, so that no power is out of range where the result is not.
    const STEP: i64 = 1000;
    let mut left = exponent.clamp(-4 * STEP, 4 * STEP);
    let mut value = fraction;
    while left != 0 {
        let step = left.clamp(-STEP, STEP);
        value *= 2f64.powi(step as i32);
        left -= step;
    }
    value
}

/// The natural logarithm, by the series of FreeBSD's `e_log.c`.
pub(super) fn log(value: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const EVEN: [f64; 4] = [6.666_666_666_666_735e-1, 2.857_142_874_366_239e-1, 1.818_357_216_161_805e-1, 1.479_819_860_511_658_6e-1];
    const ODD: [f64; 3] = [3.999_999_999_940_942e-1, 2.222_219_843_214_978_4e-1, 1.531_383_769_920_937_3e-1];
    if value.is_nan() || value <= 0.0 || value.is_infinite() {
        return value.ln();
    }
    let (mut fraction, mut exponent) = split(value);
    if fraction < FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let (f, k) = (fraction - 1.0, exponent as f64);
    let s = f / (2.0 + f);
    let (s2, s4) = (s * s, (s * s) * (s * s));
    let even = s2 * (EVEN[0] + s4 * (EVEN[1] + s4 * (EVEN[2] + s4 * EVEN[3])));
    let odd = s4 * (ODD[0] + s4 * (ODD[1] + s4 * ODD[2]));
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + (even + odd)) + k * LN2_LOW)) - f)
}

/// `base` to the power of `power`: squared and multiplied bit by bit, and the fraction of the power by a logarithm.
pub(super) fn pow(base: f64, power: f64) -> f64 {
    /// Exponents beyond this overflow, whatever follows.
    const FAR: i64 = 1 << 12;
    /// From here on every whole power is even, and overflows.
    const HUGE: f64 = 9_223_372_036_854_775_808.0;
    let is_plain = base.is_finite() && base != 0.0 && base != 1.0 && power.is_finite() && power != 0.0 && power != 1.0;
    if !is_plain || power.abs() >= HUGE {
        return base.powf(power);
    }
    if power.abs() == 0.5 {
        return if power > 0.0 { base.sqrt() } else { 1.0 / base.sqrt() };
    }
    let (mut whole, mut rest) = (power.abs().trunc(), power.abs().fract());
    if rest != 0.0 && base < 0.0 {
        return f64::NAN;
    }
    let (mut result, mut exponent) = (1.0, 0);
    if rest != 0.0 {
        if rest > 0.5 {
            rest -= 1.0;
            whole += 1.0;
        }
        result = (rest * log(base)).exp();
    }
    let (mut square, mut square_exponent) = split(base);
    let mut bits = whole as i64;
    while bits != 0 {
        if square_exponent.abs() > FAR {
            exponent += square_exponent;
            break;
        }
        if bits & 1 == 1 {
            result *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        bits >>= 1;
    }
    if power < 0.0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    join(result, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of `terraform console`, version 1.11.4.
    #[test]
    fn the_last_bit_is_that_of_go() {
        for (number, base, expected) in [
            (1.25, 3.0, 0.203_114_013_575_012_33),
            (3.0, 100.0, 0.238_560_627_359_831_16),
            (0.5, 3.0, -0.630_929_753_571_457_5),
            (1000.0, 10.0, 2.999_999_999_999_999_6),
            (1e300, 7.0, 354.988_398_736_481_5),
        ] {
            assert_eq!(log(number) / log(base), expected, "log({number}, {base})");
        }
        for (base, power, expected) in [
            (10.0, 100.0, 1.000_000_000_000_000_2e100),
            (123_456_789_012_345_678_901_234_567_890.0, 3.0, 1.881_676_372_353_657_6e87),
            (1e21, 1.25, 1.778_279_410_038_922e26),
            (1.1, 33.0, 23.225_154_419_887_86),
            (2.0, -0.3, 0.812_252_396_356_235_5),
            (-2.0, 3.0, -8.0),
            (2.0, -1074.0, 5e-324),
            (2.0, 1024.0, f64::INFINITY),
        ] {
            assert_eq!(pow(base, power), expected, "pow({base}, {power})");
        }
        assert_eq!(log(f64::MIN_POSITIVE / 4.0), (f64::MIN_POSITIVE / 4.0).ln());
        assert!(pow(-2.0, 0.3).is_nan());
    }
}
