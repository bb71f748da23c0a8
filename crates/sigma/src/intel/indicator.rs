//! What an indicator is: a value, and who says what about it.
//!
//! In: nothing. Out: the types that parsers fill and findings tell. Nothing is read or compared here.

use model::{Level, Time};
use sha2::{Digest, Sha256};

/// What an indicator's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// One IPv4 or IPv6 address.
    Address,
    /// All addresses of a network, `192.0.2.0/24`.
    Network,
    /// A DNS name with everything below it.
    Domain,
    /// A web address.
    Url,
    /// The digest of a file, in hexadecimal.
    Hash,
    /// A mail address.
    Mail,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] =
        [Kind::Address, Kind::Network, Kind::Domain, Kind::Url, Kind::Hash, Kind::Mail];

    /// The name in `summary.json` and `findings.jsonl`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Address => "address",
            Kind::Network => "network",
            Kind::Domain => "domain",
            Kind::Url => "url",
            Kind::Hash => "hash",
            Kind::Mail => "mail",
        }
    }
}

/// What its source says about an indicator. Most indicators of a list share one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Details {
    /// Whose indicator it is.
    pub source: String,
    /// What it stands for, where the source says so.
    pub title: Option<String>,
    /// How sure the source is, 0 to 100.
    pub confidence: Option<u8>,
    /// Events before this are not meant.
    pub valid_from: Option<Time>,
    /// Events from this on are not meant.
    pub valid_until: Option<Time>,
    /// The source's own labels or tags.
    pub labels: Vec<String>,
    /// With whom it may be shared (Traffic Light Protocol), lower-case: `amber+strict`.
    pub tlp: Option<String>,
    /// ATT&CK techniques, `T1566.001`.
    pub techniques: Vec<String>,
}

impl Details {
    /// The level of its findings: how sure the source is. Nothing said is in the middle.
    pub fn level(&self) -> Level {
        match self.confidence {
            Some(75..) => Level::High,
            Some(40..) | None => Level::Medium,
            Some(_) => Level::Low,
        }
    }

    /// Whether events of that time are meant. An event whose time is not known always is.
    pub fn is_valid_at(&self, time: Time) -> bool {
        time == Time::UNKNOWN
            || (self.valid_from.is_none_or(|from| time >= from)
                && self.valid_until.is_none_or(|until| time < until))
    }
}

/// An indicator as it lies in [`super::Indicators`].
#[derive(Clone, Copy, Debug)]
pub struct Indicator<'a> {
    /// What the value is.
    pub kind: Kind,
    /// The value in its normal form.
    pub value: &'a str,
    /// What its source says.
    pub details: &'a Details,
    pub(super) given_id: &'a str,
}

impl Indicator<'_> {
    /// The id that its source gave it (STIX, MISP), or a hash of what it is and whose.
    pub fn id(&self) -> String {
        if !self.given_id.is_empty() {
            return self.given_id.to_owned();
        }
        let mut digest = Sha256::new();
        for part in [self.kind.as_str(), self.value, &self.details.source] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let hash = digest.finalize();
        hash.iter().take(10).fold(String::from("indicator-"), |id, byte| id + &format!("{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_follows_how_sure_the_source_is() {
        let level = |confidence| Details { confidence, ..Details::default() }.level();
        assert_eq!(
            [Some(100), Some(75), Some(74), Some(40), Some(39), Some(0), None].map(level),
            [Level::High, Level::High, Level::Medium, Level::Medium, Level::Low, Level::Low, Level::Medium]
        );
    }

    #[test]
    fn an_event_belongs_to_the_time_from_the_first_moment_to_before_the_last() {
        let time = |text| Time::parse(text);
        let details = Details {
            valid_from: time("2026-05-01T00:00:00Z"),
            valid_until: time("2026-06-01T00:00:00Z"),
            ..Details::default()
        };
        let valid = |text| details.is_valid_at(Time::parse(text).unwrap());
        assert!(valid("2026-05-01T00:00:00Z") && valid("2026-05-31T23:59:59.999999Z"));
        assert!(!valid("2026-04-30T23:59:59.999999Z") && !valid("2026-06-01T00:00:00Z"));
        assert!(details.is_valid_at(Time::UNKNOWN) && Details::default().is_valid_at(Time::from_micros(1)));
    }

    #[test]
    fn an_indicator_without_an_id_gets_one_from_what_it_is_and_whose() {
        let (one, other) = (
            Details { source: "a".into(), ..Details::default() },
            Details { source: "b".into(), ..Details::default() },
        );
        let id = |details, value, given_id| Indicator { kind: Kind::Domain, value, details, given_id }.id();
        assert_eq!(id(&one, "evil.example", ""), id(&one, "evil.example", ""));
        assert_ne!(id(&one, "evil.example", ""), id(&other, "evil.example", ""));
        assert_eq!(id(&one, "evil.example", "indicator--1"), "indicator--1");
    }
}
