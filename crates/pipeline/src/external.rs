//! Findings of other tools: a record with the column `external.title` is one.
//!
//! In: records as decoders give them (docs/formats.md, "Findings of other tools"). Out: what the finding says: the other tool's rule, its
//! level, techniques and tactics. Nothing is judged here: what the tool said is passed on.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{
    Attack, EventBatch, FieldId, KeywordSearch, Level, LogSource, OwnedValue, Projection, Record, RuleRef,
    TACTICS, Text, ValueId,
};
use serde::{Deserialize, Serialize};

use crate::summary::RuleCount;

/// The column that makes a record a finding.
pub const TITLE: &str = "external.title";

/// No text of another tool is longer.
const LONGEST: usize = 300;

/// What another tool found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// The tool; empty where the record does not say.
    pub tool: String,
    /// The id of its rule, or the title where it has none.
    pub id: String,
    /// What it says.
    pub title: String,
    /// How bad it says that is.
    pub level: Level,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// ATT&CK tactics, as in URLs.
    pub tactics: Vec<String>,
}

impl External {
    /// What the record says; `None` where it is no finding.
    pub fn of(record: &Record) -> Option<External> {
        let text = |name: &str| {
            let value = match record.get(name)? {
                OwnedValue::List(items) => items.iter().find_map(OwnedValue::text),
                value => value.text(),
            }?;
            let value: String = value.trim().chars().take(LONGEST).collect();
            (!value.is_empty()).then_some(value)
        };
        let title = text(TITLE)?;
        let level = text("external.level").and_then(|level| level.to_lowercase().parse().ok());
        Some(External {
            tool: text("external.tool").unwrap_or_default(),
            id: text("external.id").unwrap_or_else(|| title.clone()),
            title,
            // A tool that does not say how bad it is meant to be looked at.
            level: level.unwrap_or(Level::Medium),
            techniques: named(record, "external.techniques", technique),
            tactics: named(record, "external.tactics", tactic),
        })
    }

    /// The rule of the finding.
    pub fn rule(&self) -> RuleRef {
        let id = match self.tool.is_empty() {
            true => self.id.clone(),
            false => format!("{}:{}", self.tool.to_lowercase().replace(' ', "-"), self.id),
        };
        RuleRef { id, title: self.title.clone(), level: self.level }
    }

    /// Where it belongs in ATT&CK.
    pub fn attack(&self) -> Attack {
        Attack { techniques: self.techniques.clone(), tactics: self.tactics.clone() }
    }

    /// What the finding is called: whose it is stands before.
    pub fn sentence(&self) -> Text {
        match self.tool.is_empty() {
            true => Text { en: self.title.clone(), ja: self.title.clone() },
            false => words::both(
                "finding-external",
                &[("tool", self.tool.as_str().into()), ("title", self.title.as_str().into())],
            ),
        }
    }
}

/// The columns that a finding shows, sorted.
pub fn fields() -> Vec<String> {
    let names = ["id", "level", "tactics", "techniques", "title", "tool"];
    names.iter().map(|name| format!("external.{name}")).collect()
}

/// The rows of a batch that are findings of other tools.
pub fn rows(batch: &EventBatch, title: FieldId) -> impl Iterator<Item = usize> {
    let cells = batch.column(title).map(|column| column.cells.as_slice()).unwrap_or_default();
    let none = [ValueId::MISSING, ValueId::NULL, ValueId::OBJECT];
    cells.iter().enumerate().filter(move |(_, id)| !none.contains(id)).map(|(row, _)| row)
}

/// How often each was found, for the summary.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<(Level, String), (Text, u64)>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, external: &External) {
        /// So that a tool whose titles never repeat cannot fill the memory.
        const MOST: usize = 10_000;
        let key = (external.level, external.rule().id);
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            return;
        }
        let title = || Text { en: external.title.clone(), ja: external.title.clone() };
        self.0.entry(key).or_insert_with(|| (title(), 0)).1 += 1;
    }

    /// All counts.
    pub fn counts(self) -> impl Iterator<Item = RuleCount> {
        self.0.into_iter().map(|((level, id), (title, count))| RuleCount { id, title, level, count })
    }
}

fn named(record: &Record, field: &str, name: fn(&str) -> Option<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |value: &OwnedValue| {
        let text = value.text().unwrap_or_default();
        for part in text.split([',', ';', '|', '\u{a6}', '"', '[', ']']) {
            if let Some(name) = name(part).filter(|name| !names.contains(name)) {
                names.push(name);
            }
        }
    };
    match record.get(field) {
        Some(OwnedValue::List(items)) => items.iter().for_each(&mut add),
        Some(value) => add(value),
        None => {}
    }
    names
}

/// `T1059.001`, `attack.t1059.001`, `T1059.001 - PowerShell`, `mitre_execution_T1059`.
fn technique(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let mut words = upper.split(|letter: char| !letter.is_ascii_alphanumeric());
    while let Some(word) = words.next() {
        let digits = word.strip_prefix('T').unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let part =
            words.next().filter(|part| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()));
        return Some(part.map_or_else(|| word.to_owned(), |part| format!("{word}.{part}")));
    }
    None
}

/// `Lateral Movement`, `LateralMovement`, `lateral-movement`.
fn tactic(text: &str) -> Option<String> {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let wanted = letters(text);
    TACTICS.iter().find(|tactic| letters(tactic) == wanted).map(|tactic| (*tactic).to_owned())
}

/// What somebody wants, and the column that makes a record a finding of another tool.
pub struct WithExternal<P>(pub P);

impl<P: Projection> Projection for WithExternal<P> {
    fn wants(&self, log_source: &LogSource, field: &str) -> bool {
        field == TITLE || self.0.wants(log_source, field)
    }

    fn names(&self, log_source: &LogSource, field: &str) -> bool {
        field == TITLE || self.0.names(log_source, field)
    }

    fn keywords(&self, log_source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        self.0.keywords(log_source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Time;

    #[test]
    fn what_tools_write_of_techniques_and_tactics_is_one_name() {
        for text in ["T1059.001", "attack.t1059.001", "T1059.001 - PowerShell", "x_T1059.001"] {
            assert_eq!(technique(text).as_deref(), Some("T1059.001"), "{text}");
        }
        assert_eq!(technique("TA0002"), None);
        assert_eq!(tactic("Lateral Movement").as_deref(), Some("lateral-movement"));
        assert_eq!(tactic("LateralMovement").as_deref(), Some("lateral-movement"));
        assert_eq!(tactic("something else"), None);
    }

    #[test]
    fn a_record_without_a_title_is_no_finding_and_one_without_a_level_is_to_be_looked_at() {
        let record = |fields: &[(&str, &str)]| {
            let fields =
                fields.iter().map(|(name, value)| ((*name).into(), OwnedValue::Str((*value).to_owned())));
            Record { time: Time::UNKNOWN, log_source: LogSource::default(), fields: fields.collect() }
        };
        assert_eq!(External::of(&record(&[("external.level", "high")])), None);
        let found = External::of(&record(&[("external.title", "x"), ("external.tool", "A B")])).unwrap();
        assert_eq!((found.level, found.rule().id.as_str()), (Level::Medium, "a-b:x"));
    }
}
