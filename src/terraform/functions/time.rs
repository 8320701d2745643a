//! Points in time: RFC 3339 in, RFC 3339 out.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Offset};

use super::{Call, FunctionError, Outcome};

/// A point in time with the offset it is written with, in minutes.
struct Time {
    local: DateTime,
    offset: i32,
}

impl Time {
    fn timestamp(&self) -> Option<Timestamp> {
        Offset::from_seconds(self.offset * 60).ok()?.to_timestamp(self.local).ok()
    }

    /// `2006-01-02T15:04:05Z07:00`
    fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| {
            let part = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<i16>().ok())
        };
        let mark = |at: usize, wanted: u8| bytes.get(at) == Some(&wanted);
        let year = digits(0, 4).ok_or("it needs a year of four digits")?;
        if !mark(4, b'-') || !mark(7, b'-') {
            return Err("year, month and day are separated by `-`");
        }
        let month = digits(5, 7).filter(|month| (1..=12).contains(month)).ok_or("the month is not between 01 and 12")?;
        let day = digits(8, 10).ok_or("the day needs two digits")?;
        if !mark(10, b'T') {
            return Err("`T` is missing between date and time");
        }
        let hour = digits(11, 13).filter(|hour| *hour < 24).ok_or("the hour is not between 00 and 23")?;
        let minute = digits(14, 16).filter(|minute| mark(13, b':') && *minute < 60).ok_or("the minute is not between 00 and 59")?;
        let second = digits(17, 19).filter(|second| mark(16, b':') && *second < 60).ok_or("the second is not between 00 and 59")?;
        let mut at = 19;
        let mut nanoseconds = 0;
        if mark(at, b'.') {
            let from = at + 1;
            at = from;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            let written: String = text[from..at].chars().chain("000000000".chars()).take(9).collect();
            nanoseconds = written.parse().ok().filter(|_| at > from).ok_or("the fraction of the second has no digits")?;
        }
        let offset = match text.get(at..) {
            Some("Z") => 0,
            Some(zone) if zone.len() == 6 && zone.starts_with(['+', '-']) && mark(at + 3, b':') => {
                let hours =
                    digits(at + 1, at + 3).filter(|hours| *hours < 24).ok_or("the hours of the offset are not between 00 and 23")?;
                let minutes =
                    digits(at + 4, at + 6).filter(|minutes| *minutes < 60).ok_or("the minutes of the offset are not between 00 and 59")?;
                let offset = i32::from(hours) * 60 + i32::from(minutes);
                if zone.starts_with('-') { -offset } else { offset }
            }
            _ => return Err("`Z` or an offset such as `+01:00` must end it"),
        };
        let local = DateTime::new(year, month as i8, day as i8, hour as i8, minute as i8, second as i8, nanoseconds);
        Ok(Self { local: local.map_err(|_| "the month has no such day")?, offset })
    }

    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.local.hour(), self.local.minute(), self.local.second())
    }

    fn zone(&self, colon: &str) -> String {
        let (sign, offset) = if self.offset < 0 { ('-', -self.offset) } else { ('+', self.offset) };
        format!("{sign}{:02}{colon}{:02}", offset / 60, offset % 60)
    }

    fn zone_or_z(&self) -> String {
        if self.offset == 0 { "Z".to_owned() } else { self.zone(":") }
    }
}

/// A word of YAML that is a date or a point in time, in the form of RFC 3339 without fractions.
pub fn yaml_timestamp(word: &str) -> Option<String> {
    let is_date = word.len() == 10 && word.as_bytes()[4] == b'-';
    let full = if is_date { format!("{word}T00:00:00Z") } else { word.replacen('t', "T", 1).replacen('z', "Z", 1) };
    let time = Time::parse(&full).ok()?;
    Some(format!("{}T{}{}", time.local.date(), time.clock(), time.zone_or_z()))
}

fn time(call: &Call<'_>, at: usize) -> Result<Time, FunctionError> {
    let text = call.text(at);
    Time::parse(text.decoded()).map_err(|why| call.error_at(at, format!("`{}` is no timestamp of RFC 3339: {why}", text.decoded())))
}

/// `timecmp(a, b)`
pub fn timecmp(call: &Call<'_>) -> Outcome {
    let (left, right) = (time(call, 0)?, time(call, 1)?);
    match (left.timestamp(), right.timestamp()) {
        (Some(left), Some(right)) => Ok(call.int(left.cmp(&right) as i64)),
        _ => Ok(call.unknown(crate::value::Unknown::Unsupported("time out of range"))),
    }
}

/// `timeadd(timestamp, duration)`
pub fn timeadd(call: &Call<'_>) -> Outcome {
    let time = time(call, 0)?;
    let text = call.text(1);
    let Some(duration) = duration(text.decoded()) else {
        return Err(call.error_at(1, format!("`{}` is no duration such as `1h30m`", text.decoded())));
    };
    match time.local.checked_add(duration) {
        Ok(sum) => {
            let written = format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
                sum.year(),
                sum.month(),
                sum.day(),
                sum.hour(),
                sum.minute(),
                sum.second(),
                time.zone_or_z()
            );
            Ok(call.derived(0, &written))
        }
        Err(_) => Ok(call.unknown(crate::value::Unknown::Unsupported("time out of range"))),
    }
}

/// A duration as Go writes it: `-1.5h`, `1h30m`, `10ms`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, tail) = rest.split_at(end);
        let units = [
            ("ns", 1),
            ("us", 1_000),
            ("µs", 1_000),
            ("μs", 1_000),
            ("ms", 1_000_000),
            ("s", 1_000_000_000),
            ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
        ];
        let letters = tail.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(tail.len());
        let (unit, after) = tail.split_at(letters);
        let scale: i128 = units.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || number.len() > 30 || fraction.contains('.') {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let digits: String = fraction.chars().take(18).collect();
        let part: i128 = if digits.is_empty() { 0 } else { digits.parse::<i128>().ok()? * scale / 10_i128.pow(digits.len() as u32) };
        total = total.checked_add(whole.checked_mul(scale)?.checked_add(part)?)?;
        rest = after;
    }
    let nanoseconds = i64::try_from(total).ok()?;
    let duration = SignedDuration::from_nanos(nanoseconds);
    Some(if negative { -duration } else { duration })
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `formatdate(format, time)`
pub fn formatdate(call: &Call<'_>) -> Outcome {
    let time = time(call, 1)?;
    let format = call.text(0);
    let mut out = String::new();
    let mut rest = format.decoded();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let Some((literal, after)) = literal(rest) else { return Err(call.error_at(0, "a literal is not closed by `'`")) };
            out.push_str(&literal);
            rest = after;
        } else if first.is_ascii_alphabetic() {
            let length = rest.chars().take_while(|character| *character == first).count();
            let written = verb(&time, first, length);
            out.push_str(&written.ok_or_else(|| call.error_at(0, format!("`{}` stands for no part of a date", &rest[..length])))?);
            rest = &rest[length..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(call.derived(1, &out))
}

/// Characters in quotes, and what follows; two quotes are one.
fn literal(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('\'')?;
    if let Some(after) = inner.strip_prefix('\'') {
        return Some(("'".to_owned(), after));
    }
    let mut literal = String::new();
    let mut characters = inner.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            literal.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
            characters.next();
            literal.push('\'');
        } else {
            return Some((literal, &inner[at + 1..]));
        }
    }
    None
}

fn verb(time: &Time, letter: char, length: usize) -> Option<String> {
    let local = &time.local;
    let number = |value: i8| match length {
        1 => Some(value.to_string()),
        2 => Some(format!("{value:02}")),
        _ => None,
    };
    let name = |names: &[&str], index: i8, short: usize| {
        let name = names.get(usize::try_from(index).ok()?)?;
        match length {
            4 => Some((*name).to_owned()),
            3 => Some(name[..short].to_owned()),
            _ => None,
        }
    };
    match letter {
        'Y' => match length {
            2 => Some(format!("{:02}", local.year() % 100)),
            4 => Some(format!("{:04}", local.year())),
            _ => None,
        },
        'M' if length > 2 => name(&MONTHS, local.month() - 1, 3),
        'M' => number(local.month()),
        'D' => number(local.day()),
        'E' => name(&DAYS, local.weekday().to_monday_zero_offset(), 3),
        'h' => number(local.hour()),
        'H' => number(if local.hour() % 12 == 0 { 12 } else { local.hour() % 12 }),
        'A' | 'a' if length == 2 => {
            let half = if local.hour() < 12 { "am" } else { "pm" };
            Some(if letter == 'A' { half.to_uppercase() } else { half.to_owned() })
        }
        'm' => number(local.minute()),
        's' => number(local.second()),
        'Z' => match length {
            1 => Some(time.zone_or_z()),
            3 if time.offset == 0 => Some("UTC".to_owned()),
            3 | 4 => Some(time.zone("")),
            5 => Some(time.zone(":")),
            _ => None,
        },
        _ => None,
    }
}
