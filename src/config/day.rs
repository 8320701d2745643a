//! A day of the calendar, as `until` names one.

use std::{borrow::Cow, fmt, str::FromStr};

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
        // The calendar repeats every 400 years; a year that begins in March has its leap day at the end.
        let days = days.checked_add(719_468)?;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Some(Self(Date { year: u16::try_from(year).ok()?, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? }))
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
