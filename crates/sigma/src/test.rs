//! A test: one question that a rule asks of one value.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::pattern::Pattern;

/// One question of one value. Equal tests of different rules are one and are asked once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Test {
    /// The value as text matches the pattern.
    Text(Pattern),
    /// The value as text matches the regular expression somewhere; flags stand in front of it.
    Regex(String),
    /// The value is an address in the network.
    Cidr(Network),
    /// The value as a number compares so.
    Number(Comparison, Number),
    /// The value is this flag, or a word for it.
    Bool(bool),
    /// The field is not there or holds nothing.
    Null,
    /// The record has the field, be it empty or null (or not).
    Exists(bool),
    /// A part of the value as a time is this number.
    TimePart(TimePart, Number),
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Comparison {
    /// Equal, up to rounding.
    Equal,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
}

/// A number of a rule, comparable by its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Number(u64);

impl Number {
    /// From its value.
    pub fn new(value: f64) -> Number {
        Number(value.to_bits())
    }

    /// Its value.
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl Comparison {
    /// Whether `value` compares so with `with`.
    pub fn holds(self, value: f64, with: Number) -> bool {
        let with = with.get();
        match self {
            Comparison::Equal => (value - with).abs() < f64::EPSILON,
            Comparison::Greater => value > with,
            Comparison::GreaterOrEqual => value >= with,
            Comparison::Less => value < with,
            Comparison::LessOrEqual => value <= with,
        }
    }
}

/// The part of a time that a rule asks for (UTC; weeks as in ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TimePart {
    /// 0-59
    Minute,
    /// 0-23
    Hour,
    /// Of the month, 1-31
    Day,
    /// 1-53
    Week,
    /// 1-12
    Month,
    /// With the century
    Year,
}

impl TimePart {
    /// The part of a time given as text (RFC 3339, or without a zone: UTC).
    pub fn of_text(self, text: &str) -> Option<f64> {
        let stamp: Timestamp = text.parse().ok().or_else(|| {
            text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())
        })?;
        Some(self.of(stamp))
    }

    /// The part of a time given as a number: seconds, or milliseconds from 10^12 on.
    pub fn of_number(self, number: i64) -> Option<f64> {
        let seconds = if number > 1_000_000_000_000 { number / 1000 } else { number };
        Timestamp::from_second(seconds).ok().map(|stamp| self.of(stamp))
    }

    fn of(self, stamp: Timestamp) -> f64 {
        let time = stamp.to_zoned(TimeZone::UTC);
        match self {
            TimePart::Minute => f64::from(time.minute()),
            TimePart::Hour => f64::from(time.hour()),
            TimePart::Day => f64::from(time.day()),
            TimePart::Week => f64::from(time.date().iso_week_date().week()),
            TimePart::Month => f64::from(time.month()),
            TimePart::Year => f64::from(time.year()),
        }
    }
}

/// A network of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Network {
    address: u128,
    mask: u128,
    v6: bool,
}

impl Network {
    /// Reads `192.0.2.0/24` or `2001:db8::/32`; an address alone is a network of one.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u32>().ok()?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        let (v6, width) = if address.is_ipv6() { (true, 128) } else { (false, 32) };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return None;
        }
        let ones = if bits == 0 { 0 } else { u128::MAX << (width - bits) };
        let mask = if v6 { ones } else { ones & u128::from(u32::MAX) };
        Some(Network { address: number(address) & mask, mask, v6 })
    }

    /// Whether the address lies in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.v6 && number(address) & self.mask == self.address
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The flag that a word stands for.
pub fn flag_of_text(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "1", "yes"]) {
        Some(true)
    } else if is(&["false", "0", "no"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_network_and_in_no_other() {
        let network = Network::parse("10.1.0.0/16").unwrap();
        assert!(network.contains("10.1.255.3".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        assert!(!network.contains("::10.1.0.1".parse().unwrap()));
        assert!(Network::parse("::/0").unwrap().contains("2001:db8::1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("203.0.113.9".parse().unwrap()));
        assert!(Network::parse("10.0.0.0/33").is_none());
    }

    #[test]
    fn the_parts_of_a_time_are_those_of_utc() {
        assert_eq!(TimePart::Hour.of_text("2020-05-07T01:02:03+09:00"), Some(16.0));
        assert_eq!(TimePart::Week.of_text("2021-01-03 10:00:00"), Some(53.0));
        assert_eq!(TimePart::Year.of_number(1_588_809_723_000), Some(2020.0));
        assert_eq!(TimePart::Day.of_text("yesterday"), None);
    }
}
