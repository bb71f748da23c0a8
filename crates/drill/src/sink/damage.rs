//! What is taken from the logs of a drill, so that its users see which log matters.

use model::Time;

use crate::clock::{HOUR, SECOND};

/// What is left out or damaged.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    missing: Vec<String>,
    gaps: Vec<(String, Time, Time)>,
    skews: Vec<(String, i64)>,
    /// Records of a file stand in no order.
    pub shuffle: bool,
}

/// A wish for damage that is none.
#[derive(Debug, thiserror::Error)]
pub enum DamageError {
    /// `--gap`
    #[error(
        "the gap `{0}` is not FROM..TO; write times as 2026-05-07T00:00:00Z, or SOURCE=FROM..TO for some logs only"
    )]
    Gap(String),
    /// `--skew`
    #[error("the skew `{0}` is not SOURCE=SECONDS, as in fs01=-90 or 'vdi*=3600'")]
    Skew(String),
}

impl Damage {
    /// Leaves out all logs whose path below `logs/` holds this text: a machine, or a file's name. `*` stands for anything.
    pub fn miss(&mut self, source: &str) {
        self.missing.push(source.to_owned());
    }

    /// Leaves out what lies between two moments: `FROM..TO`, or `SOURCE=FROM..TO`.
    pub fn gap(&mut self, text: &str) -> Result<(), DamageError> {
        let wrong = || DamageError::Gap(text.to_owned());
        let (source, span) = text.split_once('=').unwrap_or(("*", text));
        let (from, to) = span.split_once("..").ok_or_else(wrong)?;
        let (from, to) = (moment(from).ok_or_else(wrong)?, moment(to).ok_or_else(wrong)?);
        self.gaps.push((source.to_owned(), from, to));
        Ok(())
    }

    /// Sets clocks wrong: `SOURCE=SECONDS`.
    pub fn skew(&mut self, text: &str) -> Result<(), DamageError> {
        let wrong = || DamageError::Skew(text.to_owned());
        let (source, seconds) = text.split_once('=').ok_or_else(wrong)?;
        let seconds: i64 = seconds.trim_start_matches('+').parse().map_err(|_| wrong())?;
        if seconds.abs() > 10 * 365 * 24 * HOUR / SECOND {
            return Err(wrong());
        }
        self.skews.push((source.to_owned(), seconds * SECOND));
        Ok(())
    }

    pub(super) fn misses(&self, path: &str) -> bool {
        self.missing.iter().any(|source| fits(source, path))
    }

    pub(super) fn in_gap(&self, path: &str, time: Time) -> bool {
        self.gaps.iter().any(|(source, from, to)| (*from..*to).contains(&time) && fits(source, path))
    }

    pub(super) fn skew_of(&self, path: &str) -> i64 {
        self.skews.iter().filter(|(source, _)| fits(source, path)).map(|(_, skew)| skew).sum()
    }
}

/// A time, or a day, which begins at midnight in Japan.
fn moment(text: &str) -> Option<Time> {
    let text = text.trim();
    if text.len() == 10 {
        return Time::parse(&format!("{text}T00:00:00+09:00"));
    }
    Time::parse(text)
}

/// Whether the path holds the text, in which `*` stands for anything.
fn fits(source: &str, path: &str) -> bool {
    let path = path.to_lowercase();
    let mut rest = path.as_str();
    for piece in source.to_lowercase().split('*').filter(|piece| !piece.is_empty()) {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_machine_a_file_or_a_pattern() {
        for (source, path, fit) in [
            ("fs01", "fs01/Security.evtx", true),
            ("FS01", "fs01/Security.evtx", true),
            ("access.log", "proxy01/access.log", true),
            ("dc*security", "dc01/Security.evtx", true),
            ("fs02", "fs01/Security.evtx", false),
            ("*", "anything", true),
        ] {
            assert_eq!(fits(source, path), fit, "{source} {path}");
        }
    }

    #[test]
    fn a_gap_without_times_is_refused_in_words() {
        let mut damage = Damage::default();
        assert!(damage.gap("yesterday").unwrap_err().to_string().contains("FROM..TO"));
        damage.gap("dc=2026-05-07..2026-05-08").unwrap();
        assert!(damage.in_gap("dc01/Security.evtx", Time::parse("2026-05-06T15:00:00Z").unwrap()));
        assert!(!damage.in_gap("fs01/Security.evtx", Time::parse("2026-05-06T15:00:00Z").unwrap()));
    }
}
