//! Why an indicator is not used. Nothing is ever left out without one of these.
//!
//! In: nothing. Out: [`Reason`], and [`Problem`], which says where. The words for people are in `yagura-words`, under
//! `intel-reason-` and the code.

use std::collections::BTreeMap;

use serde::Serialize;

/// Why an indicator is not looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The pattern asks for several things at once, which no single value shows.
    SeveralObservables,
    /// The pattern compares in a way that is not looked for (`LIKE`, `MATCHES`, `!=`, …).
    Operator,
    /// The pattern or attribute is about something that is not looked for (registry keys, file names, …).
    Object,
    /// The pattern has a qualifier (`WITHIN`, `REPEATS`, `START`), without which it would mean more.
    Qualifier,
    /// The pattern is in another language than STIX's (YARA, Snort, Sigma).
    Language,
    /// The pattern cannot be parsed.
    Syntax,
    /// The value is not what it is said to be, or nothing that logs are searched for.
    Value,
    /// A time of validity cannot be read.
    Time,
    /// The object or row has not the form that it should have.
    Form,
    /// It names a service that everyone uses.
    Everyone,
    /// The user's own list allows it.
    Allowed,
    /// An address that means something else in every network (private, loopback, multicast, …).
    Private,
    /// A name under which anyone can register (`co.jp`).
    PublicSuffix,
    /// The network has more addresses than anybody means.
    TooWide,
    /// The source has taken it back.
    Revoked,
    /// The source says that it is not for detection (`to_ids`).
    NotForDetection,
    /// The same value of the same source was there before.
    Duplicate,
}

/// What kind of reason it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// The indicator cannot be used.
    Unusable,
    /// It could, but must not: it would be found everywhere.
    SetAside,
    /// Its source does not want it used, or says it twice.
    LeftOut,
}

impl Reason {
    /// The code in `summary.json`.
    pub fn code(self) -> &'static str {
        match self {
            Reason::SeveralObservables => "several-observables",
            Reason::Operator => "operator",
            Reason::Object => "object",
            Reason::Qualifier => "qualifier",
            Reason::Language => "language",
            Reason::Syntax => "syntax",
            Reason::Value => "value",
            Reason::Time => "time",
            Reason::Form => "form",
            Reason::Everyone => "everyone",
            Reason::Allowed => "allowed",
            Reason::Private => "private",
            Reason::PublicSuffix => "public-suffix",
            Reason::TooWide => "too-wide",
            Reason::Revoked => "revoked",
            Reason::NotForDetection => "not-for-detection",
            Reason::Duplicate => "duplicate",
        }
    }

    /// What kind of reason it is.
    pub fn group(self) -> Group {
        match self {
            Reason::SeveralObservables
            | Reason::Operator
            | Reason::Object
            | Reason::Qualifier
            | Reason::Language
            | Reason::Syntax
            | Reason::Value
            | Reason::Time
            | Reason::Form => Group::Unusable,
            Reason::Everyone | Reason::Allowed | Reason::Private | Reason::PublicSuffix | Reason::TooWide => {
                Group::SetAside
            }
            Reason::Revoked | Reason::NotForDetection | Reason::Duplicate => Group::LeftOut,
        }
    }
}

/// An indicator that is not used, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Line, object id or the like, where there is one.
    #[serde(rename = "where")]
    pub place: String,
    /// The code of the [`Reason`], or `unreadable` for a whole file.
    pub code: &'static str,
    /// The value, pattern or message, cut to a length that can be read.
    pub what: String,
}

/// What became of everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Files given, or found in folders.
    pub files: u64,
    /// Files of which nothing could be read.
    pub broken: Vec<Problem>,
    /// Not used: how many, by reason.
    pub by_reason: BTreeMap<Reason, u64>,
    /// Not used: the first of them, but for what their sources do not want used.
    pub problems: Vec<Problem>,
}

impl Report {
    /// So many are kept word for word; the rest is counted.
    pub const MOST_KEPT: usize = 1000;

    /// How many are not used for reasons of that group.
    pub fn count(&self, group: Group) -> u64 {
        self.by_reason.iter().filter(|(reason, _)| reason.group() == group).map(|(_, count)| count).sum()
    }

    /// Takes note of an indicator that is not used.
    pub fn note(&mut self, file: &str, place: &dyn std::fmt::Display, reason: Reason, what: &str) {
        *self.by_reason.entry(reason).or_default() += 1;
        if reason.group() != Group::LeftOut && self.problems.len() < Self::MOST_KEPT {
            self.problems.push(Problem {
                file: file.to_owned(),
                place: place.to_string(),
                code: reason.code(),
                what: short(what),
            });
        }
    }

    /// Takes note of a file of which nothing could be read.
    pub fn note_broken(&mut self, file: &str, place: String, what: &str) {
        self.broken.push(Problem { file: file.to_owned(), place, code: "unreadable", what: short(what) });
    }
}

fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
