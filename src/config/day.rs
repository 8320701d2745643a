//! A day of the calendar, as `until` names one.

use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{Span, civil::date};
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use toml::value::{Date, Datetime};

/// A day of the calendar, the same everywhere: it has no time and no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// The day that begins so many days after 1 January 1970.
    #[must_use]
    pub fn after_epoch(days: u64) -> Option<Self> {
        let days = Span::new().try_days(i64::try_from(days).ok()?).ok()?;
        let day = date(1970, 1, 1).checked_add(days).ok()?;
        let (year, month, day) = (u16::try_from(day.year()).ok()?, day.month().unsigned_abs(), day.day().unsigned_abs());
        Some(Self(Date { year, month, day }))
    }
}

/// A text that names no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted a day, like 2027-06-30")]
pub struct NoDay;

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        match text.parse() {
            Ok(Datetime { date: Some(date), time: None, offset: None }) => Ok(Self(date)),
            Ok(_) | Err(_) => Err(NoDay),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Day {
    /// Takes a day of TOML, and the same in quotes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day, like 2027-06-30")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let datetime = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                datetime.to_string().parse().map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Datetime::from(self.0).serialize(serializer)
    }
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        for (days, text) in [(0, "1970-01-01"), (58, "1970-02-28"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_819, "2027-01-01")] {
            assert_eq!(Day::after_epoch(days), Some(day(text)), "{text}");
        }
        assert_eq!(Day::after_epoch(u64::MAX), None);
    }

    #[test]
    fn days_are_compared_and_only_days_are_read() {
        assert!(day("2026-12-31") < day("2027-01-01"));
        assert_eq!("2027-02-30".parse::<Day>(), Err(NoDay));
        assert_eq!("2027-01-01T00:00:00Z".parse::<Day>(), Err(NoDay));
        assert_eq!(day("2027-06-30").to_string(), "2027-06-30");
    }
}
